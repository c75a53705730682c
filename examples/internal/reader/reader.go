package main

import (
	"bytes"
	"fmt"
	"image"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/features"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

const digits = 10

// A recogniser turns pictures into digits.
type recogniser struct {
	model  *softmax.Model
	vector features.Map // what the model eats
	raw    bool
}

func newRecogniser(o *options) (*recogniser, error) {
	model, err := softmax.Decode(bytes.NewReader(embeddedModel))
	if o.model != "" {
		model, err = softmax.Load(o.model)
	}
	if err != nil {
		return nil, err
	}
	name := o.model
	if name == "" {
		name = "within"
	}
	vector, err := features.Parse(model.Metadata[features.Key])
	if err != nil {
		return nil, fmt.Errorf("the model %s: %w", name, err)
	}
	if model.Features() != vector.Len || model.Classes() != digits {
		return nil, fmt.Errorf("the model %s maps %d features to %d classes; want the %d of %q and %d digits",
			name, model.Features(), model.Classes(), vector.Len, vector.Name, digits)
	}
	return &recogniser{model, vector, o.raw}, nil
}

// A result is what came of one picture.
type result struct {
	picture
	err   error
	seen  *image.Gray // the picture in MNIST's form
	probs [digits]float32
	digit int
}

func (r *recogniser) recognise(p picture) result {
	res := result{picture: p}
	img, err := p.decode()
	if err != nil {
		res.err = err
		return res
	}
	if res.seen, res.err = r.prepare(img); res.err != nil {
		return res
	}
	x := softmax.Floats(r.vector.Vector(nil, res.seen))
	r.model.Probs(res.probs[:], x)
	res.digit = slices.Index(res.probs[:], slices.Max(res.probs[:]))
	return res
}

// prepare brings a picture into MNIST's form.
func (r *recogniser) prepare(img image.Image) (*image.Gray, error) {
	if r.raw {
		g, err := imageprep.Raw(img)
		if err != nil {
			return nil, fmt.Errorf("not in MNIST's form, leave out -raw: %w", err)
		}
		return g, nil
	}
	d, err := imageprep.Prepare(img, nil)
	if err != nil {
		return nil, err
	}
	return d.Image, nil
}
