package imageprep

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomComponents returns k components of n numbers.
func randomComponents(k, n int) *Components {
	rng := rand.New(rand.NewPCG(7, 8))
	c := &Components{Weight: make([]float32, k*n), Bias: make([]float32, k)}
	for i := range c.Weight {
		c.Weight[i] = rng.Float32() - 0.5
	}
	for i := range c.Bias {
		c.Bias[i] = rng.Float32() - 0.5
	}
	return c
}

// TestComponentsVector compares with one sum after the other.
func TestComponentsVector(t *testing.T) {
	for _, k := range []int{1, 2, 3, 4, 5, 7, 8, 60} {
		for _, n := range []int{1, 3, 32} {
			c := randomComponents(k, n)
			x := randomComponents(1, n).Weight
			want := make([]float32, k)
			for i := range want {
				sum := float32(0)
				for j := range n {
					sum += float32(c.Weight[i*n+j] * x[j])
				}
				want[i] = sum + c.Bias[i]
			}
			got := make([]float32, k)
			c.vector(got, x)
			require.Equal(t, want, got, "%d of %d", k, n)
		}
	}
}

func TestFeaturesWithComponents(t *testing.T) {
	const text = "hog directions=4 cells=3 margin=1 contrast=true components=5 products"
	f, err := ParseFeatures(text)
	require.NoError(t, err)
	require.Equal(t, text, f.String())
	require.Equal(t, &Components{Bias: make([]float32, 5)}, f.Components)
	require.Equal(t, 5+15, f.Len())
	require.False(t, f.Valid(), "no weights yet")
	g := image.NewGray(image.Rect(0, 0, Size, Size))
	for y := 4; y < 24; y++ {
		g.Pix[y*Size+10+y/6] = uint8(255 - y)
	}
	require.Panics(t, func() { f.Vector(nil, g) }, "no weights yet")

	f.Components = randomComponents(5, f.HOG.Len())
	require.True(t, f.Valid())
	z := make([]float32, 5)
	f.Components.vector(z, f.HOG.Vector(nil, Deskew(nil, g)))
	require.Equal(t, Products(nil, z), f.Vector(nil, g))
	dst := make([]float32, f.Len())
	require.Zero(t, testing.AllocsPerRun(10, func() { f.Vector(dst, g) }))

	f.Products = false
	require.Equal(t, "hog directions=4 cells=3 margin=1 contrast=true components=5", f.String())
	require.Equal(t, z, f.Vector(nil, g))

	f.Components.Weight = f.Components.Weight[1:]
	require.False(t, f.Valid(), "one weight is missing")
	require.False(t, Features{Components: randomComponents(2, 784)}.Valid(), "components of pixels")
	require.False(t, Features{HOG: f.HOG, Components: randomComponents(0, f.HOG.Len())}.Valid(), "none")
	require.False(t, Features{HOG: f.HOG, Components: randomComponents(1001, f.HOG.Len()), Products: true}.Valid())

	for _, bad := range []string{
		"pixels components=5", "hog components=5",
		"hog directions=4 cells=3 margin=1 contrast=true components=0",
		"hog directions=4 cells=3 margin=1 contrast=true components=-1",
		"hog directions=4 cells=3 margin=1 contrast=true components=05",
		"hog directions=4 cells=3 margin=1 contrast=true components=",
		"hog directions=4 cells=3 margin=1 contrast=true components=5 components=5",
		"hog directions=4 cells=3 margin=1 contrast=true components=9999999",
		"hog directions=4 cells=3 margin=1 contrast=true components=1001",
		"hog directions=64 cells=4 margin=1 contrast=true components=5",
		"hog directions=4 cells=3 margin=1 contrast=true products components=5",
	} {
		_, err := ParseFeatures(bad)
		require.ErrorContains(t, err, "are unknown", bad)
	}
}
