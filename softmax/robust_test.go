package softmax

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFitLeavesNothingBehind: after Fit, however it ended, steps are plain and
// the average is the model.
func TestFitLeavesNothingBehind(t *testing.T) {
	x, y := clusters(90, 0)
	t.Run("average", func(t *testing.T) {
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.Averaging, trainer.Validation = 8, Data{x, y}
		_, err := trainer.Fit(t.Context(), x, y)
		require.NoError(t, err)
		require.Equal(t, encode(t, m), encode(t, trainer.Averaged()))
	})
	t.Run("panic in a callback", func(t *testing.T) {
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.Center = true
		trainer.Progress = func(Progress) { panic("callback") }
		require.Panics(t, func() { _, _ = trainer.Fit(t.Context(), x, y) })
		plain := New(4, 3)
		plain.copyFrom(m)
		_, err := trainer.Step(x, y)
		require.NoError(t, err)
		_, err = NewTrainer(plain).Step(x, y)
		require.NoError(t, err)
		require.Equal(t, encode(t, plain), encode(t, m), "the step is not centred")
	})
	t.Run("divergence", func(t *testing.T) {
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.Rate, trainer.L2, trainer.Averaging, trainer.Epochs = 1e9, 1, 8, 20
		_, err := trainer.Fit(t.Context(), x, y)
		var diverged *DivergenceError
		require.ErrorAs(t, err, &diverged)
		trainer.Rate, trainer.L2 = 0.1, 0
		m.SetParameters(make([]float32, 12), make([]float32, 3))
		_, err = trainer.Step(x, y)
		require.NoError(t, err)
		require.True(t, trainer.Averaged().finite())
		require.Equal(t, encode(t, m), encode(t, trainer.Averaged()))
	})
}

func TestAveragingSwitchedOnLate(t *testing.T) {
	x, y := clusters(30, 0)
	m := New(4, 3)
	trainer := NewTrainer(m)
	for range 50 {
		_, err := trainer.Step(x, y)
		require.NoError(t, err)
	}
	trainer.Averaging = 8
	_, err := trainer.Step(x, y)
	require.NoError(t, err)
	require.Equal(t, encode(t, m), encode(t, trainer.Averaged()), "the first average is the model")
}

func TestCancelledAfterAnOverflow(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := New(1, 2)
	trainer := NewTrainer(m)
	trainer.Rate, trainer.Batch = math.MaxFloat32, 1
	trainer.Schedule = func(int, int) float32 { cancel(); return 1 }
	_, err := trainer.Fit(ctx, Floats{8, 8}, []int{0, 1})
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, m.finite(), "the model is as it was")
}

func TestFitFindsAnInfiniteBias(t *testing.T) {
	m := New(1, 2)
	m.SetParameters([]float32{0, 0}, []float32{-3e38, -1e38})
	trainer := NewTrainer(m)
	trainer.Epochs, trainer.Rate = 1, math.MaxFloat32
	_, err := trainer.Fit(t.Context(), Floats{0}, []int{0})
	var diverged *DivergenceError
	require.ErrorAs(t, err, &diverged)
	require.True(t, m.finite())
}

func TestDivergenceNamesTheRowOfTheData(t *testing.T) {
	x, y := clusters(90, 0)
	x[4*61+2] = float32(math.NaN())
	for _, center := range []bool{false, true} {
		trainer := NewTrainer(New(4, 3))
		trainer.Batch, trainer.Center = 7, center
		_, err := trainer.Fit(t.Context(), x, y)
		var input *InputError
		require.ErrorAs(t, err, &input)
		require.Equal(t, []int{61, 2}, []int{input.Row, input.Feature})
	}
}

func TestDivergenceNamesTheScheduledRate(t *testing.T) {
	x, y := clusters(90, 0)
	trainer := NewTrainer(New(4, 3))
	trainer.L2, trainer.Batch, trainer.Epochs = 1, 1, 2
	trainer.Schedule = func(int, int) float32 { return 64 }
	_, err := trainer.Fit(t.Context(), x, y)
	var diverged *DivergenceError
	require.ErrorAs(t, err, &diverged)
	require.Equal(t, float32(32), diverged.Rate)
}

func TestValidationNotFinite(t *testing.T) {
	x, y := clusters(90, 0)
	bad := append(Floats(nil), x...)
	bad[5] = float32(math.NaN())
	trainer := NewTrainer(New(4, 3))
	trainer.Validation = Data{bad, y}
	_, err := trainer.Fit(t.Context(), x, y)
	var diverged *DivergenceError
	require.ErrorAs(t, err, &diverged)
	require.True(t, diverged.Validation)
	require.ErrorContains(t, err, "the validation loss is not finite")
	require.False(t, errors.Is(err, context.Canceled))
}

// TestCenterOfConstantFeatures: values whose mean is not exact do not look as
// if they varied.
func TestCenterOfConstantFeatures(t *testing.T) {
	const rows = 1000
	x, y := make(Floats, 0, 2*rows), make([]int, rows)
	for i := range rows {
		x = append(x, 0.1, 0.3)
		y[i] = i % 2
	}
	m := New(2, 2)
	trainer := NewTrainer(m)
	trainer.Center = true
	_, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)
	require.InDelta(t, math.Ln2, m.Loss(x, y), 0.05)
}

// TestCenterOfRepeatedIndices: they add up before they are measured.
func TestCenterOfRepeatedIndices(t *testing.T) {
	dense := Floats{4, -4, 2, 0}
	repeated := Sparse{
		Start: []int{0, 4, 8, 9, 11},
		Index: []int32{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		Value: []float32{1, 1, 1, 1, -1, -1, -1, -1, 2, 3, -3},
	}
	d, r := newMatrix(dense, 1), newMatrix(repeated, 1)
	want, err := newCentering(&d)
	require.NoError(t, err)
	got, err := newCentering(&r)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, float32(0.5), got.mean[0])
	require.InDelta(t, 1/8.75, got.inverse, 1e-6)
}

// TestStepAllocatesNothingForMoreInk: a batch of the same size with more
// non-zeros than the first.
func TestStepAllocatesNothingForMoreInk(t *testing.T) {
	trainer := NewTrainer(New(784, 10))
	x, y := make(Bytes, 20*784), make([]int, 20)
	_, err := trainer.Step(x, y)
	require.NoError(t, err)
	for i := range x {
		x[i] = 255
	}
	require.Zero(t, testing.AllocsPerRun(1, func() {
		if _, err := trainer.Step(x, y); err != nil {
			t.Fatal(err)
		}
	}))
}
