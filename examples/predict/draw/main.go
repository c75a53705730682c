// Draw makes the sample pictures of handwritten digits that the predict example
// carries with it.
//
// Nobody's handwriting is copied: each digit is a few strokes given by points
// (glyphs.go), written by one of several invented people, each with a slant, a
// tremor and a pressure of their own (hands.go, curve.go), with a pen, a
// marker, a brush or a piece of chalk (render.go), on pages of different sizes
// and colours (pictures.go). The same code draws the same pictures everywhere.
//
// Run it in the folder examples/predict:
//
//	go run ./draw
//
// To add a picture, add a line to the table in pictures.go, run the program and
// look at what it drew. The tests compare every file with its drawing.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// errUsage says that the command line was wrong and that the user has been told.
var errUsage = errors.New("draw: wrong command line")

const usage = `Draw makes the sample pictures of handwritten digits for examples/predict.

Usage, in the folder examples/predict:

	go run ./draw [-out folder]

Each picture is a PNG file whose name begins with the digit it shows. Files of
the same names are replaced, others are left alone.

`

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("draw", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	out := flags.String("out", "test_num", "write the pictures to this `folder`, which must exist")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "draw: unexpected argument %q\n", flags.Arg(0))
		flags.Usage()
		return errUsage
	}
	// Making the folder would hide that the program runs in the wrong place.
	if info, err := os.Stat(*out); err != nil {
		return fmt.Errorf("draw: no folder for the pictures (run in examples/predict or name one with -out): %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("draw: %s is not a folder", *out)
	}
	total := 0
	for _, p := range pictures {
		data, err := p.encode()
		if err != nil {
			return fmt.Errorf("draw: %s: %w", p.name, err)
		}
		if err := writeFile(filepath.Join(*out, p.name+".png"), data); err != nil {
			return fmt.Errorf("draw: %w", err)
		}
		total += len(data)
	}
	fmt.Fprintf(stdout, "%d pictures, %d bytes, in %s\n", len(pictures), total, *out)
	return nil
}

// encode returns the picture as a PNG file.
func (p picture) encode() ([]byte, error) {
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	err := enc.Encode(&buf, p.paint())
	return buf.Bytes(), err
}

// writeFile replaces the named file all at once: whoever reads it meanwhile
// finds the old picture or the new one, never half of one.
func writeFile(name string, data []byte) error {
	temp := name + ".tmp"
	err := os.WriteFile(temp, data, 0o644)
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}
