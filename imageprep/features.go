package imageprep

import (
	"fmt"
	"image"
	"strconv"
	"strings"
)

// Features describe the vector that a model takes. The zero value describes
// pixels. Store the text form with a model. Then any program can prepare the
// model's vectors:
//
//	features, err := imageprep.ParseFeatures(model.Metadata["features"])
//	...
//	x := features.Vector(nil, digit.Image)
//
// The text has only the number of components. Store their Weight and Bias with
// the model, too, and set them after ParseFeatures.
type Features struct {
	HOG        HOG         // of the deskewed digit; the zero HOG means pixels
	Components *Components // of the HOG, which they replace; nil means none
	Products   bool        // of the components or of the HOG, see Products
}

const (
	pixelsText     = "pixels"
	hogFormat      = "hog directions=%d cells=%d margin=%g contrast=%t"
	componentsText = " components=" // follows the text of a HOG
	productsText   = " products"    // follows both

	// maxFactors is how many numbers there may be before Components or
	// Products. 1000 numbers have about half a million products.
	maxFactors = 1000
)

// ParseFeatures returns the features of a text form. An empty text means
// pixels. If there are components, the text has only their number: Weight is
// nil, and all of Bias is 0. Set both before you call [Features.Vector]. Any
// other text that [Features.String] does not return is an error.
func ParseFeatures(text string) (Features, error) {
	if text == "" || text == pixelsText {
		return Features{}, nil
	}
	var f Features
	rest, products := strings.CutSuffix(text, productsText)
	f.Products = products
	hog, components, ok := strings.Cut(rest, componentsText)
	if ok {
		k, err := strconv.Atoi(components)
		if err != nil || k < 1 || k > maxFactors {
			return Features{}, unknownFeatures(text)
		}
		f.Components = &Components{Bias: make([]float32, k)}
	}
	value := func(key string) string {
		_, after, _ := strings.Cut(hog, key+"=")
		before, _, _ := strings.Cut(after, " ")
		return before
	}
	f.HOG.Directions, _ = strconv.Atoi(value("directions"))
	f.HOG.Cells, _ = strconv.Atoi(value("cells"))
	margin, _ := strconv.ParseFloat(value("margin"), 32)
	f.HOG.Margin = float32(margin)
	f.HOG.Contrast, _ = strconv.ParseBool(value("contrast"))
	// Another spelling and a malformed value have another text.
	if !f.known() || f.String() != text {
		return Features{}, unknownFeatures(text)
	}
	return f, nil
}

func unknownFeatures(text string) error {
	return fmt.Errorf("imageprep: features %.100q are unknown; "+
		"known are %s and %s, or with other parameters", text, Features{}, Features{HOG: DefaultHOG()})
}

// Valid reports whether such a vector exists. HOG must be zero or valid.
// Components need a HOG of at most 1000 numbers. Each component has a weight
// for each of them. Products need a HOG, and at most 1000 numbers to multiply.
func (f Features) Valid() bool {
	return f.known() && (f.Components == nil || f.Components.valid(f.HOG.Len()))
}

// known is Valid, except that it does not check the weights of components.
func (f Features) known() bool {
	if f.pixels() {
		return !f.Products && f.Components == nil
	}
	plain := f.Components == nil && !f.Products
	return f.HOG.Valid() && (plain || max(f.HOG.Len(), f.factors()) <= maxFactors)
}

func (f Features) pixels() bool { return f.HOG == HOG{} }

// factors returns how many numbers there are before Products.
func (f Features) factors() int {
	if f.Components != nil {
		return len(f.Components.Bias)
	}
	return f.HOG.Len()
}

// String returns the text form, for example "pixels" or
// "hog directions=8 cells=6 margin=3 contrast=true components=60 products".
func (f Features) String() string {
	if f.pixels() {
		return pixelsText
	}
	text := fmt.Sprintf(hogFormat, f.HOG.Directions, f.HOG.Cells, f.HOG.Margin, f.HOG.Contrast)
	if f.Components != nil {
		text += componentsText + strconv.Itoa(len(f.Components.Bias))
	}
	if f.Products {
		text += productsText
	}
	return text
}

// Len returns the length of the vector.
func (f Features) Len() int {
	switch n := f.factors(); {
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
	f.mustBeValid()
	mustBeDigit(digit)
	if f.pixels() {
		return Float32(dst, digit)
	}
	dst = sized(dst, f.Len())
	var pixels [Size * Size]float32
	Deskew(pixels[:], digit)
	if f.Components == nil && !f.Products {
		return f.HOG.Vector(dst, pixels[:])
	}
	factors := dst[:f.factors()]
	if f.Components == nil {
		f.HOG.Vector(factors, pixels[:])
	} else {
		var numbers [maxFactors]float32
		f.Components.vector(factors, f.HOG.Vector(numbers[:f.HOG.Len()], pixels[:]))
	}
	if f.Products {
		multiply(dst[len(factors):], factors)
	}
	return dst
}

func (f Features) mustBeValid() {
	if !f.Valid() {
		panic(fmt.Sprintf("imageprep: Features are %q, want a valid HOG, of at most %d numbers "+
			"before components or products, and components with weights for it", f, maxFactors))
	}
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
	multiply(dst[copy(dst, x):], x)
	return dst
}

// multiply writes the products of x to dst.
func multiply(dst, x []float32) {
	for i, v := range x {
		for j, w := range x[i:] {
			dst[j] = v * w
		}
		dst = dst[len(x)-i:]
	}
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
