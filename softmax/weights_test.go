package softmax

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWeightsOfOneChangeNothing: not a bit of the model, the losses and the
// results on the validation data.
func TestWeightsOfOneChangeNothing(t *testing.T) {
	x, y := clusters(90, 0)
	for name, form := range map[string]Rows{"floats": x, "sparse": sparseOf(x, 4)} {
		fit := func(classWeights, rowWeights []float32) ([]byte, Progress) {
			m := New(4, 3)
			trainer := NewTrainer(m)
			trainer.Batch, trainer.Validation = 20, Data{form, y}
			trainer.ClassWeights, trainer.RowWeights = classWeights, rowWeights
			p, err := trainer.Fit(t.Context(), form, y)
			require.NoError(t, err)
			return encode(t, m), p
		}
		m, p := fit(nil, nil)
		weighted, q := fit([]float32{1, 1, 1}, slices.Repeat([]float32{1}, len(y)))
		require.Equal(t, m, weighted, name)
		require.Equal(t, p, q, name)
	}
}

// TestRowWeightsOfStep: a row of weight 2 counts like two rows, a row of weight
// 0 like none.
func TestRowWeightsOfStep(t *testing.T) {
	x, y := clusters(5, 0)
	m, repeated := randomModel(newRand(), 4, 3), randomModel(newRand(), 4, 3)
	trainer := NewTrainer(m)
	trainer.RowWeights = []float32{2, 1, 0, 1, 1}
	loss, err := trainer.Step(x, y)
	require.NoError(t, err)

	again := slices.Concat(x[:4], x[:8], x[12:])
	want, err := NewTrainer(repeated).Step(again, []int{0, 0, 1, 0, 1})
	require.NoError(t, err)
	require.InDelta(t, want, loss, 1e-6)
	require.InDeltaSlice(t, repeated.weight, m.weight, 1e-6)
	require.InDeltaSlice(t, repeated.bias[:3], m.bias[:3], 1e-6)
}

// TestValidationHasClassWeights: the results are weighted means.
func TestValidationHasClassWeights(t *testing.T) {
	x, y := clusters(90, 0)
	m := New(4, 3)
	trainer := NewTrainer(m)
	trainer.Epochs, trainer.Validation = 1, Data{x, y}
	trainer.ClassWeights = []float32{0, 0.5, 3}
	p, err := trainer.Fit(t.Context(), x, y)
	require.NoError(t, err)

	var loss, right, total float64
	probs := m.Probs(nil, x)
	for i, label := range y {
		row := probs[3*i : 3*i+3]
		w := float64(trainer.ClassWeights[label])
		loss -= w * math.Log(float64(row[label]))
		if slices.Max(row) == row[label] {
			right += w
		}
		total += w
	}
	require.InDelta(t, loss/total, p.ValidationLoss, 1e-6)
	require.InDelta(t, right/total, p.ValidationAccuracy, 1e-12)
	require.NotEqual(t, m.Accuracy(x, y), p.ValidationAccuracy)
}

func TestWeightsOutOfRange(t *testing.T) {
	x, y := clusters(4, 0)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, tt := range []struct {
		classes, rows []float32
		want          string
	}{
		{[]float32{1, 1}, nil, "softmax: 2 ClassWeights, want one for each of 3 classes"},
		{[]float32{}, nil, "softmax: 0 ClassWeights, want one for each of 3 classes"},
		{nil, []float32{1, 1, 1}, "softmax: 3 RowWeights, want one for each of 4 rows"},
		{[]float32{1, 1, -1}, nil, "softmax: ClassWeights[2] = -1, want a finite number of at least 0"},
		{[]float32{1, nan, 1}, nil, "softmax: ClassWeights[1] = NaN, want a finite number of at least 0"},
		{nil, []float32{1, 1, 1, inf}, "softmax: RowWeights[3] = +Inf, want a finite number of at least 0"},
		{[]float32{1, 1e30, 1}, []float32{0, 1e30, 0, 0}, "softmax: ClassWeights[1] times RowWeights[1] is infinite, want smaller weights"},
	} {
		trainer := NewTrainer(New(4, 3))
		trainer.ClassWeights, trainer.RowWeights = tt.classes, tt.rows
		require.PanicsWithValue(t, tt.want, func() { _, _ = trainer.Step(x, y) })
		require.PanicsWithValue(t, tt.want, func() { _, _ = trainer.Fit(t.Context(), x, y) })
	}
	trainer := NewTrainer(New(4, 3))
	trainer.ClassWeights, trainer.Validation = []float32{1, 0, 1}, Data{x[:4], []int{1}}
	require.PanicsWithValue(t, "softmax: Fit: ClassWeights are 0 for all rows of Validation",
		func() { _, _ = trainer.Fit(t.Context(), x, y) })
}

func TestStepWithWeightsAllocatesNothing(t *testing.T) {
	x, y := clusters(60, 0)
	trainer := NewTrainer(New(4, 3))
	trainer.ClassWeights, trainer.RowWeights = positive(newRand(), 3), positive(newRand(), len(y))
	step := func() {
		if _, err := trainer.Step(x, y); err != nil {
			t.Fatal(err)
		}
	}
	step()
	require.Zero(t, testing.AllocsPerRun(20, step))
}

func TestBalancedWeights(t *testing.T) {
	require.Equal(t, []float32{2, 0, 2. / 3, 0}, BalancedWeights([]int{2, 0, 2, 2}, 4))
	require.Equal(t, []float32{0, 0}, BalancedWeights(nil, 2))
	require.PanicsWithValue(t, "softmax: y[1] = 2, want a label in [0, 2)", func() { BalancedWeights([]int{0, 2}, 2) })
}

// TestBalancedWeightsFindRareClass: one of a hundred rows is in the rare class.
// A model that never predicts this class is right in 99 % of all rows.
func TestBalancedWeightsFindRareClass(t *testing.T) {
	rng := newRand()
	rows := func() (x Floats, y []int) {
		for i := range 1000 {
			place, label := 2*rng.Float32()-1, 0 // in [-1, 1)
			if i < 10 {
				place, label = 0.8+0.4*rng.Float32(), 1 // in [0.8, 1.2)
			}
			x, y = append(x, place, rng.Float32()), append(y, label)
		}
		return x, y
	}
	x, y := rows()
	testX, testY := rows()
	fit := func(weights []float32) *Report {
		m := New(2, 2)
		trainer := NewTrainer(m)
		trainer.ClassWeights = weights
		_, err := trainer.Fit(t.Context(), x, y)
		require.NoError(t, err)
		return m.Evaluate(testX, testY)
	}
	r := fit(nil)
	require.Equal(t, 0.99, r.Accuracy())
	require.Zero(t, r.Class(1).Recall)

	r = fit(BalancedWeights(y, 2))
	require.GreaterOrEqual(t, r.Class(1).Recall, 0.9)
	require.Greater(t, r.Class(0).Recall, 0.75)
}
