// Draw makes the drawings of handwritten digits in examples/predict/test_num.
// Run it in the folder examples/predict:
//
//	go run ./draw
//
// No real handwriting is copied. Invented people (people.go) write with pens,
// brushes and chalk (package hand), on all kinds of pages (render.go). To add a
// drawing, add a line to the table in pictures.go and run draw. The drawings
// are the same on every machine.
//
// With a flag, Draw shows what package hand can write: a row for each
// character, as a model sees it.
//
//	go run ./draw -sheet FILE.png
package main

import (
	"cmp"
	"context"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

const usage = `Draw makes the drawings of handwritten digits in examples/predict/test_num. Run it in
the folder examples/predict. With -sheet, it writes only the sheet.

	go run ./draw
	go run ./draw -sheet s.png

`

func main() {
	cli.Main("draw", func(ctx context.Context, args []string, _, _ io.Writer) error {
		flags := cli.NewFlags("draw", usage, os.Stderr)
		sheet := flags.String("sheet", "", "write a picture of all characters that package hand knows to this `file`")
		seed := flags.Uint64("seed", 1, "a `number` for -sheet; each makes another sheet")
		only := flags.String("only", "", "show only these `characters` on the sheet; a space stands for scribbles")
		if err := cli.ParseFlags(flags, args); err != nil {
			return err
		}
		switch {
		case *sheet != "":
			return writeSheet(ctx, *sheet, *seed, cmp.Or(*only, all()))
		case flags.NFlag() > 0:
			return cli.UsageError(flags, "-seed and -only need -sheet, the file to write")
		}
		return write(ctx, "test_num", pictures)
	})
}

// write makes drawings in a folder. It replaces files of the same names and
// leaves others alone.
func write(ctx context.Context, folder string, list []picture) error {
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	for _, p := range list {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := cli.WriteFile(filepath.Join(folder, p.name+".png"), func(w io.Writer) error {
			return encoder.Encode(w, p.paint())
		})
		if err != nil {
			return err
		}
	}
	return nil
}
