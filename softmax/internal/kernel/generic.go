package kernel

// The kernels in plain Go. Their lists hold nonzeros, not quads; see List.

func logitsGeneric(ws *Workspace, z, base, w []float32, rows *List, from, to int) {
	if &z[0] != &base[0] {
		Repeat(z[:(to-from)*ws.Lanes], base)
	}
	ws.Forward(w, rows, from, to)
	ws.AddSums(z, to-from)
}

func forwardGeneric(ws *Workspace, w []float32, rows *List, from, to int) {
	for i := from; i < to; i++ {
		forwardNonzerosGeneric(ws.sums[4*(i-from)*ws.Width:], w, rows.row(i), ws.Shape, ws.Width)
	}
}

func backwardGeneric(ws *Workspace, g, d []float32, rows *List) {
	for i := range rows.Len() {
		for k := 0; k < ws.Width; k += ten {
			backwardTen(g[k:], tenOf(d, i*ws.Lanes+k), rows.row(i), ws.Width)
		}
	}
}

func forwardNonzerosGeneric(s, w []float32, row []Nonzero, shape Shape, stride int) {
	for k := 0; k < shape.Width; k += ten {
		for rest := row; len(rest) > 0; {
			sum := tenOf(s, k+int(rest[0].Index&3)*shape.Width)
			rest = addRun(sum, w[k:], rest, stride, 3)
		}
	}
}

// addRun takes the first run of a row that is not empty: nonzeros whose indices
// have the same bits in mask. It adds each value times ten lanes of w, at the
// index, to the sum, and returns the rest of the row. Most runs are long, so
// addRun loads and stores the sum once for four nonzeros.
func addRun(into *[ten]float32, w []float32, row []Nonzero, stride int, mask int32) []Nonzero {
	first := row[0].Index & mask
	for len(row) > 0 && row[0].Index&mask == first {
		v0, w0 := row[0].Value, tenOf(w, int(row[0].Index)*stride)
		if len(row) >= 4 && row[1].Index&mask == first && row[2].Index&mask == first && row[3].Index&mask == first {
			v1, w1 := row[1].Value, tenOf(w, int(row[1].Index)*stride)
			v2, w2 := row[2].Value, tenOf(w, int(row[2].Index)*stride)
			v3, w3 := row[3].Value, tenOf(w, int(row[3].Index)*stride)
			into[0] = into[0] + float32(v0*w0[0]) + float32(v1*w1[0]) + float32(v2*w2[0]) + float32(v3*w3[0])
			into[1] = into[1] + float32(v0*w0[1]) + float32(v1*w1[1]) + float32(v2*w2[1]) + float32(v3*w3[1])
			into[2] = into[2] + float32(v0*w0[2]) + float32(v1*w1[2]) + float32(v2*w2[2]) + float32(v3*w3[2])
			into[3] = into[3] + float32(v0*w0[3]) + float32(v1*w1[3]) + float32(v2*w2[3]) + float32(v3*w3[3])
			into[4] = into[4] + float32(v0*w0[4]) + float32(v1*w1[4]) + float32(v2*w2[4]) + float32(v3*w3[4])
			into[5] = into[5] + float32(v0*w0[5]) + float32(v1*w1[5]) + float32(v2*w2[5]) + float32(v3*w3[5])
			into[6] = into[6] + float32(v0*w0[6]) + float32(v1*w1[6]) + float32(v2*w2[6]) + float32(v3*w3[6])
			into[7] = into[7] + float32(v0*w0[7]) + float32(v1*w1[7]) + float32(v2*w2[7]) + float32(v3*w3[7])
			into[8] = into[8] + float32(v0*w0[8]) + float32(v1*w1[8]) + float32(v2*w2[8]) + float32(v3*w3[8])
			into[9] = into[9] + float32(v0*w0[9]) + float32(v1*w1[9]) + float32(v2*w2[9]) + float32(v3*w3[9])
			row = row[4:]
			continue
		}
		into[0] += float32(v0 * w0[0])
		into[1] += float32(v0 * w0[1])
		into[2] += float32(v0 * w0[2])
		into[3] += float32(v0 * w0[3])
		into[4] += float32(v0 * w0[4])
		into[5] += float32(v0 * w0[5])
		into[6] += float32(v0 * w0[6])
		into[7] += float32(v0 * w0[7])
		into[8] += float32(v0 * w0[8])
		into[9] += float32(v0 * w0[9])
		row = row[1:]
	}
	return row
}

// tenOf returns ten elements of x from index at on; the capacity saves work.
func tenOf(x []float32, at int) *[ten]float32 { return (*[ten]float32)(x[at : at+ten : at+ten]) }

// backwardTen is Backward for one row and ten lanes. The lanes of d stay in
// registers.
func backwardTen(g []float32, d *[ten]float32, row []Nonzero, width int) {
	d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 := d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9]
	for _, t := range row {
		v, gf := t.Value, tenOf(g, int(t.Index)*width)
		gf[0] += float32(v * d0)
		gf[1] += float32(v * d1)
		gf[2] += float32(v * d2)
		gf[3] += float32(v * d3)
		gf[4] += float32(v * d4)
		gf[5] += float32(v * d5)
		gf[6] += float32(v * d6)
		gf[7] += float32(v * d7)
		gf[8] += float32(v * d8)
		gf[9] += float32(v * d9)
	}
}

func addSums(z, sums []float32, rows int, shape Shape) {
	for i := range rows {
		for k := 0; k < shape.Width; k += ten {
			at := 4*i*shape.Width + k
			s0, s1 := tenOf(sums, at), tenOf(sums, at+shape.Width)
			s2, s3 := tenOf(sums, at+2*shape.Width), tenOf(sums, at+3*shape.Width)
			zk := tenOf(z, i*shape.Lanes+k)
			for j := range zk {
				zk[j] += (s0[j] + s1[j]) + (s2[j] + s3[j])
			}
		}
	}
	clear(sums[:4*rows*shape.Width])
}

func updateGeneric(w, g []float32, decay, scale float32) {
	w = w[:len(g)]
	for i, gi := range g {
		w[i] = float32(decay*w[i]) - float32(scale*gi)
	}
	clear(g)
}

func averageGeneric(avg, w []float32, share float32) {
	avg = avg[:len(w)]
	for i, wi := range w {
		avg[i] += float32(share * (wi - avg[i]))
	}
}

func updateColumnsGeneric(shape Shape, w, avg, d []float32, nonzeros []Nonzero, columns []Column, scale, mix float32) {
	for i, c := range columns[:len(columns)-Sentinels] {
		column := nonzeros[c.From:columns[i+1].From]
		at := int(c.Feature) * shape.Width
		for k := 0; k < shape.Width; k += ten {
			var s [ten]float32
			addRun(&s, d[k:], column, shape.Lanes, 0)
			wf := tenOf(w, at+k)
			for j := range s {
				wf[j] -= float32(scale * s[j])
			}
			if avg == nil {
				continue
			}
			af := tenOf(avg, at+k)
			for j := range s {
				af[j] += float32(mix * s[j])
			}
		}
	}
}

func softmaxGeneric(z []float32, losses []RowLoss) {
	lanes := len(z) / max(1, len(losses))
	for i := range losses {
		row := z[i*lanes:][:lanes]
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		var s [block]float32
		for at := 0; at < lanes; at += block {
			for k, v := range row[at : at+block] {
				e := exp(v-top) + (v - v)
				row[at+k] = e
				s[k] += e
			}
		}
		for half := block / 2; half > 0; half /= 2 {
			for k := range half {
				s[k] += s[k+half]
			}
		}
		for k := range row {
			row[k] /= s[0]
		}
		losses[i].Top, losses[i].Sum = top, s[0]
	}
}
