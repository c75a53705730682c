package softmax

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAnyNumberOfWorkers: the same bits, whoever does the work.
func TestAnyNumberOfWorkers(t *testing.T) {
	rng := newRand()
	const rows, classes = 150, 21
	y := randomLabels(rng, rows, classes)
	wide := randomBytes(rng, rows*5000)
	narrow := randomBytes(rng, rows*300)
	for _, tt := range []struct {
		name     string
		features int
		x        Rows
		set      func(*Trainer)
	}{
		{"two blocks", 300, narrow, func(*Trainer) {}},
		{"two blocks, all options", 300, narrow, func(t *Trainer) { t.L2, t.Averaging, t.Schedule = 1e-3, 8, LinearDecay }},
		{"centred", 300, floatsOf(narrow), func(t *Trainer) { t.Center, t.L2, t.Averaging = true, 1e-3, 8 }},
		{"eight blocks", 5000, wide, func(t *Trainer) { t.Averaging = 8 }},
		{"eight blocks, centred", 5000, wide, func(t *Trainer) { t.Center = true }},
		{"sparse", 5000, sparseOf(floatsOf(wide), 5000), func(*Trainer) {}},
		{"sparse, all options", 5000, sparseOf(floatsOf(wide), 5000), func(t *Trainer) { t.L2, t.Averaging, t.Schedule = 1e-3, 8, LinearDecay }},
		{"sparse, centred", 300, sparseOf(floatsOf(narrow), 300), func(t *Trainer) { t.Center = true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var want string
			var loss float64
			for _, workers := range []int{1, 2, 3, 4, 8, 13} {
				m := New(tt.features, classes)
				trainer := NewTrainer(m)
				trainer.Epochs, trainer.Batch = 2, 40
				trainer.pass.crew.fixed = workers
				trainer.pass.pace.brief = true // one worker and many by turns
				if workers%2 == 0 {
					trainer.pass.pace.alone, trainer.pass.pace.solo = 2, time.Hour // always many
				}
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

// TestFitOnAnyNumberOfProcessors is the same for GOMAXPROCS, and a batch large
// enough for several workers.
func TestFitOnAnyNumberOfProcessors(t *testing.T) {
	rng := newRand()
	const rows, classes = 600, 10
	x, y := randomBytes(rng, rows*784), randomLabels(rng, rows, classes)
	var want string
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, procs := range []int{1, 2, 3, 8} {
		runtime.GOMAXPROCS(procs)
		m := New(784, classes)
		trainer := NewTrainer(m)
		trainer.Epochs, trainer.Averaging = 3, 8
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

// TestCrewEnds: however a pass ends, no worker goes on.
func TestCrewEnds(t *testing.T) {
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
	}{{"blocks", wide, 64}, {"columns", sparse, 4}} {
		trainerOf := func() *Trainer {
			trainer := NewTrainer(New(tt.features, 3))
			trainer.Batch = 10
			trainer.pass.crew.fixed = 2
			trainer.pass.pace.alone, trainer.pass.pace.solo = 2, time.Hour // always a crew
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
		})
		t.Run(tt.name+", cancelled", func(t *testing.T) {
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
			time.Sleep(time.Millisecond) // a goroutine that has done its work is not yet gone
		}
		require.LessOrEqual(t, runtime.NumGoroutine(), before, tt.name)
	}
}

// TestCrewWaits: nobody passes before everybody has come, a late one included.
func TestCrewWaits(t *testing.T) {
	const size, rounds = 4, 50
	var c crew
	var came atomic.Int32
	c.run(size, func(worker int) {
		for round := range int32(rounds) {
			if worker == 2 && round%10 == 0 {
				time.Sleep(time.Millisecond)
			}
			came.Add(1)
			if !c.wait(nil) {
				t.Error("the leader has not left")
			}
			if came.Load() < size*(round+1) {
				t.Error("too early")
			}
			c.wait(nil) // so that came does not grow while it is looked at
		}
	})
	require.Equal(t, int32(size*rounds), came.Load())
}

// TestPace: a crew that is slower than one worker rests, longer and longer, and
// then tries again.
func TestPace(t *testing.T) {
	var p pace
	const solo, fast, slow = 10 * time.Millisecond, 6 * time.Millisecond, 30 * time.Millisecond
	for _, warm := range []time.Duration{5 * solo, solo} {
		require.Equal(t, 1, p.workers(2), "first one alone, to compare")
		p.note(1, 1000, warm)
	}
	for range 10 {
		require.Equal(t, 2, p.workers(2))
		p.note(2, 1000, fast)
	}
	for _, rest := range []int{4, 8, 16, 32, 64, 64} {
		require.Equal(t, 2, p.workers(2))
		p.note(2, 1000, slow)
		for range rest {
			require.Equal(t, 1, p.workers(2))
			p.note(1, 1000, solo)
		}
	}
	require.Equal(t, 2, p.workers(2))
	p.note(2, 2000, 2*fast)
	require.Equal(t, 2, p.workers(2), "all is well again")
	p.note(2, 1000, slow)
	require.Equal(t, 4, p.rest, "and the next rest is short")
	p.note(2, 0, time.Hour)
	require.Equal(t, 4, p.rest, "nothing done, nothing learned")
}

// TestStretches: a crew that is fast goes on, stretch by stretch; one that is slow
// ends, and is taken down once.
func TestStretches(t *testing.T) {
	p := pace{alone: 2, solo: time.Hour}
	require.False(t, p.over(10), "without an end")
	p.begin(1, 0)
	p.until = p.began
	require.True(t, p.over(10), "alone, to see whether there can be a crew")
	p.end(20)
	require.Equal(t, 3, p.alone)

	p.solo = time.Hour
	p.begin(2, 20)
	for rows := 30; rows < 100; rows += 10 {
		p.until = p.began
		require.False(t, p.over(rows))
		require.Equal(t, rows, p.from, "the next stretch")
	}
	p.until = p.began
	p.solo = -1
	require.True(t, p.over(100))
	require.Equal(t, 4, p.rest)
	p.end(110)
	require.Equal(t, 4, p.rest, "known already")

	p.rest = 0
	p.begin(2, 0)
	require.False(t, p.over(10), "too early")
	p.end(10)
	require.Equal(t, 8, p.rest, "the last stretch of a pass counts, however short")
}

// TestStepAfterFit: the lists of a mini-batch and the next change places in Fit, but
// Step finds the one in which it has made room.
func TestStepAfterFit(t *testing.T) {
	rng := newRand()
	const rows = 50
	x, y := randomBytes(rng, rows*784), randomLabels(rng, rows, 10)
	trainer := NewTrainer(New(784, 10))
	trainer.pass.crew.fixed = 1
	_, err := trainer.Step(x, y)
	require.NoError(t, err)
	lists := []*list{trainer.blocks[0].rows, trainer.blocks[1].rows}

	trainer.Batch, trainer.Steps = 10, 2
	trainer.pass.crew.fixed, trainer.pass.pace.alone, trainer.pass.pace.solo = 2, 2, time.Hour
	_, err = trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)

	trainer.pass.crew.fixed = 1
	_, err = trainer.Step(x, y)
	require.NoError(t, err)
	require.Same(t, lists[0], trainer.blocks[0].rows)
	require.Same(t, lists[1], trainer.blocks[1].rows)
}
