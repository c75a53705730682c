package softmax

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLazyAgreesWithEager trains on the same rows as floats, where every step
// changes all weights, and sparse, where it holds back what it can. After every
// step the models and their averages must be the same but for rounding, whatever
// is switched on, off, or so strong that the numbers have to be evened out.
func TestLazyAgreesWithEager(t *testing.T) {
	const features, classes, rows = 50, 5, 8
	for _, tt := range []struct {
		name string
		set  func(t *Trainer, step int)
	}{
		{"plain", func(*Trainer, int) {}},
		{"penalty", func(t *Trainer, _ int) { t.L2 = 1e-2 }},
		{"strong penalty", func(t *Trainer, _ int) { t.L2 = 0.9 }}, // decay falls below 2**-20 every 23 steps
		{"average", func(t *Trainer, _ int) { t.Averaging = 8 }},
		{"average of a moment", func(t *Trainer, _ int) { t.Averaging = 1e6 }}, // mix grows without bounds
		{"average of everything", func(t *Trainer, _ int) { t.Averaging = 1e-3 }},
		{"both", func(t *Trainer, _ int) { t.L2, t.Averaging = 0.3, 8 }},
		{"falling rate", func(t *Trainer, step int) { t.L2, t.Averaging, t.Rate = 0.1, 8, 1/float32(step+1) }},
		{"no rate at times", func(t *Trainer, step int) { t.L2, t.Averaging, t.Rate = 0.1, 8, float32(step%3)/2 }},
		{"average switched", func(t *Trainer, step int) {
			t.L2, t.Averaging = 0.1, 8
			if step/10%2 == 1 {
				t.Averaging = 0
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := newRand()
			eagerModel, lazyModel := New(features, classes), New(features, classes)
			eager, lazy := NewTrainer(eagerModel), NewTrainer(lazyModel)
			for step := range 120 {
				x := make(Floats, rows*features)
				for i := range x {
					if rng.IntN(10) == 0 {
						x[i] = 2*rng.Float32() - 1
					}
				}
				y := randomLabels(rng, rows, classes)
				tt.set(eager, step)
				tt.set(lazy, step)
				want, err := eager.Step(x, y)
				require.NoError(t, err)
				got, err := lazy.Step(sparseOf(x, features), y)
				require.NoError(t, err)
				what := fmt.Sprintf("step %d", step)
				require.InDelta(t, want, got, 1e-5, what)
				sameParameters(t, eagerModel, lazyModel, what)
				sameParameters(t, eager.Averaged(), lazy.Averaged(), what+", average")
				require.Equal(t, lazyModel.Logits(nil, x), lazyModel.Logits(nil, sparseOf(x, features)), what)
			}
		})
	}
}

// TestLazyForLong: what is held back does not drift away from what it stands
// for, however many steps a penalty has been at work.
func TestLazyForLong(t *testing.T) {
	const features, classes, rows = 6, 3, 4
	rng := newRand()
	eagerModel, lazyModel := New(features, classes), New(features, classes)
	eager, lazy := NewTrainer(eagerModel), NewTrainer(lazyModel)
	eager.L2, lazy.L2 = 1e-2, 1e-2
	eager.Averaging, lazy.Averaging = 8, 8
	for range 20_000 {
		x := make(Floats, rows*features)
		for i := range x {
			if rng.IntN(3) == 0 {
				x[i] = 2*rng.Float32() - 1
			}
		}
		y := randomLabels(rng, rows, classes)
		_, err := eager.Step(x, y)
		require.NoError(t, err)
		_, err = lazy.Step(sparseOf(x, features), y)
		require.NoError(t, err)
	}
	sameParameters(t, eagerModel, lazyModel, "model")
	sameParameters(t, eager.Averaged(), lazy.Averaged(), "average")
}

// TestLazyStrongestPenalty: a penalty that leaves next to nothing of the weights in a
// step leaves an average of small numbers, right in all their digits.
func TestLazyStrongestPenalty(t *testing.T) {
	const features, classes, rows = 50, 3, 5
	for _, l2 := range []float32{0.9, 0.995, 0.999999} {
		rng := newRand()
		eager, lazy := NewTrainer(New(features, classes)), NewTrainer(New(features, classes))
		for _, t := range []*Trainer{eager, lazy} {
			t.Rate, t.L2, t.Averaging = 1, l2, 8
		}
		for step := range 100 {
			x, y := floatsOf(randomBytes(rng, rows*features)), randomLabels(rng, rows, classes)
			_, err := eager.Step(x, y)
			require.NoError(t, err)
			_, err = lazy.Step(sparseOf(x, features), y)
			require.NoError(t, err)
			want, _ := eager.Averaged().Parameters()
			got, _ := lazy.Averaged().Parameters()
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

// TestFormsTakeTurns: steps on dense and on sparse rows may alternate.
func TestFormsTakeTurns(t *testing.T) {
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

// TestSetParametersBetweenSparseSteps: what was held back of the old ones does
// not touch the new ones.
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

// TestSparseStepIsLazy: features that a step does not have are not looked at, as
// NaN would tell that hides there; and the model is right all the same.
func TestSparseStepIsLazy(t *testing.T) {
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

// TestSparseStepFails and changes nothing.
func TestSparseStepFails(t *testing.T) {
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
