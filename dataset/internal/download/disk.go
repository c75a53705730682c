package download

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// A disk makes, renames and links files, as package os does. Tests use disks
// that fail.
type disk interface {
	createTemp(dir, pattern string) (file, error)
	rename(from, to string) error
	link(from, to string) error
}

// A file has the methods of an *os.File that a part needs.
type file interface {
	io.Writer
	io.ReaderAt
	io.Seeker
	io.Closer
	Name() string
	Truncate(size int64) error
	Chmod(mode fs.FileMode) error
	Sync() error
}

type osDisk struct{}

func (osDisk) createTemp(dir, pattern string) (file, error) { return os.CreateTemp(dir, pattern) }
func (osDisk) rename(from, to string) error                 { return os.Rename(from, to) }
func (osDisk) link(from, to string) error                   { return os.Link(from, to) }

var errNotRegular = errors.New("not a regular file")

// openRegular opens a regular file and returns its size. It returns
// errNotRegular for others: to open a named pipe would wait for somebody who
// writes to it.
func openRegular(path string) (f *os.File, size int64, err error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err == nil {
		size = info.Size()
		f, err = os.Open(path)
	}
	return f, size, err
}
