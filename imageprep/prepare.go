package imageprep

import (
	"fmt"
	"image"
)

// Size is the width and the height of a picture in MNIST's form.
const Size = 28

// Options are the settings of [Prepare] and [PrepareAll]. The zero value suits
// most pictures.
type Options struct {
	Orientation Orientation // see OrientationOf
	Polarity    Polarity    // Auto: find out

	// One says that the picture shows exactly one digit. Then the most
	// probable digit is found, even if others are in the picture. If lines are
	// the only ink, such as those of a square, they are taken for the digit.
	One bool

	// Whole says that the picture shows exactly one thing of any shape, such as
	// a star or an arrow. Then all ink is one digit, even if it is in several
	// parts. Ruled lines, specks, and ink that reaches the border are left out.
	// Strokes of the thing and a frame around it stay. Whole includes One.
	Whole bool

	// Confidence says how much a picture in MNIST's form looks like one digit
	// rather than none or several. It returns the natural logarithm of a
	// probability, so at most 0: for example, that of the best digit. It
	// decides where touching digits are cut, what is no digit, and whether the
	// page must be turned. If it is nil, only sizes decide.
	Confidence func(digit *image.Gray) float64
}

// A Page is what [PrepareAll] finds in a picture.
type Page struct {
	Digits  []*Digit // in reading order: line by line, from left to right
	LeftOut []*Digit // other ink, in the same order: marks, signs, letters

	// Orientation tells how to turn the picture so that the digits are upright.
	// If the digits read clearly better at another angle than that in Options,
	// the picture was turned more. Turned tells by how many degrees, clockwise:
	// 0, 90, 180 or 270.
	Orientation Orientation
	Turned      int

	Warnings []Warning // about the whole page, in ascending order
}

// A Digit is one digit that Prepare or PrepareAll found in a picture, or ink
// that is left out.
type Digit struct {
	Image     *image.Gray     // in MNIST's form
	Polarity  Polarity        // DarkInk or LightInk
	Threshold uint8           // the gray level between ground and ink
	Contrast  uint8           // between ink and ground, in gray levels
	Box       image.Rectangle // bounding box in the picture as stored
	Stroke    float64         // mean stroke width in the picture, in pixels
	Line      int             // line of writing on the page, from 0
	Space     bool            // a wide gap precedes it in its line
	Warnings  []Warning       // what may be wrong, in ascending order
}

// Prepare finds the one digit in a picture and returns it in MNIST's form. The
// picture may be a photograph or a drawing of any type and size, with dark or
// light ink. Prepare does what [PrepareAll] does. opts may be nil.
//
// The error is a [*CountError] if the picture shows ink, but not exactly one
// digit. With Options.One or Whole, there is always one. Other errors and
// panics are those of PrepareAll.
func Prepare(img image.Image, opts *Options) (*Digit, error) {
	p, err := PrepareAll(img, opts)
	if err != nil {
		return nil, err
	}
	if len(p.Digits) != 1 {
		return nil, &CountError{Page: p}
	}
	return p.Digits[0], nil
}

// PrepareAll finds all digits in a picture and returns each in MNIST's form. It
// erases the lines of forms, tables and ruled paper. It divides the other ink
// into lines of writing, and each line into pieces. Then it chooses the digits
// such that they explain the ink best: see Options.Confidence. Ink that is no
// digit is in LeftOut, except for specks: a page of specks has neither Digits
// nor LeftOut. opts may be nil.
//
// To bound its time on noise, PrepareAll reads at most 1000 pieces of ink, the
// largest ones. It reads fewer if their boxes overlap much, or if the page
// needs thousands of calls of Options.Confidence. A page with ink that is not
// read for these reasons has the warning TooMuchInk.
//
// The error is a [*SizeError] if img has no pixels or more than 2^28 pixels. It
// is a [*BlankError] if img shows no ink. PrepareAll panics if opts has an
// invalid Polarity or Orientation.
func PrepareAll(img image.Image, opts *Options) (*Page, error) {
	mustHave(img)
	var o Options
	if opts != nil {
		o = *opts
	}
	o.Orientation, o.One = o.Orientation.mustBeValid(), o.One || o.Whole
	if o.Polarity < Auto || o.Polarity > LightInk {
		panic(fmt.Sprintf("imageprep: Options.Polarity is %v, want Auto, DarkInk or LightInk", o.Polarity))
	}
	f, err := findInk(img, &o)
	if err != nil {
		return nil, err
	}
	w := f.read(&o)
	turned, doubtful := 0, false
	if !o.One {
		turned, doubtful = w.turn()
	}
	if turned != 0 {
		o.Orientation = o.Orientation.then(turned)
		if f, err = findInk(img, &o); err != nil {
			return nil, err
		}
		w = f.read(&o)
	}
	return f.page(w, turned, doubtful), nil
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
