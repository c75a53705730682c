package softmax

import "fmt"

// deferred holds an L2 penalty and an average in deferred form, so that a step
// on sparse rows changes only the weights of its nonzeros. A penalty multiplies
// all weights by one number, and an average mixes all weights in the same way.
// So the model stores V in place of its weights W, and the average stores A in
// place of avg. Three numbers, which change at every step, give W and avg:
//
//	W   = decay V
//	avg = keep (A + mix V)
//
// A step has the gradient G, the rate s, the factor d = 1 - s L2, and the share
// c of the new weights in the average:
//
//	W   = d W - s G
//	avg = (1 - c) avg + c W
//
// In deferred form it is
//
//	decay = d decay    V -= s/decay G    A += mix s/decay G (with the old mix)
//	keep = (1 - c) keep                  mix += c decay/keep
//
// With a penalty, A and mix V grow with opposite signs. Once keep mix is far
// above decay, they nearly cancel. Before that, settle computes W and avg.
//
// The method is by L. Bottou and, for averages, by W. Xu (Towards Optimal One
// Pass Large Scale Learning with Averaged Stochastic Gradient Descent, 2011).
type deferred struct {
	decay     float64 // Model.scale is this as a float32
	keep, mix float64
}

// settled means that nothing is deferred: W = V and avg = A.
var settled = deferred{decay: 1, keep: 1}

// averages reports whether the average is in deferred form.
func (d *deferred) averages() bool { return d.keep != 1 || d.mix != 0 }

// nextDeferred returns the numbers after a step of n rows. The step subtracts v
// times the sum of the rows' gradients from V, and adds a times that sum to A.
// If the numbers are too large or too small for float32, nextDeferred calls
// settle first, which takes a pass over all weights.
func (t *Trainer) nextDeferred(rate float32, n int) (next deferred, v, a float32) {
	const least, most, apart = 1.0 / (1 << 20), 1 << 40, 32
	d := 1 - float64(float64(rate)*float64(t.L2)) // not fused
	if d <= 0 {
		panic(fmt.Sprintf("softmax: rate %v times L2 %v, want less than 1 for Sparse rows", rate, t.L2))
	}
	if scale := t.model.scale; float32(t.deferred.decay) != scale {
		t.deferred.decay = float64(scale) // the parameters have been set
	}
	if old := &t.deferred; old.decay < least || old.mix > most || old.keep*old.mix > apart*old.decay*d {
		t.settle()
	}
	next = t.deferred
	next.decay *= d
	step := float64(rate) / float64(n) / next.decay
	if t.Averaging > 0 {
		a = float32(next.mix * step)
		share := (float64(t.Averaging) + 1) / (float64(t.averaged+1) + float64(t.Averaging))
		if t.averaged == 0 {
			next.keep, next.mix = 1, next.decay // the first average is the model: A = 0
		} else {
			next.keep *= max(1-share, 1e-15)
			next.mix += float64(share*next.decay) / next.keep
		}
	}
	return next, float32(step), a
}

// average writes the average to dst. avg stores A, and m stores V. dst may be
// avg.
func (d *deferred) average(dst, avg, m *Model) {
	copy(dst.bias, avg.bias)
	if !d.averages() {
		copy(dst.weight, avg.weight)
		return
	}
	for i, a := range avg.weight {
		dst.weight[i] = float32(d.keep * (float64(a) + float64(d.mix*float64(m.weight[i]))))
	}
}

// settle applies all that is deferred to the model and the average.
func (t *Trainer) settle() {
	if t.deferred.averages() {
		t.deferred.average(t.avg, t.avg, t.model)
	}
	t.model.applyScale()
	t.deferred = settled
}
