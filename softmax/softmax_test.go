package softmax

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
	"github.com/stretchr/testify/require"
)

func TestLog(t *testing.T) {
	require.True(t, math.IsNaN(Log(math.NaN())))
	require.True(t, math.IsInf(Log(math.Inf(1)), 1))
	require.True(t, math.IsNaN(Log(-1)))
	require.True(t, math.IsInf(Log(0), -1))
	require.Zero(t, Log(1))
	for x := 1.0; x > 1e-300; x /= 1.3 {
		require.InEpsilon(t, math.Log(x)-1, Log(x)-1, 1e-15, "log %v", x)
	}
	for x := 1.0; x < 1e9; x *= 1.0007 {
		want := math.Log(x)
		require.InDelta(t, want, Log(x), 4e-16*(1+want), "log %v", x)
	}
	require.InEpsilon(t, math.Log(math.MaxFloat64), Log(math.MaxFloat64), 1e-15)
}

// TestSoftmax compares with float64 arithmetic, in any number of lanes, and
// checks that padding becomes zero.
func TestSoftmax(t *testing.T) {
	rng := newRand()
	for classes := 2; classes <= 49; classes++ {
		z := slices.Repeat([]float32{kernel.Lowest}, kernel.ShapeFor(classes).Lanes)
		copy(z, randomFloats(rng, classes))
		want, total := make([]float64, len(z)), 0.0
		for k := range classes {
			want[k] = math.Exp(float64(z[k]))
			total += want[k]
		}
		for k := range want {
			want[k] /= total
		}
		label := rng.IntN(classes)
		loss := softmax(z, label)
		require.InDeltaSlice(t, want, z, 3e-7)
		require.InDelta(t, -math.Log(want[label]), crossEntropy([]kernel.RowLoss{loss}, nil), 1e-6)
		for _, pad := range z[classes:] {
			require.Zero(t, pad)
		}
	}
}

// TestSoftmaxExtremes has logits at which exp overflows or underflows.
func TestSoftmaxExtremes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		logits []float32
		probs  []float32
		loss   float64 // of class 0
	}{
		{"large", []float32{1e4, 0, -1e4}, []float32{1, 0, 0}, 0},
		{"large and wrong", []float32{-1e4, 0, 1e4}, []float32{0, 0, 1}, 2e4},
		{"equal and large", []float32{1e4, 1e4}, []float32{0.5, 0.5}, math.Ln2},
		{"equal and low", []float32{-1e4, -1e4}, []float32{0.5, 0.5}, math.Ln2},
		{"as large as they get", []float32{-math.MaxFloat32, math.MaxFloat32}, []float32{0, 1}, 2 * math.MaxFloat32},
		{"just representable", []float32{-80, 0}, []float32{float32(math.Exp(-80)), 1}, 80},
		{"beyond float32", []float32{-200, 0}, []float32{0, 1}, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := slices.Repeat([]float32{kernel.Lowest}, kernel.ShapeFor(2).Lanes)
			copy(z, tt.logits)
			loss := softmax(z, 0)
			require.InDeltaSlice(t, tt.probs, z[:len(tt.logits)], 1e-7)
			require.InEpsilon(t, 1+tt.loss, 1+crossEntropy([]kernel.RowLoss{loss}, nil), 1e-7)
		})
	}
}
