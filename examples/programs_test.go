//go:build unix

package examples_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// TestPrograms builds all programs and attacks them: with signals, with inputs
// that never end, with targets that cannot be written, and by killing them.
func TestPrograms(t *testing.T) {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	w := newWorkshop(t)
	t.Run("Pipes", w.testPipes)
	t.Run("Signals", w.testSignals)
	t.Run("Targets", w.testTargets)
	t.Run("FullDisk", w.testFullDisk)
	t.Run("Kills", w.testKills)
}

// A workshop has the programs and what they work on.
type workshop struct {
	bin      string // the folder of the programs
	data     string // 600 images and 50, as four IDX files
	pictures string // three pictures of digits
}

func newWorkshop(t *testing.T) *workshop {
	dir := t.TempDir()
	w := &workshop{filepath.Join(dir, "bin"), filepath.Join(dir, "data"), filepath.Join(dir, "pictures")}
	for _, folder := range []string{w.bin, w.data, w.pictures} {
		require.NoError(t, os.Mkdir(folder, 0o777))
	}
	build := exec.Command("go", "build", "-o", w.bin, "./train", "./predict", "./predict/draw", "./evaluate", "./export",
		"./inspect", "./bench", "./serve", "./tutorial")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	writeData(t, w.data, 600)
	for _, name := range []string{"3_brush.png", "7_hook.png", "8_marker.png"} {
		data, err := os.ReadFile(filepath.Join("predict", "test_num", name))
		require.NoError(t, err)
		writeFile(t, filepath.Join(w.pictures, name), data)
	}
	return w
}

func writeFile(t *testing.T, name string, data []byte) {
	require.NoError(t, os.WriteFile(name, data, 0o666))
}

// writeData writes the four files of a data set with n training images. The
// place of a bar tells the label.
func writeData(t *testing.T, dir string, n int) {
	for prefix, n := range map[string]int{"train": n, "t10k": 50} {
		images, labels := make([]uint8, n*28*28), make([]uint8, n)
		for i := range labels {
			labels[i] = uint8(i % 10)
			for k := range 80 {
				images[i*28*28+70*int(labels[i])+k] = uint8(100 + (i+k)%100)
			}
		}
		var a, b bytes.Buffer
		require.NoError(t, idx.Encode(&a, &idx.Array[uint8]{Dims: []int{n, 28, 28}, Data: images}))
		require.NoError(t, idx.Encode(&b, &idx.Array[uint8]{Dims: []int{n}, Data: labels}))
		writeFile(t, filepath.Join(dir, prefix+"-images-idx3-ubyte"), a.Bytes())
		writeFile(t, filepath.Join(dir, prefix+"-labels-idx1-ubyte"), b.Bytes())
	}
}

// A run is a program that runs or has ended.
type run struct {
	*exec.Cmd
	output bytes.Buffer // and its errors
}

// command prepares a program in a folder. If it has not ended after a minute,
// it is killed.
func (w *workshop) command(t *testing.T, dir, program string, args ...string) *run {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	r := &run{Cmd: exec.CommandContext(ctx, filepath.Join(w.bin, program), args...)}
	r.Dir, r.Stdout, r.Stderr = dir, &r.output, &r.output
	r.Env = append(os.Environ(), "TMPDIR="+dir)
	return r
}

// try runs a program and returns its output and its exit status.
func (w *workshop) try(t *testing.T, dir, program string, args ...string) (output string, status int) {
	r := w.command(t, dir, program, args...)
	err := r.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return r.output.String(), r.ProcessState.ExitCode()
}

// content returns what is in a folder: files, links, and others by their kind.
func content(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		switch {
		case d.Type().IsRegular():
			data, err := os.ReadFile(path)
			files[name] = strconv.Itoa(len(data)) + " bytes " + string(data)
			return err
		case d.Type()&os.ModeSymlink != 0:
			files[name], err = os.Readlink(path)
			return err
		}
		files[name] = d.Type().String()
		return nil
	}))
	return files
}
