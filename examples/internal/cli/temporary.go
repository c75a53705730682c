package cli

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
)

// Files and folders have a temporary name until they are complete. Several
// programs may write to one folder, and each may be killed at any moment. The
// rules:
//
//   - A program locks its temporary file as long as it has the temporary name.
//     The system unlocks it when the program ends, even if it is killed.
//   - Before a program makes a temporary file, it removes those in the same
//     folder that nobody has locked. See removeUnused.
//   - Another program may remove a new file before it is locked. Then the
//     program makes another file.
const tempPattern = ".digits-*.tmp"

// unfinished has the temporary files and folders of this program as its keys.
// They stay there when they are complete: nothing else gets such a name.
var unfinished sync.Map

// removeUnfinished removes them all. The program is about to end.
func removeUnfinished() {
	unfinished.Range(func(name, _ any) bool {
		os.RemoveAll(name.(string))
		return true
	})
}

// newTemporary makes a temporary file or folder through create, and removes
// what killed programs left in the same folder. The caller must call discard.
func newTemporary(folder string, create func(folder, pattern string) (*os.File, error)) (*os.File, error) {
	entries, _ := os.ReadDir(folder) // what cannot be listed stays
	for _, e := range entries {
		ours, _ := path.Match(tempPattern, e.Name())
		if ours && (e.Type().IsRegular() || e.IsDir()) {
			removeUnused(filepath.Join(folder, e.Name()))
		}
	}
	for {
		f, err := create(folder, tempPattern)
		if err != nil {
			return nil, err
		}
		unfinished.Store(f.Name(), nil)
		lock(f)
		if _, err := os.Lstat(f.Name()); !errors.Is(err, fs.ErrNotExist) {
			return f, nil
		}
		discard(f)
	}
}

// discard closes a temporary file or folder. If it still has its temporary
// name, discard removes it.
func discard(f *os.File) {
	f.Close()
	os.RemoveAll(f.Name())
}

// makeFolder makes and opens a folder.
func makeFolder(folder, pattern string) (*os.File, error) {
	name, err := os.MkdirTemp(folder, pattern)
	if err != nil {
		return nil, err
	}
	return os.Open(name)
}

// TemporaryFolder makes a folder for temporary files of the program. The caller
// must call remove when it is done.
func TemporaryFolder() (folder string, remove func(), err error) {
	f, err := newTemporary(os.TempDir(), makeFolder)
	if err != nil {
		return "", nil, err
	}
	return f.Name(), func() { discard(f) }, nil
}
