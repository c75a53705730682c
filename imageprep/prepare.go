package imageprep

import (
	"fmt"
	"image"
	"slices"
)

// Size is the width and the height of a picture in MNIST's form.
const Size = 28

// The longer sides of the pictures in which one digit, or several, are looked for.
const (
	workSide = 256
	pageSide = 1024
)

// Options are the wishes of a caller of [Prepare] and [PrepareAll]. The zero value has none.
type Options struct {
	Orientation Orientation // how the picture lies; see OrientationOf
	Polarity    Polarity    // Auto finds out

	// Confidence is the judgement of a classifier, which helps PrepareAll with digits that touch: how sure it is, from 0 to 1, that
	// a picture in MNIST's form shows one digit. The probability of the most probable class will do. Without it only what
	// is clearly too wide for one digit is cut.
	Confidence func(digit *image.Gray) float64
}

// A Digit is what [Prepare] or [PrepareAll] found in a picture, and how.
type Digit struct {
	// Image is the digit in MNIST's form, 28x28 with a Stride of 28: Image.Pix is the vector of 784 pixels, row by row.
	Image *image.Gray

	Polarity  Polarity        // DarkInk or LightInk: found, or as told
	Threshold uint8           // grey level of the picture beyond which, on the ink's side, there is ink
	Contrast  uint8           // by how many grey levels ink differs from ground
	Box       image.Rectangle // the ink's box in the coordinates of the picture, as it is stored
	Stroke    float64         // mean width of the strokes in pixels of the picture
	Line      int             // of the page, from 0, if there are several digits

	inked int // pixels of the shrunk picture

	// Warnings say what may be the matter if the digit is not recognised. They are in ascending order.
	Warnings []Warning
}

// Prepare finds the one digit in a picture and brings it into MNIST's form. The picture may be of any type and size,
// a photograph or a drawing, dark on light or light on dark. Options may be nil. The package comment tells the steps.
//
// The error is a [*SizeError] if the picture has no pixel or more than 268 million, and a [*BlankError] if it shows no
// ink. Prepare does not keep or change img, and is safe for concurrent use if img's methods are. It panics if img is
// nil, the options' Polarity is none of the three or their Orientation none of the eight.
func Prepare(img image.Image, opts *Options) (*Digit, error) {
	f, err := findInk(img, opts, workSide)
	if err != nil {
		return nil, err
	}
	border := inkOnBorder(f.ink) > 0
	p := clean(f.ink)
	d := f.digit(f.ink)
	d.warn(TouchesBorder, border)
	d.warn(SeveralDigits, p.several())
	d.warn(NearlyBlank, 2000*d.inked < f.ink.Rect.Dx()*f.ink.Rect.Dy())
	return d, nil
}

// PrepareAll finds all the digits in a picture and brings each into MNIST's form. They come in the order in which they are
// read: lines from top to bottom, each from left to right. There may be none: then the picture shows ink, but nothing that
// could be a digit.
//
// Options, errors and panics are those of [Prepare], which does better with a single digit that fills the picture. Of digits
// that touch one another those are told apart that a cut through a single stroke can separate; see also Options.Confidence.
func PrepareAll(img image.Image, opts *Options) ([]*Digit, error) {
	f, err := findInk(img, opts, pageSide)
	if err != nil {
		return nil, err
	}
	var sure func(*image.Gray) float64
	if opts != nil {
		sure = opts.Confidence
	}
	p := readPage(f.ink, sure)
	var list []*Digit
	for _, g := range p.glyphs {
		alone := p.cutOut(g)
		d := f.digit(alone)
		d.Line = g.line
		d.warn(TouchesBorder, g.box.Intersect(f.ink.Rect.Inset(1)) != g.box)
		list = append(list, d)
	}
	return list, nil
}

// found is the ink of a picture.
type found struct {
	bounds      image.Rectangle // of the picture
	orientation Orientation
	shrunk      image.Rectangle // of the shrunk picture, as it is stored
	ink         *image.Gray     // upright, without rules

	polarity            Polarity
	threshold, contrast uint8
}

// findInk takes the steps that one digit and several have in common.
func findInk(img image.Image, opts *Options, side int) (*found, error) {
	mustHave(img)
	f := found{bounds: img.Bounds()}
	if opts != nil {
		f.orientation, f.polarity = opts.Orientation, opts.Polarity
	}
	f.orientation = f.orientation.mustBeValid()
	if f.polarity < Auto || f.polarity > LightInk {
		panic(fmt.Sprintf("imageprep: Options.Polarity is %v, want Auto, DarkInk or LightInk", f.polarity))
	}
	g, err := Shrink(img, side)
	if err != nil {
		return nil, err
	}
	f.shrunk = g.Rect
	g = Turn(g, f.orientation)
	if f.polarity == Auto {
		f.polarity = FindPolarity(g)
	}
	if f.ink, f.threshold, f.contrast, err = partInk(g, f.polarity); err != nil {
		return nil, err
	}
	EraseRuledLines(f.ink)
	if slices.Max(f.ink.Pix) <= 127 { // there were rules and nothing else
		whole := histogramOf(g)
		low, high := whole.extremes()
		return nil, &BlankError{Min: low, Max: high, Contrast: f.contrast, OnlyRules: true}
	}
	return &f, nil
}

// digit makes a digit of an ink picture, in the coordinates of the upright, shrunk picture, that shows nothing else.
func (f *found) digit(ink *image.Gray) *Digit {
	box := InkBox(ink)
	d := &Digit{
		Image:    Center(ink, box),
		Polarity: f.polarity, Threshold: f.threshold, Contrast: f.contrast,
		Box: enlarge(f.orientation.stored(box, f.shrunk), f.shrunk, f.bounds),
	}
	only := ink.SubImage(box).(*image.Gray)
	_, parts := findParts(only)
	for _, q := range parts {
		d.inked += q.area
	}
	shrunkBy := float64(max(f.bounds.Dx(), f.bounds.Dy())) / float64(max(f.shrunk.Dx(), f.shrunk.Dy()))
	d.Stroke = StrokeWidth(only) * shrunkBy
	d.warn(SeveralParts, len(parts) > 1)
	d.warn(Tiny, max(d.Box.Dx(), d.Box.Dy()) < tinySide)
	d.warn(LowContrast, f.contrast < lowContrast)
	return d
}

// enlarge carries a box of the shrunk picture over to the picture itself: the pixels that it covers, if only in part.
func enlarge(box, shrunk, bounds image.Rectangle) image.Rectangle {
	side := func(low, high, n, m int) (int, int) { // from n pixels to m
		return int(int64(low) * int64(m) / int64(n)), int((int64(high)*int64(m) + int64(n) - 1) / int64(n))
	}
	x0, x1 := side(box.Min.X, box.Max.X, shrunk.Dx(), bounds.Dx())
	y0, y1 := side(box.Min.Y, box.Max.Y, shrunk.Dy(), bounds.Dy())
	return image.Rect(x0, y0, x1, y1).Add(bounds.Min)
}

// Raw returns a picture that is in MNIST's form already, light ink on black in 28x28, with no pixel changed: a new grey
// picture that starts at (0, 0), whose Pix is the vector of 784 pixels. Colours become grey as in [Luminance], but
// transparent parts lie on black, which is what MNIST's ground is. A picture of any other size is a [*SizeError].
func Raw(img image.Image) (*image.Gray, error) {
	mustHave(img)
	b := img.Bounds()
	if b.Empty() || b.Dx() != Size || b.Dy() != Size {
		return nil, &SizeError{Bounds: b, Want: "28x28", Advice: "use Prepare, which finds, scales and centres the digit"}
	}
	g := image.NewGray(b)
	readGrey(g, newGreyRow(img, black))
	g.Rect = image.Rect(0, 0, Size, Size)
	return g, nil
}

// Float32 writes the pixels of g, row by row, into dst as numbers from 0 to 1: float32(v)/255. It allocates dst if it is
// nil, panics if it is of any other length than g has pixels, and returns it. g may be of any size and a part of another
// picture.
func Float32(dst []float32, g *image.Gray) []float32 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if dst == nil {
		dst = make([]float32, w*h)
	}
	if len(dst) != w*h {
		panic(fmt.Sprintf("imageprep: len(dst) = %d, want %d for a picture of %dx%d", len(dst), w*h, w, h))
	}
	for y := range h {
		out := dst[y*w:][:w]
		for x, v := range row(g, y) {
			out[x] = float32(v) / 255
		}
	}
	return dst
}
