package main

import (
	"bytes"
	"errors"
	"image"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// content returns the files of a folder.
func content(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	for _, name := range names(t, dir) {
		files[name] = string(read(t, dir, name))
	}
	return files
}

// TestPackGoesOn: a run that was killed between two files leaves the first
// ones. The same command then succeeds, and its files are as if it had not been
// killed.
func TestPackGoesOn(t *testing.T) {
	photos := t.TempDir()
	write(t, photos, "a_1.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 28, 28))))
	write(t, photos, "b_1.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 28, 28))))
	for _, ending := range []string{"", ".gz"} {
		dir := t.TempDir()
		pack := func() error {
			_, _, err := export(t, "-pack", photos, "-raw", "-out", filepath.Join(dir, "train"+ending))
			return err
		}
		require.NoError(t, pack())
		want := content(t, dir)
		written := []string{"classes.txt", "train-labels-idx1-ubyte" + ending, "train-images-idx3-ubyte" + ending}
		require.ElementsMatch(t, written, slices.Collect(maps.Keys(want)))
		for n := range written {
			for _, name := range written[n:] {
				require.NoError(t, os.Remove(filepath.Join(dir, name)))
			}
			write(t, dir, ".digits-1.tmp", []byte("half"))
			require.NoError(t, pack(), "killed after %d files", n)
			require.Equal(t, want, content(t, dir))
		}
		require.ErrorContains(t, pack(), written[2]+" already exists")
	}
}

// TestPackKeepsFiles: export replaces no file of somebody else, even if the
// other file of the pair is missing.
func TestPackKeepsFiles(t *testing.T) {
	photos := t.TempDir()
	write(t, photos, "3_1.png", drawing(t, "3_brush.png"))
	own := []byte{0, 0, 8, 1, 0, 0, 0, 1, 3} // the labels of the pictures
	for name, labels := range map[string][]byte{
		"empty": nil, "shorter": own[:8], "longer": append(slices.Clone(own), 0), "another label": append(own[:8:8], 4),
	} {
		dir := t.TempDir()
		write(t, dir, "x-labels-idx1-ubyte", labels)
		_, _, err := export(t, "-pack", photos, "-out", filepath.Join(dir, "x"))
		require.EqualError(t, err, filepath.Join(dir, "x-labels-idx1-ubyte")+
			" already exists, with other labels: choose another name, or remove it first", name)
		require.Equal(t, map[string]string{"x-labels-idx1-ubyte": string(labels)}, content(t, dir))
	}
	dir := t.TempDir()
	write(t, dir, "x-images-idx3-ubyte", nil)
	_, _, err := export(t, "-pack", photos, "-out", filepath.Join(dir, "x"))
	require.ErrorContains(t, err, "x-images-idx3-ubyte already exists: choose another name, or remove it first")
	require.Len(t, names(t, dir), 1)
}

// TestPackOtherForm: programs read compressed files and others. So no pair is
// written beside files of the other form, complete or not.
func TestPackOtherForm(t *testing.T) {
	for _, name := range []string{"x-images-idx3-ubyte", "x-labels-idx1-ubyte"} {
		for _, form := range [][2]string{{"", ".gz"}, {".gz", ""}} {
			dir := t.TempDir()
			write(t, dir, name+form[0], nil)
			_, _, err := export(t, "-pack", "unknown", "-out", filepath.Join(dir, "x"+form[1]))
			require.EqualError(t, err, filepath.Join(dir, name+form[0])+
				" already exists: choose another name, or remove it first", "said before a folder is read")
		}
	}
}

// full is a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestFullDisk: an error of the disk is not lost, even if most of the bytes are
// still in a buffer then.
func TestFullDisk(t *testing.T) {
	for _, n := range []int{1, 1 << 20} {
		noise := make([]uint8, n)
		for i := range noise {
			noise[i] = uint8(rand.Uint32())
		}
		for _, name := range []string{"a", "a.gz"} {
			require.ErrorContains(t, encodeIDX(full{}, name, &idx.Array[uint8]{Dims: []int{n}, Data: noise}), "disk full")
		}
	}
}

// TestPermissions: new files and folders have the usual permissions.
func TestPermissions(t *testing.T) {
	s := random(t, 2, 2, 1)
	dir := t.TempDir()
	images, labels := write(t, dir, "images", s.images), write(t, dir, "labels", s.labels)
	_, _, err := export(t, "-images", images, "-labels", labels, "-out", filepath.Join(dir, "out"))
	require.NoError(t, err)
	photos := t.TempDir()
	write(t, photos, "3_1.png", drawing(t, "3_brush.png"))
	_, _, err = export(t, "-pack", photos, "-out", filepath.Join(dir, "new", "x"))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "usual"), 0o777))
	mode := func(name string) os.FileMode {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		return info.Mode()
	}
	require.Equal(t, mode("usual"), mode("out"))
	require.Equal(t, mode("usual"), mode("new"))
	require.Equal(t, mode("images"), mode("out/1_0.png"))
}

// TestWritingFails: an error of writing one picture or a sheet is not lost.
func TestWritingFails(t *testing.T) {
	o := &options{fileNames: []string{"a"}}
	set := &dataset.Set{Images: []uint8{1}, Labels: []int{0}, Width: 1, Height: 1, Classes: 1}
	_, err := o.writePictures(t.Context(), set, filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
	o.sheet = filepath.Join(t.TempDir(), "none", "sheet.png")
	var out bytes.Buffer
	require.ErrorIs(t, contactSheet(t.Context(), set, o, &out), os.ErrNotExist)
	require.Empty(t, out.String())
}
