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
	// example "hog directions=8 cells=4 margin=2 contrast=false".
	Name string
	Len  int

	hog imageprep.HOG // if not pixels
}

const (
	pixels    = "pixels"
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

// Parse returns the map of the given name. A model without a name is one of
// pixels.
func Parse(name string) (Map, error) {
	if name == "" || name == pixels {
		return Pixels(), nil
	}
	var h imageprep.HOG
	_, err := fmt.Sscanf(name, hogFormat, &h.Directions, &h.Cells, &h.Margin, &h.Contrast)
	// What was read must be all there is, and in the ranges that HOG has.
	if m := HOG(h); err == nil && m.Name == name && h.Valid() {
		return m, nil
	}
	known := []string{pixels, HOG(imageprep.DefaultHOG).Name}
	return Map{}, fmt.Errorf("features %.100q are unknown; known are %s, or with other parameters", name, strings.Join(known, " and "))
}

// Vector writes the features of digit to dst and returns it. A nil dst is
// allocated; otherwise it must have m.Len elements. It is safe for concurrent
// use.
func (m Map) Vector(dst []float32, digit *image.Gray) []float32 {
	if m.Name == pixels {
		return imageprep.Float32(dst, digit)
	}
	var normalized [imageprep.Size * imageprep.Size]float32
	return m.hog.Features(dst, imageprep.Normalize(normalized[:], digit))
}
