//go:build unix && !aix && (illumos || !solaris)

package cli

import (
	"os"
	"syscall"
)

// lock locks a file or folder until it is closed. Some file systems have no
// locks. There, what killed programs leave stays.
func lock(f *os.File) { syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

// removeUnused removes a file or folder that no program has locked.
func removeUnused(name string) {
	f, _ := os.Open(name) // after an error, f is nil and cannot be locked
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		os.RemoveAll(name)
	}
}
