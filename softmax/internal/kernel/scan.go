package kernel

import (
	"encoding/binary"
	"math"
	"slices"
)

// Which bytes of a picture are zero is hard to predict. So the scans have no
// branch for it. They write every element, and the next one takes the place of
// a zero.

// scanGeneric appends rows of bytes as quads: the first n bytes, n rounded down
// to a multiple of four, from x[i*stride] on for each i of rows. There is room
// for all quads and slack more.
func scanGeneric(l *List, x []uint8, rows []int, stride, n int) {
	for _, i := range rows {
		row, kept := x[i*stride:][:n], len(l.index)
		index := l.index[:cap(l.index)]
		for q := range n / 4 {
			index[kept] = int32(q)
			kept += oneUnlessZero(binary.LittleEndian.Uint32(row[4*q:]))
		}
		for _, q := range index[len(l.index):kept] {
			b := row[4*q : 4*q+4]
			l.value = append(l.value, [4]float32{pixel[b[0]], pixel[b[1]], pixel[b[2]], pixel[b[3]]})
		}
		l.index, l.start = index[:kept], append(l.start, kept)
	}
}

// oneUnlessZero returns 0 for 0, else 1, without a branch.
func oneUnlessZero(word uint32) int { return int((word | -word) >> 31) }

// scanFloatsGeneric writes the quads of a row of floats to index and value and
// returns their number. It leaves the last three or fewer floats to the
// caller. index and value have room for one quad more than x has.
func scanFloatsGeneric(index []int32, value [][4]float32, x []float32) (kept int) {
	for q := range len(x) / 4 {
		quad := [4]float32(x[4*q:])
		index[kept], value[kept] = int32(q), quad
		any := math.Float32bits(quad[0]) | math.Float32bits(quad[1]) | math.Float32bits(quad[2]) | math.Float32bits(quad[3])
		kept += oneUnlessZero(any << 1) // without the sign: -0 is zero
	}
	return kept
}

// scanNonzeros appends the nonzeros of a row of bytes, but for the last seven
// or fewer. Nonzeros of the same partial sum come next to each other: first
// those of the features 0, 4, 8, ..., then those of 1, 5, 9, ...
func (l *List) scanNonzeros(x []uint8) {
	l.positions = slices.Grow(l.positions[:0], len(x)/4+1)
	quads, n := l.positions[:len(x)/4+1], 0
	for f := 0; f+8 <= len(x); f += 8 {
		words := binary.LittleEndian.Uint64(x[f : f+8 : f+8])
		quads[n] = int32(f)
		n += oneUnlessZero(uint32(words))
		quads[n] = int32(f + 4)
		n += oneUnlessZero(uint32(words >> 32))
	}
	dst, kept := l.nonzeros[:cap(l.nonzeros)], len(l.nonzeros)
	for j := range int32(4) {
		for _, f := range quads[:n] {
			b := x[f+j]
			dst[kept] = Nonzero{f + j, pixel[b]}
			kept += int((uint32(b) + 255) >> 8)
		}
	}
	l.nonzeros = dst[:kept]
}

// scanFloatNonzeros appends the nonzeros of a row of floats in the same order.
func (l *List) scanFloatNonzeros(x []float32) {
	dst, kept := l.nonzeros[:cap(l.nonzeros)], len(l.nonzeros)
	for j := range min(4, len(x)) {
		for f := j; f < len(x); f += 4 {
			v := x[f]
			dst[kept] = Nonzero{int32(f), v}
			kept += oneUnlessZero(math.Float32bits(v) << 1) // -0 is zero
		}
	}
	l.nonzeros = dst[:kept]
}
