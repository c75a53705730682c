// Package pictures finds picture files, reads them, and compares the answers
// with their labels.
package pictures

import (
	"errors"
	"fmt"
	"image"
	"io"
	"path"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/decode"
	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Picture is a file that may hold a picture. Only Decode opens the file.
type Picture struct {
	Name    string // with the path that the user gave
	Path    string // within the folder that was searched, with slashes
	Label   string // what it shows, as a reader writes it; empty if unknown
	NoDigit bool   // it is known to show no digit, or none of the classes
	Kind    string // as the manifest says, or the format by the file's name
	Unread  bool   // this is a folder of pictures that cannot be read

	Classes []string // the classes in Label, such as 4 and 2 for 42
	Reason  string   // why there is no label

	open func() (io.ReadCloser, error)
}

// NoDigit is the answer, in words, for a picture without a digit.
const NoDigit = "no digit"

// Want returns the right answer in words: the digits, "no digit", or "" if it
// is unknown.
func (p Picture) Want() string {
	if p.NoDigit {
		return NoDigit
	}
	return p.Label
}

// Folder returns the folder of the picture, or "." for the searched folder.
func (p Picture) Folder() string { return path.Dir(p.Path) }

// Decode reads the file, see decode.Picture. Errors do not repeat its name.
func (p Picture) Decode() (image.Image, imageprep.Orientation, error) {
	r, err := p.open()
	if err != nil {
		return nil, 0, printable.Cause(err)
	}
	defer r.Close()
	return decode.Picture(r)
}

// A Result is a picture with what a reader reads in it.
type Result struct {
	Picture
	Image       image.Image // nil if it cannot be decoded
	reader.Page             // without answers if there is an error
	Err         error       // why it cannot be read
}

// A Mode says what a picture shows.
type Mode int

const (
	Many Mode = iota // any number of digits, also one or none
	One              // exactly one digit
	Raw              // exactly one digit, in MNIST's form
)

// ModeOf returns One or Many for a program with the flags -one and -many.
// Without them, the model decides.
func ModeOf(r *reader.Reader, one, many bool) Mode {
	if one || !many && r.OneThing() {
		return One
	}
	return Many
}

// Read decodes and reads a picture.
func (p Picture) Read(r *reader.Reader, mode Mode) *Result {
	res := &Result{Picture: p}
	if res.Image, res.Orientation, res.Err = p.Decode(); res.Err == nil {
		res.read(r, mode)
	}
	return res
}

// ReadBytes is Read for a file in memory.
func ReadBytes(r *reader.Reader, name string, data []byte, mode Mode) *Result {
	res := &Result{Picture: Picture{Name: name}}
	if res.Image, res.Orientation, res.Err = decode.Bytes(data); res.Err == nil {
		res.read(r, mode)
	}
	return res
}

// read reads the image.
func (res *Result) read(r *reader.Reader, mode Mode) {
	var page *reader.Page
	var one reader.Answer
	switch mode {
	case One:
		one, res.Err = r.One(res.Image, res.Orientation)
		page = pageOf(one, res.Orientation)
	case Raw:
		one, res.Err = r.Raw(res.Image)
		page = pageOf(one, imageprep.Upright)
		res.Err = RawError(res.Err)
	default:
		page, res.Err = r.Page(res.Image, res.Orientation)
	}
	if res.Err = printable.Plain(res.Err); res.Err == nil {
		res.Page = *page
	}
}

// RawError returns err. But if it is about the size of a picture that must have
// MNIST's form, RawError returns an error for the user of the flag -raw.
func RawError(err error) error {
	var e *imageprep.SizeError
	if !errors.As(err, &e) {
		return err
	}
	size := e.Bounds.Size()
	return fmt.Errorf("not in MNIST's form: the picture has %dx%d pixels, want %dx%[3]d; leave out -raw", size.X, size.Y, imageprep.Size)
}

// pageOf returns a page with this answer.
func pageOf(a reader.Answer, o imageprep.Orientation) *reader.Page {
	p := &reader.Page{Orientation: o}
	if a.NoDigit {
		p.LeftOut = []reader.Answer{a}
	} else {
		p.Answers = []reader.Answer{a}
	}
	return p
}

// Got returns the answer in words: the digits without spaces, "no digit", or ""
// if the picture cannot be read. A picture without ink shows no digit.
func (r *Result) Got() string {
	blank := errors.As(r.Err, new(*imageprep.BlankError)) || errors.Is(r.Err, reader.ErrNoDigit)
	if blank || r.Err == nil && len(r.Answers) == 0 {
		return NoDigit
	}
	return reader.Text(r.Answers)
}

// Only returns the answer for a picture of at most one digit: the digit or, if
// there is none, the largest other ink. Otherwise, and if there is no other
// ink, Only returns nil.
func (r *Result) Only() *reader.Answer {
	switch {
	case len(r.Answers) == 1:
		return &r.Answers[0]
	case len(r.Answers) > 1 || len(r.LeftOut) == 0:
		return nil
	}
	size := func(a reader.Answer) int { return a.Box.Dx() + a.Box.Dy() }
	largest := &r.LeftOut[0]
	for i, a := range r.LeftOut {
		if size(a) > size(*largest) {
			largest = &r.LeftOut[i]
		}
	}
	return largest
}

// Right reports whether the right answer is known and was given.
func (r *Result) Right() bool { return r.Want() != "" && r.Got() == r.Want() }

// Wrong reports whether the right answer is known and was not given.
func (r *Result) Wrong() bool { return r.Want() != "" && !r.Right() }

// Sure reports whether the picture was read and all its digits are sure or, if
// there are none, that there is none.
func (r *Result) Sure() bool {
	if r.Err != nil {
		return false
	}
	if only := r.Only(); only != nil {
		return only.Sure
	}
	return !slices.ContainsFunc(r.Answers, func(a reader.Answer) bool { return !a.Sure })
}
