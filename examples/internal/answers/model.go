package answers

import (
	"cmp"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// A ModelObject tells what a reader can answer, and what a service accepts.
// Answers are sure from the probability SureFrom on. Features has the text form
// of imageprep.Features. Parameters counts the numbers in the model's file.
// Training says how the model was made, if its file says so. OneThing means
// that a picture shows one thing, unless the query has many=true. MaxBytes is
// the limit of a request, and MaxPixels that of a picture.
type ModelObject struct {
	Classes    []string `json:"classes"`
	NoDigit    bool     `json:"no_digit"` // it can answer "no digit"
	SureFrom   float32  `json:"sure_from"`
	Features   string   `json:"features"`
	Parameters int      `json:"parameters"`
	Training   string   `json:"training"`
	OneThing   bool     `json:"one_thing"`
	MaxBytes   int64    `json:"max_bytes"`
	MaxPixels  int      `json:"max_pixels"`
}

// Model returns the object of a reader. The limits are the caller's.
func Model(r *reader.Reader, maxBytes int64, maxPixels int) *ModelObject {
	m := r.Model()
	o := &ModelObject{
		Classes: r.Classes(), OneThing: r.OneThing(), SureFrom: r.SureFrom(), MaxBytes: maxBytes, MaxPixels: maxPixels,
		Features: cmp.Or(m.Metadata[reader.FeaturesKey], "pixels"), Training: m.Metadata["training"],
	}
	o.NoDigit = m.Classes() > len(o.Classes)
	o.Parameters = pictures.Parameters(m)
	return o
}
