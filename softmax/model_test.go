package softmax

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
	"github.com/stretchr/testify/require"
)

func TestNewModelIsUniform(t *testing.T) {
	m := New(3, 4)
	require.Equal(t, []float32{0.25, 0.25, 0.25, 0.25}, m.Probs(nil, Floats{1, 2, 3}))
	class, prob := m.Predict(Floats{1, 2, 3})
	require.Zero(t, class, "the lowest of equals")
	require.Equal(t, float32(0.25), prob)
	require.InDelta(t, math.Log(4), m.Loss(Floats{1, 2, 3}, []int{2}), 1e-12)
	require.Equal(t, 3, m.Features())
	require.Equal(t, 4, m.Classes())
}

func TestParametersRoundTrip(t *testing.T) {
	rng := newRand()
	weight, bias := randomFloats(rng, 17*3), randomFloats(rng, 17)
	m := New(3, 17)
	m.SetParameters(weight, bias)
	gotWeight, gotBias := m.Parameters()
	require.Equal(t, weight, gotWeight)
	require.Equal(t, bias, gotBias)
	gotWeight[0], gotBias[0] = 9, 9
	again, _ := m.Parameters()
	require.Equal(t, weight, again, "Parameters returns copies")
}

// TestLogitsOracle compares with float64 arithmetic.
func TestLogitsOracle(t *testing.T) {
	const rows, features, classes = 5, 300, 21
	rng := newRand()
	m := randomModel(rng, features, classes)
	x := Floats(randomFloats(rng, rows*features))
	weight, bias := m.Parameters()
	got := m.Logits(nil, x)
	for i := range rows {
		for k := range classes {
			want := float64(bias[k])
			for f := range features {
				want += float64(weight[k*features+f]) * float64(x[i*features+f])
			}
			require.InDelta(t, want, got[i*classes+k], 1e-4)
		}
	}
}

// TestRowFormsAgree: the three forms of the same rows give the same bits in
// prediction, at every alignment. In training, bytes and floats give the same
// bits. Sparse rows are added in another order and agree up to rounding.
func TestRowFormsAgree(t *testing.T) {
	rng := newRand()
	for _, features := range []int{1, 2, 7, 8, 9, 15, 16, 17, 63, 255, 256, 257, 784, 1000} {
		const rows, classes = 4, 10
		x := randomBytes(rng, rows*features)
		y := randomLabels(rng, rows, classes)
		forms := map[string]Rows{"bytes": x, "floats": floatsOf(x), "sparse": sparseOf(floatsOf(x), features)}
		start := randomModel(rng, features, classes)
		logits := start.Logits(nil, x)
		var model []float32
		dense := map[string][]byte{}
		for name, form := range forms {
			require.Equal(t, logits, start.Logits(nil, form), "%s, %d features", name, features)
			m := New(features, classes)
			m.copyFrom(start)
			_, err := NewTrainer(m).Step(form, y)
			require.NoError(t, err)
			if weight, bias := m.Parameters(); model == nil {
				model = append(weight, bias...)
			} else {
				require.InDeltaSlice(t, model, append(weight, bias...), 1e-5, "%s, %d features", name, features)
			}
			if name != "sparse" {
				dense[name] = encode(t, m)
			}
		}
		require.Equal(t, dense["bytes"], dense["floats"], "%d features", features)
	}
}

// TestDenseRowsOfFullBytes has rows without a zero.
func TestDenseRowsOfFullBytes(t *testing.T) {
	rng := newRand()
	for features := 240; features < 280; features++ {
		x := make(Bytes, features)
		for i := range x {
			x[i] = uint8(1 + rng.IntN(255))
		}
		m := randomModel(rng, features, 3)
		require.Equal(t, m.Logits(nil, floatsOf(x)), m.Logits(nil, x))
	}
}

func TestSparseRepeatedAndUnsorted(t *testing.T) {
	m := New(3, 2)
	m.SetParameters([]float32{1, 10, 100, 0, 0, 0}, []float32{0, 0})
	x := Sparse{Start: []int{0, 3, 3}, Index: []int32{2, 0, 2}, Value: []float32{1, 2, 3}}
	require.Equal(t, []float32{402, 0, 0, 0}, m.Logits(nil, x))
}

func TestProbsSumToOne(t *testing.T) {
	rng := newRand()
	for _, scale := range []float32{1e-3, 1, 1e2, 1e4, 1e30} {
		m := New(1, 10)
		weight := randomFloats(rng, 10)
		for i := range weight {
			weight[i] *= scale
		}
		m.SetParameters(weight, make([]float32, 10))
		sum := 0.0
		for _, p := range m.Probs(nil, Floats{1}) {
			require.GreaterOrEqual(t, p, float32(0))
			sum += float64(p)
		}
		require.InDelta(t, 1, sum, 1e-6)
	}
}

func TestPredictAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops items at random under the race detector")
	}
	rng := newRand()
	for _, classes := range []int{10, 100} {
		m := randomModel(rng, 784, classes)
		pixels := randomBytes(rng, 784)
		floats := floatsOf(pixels)
		sparse := sparseOf(floats, 784)
		dst := make([]float32, classes)
		require.Zero(t, testing.AllocsPerRun(100, func() {
			m.Predict(Bytes(pixels))
			m.Predict(Floats(floats))
			m.Predict(sparse)
			m.Probs(dst, Bytes(pixels))
			m.Logits(dst, Bytes(pixels))
		}), "%d classes", classes)
	}
}

func TestPredictConcurrently(t *testing.T) {
	rng := newRand()
	m := randomModel(rng, 784, 10)
	x := randomBytes(rng, 100*784)
	want := m.Probs(nil, x)
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 100 {
				got := m.Probs(nil, x[784*i:][:784])
				if class, prob := m.Predict(x[784*i:][:784]); got[class] != prob || want[10*i+class] != prob {
					t.Errorf("row %d: class %d has probability %v, want %v", i, class, prob, want[10*i+class])
				}
			}
		}()
	}
	wg.Wait()
}

func TestNoRows(t *testing.T) {
	m := New(3, 2)
	require.Empty(t, m.Logits(nil, Floats{}))
	require.True(t, math.IsNaN(m.Loss(Bytes(nil), nil)))
	require.True(t, math.IsNaN(m.Accuracy(Sparse{Start: []int{0}}, nil)))
}

// TestCallersMistakes: each panics and says which rule was broken.
func TestCallersMistakes(t *testing.T) {
	m := New(3, 2)
	row := Floats{1, 2, 3}
	for _, tt := range []struct {
		name string
		call func()
		want string
	}{
		{"no features", func() { New(0, 2) }, "at least 1 feature"},
		{"one class", func() { New(1, 1) }, "2 classes"},
		{"ragged bytes", func() { m.Logits(nil, Bytes{1}) }, "len(x) = 1, want a multiple of the model's 3 features"},
		{"ragged floats", func() { m.Predict(row[:2]) }, "len(x) = 2"},
		{"nil rows", func() { m.Predict(nil) }, "Rows is nil or a pointer"},
		{"two rows", func() { m.Predict(append(row, row...)) }, "Predict of 2 rows, want 1"},
		{"no row", func() { m.Predict(Floats{}) }, "Predict of 0 rows"},
		{"short dst", func() { m.Logits(make([]float32, 1), row) }, "len(dst) = 1, want 1 rows x 2 classes"},
		{"few labels", func() { m.Loss(row, nil) }, "0 labels for 1 rows"},
		{"label too large", func() { m.Accuracy(row, []int{2}) }, "y[0] = 2, want a label in [0, 2)"},
		{"label negative", func() { m.Evaluate(row, []int{-1}) }, "y[0] = -1"},
		{"parameters", func() { m.SetParameters(nil, nil) }, "want 2 x 3 and 2"},
		{"sparse lengths", func() { m.Predict(Sparse{Start: []int{0, 1}, Index: []int32{1}}) }, "1 indices and 0 values"},
		{"sparse without start", func() { m.Predict(Sparse{}) }, "must begin with 0"},
		{"sparse end", func() { m.Predict(Sparse{Start: []int{0, 2}}) }, "end with len(Index) = 0"},
		{"sparse decreasing", func() {
			m.Predict(Sparse{Start: []int{0, 2, 1, 2}, Index: []int32{0, 1}, Value: []float32{1, 1}})
		}, "decreases at 2: 1 after 2"},
		{"sparse index", func() {
			m.Predict(Sparse{Start: []int{0, 1}, Index: []int32{3}, Value: []float32{1}})
		}, "Index[0] = 3, want a feature in [0, 3)"},
		{"sparse negative index", func() {
			m.Predict(Sparse{Start: []int{0, 1}, Index: []int32{-1}, Value: []float32{1}})
		}, "Index[0] = -1"},
		{"empty batch", func() { NewTrainer(m).Step(Floats{}, nil) }, "empty batch"},
		{"negative rate", func() {
			trainer := NewTrainer(m)
			trainer.Rate = -1
			trainer.Step(row, []int{0})
		}, "rate -1"},
		{"pointer to rows", func() { m.Predict(&Sparse{Start: []int{0, 0}}) }, "or a pointer"},
		{"zero model", func() { new(Model).Predict(row) }, "not from New"},
		{"too many weights", func() { New(math.MaxInt32, math.MaxInt32-99) }, "too large for memory"},
		{"infinite rate", func() {
			trainer := NewTrainer(m)
			trainer.Rate = float32(math.Inf(1))
			trainer.Step(row, []int{0})
		}, "rate +Inf"},
		{"rate times L2", func() {
			trainer := NewTrainer(m)
			trainer.Rate, trainer.L2 = 1e30, 1e30
			trainer.Step(row, []int{0})
		}, "want none negative, NaN or infinite"},
		{"uncountable epochs", func() {
			trainer := NewTrainer(m)
			trainer.Epochs, trainer.Batch = math.MaxInt, 1
			trainer.Fit(t.Context(), append(row, row...), []int{0, 1})
		}, "are too many; set Steps"},
		{"validation labels", func() {
			trainer := NewTrainer(m)
			trainer.Validation = Data{X: row, Y: []int{2}}
			trainer.Fit(t.Context(), row, []int{0})
		}, "y[0] = 2"},
		{"validation without labels", func() {
			trainer := NewTrainer(m)
			trainer.Validation = Data{X: row}
			trainer.Fit(t.Context(), row, []int{0})
		}, "0 labels for 1 rows"},
		{"patience without validation", func() {
			trainer := NewTrainer(m)
			trainer.Patience = 1
			trainer.Fit(t.Context(), row, []int{0})
		}, "Patience without Validation"},
		{"patience without rows of validation", func() {
			trainer := NewTrainer(m)
			trainer.Patience, trainer.Validation = 1, Data{X: Floats{}}
			trainer.Fit(t.Context(), row, []int{0})
		}, "Patience without Validation"},
		{"no epochs", func() {
			trainer := NewTrainer(m)
			trainer.Epochs = 0
			trainer.Fit(t.Context(), row, []int{0})
		}, "in 0 epochs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				message, _ := recover().(string)
				require.True(t, strings.HasPrefix(message, "softmax: "), message)
				require.Contains(t, message, tt.want)
			}()
			tt.call()
		})
	}
}

func TestArgmax(t *testing.T) {
	inf := float32(math.Inf(1))
	negativeZero := float32(math.Copysign(0, -1))
	for _, tt := range []struct {
		z    []float32
		want int
	}{
		{[]float32{3}, 0},
		{[]float32{1, 3, 2}, 1},
		{[]float32{-3, -1, -2}, 1},
		{[]float32{2, 3, 3}, 1},
		{[]float32{-1, -1}, 0},
		{[]float32{negativeZero, 0}, 0},
		{[]float32{0, negativeZero}, 0},
		{[]float32{-inf, -math.MaxFloat32, -inf}, 1},
		{[]float32{math.MaxFloat32, inf}, 1},
		{[]float32{-1e-45, 0, 1e-45}, 2},
	} {
		require.Equal(t, tt.want, argmax(tt.z), "%v", tt.z)
	}
	rng := newRand()
	for range 1000 {
		z := randomFloats(rng, 1+rng.IntN(40))
		k := argmax(z)
		require.Equal(t, slices.Max(z), z[k])
	}
}

// TestAddressable: a model has at most the bytes that Go can allocate.
func TestAddressable(t *testing.T) {
	most := min(int64(math.MaxInt), 1<<47)
	for _, classes := range []int{2, 10, 1000, 1 << 20} {
		row := 4 * int64(kernel.ShapeFor(classes).Width)
		for _, features := range []int64{1, most/row - 4, most/row - 3, most/row - 2} {
			fits := (features+3)*row <= most && features <= math.MaxInt32
			require.Equal(t, fits, addressable(int(min(features, math.MaxInt)), classes), "%d features, %d classes", features, classes)
		}
	}
	require.False(t, addressable(1, math.MaxInt32-63))
}
