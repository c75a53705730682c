package kernel

import (
	"encoding/binary"
	"math"
	"slices"
)

// Which pixels are zero is hard to predict. So the scans have no branch for it.
// They write every element, and the next one takes the place of a zero.

// scanGeneric writes the quads of a row of bytes, their positions to index and
// their bytes to raw, and returns their number. It leaves the last three or
// fewer bytes to the caller. There is room for all quads and slack more.
func scanGeneric(index []int32, raw []uint32, x []uint8) (kept int) {
	for q := range len(x) / 4 {
		word := binary.LittleEndian.Uint32(x[4*q:])
		index[kept], raw[kept] = int32(q), word
		kept += oneUnlessZero(word)
	}
	return kept
}

// pixelsGeneric turns the bytes of quads into numbers.
func pixelsGeneric(value [][4]float32, raw []uint32) {
	value = value[:len(raw)]
	for n, w := range raw {
		value[n] = [4]float32{pixel[w&255], pixel[w>>8&255], pixel[w>>16&255], pixel[w>>24]}
	}
}

// oneUnlessZero returns 0 for 0, else 1, without a branch.
func oneUnlessZero(word uint32) int { return int((word | -word) >> 31) }

// scanFloatsGeneric writes the quads of a row of floats and returns their
// number. It leaves the last three or fewer floats to the caller. There is room
// for all quads and one more.
func scanFloatsGeneric(index []int32, value [][4]float32, x []float32) (kept int) {
	for q := range len(x) / 4 {
		quad := [4]float32(x[4*q:])
		index[kept], value[kept] = int32(q), quad
		any := math.Float32bits(quad[0]) | math.Float32bits(quad[1]) | math.Float32bits(quad[2]) | math.Float32bits(quad[3])
		kept += oneUnlessZero(any << 1) // without the sign: -0 is zero
	}
	return kept
}

// scanNonzeros appends a row of bytes as nonzeros. Those of the same partial
// sum come next to each other: first the features 0, 4, 8, ..., then 1, 5, ...
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
	for f := len(x) &^ 7; f < len(x); f++ {
		l.append(f, pixel[x[f]])
	}
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
