// Inspect says what a file is and what it holds. It knows IDX files,
// safetensors models and pictures, compressed or not. -help tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

func main() {
	cli.Main("inspect", func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		return run(ctx, args, os.Stdin, stdout, stderr)
	})
}

const usage = `Inspect says what files are and what they hold.

	go run ./examples/inspect mnist/train-images-idx3-ubyte.gz
	go run ./examples/inspect -item 7 mnist/t10k-images-idx3-ubyte.gz
	go run ./examples/inspect model.safetensors photo.jpg

IDX files: it checks the length against the header, and shows statistics or, with
-item, one item. safetensors files: it shows tensors and metadata, whether
package softmax can load the model, and the names of its classes. Pictures (PNG,
JPEG, GIF, BMP, PBM, PGM, PPM): it shows the size and the orientation. It reads
only the head of a picture, so it does not notice damage behind that. All files
may be compressed with gzip. The content decides what a file is, not its name.
"-" is the standard input. Large files need little memory.

The exit status is 1 if inspect finds that a file cannot be read, is damaged, or
is none of these.

`

// options is the command line.
type options struct {
	item                  int // -1 for none
	transpose, full, json bool
	names                 []string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("inspect", usage, stderr)
	flags.IntVar(&o.item, "item", -1, "show the item with this `index`, from 0, of an IDX file; a picture is drawn")
	flags.BoolVar(&o.transpose, "transpose", false, "swap rows and columns of the picture; EMNIST's files need it")
	flags.BoolVar(&o.full, "full", false, "show long metadata, many tensors and many numbers in full")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per file")
	var err error
	if o.names, err = cli.Parse(flags, args); err != nil {
		return nil, err
	}
	switch {
	case len(o.names) == 0:
		return nil, cli.UsageError(flags, "want the name of a file")
	case o.item < -1:
		return nil, cli.UsageError(flags, "-item %d, want 0 or more", o.item)
	case o.transpose && o.item < 0:
		return nil, cli.UsageError(flags, "-transpose needs -item")
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
		if r.Error != "" {
			bad++
		}
		if o.json {
			err = cli.WriteJSON(stdout, r, "")
		} else {
			_, err = io.WriteString(stdout, r.text(o.full))
		}
		if err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d files cannot be read, are damaged or of no known kind", bad, len(o.names))
	}
	return nil
}

// A report is what inspect says about a file, as JSON. JSON has no NaN and no
// infinite numbers: these are null.
type report struct {
	File        string             `json:"file"`
	Bytes       *int64             `json:"bytes,omitempty"` // nil for a stream
	Kind        string             `json:"kind,omitempty"`
	Gzip        *gzipReport        `json:"gzip,omitempty"`
	IDX         *idxReport         `json:"idx,omitempty"`
	Safetensors *safetensorsReport `json:"safetensors,omitempty"`
	Picture     *pictureReport     `json:"picture,omitempty"`
	Start       string             `json:"start,omitempty"`
	Error       string             `json:"error,omitempty"`
}

type gzipReport struct {
	Name string `json:"name,omitempty"` // of the file before compression
}

// inspect reports on a file.
func inspect(ctx context.Context, o *options, name string, stdin io.Reader) *report {
	r := &report{File: name}
	in, err := open(ctx, name, stdin)
	if err == nil {
		defer in.close()
		err = r.fill(o, in)
	}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// fill reports on an open file. If there is an error, r holds all that came
// before it.
func (r *report) fill(o *options, in *input) (err error) {
	r.Bytes = in.size
	if r.Gzip, err = in.decompress(); err != nil {
		return err
	}
	if r.Kind, err = in.kind(); err != nil {
		return err
	}
	if o.item >= 0 && r.Kind != kindIDX {
		return errors.New("not an IDX file: -item is for IDX files")
	}
	switch r.Kind {
	case kindIDX:
		r.IDX = new(idxReport)
		return r.IDX.fill(o, in)
	case kindSafetensors:
		r.Safetensors = new(safetensorsReport)
		return r.Safetensors.fill(in)
	case kindPNG, kindJPEG, kindGIF, kindBMP, kindPNM:
		r.Picture = new(pictureReport)
		return r.Picture.fill(in)
	}
	var text string
	r.Start, text = in.start()
	return fmt.Errorf("%s; want an IDX or safetensors file or a picture, compressed or not", text)
}
