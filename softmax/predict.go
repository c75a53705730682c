package softmax

import (
	"fmt"
	"sync"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
)

// Logits writes W x + b for each row of x to dst, row-major [n][classes], and
// returns dst. A nil dst is allocated. Otherwise its length must be exact, it
// must not overlap x, and nothing is allocated.
func (m *Model) Logits(dst []float32, x Rows) []float32 {
	return m.predictRows(dst, x, false)
}

// Probs is [Model.Logits] for probabilities. They are NaN in a row whose
// features or logits are not finite.
func (m *Model) Probs(dst []float32, x Rows) []float32 {
	return m.predictRows(dst, x, true)
}

func (m *Model) predictRows(dst []float32, x Rows, probs bool) []float32 {
	mat := m.matrix(x)
	if dst == nil {
		dst = make([]float32, mat.rows*m.classes)
	}
	if len(dst) != mat.rows*m.classes {
		panic(fmt.Sprintf("softmax: len(dst) = %d, want %d rows x %d classes", len(dst), mat.rows, m.classes))
	}
	s := m.scratch()
	defer scratchPool.Put(s)
	rest := dst
	for from := 0; from < mat.rows; from += kernel.Portion {
		z := m.logits(s, &mat, from, min(from+kernel.Portion, mat.rows))
		for ; len(z) > 0; z = z[m.shape.Lanes:] {
			if probs {
				softmax(z[:m.shape.Lanes], 0)
			}
			rest = rest[copy(rest[:m.classes], z):]
		}
	}
	return dst
}

// Predict returns the most probable class of the one row in x, and its
// probability. Lower classes win ties. If the row or its logits are not finite,
// Predict returns 0 and NaN. It allocates nothing.
func (m *Model) Predict(x Rows) (class int, prob float32) {
	mat := m.matrix(x)
	if mat.rows != 1 {
		panic(fmt.Sprintf("softmax: Predict of %d rows, want 1", mat.rows))
	}
	s := m.scratch()
	defer scratchPool.Put(s)
	z := m.logits(s, &mat, 0, 1)
	class = argmax(z[:m.classes])
	if !finiteLoss(softmax(z, class)) {
		class = 0
	}
	return class, z[class]
}

// logits returns the logits of rows [from, to), at most kernel.Portion of them.
// The result, [to-from][Lanes], is valid until s is used again.
func (m *Model) logits(s *scratch, x *matrix, from, to int) []float32 {
	const piece = 1024 // features; a multiple of 4 keeps the order of sums
	z, n := s.z[:(to-from)*m.shape.Lanes], to-from
	switch {
	case !x.dense():
		for i := range n {
			s.row = x.sparse.nonzeros(s.row[:0], from+i)
			kernel.Scale(s.row, m.scale)
			s.ForwardNonzeros(i, m.weight, s.row, m.shape.Width)
		}
	case m.features <= piece:
		s.gather(x, from, to, 0, m.features, m.scale)
		s.Logits(z, m.bias, m.weight, &s.list, 0, n)
		return z
	default:
		for lo := 0; lo < m.features; lo += piece {
			s.gather(x, from, to, lo, min(lo+piece, m.features), m.scale)
			s.Forward(m.weight[lo*m.shape.Width:], &s.list, 0, n)
		}
	}
	kernel.Repeat(z, m.bias)
	s.AddSums(z, n)
	return z
}

// gather sets s.list to features [lo, hi) of dense rows [from, to), times
// scale, and prefetches the next portion of rows.
func (s *scratch) gather(x *matrix, from, to, lo, hi int, scale float32) {
	rows := s.rows[:min(to+kernel.Portion, x.rows)-from]
	for k := range rows {
		rows[k] = from + k
	}
	s.list.Reset()
	s.list.Reserve(to-from, hi-lo)
	x.prefetch(rows[to-from:], lo, hi)
	x.appendTo(&s.list, rows[:to-from], lo, hi)
	s.list.Scale(scale)
}

// scratch is the memory for computing logits. It comes from a pool, so that
// predicting allocates nothing.
type scratch struct {
	kernel.Workspace
	rows [2 * kernel.Portion]int // row numbers of a portion and the next
	list kernel.List             // of dense rows
	row  []kernel.Nonzero        // of a sparse row
	z    []float32               // [Portion][Lanes]
}

var scratchPool = sync.Pool{New: func() any { return new(scratch) }}

// scratch takes memory from the pool.
func (m *Model) scratch() *scratch {
	s := scratchPool.Get().(*scratch)
	s.Reset(m.shape)
	s.z = resize(s.z, kernel.Portion*m.shape.Lanes)
	return s
}
