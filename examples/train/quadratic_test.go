package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
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
}

func TestMoments(t *testing.T) {
	mean, covariance := moments([]float32{1, 0, 3, 4, 5, 2}, 2)
	require.Equal(t, []float64{3, 2}, mean)
	require.InDelta(t, 8.0/3, covariance[0][0], 1e-15)
	require.InDelta(t, 4.0/3, covariance[0][1], 1e-15)
	require.InDelta(t, 8.0/3, covariance[1][1], 1e-15)
	require.Equal(t, covariance[0][1], covariance[1][0])
}

// TestComponents: the z are uncorrelated, and their mean variance is 1. The
// variance of each z is the root of its eigenvalue, times a common factor.
func TestComponents(t *testing.T) {
	const rows, n, k = 500, 10, 4
	x := correlated(rows, n)
	c := newComponents(x, n, k)
	require.Equal(t, k+k*(k+1)/2, c.length())
	z := make([]float32, 0, rows*k)
	for r := range rows {
		dst := make([]float32, c.length())
		c.products(dst, x[r*n:][:n])
		require.Equal(t, dst[1]*dst[2], dst[k+k+1], "z[1] z[2] comes after the four products with z[0] and after z[1] z[1]")
		z = append(z, dst[:k]...)
	}
	_, covariance := moments(z, k)
	_, full := moments(x, n)
	values, _ := eigen(full)
	slices.SortFunc(values, func(a, b float64) int { return cmp.Compare(b, a) })
	factor := covariance[0][0] / math.Sqrt(values[0])
	trace := 0.0
	for i := range k {
		trace += covariance[i][i]
		require.InEpsilon(t, factor*math.Sqrt(values[i]), covariance[i][i], 1e-4)
		for j := range i {
			require.InDelta(t, 0, covariance[i][j], 1e-5)
		}
	}
	require.InDelta(t, k, trace, 1e-4)
}

// TestUnfold: the unfolded model, of the features' products, is the same
// function as the model of the components' products.
func TestUnfold(t *testing.T) {
	const rows, n, k, classes = 60, 9, 5, 3
	x := correlated(rows, n)
	c := newComponents(x, n, k)
	rng := rand.New(rand.NewPCG(5, 6))
	m := softmax.New(c.length(), classes)
	weight, bias := m.Parameters()
	for i := range weight {
		weight[i] = float32(rng.NormFloat64())
	}
	for i := range bias {
		bias[i] = float32(rng.NormFloat64())
	}
	m.SetParameters(weight, bias)
	unfolded := c.unfold(m)
	require.Equal(t, n+n*(n+1)/2, unfolded.Features())
	for r := range rows {
		row := x[r*n:][:n]
		z, products := make([]float32, c.length()), make([]float32, unfolded.Features())
		c.products(z, row)
		imageprep.Products(products, row)
		want, got := m.Logits(nil, softmax.Floats(z)), unfolded.Logits(nil, softmax.Floats(products))
		for class := range classes {
			require.InDelta(t, want[class], got[class], 1e-3*(1+math.Abs(float64(want[class]))))
		}
	}
}
