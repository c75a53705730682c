package softmax

import "math"

// centering trains as if each feature had been shifted to mean 0 and all of
// them divided by one number s, the root of their mean variance:
//
//	x' = (x - mean) / s
//
// without touching a row: zeros of sparse rows stay zeros. The weights W' and
// the bias b' of x' are never formed either. As W'x' + b' = Wx + b, with
// W = W'/s and b = b' - W mean, a step of W' and b' is, with G = Σ (p - e(y)) xᵀ
// and D = Σ (p - e(y)) over the n rows of the batch,
//
//	W -= rate/(n s²) (G - D meanᵀ) + rate L2 W
//	b -= rate/n D + ΔW mean
//
// where ΔW is the change of W. So the model can be used as it is at any time.
type centering struct {
	mean    []float32 // [features]
	inverse float32   // 1/s²
	shift   []float32 // [classes], -ΔW mean of the step at work
}

// newCentering measures the rows of x.
func newCentering(x *matrix, classes int) *centering {
	sum := make([]float64, x.features)
	squares := make([]float64, x.features)
	var row []term
	for i := range x.rows {
		row = x.appendRow(row[:0], i)
		for _, t := range row {
			v := float64(t.value)
			sum[t.index] += v
			squares[t.index] += float64(v * v)
		}
	}
	c := &centering{mean: make([]float32, x.features), inverse: 1, shift: make([]float32, classes)}
	variance, n := 0.0, float64(x.rows)
	for f := range c.mean {
		mean := sum[f] / n
		c.mean[f] = float32(mean)
		variance += max(0, squares[f]/n-float64(mean*mean))
	}
	variance /= float64(x.features)
	if inverse := float32(1 / variance); variance > 0 && inverse <= math.MaxFloat32 {
		c.inverse = inverse // else the features are constant: nothing to scale
	}
	return c
}

// update makes the step of m that is described above, with the rate for the
// sum of the rows' gradients. It leaves the gradient all zeros.
func (c *centering) update(m *Model, g *gradient, rate, decay float32) {
	scale := float32(rate * c.inverse)
	d := g.bias[:m.classes]
	clear(c.shift)
	for f, mean := range c.mean {
		w := m.weight[f*m.lanes:][:m.classes]
		gf := g.weight[f*m.lanes:][:m.classes]
		for k, old := range w {
			w[k] = float32(decay*old) - float32(scale*(gf[k]-float32(mean*d[k])))
			c.shift[k] += float32(mean * (old - w[k]))
		}
	}
	for k, shift := range c.shift {
		m.bias[k] += shift - float32(rate*d[k])
	}
	clear(g.weight)
	clear(g.bias)
}
