package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// correlated returns rows of n numbers that depend on one another.
func correlated(rows, n int) []float32 {
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([]float32, rows*n)
	for r := range rows {
		common := rng.NormFloat64()
		for i := range n {
			x[r*n+i] = float32(0.5 + float64(i)*common/10 + rng.NormFloat64()/float64(i+1))
		}
	}
	return x
}

func TestEigen(t *testing.T) {
	t.Parallel()
	const n = 12
	_, m := moments(correlated(200, n), n)
	original := make([][]float64, n)
	for i := range m {
		original[i] = append([]float64(nil), m[i]...)
	}
	values, vectors := eigen(m)
	for k, v := range vectors {
		for l, w := range vectors {
			want := 0.0
			if k == l {
				want = 1
			}
			require.InDelta(t, want, dot(v, w), 1e-12)
		}
		for i := range n {
			require.InDelta(t, values[k]*v[i], dot(original[i], v), 1e-12)
		}
	}
	values, _ = eigen([][]float64{{2, 1}, {1, 2}})
	require.InDeltaSlice(t, []float64{1, 3}, values, 1e-15)
	values, _ = eigen([][]float64{{0, 0}, {0, 0}})
	require.Equal(t, []float64{0, 0}, values)
	values, _ = eigen([][]float64{{2e-15, 1e-15}, {1e-15, 2e-15}})
	require.InDeltaSlice(t, []float64{1e-15, 3e-15}, values, 1e-27)
}

func TestMoments(t *testing.T) {
	t.Parallel()
	mean, covariance := moments([]float32{1, 0, 3, 4, 5, 2}, 2)
	require.Equal(t, []float64{3, 2}, mean)
	require.InDelta(t, 8.0/3, covariance[0][0], 1e-15)
	require.InDelta(t, 4.0/3, covariance[0][1], 1e-15)
	require.InDelta(t, 8.0/3, covariance[1][1], 1e-15)
	require.Equal(t, covariance[0][1], covariance[1][0])

	const large = 1 << 24 // the mean cannot be exact
	mean, covariance = moments([]float32{large, large + 2, large + 2}, 1)
	require.InDelta(t, large+4.0/3, mean[0], 1e-8)
	require.InDelta(t, 8.0/9, covariance[0][0], 1e-8)
}

// TestComponents: the z are uncorrelated and have mean 0, and their mean
// variance is 1. The variance of each z is the root of its eigenvalue, times a
// common factor.
func TestComponents(t *testing.T) {
	t.Parallel()
	const rows, n, k = 500, 10, 4
	x := correlated(rows, n)
	c := newComponents(x, n, k)
	require.Len(t, c.Bias, k)
	require.Len(t, c.Weight, k*n)
	z := make([]float32, 0, rows*k)
	for r := range rows {
		for i, b := range c.Bias {
			for j, w := range c.Weight[i*n:][:n] {
				b += w * x[r*n+j]
			}
			z = append(z, b)
		}
	}
	mean, covariance := moments(z, k)
	_, full := moments(x, n)
	values, _ := eigen(full)
	slices.SortFunc(values, func(a, b float64) int { return cmp.Compare(b, a) })
	factor := covariance[0][0] / math.Sqrt(values[0])
	trace := 0.0
	for i := range k {
		trace += covariance[i][i]
		require.InDelta(t, 0, mean[i], 1e-5)
		require.InEpsilon(t, factor*math.Sqrt(values[i]), covariance[i][i], 1e-4)
		for j := range i {
			require.InDelta(t, 0, covariance[i][j], 1e-5)
		}
	}
	require.InDelta(t, k, trace, 1e-4)
}
