package softmax

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAnyNumberOfWorkers: the number of workers does not change a bit.
func TestAnyNumberOfWorkers(t *testing.T) {
	rng := newRand()
	const rows, classes = 90, 11
	y := randomLabels(rng, rows, classes)
	wide := randomBytes(rng, rows*4100)
	narrow := randomBytes(rng, rows*300)
	classWeights, rowWeights := positive(rng, classes), positive(rng, rows)
	for _, tt := range []struct {
		name     string
		features int
		x        Rows
		set      func(*Trainer)
	}{
		{"two blocks", 300, narrow, func(*Trainer) {}},
		{"two blocks, all options", 300, narrow, func(t *Trainer) { t.L2, t.Averaging, t.Schedule = 1e-3, 8, LinearDecay }},
		{"centered", 300, floatsOf(narrow), func(t *Trainer) { t.Center, t.L2, t.Averaging = true, 1e-3, 8 }},
		{"two blocks, weights", 300, narrow, func(t *Trainer) { t.ClassWeights, t.RowWeights = classWeights, rowWeights }},
		{"sparse, weights", 300, sparseOf(floatsOf(narrow), 300), func(t *Trainer) { t.ClassWeights, t.RowWeights = classWeights, rowWeights }},
		{"eight blocks", 4100, wide, func(t *Trainer) { t.Averaging = 8 }},
		{"eight blocks, centered", 4100, wide, func(t *Trainer) { t.Center = true }},
		{"sparse", 4100, sparseOf(floatsOf(wide), 4100), func(*Trainer) {}},
		{"sparse, all options", 4100, sparseOf(floatsOf(wide), 4100), func(t *Trainer) { t.L2, t.Averaging, t.Schedule = 1e-3, 8, LinearDecay }},
		{"sparse, centered", 300, sparseOf(floatsOf(narrow), 300), func(t *Trainer) { t.Center = true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var want string
			var loss float64
			for _, workers := range []int{1, 2, 3, 8} {
				m := New(tt.features, classes)
				trainer := NewTrainer(m)
				trainer.Epochs, trainer.Batch = 2, 35
				trainer.Workers = workers
				tt.set(trainer)
				p, err := trainer.Fit(t.Context(), tt.x, y)
				require.NoError(t, err)
				if want == "" {
					want, loss = hash(t, m), p.Loss
				}
				require.Equal(t, want, hash(t, m), "%d workers", workers)
				require.Equal(t, loss, p.Loss, "%d workers", workers)
			}
		})
	}
}

// TestFitOnAnyNumberOfProcessors: GOMAXPROCS does not change a bit either. The
// batch is large enough for several workers.
func TestFitOnAnyNumberOfProcessors(t *testing.T) {
	rng := newRand()
	const rows, classes = 400, 10
	x, y := randomBytes(rng, rows*784), randomLabels(rng, rows, classes)
	var want string
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, procs := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(procs)
		m := New(784, classes)
		trainer := NewTrainer(m)
		trainer.Epochs, trainer.Averaging = 2, 8
		_, err := trainer.Fit(t.Context(), x, y)
		require.NoError(t, err)
		_, err = trainer.Step(x, y)
		require.NoError(t, err)
		if want == "" {
			want = hash(t, m)
		}
		require.Equal(t, want, hash(t, m), "GOMAXPROCS %d", procs)
	}
}

// TestWorkersEnd: after a panic, a cancellation or a divergence, no goroutine
// is left.
func TestWorkersEnd(t *testing.T) {
	x, y := clusters(90, 0)
	sparse := sparseOf(x, 4)
	wide := make(Floats, 0, 90*64) // two blocks
	for i := range 90 {
		wide = append(wide, make(Floats, 64)...)
		copy(wide[64*i:], x[4*i:4*i+4])
	}
	for _, tt := range []struct {
		name     string
		x        Rows
		features int
	}{{"dense", wide, 64}, {"sparse", sparse, 4}} {
		trainerOf := func() *Trainer {
			trainer := NewTrainer(New(tt.features, 3))
			trainer.Batch = 10
			trainer.Workers = 2
			return trainer
		}
		before := runtime.NumGoroutine()
		t.Run(tt.name+", panic in the schedule", func(t *testing.T) {
			trainer := trainerOf()
			trainer.Schedule = func(step, _ int) float32 {
				if step == 3 {
					panic("schedule")
				}
				return 1
			}
			require.PanicsWithValue(t, "schedule", func() { _, _ = trainer.Fit(t.Context(), tt.x, y) })
			trainer.Workers, trainer.Schedule = 1, nil
			done, err := trainer.Fit(t.Context(), tt.x, y)
			require.NoError(t, err)
			require.Equal(t, []int{done.Steps, done.Epochs * len(y)}, []int{done.Step, done.Rows})
		})
		t.Run(tt.name+", canceled", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			trainer := trainerOf()
			trainer.Schedule = func(step, _ int) float32 {
				if step == 3 {
					cancel()
				}
				return 1
			}
			_, err := trainer.Fit(ctx, tt.x, y)
			require.ErrorIs(t, err, context.Canceled)
		})
		t.Run(tt.name+", diverged", func(t *testing.T) {
			trainer := trainerOf()
			trainer.model.SetParameters(slices.Repeat([]float32{-3e38, 3e38, 3e38}, tt.features), make([]float32, 3))
			_, err := trainer.Fit(t.Context(), tt.x, y)
			var diverged *DivergenceError
			require.ErrorAs(t, err, &diverged)
		})
		for wait := 0; runtime.NumGoroutine() > before && wait < 1000; wait++ {
			time.Sleep(time.Millisecond) // a goroutine that has returned may still exist
		}
		require.LessOrEqual(t, runtime.NumGoroutine(), before, tt.name)
	}
}
