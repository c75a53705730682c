package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/seed-cd6415d7/digits/softmax"
)

// A learner trains for one epoch after the other, each from zero weights.
type learner struct {
	*bench
	model   *softmax.Model
	trainer *softmax.Trainer
	zeros   []float32
}

// newLearner returns one with plain SGD at rate 0.5.
func newLearner(b *bench, batch int) *learner {
	pixels := b.train.Width * b.train.Height
	l := &learner{bench: b, model: softmax.New(pixels, b.train.Classes), zeros: make([]float32, pixels*b.train.Classes)}
	l.trainer = softmax.NewTrainer(l.model)
	l.trainer.Epochs, l.trainer.Batch = 1, batch
	return l
}

// epochsPerSample makes a sample of ours about as long as one of others, so that a
// machine whose speed changes is as fair to us.
const epochsPerSample = 9

// epoch trains on all rows, in a new order each time, and tests the model,
// which is not timed. It does so a few times, and returns the mean time and the
// last model's accuracy. Learners that have made the same number of epochs must
// agree, whatever the build and the number of processors.
func (l *learner) epoch(ctx context.Context) (sample, error) {
	var took time.Duration
	for range epochsPerSample {
		l.model.SetParameters(l.zeros, l.zeros[:l.model.Classes()])
		l.trainer.Seed++
		begin := time.Now()
		if _, err := l.trainer.Fit(ctx, softmax.Bytes(l.train.Images), l.train.Labels); err != nil {
			return sample{}, err
		}
		took += time.Since(begin)
	}
	return sample{took.Seconds() / epochsPerSample, l.model.Accuracy(softmax.Bytes(l.test.Images), l.test.Labels)}, nil
}

// epochs measures an epoch on one core, of this and other programs.
func epochs(ctx context.Context, b *bench) (*part, error) {
	ours := &measurement{name: thisBuild(), unit: "ms", cores: 1, run: newLearner(b, 100).epoch}
	p := &part{
		title: fmt.Sprintf("Training: an epoch of SGD on %s rows of %d pixels, batches of 100, 1 core",
			grouped(b.train.Len()), b.train.Width*b.train.Height),
		measurements: []*measurement{ours},
	}
	if program, err := b.build(ctx, "bench", "-tags", "purego"); err != nil {
		b.leaveOut(ctx, "this module without assembly", err)
	} else {
		p.add(ctx, b, "purego", []string{program, "-serve", "-data", b.raw()})
	}
	torch := p.add(ctx, b, "PyTorch", b.pythons("torch")...)
	if torch != nil {
		p.add(ctx, b, "PyTorch in the file's order", b.pythons("torch-ordered")...)
	}
	p.add(ctx, b, "scikit-learn", b.pythons("sklearn")...)
	for _, m := range p.measurements {
		if m != torch {
			m.than = torch
		}
	}
	return p, nil
}

// serve is the other side of a rival.
func (b *bench) serve(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	out := json.NewEncoder(stdout)
	if err := out.Encode(greeting{Name: thisBuild()}); err != nil {
		return err
	}
	l := newLearner(b, 100)
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		runtime.GC()
		s, err := l.epoch(ctx)
		if err != nil {
			return err
		}
		if err := out.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// workers measures what a second processor brings.
func workers(ctx context.Context, b *bench) (*part, error) {
	p := &part{title: fmt.Sprintf("Training: an epoch on 1 and 2 cores, %s rows", grouped(b.train.Len()))}
	if runtime.NumCPU() < 2 {
		b.leaveOut(ctx, "a second core", errors.New("there is none"))
		return p, nil
	}
	for _, batch := range []int{100, 1000} {
		name := fmt.Sprintf("batches of %s, ", grouped(batch))
		one := &measurement{name: name + coresText(1), short: coresText(1), unit: "ms", cores: 1, run: newLearner(b, batch).epoch}
		two := &measurement{name: name + coresText(2), unit: "ms", cores: 2, than: one, run: newLearner(b, batch).epoch}
		p.measurements = append(p.measurements, one, two)
	}
	return p, nil
}
