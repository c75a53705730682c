package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Main runs a program with the arguments of the command line and the standard
// output and error. If run returns an error, Main prints it to the standard
// error. The exit status is 2 for ErrUsage, 1 for any other error, and 0 for
// none or flag.ErrHelp. Main does not print ErrUsage and flag.ErrHelp: the user
// was told. If a disk is full, Main also says what to do.
//
// The first Ctrl-C or SIGTERM cancels ctx. If run does not return soon, Main
// removes the program's temporary files, says so, and exits with status 1. This
// takes less than a second, unless the program has more Patience. The second
// signal kills the program.
//
// If the reader of the standard output is gone, writing to it fails, and Main
// exits with 1 and prints nothing.
func Main(program string, run func(ctx context.Context, args []string, stdout, stderr io.Writer) error) {
	surviveBrokenPipe()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	patience := new(atomic.Int64)
	patience.Store(int64(usualPatience))
	context.AfterFunc(ctx, func() {
		stop()
		time.Sleep(time.Duration(patience.Load()))
		abandon(program)
	})
	err := run(context.WithValue(ctx, patienceKey{}, patience), os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, ErrUsage):
		os.Exit(2)
	case isBrokenPipe(err):
		os.Exit(1)
	default:
		fmt.Fprintf(os.Stderr, "%s: %s\n", program, PrintableLines(err.Error()))
		if isFullDisk(err) {
			fmt.Fprintln(os.Stderr, "Make room on the disk and run the program again. No file that a flag names is half-written.")
		}
		os.Exit(1)
	}
}

// usualPatience is how long a program may go on after the first signal, and
// then how long removing its files may take.
const usualPatience = 400 * time.Millisecond

// patienceKey is the key of the patience, an *atomic.Int64, in the context that
// Main passes to run.
type patienceKey struct{}

// Patience sets how long a program may go on after the first signal. A program
// calls it before it begins something that it must end properly. ctx is the
// context that run got from Main. Other contexts have no effect.
func Patience(ctx context.Context, d time.Duration) {
	if patience, ok := ctx.Value(patienceKey{}).(*atomic.Int64); ok {
		patience.Store(int64(d))
	}
}

// abandon ends a program that does not end by itself.
func abandon(program string) {
	time.AfterFunc(usualPatience, func() { os.Exit(1) }) // perhaps nobody reads the standard error
	removeUnfinished()
	fmt.Fprintf(os.Stderr, "%s: stopped by a signal before it was done\n", program)
	os.Exit(1)
}
