package softmax

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// identity returns a model whose logits are the row times scale.
func identity(classes int, scale float32) *Model {
	m := New(classes, classes)
	weight := make([]float32, classes*classes)
	for k := range classes {
		weight[k*classes+k] = scale
	}
	m.SetParameters(weight, make([]float32, classes))
	return m
}

// TestTemperature draws labels from the probabilities of a model. A model with
// logits three times as large then needs a temperature of 3.
func TestTemperature(t *testing.T) {
	const rows, classes = 20000, 4
	rng := rand.New(rand.NewPCG(5, 6))
	x, y := make([]float32, rows*classes), make([]int, rows)
	for i := range x {
		x[i] = float32(2 * rng.NormFloat64())
	}
	calibrated := identity(classes, 1)
	probs := calibrated.Probs(nil, Floats(x))
	for i := range y {
		left := rng.Float32()
		for y[i] = 0; y[i] < classes-1; y[i]++ {
			if left -= probs[i*classes+y[i]]; left < 0 {
				break
			}
		}
	}
	require.InDelta(t, 1, calibrated.Temperature(Floats(x), y), 0.03)
	overconfident := identity(classes, 3)
	temperature := overconfident.Temperature(Floats(x), y)
	require.InDelta(t, 3, temperature, 0.1)
	underconfident := identity(classes, 0.3)
	require.Equal(t, float32(1), underconfident.Temperature(Floats(x), y), "never below 1")

	// The loss is smallest at this temperature.
	loss := func(temperature float32) float64 { return identity(classes, 3/temperature).Loss(Floats(x), y) }
	require.Less(t, loss(temperature), loss(temperature*1.02))
	require.Less(t, loss(temperature), loss(temperature/1.02))

	before, wasECE := overconfident.Accuracy(Floats(x), y), overconfident.Evaluate(Floats(x), y).ECE
	overconfident.ApplyTemperature(temperature)
	require.Equal(t, before, overconfident.Accuracy(Floats(x), y))
	require.Less(t, overconfident.Evaluate(Floats(x), y).ECE, wasECE/5)
	require.InDelta(t, calibrated.Loss(Floats(x), y), overconfident.Loss(Floats(x), y), 1e-3)
}

func TestTemperatureLimits(t *testing.T) {
	m := identity(2, 50)
	wrong := Floats{1, 0, 0, 1}
	require.InDelta(t, 100, m.Temperature(wrong, []int{1, 0}), 0.01, "always wrong: the highest T")
	require.Equal(t, float32(1), m.Temperature(wrong, []int{0, 1}), "always right")
	require.Equal(t, float32(1), m.Temperature(Floats{}, nil))
	nan := float32(math.NaN())
	require.Equal(t, float32(1), m.Temperature(Floats{nan, nan}, []int{1}))
	for _, bad := range []float32{0.99, 0, -1, nan, float32(math.Inf(1))} {
		want := fmt.Sprintf("softmax: temperature %v, want a finite number of at least 1", bad)
		require.PanicsWithValue(t, want, func() { m.ApplyTemperature(bad) })
	}
	require.Panics(t, func() { m.Temperature(wrong, []int{0, 2}) })
}

// TestTemperatureOfBadRows: rows whose logits are not finite are left out, and
// huge ones are not.
func TestTemperatureOfBadRows(t *testing.T) {
	const large = math.MaxFloat32
	m := identity(2, 2) // makes large infinite
	x, y := Floats{2, 0, 0, 2, 2, 0}, []int{0, 1, 1}
	want := m.Temperature(x, y)
	require.Greater(t, want, float32(1))
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, bad := range []Floats{{nan, 0}, {0, inf}, {0, large}, {-large, 0}, {large, large}} {
		for label := range 2 {
			require.Equal(t, want, m.Temperature(append(bad, x...), append([]int{label}, y...)), "%v", bad)
			require.Equal(t, float32(1), m.Temperature(bad, []int{label}))
		}
	}
	huge := Floats{-large / 2, large / 2}
	require.Equal(t, want, m.Temperature(append(huge, x...), append([]int{1}, y...)), "a right answer at any temperature")
	require.InDelta(t, 100, m.Temperature(append(huge, x...), append([]int{0}, y...)), 0.01, "a wrong one")
}

func TestConfidenceThreshold(t *testing.T) {
	m := identity(2, 1)
	// The logits differ by 4, 3, 2, 2, 1. The predictions are right, right,
	// wrong, right, right.
	x, y := Floats{4, 0, 0, 3, 2, 0, 2, 0, 1, 0}, []int{0, 1, 1, 0, 0}
	p := func(d float64) float64 { return 1 / (1 + math.Exp(-d)) }
	tests := []struct {
		accuracy, threshold, coverage float64
	}{
		{1, p(3), 0.4},
		{0.81, p(3), 0.4},
		{0.8, p(1), 1},
		{0, p(1), 1},
	}
	for _, tt := range tests {
		threshold, coverage := m.ConfidenceThreshold(x, y, tt.accuracy)
		require.InDelta(t, tt.threshold, threshold, 1e-6, "%v", tt.accuracy)
		require.InDelta(t, tt.coverage, coverage, 1e-12)
	}
	for _, rows := range []int{0, 1} { // no answer is right
		threshold, coverage := m.ConfidenceThreshold(x[:2*rows], []int{1}[:rows], 0.5)
		require.Greater(t, threshold, float32(1))
		require.Zero(t, coverage)
	}
	for _, bad := range []float64{-1e-9, 1 + 1e-9, 99.8, math.NaN(), math.Inf(1)} {
		want := fmt.Sprintf("softmax: accuracy %v, want a number from 0 to 1", bad)
		require.PanicsWithValue(t, want, func() { m.ConfidenceThreshold(x, y, bad) })
	}
	require.Panics(t, func() { m.ConfidenceThreshold(x, []int{0, 1, 1, 0, 2}, 1) })
}

// TestConfidenceThresholdOfTies: rounding may make two probabilities equal, but
// the answer stays that of Predict.
func TestConfidenceThresholdOfTies(t *testing.T) {
	m := New(1, 2)
	m.SetParameters([]float32{0, 0}, []float32{0, 1e-9})
	x, y := Floats{0}, []int{1}
	require.Equal(t, 1.0, m.Accuracy(x, y))
	threshold, coverage := m.ConfidenceThreshold(x, y, 1)
	require.Equal(t, float32(0.5), threshold)
	require.Equal(t, 1.0, coverage)
}

// TestConfidenceThresholdOfNaN: no threshold accepts a probability of NaN.
func TestConfidenceThresholdOfNaN(t *testing.T) {
	m := identity(2, 1)
	nan := float32(math.NaN())
	threshold, coverage := m.ConfidenceThreshold(Floats{nan, 0, 1, 0, nan, 0, 3, 0}, []int{0, 1, 0, 0}, 0)
	require.InDelta(t, 1/(1+math.Exp(-1)), threshold, 1e-6)
	require.Equal(t, 0.5, coverage)
	threshold, coverage = m.ConfidenceThreshold(Floats{nan, 0}, []int{0}, 0)
	require.Greater(t, threshold, float32(1))
	require.Zero(t, coverage)
}
