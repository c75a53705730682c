package imageprep

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLimitsOfSmallDigits: a digit as low as a fifth of the others must be
// sure. One lower than a tenth is none.
func TestLimitsOfSmallDigits(t *testing.T) {
	for _, tt := range []struct {
		height int
		score  float64
		want   bool // it stays
	}{{16, -3, true}, {15, -.05, true}, {15, -.051, false}, {8, -.05, true}, {8, -.051, false}, {7, 0, false}} {
		w := &writing{digits: append(glyphs(-1, 80, 80), glyph{box: boxAt(300, 9, 90, tt.height), area: 10, score: tt.score})}
		w.dropSmall()
		require.Equal(t, tt.want, len(w.digits) == 3, "%v", tt)
	}
}

// TestLimitsOfForeignLines: the second of two lines stays if it is good enough.
func TestLimitsOfForeignLines(t *testing.T) {
	for _, tt := range []struct {
		name string
		mean float64
		area int // of a digit; 800 in the first line
		n    int // digits
		x    int // of the first one
		want bool
	}{
		{"0.79 worse", -.79, 800, 2, 9, true},
		{"0.81 worse", -.81, 800, 2, 9, false},
		{"an eighth of the ink", 0, 99, 2, 9, false},
		{"a little more", 0, 107, 2, 9, true},
		{"more ink", -.79, 2000, 2, 9, true},
		{"one digit is cut off", 0, 800, 1, 4, false},
		{"a stroke away from the border", 0, 800, 1, 5, true},
		{"one of two is cut off", -.42, 800, 2, 4, true},
		{"one of two, and worse", -.43, 800, 2, 4, false},
		{"one of three is cut off", -.63, 800, 3, 4, true},
		{"one of three, and worse", -.64, 800, 3, 4, false},
	} {
		w := &writing{ink: image.NewGray(image.Rect(0, 0, 400, 100)), stroke: 5.9}
		for i := range 2 {
			w.digits = append(w.digits, glyph{box: boxAt(9+50*i, 9, 20, 40), area: 800})
		}
		for i := range tt.n {
			w.digits = append(w.digits, glyph{line: 1, box: boxAt(tt.x+50*i, 52, 20, 40), area: tt.area, mean: tt.mean, score: tt.mean})
		}
		w.dropForeign()
		require.Equal(t, tt.want, len(w.digits) > 2, tt.name)
	}
}

// TestLimitsOfBadPages: three digits or more must read well, and be an eighth
// of the ink.
func TestLimitsOfBadPages(t *testing.T) {
	for _, tt := range []struct {
		n    int
		mean float64
		area int // of all ink
		want int // digits
	}{{2, -1.01, 1601, 2}, {3, -1, 2400, 3}, {3, -1.01, 2400, 0}, {3, -1, 2401, 0}, {4, -1, 3200, 4}, {4, -1, 3201, 0}} {
		w := &writing{ink: image.NewGray(image.Rect(0, 0, 400, 100)), area: tt.area}
		for i := range tt.n {
			w.digits = append(w.digits, glyph{box: boxAt(9+50*i, 9, 10, 10), area: 100, mean: tt.mean, score: tt.mean})
		}
		w.dropForeign()
		w.dropNoise()
		require.Len(t, w.digits, tt.want, "%v", tt)
	}
}

// TestLimitsOfStamps: a digit of another color must have the score -0.2.
func TestLimitsOfStamps(t *testing.T) {
	for _, tt := range []struct {
		page, stamp float64
		area        int // of the stamp; the page's digit has 100 pixels
		want        string
	}{
		{-.2, -.2, 9, "0 1"}, {-.2, -.21, 9, "0"}, {-.21, -.21, 9, "0 1"}, {-.21, -.2, 9, "1"}, {-.2, -.2, 900, "0 1"}, {-.2, -.21, 900, "0"},
	} {
		w := &writing{inks: make([]*image.Gray, 2), digits: []glyph{{area: 100, score: tt.page}, {area: tt.area, score: tt.stamp, ink: 1}}}
		w.dropStamps()
		got := ""
		for _, g := range w.digits {
			got += fmt.Sprintf(" %d", g.ink)
		}
		require.Equal(t, " "+tt.want, got, "%v", tt)
	}
}

// TestLimitsOfSlashes: a slash is higher than 1.25 digits. Its ink is less than
// 1.4 strokes x its diagonal.
func TestLimitsOfSlashes(t *testing.T) {
	for _, tt := range []struct {
		dx, dy, area int
		want         bool
	}{{33, 56, 909, true}, {33, 56, 910, false}, {7, 25, 99, false}, {7, 26, 99, true}, {99, 25, 99, false}} {
		w := &writing{stroke: 10}
		g := glyph{box: boxAt(9, 9, tt.dx, tt.dy), area: tt.area}
		lat := &lattice{writing: w, line: &textLine{height: 20}}
		require.Equal(t, tt.want, lat.isSlash(g), "%v", tt)
		w.digits = []glyph{g, {box: boxAt(90, 9, 20, 20), area: 400}}
		w.markLines()
		require.Equal(t, []bool{tt.want, false}, []bool{w.digits[0].mark, w.digits[1].mark}, "%v", tt)
	}
}

// TestLimitsOfNoise: of a thousand parts, some may be stacked or rings. More
// are noise.
func TestLimitsOfNoise(t *testing.T) {
	for _, n := range []int{1000, 1001} {
		w := writingOf(30, 30, boxAt(3, 2, 5, 5), boxAt(3, 8, 5, 6), boxAt(2, 1, 9, 15))
		w.stroke, w.height, w.inks = 1, 12, slices.Repeat(w.inks, 2)
		w.parts[2].ink = 1
		for i := range n - 3 {
			w.parts = append(w.parts, part{ink: i + 2})
		}
		w.dropRings()
		require.Equal(t, n > 1000, w.parts[2].area > 0)
		w.joinStacked()
		require.Equal(t, n > 1000, w.parts[1].area > 0)
	}
}
