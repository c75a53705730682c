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
}

// newCentering measures the rows of x, in two passes, because the difference of
// two large sums would drown a small variance. Its error, an *InputError,
// names a feature that is not finite.
func newCentering(x *matrix) (*centering, error) {
	n := float64(x.rows)
	mean := make([]float64, x.features)
	var row list
	var terms []term
	for i := range x.rows {
		row.one(x, i)
		terms = row.appendTerms(terms[:0], 0)
		for _, t := range terms {
			if t.value-t.value != 0 {
				return nil, newStepError(1, 0, i, x)
			}
			mean[t.index] += float64(t.value)
		}
	}
	c := &centering{mean: make([]float32, x.features), inverse: 1}
	for f := range mean {
		mean[f] /= n
		c.mean[f] = float32(mean[f])
	}

	// Zeros differ from the mean as well, and the terms of a repeated index add
	// up before they do.
	apart := make([]float64, x.features) // Σ (value - mean)² over values not 0
	zeros := make([]float64, x.features)
	value := make([]float64, x.features)
	for f := range zeros {
		zeros[f] = n
	}
	for i := range x.rows {
		row.one(x, i)
		terms = row.appendTerms(terms[:0], 0)
		for _, t := range terms {
			value[t.index] += float64(t.value)
		}
		for _, t := range terms {
			if v := value[t.index]; v != 0 {
				d := v - mean[t.index]
				apart[t.index] += float64(d * d)
				zeros[t.index]--
				value[t.index] = 0
			}
		}
	}
	var variance, square float64
	for f, m := range mean {
		variance += apart[f] + float64(zeros[f]*float64(m*m))
		square += float64(m * m)
	}
	variance /= n * float64(x.features)
	square /= float64(x.features)
	// Features that vary by no more than float32 rounds are constant: there is
	// nothing to scale.
	if inverse := float32(1 / variance); variance > 1e-12*square && inverse > 0 && inverse <= math.MaxFloat32 {
		c.inverse = inverse
	}
	return c, nil
}

// updateCentred makes the block's part of the step that is described above, with the
// rate for the sum of the rows' gradients. It leaves the gradients all zeros.
//
// ΔW mean is summed up from what ΔW is made of, the gradient and, with an L2
// penalty, the weights.
func (b *block) updateCentred(c *centering, m *Model, rate, decay float32) {
	scale := float32(rate * c.inverse)
	backward(b.grad, b.biasGrad, b.fours, &b.minus, m.width, m.lanes, m.classes) // G - D meanᵀ
	forwardFold(b.shift, b.shift, b.grad, b.sums, &b.mean, 0, 1, m.width, m.lanes, m.classes)
	descend(b.bias, b.shift, 1, -scale)
	if decay != 1 {
		forwardFold(b.shift, b.shift, b.weight, b.sums, &b.mean, 0, 1, m.width, m.lanes, m.classes)
		descend(b.bias, b.shift, 1, decay-1)
	}
	if b.index == 0 {
		descend(b.bias, b.biasGrad, 1, rate)
	}
	clear(b.biasGrad)
	descend(b.weight, b.grad, decay, scale)
}
