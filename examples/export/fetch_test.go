package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/stretchr/testify/require"
)

// TestByName: a data set that is no folder is fetched, and has the pictures that
// its files have.
func TestByName(t *testing.T) {
	cache := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "LocalAppData", "HOME"} {
		t.Setenv(name, cache)
	}
	dir := t.TempDir()
	_, _, err := export(t, "-offline", "-data", "kmnist", "-out", filepath.Join(dir, "out"))
	var failed *dataset.FetchError
	require.ErrorAs(t, err, &failed)
	require.Empty(t, names(t, dir), "nothing was made")

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
