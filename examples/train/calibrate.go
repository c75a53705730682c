package main

import (
	"context"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/folds"
	"github.com/seed-cd6415d7/digits/softmax"
)

// sureShare is the share of right answers among those that are sure.
const sureShare = 0.998

// support is the least number of right answers that prove sureShare. Without a
// mistake among n answers, the share of mistakes is at most 3/n, with a
// confidence of 95%.
const support = 3 / (1 - sureShare)

// Limits of cross-validation. With mostToCross images or more, it takes too
// long. More numbers than mostNumbersToCross may not fit into memory.
const (
	mostToCross        = 10_000
	mostNumbersToCross = 1 << 25
)

// A calibration is what images that a model has not seen say about its
// probabilities.
type calibration struct {
	temperature float32 // divides the logits
	threshold   float32 // from here on, answers are sure
	coverage    float64 // share of the images that reach it; 0 if fixed
	guessed     bool    // the images are too few, so the threshold is sureShare
	images      int
}

// calibrate divides the logits of a model by the best temperature, and finds
// out which answers are sure. The model has not seen the images.
func (p *printer) calibrate(m *softmax.Model, unseen softmax.Data) *calibration {
	c := &calibration{temperature: m.Temperature(unseen.X, unseen.Y), threshold: p.sure, images: len(unseen.Y)}
	m.ApplyTemperature(c.temperature)
	if p.sure == 0 {
		c.threshold, c.coverage = m.ConfidenceThreshold(unseen.X, unseen.Y, sureShare)
		// A few images may all be right by chance. Then the model itself must
		// say that an answer is nearly always right.
		if n := float64(c.images); c.coverage*n < support {
			from, right := answersFrom(m, unseen, sureShare)
			if c.threshold < sureShare || right >= sureShare*from {
				c.threshold, c.coverage, c.guessed = sureShare, from/n, true
			}
		}
	}
	p.calibrated(c)
	return c
}

// canCross reports whether the rows are few enough for cross-validation.
func (d table) canCross() bool {
	return len(d.Y) < mostToCross && len(d.Y) <= mostNumbersToCross/d.length
}

// crossValidate returns the logits of all rows, each by a model that has not
// seen it, and a model of these logits. A few images held out would say little:
// after a mistake among ten images, no answer would be sure.
func (p *printer) crossValidate(ctx context.Context, all table, classes int) (*softmax.Model, softmax.Data, error) {
	rows, _, err := all.split(len(all.Y)) // in memory
	if err != nil {
		return nil, softmax.Data{}, err
	}
	x, ok := rows.X.(softmax.Floats)
	if !ok {
		x = make(softmax.Floats, len(all.Y)*all.length)
		copyFloats(x, rows.X)
	}
	n := min(5, len(all.Y))
	logits, err := folds.Logits(ctx, x, all.Y, folds.Assign(all.Y, classes, n, p.seed), classes, p.newTrainer)
	return folds.Identity(classes), softmax.Data{X: softmax.Floats(logits), Y: all.Y}, err
}

// answersFrom counts the answers of at least this probability, and those among
// them that are right.
func answersFrom(m *softmax.Model, d softmax.Data, probability float32) (all, right float64) {
	probs := m.Probs(nil, d.X)
	for i, label := range d.Y {
		p := probs[i*m.Classes():][:m.Classes()]
		if most := slices.Max(p); most >= probability {
			all++
			if p[label] == most {
				right++
			}
		}
	}
	return all, right
}
