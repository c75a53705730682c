package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOpen: -data is a folder, a folder of another program, a zip archive or
// csv files. The classes have names if they are known.
func TestOpen(t *testing.T) {
	s := random(t, 4, 4, 1, 2, 0)
	dir := t.TempDir()
	for _, name := range []string{"plain", "MNIST/raw", "named", "fashion-mnist"} {
		write(t, dir, filepath.Join(name, "t10k-images-idx3-ubyte"), s.images)
		write(t, dir, filepath.Join(name, "t10k-labels-idx1-ubyte"), s.labels)
	}
	write(t, dir, "named/classes.txt", []byte("circle\nbig cross\nline\n"))
	write(t, dir, "short/classes.txt", []byte("circle\ncross\n"))
	write(t, dir, "short/images", s.images)
	write(t, dir, "short/labels", s.labels)
	write(t, dir, "csv/train.csv", []byte("1,9\n"))
	write(t, dir, "csv/test.csv", []byte("1,7\n2,8\n0,9\n"))
	archive, err := os.Create(filepath.Join(dir, "a.zip"))
	require.NoError(t, err)
	w := zip.NewWriter(archive)
	require.NoError(t, w.AddFS(os.DirFS(filepath.Join(dir, "named"))))
	require.NoError(t, w.Close())
	require.NoError(t, archive.Close())

	named := []string{"circle", "big cross", "line"}
	for _, c := range []struct {
		name    string
		options options
		want    []string // the first class names
	}{
		{"plain", options{}, nil},
		{"a sub-folder", options{}, nil},
		{"named", options{}, named},
		{"fashion-mnist", options{}, []string{"T-shirt/top", "Trouser", "Pullover"}},
		{"a.zip", options{}, named},
		{"csv", options{}, nil},
		{"named files", options{images: "named/t10k-images-idx3-ubyte", labels: "named/t10k-labels-idx1-ubyte"}, named},
		{"files with other names beside them", options{images: "short/images", labels: "short/labels"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.options
			o.set = "test"
			if o.images == "" {
				o.data.Data = filepath.Join(dir, strings.TrimPrefix(c.name, "a sub-folder"))
			} else {
				o.images, o.labels = filepath.Join(dir, o.images), filepath.Join(dir, o.labels)
			}
			set, err := open(t.Context(), &o, nil)
			require.NoError(t, err)
			require.Equal(t, []int{1, 2, 0}, set.Labels)
			require.Equal(t, c.want, set.Names[:min(3, len(set.Names))])
		})
	}

	write(t, dir, "named/classes.txt", []byte("circle\ncross\n"))
	_, err = open(t.Context(), testSetOf(filepath.Join(dir, "named")), nil)
	require.ErrorContains(t, err, "label of image 1: got 2, want 0 to 1, because 2 is the number of classes")
	write(t, dir, "named/classes.txt", nil)
	_, err = open(t.Context(), testSetOf(filepath.Join(dir, "named")), nil)
	require.ErrorContains(t, err, "classes.txt: line 1: ")
}

// testSetOf returns the options for the test set of a folder.
func testSetOf(data string) *options {
	o := &options{set: "test"}
	o.data.Data = data
	return o
}
