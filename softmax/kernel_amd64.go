//go:build gc && !purego

package softmax

import "slices"

//go:noescape
func forwardTenAVX512(z, base, w *float32, index *int32, value *[4]float32, start *int, rows, stride, baseStride int, spread *[8 * tens]int32, later *upcoming)

//go:noescape
func backwardTenAVX512(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[8 * tens]int32)

//go:noescape
func forwardAVX512(s, w *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[4 * tens]int32, later *upcoming)

//go:noescape
func backwardAVX512(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[4 * tens]int32)

//go:noescape
func descendAVX512(w, grad *float32, n int, decay, scale float32)

//go:noescape
func blendAVX512(avg, w *float32, n int, share float32)

//go:noescape
func forwardAVX2(s, w *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[4 * tens]int32, later *upcoming)

//go:noescape
func backwardAVX2(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[4 * tens]int32)

//go:noescape
func descendAVX2(w, grad *float32, n int, decay, scale float32)

//go:noescape
func blendAVX2(avg, w *float32, n int, share float32)

//go:noescape
func addToAVX2(dst, src *float32, n int)

//go:noescape
func foldAVX2(z, s *float32, rows, width, stride int)

//go:noescape
func unfoldAVX2(dst, d *float32, rows, width, stride int)

//go:noescape
func forwardTermsAVX2(s, w *float32, row *term, n, width, stride int)

//go:noescape
func descendColumns40AVX2(w, avg, d *float32, terms *term, list *column, n, stride, rowStride int, scale, mix float32)

//go:noescape
func descendColumnsAVX2(w, avg, d *float32, terms *term, list *column, n, stride, rowStride int, scale, mix float32)

//go:noescape
func normaliseAVX512(z *float32, lanes, rows int, loss *rowLoss, c *[12][8]float32)

//go:noescape
func normaliseAVX2(z *float32, lanes, rows int, loss *rowLoss, c *[12][8]float32)

//go:noescape
func scanAVX512(index *int32, value *[4]float32, raw *uint32, start *int, x *uint8, rows *int, count, known, features, n int, sixteen *int32)

//go:noescape
func scanAVX2(index *int32, value *[4]float32, raw *uint32, start *int, x *uint8, rows *int, count, known, features, n int, order *[8]uint8)

//go:noescape
func scanFloatsAVX2(index *int32, value *[4]float32, x *float32, n int, order *[8]uint8) (kept int)

//go:noescape
func touchRows(w *float32, row *term, n, stride int)

// touch asks for the weights of a row's features to be brought near.
func touch(w []float32, row []term, width int) {
	if len(row) > 0 {
		touchRows(&w[0], &row[0], len(row), 4*width)
	}
}

// inQuads reports which form lists have.
func inQuads() bool { return useAVX2 }

func forward(s, w []float32, rows *list, from, to, width, classes int) {
	if !useAVX2 || len(rows.index) == 0 {
		forwardGeneric(s, w, rows, from, to, width, classes)
		return
	}
	start := rows.start[from : to+1]
	var memory [4 * tens]int32
	for k := 0; k < 4*width; k += 4 * tens {
		spread := spreadFor(&memory, k, width)
		if useAVX512 {
			forwardAVX512(&s[k], &w[k], &rows.index[0], &rows.value[0], &start[0], len(start)-1, 16*width, spread, &rows.later)
		} else {
			forwardAVX2(&s[k], &w[k], &rows.index[0], &rows.value[0], &start[0], len(start)-1, 16*width, spread, &rows.later)
		}
	}
}

func forwardFold(z, base, w, sums []float32, rows *list, from, to, width, lanes, classes int) {
	if !useAVX512 || width != tens || len(rows.index) == 0 {
		forwardFoldGeneric(z, base, w, sums, rows, from, to, width, lanes, classes)
		return
	}
	start := rows.start[from : to+1]
	baseStride := 4 * lanes
	if len(base) == lanes {
		baseStride = 0
	}
	forwardTenAVX512(&z[0], &base[0], &w[0], &rows.index[0], &rows.value[0], &start[0], len(start)-1, 4*lanes, baseStride, &spreadOfTens, &rows.later)
}

func backward(g, d, memory []float32, rows *list, width, lanes, classes int) {
	switch {
	case !useAVX2 || len(rows.index) == 0:
		backwardGeneric(g, d, rows, width, lanes, classes)
		return
	case useAVX512 && width == tens:
		backwardTenAVX512(&g[0], &d[0], &rows.index[0], &rows.value[0], &rows.start[0], rows.len(), 4*lanes, &spreadOfTens)
		return
	}
	for from := 0; from < rows.len(); from += portion {
		n := min(portion, rows.len()-from)
		for k := 0; k < width; k += tens {
			unfoldAVX2(&memory[k], &d[from*lanes+k], n, 4*width, 4*lanes)
		}
		backwardUnfolded(g, memory[:4*n*width], rows, from, width)
	}
}

// backwardUnfolded is backward of some rows from from on, of which d holds the lanes
// four times, once for each feature of a quad.
func backwardUnfolded(g, d []float32, rows *list, from, width int) {
	n := len(d) / (4 * width)
	var memory [4 * tens]int32
	for k := 0; k < 4*width; k += 4 * tens {
		spread := spreadFor(&memory, k, width)
		if useAVX512 {
			backwardAVX512(&g[k], &d[k], &rows.index[0], &rows.value[0], &rows.start[from], n, 16*width, spread)
		} else {
			backwardAVX2(&g[k], &d[k], &rows.index[0], &rows.value[0], &rows.start[from], n, 16*width, spread)
		}
	}
}

// spreadFor returns, for each of 40 lanes of a quad from k on, which of its
// features, 0 to 3, it belongs to. It may do so in memory.
func spreadFor(memory *[4 * tens]int32, k, width int) *[4 * tens]int32 {
	if width == tens {
		return (*[4 * tens]int32)(spreadOfTens[:])
	}
	for i := range memory {
		memory[i] = int32((k + i) / width)
	}
	return memory
}

// spreadOfTens is, for ten classes, the feature of each lane of a quad, and then its
// class.
var spreadOfTens = func() (t [8 * tens]int32) {
	for i := range 4 * tens {
		t[i], t[4*tens+i] = int32(i/tens), int32(i%tens)
	}
	return t
}()

func forwardTerms(s, w []float32, row []term, width, stride, classes int) {
	if !useAVX2 || len(row) == 0 {
		forwardTermsGeneric(s, w, row, width, stride, classes)
		return
	}
	forwardTermsAVX2(&s[0], &w[0], &row[0], len(row), 4*width, 4*stride)
}

func fold(z, s []float32, rows, width, lanes int) {
	if !useAVX2 {
		foldGeneric(z, s, rows, width, lanes)
		return
	}
	for k := 0; k < width; k += tens {
		foldAVX2(&z[k], &s[k], rows, 4*width, 4*lanes)
	}
}

func descend(w, g []float32, decay, scale float32) {
	w = w[:len(g)]
	switch {
	case len(g) == 0:
	case useAVX512:
		descendAVX512(&w[0], &g[0], len(g), decay, scale)
	case useAVX2:
		descendAVX2(&w[0], &g[0], len(g), decay, scale)
	default:
		descendGeneric(w, g, decay, scale)
	}
}

func blend(avg, w []float32, share float32) {
	avg = avg[:len(w)]
	switch {
	case len(w) == 0:
	case useAVX512:
		blendAVX512(&avg[0], &w[0], len(w), share)
	case useAVX2:
		blendAVX2(&avg[0], &w[0], len(w), share)
	default:
		blendGeneric(avg, w, share)
	}
}

func addTo(dst, src []float32) {
	dst = dst[:len(src)]
	if !useAVX2 || len(src) == 0 {
		addToGeneric(dst, src)
		return
	}
	addToAVX2(&dst[0], &src[0], len(src))
}

func descendColumns(w, avg, d []float32, terms []term, list []column, width, lanes int, scale, mix float32) {
	if !useAVX2 || len(list) <= 1+soon {
		descendColumnsGeneric(w, avg, d, terms, list, width, lanes, scale, mix)
		return
	}
	for k := 0; k < width; {
		var avgk *float32
		if avg != nil {
			avgk = &avg[k]
		}
		if k+4*tens <= width {
			descendColumns40AVX2(&w[k], avgk, &d[k], &terms[0], &list[0], len(list)-1-soon, 4*width, 4*lanes, scale, mix)
			k += 4 * tens
		} else {
			descendColumnsAVX2(&w[k], avgk, &d[k], &terms[0], &list[0], len(list)-1-soon, 4*width, 4*lanes, scale, mix)
			k += tens
		}
	}
}

func normalise(z []float32, loss []rowLoss) {
	if !useAVX2 || len(loss) == 0 {
		normaliseGeneric(z, loss)
		return
	}
	if useAVX512 {
		normaliseAVX512(&z[0], len(z)/len(loss), len(loss), &loss[0], &expLanes)
	} else {
		normaliseAVX2(&z[0], len(z)/len(loss), len(loss), &loss[0], &expLanes)
	}
}

// expLanes is the constants of exp32, each in 8 lanes.
var expLanes = func() (t [12][8]float32) {
	for i, c := range [12]float32{expMin, log2e, expRound, ln2Hi, ln2Lo, exp7, exp6, exp5, exp4, exp3, exp2, 1} {
		for k := range t[i] {
			t[i][k] = c
		}
	}
	return t
}()

func scan(l *list, x []uint8, rows []int, count, features, n int) {
	if n &^= 3; n == 0 || !useAVX2 {
		scanGeneric(l, x, rows, count, features, n)
		return
	}
	for _, i := range rows[:count] {
		_ = x[i*features:][:n]
	}
	kept, room := len(l.index), count*n/4+slack
	index, value := l.index[kept:kept+room], l.value[kept:kept+room]
	l.raw = resize(l.raw, room)
	l.start = slices.Grow(l.start, count)[:len(l.start)+count]
	start := l.start[len(l.start)-count-1:]
	if useAVX512 && n >= 64 {
		scanAVX512(&index[0], &value[0], &l.raw[0], &start[0], &x[0], &rows[0], count, len(rows), features, n, &sixteen[0])
	} else {
		scanAVX2(&index[0], &value[0], &l.raw[0], &start[0], &x[0], &rows[0], count, len(rows), features, n, &order[0])
	}
	l.index, l.value = l.index[:start[count]], l.value[:start[count]]
}

func scanFloats(index []int32, value [][4]float32, x []float32) (kept int) {
	n := len(x) &^ 3
	if n == 0 || !useAVX2 {
		return scanFloatsGeneric(index, value, x)
	}
	_, _ = index[n/4], value[n/4]
	return scanFloatsAVX2(&index[0], &value[0], &x[0], n, &order[0])
}

// sixteen counts.
var sixteen = [16]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// order[m] has the positions of the bits that are set in m, lowest first.
var order = func() (t [256][8]uint8) {
	for m := range t {
		n := 0
		for bit := range uint8(8) {
			if m>>bit&1 != 0 {
				t[m][n] = bit
				n++
			}
		}
	}
	return t
}()
