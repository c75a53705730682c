// Package reader reads handwritten digits: photograph in, digits out.
//
//	answers, err := reader.Default().ReadFile("photo.jpg")
//
// A picture is a PNG, JPEG or GIF file: a photograph, a scan or a drawing, dark
// on light or light on dark. It must be upright, unless a camera noted its
// orientation. Package imageprep brings each digit into MNIST's form, and a
// linear model of package softmax reads it.
//
// The built-in model was trained on MNIST. [Load] takes another model from a
// file, and [New] takes one from memory.
package reader

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/seed-cd6415d7/digits/examples/internal/decode"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// The train example makes the model from the four MNIST files in the folder
// mnist.
//
//go:generate go run ../train -data ../../mnist -out model.safetensors
//go:embed model.safetensors
var embeddedModel []byte

// Keys of a model's metadata. FeaturesKey has the features that the model
// needs, in the text form of imageprep.Features; the default is pixels.
// ThresholdKey has the lowest probability of a sure answer; the default is 0.
// Above 1 (up to 2), no answer is sure.
const (
	FeaturesKey  = "features"
	ThresholdKey = "sure from"
)

// ErrNoDigit means that there is ink, but nothing in the shape of a digit.
var ErrNoDigit = errors.New("reader: no digit found: the picture shows ink, but nothing in the shape of a digit")

const digits = 10

// A Reader reads digits in pictures. It is safe for concurrent use. Make one
// with [Default], [Load] or [New]; the zero value is not usable.
type Reader struct {
	model     *softmax.Model
	features  imageprep.Features
	threshold float32
}

// Default returns the reader with the built-in model. All callers share it.
func Default() *Reader { return defaultReader() }

var defaultReader = sync.OnceValue(func() *Reader {
	var r *Reader
	m, err := softmax.Decode(bytes.NewReader(embeddedModel))
	if err == nil {
		r, err = New(m)
	}
	if err != nil {
		panic(err) // the tests rule it out
	}
	return r
})

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

// New returns a reader with a model of the ten digits. [FeaturesKey] and
// [ThresholdKey] in the model's metadata tell how to use it. If they do not fit
// the model, New returns an error. New keeps m: do not change m while the
// reader is in use.
func New(m *softmax.Model) (*Reader, error) {
	r, err := newReader(m)
	if err != nil {
		return nil, fmt.Errorf("reader: %w", err)
	}
	return r, nil
}

// newReader is New, without the package's name in errors.
func newReader(m *softmax.Model) (*Reader, error) {
	features, err := imageprep.ParseFeatures(m.Metadata[FeaturesKey])
	if err != nil {
		return nil, fmt.Errorf("the model's metadata: %w", err)
	}
	if err := setComponents(&features, m.Tensors); err != nil {
		return nil, err
	}
	if m.Features() != features.Len() || m.Classes() != digits {
		return nil, fmt.Errorf("the model has %d features and %d classes; want %d features (%s, unless %q in the metadata names others, such as %q) and %d classes",
			m.Features(), m.Classes(), features.Len(), features, FeaturesKey, imageprep.Features{HOG: imageprep.DefaultHOG()}, digits)
	}
	r := &Reader{model: m, features: features}
	if text, ok := m.Metadata[ThresholdKey]; ok {
		threshold, err := strconv.ParseFloat(text, 32)
		if err != nil || !(threshold >= 0 && threshold <= 2) {
			return nil, fmt.Errorf("the model's metadata have %q: %.20q; want a probability", ThresholdKey, text)
		}
		r.threshold = float32(threshold)
	}
	return r, nil
}

// An Answer is one digit that was read. Sure answers are nearly always right,
// if the model's threshold was chosen well.
type Answer struct {
	Digit         int         // the most probable digit, 0 to 9
	Probability   float32     // of Digit, 0 to 1
	Sure          bool        // Probability reaches the threshold
	RunnerUp      int         // the second most probable digit
	Probabilities [10]float32 // of the digits 0 to 9; their sum is 1

	Box   image.Rectangle // of the ink, in the picture as it is stored
	Line  int             // the line of writing, from 0
	Image *image.Gray     // what the model sees, 28x28
	// Warnings tell a person what may be wrong with the picture.
	Warnings []imageprep.Warning
}

// String returns the digit and the runner-up: "8 99.1%, then 3 0.4%".
func (a Answer) String() string {
	return fmt.Sprintf("%d %.1f%%, then %d %.1f%%", a.Digit, 100*a.Probability, a.RunnerUp, 100*a.Probabilities[a.RunnerUp])
}

// Text returns the digits of the answers as one string, in the same order.
func Text(answers []Answer) string {
	text := make([]byte, len(answers))
	for i, a := range answers {
		text[i] = '0' + byte(a.Digit)
	}
	return string(text)
}

// ReadFile reads all digits of a picture file. See [Reader.ReadAll].
func (r *Reader) ReadFile(name string) ([]Answer, error) {
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
		return nil, fmt.Errorf("reader: %s: %w", name, err)
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

// Decode reads a PNG, JPEG or GIF file and the orientation that a camera noted
// in it. It does not turn the image. A file of more than 256 MB or more
// than 64 million pixels is an error. Decode checks the number of pixels before
// it allocates memory for them.
func Decode(src io.Reader) (image.Image, imageprep.Orientation, error) {
	img, orientation, err := decode.Picture(src)
	if err != nil {
		return nil, 0, fmt.Errorf("reader: %w", err)
	}
	return img, orientation, nil
}

// All reads all digits of a picture. The answers are in reading order:
// line by line, from left to right. The orientation 0 means upright. All does
// not change img and does not keep it. The error is [ErrNoDigit] if there is no
// digit, or an error of [imageprep.PrepareAll], such as
// [*imageprep.BlankError].
func (r *Reader) All(img image.Image, orientation imageprep.Orientation) ([]Answer, error) {
	// PrepareAll asks about parts of ink, and some of them become digits.
	// Their answers are kept, so the model runs once for each.
	known := map[[imageprep.Size * imageprep.Size]uint8]Answer{}
	judge := func(digit *image.Gray) Answer {
		key := [imageprep.Size * imageprep.Size]uint8(digit.Pix)
		if _, ok := known[key]; !ok {
			known[key] = r.judge(digit)
		}
		return known[key]
	}
	found, err := imageprep.PrepareAll(img, &imageprep.Options{
		Orientation: orientation,
		Confidence:  func(digit *image.Gray) float64 { return float64(judge(digit).Probability) },
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNoDigit
	}
	answers := make([]Answer, len(found))
	for i, d := range found {
		if answers[i], err = judge(d.Image).complete(d); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// One reads a picture of one digit. It does better than [Reader.All] with a
// digit that fills its picture. Every picture with ink gets an answer. The
// orientation 0 means upright. Errors are those of [imageprep.Prepare], such as
// [*imageprep.BlankError].
func (r *Reader) One(img image.Image, orientation imageprep.Orientation) (Answer, error) {
	d, err := imageprep.Prepare(img, &imageprep.Options{Orientation: orientation})
	if err != nil {
		return Answer{}, err
	}
	return r.judge(d.Image).complete(d)
}

// Raw reads a picture in MNIST's form, 28x28 with light ink on black, without
// changing a pixel. A picture of another size is an [*imageprep.SizeError].
func (r *Reader) Raw(img image.Image) (Answer, error) {
	g, err := imageprep.Raw(img)
	if err != nil {
		return Answer{}, err
	}
	return r.judge(g).complete(&imageprep.Digit{Image: g, Box: img.Bounds()})
}

// judge runs the model on a digit in MNIST's form. If probabilities are equal,
// the lower digit comes first.
func (r *Reader) judge(digit *image.Gray) Answer {
	a := Answer{RunnerUp: 1}
	p := &a.Probabilities
	r.model.Probs(p[:], softmax.Floats(r.features.Vector(nil, digit)))
	for i := range p {
		if p[i] > p[a.Digit] {
			a.Digit, a.RunnerUp = i, a.Digit
		} else if i != a.Digit && p[i] > p[a.RunnerUp] {
			a.RunnerUp = i
		}
	}
	a.Probability = p[a.Digit]
	a.Sure = a.Probability >= r.threshold
	return a
}

// complete adds what imageprep found. It is an error if the probabilities are
// NaN.
func (a Answer) complete(d *imageprep.Digit) (Answer, error) {
	if a.Probability != a.Probability {
		return Answer{}, errors.New("reader: the model's probabilities are not numbers: its weights are too large")
	}
	a.Image, a.Box, a.Line, a.Warnings = d.Image, d.Box, d.Line, d.Warnings
	return a, nil
}
