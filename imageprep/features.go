package imageprep

import (
	"fmt"
	"image"
	"strings"
)

// Features describes the vector that a model takes as its input. The zero
// value is the 784 pixels.
//
// The text form, see [Features.String] and [ParseFeatures], is meant to be
// stored with a model, so that any program can prepare the right vector for it:
//
//	features, err := imageprep.ParseFeatures(model.Metadata["features"])
//	...
//	x := features.Vector(nil, digit.Image)
type Features struct {
	// HOG, unless it is zero, takes the place of the pixels: the histograms
	// are those of the deskewed digit, see Deskew.
	HOG HOG

	// Products appends the products of all pairs of histogram numbers, as the
	// function Products does. It needs a HOG with at most 1000 numbers.
	Products bool
}

const (
	pixelsName     = "pixels"
	productsSuffix = " products"
	hogFormat      = "hog directions=%d cells=%d margin=%g contrast=%t"

	// maxProducts bounds the numbers of which products are made: half a
	// million of them.
	maxProducts = 1000
)

// ParseFeatures returns the features with this text form. The empty text means
// pixels.
func ParseFeatures(text string) (Features, error) {
	if text == "" || text == pixelsName {
		return Features{}, nil
	}
	var f Features
	base, products := strings.CutSuffix(text, productsSuffix)
	_, err := fmt.Sscanf(base, hogFormat, &f.HOG.Directions, &f.HOG.Cells, &f.HOG.Margin, &f.HOG.Contrast)
	f.Products = products
	// The text must be complete, and in the form that String writes.
	if err != nil || !f.Valid() || f.String() != text {
		return Features{}, fmt.Errorf("imageprep: features %.100q are unknown; known are %s and %s, or with other parameters",
			text, Features{}, Features{HOG: DefaultHOG()})
	}
	return f, nil
}

// Valid reports whether the HOG is zero or valid, and whether products are
// possible.
func (f Features) Valid() bool {
	if f.HOG == (HOG{}) {
		return !f.Products
	}
	return f.HOG.Valid() && (!f.Products || f.HOG.Len() <= maxProducts)
}

// String returns the text form: "pixels", or all parameters, for example
// "hog directions=8 cells=4 margin=2 contrast=false products".
func (f Features) String() string {
	if f.HOG == (HOG{}) {
		return pixelsName
	}
	text := fmt.Sprintf(hogFormat, f.HOG.Directions, f.HOG.Cells, f.HOG.Margin, f.HOG.Contrast)
	if f.Products {
		text += productsSuffix
	}
	return text
}

// Len returns the number of features.
func (f Features) Len() int {
	if f.HOG == (HOG{}) {
		return Size * Size
	}
	n := f.HOG.Len()
	if f.Products {
		n += n * (n + 1) / 2
	}
	return n
}

// Vector writes the features of a digit in MNIST's form to dst and returns
// dst. A nil dst is allocated; otherwise its length must be Len. Vector panics
// if the length is wrong, digit is not 28x28, or f is not valid. It is safe for
// concurrent use. With a dst, it allocates nothing.
func (f Features) Vector(dst []float32, digit *image.Gray) []float32 {
	if !f.Valid() {
		panic(fmt.Sprintf("imageprep: features %+v, want a valid HOG, and for products at most %d of its numbers", f, maxProducts))
	}
	if f.HOG == (HOG{}) {
		return Float32(dst, digit)
	}
	var pixels [Size * Size]float32
	Deskew(pixels[:], digit)
	if !f.Products {
		return f.HOG.Vector(dst, pixels[:])
	}
	var histograms [maxProducts]float32
	return Products(dst, f.HOG.Vector(histograms[:f.HOG.Len()], pixels[:]))
}

// Products writes x and then the products x[i] x[j] of all pairs with i ≤ j to
// dst and returns dst: x[0] x[0], x[0] x[1], and so on. A linear model of them
// is a quadratic model of x. A nil dst is allocated; otherwise its length must
// be n + n(n+1)/2 for n = len(x), or Products panics.
func Products(dst, x []float32) []float32 {
	n := len(x) + len(x)*(len(x)+1)/2
	if dst == nil {
		dst = make([]float32, n)
	}
	if len(dst) != n {
		panic(fmt.Sprintf("imageprep: len(dst) = %d, want %d", len(dst), n))
	}
	rest := dst[copy(dst, x):]
	for i, v := range x {
		for j, w := range x[i:] {
			rest[j] = v * w
		}
		rest = rest[len(x)-i:]
	}
	return dst
}
