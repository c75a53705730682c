package softmax

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Load reads a model from a safetensors file. See [Decode].
func Load(name string) (*Model, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("softmax: %w", err)
	}
	defer f.Close()
	m, err := Decode(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// Save writes the model to a safetensors file. See [Model.Encode]. The file
// appears whole or not at all: it is written beside its place, synced, and
// then renamed, so a file that was there before survives any failure. A
// symbolic link is followed; anything else that is not a regular file is
// refused.
func (m *Model) Save(name string) (err error) {
	target := name
	if resolved, err := filepath.EvalSymlinks(name); err == nil {
		target = resolved
	}
	if info, err := os.Stat(target); err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "softmax: save", Path: name, Err: errors.New("not a regular file")}
	}
	temp := fmt.Sprintf("%s.%08x.tmp", target, rand.Uint32())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("softmax: save: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(temp)
		}
	}()
	if err := m.Encode(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("softmax: save: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("softmax: save: %w", err)
	}
	if err := os.Rename(temp, target); err != nil {
		return fmt.Errorf("softmax: save: %w", err)
	}
	return nil
}
