package softmax

import (
	"encoding/binary"
	"math"
)

// A term is a feature of a row that is not zero.
type term struct {
	index int32
	value float32
}

// A list is rows, or the same range of their features, in the form that forward
// and backward eat. Those in assembly take quads: four neighbouring features, 4q
// to 4q+3, that are not all zero. Their lanes are one piece of memory of whole
// registers; ink comes in strokes, so that where a pixel is not zero some of its
// neighbours are not either; and quads are found faster than single features.
// Those in Go take terms: they pay for every product, and a third of a quad's are
// with zeros.
type list struct {
	start []int // row i has the quads, or the terms, start[i]:start[i+1]

	index []int32      // of the quads, q
	value [][4]float32 // and their features
	terms []term       // in place of quads; index then is empty, room for scanTerms
	raw   []uint32     // memory for scan

	rows  [portion + ahead]int // memory for appendRange
	later upcoming
}

// upcoming is rows of bytes that come after those of a list, for forward to prefetch,
// or as many of them as it multiplies rows: in random order they come from far
// away, a few lines at a time, and the processor has something to do while they do.
type upcoming struct {
	left     int // those that have not been prefetched
	rows     []int
	x        []uint8 // from the first feature on
	features int
	n        int // features that matter
}

// slack is how many quads more than rows can have there must be room for: scan writes
// whole registers.
const slack = 16

// len returns the number of rows.
func (l *list) len() int { return len(l.start) - 1 }

// elements returns the number of quads or terms.
func (l *list) elements() int { return len(l.index) + len(l.terms) }

// row returns the terms of row i.
func (l *list) row(i int) []term { return l.terms[l.start[i]:l.start[i+1]] }

// reset makes the list empty.
func (l *list) reset() {
	l.start = append(l.start[:0], 0)
	l.index, l.value, l.terms = l.index[:0], l.value[:0], l.terms[:0]
}

// reserve makes room for so many more rows with so many features that are not
// zero, and for slack.
func (l *list) reserve(rows, features int) {
	n := rows*((features+3)/4) + slack
	switch {
	case !inQuads():
		l.terms = reserve(l.terms, rows*features+1)
		l.index = reserve(l.index, n) // see scanTerms
	case min(cap(l.index), cap(l.value)) < len(l.index)+n:
		l.index, l.value = reserve(l.index, n), reserve(l.value, n)
	}
}

// reserve makes room for n more elements.
func reserve[T any](s []T, n int) []T {
	if cap(s)-len(s) < n {
		s = append(s, make([]T, n)...)[:len(s)]
	}
	return s
}

// forget lets go of the rows.
func (u *upcoming) forget() { u.left, u.rows, u.x = 0, nil, nil }

// ahead is how many rows a list knows of those that come next.
const ahead = portion

// appendRows appends features lo up to hi of the first n, at most portion, of some rows
// of x, counted from lo. Those behind come next. For dense rows there must be
// room, see reserve.
func (l *list) appendRows(x *matrix, rows []int, n, lo, hi int) {
	if x.bytes == nil {
		for _, i := range rows[:n] {
			l.append(x, i, lo, hi)
		}
		return
	}
	rows = rows[:min(n+ahead, len(rows))]
	bytes := x.bytes[lo:]
	l.appendBytes(bytes, rows, n, x.features, hi-lo)
	l.later = upcoming{len(rows) - n, rows[n:], bytes, x.features, hi - lo}
}

// appendRange is appendRows of rows from up to to; rows up to end come next.
func (l *list) appendRange(x *matrix, from, to, end, lo, hi int) {
	rows := l.rows[:min(to+ahead, end)-from]
	for k := range rows {
		rows[k] = from + k
	}
	l.appendRows(x, rows, to-from, lo, hi)
}

// append appends features lo up to hi of row i of x, counted from lo. For a dense row
// there must be room, see reserve.
func (l *list) append(x *matrix, i, lo, hi int) {
	switch {
	case x.bytes != nil:
		l.appendBytes(x.bytes[lo:], []int{i}, 1, x.features, hi-lo)
		return
	case x.floats != nil:
		l.appendFloats(x.floats[i*x.features:][lo:hi])
	default:
		for k := x.sparse.Start[i]; k < x.sparse.Start[i+1]; k++ {
			if f := int(x.sparse.Index[k]); f >= lo && f < hi {
				l.appendFeature(f-lo, x.sparse.Value[k])
			}
		}
	}
	l.start = append(l.start, l.elements())
}

// one makes the list that of row i of x alone.
func (l *list) one(x *matrix, i int) {
	l.reset()
	if x.dense() {
		l.reserve(1, x.features)
	}
	l.append(x, i, 0, x.features)
}

// appendBytes appends the first n bytes of the first count of some rows of x, which
// begin after so many features each.
func (l *list) appendBytes(x []uint8, rows []int, count, features, n int) {
	if inQuads() && n%4 == 0 {
		scan(l, x, rows, count, features, n)
		return
	}
	for k, i := range rows[:count] {
		row := x[i*features:][:n]
		var scanned int
		if inQuads() {
			scan(l, x, rows[k:], 1, features, n)
			scanned = n &^ 3
		} else {
			kept := len(l.terms)
			kept += scanTerms(l.terms[kept:cap(l.terms)], l.index[:cap(l.index)], row)
			l.terms = l.terms[:kept]
			l.start = append(l.start, kept)
			scanned = n &^ 7
		}
		for f := scanned; f < n; f++ {
			l.appendFeature(f, pixel[row[f]])
		}
		l.start[len(l.start)-1] = l.elements()
	}
}

func (l *list) appendFloats(x []float32) {
	if !inQuads() {
		n := len(l.terms)
		l.terms = l.terms[:n+scanFloatTerms(l.terms[n:cap(l.terms)], x)]
		return
	}
	n := len(l.index)
	n += scanFloats(l.index[n:cap(l.index)], l.value[n:cap(l.value)], x)
	l.index, l.value = l.index[:n], l.value[:n]
	for f := len(x) &^ 3; f < len(x); f++ {
		l.appendFeature(f, x[f])
	}
}

// appendFeature appends to the last row, which ends where start will say.
func (l *list) appendFeature(f int, v float32) {
	if v == 0 {
		return
	}
	if !inQuads() {
		l.terms = append(l.terms, term{int32(f), v})
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

// rescale multiplies all features.
func (l *list) rescale(scale float32) {
	if scale == 1 {
		return
	}
	rescale(l.terms, scale)
	for n := range l.value {
		for j := range l.value[n] {
			l.value[n][j] *= scale
		}
	}
}

// rescale multiplies the values of a row.
func rescale(row []term, scale float32) {
	if scale == 1 {
		return
	}
	for i := range row {
		row[i].value *= scale
	}
}

// appendTerms appends row i as terms.
func (l *list) appendTerms(dst []term, i int) []term {
	if !inQuads() {
		return append(dst, l.row(i)...)
	}
	for n := l.start[i]; n < l.start[i+1]; n++ {
		for j, v := range l.value[n] {
			if v != 0 {
				dst = append(dst, term{4*l.index[n] + int32(j), v})
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

// scan appends rows as quads: the first n bytes, rounded down to a multiple of four,
// of the first count of some rows of x, which begin after so many features each. The
// rows behind those come next. There is room for all quads and slack more, which may
// be written to.
func scanGeneric(l *list, x []uint8, rows []int, count, features, n int) {
	for _, i := range rows[:count] {
		first := len(l.index)
		index, value := l.index[first:cap(l.index)], l.value[first:cap(l.value)]
		kept := first + scanRow(index, value, x[i*features:][:n])
		l.index, l.value, l.start = l.index[:kept], l.value[:kept], append(l.start, kept)
	}
}

// scanRow is scan for one row. It returns how many quads it has kept.
func scanRow(index []int32, value [][4]float32, x []uint8) (kept int) {
	// Which quads are zero is hard to predict. So each is listed, and the next
	// takes its place if it is.
	for q := range len(x) / 4 {
		word := binary.LittleEndian.Uint32(x[4*q:])
		index[kept] = int32(q)
		kept += oneUnlessZero(word)
	}
	for n, q := range index[:kept] {
		x := x[4*q : 4*q+4]
		value[n] = [4]float32{pixel[x[0]], pixel[x[1]], pixel[x[2]], pixel[x[3]]}
	}
	return kept
}

// oneUnlessZero returns 1, or 0 for 0, without a branch.
func oneUnlessZero(word uint32) int { return int((word | -word) >> 31) }

// scanFloats finds the quads of a row of floats and writes them to index and value. A
// quad of zeros, of any sign, is none. It leaves the last 3 or fewer floats to the
// caller, and returns how many quads it has kept. index and value have room for one
// quad more than x has; what lies behind those kept may have been written to.
func scanFloatsGeneric(index []int32, value [][4]float32, x []float32) (kept int) {
	for q := range len(x) / 4 {
		quad := [4]float32(x[4*q:])
		index[kept], value[kept] = int32(q), quad
		// All bits but those of the signs.
		word := (math.Float32bits(quad[0]) | math.Float32bits(quad[1]) | math.Float32bits(quad[2]) | math.Float32bits(quad[3])) << 1
		kept += oneUnlessZero(word)
	}
	return kept
}

// scanTerms finds the terms of a row of bytes, but for the last 7 or fewer. Terms
// of the same sum, see forward, go next to each other: those of one feature in
// four, then those of the next. index has room for the row's quads and one more.
//
// Which bytes are zero is hard to predict. So every quad, and then every byte of
// one, is written, and the next takes its place if it is zero.
func scanTerms(dst []term, index []int32, x []uint8) (kept int) {
	n := 0
	for f := 0; f+8 <= len(x); f += 8 {
		words := binary.LittleEndian.Uint64(x[f : f+8 : f+8])
		index[n] = int32(f)
		n += oneUnlessZero(uint32(words))
		index[n] = int32(f + 4)
		n += oneUnlessZero(uint32(words >> 32))
	}
	for j := range int32(4) {
		for _, f := range index[:n] {
			b := x[f+j]
			dst[kept] = term{f + j, pixel[b]}
			kept += int((uint32(b) + 255) >> 8)
		}
	}
	return kept
}

// scanFloatTerms finds the terms of a row of floats, those of one feature in four,
// then those of the next.
func scanFloatTerms(dst []term, x []float32) (kept int) {
	for j := range min(4, len(x)) {
		// Every one is written, and the next takes its place if it is zero.
		for f := j; f < len(x); f += 4 {
			v := x[f]
			dst[kept] = term{int32(f), v}
			kept += oneUnlessZero(math.Float32bits(v) << 1) // all bits but the sign
		}
	}
	return kept
}
