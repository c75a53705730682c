package imageprep

import (
	"fmt"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// linesOf finds the lines of writing that a pen drew.
func linesOf(t *testing.T, p *pen) (*writing, []*textLine) {
	w := newWriting([]*image.Gray{inkOf(t, p)}, nil)
	return w, w.findLines()
}

func TestFindLines(t *testing.T) {
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
