package softmax

// The kernels are nearly all the arithmetic that training and predicting spend
// their time on. This is their law, for this file and for any other
// implementation of it:
//
// Layout. Lane = class. Weights w and gradients g are feature-major,
// [features][width], where width is the number of classes rounded up to a
// multiple of ten. A feature therefore meets all classes in one contiguous piece
// of memory, and no sum ever runs across lanes: how wide a vector register is
// cannot change the order of an addition, and so not a bit of the result.
//
//	forward   s[f%4][k] += x[f] * w[f][k]
//	backward  g[f][k] += x[f] * d[k]
//
// for each row x of a mini-batch in order, each with an s and a d of its own, each
// of its features f that is not zero in order, and k in [0, classes). So s are
// four sums a class, of which
//
//	fold      z[k] += (s[0][k] + s[1][k]) + (s[2][k] + s[3][k]), and then s = 0
//
// makes logits. Features that are zero may be left out or not, which makes no
// difference as long as w and d are finite, and s and g not -0. See list for the
// two forms that rows have. What most rows need is, of s that are 0, and stay so,
//
//	forwardFold   z = base, and then forward and fold
//
// where base is [lanes], the same for all rows, or z itself. Of a sparse row, or of
// any matrix w with lanes that are stride apart,
//
//	forwardTerms  for each term (f, v) in order: s[f%4][k] += v * w[f][k]
//
// On all elements of two slices,
//
//	descend   w[i]   = decay * w[i] - scale * g[i], and then g[i] = 0
//	blend     avg[i] += share * (w[i] - avg[i])
//	addTo     dst[i] += src[i]
//
// Softmax is one kernel, too, on the lanes of a row of logits, of which there
// are width rounded up to a multiple of 16. With top = max z,
//
//	normalise z[k] = e[k] / Σ e, where e[k] = exp32(z[k] - top) + (z[k] - z[k])
//
// on all lanes of each row; top and the sum become part of its loss. Subtracting
// top changes nothing mathematically and keeps every exponent at or below zero:
// no logit, however large, overflows. z - z is 0, but NaN if z is not finite:
// then the sum and all of z are, and top means nothing. The sum runs per lane
// over whole vectors, then in halves: 16 lanes to 8, 4, 2, 1.
//
// Of sparse rows, whose terms are sorted by feature, into columns,
//
//	descendColumns  for each column f, with s[k] = Σ v * d[row][k] over its terms
//	                (row, v) in order: w[f][k] -= scale * s[k], and
//	                avg[f][k] += mix * s[k], if there is an avg
//
// Each product is rounded to float32 before it is added (never fused). Lanes
// from classes on hold zeros in w, g, s and d, so an implementation may compute
// them or leave them alone; only if an x, v or w is not finite they may become
// NaN. In z they hold lowest, of which normalise makes 0 (unless no logit is
// above it).
//
// Preconditions. s is [rows][4][width], z and d are [rows][lanes]. Every f is a
// feature of w, and for forward and backward w and g have whole quads of features,
// with zeros behind the last. backward may need memory, [portion][4][width], in
// which may be anything before and after. len(w) = len(g) and len(avg) = len(w),
// where lists are in quads multiples of 8; len(z) > 0; len(dst) = len(src), a
// multiple of 16. A list of columns has 1 + soon more behind the last, the first of
// which says where its terms end. The slices of a call do not overlap, but for z and
// base. forward and forwardFold may prefetch rows.later, and then count it.

const (
	// laneWidth is the number of float32 in the widest vector register in use.
	laneWidth = 16

	// tens is how many lanes the kernels take at a time: as many as there are
	// digits. Those of four features fill whole registers.
	tens = 10
)

// widthFor returns how many lanes a feature has.
func widthFor(classes int) int { return (classes + tens - 1) / tens * tens }

// lanesFor returns how many lanes a row of logits has: whole vectors, and room for
// those of a feature.
func lanesFor(classes int) int {
	return (widthFor(classes) + laneWidth - 1) / laneWidth * laneWidth
}

func forwardGeneric(s, w []float32, rows *list, from, to, width, classes int) {
	for i := from; i < to; i++ {
		forwardTermsGeneric(s[4*(i-from)*width:], w, rows.row(i), width, width, classes)
	}
}

func forwardFoldGeneric(z, base, w, sums []float32, rows *list, from, to, width, lanes, classes int) {
	if &z[0] != &base[0] {
		repeat(z[:(to-from)*lanes], base)
	}
	forward(sums, w, rows, from, to, width, classes)
	fold(z, sums, to-from, width, lanes)
}

func backwardGeneric(g, d []float32, rows *list, width, lanes, classes int) {
	for i := range rows.len() {
		backwardTermsGeneric(g, d[i*lanes:][:width], rows.row(i), classes)
	}
}

func forwardTermsGeneric(s, w []float32, row []term, width, stride, classes int) {
	k := 0
	for ; k+tens <= classes; k += tens {
		forwardTens(s[k:], w[k:], row, width, stride)
	}
	if k == classes {
		return
	}
	for _, t := range row {
		into, wf := s[int(t.index&3)*width:][k:classes], w[int(t.index)*stride:][k:classes]
		for i, wk := range wf {
			into[i] += float32(t.value * wk)
		}
	}
}

// forwardTens is forwardTerms for ten lanes.
func forwardTens(s, w []float32, row []term, width, stride int) {
	for len(row) > 0 {
		row = addRun(tenOf(s, int(row[0].index&3)*width), w, row, stride, 3)
	}
}

// addRun adds to a sum, for the first term and those behind it whose index has the same
// bits under mask, its value times the ten lanes of w at its index. There is at least one
// term. It returns the rest. Four such terms, as most in a list are, load and store the
// sum once.
func addRun(into *[tens]float32, w []float32, terms []term, stride int, mask int32) []term {
	first := terms[0].index & mask
	for len(terms) > 0 && terms[0].index&mask == first {
		v0, w0 := terms[0].value, tenOf(w, int(terms[0].index)*stride)
		if len(terms) >= 4 && terms[1].index&mask == first && terms[2].index&mask == first && terms[3].index&mask == first {
			v1, w1 := terms[1].value, tenOf(w, int(terms[1].index)*stride)
			v2, w2 := terms[2].value, tenOf(w, int(terms[2].index)*stride)
			v3, w3 := terms[3].value, tenOf(w, int(terms[3].index)*stride)
			into[0] = into[0] + float32(v0*w0[0]) + float32(v1*w1[0]) + float32(v2*w2[0]) + float32(v3*w3[0])
			into[1] = into[1] + float32(v0*w0[1]) + float32(v1*w1[1]) + float32(v2*w2[1]) + float32(v3*w3[1])
			into[2] = into[2] + float32(v0*w0[2]) + float32(v1*w1[2]) + float32(v2*w2[2]) + float32(v3*w3[2])
			into[3] = into[3] + float32(v0*w0[3]) + float32(v1*w1[3]) + float32(v2*w2[3]) + float32(v3*w3[3])
			into[4] = into[4] + float32(v0*w0[4]) + float32(v1*w1[4]) + float32(v2*w2[4]) + float32(v3*w3[4])
			into[5] = into[5] + float32(v0*w0[5]) + float32(v1*w1[5]) + float32(v2*w2[5]) + float32(v3*w3[5])
			into[6] = into[6] + float32(v0*w0[6]) + float32(v1*w1[6]) + float32(v2*w2[6]) + float32(v3*w3[6])
			into[7] = into[7] + float32(v0*w0[7]) + float32(v1*w1[7]) + float32(v2*w2[7]) + float32(v3*w3[7])
			into[8] = into[8] + float32(v0*w0[8]) + float32(v1*w1[8]) + float32(v2*w2[8]) + float32(v3*w3[8])
			into[9] = into[9] + float32(v0*w0[9]) + float32(v1*w1[9]) + float32(v2*w2[9]) + float32(v3*w3[9])
			terms = terms[4:]
			continue
		}
		into[0] += float32(v0 * w0[0])
		into[1] += float32(v0 * w0[1])
		into[2] += float32(v0 * w0[2])
		into[3] += float32(v0 * w0[3])
		into[4] += float32(v0 * w0[4])
		into[5] += float32(v0 * w0[5])
		into[6] += float32(v0 * w0[6])
		into[7] += float32(v0 * w0[7])
		into[8] += float32(v0 * w0[8])
		into[9] += float32(v0 * w0[9])
		terms = terms[1:]
	}
	return terms
}

// tenOf returns the ten elements of x from at on. With a capacity that it knows,
// the compiler computes less.
func tenOf(x []float32, at int) *[tens]float32 { return (*[tens]float32)(x[at : at+tens : at+tens]) }

func backwardTermsGeneric(g, d []float32, row []term, classes int) {
	width := len(d)
	k := 0
	for ; k+tens <= classes; k += tens {
		backwardTens(g[k:], (*[tens]float32)(d[k:]), row, width)
	}
	for ; k < classes; k += 2 {
		d0, d1 := d[k], d[k+1]
		for _, t := range row {
			v, gf := t.value, (*[2]float32)(g[int(t.index)*width+k:])
			gf[0] += float32(v * d0)
			gf[1] += float32(v * d1)
		}
	}
}

// backwardTens is backwardTerms for ten lanes. Those of d stay in registers for the
// whole row.
func backwardTens(g []float32, d *[tens]float32, row []term, width int) {
	d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 := d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9]
	for _, t := range row {
		v, gf := t.value, tenOf(g, int(t.index)*width)
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

func foldGeneric(z, s []float32, rows, width, lanes int) {
	for i := range rows {
		z, s := z[i*lanes:][:width], s[4*i*width:][:4*width]
		s0, s1, s2, s3 := s[:width], s[width:][:width], s[2*width:][:width], s[3*width:][:width]
		for k := range z {
			z[k] += (s0[k] + s1[k]) + (s2[k] + s3[k])
		}
	}
	clear(s[:4*rows*width])
}

func addToGeneric(dst, src []float32) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] += v
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

func descendColumnsGeneric(w, avg, d []float32, terms []term, list []column, width, lanes int, scale, mix float32) {
	for i, c := range list[:len(list)-1-soon] {
		at := int(c.feature) * width
		for k := 0; k < width; k += tens {
			var s [tens]float32
			addRun(&s, d[k:], terms[c.from:list[i+1].from], lanes, 0)
			wf := (*[tens]float32)(w[at+k:])
			for j := range s {
				wf[j] -= float32(scale * s[j])
			}
			if avg == nil {
				continue
			}
			af := (*[tens]float32)(avg[at+k:])
			for j := range s {
				af[j] += float32(mix * s[j])
			}
		}
	}
}

// repeat fills rows with copies of one.
func repeat(rows, row []float32) {
	for n := copy(rows, row); n < len(rows); {
		n += copy(rows[n:], rows[:n])
	}
}
