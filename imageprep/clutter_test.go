package imageprep

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEraseClutter draws ink on a sheet of level 200 with a table of level 20
// at the left, and says which of it is no writing.
func TestEraseClutter(t *testing.T) {
	table := image.Rect(0, 0, 30, 200)
	stroke := image.Rect(100, 80, 104, 120) // of a digit
	tests := map[string]struct {
		clutter, writing []image.Rectangle
	}{
		"the edge of a table": {
			clutter: []image.Rectangle{image.Rect(29, 40, 31, 80), image.Rect(29, 120, 32, 131)},
			writing: []image.Rectangle{stroke},
		},
		"a stroke near the table": {writing: []image.Rectangle{stroke, image.Rect(40, 80, 44, 120)}},
		"a line along the page": {
			clutter: []image.Rectangle{image.Rect(150, 5, 152, 195)},
			writing: []image.Rectangle{stroke, image.Rect(112, 80, 116, 120)},
		},
		"a frame that leaves the picture": {
			clutter: []image.Rectangle{image.Rect(60, 10, 62, 200), image.Rect(60, 10, 200, 12)},
			writing: []image.Rectangle{stroke, image.Rect(112, 80, 116, 120)},
		},
		"a broken line": {
			clutter: []image.Rectangle{image.Rect(150, 10, 152, 15), image.Rect(150, 40, 152, 60), image.Rect(151, 110, 153, 121), image.Rect(150, 170, 152, 176)},
			writing: []image.Rectangle{stroke},
		},
		"ones in a column": {
			writing: []image.Rectangle{stroke, image.Rect(101, 20, 105, 60), image.Rect(100, 140, 104, 182)},
		},
		"nothing but a line": {writing: []image.Rectangle{image.Rect(150, 5, 152, 195)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ink, gray := image.NewGray(image.Rect(0, 0, 200, 200)), image.NewGray(image.Rect(0, 0, 200, 200))
			want := image.NewGray(ink.Rect)
			paintRect(gray, gray.Rect, 200)
			paintRect(gray, table, 20)
			for _, r := range test.writing {
				paintRect(ink, r, 255)
				paintRect(want, r, 255)
				paintRect(gray, r, 60)
			}
			for _, r := range test.clutter {
				paintRect(ink, r, 255)
				if r.Min.X != table.Max.X-1 { // the edge is no darker than the table
					paintRect(gray, r, 60)
				}
			}
			f := &inkPicture{gray: gray}
			f.eraseClutter(ink)
			require.Equal(t, want.Pix, ink.Pix)
		})
	}
}

func paintRect(g *image.Gray, r image.Rectangle, level uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			g.SetGray(x, y, color.Gray{Y: level})
		}
	}
}

// TestFindEdges: a part is clutter if more than half of it is close to an edge
// of the grounds.
func TestFindEdges(t *testing.T) {
	const w, h = 60, 20
	m := groundMap{w: w, h: h, of: make([]uint8, w*h)}
	for y := range h {
		m.of[y*w+30] = noGround // an edge from top to bottom
	}
	ink := image.NewGray(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			switch far := 30 - edge - x; { // columns beyond the near ones
			case y < 3 && far <= 0 && x <= 30+edge, // all is near
				y > 5 && y < 9 && far < edge+1 && x <= 30,    // more than half
				y > 12 && y < 15 && far <= edge+1 && x <= 30: // half
				ink.Pix[y*w+x] = 255
			}
		}
	}
	label, parts := findParts(ink)
	c := &clutter{ink: ink, parts: parts, gone: make([]bool, len(parts)+1)}
	c.findEdges(label, m)
	require.Equal(t, []bool{false, true, true, false}, c.gone)
}

// TestForeignLines reads lines of bars. The judge says how much each looks like
// a digit.
func TestForeignLines(t *testing.T) {
	digits := []image.Rectangle{image.Rect(40, 40, 60, 80), image.Rect(80, 40, 100, 80)}
	tests := map[string]struct {
		other image.Rectangle
		score float64
		want  int // digits
	}{
		"a line that reads as well": {image.Rect(40, 120, 60, 160), -0.1, 3},
		"a line that reads badly":   {image.Rect(40, 120, 60, 160), -1.2, 2},
		"a small mark":              {image.Rect(40, 120, 46, 130), -0.1, 2},
		"a lower digit":             {image.Rect(40, 120, 52, 144), -0.1, 3},
		"cut off by the border":     {image.Rect(40, 170, 60, 200), -0.1, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ink := image.NewGray(image.Rect(0, 0, 200, 200))
			w := &writing{inks: []*image.Gray{ink}, ink: ink, stroke: 4}
			for _, r := range digits {
				w.digits = append(w.digits, glyph{box: r, area: r.Dx() * r.Dy(), score: -0.1, mean: -0.1})
			}
			r := test.other
			w.digits = append(w.digits, glyph{box: r, area: r.Dx() * r.Dy(), line: 1, score: test.score, mean: test.score})
			w.dropForeign()
			require.Len(t, w.digits, test.want)
			require.Len(t, w.left, 3-test.want)
		})
	}
}

func TestUnderlineBelowDigit(t *testing.T) {
	ink := image.NewGray(image.Rect(0, 0, 200, 200))
	digit := glyph{box: image.Rect(40, 40, 60, 80)}
	underline := glyph{box: image.Rect(36, 76, 66, 88)}
	beside := glyph{box: image.Rect(70, 60, 100, 80)}
	w := &writing{ink: ink, digits: []glyph{digit, underline, beside}}
	w.dropUnderlines()
	require.Equal(t, []glyph{digit, beside}, w.digits)
	require.Equal(t, []glyph{underline}, w.left)
}
