package main

import (
	"bytes"
	"fmt"
	"image"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

const digits = 10

// A recogniser turns pictures into digits.
type recogniser struct {
	model *softmax.Model
	raw   bool
}

func newRecogniser(o *options) (*recogniser, error) {
	model, err := softmax.Decode(bytes.NewReader(embeddedModel))
	if o.model != "" {
		model, err = softmax.Load(o.model)
	}
	if err != nil {
		return nil, err
	}
	const pixels = imageprep.Size * imageprep.Size
	if f := model.Metadata["features"]; f != "" && f != "pixels" {
		return nil, fmt.Errorf("the model %s wants %q as features; this program knows pixels", o.model, f)
	}
	if model.Features() != pixels || model.Classes() != digits {
		return nil, fmt.Errorf("the model %s maps %d features to %d classes; want %d pixels and %d digits",
			o.model, model.Features(), model.Classes(), pixels, digits)
	}
	return &recogniser{model, o.raw}, nil
}

// A result is what came of one picture.
type result struct {
	picture
	err   error
	seen  *image.Gray // the 28x28 that the model saw
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
	pixels := softmax.Bytes(res.seen.Pix)
	r.model.Probs(res.probs[:], pixels)
	res.digit, _ = r.model.Predict(pixels)
	return res
}

// prepare brings a picture into MNIST's form.
func (r *recogniser) prepare(img image.Image) (*image.Gray, error) {
	if r.raw {
		return imageprep.Raw(img)
	}
	d, err := imageprep.Prepare(img, nil)
	if err != nil {
		return nil, err
	}
	return d.Image, nil
}
