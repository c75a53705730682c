//go:build gc && !purego

package softmax

//go:noescape
func forwardNEON(s, w *float32, index *int32, value *[4]float32, start *int, rows, width int)

//go:noescape
func backwardNEON(grad, d *float32, index *int32, value *[4]float32, start *int, rows, width, rowStride int)

//go:noescape
func forwardTermsNEON(s, w *float32, row *term, n, width, stride int)

//go:noescape
func descendNEON(w, grad *float32, n int, decay, scale float32)

//go:noescape
func blendNEON(avg, w *float32, n int, share float32)

//go:noescape
func prefetchBytes(p *uint8, n int)

// prefetch asks for the rows to be brought near.
func (u *upcoming) prefetch() {
	for _, i := range u.rows[:u.left] {
		prefetchBytes(&u.x[i*u.features], u.n)
	}
	u.left = 0
}

//go:noescape
func touchRows(w *float32, row *term, n, stride int)

// touch asks for the weights of a row's features to be brought near.
func touch(w []float32, row []term, width int) {
	if len(row) > 0 {
		touchRows(&w[0], &row[0], len(row), 4*width)
	}
}

// inQuads reports which form lists have.
func inQuads() bool { return true }

func forward(s, w []float32, rows *list, from, to, width, classes int) {
	if len(rows.index) == 0 {
		return
	}
	start := rows.start[from : to+1]
	rows.later.prefetch()
	for k := 0; k < width; k += tens {
		forwardNEON(&s[k], &w[k], &rows.index[0], &rows.value[0], &start[0], len(start)-1, 4*width)
	}
}

func forwardFold(z, base, w, sums []float32, rows *list, from, to, width, lanes, classes int) {
	forwardFoldGeneric(z, base, w, sums, rows, from, to, width, lanes, classes)
}

func backward(g, d, _ []float32, rows *list, width, lanes, classes int) {
	if len(rows.index) == 0 {
		return
	}
	for k := 0; k < width; k += tens {
		backwardNEON(&g[k], &d[k], &rows.index[0], &rows.value[0], &rows.start[0], rows.len(), 4*width, 4*lanes)
	}
}

func forwardTerms(s, w []float32, row []term, width, stride, classes int) {
	if len(row) == 0 {
		return
	}
	for k := 0; k < width; k += tens {
		forwardTermsNEON(&s[k], &w[k], &row[0], len(row), 4*width, 4*stride)
	}
}

func fold(z, s []float32, rows, width, lanes int) { foldGeneric(z, s, rows, width, lanes) }

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

func addTo(dst, src []float32) { addToGeneric(dst, src) }

func normalise(z []float32, loss []rowLoss) { normaliseGeneric(z, loss) }

func descendColumns(w, avg, d []float32, terms []term, list []column, width, lanes int, scale, mix float32) {
	descendColumnsGeneric(w, avg, d, terms, list, width, lanes, scale, mix)
}

func scan(l *list, x []uint8, rows []int, count, features, n int) {
	scanGeneric(l, x, rows, count, features, n&^3)
}

func scanFloats(index []int32, value [][4]float32, x []float32) (kept int) {
	return scanFloatsGeneric(index, value, x)
}
