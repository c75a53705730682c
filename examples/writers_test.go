//go:build unix

package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A writer is a program with a flag that names a file or folder to write.
type writer struct {
	name    string
	target  string // the name of the file
	program string // its arguments follow, then the target
	args    []string
	made    []string // what it makes, if that is not the target
	fresh   bool     // the target must be new
}

// writers returns all writers. The two variants make different content.
func (w *workshop) writers(variant int) []writer {
	picture := []string{"3_brush.png", "8_marker.png"}[variant]
	picture = filepath.Join(w.pictures, picture)
	idx := []string{"-from", fmt.Sprint(variant), "-n", "30", "-data", w.data}
	train := []string{"-data", w.data, "-recipe", "tutorial", "-epochs", fmt.Sprint(variant + 1)}
	with := func(list []string, more ...string) []string { return append(list[:len(list):len(list)], more...) }
	return []writer{
		{name: "model", target: "model.safetensors", program: "train", args: with(train, "-out")},
		{name: "report of train", target: "page.html", program: "train", args: with(train, "-report")},
		{name: "report of evaluate", target: "page.html", program: "evaluate",
			args: []string{"-pictures", w.pictures, "-labels", []string{"auto", "names"}[variant], "-report"}},
		{name: "sheet of evaluate", target: "sheet.png", program: "evaluate",
			args: []string{"-pictures", w.data + "/../wrong" + fmt.Sprint(variant), "-sheet"}},
		{name: "sheet of predict", target: "sheet.png", program: "predict", args: []string{picture, "-sheet"}},
		{name: "page of predict", target: "page.html", program: "predict", args: []string{picture, "-sheet"}},
		{name: "sheet of export", target: "sheet.png", program: "export", args: with(idx, "-sheet")},
		{name: "sheet of draw", target: "sheet.png", program: "draw",
			args: []string{"-only", "01", "-seed", fmt.Sprint(variant), "-sheet"}},
		{name: "folder of export", target: "folder", program: "export", args: with(idx, "-out"), fresh: true},
		{name: "pair of export", target: "train", program: "export", args: []string{"-pack", w.pictures, "-out"}, fresh: true,
			made: []string{"train-labels-idx1-ubyte", "train-images-idx3-ubyte"}},
	}
}

// makeWrong makes two folders of pictures with wrong labels.
func (w *workshop) makeWrong(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(w.pictures, "3_brush.png"))
	require.NoError(t, err)
	for variant := range 2 {
		folder := filepath.Join(filepath.Dir(w.data), "wrong"+fmt.Sprint(variant))
		require.NoError(t, os.MkdirAll(folder, 0o777))
		writeFile(t, filepath.Join(folder, fmt.Sprint(variant)+"_wrong.png"), data)
	}
}

// line returns the arguments of the writer's program.
func (wr writer) line() []string { return append(slices.Clone(wr.args), wr.target) }

// write runs the writer.
func (w *workshop) write(t *testing.T, dir string, wr writer) (output string, status int) {
	return w.try(t, dir, wr.program, wr.line()...)
}

// good makes a folder with what the writer makes.
func (w *workshop) good(t *testing.T, wr writer) (dir string) {
	dir = t.TempDir()
	output, status := w.write(t, dir, wr)
	require.Zero(t, status, output)
	return dir
}
