package dataset

import (
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNoRegularFiles checks that what is no regular file is refused before it
// is opened. Opening a named pipe would wait forever.
func TestNoRegularFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "images", file(t, make([]uint8, 12), 2, 2, 3))
	write(t, dir, "labels", file(t, []uint8{1, 2}, 2))
	fsys := os.DirFS(dir)
	_, err := Open(fsys, "images", "labels", 10)
	require.NoError(t, err)
	for want, make := range map[string]func(path string) error{
		"a folder":     func(path string) error { return os.Mkdir(path, 0o755) },
		"a named pipe": func(path string) error { return exec.Command("mkfifo", path).Run() },
		"a device":     func(path string) error { return os.Symlink("/dev/zero", path) },
		"not a regular file": func(path string) error {
			l, err := net.Listen("unix", path)
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		},
	} {
		t.Run(want, func(t *testing.T) {
			path := filepath.Join(dir, "odd")
			if err := make(path); err != nil {
				t.Skip("this system cannot make one: ", err)
			}
			defer os.RemoveAll(path)
			text := "dataset: odd: kind of file: got " + want + ", want a regular file"
			_, err := Open(fsys, "odd", "labels", 10)
			require.EqualError(t, err, text)
			require.ErrorAs(t, err, new(*FormatError))
			_, err = Open(fsys, "images", "odd", 10)
			require.EqualError(t, err, text)

			// Load looks for files, so it does not find one.
			for _, name := range append(mnistNames[:], "x.zip", "mnist_train.csv", "mnist_test.csv") {
				require.NoError(t, os.RemoveAll(filepath.Join(dir, "set")))
				require.NoError(t, os.Mkdir(filepath.Join(dir, "set"), 0o755))
				if err := make(filepath.Join(dir, "set", name)); err != nil {
					t.Skip("the path is too long: ", err)
				}
				_, _, err = Load(os.DirFS(filepath.Join(dir, "set")))
				require.ErrorIs(t, err, fs.ErrNotExist)
				require.ErrorContains(t, err, `it has "`+name+`" (`+want+`)`)
			}
		})
	}
}

// A countingFS counts the open files. Some files cannot be opened.
type countingFS struct {
	fstest.MapFS
	open   *atomic.Int32
	broken map[string]error
}

type countedFile struct {
	fs.File
	open *atomic.Int32
}

func (f countedFile) Close() error {
	f.open.Add(-1)
	return f.File.Close()
}

// countedReaderAt has random access, too, as an *os.File.
type countedReaderAt struct {
	countedFile
	at interface {
		ReadAt([]byte, int64) (int, error)
	}
}

func (f countedReaderAt) ReadAt(p []byte, off int64) (int, error) { return f.at.ReadAt(p, off) }

func (c countingFS) Stat(name string) (fs.FileInfo, error) { return c.MapFS.Stat(name) }

func (c countingFS) Open(name string) (fs.File, error) {
	if err := c.broken[name]; err != nil {
		return nil, err
	}
	file, err := c.MapFS.Open(name)
	if err != nil {
		return nil, err
	}
	c.open.Add(1)
	counted := countedFile{file, c.open}
	if at, ok := file.(interface {
		ReadAt([]byte, int64) (int, error)
	}); ok {
		return countedReaderAt{counted, at}, nil
	}
	return counted, nil
}

// TestFilesAreClosed checks that no file stays open, whether loading succeeds
// or fails, and that a file that cannot be opened is an error.
func TestFilesAreClosed(t *testing.T) {
	s, err := Lookup("mnist")
	require.NoError(t, err)
	good := withClasses(t, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9")
	good["qmnist-train-labels-idx2-int"] = &fstest.MapFile{Data: table(t, numbered(12).Labels, make([]int, 12))}
	csv := fstest.MapFS{"train.csv": {Data: []byte("1,2\n")}, "test.csv": {Data: []byte("1,2\n")}}
	archive := fstest.MapFS{"x.zip": {Data: zipped(t, folder(t, mnistNames))}}
	load := func(fsys fs.FS) error { _, _, err := Load(fsys); return err }
	for _, c := range []struct {
		name string
		fsys fstest.MapFS
		load func(fs.FS) error
	}{
		{"IDX", good, load},
		{"a source", good, func(fsys fs.FS) error { _, _, err := s.Load(fsys); return err }},
		{"csv", csv, load},
		{"archive", archive, load},
	} {
		var open atomic.Int32
		require.NoError(t, c.load(countingFS{c.fsys, &open, nil}), c.name)
		require.Zero(t, open.Load(), c.name)
		for name := range c.fsys {
			if c.name == "a source" && name == "classes.txt" {
				continue // a source has its own classes
			}
			if c.name == "IDX" && name[0] == 'q' {
				continue // the function Load looks for no table
			}
			broken := errors.New("broken disk")
			err := c.load(countingFS{c.fsys, &open, map[string]error{name: broken}})
			require.ErrorIs(t, err, broken, "%s: %s", c.name, name)
			require.Zero(t, open.Load(), "%s: %s", c.name, name)
		}
	}
}

// TestDownloadCloses checks that no connection stays open.
func TestDownloadCloses(t *testing.T) {
	p := publish(t)
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.FileServerFS(p.files))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed:
			connections.Add(-1)
		}
	}
	server.Start()
	defer server.Close()
	_, err := p.Download(t.Context(), t.TempDir(), &FetchOptions{Mirrors: []string{server.URL}})
	require.NoError(t, err)
	for begin := time.Now(); connections.Load() > 0; time.Sleep(time.Millisecond) {
		require.Less(t, time.Since(begin), 10*time.Second, "a connection stays open")
	}
}

// TestBadFolders checks that an error of the disk says what to do.
func TestBadFolders(t *testing.T) {
	p := publish(t)
	opts := &FetchOptions{Mirrors: []string{p.mirror(t)}}
	dir := t.TempDir()
	write(t, dir, "file", nil)
	const help = "; name another folder, where there is room and where you may write"
	for _, bad := range []string{"file", filepath.Join("file", "folder")} {
		_, err := p.Download(t.Context(), filepath.Join(dir, bad), opts)
		var path *fs.PathError
		require.ErrorAs(t, err, &path)
		require.ErrorContains(t, err, "dataset: tiny: ")
		require.ErrorContains(t, err, help)
	}
	require.EqualError(t, withHelp(&os.LinkError{Op: "rename", Old: "a", New: "b", Err: fs.ErrPermission}, "help"),
		"rename a b: permission denied; help")
	require.EqualError(t, withHelp(errors.New("other"), "help"), "other")
	tried := &FetchError{Tries: []Try{{"http://a", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}}}}
	require.Equal(t, error(tried), withHelp(tried, "help"), "it is not about the folder")
}

// TestDownloadKeepsPartOfArchive: while the archive is not there, a part of it
// stays, because another split may need it.
func TestDownloadKeepsPartOfArchive(t *testing.T) {
	s, archive := publishEMNIST(t)
	dir := t.TempDir()
	path, part := filepath.Join(dir, "gzip.zip"), ".gzip.zip.1.part"
	write(t, dir, "gzip.zip", archive)
	download := func() {
		_, err := s.Download(t.Context(), dir, &FetchOptions{Offline: true})
		require.NoError(t, err)
	}
	download()
	write(t, dir, part, archive[:100])
	require.NoError(t, os.Truncate(path, 50))
	download()
	require.NoError(t, os.Remove(path))
	download()
	require.NoError(t, os.Mkdir(path, 0o755))
	info, err := os.Stat(path)
	require.NoError(t, err)
	s.Archive.Size = info.Size()
	download()
	require.Contains(t, entries(t, dir), part)
}
