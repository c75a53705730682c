//go:build gc && !purego

package kernel

import (
	"slices"
	"unsafe"
)

//go:noescape
func logitsTenAVX512(z, w *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[8 * ten]int32, base *float32)

//go:noescape
func backwardTenAVX512(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[8 * ten]int32)

//go:noescape
func scanAVX512(index *int32, raw *uint32, start *int, x *uint8, rows *int, count, stride, n int, sixteen *int32)

//go:noescape
func forwardAVX2(s, w *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *int32)

//go:noescape
func backwardAVX2(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *int32)

//go:noescape
func forwardNonzerosAVX2(s, w *float32, row *Nonzero, n, width, stride int)

//go:noescape
func updateAVX2(w, grad *float32, n int, decay, scale float32)

//go:noescape
func averageAVX2(avg, w *float32, n int, share float32)

//go:noescape
func updateColumnsAVX2(w, avg, d *float32, nonzeros *Nonzero, columns *Column, n, stride, rowStride int, scale, mix float32)

//go:noescape
func softmaxAVX2(z *float32, lanes, rows int, loss *RowLoss, c *[12][8]float32)

//go:noescape
func scanAVX2(index *int32, raw *uint32, x *uint8, n int, order *[8]uint8) (kept int)

//go:noescape
func pixelsAVX2(value *[4]float32, raw *uint32, n int)

//go:noescape
func scanFloatsAVX2(index *int32, value *[4]float32, x *float32, n int, order *[8]uint8) (kept int)

//go:noescape
func prefetch(p unsafe.Pointer, n int)

// quads reports which form lists have.
func quads() bool { return useAVX2 }

func logits(ws *Workspace, z, base, w []float32, rows *List, from, to int) {
	if !useAVX512 || ws.Width != ten || len(rows.index) == 0 || from == to {
		logitsGeneric(ws, z, base, w, rows, from, to)
		return
	}
	logitsTenAVX512(&z[0], &w[0], &rows.index[0], &rows.value[0], &rows.start[from], to-from, 4*ws.Lanes, &spreadOfTen, &base[0])
}

func forward(ws *Workspace, w []float32, rows *List, from, to int) {
	if !useAVX2 {
		forwardGeneric(ws, w, rows, from, to)
		return
	}
	if len(rows.index) == 0 || from == to {
		return
	}
	for k := 0; k < 4*ws.Width; k += 4 * ten {
		forwardAVX2(&ws.sums[k], &w[k], &rows.index[0], &rows.value[0], &rows.start[from], to-from, 16*ws.Width, &ws.spread[k])
	}
}

func backward(ws *Workspace, g, d []float32, rows *List) {
	switch {
	case !useAVX2:
		backwardGeneric(ws, g, d, rows)
		return
	case len(rows.index) == 0:
		return
	case useAVX512 && ws.Width == ten:
		backwardTenAVX512(&g[0], &d[0], &rows.index[0], &rows.value[0], &rows.start[0], rows.Len(), 4*ws.Lanes, &spreadOfTen)
		return
	}
	for from := 0; from < rows.Len(); from += Portion {
		n := min(Portion, rows.Len()-from)
		ws.copyFourTimes(d[from*ws.Lanes:], n)
		for k := 0; k < 4*ws.Width; k += 4 * ten {
			backwardAVX2(&g[k], &ws.copies[k], &rows.index[0], &rows.value[0], &rows.start[from], n, 16*ws.Width, &ws.spread[k])
		}
	}
}

// copyFourTimes copies each of n rows of d four times, once for each feature
// of a quad.
func (ws *Workspace) copyFourTimes(d []float32, n int) {
	if len(ws.copies) < len(ws.sums) { // not before training, because they may be large
		ws.copies = make([]float32, len(ws.sums))
	}
	for i := range n {
		for k := 0; k < ws.Width; k += ten {
			lanes := tenOf(d, i*ws.Lanes+k)
			for j := range 4 {
				*tenOf(ws.copies, (4*i+j)*ws.Width+k) = *lanes
			}
		}
	}
}

// spreadOfTen holds, for ten classes, the feature of each lane of a quad, and
// then the class of each.
var spreadOfTen = func() (t [8 * ten]int32) {
	for i := range 4 * ten {
		t[i], t[4*ten+i] = int32(i/ten), int32(i%ten)
	}
	return t
}()

func forwardNonzeros(s, w []float32, row []Nonzero, shape Shape, stride int) {
	if !useAVX2 || len(row) == 0 {
		forwardNonzerosGeneric(s, w, row, shape, stride)
		return
	}
	forwardNonzerosAVX2(&s[0], &w[0], &row[0], len(row), 4*shape.Width, 4*stride)
}

func update(w, g []float32, decay, scale float32) {
	if w = w[:len(g)]; !useAVX2 || len(g) == 0 {
		updateGeneric(w, g, decay, scale)
		return
	}
	updateAVX2(&w[0], &g[0], len(g), decay, scale)
}

func average(avg, w []float32, share float32) {
	if avg = avg[:len(w)]; !useAVX2 || len(w) == 0 {
		averageGeneric(avg, w, share)
		return
	}
	averageAVX2(&avg[0], &w[0], len(w), share)
}

func updateColumns(s Shape, w, avg, d []float32, nonzeros []Nonzero, columns []Column, scale, mix float32) {
	n := len(columns) - Sentinels
	if !useAVX2 || n == 0 {
		updateColumnsGeneric(s, w, avg, d, nonzeros, columns, scale, mix)
		return
	}
	for k := 0; k < s.Width; k += ten {
		var average *float32
		if avg != nil {
			average = &avg[k]
		}
		updateColumnsAVX2(&w[k], average, &d[k], &nonzeros[0], &columns[0], n, 4*s.Width, 4*s.Lanes, scale, mix)
	}
}

func softmax(z []float32, losses []RowLoss) {
	if !useAVX2 || len(losses) == 0 {
		softmaxGeneric(z, losses)
		return
	}
	softmaxAVX2(&z[0], len(z)/len(losses), len(losses), &losses[0], &expLanes)
}

// expLanes holds the constants of exp, each in 8 lanes.
var expLanes = func() (t [12][8]float32) {
	for i, c := range [12]float32{expMin, log2e, expRound, ln2Hi, ln2Lo, exp7, exp6, exp5, exp4, exp3, exp2, 1} {
		for k := range t[i] {
			t[i][k] = c
		}
	}
	return t
}()

func scan(l *List, x []uint8, rows []int, stride, n int) {
	if n &^= 3; n == 0 || len(rows) == 0 {
		scanGeneric(l, x, rows, stride, n)
		return
	}
	for _, i := range rows {
		_ = x[i*stride:][:n] // assembly checks no bounds
	}
	first, room := len(l.index), len(rows)*n/4+slack
	index, value := l.index[first:first+room], l.value[first:first+room]
	l.memory = slices.Grow(l.memory[:0], room)[:room]
	l.start = slices.Grow(l.start, len(rows))[:len(l.start)+len(rows)]
	start := l.start[len(l.start)-len(rows)-1:]
	if useAVX512 && n >= 64 {
		scanAVX512(&index[0], &l.memory[0], &start[0], &x[0], &rows[0], len(rows), stride, n, &sixteen[0])
	} else {
		kept := 0
		for k, i := range rows {
			kept += scanAVX2(&index[kept], &l.memory[kept], &x[i*stride], n, &order[0])
			start[k+1] = first + kept
		}
	}
	pixelsAVX2(&value[0], &l.memory[0], start[len(rows)]-first)
	l.index, l.value = l.index[:start[len(rows)]], l.value[:start[len(rows)]]
}

func scanFloats(index []int32, value [][4]float32, x []float32) (kept int) {
	n := len(x) &^ 3
	if n == 0 {
		return 0
	}
	_, _ = index[n/4], value[n/4]
	return scanFloatsAVX2(&index[0], &value[0], &x[0], n, &order[0])
}

var sixteen = [...]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// order[m] holds the positions of the bits that are set in m, lowest first.
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
