package download

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// place gives a verified part its name. If a file with that name is there
// already, another process may have placed the same bytes. Any other file is
// put aside.
func (d *Downloader) place(p *part, name, address string) error {
	path, size, same := filepath.Join(d.dir, name), p.size, false
	if info, err := os.Lstat(path); err == nil {
		if same = p.equals(path); !same {
			if err := d.putAside(name, info); err != nil {
				return err
			}
		}
	}
	if same {
		p.discard()
	} else if err := p.publish(path); err != nil {
		return err
	}
	RemoveParts(d.dir, name)
	d.report(Progress{File: name, URL: address, Done: size, Total: size, Path: path})
	return nil
}

// equals reports whether the file at path has the checksum of the part. A
// canceled context does not stop it, because the download is complete. It
// changes p.hash.
func (p *part) equals(path string) bool {
	file, _, err := openRegular(path)
	if err != nil {
		return false
	}
	defer file.Close()
	sum := p.hash.Sum(nil)
	p.hash.Reset()
	_, err = io.Copy(p.hash, file)
	return err == nil && string(p.hash.Sum(nil)) == string(sum)
}

// putAside gives a wrong file a name that no other file has: NAME.bad,
// NAME.bad2 and so on. If the file is gone, another process put it aside. If a
// stopped process has put it aside, it has such a name already.
func (d *Downloader) putAside(name string, wrong fs.FileInfo) error {
	path := filepath.Join(d.dir, name)
	for i := 1; ; i++ {
		bad := name + ".bad"
		if i > 1 {
			bad += strconv.Itoa(i)
		}
		badPath := filepath.Join(d.dir, bad)
		// A link keeps the old name as well. Another process may place
		// a good file under that name at any moment, and a rename would
		// move that file. A link also fails if the new name is taken.
		// Folders and some file systems do not support links.
		err := d.disk.link(path, badPath)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			taken, statErr := os.Lstat(badPath)
			switch {
			case statErr != nil:
				err = d.disk.rename(path, badPath)
			case os.SameFile(taken, wrong):
				err = nil
			default:
				continue
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err := fmt.Errorf("the old %s was damaged or another file; its new name is %s", name, bad)
			d.report(Progress{File: name, Err: err})
		}
		return err
	}
}
