//go:build gc && !purego

package softmax

// The kernels in assembly work on one block of 16 lanes at a time. stride is
// the distance from a feature's lanes to the next feature's, in bytes.

//go:noescape
func forwardAVX512(z, w *float32, row *term, n, stride int)

//go:noescape
func backwardAVX512(grad, d *float32, row *term, n, stride int)

//go:noescape
func descendAVX512(w, grad *float32, n int, scale float32)

//go:noescape
func blendAVX512(avg, w *float32, n int, share float32)

//go:noescape
func forwardAVX2(z, w *float32, row *term, n, stride int)

//go:noescape
func backwardAVX2(grad, d *float32, row *term, n, stride int)

//go:noescape
func descendAVX2(w, grad *float32, n int, scale float32)

//go:noescape
func blendAVX2(avg, w *float32, n int, share float32)

//go:noescape
func scanAVX512(dst *term, x *uint8, first, n int) (kept int)

//go:noescape
func scanAVX2(dst *term, x *uint8, first, n int, pixel *float32) (kept int)

// prefetch asks for n bytes of memory to be brought near.
//
//go:noescape
func prefetch(p *uint8, n int)

func forward(z, w []float32, row []term, classes int) {
	if !useAVX2 || len(row) == 0 {
		forwardGeneric(z, w, row, classes)
		return
	}
	for k := 0; k < len(z); k += laneWidth {
		if useAVX512 {
			forwardAVX512(&z[k], &w[k], &row[0], len(row), 4*len(z))
		} else {
			forwardAVX2(&z[k], &w[k], &row[0], len(row), 4*len(z))
		}
	}
}

func backward(g, d []float32, row []term, classes int) {
	if !useAVX2 || len(row) == 0 {
		backwardGeneric(g, d, row, classes)
		return
	}
	for k := 0; k < len(d); k += laneWidth {
		if useAVX512 {
			backwardAVX512(&g[k], &d[k], &row[0], len(row), 4*len(d))
		} else {
			backwardAVX2(&g[k], &d[k], &row[0], len(row), 4*len(d))
		}
	}
}

func descend(w, g []float32, scale float32) {
	w = w[:len(g)]
	switch {
	case len(g) == 0:
	case useAVX512:
		descendAVX512(&w[0], &g[0], len(g), scale)
	case useAVX2:
		descendAVX2(&w[0], &g[0], len(g), scale)
	default:
		descendGeneric(w, g, scale)
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

func scan(dst []term, x []uint8, first int) (kept, seen int) {
	n := len(x) &^ 15
	switch {
	case n == 0:
		return 0, 0
	case useAVX512:
		return scanAVX512(&dst[:n][0], &x[0], first, n), n
	case useAVX2:
		return scanAVX2(&dst[:n][0], &x[0], first, n, &pixel[0]), n
	}
	return scanGeneric(dst, x, first)
}
