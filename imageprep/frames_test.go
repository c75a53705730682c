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
