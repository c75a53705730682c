package imageprep

import (
	"image"
	"math"
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

// TestStrokeWidthOfFewPixels compares with the definition: four times the area,
// divided by the sum of the differences across.
func TestStrokeWidthOfFewPixels(t *testing.T) {
	r := newRand()
	for i := range 300 {
		ink := image.NewGray(boxAt(2, -3, 1+r.IntN(30), 1+r.IntN(5)))
		for k := range ink.Pix {
			ink.Pix[k] = []uint8{0, 0, 0, 1, 90, 255}[r.IntN(2)*r.IntN(2)*r.IntN(1+i%6)]
		}
		at := func(x, y int) float64 { return float64(ink.GrayAt(x+2, y-3).Y) } // 0 outside
		area, outline := 0., 0.
		for y := range ink.Rect.Dy() {
			for x := range ink.Rect.Dx() {
				area += at(x, y)
				outline += math.Hypot(at(x+1, y)-at(x-1, y), at(x, y+1)-at(x, y-1))
			}
		}
		switch {
		case area == 0:
			require.Zero(t, StrokeWidth(ink))
		case outline == 0:
			require.EqualValues(t, 1, StrokeWidth(ink))
		default:
			require.InEpsilon(t, 4*area/outline, StrokeWidth(ink), 1e-9)
		}
	}
}
