package imageprep

import (
	"image"
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
			clean(ink)
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
			clean(ink)
			require.Equal(t, tt.want, InkBox(ink))
		})
	}
}

// TestCleanFull: a part as large as the picture does not overflow a stack.
func TestCleanFull(t *testing.T) {
	ink := inkOf(strings.Split(strings.Repeat(strings.Repeat("#", 700)+"\n", 699)+strings.Repeat("#", 700), "\n")...)
	clean(ink)
	require.Equal(t, ink.Rect, InkBox(ink))
}
