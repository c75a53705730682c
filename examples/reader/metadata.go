package reader

import (
	"fmt"
	"slices"
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
	// "10 11 12". They must be the last classes of the model, in order, after
	// at least two others. The probability of "no digit" is the sum of their
	// probabilities. Without such classes, it is 0. No other class may be
	// called "no digit".
	NoDigitKey = "no digit"

	// OneThingKey is "true" if a picture shows one thing, such as a shape or a
	// sign. It is "false" if a picture shows any number of digits or letters,
	// in lines. The default is "true" if a class has a name of several
	// characters, and otherwise "false".
	OneThingKey = "one thing"
)

// newReader is New, without the package's name in errors.
func newReader(m *softmax.Model) (*Reader, error) {
	features, err := imageprep.ParseFeatures(m.Metadata[FeaturesKey])
	if err != nil {
		return nil, fmt.Errorf("the model's metadata: %w", err)
	}
	if err := setComponents(&features, m.Tensors); err != nil {
		return nil, err
	}
	names, err := namesOf(m)
	if err != nil {
		return nil, err
	}
	if m.Features() != features.Len() {
		return nil, fmt.Errorf("the model has %d features; want %d (%s, unless %q in the metadata names others, such as %q)",
			m.Features(), features.Len(), features, FeaturesKey, imageprep.Features{HOG: imageprep.DefaultHOG()})
	}
	r := &Reader{model: m, features: features, names: names, separator: Separator(names)}
	if r.sure, err = threshold(m); err != nil {
		return nil, err
	}
	if r.oneThing, err = oneThing(m, r.separator != ""); err != nil {
		return nil, err
	}
	r.scratch.New = func() any {
		return &scratch{make([]float32, features.Len()), make([]float32, m.Classes())}
	}
	return r, nil
}

// namesOf returns the names of the classes that are not "no digit".
func namesOf(m *softmax.Model) ([]string, error) {
	listed := strings.Fields(m.Metadata[NoDigitKey])
	n := m.Classes() - len(listed)
	fit := n >= 2
	for i, class := range listed {
		fit = fit && class == strconv.Itoa(n+i)
	}
	switch {
	case !fit:
		return nil, fmt.Errorf("the model has %d classes, and its metadata have %q: %.60q; want the numbers of its last classes, "+
			"in order, such as \"11 12\" for 13 classes, after at least two others", m.Classes(), NoDigitKey, m.Metadata[NoDigitKey])
	case len(m.Names) == 0:
		names := make([]string, n)
		for class := range names {
			names[class] = strconv.Itoa(class)
		}
		return names, nil
	case len(m.Names) != m.Classes():
		return nil, fmt.Errorf("the model has %d classes and %d names; want a name for each class", m.Classes(), len(m.Names))
	}
	if i := slices.Index(m.Names[:n], ""); i >= 0 {
		return nil, fmt.Errorf("the name of class %d is empty; want a text, because an answer is a name", i)
	}
	if i := slices.Index(m.Names[:n], noDigit); i >= 0 {
		return nil, fmt.Errorf("class %d is called %q, which is the answer for pictures of no class; choose another name, "+
			"or list the class in the metadata under %q", i, noDigit, NoDigitKey)
	}
	return slices.Clone(m.Names[:n]), nil
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

// oneThing returns the value of OneThingKey.
func oneThing(m *softmax.Model, byDefault bool) (bool, error) {
	switch text, ok := m.Metadata[OneThingKey]; {
	case !ok:
		return byDefault, nil
	case text == "true", text == "false":
		return text == "true", nil
	default:
		return false, fmt.Errorf("the model's metadata have %q: %.20q; want true or false", OneThingKey, text)
	}
}
