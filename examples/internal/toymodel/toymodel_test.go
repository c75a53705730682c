package toymodel

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// probs loads a model and returns what it makes of a picture.
func probs(t *testing.T, file string, picture *image.Gray) (*softmax.Model, []float32) {
	m, err := softmax.Load(file)
	require.NoError(t, err)
	x := make(softmax.Floats, len(picture.Pix))
	for i, v := range picture.Pix {
		x[i] = float32(v) / 255
	}
	return m, m.Probs(nil, x)
}

// ink is a picture with ink in a box only.
func ink(box image.Rectangle) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 28, 28))
	draw.Draw(g, box, image.NewUniform(color.White), image.Point{}, draw.Src)
	return g
}

func TestZeros(t *testing.T) {
	m, p := probs(t, Zeros(t, 4, map[string]string{"a": "b"}), ink(image.Rect(3, 4, 20, 21)))
	require.Equal(t, []float32{0.25, 0.25, 0.25, 0.25}, p)
	require.Equal(t, map[string]string{"a": "b"}, m.Metadata)
}

func TestHollow(t *testing.T) {
	file := Hollow(t, map[string]string{"a": "b"})
	// Frozen texts of other tests depend on the probabilities.
	const all, half, quarter, none = 1, 0.864, 0.823, 0.858
	for _, tt := range []struct {
		box         image.Rectangle
		want        int
		probability float64
	}{
		{image.Rect(0, 0, 28, 28), 10, all},
		{image.Rect(13, 13, 15, 15), 10, all},
		{image.Rect(13, 13, 15, 14), 10, half}, // of the center
		{image.Rect(13, 14, 15, 15), 10, half},
		{image.Rect(13, 13, 14, 15), 10, half},
		{image.Rect(14, 13, 15, 15), 10, half},
		{image.Rect(14, 14, 15, 15), 0, quarter},
		{image.Rect(0, 0, 28, 13), 0, none},
		{image.Rect(0, 15, 28, 28), 0, none},
		{image.Rect(0, 0, 13, 28), 0, none},
		{image.Rect(15, 0, 28, 28), 0, none},
		{image.Rectangle{}, 0, none},
	} {
		m, p := probs(t, file, ink(tt.box))
		require.Len(t, p, 11)
		require.InDelta(t, tt.probability, p[tt.want], 0.001, tt.box)
		require.Equal(t, "b", m.Metadata["a"])
	}
}

func TestAlways(t *testing.T) {
	names := []string{"x", "y", "z"}
	for class := range names {
		m, p := probs(t, Always(t, names, class, nil), ink(image.Rect(2, 2, 9, 9)))
		require.Equal(t, names, m.Names)
		next, last := (class+1)%3, (class+2)%3
		require.InDelta(t, 0.876, p[class], 0.001)
		require.InDelta(t, 0.119, p[next], 0.001)
		require.InDelta(t, 0.006, p[last], 0.001)
	}
}
