package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/seed-cd6415d7/digits/softmax"
)

// sparseSteps measures training on rows as texts give them: few terms of many
// features.
func sparseSteps(_ context.Context, _ *bench) (*part, error) {
	p := &part{title: "Training on sparse rows of 100 terms: a row, in steps on 100, with 1,000 rows in turn, 1 core"}
	for _, features := range []int{1e4, 1e5, 1e6} {
		p.measurements = append(p.measurements, sparseStep(features, 20, 100, false), sparseStep(features, 20, 100, true))
	}
	p.measurements = append(p.measurements, sparseStep(1e4, 1000, 10, false))
	return p, nil
}

func sparseStep(features, classes, steps int, penalised bool) *measurement {
	const rows, terms = 100, 100
	name := fmt.Sprintf("%s features, %s classes", grouped(features), grouped(classes))
	t := softmax.NewTrainer(softmax.New(features, classes))
	if penalised {
		name += ", with L2 and Averaging"
		t.L2, t.Averaging = 1e-6, 8
	}
	rng := rand.New(rand.NewPCG(1, 2))
	batches := make([]softmax.Data, 10)
	for i := range batches {
		x := softmax.Sparse{Start: []int{0}}
		y := make([]int, rows)
		for k := range rows {
			y[k] = rng.IntN(classes)
			for range terms {
				x.Index = append(x.Index, rng.Int32N(int32(features)))
				x.Value = append(x.Value, rng.Float32())
			}
			x.Start = append(x.Start, len(x.Index))
		}
		batches[i] = softmax.Data{X: x, Y: y}
	}
	run := timed(steps, func(i int) error {
		batch := &batches[i%len(batches)]
		_, err := t.Step(batch.X, batch.Y)
		return err
	})
	return &measurement{name: name, unit: "µs", cores: 1, run: func(ctx context.Context) (sample, error) {
		s, err := run(ctx)
		s.Seconds /= rows
		return s, err
	}}
}
