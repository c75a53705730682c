package main

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// TestFolderNamedAsADataSet: pictures from a folder with the name of an EMNIST
// set come out upright. A folder mnist needs only the two files of one set.
func TestFolderNamedAsADataSet(t *testing.T) {
	dir := t.TempDir()
	s := random(t, 28, 28, 3, 1)
	for _, file := range []string{"train", "test"} {
		write(t, dir, "emnist-digits/emnist-digits-"+file+"-images-idx3-ubyte", s.images)
		write(t, dir, "emnist-digits/emnist-digits-"+file+"-labels-idx1-ubyte", s.labels)
	}
	write(t, dir, "mnist/t10k-images-idx3-ubyte", s.images)
	write(t, dir, "mnist/t10k-labels-idx1-ubyte", s.labels)
	for name, transpose := range map[string]bool{"emnist-digits": true, "mnist": false} {
		out := filepath.Join(dir, "out-"+name)
		_, _, err := export(t, "-data", filepath.Join(dir, name), "-out", out)
		require.NoError(t, err)
		require.Equal(t, []string{"1_1.png", "3_0.png"}, names(t, out))
		want := &image.Gray{Pix: s.pix[0], Stride: 28, Rect: image.Rect(0, 0, 28, 28)}
		if transpose {
			want = imageprep.Turn(want, 5)
		}
		got, err := png.Decode(bytes.NewReader(read(t, out, "3_0.png")))
		require.NoError(t, err)
		require.Equal(t, want.Pix, got.(*image.Gray).Pix, name)
	}
}

// TestByName: export downloads a data set if there is no such folder. Its
// pictures are those of the files.
func TestByName(t *testing.T) {
	cache := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "LocalAppData", "HOME"} {
		t.Setenv(name, cache)
	}
	dir := t.TempDir()
	_, _, err := export(t, "-offline", "-data", "kmnist", "-out", filepath.Join(dir, "out"))
	var failed *dataset.FetchError
	require.ErrorAs(t, err, &failed)
	require.Empty(t, names(t, dir), "export wrote nothing")

	data := os.Getenv("MNIST_DIR")
	if data == "" {
		t.Skip("set MNIST_DIR to a folder with the four MNIST .gz files to run this")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(data)))
	defer server.Close()
	byName, byFolder := filepath.Join(dir, "name"), filepath.Join(dir, "folder")
	_, _, err = export(t, "-mirror", server.URL, "-from", "7", "-n", "30", "-out", byName)
	require.NoError(t, err)
	_, _, err = export(t, "-data", data, "-from", "7", "-n", "30", "-out", byFolder)
	require.NoError(t, err)
	require.Len(t, names(t, byName), 30)
	require.Equal(t, names(t, byFolder), names(t, byName))
	for _, name := range names(t, byName) {
		want, err := os.ReadFile(filepath.Join(byFolder, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(byName, name))
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
}
