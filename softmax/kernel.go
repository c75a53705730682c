package softmax

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The kernels are nearly all the arithmetic that training and predicting spend
// their time on. This is their law, for this file and for any other
// implementation of it:
//
// Layout. Lane = class. Weights w and gradients g are feature-major,
// [features][lanes], where lanes is the number of classes rounded up to a
// multiple of 16. A term (f, v) of a row therefore meets all classes in one
// contiguous piece of memory, and no sum ever runs across lanes: the width of
// a vector register cannot change the order of an addition, and so not a bit
// of the result.
//
//	forward   z[k] += s, where s is 0 and for each four terms in order
//	          s += (p0 + p1) + (p2 + p3), with p = v * w[f][k]
//	backward  for each term (f, v) in order: g[f][k] += v * d[k]
//
// for each row of a mini-batch in order, each with a z and a d of its own, and k
// in [0, classes), and on all elements of two slices
//
//	descend   w[i]   = decay * w[i] - scale * g[i], and then g[i] = 0
//	blend     avg[i] += share * (w[i] - avg[i])
//
// Softmax is one kernel too. With top = max z,
//
//	normalise z[k] = e[k] / Σ e, where e[k] = exp32(z[k] - top) + (z[k] - z[k])
//
// on all lanes; it returns top and the sum. Subtracting top changes nothing
// mathematically and keeps every exponent at or below zero: no logit, however
// large, overflows. z - z is 0, but NaN if z is not finite: then the sum and all
// of z are, and top means nothing. The sum runs per lane over whole vectors, then in halves: 16 lanes to 8,
// 4, 2, 1.
//
// Of sparse rows, whose terms are sorted by feature, into columns,
//
//	descendColumns  for each column f, with s[k] = Σ v * d[row][k] over its terms
//	                (row, v) in order: w[f][k] -= scale * s[k], and
//	                avg[f][k] += mix * s[k], if there is an avg
//
// And two make the terms of a row, of bytes or floats, x[0] being its feature
// first:
//
//	scan        for each x[i] != 0 in order: the next of dst = {first + i, x[i]/255}
//	scanFloats  for each x[i] != 0 in order: the next of dst = {first + i, x[i]}
//
// They may leave the last 7 or fewer to the caller, and return how many terms they have kept
// and how many elements seen. dst has room for a term an element; what lies
// behind the terms kept may have been written to.
//
// Each product is rounded to float32 before it is added (never fused). Lanes
// from classes on hold zeros in w, g and d, so an implementation may compute
// them or leave them alone; only if a v is not finite they may become NaN. In z
// they hold lowest, of which normalise makes 0.
//
// Preconditions. Row i has the terms start[i]:start[i+1], a multiple of four, see
// pad; len(start) > 1; len(z) = len(d) = rows * lanes; every f is in [0, len(w)/lanes);
// len(w) = len(g), len(avg) = len(w), multiples of 16; len(z) > 0. A list of
// columns has 1 + soon more behind the last, the first of which says where its
// terms end. The slices of a call do not overlap.

// laneWidth is the number of float32 in the widest vector register in use.
const laneWidth = 16

// forwardRow is forward of one row.
func forwardRow(z, w []float32, row []term, classes int) {
	forward(z, w, row, []int{0, len(row)}, len(z), classes)
}

// lanesFor returns classes rounded up to whole vectors.
func lanesFor(classes int) int {
	return (classes + laneWidth - 1) / laneWidth * laneWidth
}

func forwardGeneric(z, w []float32, terms []term, start []int, lanes, classes int) {
	for i, end := range start[1:] {
		forwardRowGeneric(z[i*lanes:][:lanes], w, terms[start[i]:end], classes)
	}
}

func forwardRowGeneric(z, w []float32, row []term, classes int) {
	lanes := len(z)
	var sums [laneWidth]float32
	for from := 0; from < classes; from += laneWidth {
		s := sums[:min(laneWidth, classes-from)]
		clear(s)
		w, row := w[from:], row
		for ; len(row) >= 4; row = row[4:] {
			w0 := w[int(row[0].index)*lanes:][:len(s)]
			w1 := w[int(row[1].index)*lanes:][:len(s)]
			w2 := w[int(row[2].index)*lanes:][:len(s)]
			w3 := w[int(row[3].index)*lanes:][:len(s)]
			v0, v1, v2, v3 := row[0].value, row[1].value, row[2].value, row[3].value
			for k := range s {
				a := float32(v0*w0[k]) + float32(v1*w1[k])
				b := float32(v2*w2[k]) + float32(v3*w3[k])
				s[k] += a + b
			}
		}
		for k, v := range s {
			z[from+k] += v
		}
	}
}

func backwardGeneric(g, d []float32, terms []term, start []int, lanes, classes int) {
	for i, end := range start[1:] {
		backwardRowGeneric(g, d[i*lanes:][:lanes], terms[start[i]:end], classes)
	}
}

func backwardRowGeneric(g, d []float32, row []term, classes int) {
	lanes := len(d)
	k := 0
	// Ten lanes of d at a time, as many as there are digits, stay in registers
	// for the whole row.
	for ; k+10 <= classes; k += 10 {
		d := (*[10]float32)(d[k:])
		d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 := d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9]
		for _, t := range row {
			v, gf := t.value, (*[10]float32)(g[int(t.index)*lanes+k:])
			gf[0] += float32(v * d0)
			gf[1] += float32(v * d1)
			gf[2] += float32(v * d2)
			gf[3] += float32(v * d3)
			gf[4] += float32(v * d4)
			gf[5] += float32(v * d5)
			gf[6] += float32(v * d6)
			gf[7] += float32(v * d7)
			gf[8] += float32(v * d8)
			gf[9] += float32(v * d9)
		}
	}
	for ; k < classes; k += 2 {
		d0, d1 := d[k], d[k+1]
		for _, t := range row {
			v, gf := t.value, (*[2]float32)(g[int(t.index)*lanes+k:])
			gf[0] += float32(v * d0)
			gf[1] += float32(v * d1)
		}
	}
}

func descendGeneric(w, g []float32, decay, scale float32) {
	w = w[:len(g)]
	for i, gi := range g {
		w[i] = float32(decay*w[i]) - float32(scale*gi)
	}
	clear(g)
}

func blendGeneric(avg, w []float32, share float32) {
	avg = avg[:len(w)]
	for i, wi := range w {
		avg[i] += float32(share * (wi - avg[i]))
	}
}

func descendColumnsGeneric(w, avg, d []float32, terms []term, list []column, lanes int, scale, mix float32) {
	for i, c := range list[:len(list)-1-soon] {
		at := int(c.feature) * lanes
		for k := 0; k < lanes; k += laneWidth {
			var s [laneWidth]float32
			for _, t := range terms[c.from:list[i+1].from] {
				v, dr := t.value, (*[laneWidth]float32)(d[int(t.index)*lanes+k:])
				for j := range s {
					s[j] += float32(v * dr[j])
				}
			}
			wf := (*[laneWidth]float32)(w[at+k:])
			for j := range s {
				wf[j] -= float32(scale * s[j])
			}
			if avg == nil {
				continue
			}
			af := (*[laneWidth]float32)(avg[at+k:])
			for j := range s {
				af[j] += float32(mix * s[j])
			}
		}
	}
}

func scanGeneric(dst []term, x []uint8, first int) (kept, seen int) {
	// Which bytes are zero is hard to predict. So the others are found first, as
	// bits, 64 at a time, and then visited without a guess.
	for ; len(x)-seen >= 8; seen += 64 {
		part := x[seen:min(seen+64, len(x)&^7)]
		found := uint64(0)
		for i := len(part) - 8; i >= 0; i -= 8 {
			found = found<<8 | nonZero(binary.LittleEndian.Uint64(part[i:]))
		}
		for ; found != 0; found &= found - 1 {
			i := bits.TrailingZeros64(found)
			dst[kept] = term{int32(first + seen + i), pixel[part[i]]}
			kept++
		}
	}
	return kept, min(seen, len(x)&^7)
}

func scanFloatsGeneric(dst []term, x []float32, first int) (kept, seen int) {
	// Every one is written, and the next takes its place if it is zero.
	dst = dst[:len(x)]
	for i, v := range x {
		dst[kept] = term{int32(first + i), v}
		magnitude := math.Float32bits(v) << 1
		kept += int((magnitude | -magnitude) >> 31)
	}
	return kept, len(x)
}

// nonZero returns a bit for each byte of the word that is not zero.
func nonZero(word uint64) uint64 {
	const low, high = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080
	// The high bit of each byte: adding cannot carry into the next byte.
	flags := ((word & low) + low | word) & high
	// Each flag, now the lowest bit of its byte, moves to the top byte.
	return (flags >> 7) * 0x0102040810204080 >> 56
}
