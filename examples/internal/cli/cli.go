// Package cli holds what the example programs share: command lines and exit
// codes, text that is safe to print, files that are written whole or not at
// all, and work on all processors.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
)

// ErrUsage means that the command line is wrong and that the user was told so.
var ErrUsage = errors.New("wrong command line")

// NewFlags returns an empty flag set for a program. -help prints the usage text
// and the flags to stderr.
func NewFlags(program, usage string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet(program, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	return flags
}

// Parse parses a command line of flags and names, in any order. It returns the
// names. All arguments after "--" are names, and so is "-". The error is
// flag.ErrHelp or ErrUsage.
func Parse(flags *flag.FlagSet, args []string) (names []string, err error) {
	output := flags.Output()
	for len(args) > 0 {
		flags.SetOutput(io.Discard) // the usage text would hide the error
		err := flags.Parse(args)
		flags.SetOutput(output)
		switch {
		case errors.Is(err, flag.ErrHelp):
			flags.Usage()
			return nil, err
		case err != nil:
			return nil, UsageError(flags, "%v", err)
		}
		if parsed := len(args) - flags.NArg(); parsed > 0 && args[parsed-1] == "--" {
			return append(names, flags.Args()...), nil
		}
		for args = flags.Args(); len(args) > 0 && (args[0] == "-" || !strings.HasPrefix(args[0], "-")); args = args[1:] {
			names = append(names, args[0])
		}
	}
	return names, nil
}

// ParseFlags parses a command line of flags only. The error is flag.ErrHelp or
// ErrUsage.
func ParseFlags(flags *flag.FlagSet, args []string) error {
	names, err := Parse(flags, args)
	if err == nil && len(names) > 0 {
		return UsageError(flags, "unexpected argument %q", names[0])
	}
	return err
}

// UsageError tells the user what is wrong with the command line. It returns
// ErrUsage.
func UsageError(flags *flag.FlagSet, format string, args ...any) error {
	fmt.Fprintf(flags.Output(), "%s: %s (%[1]s -help explains)\n", flags.Name(), fmt.Sprintf(format, args...))
	return ErrUsage
}

// Main runs a program with the arguments of the command line. It prints the
// error that run returns to the standard error, and exits: with status 2 for
// ErrUsage, with 1 for any other error, and with 0 if there is no error or
// flag.ErrHelp. The first Ctrl-C or SIGTERM cancels ctx; the second one kills
// the program. If the reader of the standard output is gone, writing to it
// fails, and Main exits with 1 and prints nothing.
func Main(program string, run func(ctx context.Context, args []string) error) {
	surviveBrokenPipe()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:])
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, ErrUsage):
		os.Exit(2)
	case isBrokenPipe(err):
		os.Exit(1)
	default:
		fmt.Fprintf(os.Stderr, "%s: %s\n", program, PrintableLines(err.Error()))
		os.Exit(1)
	}
}

// CollectRarely makes the garbage collector run less often, as long as little
// memory is in use. Programs that read many small pictures make much garbage:
// on two processors, a third of their time would go to the collector.
func CollectRarely() {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(256 << 20) // from there on, collect more often
}

// InOrder calls f for each element of work and yields the results in the order
// of the work. As many calls run at once as there are processors. Finished
// results wait for their turn, so they should be small. InOrder stops early
// when ctx is done or when the caller stops. When it has returned, no call of f
// is running.
func InOrder[T, R any](ctx context.Context, work iter.Seq[T], f func(T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		const ahead = 16 // calls and results per processor
		processors := runtime.GOMAXPROCS(0)
		busy := make(chan struct{}, processors)
		var begun []chan R // one for each call, in order; a result or none
		ctx, stop := context.WithCancel(ctx)
		defer func() {
			stop()
			for _, result := range begun {
				<-result
			}
		}()
		next := func() bool {
			r, ok := <-begun[0]
			begun = begun[1:]
			return ok && yield(r)
		}
		for x := range work {
			if ctx.Err() != nil || len(begun) == ahead*processors && !next() {
				return
			}
			result := make(chan R, 1)
			begun = append(begun, result)
			go func() {
				defer close(result)
				busy <- struct{}{}
				if ctx.Err() == nil {
					result <- f(x)
				}
				<-busy
			}()
		}
		for len(begun) > 0 && ctx.Err() == nil && next() {
		}
	}
}
