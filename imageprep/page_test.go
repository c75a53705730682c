package imageprep

import (
	"fmt"
	"image"
	"image/color"
	"strings"
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

// requireLayout checks the lines and the middles of digits. want lists them as
// "line:x,y".
func requireLayout(t *testing.T, want string, digits []*Digit) {
	t.Helper()
	var got []string
	for _, d := range digits {
		c := d.Box.Min.Add(d.Box.Max).Div(2)
		got = append(got, fmt.Sprintf("%d:%d,%d", d.Line, c.X, c.Y))
	}
	wanted := strings.Fields(want)
	require.Len(t, got, len(wanted), "%v", got)
	for i, text := range wanted {
		var line, x, y int
		_, err := fmt.Sscanf(text, "%d:%d,%d", &line, &x, &y)
		require.NoError(t, err)
		c := digits[i].Box.Min.Add(digits[i].Box.Max).Div(2)
		near := digits[i].Line == line && max(x-c.X, c.X-x, y-c.Y, c.Y-y) <= 4
		require.True(t, near, "want %s, found %v", want, got)
	}
}

// pages are drawings and the digits on them; see requireLayout.
var pages = []struct {
	name string
	w, h int
	draw func(p *pen)
	want string
}{
	{"one digit", 300, 200, func(p *pen) { p.shape(100, 50, 80, strokeTwo) }, "0:124,90"},
	{"a row", 500, 200, func(p *pen) {
		p.shape(400, 50, 80, ring)
		p.shape(100, 60, 80, strokeTwo)
		p.shape(200, 40, 80, strokeOne)
		p.shape(280, 50, 80, strokeFour, stemFour)
	}, "0:124,100 0:208,80 0:304,90 0:422,90"},
	{"rows that sink", 800, 400, func(p *pen) {
		for i := range 7 {
			p.shape(50+100*float64(i), 20+18*float64(i), 80, ring)
			p.shape(50+100*float64(i), 140+18*float64(i), 80, strokeTwo)
		}
	}, "0:72,60 0:172,78 0:272,96 0:372,114 0:472,132 0:572,150 0:672,168 " +
		"1:74,180 1:174,198 1:274,216 1:374,234 1:474,252 1:574,270 1:674,288"},
	{"different sizes", 600, 300, func(p *pen) {
		p.shape(50, 50, 200, strokeTwo)
		p.shape(250, 110, 110, ring)
		p.shape(400, 100, 120, strokeFour, stemFour)
	}, "0:110,150 0:280,165 0:436,160"},
	{"one above the other", 200, 300, func(p *pen) {
		p.shape(50, 40, 90, strokeTwo)
		p.shape(60, 150, 90, ring)
	}, "0:77,85 1:85,195"},
	{"a 5 with a bar of its own", 400, 200, func(p *pen) {
		p.shape(100, 60, 80, bodyFive, barFive)
		p.shape(250, 60, 80, bodyFive, barFive)
	}, "0:124,99 0:274,99"},
	{"a stroke where the pen skipped", 400, 200, func(p *pen) {
		p.line([2]float64{100, 50}, [2]float64{100, 85})
		p.line([2]float64{101, 94}, [2]float64{102, 130})
		p.shape(250, 50, 80, ring)
	}, "0:101,90 0:272,90"},
	{"specks and dust", 400, 200, func(p *pen) {
		p.shape(100, 60, 80, strokeTwo)
		p.shape(250, 60, 80, ring)
		p.line([2]float64{40, 40}, [2]float64{43, 41})
		p.line([2]float64{330, 150}, [2]float64{336, 151})
	}, "0:124,100 0:272,100"},
	{"a crooked underline", 500, 200, func(p *pen) {
		p.shape(100, 40, 80, strokeTwo)
		p.shape(250, 40, 80, ring)
		p.line([2]float64{80, 150}, [2]float64{200, 140}, [2]float64{350, 155})
	}, "0:124,80 0:272,80"},
	{"on a line", 600, 200, func(p *pen) {
		for i := range 4 {
			p.shape(50+120*float64(i), 40, 80, strokeTwo)
		}
		p.line([2]float64{10, 119}, [2]float64{590, 123})
	}, "0:74,80 0:194,80 0:314,80 0:434,80"},
	{"on squared paper", 600, 400, func(p *pen) {
		p.shape(103, 104, 80, ring)
		p.shape(305, 214, 80, bodyFive, barFive)
		p.width = 2
		for at := 10.; at < 600; at += 30 {
			p.line([2]float64{at, 0}, [2]float64{at + 8, 400})
			p.line([2]float64{0, at}, [2]float64{600, at - 11})
		}
	}, "0:125,144 1:329,253"},
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
	}, "0:79,85 0:281,85 1:67,215 1:281,214"},
	{"beside the edge of a sheet", 400, 200, func(p *pen) {
		p.shape(100, 60, 80, strokeTwo)
		p.shape(250, 60, 80, ring)
		p.width = 30
		p.line([2]float64{395, 0}, [2]float64{395, 200})
	}, "0:124,100 0:272,100"},
	{"two touching digits", 400, 200, func(p *pen) {
		p.shape(100, 60, 80, strokeTwo)
		p.shape(151, 60, 80, ring)
	}, "0:124,100 0:173,100"},
	{"a wide digit", 400, 200, func(p *pen) {
		p.line([2]float64{100, 60}, [2]float64{180, 60}, [2]float64{180, 90}, [2]float64{100, 120}, [2]float64{190, 120})
	}, "0:145,90"},
	{"nothing but a line", 400, 200, func(p *pen) { p.line([2]float64{50, 100}, [2]float64{350, 104}) }, ""},
}

func TestPrepareAll(t *testing.T) {
	t.Parallel()
	for _, tt := range pages {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(tt.w, tt.h, 5)
			tt.draw(p)
			digits, err := allDigits(p.page, nil)
			require.NoError(t, err)
			requireLayout(t, tt.want, digits)
			for _, d := range digits {
				requireForm(t, d.Image)
				require.Equal(t, DarkInk, d.Polarity)
			}
			// Chalk on a blackboard gives the same digits.
			digits, err = allDigits(inverted(p.page), nil)
			require.NoError(t, err)
			requireLayout(t, tt.want, digits)
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
	t.Parallel()
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
			moved := d.Box.Min.Sub(want[i].Box.Min)
			require.LessOrEqual(t, max(moved.X, -moved.X, moved.Y, -moved.Y), 2, name)
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
	if !long() {
		t.Skip("long: set DIGITS_LONG=1")
	}
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
		_, err := allDigits(g, &Options{Polarity: DarkInk, Confidence: func(*image.Gray) float64 { return -0.5 }})
		if err != nil {
			require.ErrorAs(t, err, new(*BlankError))
		}
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
		_, err := allDigits(g, &Options{Confidence: func(*image.Gray) float64 { return -2 * r.Float64() }})
		if err != nil {
			require.ErrorAs(t, err, new(*BlankError))
		}
	}
}
