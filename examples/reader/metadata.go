package reader

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// Keys of a model's metadata.
const (
	// FeaturesKey has the features that the model needs, in the text form of
	// imageprep.Features. The default is pixels. Components are in the model's
	// tensors: see Tensors.
	FeaturesKey = "features"

	// ThresholdKey has the lowest probability of a sure answer. The default
	// is 0. Above 1 (up to 2), no answer is sure.
	ThresholdKey = "sure from"

	// NoDigitKey has the classes that mean "no digit", separated by spaces:
	// "10 11 12". Classes 0 to 9 must be the digits, and NoDigitKey must list
	// all other classes, in order. The probability of "no digit" is the sum of
	// their probabilities. Without such classes, it is 0.
	NoDigitKey = "no digit"
)

const digits = 10

// newReader is New, without the package's name in errors.
func newReader(m *softmax.Model) (*Reader, error) {
	features, err := imageprep.ParseFeatures(m.Metadata[FeaturesKey])
	if err != nil {
		return nil, fmt.Errorf("the model's metadata: %w", err)
	}
	if err := setComponents(&features, m.Tensors); err != nil {
		return nil, err
	}
	if err := checkClasses(m); err != nil {
		return nil, err
	}
	if m.Features() != features.Len() {
		return nil, fmt.Errorf("the model has %d features; want %d (%s, unless %q in the metadata names others, such as %q)",
			m.Features(), features.Len(), features, FeaturesKey, imageprep.Features{HOG: imageprep.DefaultHOG()})
	}
	r := &Reader{model: m, features: features}
	if r.sure, err = threshold(m); err != nil {
		return nil, err
	}
	r.scratch.New = func() any {
		return &scratch{make([]float32, features.Len()), make([]float32, m.Classes())}
	}
	return r, nil
}

// checkClasses checks that the model has the digits, and that the metadata list
// all its other classes.
func checkClasses(m *softmax.Model) error {
	text, ok := m.Metadata[NoDigitKey]
	listed := strings.Fields(text)
	fit := digits+len(listed) == m.Classes()
	for i, class := range listed {
		fit = fit && class == strconv.Itoa(digits+i)
	}
	if fit {
		return nil
	}
	found := fmt.Sprintf("%q: %.60q", NoDigitKey, text)
	if !ok {
		found = fmt.Sprintf("no %q", NoDigitKey)
	}
	return fmt.Errorf("the model has %d classes, and its metadata have %s; want classes 0 to 9 for the digits, "+
		"and under %q all other classes, in order, such as \"10 11 12\"", m.Classes(), found, NoDigitKey)
}

// threshold returns the number of ThresholdKey.
func threshold(m *softmax.Model) (float32, error) {
	text, ok := m.Metadata[ThresholdKey]
	if !ok {
		return 0, nil
	}
	v, err := strconv.ParseFloat(text, 32)
	if err != nil || !(v >= 0 && v <= 2) {
		return 0, fmt.Errorf("the model's metadata have %q: %.20q; want a probability", ThresholdKey, text)
	}
	return float32(v), nil
}
