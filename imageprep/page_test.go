package imageprep

import (
	"fmt"
	"image"
	"image/color"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// allDigits returns the digits that PrepareAll finds.
func allDigits(img image.Image, opts *Options) ([]*Digit, error) {
	p, err := PrepareAll(img, opts)
	if err != nil {
		return nil, err
	}
	return p.Digits, nil
}

// layout lists the middles of digits as "line:x,y", rounded to tens.
func layout(digits []*Digit) string {
	s := ""
	for _, d := range digits {
		c := d.Box.Min.Add(d.Box.Max).Div(2)
		s += fmt.Sprintf("%d:%d,%d ", d.Line, (c.X+5)/10*10, (c.Y+5)/10*10)
	}
	return s
}

// pages are drawings and the digits on them; see layout.
var pages = []struct {
	name string
	w, h int
	draw func(p *pen)
	want string
}{
	{"one digit", 300, 200, func(p *pen) { p.shape(100, 50, 80, strokeTwo) }, "0:120,90 "},
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
	{"different sizes", 600, 300, func(p *pen) {
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
	{"a crooked underline", 500, 200, func(p *pen) {
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
	{"two touching digits", 400, 200, func(p *pen) {
		p.shape(100, 60, 80, strokeTwo)
		p.shape(151, 60, 80, ring)
	}, "0:120,100 0:170,100 "},
	{"a wide digit", 400, 200, func(p *pen) {
		p.line([2]float64{100, 60}, [2]float64{180, 60}, [2]float64{180, 90}, [2]float64{100, 120}, [2]float64{190, 120})
	}, "0:150,90 "},
	{"nothing but a line", 400, 200, func(p *pen) { p.line([2]float64{50, 100}, [2]float64{350, 104}) }, ""},
}

func TestPrepareAll(t *testing.T) {
	for _, tt := range pages {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(tt.w, tt.h, 5)
			tt.draw(p)
			digits, err := allDigits(p.page, nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, layout(digits))
			for _, d := range digits {
				requireForm(t, d.Image)
				require.Equal(t, DarkInk, d.Polarity)
			}
			// Chalk on a blackboard gives the same digits.
			digits, err = allDigits(inverted(p.page), nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, layout(digits))
		})
	}
}

// TestPageSize: a page in any size gives the same digits.
func TestPageSize(t *testing.T) {
	for _, k := range []int{1, 3, 8} {
		p := newPen(400, 200, 5)
		p.shape(100, 60, 80, strokeTwo)
		p.shape(250, 60, 80, ring)
		digits, err := allDigits(upscaled(p.page, k), nil)
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

// TestPageUpToTheBorder: digits near the border are found, although the light
// falls off towards it, or a dark table is beside the page.
func TestPageUpToTheBorder(t *testing.T) {
	p := newPen(1024, 700, 6)
	for y := 25.0; y < 640; y += 115 {
		for x := 30.0; x < 960; x += 95 {
			p.shape(x, y, 60, strokeTwo)
		}
	}
	want, err := allDigits(p.page, nil)
	require.NoError(t, err)
	require.Len(t, want, 60)
	beyond := func(u, v int) bool { return u >= 93 || v >= 96 }
	for name, page := range map[string]*image.Gray{
		"dim corners": shade(p.page, func(u, v int) int { return 100 - ((u-50)*(u-50)+(v-50)*(v-50))*60/5000 }),
		"table":       grainy(covered(p.page, 30, beyond)),
		"black table": grainy(covered(p.page, 10, beyond)),
	} {
		got, err := allDigits(page, nil)
		require.NoError(t, err)
		require.Len(t, got, len(want), name)
		for i, d := range got {
			require.Equal(t, want[i].Box.Min, d.Box.Min, name)
			require.Empty(t, d.Warnings, name)
		}
	}
}

// grainy adds noise like a camera's.
func grainy(g *image.Gray) *image.Gray {
	r := newRand()
	for i, v := range g.Pix {
		g.Pix[i] = uint8(min(max(int(v)+r.IntN(11)-5, 0), 255))
	}
	return g
}

// TestPrepareAllOfNoise: pictures with very many parts take bounded time.
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
	whitePaper := func() *image.Gray {
		return onPaper(grayOf(1, 255), image.Rect(0, 0, 1024, 1024), image.Point{}, 255)
	}
	dots, basket := whitePaper(), whitePaper()
	for y := 0; y < 1024; y += 2 {
		for x := 0; x < 1024; x += 2 {
			dots.SetGray(x, y, color.Gray{})
		}
	}
	// A thousand squares with soft edges, inside the box of one stroke.
	for y := 40; y < 970; y += 27 {
		for x := 40; x < 970; x += 27 {
			square(basket, x-5, y-5, x+14, y+14, 145)
			square(basket, x, y, x+9, y+9, 0)
		}
	}
	square(basket, 10, 10, 21, 1010, 0)
	square(basket, 999, 10, 1010, 1010, 0)
	square(basket, 10, 999, 1010, 1010, 0)
	for _, g := range []*image.Gray{dots, basket} {
		_, err := allDigits(g, &Options{Polarity: DarkInk, Confidence: func(*image.Gray) float64 { return 0.5 }})
		require.NoError(t, err)
	}
	// Slow machines, emulators and the race detector need their time.
	defer func() { require.Less(t, time.Since(begin), 5*time.Minute) }()
	g := image.NewGray(image.Rect(0, 0, 1024, 1024))
	for _, share := range []int{50, 200, 700} { // pixels of 1000
		for i := range g.Pix {
			g.Pix[i] = 255
			if r.IntN(1000) < share {
				g.Pix[i] = 0
			}
		}
		_, err := allDigits(g, &Options{Confidence: func(*image.Gray) float64 { return r.Float64() }})
		require.NoError(t, err)
	}
}
