package softmax

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExp32(t *testing.T) {
	inf := float32(math.Inf(-1))
	for _, payload := range []uint32{0, 1, 0x21, 0x17f, 0x3fffff} {
		nan := math.Float32frombits(0x7fc00000 | payload)
		require.True(t, math.IsNaN(float64(exp32(nan))), "payload %x", payload)
	}
	require.Zero(t, exp32(inf))
	require.Zero(t, exp32(-1e30))
	require.Zero(t, exp32(math.Nextafter32(expMin, -100)))
	require.Equal(t, float32(1), exp32(0))
	require.Equal(t, float32(1), exp32(float32(math.Copysign(0, -1))))
	require.Equal(t, float32(1), exp32(-1e-30))

	worst := 0.0
	for x := float32(0); x >= expMin; x -= 1.0 / 4096 {
		want := math.Exp(float64(x))
		ulp := float64(math.Nextafter32(float32(want), 2) - float32(want))
		worst = max(worst, math.Abs(float64(exp32(x))-want)/ulp)
	}
	require.Less(t, worst, 1.5, "ulp")
}

func TestLog64(t *testing.T) {
	require.True(t, math.IsNaN(log64(math.NaN())))
	require.True(t, math.IsInf(log64(math.Inf(1)), 1))
	require.Zero(t, log64(1))
	for x := 1.0; x < 1e9; x *= 1.0007 {
		want := math.Log(x)
		require.InDelta(t, want, log64(x), 4e-16*(1+want), "log %v", x)
	}
	require.InEpsilon(t, math.Log(math.MaxFloat64), log64(math.MaxFloat64), 1e-15)
}

// TestNormalise compares with float64 arithmetic, in any number of lanes, and
// checks that padding becomes zero.
func TestNormalise(t *testing.T) {
	rng := newRand()
	for classes := 2; classes <= 3*laneWidth+1; classes++ {
		z := slices.Repeat([]float32{lowest}, lanesFor(classes))
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
		require.InDelta(t, -math.Log(want[label]), sumLosses([]rowLoss{loss}), 1e-6)
		for _, pad := range z[classes:] {
			require.Zero(t, pad)
		}
	}
}

// TestNormaliseExtremes has logits at which exp overflows or underflows.
func TestNormaliseExtremes(t *testing.T) {
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
			z := slices.Repeat([]float32{lowest}, laneWidth)
			copy(z, tt.logits)
			loss := softmax(z, 0)
			require.InDeltaSlice(t, tt.probs, z[:len(tt.logits)], 1e-7)
			require.InEpsilon(t, 1+tt.loss, 1+sumLosses([]rowLoss{loss}), 1e-7)
		})
	}
}
