package softmax_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/softmax"
)

func ExampleModel_Contributions() {
	m := softmax.New(3, 2)
	m.SetParameters([]float32{
		1, 2, 0, // class 0
		0, 4, 1, // class 1
	}, []float32{0.5, 0})
	x := softmax.Floats{3, 0.5, 0}
	contributions, bias := m.Contributions(nil, x, 0, 1)
	z := m.Logits(nil, x)
	fmt.Println(contributions, bias)
	fmt.Println("difference:", z[0]-z[1])
	// Output:
	// [3 -1 -0] 0.5
	// difference: 2.5
}

// The contributions and the bias add up to the difference of the logits, for
// every kind of rows and every pair of classes.
func TestContributions(t *testing.T) {
	const features, classes = 50, 7
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []float32 {
		list := make([]float32, n)
		for i := range list {
			list[i] = float32(rng.NormFloat64())
		}
		return list
	}
	m := softmax.New(features, classes)
	m.SetParameters(random(features*classes), random(classes))
	bytes := make(softmax.Bytes, features)
	for i := range bytes {
		bytes[i] = uint8(rng.UintN(256))
	}
	kinds := map[string]softmax.Rows{
		"bytes":  bytes,
		"floats": softmax.Floats(random(features)),
		"sparse": softmax.Sparse{Start: []int{0, 4}, Index: []int32{9, 3, 9, 49}, Value: []float32{1, -2, 0.5, 3}},
		"empty":  softmax.Sparse{Start: []int{0, 0}},
	}
	for name, x := range kinds {
		z := m.Logits(nil, x)
		dst := make([]float32, features)
		for class := range classes {
			for rival := range classes {
				contributions, bias := m.Contributions(dst, x, class, rival)
				require.Same(t, &dst[0], &contributions[0])
				sum := float64(bias)
				for _, c := range contributions {
					sum += float64(c)
				}
				require.InDelta(t, z[class]-z[rival], sum, 1e-4, "%s: %d against %d", name, class, rival)
				if class == rival {
					require.Zero(t, sum)
				}
			}
		}
	}
	dst, x := make([]float32, features), kinds["bytes"]
	require.Zero(t, testing.AllocsPerRun(10, func() { m.Contributions(dst, x, 0, 1) }))
}

func TestContributionsMisused(t *testing.T) {
	m := softmax.New(2, 3)
	x := softmax.Floats{1, 2}
	require.PanicsWithValue(t, "softmax: Contributions of 2 rows, want 1", func() { m.Contributions(nil, softmax.Floats{1, 2, 3, 4}, 0, 1) })
	require.PanicsWithValue(t, "softmax: Contributions for the classes 0 and 3, want classes in [0, 3)", func() { m.Contributions(nil, x, 0, 3) })
	require.PanicsWithValue(t, "softmax: Contributions for the classes -1 and 2, want classes in [0, 3)", func() { m.Contributions(nil, x, -1, 2) })
	require.PanicsWithValue(t, "softmax: len(dst) = 1, want 2 features", func() { m.Contributions(make([]float32, 1), x, 0, 1) })
}
