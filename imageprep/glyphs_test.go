package imageprep

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A pen draws on a page: dark on light, antialiased.
type pen struct {
	page  *image.Gray
	width float64
}

func newPen(w, h int, width float64) *pen {
	return &pen{onPaper(grayOf(1, 200), image.Rect(0, 0, w, h), image.Point{}, 200), width}
}

// line draws through points.
func (p *pen) line(points ...[2]float64) {
	for i := range points[1:] {
		a, b := points[i], points[i+1]
		for y := max(0, int(min(a[1], b[1])-p.width)-1); y < min(p.page.Rect.Dy(), int(max(a[1], b[1])+p.width)+2); y++ {
			for x := max(0, int(min(a[0], b[0])-p.width)-1); x < min(p.page.Rect.Dx(), int(max(a[0], b[0])+p.width)+2); x++ {
				d := toSegment(float64(x)+.5, float64(y)+.5, a[0], a[1], b[0], b[1])
				cover := min(max(p.width/2-d+.5, 0), 1)
				v := &p.page.Pix[p.page.PixOffset(x, y)]
				*v = min(*v, uint8(math.Round(200-160*cover)))
			}
		}
	}
}

// shape draws a digit, given in a unit square, of a height with its upper left corner at (x, y).
func (p *pen) shape(x, y, height float64, strokes ...[][2]float64) {
	for _, s := range strokes {
		var points [][2]float64
		for _, q := range s {
			points = append(points, [2]float64{x + q[0]*height, y + q[1]*height})
		}
		p.line(points...)
	}
}

// Digits as strokes in the unit square.
var (
	strokeOne  = [][2]float64{{.1, 0}, {.1, 1}}
	strokeTwo  = [][2]float64{{.05, .2}, {.2, 0}, {.45, .05}, {.5, .25}, {0, 1}, {.6, .95}}
	strokeFour = [][2]float64{{.25, 0}, {0, .6}, {.6, .6}}
	stemFour   = [][2]float64{{.45, .3}, {.45, 1}}
	bodyFive   = [][2]float64{{.1, .05}, {.05, .45}, {.35, .4}, {.5, .7}, {.3, 1}, {0, .9}}
	barFive    = [][2]float64{{.2, 0}, {.6, -.03}}
	ring       = [][2]float64{{.3, 0}, {.05, .2}, {0, .6}, {.25, 1}, {.5, .7}, {.55, .3}, {.3, 0}}
)

// layout describes digits as "line:x,y" of their middles, rounded to tens.
func layout(digits []*Digit) string {
	s := ""
	for _, d := range digits {
		c := d.Box.Min.Add(d.Box.Max).Div(2)
		s += fmt.Sprintf("%d:%d,%d ", d.Line, (c.X+5)/10*10, (c.Y+5)/10*10)
	}
	return s
}

func TestPrepareAll(t *testing.T) {
	tests := []struct {
		name string
		w, h int
		draw func(p *pen)
		want string
	}{
		{"one", 300, 200, func(p *pen) { p.shape(100, 50, 80, strokeTwo) }, "0:120,90 "},
		{"a row", 500, 200, func(p *pen) {
			p.shape(400, 50, 80, ring)
			p.shape(100, 60, 80, strokeTwo)
			p.shape(200, 40, 80, strokeOne)
			p.shape(280, 50, 80, strokeFour, stemFour)
		}, "0:120,100 0:210,80 0:300,90 0:420,90 "},
		{"rows that sink", 800, 400, func(p *pen) {
			for i := range 7 {
				p.shape(50+100*float64(i), 20+18*float64(i), 80, ring)
				p.shape(50+100*float64(i), 140+18*float64(i), 80, strokeTwo)
			}
		}, "0:70,60 0:170,80 0:270,100 0:370,110 0:470,130 0:570,150 0:670,170 " +
			"1:70,180 1:170,200 1:270,220 1:370,230 1:470,250 1:570,270 1:670,290 "},
		{"of different sizes", 600, 300, func(p *pen) {
			p.shape(50, 50, 200, strokeTwo)
			p.shape(250, 160, 60, ring)
			p.shape(400, 100, 120, strokeFour, stemFour)
		}, "0:110,150 0:270,190 0:440,160 "},
		{"one above the other", 200, 300, func(p *pen) {
			p.shape(50, 40, 90, strokeTwo)
			p.shape(60, 150, 90, ring)
		}, "0:80,90 1:80,200 "},
		{"a 5 with a bar of its own", 400, 200, func(p *pen) {
			p.shape(100, 60, 80, bodyFive, barFive)
			p.shape(250, 60, 80, bodyFive, barFive)
		}, "0:120,100 0:270,100 "},
		{"a stroke where the pen skipped", 400, 200, func(p *pen) {
			p.line([2]float64{100, 50}, [2]float64{100, 85})
			p.line([2]float64{101, 94}, [2]float64{102, 130})
			p.shape(250, 50, 80, ring)
		}, "0:100,90 0:270,90 "},
		{"specks and dust", 400, 200, func(p *pen) {
			p.shape(100, 60, 80, strokeTwo)
			p.shape(250, 60, 80, ring)
			p.line([2]float64{40, 40}, [2]float64{43, 41})
			p.line([2]float64{330, 150}, [2]float64{336, 151})
		}, "0:120,100 0:270,100 "},
		{"an underline, crooked", 500, 200, func(p *pen) {
			p.shape(100, 40, 80, strokeTwo)
			p.shape(250, 40, 80, ring)
			p.line([2]float64{80, 150}, [2]float64{200, 140}, [2]float64{350, 155})
		}, "0:120,80 0:270,80 "},
		{"on a line", 600, 200, func(p *pen) {
			for i := range 4 {
				p.shape(50+120*float64(i), 40, 80, strokeTwo)
			}
			p.line([2]float64{10, 119}, [2]float64{590, 123})
		}, "0:70,80 0:190,80 0:320,80 0:440,80 "},
		{"on squared paper", 600, 400, func(p *pen) {
			p.shape(103, 104, 80, ring)
			p.shape(305, 214, 80, bodyFive, barFive)
			p.width = 2
			for at := 10.; at < 600; at += 30 {
				p.line([2]float64{at, 0}, [2]float64{at + 8, 400})
				p.line([2]float64{0, at}, [2]float64{600, at - 11})
			}
		}, "0:120,140 1:330,250 "},
		{"in a table", 600, 300, func(p *pen) {
			p.shape(60, 50, 70, ring)
			p.shape(260, 50, 70, strokeTwo)
			p.shape(60, 180, 70, strokeOne)
			p.shape(260, 180, 70, bodyFive, barFive)
			for _, x := range []float64{20, 220, 420} {
				p.line([2]float64{x, 20}, [2]float64{x, 280})
			}
			for _, y := range []float64{20, 150, 280} {
				p.line([2]float64{20, y}, [2]float64{420, y})
			}
		}, "0:80,90 0:280,90 1:70,220 1:280,210 "},
		{"beside the edge of a sheet", 400, 200, func(p *pen) {
			p.shape(100, 60, 80, strokeTwo)
			p.shape(250, 60, 80, ring)
			p.width = 30
			p.line([2]float64{395, 0}, [2]float64{395, 200})
		}, "0:120,100 0:270,100 "},
		{"two that touch", 400, 200, func(p *pen) {
			p.shape(100, 60, 80, strokeTwo)
			p.shape(151, 60, 80, ring)
		}, "0:120,100 0:170,100 "},
		{"a wide one", 400, 200, func(p *pen) {
			p.line([2]float64{100, 60}, [2]float64{180, 60}, [2]float64{180, 90}, [2]float64{100, 120}, [2]float64{190, 120})
		}, "0:150,90 "},
		{"nothing but a line", 400, 200, func(p *pen) { p.line([2]float64{50, 100}, [2]float64{350, 104}) }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(tt.w, tt.h, 5)
			tt.draw(p)
			digits, err := PrepareAll(p.page, nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, layout(digits))
			for _, d := range digits {
				requireForm(t, d.Image)
				require.Equal(t, DarkInk, d.Polarity)
			}
			// Chalk on a blackboard, too.
			digits, err = PrepareAll(inverted(p.page), nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, layout(digits))
		})
	}
}

// TestConfidence: a 4 and a 0 that touch are hardly wider than high. Only a classifier can tell them from a wide digit.
func TestConfidence(t *testing.T) {
	p := newPen(400, 200, 5)
	p.shape(100, 60, 80, strokeFour, stemFour)
	p.shape(146, 60, 80, ring)
	digits, err := PrepareAll(p.page, nil)
	require.NoError(t, err)
	require.Len(t, digits, 1)
	whole := digits[0].Image

	asked := 0
	opts := &Options{Confidence: func(digit *image.Gray) float64 {
		asked++
		requireForm(t, digit)
		if string(digit.Pix) == string(whole.Pix) {
			return 0.5
		}
		return 0.6
	}}
	digits, err = PrepareAll(p.page, opts)
	require.NoError(t, err)
	require.Len(t, digits, 2)
	require.Equal(t, 3, asked)
	require.Less(t, digits[0].Box.Min.X, digits[1].Box.Min.X)

	opts.Confidence = func(digit *image.Gray) float64 {
		if string(digit.Pix) == string(whole.Pix) {
			return 0.7
		}
		return 0.6
	}
	digits, err = PrepareAll(p.page, opts)
	require.NoError(t, err)
	require.Len(t, digits, 1)
	require.Equal(t, whole, digits[0].Image, "as if it had never been cut")
}

// TestPageSize: the same page, photographed by any camera.
func TestPageSize(t *testing.T) {
	for _, k := range []int{1, 3, 8} {
		p := newPen(400, 200, 5)
		p.shape(100, 60, 80, strokeTwo)
		p.shape(250, 60, 80, ring)
		digits, err := PrepareAll(upscaled(p.page, k), nil)
		require.NoError(t, err)
		require.Len(t, digits, 2)
		for i, want := range []image.Rectangle{image.Rect(98, 58, 151, 142), image.Rect(248, 58, 297, 142)} {
			got := digits[i].Box
			for j, v := range []int{got.Min.X, got.Min.Y, got.Max.X, got.Max.Y} {
				require.InDelta(t, k*[]int{want.Min.X, want.Min.Y, want.Max.X, want.Max.Y}[j], v, 3*float64(k))
			}
			require.InDelta(t, 5*float64(k), digits[i].Stroke, 1.5*float64(k))
		}
	}
}

func TestEraseRulesOfBlankPaper(t *testing.T) {
	p := newPen(400, 300, 3)
	for y := 20.; y < 300; y += 40 {
		p.line([2]float64{0, y}, [2]float64{400, y + 5})
	}
	var blank *BlankError
	_, err := Prepare(p.page, nil)
	require.ErrorAs(t, err, &blank)
	require.True(t, blank.OnlyRules)
	require.EqualError(t, err, "imageprep: no ink found but the lines of the paper; write darker or use more light")
	_, err = PrepareAll(p.page, nil)
	require.ErrorAs(t, err, &blank)

	// A lone stroke is no rule, however straight and long.
	p = newPen(400, 300, 5)
	p.line([2]float64{200, 2}, [2]float64{203, 298})
	d, err := Prepare(p.page, nil)
	require.NoError(t, err)
	require.Greater(t, d.Box.Dy(), 280)
}

// TestEraseRulesUnderStrokes: wherever a digit stands on ruled paper, no rule is left to be a part of it.
func TestEraseRulesUnderStrokes(t *testing.T) {
	for _, size := range []int{80, 140} {
		for dy := range 60 {
			g := onPaper(drawTwo(size, 230, 50), image.Rect(0, 0, 600, 600), image.Pt(200, 200+dy), 230)
			for i, v := range g.Pix {
				if i/600%60 < 3 {
					g.Pix[i] = min(v, 150)
				}
			}
			d, err := Prepare(g, nil)
			require.NoError(t, err)
			require.True(t, d.Box.In(image.Rect(200, 200+dy, 200+size, 200+dy+size)), "size %d, dy %d: %v", size, dy, d.Box)
		}
	}
}

func TestEraseRulesInPlace(t *testing.T) {
	EraseRuledLines(new(image.Gray))
	p := newPen(200, 120, 4)
	p.shape(60, 20, 70, ring)
	for y := 10.; y < 120; y += 25 {
		p.line([2]float64{0, y}, [2]float64{200, y})
	}
	ink, _, err := Ink(p.page, DarkInk)
	require.NoError(t, err)
	part := onPaper(ink, image.Rect(-5, -5, 300, 300), image.Pt(7, 9), 77).SubImage(image.Rect(7, 9, 207, 129)).(*image.Gray)
	EraseRuledLines(ink)
	require.Zero(t, ink.GrayAt(10, 10).Y, "a rule is gone")
	require.NotZero(t, ink.GrayAt(62, 45).Y, "the ring is not")
	EraseRuledLines(part)
	for y := range 120 {
		require.Equal(t, row(ink, y), row(part, y))
	}
	require.EqualValues(t, 77, part.Pix[200], "outside the part nothing changes")
}

func TestStrokeWidth(t *testing.T) {
	require.Zero(t, StrokeWidth(new(image.Gray)))
	require.Zero(t, StrokeWidth(image.NewGray(image.Rect(0, 0, 9, 9))))
	for _, width := range []float64{2, 3, 5, 9, 20} {
		p := newPen(400, 300, width)
		p.line([2]float64{50, 40}, [2]float64{300, 250})
		ink, _, err := Ink(p.page, DarkInk)
		require.NoError(t, err)
		require.InDelta(t, width, StrokeWidth(ink), 0.2*width+0.5)
	}
}

func TestWarnings(t *testing.T) {
	digit := func(draw func(p *pen)) *Digit {
		p := newPen(300, 200, 5)
		draw(p)
		d, err := Prepare(p.page, nil)
		require.NoError(t, err)
		return d
	}
	two := func(p *pen) { p.shape(100, 60, 80, strokeTwo) }
	require.Empty(t, digit(two).Warnings)
	require.Equal(t, []Warning{SeveralDigits}, digit(func(p *pen) { two(p); p.shape(200, 60, 80, ring) }).Warnings[1:])
	require.Equal(t, []Warning{SeveralParts}, digit(func(p *pen) { p.shape(100, 60, 80, bodyFive, barFive) }).Warnings)
	require.Equal(t, []Warning{TouchesBorder}, digit(func(p *pen) { p.shape(100, 150, 80, strokeTwo) }).Warnings)
	require.Equal(t, []Warning{Tiny}, digit(func(p *pen) { p.width = 2; p.shape(100, 60, 7, strokeTwo) }).Warnings)
	require.Equal(t, []Warning{NearlyBlank}, digit(func(p *pen) {
		*p = *newPen(900, 700, 3)
		p.shape(100, 60, 20, strokeTwo)
	}).Warnings)
	pale, err := Prepare(drawTwo(90, 200, 175), nil)
	require.NoError(t, err)
	require.Equal(t, []Warning{LowContrast}, pale.Warnings)
	require.InDelta(t, 25, pale.Contrast, 2)

	require.Equal(t, "touches the border, in several parts, several digits, tiny, low contrast, nearly blank",
		fmt.Sprintf("%v, %v, %v, %v, %v, %v", TouchesBorder, SeveralParts, SeveralDigits, Tiny, LowContrast, NearlyBlank))
	require.Equal(t, "Warning(9)", Warning(9).String())
}

// TestPrepareAllOfNoise: bounded work, and no panic, whatever the ink looks like. (Of these pictures each took seconds once.)
func TestPrepareAllOfNoise(t *testing.T) {
	r := newRand()
	begin := time.Now()
	square := func(g *image.Gray, x0, y0, x1, y1 int, v uint8) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				g.SetGray(x, y, color.Gray{Y: v})
			}
		}
	}
	dots, basket := onPaper(grayOf(1, 255), image.Rect(0, 0, 1024, 1024), image.Point{}, 255), onPaper(grayOf(1, 255), image.Rect(0, 0, 1024, 1024), image.Point{}, 255)
	for y := 0; y < 1024; y += 2 {
		for x := 0; x < 1024; x += 2 {
			dots.SetGray(x, y, color.Gray{})
		}
	}
	for y := 40; y < 970; y += 27 { // a thousand squares with soft edges, in one stroke that has room for them all
		for x := 40; x < 970; x += 27 {
			square(basket, x-5, y-5, x+14, y+14, 145)
			square(basket, x, y, x+9, y+9, 0)
		}
	}
	square(basket, 10, 10, 21, 1010, 0)
	square(basket, 999, 10, 1010, 1010, 0)
	square(basket, 10, 999, 1010, 1010, 0)
	for _, g := range []*image.Gray{dots, basket} {
		_, err := PrepareAll(g, &Options{Polarity: DarkInk, Confidence: func(*image.Gray) float64 { return 0.5 }})
		require.NoError(t, err)
	}
	defer func() { require.Less(t, time.Since(begin), 5*time.Minute) }() // under the race detector, emulated, on a slow machine
	g := image.NewGray(image.Rect(0, 0, 1024, 1024))
	for _, share := range []int{50, 200, 700} { // of 1000
		for i := range g.Pix {
			g.Pix[i] = 255
			if r.IntN(1000) < share {
				g.Pix[i] = 0
			}
		}
		_, err := PrepareAll(g, &Options{Confidence: func(*image.Gray) float64 { return r.Float64() }})
		require.NoError(t, err)
	}
}

// TestPageUpToTheBorder: neither light that falls off towards the border of a page nor a dark table beyond it takes a digit
// away, joins some or makes one.
func TestPageUpToTheBorder(t *testing.T) {
	p := newPen(1024, 700, 6)
	for y := 25.0; y < 640; y += 115 {
		for x := 30.0; x < 960; x += 95 {
			p.shape(x, y, 60, strokeTwo)
		}
	}
	want, err := PrepareAll(p.page, nil)
	require.NoError(t, err)
	require.Len(t, want, 60)
	beyond := func(u, v int) bool { return u >= 93 || v >= 96 }
	for name, page := range map[string]*image.Gray{
		"dim corners": shade(p.page, func(u, v int) int { return 100 - ((u-50)*(u-50)+(v-50)*(v-50))*60/5000 }),
		"table":       grainy(covered(p.page, 30, beyond)),
		"black table": grainy(covered(p.page, 10, beyond)),
	} {
		got, err := PrepareAll(page, nil)
		require.NoError(t, err)
		require.Len(t, got, len(want), name)
		for i, d := range got {
			require.Equal(t, want[i].Box.Min, d.Box.Min, name)
			require.Empty(t, d.Warnings, name)
		}
	}
}

// grainy adds the noise of a camera.
func grainy(g *image.Gray) *image.Gray {
	r := newRand()
	for i, v := range g.Pix {
		g.Pix[i] = uint8(min(max(int(v)+r.IntN(11)-5, 0), 255))
	}
	return g
}
