package softmax

import (
	"fmt"
	"math"
	"sync"
)

// A Model is the weights and the bias of a softmax regression. Make one with
// [New], [Decode] or [Load]; the zero value is not usable, and the struct must
// not be copied.
//
// Any number of goroutines may predict with one model at the same time, as
// long as none of them trains it or sets its parameters.
type Model struct {
	_ noCopy

	// Metadata travels with the model through Encode and Decode. Its keys and
	// values are the caller's; usual ones say what the classes are called, how
	// the vectors were prepared, and how the model was trained.
	Metadata map[string]string

	features, classes int
	width, lanes      int       // of a feature and of a row of logits, see kernel.go
	weight            []float32 // [features][width], with zeros for whole quads behind the last
	bias              []float32 // [lanes], lowest behind the classes

	// scale is what weight has to be multiplied with: 1, unless an L2 penalty
	// has shrunk the weights in a step on sparse rows, all of them by one number.
	// Until that is folded in, as Fit does with the model of an epoch that it keeps,
	// logits can differ in their last bit from those of the model's file.
	scale float32
}

// New returns a model with zero weights and bias, which gives every class the
// same probability. It panics unless features ≥ 1 and classes ≥ 2, and if the
// weights would not fit into memory.
func New(features, classes int) *Model {
	if features < 1 || classes < 2 {
		panic(fmt.Sprintf("softmax: New(%d, %d): want at least 1 feature and 2 classes", features, classes))
	}
	if !addressable(features, classes) {
		panic(fmt.Sprintf("softmax: New(%d, %d): too large for memory", features, classes))
	}
	width, lanes := widthFor(classes), lanesFor(classes)
	m := &Model{
		features: features, classes: classes, width: width, lanes: lanes,
		weight: make([]float32, (features+3)/4*4*width),
		bias:   make([]float32, lanes),
		scale:  1,
	}
	for k := classes; k < lanes; k++ {
		m.bias[k] = lowest
	}
	return m
}

// addressable reports whether a model of this size can be addressed: features
// as an int32, as terms do, and the weights, lanes and all, as bytes.
func addressable(features, classes int) bool {
	const maxBytes = min(math.MaxInt, 1<<47) // what Go allocates at most
	return features <= math.MaxInt32 && classes <= math.MaxInt32-2*laneWidth && features <= maxBytes/4/widthFor(classes)-3
}

// Features returns the number of features of a row.
func (m *Model) Features() int { return m.features }

// Classes returns the number of classes.
func (m *Model) Classes() int { return m.classes }

// Parameters returns copies of the weights, row-major [classes][features] as
// torch.nn.Linear has them, and of the bias [classes].
func (m *Model) Parameters() (weight, bias []float32) {
	weight = make([]float32, m.classes*m.features)
	for f := range m.features {
		for k, w := range m.weight[f*m.width:][:m.classes] {
			weight[k*m.features+f] = w * m.scale
		}
	}
	bias = append(bias, m.bias[:m.classes]...)
	return weight, bias
}

// SetParameters sets the weights, row-major [classes][features], and the bias
// [classes]. It copies both, whatever numbers they hold (but see the package's
// comment on weights that are not finite), and panics if a length is not exact.
func (m *Model) SetParameters(weight, bias []float32) {
	if len(weight) != m.classes*m.features || len(bias) != m.classes {
		panic(fmt.Sprintf("softmax: SetParameters with %d weights and %d biases, want %d x %d and %d",
			len(weight), len(bias), m.classes, m.features, m.classes))
	}
	m.scale = 1
	for f := range m.features {
		clear(m.weight[f*m.width:][m.classes:m.width])
		row := m.weight[f*m.width:][:m.classes]
		for k := range row {
			row[k] = weight[k*m.features+f]
		}
	}
	copy(m.bias, bias)
}

// finite reports whether no parameter is NaN or infinite.
func (m *Model) finite() bool { return finite(m.weight) && finite(m.bias) }

// copyFrom sets the parameters, not the metadata, to those of a model of the
// same shape.
func (m *Model) copyFrom(src *Model) {
	copy(m.weight, src.weight)
	copy(m.bias, src.bias)
	m.scale = src.scale
}

// fold multiplies the weights with the scale, which becomes 1.
func (m *Model) fold() {
	if m.scale == 1 {
		return
	}
	for i := range m.weight {
		m.weight[i] *= m.scale
	}
	m.scale = 1
}

// Logits computes z = Wx + b for each row of x into dst, row-major
// [n][classes], and returns dst. A nil dst is allocated; otherwise its length
// must be exact, and it must not overlap x. With a dst, nothing is allocated.
func (m *Model) Logits(dst []float32, x Rows) []float32 {
	return m.rowwise(dst, x, false)
}

// Probs computes the probabilities of the classes for each row of x into dst,
// row-major [n][classes], and returns dst. Each row sums to 1 up to rounding.
// A nil dst is allocated; otherwise its length must be exact, and it must not
// overlap x. With a dst, nothing is allocated. Where x or the logits are not
// finite, the probabilities are NaN.
func (m *Model) Probs(dst []float32, x Rows) []float32 {
	return m.rowwise(dst, x, true)
}

// matrix takes rows out of their interface and checks that they fit.
func (m *Model) matrix(x Rows) matrix {
	if m.classes == 0 {
		panic("softmax: the Model is not from New, Decode or Load")
	}
	return newMatrix(x, m.features)
}

func (m *Model) rowwise(dst []float32, x Rows, probs bool) []float32 {
	mat := m.matrix(x)
	if dst == nil {
		dst = make([]float32, mat.rows*m.classes)
	}
	if len(dst) != mat.rows*m.classes {
		panic(fmt.Sprintf("softmax: len(dst) = %d, want %d rows x %d classes", len(dst), mat.rows, m.classes))
	}
	s := m.scratch()
	defer s.release()
	rest := dst
	for from := 0; from < mat.rows; from += portion {
		z := m.logits(s, &mat, from, min(from+portion, mat.rows))
		for ; len(z) > 0; z = z[m.lanes:] {
			if probs {
				softmax(z[:m.lanes], 0)
			}
			rest = rest[copy(rest[:m.classes], z):]
		}
	}
	return dst
}

// Predict returns the most probable class of x, which must hold exactly one
// row, and its probability. Of equally probable classes the lowest wins. If x or
// the logits are not finite the probability is NaN and the class 0. It allocates
// nothing.
func (m *Model) Predict(x Rows) (class int, prob float32) {
	mat := m.matrix(x)
	if mat.rows != 1 {
		panic(fmt.Sprintf("softmax: Predict of %d rows, want 1", mat.rows))
	}
	s := m.scratch()
	defer s.release()
	z := m.logits(s, &mat, 0, 1)
	class = argmax(z[:m.classes])
	if loss := softmax(z, class); loss.sum != loss.sum {
		class = 0
	}
	return class, z[class]
}

// Loss returns the mean cross-entropy -log p[y] of the rows of x with labels
// y, without any penalty. It is NaN when there are no rows. Labels outside
// [0, classes) panic.
func (m *Model) Loss(x Rows, y []int) float64 {
	loss, _ := m.score(x, y)
	return loss
}

// Accuracy returns the share, in [0, 1], of the rows of x whose most probable
// class is their label in y. It is NaN when there are no rows. Labels outside
// [0, classes) panic.
func (m *Model) Accuracy(x Rows, y []int) float64 {
	_, accuracy := m.score(x, y)
	return accuracy
}

// score returns the mean loss and the accuracy in one pass.
func (m *Model) score(x Rows, y []int) (loss, accuracy float64) {
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	right := 0
	losses := newLossSum()
	for i, v := range m.judge(&mat, y) {
		if int(v.predicted) == y[i] {
			right++
		}
		losses.add(v.loss)
	}
	n := float64(len(y))
	return losses.total() / n, float64(right) / n
}

// logits computes the logits of rows from up to to, at most portion, into s.z,
// [to-from][lanes], and returns it.
func (m *Model) logits(s *scratch, x *matrix, from, to int) []float32 {
	z := s.z[:(to-from)*m.lanes]
	const piece = 1024 // a multiple of four, see forward
	switch {
	case !x.dense():
		for i := from; i < to; i++ {
			s.terms = x.appendSparse(s.terms[:0], i)
			rescale(s.terms, m.scale)
			forwardTerms(s.sums[4*(i-from)*m.width:], m.weight, s.terms, m.width, m.width, m.classes)
		}
	case m.features <= piece:
		s.gather(x, from, to, 0, m.features, m.scale)
		forwardFold(z, m.bias, m.weight, s.sums, &s.list, 0, to-from, m.width, m.lanes, m.classes)
		return z
	default:
		// Through a small buffer, in as many pieces as it takes: the order of the
		// additions is that of the whole row.
		for lo := 0; lo < m.features; lo += piece {
			s.gather(x, from, to, lo, min(lo+piece, m.features), m.scale)
			forward(s.sums, m.weight[lo*m.width:], &s.list, 0, to-from, m.width, m.classes)
		}
	}
	repeat(z, m.bias)
	fold(z, s.sums, to-from, m.width, m.lanes)
	return z
}

// gather lists features lo up to hi of dense rows from up to to, times scale.
func (s *scratch) gather(x *matrix, from, to, lo, hi int, scale float32) {
	s.list.reset()
	s.list.reserve(to-from, hi-lo)
	if to-from == 1 {
		s.list.append(x, from, lo, hi)
	} else {
		s.list.appendRange(x, from, to, x.rows, lo, hi)
	}
	s.list.rescale(scale)
}

// scratch is the memory that some rows need on their way to logits. It is pooled
// so that predicting allocates nothing, for any number of classes.
type scratch struct {
	list  list
	terms []term
	sums  []float32 // [portion][4][width], zeros between uses
	z     []float32 // [portion][lanes]
}

var scratchPool = sync.Pool{New: func() any { return new(scratch) }}

func (m *Model) scratch() *scratch {
	s := scratchPool.Get().(*scratch)
	s.sums = grow(s.sums, portion*4*m.width)
	s.z = grow(s.z, portion*m.lanes)
	return s
}

func (s *scratch) release() {
	s.list.later.forget()
	scratchPool.Put(s)
}

// argmax returns the index of the largest value, the lowest of equals. Which one
// that is nobody can predict, so it takes no branches: the bits of a float, but
// for the sign, are in the order of the numbers.
func argmax(z []float32) int {
	best := int64(math.MinInt64)
	for k, v := range z {
		b := int32(math.Float32bits(v + 0)) // -0 is 0
		b ^= b >> 31 & math.MaxInt32
		best = max(best, int64(b)<<32|int64(math.MaxInt32-k))
	}
	return math.MaxInt32 - int(best&math.MaxInt32)
}

// checkLabels panics, as for any caller's mistake, unless there is one valid
// label a row.
func checkLabels(y []int, rows, classes int) {
	if len(y) != rows {
		panic(fmt.Sprintf("softmax: %d labels for %d rows", len(y), rows))
	}
	for i, label := range y {
		if label < 0 || label >= classes {
			panic(fmt.Sprintf("softmax: y[%d] = %d, want a label in [0, %d)", i, label, classes))
		}
	}
}
