package download

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var errFull = errors.New("no space left on device")

// A badDisk fails at one of its operations. It also checks that a part is on
// the disk before it gets its name.
type badDisk struct {
	osDisk
	t      *testing.T
	failAt int             // the number of the operation, from 1
	lasts  bool            // later operations fail, too
	links  error           // of link, if not nil
	modes  error           // of Chmod, if not nil
	seen   int             // operations so far
	unsafe map[string]bool // names of files with bytes that Sync has not seen
}

func (d *badDisk) fails(op, name string) error {
	if d.seen++; d.seen == d.failAt || d.lasts && d.seen > d.failAt {
		return &fs.PathError{Op: op, Path: name, Err: errFull}
	}
	return nil
}

func (d *badDisk) createTemp(dir, pattern string) (file, error) {
	if err := d.fails("create", pattern); err != nil {
		return nil, err
	}
	f, err := d.osDisk.createTemp(dir, pattern)
	return badFile{f, d}, err
}

func (d *badDisk) rename(from, to string) error {
	if err := d.fails("rename", from); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: errFull}
	}
	require.False(d.t, d.unsafe[from], "Sync comes before the rename")
	return d.osDisk.rename(from, to)
}

func (d *badDisk) link(from, to string) error {
	if err := d.fails("link", from); err != nil {
		return err
	}
	if d.links != nil {
		return d.links
	}
	return d.osDisk.link(from, to)
}

// A badFile is a file on a badDisk. A Write that fails writes half.
type badFile struct {
	file
	disk *badDisk
}

func (f badFile) Write(b []byte) (int, error) {
	f.disk.unsafe[f.Name()] = true
	if err := f.disk.fails("write", f.Name()); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f badFile) Truncate(size int64) error {
	if err := f.disk.fails("truncate", f.Name()); err != nil {
		return err
	}
	return f.file.Truncate(size)
}

func (f badFile) Seek(offset int64, whence int) (int64, error) {
	if err := f.disk.fails("seek", f.Name()); err != nil {
		return 0, err
	}
	return f.file.Seek(offset, whence)
}

func (f badFile) Chmod(mode fs.FileMode) error {
	if err := f.disk.fails("chmod", f.Name()); err != nil {
		return err
	}
	if f.disk.modes != nil {
		return f.disk.modes
	}
	return f.file.Chmod(mode)
}

func (f badFile) Sync() error {
	if err := f.disk.fails("sync", f.Name()); err != nil {
		return err
	}
	f.disk.unsafe[f.Name()] = false
	return f.file.Sync()
}

// requireOld checks that an older file is still there, under its name or under
// the one that it got when it was put aside.
func requireOld(t *testing.T, path string, old, good []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	aside, asideErr := os.ReadFile(path + ".bad")
	require.True(t, err == nil && bytes.Equal(data, old) || asideErr == nil && bytes.Equal(aside, old), "the older file is lost")
	require.True(t, err != nil || bytes.Equal(data, old) || bytes.Equal(data, good), "half a file has the name")
	require.NoFileExists(t, path+".bad2", "one old file, one name")
}

// TestResetFails: if a part cannot be emptied, this is the disk's fault.
func TestResetFails(t *testing.T) {
	for _, op := range []int{2, 3} { // truncate and seek, after create
		for _, begins := range []bool{true, false} {
			d := &badDisk{t: t, failAt: op, unsafe: map[string]bool{}}
			f, err := d.createTemp(t.TempDir(), "x")
			require.NoError(t, err)
			tr := &transfer{part: &part{file: f, hash: sha256.New()}, file: File{Name: "x", Size: 3}}
			var failed *diskError
			require.ErrorAs(t, tr.write([]byte("long"), begins), &failed)
			require.ErrorIs(t, failed, errFull)
			require.NoError(t, f.Close())
		}
	}
}

// TestFullDiskKeepsPart: a part that is longer than its copy stays.
func TestFullDiskKeepsPart(t *testing.T) {
	s := publish(t)
	begun := s.files["large.gz"][:200_000]
	for _, failAt := range []int{2, 3} { // the first and the second write
		dir := t.TempDir()
		writePart(t, dir, "large.gz", begun)
		d := &badDisk{t: t, failAt: failAt, unsafe: map[string]bool{}}
		err := s.downloadOn(t.Context(), d, dir, Options{Mirrors: []string{serve(t, unused(t))}})
		require.ErrorIs(t, err, errFull)
		require.ErrorContains(t, err, "fetching large.gz: copying "+filepath.Join(dir, ".large.gz.123.part")+": write ")
		requirePart(t, dir, begun)
	}
}

// TestDiskFails lets each operation of the disk fail in turn. An older file is
// never lost, no half-written file gets its name, and the next download mends
// everything.
func TestDiskFails(t *testing.T) {
	s := publish(t)
	s.list = []File{s.list[2]} // a short one: it is written in one piece
	good, mirror := s.files["medium.gz"], serve(t, s)
	archive, zipped := s.copy().zipped(t)
	begun := func(n int) func(string) {
		return func(dir string) { writePart(t, dir, "medium.gz", flipped(good)[:n]) }
	}
	for _, c := range []struct {
		name   string
		before func(dir string)
		disk   badDisk
		run    func(d disk, dir string) error
	}{
		{"fetch", func(string) {}, badDisk{}, nil},
		{"continue wrong bytes", begun(5000), badDisk{}, nil},
		{"replace whole wrong bytes", begun(len(good)), badDisk{}, nil},
		{"a disk without links", func(string) {}, badDisk{links: errors.ErrUnsupported}, nil},
		{"a disk without modes", func(string) {}, badDisk{modes: fs.ErrPermission}, nil},
		{"extract", func(dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), zipped, 0o644))
		}, badDisk{}, func(bad disk, dir string) error {
			d := New(dir, Options{})
			defer d.Close()
			d.disk = bad
			return d.Extract(t.Context(), archive, []File{{Name: "medium.gz"}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			options := Options{Mirrors: []string{mirror}}
			if c.run == nil {
				c.run = func(d disk, dir string) error { return s.downloadOn(t.Context(), d, dir, options) }
			}
			for failAt := 1; ; failAt++ {
				for _, lasts := range []bool{false, true} {
					dir := t.TempDir()
					path, old := filepath.Join(dir, "medium.gz"), []byte("an older file")
					require.NoError(t, os.WriteFile(path, old, 0o644))
					c.before(dir)
					bad := c.disk
					bad.t, bad.failAt, bad.lasts, bad.unsafe = t, failAt, lasts, map[string]bool{}
					err := c.run(&bad, dir)
					requireOld(t, path, old, good)
					if err != nil {
						require.ErrorIs(t, err, errFull)
						require.ErrorContains(t, err, "fetching medium.gz: ")
					} else {
						s.requireVerified(t, dir)
						require.FileExists(t, path)
					}
					if bad.seen < failAt {
						require.NoError(t, err)
						require.Greater(t, failAt, 5)
						return
					}
					require.False(t, lasts && err == nil, "a full disk is an error")
					require.NoError(t, s.download(t.Context(), dir, options))
					requireOld(t, path, old, good)
					s.requireVerified(t, dir)
					for _, name := range entries(t, dir) {
						require.False(t, isPart(name), "%s after failure %d", name, failAt)
					}
				}
			}
		})
	}
}

// TestRemovedPartIsSynced checks that a part which is written again, because
// another process has removed it, is on the disk before it gets its name too.
func TestRemovedPartIsSynced(t *testing.T) {
	for failAt := 0; failAt < 10; failAt++ {
		s := publish(t)
		dir := t.TempDir()
		bad := &badDisk{t: t, unsafe: map[string]bool{}}
		d := New(dir, Options{Mirrors: []string{serve(t, s)}, Progress: func(p Progress) {
			bad.seen, bad.failAt = 0, failAt
			for _, name := range entries(t, dir) {
				if isPart(name) && os.Remove(filepath.Join(dir, name)) != nil {
					t.Skip("an open file cannot be removed here")
				}
			}
		}})
		d.disk = bad
		err := d.Fetch(t.Context(), s.list[2])
		d.Close()
		if err == nil {
			require.Equal(t, []string{"medium.gz"}, entries(t, dir))
			s.requireVerified(t, dir)
			continue
		}
		require.NoFileExists(t, filepath.Join(dir, "medium.gz"))
	}
}

// TestStrangeTargets downloads to names that belong to something else than a
// file. It is put aside like a wrong file, and nothing waits for a pipe.
func TestStrangeTargets(t *testing.T) {
	s := publish(t)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	for name, make := range map[string]func(path string) error{
		"folder":        func(path string) error { return os.Mkdir(path, 0o755) },
		"dangling link": func(path string) error { return os.Symlink("nothing", path) },
		"link": func(path string) error {
			require.NoError(t, os.WriteFile(elsewhere, []byte("wrong"), 0o644))
			return os.Symlink(elsewhere, path)
		},
		"link to a device": func(path string) error { return os.Symlink(os.DevNull, path) },
		"named pipe":       func(path string) error { return exec.Command("mkfifo", path).Run() },
		"socket": func(path string) error {
			l, err := net.Listen("unix", path)
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			archive, zipped := s.copy().zipped(t)
			dir := t.TempDir()
			for _, name := range []string{"tiny.gz", "all.zip"} {
				if err := make(filepath.Join(dir, name)); err != nil {
					t.Skip("this system cannot make one: ", err)
				}
			}
			require.NoError(t, s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, s)}}))
			s.requireVerified(t, dir)
			d := New(dir, Options{Mirrors: []string{serve(t, sending(zipped))}})
			defer d.Close()
			require.NoError(t, d.Extract(t.Context(), archive, s.list))
			for _, name := range []string{"tiny.gz", "all.zip"} {
				info, err := os.Lstat(filepath.Join(dir, name))
				require.NoError(t, err)
				require.True(t, info.Mode().IsRegular())
				_, err = os.Lstat(filepath.Join(dir, name+".bad"))
				require.NoError(t, err)
			}
		})
	}
	if data, err := os.ReadFile(elsewhere); err == nil {
		require.Equal(t, "wrong", string(data), "the target of a link stays as it is")
	}
}
