//go:build !gc || purego || !(amd64 || arm64)

package kernel

import "unsafe"

// quads reports which form lists have.
func quads() bool { return false }

func forward(ws *Workspace, w []float32, rows *List, from, to int) {
	forwardGeneric(ws, w, rows, from, to)
}

func backward(ws *Workspace, g, d []float32, rows *List) { backwardGeneric(ws, g, d, rows) }

func forwardNonzeros(s, w []float32, row []Nonzero, shape Shape, stride int) {
	forwardNonzerosGeneric(s, w, row, shape, stride)
}

func update(w, g []float32, decay, scale float32) { updateGeneric(w, g, decay, scale) }
func average(avg, w []float32, share float32)     { averageGeneric(avg, w, share) }

// prefetch reads one byte of each cache line, which is as near to a prefetch as
// Go comes: the processor waits for many lines at a time. It is not inlined, or
// the compiler would see that nobody needs the result.
//
//go:noinline
func prefetch(p unsafe.Pointer, n int) (read uint8) {
	const line = 64
	x := unsafe.Slice((*uint8)(p), n)
	for i := 0; i < n; i += line {
		read |= x[i]
	}
	return read
}
