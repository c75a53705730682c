package softmax

import "encoding/binary"

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
//	forward   for each term (f, v) in order: z[k]    += v * w[f][k]
//	backward  for each term (f, v) in order: g[f][k] += v * d[k]
//
// for k in [0, classes), and on all elements of two slices
//
//	descend   w[i]   -= scale * g[i], and then g[i] = 0
//	blend     avg[i] += share * (w[i] - avg[i])
//
// And one makes the terms of a row of bytes, x[0] being its feature first:
//
//	scan      for each x[i] != 0 in order: the next of dst = {first + i, x[i]/255}
//
// It stops anywhere after the last full vector, and returns how many terms it
// has kept and how many bytes it has seen. dst has room for a term a byte; what
// lies behind the terms kept may have been written to.
//
// Each product is rounded to float32 before it is added (never fused). Lanes
// from classes on hold zeros before and after, so an implementation may compute
// them or leave them alone; only if a v is not finite they may become NaN.
//
// Preconditions. len(z) = len(d) = lanes; every f is in [0, len(w)/lanes);
// len(w) = len(g), len(avg) = len(w), multiples of 16. The slices of a call do
// not overlap.

// laneWidth is the number of float32 in the widest vector register in use.
const laneWidth = 16

// lanesFor returns classes rounded up to whole vectors.
func lanesFor(classes int) int {
	return (classes + laneWidth - 1) / laneWidth * laneWidth
}

func forwardGeneric(z, w []float32, row []term, classes int) {
	lanes := len(z)
	z = z[:classes]
	// Four terms at a time: z is loaded and stored once for all of them.
	for ; len(row) >= 4; row = row[4:] {
		w0 := w[int(row[0].index)*lanes:][:classes]
		w1 := w[int(row[1].index)*lanes:][:classes]
		w2 := w[int(row[2].index)*lanes:][:classes]
		w3 := w[int(row[3].index)*lanes:][:classes]
		v0, v1, v2, v3 := row[0].value, row[1].value, row[2].value, row[3].value
		for k, sum := range z {
			sum += float32(v0 * w0[k])
			sum += float32(v1 * w1[k])
			sum += float32(v2 * w2[k])
			sum += float32(v3 * w3[k])
			z[k] = sum
		}
	}
	for _, t := range row {
		v := t.value
		for k, wk := range w[int(t.index)*lanes:][:classes] {
			z[k] += float32(v * wk)
		}
	}
}

func backwardGeneric(g, d []float32, row []term, classes int) {
	lanes := len(d)
	d = d[:classes]
	for _, t := range row {
		v := t.value
		gf := g[int(t.index)*lanes:][:classes]
		for k, dk := range d {
			gf[k] += float32(v * dk)
		}
	}
}

func descendGeneric(w, g []float32, scale float32) {
	w = w[:len(g)]
	for i, gi := range g {
		w[i] -= float32(scale * gi)
	}
	clear(g)
}

func blendGeneric(avg, w []float32, share float32) {
	avg = avg[:len(w)]
	for i, wi := range w {
		avg[i] += float32(share * (wi - avg[i]))
	}
}

func scanGeneric(dst []term, x []uint8, first int) (kept, seen int) {
	// Eight bytes at a time: most words of a digit are all zero. In the others,
	// every byte is written and only the non-zero ones are kept, because a
	// branch on each would be mispredicted too often.
	for ; seen+8 <= len(x); seen += 8 {
		word := binary.LittleEndian.Uint64(x[seen:])
		if word == 0 {
			continue
		}
		out := (*[8]term)(dst[kept:])
		n := 0
		for k := range 8 {
			b := uint8(word >> (8 * k))
			out[n&7] = term{int32(first + seen + k), pixel[b]}
			n += int(uint32(b)+255) >> 8
		}
		kept += n
	}
	return kept, seen
}
