// Package folds judges labeled rows by models that have not seen them, as in
// cross-validation. So even training rows can be judged.
package folds

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/seed-cd6415d7/digits/softmax"
)

// Assign divides rows with labels y into folds, and returns the fold of each
// row. The numbers of rows in two folds differ by at most one, for each class
// and in total. The seed determines the folds.
//
// It panics unless folds is at least 1 and each label is in [0, classes).
func Assign(y []int, classes, folds int, seed uint64) []int {
	if folds < 1 {
		panic(fmt.Sprintf("folds: %d folds, want at least 1", folds))
	}
	rows := make([][]int, classes) // of each class
	for i, label := range y {
		if label < 0 || label >= classes {
			panic(fmt.Sprintf("folds: label %d is %d, want it in [0, %d)", i, label, classes))
		}
		rows[label] = append(rows[label], i)
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	fold, next := make([]int, len(y)), 0
	for _, list := range rows {
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		// Deal the rows out. The next class goes on with the next fold.
		for _, i := range list {
			fold[i] = next % folds
			next++
		}
	}
	return fold
}

// Models returns a model for each fold, trained on the rows of all other folds.
// x has the features of the rows, row-major, and y their labels. fold has the
// fold of each row, as Assign returns them. There must be at least two folds,
// numbered from 0 on, and none may be empty.
//
// newTrainer sets up the training of a model. Several goroutines call it at
// once. The rows to train on are in the order of x. Folds are trained at the
// same time, but the number of processors never affects the result. Each
// processor copies a few megabytes of rows at a time.
//
// If ctx is done, the error is its cause. Otherwise, it is that of
// [softmax.Trainer.FitStream] for one of the folds.
func Models(ctx context.Context, x softmax.Floats, y, fold []int, classes int,
	newTrainer func(*softmax.Model) *softmax.Trainer) ([]*softmax.Model, error) {
	t := newTable(x, y, fold)
	models := make([]*softmax.Model, t.folds)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= t.folds {
					return
				}
				models[k] = softmax.New(t.features, classes)
				trainer := newTrainer(models[k])
				trainer.Workers = max(1, workers/t.folds)
				if err := t.train(ctx, trainer, k); err != nil {
					stop(err) // the first error is the cause
					return
				}
			}
		}()
	}
	group.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return models, nil
}

// Judge returns the logits of each row, row-major [rows][classes]. They come
// from the model of the row's fold: see [Models].
func Judge(models []*softmax.Model, x softmax.Floats, fold []int) []float32 {
	classes := models[0].Classes()
	logits := make([]float32, len(fold)*classes)
	var group sync.WaitGroup
	for k, m := range models {
		group.Add(1)
		go func() {
			defer group.Done()
			features := m.Features()
			for i := range fold {
				if fold[i] == k {
					m.Logits(logits[i*classes:][:classes], x[i*features:][:features])
				}
			}
		}()
	}
	group.Wait()
	return logits
}

// Logits trains with Models and returns the logits of Judge.
func Logits(ctx context.Context, x softmax.Floats, y, fold []int, classes int,
	newTrainer func(*softmax.Model) *softmax.Trainer) ([]float32, error) {
	models, err := Models(ctx, x, y, fold, classes, newTrainer)
	if err != nil {
		return nil, err
	}
	return Judge(models, x, fold), nil
}

// Identity returns a model whose logits equal its features. It takes logits,
// such as those of [Logits], as rows.
func Identity(classes int) *softmax.Model {
	m := softmax.New(classes, classes)
	weight, bias := m.Parameters()
	for k := range classes {
		weight[k*classes+k] = 1
	}
	m.SetParameters(weight, bias)
	return m
}

// A table is labeled rows in folds.
type table struct {
	x               softmax.Floats
	y, fold         []int
	features, folds int
}

func newTable(x softmax.Floats, y, fold []int) *table {
	n := len(y)
	if n == 0 || len(fold) != n || len(x)%n != 0 {
		panic(fmt.Sprintf("folds: %d numbers, %d labels and %d folds, want a label and a fold for each row", len(x), n, len(fold)))
	}
	var sizes []int
	for i, k := range fold {
		if k < 0 || k >= n {
			panic(fmt.Sprintf("folds: row %d is in fold %d, want one in [0, %d)", i, k, n))
		}
		for len(sizes) <= k {
			sizes = append(sizes, 0)
		}
		sizes[k]++
	}
	if len(sizes) < 2 || slices.Contains(sizes, 0) {
		panic(fmt.Sprintf("folds: the folds have %v rows, want at least two folds, none empty", sizes))
	}
	return &table{x, y, fold, len(x) / n, len(sizes)}
}

// row returns row i.
func (t *table) row(i int) softmax.Floats { return t.x[i*t.features : (i+1)*t.features] }

// train trains on the rows outside of fold k.
func (t *table) train(ctx context.Context, trainer *softmax.Trainer, k int) error {
	var rest, labels []int
	for i, label := range t.y {
		if t.fold[i] != k {
			rest, labels = append(rest, i), append(labels, label)
		}
	}
	_, err := trainer.FitStream(ctx, softmax.Stream{Rows: len(rest), Read: func(dst []float32, rows []int) error {
		for _, r := range rows {
			dst = dst[copy(dst, t.row(rest[r])):]
		}
		return nil
	}}, labels)
	return err
}
