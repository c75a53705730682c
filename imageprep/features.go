package imageprep

import (
	"fmt"
	"image"
	"strings"
)

// Features describe the vector that a model takes. The zero value describes
// pixels. Store the text form with a model. Then any program can prepare the
// model's vectors:
//
//	features, err := imageprep.ParseFeatures(model.Metadata["features"])
//	...
//	x := features.Vector(nil, digit.Image)
type Features struct {
	HOG      HOG  // of the deskewed digit; the zero HOG means pixels
	Products bool // see Products; needs a HOG of at most 1000 numbers
}

const (
	pixelsText   = "pixels"
	hogFormat    = "hog directions=%d cells=%d margin=%g contrast=%t"
	productsText = " products" // follows the text of a HOG

	// maxFactors is how many numbers Products may multiply with one
	// another. So many numbers have about half a million products.
	maxFactors = 1000
)

// ParseFeatures learns from a text form which vector a model takes. An empty
// text means pixels. A text that [Features.String] does not return is an error.
func ParseFeatures(text string) (Features, error) {
	if text == "" || text == pixelsText {
		return Features{}, nil
	}
	var f Features
	hog, products := strings.CutSuffix(text, productsText)
	_, err := fmt.Sscanf(hog, hogFormat, &f.HOG.Directions, &f.HOG.Cells, &f.HOG.Margin, &f.HOG.Contrast)
	f.Products = products
	// Sscanf accepts other spellings, and any text that follows.
	if err != nil || !f.Valid() || f.String() != text {
		return Features{}, fmt.Errorf("imageprep: features %.100q are unknown; "+
			"known are %s and %s, or with other parameters", text, Features{}, Features{HOG: DefaultHOG()})
	}
	return f, nil
}

// Valid reports whether such a vector exists. HOG must be zero or valid.
// Products needs a HOG of 1 to 1000 numbers.
func (f Features) Valid() bool {
	if f.pixels() {
		return !f.Products
	}
	return f.HOG.Valid() && (!f.Products || f.HOG.Len() <= maxFactors)
}

func (f Features) pixels() bool { return f.HOG == HOG{} }

// String returns the text form, for example "pixels" or
// "hog directions=8 cells=4 margin=2 contrast=false products".
func (f Features) String() string {
	if f.pixels() {
		return pixelsText
	}
	text := fmt.Sprintf(hogFormat, f.HOG.Directions, f.HOG.Cells, f.HOG.Margin, f.HOG.Contrast)
	if f.Products {
		text += productsText
	}
	return text
}

// Len returns the length of the vector.
func (f Features) Len() int {
	switch n := f.HOG.Len(); {
	case f.pixels():
		return Size * Size
	case f.Products:
		return lenWithProducts(n)
	default:
		return n
	}
}

// Vector writes the f.Len() numbers of a digit in MNIST's form to dst. It
// panics if digit is not 28x28 or f is not valid.
func (f Features) Vector(dst []float32, digit *image.Gray) []float32 {
	if !f.Valid() {
		panic(fmt.Sprintf("imageprep: Features are %q, want a valid HOG, for products with at most %d numbers",
			f, maxFactors))
	}
	mustBeDigit(digit)
	if f.pixels() {
		return Float32(dst, digit)
	}
	var pixels [Size * Size]float32
	Deskew(pixels[:], digit)
	if !f.Products {
		return f.HOG.Vector(dst, pixels[:])
	}
	var numbers [maxFactors]float32
	return Products(dst, f.HOG.Vector(numbers[:f.HOG.Len()], pixels[:]))
}

// Float32 writes the pixels v of g to dst, row by row, as float32(v)/255. g may
// have any size.
func Float32(dst []float32, g *image.Gray) []float32 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	dst = sized(dst, w*h)
	for y := range h {
		out := dst[y*w:][:w]
		for x, v := range row(g, y) {
			out[x] = float32(v) / 255
		}
	}
	return dst
}

// Products writes the n numbers of x to dst. After them, it writes the n(n+1)/2
// products x[i]*x[j] with i <= j: x[0]*x[0], x[0]*x[1], and so on. A linear
// model of dst is a quadratic model of x. dst and x must not overlap.
func Products(dst, x []float32) []float32 {
	dst = sized(dst, lenWithProducts(len(x)))
	rest := dst[copy(dst, x):]
	for i, v := range x {
		for j, w := range x[i:] {
			rest[j] = v * w
		}
		rest = rest[len(x)-i:]
	}
	return dst
}

func lenWithProducts(n int) int { return n + n*(n+1)/2 }

// sized returns dst, or n new elements if dst is nil. It panics if len(dst) is
// not n.
func sized(dst []float32, n int) []float32 {
	if dst == nil {
		dst = make([]float32, n)
	}
	if len(dst) != n {
		panic(fmt.Sprintf("imageprep: len(dst) = %d, want %d", len(dst), n))
	}
	return dst
}
