package main

import (
	"image"
	"strings"

	"github.com/seed-cd6415d7/digits/imageprep"
)

// A line of writing is cut into pieces before it is read. This file makes what
// such cuts leave: digits with a little damage, and runs of pieces that are no
// digit.

// sized is digit, but half of the digits are smaller or larger.
func (a *artist) sized() (*image.Gray, image.Rectangle) {
	g, _, box := a.digit()
	if a.rng.IntN(2) == 0 && !box.Empty() {
		g = resized(g, a.between(18, 36))
		box = imageprep.InkBox(g)
	}
	return g, box
}

// resized returns a digit whose side has the given number of pixels. Each pixel
// is a mean of the four nearest ones.
func resized(g *image.Gray, side int) *image.Gray {
	const unit = 256 // units of a pixel
	out := image.NewGray(image.Rect(0, 0, side, side))
	old := g.Rect.Dx()
	for i := range out.Pix {
		// The middle of the pixel, in the old picture.
		u := max(((2*(i%side)+1)*old*unit/side-unit)/2, 0)
		v := max(((2*(i/side)+1)*old*unit/side-unit)/2, 0)
		x, y, along, down := u/unit, v/unit, u%unit, v%unit
		at := func(x, y int) int { return int(g.GrayAt(x, y).Y) }
		above := (unit-along)*at(x, y) + along*at(x+1, y)
		below := (unit-along)*at(x, y+1) + along*at(x+1, y+1)
		out.Pix[i] = uint8(((unit-down)*above + down*below) / (unit * unit))
	}
	return out
}

// several puts two or three digits in a row. Some touch or overlap.
func (a *artist) several() *image.Gray {
	canvas, x := newCanvas(), 0
	n := 2
	if a.rng.IntN(5) == 4 {
		n = 3
	}
	for range n {
		g, box := a.sized()
		paste(canvas, g, x-box.Min.X, a.between(3, 9), nil)
		x += box.Dx() + a.between(-6, 4)
	}
	return canvas
}

// A cut is a straight line across a digit. One side stays.
type cut struct {
	box   image.Rectangle // of the digit
	side  int             // that stays: left, right, upper or lower
	share float64         // of the box that stays, in the middle of the line
	slant float64         // of the line; 0 is parallel to the side
}

const (
	left = iota
	right
	upper
	lower
)

// cut returns a random cut. A share from least to most stays.
func (a *artist) cut(box image.Rectangle, side int, least, most float64) cut {
	c := cut{box: box, side: side}
	c.share = least + float64((most-least)*a.rng.Float64()) // rounded, not fused
	c.slant = float64(0.8 * (float64(a.rng.Float64()) - 0.5))
	return c
}

// keeps reports whether the pixel (x, y) is on the side that stays.
func (c cut) keeps(x, y int) bool {
	// u is the distance from the side that stays, and v is the place along
	// the cut. Both go from 0 to 1 in the box.
	u := (float64(x-c.box.Min.X) + 0.5) / float64(c.box.Dx())
	v := (float64(y-c.box.Min.Y) + 0.5) / float64(c.box.Dy())
	if c.side >= upper {
		u, v = v, u
	}
	if c.side%2 == 1 {
		u = 1 - u
	}
	return u+float64(c.slant*(v-0.5)) < c.share
}

// piece cuts a digit in two and returns one side. It fails for a 1 and if the
// piece is narrow, because a narrow piece is a 1.
func (a *artist) piece() *image.Gray {
	g, label, box := a.digit()
	if label == 1 {
		return nil
	}
	sides := []int{left, right, upper, lower, left, right}
	part := newCanvas()
	paste(part, g, 0, 0, a.cut(box, sides[a.rng.IntN(len(sides))], 0.3, 0.65).keeps)
	percent, narrow := 100*inkIn(part)/max(inkIn(g), 1), 22
	if strings.ContainsRune("0368", rune('0'+label)) {
		narrow = 35 // its sides are curved, unlike a 1
	}
	if rest := imageprep.InkBox(part); percent < 20 || percent > 70 || 10*rest.Dy() > narrow*rest.Dx() {
		return nil
	}
	return part
}

// bit is a bit of a digit's stroke. As large as a digit, it is a thick stub. It
// fails if the bit is narrow, because a narrow bit is a 1.
func (a *artist) bit() *image.Gray {
	g, _, box := a.digit()
	if box.Empty() {
		return nil
	}
	x, y := a.between(box.Min.X, box.Max.X-1), a.between(box.Min.Y, box.Max.Y-1)
	if g.Pix[y*g.Stride+x] < 128 {
		return nil
	}
	window := image.Rect(x, y, x+1, y+1).Inset(-a.between(1, 4))
	part := newCanvas()
	paste(part, g, 0, 0, func(x, y int) bool { return image.Pt(x, y).In(window) })
	if rest := imageprep.InkBox(part); 10*rest.Dy() > 22*rest.Dx() {
		return nil
	}
	return part
}

// middle puts the right side of a digit before the left side of another.
func (a *artist) middle() *image.Gray {
	g, box := a.sized()
	other, otherBox := a.sized()
	canvas := newCanvas()
	paste(canvas, g, -box.Max.X, 6, a.cut(box, right, 0.2, 0.6).keeps)
	one := inkIn(canvas)
	paste(canvas, other, a.between(-3, 3)-otherBox.Min.X, a.between(2, 10), a.cut(otherBox, left, 0.2, 0.6).keeps)
	both := inkIn(canvas)
	if rest := imageprep.InkBox(canvas); 100*one < 15*both || 100*one > 85*both || 10*rest.Dy() > 22*rest.Dx() {
		return nil
	}
	return canvas
}

// neighbor puts a fragment of another digit beside a digit.
func (a *artist) neighbor() *image.Gray {
	g, box := a.sized()
	canvas := newCanvas()
	paste(canvas, g, -box.Min.X, 6, nil)
	a.fragment(canvas, box.Dx(), 0.2, 0.65)
	if 100*inkIn(canvas) < 120*inkIn(g) {
		return nil // the fragment is a speck, or the digit covers it
	}
	return canvas
}

// fragment draws a fragment of another digit, on the left or on the right of a
// digit of this width. A share of it from least to most stays.
func (a *artist) fragment(canvas *image.Gray, width int, least, most float64) {
	g, box := a.sized()
	if a.rng.IntN(2) == 0 {
		paste(canvas, g, a.between(-3, 3)-box.Max.X, a.between(1, 11), a.cut(box, right, least, most).keeps)
	} else {
		paste(canvas, g, width+a.between(-3, 3)-box.Min.X, a.between(1, 11), a.cut(box, left, least, most).keeps)
	}
}

// worn returns a digit of this class with the damage that a cut between two
// digits does: the end of a stroke is lost, or a bit of the other digit stays.
func (a *artist) worn(label int) *image.Gray {
	g, is, box := a.digit()
	if is != label || box.Empty() {
		return nil
	}
	canvas, whole := newCanvas(), inkIn(g)
	keeps := func(x, y int) bool { return true }
	if a.rng.IntN(3) == 0 {
		keeps = a.cut(box, []int{left, right}[a.rng.IntN(2)], 0.8, 1).keeps
	}
	paste(canvas, g, -box.Min.X, 6, keeps)
	if 100*inkIn(canvas) < 90*whole {
		return nil
	}
	for range a.between(0, 2) {
		a.fragment(canvas, box.Dx(), 0, 0.3)
	}
	if 100*inkIn(canvas) > 110*whole {
		return nil
	}
	return canvas
}
