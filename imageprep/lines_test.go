package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlankRuledPaper(t *testing.T) {
	p := newPen(400, 300, 3)
	for y := 20.; y < 300; y += 40 {
		p.line([2]float64{0, y}, [2]float64{400, y + 5})
	}
	var blank *BlankError
	_, err := Prepare(p.page, nil)
	require.ErrorAs(t, err, &blank)
	require.True(t, blank.OnlyRuledLines)
	require.EqualError(t, err, "imageprep: no ink found except ruled lines; write darker or use more light")
	_, err = PrepareAll(p.page, nil)
	require.ErrorAs(t, err, &blank)

	// A single long, straight stroke is not a ruled line.
	p = newPen(400, 300, 5)
	p.line([2]float64{200, 2}, [2]float64{203, 298})
	d, err := Prepare(p.page, nil)
	require.NoError(t, err)
	require.Greater(t, d.Box.Dy(), 280)
}

// TestEraseRuledLinesUnderStrokes: wherever a digit is on ruled paper, no line
// becomes part of it.
func TestEraseRuledLinesUnderStrokes(t *testing.T) {
	step := 19
	if long() {
		step = 1
	}
	for _, size := range []int{80, 140} {
		for dy := 0; dy < 60; dy += step {
			g := onPaper(drawTwo(size, 230, 50), image.Rect(0, 0, 600, 600), image.Pt(200, 200+dy), 230)
			for i, v := range g.Pix {
				if i/600%60 < 3 {
					g.Pix[i] = min(v, 150)
				}
			}
			d, err := Prepare(g, nil)
			require.NoError(t, err)
			require.True(t, d.Box.In(image.Rect(200, 200+dy, 200+size, 200+dy+size)), "size %d, dy %d: %v", size, dy, d.Box)
		}
	}
}

func TestEraseRuledLinesInPlace(t *testing.T) {
	EraseRuledLines(new(image.Gray))
	p := newPen(200, 120, 4)
	p.shape(60, 20, 70, ring)
	for y := 10.; y < 120; y += 25 {
		p.line([2]float64{0, y}, [2]float64{200, y})
	}
	ink, _, err := Ink(p.page, DarkInk)
	require.NoError(t, err)
	paper := onPaper(ink, image.Rect(-5, -5, 300, 300), image.Pt(7, 9), 77)
	sub := paper.SubImage(image.Rect(7, 9, 207, 129)).(*image.Gray)
	EraseRuledLines(ink)
	require.Zero(t, ink.GrayAt(10, 10).Y, "the line is erased")
	require.NotZero(t, ink.GrayAt(62, 45).Y, "the ring is not erased")
	EraseRuledLines(sub)
	for y := range 120 {
		require.Equal(t, row(ink, y), row(sub, y))
	}
	require.EqualValues(t, 77, sub.Pix[200], "nothing changes outside the subimage")
}
