package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// parameters returns a checksum of a model.
func parameters(t *testing.T, m *softmax.Model) string {
	weight, bias := m.Parameters()
	data, err := binary.Append(nil, binary.LittleEndian, append(weight, bias...))
	require.NoError(t, err)
	return golden.Sum(data)
}

// TestFrozenWork: what bench measures is always the same work. Otherwise the
// figures of two versions could not be compared.
func TestFrozenWork(t *testing.T) {
	fakeGo(t, "")
	b := &bench{options: &options{data: fetch.Flags{Data: tinySet(t, 28)}, python: ""}, folder: t.TempDir(), stderr: io.Discard}
	var err error
	b.train, b.test, err = b.data.Load(t.Context(), io.Discard)
	require.NoError(t, err)
	require.NoError(t, b.writeFolders())
	var lines strings.Builder
	photo := drawPhoto()
	fmt.Fprintf(&lines, "photograph %v %s %s %s\n", photo.Rect, golden.Sum(photo.Y), golden.Sum(photo.Cb), golden.Sum(photo.Cr))
	for _, batch := range []int{100, 70} {
		m, train := learner(b, batch)
		for range 2 {
			s, err := train(t.Context())
			require.NoError(t, err)
			require.Positive(t, s.Seconds)
			fmt.Fprintf(&lines, "batches of %d: %s, accuracy %v\n", batch, parameters(t, m), s.Accuracy)
		}
	}
	for _, c := range [][2]float32{{0, 0}, {1e-6, 0}, {1e-6, 8}} {
		m := softmax.New(1000, 20)
		s, err := sparseStep(m, c[0], c[1])(t.Context())
		require.NoError(t, err)
		require.Less(t, s.Seconds, 0.001, "the time of one row")
		fmt.Fprintf(&lines, "sparse steps, L2 and Averaging %v: %s\n", c, parameters(t, m))
	}
	for _, entry := range parts {
		if runtime.NumCPU() < 2 {
			t.Skip("workers and loads need two cores")
		}
		p := entry.make(t.Context(), b)
		fmt.Fprintf(&lines, "%s: %s\n", entry.name, p.title)
		for _, m := range p.measurements {
			than := "-"
			if m.than != nil {
				than = m.than.name
			}
			fmt.Fprintf(&lines, "    %s | %s | %d cores | %q | than %s | rival %v\n",
				strings.Replace(m.name, thisBuild(), "this module", 1), m.unit, m.cores, m.short, than, m.rival != nil)
			if m.rival != nil {
				m.rival.close()
			}
		}
	}
	golden.Check(t, "work.txt", lines.String())
}

// TestFrozenPrinter: the table and the JSON of given results.
func TestFrozenPrinter(t *testing.T) {
	slow := &measurement{name: "slow", unit: "ms", short: "slow one", samples: []sample{{0.25, 0.5}, {0.125, 0.75}, {1, 0.875}}}
	p := &part{name: "some", title: "Some of them", measurements: []*measurement{
		slow,
		{name: "fast", unit: "µs", than: slow, samples: []sample{{1e-6, 0}, {3e-6, 0}}},
		{name: "even", unit: "s", than: slow, samples: []sample{{0.25, 1}}},
		{name: "tiny", unit: "ns", than: &measurement{}, samples: []sample{{2e-9, 0.001}}},
	}}
	var out bytes.Buffer
	for _, asJSON := range []bool{false, true} {
		printer := printer{&out, asJSON}
		require.NoError(t, printer.part(p))
		require.NoError(t, printer.part(&part{title: "nothing"}))
	}
	golden.Check(t, "printer.txt", out.String())
	full := errors.New("disk full")
	for _, asJSON := range []bool{false, true} {
		for _, left := range []int{0, 1, 2} {
			n := left
			printer := printer{writerFunc(func(p []byte) (int, error) {
				if n--; n < 0 {
					return 0, full
				}
				return len(p), nil
			}), asJSON}
			require.ErrorIs(t, printer.part(p), full)
		}
	}
	require.ErrorIs(t, (&printer{writerFunc(func([]byte) (int, error) { return 0, full }), false}).start(t.Context(), 1), full)
	require.Equal(t, "1 core", coresText(1))
	require.Equal(t, "2 cores", coresText(2))
}

// TestMeasure: measurements are made in turn, each after a run to warm up. A
// rival that fails is left out, an error of our own ends all.
func TestMeasure(t *testing.T) {
	var order []string
	add := func(p *part, name string, cores int, err error) *measurement {
		n := 0
		return p.add(name, "s", cores, func(context.Context) (sample, error) {
			n++
			order = append(order, fmt.Sprint(name, runtime.GOMAXPROCS(0)))
			return sample{float64(n), 0}, err
		})
	}
	before := runtime.GOMAXPROCS(3)
	defer runtime.GOMAXPROCS(before)
	p := new(part)
	a, b := add(p, "a", 1, nil), add(p, "b", 0, nil)
	var errs bytes.Buffer
	o := &bench{options: &options{runs: 2}, stderr: &errs}
	require.NoError(t, p.measure(t.Context(), o))
	require.Equal(t, strings.Fields("a1 a1 b3 b3 a1 a1 b3 b3"), order)
	require.Equal(t, []sample{{2, 0}, {4, 0}}, a.samples, "the first of two runs does not count")
	require.Equal(t, []sample{{2, 0}, {4, 0}}, b.samples)

	bad := errors.New("out of memory")
	add(p, "c", 0, bad)
	require.EqualError(t, p.measure(t.Context(), o), "c: out of memory")
	require.Empty(t, errs.String())
	_, err := timed(4, func(i int) error {
		if i == 2 {
			return bad
		}
		return nil
	})(t.Context())
	require.ErrorIs(t, err, bad)
	const pause = 5 * time.Millisecond
	calls, begin := 0, time.Now()
	s, err := timed(4, func(i int) error { calls += i; time.Sleep(pause); return nil })(t.Context())
	require.NoError(t, err)
	require.Equal(t, 0+1+2+3, calls)
	require.GreaterOrEqual(t, s.Seconds, pause.Seconds())
	require.LessOrEqual(t, 4*s.Seconds, time.Since(begin).Seconds(), "the time of one operation")
}

// TestDefaults: the flags that README.md does not name.
func TestDefaults(t *testing.T) {
	o, err := parse(nil, io.Discard)
	require.NoError(t, err)
	require.Equal(t, 5, o.runs)
	require.Equal(t, "python3", o.python)
	require.False(t, o.json || o.serve)
	require.Equal(t, strings.Split("epoch,workers,predict,prepare,load,sparse,train", ","), o.parts)
	o, err = parse(strings.Fields("-runs 1 -part load -python py -json -serve"), io.Discard)
	require.NoError(t, err)
	require.Equal(t, 1, o.runs)
	require.Equal(t, "py", o.python)
	require.True(t, o.json && o.serve)
	require.Equal(t, []string{"load"}, o.parts)
	for _, bad := range []string{"-runs 0", "-runs -1", "-part load,", "-part Load"} {
		_, err = parse(strings.Fields(bad), io.Discard)
		require.ErrorIs(t, err, cli.ErrUsage, bad)
	}
}

// TestProcessOfItsOwn: the exit status of the program.
func TestProcessOfItsOwn(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for args, want := range map[string]int{"-help": 0, "-runs 0": 2, "-data none": 1} {
		cmd := exec.CommandContext(t.Context(), self, strings.Fields(args)...)
		cmd.Env = append(os.Environ(), "BE_BENCH=1")
		cmd.Dir = t.TempDir()
		out, _ := cmd.CombinedOutput()
		require.Equal(t, want, cmd.ProcessState.ExitCode(), "%s: %s", args, out)
	}
}

// TestModes: others may read what bench writes, as far as the user allows.
func TestModes(t *testing.T) {
	folder := tinySet(t, 28)
	for name, least := range map[string]os.FileMode{".": 0o700, "../compressed": 0o700, "train-labels-idx1-ubyte": 0o600, "../compressed/train-labels-idx1-ubyte.gz": 0o600} {
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Equal(t, least, info.Mode().Perm()&0o700, name)
	}
}
