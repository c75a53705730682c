//go:build !gc || purego || !(amd64 || arm64)

package kernel

import "unsafe"

// quads reports which form lists have.
func quads() bool { return false }

func logits(ws *Workspace, z, base, w []float32, rows *List, from, to int) {
	logitsGeneric(ws, z, base, w, rows, from, to)
}

func forward(ws *Workspace, w []float32, rows *List, from, to int) {
	forwardGeneric(ws, w, rows, from, to)
}

func backward(ws *Workspace, g, d []float32, rows *List) { backwardGeneric(ws, g, d, rows) }

func forwardNonzeros(s, w []float32, row []Nonzero, shape Shape, stride int) {
	forwardNonzerosGeneric(s, w, row, shape, stride)
}

func update(w, g []float32, decay, scale float32) { updateGeneric(w, g, decay, scale) }
func average(avg, w []float32, share float32)     { averageGeneric(avg, w, share) }
func softmax(z []float32, losses []RowLoss)       { softmaxGeneric(z, losses) }

func updateColumns(s Shape, w, avg, d []float32, nonzeros []Nonzero, columns []Column, scale, mix float32) {
	updateColumnsGeneric(s, w, avg, d, nonzeros, columns, scale, mix)
}

func scan(l *List, x []uint8, rows []int, stride, n int) { scanGeneric(l, x, rows, stride, n) }

func scanFloats(index []int32, value [][4]float32, x []float32) int {
	return scanFloatsGeneric(index, value, x)
}

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
