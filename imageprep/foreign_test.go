package imageprep

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEraseLinesOfAllInks: boxes of one ink and digits of another one are seen
// together.
func TestEraseLinesOfAllInks(t *testing.T) {
	digits, boxes := newPen(500, 200, 5), newPen(500, 200, 2)
	for i := range 4 {
		x := 50 + 90*float64(i)
		digits.shape(x+20, 70, 60, ring)
		boxes.line(rectangle(x, 55, x+90, 145)...)
	}
	inks := []*image.Gray{inkOf(t, digits), inkOf(t, boxes)}
	want := append([]uint8(nil), inks[0].Pix...)
	eraseLines(inks)
	require.Equal(t, want, inks[0].Pix, "the digits stay")
	require.Less(t, largest(inks[1]), 15, "the boxes go")
}

func TestUnite(t *testing.T) {
	a, b := grayOf(3, 0, 10, 255, 7, 0, 0), grayOf(3, 0, 200, 3, 7, 0, 255)
	require.Equal(t, grayOf(3, 0, 200, 255, 7, 0, 255), unite([]*image.Gray{a, b}))
	require.Equal(t, uint8(10), a.Pix[1])
}

// TestRingOfAnotherInk: a ring of another color around a digit is left out.
func TestRingOfAnotherInk(t *testing.T) {
	digit, ringed := newPen(300, 200, 5), newPen(300, 200, 3)
	digit.shape(125, 60, 80, strokeTwo)
	ringed.line(ellipse(150, 100, 60, 75, 1)...)
	w := readWriting([]*image.Gray{inkOf(t, digit), inkOf(t, ringed)}, templateJudge, false)
	require.Len(t, w.digits, 1)
	require.Equal(t, 0, w.digits[0].ink)
	require.Len(t, w.left, 1)
	require.Equal(t, 1, w.left[0].ink)
}

// TestFilledInk: filled shapes do not tell how wide strokes are, unless there
// is nothing else.
func TestFilledInk(t *testing.T) {
	digit, bullet := newPen(300, 200, 5), newPen(300, 200, 40)
	digit.shape(125, 60, 80, strokeTwo)
	bullet.line([2]float64{50, 100}, [2]float64{50.5, 100})
	strokes, filled := inkOf(t, digit), inkOf(t, bullet)
	want := StrokeWidth(strokes)
	require.InDelta(t, 5, want, 1)
	for _, inks := range [][]*image.Gray{{strokes}, {strokes, filled}, {filled, strokes}} {
		require.Equal(t, want, newWriting(inks, nil).stroke)
	}
	require.Equal(t, StrokeWidth(filled), newWriting([]*image.Gray{filled}, nil).stroke)
	require.Greater(t, StrokeWidth(filled), 15.0)

	// A filled shape has a stroke of at least a third of its height.
	s := StrokeWidth(strokes)
	for height, want := range map[int]float64{int(3 * s): 0, int(3*s) + 1: s} {
		require.Equal(t, want, strokeOf(strokes, []part{{box: boxAt(0, 0, 1, height), area: 1}}))
	}
}

func TestDropStamps(t *testing.T) {
	of := func(ink, area int, score float64) glyph { return glyph{ink: ink, area: area, score: score} }
	for _, tt := range []struct {
		name   string
		digits []glyph
		left   []int // areas of what is left out
	}{
		{"no digits", nil, nil},
		{"one color", []glyph{of(0, 100, -.1), of(0, 101, -1)}, nil},
		{"a stamp that reads badly", []glyph{of(0, 100, -.1), of(0, 110, 0), of(1, 102, -.5)}, []int{102}},
		{"a clear digit of another color", []glyph{of(0, 100, -.1), of(0, 110, 0), of(1, 102, -.1)}, nil},
		{"an unclear digit among clear ones", []glyph{of(0, 300, 0), of(1, 101, -.1), of(1, 100, -.5)}, nil},
		{"a clear letter of a stamp", []glyph{of(0, 300, 0), of(1, 100, -.2), of(1, 101, -.5)}, []int{101}},
		{"the stamp is larger", []glyph{of(0, 100, -.1), of(1, 900, -.5)}, []int{900}},
		{"nothing is clear", []glyph{of(0, 100, -1), of(1, 102, -.5)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &writing{inks: make([]*image.Gray, 2), digits: tt.digits}
			w.dropStamps()
			var left []int
			for _, g := range w.left {
				left = append(left, g.area)
			}
			require.Equal(t, tt.left, left)
			require.Len(t, w.digits, len(tt.digits)-len(tt.left))
		})
	}
	// What is left out before counts, too.
	for area, want := range map[int]int{50: 3, 51: 2} {
		w := &writing{inks: make([]*image.Gray, 2), left: []glyph{of(1, area, -2)}}
		w.digits = []glyph{of(0, 300, 0), of(1, 100, -.1), of(1, 50, -.5)}
		w.dropStamps()
		require.Len(t, w.digits, want)
	}
}

// TestSlash: a straight stroke that is higher than the digits may be a slash.
func TestSlash(t *testing.T) {
	for _, tt := range []struct {
		name        string
		top, bottom [2]float64
		want        bool
	}{
		{"a 1", [2]float64{200, 60}, [2]float64{200, 140}, false},
		{"a slanted 1", [2]float64{220, 60}, [2]float64{200, 140}, false},
		{"a slash", [2]float64{225, 45}, [2]float64{195, 160}, true},
		{"a long 1", [2]float64{200, 40}, [2]float64{200, 165}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(400, 200, 5)
			p.shape(50, 60, 80, ring)
			p.shape(120, 60, 80, strokeTwo)
			p.shape(260, 60, 80, ring)
			p.line(tt.top, tt.bottom)
			judge := func(g *image.Gray) float64 {
				if InkBox(g).Dx() <= 9 {
					return 0 // takes a slash for a 1
				}
				return templateJudge(g)
			}
			page, err := PrepareAll(p.page, &Options{Confidence: judge})
			require.NoError(t, err)
			require.Len(t, page.Digits, 4)
			for i, d := range page.Digits {
				if i == 2 && tt.want {
					require.Equal(t, []Warning{MayBeMark}, d.Warnings)
				} else {
					require.Empty(t, d.Warnings)
				}
			}
		})
	}
}

// TestOffsetOf: marks below or above the middle of a line are no digits.
func TestOffsetOf(t *testing.T) {
	p := newPen(600, 240, 5)
	for i := range 4 {
		p.shape(50+90*float64(i), 60, 80, ring)
	}
	w := newWriting([]*image.Gray{inkOf(t, p)}, nil)
	lines := w.findLines()
	require.Len(t, lines, 1)
	lat := &lattice{writing: w, line: lines[0]}
	at := func(y int) float64 { return lat.offsetOf(glyph{box: image.Rect(200, y-10, 220, y+10)}) }
	require.InDelta(t, 0, at(100), .03)
	require.InDelta(t, .5, at(142), .03)
	require.InDelta(t, -.5, at(58), .03)
	require.Zero(t, lat.offsetOf(glyph{box: image.Rect(2000, 0, 2020, 20)}), "no digit is near")

	// A low mark on the baseline costs more than one in the middle.
	lat.judge = func(*image.Gray) float64 { return 0 }
	score := func(y int) float64 {
		lat.pieces = []piece{{box: image.Rect(225, y, 245, y+40), area: 300, label: 1}}
		return lat.scoreOf(0, 1, lat.glyph(0, 1))
	}
	require.Greater(t, score(80), score(130)+1)
}

// TestColoredPage: a page with ink of two colors is read as one.
func TestColoredPage(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 500, 200))
	for i := range m.Pix {
		m.Pix[i] = []uint8{230, 230, 225, 255}[i%4]
	}
	draw := func(c color.RGBA, shape func(p *pen)) {
		p := newPen(500, 200, 5)
		shape(p)
		for i, v := range p.page.Pix {
			if v < 120 {
				m.SetRGBA(i%500, i/500, c)
			}
		}
	}
	draw(color.RGBA{30, 40, 160, 255}, func(p *pen) { p.shape(60, 60, 80, strokeTwo); p.shape(240, 60, 80, ring) })
	draw(color.RGBA{200, 30, 40, 255}, func(p *pen) { p.shape(150, 60, 80, ring) })
	page, err := PrepareAll(m, &Options{Confidence: templateJudge})
	require.NoError(t, err)
	requireLayout(t, "0:84,100 0:172,100 0:262,100", page.Digits)
}

// TestDropForeign: a line that reads much worse than the best one, or has much
// smaller digits, or is cut off by the border, does not belong to the writing.
func TestDropForeign(t *testing.T) {
	type line struct {
		mean    float64
		height  int
		n       int
		outside bool
	}
	for _, tt := range []struct {
		name  string
		lines []line
		want  []int // numbers of the lines that stay
	}{
		{"no lines", nil, nil},
		{"one bad line", []line{{-.9, 80, 3, false}}, []int{0}},
		{"three letters", []line{{-1.4, 80, 3, false}}, nil},
		{"two letters", []line{{-1.4, 80, 2, false}}, []int{0}},
		{"alike", []line{{-.1, 80, 5, false}, {-.2, 75, 5, false}, {-.1, 85, 2, false}}, []int{0, 1, 2}},
		{"letters", []line{{-.1, 80, 5, false}, {-1.2, 80, 5, false}}, []int{0}},
		{"letters above", []line{{-1.2, 80, 5, false}, {-.1, 80, 5, false}}, []int{1}},
		{"small print", []line{{-.3, 8, 9, false}, {-.1, 80, 5, false}}, []int{1}},
		{"half as high", []line{{-.1, 40, 9, false}, {-.1, 80, 5, false}}, []int{0, 1}},
		{"one digit cut off", []line{{-.1, 80, 1, true}, {-.1, 80, 5, false}}, []int{1}},
		{"a long line with one digit cut off", []line{{-.1, 80, 6, true}, {-.1, 80, 5, false}}, []int{0, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &writing{ink: image.NewGray(image.Rect(0, 0, 1000, 1000)), stroke: 5}
			total := 0
			for number, l := range tt.lines {
				for i := range l.n {
					x, y := 50+90*i, 50+100*number
					if l.outside && i == 0 {
						x = 0
					}
					g := glyph{line: number, mean: l.mean, score: l.mean, area: l.height * l.height / 4}
					g.box = image.Rect(x, y, x+l.height/2, y+l.height)
					w.digits = append(w.digits, g)
					total++
				}
			}
			w.dropForeign()
			var got []int
			for _, g := range w.digits {
				if len(got) == 0 || got[len(got)-1] != g.line {
					got = append(got, g.line)
				}
			}
			require.Equal(t, tt.want, got)
			require.Equal(t, total, len(w.digits)+len(w.left))
		})
	}
}

// TestDropRings: a ring of another ink has strokes of clear ground inside, and
// a digit that is at least a third as high.
func TestDropRings(t *testing.T) {
	ring := part{box: image.Rect(10, 10, 70, 70), area: 200}
	for _, tt := range []struct {
		name  string
		digit part
		inks  int
		more  int // other parts
		want  bool
	}{
		{"a digit", part{box: image.Rect(30, 30, 40, 50), area: 80, ink: 1}, 2, 0, true},
		{"a low digit", part{box: image.Rect(30, 30, 40, 49), area: 80, ink: 1}, 2, 0, false},
		{"of the same ink", part{box: image.Rect(30, 30, 40, 50), area: 80}, 2, 0, false},
		{"only one ink", part{box: image.Rect(30, 30, 40, 50), area: 80, ink: 1}, 1, 0, false},
		{"close to the ring", part{box: image.Rect(14, 14, 66, 66), area: 80, ink: 1}, 2, 0, true},
		{"closer", part{box: image.Rect(13, 14, 66, 66), area: 80, ink: 1}, 2, 0, false},
		{"many parts", part{box: image.Rect(30, 30, 40, 50), area: 80, ink: 1}, 2, maxParts - 2, true},
		{"too many parts", part{box: image.Rect(30, 30, 40, 50), area: 80, ink: 1}, 2, maxParts - 1, false},
	} {
		w := &writing{inks: make([]*image.Gray, tt.inks), stroke: 4}
		w.parts = append(make([]part, tt.more), tt.digit, ring)
		w.dropRings()
		require.Len(t, w.left, map[bool]int{true: 1}[tt.want], tt.name)
		require.Equal(t, tt.want, w.parts[tt.more+1] == part{}, tt.name)
		require.Equal(t, tt.digit, w.parts[tt.more])
	}
}

// stays tells which digits stay, by their area.
func stays(digits []glyph, drop func(w *writing)) (areas []int) {
	w := &writing{ink: &image.Gray{Rect: image.Rect(0, 0, 1000, 900)}, stroke: 5, area: 800, digits: append([]glyph(nil), digits...)}
	drop(w)
	for _, g := range w.digits {
		areas = append(areas, g.area)
	}
	return areas
}

// TestForeignLimits: a line is foreign if its value is 0.8 below the best one.
func TestForeignLimits(t *testing.T) {
	of := func(line, area int, mean float64, x, y int) glyph {
		return glyph{line: line, area: area, mean: mean, score: mean, box: image.Rect(x, y, x+40, y+60)}
	}
	main := []glyph{of(0, 800, -.1, 100, 100), of(0, 799, -.1, 200, 100)}
	for _, tt := range []struct {
		name   string
		others []glyph
		want   []int
	}{
		{"much worse", []glyph{of(1, 700, -.88, 100, 200)}, nil},
		{"worse", []glyph{of(1, 700, -.86, 100, 200)}, []int{700}},
		{"a seventh of the ink", []glyph{of(1, 114, -.1, 100, 200)}, []int{114}},
		{"an eighth of the ink", []glyph{of(1, 100, -.1, 100, 200)}, nil},
		{"it also has a larger digit", []glyph{of(1, 114, -.1, 100, 200), of(1, 90, -.1, 200, 200)}, []int{114, 90}},
		{"a worse and smaller line", []glyph{of(1, 401, -.71, 100, 200)}, []int{401}},
		{"an even worse and smaller line", []glyph{of(1, 401, -.73, 100, 200)}, nil},
		{"cut off at the left", []glyph{of(1, 700, -.1, 4, 200)}, nil},
		{"near to the left", []glyph{of(1, 700, -.1, 5, 200)}, []int{700}},
		{"cut off at the right", []glyph{of(1, 700, -.1, 956, 200)}, nil},
		{"near to the right", []glyph{of(1, 700, -.1, 955, 200)}, []int{700}},
		{"cut off at the top", []glyph{of(1, 700, -.1, 300, 4)}, nil},
		{"near to the top", []glyph{of(1, 700, -.1, 300, 5)}, []int{700}},
		{"cut off at the bottom", []glyph{of(1, 700, -.1, 300, 836)}, nil},
		{"near to the bottom", []glyph{of(1, 700, -.1, 300, 835)}, []int{700}},
		{"two digits cut off", []glyph{of(1, 701, -.1, 200, 0), of(1, 702, -.1, 300, 0)}, []int{701, 702}},
		{"and read badly", []glyph{of(1, 701, -.16, 200, 0), of(1, 702, -.16, 300, 0)}, nil},
		{"one of two, and read badly", []glyph{of(1, 701, -.48, 200, 0), of(1, 702, -.48, 300, 50)}, []int{701, 702}},
		{"one of two, and read worse", []glyph{of(1, 701, -.51, 200, 0), of(1, 702, -.51, 300, 50)}, nil},
	} {
		got := stays(append(main[:2:2], tt.others...), (*writing).dropForeign)
		require.Equal(t, append([]int{800, 799}, tt.want...), got, tt.name)
	}
	// The main line is the one with most ink that reads well.
	good := of(1, 60, -.6, 100, 300)
	require.Equal(t, []int{900, 60}, stays([]glyph{of(0, 900, -.79, 100, 100), good}, (*writing).dropForeign))
	require.Equal(t, []int{900}, stays([]glyph{of(0, 900, -.74, 100, 100), good}, (*writing).dropForeign))
	for mean, want := range map[float64]int{-.99: 3, -1.01: 0} {
		digits := []glyph{of(0, 1, mean, 100, 100), of(0, 1, mean, 200, 100), of(0, 1, mean, 300, 100)}
		require.Len(t, stays(digits, (*writing).dropForeign), want)
		require.Len(t, stays(digits[:2], (*writing).dropForeign), 2)
	}
}

// TestDropUnderlines: an underline is at least as wide as high, in the lower
// half of a digit, and under four fifths of it.
func TestDropUnderlines(t *testing.T) {
	digit := glyph{box: image.Rect(100, 100, 140, 160), area: 1}
	for _, tt := range []struct {
		name string
		box  image.Rectangle
		line int
		want bool // it is an underline
	}{
		{"an underline", image.Rect(90, 165, 150, 170), 0, true},
		{"in another line", image.Rect(90, 165, 150, 170), 1, false},
		{"as wide as high", image.Rect(100, 150, 140, 190), 0, true},
		{"higher", image.Rect(100, 150, 140, 191), 0, false},
		{"in the middle", image.Rect(90, 130, 150, 135), 0, true},
		{"higher up", image.Rect(90, 129, 150, 135), 0, false},
		{"under four fifths", image.Rect(108, 165, 170, 170), 0, true},
		{"under less", image.Rect(109, 165, 170, 170), 0, false},
		{"four fifths of it", image.Rect(95, 165, 120, 170), 0, true},
		{"less of it", image.Rect(94, 165, 119, 170), 0, false},
	} {
		got := stays([]glyph{digit, {box: tt.box, area: 2, line: tt.line}}, (*writing).dropUnderlines)
		require.Equal(t, map[bool][]int{true: {1}, false: {1, 2}}[tt.want], got, tt.name)
	}
}

// TestDropLow: a digit lower than a tenth of the others goes. One lower than
// a fifth must be sure.
func TestDropLow(t *testing.T) {
	for _, tt := range []struct {
		height int
		score  float64
		want   bool
	}{
		{20, -9, true}, {19, -.051, false}, {19, -.05, true}, {10, 0, true}, {9, 0, false},
	} {
		digits := []glyph{{box: image.Rect(0, 0, 90, 100), area: 900}, {box: image.Rect(0, 0, 90, tt.height), area: 1, score: tt.score}}
		require.Len(t, stays(digits, (*writing).dropSmall), map[bool]int{true: 2, false: 1}[tt.want], "%v", tt)
	}
}

// TestDropNoise: three digits must have an eighth of the ink, here 100 pixels.
func TestDropNoise(t *testing.T) {
	digits := []glyph{{area: 40}, {area: 30}, {area: 30}}
	require.Len(t, stays(digits, (*writing).dropNoise), 3)
	require.Len(t, stays(digits[:2], (*writing).dropNoise), 2, "few digits")
	digits[0].area--
	require.Empty(t, stays(digits, (*writing).dropNoise))
}

// TestMarkLines: a line has less ink than 1.4 strokes along its diagonal, and
// is more than a quarter higher than the digits.
func TestMarkLines(t *testing.T) {
	digit := glyph{box: image.Rect(0, 0, 50, 80), area: 900}
	for _, tt := range []struct {
		name string
		w, h int
		area int
		want bool
	}{
		{"high", 30, 101, 300, true},
		{"as high as may be", 30, 100, 300, false},
		{"thick", 45, 108, 818, true},
		{"too thick", 45, 108, 819, false},
	} {
		w := &writing{stroke: 5, digits: []glyph{digit, {box: image.Rect(100, 0, 100+tt.w, tt.h), area: tt.area}}}
		w.markLines()
		require.Equal(t, []bool{false, tt.want}, []bool{w.digits[0].mark, w.digits[1].mark}, tt.name)
		w.digits = []glyph{{box: image.Rect(100, 0, 100+tt.w, tt.h), area: 300}, {mark: true, box: digit.box, area: 1}}
		w.markLines()
		require.Equal(t, []bool{false, true}, []bool{w.digits[0].mark, w.digits[1].mark}, "%s: no other digit", tt.name)
	}
}

// TestDropSlashes: two marks in a line that reach out of the digits beside them
// are slashes, unless they are neighbors.
func TestDropSlashes(t *testing.T) {
	at := func(n, line, y0, y1 int) glyph {
		return glyph{box: image.Rect(100*n, y0, 100*n+40, y1), area: n, line: line}
	}
	digit := func(n int) glyph { return at(n, 0, 100, 200) }
	mark := func(n, line, y0, y1 int) glyph {
		g := at(n, line, y0, y1)
		g.mark = true
		return g
	}
	slash := func(n int) glyph { return mark(n, 0, 94, 206) }
	for _, tt := range []struct {
		name   string
		digits []glyph
		want   []int
	}{
		{"slashes", []glyph{digit(1), slash(2), digit(3), slash(4), digit(5)}, []int{1, 3, 5}},
		{"brackets", []glyph{slash(1), digit(2), slash(3)}, []int{2}},
		{"three slashes", []glyph{slash(1), digit(2), slash(3), digit(4), slash(5)}, []int{2, 4}},
		{"one slash", []glyph{digit(1), slash(2), digit(3)}, []int{1, 2, 3}},
		{"neighbors", []glyph{slash(1), slash(2), digit(3), slash(4)}, []int{1, 2, 3, 4}},
		{"in two lines", []glyph{digit(1), slash(2), at(3, 1, 300, 400), mark(4, 1, 294, 406)}, []int{1, 2, 3, 4}},
		{"neighbors in two lines", []glyph{slash(1), digit(2), slash(3), mark(4, 1, 294, 406), at(5, 1, 300, 400), mark(6, 1, 294, 406)}, []int{2, 5}},
		{"no marks", []glyph{at(1, 0, 94, 206), digit(2), at(3, 0, 94, 206)}, []int{1, 2, 3}},
		{"one is not above", []glyph{digit(1), slash(2), digit(3), mark(4, 0, 95, 206)}, []int{1, 2, 3, 4}},
		{"one is not below", []glyph{digit(1), slash(2), digit(3), mark(4, 0, 94, 205)}, []int{1, 2, 3, 4}},
		{"the nearest digit is lower", []glyph{digit(1), slash(3), at(4, 0, 106, 194), slash(7)}, []int{1, 4}},
		{"the nearest digit is higher", []glyph{digit(1), slash(3), at(4, 0, 90, 210), digit(5), slash(6)}, []int{1, 3, 4, 5, 6}},
		{"the first of the nearest digits counts", []glyph{digit(1), slash(2), at(3, 0, 90, 210), digit(4), slash(5)}, []int{1, 3, 4}},
		{"nothing but marks", []glyph{slash(1), mark(9, 1, 94, 206), slash(3)}, []int{1, 9, 3}},
	} {
		require.Equal(t, tt.want, stays(tt.digits, (*writing).dropSlashes), tt.name)
	}
}

// TestDropFilled: a filled shape is wider than three strokes, here 15 pixels,
// and fills more than seven tenths of its box.
func TestDropFilled(t *testing.T) {
	for _, tt := range []struct {
		w, h, area int
		score      float64
		want       bool // it stays
	}{
		{20, 20, 281, -.21, false}, {20, 20, 281, -.2, true}, {20, 20, 280, -1, true},
		{16, 90, 1440, -1, false}, {15, 90, 1350, -1, true}, {90, 16, 1440, -1, false}, {90, 15, 1350, -1, true},
	} {
		g := glyph{box: boxAt(7, 9, tt.w, tt.h), area: tt.area, score: tt.score}
		require.Equal(t, tt.want, len(stays([]glyph{g}, (*writing).dropFilled)) == 1, "%v", tt)
	}
}
