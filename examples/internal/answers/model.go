package answers

import (
	"strconv"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

// A ModelObject tells what a reader can answer, and what a service accepts.
type ModelObject struct {
	Classes    []string `json:"classes"`
	NoDigit    bool     `json:"no_digit"`   // it can answer "no digit"
	SureFrom   float32  `json:"sure_from"`  // the lowest probability of a sure answer
	Features   string   `json:"features"`   // in the text form of imageprep.Features
	Parameters int      `json:"parameters"` // the numbers in the model's file
	Training   string   `json:"training"`   // how the model was made, if it is known
	OneThing   bool     `json:"one_thing"`  // a picture shows one thing, unless many=true
	MaxBytes   int64    `json:"max_bytes"`  // of a request
	MaxPixels  int      `json:"max_pixels"` // of a picture
}

// Model returns the object of a reader. The limits are the caller's.
func Model(r *reader.Reader, maxBytes int64, maxPixels int) *ModelObject {
	m := r.Model()
	o := &ModelObject{
		Classes: r.Classes(), OneThing: r.OneThing(), MaxBytes: maxBytes, MaxPixels: maxPixels,
		Features: m.Metadata[reader.FeaturesKey], Training: m.Metadata["training"],
	}
	if o.Features == "" {
		o.Features = "pixels"
	}
	o.NoDigit = m.Classes() > len(o.Classes)
	if v, err := strconv.ParseFloat(m.Metadata[reader.ThresholdKey], 32); err == nil {
		o.SureFrom = float32(v)
	}
	weight, bias := m.Parameters()
	o.Parameters = len(weight) + len(bias)
	for _, t := range m.Tensors {
		o.Parameters += len(t.Data)
	}
	return o
}
