package imageprep

import (
	"image"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inkOf reads a drawing: '#' is ink, '+' is soft edge, all else is ground.
func inkOf(drawing ...string) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, len(drawing[0]), len(drawing)))
	for y, line := range drawing {
		for x, c := range line {
			switch c {
			case '#':
				g.Pix[y*g.Stride+x] = 255
			case '+':
				g.Pix[y*g.Stride+x] = 100
			}
		}
	}
	return g
}

func drawingOf(g *image.Gray) (lines []string) {
	for y := range g.Rect.Dy() {
		var b strings.Builder
		for _, v := range row(g, y) {
			b.WriteByte(" +#"[(int(v)+154)/155])
		}
		lines = append(lines, b.String())
	}
	return lines
}

func TestCleanSmall(t *testing.T) {
	tests := []struct {
		name      string
		ink, want []string
	}{
		{"nothing", []string{"   ", "   "}, []string{"   ", "   "}},
		{"speck and soft edge", []string{
			"+++#####    ",
			"   #####  # ",
			"   #####    ",
			"   #####++++",
		}, []string{
			" ++#####    ",
			"   #####    ",
			"   #####    ",
			"   #####++  ",
		}},
		{"corners connect", []string{
			"####### ",
			"#######+",
			"#######  #",
			"####### # ",
			"       #  ",
		}, []string{
			"####### ",
			"#######+",
			"#######  #",
			"####### # ",
			"       #  ",
		}},
		{"only soft edge", []string{"+ + "}, []string{"    "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pad(tt.ink)
			pad(tt.want)
			ink := inkOf(tt.ink...)
			clean(ink, nil)
			require.Equal(t, strings.Join(tt.want, "\n"), strings.Join(drawingOf(ink), "\n"))
		})
	}
}

func pad(lines []string) {
	longest := 0
	for _, l := range lines {
		longest = max(longest, len(l))
	}
	for i, l := range lines {
		lines[i] = l + strings.Repeat(" ", longest-len(l))
	}
}

func TestCleanBorder(t *testing.T) {
	block := func(g *image.Gray, r image.Rectangle) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				g.Pix[g.PixOffset(x, y)] = 255
			}
		}
	}
	edge, digit, small := image.Rect(0, 0, 6, 40), image.Rect(20, 10, 30, 35), image.Rect(40, 40, 43, 44)
	tests := []struct {
		name  string
		size  int
		parts []image.Rectangle
		want  image.Rectangle
	}{
		{"edge of the sheet is erased", 60, []image.Rectangle{edge, digit}, digit},
		{"even if it is much larger", 60, []image.Rectangle{image.Rect(0, 0, 18, 60), small}, small},
		{"stays alone", 60, []image.Rectangle{edge}, edge},
		{"stays beside a speck", 60, []image.Rectangle{edge, image.Rect(30, 30, 31, 31)}, edge},
		{"stays in a tight crop", 48, []image.Rectangle{edge, digit}, edge.Union(digit)},
		{"speck in a tight crop is erased", 48, []image.Rectangle{image.Rect(47, 0, 48, 5), digit}, digit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ink := image.NewGray(image.Rect(0, 0, tt.size, tt.size))
			for _, p := range tt.parts {
				block(ink, p)
			}
			clean(ink, nil)
			require.Equal(t, tt.want, InkBox(ink))
		})
	}
}

// TestMainDigit: Prepare keeps all strokes of the digit, and erases the rest.
func TestMainDigit(t *testing.T) {
	type strokes = [][][2]float64
	line := func(x0, y0, x1, y1 float64) [][2]float64 { return [][2]float64{{x0, y0}, {x1, y1}} }
	dot := func(x, y float64) [][2]float64 { return line(x, y, x+.01, y+.01) }
	circle := func(x, y, radius float64) (s [][2]float64) {
		for i := range 41 {
			sin, cos := math.Sincos(float64(i) * math.Pi / 20)
			s = append(s, [2]float64{x + radius*cos, y + radius*sin})
		}
		return s
	}
	arc := [][2]float64{{-.2, 1.3}, {.1, 1.2}, {.4, 1.2}, {.8, 1.35}}
	dashes := strokes{{{.1, 0}, {.1, .1}}, {{.1, .25}, {.1, .35}}, {{.1, .5}, {.1, .6}}, {{.1, .75}, {.1, .85}}, {{.1, 1}, {.1, 1.1}}}
	tests := []struct {
		name        string
		digit, rest strokes
	}{
		{"alone", strokes{strokeTwo}, nil},
		{"underlined", strokes{strokeTwo}, strokes{line(-.2, 1.15, .9, 1.15)}},
		{"underlined closely", strokes{ring}, strokes{line(-.1, 1.14, .7, 1.14)}},
		{"underlined twice", strokes{ring}, strokes{line(-.1, 1.14, .7, 1.14), line(-.1, 1.25, .7, 1.25)}},
		{"curved underline", strokes{strokeTwo}, strokes{arc}},
		{"period", strokes{strokeTwo}, strokes{dot(.85, 1)}},
		{"comma", strokes{strokeTwo}, strokes{line(.85, .95, .8, 1.1)}},
		{"period under an overhang", strokes{{{.3, 0}, {.3, .7}, {.8, 0}}}, strokes{dot(.7, .7)}},
		{"specks", strokes{strokeTwo}, strokes{dot(-.6, .2), dot(1.2, .7)}},
		{"letters far below", strokes{ring}, strokes{line(0, 1.8, 0, 2), line(.2, 1.8, .2, 2), line(.4, 1.8, .4, 2)}},
		{"word far below", strokes{line(.3, .1, .3, .5)}, strokes{
			{{-.2, 2.1}, {-.1, 1.8}, {0, 2.1}}, {{.2, 2.1}, {.3, 1.8}, {.4, 2.1}}, {{.6, 2.1}, {.7, 1.8}, {.8, 2.1}}}},
		{"neighbor at the border", strokes{ring}, strokes{{{2.4, .3}, {2, .5}, {2.4, .8}}}},
		{"larger neighbor at the border", strokes{line(.1, .2, .1, .8)}, strokes{{{2.4, .3}, {1.6, .5}, {2.4, .8}}}},
		{"zigzag from top to bottom", strokes{line(.1, .3, .1, .6)}, strokes{{{1.2, -.7}, {1.2, -.4}, {1.8, -.2}, {1.2, .2}, {1.8, .6}, {1.2, 1}, {1.8, 1.4}, {1.2, 1.8}, {1.2, 2.4}}}},
		{"strokes to the border", strokes{line(.1, .4, .1, .7)}, strokes{{{2.4, 0}, {1.2, .1}, {1.2, 1.1}, {2.4, 1.2}}, line(1.2, .35, 2.4, .35), line(1.2, .7, 2.4, .7)}},
		{"bar of a 5", strokes{bodyFive, barFive}, nil},
		{"bar of a 5 and underline", strokes{bodyFive, barFive}, strokes{line(-.2, 1.2, .9, 1.2)}},
		{"open 4", strokes{strokeFour, {{.7, .3}, {.7, 1}}}, nil},
		{"loose bar of a 7", strokes{{{0, 0}, {.6, 0}, {.3, 1}}, line(-.05, .5, .25, .5)}, nil},
		{"loose base of a 2", strokes{{{.05, .2}, {.2, 0}, {.45, .05}, {.5, .25}, {.05, .9}}, line(.05, .99, .4, .99)}, nil},
		{"broken 0", strokes{{{.3, 0}, {.05, .2}, {0, .6}, {.2, 1}}, {{.4, 1}, {.6, .6}, {.55, .3}, {.45, 0}}}, nil},
		{"dashed 1", dashes, nil},
		{"printed line", strokes{ring}, strokes{line(1.6, -.4, 1.62, 2.1)}},
		{"printed line with letters", strokes{ring}, strokes{{{1.6, -.4}, {1.6, 2.1}, {1.4, 2.1}, {1.3, 2}, {1.3, 2.2}}}},
		{"circled", strokes{strokeTwo}, strokes{circle(.3, .5, 1)}},
		{"framed", strokes{strokeTwo}, strokes{{{-.3, -.3}, {.9, -.3}, {.9, 1.3}, {-.3, 1.3}, {-.3, -.3}}}},
		{"0 with a dot", strokes{circle(.3, .5, .6), dot(.3, .5)}, nil},
		{"long 1 and period", strokes{line(.2, -.5, .1, 2)}, strokes{dot(.5, 2)}},
		{"long 1 and specks", strokes{line(.2, -.5, .1, 2)}, strokes{dot(1.5, .5), dot(-.4, 0)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPen(200, 200, 5)
			p.shape(60, 40, 70, tt.digit...)
			var want image.Rectangle // of the digit's own pixels
			for i, v := range p.page.Pix {
				if v < 120 {
					want = want.Union(image.Rect(i%200, i/200, i%200+1, i/200+1))
				}
			}
			p.shape(60, 40, 70, tt.rest...)
			d, err := Prepare(p.page, nil)
			require.NoError(t, err)
			// Soft edges are a matter of a pixel.
			require.True(t, want.Inset(2).In(d.Box) && d.Box.In(want.Inset(-2)), "%v, want %v", d.Box, want)
		})
	}
}

// TestEdgeOfSheet: what lies along the edge of the sheet is no digit, even if
// it is larger.
func TestEdgeOfSheet(t *testing.T) {
	ink := image.NewGray(image.Rect(0, 0, 80, 80))
	outside := make([]bool, 80*80)
	for y := range 80 {
		for x := range 10 {
			outside[y*80+x] = true
		}
		for x := 10; x < 14 && 5 < y && y < 75; x++ { // the dark fringe of what is outside
			ink.Pix[y*80+x] = 255
		}
	}
	digit := image.Rect(62, 20, 70, 40)
	for y := digit.Min.Y; y < digit.Max.Y; y++ {
		for x := digit.Min.X; x < digit.Max.X; x++ {
			ink.Pix[y*80+x] = 255
		}
	}
	clean(ink, outside)
	require.Equal(t, digit, InkBox(ink))
}

// TestCleanFull: a part as large as the picture does not overflow a stack.
func TestCleanFull(t *testing.T) {
	ink := inkOf(strings.Split(strings.Repeat(strings.Repeat("#", 700)+"\n", 699)+strings.Repeat("#", 700), "\n")...)
	clean(ink, nil)
	require.Equal(t, ink.Rect, InkBox(ink))
}
