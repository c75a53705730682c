package softmax

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Load reads a model from a file. See [Decode].
func Load(name string) (*Model, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("softmax: %w", err)
	}
	defer f.Close()
	m, err := Decode(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("softmax: load %q: %w", name, err)
	}
	return m, nil
}

// Save writes the model to a file. An older file stays until the new one is
// complete, which gets its permissions. Save follows symbolic links and refuses
// special files.
func (m *Model) Save(name string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("softmax: save %q: %w", name, err)
		}
	}()
	target, mode, err := saveTarget(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(target), ".softmax-*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := m.Encode(f); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}

// saveTarget follows symbolic links from name. It returns the path of the file
// to write and the permissions for it.
func saveTarget(name string) (target string, mode fs.FileMode, err error) {
	if name == "" {
		return "", 0, errors.New("no file name")
	}
	_, err = os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return name, 0o644, nil
	}
	if err != nil {
		return "", 0, err
	}
	if target, err = filepath.EvalSymlinks(name); err != nil {
		return "", 0, err // a broken link or a loop of links
	}
	info, err := os.Stat(target)
	if err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, errors.New("not a regular file")
	}
	return target, info.Mode().Perm(), nil
}
