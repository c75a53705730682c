package main

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/imageprep"
)

const (
	scribble = ' ' // stands for a row of scribbles

	perRow  = 24
	enlarge = 2
	cell    = enlarge*imageprep.Size + 2
)

// all returns what a sheet of all characters shows: three rows for each digit
// and for scribbles, and one for each other character.
func all() string {
	text := ""
	for _, c := range hand.Digits {
		text += strings.Repeat(string(c), 3)
	}
	return text + hand.Letters + hand.Marks + strings.Repeat(string(scribble), 3)
}

// writeSheet writes a picture with a row for each of these characters.
func writeSheet(ctx context.Context, name string, seed uint64, characters string) error {
	if err := sheet.Check(name); err != nil {
		return err
	}
	rows := []rune(characters)
	img := image.NewGray(image.Rect(0, 0, perRow*cell, len(rows)*cell))
	for i := range img.Pix {
		img.Pix[i] = 90 // the gaps between the characters
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for y, c := range rows {
		if known := hand.Digits + hand.Letters + hand.Marks; c != scribble && !strings.ContainsRune(known, c) {
			return fmt.Errorf("-only %q: package hand does not know %q; use some of %s, or spaces", characters, c, known)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for x := range perRow {
			ink := draw(rng, c)
			place(img, x*cell, y*cell, imageprep.Center(ink, imageprep.InkBox(ink)))
		}
	}
	return sheet.Save(name, img)
}

// draw returns an ink picture of a character or, for a space, a scribble.
func draw(rng *rand.Rand, c rune) *image.Gray {
	if c == scribble {
		return hand.Scribble(rng)
	}
	return hand.Write(rng, c)
}

// place draws an enlarged picture of a character onto the sheet.
func place(img *image.Gray, left, top int, small *image.Gray) {
	for y := range enlarge * imageprep.Size {
		for x := range enlarge * imageprep.Size {
			img.SetGray(left+x, top+y, small.GrayAt(x/enlarge, y/enlarge))
		}
	}
}
