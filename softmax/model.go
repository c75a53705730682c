package softmax

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
)

// A Model holds weights and bias. Make one with [New], [Decode] or [Load]. It
// must not be copied; see [Model.Clone]. Goroutines may share it while nobody
// changes it.
type Model struct {
	_ noCopy

	// Names has a name for each class. It is nil if the names are unknown.
	Names []string

	// Metadata is stored with the model, for example how it was trained.
	Metadata map[string]string

	// Tensors are stored with the model, too. The model itself does not use
	// them. For example, a program may need them to make the features.
	Tensors map[string]Tensor

	features, classes int
	shape             kernel.Shape
	weight            []float32 // [features][Width], of whole quads of features
	bias              []float32 // [Lanes]; the padding is kernel.Lowest

	// scale multiplies all weights. It is 1 unless the trainer defers an L2
	// penalty, see deferred. While it is not 1, logits can differ from those of
	// the saved model in their last bit.
	scale float32
}

// noCopy makes go vet report copies of a struct that contains it, because vet
// takes a type with these two methods for a lock.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// New returns a model with zero weights and bias. It panics unless
// features ≥ 1, classes ≥ 2, and the weights fit into an address space. If the
// memory does not suffice, the program ends, as with make.
func New(features, classes int) *Model {
	if features < 1 || classes < 2 {
		panic(fmt.Sprintf("softmax: New(%d, %d): want at least 1 feature and 2 classes", features, classes))
	}
	if !addressable(features, classes) {
		panic(fmt.Sprintf("softmax: New(%d, %d): too large for memory", features, classes))
	}
	shape := kernel.ShapeFor(classes)
	m := &Model{
		features: features, classes: classes, shape: shape,
		weight: make([]float32, (features+3)/4*4*shape.Width),
		bias:   make([]float32, shape.Lanes),
		scale:  1,
	}
	for k := classes; k < shape.Lanes; k++ {
		m.bias[k] = kernel.Lowest
	}
	return m
}

// addressable reports whether memory can hold the padded weights, and int32 can
// hold features and lanes.
func addressable(features, classes int) bool {
	const maxBytes = min(math.MaxInt, 1<<47) // the most that Go allocates
	return features <= math.MaxInt32 && classes <= math.MaxInt32-64 &&
		features <= maxBytes/4/kernel.ShapeFor(classes).Width-3
}

// Features returns the number of features of a row.
func (m *Model) Features() int { return m.features }

// Classes returns the number of classes.
func (m *Model) Classes() int { return m.classes }

// Parameters returns copies of the weights, row-major [classes][features], and
// of the bias, [classes].
func (m *Model) Parameters() (weight, bias []float32) {
	weight = make([]float32, m.classes*m.features)
	for f := range m.features {
		for k, w := range m.weight[f*m.shape.Width:][:m.classes] {
			weight[k*m.features+f] = w * m.scale
		}
	}
	bias = append(bias, m.bias[:m.classes]...)
	return weight, bias
}

// SetParameters copies weight and bias, as from [Model.Parameters], into m.
func (m *Model) SetParameters(weight, bias []float32) {
	if len(weight) != m.classes*m.features || len(bias) != m.classes {
		panic(fmt.Sprintf("softmax: SetParameters with %d weights and %d biases, want %d x %d and %d",
			len(weight), len(bias), m.classes, m.features, m.classes))
	}
	m.scale = 1
	for f := range m.features {
		lanes := m.weight[f*m.shape.Width:][:m.shape.Width]
		clear(lanes[m.classes:])
		for k := range m.classes {
			lanes[k] = weight[k*m.features+f]
		}
	}
	copy(m.bias, bias)
}

// Clone returns a deep copy.
func (m *Model) Clone() *Model {
	m.check()
	c := New(m.features, m.classes)
	c.copyFrom(m)
	c.Names, c.Metadata, c.Tensors = slices.Clone(m.Names), maps.Clone(m.Metadata), maps.Clone(m.Tensors)
	for name, t := range c.Tensors {
		c.Tensors[name] = Tensor{slices.Clone(t.Shape), slices.Clone(t.Data)}
	}
	return c
}

// finite reports whether all parameters are finite.
func (m *Model) finite() bool { return finite(m.weight) && finite(m.bias) }

// copyFrom copies the parameters, not the metadata, of a model of the same
// shape.
func (m *Model) copyFrom(src *Model) {
	copy(m.weight, src.weight)
	copy(m.bias, src.bias)
	m.scale = src.scale
}

// applyScale multiplies the weights by scale, which becomes 1.
func (m *Model) applyScale() {
	if m.scale == 1 {
		return
	}
	for i := range m.weight {
		m.weight[i] *= m.scale
	}
	m.scale = 1
}

// check panics if m is a zero Model.
func (m *Model) check() {
	if m.classes == 0 {
		panic("softmax: the Model is not from New, Decode or Load")
	}
}

// matrix panics unless m is initialized and x has its number of features.
func (m *Model) matrix(x Rows) matrix {
	m.check()
	return newMatrix(x, m.features)
}

// checkLabels panics unless there is one valid label for each row.
func checkLabels(y []int, rows, classes int) {
	if len(y) != rows {
		panic(fmt.Sprintf("softmax: %d labels for %d rows", len(y), rows))
	}
	if err := CheckLabels(y, classes); err != nil {
		panic(err.Error())
	}
}
