package softmax

import (
	"fmt"
	"iter"
	"math"
	"runtime"
	"slices"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
	"github.com/seed-cd6415d7/digits/softmax/internal/team"
)

// A Trainer trains a model by mini-batch SGD: batch by batch with
// [Trainer.Step], or to the end with [Trainer.Fit] or [Trainer.FitStream].
// [NewTrainer] presets the fields. Step uses Rate, L2, Averaging, Workers,
// ClassWeights and RowWeights.
//
// While it trains, a trainer and its model belong to one goroutine. With
// Averaging and sparse rows, nothing else may change the model between steps,
// neither a method such as ApplyTemperature nor another trainer: the change
// would spoil the average, part of which the trainer derives from the model.
type Trainer struct {
	// Rate is the learning rate for the mean cross-entropy of the batch. Rate,
	// L2 and Averaging are at least 0.
	Rate float32

	// L2 adds the penalty L2/2 Σ W², without the bias. With sparse rows,
	// Rate*L2 must be less than 1.
	L2 float32

	// Averaging, if positive, averages the parameters after updates
	// t = 1, 2, ... and forgets early ones fast:
	//
	//	avg += (Averaging+1)/(t+Averaging) * (W - avg)
	//
	// It allows a high constant rate (O. Shamir and T. Zhang, ICML 2013,
	// section 4).
	Averaging float32

	// Center makes Fit train as if each feature had mean 0, and the variances
	// of all features had mean 1. It helps if means are far from 0.
	Center bool

	// Epochs is the number of passes over the rows, Batch the number of rows of
	// a step. Both are at least 1.
	Epochs, Batch int

	// Steps, if positive, is the number of updates. It replaces Epochs.
	Steps int

	// Seed determines the order of rows: rand.NewPCG(Seed, 0) shuffles them
	// before every epoch.
	Seed uint64

	// Schedule, if not nil, returns the factor on Rate for a step in
	// [0, steps). It must be a pure function.
	Schedule func(step, steps int) float32

	// Workers is the number of goroutines that share a step; 0 means as many
	// as help. It never affects the result.
	Workers int

	// ClassWeights and RowWeights, if not nil, multiply the losses of rows.
	// ClassWeights has a weight for each class, RowWeights one for each row
	// that Step or Fit gets. Weights are finite and not negative. The loss of
	// n rows is
	//
	//	1/n Σ ClassWeights[y[i]] RowWeights[i] loss[i]
	//
	// so a row of weight 2 counts like two rows (G. King and L. Zeng, Logistic
	// Regression in Rare Events Data, Political Analysis 9, 2001). Weights that
	// average 1 over the rows keep the meaning of Rate; see [BalancedWeights].
	ClassWeights, RowWeights []float32

	// Validation, if it has rows, is evaluated after every epoch. Each row has
	// the weight of its class.
	Validation Data

	// Patience, if positive, ends Fit after this many epochs in a row without
	// improvement. It needs Validation.
	Patience int

	// Progress, if not nil, is called after every epoch. It must not train.
	Progress func(Progress)

	model             *Model
	avg               *Model // the running average, nil without one
	updates           int    // SGD steps so far
	averaged          int    // SGD steps that the average has seen
	features, classes int    // of the model at first

	team     team.Team
	dense    dense
	sparse   sparse
	deferred deferred
	center   *centering

	order, labels []int // memory for a pass
	weights       []float32
}

// Data is rows X, each with a label in Y, in [0, classes).
type Data struct {
	X Rows
	Y []int
}

// NewTrainer returns a trainer of m: rate 0.5, 10 epochs of batches of 100,
// seed 1. Better for digits: rate 1, batches of 50, averaging 8, 6 epochs, and
// Center for histograms of gradients.
func NewTrainer(m *Model) *Trainer {
	return &Trainer{Rate: 0.5, Epochs: 10, Batch: 100, Seed: 1, model: m, deferred: settled, features: m.features, classes: m.classes}
}

// Step makes one SGD step on a mini-batch, n rows x with labels y, and returns
// its mean cross-entropy before the update:
//
//	W -= Rate * (1/n Σ w (p - onehot(y)) xᵀ + L2 W)
//	b -= Rate *  1/n Σ w (p - onehot(y))
//
// where w is the weight of the row, 1 without weights. If a feature is not
// finite, the error is an [*InputError]; if a logit is not, a
// [*DivergenceError]. The model then stays as it was. After the first calls, a
// trainer with one worker allocates nothing.
//
// A single row at the preset Rate can destroy a trained model: the step changes
// the row's logits by up to Rate*(1 + Σ x²). To teach a trained model a new
// row, set Rate to 1 divided by the mean of Σ x². Then repeat steps on the new
// row and 49 of the old rows until the model reads the new row right. The
// example Correct does this.
func (t *Trainer) Step(x Rows, y []int) (loss float64, err error) {
	mat := t.model.matrix(x)
	checkLabels(y, mat.rows, t.model.classes)
	if len(y) == 0 {
		panic("softmax: Step with an empty batch")
	}
	t.order = ascending(t.order, len(y))
	p := pass{chunk: chunk{mat, t.order, y, t.weigh(y)}, batch: len(y), steps: 1}
	sum, err := t.train(&p)
	return sum.loss / float64(len(y)), err
}

// ascending returns 0, 1, 2, ..., n-1, in the memory of s if that is enough.
func ascending(s []int, n int) []int {
	s = resize(s, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// resize returns n elements, in the memory of s if that is enough. They may
// hold anything.
func resize[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// Averaged returns a copy of the model with the averaged parameters. Before the
// first step and after Fit, it just copies the model.
func (t *Trainer) Averaged() *Model {
	m := t.model.Clone()
	if t.averaged > 0 {
		m.scale = 1
		t.deferred.average(m, t.avg, t.model)
	}
	return m
}

// current returns the parameters that training has reached: the average, if
// there is one. It is not a copy.
func (t *Trainer) current() *Model {
	t.settle()
	if t.averaged > 0 {
		return t.avg
	}
	return t.model
}

// A chunk is labeled rows in the order of training.
type chunk struct {
	x       matrix
	order   []int     // the rows of x
	labels  []int     // labels[i] belongs to row order[i]
	weights []float32 // weights[i] belongs to row order[i]; nil if all are 1
}

// A pass is a walk over labeled rows in mini-batches, with one SGD step each.
type pass struct {
	chunk     // all rows, or those of the current chunk
	batch int // rows of a mini-batch; the last may have fewer
	steps int // the largest number of steps on the chunk

	// chunks, if not nil, yields dense rows piece by piece, in whole
	// mini-batches. Each chunk replaces the one before.
	chunks iter.Seq2[chunk, error]
	sum    tally // of the earlier chunks

	// rate returns the learning rate of the next step, or an error that ends
	// the pass. If it is nil, the rate is the trainer's. Only the leader calls
	// it.
	rate func() (float32, error)
}

// step returns the positions [from, to) of the rows of step i, and whether
// there is such a step.
func (p *pass) step(i int) (from, to int, ok bool) {
	from = i * p.batch
	return from, min(from+p.batch, len(p.order)), i < p.steps && from < len(p.order)
}

// rowWeights returns the weights of the rows at positions [from, to), or nil.
func (c *chunk) rowWeights(from, to int) []float32 {
	if c.weights == nil {
		return nil
	}
	return c.weights[from:to]
}

// rows returns the number of rows in the steps of the pass.
func (p *pass) rows() int {
	if p.steps <= len(p.order)/p.batch {
		return p.steps * p.batch
	}
	return len(p.order)
}

// A tally sums up the steps of a pass.
type tally struct {
	loss float64 // of all rows, each before its update
	rows int
	rate float32 // of the latest step
}

// add adds a step.
func (s *tally) add(losses []kernel.RowLoss, weights []float32, rate float32) {
	*s = tally{s.loss + crossEntropy(losses, weights), s.rows + len(losses), rate}
}

// train makes the steps of a pass: denseSteps or sparseSteps.
func (t *Trainer) train(p *pass) (tally, error) {
	if t.features != t.model.features || t.classes != t.model.classes {
		panic("softmax: the model has changed its shape; make a new Trainer")
	}
	if t.Averaging > 0 && t.avg == nil {
		t.avg, t.averaged = New(t.model.features, t.model.classes), 0
		clear(t.avg.bias) // the first average is the model: 0 + 1 (W - 0)
	}
	if p.x.dense() || t.center != nil || p.chunks != nil {
		return t.trainDense(p)
	}
	return t.trainSparse(p)
}

// nextRate returns the rate of the next step. It panics if an option is out of
// range.
func (t *Trainer) nextRate(p *pass) (rate float32, err error) {
	rate = t.Rate
	if p.rate != nil {
		if rate, err = p.rate(); err != nil {
			return 0, err
		}
	}
	for _, v := range [...]float32{rate, t.L2, t.Averaging, rate * t.L2} {
		if !(v >= 0 && v <= math.MaxFloat32) {
			panic(fmt.Sprintf("softmax: rate %v, L2 %v, averaging %v: want none negative, NaN or infinite", rate, t.L2, t.Averaging))
		}
	}
	return rate, nil
}

// share returns the share of the next parameters in the average.
func (t *Trainer) share() float32 {
	return (t.Averaging + 1) / (float32(t.averaged+1) + t.Averaging)
}

// count counts an update.
func (t *Trainer) count() {
	t.updates++
	if t.Averaging > 0 {
		t.averaged++
	}
}

// workers returns the number of workers for a pass. There are at most as many
// as parts. work is the number of multiplications for one row: several workers
// must save more time than it takes to start them and to wait for them.
func (t *Trainer) workers(p *pass, parts, work int) int {
	if t.Workers < 0 {
		panic(fmt.Sprintf("softmax: %d workers, want at least 1, or 0 for as many as help", t.Workers))
	}
	if t.Workers > 0 {
		return min(t.Workers, parts)
	}
	const leastForStep, leastForPass = 1 << 16, 1 << 22
	work *= min(p.batch, len(p.order))
	if work < leastForStep || work < leastForPass/min(p.steps, leastForPass) {
		return 1
	}
	return min(parts, runtime.GOMAXPROCS(0), runtime.NumCPU())
}

// together makes the steps of a pass with n workers. The leader's sum counts.
func (t *Trainer) together(n int, p *pass, steps func(p *pass, worker int) (tally, error)) (result tally, err error) {
	shared := *p // keeps p on the caller's stack
	t.team.Run(n, func(worker int) {
		sum, e := steps(&shared, worker)
		if worker == 0 {
			result, err = sum, e
		}
	})
	return result, err
}
