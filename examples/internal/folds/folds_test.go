package folds

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// count returns the number of rows by [fold][class].
func count(y, fold []int, classes, folds int) [][]int {
	table := make([][]int, folds)
	for k := range table {
		table[k] = make([]int, classes)
	}
	for i, k := range fold {
		table[k][y[i]]++
	}
	return table
}

func TestAssign(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rows  []int // of each class
		folds int
	}{
		{"equal classes", []int{20, 20, 20}, 5},
		{"odd classes", []int{13, 1, 0, 7, 22}, 5},
		{"fewer rows than folds", []int{2, 3, 2}, 10},
		{"one fold", []int{2, 3}, 1},
		{"no rows", []int{0, 0}, 3},
	} {
		var y []int
		for class, n := range tt.rows {
			y = append(y, slices.Repeat([]int{class}, n)...)
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(y), func(i, j int) { y[i], y[j] = y[j], y[i] })
		fold := Assign(y, len(tt.rows), tt.folds, 1)
		require.Len(t, fold, len(y), tt.name)
		table := count(y, fold, len(tt.rows), tt.folds)
		for k := range table {
			for class, n := range tt.rows {
				require.InDelta(t, float64(n)/float64(tt.folds), table[k][class], 0.999, "%s: class %d", tt.name, class)
			}
			all := 0
			for _, n := range table[k] {
				all += n
			}
			require.InDelta(t, float64(len(y))/float64(tt.folds), all, 0.999, tt.name)
		}
		require.Equal(t, fold, Assign(y, len(tt.rows), tt.folds, 1), "%s: the same seed", tt.name)
	}
	y := make([]int, 100)
	require.NotEqual(t, Assign(y, 1, 5, 1), Assign(y, 1, 5, 2), "another seed")
	require.Equal(t, []int{0, 1, 2, 0}, Assign([]int{0, 1, 2, 3}, 4, 3, 1), "dealt out in turn")
	require.Equal(t, []int{0, 0, 1, 2, 1, 0, 1, 2, 2, 2, 0, 1}, Assign(make([]int, 12), 1, 3, 7), "the same folds in all versions")
	require.PanicsWithValue(t, "folds: 0 folds, want at least 1", func() { Assign(y, 1, 0, 1) })
	require.PanicsWithValue(t, "folds: label 1 is 2, want it in [0, 2)", func() { Assign([]int{0, 2}, 2, 5, 1) })
}

// rows returns n rows of two classes and more, which overlap a little.
func rows(n, features, classes int) (x softmax.Floats, y []int) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range n {
		label := rng.IntN(classes)
		for f := range features {
			v := rng.NormFloat64()
			if f%classes == label {
				v += 2
			}
			x = append(x, float32(v))
		}
		y = append(y, label)
	}
	return x, y
}

func trainer(m *softmax.Model) *softmax.Trainer {
	t := softmax.NewTrainer(m)
	t.Epochs, t.Batch, t.Averaging, t.Center = 2, 7, 8, true
	return t
}

// naive returns what Logits promises, with a copy of the rows for each fold.
func naive(t *testing.T, x softmax.Floats, y, fold []int, classes, folds int) []float32 {
	features := len(x) / len(y)
	logits := make([]float32, len(y)*classes)
	for k := range folds {
		var restX softmax.Floats
		var restY []int
		for i := range y {
			if fold[i] != k {
				restX, restY = append(restX, x[i*features:(i+1)*features]...), append(restY, y[i])
			}
		}
		m := softmax.New(features, classes)
		_, err := trainer(m).Fit(t.Context(), restX, restY)
		require.NoError(t, err)
		for i := range y {
			if fold[i] == k {
				m.Logits(logits[i*classes:][:classes], x[i*features:(i+1)*features])
			}
		}
	}
	return logits
}

func TestLogits(t *testing.T) {
	for _, tt := range []struct {
		name                           string
		rows, features, classes, folds int
	}{
		{"two folds", 50, 4, 2, 2},
		{"five folds", 103, 9, 3, 5},
		{"a row in each fold", 6, 2, 2, 6},
	} {
		x, y := rows(tt.rows, tt.features, tt.classes)
		fold := Assign(y, tt.classes, tt.folds, 1)
		want := naive(t, x, y, fold, tt.classes, tt.folds)
		for _, processors := range []int{1, 3, 16} {
			old := runtime.GOMAXPROCS(processors)
			var mu sync.Mutex
			var trainers []*softmax.Trainer
			got, err := Logits(t.Context(), x, y, fold, tt.classes, func(m *softmax.Model) *softmax.Trainer {
				mu.Lock()
				defer mu.Unlock()
				trainers = append(trainers, trainer(m))
				return trainers[len(trainers)-1]
			})
			require.Equal(t, processors, runtime.GOMAXPROCS(old))
			for _, r := range trainers {
				require.Equal(t, max(1, processors/tt.folds), r.Workers, "the folds share the processors")
			}
			require.NoError(t, err)
			require.Equal(t, want, got, "%s, %d processors", tt.name, processors)
		}
	}
}

// TestUnseen: a label does not influence the logits of its own row.
func TestUnseen(t *testing.T) {
	x, y := rows(60, 4, 2)
	fold := Assign(y, 2, 5, 1)
	before, err := Logits(t.Context(), x, y, fold, 2, trainer)
	require.NoError(t, err)
	y[7] = 1 - y[7]
	after, err := Logits(t.Context(), x, y, fold, 2, trainer)
	require.NoError(t, err)
	for i := range y {
		same := slices.Equal(before[2*i:2*i+2], after[2*i:2*i+2])
		require.Equal(t, fold[i] == fold[7], same, "row %d", i)
	}
}

func TestErrors(t *testing.T) {
	x, y := rows(40, 4, 2)
	fold := Assign(y, 2, 5, 1)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	_, err := Logits(ctx, x, y, fold, 2, trainer)
	require.ErrorIs(t, err, why)

	x[11] = float32(math.NaN())
	_, err = Logits(t.Context(), x, y, fold, 2, trainer)
	require.ErrorAs(t, err, new(*softmax.InputError))

	for want, call := range map[string]func(){
		"folds: 160 numbers, 39 labels and 40 folds, want a label and a fold for each row": func() {
			_, _ = Logits(ctx, x, y[1:], fold, 2, trainer)
		},
		"folds: the folds have [40] rows, want at least two folds, none empty": func() {
			_, _ = Logits(ctx, x, y, make([]int, 40), 2, trainer)
		},
		"folds: 0 numbers, 0 labels and 0 folds, want a label and a fold for each row": func() {
			_, _ = Logits(ctx, nil, nil, nil, 2, trainer)
		},
		"folds: 159 numbers, 40 labels and 40 folds, want a label and a fold for each row": func() {
			_, _ = Logits(ctx, x[1:], y, fold, 2, trainer)
		},
		"folds: the folds have [1] rows, want at least two folds, none empty": func() {
			_, _ = Logits(ctx, x[:4], y[:1], []int{0}, 2, trainer)
		},
		"folds: row 0 is in fold 40, want one in [0, 40)": func() {
			_, _ = Logits(ctx, x, y, slices.Repeat([]int{40}, 40), 2, trainer)
		},
		"folds: row 0 is in fold -1, want one in [0, 40)": func() {
			_, _ = Logits(ctx, x, y, slices.Repeat([]int{-1}, 40), 2, trainer)
		},
		"folds: the folds have [39 0 1] rows, want at least two folds, none empty": func() {
			_, _ = Logits(ctx, x, y, append([]int{2}, make([]int, 39)...), 2, trainer)
		},
	} {
		require.PanicsWithValue(t, want, call)
	}
}

// A caller is a context that counts what waits for its end.
type caller struct {
	context.Context
	waiting atomic.Int64
}

func (c *caller) Done() <-chan struct{} { return make(chan struct{}) }

// AfterFunc is what package context calls to wait for the end.
func (c *caller) AfterFunc(func()) (stop func() bool) {
	c.waiting.Add(1)
	return func() bool { c.waiting.Add(-1); return true }
}

// TestNothingStays: afterward, nothing waits for the end of the caller's
// context, which may live as long as the program.
func TestNothingStays(t *testing.T) {
	x, y := rows(40, 4, 2)
	ctx := &caller{Context: context.Background()}
	_, err := Logits(ctx, x, y, Assign(y, 2, 5, 1), 2, trainer)
	require.NoError(t, err)
	require.Zero(t, ctx.waiting.Load())
}

// TestIdentity: the model gives its features back.
func TestIdentity(t *testing.T) {
	logits := softmax.Floats{0.25, -3, 7, 1e-30, 0, -1}
	require.Equal(t, []float32(logits), Identity(3).Logits(nil, logits))
	require.Equal(t, []float32(logits), Judge([]*softmax.Model{Identity(3)}, logits, []int{0, 0}))
}
