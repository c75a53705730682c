//go:build gc && !purego

package kernel

import "unsafe"

// quads reports which form lists have.
func quads() bool { return true }

//go:noescape
func forwardNEON(s, w *float32, index *int32, value *[4]float32, start *int, rows, width int)

//go:noescape
func backwardNEON(grad, d *float32, index *int32, value *[4]float32, start *int, rows, width, rowStride int)

//go:noescape
func forwardNonzerosNEON(s, w *float32, row *Nonzero, n, width, stride int)

//go:noescape
func updateNEON(w, grad *float32, n int, decay, scale float32)

//go:noescape
func averageNEON(avg, w *float32, n int, share float32)

//go:noescape
func prefetch(p unsafe.Pointer, n int)

func forward(ws *Workspace, w []float32, rows *List, from, to int) {
	if len(rows.index) == 0 || from == to {
		return
	}
	for k := 0; k < ws.Width; k += ten {
		forwardNEON(&ws.sums[k], &w[k], &rows.index[0], &rows.value[0], &rows.start[from], to-from, 4*ws.Width)
	}
}

func backward(ws *Workspace, g, d []float32, rows *List) {
	if len(rows.index) == 0 {
		return
	}
	for k := 0; k < ws.Width; k += ten {
		backwardNEON(&g[k], &d[k], &rows.index[0], &rows.value[0], &rows.start[0], rows.Len(), 4*ws.Width, 4*ws.Lanes)
	}
}

func forwardNonzeros(s, w []float32, row []Nonzero, shape Shape, stride int) {
	if len(row) == 0 {
		return
	}
	for k := 0; k < shape.Width; k += ten {
		forwardNonzerosNEON(&s[k], &w[k], &row[0], len(row), 4*shape.Width, 4*stride)
	}
}

func update(w, g []float32, decay, scale float32) {
	if w = w[:len(g)]; len(g) > 0 {
		updateNEON(&w[0], &g[0], len(g), decay, scale)
	}
}

func average(avg, w []float32, share float32) {
	if avg = avg[:len(w)]; len(w) > 0 {
		averageNEON(&avg[0], &w[0], len(w), share)
	}
}
