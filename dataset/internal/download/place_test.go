package download

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPutAside checks that a wrong file is replaced, but not lost.
func TestPutAside(t *testing.T) {
	s := publish(t)
	good := s.files["large.gz"]
	for name, data := range map[string][]byte{
		"truncated": good[:1000], "empty": nil, "another file": []byte("<html>"), "flipped": flipped(good),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "large.gz")
			require.NoError(t, os.WriteFile(path, data, 0o644))
			errs := 0
			require.NoError(t, s.download(t.Context(), dir, Options{
				Mirrors:  []string{serve(t, s)},
				Progress: count(t, "its new name is large.gz.bad", &errs),
			}))
			s.requireVerified(t, dir)
			left, err := os.ReadFile(path + ".bad")
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, left))
			require.Equal(t, 1, errs)
			require.Len(t, entries(t, dir), 5)
		})
	}
}

// TestPutAsideAgain checks that no file that was put aside is lost later.
func TestPutAsideAgain(t *testing.T) {
	s := publish(t)
	dir := t.TempDir()
	options := Options{Mirrors: []string{serve(t, s)}}
	path := filepath.Join(dir, "large.gz")
	for _, data := range []string{"first", "second", "third"} {
		require.NoError(t, os.WriteFile(path, []byte(data), 0o644))
		require.NoError(t, s.download(t.Context(), dir, options))
	}
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.MkdirAll(filepath.Join(path, "folder"), 0o755))
	require.NoError(t, s.download(t.Context(), dir, options))
	s.requireVerified(t, dir)
	for ending, want := range map[string]string{".bad": "first", ".bad2": "second", ".bad3": "third"} {
		data, err := os.ReadFile(path + ending)
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
	require.DirExists(t, filepath.Join(path+".bad4", "folder"))
}

// TestPutAsideAtOnce lets several downloads find the same wrong file. None may
// fail, and none may put aside what another has placed.
func TestPutAsideAtOnce(t *testing.T) {
	s := publish(t)
	mirror := serve(t, s)
	for range tries(5, 50) {
		dir := t.TempDir()
		path := filepath.Join(dir, "large.gz")
		damaged := flipped(s.files["large.gz"])
		require.NoError(t, os.WriteFile(path, damaged, 0o644))
		atOnce(t, 4, func(int) error {
			err := s.download(context.Background(), dir, Options{Mirrors: []string{mirror}})
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		s.requireVerified(t, dir)
		left, err := os.ReadFile(path + ".bad")
		require.NoError(t, err)
		require.Equal(t, damaged, left)
	}
}

// atOnce runs f n times at once. No run may fail.
func atOnce(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = f(i)
		}()
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

// TestPutAsideKeepsName checks that a wrong file is linked, not moved. A move
// could take away a good file that another process has just placed.
func TestPutAsideKeepsName(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f.gz")
	require.NoError(t, os.WriteFile(path, []byte("wrong"), 0o644))
	if err := os.Link(path, filepath.Join(dir, "link")); err != nil {
		t.Skip("this file system has no links: ", err)
	}
	info, err := os.Lstat(path)
	require.NoError(t, err)
	d := New(dir, Options{})
	defer d.Close()
	require.NoError(t, d.putAside("f.gz", info))
	require.ElementsMatch(t, []string{"f.gz", "f.gz.bad", "link"}, entries(t, dir))
	require.NoError(t, d.putAside("f.gz", info), "a stopped process has put it aside")
	require.Len(t, entries(t, dir), 3)
	require.NoError(t, os.Remove(path))
	require.NoError(t, d.putAside("f.gz", info), "another process has put it aside")
	require.Len(t, entries(t, dir), 2)
}

// TestPlaceRemovesParts checks that no part is left, even if another process
// began one during the download.
func TestPlaceRemovesParts(t *testing.T) {
	s := publish(t)
	dir := t.TempDir()
	d := New(dir, Options{Mirrors: []string{serve(t, s)}, Progress: func(p Progress) {
		if p.Path == "" {
			writePart(t, dir, "large.gz", []byte("begun"))
		}
	}})
	defer d.Close()
	require.NoError(t, d.Fetch(t.Context(), s.list[0]))
	require.Equal(t, []string{"large.gz"}, entries(t, dir))
}

// TestPublishRemovedPart checks that a part whose name was removed by another
// process still becomes the file.
func TestPublishRemovedPart(t *testing.T) {
	dir := t.TempDir()
	p, err := newPart(t.Context(), osDisk{}, dir, "f.gz", sha256.New(), 1000)
	require.NoError(t, err)
	_, err = p.Write([]byte("content"))
	require.NoError(t, err)
	if err := os.Remove(p.file.Name()); err != nil {
		t.Skip("an open file cannot be removed here: ", err)
	}
	require.NoError(t, p.publish(filepath.Join(dir, "f.gz")))
	p.abandon()
	data, err := os.ReadFile(filepath.Join(dir, "f.gz"))
	require.NoError(t, err)
	require.Equal(t, "content", string(data))
	require.Equal(t, []string{"f.gz"}, entries(t, dir))
}

// TestNewPart checks that a part begins with the longest part that is not too
// long, and that all other parts are removed.
func TestNewPart(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string]string{
		".f.gz.1.part": "abc", ".f.gz.2.part": "abcdef", ".f.gz.3.part": "abcdefghijk",
		".g.gz.1.part": "other", "f.gz": "file",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".f.gz.4.part"), 0o755))
	p, err := newPart(t.Context(), osDisk{}, dir, "f.gz", sha256.New(), 10)
	require.NoError(t, err)
	require.EqualValues(t, 6, p.size)
	require.Equal(t, hexSum([]byte("abcdef")), hexHash(p))
	p.abandon()
	own := filepath.Base(p.file.Name())
	require.True(t, isPart(own))
	require.ElementsMatch(t, []string{own, ".g.gz.1.part", "f.gz", ".f.gz.4.part"}, entries(t, dir))

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = newPart(canceled, osDisk{}, dir, "f.gz", sha256.New(), 10)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, entries(t, dir), 4, "the longest part stays")

	// Another process may have removed a part.
	require.NoError(t, p.copyLongest(t.Context(), []string{filepath.Join(dir, ".f.gz.9.part")}, 10))
}

// TestFileInPlaceOfFolder: the error names what is in the way.
func TestFileInPlaceOfFolder(t *testing.T) {
	s := publish(t)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	d := New(filepath.Join(file, "folder"), Options{Mirrors: []string{serve(t, s)}})
	defer d.Close()
	require.ErrorContains(t, d.Fetch(t.Context(), s.list[0]), "mkdir "+file+": ")
}
