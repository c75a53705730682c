package kernel

import (
	"encoding/binary"
	"math"
	"slices"
)

// The processor cannot predict which pixels are zero, so the scans do not
// branch on it. They write every element, and the next element overwrites a
// zero.

// scanGeneric appends rows of bytes as quads: the n bytes, n rounded down to a
// multiple of four, from x[i*stride] on for each i of rows.
func scanGeneric(l *List, x []uint8, rows []int, stride, n int) {
	for _, i := range rows {
		row, index, kept := x[i*stride:][:n], l.index[:cap(l.index)], len(l.index)
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

// scanFloatsGeneric writes the quads of a row of floats and returns their
// number. It leaves the last n%4 floats to the caller. index and value have
// room for all quads and one more.
func scanFloatsGeneric(index []int32, value [][4]float32, x []float32) (kept int) {
	for q := range len(x) / 4 {
		quad := [4]float32(x[4*q:])
		index[kept], value[kept] = int32(q), quad
		any := math.Float32bits(quad[0]) | math.Float32bits(quad[1]) |
			math.Float32bits(quad[2]) | math.Float32bits(quad[3])
		kept += oneUnlessZero(any << 1) // without the sign: -0 is zero
	}
	return kept
}

// scanNonzeros appends a row of bytes, without the last n%8, as nonzeros.
// Nonzeros of the same partial sum are neighbors: first the features 0, 4, 8,
// ..., then 1, 5, ...
func (l *List) scanNonzeros(x []uint8) {
	l.memory = slices.Grow(l.memory[:0], len(x)/4+1)
	quads, n := l.memory[:len(x)/4+1], 0
	for f := 0; f+8 <= len(x); f += 8 {
		words := binary.LittleEndian.Uint64(x[f : f+8 : f+8])
		quads[n] = uint32(f)
		n += oneUnlessZero(uint32(words))
		quads[n] = uint32(f + 4)
		n += oneUnlessZero(uint32(words >> 32))
	}
	dst, kept := l.nonzeros[:cap(l.nonzeros)], len(l.nonzeros)
	for j := range uint32(4) {
		for _, f := range quads[:n] {
			b := x[f+j]
			dst[kept] = Nonzero{int32(f + j), pixel[b]}
			kept += int((uint32(b) + 255) >> 8)
		}
	}
	l.nonzeros = dst[:kept]
}

// scanFloatNonzeros appends a row of floats as nonzeros, in the same order.
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
