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

// Cause returns an error of the file system without the file name and the
// operation: "permission denied". It returns any other error as it is.
func Cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// CheckOutput checks, before the work, that a file can be written. name is the
// value of the flag. The empty name is fine.
func CheckOutput(flag, name string) error {
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
	f, err := os.CreateTemp(filepath.Dir(name), tempPattern)
	if err != nil {
		return fmt.Errorf("%s %s: its folder cannot be written to: %w", flag, name, Cause(err))
	}
	f.Close()
	return os.Remove(f.Name())
}

// CheckOutputKind is CheckOutput for a file that may replace only an empty file
// or one of its own kind, which isKind recognizes. It protects the user's files:
// if somebody forgets the name, the flag takes the next argument, which is a
// file to be read.
func CheckOutputKind(flag, name, kind string, isKind func(io.Reader) bool) error {
	if err := CheckOutput(flag, name); err != nil {
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
	if !isKind(bufio.NewReader(f)) {
		return fmt.Errorf("%s %s exists and is not a %s: choose another name, or remove it first", flag, name, kind)
	}
	return nil
}

// tempPattern is the pattern of file names before the files are complete.
const tempPattern = ".digits-*.tmp"

// WriteFile makes a file of what write writes. The file appears whole or, after
// an error, stays as it was. WriteFile follows a symbolic link, keeps the
// permissions of an existing file, and refuses anything but a regular file.
func WriteFile(name string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", name, err)
		}
	}()
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return errors.New("not a regular file")
		}
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return err
		}
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), tempPattern)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails if the file was renamed
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
