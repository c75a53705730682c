package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakePython writes a shell script in place of Python and returns its name. For
// each library it runs the given commands.
func fakePython(t *testing.T, torch, sklearn string) string {
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell")
	}
	name := filepath.Join(t.TempDir(), "python")
	require.NoError(t, os.WriteFile(name, fmt.Appendf(nil, "#!/bin/sh\ncase $3 in\ntorch*)\n%s\n;;\nsklearn)\n%s\n;;\nesac\n", torch, sklearn), 0o777))
	return name
}

const (
	greets = `echo '{"name": "PyTorch 9.9 ('$3')", "blas": "gemm/libblas.so"}'; `
	learns = `while read line; do echo '{"seconds": 0.5, "accuracy": 0.875}'; done`
	lacks  = `echo Traceback >&2; echo "ModuleNotFoundError: No module named 'torch'" >&2; exit 1`
)

func TestPython(t *testing.T) {
	fakeGo(t, "")
	data := tinySet(t, 28)
	for _, tt := range []struct {
		name, torch, sklearn string
		rows, said           []string
	}{
		{"both", greets + learns, `echo '{"name": "scikit-learn 8"}'; ` + learns, []string{
			"| PyTorch 9.9 (torch), with gemm/libblas.so; accuracy 87.50 % | 500 ms | 500 to 500 ms |  |\n",
			"| PyTorch 9.9 (torch-ordered), with gemm/libblas.so; accuracy 87.50 % | 500 ms | 500 to 500 ms | 1.00 x PyTorch |\n",
			"| scikit-learn 8; accuracy 87.50 % | 500 ms | 500 to 500 ms | 1.00 x PyTorch |\n",
		}, nil},
		{"not installed", lacks, lacks, nil, []string{
			"bench: PyTorch is left out: PYTHON: ModuleNotFoundError: No module named 'torch'\n",
			"bench: scikit-learn is left out: PYTHON: ModuleNotFoundError: No module named 'torch'\n",
		}},
		{"fails on the way", greets + `read line; echo '{"seconds": 1, "accuracy": 1}'; read line; echo "MemoryError" >&2`, lacks, nil, []string{
			"bench: PyTorch 9.9 (torch), with gemm/libblas.so is left out: MemoryError\n",
			"bench: PyTorch 9.9 (torch-ordered), with gemm/libblas.so is left out: MemoryError\n",
		}},
		{"says nothing", "", "exit 3", nil, []string{
			"bench: PyTorch is left out: PYTHON: unexpected output: EOF\n",
		}},
		{"is another program", "echo Hello; cat", greets + "read line; echo '{}'; cat", nil, []string{
			"bench: PyTorch is left out: PYTHON: unexpected output: invalid character 'H' looking for beginning of value\n",
			"is left out: 0 seconds for an epoch\n",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			python := fakePython(t, tt.torch, tt.sklearn)
			out, errs, err := measure(t, t.Context(), "-data", data, "-runs", "2", "-part", "epoch", "-python", python)
			require.NoError(t, err)
			for _, row := range tt.rows {
				require.Contains(t, out, row)
			}
			for _, line := range tt.said {
				require.Contains(t, strings.ReplaceAll(errs, python, "PYTHON"), line)
			}
			require.Equal(t, len(tt.rows), strings.Count(out, "87.50 %"), "no other figures")
			require.Contains(t, out, "| "+thisBuild()+"; accuracy ")
		})
	}
}

func TestNoPython(t *testing.T) {
	fakeGo(t, "")
	none := filepath.Join(t.TempDir(), "none")
	_, errs, err := measure(t, t.Context(), "-data", tinySet(t, 28), "-runs", "1", "-part", "epoch", "-python", none)
	require.NoError(t, err)
	require.Contains(t, errs, "bench: PyTorch is left out: "+none+": ")

	b := &bench{options: &options{python: "python3"}}
	require.Len(t, b.pythons("torch"), 2, "/usr/bin/python3 is the second")
	b.python = ""
	require.Empty(t, b.pythons("torch"))
}

// TestSecondPython: a command that does not work is no error if another works.
func TestSecondPython(t *testing.T) {
	works := []string{fakePython(t, greets+learns, ""), "-c", "", "torch"}
	p, errs := new(part), new(bytes.Buffer)
	b := &bench{options: &options{}, stderr: errs}
	m := p.addRival(t.Context(), b, "PyTorch", []string{filepath.Join(t.TempDir(), "none")}, works)
	require.NotNil(t, m)
	require.Contains(t, m.name, "PyTorch 9.9")
	require.Empty(t, errs)
	m.rival.close()
}

// TestRivalEnds: no process stays, whether it works, fails or says something
// else.
func TestRivalEnds(t *testing.T) {
	for commands, works := range map[string]bool{
		greets + learns: true,
		greets + "read line; echo Hello; exec cat": false,
	} {
		r, _, err := startRival(t.Context(), []string{fakePython(t, commands, ""), "-c", "", "torch"})
		require.NoError(t, err)
		p := new(part)
		p.add("rival", "ms", 0, r.run).rival = r
		var errs bytes.Buffer
		require.NoError(t, p.measure(t.Context(), &bench{options: &options{runs: 1}, stderr: &errs}))
		require.Equal(t, works, errs.Len() == 0, &errs)
		require.NotNil(t, r.cmd.ProcessState)
		require.Equal(t, works, r.cmd.ProcessState.Success())
	}
}

// TestStoppedPython: after Ctrl-C, bench kills a rival that does not end. It
// does not wait for processes that the rival started.
func TestStoppedPython(t *testing.T) {
	fakeGo(t, "")
	python := fakePython(t, greets+"read line; sleep 30; cat", lacks)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, errs, err := measure(t, ctx, "-data", tinySet(t, 28), "-part", "epoch", "-python", python)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(begin), 20*time.Second)
	require.NotContains(t, errs, "PyTorch 9.9", "Ctrl-C is not the fault of the rival")
}

// TestStoppedRival: a rival ends although a program that it started holds its
// output open.
func TestStoppedRival(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, g, err := startRival(ctx, []string{fakePython(t, greets+"read line; sleep 30 2>/dev/null", lacks), "-c", "", "torch"})
	require.NoError(t, err)
	require.Equal(t, "PyTorch 9.9 (torch)", g.Name)
	begin := time.Now()
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err = r.run(ctx)
	require.Error(t, err)
	require.Less(t, time.Since(begin), 20*time.Second)
}

// TestServe: an epoch per line, on one core.
func TestServe(t *testing.T) {
	before := runtime.GOMAXPROCS(3)
	defer runtime.GOMAXPROCS(before)
	var out, errs bytes.Buffer
	asks := strings.NewReader("\n\n")
	stdin := readerFunc(func(b []byte) (int, error) {
		require.Equal(t, 1, runtime.GOMAXPROCS(0))
		return asks.Read(b)
	})
	require.NoError(t, run(t.Context(), []string{"-serve", "-data", tinySet(t, 28)}, stdin, &out, &errs))
	require.Equal(t, 3, runtime.GOMAXPROCS(0))
	decoder := json.NewDecoder(&out)
	var g greeting
	require.NoError(t, decoder.Decode(&g))
	require.Equal(t, thisBuild(), g.Name)
	for range 2 {
		var s sample
		require.NoError(t, decoder.Decode(&s))
		require.Positive(t, s.Seconds)
		require.Positive(t, s.Accuracy)
	}
	require.False(t, decoder.More())
}

func TestProcess(t *testing.T) {
	sh := func(commands string) (sample, error) {
		return process(exec.CommandContext(t.Context(), fakePython(t, commands, ""), "-c", "", "torch"))
	}
	s, err := sh(`echo '{"epoch": 1}'; echo '{"test_accuracy": 0.5}'`)
	require.NoError(t, err)
	require.Equal(t, 0.5, s.Accuracy)
	require.Positive(t, s.Seconds)
	_, err = sh("echo no data >&2; exit 1")
	require.EqualError(t, err, "exit status 1: no data")
	_, err = sh("echo done")
	require.ErrorContains(t, err, "output of examples/train: ")
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }
