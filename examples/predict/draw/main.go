// Draw makes the drawings of handwritten digits in examples/predict/test_num.
// Run it in the folder examples/predict:
//
//	go run ./draw
//
// No real handwriting is copied. Invented people (glyphs.go) write strokes
// (curve.go) with pens, brushes and chalk, on all kinds of pages (render.go).
// To add a drawing, add a line to the table in pictures.go and run draw. The
// drawings are the same on every machine.
package main

import (
	"image/png"
	"io"
	"log"
	"path/filepath"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

func main() {
	if err := write("test_num"); err != nil {
		log.Fatal(err)
	}
}

// write makes the drawings in a folder. It replaces files of the same names and
// leaves others alone.
func write(folder string) error {
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	for _, p := range pictures {
		err := cli.WriteFile(filepath.Join(folder, p.name+".png"), func(w io.Writer) error {
			return encoder.Encode(w, p.paint())
		})
		if err != nil {
			return err
		}
	}
	return nil
}
