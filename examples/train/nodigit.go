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
	{"bit", (*artist).bit},
	{"middle", (*artist).middle},
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

// After maxTries failures in a row, the real digits do not suit the kind.
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
	for tries := 0; box.Empty() && tries < 20; tries++ {
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
