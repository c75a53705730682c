package softmax

import (
	"fmt"
	"maps"
	"math"
)

// A Trainer trains a model by mini-batch stochastic gradient descent, batch by
// batch with [Trainer.Step] or to the end with [Trainer.Fit]. Make one with
// [NewTrainer], which presets the fields, and change them as you like; Step
// uses Rate, L2 and Averaging, the others are for Fit. The zero Trainer has no
// model and is not usable.
//
// A Trainer and its model belong to one goroutine while it trains.
type Trainer struct {
	// Rate is the learning rate, for the mean (not the sum) of the
	// cross-entropy over the batch. It may change between steps.
	Rate float32

	// L2 is the weight of the penalty L2/2 Σ W². The bias is not penalised.
	L2 float32

	// Averaging, when positive, makes the trainer keep a running average of
	// the parameters, after update t = 1, 2, ... of the form
	//
	//	avg += (Averaging+1)/(t+Averaging) * (W - avg)
	//
	// which forgets the early steps polynomially fast (O. Shamir and T. Zhang,
	// Stochastic Gradient Descent for Non-smooth Optimization, ICML 2013,
	// section 4). It allows a high constant rate and costs one pass over the
	// parameters a step. 8 is a good value, 0 is off. Averaged has the average.
	Averaging float32

	// Center makes Fit train as if each feature had been shifted to mean 0 and
	// all had been divided by one number, the root of their mean variance, as
	// measured on the rows to train on. Rate and L2 then mean the same for
	// features of any size, and training is faster if the means are far from 0.
	// It is folded into the weights: the model eats features as they come. A
	// step costs a pass over the parameters more.
	Center bool

	// Epochs is the number of passes over the rows, Batch the number of rows a
	// step (the last batch of an epoch may be shorter).
	Epochs, Batch int

	// Steps, if positive, is the number of updates, in place of Epochs. The
	// last epoch may then be cut short.
	Steps int

	// Seed determines the order of the rows: they are shuffled before every
	// epoch.
	Seed uint64

	// Schedule, if not nil, gives the factor on Rate for a step in
	// [0, steps), for example [LinearDecay]. It has to depend on these alone.
	Schedule func(step, steps int) float32

	// Validation, if it has rows, is evaluated after every epoch, and Fit
	// keeps the model of the epoch that does best on it.
	Validation Data

	// Patience, if positive, stops Fit when that many epochs in a row have
	// not done better on the validation data than the best before them.
	Patience int

	// Progress, if not nil, is called after every epoch. It must not train. The
	// model then holds the parameters on the way, Averaged their average.
	Progress func(Progress)

	model   *Model
	avg     *Model // the running average, nil before the first averaged step
	center  *centering
	updates int // so far
	summed  int // updates that the average has seen
	batch   batch
	grad    gradient
}

// Data is rows with one label in [0, classes) each.
type Data struct {
	X Rows
	Y []int
}

// NewTrainer returns a trainer of m with plain settings: rate 0.5, no penalty,
// no averaging, 10 epochs of batches of 100, seed 1. Better ones for pictures of
// digits are rate 1, batches of 50 and averaging 8, for 6 epochs, with Center if
// the features are gradient histograms and without it if they are pixels.
func NewTrainer(m *Model) *Trainer {
	return &Trainer{Rate: 0.5, Epochs: 10, Batch: 100, Seed: 1, model: m}
}

// batch is the mini-batch at work, in the kernels' form.
type batch struct {
	start []int     // row i has the terms start[i]:start[i+1]
	terms []term    // the non-zero features of all rows
	delta []float32 // [rows][lanes]: logits, then p, then p - e(y)
	loss  float64   // the sum of the rows' losses
}

func (b *batch) row(i int) []term { return b.terms[b.start[i]:b.start[i+1]] }

// gradient is the sum, not the mean, of the rows' gradients. Between steps it
// is all zeros.
type gradient struct {
	weight []float32 // [features][lanes]
	bias   []float32 // [lanes]
}

// Step trains the model on one mini-batch, rows x with labels y, and returns
// the mean cross-entropy of the batch before the update. It makes one update
// of every parameter:
//
//	W -= Rate * (1/n Σ (p - e(y)) xᵀ + L2 W)
//	b -= Rate *  1/n Σ (p - e(y))
//
// If the logits are not finite it returns a [*DivergenceError] and changes
// nothing; an update that overflows shows at the next step. After the first
// call it allocates nothing, unless a batch is larger than all before.
func (t *Trainer) Step(x Rows, y []int) (loss float64, err error) {
	mat := t.model.matrix(x)
	checkLabels(y, mat.rows, t.model.classes)
	t.batch.reset(&mat, mat.rows)
	for i := range mat.rows {
		t.batch.add(&mat, i)
	}
	return t.step(y, t.Rate)
}

// step trains on the rows gathered in t.batch.
func (t *Trainer) step(y []int, rate float32) (loss float64, err error) {
	for _, v := range [...]float32{rate, t.L2, t.Averaging, rate * t.L2} {
		if !(v >= 0 && v <= math.MaxFloat32) {
			panic(fmt.Sprintf("softmax: rate %v, L2 %v, averaging %v: want none negative, NaN or infinite", rate, t.L2, t.Averaging))
		}
	}
	if len(y) == 0 {
		panic("softmax: Step with an empty batch")
	}
	if row := t.forward(y); row >= 0 {
		return 0, newDivergenceError(t.updates+1, rate, row, t.batch.row(row))
	}
	t.backward()
	t.update(rate, len(y))
	t.updates++
	if t.Averaging > 0 {
		t.average()
	}
	return t.batch.loss / float64(len(y)), nil
}

// reserve is up to how many terms a batch of dense rows gets room for all its
// features at once, so that a later one with more ink does not allocate.
const reserve = 1 << 20

func (b *batch) reset(x *matrix, rows int) {
	b.terms = b.terms[:0]
	dense := x.bytes != nil || x.floats != nil
	if most := rows * x.features; dense && most <= reserve && cap(b.terms) < most {
		b.terms = make([]term, 0, most)
	}
	b.start = append(b.start[:0], 0)
}

// add gathers row i of x.
func (b *batch) add(x *matrix, i int) {
	b.terms = x.appendRow(b.terms, i)
	b.start = append(b.start, len(b.terms))
}

// forward is the first phase of a step: for all rows the loss and p - e(y),
// while W stays in the cache. It returns the first row whose logits are not
// finite, or -1.
func (t *Trainer) forward(y []int) (bad int) {
	m, b := t.model, &t.batch
	if n := len(y) * m.lanes; n > cap(b.delta) {
		b.delta = make([]float32, n)
	}
	b.delta = b.delta[:len(y)*m.lanes]
	b.loss = 0
	for i, label := range y {
		z := b.delta[i*m.lanes:][:m.lanes]
		copy(z, m.bias)
		forward(z, m.weight, b.row(i), m.classes)
		if !finite(z[:m.classes]) {
			return i
		}
		logit := z[label]
		top, sum := normalise(z, m.classes)
		b.loss += rowLoss(logit, top, sum)
		z[label]--
	}
	return -1
}

// backward is the second phase: it adds up the gradient, row by row, while G
// stays in the cache.
func (t *Trainer) backward() {
	m, b, g := t.model, &t.batch, &t.grad
	if g.weight == nil {
		g.weight = make([]float32, len(m.weight))
		g.bias = make([]float32, len(m.bias))
	}
	for i := range len(b.start) - 1 {
		d := b.delta[i*m.lanes:][:m.lanes]
		backward(g.weight, d, b.row(i), m.classes)
		for k, dk := range d[:m.classes] {
			g.bias[k] += dk
		}
	}
}

// update is the third phase: one descent along the mean of the gradient, which
// it leaves all zeros.
func (t *Trainer) update(rate float32, n int) {
	m, g := t.model, &t.grad
	scale := rate / float32(n)
	decay := 1 - float32(rate*t.L2)
	switch {
	case t.center != nil:
		t.center.update(m, g, scale, decay)
		return
	case decay != 1:
		for i, gi := range g.weight {
			m.weight[i] = float32(decay*m.weight[i]) - float32(scale*gi)
		}
		clear(g.weight)
	case len(t.batch.terms) < m.features:
		// Fewer terms than features: most features, as in texts, have no
		// gradient. Visit those that may have one, some of them twice.
		for _, term := range t.batch.terms {
			at := int(term.index) * m.lanes
			descend(m.weight[at:][:m.lanes], g.weight[at:][:m.lanes], scale)
		}
	default:
		descend(m.weight, g.weight, scale)
	}
	descend(m.bias, g.bias, scale)
}

// average adds the parameters to the running average.
func (t *Trainer) average() {
	if t.avg == nil {
		t.avg, t.summed = New(t.model.features, t.model.classes), 0
		t.avg.copyFrom(t.model)
	}
	t.summed++
	share := (t.Averaging + 1) / (float32(t.summed) + t.Averaging)
	blend(t.avg.weight, t.model.weight, share)
	blend(t.avg.bias, t.model.bias, share)
}

// Averaged returns a copy of the model with the averaged parameters (see
// Averaging), or with the current ones if there is no average: before the first
// step and after Fit, which leaves the best in the model itself.
func (t *Trainer) Averaged() *Model {
	m := New(t.model.features, t.model.classes)
	m.Metadata = maps.Clone(t.model.Metadata)
	m.copyFrom(t.current())
	return m
}

// current returns the parameters that training has reached: the average if
// there is one. It is not a copy.
func (t *Trainer) current() *Model {
	if t.avg != nil {
		return t.avg
	}
	return t.model
}
