// Inspect says what a file is: an IDX file, a safetensors model, a picture,
// compressed or not, and what it holds.
//
//	go run ./examples/inspect mnist/train-images-idx3-ubyte.gz
//
// -help tells the rest.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

func main() {
	cli.Main("inspect", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
	})
}

const usage = `Inspect says what files are and what they hold.

	go run ./examples/inspect mnist/train-images-idx3-ubyte.gz
	go run ./examples/inspect -item 7 mnist/t10k-images-idx3-ubyte.gz
	go run ./examples/inspect model.safetensors photo.jpg

It knows IDX files, of which it checks that they are as long as their headers say,
and tells statistics or, with -item, shows one item; safetensors files, of which it
tells the tensors and the metadata, and whether package softmax takes them for a
model; and PNG, JPEG and GIF files, of which it only reads as far as it takes to tell
the size and the orientation.
All may be compressed with gzip. What a file is is told by its content, never by its
name. "-" is the standard input.

Files of any size are read in little memory. -item finds its item at once in a file
that is not compressed, and otherwise reads up to it.

The exit status is 1 if a file cannot be read, is damaged, or is none of these.

`

// options is the command line.
type options struct {
	item      int // -1 for none
	transpose bool
	full      bool
	json      bool
	names     []string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("inspect", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.IntVar(&o.item, "item", -1, "show the item of this `index`, from 0, of an IDX file: a picture is drawn")
	flags.BoolVar(&o.transpose, "transpose", false, "swap rows and columns of the picture, as EMNIST's files need it")
	flags.BoolVar(&o.full, "full", false, "cut nothing short: long metadata, many tensors, many numbers")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per file")
	var err error
	if o.names, err = cli.Parse(flags, args); err != nil {
		return nil, err
	}
	problem := ""
	switch {
	case len(o.names) == 0:
		problem = "want the name of a file"
	case o.item < -1:
		problem = fmt.Sprintf("-item %d, want 0 or more", o.item)
	case o.transpose && o.item < 0:
		problem = "-transpose is for -item"
	}
	if problem != "" {
		fmt.Fprintf(stderr, "inspect: %s (inspect -help explains)\n", problem)
		return nil, cli.ErrUsage
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	bad := 0
	for _, name := range o.names {
		r := inspect(ctx, o, name, stdin)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if r.err != nil {
			bad++
		}
		write := r.writeText
		if o.json {
			write = r.writeJSON
		}
		if err := write(stdout, o); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d files cannot be read, damaged or of no known kind", bad, len(o.names))
	}
	return nil
}

// inspect finds out what there is to tell about a file.
func inspect(ctx context.Context, o *options, name string, stdin io.Reader) *report {
	r := &report{File: name}
	in, err := open(ctx, name, stdin)
	if err == nil {
		defer in.close()
		err = r.fill(o, in)
	}
	if err != nil {
		r.err, r.Error = err, err.Error()
	}
	return r
}

// fill tells about an open file, in r as far as it gets.
func (r *report) fill(o *options, in *input) (err error) {
	if in.file != nil {
		r.Bytes = &in.size
	}
	r.Gzip, err = in.decompress()
	if err != nil {
		return err
	}
	if r.Kind, err = in.kind(); err != nil {
		return err
	}
	if o.item >= 0 && r.Kind != kindIDX {
		return fmt.Errorf("not an IDX file: only these have items")
	}
	switch r.Kind {
	case kindIDX:
		r.IDX = new(idxReport)
		return r.IDX.fill(o, in)
	case kindSafetensors:
		r.Safetensors = new(safetensorsReport)
		return r.Safetensors.fill(in)
	case kindPNG, kindJPEG, kindGIF:
		r.Picture = new(pictureReport)
		return r.Picture.fill(in)
	}
	var text string
	r.Start, text = in.start()
	return fmt.Errorf("%s; want an IDX, safetensors, PNG, JPEG or GIF file, compressed or not", text)
}
