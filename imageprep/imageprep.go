package imageprep

import (
	"fmt"
	"image"
)

// Size is the width and the height of a picture in MNIST's form.
const Size = 28

// workSide is the longer side of the picture in which the digit is looked for.
const workSide = 256

// Options are the wishes of a caller of [Prepare]. The zero value has none.
type Options struct {
	Polarity Polarity // Auto finds out
}

// A Digit is what [Prepare] found in a picture, and how.
type Digit struct {
	// Image is the digit in MNIST's form, 28x28 with a Stride of 28: Image.Pix is the vector of 784 pixels, row by row.
	Image *image.Gray

	Polarity  Polarity        // DarkInk or LightInk: found, or as told
	Threshold uint8           // grey level of the picture beyond which, on the ink's side, there is ink
	Box       image.Rectangle // the ink's box in the coordinates of the picture
}

// Prepare finds the one digit in a picture and brings it into MNIST's form. The picture may be of any type and size,
// a photograph or a drawing, dark on light or light on dark. Options may be nil. The package comment tells the steps.
//
// The error is a [*SizeError] if the picture has no pixel or more than 268 million, and a [*BlankError] if it shows no
// ink. Prepare does not keep or change img, and is safe for concurrent use if img's methods are. It panics if img is
// nil or the options' Polarity is none of the three.
func Prepare(img image.Image, opts *Options) (*Digit, error) {
	mustHave(img)
	var d Digit
	if opts != nil {
		d.Polarity = opts.Polarity
	}
	if d.Polarity < Auto || d.Polarity > LightInk {
		panic(fmt.Sprintf("imageprep: Options.Polarity is %v, want Auto, DarkInk or LightInk", d.Polarity))
	}
	g, err := Shrink(img, workSide)
	if err != nil {
		return nil, err
	}
	if d.Polarity == Auto {
		d.Polarity = FindPolarity(g)
	}
	ink, threshold, err := Ink(g, d.Polarity)
	if err != nil {
		return nil, err
	}
	d.Threshold = threshold
	Clean(ink)
	box := InkBox(ink)
	d.Box = enlarge(box, g.Rect, img.Bounds())
	d.Image = Center(ink, box)
	return &d, nil
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
