package main

import (
	"image"
	"math/rand/v2"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A kind is a class of pictures that show no digit. One class for all of them
// would have too many shapes for a linear model.
type kind struct {
	name string
	draw func(*artist) *image.Gray // an ink picture, or nil if the try failed
}

// noDigits are what people and programs put where a digit should be. Shapes
// that look like a digit, such as a circle or a vertical line, are left out.
var noDigits = []kind{
	{"several", (*artist).several},
	{"piece", (*artist).piece},
	{"neighbor", (*artist).neighbor},
	{"turned", (*artist).turned},
	{"scribble", func(a *artist) *image.Gray { return hand.Scribble(a.rng) }},
	{"letter", func(a *artist) *image.Gray { return a.write(hand.Letters) }},
	{"mark", func(a *artist) *image.Gray { return a.write(hand.Marks) }},
}

// An artist makes pictures from real digits, which are 28x28, and with package
// hand.
type artist struct {
	rng  *rand.Rand
	real *dataset.Set
}

// After so many failed tries in a row, the real digits do not suit the kind.
const maxTries = 1000

// make returns the pixels of n pictures in MNIST's form. It returns fewer if
// maxTries tries in a row fail.
func (a *artist) make(n int, draw func(*artist) *image.Gray) []uint8 {
	const size = imageprep.Size * imageprep.Size
	pix := make([]uint8, 0, n*size)
	for failed := 0; len(pix) < n*size && failed < maxTries; failed++ {
		if ink := draw(a); ink != nil && inkIn(ink) > 0 {
			pix = append(pix, imageprep.Center(ink, imageprep.InkBox(ink)).Pix...)
			failed = -1
		}
	}
	return pix
}

// write writes a random one of the characters.
func (a *artist) write(characters string) *image.Gray {
	list := []rune(characters)
	return hand.Write(a.rng, list[a.rng.IntN(len(list))])
}

// between returns a random number from low to high.
func (a *artist) between(low, high int) int { return low + a.rng.IntN(high-low+1) }

// digit returns a random real digit, its label and its box. The box is empty
// only if nearly all real digits are blank.
func (a *artist) digit() (g *image.Gray, label int, box image.Rectangle) {
	for tries := 0; box.Empty() && tries < 100; tries++ {
		i := a.rng.IntN(a.real.Len())
		g, label = a.real.Image(i), a.real.Labels[i]
		box = imageprep.InkBox(g)
	}
	return g, label, box
}

// newCanvas returns a black picture with room for three digits in a row.
func newCanvas() *image.Gray { return image.NewGray(image.Rect(-30, 0, 110, 40)) }

// inkIn returns the sum of a picture's pixels.
func inkIn(g *image.Gray) (sum int) {
	for _, v := range g.Pix {
		sum += int(v)
	}
	return sum
}

// paste draws the pixels of g that keep selects onto dst, moved by (dx, dy). A
// nil keep selects all. Where there is ink already, the stronger ink stays.
func paste(dst, g *image.Gray, dx, dy int, keep func(x, y int) bool) {
	for i, v := range g.Pix {
		x, y := i%g.Stride, i/g.Stride
		to := image.Pt(x+dx, y+dy)
		if v > 0 && to.In(dst.Rect) && (keep == nil || keep(x, y)) {
			p := &dst.Pix[dst.PixOffset(to.X, to.Y)]
			*p = max(*p, v)
		}
	}
}

// several puts two or three digits in a row. Some touch.
func (a *artist) several() *image.Gray {
	canvas, x := newCanvas(), 0
	n := 2
	if a.rng.IntN(5) == 4 {
		n = 3
	}
	for range n {
		g, _, box := a.digit()
		paste(canvas, g, x-box.Min.X, a.between(3, 9), nil)
		x += box.Dx() + a.between(-4, 4)
	}
	return canvas
}

// piece cuts a digit in two with a straight, slanted cut, and returns one half.
// It fails for a 1 and if the piece is narrow, because a narrow piece is a 1.
func (a *artist) piece() *image.Gray {
	g, label, box := a.digit()
	if label == 1 {
		return nil
	}
	share := 0.3 + float64(0.35*a.rng.Float64()) // rounded, not fused
	slant, side := 0.6*(float64(a.rng.Float64())-0.5), a.rng.IntN(4)
	part := newCanvas()
	paste(part, g, 0, 0, func(x, y int) bool {
		// u is the distance from the side that stays, and v is the place
		// along the cut. Both go from 0 to 1 in the box.
		u := (float64(x-box.Min.X) + 0.5) / float64(box.Dx())
		v := (float64(y-box.Min.Y) + 0.5) / float64(box.Dy())
		if side >= 2 {
			u, v = v, u
		}
		if side%2 == 1 {
			u = 1 - u
		}
		return u+float64(slant*(v-0.5)) < share
	})
	percent := 100 * inkIn(part) / max(inkIn(g), 1)
	if rest := imageprep.InkBox(part); percent < 20 || percent > 70 || 10*rest.Dy() > 22*rest.Dx() {
		return nil
	}
	return part
}

// neighbor puts a fragment of another digit beside a digit.
func (a *artist) neighbor() *image.Gray {
	g, _, box := a.digit()
	other, _, otherBox := a.digit()
	canvas := newCanvas()
	gap, width := a.between(-2, 3), otherBox.Dx()*a.between(20, 60)/100
	y := a.between(2, 10)
	if a.rng.IntN(2) == 0 {
		paste(canvas, other, -gap-otherBox.Max.X, y, func(x, _ int) bool { return otherBox.Max.X-x <= width })
	} else {
		paste(canvas, other, box.Dx()+gap-otherBox.Min.X, y, func(x, _ int) bool { return x-otherBox.Min.X < width })
	}
	paste(canvas, g, -box.Min.X, 6, nil)
	if 100*inkIn(canvas) < 115*inkIn(g) {
		return nil // the fragment is a speck, or the digit covers it
	}
	return canvas
}

// turns are the ways to mirror or turn a digit: from returns the pixel that
// moves to (x, y). The result of some digits may still be a digit.
var turns = []struct {
	from  func(x, y int) (int, int)
	still string // these digits
}{
	{func(x, y int) (int, int) { return last - x, y }, "018"},            // mirrored
	{func(x, y int) (int, int) { return last - y, x }, "0"},              // a quarter to the left
	{func(x, y int) (int, int) { return y, last - x }, "0"},              // a quarter to the right
	{func(x, y int) (int, int) { return last - x, last - y }, "0125689"}, // upside down
}

const last = imageprep.Size - 1 // the last row and column

// turned mirrors a digit, or turns it. It fails if the result may be a digit.
func (a *artist) turned() *image.Gray {
	g, label, _ := a.digit()
	turn := turns[a.rng.IntN(len(turns))]
	if strings.ContainsRune(turn.still, rune('0'+label)) {
		return nil
	}
	out := image.NewGray(g.Rect)
	for i := range out.Pix {
		x, y := turn.from(i%imageprep.Size, i/imageprep.Size)
		out.Pix[i] = g.Pix[y*g.Stride+x]
	}
	return out
}
