// Package target checks and writes the files that the examples make.
package target

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Check finds out before the work whether a file of the given name, the value
// of a flag, will have a place to go, and not that of a picture that is to be read.
// No name is fine.
func Check(flag, name string, pictures ...string) error {
	if name == "" {
		return nil
	}
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s %s is not a file", flag, name)
	}
	for _, picture := range pictures {
		if other, missing := os.Stat(picture); err == nil && missing == nil && os.SameFile(info, other) {
			return fmt.Errorf("%s %s is one of the pictures to read: choose another name or folder", flag, name)
		}
	}
	if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
		return fmt.Errorf("%s %s: there is no folder %s", flag, name, filepath.Dir(name))
	}
	return nil
}

// Write makes the named file of what write writes: all of it or, after an error,
// nothing in the place of what was there. Like softmax's Save it follows a
// symbolic link, keeps the permissions of a file that was there, and refuses
// what is not a regular file.
func Write(name string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", name, err)
		}
	}()
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return fmt.Errorf("not a regular file")
		}
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return err
		}
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".digits-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has its name
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), mode); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
