package imageprep

import (
	"fmt"
	"image"
	"slices"
)

// Size is the width and the height of a picture in MNIST's form.
const Size = 28

// A larger picture is shrunk until its longer side has this many pixels.
const (
	digitSide = 256  // for one digit
	pageSide  = 1024 // for a page of digits
)

// Options are the settings of [Prepare] and [PrepareAll]. The zero value suits
// most pictures.
type Options struct {
	Orientation Orientation // see OrientationOf
	Polarity    Polarity    // Auto: FindPolarity decides

	// Confidence helps PrepareAll to separate touching digits. It returns the
	// confidence, from 0 to 1, that a picture in MNIST's form shows one digit:
	// for example, the probability of the best class. If it is nil, PrepareAll
	// cuts only ink that is clearly too wide for one digit.
	Confidence func(digit *image.Gray) float64
}

// A Digit is one digit that Prepare or PrepareAll found in a picture.
type Digit struct {
	Image     *image.Gray     // in MNIST's form
	Polarity  Polarity        // DarkInk or LightInk
	Threshold uint8           // the gray level between ground and ink
	Contrast  uint8           // between ink and ground, in gray levels
	Box       image.Rectangle // bounding box in the picture as stored
	Stroke    float64         // mean stroke width in the picture, in pixels
	Line      int             // line of writing on the page, from 0
	Warnings  []Warning       // what may be wrong, in ascending order
}

// Prepare finds the one digit in a picture and returns it in MNIST's form. The
// picture may be a photograph or a drawing of any type and size, with dark or
// light ink. Prepare keeps the largest part of the ink that may be a digit, and
// what is close to it. It erases underlines, circles and frames around the
// digit, and a period after it. In a tight crop, it keeps all large parts. If
// the picture shows several digits, the result may lack some of them and has
// the warning [SeveralDigits]. opts may be nil.
//
// The error is a [*SizeError] if img has no pixels or more than 2^28 pixels. It
// is a [*BlankError] if img shows no ink. Prepare panics if opts has an invalid
// Polarity or Orientation.
func Prepare(img image.Image, opts *Options) (*Digit, error) {
	f, err := findInk(img, opts, digitSide)
	if err != nil {
		return nil, err
	}
	touches := borderInk(f.ink) > 0
	several := clean(f.ink, f.outside())
	f.sharpen(0, f.ink)
	d, area := f.digit(f.ink)
	d.warn(TouchesBorder, touches)
	d.warn(SeveralDigits, several)
	d.warn(NearlyBlank, nearlyBlank*area < f.ink.Rect.Dx()*f.ink.Rect.Dy())
	return d, nil
}

// PrepareAll finds all digits in a picture and returns each in MNIST's form.
// The digits come in reading order: lines from top to bottom, each line from
// left to right. The list is empty if no ink looks like a digit. Touching
// digits are separated if one cut through a single stroke is enough.
//
// Options, errors and panics are as in [Prepare]. Prepare does better with one
// digit that fills the picture.
func PrepareAll(img image.Image, opts *Options) ([]*Digit, error) {
	f, err := findInk(img, opts, pageSide)
	if err != nil {
		return nil, err
	}
	var confidence func(*image.Gray) float64
	if opts != nil {
		confidence = opts.Confidence
	}
	p := readPage(f.ink, confidence)
	var list []*Digit
	for _, g := range p.glyphs {
		d, _ := f.digit(p.extract(g))
		d.Line = g.line
		d.warn(TouchesBorder, !g.box.In(f.ink.Rect.Inset(1)))
		list = append(list, d)
	}
	return list, nil
}

// foundInk is the ink of a picture, and how it was found.
type foundInk struct {
	bounds      image.Rectangle // of the picture as stored
	shrunk      image.Rectangle // of the shrunk picture, before turning
	orientation Orientation
	*inkPicture
	ground
	ink *image.Gray // shrunk, upright, without ruled lines
}

// findInk does the steps that Prepare and PrepareAll share. The longer side of
// the shrunk picture has at most side pixels.
func findInk(img image.Image, opts *Options, side int) (*foundInk, error) {
	mustHave(img)
	f := foundInk{bounds: img.Bounds()}
	want := Auto
	if opts != nil {
		f.orientation, want = opts.Orientation, opts.Polarity
	}
	f.orientation = f.orientation.mustBeValid()
	if want < Auto || want > LightInk {
		panic(fmt.Sprintf("imageprep: Options.Polarity is %v, want Auto, DarkInk or LightInk", want))
	}
	var err error
	if f.inkPicture, err = readInk(img, side, f.orientation, want); err != nil {
		return nil, err
	}
	f.shrunk = f.gray.Rect
	if f.orientation.swaps() {
		f.shrunk = image.Rect(0, 0, f.shrunk.Dy(), f.shrunk.Dx())
	}
	f.ink = f.inks[0]
	f.ground = *f.groundOf(f.ink.Rect)
	EraseRuledLines(f.ink)
	if slices.Max(f.ink.Pix) < inkLevel {
		levels := histogramOf(f.gray)
		low, high := levels.extremes()
		return nil, &BlankError{Min: low, Max: high, Contrast: f.contrast, OnlyRuledLines: true}
	}
	return &f, nil
}

// digit makes the Digit from ink, which shows only this digit, in the
// coordinates of f.ink. Center brings the digit to 28x28 pixels. area is the
// digit's area in pixels of f.ink.
func (f *foundInk) digit(ink *image.Gray) (d *Digit, area int) {
	box := InkBox(ink)
	d = &Digit{
		Image:    Center(ink, box),
		Polarity: f.polarity, Threshold: f.threshold, Contrast: f.contrast,
		Box: enlarge(f.orientation.stored(box, f.shrunk), f.shrunk, f.bounds),
	}
	boxed := ink.SubImage(box).(*image.Gray)
	_, parts := findParts(boxed)
	for _, q := range parts {
		area += q.area
	}
	scale := float64(max(f.bounds.Dx(), f.bounds.Dy())) / float64(max(f.shrunk.Dx(), f.shrunk.Dy()))
	d.Stroke = StrokeWidth(boxed) * scale
	d.warn(SeveralParts, len(parts) > 1)
	d.warn(Tiny, max(d.Box.Dx(), d.Box.Dy()) < tinySide)
	d.warn(LowContrast, f.contrast < lowContrast)
	return d, area
}

// enlarge returns the smallest rectangle of the original picture that covers a
// box of the shrunk picture.
func enlarge(box, shrunk, bounds image.Rectangle) image.Rectangle {
	scale := func(low, high, from, to int) (int, int) {
		return int(int64(low) * int64(to) / int64(from)), int((int64(high)*int64(to) + int64(from) - 1) / int64(from))
	}
	x0, x1 := scale(box.Min.X, box.Max.X, shrunk.Dx(), bounds.Dx())
	y0, y1 := scale(box.Min.Y, box.Max.Y, shrunk.Dy(), bounds.Dy())
	return image.Rect(x0, y0, x1, y1).Add(bounds.Min)
}

// Raw returns a gray copy of a picture that already has MNIST's form. Colors
// become gray as in [Luminance], but transparent pixels become black. Raw
// checks only the size. For pale ink, see [StretchPale]. The error is a
// [*SizeError].
func Raw(img image.Image) (*image.Gray, error) {
	mustHave(img)
	b := img.Bounds()
	if b.Empty() || b.Dx() != Size || b.Dy() != Size {
		const advice = "use Prepare, which finds, scales and centers the digit"
		return nil, &SizeError{Bounds: b, Want: "28x28", Advice: advice}
	}
	return readGray(b, newRowReader(img, black)), nil
}

// paleBelow is the lowest level of ink that is not pale. Models read ink of
// this level as well as ink of 255.
const paleBelow = 224

// StretchPale stretches the levels of a pale picture with light ink, in place:
// the darkest becomes 0 and the lightest becomes 255. A picture is pale if its
// lightest level is below 224. The pictures of MNIST are not pale: their
// lightest levels are 254 and 255.
//
// Two kinds of pictures stay as they are: those that are not pale, and those
// whose ink is too faint to tell from noise.
func StretchPale(g *image.Gray) {
	levels := histogramOf(g)
	if _, high := levels.extremes(); high >= paleBelow {
		return
	}
	if s, ok := levels.split(); !ok || s.contrast() < minContrast && !isDrawn(g) {
		return
	}
	stretch(g)
}
