package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStrokeWidth(t *testing.T) {
	require.Zero(t, StrokeWidth(new(image.Gray)))
	require.Zero(t, StrokeWidth(image.NewGray(image.Rect(0, 0, 9, 9))))
	require.EqualValues(t, 1, StrokeWidth(&image.Gray{Pix: []uint8{255, 0, 255}, Stride: 1, Rect: image.Rect(0, 0, 1, 3)}))
	for _, width := range []float64{2, 3, 5, 9, 20} {
		p := newPen(400, 300, width)
		p.line([2]float64{50, 40}, [2]float64{300, 250})
		ink, _, err := Ink(p.page, DarkInk)
		require.NoError(t, err)
		require.InDelta(t, width, StrokeWidth(ink), 0.2*width+0.5)
	}
}
