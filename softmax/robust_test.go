package softmax

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFitLeavesNothingBehind: after Fit, even if it failed, the next step is
// like that of a new trainer, and the average is the model.
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
		require.Equal(t, encode(t, plain), encode(t, m), "the step is not centered")
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

func TestFitCanceledAfterAnOverflow(t *testing.T) {
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

// TestInputError: the error names the first bad feature of the row, and the
// model stays.
func TestInputError(t *testing.T) {
	inf := float32(math.Inf(1))
	x, y := clusters(90, 0)
	bad := slices.Clone(x)
	bad[4*61+2], bad[4*61+3] = -inf, float32(math.NaN())
	sparse := sparseOf(x, 4)
	first := sparse.Start[61] // two indices that are out of order
	sparse.Index[first], sparse.Value[first] = 3, inf
	sparse.Index[first+1], sparse.Value[first+1] = 2, -inf
	for name, form := range map[string]Rows{"floats": bad, "sparse": sparse} {
		for _, center := range []bool{false, true} {
			m := randomModel(newRand(), 4, 3)
			before := m.Clone()
			trainer := NewTrainer(m)
			trainer.Batch, trainer.Center = 7, center
			_, err := trainer.Fit(t.Context(), form, y)
			var input *InputError
			require.ErrorAs(t, err, &input, name)
			require.Equal(t, InputError{Row: 61, Feature: 2, Value: -inf}, *input, name)
			require.EqualError(t, err, "softmax: row 61, feature 2 is -Inf: remove such rows from the data")
			require.Equal(t, before, m, name)

			_, err = trainer.Step(form, y)
			require.ErrorAs(t, err, &input, name)
			require.Equal(t, InputError{Row: 61, Feature: 2, Value: -inf}, *input, name)
			require.Equal(t, before, m, name)
		}
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
	fit := func(value float32) error {
		bad := slices.Clone(x)
		bad[5] = value
		m := New(4, 3)
		m.SetParameters(slices.Repeat([]float32{10}, 12), make([]float32, 3))
		trainer := NewTrainer(m)
		trainer.Validation = Data{bad, y}
		_, err := trainer.Fit(t.Context(), x, y)
		return err
	}
	t.Run("input", func(t *testing.T) {
		err := fit(float32(math.Inf(1)))
		var input *InputError
		require.ErrorAs(t, err, &input)
		require.Equal(t, InputError{Row: 1, Feature: 1, Value: float32(math.Inf(1)), Validation: true}, *input)
		require.EqualError(t, err, "softmax: validation row 1, feature 1 is +Inf: remove such rows from the data")
	})
	t.Run("overflow", func(t *testing.T) {
		err := fit(math.MaxFloat32)
		var diverged *DivergenceError
		require.ErrorAs(t, err, &diverged)
		require.Equal(t, DivergenceError{Step: 1, Rate: 0.5, Row: -1, Validation: true}, *diverged)
		require.EqualError(t, err, "softmax: training diverged at step 1: the validation loss is not finite; "+
			"lower the learning rate (0.5) or scale the features")
	})
}

// TestCenterOfConstantFeatures: a rounded mean does not count as variance.
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

// TestCenterOfSmallDifferences: features that differ by little more than
// float32 rounds are scaled like others. So they can be learned.
func TestCenterOfSmallDifferences(t *testing.T) {
	const rows, features = 40, 400
	x, y := make(Floats, 0, rows*features), make([]int, rows)
	for i := range rows {
		y[i] = i % 2
		for range features {
			x = append(x, 1+1e-4*float32(y[i]))
		}
	}
	m := New(features, 2)
	trainer := NewTrainer(m)
	trainer.Center = true
	_, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)
	require.Less(t, m.Loss(x, y), 0.05)

	inverse := func(low, high float32) float32 {
		f := fitting{all: chunk{x: newMatrix(Floats{low, high, low, high}, 1), order: ascending(nil, 4)}}
		c, err := newCentering(f.chunks(t.Context(), 4), 4, 1)
		require.NoError(t, err)
		return c.inverse
	}
	require.EqualValues(t, 1, inverse(1000, 1000.0001), "they differ by what float32 rounds")
	const step = 1.0 / (1 << 23) // between 1 and the next float32
	require.EqualValues(t, 1, inverse(1, 1+16*step), "a deviation of less than a millionth of the mean")
	require.InEpsilon(t, 1/(8.5*step*8.5*step), inverse(1, 1+17*step), 1e-6, "a deviation of more than a millionth")
}

// TestCenterOfRepeatedIndices: values of a repeated index add up first.
func TestCenterOfRepeatedIndices(t *testing.T) {
	dense := Floats{4, -4, 2, 0}
	repeated := Sparse{
		Start: []int{0, 4, 8, 9, 11},
		Index: []int32{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		Value: []float32{1, 1, 1, 1, -1, -1, -1, -1, 2, 3, -3},
	}
	centeringOf := func(x Rows) *centering {
		f := fitting{all: chunk{x: newMatrix(x, 1), order: ascending(nil, 4)}}
		c, err := newCentering(f.chunks(t.Context(), 4), 4, 1)
		require.NoError(t, err)
		return c
	}
	want, got := centeringOf(dense), centeringOf(repeated)
	require.Equal(t, want, got)
	require.Equal(t, float32(0.5), got.mean[0])
	require.InDelta(t, 1/8.75, got.inverse, 1e-6)
}

// TestStepAllocatesNothingForMoreNonzeros: a batch may have more nonzeros than
// those before it.
func TestStepAllocatesNothingForMoreNonzeros(t *testing.T) {
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

// TestModelOfAnotherShape: a Trainer refuses a model that was unmarshaled into
// another shape.
func TestModelOfAnotherShape(t *testing.T) {
	m := New(4, 3)
	trainer := NewTrainer(m)
	trainer.Averaging = 8
	x := Sparse{Start: []int{0, 1}, Index: []int32{3}, Value: []float32{1}}
	_, err := trainer.Step(x, []int{0})
	require.NoError(t, err)
	data, err := New(4097, 3).MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, m.UnmarshalBinary(data))
	x.Index[0] = 4096
	const want = "softmax: the model has changed its shape; make a new Trainer"
	require.PanicsWithValue(t, want, func() { _, _ = trainer.Step(x, []int{0}) })
	_, err = NewTrainer(m).Step(x, []int{0})
	require.NoError(t, err)
}
