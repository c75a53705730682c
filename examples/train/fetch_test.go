package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// useCache gives the user an empty cache folder.
func useCache(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	t.Setenv("LocalAppData", dir)
	t.Setenv("HOME", dir)
}

// TestFromAMirror: without a folder of data, one command downloads the data and
// trains a model. The second time, train needs no network.
func TestFromAMirror(t *testing.T) {
	server := httptest.NewServer(http.FileServer(http.Dir(mnist(t))))
	useCache(t)
	dir := t.TempDir()
	var models [2][]byte
	for i, args := range [][]string{{"-mirror", server.URL}, {"-offline"}} {
		name := filepath.Join(dir, "model")
		args = append(args, "-recipe", "tutorial", "-out", name)
		out, errs, err := train(t, t.Context(), args...)
		require.NoError(t, err)
		require.Contains(t, out, "60000 images of 28x28 to train on")
		require.Equal(t, []int{4, 0}[i], strings.Count(errs, "\n"), errs)
		models[i], err = os.ReadFile(name)
		require.NoError(t, err)
		server.Close()
	}
	require.Equal(t, models[0], models[1])
}

func TestNoNetwork(t *testing.T) {
	useCache(t)
	_, _, err := train(t, t.Context(), "-offline")
	var failed *dataset.FetchError
	require.ErrorAs(t, err, &failed)
	require.ErrorContains(t, err, "curl", "the error is the help")
	_, _, err = train(t, t.Context(), "-data", "none")
	require.ErrorContains(t, err, "-data none: no such folder; ")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = train(t, ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// TestOtherClasses: a model of letters has 26 classes and their names.
func TestOtherClasses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "emnist-letters")
	require.NoError(t, os.Mkdir(dir, 0o777))
	for part, n := range map[string]int{"train": 520, "test": 26} {
		images := &idx.Array[uint8]{Dims: []int{n, 28, 28}, Data: make([]uint8, n*784)}
		labels := &idx.Array[uint8]{Dims: []int{n}, Data: make([]uint8, n)}
		for i := range n {
			labels.Data[i] = uint8(i%26 + 1)
			for k := range 28 {
				images.Item(i)[28*k+i%26] = 255
			}
		}
		writeIDX(t, filepath.Join(dir, "emnist-letters-"+part+"-images-idx3-ubyte"), images)
		writeIDX(t, filepath.Join(dir, "emnist-letters-"+part+"-labels-idx1-ubyte"), labels)
	}
	name := filepath.Join(dir, "model")
	out, _, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-epochs", "10", "-holdout", "52", "-out", name)
	require.NoError(t, err)
	require.Contains(t, out, "(26 of 26;")
	m, err := softmax.Load(name)
	require.NoError(t, err)
	require.Equal(t, 26, m.Classes())
	require.Equal(t, strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ""), m.Names)
}

func TestClassNames(t *testing.T) {
	t.Parallel()
	s, err := dataset.Lookup("fashion-mnist")
	require.NoError(t, err)
	require.Equal(t, s.Classes, prepared.Names(&dataset.Set{Classes: 10, Names: s.Classes}))
	require.Equal(t, []string{"0", "1", "2"}, prepared.Names(&dataset.Set{Classes: 3}))
}

// TestBarGoesToStderr: the progress of a download is not among the results.
func TestBarGoesToStderr(t *testing.T) {
	useCache(t)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	var out, errs bytes.Buffer
	require.Error(t, run(t.Context(), []string{"-mirror", server.URL, "-json"}, &out, &errs))
	require.Empty(t, out.String())
	require.Equal(t, server.URL+"/train-images-idx3-ubyte.gz: 404 Not Found\n", errs.String())
}
