// Package answers tells in JSON what a reader reads in a picture, and why. It
// is also the core of the web service: all but HTTP. So predict -json, the
// service, and the page without a server give the same text.
package answers

import (
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// An Object is what is read in a picture. The usage text of predict explains
// the fields. All types are exported so that encoding/json can also read
// embedded pointers to them.
type (
	Object struct {
		File string `json:"file"`
		*Answer
		Probabilities []float32 `json:"probabilities,omitempty"`
		*Page
		Warnings []string `json:"warnings,omitempty"`
		*Stored
		Want  any    `json:"want,omitempty"`
		Error string `json:"error,omitempty"`
	}
	Answer struct {
		// Digits are numbers. Other classes are names.
		Digit any `json:"digit,omitempty"`
		Class any `json:"class,omitempty"`

		Probability float32 `json:"probability"`
		Best        any     `json:"best"`
		RunnerUp    any     `json:"runner_up"`
		None        float32 `json:"none"`
		Unsure      bool    `json:"unsure,omitempty"`
		Box         []int   `json:"box"`
	}
	Page struct {
		Text    string   `json:"text"`
		Lines   []string `json:"lines"`
		Digits  []Digit  `json:"digits"`
		LeftOut []Digit  `json:"left_out,omitempty"`
		Turned  int      `json:"turned,omitempty"`
	}
	Digit struct {
		Answer
		Line     int      `json:"line"`
		Warnings []string `json:"warnings,omitempty"`
		*Judged
	}

	// Stored is about the picture as it is stored. The orientation is the EXIF
	// number of how it was turned to be read. Only the service tells this.
	Stored struct {
		Width       int                   `json:"width"`
		Height      int                   `json:"height"`
		Orientation imageprep.Orientation `json:"orientation"`
	}
	// Judged is what the model sees, 28x28 pixels, and the probabilities of its
	// classes. Only the service tells this.
	Judged struct {
		Probabilities []float32 `json:"probabilities"`
		Seen          []byte    `json:"seen"` // in base64
	}
)

// New returns the object of a result. classes are the names of the reader's
// classes.
func New(r *pictures.Result, classes []string) *Object {
	return newObject(r, naming{classes, pictures.AreTenDigits(classes)}, false)
}

func newObject(r *pictures.Result, n naming, details bool) *Object {
	o := &Object{File: r.Name}
	if r.Err != nil {
		o.Error = r.Err.Error()
		return o
	}
	o.Page = &Page{
		Text: r.Text(), Lines: append([]string{}, r.Lines()...), // not null
		Digits: append([]Digit{}, n.list(r.Answers, details)...), LeftOut: n.list(r.LeftOut, details), Turned: r.Turned,
	}
	o.Warnings = texts(r.Warnings)
	if only := r.Only(); only != nil {
		d := n.digit(*only)
		o.Answer, o.Probabilities, o.Warnings = &d.Answer, only.Probabilities, append(o.Warnings, d.Warnings...)
	}
	if details {
		size := r.Image.Bounds().Size()
		o.Stored = &Stored{size.X, size.Y, max(r.Orientation, imageprep.Upright)}
	}
	return o
}

// naming tells how classes are written.
type naming struct {
	classes []string
	digits  bool // they are the ten digits
}

func (n naming) list(answers []reader.Answer, details bool) (list []Digit) {
	for _, a := range answers {
		d := n.digit(a)
		if details {
			d.Judged = &Judged{a.Probabilities, a.Image.Pix}
		}
		list = append(list, *d)
	}
	return list
}

func (n naming) digit(a reader.Answer) *Digit {
	d := &Digit{
		Answer: Answer{Probability: a.Probability, Best: n.class(a.Digit), RunnerUp: n.class(a.RunnerUp), None: a.None, Unsure: !a.Sure,
			Box: []int{a.Box.Min.X, a.Box.Min.Y, a.Box.Max.X, a.Box.Max.Y}},
		Line: a.Line, Warnings: texts(a.Warnings),
	}
	answer := any((*int)(nil)) // null
	if !a.NoDigit {
		answer = d.Best
	}
	if d.Class = answer; n.digits {
		d.Digit, d.Class = answer, nil
	}
	return d
}

// class returns a digit as a number, and another class as its name.
func (n naming) class(class int) any {
	if n.digits {
		return class
	}
	return n.classes[class]
}

func texts(warnings []imageprep.Warning) (list []string) {
	for _, w := range warnings {
		list = append(list, w.String())
	}
	return list
}
