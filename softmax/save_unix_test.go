//go:build linux || darwin

package softmax

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestModeOfSavedFile: the umask decides on a new file. A newer model keeps the
// permissions of the older file.
func TestModeOfSavedFile(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	m := New(1, 2)
	name := filepath.Join(t.TempDir(), "model")
	mode := func() fs.FileMode {
		info, err := os.Stat(name)
		require.NoError(t, err)
		return info.Mode()
	}
	require.NoError(t, m.Save(name))
	require.Equal(t, fs.FileMode(0o640), mode())
	for _, want := range []fs.FileMode{0o600, 0o666, 0o444, 0o751} { // also bits that the umask takes away
		require.NoError(t, os.Chmod(name, want))
		require.NoError(t, m.Save(name))
		require.Equal(t, want, mode())
	}
	require.NoError(t, os.Remove(name))
	syscall.Umask(0)
	require.NoError(t, m.Save(name))
	require.Equal(t, fs.FileMode(0o666), mode())
}

// TestModeThatCannotChange: a file of the system stands for a file system that
// sets no permissions. A draft may keep those that it has.
func TestModeThatCannotChange(t *testing.T) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	require.ErrorIs(t, fileDraft{f}.Chmod(0o666), fs.ErrPermission)
	require.NoError(t, fileDraft{f}.Chmod(0o444))
	require.NoError(t, f.Close())
	require.ErrorIs(t, fileDraft{f}.Chmod(0o444), fs.ErrClosed)
}

// TestSpecialFiles: Save and Load refuse them at once, and they stay.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	fifo, socket := filepath.Join(dir, "fifo"), filepath.Join(dir, "socket")
	require.NoError(t, syscall.Mkfifo(fifo, 0o666))
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer listener.Close()
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(fifo, link))
	m := New(1, 2)
	for name, kind := range map[string]string{
		fifo: "a named pipe", link: "a named pipe", socket: "a socket", "/dev/null": "a device", dir: "a folder",
	} {
		require.EqualError(t, m.Save(name), fmt.Sprintf("softmax: save %q: %s, not a regular file: choose another name", name, kind))
		advice := ": use Decode for it"
		if name == dir {
			advice = "" // nothing reads a folder
		}
		_, err = Load(name)
		require.EqualError(t, err, fmt.Sprintf("softmax: load %q: %s, not a regular file%s", name, kind, advice))
	}
	require.Equal(t, []string{"fifo", "link", "socket"}, filesIn(t, dir))
	info, err := os.Lstat(fifo)
	require.NoError(t, err)
	require.Equal(t, fs.ModeNamedPipe, info.Mode().Type())
}

// TestSaveSweeps: Save removes the drafts that no program writes to, and
// nothing else.
func TestSaveSweeps(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, []byte("half a mod"), 0o600))
		return name
	}
	for _, dead := range []string{".softmax-1.tmp", ".softmax-.tmp", ".softmax-99999.tmp"} {
		write(dead)
	}
	others := []string{".softmax-1", ".softmax-2.tmp.gz", "a.softmax-3.tmp", "softmax-4.tmp", "x.tmp"}
	for _, other := range others {
		write(other)
	}
	require.NoError(t, os.Symlink("softmax-4.tmp", filepath.Join(dir, ".softmax-link.tmp")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, ".softmax-fifo.tmp"), 0o666))
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".softmax-folder.tmp"), 0o777))
	live, err := newDraft(dir+"/", 0o600)
	require.NoError(t, err)

	m := New(1, 2)
	require.NoError(t, m.Save(filepath.Join(dir, "model")))
	require.ElementsMatch(t, append(others, ".softmax-link.tmp", ".softmax-fifo.tmp", ".softmax-folder.tmp",
		filepath.Base(live.Name()), "model"), filesIn(t, dir))

	require.NoError(t, live.Close()) // its program has ended
	require.NoError(t, m.Save(filepath.Join(dir, "model")))
	require.NotContains(t, filesIn(t, dir), filepath.Base(live.Name()))
}

// TestSweepOfYoungDrafts: without locks, a draft of the last minute may have a
// program.
func TestSweepOfYoungDrafts(t *testing.T) {
	dir := t.TempDir() + "/"
	for name, age := range map[string]time.Duration{"new": 0, "young": 50 * time.Second, "old": 70 * time.Second} {
		name = dir + draftPrefix + name + draftSuffix
		require.NoError(t, os.WriteFile(name, nil, 0o600))
		require.NoError(t, os.Chtimes(name, time.Time{}, time.Now().Add(-age)))
	}
	sweep(dir, true)
	require.Equal(t, []string{".softmax-new.tmp", ".softmax-young.tmp"}, filesIn(t, dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	sweep(dir, false)
	require.Empty(t, filesIn(t, dir))
	require.False(t, isYoung(entries[0]), "a file that is gone")
}

// TestDraftThatIsGone: a draft may be removed before it is locked. Then it is
// not still there.
func TestDraftThatIsGone(t *testing.T) {
	d, err := newDraft(t.TempDir()+"/", 0o600)
	require.NoError(t, err)
	defer d.Close()
	require.True(t, isStill(d.File))
	require.NoError(t, os.Remove(d.Name()))
	require.False(t, isStill(d.File))
	require.NoError(t, os.WriteFile(d.Name(), nil, 0o600))
	require.False(t, isStill(d.File), "another file with the name")
	require.Error(t, d.Rename(t.TempDir()), "a folder takes no draft")
	require.NoError(t, d.Close())
	require.False(t, isStill(d.File))
}

// TestSaveIntoReadOnlyFolder: the error says what to do.
func TestSaveIntoReadOnlyFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o555))
	err := New(1, 2).Save(filepath.Join(dir, "model"))
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorContains(t, err, "choose a folder that exists and can be written to")
	require.Empty(t, filesIn(t, dir))
}

// TestSaveOnFullDisk: a limit on the size of files stands for the disk. It is
// far above the size of the log that go test keeps of this process. The older
// file stays, and no draft.
func TestSaveOnFullDisk(t *testing.T) {
	m, name := savedModel(t)
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	limited := before
	limited.Cur = 1 << 20
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limited))
	err := randomModel(newRand(), 50_000, 10).Save(name)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before))
	require.ErrorIs(t, err, syscall.EFBIG)
	require.ErrorContains(t, err, "make room on the disk or choose another folder")
	requireSaved(t, m, name)
}

// TestFilesAreClosed: Load leaves no file open.
func TestFilesAreClosed(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(list)
	}
	name := filepath.Join(t.TempDir(), "model")
	require.NoError(t, New(1, 2).Save(name))
	before := open()
	for range 20 {
		_, err := Load(name)
		require.NoError(t, err)
	}
	require.Less(t, open(), before+10)
}

// saverEnv makes the test binary a program that saves models until it is
// killed.
const saverEnv = "SOFTMAX_TEST_SAVER"

func TestMain(m *testing.M) {
	name := os.Getenv(saverEnv)
	if name == "" {
		os.Exit(m.Run())
	}
	model := randomModel(newRand(), 20_000, 10)
	fmt.Println("running")
	for {
		if err := model.Save(name); err != nil {
			fmt.Println(err)
		}
	}
}

// TestSaveKilled kills programs that save, at any moment or just as the draft
// appears. The file is always whole, and the next Save removes the draft.
func TestSaveKilled(t *testing.T) {
	tries := 4
	if os.Getenv("DIGITS_LONG") != "" {
		tries = 30
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "model")
	older, newer := randomModel(newRand(), 3, 2), randomModel(newRand(), 20_000, 10)
	self, err := os.Executable()
	require.NoError(t, err)
	drafts := func() (names []string) {
		for _, name := range filesIn(t, dir) {
			if strings.HasPrefix(name, draftPrefix) {
				names = append(names, name)
			}
		}
		return names
	}
	left := 0
	for try := range 2 * tries {
		require.NoError(t, older.Save(name))
		require.Equal(t, []string{"model"}, filesIn(t, dir))
		child := exec.Command(self)
		child.Env = append(os.Environ(), saverEnv+"="+name)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		if err := child.Start(); errors.Is(err, syscall.ENOEXEC) {
			t.Skip("an emulator runs this test, and the program cannot start itself")
		} else {
			require.NoError(t, err)
		}
		_, err = io.ReadFull(out, make([]byte, len("running\n")))
		require.NoError(t, err)
		if try%2 == 0 {
			time.Sleep(time.Duration(rand.IntN(20_000)) * time.Microsecond)
		} else {
			for wait := time.Now(); len(drafts()) == 0 && time.Since(wait) < time.Second; {
			}
		}
		require.NoError(t, child.Process.Kill())
		said, err := io.ReadAll(out)
		require.NoError(t, err)
		require.Empty(t, string(said))
		require.Error(t, child.Wait(), "killed")
		left += len(drafts())
		got, err := Load(name)
		require.NoError(t, err)
		if got.Features() == older.Features() {
			require.Equal(t, older, got)
		} else {
			require.Equal(t, newer, got)
		}
	}
	require.NoError(t, older.Save(name))
	require.Equal(t, []string{"model"}, filesIn(t, dir))
	t.Logf("%d programs killed, %d left a draft", 2*tries, left)
}
