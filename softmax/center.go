package softmax

import (
	"iter"
	"math"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
)

// centering trains as if each feature had been shifted to mean 0 and all had
// been divided by one number s, the root of their mean variance:
//
//	x' = (x - mean) / s
//
// The rows x do not change, so sparse rows stay sparse. The weights W' and the
// bias b' for x' are never computed: W' x' + b' = W x + b holds for W = W'/s
// and b = b' - W mean. Let G = Σ d xᵀ and D = Σ d be sums over the n rows of
// the batch, with d = p - onehot(y). Then a step of W' and b' is
//
//	W -= rate/(n s²) (G - D meanᵀ) + rate L2 W
//	b -= rate/n D + ΔW mean
//
// where ΔW is the change of W. So the model is valid after every step.
type centering struct {
	mean    []float32 // [features]
	inverse float32   // 1/s²
}

// newCentering computes mean and variance of all rows, which chunks yields, in
// two passes. One pass would subtract two large sums and lose a small variance.
// If a feature is not finite, the error names it.
func newCentering(chunks iter.Seq2[chunk, error], rows, features int) (*centering, error) {
	n := float64(rows)
	mean := make([]float64, features)
	err := eachRow(chunks, features, func(row []kernel.Nonzero) (finite bool) {
		for _, nz := range row {
			if nz.Value-nz.Value != 0 {
				return false
			}
			mean[nz.Index] += float64(nz.Value)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	c := &centering{mean: make([]float32, features), inverse: 1}
	for f := range mean {
		mean[f] /= n
		c.mean[f] = float32(mean[f])
	}

	// Zeros differ from the mean, too, so they are counted. Values of a
	// repeated index add up first.
	apart := make([]float64, features) // Σ (value - mean)² over nonzeros
	zeros := make([]float64, features) // number of rows where the feature is 0
	value := make([]float64, features) // of the row
	for f := range zeros {
		zeros[f] = n
	}
	err = eachRow(chunks, features, func(row []kernel.Nonzero) (finite bool) {
		for _, nz := range row {
			value[nz.Index] += float64(nz.Value)
		}
		for _, nz := range row {
			if v := value[nz.Index]; v != 0 {
				d := v - mean[nz.Index]
				apart[nz.Index] += float64(d * d)
				zeros[nz.Index]--
				value[nz.Index] = 0
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	var variance, square float64
	for f, m := range mean {
		variance += apart[f] + float64(zeros[f]*float64(m*m))
		square += float64(m * m)
	}
	variance /= n * float64(features)
	square /= float64(features)
	// Features that vary less than float32 rounds count as constant. They are
	// not scaled.
	if inverse := float32(1 / variance); variance > 1e-12*square && inverse > 0 && inverse <= math.MaxFloat32 {
		c.inverse = inverse
	}
	return c, nil
}

// eachRow calls visit with the nonzeros of each row. If visit finds a value
// that is not finite, the error names it.
func eachRow(chunks iter.Seq2[chunk, error], features int, visit func([]kernel.Nonzero) (finite bool)) error {
	var list kernel.List
	var row []kernel.Nonzero
	for c, err := range chunks {
		if err != nil {
			return err
		}
		for i := range c.order {
			list.Reset()
			list.Reserve(1, features)
			c.x.appendTo(&list, c.order[i:i+1], 0, features)
			row = list.Nonzeros(row[:0], 0)
			if !visit(row) {
				return newStepError(1, 0, c.order[i], &c.x)
			}
		}
	}
	return nil
}

// A centeredBlock is what a block needs for centered steps. Each block then has
// a bias of its own, and the model's bias is the sum of these.
type centeredBlock struct {
	mean, minus *kernel.List // rows: the means of the features, and -mean
	change      []float32    // [Lanes], zero between uses
}

func newCenteredBlock(mean []float32, lanes int) *centeredBlock {
	negated := make([]float32, len(mean))
	for f, v := range mean {
		negated[f] = -v
	}
	return &centeredBlock{kernel.ListOf(mean), kernel.ListOf(negated), make([]float32, lanes)}
}

// updateCentered makes the block's part of the step that centering describes,
// and clears the gradients. scale is rate/n, decay is 1 - rate L2. ΔW mean has
// two parts: one from the gradient and, with a penalty, one from the weights.
func (b *block) updateCentered(c *centering, decay, scale float32) {
	weightScale := float32(scale * c.inverse)
	change := b.centered.change
	b.ws.Backward(b.grad, b.biasGrad, b.centered.minus) // G - D meanᵀ
	b.ws.Logits(change, change, b.grad, b.centered.mean, 0, 1)
	kernel.Update(b.bias, change, 1, -weightScale)
	if decay != 1 {
		b.ws.Logits(change, change, b.weight, b.centered.mean, 0, 1)
		kernel.Update(b.bias, change, 1, decay-1)
	}
	if b.first {
		kernel.Update(b.bias, b.biasGrad, 1, scale)
	}
	clear(b.biasGrad)
	kernel.Update(b.weight, b.grad, decay, weightScale)
}
