package softmax

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Progress is the state of [Trainer.Fit] after an epoch.
type Progress struct {
	Epoch, Epochs int // done and planned
	Step, Steps   int // done and planned
	Rows          int // trained on so far, with repeats

	// Loss is the mean of a row's weight times its cross-entropy over the
	// epoch's rows, each before its update. Weights are 1 without ClassWeights.
	Loss float64

	// Results on the validation data; NaN without. With ClassWeights, they are
	// weighted means.
	ValidationLoss, ValidationAccuracy float64

	// Kept marks the best epoch so far.
	Kept bool
}

// Fit trains the model on rows x with labels y, from its current parameters. It
// sets the model to the (averaged) parameters of the best epoch and returns the
// Progress of that epoch. The best epoch has the highest accuracy, then the
// lowest loss, on the validation data; without such data it is the last.
//
// When ctx is canceled, Fit stops before the next step with an error that wraps
// the context's error and cause. Other errors are [*InputError] and
// [*DivergenceError]. After an error, too, the model is set to the best epoch.
// If no epoch was complete, Progress is zero. The model then has the parameters
// that a canceled Fit had reached or, after other errors, those from before.
func (t *Trainer) Fit(ctx context.Context, x Rows, y []int) (Progress, error) {
	return t.fit(ctx, t.model.matrix(x), nil, y)
}

// fit is Fit for rows x. If read is not nil, it is FitStream: then read gives
// the rows, and x only has their number.
func (t *Trainer) fit(ctx context.Context, x matrix, read readFunc, y []int) (Progress, error) {
	checkLabels(y, x.rows, t.model.classes)
	weights := t.weigh(y)
	t.checkValidation()
	epochs, steps := t.plan(x.rows)
	f := &fitting{
		Trainer: t,
		all:     chunk{x, ascending(t.order, x.rows), resize(t.labels, x.rows), weights},
		read:    read,
		batch:   t.Batch,
		epochs:  epochs,
		steps:   steps,
		best:    New(t.model.features, t.model.classes),
	}
	f.best.copyFrom(t.model)
	copy(f.all.labels, y)
	// However Fit ends, even by a panic of a callback, the best model stays and
	// the trainer is as new, except for memory that the next pass uses again.
	t.restart()
	t.order, t.labels, t.weights = nil, nil, nil
	defer func() {
		t.restart()
		t.order, t.labels, t.weights = f.all.order, f.all.labels, f.all.weights
		t.model.copyFrom(f.best)
	}()
	if t.Center {
		var err error
		if t.center, err = newCentering(f.chunks(ctx, x.rows), x.rows, x.features); err != nil {
			return Progress{}, err
		}
	}
	err := f.run(ctx)
	if err != nil && f.kept.Epoch == 0 && errors.Is(err, ctx.Err()) && t.current().finite() {
		f.best.copyFrom(t.current())
	}
	return f.kept, err
}

// plan returns the numbers of epochs and steps of a Fit. It panics if an option
// is out of range.
func (t *Trainer) plan(rows int) (epochs, steps int) {
	if rows == 0 || t.Epochs < 1 && t.Steps == 0 || t.Batch < 1 || t.Steps < 0 {
		panic(fmt.Sprintf("softmax: Fit of %d rows in %d epochs with batches of %d, want at least 1 of each; "+
			"Steps = %d, want at least 0", rows, t.Epochs, t.Batch, t.Steps))
	}
	stepsPerEpoch := (rows-1)/t.Batch + 1
	if t.Steps > 0 {
		return (t.Steps-1)/stepsPerEpoch + 1, t.Steps
	}
	if t.Epochs > math.MaxInt/stepsPerEpoch {
		panic(fmt.Sprintf("softmax: Fit: %d epochs of %d steps are too many; set Steps", t.Epochs, stepsPerEpoch))
	}
	return t.Epochs, t.Epochs * stepsPerEpoch
}

// checkValidation panics unless the validation data are rows with a valid label
// each.
func (t *Trainer) checkValidation() {
	v := t.Validation
	if len(v.Y) == 0 && t.Patience > 0 {
		panic("softmax: Fit: Patience without Validation")
	}
	if len(v.Y) == 0 && v.X == nil {
		return
	}
	mat := t.model.matrix(v.X)
	checkLabels(v.Y, mat.rows, t.model.classes)
	counts := func(label int) bool { return t.ClassWeights == nil || t.ClassWeights[label] > 0 }
	if len(v.Y) > 0 && !slices.ContainsFunc(v.Y, counts) {
		panic("softmax: Fit: ClassWeights are 0 for all rows of Validation")
	}
}

// fitting is the state of one Fit.
type fitting struct {
	*Trainer
	all    chunk    // all rows; those of a stream are not in memory
	read   readFunc // nil for rows in memory
	batch  int
	epochs int // planned
	steps  int // planned
	rows   int // trained on so far
	best   *Model
	kept   Progress
	rate   float32 // of the latest step

	buffers   [2]Floats // chunks of a stream: the current one and the next
	positions []int     // 0, 1, 2, ... in a chunk
}

// restart makes the trainer forget all steps.
func (t *Trainer) restart() {
	t.settle()
	t.updates, t.averaged, t.avg, t.center = 0, 0, nil, nil
}

func (f *fitting) run(ctx context.Context) error {
	rate := func() (float32, error) {
		if ctx.Err() != nil {
			return 0, f.stopped(ctx)
		}
		if f.Schedule == nil {
			return f.Rate, nil
		}
		return f.Rate * f.Schedule(f.updates, f.steps), nil
	}
	rng := rand.New(rand.NewPCG(f.Seed, 0))
	notBetter := 0
	for epoch := 1; epoch <= f.epochs; epoch++ {
		f.all.shuffle(rng)
		p := pass{chunk: f.all, batch: f.batch, steps: f.steps - f.updates, rate: rate}
		if f.read != nil {
			p.chunks = f.chunks(ctx, p.rows())
		}
		sum, err := f.train(&p)
		f.rows += sum.rows
		f.rate = sum.rate
		if err != nil {
			return err
		}
		done := Progress{
			Epoch: epoch, Epochs: f.epochs, Step: f.updates, Steps: f.steps, Rows: f.rows,
			Loss: sum.loss / float64(sum.rows), ValidationLoss: math.NaN(), ValidationAccuracy: math.NaN(),
		}
		if err := f.keep(&done); err != nil {
			return err
		}
		if notBetter++; done.Kept {
			notBetter = 0
		}
		if f.Progress != nil {
			f.Progress(done)
		}
		if f.Patience > 0 && notBetter >= f.Patience {
			return nil
		}
	}
	return nil
}

// shuffle brings the rows into a random order.
func (c *chunk) shuffle(rng *rand.Rand) {
	order, labels, weights := c.order, c.labels, c.weights
	rng.Shuffle(len(order), func(i, j int) {
		order[i], order[j] = order[j], order[i]
		labels[i], labels[j] = labels[j], labels[i]
		if weights != nil {
			weights[i], weights[j] = weights[j], weights[i]
		}
	})
}

// stopped returns the error for a canceled context. It wraps the context's
// error and cause.
func (f *fitting) stopped(ctx context.Context) error {
	err := ctx.Err()
	if c := context.Cause(ctx); c != err {
		err = fmt.Errorf("%w: %w", err, c)
	}
	return fmt.Errorf("softmax: training stopped after step %d of %d: %w", f.updates, f.steps, err)
}

// keep evaluates the parameters at the end of an epoch and keeps them if they
// are the best so far.
func (f *fitting) keep(p *Progress) error {
	m := f.current()
	if !f.model.finite() || !m.finite() {
		return &DivergenceError{Step: f.updates, Rate: f.rate, Row: -1}
	}
	p.Kept = true
	if len(f.Validation.Y) > 0 {
		p.ValidationLoss, p.ValidationAccuracy = m.score(f.Validation.X, f.Validation.Y, f.ClassWeights)
		if !(p.ValidationLoss <= math.MaxFloat64) {
			x := m.matrix(f.Validation.X)
			return newValidationError(f.updates, f.rate, &x)
		}
		p.Kept = f.kept.Epoch == 0 || p.betterThan(&f.kept)
	}
	if p.Kept {
		f.best.copyFrom(m)
		f.kept = *p
	}
	return nil
}

// betterThan reports whether p is better than q on the validation data.
func (p *Progress) betterThan(q *Progress) bool {
	if p.ValidationAccuracy != q.ValidationAccuracy {
		return p.ValidationAccuracy > q.ValidationAccuracy
	}
	return p.ValidationLoss < q.ValidationLoss
}

// LinearDecay is a Schedule: 1 - step/steps.
func LinearDecay(step, steps int) float32 {
	return 1 - float32(step)/float32(steps)
}
