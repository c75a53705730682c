// Predict reads pictures of handwritten digits and says which digits they show.
//
//	go run ./examples/predict
//
// recognises the drawings that the program carries with it, and
//
//	go run ./examples/predict photo.jpg test_num
//
// your own: pictures, and folders of pictures. Where a file's name begins with
// a digit and an underscore, as in 8_3.png, that is the expected answer.
// -help tells the rest.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
)

// The drawings are made by the program in the folder draw, the model by the
// train example from the four MNIST files in the folder mnist.
//
//go:generate go run ./draw
//go:generate go run ../train -data ../../mnist -out model.safetensors
var (
	//go:embed test_num/*.png
	samples embed.FS
	//go:embed model.safetensors
	embeddedModel []byte
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills at once
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "predict:", err)
		os.Exit(1)
	}
}

// errUsage says that the command line was wrong and that the user has been told.
var errUsage = errors.New("wrong command line")

const usage = `Predict reads pictures of handwritten digits and says which digits they show.

	go run ./examples/predict [flags] [picture or folder ...]

Pictures are PNG, JPEG or GIF files with one digit each: a photograph, a scan, a
drawing, dark on light or light on dark. "-" reads one from the standard input.
Of a folder, all pictures are read, in the order of their names, but not those in
folders within. If a name begins with a digit and an underscore, as in 8_3.png, that digit is what the
picture shows, and the answer is compared with it. Without pictures, predict
recognises 30 drawings that it carries with it.

Pictures must be upright (the orientation noted by a camera is not looked at) and
of at most 64 million pixels. Every picture gets an answer, the most probable
digit, be it of several digits or of none.

The exit status is 1 if a picture could not be read, 0 otherwise: a wrong answer
is not a failure.

`

// options is the command line.
type options struct {
	model     string
	raw       bool
	json      bool
	show      bool
	arguments []string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("predict", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, as examples/train writes it, not the one within")
	flags.BoolVar(&o.raw, "raw", false, "take the pictures as they are: 28x28, white ink on black, as MNIST's own")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per picture")
	flags.BoolVar(&o.show, "show", false, "draw each picture in the terminal as it was prepared, 28x28")
	// Flags may also follow pictures, where people tend to add them.
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if parsed := len(args) - flags.NArg(); parsed > 0 && args[parsed-1] == "--" {
			o.arguments = append(o.arguments, flags.Args()...)
			break
		}
		for args = flags.Args(); len(args) > 0 && (args[0] == "-" || !strings.HasPrefix(args[0], "-")); args = args[1:] {
			o.arguments = append(o.arguments, args[0])
		}
	}
	if o.json && o.show {
		fmt.Fprintln(stderr, "predict: -json and -show exclude each other")
		return nil, errUsage
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	r, err := newRecogniser(o)
	if err != nil {
		return err
	}
	var pictures []picture
	if len(o.arguments) > 0 {
		pictures = findPictures(o.arguments, stdin)
	} else {
		folder, err := fs.Sub(samples, "test_num")
		if err != nil {
			return err
		}
		pictures = folderPictures(folder, "")
	}

	p := newPrinter(o, stdout, pictures)
	if err := p.header(); err != nil {
		return err
	}
	for _, picture := range pictures {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.result(r.recognise(picture)); err != nil {
			return err
		}
	}
	if err := p.summary(); err != nil {
		return err
	}
	if p.failed > 0 {
		return fmt.Errorf("%d of %d pictures could not be read", p.failed, len(pictures))
	}
	return nil
}
