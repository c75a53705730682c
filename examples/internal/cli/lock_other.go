//go:build !unix || aix || (solaris && !illumos)

package cli

import (
	"os"
	"runtime"
)

// lock does nothing: on Windows, nobody can remove an open file.
func lock(*os.File) {}

// removeUnused removes a file that no program has open. On systems that would
// also remove an open file, it does nothing.
func removeUnused(name string) {
	if runtime.GOOS == "windows" {
		os.Remove(name)
	}
}
