//go:build !gc || purego || !(amd64 || arm64)

package softmax

// inQuads reports which form lists have.
func inQuads() bool { return false }

func forward(s, w []float32, rows *list, from, to, width, classes int) {
	forwardGeneric(s, w, rows, from, to, width, classes)
}

func forwardFold(z, base, w, sums []float32, rows *list, from, to, width, lanes, classes int) {
	forwardFoldGeneric(z, base, w, sums, rows, from, to, width, lanes, classes)
}

func backward(g, d, _ []float32, rows *list, width, lanes, classes int) {
	backwardGeneric(g, d, rows, width, lanes, classes)
}

func forwardTerms(s, w []float32, row []term, width, stride, classes int) {
	forwardTermsGeneric(s, w, row, width, stride, classes)
}

func fold(z, s []float32, rows, width, lanes int) { foldGeneric(z, s, rows, width, lanes) }

func descend(w, g []float32, decay, scale float32) { descendGeneric(w, g, decay, scale) }
func addTo(dst, src []float32)                     { addToGeneric(dst, src) }
func normalise(z []float32, loss []rowLoss)        { normaliseGeneric(z, loss) }
func blend(avg, w []float32, share float32)        { blendGeneric(avg, w, share) }

func descendColumns(w, avg, d []float32, terms []term, list []column, width, lanes int, scale, mix float32) {
	descendColumnsGeneric(w, avg, d, terms, list, width, lanes, scale, mix)
}

func scan(l *list, x []uint8, rows []int, count, features, n int) {
	scanGeneric(l, x, rows, count, features, n&^3)
}

func scanFloats(index []int32, value [][4]float32, x []float32) (kept int) {
	return scanFloatsGeneric(index, value, x)
}

func touch([]float32, []term, int) {}
