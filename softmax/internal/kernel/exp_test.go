package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExp(t *testing.T) {
	inf := float32(math.Inf(-1))
	for _, payload := range []uint32{0, 1, 0x21, 0x17f, 0x3fffff} {
		nan := math.Float32frombits(0x7fc00000 | payload)
		require.True(t, math.IsNaN(float64(exp(nan))), "payload %x", payload)
	}
	require.Zero(t, exp(inf))
	require.Zero(t, exp(-1e30))
	require.Zero(t, exp(math.Nextafter32(expMin, -100)))
	require.Equal(t, float32(1), exp(0))
	require.Equal(t, float32(1), exp(float32(math.Copysign(0, -1))))
	require.Equal(t, float32(1), exp(-1e-30))

	worst := 0.0
	for x := float32(0); x >= expMin; x -= 1.0 / 4096 {
		want := math.Exp(float64(x))
		ulp := float64(math.Nextafter32(float32(want), 2) - float32(want))
		worst = max(worst, math.Abs(float64(exp(x))-want)/ulp)
	}
	require.Less(t, worst, 1.5, "ulp")
}
