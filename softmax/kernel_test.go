package softmax

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKernels compares the kernels with their law, written down naively, for
// every number of classes and terms up to three vectors and one. Bits must be
// equal; memory around the operands must not change.
func TestKernels(t *testing.T) {
	const features = 40
	rng := newRand()
	for n := 0; n <= 3*laneWidth+1; n++ {
		classes := max(2, n)
		lanes := lanesFor(classes)
		row := make([]term, 0, n)
		for range n {
			row = append(row, term{int32(rng.IntN(features)), 2*rng.Float32() - 1})
		}
		t.Run(fmt.Sprintf("classes=%d/terms=%d", classes, n), func(t *testing.T) {
			z := padded(randomFloats(rng, classes), lanes)
			w := guarded(features, classes, lanes)
			want := append([]float32(nil), z...)
			for _, term := range row {
				for k := range classes {
					product := float32(term.value * w[int(term.index)*lanes+k])
					want[k] = want[k] + product
				}
			}
			before := append([]float32(nil), w...)
			forward(z, w, row, classes)
			require.Equal(t, want, z)
			require.Equal(t, before, w)

			g, d := guarded(features, classes, lanes), padded(randomFloats(rng, classes), lanes)
			want, before = append([]float32(nil), g...), append([]float32(nil), d...)
			for _, term := range row {
				for k := range classes {
					product := float32(term.value * d[k])
					want[int(term.index)*lanes+k] = want[int(term.index)*lanes+k] + product
				}
			}
			backward(g, d, row, classes)
			require.Equal(t, want, g)
			require.Equal(t, before, d)
		})
	}
}

// padded returns x with zeros up to lanes.
func padded(x []float32, lanes int) []float32 {
	return append(x, make([]float32, lanes-len(x))...)
}

// guarded returns random [features][lanes] with zeros in the lanes from
// classes on.
func guarded(features, classes, lanes int) []float32 {
	rng := newRand()
	var w []float32
	for range features {
		w = append(w, padded(randomFloats(rng, classes), lanes)...)
	}
	return w
}
