package imageprep

import (
	"bytes"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEraseClutter: what is no writing goes, and digits stay.
func TestEraseClutter(t *testing.T) {
	digits := func(p *pen) {
		p.shape(100, 80, 80, strokeTwo)
		p.shape(190, 80, 80, ring)
		p.shape(280, 80, 80, strokeOne)
	}
	for _, tt := range []struct {
		name    string
		clutter func(p *pen)
	}{
		{"nothing", func(*pen) {}},
		{"a long hairline", func(p *pen) { p.width = 2; p.line([2]float64{20, 200}, [2]float64{400, 225}) }},
		{"a broken line", func(p *pen) {
			p.width = 3
			for i, x := range []float64{30, 70, 160, 300} {
				p.line([2]float64{x, 200}, [2]float64{x + []float64{20, 70, 120, 90}[i], 202})
			}
		}},
		{"a broken upright line", func(p *pen) {
			p.width = 3
			for i, y := range []float64{20, 50, 120, 200} {
				p.line([2]float64{400, y}, [2]float64{401, y + []float64{15, 55, 65, 70}[i]})
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(440, 300, 5)
			digits(p)
			want := inkOf(t, p)
			tt.clutter(p)
			f, err := readInk(p.page, 440, Upright, DarkInk)
			require.NoError(t, err)
			f.eraseClutter(f.inks[0])
			_, parts := findParts(f.inks[0])
			require.Len(t, parts, 3)
			for _, q := range parts {
				require.True(t, q.box.In(InkBox(want)))
			}
		})
	}
}

// TestEraseClutterKeepsWriting: strokes of digits are no clutter, even if they
// are thin, straight, or one behind the other.
func TestEraseClutterKeepsWriting(t *testing.T) {
	for _, tt := range []struct {
		name string
		draw func(p *pen)
	}{
		{"a line alone", func(p *pen) { p.width = 2; p.line([2]float64{20, 200}, [2]float64{400, 240}) }},
		{"ones", func(p *pen) {
			for i := range 5 {
				p.shape(60+60*float64(i), 100, 80, strokeOne)
			}
		}},
		{"a column of ones", func(p *pen) {
			for i := range 4 {
				p.shape(100, 20+65*float64(i), 50, strokeOne)
			}
		}},
		{"thin digits", func(p *pen) { p.width = 2; p.shape(100, 60, 150, strokeOne); p.shape(180, 60, 150, ring) }},
		{"a minus", func(p *pen) { p.line([2]float64{60, 100}, [2]float64{100, 100}); p.shape(140, 60, 80, ring) }},
		{"broken strokes of one length", func(p *pen) {
			for i := range 6 {
				p.line([2]float64{50 + 40*float64(i), 100}, [2]float64{75 + 40*float64(i), 100})
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(440, 300, 5)
			tt.draw(p)
			if tt.name != "a line alone" && tt.name != "thin digits" {
				p.shape(350, 150, 80, strokeTwo)
			}
			f, err := readInk(p.page, 440, Upright, DarkInk)
			require.NoError(t, err)
			before := append([]uint8(nil), f.inks[0].Pix...)
			f.eraseClutter(f.inks[0])
			require.True(t, bytes.Equal(before, f.inks[0].Pix))
		})
	}
}

// TestFindSteps: the edge between a light and a dark place is no stroke.
func TestFindSteps(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 200, 120))
	ink := image.NewGray(gray.Rect)
	for y := range 120 {
		for x := range 200 {
			v, edge := uint8(200), false
			switch {
			case x > 150:
				v = 90 // a shadow
			case x > 145:
				v, edge = 100, y > 20 && y < 100
			case x > 60 && x < 66 && y > 20 && y < 100:
				v, edge = 90, true // a stroke
			case y > 105 && y < 110 && x > 20 && x < 100:
				v, edge = 90, true // a stroke
			}
			gray.Pix[y*200+x] = v
			if edge {
				ink.Pix[y*200+x] = 255
			}
		}
	}
	label, parts := findParts(ink)
	require.Len(t, parts, 3)
	c := &clutter{ink: ink, parts: parts, gone: make([]bool, len(parts)+1), stroke: 5}
	c.findSteps(label, gray)
	for i, q := range parts {
		require.Equal(t, q.box.Min.X > 140, c.gone[i+1], "%v", q.box)
	}
	c.erase(label)
	require.True(t, InkBox(ink).In(image.Rect(0, 0, 110, 120)))
}
