package cli

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

func TestCheckOutput(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	require.NoError(t, CheckOutput("-out", ""))
	require.NoError(t, CheckOutput("-out", file))
	require.NoError(t, CheckOutput("-out", filepath.Join(dir, "new")))
	require.EqualError(t, CheckOutput("-out", dir), "-out "+dir+" is not a file, but a folder: choose another name")
	none := filepath.Join(dir, "none")
	require.EqualError(t, CheckOutput("-out", filepath.Join(none, "x")), "-out "+filepath.Join(none, "x")+": there is no folder "+none)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing stays")
}

// TestCheckWritable: CheckOutput finds a folder that cannot be written to.
func TestCheckWritable(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("wants a folder that not even root can write to")
	}
	require.EqualError(t, CheckOutput("-out", "/proc/file"), "-out /proc/file: its folder cannot be written to: no such file or directory")
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink("/proc/version", link))
	require.ErrorContains(t, CheckOutput("-out", link), "its folder cannot be written to")
}

func TestCheckOutputKind(t *testing.T) {
	is := func(r io.Reader) bool {
		data, err := io.ReadAll(r)
		return err == nil && string(data) == "ours"
	}
	name := filepath.Join(t.TempDir(), "file")
	check := func() error { return CheckOutputKind("-out", name, "song", is) }
	require.NoError(t, CheckOutputKind("-out", "", "song", is))
	require.NoError(t, check(), "new")
	for _, text := range []string{"", "ours"} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
		require.NoError(t, check(), text)
	}
	require.NoError(t, os.WriteFile(name, []byte("theirs"), 0o666))
	require.EqualError(t, check(), "-out "+name+" exists and is not a song: choose another name, or remove it first")
	require.ErrorContains(t, CheckOutputKind("-out", filepath.Dir(name), "song", is), "is not a file")
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	require.NoError(t, WriteFile(name, text("one")))
	require.NoError(t, os.Chmod(name, 0o600))
	require.NoError(t, WriteFile(name, text("two")))
	full := errors.New("disk full")
	err := WriteFile(name, func(w io.Writer) error { return errors.Join(text("half")(w), full) })
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
		require.NoError(t, WriteFile(link, text("three")))
		data, err = os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, "three", string(data))
	}
	require.ErrorContains(t, WriteFile(dir, text("x")), "is not a file")
	require.ErrorContains(t, WriteFile(filepath.Join(dir, "none", "x"), text("x")), "writing "+filepath.Join(dir, "none", "x"))
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
