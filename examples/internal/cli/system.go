//go:build !plan9 && !js

package cli

import (
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
)

// surviveBrokenPipe makes a write to a closed standard output return an error,
// so deferred calls run. Without it, SIGPIPE kills the program. The signal is
// not ignored, because programs that this one starts would ignore it too.
func surviveBrokenPipe() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// isBrokenPipe reports whether err says that the standard output is closed, and
// nothing else.
func isBrokenPipe(err error) bool {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return !slices.ContainsFunc(joined.Unwrap(), func(err error) bool { return !isBrokenPipe(err) })
	}
	var pathError *fs.PathError
	return errors.As(err, &pathError) && pathError.Path == os.Stdout.Name() && errors.Is(err, syscall.EPIPE)
}

// isFullDisk reports whether err says that a disk is full.
func isFullDisk(err error) bool {
	const windows = syscall.Errno(112) // ERROR_DISK_FULL
	return errors.Is(err, syscall.ENOSPC) || runtime.GOOS == "windows" && errors.Is(err, windows)
}
