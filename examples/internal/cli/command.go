// Package cli is what the main functions of the examples have in common.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// ErrUsage says that the command line was wrong and that the user has been told.
var ErrUsage = errors.New("wrong command line")

// Parse parses a command line whose flags may also follow names, where people tend
// to add them, and returns the names. Its error is flag.ErrHelp or ErrUsage.
func Parse(flags *flag.FlagSet, args []string) (names []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, ErrUsage
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

// Main runs a program with the arguments of the command line, prints the error
// that it returns, and exits: with 2 if it is ErrUsage, with 1 if it is another,
// and with 0 if there is none or -help was asked for. The first Ctrl-C or SIGTERM
// cancels ctx, a second one kills at once. If nobody reads the output any more,
// writing it fails, and the program ends without a word.
func Main(name string, run func(ctx context.Context, args []string) error) {
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
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, Lines(err.Error())) // it may quote names of files
		os.Exit(1)
	}
}
