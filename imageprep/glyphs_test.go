package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLimitsOfNewWriting: a soft edge is two pixels wide. More than 2000 parts
// are no writing.
func TestLimitsOfNewWriting(t *testing.T) {
	w := newWriting([]*image.Gray{drawn("+++#++++++#")}, nil)
	require.Equal(t, []int32{0, 1, 1, 1, 1, 1, 0, 0, 2, 2, 2}, w.label)
	w = newWriting([]*image.Gray{drawn("#", "+", "+", "+")}, nil)
	require.Equal(t, []int32{1, 1, 1, 0}, w.label)
	for _, n := range []int{2000, 2001} {
		ink := image.NewGray(image.Rect(0, 0, 2*n, 1))
		for i := range n {
			ink.Pix[2*i] = 255
		}
		require.Equal(t, n > 2000, newWriting([]*image.Gray{ink}, nil).crowded)
	}
}

// TestAddInk: of equally strong inks, the first one counts.
func TestAddInk(t *testing.T) {
	a := grayOf(4, 200, 200, 0, 0 /**/, 200, 0, 0, 0)
	b := grayOf(4, 0, 200, 200, 0 /**/, 0, 0, 0, 127)
	c := grayOf(4, 0, 0, 201, 201 /**/, 201, 0, 0, 128)
	w := newWriting([]*image.Gray{a, b, c}, nil)
	require.Equal(t, []int32{1, 1, 3, 3, 4, 0, 0, 3}, w.label)
	require.Equal(t, []uint8{200, 200, 201, 201, 201, 0, 0, 128}, w.ink.Pix)
	var areas, inks []int
	for _, q := range w.parts {
		areas, inks = append(areas, q.area), append(inks, q.ink)
	}
	require.Equal(t, []int{2, 0, 3, 1}, areas)
	require.Equal(t, []int{0, 0, 2, 2}, inks)
	require.Equal(t, part{}, w.parts[1], "nothing is left of it")

	thin, thick := drawn(".......", "..#....", "..#....", "......."), drawn(".......", ".#####.", ".#####.", ".......")
	for _, inks := range [][]*image.Gray{{thin, thick}, {thick, thin}} {
		require.Equal(t, StrokeWidth(thick), newWriting(inks, nil).stroke)
	}
}

// TestSmallHoles: a hole has more pixels than a square as wide as a stroke. Its
// ground is below the level of ink.
func TestSmallHoles(t *testing.T) {
	ink := drawn(
		"###########..",
		"#...###..##..",
		"#..####..##..",
		"###########..")
	ink.Pix[1*13+2], ink.Pix[1*13+9] = 127, 128
	for stroke, want := range map[float64]string{
		1.9: "..............xxx...xx.....xx....xx.................",
		2:   "..............xxx..........xx.......................",
		2.3: "....................................................",
	} {
		w := newWriting([]*image.Gray{ink}, nil)
		w.stroke = stroke
		w.findHoles()
		got := ""
		for _, hole := range w.hole {
			got += map[bool]string{true: "x", false: "."}[hole]
		}
		require.Equal(t, want, got, stroke)
	}
}

// TestExtract: a glyph has the ink with its labels, in its box and up to three
// pixels around the box.
func TestExtract(t *testing.T) {
	r := newRand()
	ink := image.NewGray(image.Rect(0, 0, 41, 13))
	for i := range ink.Pix {
		ink.Pix[i] = []uint8{0, 0, 90, 255}[r.IntN(4)*r.IntN(2)*r.IntN(2)]
	}
	w := newWriting([]*image.Gray{ink}, nil)
	require.Greater(t, len(w.parts), 9)
	for range 60 {
		i, k := r.IntN(len(w.parts)), r.IntN(len(w.parts))
		g := w.glyphOf(i, k)
		buf := make([]uint8, r.IntN(700))
		got := w.extractTo(buf, g)
		require.Equal(t, g.box.Inset(-3).Intersect(ink.Rect), got.Rect)
		require.Equal(t, len(buf) >= len(got.Pix), len(buf) > 0 && &buf[0] == &got.Pix[0], "it uses a buffer that is long enough")
		for y := got.Rect.Min.Y; y < got.Rect.Max.Y; y++ {
			for x := got.Rect.Min.X; x < got.Rect.Max.X; x++ {
				want := ink.GrayAt(x, y)
				if l := int(w.label[y*41+x]); l != i+1 && l != k+1 {
					want.Y = 0
				}
				require.Equal(t, want, got.GrayAt(x, y))
			}
		}
	}
	w.parts = append(w.parts, part{}, part{})
	w.label[0], ink.Pix[0] = int32(len(w.parts)), 7
	require.Equal(t, []uint8{7}, w.extract(glyph{box: image.Rect(-9, -9, -2, -2), labels: w.label[:1]}).Pix)
	require.Equal(t, []uint8{0}, w.extract(glyph{box: image.Rect(-9, -9, -2, -2), labels: []int32{1}}).Pix)
}

// TestCallsOfConfidence: at most 2200 calls, and a large glyph counts more.
func TestCallsOfConfidence(t *testing.T) {
	for _, tt := range []struct {
		w, h  int
		calls int
	}{{2, 2, 1}, {127, 129, 1}, {64, 256, 2}, {256, 127, 2}, {128, 256, 3}} {
		w := newWriting([]*image.Gray{drawn("##.", "##.")}, func(*image.Gray) float64 { return -0.5 })
		g := glyph{box: boxAt(0, 0, tt.w, tt.h), labels: []int32{1}}
		for n := range 2 {
			require.Equal(t, -0.5, w.likeness(g))
			require.Equal(t, (n+1)*tt.calls, w.asked)
		}
		w.asked = 2200 - tt.calls
		require.Equal(t, -0.5, w.likeness(g), "the last calls")
		require.EqualValues(t, -20, w.likeness(g))
		w.asked, g.labels = 0, nil
		require.EqualValues(t, -20, w.likeness(g), "no ink")
	}
}

// TestLimitsOfSizeScore: a digit may be nine tenths as wide as high. A gap
// counts in its longer direction.
func TestLimitsOfSizeScore(t *testing.T) {
	for _, tt := range []struct {
		name  string
		boxes []image.Rectangle
		want  float64
	}{
		{"nine tenths", []image.Rectangle{boxAt(1, 1, 9, 10)}, 0},
		{"a square", []image.Rectangle{boxAt(1, 1, 10, 10)}, -.1},
		{"a gap across", []image.Rectangle{boxAt(1, 1, 3, 10), boxAt(6, 2, 3, 3)}, -.2},
		{"a gap down", []image.Rectangle{boxAt(1, 1, 3, 4), boxAt(2, 7, 3, 4)}, -.2},
		{"a gap to a corner", []image.Rectangle{boxAt(1, 1, 3, 6), boxAt(6, 8, 3, 3)}, -.2},
		{"one box in another one", []image.Rectangle{boxAt(1, 1, 1, 10), boxAt(1, 10, 9, 1), boxAt(4, 3, 2, 2)}, 0},
		{"two and two", []image.Rectangle{boxAt(1, 1, 2, 4), boxAt(4, 1, 2, 4), boxAt(1, 9, 2, 2), boxAt(4, 9, 2, 2)}, -.1},
	} {
		w := newWriting([]*image.Gray{writingOf(12, 12, tt.boxes...).ink}, nil)
		var all []int
		for i := range w.parts {
			all = append(all, i)
		}
		require.InDelta(t, tt.want, w.likeness(w.glyphOf(all...)), 1e-9, tt.name)
	}
}

// TestIsStacked: part b is close below part a, and both have about as much ink.
func TestIsStacked(t *testing.T) {
	a := boxAt(10, 20, 12, 30)
	for _, tt := range []struct {
		name         string
		a, b         image.Rectangle
		areaA, areaB int
		want         bool
	}{
		{"half of the narrower one is below", a, boxAt(2, 50, 14, 20), 40, 40, true},
		{"less than half", a, boxAt(1, 50, 14, 20), 40, 40, false},
		{"half of the lower part", a, boxAt(18, 50, 8, 20), 40, 40, true},
		{"less than half of the lower part", a, boxAt(19, 50, 8, 20), 40, 40, false},
		{"a gap of two strokes", a, boxAt(10, 55, 14, 20), 40, 40, true},
		{"a wider gap", a, boxAt(10, 56, 14, 20), 40, 40, false},
		{"a third of a beside b", a, boxAt(10, 40, 14, 60), 40, 40, true},
		{"more than a third of a", a, boxAt(10, 39, 14, 60), 40, 40, false},
		{"a third of b beside a", a, boxAt(10, 45, 14, 15), 40, 40, true},
		{"more than a third of b", a, boxAt(10, 44, 14, 15), 40, 40, false},
		{"b begins higher", boxAt(10, 20, 12, 9), boxAt(10, 19, 14, 3), 40, 40, false},
		{"b is above a", a, boxAt(10, 5, 14, 15), 40, 40, false},
		{"both begin in a row", boxAt(10, 20, 12, 9), boxAt(10, 20, 14, 3), 40, 40, false},
		{"flat parts in a row", boxAt(10, 20, 12, 3), boxAt(10, 20, 14, 1), 40, 40, false},
		{"a has 20 times as much ink", a, boxAt(10, 50, 14, 20), 80, 4, true},
		{"a has more than that", a, boxAt(10, 50, 14, 20), 81, 4, false},
		{"b has 20 times as much ink", a, boxAt(10, 50, 14, 20), 4, 80, true},
		{"b has more than that", a, boxAt(10, 50, 14, 20), 4, 81, false},
		{"both are gone", a, boxAt(10, 50, 14, 20), 0, 0, false},
		{"a is gone", a, boxAt(10, 50, 14, 20), 0, 1, false},
		{"b is gone", a, boxAt(10, 50, 14, 20), 1, 0, false},
		{"the smallest parts", a, boxAt(10, 50, 14, 20), 1, 1, true},
	} {
		w := &writing{stroke: 2.5}
		require.Equal(t, tt.want, w.isStacked(&part{box: tt.a, area: tt.areaA}, &part{box: tt.b, area: tt.areaB}), tt.name)
	}
}

// TestIsOneDigit: two parts must look 0.2 better as one digit. Without a judge,
// they are at most half higher than a typical digit.
func TestIsOneDigit(t *testing.T) {
	w := writingOf(20, 20, boxAt(2, 2, 4, 2), boxAt(2, 6, 4, 8)) // 8 and 32 pixels
	w.height = 8
	require.True(t, w.isOneDigit(0, 1))
	w.height = 7
	require.False(t, w.isOneDigit(0, 1))
	for _, tt := range []struct {
		both, upper, lower float64
		want               bool
	}{
		{-.25, -.25, -.5, false}, // -10, and -2 - 16 + 8
		{-.24, -.25, -.5, true},
		{-.25, -.25, -.51, true},
		{-.25, -.26, -.5, true},
		{-.25, -.24, -.5, false},
	} {
		w.judge = func(g *image.Gray) float64 {
			switch b := InkBox(g); {
			case b.Dx() > b.Dy():
				return tt.upper
			case 5*b.Dx() > 2*b.Dy():
				return tt.lower
			default:
				return tt.both
			}
		}
		require.Equal(t, tt.want, w.isOneDigit(0, 1), "%v", tt)
	}
}

// TestJoin: a part gets the pixels of another one, also those of its soft edge.
func TestJoin(t *testing.T) {
	w := newWriting([]*image.Gray{drawn(
		"..........",
		".++....++#",
		".+#+.+++##",
		"...+.++..+",
		"##.+.+....",
		"##........")}, nil)
	w.parts[0].ink, w.parts[1].ink = 2, 2
	require.Len(t, w.parts, 3)
	w.join(1, 0)
	require.Equal(t, []int32{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 2, 2, 0, 0, 0, 0, 2, 2, 2,
		0, 2, 2, 2, 0, 0, 2, 2, 2, 2,
		0, 0, 0, 2, 0, 0, 2, 0, 0, 2,
		3, 3, 0, 2, 0, 0, 0, 0, 0, 0,
		3, 3, 0, 0, 0, 0, 0, 0, 0, 0}, w.label)
	require.Equal(t, []part{{}, {box: image.Rect(2, 1, 10, 3), area: 4, border: 2, ink: 2}, {box: image.Rect(0, 4, 2, 6), area: 4, border: 3}}, w.parts)
}

// TestKeepBestRun: the digit with the largest gain stays. The gain is how far
// its score is above -1.5, times its area.
func TestKeepBestRun(t *testing.T) {
	type run struct {
		score float64
		area  int
	}
	for _, tt := range []struct {
		runs [][]run
		want int // the number of the run
	}{
		{[][]run{{{-1, 10}}}, 0},
		{[][]run{{{-1, 10}, {-1.25, 20}, {-1.25, 21}}}, 2},
		{[][]run{{{-1, 10}, {-1.25, 20}}, {{-1.25, 18}, {-.5, 5}}}, 0},
		{[][]run{{{-1.25, 20}}, {{-1, 11}, {-.5, 5}}, {{0, 1}}}, 1},
		{[][]run{{{-2, 10}, {-1.75, 19}, {-3, 4}}}, 1},
		{[][]run{{{-2, 10}, {-1.75, 20}}}, 0},
	} {
		w := writingOf(3, 3)
		var lattices []*lattice
		n := 0
		for _, line := range tt.runs {
			l := &lattice{}
			for _, r := range line {
				l.runs = append(l.runs, candidate{glyph: glyph{score: r.score, area: r.area, line: n}})
				n++
			}
			lattices = append(lattices, l)
		}
		w.keepBest(lattices)
		require.Len(t, w.digits, 1)
		require.Equal(t, tt.want, w.digits[0].line, "%v", tt)
	}
}

// TestKeepBestLosesNothing: what the best digit does not take is left out.
func TestKeepBestLosesNothing(t *testing.T) {
	w := writingOf(20, 12, boxAt(1, 1, 3, 5), boxAt(6, 1, 3, 6), boxAt(11, 1, 3, 7), boxAt(16, 1, 3, 8))
	w.left, w.digits = []glyph{w.glyphOf(0, 1)}, []glyph{w.glyphOf(2), w.glyphOf(3)}
	w.keepBest([]*lattice{{runs: []candidate{{glyph: w.glyphOf(1, 2)}}}})
	require.Equal(t, []glyph{w.glyphOf(1, 2)}, w.digits)
	require.Equal(t, []glyph{w.glyphOf(0), w.glyphOf(3)}, w.left)

	w.keepBest(nil) // no run
	require.Equal(t, []glyph{w.glyphOf(3)}, w.digits)
	require.Equal(t, []glyph{w.glyphOf(0), w.glyphOf(1, 2)}, w.left)
}

// TestKeepBestKeepsMark: a digit that may be a line is still marked.
func TestKeepBestKeepsMark(t *testing.T) {
	for _, marked := range []int{0, 1} {
		w := writingOf(20, 12, boxAt(1, 1, 3, 5), boxAt(6, 1, 3, 6))
		w.digits = []glyph{w.glyphOf(0), w.glyphOf(1)}
		w.digits[marked].mark = true
		w.keepBest([]*lattice{{runs: []candidate{{glyph: w.glyphOf(0)}, {glyph: w.glyphOf(1)}}}})
		require.Equal(t, []int32{2}, w.digits[0].labels)
		require.Equal(t, marked == 1, w.digits[0].mark)
	}
}

// TestRestOfGlyph: the rest of a glyph is its ink. A soft edge is no ink.
func TestRestOfGlyph(t *testing.T) {
	w := newWriting([]*image.Gray{drawn("#..##.", "#.###.")}, nil)
	w.ink.Pix[3], w.ink.Pix[2+6] = 127, 128
	rest := w.without(w.glyphOf(0, 1), glyph{labels: []int32{1}})
	require.Equal(t, glyph{box: image.Rect(2, 0, 5, 2), area: 4, labels: []int32{2}}, rest)
}

// TestLargestOfEqual: of glyphs or parts with equal ink, the first one
// counts.
func TestLargestOfEqual(t *testing.T) {
	w := &writing{parts: []part{{area: 4}, {area: 5}, {area: 5}, {area: 4}}}
	require.Equal(t, []int32{2}, w.largest().labels)
	w.left = []glyph{{area: 1, line: 1}, {area: 3, line: 2}, {area: 3, line: 3}}
	require.Equal(t, 2, w.largest().line)
	w.left = w.left[:1]
	require.Equal(t, 1, w.largest().line)
	w.left[0].area = 0
	require.Equal(t, []int32{2}, w.largest().labels)
}

// TestLimitsOfTurn: a page of squares is turned if they gain enough.
func TestLimitsOfTurn(t *testing.T) {
	const little = 1. / 64
	for _, tt := range []struct {
		name        string
		page, gets  float64 // mean scores: as it is, and turned
		bars        int
		degrees     int
		mayBeTurned bool
	}{
		{"a gain of 3", -3.5, -.5, 1, 0, true},
		{"more", -3.5 - little, -.5, 1, 90, false},
		{"a gain of 1", -1.5, -.5, 1, 0, false},
		{"a little more", -1.5 - little, -.5, 1, 0, true},
		{"two digits gain", -2 - little, -.5, 2, 90, false},
		{"two digits gain as much as one", -2, -.5, 2, 0, true},
		{"turned, it reads well enough", -4, -.6, 1, 90, false},
		{"turned, it reads badly", -4, -.61, 1, 0, false},
		{"it is good", -.1, 1, 4, 90, false},
		{"it is better", -.09, 1, 4, 0, false},
		{"a gain of the mean by a fifth", -.25, -.05 + little, 6, 0, true},
		{"a smaller gain of the mean", -.25, -.05 - little, 6, 0, false},
	} {
		var boxes []image.Rectangle
		for i := range tt.bars {
			boxes = append(boxes, boxAt(4+14*i, 10, 8, 8))
		}
		w := newWriting([]*image.Gray{writingOf(88, 50, boxes...).ink}, func(*image.Gray) float64 { return tt.gets })
		w.area, w.score = 64, 64*tt.page
		degrees, mayBeTurned := w.turn()
		require.Equal(t, tt.degrees, degrees, tt.name)
		require.Equal(t, tt.mayBeTurned, mayBeTurned, tt.name)
	}
}

// TestTurnOfOnePixel: a single pixel may be a digit, too.
func TestTurnOfOnePixel(t *testing.T) {
	w := newWriting([]*image.Gray{drawn("....", ".#..", "....")}, func(*image.Gray) float64 { return -.5 })
	w.area, w.score = 1, -4
	degrees, _ := w.turn()
	require.Equal(t, 90, degrees)
}

// TestLinesOfATurnedPage: after half of the calls, no further line is read.
func TestLinesOfATurnedPage(t *testing.T) {
	for _, tt := range []struct{ asked, most, digits int }{
		{0, 2, 2}, {0, 3, 2}, {0, 1, 1}, {9, 20, 2}, {10, 20, 1}, {11, 20, 0}, {350, 700, 1}, {1101, 2199, 0}, {1101, 2200, 2},
	} {
		w := newWriting([]*image.Gray{writingOf(20, 60, boxAt(8, 5, 3, 12), boxAt(8, 40, 3, 12)).ink}, func(*image.Gray) float64 { return -.5 })
		w.asked, w.most = tt.asked, tt.most
		w.read(false)
		require.Len(t, w.digits, tt.digits, "%v", tt)
	}
}
