package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseFeatures(t *testing.T) {
	blank := image.NewGray(image.Rect(0, 0, Size, Size))
	for _, f := range []Features{
		{},
		{HOG: DefaultHOG()},
		{HOG: HOG{Directions: 12, Cells: 6, Margin: 3.25, Contrast: true}},
		{HOG: HOG{Directions: 4, Cells: 2}, Products: true},
	} {
		got, err := ParseFeatures(f.String())
		require.NoError(t, err)
		require.Equal(t, f, got)
		require.Len(t, got.Vector(nil, blank), got.Len())
	}
	got, err := ParseFeatures("")
	require.NoError(t, err)
	require.Equal(t, Features{}, got)

	for _, text := range []string{
		"hog", "pixel", "hog directions=8", "Pixels",
		"hog directions=8 cells=4 margin=2 contrast=false and more",
		"hog directions=1 cells=4 margin=2 contrast=false",
		"hog directions=0 cells=0 margin=0 contrast=false",
		"hog directions=8 cells=99999999999 margin=2 contrast=false",
		"hog directions=8 cells=4 margin=NaN contrast=false",
		"hog directions=64 cells=28 margin=0 contrast=false products",
		"pixels products",
		"hog directions=8 cells=4 margin=2 contrast=false products products",
		"hog directions=08 cells=4 margin=2 contrast=false",
	} {
		_, err := ParseFeatures(text)
		require.ErrorContains(t, err,
			"are unknown; known are pixels and hog directions=8 cells=4 margin=2 contrast=false", text)
	}
}

// TestFeatureBounds: up to 1000 numbers may be combined or multiplied, and a
// HOG has its own bounds.
func TestFeatureBounds(t *testing.T) {
	for text, valid := range map[string]bool{
		"hog directions=2 cells=1 margin=0 contrast=false components=1":                   true,
		"hog directions=2 cells=1 margin=0 contrast=false components=0":                   false,
		"hog directions=2 cells=1 margin=0 contrast=false components=-1":                  false,
		"hog directions=2 cells=1 margin=0 contrast=false components=1000":                true,
		"hog directions=2 cells=1 margin=0 contrast=false components=1000 products":       true,
		"hog directions=2 cells=1 margin=0 contrast=false components=1001":                false,
		"hog directions=2 cells=1 margin=0 contrast=false components=2 components=2":      false,
		"hog directions=2 cells=1 margin=0 contrast=false components=9000000000000000000": false,
		"hog directions=10 cells=10 margin=0 contrast=true products":                      true,  // of 1000 numbers
		"hog directions=7 cells=12 margin=0 contrast=true products":                       false, // of 1008
		"hog directions=7 cells=12 margin=0 contrast=true":                                true,
		"hog directions=10 cells=10 margin=0 contrast=true components=3":                  true,
		"hog directions=7 cells=12 margin=0 contrast=true components=3":                   false,
		"hog directions=1 cells=4 margin=0 contrast=true":                                 false,
		"hog directions=64 cells=28 margin=0 contrast=true":                               true,
		"hog directions=65 cells=28 margin=0 contrast=true":                               false,
		"hog directions=64 cells=29 margin=0 contrast=true":                               false,
		"hog directions=64 cells=0 margin=0 contrast=true":                                false,
		"hog directions=8 cells=4 margin=-1 contrast=true":                                false,
	} {
		f, err := ParseFeatures(text)
		require.Equal(t, valid, err == nil, text)
		if valid {
			require.Equal(t, text, f.String())
			require.Equal(t, f.Components == nil, f.Valid(), "without weights")
		}
	}
	// Components have a weight for each number.
	f := Features{HOG: HOG{Directions: 2, Cells: 1}}
	for _, tt := range []struct {
		weights, biases int
		valid           bool
	}{{4, 2, true}, {3, 2, false}, {5, 2, false}, {0, 0, false}, {2, 1, true}} {
		f.Components = &Components{make([]float32, tt.weights), make([]float32, tt.biases)}
		require.Equal(t, tt.valid, f.Valid(), "%v", tt)
	}
}

func TestFeaturesVector(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, Size, Size))
	for y := 4; y < 24; y++ {
		g.Pix[y*Size+14] = 51
	}
	require.Equal(t, float32(0.2), Features{}.Vector(nil, g)[10*Size+14])

	histograms := DefaultHOG().Vector(nil, Deskew(nil, g))
	hog := Features{HOG: DefaultHOG()}
	require.Equal(t, histograms, hog.Vector(make([]float32, 128), g))

	products := Features{HOG: DefaultHOG(), Products: true}
	require.Equal(t, Products(nil, histograms), products.Vector(nil, g))

	dst := make([]float32, products.Len())
	require.Zero(t, testing.AllocsPerRun(10, func() { products.Vector(dst, g) }))

	require.Panics(t, func() { products.Vector(dst[1:], g) })
	require.Panics(t, func() { Features{Products: true}.Vector(nil, g) })
	require.Panics(t, func() { Features{HOG: HOG{Directions: 1, Cells: 1}}.Vector(nil, g) })
	for _, f := range []Features{{}, hog, products} {
		require.PanicsWithValue(t, "imageprep: digit is 9x28, want 28x28; Prepare makes such pictures",
			func() { f.Vector(nil, g.SubImage(image.Rect(0, 0, 9, 28)).(*image.Gray)) })
	}
}

func TestFloat32(t *testing.T) {
	g := grayOf(3, 0, 51, 255, 102, 1, 254)
	want := []float32{0, .2, 1, .4, 1. / 255, 254. / 255}
	require.Equal(t, want, Float32(nil, g))
	dst := make([]float32, 6)
	require.Same(t, &dst[0], &Float32(dst, g)[0])
	require.Equal(t, want, dst)
	require.Equal(t, []float32{1, 254. / 255}[:1], Float32(nil, g.SubImage(image.Rect(2, 0, 3, 1)).(*image.Gray)))
	right := g.SubImage(image.Rect(1, 0, 3, 2)).(*image.Gray)
	require.Equal(t, []float32{.2, 1, 1. / 255, 254. / 255}, Float32(nil, right))
	require.Empty(t, Float32(nil, new(image.Gray)))
	require.PanicsWithValue(t, "imageprep: len(dst) = 5, want 6", func() { Float32(dst[:5], g) })
	require.Zero(t, testing.AllocsPerRun(100, func() { Float32(dst, g) }))
}

func TestProducts(t *testing.T) {
	require.Equal(t, []float32{2, 3, 5, 4, 6, 10, 9, 15, 25}, Products(nil, []float32{2, 3, 5}))
	require.Empty(t, Products(nil, nil))
	require.PanicsWithValue(t, "imageprep: len(dst) = 2, want 9",
		func() { Products(make([]float32, 2), make([]float32, 3)) })
}
