package softmax

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDeferredAgreesWithDense trains on the same rows in two forms: as floats,
// where a step changes all weights, and sparse, where the trainer defers the
// penalty and the average. After every step both models and both averages must
// agree up to rounding, even if settle is needed.
func TestDeferredAgreesWithDense(t *testing.T) {
	const features, classes, rows = 50, 5, 8
	for _, tt := range []struct {
		name string
		set  func(t *Trainer, step int)
	}{
		{"plain", func(*Trainer, int) {}},
		{"penalty", func(t *Trainer, _ int) { t.L2 = 1e-2 }},
		{"strong penalty", func(t *Trainer, _ int) { t.L2 = 0.9 }}, // decay falls below 2**-20 every 23 steps
		{"average", func(t *Trainer, _ int) { t.Averaging = 8 }},
		{"average forgets at once", func(t *Trainer, _ int) { t.Averaging = 1e6 }}, // mix grows without bound
		{"average forgets nothing", func(t *Trainer, _ int) { t.Averaging = 1e-3 }},
		{"penalty and average", func(t *Trainer, _ int) { t.L2, t.Averaging = 0.3, 8 }},
		{"falling rate", func(t *Trainer, step int) { t.L2, t.Averaging, t.Rate = 0.1, 8, 1/float32(step+1) }},
		{"rate is sometimes 0", func(t *Trainer, step int) { t.L2, t.Averaging, t.Rate = 0.1, 8, float32(step%3)/2 }},
		{"averaging on and off", func(t *Trainer, step int) {
			t.L2, t.Averaging = 0.1, 8
			if step/10%2 == 1 {
				t.Averaging = 0
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := newRand()
			denseModel, sparseModel := New(features, classes), New(features, classes)
			onDense, onSparse := NewTrainer(denseModel), NewTrainer(sparseModel)
			for step := range 120 {
				x := make(Floats, rows*features)
				for i := range x {
					if rng.IntN(10) == 0 {
						x[i] = 2*rng.Float32() - 1
					}
				}
				y := randomLabels(rng, rows, classes)
				tt.set(onDense, step)
				tt.set(onSparse, step)
				want, err := onDense.Step(x, y)
				require.NoError(t, err)
				got, err := onSparse.Step(sparseOf(x, features), y)
				require.NoError(t, err)
				what := fmt.Sprintf("step %d", step)
				require.InDelta(t, want, got, 1e-5, what)
				sameParameters(t, denseModel, sparseModel, what)
				sameParameters(t, onDense.Averaged(), onSparse.Averaged(), what+", average")
				require.Equal(t, sparseModel.Logits(nil, x), sparseModel.Logits(nil, sparseOf(x, features)), what)
			}
		})
	}
}

// TestDeferredDoesNotDrift makes 20,000 steps with a penalty and an average.
func TestDeferredDoesNotDrift(t *testing.T) {
	const features, classes, rows = 6, 3, 4
	rng := newRand()
	denseModel, sparseModel := New(features, classes), New(features, classes)
	onDense, onSparse := NewTrainer(denseModel), NewTrainer(sparseModel)
	onDense.L2, onSparse.L2 = 1e-2, 1e-2
	onDense.Averaging, onSparse.Averaging = 8, 8
	for range 20_000 {
		x := make(Floats, rows*features)
		for i := range x {
			if rng.IntN(3) == 0 {
				x[i] = 2*rng.Float32() - 1
			}
		}
		y := randomLabels(rng, rows, classes)
		_, err := onDense.Step(x, y)
		require.NoError(t, err)
		_, err = onSparse.Step(sparseOf(x, features), y)
		require.NoError(t, err)
	}
	sameParameters(t, denseModel, sparseModel, "model")
	sameParameters(t, onDense.Averaged(), onSparse.Averaged(), "average")
}

// TestDeferredStrongPenalty: a penalty that nearly clears the weights in each
// step makes the average small. The average must still be accurate.
func TestDeferredStrongPenalty(t *testing.T) {
	const features, classes, rows = 50, 3, 5
	for _, l2 := range []float32{0.9, 0.995, 0.999999} {
		rng := newRand()
		onDense, onSparse := NewTrainer(New(features, classes)), NewTrainer(New(features, classes))
		for _, t := range []*Trainer{onDense, onSparse} {
			t.Rate, t.L2, t.Averaging = 1, l2, 8
		}
		for step := range 100 {
			x, y := floatsOf(randomBytes(rng, rows*features)), randomLabels(rng, rows, classes)
			_, err := onDense.Step(x, y)
			require.NoError(t, err)
			_, err = onSparse.Step(sparseOf(x, features), y)
			require.NoError(t, err)
			want, _ := onDense.Averaged().Parameters()
			got, _ := onSparse.Averaged().Parameters()
			size := float64(max(slices.Max(want), -slices.Min(want)))
			require.InDeltaSlice(t, want, got, 1e-4*size, "L2 %v, step %d", l2, step)
		}
	}
}

func sameParameters(t *testing.T, want, got *Model, what string) {
	wantWeight, wantBias := want.Parameters()
	gotWeight, gotBias := got.Parameters()
	require.InDeltaSlice(t, wantWeight, gotWeight, 2e-5, what)
	require.InDeltaSlice(t, wantBias, gotBias, 2e-5, what)
}

// TestDenseAndSparseStepsAlternate with the result of dense steps.
func TestDenseAndSparseStepsAlternate(t *testing.T) {
	rng := newRand()
	const features, classes, rows = 80, 4, 10
	dense, mixed := New(features, classes), New(features, classes)
	a, b := NewTrainer(dense), NewTrainer(mixed)
	a.L2, a.Averaging, b.L2, b.Averaging = 0.05, 8, 0.05, 8
	for step := range 40 {
		x, y := floatsOf(randomBytes(rng, rows*features)), randomLabels(rng, rows, classes)
		_, err := a.Step(x, y)
		require.NoError(t, err)
		var form Rows = x
		if step%3 != 0 {
			form = sparseOf(x, features)
		}
		_, err = b.Step(form, y)
		require.NoError(t, err)
	}
	sameParameters(t, dense, mixed, "model")
	sameParameters(t, a.Averaged(), b.Averaged(), "average")
}

// TestSetParametersBetweenSparseSteps: a deferred penalty on the old parameters
// must not act on the new ones.
func TestSetParametersBetweenSparseSteps(t *testing.T) {
	rng := newRand()
	x := sparseOf(randomFloats(rng, 40), 4)
	y := randomLabels(rng, 10, 3)
	weight, bias := randomFloats(rng, 12), randomFloats(rng, 3)
	m, fresh := New(4, 3), New(4, 3)
	used := NewTrainer(m)
	used.L2 = 0.5
	for range 5 {
		_, err := used.Step(x, y)
		require.NoError(t, err)
	}
	m.SetParameters(weight, bias)
	fresh.SetParameters(weight, bias)
	other := NewTrainer(fresh)
	other.L2 = 0.5
	_, err := used.Step(x, y)
	require.NoError(t, err)
	_, err = other.Step(x, y)
	require.NoError(t, err)
	require.Equal(t, hash(t, fresh), hash(t, m))
}

// TestSparseStepReadsOnlyItsFeatures: the weights of another feature are NaN,
// which would spread if the step read them. The penalty still acts on all
// weights.
func TestSparseStepReadsOnlyItsFeatures(t *testing.T) {
	m := New(3, 2)
	nan := float32(math.NaN())
	m.SetParameters([]float32{nan, 1, 2, nan, 3, 4}, []float32{0, 0})
	trainer := NewTrainer(m)
	trainer.Rate, trainer.L2 = 0.5, 0.5
	_, err := trainer.Step(Sparse{Start: []int{0, 1}, Index: []int32{1}, Value: []float32{1}}, []int{0})
	require.NoError(t, err)
	weight, _ := m.Parameters()
	require.Equal(t, []float32{1.5, 3}, []float32{weight[2], weight[5]}, "the penalty")
	require.NotEqual(t, []float32{0.75, 2.25}, []float32{weight[1], weight[4]}, "and the gradient")
}

// TestFailedSparseStepChangesNothing, neither the model nor the average.
func TestFailedSparseStepChangesNothing(t *testing.T) {
	m := randomModel(newRand(), 4, 3)
	trainer := NewTrainer(m)
	trainer.L2, trainer.Averaging = 0.1, 8
	good := Sparse{Start: []int{0, 2}, Index: []int32{0, 3}, Value: []float32{1, 2}}
	_, err := trainer.Step(good, []int{1})
	require.NoError(t, err)
	before, average := hash(t, m), hash(t, trainer.Averaged())
	bad := Sparse{Start: []int{0, 1, 3}, Index: []int32{2, 0, 3}, Value: []float32{1, 2, float32(math.Inf(1))}}
	_, err = trainer.Step(bad, []int{0, 2})
	require.EqualError(t, err, "softmax: row 1, feature 3 is +Inf: remove such rows from the data")
	require.Equal(t, before, hash(t, m))
	require.Equal(t, average, hash(t, trainer.Averaged()))

	trainer.L2, trainer.Rate = 2, 0.5
	require.PanicsWithValue(t, "softmax: rate 0.5 times L2 2, want less than 1 for Sparse rows", func() { _, _ = trainer.Step(good, []int{1}) })
}
