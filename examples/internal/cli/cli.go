// Package cli holds what the example programs share: command lines and exit
// codes, text that is safe to print, files that are written whole or not at
// all, and work on all processors.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
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
// names. All arguments after "--" are names, and so is "-". A flag whose
// default is empty must not be given as empty text. The error is flag.ErrHelp
// or ErrUsage.
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
		if name := emptyFlag(flags); name != "" {
			return nil, UsageError(flags, "-%s \"\" is empty: give it a value, or leave out the flag", name)
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

// emptyFlag returns the name of a flag that is given as empty text, if its
// default is empty, too. It returns "" if there is no such flag.
func emptyFlag(flags *flag.FlagSet) (name string) {
	flags.Visit(func(f *flag.Flag) {
		if v, ok := f.Value.(flag.Getter); ok && v.Get() == "" && f.DefValue == "" {
			name = f.Name
		}
	})
	return name
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
