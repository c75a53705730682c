// Package features names the vectors that the examples' models eat, so that a
// model file can say which one it wants.
package features

import (
	"fmt"
	"image"
	"strings"

	"github.com/seed-cd6415d7/digits/imageprep"
)

// Key is the key of a model's metadata under which the name of its features
// stands.
const Key = "features"

// A Map makes a vector of a digit in MNIST's form, 28x28 with ink 255 on 0.
type Map struct {
	// Name says which vector it is, with all its parameters: "pixels", or for
	// example "hog directions=8 cells=4 margin=2 contrast=false", with " products"
	// behind it for those of all pairs.
	Name string
	Len  int

	hog      imageprep.HOG // if not pixels
	products bool          // of all pairs, too
}

const (
	pixels    = "pixels"
	hogSuffix = " products"
	hogFormat = "hog directions=%d cells=%d margin=%g contrast=%t"
)

// Pixels returns the map to the 784 pixels, from 0 to 1.
func Pixels() Map {
	return Map{Name: pixels, Len: imageprep.Size * imageprep.Size}
}

// HOG returns the map to a histogram of oriented gradients of the digit
// normalised by its moments.
func HOG(h imageprep.HOG) Map {
	name := fmt.Sprintf(hogFormat, h.Directions, h.Cells, h.Margin, h.Contrast)
	return Map{Name: name, Len: h.Len(), hog: h}
}

// Products returns the map that adds to the numbers x[i] of m, which is a HOG,
// the products x[i] x[j] of all pairs with i <= j: x[0] x[0], x[0] x[1], ... A
// linear model of them is a quadratic one of m.
func Products(m Map) Map {
	m.Name += hogSuffix
	m.Len += m.Len * (m.Len + 1) / 2
	m.products = true
	return m
}

// Base returns m without the products, and whether it had some.
func (m Map) Base() (base Map, products bool) {
	if !m.products {
		return m, false
	}
	return HOG(m.hog), true
}

// Parse returns the map of the given name. A model without a name is one of
// pixels.
func Parse(name string) (Map, error) {
	if name == "" || name == pixels {
		return Pixels(), nil
	}
	var h imageprep.HOG
	base, products := strings.CutSuffix(name, hogSuffix)
	_, err := fmt.Sscanf(base, hogFormat, &h.Directions, &h.Cells, &h.Margin, &h.Contrast)
	// What was read must be all there is, and in the ranges that HOG has.
	if m := HOG(h); err == nil && m.Name == base && h.Valid() && (!products || m.Len <= maxProducts) {
		if products {
			m = Products(m)
		}
		return m, nil
	}
	known := []string{pixels, HOG(imageprep.DefaultHOG()).Name}
	return Map{}, fmt.Errorf("features %.100q are unknown; known are %s, or with other parameters", name, strings.Join(known, " and "))
}

// maxProducts is the length of the longest vector of which there are products:
// half a million of them.
const maxProducts = 1000

// AddProducts writes x and the products of its pairs to dst, whose length must
// be exact.
func AddProducts(dst, x []float32) {
	rest := dst[copy(dst, x):]
	for i, v := range x {
		for j, w := range x[i:] {
			rest[j] = v * w
		}
		rest = rest[len(x)-i:]
	}
}

// Vector writes the features of digit to dst and returns it. A nil dst is
// allocated; otherwise it must have m.Len elements. It is safe for concurrent
// use.
func (m Map) Vector(dst []float32, digit *image.Gray) []float32 {
	if m.Name == pixels {
		return imageprep.Float32(dst, digit)
	}
	var normalized [imageprep.Size * imageprep.Size]float32
	imageprep.Deskew(normalized[:], digit)
	if !m.products {
		return m.hog.Vector(dst, normalized[:])
	}
	if dst == nil {
		dst = make([]float32, m.Len)
	}
	var buf [maxProducts]float32
	AddProducts(dst, m.hog.Vector(buf[:m.hog.Len()], normalized[:]))
	return dst
}
