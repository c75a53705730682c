//go:build gc && !purego

package softmax

// The kernels in assembly work on one group of 16 lanes at a time. stride is
// the distance from a feature's lanes to the next feature's, in bytes.

//go:noescape
func forwardAVX512(z, w *float32, terms *term, start *int, rows, stride int)

//go:noescape
func backwardAVX512(grad, d *float32, terms *term, start *int, rows, stride int)

//go:noescape
func descendAVX512(w, grad *float32, n int, decay, scale float32)

//go:noescape
func blendAVX512(avg, w *float32, n int, share float32)

//go:noescape
func forwardAVX2(z, w *float32, terms *term, start *int, rows, stride int)

//go:noescape
func backwardAVX2(grad, d *float32, terms *term, start *int, rows, stride int)

//go:noescape
func descendAVX2(w, grad *float32, n int, decay, scale float32)

//go:noescape
func blendAVX2(avg, w *float32, n int, share float32)

//go:noescape
func scanAVX2(dst *term, x *uint8, first, n int, order *[8]uint8) (kept int)

//go:noescape
func scanFloatsAVX2(dst *term, x *float32, first, n int, order *[8]uint8) (kept int)

//go:noescape
func normaliseAVX2(z *float32, n int, c *[12][8]float32) (top, sum float32)

//go:noescape
func descendColumnsAVX2(w, avg, d *float32, terms *term, list *column, n, stride int, scale, mix float32)

// prefetch asks for n bytes of memory to be brought near.
//
//go:noescape
func prefetch(p *uint8, n int)

//go:noescape
func touchRows(w *float32, row *term, n, stride int)

// touch asks for the weights of a row's features to be brought near.
func touch(w []float32, row []term, lanes int) {
	if len(row) > 0 {
		touchRows(&w[0], &row[0], len(row), 4*lanes)
	}
}

func forward(z, w []float32, terms []term, start []int, lanes, classes int) {
	if !useAVX2 || len(terms) == 0 {
		forwardGeneric(z, w, terms, start, lanes, classes)
		return
	}
	for k := 0; k < lanes; k += laneWidth {
		if useAVX512 {
			forwardAVX512(&z[k], &w[k], &terms[0], &start[0], len(start)-1, 4*lanes)
		} else {
			forwardAVX2(&z[k], &w[k], &terms[0], &start[0], len(start)-1, 4*lanes)
		}
	}
}

func backward(g, d []float32, terms []term, start []int, lanes, classes int) {
	if !useAVX2 || len(terms) == 0 {
		backwardGeneric(g, d, terms, start, lanes, classes)
		return
	}
	for k := 0; k < lanes; k += laneWidth {
		if useAVX512 {
			backwardAVX512(&g[k], &d[k], &terms[0], &start[0], len(start)-1, 4*lanes)
		} else {
			backwardAVX2(&g[k], &d[k], &terms[0], &start[0], len(start)-1, 4*lanes)
		}
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

func descendColumns(w, avg, d []float32, terms []term, list []column, lanes int, scale, mix float32) {
	if !useAVX2 || len(list) <= 1+soon {
		descendColumnsGeneric(w, avg, d, terms, list, lanes, scale, mix)
		return
	}
	for k := 0; k < lanes; k += laneWidth {
		var avgk *float32
		if avg != nil {
			avgk = &avg[k]
		}
		descendColumnsAVX2(&w[k], avgk, &d[k], &terms[0], &list[0], len(list)-1-soon, 4*lanes, scale, mix)
	}
}

func normalise(z []float32) (top, sum float32) {
	if !useAVX2 {
		return normaliseGeneric(z)
	}
	return normaliseAVX2(&z[0], len(z), &expLanes)
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

func scan(dst []term, x []uint8, first int) (kept, seen int) {
	n := len(x) &^ 7
	if n == 0 || !useAVX2 {
		return scanGeneric(dst, x, first)
	}
	return scanAVX2(&dst[:n][0], &x[0], first, n, &order[0]), n
}

func scanFloats(dst []term, x []float32, first int) (kept, seen int) {
	n := len(x) &^ 7
	if n == 0 || !useAVX2 {
		return scanFloatsGeneric(dst, x, first)
	}
	return scanFloatsAVX2(&dst[:n][0], &x[0], first, n, &order[0]), n
}

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
