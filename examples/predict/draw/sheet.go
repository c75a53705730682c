package main

import (
	"image"
	"image/png"
	"io"
	"math/rand/v2"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
)

const (
	scribble = '\ufffd' // stands for a row of scribbles

	perRow  = 24
	enlarge = 2
	cell    = enlarge*imageprep.Size + 2
)

// writeSheet writes a picture with a row for each character. Digits
// and scribbles have three rows.
func writeSheet(name string, seed uint64, only string) error {
	rows := []rune(only)
	if only == "" {
		for _, c := range hand.Digits {
			rows = append(rows, c, c, c)
		}
		rows = append(rows, []rune(hand.Letters+hand.Marks)...)
		rows = append(rows, scribble, scribble, scribble)
	}
	img := image.NewGray(image.Rect(0, 0, perRow*cell, len(rows)*cell))
	for i := range img.Pix {
		img.Pix[i] = 90 // the gaps between the characters
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for y, c := range rows {
		for x := range perRow {
			ink := draw(rng, c)
			place(img, x*cell, y*cell, imageprep.Center(ink, imageprep.InkBox(ink)))
		}
	}
	return cli.WriteFile(name, func(w io.Writer) error { return png.Encode(w, img) })
}

func draw(rng *rand.Rand, c rune) *image.Gray {
	if c == scribble {
		return hand.Scribble(rng)
	}
	return hand.Write(rng, c)
}

// place enlarges a small picture into a large one.
func place(img *image.Gray, left, top int, small *image.Gray) {
	for y := range enlarge * imageprep.Size {
		for x := range enlarge * imageprep.Size {
			img.SetGray(left+x, top+y, small.GrayAt(x/enlarge, y/enlarge))
		}
	}
}
