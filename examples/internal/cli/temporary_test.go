//go:build unix

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLeftovers: a program removes what killed programs left in its folder. It
// keeps what running programs write, and all other names.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	special(t, dir)
	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(in(name)), 0o777))
		require.NoError(t, os.WriteFile(in(name), nil, 0o666))
	}
	foreign := []string{".digits-1.tmp.gz", ".digits-2", ".softmax-3.tmp", "digits-4.tmp", "x.digits-5.tmp", ".digits.tmp"}
	for _, name := range foreign {
		write(name)
	}
	require.NoError(t, os.Symlink("file", in(".digits-link.tmp")))
	require.NoError(t, os.Rename(in("pipe"), in(".digits-pipe.tmp")))
	running, err := newTemporary(dir, os.CreateTemp)
	require.NoError(t, err)
	folder, err := newTemporary(dir, makeFolder)
	require.NoError(t, err)
	before, open := names(t, in("x")), openFiles()
	for _, work := range []func() error{
		func() error { return WriteFile(in("file"), text("new")) },
		func() error { return CheckOutput("-out", in("file")) },
		func() error { return WriteFolder(in("file"), func(string) error { return nil }) },
	} {
		write(".digits-killed.tmp")
		write(".digits-folder.tmp/part/a.png")
		write(".digits-.tmp")
		_ = work()
		require.Equal(t, before, names(t, in("x")))
		require.Equal(t, open, openFiles(), "files are closed")
	}
	discard(running)
	discard(folder)
	require.Len(t, names(t, in("x")), len(before)-2)
}

// openFiles returns how many files this program has open, or 0 if the system
// does not tell.
func openFiles() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}

// TestLost: between making and locking its temporary file, a program may lose
// the file to another program. Then it makes another one.
func TestLost(t *testing.T) {
	dir := t.TempDir()
	made, open := 0, openFiles()
	f, err := newTemporary(dir, func(folder, pattern string) (*os.File, error) {
		f, err := os.CreateTemp(folder, pattern)
		if made++; made < 3 {
			os.Remove(f.Name())
		}
		return f, err
	})
	require.NoError(t, err)
	require.Equal(t, 3, made)
	require.FileExists(t, f.Name())
	discard(f)
	require.Empty(t, names(t, f.Name()))
	require.Equal(t, open, openFiles(), "files are closed")
}

// TestManyWriters: programs that write into one folder at the same time do not
// remove the files of each other.
func TestManyWriters(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 4 {
				if err := WriteFile(filepath.Join(dir, fmt.Sprint(i%4)), text("whole")); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	require.Equal(t, []string{"0", "1", "2", "3"}, names(t, filepath.Join(dir, "x")))
	require.Equal(t, "whole", read(t, filepath.Join(dir, "0")))
}

// TestWriteFolder: the folder appears when it is complete. It has the
// permissions of any new folder.
func TestWriteFolder(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "new")
	fill := func(folder string) error {
		require.NoDirExists(t, name)
		return os.WriteFile(filepath.Join(folder, "a"), nil, 0o666)
	}
	failed := errors.New("failed")
	require.ErrorIs(t, WriteFolder(name, func(folder string) error { return errors.Join(fill(folder), failed) }), failed)
	require.Empty(t, names(t, name))

	require.NoError(t, WriteFolder(name+string(os.PathSeparator), fill))
	require.Equal(t, []string{"new"}, names(t, name))
	require.Equal(t, []string{"a"}, names(t, filepath.Join(name, "a")))
	other := filepath.Join(dir, "other")
	require.NoError(t, os.Mkdir(other, 0o777))
	want, err := os.Stat(other)
	require.NoError(t, err)
	got, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, want.Mode(), got.Mode())

	require.Error(t, WriteFolder(other, func(string) error { return nil }), "it exists")
	require.ErrorContains(t, WriteFolder(filepath.Join(dir, "none", "new"), fill), filepath.Join(dir, "none"))
	require.Error(t, WriteFolder(filepath.Join(dir, strings.Repeat("x", 300)), func(string) error {
		t.Error("there is no folder to fill")
		return nil
	}))
	require.Equal(t, []string{"new", "other"}, names(t, name))
}

func TestTemporaryFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	folder, remove, err := TemporaryFolder()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "file"), nil, 0o666))
	again, removeAgain, err := TemporaryFolder()
	require.NoError(t, err)
	require.NotEqual(t, folder, again)
	require.Len(t, names(t, folder), 2)
	remove()
	removeAgain()
	require.Empty(t, names(t, folder))
	t.Setenv("TMPDIR", filepath.Join(dir, "none"))
	t.Setenv("TMP", filepath.Join(dir, "none"))
	_, _, err = TemporaryFolder()
	require.Error(t, err)
}
