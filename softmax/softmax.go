package softmax

import (
	"math"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
)

// softmax turns one row of logits into probabilities, in place:
//
//	p[k] = exp(z[k] - max z) / Σ exp(z[j] - max z)
//
// Subtracting the maximum changes no probability, and no exponential
// overflows. z includes the padding, see kernel.Shape. softmax returns the
// cross-entropy of the row for its label. softmaxGeneric in internal/kernel has
// the loop.
func softmax(z []float32, label int) kernel.RowLoss {
	losses := [1]kernel.RowLoss{{Logit: z[label]}}
	kernel.Softmax(z, losses[:])
	return losses[0]
}

// softmaxGradient turns rows of logits z with labels y into the gradient of
// their weighted cross-entropy with respect to z, in place, and sets their
// losses, without weights:
//
//	z = weight (softmax(z) - onehot(y))
//
// Nil weights are all 1. softmaxGradient returns the first row whose logits are
// not finite, or len(y). Only the rows before it are valid then.
func softmaxGradient(z []float32, y []int, weights []float32, losses []kernel.RowLoss) int {
	if len(y) == 0 {
		return 0
	}
	lanes := len(z) / len(y)
	for i, label := range y {
		losses[i].Logit = z[i*lanes+label]
	}
	kernel.Softmax(z, losses)
	for i, label := range y {
		if !finiteLoss(losses[i]) {
			return i
		}
		z[i*lanes+label]--
		if weights != nil {
			row := z[i*lanes:][:lanes]
			for k, d := range row {
				row[k] = float32(weights[i] * d)
			}
		}
	}
	return len(y)
}

// finiteLoss reports whether all logits of the row are finite.
func finiteLoss(l kernel.RowLoss) bool { return l.Sum == l.Sum }

// crossEntropy returns the weighted sum of the rows' losses. Nil weights are
// all 1. It computes -log p[y] as
//
//	log Σ exp(z[j] - max z) + max z - z[y]
//
// to avoid the logarithm of a rounded probability.
func crossEntropy(rows []kernel.RowLoss, weights []float32) float64 {
	sum := newLossSum()
	for i, row := range rows {
		weight := float32(1)
		if weights != nil {
			weight = weights[i]
		}
		sum.add(row, weight)
	}
	return sum.total()
}

// A lossSum adds up weighted losses of rows. For rows of weight 1, it
// multiplies the numbers under the logarithms: the sum of logarithms is the
// logarithm of the product.
type lossSum struct {
	sum, product float64
}

func newLossSum() lossSum { return lossSum{0, 1} }

func (l *lossSum) add(row kernel.RowLoss, weight float32) {
	gap := float64(row.Top) - float64(row.Logit)
	if weight != 1 {
		l.sum += float64(float64(weight) * (gap + Log(float64(row.Sum))))
		return
	}
	l.sum += gap
	l.product *= float64(row.Sum)
	if l.product > 1e200 {
		l.sum, l.product = l.total(), 1
	}
}

func (l *lossSum) total() float64 { return l.sum + Log(l.product) }

// Log returns the natural logarithm of x within a few units in the last place.
// Like math.Log, it returns -Inf for 0, +Inf for +Inf, and NaN for NaN and for
// negative numbers. Unlike math.Log, it returns the same bits on every
// architecture.
//
// x = 2**e m with m in [√½, √2]. log m = 2 atanh(s) with s = (m-1)/(m+1), and
// |s| ≤ 0.172: eleven terms of the series s + s³/3 + s⁵/5 + ... leave an error
// below 1e-17.
func Log(x float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return math.Log(x)
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	s := (m - 1) / (m + 1)
	ss := float64(s * s)
	sum := 0.0
	for n := 21.0; n > 0; n -= 2 {
		sum = float64(sum*ss) + 1/n
	}
	return float64(2*s*sum) + float64(float64(e)*math.Ln2)
}

// argmax returns the index of the largest value, the lowest index of equal
// values. It has no branch, because the processor cannot predict the winner.
// The bits of positive floats are ordered like the floats. The bits of negative
// floats are in reverse order, so argmax flips them.
func argmax(z []float32) int {
	best := int64(math.MinInt64)
	for k, v := range z {
		b := int32(math.Float32bits(v + 0)) // -0 becomes 0
		b ^= b >> 31 & math.MaxInt32
		best = max(best, int64(b)<<32|int64(math.MaxInt32-k))
	}
	return math.MaxInt32 - int(best&math.MaxInt32)
}
