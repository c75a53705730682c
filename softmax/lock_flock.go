//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package softmax

import (
	"os"
	"syscall"
)

const renamesOpenFiles = true

// lock locks a file until it is closed. It waits for a program that is about to
// remove the file. A file system without locks has no effect: no program can
// lock and remove the file.
func lock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

// removeUnlocked removes a regular file that nobody has locked.
func removeUnlocked(name string) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		os.Remove(name)
	}
}
