package main

import (
	"image"
	"math/rand/v2"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A kind of pictures that show no digit. Each kind is a class of its own: one
// class for all of them would be too many shapes for a linear model.
type kind struct {
	name string
	draw func(*artist) *image.Gray // an ink picture, or nil for another try
}

// noDigits are what people and programs put where a digit should be. Shapes
// that are some digit, like a circle or a vertical line, are not among them.
var noDigits = []kind{
	{"several", (*artist).several},
	{"piece", (*artist).piece},
	{"neighbor", (*artist).neighbor},
	{"turned", (*artist).turned},
	{"scribble", func(a *artist) *image.Gray { return hand.Scribble(a.rng) }},
	{"letter", func(a *artist) *image.Gray { return a.write(hand.Letters) }},
	{"mark", func(a *artist) *image.Gray { return a.write(hand.Marks) }},
}

// An artist makes pictures from real digits, which are 28x28, and by hand.
type artist struct {
	rng  *rand.Rand
	real *dataset.Set
}

// make returns n pictures of a kind in MNIST's form, one after the other.
func (a *artist) make(n int, draw func(*artist) *image.Gray) []uint8 {
	const size = imageprep.Size * imageprep.Size
	pix := make([]uint8, 0, n*size)
	for len(pix) < n*size {
		if ink := draw(a); ink != nil && inkIn(ink) > 0 {
			pix = append(pix, imageprep.Center(ink, imageprep.InkBox(ink)).Pix...)
		}
	}
	return pix
}

// write writes one of the characters.
func (a *artist) write(characters string) *image.Gray {
	list := []rune(characters)
	return hand.Write(a.rng, list[a.rng.IntN(len(list))])
}

// between returns a random number from low to high.
func (a *artist) between(low, high int) int { return low + a.rng.IntN(high-low+1) }

// digit returns a real digit, its label and its box. Only a blank picture has
// an empty box.
func (a *artist) digit() (g *image.Gray, label int, box image.Rectangle) {
	for box.Empty() {
		i := a.rng.IntN(a.real.Len())
		g, label = a.real.Image(i), a.real.Labels[i]
		box = imageprep.InkBox(g)
	}
	return g, label, box
}

// A desk has room for three digits in a row.
func newDesk() *image.Gray { return image.NewGray(image.Rect(-30, 0, 110, 40)) }

// inkIn returns the sum of a picture's pixels.
func inkIn(g *image.Gray) (sum int) {
	for _, v := range g.Pix {
		sum += int(v)
	}
	return sum
}

// paste adds the pixels of g to dst, moved by (x, y). It takes only those that
// keep selects; a nil keep selects all.
func paste(dst, g *image.Gray, x, y int, keep func(x, y int) bool) {
	for i, v := range g.Pix {
		u, w := i%g.Stride, i/g.Stride
		to := image.Pt(u+x, w+y)
		if v > 0 && to.In(dst.Rect) && (keep == nil || keep(u, w)) {
			p := &dst.Pix[dst.PixOffset(to.X, to.Y)]
			*p = max(*p, v)
		}
	}
}

// several puts two or three digits in a row. Some touch.
func (a *artist) several() *image.Gray {
	desk, x := newDesk(), 0
	for range a.between(8, 12) / 4 { // three of them once in five times
		g, _, box := a.digit()
		paste(desk, g, x-box.Min.X, a.between(3, 9), nil)
		x += box.Dx() + a.between(-4, 4)
	}
	return desk
}

// piece cuts a digit in two. A piece of a 1 is a 1, and so is what is narrow.
func (a *artist) piece() *image.Gray {
	g, label, box := a.digit()
	if label == 1 {
		return nil
	}
	share := 0.3 + float64(0.35*a.rng.Float64()) // rounded, not fused
	tilt, side := 0.6*(a.rng.Float64()-0.5), a.rng.IntN(4)
	part := newDesk()
	paste(part, g, 0, 0, func(x, y int) bool {
		// The position in the box, from 0 to 1, from the side that stays.
		u := (float64(x-box.Min.X) + 0.5) / float64(box.Dx())
		v := (float64(y-box.Min.Y) + 0.5) / float64(box.Dy())
		if side >= 2 {
			u, v = v, u
		}
		if side%2 == 1 {
			u = 1 - u
		}
		return u+float64(tilt*(v-0.5)) < share
	})
	stays := 100 * inkIn(part) / inkIn(g)
	if left := imageprep.InkBox(part); stays < 20 || stays > 70 || 10*left.Dy() > 22*left.Dx() {
		return nil
	}
	return part
}

// neighbor puts a fragment of another digit beside a digit.
func (a *artist) neighbor() *image.Gray {
	g, _, box := a.digit()
	other, _, otherBox := a.digit()
	desk := newDesk()
	gap, width := a.between(-2, 3), otherBox.Dx()*a.between(20, 60)/100
	y := a.between(2, 10)
	if a.rng.IntN(2) == 0 {
		paste(desk, other, -gap-otherBox.Max.X, y, func(x, _ int) bool { return otherBox.Max.X-x <= width })
	} else {
		paste(desk, other, box.Dx()+gap-otherBox.Min.X, y, func(x, _ int) bool { return x-otherBox.Min.X < width })
	}
	paste(desk, g, -box.Min.X, 6, nil)
	if 100*inkIn(desk) < 115*inkIn(g) {
		return nil // the fragment is a speck, or the digit covers it
	}
	return desk
}

// turned mirrors a digit, or turns it. Some digits are then still digits.
func (a *artist) turned() *image.Gray {
	g, label, _ := a.digit()
	const last = imageprep.Size - 1
	out := image.NewGray(g.Rect)
	var from func(x, y int) (int, int)
	switch a.rng.IntN(4) {
	case 0: // mirrored
		if label == 0 || label == 1 || label == 8 {
			return nil
		}
		from = func(x, y int) (int, int) { return last - x, y }
	case 1: // to the left
		from = func(x, y int) (int, int) { return last - y, x }
	case 2: // to the right
		from = func(x, y int) (int, int) { return y, last - x }
	default: // upside down
		if label != 3 && label != 4 && label != 7 {
			return nil
		}
		from = func(x, y int) (int, int) { return last - x, last - y }
	}
	if label == 0 {
		return nil
	}
	for i := range out.Pix {
		x, y := from(i%imageprep.Size, i/imageprep.Size)
		out.Pix[i] = g.Pix[y*g.Stride+x]
	}
	return out
}
