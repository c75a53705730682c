package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// material is everything that is computed before the training.
type material struct {
	set            *dataset.Set // with the extension, if there is one
	rows, testRows table
}

// prepare computes the extension, the components and the rows. If ctx is
// canceled, prepare returns at once. Its goroutine goes on until the program
// ends.
func (o *options) prepare(ctx context.Context, train, test *dataset.Set) (material, error) {
	type result struct {
		material
		err error
	}
	done := make(chan result, 1)
	go func() {
		r := result{material: material{set: train}}
		if o.extension != (extension{}) {
			r.set, r.err = o.extend(train)
		}
		if r.err == nil {
			r.err = o.checkSteps(r.set.Len())
		}
		if r.err == nil {
			o.findComponents(r.set)
			r.rows, r.testRows = o.rows(r.set, test)
		}
		done <- r
	}()
	select {
	case r := <-done:
		if ctx.Err() == nil {
			return r.material, r.err
		}
	case <-ctx.Done():
	}
	return material{}, errStoppedEarly
}

// mostForComponents limits the images that the components are computed from.
const mostForComponents = 60_000

// findComponents sets the components of the features, if there are any, to
// those of the images. If there are too many images, it leaves out some.
func (o *options) findComponents(images *dataset.Set) {
	c := o.vector.Components
	if c == nil {
		return
	}
	some := &dataset.Set{Width: images.Width, Height: images.Height, Classes: images.Classes}
	step := (images.Len() + mostForComponents - 1) / mostForComponents
	for i := 0; i < images.Len(); i += step {
		some.Images, some.Labels = append(some.Images, images.Image(i).Pix...), append(some.Labels, images.Labels[i])
	}
	hog := imageprep.Features{HOG: o.vector.HOG}
	o.vector.Components = newComponents(floats(some, hog), hog.Len(), len(c.Bias))
}

// errStoppedEarly is the error if there is no model yet: a model that has
// learned nothing must not replace a good one.
var errStoppedEarly = errors.New("stopped before the first step; nothing was written")

// fit trains a model. First it trains without the images held out. These then
// calibrate the model or, if they are too few, cross-validation does. Then fit
// trains a second model on all images. It trains for all epochs: which epoch
// did best on the images held out is mostly chance. Without images held out, or
// if the recipe keeps the last model, the first training is all. If ctx is
// canceled, fit returns the best model so far.
func fit(ctx context.Context, p *printer, all table, classes int) (m *softmax.Model, stopped bool, err error) {
	validation, train, err := all.split(p.holdout)
	if err != nil {
		return nil, false, err
	}
	if p.balanced {
		p.classWeights = softmax.BalancedWeights(all.Y, classes)
	}
	m = softmax.New(all.length, classes)
	once := p.last || p.holdout == 0
	p.begins("first training")
	kept, stopped, err := fitOnce(ctx, p, m, train, validation)
	if err != nil {
		return nil, false, err
	}
	p.trained(kept, stopped)
	if once {
		if p.sure > 0 {
			p.text("answers are sure from %.0f%% on", 100*p.sure)
		}
		return m, stopped, nil
	}
	judge, unseen := m, validation
	if len(validation.Y) < support && all.canCross() && !stopped {
		if judge, unseen, err = p.crossValidate(ctx, all, classes); err != nil {
			judge, unseen = m, validation // even if they are few
		}
	}
	c := p.calibrate(judge, unseen)
	if judge != m {
		m.ApplyTemperature(c.temperature)
	}
	if stopped {
		return m, true, nil
	}

	p.text("\nonce more, with all %d images", len(all.Y))
	final := softmax.New(all.length, classes)
	p.begins("second training, with all images")
	if _, stopped, err = fitOnce(ctx, p, final, all, softmax.Data{}); stopped {
		p.ending = ", stopped in the second training, the model of the first"
		p.text("stopped; keeping the model of the first training")
		return m, true, nil // even if the second training has no model yet
	}
	if err != nil {
		return nil, false, err
	}
	p.trainings[1].Kept = p.finished
	final.ApplyTemperature(c.temperature)
	return final, false, nil
}

// newTrainer returns a trainer by the recipe.
func (o *options) newTrainer(m *softmax.Model) *softmax.Trainer {
	t := softmax.NewTrainer(m)
	t.Rate, t.L2, t.Averaging, t.Center = float32(o.meanRate()), float32(o.l2), float32(o.averaging), o.center
	t.Epochs, t.Batch, t.Steps, t.Seed = o.epochs, o.batch, o.steps, o.seed
	t.ClassWeights = o.classWeights
	if o.decay {
		t.Schedule = softmax.LinearDecay
	}
	return t
}

// fitOnce trains m. It reports whether it was stopped. The error is
// errStoppedEarly if that was before the first step.
func fitOnce(ctx context.Context, p *printer, m *softmax.Model, train table, validation softmax.Data) (
	kept softmax.Progress, stopped bool, err error) {
	o, t := p.options, p.newTrainer(m)
	validated := len(validation.Y) > 0
	if validated && !o.last {
		t.Validation = validation
	}
	begin := time.Now()
	t.Progress = func(progress softmax.Progress) {
		if validated && o.last { // for the user only: the last model stays
			progress.ValidationLoss = m.Loss(validation.X, validation.Y)
			progress.ValidationAccuracy = m.Accuracy(validation.X, validation.Y)
		}
		p.epoch(progress, time.Since(begin))
		begin = time.Now()
	}
	kept, err = train.fit(ctx, t)
	if !errors.Is(err, context.Canceled) {
		return kept, false, err
	}
	if weight, _ := m.Parameters(); !slices.ContainsFunc(weight, func(w float32) bool { return w != 0 }) {
		return kept, true, errStoppedEarly
	}
	return kept, true, nil
}

// metadata describes the model in its file: the features, the training, and the
// lowest probability of a sure answer. The weights already include the
// temperature. Nothing here depends on the time or the machine, so the same
// command writes the same file, unless it is stopped.
func metadata(p *printer, train *dataset.Set) map[string]string {
	data := map[string]string{
		reader.FeaturesKey: p.vector.String(),
		"input":            fmt.Sprintf("%dx%d gray, ink 1 on ground 0", train.Width, train.Height),
		"training": fmt.Sprintf("%d images, %d of them held out, seed %d, recipe %s: %v",
			train.Len(), p.holdout, p.seed, p.name, p.recipe) + p.ending,
	}
	if p.ofThings(train) {
		data[reader.OneThingKey] = "true"
	}
	if c := p.calibration; c != nil {
		data["temperature"] = fmt.Sprint(c.temperature)
	}
	if sure := p.sureFrom(); sure > 0 {
		data[reader.ThresholdKey] = fmt.Sprint(sure)
	}
	if p.extension != (extension{}) {
		data[reader.NoDigitKey] = noDigitClasses()
	}
	return data
}

// ofThings reports whether the images show one thing each: they were prepared
// from pictures of the user's own classes, which are not digits.
func (o *options) ofThings(train *dataset.Set) bool {
	own := o.pictures != "" || train.Names != nil && o.data.Source() == nil
	return own && !reader.AreDigits(prepared.Names(train))
}
