//go:build !plan9 && !js

package cli

import (
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
)

// surviveBrokenPipe makes a write to a standard output that nobody reads an error
// as any other, which lets deferred calls tidy up; a SIGPIPE that is not asked for
// kills. It is not ignored, which programs that are started would inherit.
func surviveBrokenPipe() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// isBrokenPipe reports whether err is about the standard output, not a pipe to
// another program.
func isBrokenPipe(err error) bool {
	var pathError *fs.PathError
	return errors.As(err, &pathError) && pathError.Path == os.Stdout.Name() && errors.Is(err, syscall.EPIPE)
}
