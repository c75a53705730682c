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

// TestFindEdgesOfSmallMap: the map of the grounds may be smaller than the
// picture.
func TestFindEdgesOfSmallMap(t *testing.T) {
	m := groundMap{w: 30, h: 10, of: make([]uint8, 300)}
	m.of[9*30+29] = noGround // near: from column 26 on, and from row 6 on
	for _, tt := range []struct {
		box  image.Rectangle
		gone bool
	}{
		{image.Rect(77, 18, 80, 20), true}, {image.Rect(77, 18, 79, 20), false},
		{image.Rect(84, 17, 89, 20), true}, {image.Rect(84, 16, 89, 20), false},
	} {
		ink := image.NewGray(image.Rect(0, 0, 90, 30))
		paintRect(ink, tt.box, 255)
		label, parts := findParts(ink)
		c := &clutter{ink: ink, parts: parts, gone: make([]bool, 2)}
		c.findEdges(label, m)
		require.Equal(t, tt.gone, c.gone[1], "%v", tt)
	}
}

// TestEraseClutterAtAnEdge: ink along the edge of a ground goes, but not in a
// tight crop.
func TestEraseClutterAtAnEdge(t *testing.T) {
	for _, h := range []int{48, 49} {
		ink, gray := image.NewGray(image.Rect(0, 0, 60, h)), image.NewGray(image.Rect(0, 0, 60, h))
		paintRect(ink, boxAt(10, 20, 3, 12), 255)
		want := image.NewGray(ink.Rect)
		copy(want.Pix, ink.Pix)
		paintRect(ink, boxAt(29, 20, 3, 12), 255)
		f := &inkPicture{gray: gray, places: groundMap{w: 60, h: h, of: make([]uint8, 60*h)}}
		for y := range h {
			f.places.of[y*60+30] = noGround
		}
		before := rowsOf(ink)
		f.eraseClutter(ink)
		if h == 49 {
			before = rowsOf(want)
		}
		require.Equal(t, before, rowsOf(ink), h)
	}
}

// TestIsHairline: a hairline is more than 30 times as long as thick.
func TestIsHairline(t *testing.T) {
	for _, tt := range []struct {
		dx, dy, area int
		want         bool
	}{{30, 2, 32, false}, {31, 2, 33, true}, {2, 31, 33, true}, {30, 2, 31, true}, {60, 10, 140, false}, {10, 60, 139, true}} {
		require.Equal(t, tt.want, part{box: boxAt(3, 1, tt.dx, tt.dy), area: tt.area}.isHairline(), "%v", tt)
	}
}

// TestFindHairlines: a hairline goes if it is straight or reaches the border,
// and if it is at least 1.7 times as long as a digit is high.
func TestFindHairlines(t *testing.T) {
	line := func(dx, dy, area, border int) part { return part{box: boxAt(5, 9, dx, dy), area: area, border: border} }
	digit := part{box: boxAt(30, 30, 10, 20), area: 60}
	for _, tt := range []struct {
		name   string
		line   part
		others []part
		stroke float64
		want   bool
	}{
		{"1.7 heights", line(34, 2, 36, 0), []part{digit}, 2, true},
		{"shorter", line(33, 2, 35, 0), []part{digit}, 2, false},
		{"1.7 heights down", line(2, 34, 36, 0), []part{digit}, 2, true},
		{"thick", line(34, 2, 41, 0), []part{digit}, 2, false},
		{"a tenth as wide as long", line(40, 4, 44, 0), []part{digit}, 2, false},
		{"narrower", line(41, 4, 45, 0), []part{digit}, 2, true},
		{"at the border", line(40, 4, 44, 1), []part{digit}, 2, true},
		{"as long as three strokes", line(40, 3, 43, 0), []part{digit}, 20. / 3, true},
		{"only shorter ones", line(40, 3, 43, 0), []part{digit}, 7, false},
		{"alone", line(40, 3, 43, 0), nil, 2, false},
		{"only hairlines", line(40, 3, 43, 0), []part{line(3, 40, 43, 0)}, 2, false},
		{"a fiftieth of other ink", line(2, 2000, 3000, 0), []part{digit}, 2, true},
		{"less other ink", line(2, 2000, 3001, 0), []part{digit}, 2, false},
		{"enough in two parts", line(2, 2000, 6000, 0), []part{digit, digit}, 2, true},
	} {
		c := &clutter{parts: append([]part{tt.line}, tt.others...), gone: make([]bool, len(tt.others)+2), stroke: tt.stroke}
		c.findHairlines()
		require.Equal(t, tt.want, c.gone[1], tt.name)
		c.gone = make([]bool, len(tt.others)+2)
		for i := range tt.others {
			c.gone[i+2] = true
		}
		c.findHairlines()
		require.False(t, c.gone[1], "other ink that is gone does not count")
	}
}

// TestFindBroken: a broken line has three thin pieces or more.
func TestFindBroken(t *testing.T) {
	for _, tt := range []struct {
		name  string
		boxes []image.Rectangle
		want  []bool // after label 0
	}{
		{"a broken line", []image.Rectangle{boxAt(7, 1, 2, 4), boxAt(7, 6, 2, 8), boxAt(7, 16, 2, 4)}, []bool{true, true, true}},
		{"in any order", []image.Rectangle{boxAt(7, 16, 2, 4), boxAt(7, 1, 2, 4), boxAt(7, 6, 2, 8)}, []bool{true, true, true}},
		{"two pieces", []image.Rectangle{boxAt(7, 1, 2, 4), boxAt(7, 6, 2, 8)}, []bool{false, false}},
		{"alike", []image.Rectangle{boxAt(7, 1, 2, 4), boxAt(7, 6, 2, 7), boxAt(7, 16, 2, 4)}, []bool{false, false, false}},
		{"twice as long as a piece", []image.Rectangle{boxAt(7, 1, 2, 2), boxAt(7, 4, 2, 8), boxAt(7, 13, 2, 4)}, []bool{true, true, true}},
		{"shorter", []image.Rectangle{boxAt(7, 1, 2, 2), boxAt(7, 4, 2, 8), boxAt(7, 13, 2, 3)}, []bool{false, false, false}},
		{"four strokes wide", []image.Rectangle{boxAt(7, 1, 4, 6), boxAt(9, 8, 4, 12), boxAt(12, 22, 3, 6)}, []bool{true, true, true}},
		{"wider", []image.Rectangle{boxAt(7, 1, 4, 6), boxAt(9, 8, 4, 12), boxAt(12, 22, 4, 6)}, []bool{false, false, false}},
		{"a piece of two strokes", []image.Rectangle{boxAt(7, 1, 4, 3), boxAt(7, 6, 2, 8), boxAt(7, 16, 2, 4)}, []bool{true, true, true}},
		{"a wider piece", []image.Rectangle{boxAt(7, 1, 5, 4), boxAt(7, 6, 2, 8), boxAt(7, 16, 2, 4)}, []bool{false, false, false}},
		{"a piece two thirds as high as wide", []image.Rectangle{boxAt(7, 1, 3, 2), boxAt(7, 6, 2, 8), boxAt(7, 16, 2, 4)}, []bool{true, true, true}},
		{"a lower piece", []image.Rectangle{boxAt(7, 1, 4, 2), boxAt(7, 6, 2, 8), boxAt(7, 16, 2, 4)}, []bool{false, false, false}},
		{"pieces below are alike", []image.Rectangle{boxAt(7, 1, 2, 4), boxAt(7, 6, 2, 8), boxAt(7, 16, 2, 8), boxAt(7, 26, 2, 8), boxAt(20, 36, 2, 8)}, []bool{true, true, true, true, false}},
	} {
		for _, upright := range []bool{true, false} {
			c := &clutter{ink: image.NewGray(image.Rect(0, 0, 50, 49)), gone: make([]bool, len(tt.boxes)+1), stroke: 2}
			for _, b := range tt.boxes {
				if !upright {
					b = image.Rect(b.Min.Y, b.Min.X, b.Max.Y, b.Max.X)
				}
				c.parts = append(c.parts, part{box: b, area: 9})
			}
			c.findBroken()
			require.Equal(t, tt.want, c.gone[1:], "%s, upright: %v", tt.name, upright)
		}
	}
}

// TestErase: soft edges go with their parts, but not beside what stays.
func TestErase(t *testing.T) {
	rows := []string{
		"++#++++++.....",
		"++#+++++#++...",
		"..+++...#.++..",
		"...+..+.....+.",
		"+.............",
		"##+++.....#...",
		"+.........#.++",
	}
	for _, tt := range []struct {
		gone []bool
		want []string
	}{
		{[]bool{false, true, false, false, false}, []string{
			".....++++.....",
			".....+++#++...",
			"........#.++..",
			"...+..+.....+.",
			"+.............",
			"##+++.....#...",
			"+.........#.++"}},
		{[]bool{false, false, true, true, true}, []string{
			"++#+++........",
			"++#+++........",
			"..+++......+..",
			"...+..........",
			"..............",
			"....+.........",
			".............+"}},
		{make([]bool, 5), rows},
		{[]bool{false, true, true, true, true}, rows},
	} {
		c := &clutter{ink: drawn(rows...), gone: tt.gone}
		c.ink.Pix[0] = 1
		label, parts := findParts(c.ink)
		c.parts = parts
		c.erase(label)
		require.Equal(t, tt.want, rowsOf(c.ink), "%v", tt.gone)
	}
}
