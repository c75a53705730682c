package download

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// openFiles returns the names of the open files below a folder.
func openFiles(t *testing.T, dir string) (names []string) {
	links, err := filepath.Glob("/proc/self/fd/*")
	require.NoError(t, err)
	if len(links) == 0 {
		t.Skip("this system does not list open files")
	}
	for _, link := range links {
		if name, err := os.Readlink(link); err == nil && strings.HasPrefix(name, dir) {
			names = append(names, name)
		}
	}
	return names
}

// TestNothingStaysOpen checks that downloads close their files and their
// connections, whether they succeed or fail.
func TestNothingStaysOpen(t *testing.T) {
	s := publish(t)
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(s)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed:
			connections.Add(-1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	archive, zipped := s.copy().zipped(t)
	dir := t.TempDir()
	options := Options{Mirrors: []string{server.URL}}

	writePart(t, dir, "large.gz", s.files["large.gz"][:1000])
	require.NoError(t, os.WriteFile(filepath.Join(dir, "small.gz"), []byte("another file"), 0o644))
	require.NoError(t, s.download(t.Context(), dir, options))
	require.NoError(t, s.download(t.Context(), dir, options))
	require.Empty(t, openFiles(t, dir))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), zipped, 0o644))
	d := New(dir, options)
	require.NoError(t, d.Extract(t.Context(), archive, s.list))
	require.Error(t, d.Extract(t.Context(), archive, []File{{Name: "none.gz"}}))
	require.Error(t, d.Extract(t.Context(), archive, []File{{Name: "tiny.gz", SHA256: hexSum(nil)}}))
	require.Error(t, d.Fetch(t.Context(), File{Name: "none.gz", SHA256: hexSum(nil)}))
	d.Close()
	require.Empty(t, openFiles(t, dir))
	for _, name := range entries(t, dir) {
		require.False(t, isPart(name), "an empty part is removed: %s", name)
	}
	for begin := time.Now(); connections.Load() > 0; time.Sleep(time.Millisecond) {
		require.Less(t, time.Since(begin), 10*time.Second, "a connection stays open")
	}
}

// TestRewriteClosesParts checks that a part which is written again leaves no
// file open.
func TestRewriteClosesParts(t *testing.T) {
	s := publish(t)
	dir := t.TempDir()
	d := New(dir, Options{Mirrors: []string{serve(t, s)}, Progress: func(p Progress) {
		for _, name := range entries(t, dir) {
			if isPart(name) && os.Remove(filepath.Join(dir, name)) != nil {
				t.Skip("an open file cannot be removed here")
			}
		}
	}})
	defer d.Close()
	require.NoError(t, d.Fetch(t.Context(), s.list[2]))
	require.Empty(t, openFiles(t, dir))
}

// TestPlaceSame checks that a file stays if another process has just placed the
// same bytes.
func TestPlaceSame(t *testing.T) {
	s := publish(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "medium.gz")
	d := New(dir, Options{Mirrors: []string{serve(t, s)}, Progress: func(p Progress) {
		if p.Path == "" {
			require.NoError(t, os.WriteFile(path, s.files["medium.gz"], 0o600))
		}
	}})
	defer d.Close()
	require.NoError(t, d.Fetch(t.Context(), s.list[2]))
	require.Equal(t, []string{"medium.gz"}, entries(t, dir))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm()&0o600)
	require.Zero(t, info.Mode().Perm()&0o077, "it is the other's file")
}
