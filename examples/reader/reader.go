// Package reader reads digits in pictures with a model, as the examples do.
package reader

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"slices"
	"strconv"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// The model is made by the train example from the four MNIST files in the
// folder mnist.
//
//go:generate go run ../train -data ../../mnist -out model.safetensors
//go:embed model.safetensors
var embeddedModel []byte

const digits = 10

// FeaturesKey is the key of a model's metadata that says which features the
// model takes, in the text form of imageprep.Features.
const FeaturesKey = "features"

// ThresholdKey is the key of a model's metadata under which stands the
// probability from which on an answer is sure; above 1 none is.
const ThresholdKey = "sure from"

// A Reader turns pictures into digits. It is safe for concurrent use.
type Reader struct {
	model     *softmax.Model
	vector    imageprep.Features // what the model eats
	threshold float32

	Raw bool // pictures are in MNIST's form already
}

// New returns a reader with the model in the named file or, without a name,
// with the one that the program carries.
func New(name string) (*Reader, error) {
	model, err := softmax.Decode(bytes.NewReader(embeddedModel))
	if name != "" {
		model, err = softmax.Load(name)
	}
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = "within"
	}
	vector, err := imageprep.ParseFeatures(model.Metadata[FeaturesKey])
	if err != nil {
		return nil, fmt.Errorf("the model %s: %w", name, err)
	}
	if model.Features() != vector.Len() || model.Classes() != digits {
		missing := ""
		if model.Metadata[FeaturesKey] == "" && model.Classes() == digits {
			missing = fmt.Sprintf(". Of other than pixels a model must say in its metadata what they are, as in %q: %q",
				FeaturesKey, imageprep.Features{HOG: imageprep.DefaultHOG()})
		}
		return nil, fmt.Errorf("the model %s maps %d features to %d classes; want the %d of %q and %d digits%s",
			name, model.Features(), model.Classes(), vector.Len(), vector, digits, missing)
	}
	r := &Reader{model: model, vector: vector}
	if s, ok := model.Metadata[ThresholdKey]; ok {
		threshold, err := strconv.ParseFloat(s, 32)
		if err != nil || !(threshold >= 0 && threshold <= 2) {
			return nil, fmt.Errorf("the model %s says it is sure from %.20q; want a probability", name, s)
		}
		r.threshold = float32(threshold)
	}
	return r, nil
}

// An Answer is one digit that was read.
type Answer struct {
	*imageprep.Digit           // what was seen
	Value            int       // the most probable digit
	RunnerUp         int       // the second
	Probs            []float32 // of all ten
	Sure             bool      // the probability is as high as the model wants it
}

// Prob returns the probability of the answer.
func (a *Answer) Prob() float32 { return a.Probs[a.Value] }

// One reads a picture of one digit.
func (r *Reader) One(img image.Image, lies imageprep.Orientation) (*Answer, error) {
	if r.Raw {
		g, err := imageprep.Raw(img)
		if err != nil {
			return nil, fmt.Errorf("not in MNIST's form, leave out -raw: %w", err)
		}
		return r.answer(&imageprep.Digit{Image: g, Box: img.Bounds()})
	}
	d, err := imageprep.Prepare(img, &imageprep.Options{Orientation: lies})
	if err != nil {
		return nil, err
	}
	return r.answer(d)
}

// All reads all the digits of a picture. If there are none, it says so by an
// error.
func (r *Reader) All(img image.Image, lies imageprep.Orientation) ([]*Answer, error) {
	found, err := imageprep.PrepareAll(img, &imageprep.Options{
		Orientation: lies,
		Confidence: func(digit *image.Gray) float64 {
			_, prob := r.model.Predict(softmax.Floats(r.vector.Vector(nil, digit)))
			return float64(prob)
		},
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no digit found: there is ink, but in no digit's shape")
	}
	answers := make([]*Answer, len(found))
	for i, d := range found {
		if answers[i], err = r.answer(d); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// Text strings the answers together.
func Text(answers []*Answer) string {
	text := make([]byte, len(answers))
	for i, a := range answers {
		text[i] = '0' + byte(a.Value)
	}
	return string(text)
}

func (r *Reader) answer(d *imageprep.Digit) (*Answer, error) {
	a := &Answer{Digit: d, Probs: make([]float32, digits)}
	x := softmax.Floats(r.vector.Vector(nil, d.Image))
	r.model.Probs(a.Probs, x)
	if slices.ContainsFunc(a.Probs, func(p float32) bool { return p != p }) {
		return nil, errors.New("the model's probabilities are not numbers: its weights are too large")
	}
	a.Value, _ = r.model.Predict(x)
	a.RunnerUp = (a.Value + 1) % digits
	for i, p := range a.Probs {
		if i != a.Value && p > a.Probs[a.RunnerUp] {
			a.RunnerUp = i
		}
	}
	a.Sure = a.Prob() >= r.threshold
	return a, nil
}
