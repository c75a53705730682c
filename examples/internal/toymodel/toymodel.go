// Package toymodel makes model files for tests. Their answers are simple.
package toymodel

import (
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
)

// Zeros saves a model of zeros. All classes have the same probability.
func Zeros(t *testing.T, classes int, metadata map[string]string) (file string) {
	return save(t, softmax.New(784, classes), metadata)
}

// Hollow saves a model for which ink in the center means "no digit". It reads
// anything else as 0.
func Hollow(t *testing.T, metadata map[string]string) (file string) {
	m := softmax.New(784, 11)
	weight, bias := m.Parameters()
	for _, center := range []int{13*28 + 13, 13*28 + 14, 14*28 + 13, 14*28 + 14} {
		weight[10*784+center] = 5
	}
	bias[0], bias[10] = 4, -4
	m.SetParameters(weight, bias)
	return save(t, m, metadata)
}

// Always saves a model with these names of classes. Its best answer is always
// the given class. Its second is the class after that, or the first after the
// last.
func Always(t *testing.T, names []string, class int, metadata map[string]string) (file string) {
	m := softmax.New(784, len(names))
	weight, bias := m.Parameters()
	bias[class], bias[(class+1)%len(names)] = 5, 3
	m.SetParameters(weight, bias)
	m.Names = names
	return save(t, m, metadata)
}

func save(t *testing.T, m *softmax.Model, metadata map[string]string) (file string) {
	m.Metadata = metadata
	file = filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.Save(file); err != nil {
		t.Fatal(err)
	}
	return file
}
