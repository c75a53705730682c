// Package command is what the main functions of the examples have in common.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/seed-cd6415d7/digits/examples/internal/terminal"
)

// ErrUsage says that the command line was wrong and that the user has been told.
var ErrUsage = errors.New("wrong command line")

// Main runs a program with the arguments of the command line, prints the error
// that it returns, and exits: with 2 if it is ErrUsage, with 1 if it is another,
// and with 0 if there is none or -help was asked for. The first Ctrl-C cancels
// ctx, a second one kills at once.
func Main(name string, run func(ctx context.Context, args []string) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:])
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, ErrUsage):
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, terminal.Lines(err.Error())) // it may quote names of files
		os.Exit(1)
	}
}
