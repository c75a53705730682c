package softmax

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Load reads a model from a regular file. See [Decode], which also reads pipes
// and devices.
func Load(name string) (*Model, error) {
	// Opening a named pipe would wait for a writer.
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("softmax: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("softmax: load %q: a folder, not a regular file", name)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("softmax: load %q: %s, not a regular file: use Decode for it", name, kindOf(info))
	}
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
// complete. The new one gets the permissions of the older one. Save follows
// symbolic links, even if their target does not exist, and refuses special
// files.
//
// A program that is killed while it saves leaves a hidden file in the folder.
// On most systems, the next Save into the folder removes it; on Windows, one
// that is at least a minute later.
func (m *Model) Save(name string) error {
	err := m.save(name)
	if err != nil {
		return fmt.Errorf("softmax: save %q: %w", name, err)
	}
	return nil
}

func (m *Model) save(name string) error {
	target, old, err := saveTarget(name)
	if err != nil {
		return err
	}
	data, err := m.encode()
	if err != nil {
		return err
	}
	folder, _ := filepath.Split(target)
	sweep(folder, !renamesOpenFiles)
	mode := fs.FileMode(0o666) // the system takes the umask away
	if old != nil {
		mode = old.Mode().Perm()
	}
	d, err := newDraft(folder, mode)
	if err != nil {
		return fmt.Errorf("%w; choose a folder that exists and can be written to", err)
	}
	if old == nil {
		return publish(d, data, nil, target)
	}
	return publish(d, data, &mode, target)
}

// A draft is a file that does not have its name yet.
type draft interface {
	Write(data []byte) (int, error)
	Chmod(mode fs.FileMode) error
	Sync() error
	Rename(target string) error // also closes it
	Discard()                   // closes and removes it
}

// publish writes the data to the draft and gives it the name target. The data
// are on the disk before the older file is replaced. publish sets the
// permissions if mode is not nil.
func publish(d draft, data []byte, mode *fs.FileMode, target string) error {
	_, err := d.Write(data)
	if err == nil && mode != nil {
		if err = d.Chmod(*mode); errors.Is(err, errors.ErrUnsupported) {
			err = nil
		}
	}
	if err == nil {
		err = d.Sync()
	}
	if err == nil {
		err = d.Rename(target)
	}
	if err != nil {
		d.Discard()
		return fmt.Errorf("%w; make room on the disk or choose another folder", err)
	}
	return nil
}

// saveTarget follows symbolic links from name. It returns the path of the file
// to write, and the older file with this path or nil.
func saveTarget(name string) (target string, old fs.FileInfo, err error) {
	if name == "" {
		return "", nil, errors.New("no file name")
	}
	const most = 40 // links in a row, as on Linux
	target = name
	for range most + 1 {
		info, err := os.Lstat(target)
		if errors.Is(err, fs.ErrNotExist) {
			return target, nil, nil
		}
		if err != nil {
			return "", nil, err
		}
		if info.Mode().IsRegular() {
			return target, info, nil
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return "", nil, fmt.Errorf("%s, not a regular file: choose another name", kindOf(info))
		}
		link, err := os.Readlink(target)
		if err != nil {
			return "", nil, err
		}
		if !filepath.IsAbs(link) {
			folder, _ := filepath.Split(target)
			link = folder + link // not Join: x/.. is not . if x is a link
		}
		target = link
	}
	return "", nil, fmt.Errorf("more than %d symbolic links in a row: choose another name", most)
}

// kindOf names a file that is not regular.
func kindOf(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
