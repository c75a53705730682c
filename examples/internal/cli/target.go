package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Check finds out before the work whether a file of the given name, the value
// of a flag, will have a place to go. No name is fine.
func Check(flag, name string) error {
	if name == "" {
		return nil
	}
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s %s is not a file", flag, name)
	}
	if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
		return fmt.Errorf("%s %s: there is no folder %s", flag, name, filepath.Dir(name))
	}
	if err == nil {
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return fmt.Errorf("%s %w", flag, err)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), pattern)
	if err != nil {
		return fmt.Errorf("%s %s: its folder cannot be written to: %w", flag, name, cause(err))
	}
	f.Close()
	return os.Remove(f.Name())
}

// CheckKind is Check for a file of some kind, which may replace another of that
// kind, as is tells it, or an empty file, but nothing else: where a name was
// forgotten, the flag takes that of a file that is to be read.
func CheckKind(flag, name, kind string, is func(io.Reader) bool) error {
	if err := Check(flag, name); err != nil {
		return err
	}
	if info, err := os.Stat(name); name == "" || err != nil || info.Size() == 0 {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("%s %w", flag, err)
	}
	defer f.Close()
	if !is(bufio.NewReader(f)) {
		return fmt.Errorf("%s %s is there already and no %s: choose another name, or remove it first", flag, name, kind)
	}
	return nil
}

// cause takes the name of the file out of an error.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// pattern is that of the names that files have until they are complete.
const pattern = ".digits-*.tmp"

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
	f, err := os.CreateTemp(filepath.Dir(name), pattern)
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
