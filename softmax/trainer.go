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
// A Trainer and its model belong to one goroutine while it trains; the workers
// that it starts have ended when Step or Fit returns. With Averaging nothing but
// the trainer may set the parameters between steps on sparse rows, of which it
// holds back what the average can do without.
type Trainer struct {
	// Rate is the learning rate, for the mean (not the sum) of the
	// cross-entropy over the batch. It may change between steps.
	Rate float32

	// L2 is the weight of the penalty L2/2 Σ W². The bias is not penalised. With
	// sparse rows, Rate*L2 must be less than 1.
	L2 float32

	// Averaging, when positive, makes the trainer keep a running average of
	// the parameters, after update t = 1, 2, ... of the form
	//
	//	avg += (Averaging+1)/(t+Averaging) * (W - avg)
	//
	// which forgets the early steps polynomially fast (O. Shamir and T. Zhang,
	// Stochastic Gradient Descent for Non-smooth Optimization, ICML 2013,
	// section 4). It allows a high constant rate and costs one pass over the
	// parameters a step, or less with sparse rows. 8 is a good value, 0 is off.
	// Averaged has the average.
	Averaging float32

	// Center makes Fit train as if each feature had been shifted to mean 0 and
	// all had been divided by one number, the root of their mean variance, as
	// measured on the rows to train on. Rate and L2 then mean the same for
	// features of any size, and training is faster if the means are far from 0.
	// It is folded into the weights: the model eats features as they come. A
	// step costs a few passes over the parameters, with sparse rows, too.
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
	// [0, steps), for example [LinearDecay]. It has to depend on these alone, and
	// must not touch the trainer or its model, which others may be at work on.
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
	lazy    lazy
	center  *centering
	blocks  []block
	columns columns
	pass    pass

	order, labels []int // memory for Fit, nil while it has it

	updates int // so far
	summed  int // updates that the average has seen
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
	return &Trainer{Rate: 0.5, Epochs: 10, Batch: 100, Seed: 1, model: m, lazy: eager}
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
// call it allocates nothing, unless a batch is larger than all before, or very
// large or sparse and has its features elsewhere, or is so large that several
// processors share it.
func (t *Trainer) Step(x Rows, y []int) (loss float64, err error) {
	mat := t.model.matrix(x)
	checkLabels(y, mat.rows, t.model.classes)
	if len(y) == 0 {
		panic("softmax: Step with an empty batch")
	}
	p := &t.pass
	p.x, p.y, p.order, p.size, p.steps, p.begin = mat, y, nil, len(y), 1, nil
	defer p.forget()
	if err := t.walk(); err != nil {
		return 0, err
	}
	return p.loss / float64(len(y)), nil
}

// checkRate panics if a step with this rate makes no sense.
func (t *Trainer) checkRate(rate float32) {
	for _, v := range [...]float32{rate, t.L2, t.Averaging, rate * t.L2} {
		if !(v >= 0 && v <= math.MaxFloat32) {
			panic(fmt.Sprintf("softmax: rate %v, L2 %v, averaging %v: want none negative, NaN or infinite", rate, t.L2, t.Averaging))
		}
	}
}

// Averaged returns a copy of the model with the averaged parameters (see
// Averaging), or with the current ones if there is no average: before the first
// step and after Fit, which leaves the best in the model itself.
func (t *Trainer) Averaged() *Model {
	m := New(t.model.features, t.model.classes)
	m.Metadata = maps.Clone(t.model.Metadata)
	if t.summed > 0 {
		t.lazy.average(m, t.avg, t.model)
	} else {
		m.copyFrom(t.model)
	}
	return m
}

// current settles the parameters that training has reached, and returns them:
// the average if there is one. It is not a copy.
func (t *Trainer) current() *Model {
	t.settle()
	if t.summed > 0 {
		return t.avg
	}
	return t.model
}
