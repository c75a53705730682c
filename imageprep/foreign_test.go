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
