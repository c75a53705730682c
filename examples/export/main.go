// Export turns IDX files, such as MNIST's, into pictures that people can look
// at, and people's pictures into IDX files that programs can train on.
//
//	go run ./examples/export -data mnist -out test_num
//	go run ./examples/export -data mnist -sheet sheet.png
//	go run ./examples/export -pack photos -out mine/train
//
// -help lists all flags.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
)

func main() {
	cli.Main("export", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	})
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.pack != "" {
		return pack(ctx, o, stdout, stderr)
	}
	if err := sheet.Check(o.sheet); err != nil {
		return err
	}
	if o.out != "" {
		if err := mustBeNew(o.out); err != nil {
			return err
		}
	}
	s, err := open(ctx, o, stderr)
	if err != nil {
		return err
	}
	defer s.close()
	if o.sheet != "" {
		return s.contactSheet(ctx, o, stdout)
	}
	return s.folder(ctx, o, stdout)
}

// mustBeNew returns an error if there is a file or folder of this name.
func mustBeNew(name string) error {
	_, err := os.Lstat(name)
	if err == nil {
		return fmt.Errorf("%s already exists: choose another name, or remove it first", name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// stopped returns an error if ctx is done.
func stopped(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("stopped, nothing was written: %w", context.Cause(ctx))
}
