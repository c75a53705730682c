package dataset

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDownloadPutsAside: a damaged file is replaced, but not lost.
func TestDownloadPutsAside(t *testing.T) {
	p := publish(t)
	for name, data := range map[string][]byte{"cut": p.files[plain[0]+".gz"][:1000], "empty": nil, "another": []byte("<html>"), "flipped": flipped(p.files[plain[0]+".gz"])} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, plain[0]+".gz")
			require.NoError(t, os.WriteFile(path, data, 0o644))
			_, err := p.Download(t.Context(), dir, &FetchOptions{Offline: true})
			require.ErrorIs(t, err, fs.ErrNotExist)

			var told []string
			_, err = p.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{serve(t, p)}, Progress: func(g FetchProgress) {
				if g.Err != nil {
					told = append(told, g.Err.Error())
				}
			}})
			require.NoError(t, err)
			p.requireVerified(t, dir)
			left, err := os.ReadFile(path + ".bad")
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, left))
			require.Len(t, told, 1)
			require.Contains(t, told[0], "is now called train-images-idx3-ubyte.gz.bad")
			require.Len(t, entries(t, dir), 5)
		})
	}
}

// TestDownloadPutsAsideTwice: nor is what was put aside before.
func TestDownloadPutsAsideTwice(t *testing.T) {
	p := publish(t)
	dir := t.TempDir()
	opts := &FetchOptions{Mirrors: []string{serve(t, p)}}
	path := filepath.Join(dir, plain[0]+".gz")
	for _, data := range []string{"first", "second", "third"} {
		require.NoError(t, os.WriteFile(path, []byte(data), 0o644))
		_, err := p.Download(t.Context(), dir, opts)
		require.NoError(t, err)
	}
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.MkdirAll(filepath.Join(path, "folder"), 0o755))
	_, err := p.Download(t.Context(), dir, opts)
	require.NoError(t, err)
	p.requireVerified(t, dir)
	for ending, want := range map[string]string{".bad": "first", ".bad2": "second", ".bad3": "third"} {
		data, err := os.ReadFile(path + ending)
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
	require.DirExists(t, filepath.Join(path+".bad4", "folder"))
}

// TestDownloadPutsAsideAtOnce: of several who find a damaged file, none fails, and
// none takes away what another has put in its place.
func TestDownloadPutsAsideAtOnce(t *testing.T) {
	p := publish(t)
	mirror := serve(t, p)
	for range 50 {
		dir := t.TempDir()
		path := filepath.Join(dir, plain[0]+".gz")
		damaged := flipped(p.files[plain[0]+".gz"])
		require.NoError(t, os.WriteFile(path, damaged, 0o644))
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, errs[i] = p.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{mirror}}); errs[i] == nil {
					_, errs[i] = os.Stat(path)
				}
			}()
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		p.requireVerified(t, dir)
		left, err := os.ReadFile(path + ".bad")
		require.NoError(t, err)
		require.Equal(t, damaged, left)
	}
}

func flipped(data []byte) []byte {
	data = bytes.Clone(data)
	data[len(data)/2] ^= 1
	return data
}
