package softmax

// The two kernels are all the arithmetic that training and predicting spend
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
//	forward   for each term (f, v) in order: z[k]          += v * w[f][k]
//	backward  for each term (f, v) in order: g[f][k] += v * d[k]
//
// for k in [0, classes). Each product is rounded to float32 before it is added
// (never fused). Lanes from classes on hold zeros before and after, so an
// implementation may compute them or leave them alone.
//
// Preconditions. len(z) = len(d) = lanes; every f is in [0, len(w)/lanes). The
// slices of a call do not overlap.

// laneWidth is the number of float32 in the widest vector register in use.
const laneWidth = 16

// lanesFor returns classes rounded up to whole vectors.
func lanesFor(classes int) int {
	return (classes + laneWidth - 1) / laneWidth * laneWidth
}

func forward(z, w []float32, row []term, classes int) {
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

func backward(g, d []float32, row []term, classes int) {
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
