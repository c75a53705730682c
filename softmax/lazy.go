package softmax

import "fmt"

// lazy holds an L2 penalty and an average in deferred form, so that a step on
// sparse rows need not visit all weights. A penalty multiplies all weights by
// one number, and an average mixes all of them in the same way. So model and
// average store V and A, of which a step changes only the features of its
// rows. Three numbers, which change at every step, give the weights W and their
// average:
//
//	W   = decay V
//	avg = keep (A + mix V)
//
// A step with the gradient G, the rate s, the factor d = 1 - rate L2 and the
// share c of the new weights in the average,
//
//	W   = d W - s G
//	avg = (1 - c) avg + c W
//
// becomes
//
//	decay = d decay    V -= s/decay G    A += mix s/decay G (with the old mix)
//	keep = (1 - c) keep                  mix += c decay/keep
//
// With a penalty, A and mix V grow, with opposite signs. They nearly cancel
// once keep mix is far above decay. Before that, settle applies all three
// numbers.
//
// The method is L. Bottou's and, for averages, W. Xu's (Towards Optimal One
// Pass Large Scale Learning with Averaged Stochastic Gradient Descent, 2011).
type lazy struct {
	decay     float64 // Model.scale is this as a float32
	keep, mix float64
}

// eager means that nothing is deferred: W = V and avg = A.
var eager = lazy{decay: 1, keep: 1}

// averages reports whether the average is in deferred form.
func (l *lazy) averages() bool { return l.keep != 1 || l.mix != 0 }

// nextLazy returns the numbers after a step of n rows. v and a are the factors
// of the sum of the rows' gradients: for V, which it is subtracted from, and
// for A, which it is added to. If the numbers have drifted too far for float32,
// nextLazy settles first, which takes a pass over all weights.
func (t *Trainer) nextLazy(rate float32, n int) (l lazy, v, a float32) {
	const least, most, apart = 1.0 / (1 << 20), 1 << 40, 32
	d := 1 - float64(float64(rate)*float64(t.L2)) // not fused
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
		share := (float64(t.Averaging) + 1) / (float64(t.averaged+1) + float64(t.Averaging))
		if t.averaged == 0 {
			l.keep, l.mix = 1, l.decay // A is zero: the first average is the model
		} else {
			l.keep *= max(1-share, 1e-15)
			l.mix += float64(share*l.decay) / l.keep
		}
	}
	return l, float32(step), a
}

// average writes the average, whose deferred form is avg with model m, into
// dst. dst may be avg.
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

// settle applies all that is deferred to the model and the average.
func (t *Trainer) settle() {
	if t.lazy.averages() {
		t.lazy.average(t.avg, t.avg, t.model)
	}
	t.model.applyScale()
	t.lazy = eager
}
