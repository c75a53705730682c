//go:build gc && !purego

package softmax

// The kernels in assembly work on one group of 16 lanes, four registers, at a
// time. stride is the distance from a feature's lanes to the next feature's, in
// bytes.

//go:noescape
func forwardNEON(z, w *float32, terms *term, start *int, rows, stride int)

//go:noescape
func backwardNEON(grad, d *float32, terms *term, start *int, rows, stride int)

//go:noescape
func descendNEON(w, grad *float32, n int, decay, scale float32)

//go:noescape
func blendNEON(avg, w *float32, n int, share float32)

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
	if len(terms) == 0 {
		forwardGeneric(z, w, terms, start, lanes, classes)
		return
	}
	for k := 0; k < lanes; k += laneWidth {
		forwardNEON(&z[k], &w[k], &terms[0], &start[0], len(start)-1, 4*lanes)
	}
}

func backward(g, d []float32, terms []term, start []int, lanes, classes int) {
	if len(terms) == 0 {
		return
	}
	for k := 0; k < lanes; k += laneWidth {
		backwardNEON(&g[k], &d[k], &terms[0], &start[0], len(start)-1, 4*lanes)
	}
}

func descend(w, g []float32, decay, scale float32) {
	w = w[:len(g)]
	if len(g) > 0 {
		descendNEON(&w[0], &g[0], len(g), decay, scale)
	}
}

func blend(avg, w []float32, share float32) {
	avg = avg[:len(w)]
	if len(w) > 0 {
		blendNEON(&avg[0], &w[0], len(w), share)
	}
}

func scan(dst []term, x []uint8, first int) (kept, seen int) { return scanGeneric(dst, x, first) }

func scanFloats(dst []term, x []float32, first int) (kept, seen int) {
	return scanFloatsGeneric(dst, x, first)
}

func normalise(z []float32) (top, sum float32) { return normaliseGeneric(z) }

func descendColumns(w, avg, d []float32, terms []term, list []column, lanes int, scale, mix float32) {
	descendColumnsGeneric(w, avg, d, terms, list, lanes, scale, mix)
}
