package softmax

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// clusters returns rows of three classes that a linear model can separate, but
// not perfectly.
func clusters(rows int, seed uint64) (x Floats, y []int) {
	rng := newRand()
	for range seed {
		rng.Uint64()
	}
	for i := range rows {
		label := i % 3
		y = append(y, label)
		for j := range 4 {
			v := rng.Float32() - 0.5
			if j == label {
				v += 0.6
			}
			x = append(x, v)
		}
	}
	return x, y
}

func TestStepAllocatesNothingAfterTheFirst(t *testing.T) {
	rng := newRand()
	for _, classes := range []int{10, 100} {
		trainer := NewTrainer(New(784, classes))
		trainer.L2, trainer.Averaging = 1e-4, 8
		x, y := randomBytes(rng, 50*784), randomLabels(rng, 50, classes)
		floats := floatsOf(x)
		forms := []Rows{x, floats, sparseOf(floats, 784)}
		step := func() {
			for _, form := range forms {
				if _, err := trainer.Step(form, y); err != nil {
					t.Fatal(err)
				}
			}
		}
		step()
		require.Zero(t, testing.AllocsPerRun(20, step))
	}
}

// TestAveraging compares with the formula of the average in float64.
func TestAveraging(t *testing.T) {
	x, y := clusters(30, 0)
	m := New(4, 3)
	trainer := NewTrainer(m)
	trainer.Averaging = 8
	require.Equal(t, encode(t, m), encode(t, trainer.Averaged()), "no average yet: the current parameters")
	want := make([]float64, 12)
	for step := 1; step <= 20; step++ {
		_, err := trainer.Step(x, y)
		require.NoError(t, err)
		weight, _ := m.Parameters()
		for i, w := range weight {
			want[i] += 9 / (float64(step) + 8) * (float64(w) - want[i])
		}
		if step == 1 {
			require.Equal(t, encode(t, m), encode(t, trainer.Averaged()), "the first average is the first model")
		}
	}
	got, _ := trainer.Averaged().Parameters()
	require.InDeltaSlice(t, want, got, 1e-5)
	current, _ := m.Parameters()
	require.NotEqual(t, current, got)
}

// TestFitReachesEveryRow: Fit trains on every row, also in a short last batch.
func TestFitReachesEveryRow(t *testing.T) {
	// Each row has its own feature. A row that Fit misses leaves the weights of
	// its feature at zero.
	const rows = 103
	x, y := Sparse{Start: []int{0}}, make([]int, rows)
	for i := range rows {
		x.Index, x.Value = append(x.Index, int32(i)), append(x.Value, 1)
		x.Start = append(x.Start, i+1)
		y[i] = i % 2
	}
	m := New(rows, 2)
	trainer := NewTrainer(m)
	trainer.Epochs, trainer.Batch = 1, 10
	last, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)
	require.Equal(t, 11, last.Step)
	require.Equal(t, 11, last.Steps)
	require.Equal(t, rows, last.Rows)
	require.True(t, last.Kept)
	require.True(t, math.IsNaN(last.ValidationLoss))
	weight, _ := m.Parameters()
	for i, w := range weight {
		require.NotZero(t, w, "weight %d", i)
	}
	require.Equal(t, 1.0, m.Accuracy(x, y))
}

// TestCenter compares training with Center with training on centered and scaled
// rows.
func TestCenter(t *testing.T) {
	x, y := clusters(300, 0)
	for i := range x {
		x[i] = 100*x[i] + 300*float32(i%4) // far from 0
	}
	set := func(m *Model) *Trainer {
		trainer := NewTrainer(m)
		trainer.Batch, trainer.Averaging, trainer.L2, trainer.Epochs = 20, 8, 1e-3, 3
		return trainer
	}
	m := New(4, 3)
	trainer := set(m)
	trainer.Center = true
	_, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)

	var mean, variance [4]float64
	for i, v := range x {
		mean[i%4] += float64(v) / 300
	}
	for i, v := range x {
		variance[i%4] += (float64(v) - mean[i%4]) * (float64(v) - mean[i%4]) / 300
	}
	scale := math.Sqrt((variance[0] + variance[1] + variance[2] + variance[3]) / 4)
	centered := make(Floats, len(x))
	for i, v := range x {
		centered[i] = float32((float64(v) - mean[i%4]) / scale)
	}
	oracle := New(4, 3)
	_, err = set(oracle).Fit(t.Context(), centered, y)
	require.NoError(t, err)
	require.InDeltaSlice(t, oracle.Probs(nil, centered), m.Probs(nil, x), 1e-3)
	require.Greater(t, m.Accuracy(x, y), 0.8)

	// Sparse rows give the same model.
	sparse := New(4, 3)
	trainer = set(sparse)
	trainer.Center = true
	_, err = trainer.Fit(t.Context(), sparseOf(x, 4), y)
	require.NoError(t, err)
	require.Equal(t, encode(t, m), encode(t, sparse))

	// Constant features have variance 0.
	trainer = NewTrainer(New(2, 2))
	trainer.Center = true
	_, err = trainer.Fit(t.Context(), Floats{3, 5, 3, 5}, []int{0, 1})
	require.NoError(t, err)
}

func TestFitForSteps(t *testing.T) {
	x, y := clusters(90, 0)
	trainer := NewTrainer(New(4, 3))
	trainer.Batch, trainer.Steps = 20, 12 // 5 steps per epoch
	var seen [][]int
	trainer.Progress = func(p Progress) { seen = append(seen, []int{p.Epoch, p.Epochs, p.Step, p.Steps, p.Rows}) }
	_, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)
	require.Equal(t, [][]int{{1, 3, 5, 12, 90}, {2, 3, 10, 12, 180}, {3, 3, 12, 12, 220}}, seen)

	for _, epochs := range []int{0, math.MaxInt} { // Steps replaces Epochs
		trainer.Epochs = epochs
		last, err := trainer.Fit(t.Context(), x, y)
		require.NoError(t, err)
		require.Equal(t, 12, last.Step)
	}
}

func TestFitLearns(t *testing.T) {
	x, y := clusters(300, 0)
	testX, testY := clusters(300, 99)
	m := New(4, 3)
	trainer := NewTrainer(m)
	trainer.Batch, trainer.Averaging, trainer.Schedule = 20, 8, LinearDecay
	var losses []float64
	trainer.Progress = func(p Progress) { losses = append(losses, p.Loss) }
	_, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)
	require.Len(t, losses, 10)
	require.Less(t, losses[9], losses[0])
	require.Greater(t, m.Accuracy(testX, testY), 0.8)
}

func TestFitIsReproducible(t *testing.T) {
	x, y := clusters(300, 0)
	fit := func(seed uint64) []byte {
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.Seed, trainer.Batch, trainer.Averaging = seed, 7, 8
		for range 2 {
			m.SetParameters(make([]float32, 12), make([]float32, 3)) // the second Fit starts from zero again
			_, err := trainer.Fit(t.Context(), x, y)
			require.NoError(t, err)
		}
		return encode(t, m)
	}
	require.Equal(t, fit(1), fit(1))
	require.NotEqual(t, fit(1), fit(2))
}

func TestFitKeepsTheBestEpochAndEndsByPatience(t *testing.T) {
	// The validation labels are wrong: every epoch makes the accuracy on them
	// worse, so Fit keeps the first epoch.
	x, y := clusters(90, 0)
	wrong := make([]int, len(y))
	for i := range y {
		wrong[i] = (y[i] + 1) % 3
	}
	m := New(4, 3)
	trainer := NewTrainer(m)
	trainer.Validation, trainer.Patience = Data{x, wrong}, 3
	var seen []Progress
	trainer.Progress = func(p Progress) { seen = append(seen, p) }
	kept, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)
	require.Len(t, seen, 4, "one best epoch and three of patience")
	require.True(t, seen[0].Kept)
	require.False(t, seen[1].Kept)
	require.Equal(t, seen[0], kept)
	require.Equal(t, kept.ValidationLoss, m.Loss(x, wrong))
	require.Equal(t, kept.ValidationAccuracy, m.Accuracy(x, wrong))
}

func TestFitCanceled(t *testing.T) {
	x, y := clusters(90, 0)
	t.Run("before the first step", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		m := randomModel(newRand(), 4, 3)
		before := encode(t, m)
		trainer := NewTrainer(m)
		trainer.Averaging = 8
		kept, err := trainer.Fit(ctx, x, y)
		require.ErrorIs(t, err, context.Canceled)
		require.EqualError(t, err, "softmax: training stopped after step 0 of 10: context canceled")
		require.False(t, kept.Kept)
		require.Equal(t, before, encode(t, m))
	})
	t.Run("within the first epoch", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.Batch = 10
		trainer.Schedule = func(step, _ int) float32 {
			if step == 4 {
				cancel(errors.New("enough"))
			}
			return 1
		}
		_, err := trainer.Fit(ctx, x, y)
		require.EqualError(t, err, "softmax: training stopped after step 5 of 90: context canceled: enough")
		require.ErrorIs(t, err, context.Canceled)
		require.Less(t, m.Loss(x, y), math.Log(3), "what was learned is kept")
	})
	t.Run("later", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.Validation = Data{x, y}
		trainer.Batch = 10
		trainer.Progress = func(p Progress) {
			if p.Epoch == 3 {
				cancel()
			}
		}
		kept, err := trainer.Fit(ctx, x, y)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 3, kept.Epoch)
		require.Equal(t, kept.ValidationLoss, m.Loss(x, y))
	})
}

func TestDivergence(t *testing.T) {
	x, y := clusters(90, 0)
	t.Run("rate", func(t *testing.T) {
		m := randomModel(newRand(), 4, 3)
		before := encode(t, m)
		trainer := NewTrainer(m)
		trainer.Rate, trainer.L2 = 10, 1 // each step multiplies the weights by -9
		trainer.Epochs = 50
		trainer.Progress = func(Progress) { t.Fatal("no epoch should end") }
		trainer.Batch = 1
		_, err := trainer.Fit(t.Context(), x, y)
		var diverged *DivergenceError
		require.ErrorAs(t, err, &diverged)
		require.GreaterOrEqual(t, diverged.Step, 1)
		require.Equal(t, float32(10), diverged.Rate)
		require.Contains(t, err.Error(), fmt.Sprintf("softmax: training diverged at step %d", diverged.Step))
		require.Contains(t, err.Error(), "lower the learning rate (10)")
		require.Equal(t, before, encode(t, m), "the model is as it was")
	})
	t.Run("after a good epoch", func(t *testing.T) {
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.Averaging, trainer.L2 = 8, 1e-3
		trainer.Validation = Data{x, y}
		trainer.Schedule = func(step, _ int) float32 {
			if step >= 2 {
				return 1e9
			}
			return 1
		}
		kept, err := trainer.Fit(t.Context(), x, y)
		var diverged *DivergenceError
		require.ErrorAs(t, err, &diverged)
		require.Equal(t, 2, kept.Epoch)
		require.True(t, finite(m.weight))
		require.Less(t, m.Loss(x, y), math.Log(3))
	})
	t.Run("weights only", func(t *testing.T) {
		// The last update overflows. No later logit can show it.
		trainer := NewTrainer(New(1, 2))
		trainer.Epochs, trainer.Rate = 1, math.MaxFloat32
		_, err := trainer.Fit(t.Context(), Floats{8}, []int{0})
		require.ErrorContains(t, err, "step 1: the weights are not finite; lower the learning rate")
	})
	for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		t.Run(fmt.Sprint("input ", v), func(t *testing.T) {
			bad := append(Floats(nil), x[:40]...)
			bad[4*7+2] = v
			m := randomModel(newRand(), 4, 3)
			before := encode(t, m)
			_, err := NewTrainer(m).Step(bad, y[:10])
			require.EqualError(t, err, fmt.Sprintf("softmax: row 7, feature 2 is %v: remove such rows from the data", v))
			require.Equal(t, before, encode(t, m), "the step changed nothing")
		})
	}
}

func TestLinearDecay(t *testing.T) {
	require.Equal(t, float32(1), LinearDecay(0, 10))
	require.Equal(t, float32(0.5), LinearDecay(5, 10))
	require.InDelta(t, 0.1, LinearDecay(9, 10), 1e-7)
}
