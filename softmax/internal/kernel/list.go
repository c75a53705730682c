package kernel

import "slices"

// A Nonzero is a feature of a row that is not zero.
type Nonzero struct {
	Index int32
	Value float32
}

// A List holds rows, or one range of their features, without the zeros.
//
// For assembly it holds quads. A quad is four neighboring features, 4q to 4q+3,
// that are not all zero. Their weights are one piece of memory and fill whole
// registers. Ink comes in strokes, so a nonzero pixel mostly has nonzero
// neighbors. Quads are also found faster than single features.
//
// For plain Go it holds single nonzeros. One third of the products of quads are
// with zeros, and plain Go computes one product at a time: with quads, an epoch
// takes twice as long.
type List struct {
	start []int // row i has the quads, or nonzeros, [start[i], start[i+1])

	index []int32      // q of the quads
	value [][4]float32 // the features of the quads

	nonzeros []Nonzero // in place of quads

	memory []uint32 // for scan
}

// slack is how many quads scan may write after the last one, because it writes
// whole registers.
const slack = 16

// ListOf returns a list of one row.
func ListOf(row []float32) *List {
	l := new(List)
	l.Reset()
	l.Reserve(1, len(row))
	l.AppendFloats(row)
	return l
}

// Len returns the number of rows.
func (l *List) Len() int { return len(l.start) - 1 }

// row returns row i of a list of nonzeros.
func (l *List) row(i int) []Nonzero { return l.nonzeros[l.start[i]:l.start[i+1]] }

// quads returns row i of a list of quads.
func (l *List) quads(i int) (index []int32, value [][4]float32) {
	from, to := l.start[i], l.start[i+1]
	return l.index[from:to], l.value[from:to]
}

// Reset makes the list empty.
func (l *List) Reset() {
	l.start = append(l.start[:0], 0)
	l.index, l.value, l.nonzeros = l.index[:0], l.value[:0], l.nonzeros[:0]
}

// Reserve makes room for more dense rows with this many features. AppendBytes
// and AppendFloats need it.
func (l *List) Reserve(rows, features int) {
	if !quads() {
		l.nonzeros = slices.Grow(l.nonzeros, rows*features+1)
		return
	}
	n := rows*((features+3)/4) + slack
	l.index, l.value = slices.Grow(l.index, n), slices.Grow(l.value, n)
}

// AppendBytes appends rows of bytes, where b stands for b/255. Row i of x has
// the n bytes from x[i*stride] on.
func (l *List) AppendBytes(x []uint8, rows []int, stride, n int) {
	if quads() && n%4 == 0 {
		scan(l, x, rows, stride, n)
		return
	}
	for k, i := range rows {
		row, scanned := x[i*stride:][:n], n&^7
		if quads() {
			scan(l, x, rows[k:k+1], stride, n)
			l.start, scanned = l.start[:len(l.start)-1], n&^3 // the row goes on
		} else {
			l.scanNonzeros(row)
		}
		for f := scanned; f < n; f++ {
			l.append(f, pixel[row[f]])
		}
		l.endRow()
	}
}

// AppendFloats appends one row of floats.
func (l *List) AppendFloats(x []float32) {
	if !quads() {
		l.scanFloatNonzeros(x)
		l.endRow()
		return
	}
	from := len(l.index)
	kept := from + scanFloats(l.index[from:cap(l.index)], l.value[from:cap(l.value)], x)
	l.index, l.value = l.index[:kept], l.value[:kept]
	for f := len(x) &^ 3; f < len(x); f++ {
		l.append(f, x[f])
	}
	l.endRow()
}

// AppendSparse appends features [lo, hi) of one sparse row. Feature lo gets
// index 0.
func (l *List) AppendSparse(index []int32, value []float32, lo, hi int) {
	for k, f := range index {
		if f := int(f); f >= lo && f < hi {
			l.append(f-lo, value[k])
		}
	}
	l.endRow()
}

// append appends feature f with value v to the last row, unless v is zero.
func (l *List) append(f int, v float32) {
	if v == 0 {
		return
	}
	if !quads() {
		l.nonzeros = append(l.nonzeros, Nonzero{int32(f), v})
		return
	}
	n := len(l.index) - 1
	if n < l.start[len(l.start)-1] || int(l.index[n]) != f/4 || l.value[n][f%4] != 0 {
		l.index = append(l.index, int32(f/4))
		l.value = append(l.value, [4]float32{})
		n++
	}
	l.value[n][f%4] = v
}

// endRow ends the last row.
func (l *List) endRow() { l.start = append(l.start, len(l.index)+len(l.nonzeros)) }

// Scale multiplies all features by scale.
func (l *List) Scale(scale float32) {
	if scale == 1 {
		return
	}
	Scale(l.nonzeros, scale)
	for n := range l.value {
		for j := range l.value[n] {
			l.value[n][j] *= scale
		}
	}
}

// Scale multiplies all values of a row by scale.
func Scale(row []Nonzero, scale float32) {
	if scale == 1 {
		return
	}
	for i := range row {
		row[i].Value *= scale
	}
}

// Nonzeros appends the nonzeros of row i to dst and returns it.
func (l *List) Nonzeros(dst []Nonzero, i int) []Nonzero {
	if !quads() {
		return append(dst, l.row(i)...)
	}
	for n := l.start[i]; n < l.start[i+1]; n++ {
		for j, v := range l.value[n] {
			if v != 0 {
				dst = append(dst, Nonzero{4*l.index[n] + int32(j), v})
			}
		}
	}
	return dst
}

// pixel[b] is the number that the byte b stands for.
var pixel = func() (t [256]float32) {
	for b := range t {
		t[b] = float32(b) / 255
	}
	return t
}()
