package softmax

import "fmt"

// lazy is how training on sparse rows applies a penalty and keeps an average
// without a pass over all weights at every step. An L2 penalty multiplies all
// weights by one number, and an average mixes all of them in the same way. So
// the model and the average hold V and A, of which only what a mini-batch touches
// changes, and three numbers that change at every step tell the weights W and
// their average:
//
//	W   = decay V
//	avg = keep (A + mix V)
//
// A step with the gradient G, a factor d on the weights and the share c of the
// new weights in the average,
//
//	W   = d W - s G
//	avg = (1 - c) avg + c W
//
// then is
//
//	decay = d decay    V -= s/decay G    A += mix s/decay G (with the old mix)
//	keep = (1 - c) keep                  mix += c decay/keep
//
// With a penalty, A and mix V grow apart in sign and alike in size, and nearly
// cancel once keep·mix is far above decay; next settles before a step would make it
// so.
//
// The trick is L. Bottou's and, for averages, W. Xu's (Towards Optimal One Pass
// Large Scale Learning with Averaged Stochastic Gradient Descent, 2011).
type lazy struct {
	decay     float64 // of which Model.scale is the float32
	keep, mix float64
}

// eager is when nothing is held back: W = V and avg = A.
var eager = lazy{decay: 1, keep: 1}

func (l *lazy) averages() bool { return l.keep != 1 || l.mix != 0 }

// next returns the numbers after a step of n rows, and what V has to be
// subtracted and A has to be added, times the sum of the rows' gradients. When
// the numbers have drifted too far for float32, it settles, which takes a pass.
func (t *Trainer) next(rate float32, n int) (l lazy, v, a float32) {
	const least, most, apart = 1.0 / (1 << 20), 1 << 40, 32
	d := 1 - float64(float64(rate)*float64(t.L2)) // never fused
	if d <= 0 {
		panic(fmt.Sprintf("softmax: rate %v times L2 %v, want less than 1 for Sparse rows", rate, t.L2))
	}
	if scale := t.model.scale; float32(t.lazy.decay) != scale {
		t.lazy.decay = float64(scale) // the parameters have been set
	}
	if old := &t.lazy; old.decay < least || old.mix > most || old.keep*old.mix > apart*old.decay*d {
		t.settle()
	}
	l = t.lazy
	l.decay *= d
	step := float64(rate) / float64(n) / l.decay
	if t.Averaging > 0 {
		a = float32(l.mix * step)
		share := (float64(t.Averaging) + 1) / (float64(t.summed+1) + float64(t.Averaging))
		if t.summed == 0 {
			l.keep, l.mix = 1, l.decay // A is zero: the first average is the model
		} else {
			l.keep *= max(1-share, 1e-15)
			l.mix += float64(share*l.decay) / l.keep
		}
	}
	return l, float32(step), a
}

// average writes the parameters that avg holds back into dst, which may be avg.
func (l *lazy) average(dst, avg, m *Model) {
	copy(dst.bias, avg.bias)
	if !l.averages() {
		copy(dst.weight, avg.weight)
		return
	}
	for i, a := range avg.weight {
		dst.weight[i] = float32(l.keep * (float64(a) + float64(l.mix*float64(m.weight[i]))))
	}
}

// settle makes the model and the average hold what they are, with nothing held
// back.
func (t *Trainer) settle() {
	if t.lazy.averages() {
		t.lazy.average(t.avg, t.avg, t.model)
	}
	t.model.fold()
	t.lazy = eager
}
