package softmax

import (
	"fmt"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
)

// Rows is a matrix [n][features], one sample a row: [Bytes], [Floats] or
// [Sparse]. This package neither writes to rows nor keeps them.
type Rows interface {
	isRows()
}

// Bytes is a dense row-major matrix. A byte b stands for b/255.
type Bytes []uint8

// Floats is a dense row-major matrix.
type Floats []float32

// Sparse is a matrix in compressed sparse row form: row i has the values
// Value[Start[i]:Start[i+1]] in the columns Index[Start[i]:Start[i+1]]. Start
// begins with 0, never decreases and ends with len(Index) = len(Value). Indices
// may come in any order; values of a repeated index add up.
type Sparse struct {
	Start []int
	Index []int32
	Value []float32
}

func (Bytes) isRows()  {}
func (Floats) isRows() {}
func (Sparse) isRows() {}

// matrix is a Rows, checked against a number of features. At most one of bytes,
// floats and sparse is set. A field of type Rows would move the caller's slice
// header to the heap at every call.
type matrix struct {
	bytes    Bytes
	floats   Floats
	sparse   Sparse
	features int
	rows     int
	numbers  []int // of the rows, for errors; nil if these are the indices
}

// newMatrix panics if x is malformed or does not have this number of features.
func newMatrix(x Rows, features int) matrix {
	m := matrix{features: features}
	switch x := x.(type) {
	case Bytes:
		m.bytes, m.rows = x, denseRows(len(x), features)
	case Floats:
		m.floats, m.rows = x, denseRows(len(x), features)
	case Sparse:
		x.check(features)
		m.sparse, m.rows = x, len(x.Start)-1
	default:
		panic("softmax: Rows is nil or a pointer, want a value of type Bytes, Floats or Sparse")
	}
	return m
}

// denseRows returns the number of rows in a dense matrix of length n.
func denseRows(n, features int) int {
	if n%features != 0 {
		panic(fmt.Sprintf("softmax: len(x) = %d, want a multiple of the model's %d features", n, features))
	}
	return n / features
}

// check panics unless s is well-formed and every index is a feature.
func (s Sparse) check(features int) {
	if len(s.Index) != len(s.Value) {
		panic(fmt.Sprintf("softmax: Sparse has %d indices and %d values, want equal numbers", len(s.Index), len(s.Value)))
	}
	if len(s.Start) == 0 || s.Start[0] != 0 || s.Start[len(s.Start)-1] != len(s.Index) {
		panic(fmt.Sprintf("softmax: Sparse.Start must begin with 0 and end with len(Index) = %d", len(s.Index)))
	}
	for i := 1; i < len(s.Start); i++ {
		if s.Start[i] < s.Start[i-1] {
			panic(fmt.Sprintf("softmax: Sparse.Start decreases at %d: %d after %d", i, s.Start[i], s.Start[i-1]))
		}
	}
	for i, f := range s.Index {
		if f < 0 || int(f) >= features {
			panic(fmt.Sprintf("softmax: Sparse.Index[%d] = %d, want a feature in [0, %d)", i, f, features))
		}
	}
}

// dense reports whether the rows are bytes or floats.
func (m *matrix) dense() bool { return m.bytes != nil || m.floats != nil }

// number returns the number of a row for errors.
func (m *matrix) number(row int) int {
	if m.numbers == nil {
		return row
	}
	return m.numbers[row]
}

// prefetch asks the processor to load features [lo, hi) of some rows of bytes.
// In random order, rows are not in a cache: without prefetching, an epoch takes
// 1.4 times as long.
func (m *matrix) prefetch(rows []int, lo, hi int) {
	if m.bytes == nil {
		return
	}
	for _, i := range rows {
		kernel.Prefetch(m.bytes[i*m.features+lo:][:hi-lo])
	}
}

// appendTo appends features [lo, hi) of some rows to l, where feature lo gets
// index 0. For dense rows, l must have room, see kernel.List.Reserve.
func (m *matrix) appendTo(l *kernel.List, rows []int, lo, hi int) {
	switch {
	case m.bytes != nil:
		l.AppendBytes(m.bytes[lo:], rows, m.features, hi-lo)
	case m.floats != nil:
		for _, i := range rows {
			l.AppendFloats(m.floats[i*m.features:][lo:hi])
		}
	default:
		for _, i := range rows {
			index, value := m.sparse.row(i)
			l.AppendSparse(index, value, lo, hi)
		}
	}
}

// row returns the indices and values of row i.
func (s *Sparse) row(i int) (index []int32, value []float32) {
	from, to := s.Start[i], s.Start[i+1]
	return s.Index[from:to], s.Value[from:to]
}

// nonzeros appends the nonzeros of row i to dst and returns it.
func (s *Sparse) nonzeros(dst []kernel.Nonzero, i int) []kernel.Nonzero {
	index, value := s.row(i)
	for k, v := range value {
		if v != 0 {
			dst = append(dst, kernel.Nonzero{Index: index[k], Value: v})
		}
	}
	return dst
}
