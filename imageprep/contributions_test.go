package imageprep

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The kinds of features that a model can have.
func allFeatures(rng *rand.Rand) []Features {
	hog := HOG{Directions: 6, Cells: 3, Margin: 3, Contrast: true}
	components := &Components{Weight: randomFloats(rng, 5*hog.Len()), Bias: randomFloats(rng, 5)}
	return []Features{
		{}, {HOG: DefaultHOG()}, {HOG: hog}, {HOG: hog, Products: true},
		{HOG: hog, Components: components}, {HOG: hog, Components: components, Products: true},
	}
}

func randomFloats(rng *rand.Rand, n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(rng.NormFloat64())
	}
	return list
}

// aSeven returns a digit with two strokes.
func aSeven() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, Size, Size))
	for i := range 14 {
		g.Pix[6*g.Stride+7+i], g.Pix[7*g.Stride+7+i] = 255, 200
		g.Pix[(7+i)*g.Stride+20-i/2], g.Pix[(7+i)*g.Stride+19-i/2] = 255, 180
	}
	return g
}

// weightedSum is what the contributions are about.
func weightedSum(weight, x []float32) (sum float64) {
	for i, v := range x {
		sum += float64(weight[i]) * float64(v)
	}
	return sum
}

func TestContributionsAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	blank := image.NewGray(image.Rect(0, 0, Size, Size))
	for _, f := range allFeatures(rng) {
		weight := randomFloats(rng, f.Len())
		contributions, empty := f.Contributions(nil, aSeven(), weight)
		require.Len(t, contributions, Features{HOG: f.HOG}.Len(), f)
		sum := float64(empty)
		for _, c := range contributions {
			sum += float64(c)
		}
		want := weightedSum(weight, f.Vector(nil, aSeven()))
		require.InDelta(t, want, sum, 1e-3*(1+max(want, -want)), f)

		contributions, empty = f.Contributions(contributions, blank, weight)
		require.Equal(t, make([]float32, len(contributions)), contributions, "%v without ink", f)
		require.InDelta(t, weightedSum(weight, f.Vector(nil, blank)), empty, 1e-4, f)
	}
}

// The contributions are the Shapley values: what a number adds, on the average
// over all orders in which the numbers can come.
func TestContributionsAreShapleyValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	hog := HOG{Directions: 2, Cells: 2, Margin: 4}
	f := Features{HOG: hog, Products: true, Components: &Components{Weight: randomFloats(rng, 3*hog.Len()), Bias: randomFloats(rng, 3)}}
	weight := randomFloats(rng, f.Len())
	h := Features{HOG: hog}.Vector(nil, aSeven())
	// value is the weighted sum if only some numbers are there.
	value := func(there int) float64 {
		some := make([]float32, len(h))
		for i := range h {
			if there>>i&1 == 1 {
				some[i] = h[i]
			}
		}
		x := make([]float32, 3)
		f.Components.vector(x, some)
		return weightedSum(weight, Products(nil, x))
	}
	// For a quadratic function, an order and its reverse are enough.
	n := len(h)
	want := make([]float64, n)
	before := 0
	for _, i := range rng.Perm(n) {
		after := 1<<n - 1 - before - 1<<i
		want[i] = (value(before|1<<i) - value(before) + value(after|1<<i) - value(after)) / 2
		before |= 1 << i
	}
	contributions, empty := f.Contributions(nil, aSeven(), weight)
	require.InDelta(t, value(0), empty, 1e-4)
	for i := range want {
		require.InDelta(t, want[i], contributions[i], 1e-3, "number %d", i)
	}
}

func TestContributionsMisused(t *testing.T) {
	f := Features{HOG: DefaultHOG()}
	require.PanicsWithValue(t, "imageprep: len(weight) = 127, want 128", func() { f.Contributions(nil, aSeven(), make([]float32, 127)) })
	require.PanicsWithValue(t, "imageprep: len(dst) = 1, want 128", func() { f.Contributions(make([]float32, 1), aSeven(), make([]float32, 128)) })
	require.Panics(t, func() { Features{Products: true}.Contributions(nil, aSeven(), nil) })
}

// A model weighs the directions of strokes. The example asks where a digit has
// horizontal edges.
func ExampleFeatures_Contributions() {
	f := Features{HOG: HOG{Directions: 4, Cells: 2, Margin: 0}}
	weight := make([]float32, f.Len())
	for cell := range 4 {
		weight[cell*4+1], weight[cell*4+3] = 1, 1 // gradients down and up
	}
	contributions, _ := f.Contributions(nil, aSeven(), weight)
	for cell := range 4 {
		fmt.Printf("%.1f\n", contributions[4*cell:][:4])
	}
	// Output:
	// [0.0 2.6 0.0 2.3]
	// [0.0 2.3 0.0 1.9]
	// [0.0 1.6 0.0 2.0]
	// [0.0 1.5 0.0 1.9]
}
