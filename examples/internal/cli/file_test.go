//go:build unix

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// special makes one file of each kind in a folder, and links. The result is
// what each is, or "" for those that a program may read and replace.
func special(t *testing.T, dir string) map[string]string {
	in := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(in("file"), []byte("old"), 0o640))
	require.NoError(t, os.Mkdir(in("folder"), 0o777))
	require.NoError(t, os.Mkdir(in("other"), 0o777))
	require.NoError(t, os.Mkdir(in("other/folder"), 0o777))
	require.NoError(t, syscall.Mkfifo(in("pipe"), 0o666))
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: in("socket"), Net: "unix"})
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	for name, to := range map[string]string{
		"link": "file", "link to link": "link", "absolute": in("file"), "folder link": "folder", "pipe link": "pipe",
		"null": os.DevNull, "folder/up": "../file", "far": "other/folder", "through": "far/../file", "other/file": "../file",
	} {
		require.NoError(t, os.Symlink(to, in(name)))
	}
	return map[string]string{
		"file": "", "link": "", "link to link": "", "absolute": "", "folder/up": "", "through": "",
		"folder": "a folder", "folder link": "a folder", "folder/": "a folder", ".": "a folder",
		"pipe": "a pipe", "pipe link": "a pipe", "socket": "a socket", "null": "a device",
	}
}

// TestOpen: Open opens regular files. It refuses others at once.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for name, kind := range special(t, dir) {
		name = dir + "/" + name
		f, err := Open(name)
		if kind != "" {
			require.EqualError(t, err, name+" is not a file, but "+kind)
			continue
		}
		require.NoError(t, err)
		data, err := io.ReadAll(f)
		require.NoError(t, err)
		require.Equal(t, "old", string(data), name)
		require.NoError(t, f.Close())
	}
	_, err := Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, checkKind("x", fs.ModeIrregular), "x is not a file, but something else")
}

// TestTargets: the check before the work and the writing after it agree. Only
// regular files are replaced. The file that a link names changes, and links
// stay.
func TestTargets(t *testing.T) {
	dir := t.TempDir()
	for name, kind := range special(t, dir) {
		before := names(t, filepath.Join(dir, "x"))
		name = dir + "/" + name
		checked, written := CheckOutput("-out", name), WriteFile(name, text(name))
		require.Equal(t, before, names(t, filepath.Join(dir, "x")))
		if kind != "" {
			require.EqualError(t, checked, "-out "+name+" is not a file, but "+kind+": choose another name")
			require.EqualError(t, written, "writing "+name+": "+name+" is not a file, but "+kind)
			continue
		}
		require.NoError(t, checked)
		require.NoError(t, written)
		require.Equal(t, name, read(t, filepath.Join(dir, "file")))
		info, err := os.Lstat(filepath.Join(dir, "file"))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o640), info.Mode(), "permissions are kept, and it is no link")
	}
}

// TestNamelessTarget: /dev/stdout is such a link. If it leads to a pipe, the
// text of the link is no file's name.
func TestNamelessTarget(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	name := fmt.Sprintf("/dev/fd/%d", w.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	require.EqualError(t, CheckOutput("-out", name), "-out "+name+" is not a file, but a pipe: choose another name")
}

// TestNewTargets: a file that does not exist is made where the links point to,
// if there is a folder for it.
func TestNewTargets(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	dir := t.TempDir()
	special(t, dir)
	long := strings.Repeat("x", 300)
	for _, tt := range []struct{ name, link, want, problem string }{
		{"new", "", "new", ""},
		{"folder/new", "", "folder/new", ""},
		{"folder link/new", "", "folder/new", ""},
		{"dangling", "hung", "hung", ""},
		{"absolute", dir + "/hung", "hung", ""},
		{"dangling in a folder", "folder/hung", "folder/hung", ""},
		{"through a folder that is a link", "far/../hung", "other/hung", ""},
		{"folder link/dangling", "hung", "folder/hung", ""},
		{"dangling in no folder", "none/hung", "", "there is no folder " + dir + "/none"},
		{"loop", "loop", "", "too many symbolic links, perhaps in a loop"},
		{"none/new", "", "", "there is no folder " + dir + "/none"},
		{"new/", "", "", "there is no folder " + dir + "/new"},
		{"file/new", "", "", "there is no folder " + dir + "/file"},
		{"loop/new", "", "", "there is no folder " + dir + "/loop"},
		{long, "", "", "lstat " + dir + "/" + long + ": file name too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := dir + "/" + tt.name
			if tt.link != "" {
				os.Remove(name)
				require.NoError(t, os.Symlink(tt.link, name))
			}
			checked, written := CheckOutput("-out", name), WriteFile(name, text("new"))
			if tt.problem != "" {
				require.EqualError(t, checked, "-out "+name+": "+tt.problem)
				require.EqualError(t, written, "writing "+name+": "+tt.problem)
				require.Equal(t, strings.Contains(tt.problem, "no folder"), errors.Is(written, fs.ErrNotExist))
				return
			}
			require.NoError(t, checked)
			require.NoError(t, written)
			info, err := os.Lstat(filepath.Join(dir, tt.want))
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o640), info.Mode(), "the umask decides")
			require.NoError(t, os.Remove(filepath.Join(dir, tt.want)))
			if tt.link != "" {
				to, err := os.Readlink(name)
				require.NoError(t, err)
				require.Equal(t, tt.link, to, "the link stays")
			}
		})
	}
	require.NoError(t, CheckOutput("-out", ""))

	t.Chdir(filepath.Join(dir, "other"))
	require.NoError(t, CheckOutput("-out", "new"))
	require.NoError(t, WriteFile("new", text("new")))
	require.Equal(t, "new", read(t, filepath.Join(dir, "other", "new")))
	require.EqualError(t, CheckOutput("-out", "none/new"), "-out none/new: there is no folder none")
}

// TestManyLinks: as many links as systems usually follow.
func TestManyLinks(t *testing.T) {
	dir := t.TempDir()
	special(t, dir)
	last := "file"
	for n := range 41 {
		require.NoError(t, CheckOutput("-out", filepath.Join(dir, last)), n)
		link := fmt.Sprint("link ", n)
		require.NoError(t, os.Symlink(last, filepath.Join(dir, link)))
		last = link
	}
	require.ErrorContains(t, CheckOutput("-out", filepath.Join(dir, last)), "too many symbolic links")
}

// TestFolderNotWritable: the check finds a folder that cannot be written to.
func TestFolderNotWritable(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("wants a folder that not even root can write to")
	}
	require.EqualError(t, CheckOutput("-out", "/proc/file"), "-out /proc/file: its folder cannot be written to: no such file or directory")
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink("/proc/version", link))
	require.ErrorContains(t, CheckOutput("-out", link), "its folder cannot be written to")
	require.ErrorContains(t, WriteFile(link, text("x")), "writing "+link)
}

// TestProtected: a file that may not be written to is not replaced. Nobody may
// write to a program that runs, not even root.
func TestProtected(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("wants a file that not even root can write to")
	}
	running, err := os.Executable()
	require.NoError(t, err)
	require.EqualError(t, CheckOutput("-out", running),
		"-out "+running+" exists and is protected: text file busy: choose another name, or remove it first")
}

func TestCheckOutputKind(t *testing.T) {
	is := func(r io.Reader) bool {
		data, err := io.ReadAll(r)
		return err == nil && string(data) == "ours"
	}
	name := filepath.Join(t.TempDir(), "file")
	check := func() error { return CheckOutputKind("-out", name, "song", is) }
	require.NoError(t, CheckOutputKind("-out", "", "song", is))
	open := openFiles()
	require.NoError(t, check(), "new")
	for _, text := range []string{"", "ours"} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
		require.NoError(t, check(), text)
	}
	for _, text := range []string{"o", "theirs"} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
		require.EqualError(t, check(), "-out "+name+" exists and is not a song: choose another name, or remove it first")
	}
	require.ErrorContains(t, CheckOutputKind("-out", filepath.Dir(name), "song", is), "is not a file")
	require.Equal(t, open, openFiles(), "files are closed")
}

// TestWriteFails: after an error, the older file is what it was.
func TestWriteFails(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	full := errors.New("disk full")
	for _, old := range []string{"", "old"} {
		err := WriteFile(name, func(w io.Writer) error { return errors.Join(text("half")(w), full) })
		require.ErrorIs(t, err, full)
		require.EqualError(t, err, "writing "+name+": disk full")
		if old == "" {
			require.Empty(t, names(t, name))
			require.NoError(t, WriteFile(name, text("old")))
			continue
		}
		require.Equal(t, []string{"file"}, names(t, name))
		require.Equal(t, old, read(t, name))
	}
}

// steps is a file that notes what is done to it. One step may fail.
type steps struct {
	done string
	fail string
	err  error
}

func (s *steps) step(name string) error {
	s.done += name + " "
	if name == s.fail {
		return s.err
	}
	return nil
}

func (s *steps) Name() string                 { return "temporary" }
func (s *steps) Chmod(mode fs.FileMode) error { return s.step(fmt.Sprintf("chmod %o", mode)) }
func (s *steps) Sync() error                  { return s.step("sync") }
func (s *steps) Close() error                 { return s.step("close") }

func (s *steps) rename(from, to string) error { return s.step(fmt.Sprintf("rename %s %s", from, to)) }

// TestSyncBeforeRename: a file gets its name after its bytes are on the disk,
// and not at all after an error.
func TestSyncBeforeRename(t *testing.T) {
	failed := errors.New("failed")
	const chmod, sync, rename = "chmod 640 ", "sync ", "rename temporary final "
	for _, tt := range []struct {
		fail string
		err  error
		want string
		good bool
	}{
		{"", nil, chmod + sync + rename, true},
		{chmod, failed, chmod, false},
		{chmod, errors.ErrUnsupported, chmod + sync + rename, true},
		{sync, failed, chmod + sync, false},
		{rename, failed, chmod + sync + rename + "close " + rename, false},
	} {
		s := &steps{fail: strings.TrimSpace(tt.fail), err: tt.err}
		err := publish(s, target{name: "final", mode: 0o640}, s.rename)
		require.Equal(t, tt.want, s.done)
		if tt.good {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, failed)
		}
	}

	// On Windows, the first renaming fails. A file that could not be closed
	// does not get its name.
	for _, fail := range []string{"", "close"} {
		s := &steps{fail: fail, err: failed}
		closed := func(from, to string) error {
			if !strings.Contains(s.done, "close") {
				return errors.New("it is open")
			}
			return s.rename(from, to)
		}
		err := publish(s, target{name: "final", mode: 0o640}, closed)
		if fail == "" {
			require.NoError(t, err)
			require.Equal(t, chmod+sync+"close "+rename, s.done)
		} else {
			require.ErrorIs(t, err, failed)
			require.Equal(t, chmod+sync+"close ", s.done)
		}
	}
}

// TestAreSameFile: a file may have several names, also one that does not exist
// yet.
func TestAreSameFile(t *testing.T) {
	t.Chdir(t.TempDir())
	full, err := filepath.Abs("old")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("old", nil, 0o666))
	require.NoError(t, os.WriteFile("other", nil, 0o666))
	require.NoError(t, os.Link("old", "link"))
	require.NoError(t, os.Mkdir("folder", 0o777))
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"old", full, true}, {"old", "./old", true}, {"old", "link", true}, {"folder/../new", "new", true},
		{"old", "other", false}, {"old", "new", false}, {"new", "newer", false}, {"folder/new", "new", false},
		{"", "", false}, {"", "old", false}, {"old", "", false}, {"none/x", "none/./x", true}, {"none/x", "x", false}, {"folder", "old", false},
	} {
		require.Equal(t, tt.want, AreSameFile(tt.a, tt.b), "%v", tt)
	}
	if err := os.Symlink("folder", "way"); err != nil {
		t.Skip(err) // Windows may forbid it
	}
	require.True(t, AreSameFile("folder/new", "way/new"))
	require.NoError(t, os.Symlink("new", "soon"))
	require.True(t, AreSameFile("soon", "new"))
	require.False(t, AreSameFile("soon", "old"))
}
