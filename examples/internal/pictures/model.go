package pictures

import (
	"errors"
	"io/fs"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/softmax"
)

// LoadModel is reader.Load for the file that the flag -model names.
func LoadModel(name string) (*reader.Reader, error) {
	r, err := reader.Load(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &missing{"-model: there is no file " + printable.Text(name) + "; examples/train writes models"}
	}
	return r, err
}

// Parameters counts the numbers of a model: weights, biases and the tensors
// that its features need.
func Parameters(m *softmax.Model) int {
	n := (m.Features() + 1) * m.Classes()
	for _, t := range m.Tensors {
		n += len(t.Data)
	}
	return n
}

// A missing error is fs.ErrNotExist in other words.
type missing struct{ text string }

func (e *missing) Error() string { return e.text }

func (e *missing) Unwrap() error { return fs.ErrNotExist }
