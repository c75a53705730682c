package imageprep

import (
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// rectangle returns the corners of a rectangle.
func rectangle(x0, y0, x1, y1 float64) [][2]float64 {
	return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
}

// ellipse returns points of an ellipse. Its last part may be open.
func ellipse(cx, cy, rx, ry, turns float64) (points [][2]float64) {
	for i := range 61 {
		a := 2 * math.Pi * turns * float64(i) / 60
		points = append(points, [2]float64{cx + rx*math.Cos(a), cy + ry*math.Sin(a)})
	}
	return points
}

// turned returns points turned around (300, 200). A slope of 0.08 is 5 degrees.
func turned(slope float64, points [][2]float64) (out [][2]float64) {
	for _, q := range points {
		x, y := q[0]-300, q[1]-200
		out = append(out, [2]float64{300 + x - slope*y, 200 + y + slope*x})
	}
	return out
}

// forms are structures around digits of height 60, whose upper left corners are
// at (60+80i, 170). All forms are lines with a width.
var forms = []struct {
	name  string
	width float64
	draw  func(line func(...[2]float64))
}{
	{"boxes joined", 2, func(line func(...[2]float64)) {
		for x := 45.; x < 520; x += 80 {
			line(rectangle(x, 155, x+80, 245)...)
		}
	}},
	{"boxes joined, bold", 8, func(line func(...[2]float64)) {
		for x := 45.; x < 520; x += 80 {
			line(rectangle(x, 150, x+80, 250)...)
		}
	}},
	{"boxes apart", 3, func(line func(...[2]float64)) {
		for x := 48.; x < 520; x += 80 {
			line(rectangle(x, 155, x+68, 245)...)
		}
	}},
	{"boxes that all digits cross", 1, func(line func(...[2]float64)) {
		for x := 45.; x < 520; x += 80 {
			line(rectangle(x, 180, x+80, 220)...)
		}
	}},
	{"round corners", 2, func(line func(...[2]float64)) {
		for x := 48.; x < 520; x += 80 {
			line([][2]float64{{x, 175}, {x + 3, 165}, {x + 10, 158}, {x + 20, 155}, {x + 48, 155}, {x + 58, 158}, {x + 65, 165}, {x + 68, 175},
				{x + 68, 225}, {x + 65, 235}, {x + 58, 242}, {x + 48, 245}, {x + 20, 245}, {x + 10, 242}, {x + 3, 235}, {x, 225}, {x, 175}}...)
		}
	}},
	{"comb", 2, func(line func(...[2]float64)) {
		line([2]float64{45, 240}, [2]float64{525, 240})
		for x := 45.; x < 530; x += 80 {
			line([2]float64{x, 205}, [2]float64{x, 240})
		}
	}},
	{"comb with short teeth", 3, func(line func(...[2]float64)) {
		line([2]float64{45, 240}, [2]float64{525, 240})
		for x := 45.; x < 530; x += 80 {
			line([2]float64{x, 225}, [2]float64{x, 240})
		}
	}},
	{"a line for each digit", 3, func(line func(...[2]float64)) {
		for x := 45.; x < 520; x += 80 {
			line([2]float64{x, 240}, [2]float64{x + 65, 240})
		}
	}},
	{"underline", 3, func(line func(...[2]float64)) { line([2]float64{40, 238}, [2]float64{530, 243}) }},
	{"frame", 4, func(line func(...[2]float64)) { line(rectangle(30, 140, 550, 260)...) }},
	{"frame with gaps, by hand", 4, func(line func(...[2]float64)) {
		line([2]float64{30, 144}, [2]float64{300, 139}, [2]float64{545, 143})
		line([2]float64{551, 147}, [2]float64{548, 262})
		line([2]float64{552, 266}, [2]float64{310, 258}, [2]float64{33, 263})
		line([2]float64{29, 138}, [2]float64{32, 257})
	}},
	{"circle around all", 3, func(line func(...[2]float64)) { line(ellipse(285, 200, 270, 100, 1)...) }},
	{"a circle around each", 3, func(line func(...[2]float64)) {
		for x := 80.; x < 520; x += 80 {
			line(ellipse(x, 200, 38, 50, 0.97)...)
		}
	}},
	{"table", 2, func(line func(...[2]float64)) {
		for y := 75.; y < 400; y += 80 {
			line([2]float64{40, y}, [2]float64{530, y + 1})
		}
		for x := 45.; x < 530; x += 80 {
			line([2]float64{x, 70}, [2]float64{x, 320})
		}
	}},
	{"squared paper", 1, func(line func(...[2]float64)) {
		for at := 7.; at < 600; at += 25 {
			line([2]float64{0, at}, [2]float64{600, at})
			line([2]float64{at, 0}, [2]float64{at, 400})
		}
	}},
}

// drawForm draws digits in a form, or one of both alone.
func drawForm(i int, digits, form bool, slope float64) *image.Gray {
	p := newPen(600, 400, 5)
	if digits {
		for k, strokes := range [][][][2]float64{{ring}, {strokeTwo}, {bodyFive, barFive}, {strokeFour, stemFour}, {strokeOne}, {strokeTwo}} {
			for _, s := range strokes {
				var points [][2]float64
				for _, q := range s {
					points = append(points, [2]float64{60 + 80*float64(k) + q[0]*60, 170 + q[1]*60})
				}
				p.line(turned(slope, points)...)
			}
		}
	}
	if form {
		p.width = forms[i].width
		forms[i].draw(func(points ...[2]float64) { p.line(turned(slope, points)...) })
	}
	ink, _, err := Ink(p.page, DarkInk)
	if err != nil {
		panic(err)
	}
	return ink
}

// largest returns the longest side of an ink picture's parts.
func largest(ink *image.Gray) (side int) {
	_, parts := findParts(ink)
	for _, q := range parts {
		side = max(side, q.longerSide())
	}
	return side
}

// TestEraseForms compares what is left with a picture of the digits alone.
func TestEraseForms(t *testing.T) {
	t.Parallel()
	for i, f := range forms {
		for k, slope := range []float64{0, 0.02, -0.08} {
			if !long() && k != i%3 {
				continue
			}
			t.Run(f.name, func(t *testing.T) {
				want, got := drawForm(i, true, false, slope), drawForm(i, true, true, slope)
				EraseRuledLines(got)
				area, kept := 0, 0
				for k, v := range want.Pix {
					if v >= inkLevel {
						area++
						if got.Pix[k] >= inkLevel {
							kept++
						}
					}
				}
				require.Greater(t, kept*100, area*95, "slope %v: the digits stay", slope)
				for k, v := range planeOf(want, 0).slideMax(7).pix {
					if v > 0 {
						got.Pix[k] = 0
					}
				}
				require.Less(t, largest(got), 15, "slope %v: the form is erased", slope)
			})
		}
	}
}

// TestEraseEmptyForms: an empty box is no 0, and its sides are no 1.
func TestEraseEmptyForms(t *testing.T) {
	for i, f := range forms {
		switch f.name {
		case "boxes joined", "boxes joined, bold", "boxes apart", "frame", "table", "squared paper":
			t.Run(f.name, func(t *testing.T) {
				ink := drawForm(i, false, true, 0.02)
				EraseRuledLines(ink)
				require.Less(t, largest(ink), 15, "nothing as large as a digit is left")
			})
		}
	}
}

// TestEraseNoStrokes: nothing is erased where there are no lines.
func TestEraseNoStrokes(t *testing.T) {
	square := rectangle(.1, .1, .5, .5)
	for _, c := range []struct {
		name   string
		digits [][][][2]float64
	}{
		{"1", [][][][2]float64{{strokeOne}}},
		{"1111", [][][][2]float64{{strokeOne}, {strokeOne}, {strokeOne}, {strokeOne}}},
		{"7777", [][][][2]float64{{{{0, 0}, {.6, 0}, {.3, 1}}}, {{{0, 0}, {.6, 0}, {.3, 1}}}, {{{0, 0}, {.6, 0}, {.3, 1}}}, {{{0, 0}, {.6, 0}, {.3, 1}}}}},
		{"1 with a base", [][][][2]float64{{{{.1, .2}, {.3, 0}, {.3, 1}}, {{0, 1}, {.6, 1}}}}},
		{"2 with a loose base", [][][][2]float64{{{{.05, .2}, {.2, 0}, {.45, .05}, {.5, .25}, {.05, .92}}, {{0, 1}, {.6, 1}}}}},
		{"a square 9", [][][][2]float64{{square, {{.5, .1}, {.5, 1}}}, {strokeTwo}, {strokeTwo}}},
		{"4", [][][][2]float64{{strokeFour, stemFour}, {strokeFour, stemFour}}},
		{"0 with a slash", [][][][2]float64{{ring, {{.15, .75}, {.42, .25}}}}},
		{"0 with a dot", [][][][2]float64{{ring, {{.3, .48}, {.3, .52}}}}},
		{"5 with a loose bar", [][][][2]float64{{bodyFive, barFive}, {bodyFive, barFive}}},
		{"minus", [][][][2]float64{{strokeTwo}, {{{.1, .5}, {.5, .5}}}, {ring}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPen(100+90*len(c.digits), 200, 6)
			for i, strokes := range c.digits {
				p.shape(60+float64(90*i), 50, 90, strokes...)
			}
			ink, _, err := Ink(p.page, DarkInk)
			require.NoError(t, err)
			want := append([]uint8(nil), ink.Pix...)
			EraseRuledLines(ink)
			require.Equal(t, want, ink.Pix)
		})
	}
}

// TestEraseAlike: a 1 is as long and as thick as an underline, and as far from
// the top as the underline is from the left.
func TestEraseAlike(t *testing.T) {
	one := image.Rect(180, 50, 185, 110)
	ink := newEasel(300, 200, 0, 255, 5*16)
	ink.line(65*16, 42*16, 100*16, 42*16, 75*16, 98*16) // a 7
	ink.rect(image.Rect(50, 112, 110, 117), 255)
	ink.rect(one, 255)
	EraseRuledLines(ink.Gray)
	require.Equal(t, one, InkBox(ink.SubImage(image.Rect(150, 0, 300, 200)).(*image.Gray)))
	require.Equal(t, byte(0), ink.GrayAt(80, 114).Y, "the underline is gone")
}

// TestEraseRing: a circle goes that touches the digit inside.
func TestEraseRing(t *testing.T) {
	p := newPen(300, 300, 8)
	p.shape(110, 100, 100, bodyFive)
	p.line([2]float64{120, 105}, [2]float64{240, 100})
	p.width = 4
	p.line(ellipse(150, 150, 98, 98, 1)...)
	ink, _, err := Ink(p.page, DarkInk)
	require.NoError(t, err)
	EraseRuledLines(ink)
	require.True(t, InkBox(ink).In(image.Rect(105, 92, 245, 205)), "%v", InkBox(ink))
	require.Greater(t, InkBox(ink).Dy(), 95)
}

// TestEraseSmall: a picture whose longer side has less than 40 pixels is a
// digit, whatever it looks like.
func TestEraseSmall(t *testing.T) {
	for _, size := range []image.Point{{40, 31}, {39, 31}, {31, 40}, {31, 39}} {
		var lines []image.Rectangle
		for y := 3; y < size.Y; y += 6 {
			lines = append(lines, image.Rect(0, y, size.X, y+1))
		}
		ink := boxes(size.X, size.Y, lines...)
		EraseRuledLines(ink)
		require.Equal(t, max(size.X, size.Y) < 40, countInk(ink) > 0, "%v", size)
	}
}

// formOf draws segments and digits, and finds which segments are lines.
func formOf(w, h int, segments []lineSegment, digits ...image.Rectangle) *network {
	ink := boxes(w, h, digits...)
	for _, s := range segments {
		for _, r := range s.line {
			for y := r.y0; y < r.y1; y++ {
				if s.vertical {
					ink.Pix[r.x*w+y] = 255
				} else {
					ink.Pix[y*w+r.x] = 255
				}
			}
		}
	}
	n := networkOf(ink)
	n.segments = segments
	for i := range segments {
		segments[i].reach(n.along(segments[i].vertical))
	}
	label, parts := findParts(ink)
	n.findOthers(label, parts)
	return n
}

// A formCase is a picture of lines and digits.
type formCase struct {
	name   string
	w      int // of the picture
	lines  []lineSegment
	digits []image.Rectangle
	want   []int // which lines are known as such
}

func (c formCase) check(t *testing.T) {
	require.Equal(t, c.want, formOf(c.w, 180, c.lines, c.digits...).sure(), c.name)
}

// TestRuledLines: three lines across the picture are ruled lines if they are
// longer than a digit is high. Five lines are, whatever the height of a digit.
func TestRuledLines(t *testing.T) {
	ruled := func(n int, length float64) (list []lineSegment) {
		for i := range n {
			list = append(list, across(0, length, float64(8+8*i), 0, 1))
		}
		return list
	}
	columns := func(n int, others ...lineSegment) []lineSegment {
		for i := range n {
			others = append(others, down(0, 179, float64(20+20*i), 0, 1))
		}
		return others
	}
	two := []image.Rectangle{image.Rect(24, 100, 36, 160), image.Rect(44, 100, 56, 160)}
	for _, c := range []formCase{
		{"three ruled lines", 100, ruled(3, 99), nil, []int{0, 1, 2}},
		{"two ruled lines", 100, ruled(2, 99), nil, nil},
		{"two ruled lines and a shorter one", 100, append(ruled(2, 99), across(0, 50, 90, 0, 1)), nil, nil},
		{"shorter lines", 112, ruled(3, 99), nil, nil},
		{"five lines beside a high digit", 100, ruled(5, 99), []image.Rectangle{image.Rect(40, 50, 52, 170)}, []int{0, 1, 2, 3, 4}},
		{"four lines", 100, ruled(4, 99), []image.Rectangle{image.Rect(40, 50, 52, 170)}, nil},
		{"three lines beside a lower digit", 100, ruled(3, 99), []image.Rectangle{image.Rect(40, 50, 52, 148)}, []int{0, 1, 2}},
		{"three lines as long as a digit", 100, ruled(3, 99), []image.Rectangle{image.Rect(40, 50, 52, 149)}, nil},
		{"three columns", 100, columns(3), two, nil},
		{"three columns and a row", 100, columns(3, across(0, 99, 90, 0, 1)), two, []int{1, 2, 3}},
		{"two columns and a row", 100, columns(2, across(0, 99, 90, 0, 1)), two, nil},
	} {
		c.check(t)
	}
	pale := networkOf(image.NewGray(image.Rect(0, 0, 60, 50)))
	pale.segments = []lineSegment{across(10, 40, 20, 0, 1)}
	pale.segments[0].reach(pale.columns)
	pale.findOthers(make([]int32, 60*50), nil)
	require.Empty(t, pale.sure(), "a line without a part")
}

// TestLongLines: other lines are long, compared with the digits.
func TestLongLines(t *testing.T) {
	dashed := func(s lineSegment, from, to int) []lineSegment {
		s.line = append(s.line[:from:from], s.line[to:]...)
		return []lineSegment{s}
	}
	digit, blob := image.Rect(60, 80, 72, 110), image.Rect(60, 17, 90, 47)
	for _, c := range []formCase{
		{"one line across", 67, []lineSegment{across(0, 61, 10, 0, 1)}, []image.Rectangle{digit.Sub(image.Pt(30, 0))}, []int{0}},
		{"one short line across", 67, []lineSegment{across(0, 60, 10, 0, 1)}, []image.Rectangle{digit.Sub(image.Pt(30, 0))}, nil},
		{"a line alone", 190, []lineSegment{across(20, 81, 10, 0, 1)}, []image.Rectangle{digit}, []int{0}},
		{"twice as long as a digit is high", 190, []lineSegment{across(20, 80, 10, 0, 1)}, []image.Rectangle{digit}, nil},
		{"a vertical line", 190, []lineSegment{down(20, 111, 10, 0, 1)}, []image.Rectangle{digit}, []int{0}},
		{"three times as long as a digit is high", 190, []lineSegment{down(20, 110, 10, 0, 1)}, []image.Rectangle{digit}, nil},
		{"with other ink", 190, []lineSegment{down(20, 111, 10, 0, 1)}, []image.Rectangle{digit, image.Rect(11, 50, 34, 51)}, []int{0}},
		{"with more other ink", 190, []lineSegment{down(20, 111, 10, 0, 1)}, []image.Rectangle{digit, image.Rect(11, 50, 35, 51)}, nil},
		{"60 % ink", 190, dashed(across(20, 119, 10, 0, 1), 50, 90), []image.Rectangle{digit}, []int{0}},
		{"less ink", 190, dashed(across(20, 119, 10, 0, 1), 50, 91), []image.Rectangle{digit}, nil},
		{"as much ink as the digit", 190, []lineSegment{across(20, 109, 10, 0, 4)}, []image.Rectangle{digit}, []int{0}},
		{"more ink", 190, []lineSegment{across(20, 110, 10, 0, 4)}, []image.Rectangle{digit}, nil},
		{"30 thicknesses", 190, []lineSegment{across(20, 170, 10, 0, 5)}, []image.Rectangle{digit}, []int{0}},
		{"less", 190, []lineSegment{across(20, 169, 10, 0, 5)}, []image.Rectangle{digit}, nil},

		{"a line that touches other ink", 190, []lineSegment{across(20, 114, 16, 0, 1)}, []image.Rectangle{blob}, []int{0}},
		{"three times as long as it is high", 190, []lineSegment{across(20, 113, 16, 0, 1)}, []image.Rectangle{blob}, nil},
		{"it crosses the picture", 70, []lineSegment{across(0, 69, 16, 0, 1)}, []image.Rectangle{blob.Sub(image.Pt(30, 0))}, []int{0}},
		{"it does not", 90, []lineSegment{across(0, 69, 16, 0, 1)}, []image.Rectangle{blob.Sub(image.Pt(30, 0))}, nil},
		{"a vertical one", 190, []lineSegment{down(10, 120, 59, 0, 1)}, []image.Rectangle{blob}, nil},
		{"91 % ink", 190, dashed(across(20, 119, 16, 0, 1), 80, 89), []image.Rectangle{blob}, []int{0}},
		{"90 % ink", 190, dashed(across(20, 119, 16, 0, 1), 80, 90), []image.Rectangle{blob}, nil},
		{"half of it is thin", 190, dashed(across(20, 114, 16, 0, 1), 10, 57), []image.Rectangle{blob, image.Rect(30, 16, 77, 17)}, []int{0}},
		{"less than half", 190, dashed(across(20, 114, 16, 0, 1), 10, 58), []image.Rectangle{blob, image.Rect(30, 16, 78, 17)}, nil},
	} {
		c.check(t)
	}
}

// TestRegular: distances are multiples of the smallest one, or differ by at
// most 12 % of it.
func TestRegular(t *testing.T) {
	for _, tt := range []struct {
		at   []float64
		want bool
	}{
		{[]float64{10, 35, 60}, true},
		{[]float64{10, 35, 85, 110, 210}, true},
		{[]float64{10, 35, 62.9}, true},
		{[]float64{10, 35, 63.1}, false},
		{[]float64{10, 37.9, 62.9}, true},
		{[]float64{10, 38.1, 63.1}, false},
		{[]float64{10, 35, 82.1}, true},
		{[]float64{10, 35, 81.9}, false},
		{[]float64{10, 10, 35}, false},
		{[]float64{10, 10, 10}, false},
	} {
		var list []crossing
		for _, at := range tt.at {
			list = append(list, crossing{at: at})
		}
		require.Equal(t, tt.want, regular(list), "%v", tt.at)
	}
}
