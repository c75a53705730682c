package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// bars returns the ink of n x n upright strokes, close side by side.
func bars(n int) *image.Gray {
	e := newEasel(n*5, n*14, 0, 255, 16)
	for i := range n * n {
		x, y := i%n*5+1, i/n*14+1
		e.rect(image.Rect(x, y, x+2+(i*7+i/n)%2, y+11), 255)
	}
	return e.Gray
}

// TestConfidenceIsAskedBoundedly: however many parts a picture has, a page is
// read with at most 2200 questions, and each other angle with at most 700.
func TestConfidenceIsAskedBoundedly(t *testing.T) {
	for _, n := range []int{15, 28} {
		asked := 0
		w := readWriting([]*image.Gray{bars(n)}, func(*image.Gray) float64 { asked++; return -2 }, false)
		require.LessOrEqual(t, asked, 2200, n)
		if n == 28 {
			require.Greater(t, asked, 1500, "most of a full page is read")
		}
		asked = 0
		degrees, _ := w.turn()
		require.Zero(t, degrees)
		require.LessOrEqual(t, asked, 3*700, n)
	}
}

// TestNoiseIsNotTurned: a picture of very many parts is no page on its side.
func TestNoiseIsNotTurned(t *testing.T) {
	for _, tt := range []struct {
		n      int
		turned bool
	}{{5, true}, {50, false}} {
		asked := 0
		w := readWriting([]*image.Gray{bars(tt.n)}, func(*image.Gray) float64 { asked++; return -2 }, false)
		asked = 0
		w.turn()
		require.Equal(t, tt.turned, asked > 0, "%d parts", tt.n*tt.n)
	}
}

// TestManySheets: of very many sheets on a desk, a dozen are read one by one.
func TestManySheets(t *testing.T) {
	desk := newEasel(250, 200, 30, 20, 30)
	for i := range 20 {
		x, y := i%5*50+6, i/5*50+6
		desk.rect(image.Rect(x, y, x+38, y+38), 230)
		desk.line(16*(x+12), 16*(y+10), 16*(x+26), 16*(y+14), 16*(x+14), 16*(y+28))
	}
	f, blank := inkOfGray(desk.Gray, Auto)
	require.Nil(t, blank)
	require.LessOrEqual(t, len(f.grounds), 12)
	require.Greater(t, len(f.grounds), 2)
}

// TestPaleTexture: a few pale marks beside bold ink are pencil, but hundreds
// are the texture of the paper.
func TestPaleTexture(t *testing.T) {
	for _, tt := range []struct {
		marks int
		ink   bool
	}{{40, true}, {180, true}, {230, false}} {
		e := newEasel(250, 250, 235, 10, 80)
		e.rect(image.Rect(20, 6, 230, 11), 10)
		e.rect(image.Rect(20, 14, 230, 19), 10)
		for i := range tt.marks {
			x, y := i%16*15+6, i/16*15+28
			e.rect(image.Rect(x, y, x+3, y+8), 195)
		}
		f, blank := inkOfGray(e.Gray, DarkInk)
		require.Nil(t, blank)
		pale := f.inks[0].Pix[32*250+7]
		require.Equal(t, tt.ink, pale >= inkLevel, "%d marks: level %d", tt.marks, pale)
	}
}
