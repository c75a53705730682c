package softmax

import (
	"fmt"
)

// Rows is a matrix of n samples, one sample a row, in one of three forms:
// [Bytes], [Floats] or [Sparse]. The number of columns is the model's number
// of features. Nothing in this package writes to rows or keeps them.
type Rows interface {
	isRows()
}

// Bytes is a dense row-major matrix [n][features] of bytes in which b stands
// for the number b/255, as grey pixels do.
type Bytes []uint8

// Floats is a dense row-major matrix [n][features].
type Floats []float32

// Sparse is a matrix [n][features] in compressed sparse row form: row i has
// the values Value[Start[i]:Start[i+1]] in the columns
// Index[Start[i]:Start[i+1]], and zeros elsewhere. Start has n+1 elements,
// begins with 0, never decreases and ends with len(Index) = len(Value).
// Indices may come in any order; values of a repeated index add up.
type Sparse struct {
	Start []int
	Index []int32
	Value []float32
}

func (Bytes) isRows()  {}
func (Floats) isRows() {}
func (Sparse) isRows() {}

// A term is one non-zero feature of a row. Lists of terms are the form that
// the kernels eat.
type term struct {
	index int32
	value float32
}

// matrix is a Rows that has been taken out of its interface and checked
// against a number of features. One of the three forms is set. Keeping the
// interface itself would move the caller's slice header to the heap at every
// call; this does not.
type matrix struct {
	bytes    Bytes
	floats   Floats
	sparse   Sparse
	features int
	rows     int
}

// newMatrix checks the shape of x and panics, as for any caller's mistake,
// when it does not fit.
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

func denseRows(n, features int) int {
	if n%features != 0 {
		panic(fmt.Sprintf("softmax: len(x) = %d, want a multiple of the model's %d features", n, features))
	}
	return n / features
}

// check panics unless s is well-formed and every index is a feature.
func (s Sparse) check(features int) {
	if len(s.Index) != len(s.Value) {
		panic(fmt.Sprintf("softmax: Sparse has %d indices and %d values, want as many of each", len(s.Index), len(s.Value)))
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

// appendTerms appends the non-zero features of row i that lie at or after
// position from, as long as they fit into the capacity of dst, and returns the
// position to go on from, or -1 at the end of the row. Positions are columns
// of dense rows and list entries of sparse ones. With a growing dst use
// appendRow.
func (m *matrix) appendTerms(dst []term, i, from int) ([]term, int) {
	switch {
	case m.bytes != nil:
		return appendBytes(dst, m.bytes[i*m.features:(i+1)*m.features], from)
	case m.floats != nil:
		return appendFloats(dst, m.floats[i*m.features:(i+1)*m.features], from)
	}
	start, end := m.sparse.Start[i], m.sparse.Start[i+1]
	return appendSparse(dst, m.sparse.Index[start:end], m.sparse.Value[start:end], from)
}

// pad makes the number of terms a multiple of four, as the kernels want it, with
// terms that add nothing.
func pad(row []term) []term {
	for len(row)%4 != 0 {
		row = append(row, term{row[len(row)-1].index, 0})
	}
	return row
}

// appendRow appends all non-zero features of row i, padded, growing dst as
// needed.
func (m *matrix) appendRow(dst []term, i int) []term {
	return m.appendBlock(dst, i, 0, m.features)
}

// appendBlock appends the non-zero features of row i in [lo, hi), with indices
// that count from lo, padded, growing dst as needed.
func (m *matrix) appendBlock(dst []term, i, lo, hi int) []term {
	at, room := i*m.features, hi-lo
	if !m.dense() {
		room = m.sparse.Start[i+1] - m.sparse.Start[i]
	}
	room += 3 // for padding
	if free := cap(dst) - len(dst); free < room {
		dst = append(dst, make([]term, room)...)[:len(dst)]
	}
	switch {
	case m.bytes != nil:
		dst, _ = appendBytes(dst, m.bytes[at+lo:at+hi], 0)
	case m.floats != nil:
		dst, _ = appendFloats(dst, m.floats[at+lo:at+hi], 0)
	default:
		for k := m.sparse.Start[i]; k < m.sparse.Start[i+1]; k++ {
			if f, v := int(m.sparse.Index[k]), m.sparse.Value[k]; f >= lo && f < hi && v != 0 {
				dst = append(dst, term{int32(f - lo), v})
			}
		}
	}
	return pad(dst)
}

// prefetch asks for the bytes of row i in [lo, hi) to be brought near, while
// another row is being worked on: rows in random order come from far away.
func (m *matrix) prefetch(i, lo, hi int) {
	if m.bytes != nil {
		prefetch(&m.bytes[i*m.features+lo], hi-lo)
	}
}

// pixel[b] is the number that the byte b stands for.
var pixel = func() (t [256]float32) {
	for b := range t {
		t[b] = float32(b) / 255
	}
	return t
}()

func appendBytes(dst []term, x []uint8, from int) ([]term, int) {
	n := len(dst)
	buf := dst[:cap(dst)]
	// As many bytes at a time as there is room for, were none of them zero.
	for from < len(x) {
		kept, seen := scan(buf[n:], x[from:][:min(len(x)-from, len(buf)-n)], from)
		if seen == 0 {
			break
		}
		n, from = n+kept, from+seen
	}
	for ; from < len(x); from++ {
		if x[from] == 0 {
			continue
		}
		if n == len(buf) {
			return buf, from
		}
		buf[n] = term{int32(from), pixel[x[from]]}
		n++
	}
	return buf[:n], -1
}

func appendFloats(dst []term, x []float32, from int) ([]term, int) {
	n := len(dst)
	buf := dst[:cap(dst)]
	for from < len(x) {
		kept, seen := scanFloats(buf[n:], x[from:][:min(len(x)-from, len(buf)-n)], from)
		if seen == 0 {
			break
		}
		n, from = n+kept, from+seen
	}
	for ; from < len(x); from++ {
		if x[from] == 0 {
			continue
		}
		if n == len(buf) {
			return buf, from
		}
		buf[n] = term{int32(from), x[from]}
		n++
	}
	return buf[:n], -1
}

func appendSparse(dst []term, index []int32, value []float32, from int) ([]term, int) {
	for ; from < len(index); from++ {
		if value[from] == 0 {
			continue
		}
		if len(dst) == cap(dst) {
			return dst, from
		}
		dst = append(dst, term{index[from], value[from]})
	}
	return dst, -1
}
