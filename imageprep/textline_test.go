package imageprep

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// linesOf finds the lines of writing that a pen drew.
func linesOf(t *testing.T, p *pen) (*writing, []*textLine) {
	w := newWriting([]*image.Gray{inkOf(t, p)}, nil)
	return w, w.findLines()
}

func TestFindLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		draw func(p *pen)
		want string // parts of each line
		left int
	}{
		{"one line", func(p *pen) {
			for i := range 5 {
				p.shape(50+90*float64(i), 100, 80, ring)
			}
		}, "[5]", 0},
		{"three lines close together", func(p *pen) {
			for i := range 12 {
				p.shape(50+90*float64(i%4), 30+95*float64(i/4), 80, strokeTwo)
			}
		}, "[4 4 4]", 0},
		{"lines that sink", func(p *pen) {
			for i := range 14 {
				p.shape(50+80*float64(i%7), 20+100*float64(i/7)+20*float64(i%7), 70, ring)
			}
		}, "[7 7]", 0},
		{"lines that rise", func(p *pen) {
			for i := range 14 {
				p.shape(50+80*float64(i%7), 150+100*float64(i/7)-20*float64(i%7), 70, ring)
			}
		}, "[7 7]", 0},
		{"a line of few digits beside a line of many", func(p *pen) {
			for i := range 4 {
				p.shape(50+90*float64(i), 50, 80, ring)
			}
			p.shape(500, 200, 80, ring)
		}, "[4 1]", 0},
		{"a comma below and a point above", func(p *pen) {
			p.shape(50, 50, 80, ring)
			p.shape(150, 50, 80, strokeTwo)
			p.line([2]float64{120, 125}, [2]float64{112, 143})
			p.line([2]float64{220, 46}, [2]float64{224, 56})
		}, "[4]", 0},
		{"different sizes", func(p *pen) {
			p.shape(50, 50, 80, ring)
			p.shape(150, 60, 55, strokeTwo)
			p.shape(250, 45, 100, ring)
		}, "[3]", 0},
		{"smaller writing", func(p *pen) {
			for i := range 5 {
				p.shape(50+90*float64(i), 50, 80, ring)
				p.shape(50+40*float64(i), 270, 25, ring)
			}
		}, "[5 5]", 0},
		{"a raised small digit", func(p *pen) {
			p.shape(50, 80, 80, ring)
			p.shape(110, 60, 35, ring)
		}, "[2]", 0},
		{"specks", func(p *pen) {
			p.shape(50, 80, 80, ring)
			p.width = 1
			p.line([2]float64{150, 80}, [2]float64{151, 80})
		}, "[1]", 0},
		{"a long underline", func(p *pen) {
			p.shape(50, 80, 60, ring)
			p.shape(150, 80, 60, ring)
			p.line([2]float64{40, 180}, [2]float64{300, 184})
		}, "[2]", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(600, 400, 5)
			tt.draw(p)
			w, lines := linesOf(t, p)
			var counts []int
			top := -1
			for _, l := range lines {
				counts = append(counts, len(l.parts))
				middle := l.box.Min.Y + l.box.Max.Y
				require.GreaterOrEqual(t, middle, top, "from top to bottom")
				top = middle
			}
			require.Equal(t, tt.want, fmt.Sprint(counts))
			require.Len(t, w.left, tt.left)
		})
	}
}

// TestLineOfLeftOut: what is no writing belongs to the nearest line.
func TestLineOfLeftOut(t *testing.T) {
	p := newPen(600, 400, 5)
	for i := range 3 {
		for y := range 3 {
			p.shape(50+90*float64(i), 20+120*float64(y), 60, ring)
		}
	}
	p.line([2]float64{40, 210}, [2]float64{400, 213})
	w, lines := linesOf(t, p)
	require.Len(t, lines, 3)
	require.Len(t, w.left, 1)
	require.Equal(t, 1, w.left[0].line)
}

// TestSlant: a line's slant is that of its strokes.
func TestSlant(t *testing.T) {
	for _, slant := range []float64{-.25, -.1, 0, .1, .2, .3, .4} {
		p := newPen(600, 200, 5)
		for i, strokes := range [][][][2]float64{{strokeOne}, {strokeFour, stemFour}, {ring}, {strokeOne}} {
			for _, s := range strokes {
				var points [][2]float64
				for _, q := range s {
					points = append(points, [2]float64{80 + 120*float64(i) + 80*(q[0]+slant*(1-q[1])), 60 + 80*q[1]})
				}
				p.line(points...)
			}
		}
		_, lines := linesOf(t, p)
		require.Len(t, lines, 1)
		require.InDelta(t, slant, lines[0].slant, .11)
	}
}

// TestLean: strokes lean to the right, seen from their foot.
func TestLean(t *testing.T) {
	l := &textLine{slant: .5}
	require.Equal(t, []int{2, 1, 1, 0, 0}, []int{l.lean(0, 5), l.lean(1, 5), l.lean(2, 5), l.lean(3, 5), l.lean(4, 5)})
	l.slant = -.25
	require.Equal(t, []int{-1, -1, -1, -1, 0}, []int{l.lean(0, 5), l.lean(1, 5), l.lean(2, 5), l.lean(3, 5), l.lean(4, 5)})
}

// TestSizesOfWriting: parts at least half as high as a typical one make the
// lines. Lower ones join a line that is near, or make smaller lines. What is
// left after three sizes is no writing.
func TestSizesOfWriting(t *testing.T) {
	for _, tt := range []struct {
		name  string
		boxes []image.Rectangle
		want  string // parts of each line
		left  int
	}{
		{"half as high, below the line", []image.Rectangle{boxAt(4, 4, 4, 20), boxAt(9, 25, 4, 10)}, "[[0] [1]]", 0},
		{"lower than that", []image.Rectangle{boxAt(4, 4, 4, 20), boxAt(9, 25, 4, 9)}, "[[0 1]]", 0},
		{"a line of lower parts above", []image.Rectangle{boxAt(50, 40, 4, 20), boxAt(4, 4, 4, 9)}, "[[1] [0]]", 0},
		{"a line of lower parts beside it, a little lower", []image.Rectangle{boxAt(4, 4, 4, 40), boxAt(50, 20, 4, 19)}, "[[0] [1]]", 0},
		{"a little higher", []image.Rectangle{boxAt(4, 4, 4, 40), boxAt(50, 5, 4, 19)}, "[[1] [0]]", 0},
		{"three sizes", []image.Rectangle{boxAt(4, 4, 3, 40), boxAt(30, 4, 3, 19), boxAt(60, 4, 3, 9)}, "[[2] [1] [0]]", 0},
		{"four sizes", []image.Rectangle{boxAt(4, 4, 3, 40), boxAt(30, 4, 3, 19), boxAt(60, 4, 3, 9), boxAt(90, 20, 3, 4)}, "[[2] [1] [0]]", 1},
	} {
		w := writingOf(100, 64, tt.boxes...)
		w.stroke, w.height = 3, 20
		var got [][]int
		for _, l := range w.findLines() {
			got = append(got, l.parts)
			require.Equal(t, w.glyphOf(l.parts...).box, l.box)
		}
		require.Equal(t, tt.want, fmt.Sprint(got), tt.name)
		require.Len(t, w.left, tt.left, tt.name)
		for _, g := range w.left {
			require.Equal(t, 2, g.line, "the nearest line")
		}
	}
}

func TestNearestLine(t *testing.T) {
	lines := []*textLine{{box: boxAt(0, 0, 9, 10)}, {box: boxAt(50, 20, 9, 10)}, {box: boxAt(0, 42, 9, 8)}}
	for top, want := range map[int]int{-50: 0, 8: 0, 9: 0, 10: 0, 11: 1, 28: 1, 30: 1, 31: 2, 99: 2} {
		require.Equal(t, want, nearestLine(lines, boxAt(30, top, 3, 10)), top)
	}
	require.Zero(t, nearestLine(nil, boxAt(30, 0, 3, 10)))
}

// TestCandidates: specks disappear. Edges and underlines are left out.
func TestCandidates(t *testing.T) {
	for _, tt := range []struct {
		name   string
		part   part
		stroke float64
		height int
		want   string // candidates, and what is left out
	}{
		{"eight tenths of a stroke", part{box: boxAt(9, 9, 3, 8), area: 90}, 10, 5, "[0] 0"},
		{"shorter", part{box: boxAt(9, 9, 3, 7), area: 90}, 10, 5, "[] 0"},
		{"7 % of a digit's height", part{box: boxAt(9, 9, 7, 3), area: 90}, 2, 100, "[] 0"},
		{"a little less", part{box: boxAt(9, 9, 7, 3), area: 90}, 2, 99, "[0] 0"},
		{"joined with another part", part{box: boxAt(9, 9, 7, 30)}, 2, 30, "[] 0"},
		{"35 % of a stroke thick", part{box: boxAt(9, 9, 20, 9), area: 70}, 10, 20, "[0] 0"},
		{"thinner", part{box: boxAt(9, 9, 20, 9), area: 69}, 10, 20, "[] 1"},
		{"an underline", part{box: boxAt(9, 9, 41, 5), area: 90}, 2, 20, "[] 1"},
		{"no underline", part{box: boxAt(9, 9, 40, 5), area: 90}, 2, 20, "[0] 0"},
		{"along the border", part{box: boxAt(0, 9, 4, 20), area: 80, border: 20}, 4, 20, "[0] 0"},
	} {
		w := writingOf(60, 50)
		w.parts, w.stroke, w.height = []part{tt.part}, tt.stroke, tt.height
		list := w.candidates()
		require.Equal(t, tt.want, fmt.Sprint(list, len(w.left)), tt.name)
		require.False(t, w.crowded)
	}
	w := writingOf(60, 50)
	w.parts, w.stroke, w.height = []part{{box: boxAt(0, 9, 4, 20), area: 80, border: 20}, {box: boxAt(9, 9, 4, 20), area: 80}}, 4, 20
	require.Equal(t, []int{1}, w.candidates(), "the one along the border is left out beside another one")
	require.Equal(t, []glyph{w.glyphOf(0)}, w.left)
}

// TestIsOutside: ink along the border is from outside.
func TestIsOutside(t *testing.T) {
	for _, tt := range []struct {
		dx, dy, border int
		stroke         float64
		want           bool
	}{
		{20, 9, 20, 7, false}, {20, 9, 21, 7, true}, {9, 20, 20, 7, false}, {9, 20, 21, 7, true},
		{20, 9, 13, 4, true}, {20, 9, 12, 4, false}, {20, 9, 13, 4.5, false},
		{24, 9, 12, 3, false}, {9, 24, 13, 3, true}, {24, 9, 13, 3, true}, {9, 26, 13, 3, false},
	} {
		w := &writing{stroke: tt.stroke}
		require.Equal(t, tt.want, w.isOutside(part{box: boxAt(3, 1, tt.dx, tt.dy), border: tt.border}), "%v", tt)
	}
}

// TestIsUnderline: an underline is longer than two digits are high, flat, and
// one stroke.
func TestIsUnderline(t *testing.T) {
	for _, tt := range []struct {
		dx, dy, area int
		want         bool
	}{
		{41, 5, 90, true}, {40, 5, 90, false}, {42, 13, 90, true}, {42, 14, 90, false}, {43, 14, 90, true},
		{50, 5, 299, true}, {50, 5, 300, false}, {60, 5, 359, true}, {5, 50, 90, false},
	} {
		w := &writing{stroke: 4, height: 20}
		require.Equal(t, tt.want, w.isUnderline(part{box: boxAt(3, 1, tt.dx, tt.dy), area: tt.area}), "%v", tt)
	}
}

// TestChain: the next part of a line is the nearest one to the right that
// shares two fifths of the lower part's rows.
func TestChain(t *testing.T) {
	for _, tt := range []struct {
		name    string
		boxes   []image.Rectangle
		want    string
		heights string
	}{
		{"two fifths of the first part", []image.Rectangle{boxAt(9, 0, 5, 10), boxAt(20, 6, 5, 15)}, "[[0 1]]", "[15]"},
		{"less", []image.Rectangle{boxAt(9, 0, 5, 10), boxAt(20, 7, 5, 15)}, "[[0] [1]]", "[10 15]"},
		{"a little less", []image.Rectangle{boxAt(9, 0, 5, 14), boxAt(20, 9, 5, 15)}, "[[0] [1]]", "[14 15]"},
		{"two fifths of the second part", []image.Rectangle{boxAt(9, 0, 5, 15), boxAt(20, 11, 5, 10)}, "[[0 1]]", "[15]"},
		{"less than that", []image.Rectangle{boxAt(9, 0, 5, 15), boxAt(20, 12, 5, 10)}, "[[0] [1]]", "[15 10]"},
		{"from left to right by the middle", []image.Rectangle{boxAt(9, 0, 5, 10), boxAt(0, 0, 22, 11), boxAt(2, 0, 2, 12)}, "[[2 1 0]]", "[12]"},
		{"two lines that meet", []image.Rectangle{boxAt(0, 0, 5, 10), boxAt(7, 12, 5, 10), boxAt(20, 3, 5, 16), boxAt(30, 8, 5, 10)}, "[[0 2 3] [1]]", "[16 10]"},
		{"a part above the way", []image.Rectangle{boxAt(0, 20, 5, 10), boxAt(7, 0, 5, 9), boxAt(14, 20, 5, 8)}, "[[0 2] [1]]", "[10 9]"},
		{"four heights", []image.Rectangle{boxAt(0, 0, 5, 9), boxAt(7, 0, 5, 12), boxAt(14, 0, 5, 10), boxAt(21, 0, 5, 11)}, "[[0 1 2 3]]", "[11]"},
	} {
		w := &writing{}
		var main, heights []int
		for i, b := range tt.boxes {
			w.parts, main = append(w.parts, part{box: b, area: 1}), append(main, i)
		}
		var got [][]int
		for _, l := range w.chain(main) {
			got, heights = append(got, l.parts), append(heights, l.height)
		}
		require.Equal(t, tt.want, fmt.Sprint(got), tt.name)
		require.Equal(t, tt.heights, fmt.Sprint(heights), tt.name)
	}
}

// TestAttach: a small part joins the line of the nearest digit, if that is at
// most 0.3 heights beside it and 0.4 heights above or below.
func TestAttach(t *testing.T) {
	for _, tt := range []struct {
		name   string
		small  image.Rectangle
		beside int // height of a part to the right of the first digit
		want   int // line, or -1
	}{
		{"three tenths to the right", boxAt(26, 10, 2, 2), 9, 0},
		{"farther to the right", boxAt(27, 10, 2, 2), 9, -1},
		{"three tenths to the left", boxAt(2, 10, 2, 2), 9, 0},
		{"farther to the left", boxAt(1, 10, 2, 2), 9, -1},
		{"four tenths above", boxAt(12, -4, 3, 6), 9, 0},
		{"farther above", boxAt(12, -5, 3, 6), 9, -1},
		{"four tenths below", boxAt(12, 38, 3, 1), 9, 0},
		{"farther below", boxAt(12, 39, 3, 1), 9, -1},
		{"four tenths above the second line", boxAt(42, 26, 3, 4), 9, 1},
		{"farther above the second line", boxAt(42, 25, 3, 4), 9, -1},
		{"in the middle", boxAt(26, 36, 8, 4), 9, 0},
		{"nearer to the second line", boxAt(26, 37, 8, 4), 9, 1},
		{"rows count twice", boxAt(26, 28, 16, 15), 9, 0},
		{"but not more", boxAt(26, 28, 16, 16), 9, 1},
		{"beside a small part", boxAt(32, 20, 2, 2), 9, -1},
		{"beside one half as high as a digit", boxAt(32, 20, 2, 2), 10, 0},
	} {
		w := &writing{parts: []part{{box: boxAt(10, 10, 10, 20)}, {box: boxAt(40, 46, 10, 40)}, {box: tt.small}, {box: boxAt(26, 20, 3, tt.beside)}}}
		lines := []*textLine{{parts: []int{0, 3}, height: 20}, {parts: []int{1}, height: 40}}
		rest := w.attach(lines, []int{2})
		got := slices.IndexFunc(lines, func(l *textLine) bool { return slices.Contains(l.parts, 2) })
		require.Equal(t, tt.want, got, tt.name)
		require.Equal(t, got < 0, len(rest) == 1, tt.name)
	}
}

// TestExactSlant: lines that lean by a tenth of a column per row.
func TestExactSlant(t *testing.T) {
	for lean, want := range map[int]float64{-5: -.3, -3: -.3, -2: -.2, -1: -.1, 0: 0, 1: .1, 2: .2, 3: .3, 4: .4, 6: .4} {
		w := writingOf(50, 26)
		for y := 3; y < 24; y++ {
			for x := range 2 {
				i := y*50 + 25 + x - lean*(y-3)/10
				w.ink.Pix[i], w.label[i] = 128, 1
				w.ink.Pix[i+10], w.label[i+10] = 128, 2
			}
		}
		box := InkBox(w.ink)
		w.parts = []part{{box: box}, {box: box}}
		require.Equal(t, want, w.slantOf(&textLine{parts: []int{0, 1}, box: box}), lean)
		require.Equal(t, want, w.slantOf(&textLine{parts: []int{1}, box: box}), lean)
	}
}

// TestDoubtfulSlant: in doubt, a line is upright: if no slant is better by more
// than 2 %. Of slants as good, the one to the left counts.
func TestDoubtfulSlant(t *testing.T) {
	slant := func(h int, bars ...[3]int) float64 { // their columns, widths, and tenths of lean
		w := writingOf(60, 26)
		for y := range h {
			for _, b := range bars {
				for x := range b[1] {
					i := (y+3)*60 + b[0] + x - b[2]*y/10
					w.ink.Pix[i], w.label[i] = 255, 1
				}
			}
		}
		box := InkBox(w.ink)
		w.parts = []part{{box: box}}
		return w.slantOf(&textLine{parts: []int{0}, box: box})
	}
	require.Equal(t, 0., slant(1, [3]int{20, 9, 0}), "one row")
	require.Equal(t, .1, slant(20, [3]int{20, 8, 1}), "6.7 % better")
	require.Equal(t, 0., slant(20, [3]int{10, 40, 1}), "1.3 % better")
	require.Equal(t, -.2, slant(20, [3]int{20, 3, 2}, [3]int{40, 3, -2}), "either way")
}

// TestSpansOf: the spans of a line's parts, without other ink in their boxes.
func TestSpansOf(t *testing.T) {
	w := newWriting([]*image.Gray{drawn(
		"#####...........",
		"+..+#.##########",
		"+#.+#.#.........",
		"##.##.#.#.##.###")}, nil)
	w.label[5] = 1 // its ink is erased
	require.Equal(t, []span{
		{y: 1, x0: 6, x1: 16}, {y: 2, x0: 6, x1: 7}, {y: 3, x0: 6, x1: 7},
		{y: 0, x0: 0, x1: 5}, {y: 1, x0: 4, x1: 5}, {y: 2, x0: 4, x1: 5}, {y: 3, x0: 3, x1: 5},
	}, w.spansOf(&textLine{parts: []int{1, 0}}))
}
