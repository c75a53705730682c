package target

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	require.NoError(t, Check("-out", ""))
	require.NoError(t, Check("-out", file))
	require.NoError(t, Check("-out", filepath.Join(dir, "new")))
	require.EqualError(t, Check("-out", dir), "-out "+dir+" is not a file")
	other := filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(other, nil, 0o644))
	require.NoError(t, Check("-out", file, other, filepath.Join(dir, "none")))
	require.NoError(t, Check("-out", filepath.Join(dir, "new"), other, file))
	require.EqualError(t, Check("-out", file, other, dir+"/./"+filepath.Base(file)), "-out "+file+" is one of the pictures to read: choose another name or folder")
	none := filepath.Join(dir, "none")
	require.EqualError(t, Check("-out", filepath.Join(none, "x")), "-out "+filepath.Join(none, "x")+": there is no folder "+none)
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	require.NoError(t, Write(name, text("one")))
	require.NoError(t, os.Chmod(name, 0o600))
	require.NoError(t, Write(name, text("two")))
	full := errors.New("disk full")
	err := Write(name, func(w io.Writer) error { return errors.Join(text("half")(w), full) })
	require.ErrorIs(t, err, full)
	require.ErrorContains(t, err, "writing "+name)
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "two", string(data))
	if runtime.GOOS != "windows" {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.EqualValues(t, 0o600, info.Mode().Perm(), "permissions are kept")

		link := filepath.Join(dir, "link")
		require.NoError(t, os.Symlink("file", link))
		require.NoError(t, Write(link, text("three")))
		data, err = os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, "three", string(data))
	}
	require.ErrorContains(t, Write(dir, text("x")), "not a regular file")
	require.ErrorContains(t, Write(filepath.Join(dir, "none", "x"), text("x")), "writing "+filepath.Join(dir, "none", "x"))
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
