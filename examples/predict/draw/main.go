// Draw makes the drawings of handwritten digits in examples/predict/test_num.
//
// No real handwriting is copied. Invented people (glyphs.go) write strokes
// (curve.go) with pens, brushes and chalk, on all kinds of pages (render.go). To
// add a drawing, add a line to the table in pictures.go and run draw. The
// drawings are the same on every machine.
package main

import (
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

const usage = `Draw makes the drawings of handwritten digits for examples/predict. Run it there:

	go run ./draw [-out folder]

Each drawing is a PNG file. Its name begins with the digit that it shows. Draw replaces
files of the same names and leaves others alone.

`

func main() {
	cli.Main("draw", func(_ context.Context, args []string) error { return run(args, os.Stdout, os.Stderr) })
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("draw", usage, stderr)
	out := flags.String("out", "test_num", "write the drawings to this `folder`, which must exist")
	if err := cli.ParseFlags(flags, args); err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	for _, p := range pictures {
		err := cli.WriteFile(filepath.Join(*out, p.name+".png"), func(w io.Writer) error {
			return encoder.Encode(w, p.paint())
		})
		if err != nil {
			return fmt.Errorf("run draw in examples/predict, or name a folder with -out: %w", err)
		}
	}
	_, err := fmt.Fprintf(stdout, "%d drawings in %s\n", len(pictures), cli.Printable(*out))
	return err
}
