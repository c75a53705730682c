package softmax

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

// Drafts on the disk have the names .softmax-NUMBER.tmp. A killed program
// leaves its draft, so the next one removes it. The rules:
//
//   - A program locks its draft until the draft has its final name. The system
//     unlocks it when the program ends, however it ends.
//   - A draft that can be locked has no program, so it is removed.
//   - Another program may remove a new draft before it is locked. So a program
//     checks after locking that its draft still exists. If not, it makes
//     another one.
//   - A system that renames no open files has no locks for drafts, and a draft
//     is closed just before it gets its final name. There, a draft stays for
//     its first minute.
const draftPrefix, draftSuffix = ".softmax-", ".tmp"

// A fileDraft is a draft on the disk.
type fileDraft struct{ *os.File }

// newDraft makes a locked draft in a folder, which is "" or ends with a
// separator.
func newDraft(folder string, mode fs.FileMode) (fileDraft, error) {
	for range 100 {
		name := fmt.Sprint(folder, draftPrefix, rand.Uint64(), draftSuffix)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return fileDraft{}, err
		}
		if lock(f); isStill(f) {
			return fileDraft{f}, nil
		}
		f.Close()
	}
	return fileDraft{}, errors.New("another program removes the temporary files")
}

// isStill reports whether an open file still has its name.
func isStill(f *os.File) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(f.Name())
	return err == nil && os.SameFile(opened, named)
}

// Chmod sets the permissions if they are others. Some file systems set none and
// refuse even those that a file has.
func (d fileDraft) Chmod(mode fs.FileMode) error {
	if info, err := d.Stat(); err == nil && info.Mode().Perm() == mode {
		return nil
	}
	return d.File.Chmod(mode)
}

// Rename renames the draft and closes it.
func (d fileDraft) Rename(target string) error {
	if !renamesOpenFiles {
		if err := d.Close(); err != nil {
			return err
		}
		return os.Rename(d.Name(), target)
	}
	if err := os.Rename(d.Name(), target); err != nil {
		return err
	}
	return d.Close()
}

// Discard closes and removes the draft.
func (d fileDraft) Discard() {
	d.Close()
	os.Remove(d.Name())
}

// sweep removes the drafts of killed programs from a folder, or only those that
// are not young. What it cannot remove does no harm.
func sweep(folder string, keepYoung bool) {
	entries, _ := os.ReadDir(cmp.Or(folder, "."))
	for _, e := range entries {
		name := e.Name()
		isDraft := strings.HasPrefix(name, draftPrefix) && strings.HasSuffix(name, draftSuffix)
		if isDraft && !(keepYoung && isYoung(e)) {
			removeUnlocked(folder + name)
		}
	}
}

// isYoung reports whether a file was written in the last minute.
func isYoung(file fs.DirEntry) bool {
	info, err := file.Info()
	return err == nil && time.Since(info.ModTime()) < time.Minute
}
