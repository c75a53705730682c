package reader

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// TestPython compares the built-in model's probabilities with those of read.py.
// Without numpy, it compares with pythonPrinted.
func TestPython(t *testing.T) {
	t.Parallel()
	r := Default()
	d, err := imageprep.Prepare(drawing(t, "9_stick.png"), nil)
	require.NoError(t, err)
	a := r.judge(make([]float32, 10), d.Image)
	printed := pythonPrinted
	if exec.Command("python3", "-c", "import numpy").Run() == nil {
		name := t.TempDir() + "/model.safetensors"
		require.NoError(t, os.WriteFile(name, embeddedModel, 0o666))
		var histograms bytes.Buffer
		for _, v := range (imageprep.Features{HOG: r.features.HOG}).Vector(nil, d.Image) {
			fmt.Fprintln(&histograms, v)
		}
		python := exec.Command("python3", "read.py", name)
		python.Stdin, python.Stderr = &histograms, os.Stderr
		out, err := python.Output()
		require.NoError(t, err)
		printed = string(out)
		t.Log(printed)
	}
	fields := strings.Fields(printed)
	require.Len(t, fields, 11)
	for i, want := range append(a.Probabilities, a.None) {
		var got float32
		_, err := fmt.Sscan(fields[i], &got)
		require.NoError(t, err)
		require.InDelta(t, want, got, 1e-5)
	}
}

// pythonPrinted is what read.py printed for the drawing 9_stick.png.
const pythonPrinted = `6.4678994e-07 2.0328378e-06 6.2174905e-07 7.4499115e-07 4.407051e-06 4.6843905e-07
8.943765e-07 6.268428e-06 2.3733187e-06 0.9999802 1.3009274e-06`
