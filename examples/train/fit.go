package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/softmax"
)

// sureShare is the share of answers that are to be right where the model is
// sure.
const sureShare = 0.998

// A calibration is what the validation images say about the model's
// probabilities.
type calibration struct {
	temperature float32 // by which the logits were divided
	sureFrom    float32 // the probability from which on sureShare of the answers is right
	coverage    float64 // the share of the images that have it
}

// fit trains a model. With the first images held out it finds out how sure the
// model may be. Then, unless the recipe is against it, it trains once more, on
// all images, and for all epochs: which one was best on the images held out is
// mostly chance. If it was stopped, the best model so far is returned.
func fit(ctx context.Context, o *options, all table, classes int, p *printer) (m *softmax.Model, stopped bool, err error) {
	validation, train := all.split(o.holdout)
	m = softmax.New(all.length, classes)
	kept, stopped, err := o.fitOnce(ctx, m, train.Data, validation.Data, p)
	if err != nil {
		return nil, false, err
	}
	p.trained(kept, stopped, o.last || o.holdout == 0)
	if o.last || o.holdout == 0 {
		return m, stopped, nil
	}
	c := &calibration{temperature: m.Temperature(validation.X, validation.Y)}
	m.ApplyTemperature(c.temperature)
	c.sureFrom, c.coverage = m.ConfidenceThreshold(validation.X, validation.Y, sureShare)
	p.calibrated(c)
	if stopped {
		return m, true, nil
	}

	p.again(len(all.Y))
	final := softmax.New(all.length, classes)
	if _, stopped, err = o.fitOnce(ctx, final, all.Data, softmax.Data{}, p); stopped {
		p.stoppedAgain()
		return m, true, nil // there is a model from before, whatever final is
	}
	if err != nil {
		return nil, false, err
	}
	final.ApplyTemperature(c.temperature)
	return final, false, nil
}

// fitOnce trains m on one set of images. If it is stopped before m has learned
// anything the error is errStoppedEarly.
func (o *options) fitOnce(ctx context.Context, m *softmax.Model, train, validation softmax.Data, p *printer) (kept softmax.Progress, stopped bool, err error) {
	t := softmax.NewTrainer(m)
	t.Rate, t.L2, t.Averaging, t.Center = float32(o.meanRate()), float32(o.l2), float32(o.averaging), o.center
	t.Epochs, t.Steps, t.Batch, t.Seed = o.epochs, o.steps, o.batch, o.seed
	if o.decay {
		t.Schedule = softmax.LinearDecay
	}
	if !o.last && len(validation.Y) > 0 {
		t.Validation = validation
	}
	begin := time.Now()
	t.Progress = func(progress softmax.Progress) {
		if o.last && len(validation.Y) > 0 { // shown, but nothing is chosen by it
			progress.ValidationLoss = m.Loss(validation.X, validation.Y)
			progress.ValidationAccuracy = m.Accuracy(validation.X, validation.Y)
		}
		p.epoch(progress, time.Since(begin))
		begin = time.Now()
	}
	p.rows = 0
	kept, err = t.Fit(ctx, train.X, train.Y)
	if !errors.Is(err, context.Canceled) {
		return kept, false, err
	}
	if untrained(m) {
		return kept, true, errStoppedEarly
	}
	return kept, true, nil
}

// errStoppedEarly: a model that knows nothing may not replace a good one.
var errStoppedEarly = errors.New("stopped before the first step; nothing was written")

// untrained reports whether the model is as New made it.
func untrained(m *softmax.Model) bool {
	weight, _ := m.Parameters()
	return !slices.ContainsFunc(weight, func(w float32) bool { return w != 0 })
}

// metadata is what the model file says about itself: how to make the vectors
// that the model eats, what its classes are, how it was trained, and from which
// probability on its answers are sure. The temperature is in the weights.
// Nothing in it changes from run to run, unless one is stopped, so the same
// command makes the same file.
func metadata(o *options, train *dataset.Set, p *printer) map[string]string {
	data := map[string]string{
		"classes":          classNames(train),
		reader.FeaturesKey: o.vector.String(),
		"input":            fmt.Sprintf("%dx%d grey, ink 1 on ground 0", train.Width, train.Height),
		"training":         fmt.Sprintf("%d images, %d of them held out, seed %d, recipe %s: %v", train.Len(), o.holdout, o.seed, o.name, o.recipe) + p.ending,
	}
	if c := p.calibration; c != nil {
		data[reader.ThresholdKey] = formatFloat(c.sureFrom)
		data["temperature"] = formatFloat(c.temperature)
	}
	return data
}

func formatFloat(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
