package dataset

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCacheVariable: the environment names another cache folder. Where there is
// none, or it is read-only, the error says so.
func TestCacheVariable(t *testing.T) {
	p := publish(t)
	opts := &FetchOptions{Mirrors: []string{p.mirror(t)}}
	for _, name := range []string{"XDG_CACHE_HOME", "LocalAppData", "HOME", "home", "DIGITS_CACHE"} {
		t.Setenv(name, "")
	}
	_, err := p.Download(t.Context(), "", opts)
	require.ErrorContains(t, err, "dataset: tiny: there is no cache folder (")
	require.ErrorContains(t, err, "); the environment variable DIGITS_CACHE can name another cache folder")

	dir := t.TempDir()
	write(t, dir, "file", nil) // stands for a read-only folder: root may write to those
	t.Setenv("DIGITS_CACHE", filepath.Join(dir, "file"))
	_, err = p.Download(t.Context(), "", opts)
	require.ErrorContains(t, err, "; the environment variable DIGITS_CACHE can name another cache folder")
	_, err = p.Download(t.Context(), filepath.Join(dir, "file", "tiny"), opts)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "DIGITS_CACHE", "the caller chose the folder")

	cache := filepath.Join(dir, "cache")
	t.Setenv("DIGITS_CACHE", cache)
	folder, err := p.Download(t.Context(), "", opts)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(cache, "tiny"), folder)
	p.Folder = "shared"
	folder, err = p.Download(t.Context(), "", opts)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(cache, "shared"), folder)
	require.Len(t, entries(t, folder), 4)

	t.Setenv("DIGITS_CACHE", t.TempDir())
	_, err = p.Download(t.Context(), "", &FetchOptions{Offline: true})
	require.NotContains(t, err.Error(), "another cache folder", "the folder is fine")
}
