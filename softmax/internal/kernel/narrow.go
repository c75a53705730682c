package kernel

// The kernels for up to four classes. Padding such a model to ten lanes would
// multiply its memory by up to five. These kernels take two lanes at a time, in
// plain Go.

// narrow reports whether the lanes are too few for the other kernels.
func (s Shape) narrow() bool { return s.Width < ten }

// A pair is two neighboring lanes.
type pair = [2]float32

// pairOf returns the pair of x from index at on.
func pairOf(x []float32, at int) *pair { return (*pair)(x[at : at+2 : at+2]) }

// addPair adds v times x to sum.
func addPair(sum *pair, v float32, x *pair) {
	sum[0] += float32(v * x[0])
	sum[1] += float32(v * x[1])
}

func forwardNarrow(ws *Workspace, w []float32, rows *List, from, to int) {
	for i := from; i < to; i++ {
		s := ws.sums[4*(i-from)*ws.Width:]
		if !quads() {
			forwardNonzerosNarrow(s, w, rows.row(i), ws.Shape, ws.Width)
			continue
		}
		index, value := rows.quads(i)
		for k := 0; k < ws.Width; k += 2 {
			forwardQuads(s[k:], w[k:], index, value, ws.Width)
		}
	}
}

// forwardQuads is Forward for one row and one pair of lanes. The sums stay in
// registers.
func forwardQuads(s, w []float32, index []int32, value [][4]float32, width int) {
	s0, s1, s2, s3 := pairOf(s, 0), pairOf(s, width), pairOf(s, 2*width), pairOf(s, 3*width)
	a0, a1, b0, b1, c0, c1, d0, d1 := s0[0], s0[1], s1[0], s1[1], s2[0], s2[1], s3[0], s3[1]
	for n, q := range index {
		v, at := &value[n], 4*width*int(q)
		w0, w1, w2, w3 := pairOf(w, at), pairOf(w, at+width), pairOf(w, at+2*width), pairOf(w, at+3*width)
		a0 += float32(v[0] * w0[0])
		a1 += float32(v[0] * w0[1])
		b0 += float32(v[1] * w1[0])
		b1 += float32(v[1] * w1[1])
		c0 += float32(v[2] * w2[0])
		c1 += float32(v[2] * w2[1])
		d0 += float32(v[3] * w3[0])
		d1 += float32(v[3] * w3[1])
	}
	*s0, *s1, *s2, *s3 = pair{a0, a1}, pair{b0, b1}, pair{c0, c1}, pair{d0, d1}
}

func forwardNonzerosNarrow(s, w []float32, row []Nonzero, shape Shape, stride int) {
	for k := 0; k < shape.Width; k += 2 {
		for _, t := range row {
			addPair(pairOf(s, k+int(t.Index&3)*shape.Width), t.Value, pairOf(w, k+int(t.Index)*stride))
		}
	}
}

func backwardNarrow(ws *Workspace, g, d []float32, rows *List) {
	for i := range rows.Len() {
		for k := 0; k < ws.Width; k += 2 {
			lanes := *pairOf(d, i*ws.Lanes+k)
			if quads() {
				index, value := rows.quads(i)
				backwardQuads(g[k:], lanes, index, value, ws.Width)
				continue
			}
			for _, t := range rows.row(i) {
				addPair(pairOf(g, k+int(t.Index)*ws.Width), t.Value, &lanes)
			}
		}
	}
}

// backwardQuads is Backward for one row and one pair of lanes.
func backwardQuads(g []float32, lanes pair, index []int32, value [][4]float32, width int) {
	for n, q := range index {
		v, at := &value[n], 4*width*int(q)
		addPair(pairOf(g, at), v[0], &lanes)
		addPair(pairOf(g, at+width), v[1], &lanes)
		addPair(pairOf(g, at+2*width), v[2], &lanes)
		addPair(pairOf(g, at+3*width), v[3], &lanes)
	}
}

func addSumsNarrow(z, sums []float32, rows int, shape Shape) {
	for i := range rows {
		s := sums[4*i*shape.Width:]
		for k := range shape.Width {
			z[i*shape.Lanes+k] += (s[k] + s[shape.Width+k]) + (s[2*shape.Width+k] + s[3*shape.Width+k])
		}
	}
	clear(sums[:4*rows*shape.Width])
}

func updateColumnsNarrow(shape Shape, w, avg, d []float32, nonzeros []Nonzero, columns []Column, scale, mix float32) {
	for i, c := range columns[:len(columns)-Sentinels] {
		for k := 0; k < shape.Width; k += 2 {
			var s pair
			for _, t := range nonzeros[c.From:columns[i+1].From] {
				addPair(&s, t.Value, pairOf(d, k+int(t.Index)*shape.Lanes))
			}
			at := k + int(c.Feature)*shape.Width
			addPair(pairOf(w, at), -scale, &s)
			if avg != nil {
				addPair(pairOf(avg, at), mix, &s)
			}
		}
	}
}
