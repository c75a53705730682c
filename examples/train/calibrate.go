package main

import (
	"slices"

	"github.com/seed-cd6415d7/digits/softmax"
)

// sureShare is the share of right answers among those that are sure.
const sureShare = 0.998

// support is the least number of right answers that prove sureShare: without a
// mistake among n answers, the share of mistakes is at most 3/n, with a
// confidence of 95 %.
const support = 3 / (1 - sureShare)

// A calibration is what the validation images say about the probabilities.
type calibration struct {
	temperature float32 // divides the logits
	threshold   float32 // from here on, answers are sure
	coverage    float64 // share of the images that reach it; 0 if fixed
	guessed     bool    // the threshold is sureShare: the images are too few
}

// calibrate divides the logits of a model by the best temperature, and finds
// out which answers are sure.
func (p *printer) calibrate(m *softmax.Model, validation softmax.Data) *calibration {
	c := &calibration{temperature: m.Temperature(validation.X, validation.Y), threshold: p.sure}
	m.ApplyTemperature(c.temperature)
	if p.sure == 0 {
		c.threshold, c.coverage = m.ConfidenceThreshold(validation.X, validation.Y, sureShare)
		// A few images may all be right by chance. Then the model itself must
		// say that an answer is nearly always right.
		if n := float64(len(validation.Y)); c.coverage*n < support && c.threshold < sureShare {
			c.threshold, c.guessed = sureShare, true
			c.coverage = reaching(m, validation.X, sureShare) / n
		}
	}
	p.calibrated(c)
	return c
}

// reaching returns the number of rows whose best class has this probability.
func reaching(m *softmax.Model, x softmax.Rows, probability float32) (n float64) {
	for p := range slices.Chunk(m.Probs(nil, x), m.Classes()) {
		if slices.Max(p) >= probability {
			n++
		}
	}
	return n
}
