package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// checksum is a short name for the bits of numbers.
func checksum(t *testing.T, numbers any) string {
	data, err := binary.Append(nil, binary.LittleEndian, numbers)
	require.NoError(t, err)
	return golden.Sum(data)
}

// times are what differs from run to run.
var times = regexp.MustCompile(`\d+ images/s|ready after \d+\.\d\d s|trained in \d+\.\d\d s|` +
	`"images_per_second":\d+|"train_seconds":[\d.e-]+`)

// writtenFolder writes a data set of digits by hand.
func writtenFolder(t *testing.T, train, test int) (dir string) {
	dir = t.TempDir()
	s := writtenSet(train + test)
	for prefix, part := range map[string][2]int{"train": {0, train}, "t10k": {train, train + test}} {
		from, to := part[0], part[1]
		labels := make([]uint8, to-from)
		for i := range labels {
			labels[i] = uint8(s.Labels[from+i])
		}
		writeIDX(t, filepath.Join(dir, prefix+"-images-idx3-ubyte"),
			&idx.Array[uint8]{Dims: []int{to - from, 28, 28}, Data: s.Images[from*784 : to*784]})
		writeIDX(t, filepath.Join(dir, prefix+"-labels-idx1-ubyte"), &idx.Array[uint8]{Dims: []int{to - from}, Data: labels})
	}
	return dir
}

// noisySet is tinySet with some false labels.
func noisySet(t *testing.T) (dir string) {
	dir = tinySet(t)
	for _, prefix := range []string{"train", "t10k"} {
		name := filepath.Join(dir, prefix+"-labels-idx1-ubyte")
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		for i := 8; i < len(data); i += 9 {
			data[i] = (data[i] + uint8(i%3) + 1) % 10
		}
		require.NoError(t, os.WriteFile(name, data, 0o666))
	}
	return dir
}

// TestFrozenRuns: the same command prints the same text and makes the same
// model and the same report as ever, to the bit, on every machine.
func TestFrozenRuns(t *testing.T) {
	// The recipe reader, but small. Its features are few, too.
	recipes["small"] = recipe{features: "hog directions=4 cells=2 margin=2 contrast=false components=5 products",
		epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true, inOrder: true,
		extension: extension{drawn: 8, worn: 4, noDigit: 24, rarer: 2.5, sure: 0.94}}
	defer delete(recipes, "small")
	folders := map[string]string{"TINY": tinySet(t), "NOISY": noisySet(t), "BANDS": bands(t, 30, 40, 9, 50), "DIGITS": writtenFolder(t, 120, 40)}
	var lines strings.Builder
	for _, command := range []string{
		"-data NOISY -features pixels -holdout 50 -epochs 3 -report OUT/report.html",
		"-data TINY -features pixels -holdout 0 -epochs 2 -batch 10 -json",
		"-data NOISY -features pixels -holdout 50 -epochs 2 -json -balanced -l2 0.01 -rate 0.5 -seed 3 -report OUT/report.html",
		"-data TINY -recipe tutorial -holdout 50 -epochs 21 -report OUT/report.html",
		"-data TINY -recipe best -features pixels",
		"-data BANDS -epochs 2 -report OUT/report.html",
		"-data BANDS -holdout 20 -epochs 30 -rate 0.01",
		"-data DIGITS -recipe small -report OUT/report.html",
		"-data DIGITS -recipe small -holdout 0 -json",
	} {
		out := t.TempDir()
		args := strings.Fields(strings.ReplaceAll(command, "OUT", out))
		name := args[1]
		args[1] = folders[name]
		hide := strings.NewReplacer(out, "OUT", folders[name], name)
		model := filepath.Join(out, "model")
		printed, errs, err := train(t, t.Context(), append(args, "-out", model)...)
		require.NoError(t, err, command)
		fmt.Fprintf(&lines, "# %s\n%s%s", command, errs, hide.Replace(times.ReplaceAllString(printed, "(time)")))
		data, err := os.ReadFile(model)
		require.NoError(t, err)
		fmt.Fprintf(&lines, "model %s\n", checksum(t, data))
		if strings.Contains(command, "-report") {
			page, err := os.ReadFile(filepath.Join(out, "report.html"))
			require.NoError(t, err)
			text := hide.Replace(string(page))
			fmt.Fprintf(&lines, "report\n%s", golden.Text(t, text))
			if strings.Contains(command, "pixels") { // lines of edges are not the same to the bit
				fmt.Fprintf(&lines, "page %s\n", golden.Sum([]byte(golden.Pixels(t, text))))
			}
		}
	}
	golden.Check(t, "runs.txt", lines.String())
}

// TestFrozenKinds: the pictures that the recipe reader adds do not change. The
// built-in model depends on them.
func TestFrozenKinds(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	real := writtenSet(100)
	for _, k := range noDigits {
		a := &artist{rand.New(rand.NewPCG(3, 4)), real}
		fmt.Fprintf(&lines, "%s %s\n", k.name, checksum(t, a.make(60, k.draw)))
	}
	for label := range 10 {
		a := &artist{rand.New(rand.NewPCG(5, uint64(label))), real}
		var pix []uint8
		for range 300 {
			if g := a.worn(label); g != nil {
				pix = append(pix, g.Pix...)
			}
		}
		fmt.Fprintf(&lines, "worn %d %d %s\n", label, len(pix), checksum(t, pix))
	}
	golden.Check(t, "kinds.txt", lines.String())
}

// TestFrozenComponents: components are the same bits on every machine.
func TestFrozenComponents(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, 50*12)
	for i := range x {
		x[i] = float32(rng.IntN(1000)) / float32(1+i%12)
	}
	var lines strings.Builder
	for _, k := range []int{1, 5, 12, 20} {
		c := newComponents(x, 12, k)
		fmt.Fprintf(&lines, "%d: %d weights %s, bias %v\n", k, len(c.Weight), checksum(t, c.Weight), c.Bias)
	}
	golden.Check(t, "components.txt", lines.String())
}
