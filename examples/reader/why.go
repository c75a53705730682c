package reader

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// None stands for "no digit" where a class is wanted.
const None = -1

// Top returns the most probable answer and the next one: classes, or [None]. It
// panics if there are no Probabilities.
func (a Answer) Top() (first, second int) {
	switch {
	case a.NoDigit:
		return None, a.Digit
	case a.None > a.Probabilities[a.RunnerUp]:
		return a.Digit, None
	default:
		return a.Digit, a.RunnerUp
	}
}

// A Why says exactly why a model prefers a class to another, its rival. A
// softmax regression can: its logits are sums.
//
//	Difference = Empty + the sum of all Contributions
//
// Difference is the difference of the two logits, so the class is
// exp(Difference) times as probable as the rival. "No digit" is several classes
// of the model: it stands for the most probable one. Each contribution says how
// much one part of the digit counts: for the class if it is positive, for the
// rival if it is negative. See [imageprep.Features.Contributions].
type Why struct {
	Class, Rival string  // their names, as Answer.NameOf returns them
	Difference   float32 // of the logits
	Empty        float32 // the difference for a picture without ink

	// Contributions are [28][28] for a model of pixels. For histograms, they
	// are [Cells][Cells][Directions].
	Contributions []float32
	HOG           imageprep.HOG // zero for a model of pixels

	// Image shows what the contributions are about, 28x28: the digit or, for
	// histograms, the deskewed digit.
	Image *image.Gray
}

// Why says why the model prefers a class to a rival. Both are numbers of
// classes or [None], such as those of [Answer.Top].
//
// Why returns nil if no Reader made the answer. It panics if there is no such
// class. It also panics for None if the model does not know "no digit". Even
// then, Top returns None for ink that is left out for its size or place.
func (a Answer) Why(class, rival int) *Why {
	r := a.reader
	if r == nil {
		return nil
	}
	probs := r.model.Probs(nil, softmax.Floats(r.features.Vector(nil, a.Image)))
	w := NewWhy(r.model, r.features, a.Image, r.classOf(class, probs), r.classOf(rival, probs))
	w.Class, w.Rival = a.NameOf(class), a.NameOf(rival)
	return w
}

// NewWhy says why a model prefers a class to a rival for a digit, without a
// Reader. f are the features of the model, and the digit is what it sees,
// 28x28. class and rival are numbers of the model's classes. Their names stay
// empty.
func NewWhy(m *softmax.Model, f imageprep.Features, digit *image.Gray, class, rival int) *Why {
	x := f.Vector(nil, digit)
	for i := range x {
		x[i] = 1 // then the contributions to the logits are the weights
	}
	weight, bias := m.Contributions(nil, softmax.Floats(x), class, rival)
	w := &Why{HOG: f.HOG, Image: digit}
	w.Contributions, w.Empty = f.Contributions(nil, digit, weight)
	w.Empty += bias
	sum := float64(w.Empty)
	for _, c := range w.Contributions {
		sum += float64(c)
	}
	w.Difference = float32(sum)
	if w.HOG != (imageprep.HOG{}) {
		w.Image = deskewed(digit)
	}
	return w
}

// classOf returns the number of the model's class for a class or None.
func (r *Reader) classOf(class int, probs []float32) int {
	n := len(r.names)
	switch {
	case class >= 0 && class < n:
		return class
	case class == None && n < len(probs):
		return n + slices.Index(probs[n:], slices.Max(probs[n:]))
	}
	panic(fmt.Sprintf("reader: there is no class %d; want one of the %d classes, or None if the model knows \"no digit\"", class, n))
}

// deskewed returns the digit as the histograms see it.
func deskewed(digit *image.Gray) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, imageprep.Size, imageprep.Size))
	for i, v := range imageprep.Deskew(nil, digit) {
		g.Pix[i] = uint8(float32(v*255) + 0.5)
	}
	return g
}

// A Stroke is a contribution as a line to draw on the Image of a [Why].
type Stroke struct {
	X1, Y1, X2, Y2 float32 // the ends, in pixels of the image, from 0 to 28
	Width          float32 // of the line
	Contribution   float32
}

// Strokes returns the contributions that are not 0, the strongest last. For a
// model of pixels, a line fills its pixel. For histograms, a line lies in its
// cell and runs along the edge of the ink. The edge has ink on one side, so a
// pen's stroke has two edges. The line's width is proportional to the
// contribution.
func (w *Why) Strokes() []Stroke {
	var strokes []Stroke
	var largest float32
	for i, c := range w.Contributions {
		if c == 0 {
			continue
		}
		largest = max(largest, c, -c)
		if w.HOG == (imageprep.HOG{}) {
			x, y := float32(i%imageprep.Size), float32(i/imageprep.Size)
			strokes = append(strokes, Stroke{x, y + 0.5, x + 1, y + 0.5, 1, c})
		} else {
			strokes = append(strokes, edge(w.HOG, i, c))
		}
	}
	for i := range strokes {
		if s := &strokes[i]; w.HOG != (imageprep.HOG{}) {
			s.Width *= max(s.Contribution, -s.Contribution) / largest
		}
	}
	slices.SortStableFunc(strokes, func(a, b Stroke) int {
		return cmp.Compare(max(a.Contribution, -a.Contribution), max(b.Contribution, -b.Contribution))
	})
	return strokes
}

// edge returns the line for number i of the histograms, at its full width.
func edge(h imageprep.HOG, i int, contribution float32) Stroke {
	const (
		length = 0.8  // all in cells
		aside  = 0.15 // from the middle of the cell, away from the ink
		width  = 0.3
	)
	cell := (imageprep.Size - float64(2*h.Margin)) / float64(h.Cells)
	row, column := i/h.Directions/h.Cells, i/h.Directions%h.Cells
	// The gradient points to the ink.
	sin, cos := math.Sincos(float64(i%h.Directions) * 2 * math.Pi / float64(h.Directions))
	at := func(along float64) (x, y float32) {
		x = h.Margin + float32(cell*(float64(column)+0.5-float64(aside*cos)-float64(along*sin)))
		y = h.Margin + float32(cell*(float64(row)+0.5-float64(aside*sin)+float64(along*cos)))
		return x, y
	}
	s := Stroke{Width: float32(width * cell), Contribution: contribution}
	s.X1, s.Y1 = at(-length / 2)
	s.X2, s.Y2 = at(length / 2)
	return s
}
