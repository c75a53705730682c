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
	r := Default()
	d, err := imageprep.Prepare(drawing(t, "9_stick.png"), nil)
	require.NoError(t, err)
	a := r.judge(d.Image)
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
	for i, want := range append(a.Probabilities[:], a.None) {
		var got float32
		_, err := fmt.Sscan(fields[i], &got)
		require.NoError(t, err)
		require.InDelta(t, want, got, 1e-5)
	}
}

// pythonPrinted is what read.py printed for the drawing 9_stick.png.
const pythonPrinted = `2.340089e-06 2.8877594e-06 1.9830836e-06 2.702233e-06 1.5829148e-05 1.7532846e-06
3.2742205e-06 1.727343e-05 6.0156576e-06 0.9999428 3.0743938e-06`
