package imageprep

import (
	"bytes"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPolarityString(t *testing.T) {
	require.Equal(t, "auto", Auto.String())
	require.Equal(t, "dark ink", DarkInk.String())
	require.Equal(t, "light ink", LightInk.String())
	require.Equal(t, "Polarity(-7)", Polarity(-7).String())
}

func TestFindPolarity(t *testing.T) {
	cornerShadow := drawTwo(100, 200, 30)
	for y := range 40 {
		for x := range 40 - y {
			cornerShadow.SetGray(x, y, grayOf(1, 20).GrayAt(0, 0))
		}
	}
	tests := []struct {
		name string
		g    *image.Gray
		want Polarity
	}{
		{"paper", drawTwo(100, 220, 40), DarkInk},
		{"blackboard", drawTwo(100, 40, 220), LightInk},
		{"gray paper", drawTwo(100, 90, 10), DarkInk},
		{"shadow in a corner", cornerShadow, DarkInk},
		{"hard shadow", shade(drawTwo(100, 220, 40), hardShadow), DarkInk},
		{"vignette", shade(drawTwo(100, 220, 40), vignette), DarkInk},
		{"blackboard in a hard shadow", shade(drawTwo(100, 60, 220), hardShadow), LightInk},
		{"blackboard with a vignette", shade(drawTwo(100, 60, 220), vignette), LightInk},
		{"bold", drawEight(28, 2.2, 0, 255), LightInk},
		{"bold on paper", drawEight(28, 2.2, 255, 0), DarkInk},
		{"bold, larger", drawEight(200, 16, 40, 220), LightInk},
		{"very bold", onPaper(drawEight(246, 25, 255, 0), image.Rect(0, 0, 280, 280), image.Pt(17, 17), 255), DarkInk},
		{"sheet on a dark table", onPaper(drawTwo(190, 220, 40), image.Rect(0, 0, 256, 256), image.Pt(33, 33), 50), DarkInk},
		{"tight crop", tightEight(0, 255), LightInk},
		{"tight crop of paper", tightEight(255, 0), DarkInk},
		{"bold tight crop", boldZero(15, 15), LightInk},
		{"bold tight crop of paper", inverted(boldZero(15, 15)), DarkInk},
		{"pale bold tight crop", pale(boldZero(15, 15), 12, 40), LightInk},
		{"pale bold tight crop of paper", inverted(pale(boldZero(15, 15), 12, 40)), DarkInk},
		{"largest tight crop", boldZero(47, 48), LightInk},
		{"bold narrow crop", boldZero(16, 44), LightInk},
		{"7 of a crop without margin", drawCrop(60, 12, 20, 230), LightInk},
		{"7 of a crop without margin on paper", drawCrop(60, 12, 230, 20), DarkInk},
		{"bold 7 of a small crop", drawCrop(16, 7, 20, 230), LightInk},
		{"bold 7 of a small crop of paper", drawCrop(16, 7, 230, 20), DarkInk},
		{"stroke through a corner", covered(drawTwo(28, 0, 255), 255, func(u, v int) bool { return u < 12 && v < 12 }), LightInk},
		{"strokes through two corners", covered(drawTwo(28, 0, 255), 255, func(u, v int) bool { return v < 10 }), LightInk},
		{"frame along the border", covered(drawTwo(28, 0, 255), 255, func(u, v int) bool { return min(u, v) < 7 || max(u, v) > 92 }), LightInk},
		{"frame along the border of paper", covered(drawTwo(28, 255, 0), 0, func(u, v int) bool { return min(u, v) < 7 || max(u, v) > 92 }), DarkInk},
		{"lines at both sides", covered(drawTwo(28, 255, 0), 0, func(u, v int) bool { return u < 10 || u > 89 }), DarkInk},
		{"marks in the corners of paper", covered(drawTwo(40, 255, 0), 0, func(u, v int) bool { return max(u, 99-u) > 84 && max(v, 99-v) > 84 }), DarkInk},
		{"small and black", onPaper(grayOf(1, 0), image.Rect(0, 0, 28, 28), image.Point{}, 0), DarkInk},
		{"strokes over the edge", grayOf(4, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255), LightInk},
		{"one pixel", grayOf(1, 7), DarkInk},
		{"one row", grayOf(5, 9, 9, 200, 9, 9), LightInk},
		{"one column", grayOf(1, 9, 9, 200, 9, 9), LightInk},
		{"tie", grayOf(2, 0, 255), DarkInk},
		{"empty", new(image.Gray), DarkInk},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, FindPolarity(tt.g))
		})
	}
}

// boldZero draws a light 0 that touches all four sides. Its ink covers more
// than its ground.
func boldZero(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		x, y := (float64(i%w)+.5)/float64(w)-.5, (float64(i/w)+.5)/float64(h)-.5
		if d := 2 * math.Hypot(x, y); d <= 1 && d >= .36 {
			g.Pix[i] = 255
		}
	}
	return g
}

// drawCrop draws a 7 from side to side.
func drawCrop(size, width int, ground, stroke uint8) *image.Gray {
	return covered(onPaper(grayOf(1, ground), image.Rect(0, 0, size, size), image.Point{}, ground), stroke, func(u, v int) bool {
		part := 100 * width / size
		return v < part || u+v*2/3 > 100-part && u+v*2/3 <= 100
	})
}

// TestCornerPolarity: the ground has all corners and three tenths of the
// picture.
// TestBorderShare: each pixel of the border counts once. Here 26 of 36 are
// light.
func TestBorderShare(t *testing.T) {
	for _, dark := range []int{0, 9} {
		p := plane{10, 10, bytes.Repeat([]uint8{200}, 100)}
		clear(p.row(dark))
		require.Equal(t, DarkInk, p.borderShare(7, 3))
		require.Equal(t, Auto, p.borderShare(8, 3))
	}
}

func TestCornerPolarity(t *testing.T) {
	for _, tt := range []struct {
		ground, ink uint8
		less        int // pixels of the ground
		want        Polarity
	}{
		{0, 255, 0, LightInk}, {0, 255, 1, Auto}, {0, 255, -1, LightInk},
		{255, 0, 0, DarkInk}, {255, 0, 1, Auto}, {255, 0, -1, DarkInk},
	} {
		p := &plane{w: 20, h: 20, pix: make([]uint8, 400)}
		for i := range p.pix {
			p.pix[i] = tt.ink
			if i < 60 || i >= 340+tt.less {
				p.pix[i] = tt.ground
			}
		}
		require.Equal(t, tt.want, p.cornerPolarity(), "%+v", tt)
	}
}
