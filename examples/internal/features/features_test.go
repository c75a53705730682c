package features

import (
	"image"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for _, m := range []Map{
		Pixels(),
		HOG(imageprep.DefaultHOG()),
		HOG(imageprep.HOG{Directions: 12, Cells: 6, Margin: 3.25, Contrast: true}),
		Products(HOG(imageprep.HOG{Directions: 4, Cells: 2})),
	} {
		got, err := Parse(m.Name)
		require.NoError(t, err)
		require.Equal(t, m, got)
		require.Len(t, got.Vector(nil, image.NewGray(image.Rect(0, 0, 28, 28))), got.Len)
	}
	got, err := Parse("")
	require.NoError(t, err)
	require.Equal(t, Pixels(), got)

	for _, name := range []string{
		"hog", "pixel", "hog directions=8", "Pixels",
		"hog directions=8 cells=4 margin=2 contrast=false and more",
		"hog directions=1 cells=4 margin=2 contrast=false",
		"hog directions=8 cells=99999999999 margin=2 contrast=false",
		"hog directions=8 cells=4 margin=NaN contrast=false",
		"hog directions=64 cells=28 margin=0 contrast=false products",
		"pixels products",
		"hog directions=8 cells=4 margin=2 contrast=false products products",
		"hog directions=08 cells=4 margin=2 contrast=false",
	} {
		_, err := Parse(name)
		require.ErrorContains(t, err, "are unknown; known are pixels and hog directions=8 cells=4 margin=2 contrast=false", name)
	}
}

func TestVector(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 28, 28))
	for y := 4; y < 24; y++ {
		g.Pix[y*28+14] = 51
	}
	x := Pixels().Vector(nil, g)
	require.Equal(t, float32(0.2), x[10*28+14])
	hog := HOG(imageprep.DefaultHOG())
	require.Equal(t, imageprep.DefaultHOG().Vector(nil, imageprep.Deskew(nil, g)), hog.Vector(make([]float32, 128), g))
}

func TestProducts(t *testing.T) {
	dst := make([]float32, 3+6)
	AddProducts(dst, []float32{2, 3, 5})
	require.Equal(t, []float32{2, 3, 5, 4, 6, 10, 9, 15, 25}, dst)

	g := image.NewGray(image.Rect(0, 0, 28, 28))
	g.Pix[14*28+14], g.Pix[15*28+14] = 255, 255
	hog := HOG(imageprep.HOG{Directions: 4, Cells: 2})
	m := Products(hog)
	x := hog.Vector(nil, g)
	want := make([]float32, m.Len)
	AddProducts(want, x)
	require.Equal(t, want, m.Vector(nil, g))
	base, ok := m.Base()
	require.True(t, ok)
	require.Equal(t, hog, base)
	base, ok = hog.Base()
	require.False(t, ok)
	require.Equal(t, hog, base)
}
