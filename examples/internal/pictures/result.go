package pictures

import (
	"errors"
	"fmt"
	"image"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Result is a picture and what a reader says about it.
type Result struct {
	Picture
	Image       image.Image // nil if it cannot be decoded
	Orientation imageprep.Orientation
	Answers     []reader.Answer
	Err         error // why there are no answers
}

// A Mode says what a picture shows.
type Mode int

const (
	One Mode = iota // one digit
	All             // any number of digits
	Raw             // one digit in MNIST's form
)

// Read decodes and reads a picture.
func (p Picture) Read(r *reader.Reader, mode Mode) *Result {
	res := &Result{Picture: p, Answers: make([]reader.Answer, 1)}
	res.Image, res.Orientation, res.Err = p.Decode()
	switch {
	case res.Err != nil:
	case mode == All:
		res.Answers, res.Err = r.All(res.Image, res.Orientation)
	case mode == Raw:
		res.Answers[0], res.Err = r.Raw(res.Image)
		if errors.As(res.Err, new(*imageprep.SizeError)) {
			res.Err = fmt.Errorf("not in MNIST's form, leave out -raw: %w", res.Err)
		}
	default:
		res.Answers[0], res.Err = r.One(res.Image, res.Orientation)
	}
	if res.Err != nil {
		res.Answers = nil
	}
	return res
}

// Text returns the digits of the answers.
func (r *Result) Text() string { return reader.Text(r.Answers) }

// Right reports whether the answers are those of the label.
func (r *Result) Right() bool { return r.Err == nil && r.Text() == r.Label }

// Wrong reports whether there is a label and the answers are not right.
func (r *Result) Wrong() bool { return r.Label != "" && !r.Right() }
