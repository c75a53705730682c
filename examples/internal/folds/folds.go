// Package folds judges labeled rows by models that have not seen them, as in
// cross-validation. So a model can be asked about the labels of the very rows
// that there are to train on.
package folds

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/seed-cd6415d7/digits/softmax"
)

// Assign divides rows with labels y into folds, and returns the fold of each
// row. The folds have equal numbers of rows of each class, and of all rows, or
// differ by one. The seed determines the folds.
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

// Logits returns the logits of each row, row-major [len(y)][classes], by a
// model that was trained on the rows of all other folds. fold holds the fold of
// each row, as Assign returns them: at least two folds from 0 on, none empty.
//
// newTrainer sets up the training of a model. Several goroutines call it. The
// model of fold k is trained on the rows of the folds k+1, k+2, ..., and then
// 0 to k-1, each in the order of x. Folds are trained at the same time, but
// their number and the processors never affect the result.
//
// The error is that of [softmax.Trainer.Fit] for one of the folds.
func Logits(ctx context.Context, x softmax.Floats, y, fold []int, classes int,
	newTrainer func(*softmax.Model) *softmax.Trainer) ([]float32, error) {
	r := newRing(x, y, fold)
	logits := make([]float32, len(y)*classes)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for range min(workers, r.folds()) {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				k := int(next.Add(1)) - 1
				if k >= r.folds() || ctx.Err() != nil {
					return
				}
				m := softmax.New(r.features, classes)
				t := newTrainer(m)
				t.Workers = max(1, workers/r.folds())
				rest, judged := r.without(k), r.only(k)
				if _, err := t.Fit(ctx, rest.X, rest.Y); err != nil {
					stop(err) // the first error is the cause
					return
				}
				out := m.Logits(nil, judged.X)
				for i, row := range r.rows[r.start[k]:r.start[k+1]] {
					copy(logits[row*classes:][:classes], out[i*classes:])
				}
			}
		}()
	}
	group.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return logits, nil
}

// A ring holds the rows fold after fold, twice in a row. So all rows but those
// of one fold are neighbors, and no fold needs a copy of its own.
type ring struct {
	x        softmax.Floats
	y        []int
	features int
	rows     []int // their numbers, fold after fold, once
	start    []int // fold k is rows[start[k]:start[k+1]]
}

func newRing(x softmax.Floats, y, fold []int) *ring {
	n := len(y)
	if n == 0 || len(fold) != n || len(x)%n != 0 {
		panic(fmt.Sprintf("folds: %d numbers, %d labels and %d folds, want a label and a fold for each row", len(x), n, len(fold)))
	}
	var members [][]int
	for i, k := range fold {
		if k < 0 || k >= n {
			panic(fmt.Sprintf("folds: row %d is in fold %d, want one in [0, %d)", i, k, n))
		}
		for len(members) <= k {
			members = append(members, nil)
		}
		members[k] = append(members[k], i)
	}
	r := &ring{features: len(x) / n, start: []int{0}}
	for k, list := range members {
		if len(list) == 0 || len(members) < 2 {
			panic(fmt.Sprintf("folds: fold %d of %d has %d rows, want at least two folds, none empty", k, len(members), len(list)))
		}
		r.rows = append(r.rows, list...)
		r.start = append(r.start, len(r.rows))
	}
	r.x, r.y = make(softmax.Floats, 0, 2*len(x)), make([]int, 0, 2*n)
	for range 2 {
		for _, i := range r.rows {
			r.x, r.y = append(r.x, x[i*r.features:][:r.features]...), append(r.y, y[i])
		}
	}
	return r
}

func (r *ring) folds() int { return len(r.start) - 1 }

// only returns the rows of fold k.
func (r *ring) only(k int) softmax.Data { return r.slice(r.start[k], r.start[k+1]) }

// without returns the rows of all other folds.
func (r *ring) without(k int) softmax.Data {
	return r.slice(r.start[k+1], len(r.rows)+r.start[k])
}

func (r *ring) slice(i, j int) softmax.Data {
	return softmax.Data{X: r.x[i*r.features : j*r.features], Y: r.y[i:j]}
}
