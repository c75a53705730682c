// Package reader reads handwritten digits: photograph in, digits out.
//
//	answers, err := reader.Default().ReadFile("photo.jpg")
//
// A picture is a PNG, JPEG, GIF, BMP, PBM, PGM or PPM file. It may be a
// photograph, a scan or a drawing, dark on light or light on dark. It shows one
// digit or many, in lines, boxes or tables. Package imageprep finds the digits
// and brings each into MNIST's form, and a linear model of package softmax
// reads it. [Reader.Page] tells all about a picture: also its lines, what was
// left out, and whether it was turned.
//
// The built-in model was trained on MNIST, on digits that our own code draws,
// and on pictures without a digit. So it can answer "no digit". [Load] takes
// another model from a file, and [New] takes one from memory. Its classes may
// be others, such as letters or shapes: then read "class" wherever this package
// says "digit". A model that knows only the ten digits takes everything for a
// digit: see [NoDigitKey].
package reader

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/seed-cd6415d7/digits/examples/internal/decode"
	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// The train example makes the model from the four MNIST files in the folder
// mnist.
//
//go:generate -command train go run ../train
//go:generate train -recipe reader -data ../../mnist -out model.safetensors
//go:embed model.safetensors
var embeddedModel []byte

// ErrNoDigit means that there is ink, but nothing in the shape of a digit.
var ErrNoDigit = errors.New("reader: no digit found: the picture shows ink, but nothing in the shape of a digit")

// A Reader reads digits in pictures. It is safe for concurrent use. Make one
// with [Default], [Load] or [New]; the zero value is not usable.
type Reader struct {
	model    *softmax.Model
	features imageprep.Features
	sure     float32 // see ThresholdKey

	names     []string // of the classes that are not "no digit"
	separator string   // between names in a text
	oneThing  bool     // see OneThingKey

	scratch sync.Pool // of *scratch
}

// Default returns the reader with the built-in model. All callers share it.
func Default() *Reader {
	defaultOnce.Do(func() {
		m, err := softmax.Decode(bytes.NewReader(embeddedModel))
		if err == nil {
			defaultReader, err = New(m)
		}
		if err != nil {
			panic(err) // the tests rule it out
		}
	})
	return defaultReader
}

// defaultOnce is no sync.OnceValue. If a type parameter were Reader, then the
// linker would keep methods of the model that nobody calls, and the program for
// browsers would be larger.
var (
	defaultOnce   sync.Once
	defaultReader *Reader
)

// Load returns a reader with the model in a file, which the train example or
// [softmax.Model.Save] wrote. See [New]. An empty name stands for [Default].
func Load(name string) (*Reader, error) {
	if name == "" {
		return Default(), nil
	}
	m, err := softmax.Load(name)
	if err != nil {
		return nil, fmt.Errorf("reader: %w", err)
	}
	r, err := newReader(m)
	if err != nil {
		return nil, fmt.Errorf("reader: %s: %w", name, err)
	}
	return r, nil
}

// New returns a reader with a model of any classes: the ten digits, letters,
// shapes and, perhaps, what is none of them. The model's names and metadata
// tell how to use it: see [FeaturesKey] and the keys beside it. If they do not
// fit the model, New returns an error. New keeps m: do not change m while the
// reader is in use.
func New(m *softmax.Model) (*Reader, error) {
	r, err := newReader(m)
	if err != nil {
		return nil, fmt.Errorf("reader: %w", err)
	}
	return r, nil
}

// Classes returns the names of the classes that answers have, in order. If the
// model has no names, they are "0", "1" and so on.
func (r *Reader) Classes() []string { return slices.Clone(r.names) }

// SureFrom returns the lowest probability of a sure answer. Above 1, no answer
// is sure.
func (r *Reader) SureFrom() float32 { return r.sure }

// Model returns the model, for example for its metadata. Do not change it.
func (r *Reader) Model() *softmax.Model { return r.model }

// ReadFile reads all digits of a picture file. See [Reader.ReadAll]. A pipe or
// a device is an error: it may never end.
func (r *Reader) ReadFile(name string) ([]Answer, error) {
	// Opening a pipe may block. Open tells better than Stat why it fails.
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, fmt.Errorf("reader: %s is a folder; want the file of a picture", name)
	} else if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("reader: %s is not a regular file; open it yourself and call ReadAll", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reader: %w", err)
	}
	defer f.Close()
	img, orientation, err := decode.Picture(f)
	if err != nil {
		return nil, fmt.Errorf("reader: %s: %w", name, err)
	}
	answers, err := r.All(img, orientation)
	if err != nil {
		return nil, fmt.Errorf("reader: %s: %w", name, printable.Plain(err))
	}
	return answers, nil
}

// ReadAll reads all digits of the picture in src, such as an open file or
// bytes.NewReader(data). It does what [Decode] and [Reader.All] do.
func (r *Reader) ReadAll(src io.Reader) ([]Answer, error) {
	img, orientation, err := Decode(src)
	if err != nil {
		return nil, err
	}
	return r.All(img, orientation)
}

// Decode reads a picture file and the orientation that a camera noted in it. It
// also reads formats that the program has registered in package image. It does
// not turn the image. A file of more than 256 MB, more than 64 million pixels,
// or a kind of picture that takes more than 600 MB of memory to read is an
// error. Decode checks this before it allocates memory for the pixels. The
// error for another format says how to convert it.
func Decode(src io.Reader) (image.Image, imageprep.Orientation, error) {
	img, orientation, err := decode.Picture(src)
	if err != nil {
		return nil, 0, fmt.Errorf("reader: %w", err)
	}
	return img, orientation, nil
}

// A Page is what a reader reads in a picture.
type Page struct {
	Answers []Answer // the digits, in reading order
	LeftOut []Answer // other ink, such as marks and letters; NoDigit is set

	// Orientation tells how the picture was turned to be read. If the digits
	// read clearly better at another angle than the given one, it was turned
	// more. Turned tells by how many degrees, clockwise: 0, 90, 180 or 270.
	Orientation imageprep.Orientation
	Turned      int

	Warnings []imageprep.Warning // about the whole page
}

// Lines returns the digits of each line of writing, with a space at each wide
// gap. Between names that are words, there is always a space.
func (p *Page) Lines() []string {
	var lines []string
	for i, a := range p.Answers {
		if i == 0 || a.Line != p.Answers[i-1].Line {
			lines = append(lines, "")
		} else if a.Space {
			lines[len(lines)-1] += " "
		} else {
			lines[len(lines)-1] += a.separator()
		}
		lines[len(lines)-1] += a.Name()
	}
	return lines
}

// Text returns the lines, joined by line breaks.
func (p *Page) Text() string { return strings.Join(p.Lines(), "\n") }

// Page reads a picture with any number of digits. The orientation 0 means
// upright. Page does not change img and does not keep it. A picture that shows
// ink, but no digit, is no error. Errors are those of [imageprep.PrepareAll],
// such as [*imageprep.BlankError].
func (r *Reader) Page(img image.Image, orientation imageprep.Orientation) (*Page, error) {
	return r.read(img, &imageprep.Options{Orientation: orientation})
}

// One reads a picture of exactly one digit, with what is around it. Every
// picture with ink gets an answer, which may be "no digit". The orientation 0
// means upright. Errors are those of [imageprep.PrepareAll], such as
// [*imageprep.BlankError].
func (r *Reader) One(img image.Image, orientation imageprep.Orientation) (Answer, error) {
	// A letter or a shape may have several parts. What is beside a digit is
	// other ink.
	p, err := r.read(img, &imageprep.Options{Orientation: orientation, One: true, Whole: !AreDigits(r.names)})
	if err != nil {
		return Answer{}, err
	}
	if len(p.Answers) == 0 {
		return p.LeftOut[0], nil
	}
	return p.Answers[0], nil
}

// answersAtOnce is how many answers get their memory at once.
const answersAtOnce = 64

// read reads a picture with options. It sets o.Confidence.
func (r *Reader) read(img image.Image, o *imageprep.Options) (*Page, error) {
	// PrepareAll asks for the confidence of parts of ink, and some of them
	// become digits. The map keeps the answers, so the model runs once for
	// each part.
	known := map[[imageprep.Size * imageprep.Size]uint8]Answer{}
	var probs []float32 // memory for the next answers
	judge := func(digit *image.Gray) Answer {
		key := [imageprep.Size * imageprep.Size]uint8(digit.Pix)
		a, ok := known[key]
		if !ok {
			n := len(r.names)
			if len(probs) == 0 {
				probs = make([]float32, answersAtOnce*n)
			}
			a = r.judge(probs[:n:n], digit)
			probs = probs[n:]
			known[key] = a
		}
		return a
	}
	o.Confidence = func(digit *image.Gray) float64 { return judge(digit).confidence() }
	found, err := imageprep.PrepareAll(img, o)
	if err != nil {
		return nil, err
	}
	p := &Page{Orientation: found.Orientation, Turned: found.Turned, Warnings: found.Warnings}
	for _, d := range found.Digits {
		a, err := judge(d.Image).complete(d)
		if err != nil {
			return nil, err
		}
		if a.NoDigit {
			p.LeftOut = append(p.LeftOut, a)
		} else {
			p.Answers = append(p.Answers, a)
		}
	}
	for _, d := range found.LeftOut {
		a, err := judge(d.Image).complete(d)
		if err != nil {
			return nil, err
		}
		p.LeftOut = append(p.LeftOut, r.leaveOut(a))
	}
	return p, nil
}

// OneThing reports whether the model is for pictures of one thing each, see
// [OneThingKey].
func (r *Reader) OneThing() bool { return r.oneThing }

// All reads all digits of a picture. It returns the answers of [Reader.Page]
// or, with a model for pictures of one thing, that of [Reader.One]. It leaves
// out "no digit". Without an answer, the error is [ErrNoDigit]. Other errors
// are those of Page and One.
func (r *Reader) All(img image.Image, orientation imageprep.Orientation) ([]Answer, error) {
	if r.oneThing {
		a, err := r.One(img, orientation)
		if err == nil && a.NoDigit {
			err = ErrNoDigit
		}
		if err != nil {
			return nil, err
		}
		return []Answer{a}, nil
	}
	p, err := r.Page(img, orientation)
	if err != nil {
		return nil, err
	}
	if len(p.Answers) == 0 {
		return nil, ErrNoDigit
	}
	return p.Answers, nil
}

// Raw reads a picture in MNIST's form, 28x28 with light ink on black. It
// changes only the contrast of a pale picture, see [imageprep.StretchPale]. A
// picture of another size is an [*imageprep.SizeError].
func (r *Reader) Raw(img image.Image) (Answer, error) {
	g, err := imageprep.Raw(img)
	if err != nil {
		return Answer{}, err
	}
	imageprep.StretchPale(g)
	return r.judge(make([]float32, len(r.names)), g).complete(&imageprep.Digit{Image: g, Box: img.Bounds()})
}
