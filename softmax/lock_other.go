//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package softmax

import (
	"os"
	"runtime"
)

const renamesOpenFiles = false

// lock does nothing: this system has no lock that Save could use.
func lock(*os.File) {}

// removeUnlocked removes a file on Windows, which never removes an open file.
// Elsewhere, a program could still need it.
func removeUnlocked(name string) {
	if runtime.GOOS == "windows" {
		os.Remove(name)
	}
}
