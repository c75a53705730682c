package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Open opens a regular file for reading. Other files may block forever, or
// never end: for them, the error is a *KindError.
func Open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if err := checkKind(name, info.Mode()); err != nil {
		return nil, err
	}
	return os.Open(name)
}

// Pipe is the Kind of a pipe with a name, which may have no writer.
const Pipe = "a pipe"

// A KindError means that a name is not that of a regular file.
type KindError struct {
	Name string
	Kind string // what it is, such as "a folder"
}

func (e *KindError) Error() string { return e.Name + " is not a file, but " + e.Kind }

// checkKind returns a *KindError if there is no regular file.
func checkKind(name string, mode fs.FileMode) error {
	kind := "something else"
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		kind = Pipe
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return &KindError{name, kind}
}

// noFolder is the error fs.ErrNotExist in plain words. It is the folder's name.
type noFolder string

func (f noFolder) Error() string { return "there is no folder " + string(f) }

func (noFolder) Is(err error) bool { return err == fs.ErrNotExist }

// A target is where a file will be written.
type target struct {
	folder, name string      // without symbolic links; name has the folder
	mode         fs.FileMode // of an old file, or what to ask for
	isNew        bool        // then the umask applies, too
}

// findTarget follows the symbolic links of a name, also to a file that does not
// exist yet. It refuses anything but a regular file.
func findTarget(name string) (target, error) {
	const mostLinks = 40 // a loop of links has no end
	at := name
	for range mostLinks + 1 {
		given, file := filepath.Split(at)
		given = cmp.Or(given, ".")
		folder, _ := filepath.EvalSymlinks(given) // empty after an error
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return target{}, noFolder(filepath.Clean(given))
		}
		t := target{folder, filepath.Join(folder, file), 0o666, true}
		info, err := os.Lstat(t.name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if info, err := os.Stat(name); err == nil { // without a name of its own, as behind /dev/stdout
				return t, checkKind(name, info.Mode())
			}
			return t, nil
		case err != nil:
			return target{}, err
		case info.Mode()&fs.ModeSymlink == 0:
			t.mode, t.isNew = info.Mode().Perm(), false
			return t, checkKind(name, info.Mode())
		}
		at, _ = os.Readlink(t.name) // after an error, it is empty, and the folder is refused
		if !filepath.IsAbs(at) {
			at = folder + string(os.PathSeparator) + at // Join would drop "x/..", but x may be a link
		}
	}
	return target{}, errors.New("too many symbolic links, perhaps in a loop")
}

// AreSameFile reports whether two outputs are the same file, which need not
// exist. The empty name is no file.
func AreSameFile(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	s, errS := findTarget(a)
	t, errT := findTarget(b)
	return errS == nil && errT == nil &&
		(existAsOne(s.name, t.name) || existAsOne(s.folder, t.folder) && filepath.Base(s.name) == filepath.Base(t.name))
}

// existAsOne reports whether two names are those of one file, or one folder,
// that exists.
func existAsOne(a, b string) bool {
	one, errA := os.Stat(a)
	two, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(one, two)
}

// create makes a temporary file with the permissions of the target.
func (t target) create(folder, pattern string) (*os.File, error) {
	name := strings.Replace(pattern, "*", strconv.FormatUint(rand.Uint64(), 10), 1)
	return os.OpenFile(filepath.Join(folder, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, t.mode)
}

// CheckOutput checks in advance that WriteFile can write a file. name is the
// value of the flag. The empty name is fine. A file that is protected from
// writing is refused, although WriteFile could replace it.
func CheckOutput(flag, name string) error {
	if name == "" {
		return nil
	}
	t, err := findTarget(name)
	var kind *KindError
	if errors.As(err, &kind) {
		return fmt.Errorf("%s %w: choose another name", flag, err)
	} else if err != nil {
		return fmt.Errorf("%s %s: %w", flag, name, err)
	}
	f, err := newTemporary(t.folder, t.create)
	if err != nil {
		return fmt.Errorf("%s %s: its folder cannot be written to: %w", flag, name, Cause(err))
	}
	discard(f)
	if t.isNew {
		return nil
	}
	old, err := os.OpenFile(t.name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("%s %s exists and is protected: %w: choose another name, or remove it first", flag, name, Cause(err))
	}
	return old.Close()
}

// CheckOutputKind is CheckOutput for a file that may replace only an empty file
// or a file of its own kind, which isKind recognizes. Without this rule, a user
// who forgets the name would lose the next argument, a file to be read.
func CheckOutputKind(flag, name, kind string, isKind func(io.Reader) bool) error {
	if err := CheckOutput(flag, name); err != nil {
		return err
	}
	if info, err := os.Stat(name); name == "" || err != nil || info.Size() == 0 {
		return nil
	}
	f, _ := os.Open(name) // after an error, f is nil, and reading it is an error
	defer f.Close()
	if !isKind(bufio.NewReader(f)) {
		return fmt.Errorf("%s %s exists and is not a %s: choose another name, or remove it first", flag, name, kind)
	}
	return nil
}

// WriteFile writes a file through write. The file appears whole or, after an
// error, a kill or a power failure, is what it was. WriteFile follows symbolic
// links, also to a file that does not exist yet. It keeps the permissions of a
// file that exists. The umask decides on those of a new file. WriteFile refuses
// anything but a regular file.
func WriteFile(name string, write func(io.Writer) error) error {
	if err := writeFile(name, write); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func writeFile(name string, write func(io.Writer) error) error {
	t, err := findTarget(name)
	if err != nil {
		return err
	}
	f, err := newTemporary(t.folder, t.create)
	if err != nil {
		return err
	}
	defer discard(f)
	if err := write(f); err != nil {
		return err
	}
	return publish(f, t, os.Rename)
}

// publish gives a complete file its name and permissions. The bytes must be on
// the disk before, so that a power failure loses no good file.
func publish(f interface {
	Name() string
	Chmod(fs.FileMode) error
	Sync() error
	Close() error
}, t target, rename func(from, to string) error) error {
	if !t.isNew {
		// Windows does not support Chmod on an open file.
		if err := f.Chmod(t.mode); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if rename(f.Name(), t.name) == nil {
		return nil
	}
	// Windows does not rename an open file. Elsewhere, closing would unlock it.
	if err := f.Close(); err != nil {
		return err
	}
	return rename(f.Name(), t.name)
}

// WriteFolder makes a new folder. fill writes its files to another folder,
// which gets the name when it is complete. The files are not synced: a power
// failure may lose them. After an error or a kill, there is no folder.
func WriteFolder(name string, fill func(folder string) error) error {
	name = filepath.Clean(name)
	f, err := newTemporary(filepath.Dir(name), makeFolder)
	if err != nil {
		return err
	}
	defer discard(f)
	inner := filepath.Join(f.Name(), filepath.Base(name)) // only the user can see into f
	if err := os.Mkdir(inner, 0o777); err != nil {
		return err
	}
	if err := fill(inner); err != nil {
		return err
	}
	return os.Rename(inner, name)
}
