//go:build !gc || purego || !(amd64 || arm64)

package softmax

func forward(z, w []float32, terms []term, start []int, lanes, classes int) {
	forwardGeneric(z, w, terms, start, lanes, classes)
}

func backward(g, d []float32, terms []term, start []int, lanes, classes int) {
	backwardGeneric(g, d, terms, start, lanes, classes)
}

func descend(w, g []float32, decay, scale float32) { descendGeneric(w, g, decay, scale) }
func normalise(z []float32) (top, sum float32)     { return normaliseGeneric(z) }
func blend(avg, w []float32, share float32)        { blendGeneric(avg, w, share) }

func scan(dst []term, x []uint8, first int) (kept, seen int) { return scanGeneric(dst, x, first) }

func scanFloats(dst []term, x []float32, first int) (kept, seen int) {
	return scanFloatsGeneric(dst, x, first)
}

func prefetch(*uint8, int)         {}
func touch([]float32, []term, int) {}

func descendColumns(w, avg, d []float32, terms []term, list []column, lanes int, scale, mix float32) {
	descendColumnsGeneric(w, avg, d, terms, list, lanes, scale, mix)
}
