package imageprep

import (
	"fmt"
	"image"
)

// Orientation tells how the rows and columns of a picture lie, by the eight values of EXIF's tag of that name: a camera that
// is held sideways stores what its sensor saw and notes how it was held. The value, from 1 to 8, is where the stored
// picture's first row and first column belong:
//
//	1 top, left      5 left, top
//	2 top, right     6 right, top      (turn it clockwise)
//	3 bottom, right  7 right, bottom
//	4 bottom, left   8 left, bottom    (turn it counterclockwise)
//
// The zero value counts as 1, upright. [OrientationOf] reads it from a file; decoders leave the picture as it was stored.
type Orientation int

// Upright is the orientation of a picture whose first row is on top and whose first column is on the left.
const Upright Orientation = 1

// mustBeValid returns o, and Upright for 0.
func (o Orientation) mustBeValid() Orientation {
	if o < 0 || o > 8 {
		panic(fmt.Sprintf("imageprep: Orientation is %d, want 1 to 8, or 0 for upright", int(o)))
	}
	return max(o, Upright)
}

// swaps reports whether the stored rows are columns of the upright picture. mirrors reports which of the stored directions
// run backwards.
func (o Orientation) swaps() bool { return o >= 5 }
func (o Orientation) mirrors() (x, y bool) {
	return o == 2 || o == 3 || o == 7 || o == 8, o == 3 || o == 4 || o == 6 || o == 7
}

// Turn returns g as it is to be looked at if o is its orientation: a new picture that starts at (0, 0), or g itself if it is
// upright. It panics if o is not one of the eight, or 0.
func Turn(g *image.Gray, o Orientation) *image.Gray {
	if o = o.mustBeValid(); o == Upright {
		return g
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if o.swaps() {
		w, h = h, w
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			from := o.stored(image.Rect(x, y, x+1, y+1), g.Rect).Min
			out.Pix[y*w+x] = g.Pix[g.PixOffset(from.X, from.Y)]
		}
	}
	return out
}

// stored carries a rectangle of the upright picture, which starts at (0, 0), over to the stored one with the given bounds.
func (o Orientation) stored(r, bounds image.Rectangle) image.Rectangle {
	if o.swaps() {
		r = image.Rect(r.Min.Y, r.Min.X, r.Max.Y, r.Max.X)
	}
	mirrorX, mirrorY := o.mirrors()
	if mirrorX {
		r.Min.X, r.Max.X = bounds.Dx()-r.Max.X, bounds.Dx()-r.Min.X
	}
	if mirrorY {
		r.Min.Y, r.Max.Y = bounds.Dy()-r.Max.Y, bounds.Dy()-r.Min.Y
	}
	return r.Add(bounds.Min)
}
