package why

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// Text draws a Why for a terminal, with its caption and the largest
// contributions. A pixel of the digit is two characters: "++" speaks for the
// class, "--" against it, and "░░" is other ink. Where little speaks, there is
// one sign.
func Text(w *reader.Why) string { return text(w, signs) }

// ColorText is Text with blocks in blue and orange in place of signs, by the
// escape codes of terminals with 256 colors.
func ColorText(w *reader.Why) string { return text(w, blocks) }

// A look is how pixels look in a terminal.
type look struct {
	levels   [2][3]string // for and against, from weak to strong
	ink      string
	key      [2]string // explains what is for and against
	colorEnd string
}

var (
	signs  = &look{levels: [2][3]string{{"+ ", "++", "++"}, {"- ", "--", "--"}}, ink: "░░", key: [2]string{"++ (little: +)", "-- (little: -)"}}
	blocks = &look{
		levels: [2][3]string{{"\x1b[38;5;33m▒▒", "\x1b[38;5;33m▓▓", "\x1b[38;5;33m██"}, {"\x1b[38;5;208m▒▒", "\x1b[38;5;208m▓▓", "\x1b[38;5;208m██"}},
		ink:    "\x1b[38;5;245m░░", key: [2]string{"\x1b[38;5;33m██\x1b[0m", "\x1b[38;5;208m██\x1b[0m"}, colorEnd: "\x1b[0m",
	}
)

func text(w *reader.Why, look *look) string {
	var b strings.Builder
	first, second := cli.Printable(style(plain).quoted(w.Class)), cli.Printable(style(plain).quoted(w.Rival))
	fmt.Fprintf(&b, "why %s and not %s: %s speaks for %[1]s, %[4]s for %[2]s\n", first, second, look.key[0], look.key[1])
	b.WriteString(picture(w, look))
	fmt.Fprintf(&b, "%s\n", cli.Printable(caption(w, plain)))
	if lines := largest(w, 5); len(lines) > 0 {
		fmt.Fprintf(&b, "the largest, in %s:\n", grid(w))
		for _, line := range lines {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

// picture draws the digit and its strokes in a frame.
func picture(w *reader.Why, look *look) string {
	size := w.Image.Rect.Size()
	net := make([]float64, size.X*size.Y) // for less against
	for _, s := range strokesOf(w) {
		s.Width = max(s.Width, 1) // to be seen
		cover(&s, size, 1, func(x, y int, inside float64) {
			net[y*size.X+x] += math.Copysign(inside*s.weight, float64(s.Contribution))
		})
	}
	var b strings.Builder
	edge := strings.Repeat("─", 2*size.X)
	b.WriteString("┌" + edge + "┐\n")
	for y := range size.Y {
		b.WriteString("│")
		last := ""
		for x := range size.X {
			next := look.pixel(net[y*size.X+x], w.Image.Pix[y*w.Image.Stride+x])
			if code, rest, ok := strings.Cut(next, "m"); ok && code == last {
				next = rest
			} else {
				if last != "" {
					b.WriteString(look.colorEnd)
				}
				if last = ""; ok {
					last = code
				}
			}
			b.WriteString(next)
		}
		if last != "" {
			b.WriteString(look.colorEnd)
		}
		b.WriteString("│\n")
	}
	b.WriteString("└" + edge + "┘\n")
	return b.String()
}

func (l *look) pixel(net float64, ink uint8) string {
	side := 0
	if net < 0 {
		side, net = 1, -net
	}
	switch {
	case net >= 0.5:
		return l.levels[side][2]
	case net >= 0.25:
		return l.levels[side][1]
	case net >= 0.1:
		return l.levels[side][0]
	case ink >= 96:
		return l.ink
	}
	return "  "
}

// largest returns the n largest contributions in words, such as "row 2, column
// 3, edge with ink below: +1.2".
func largest(w *reader.Why, n int) (lines []string) {
	numbers := make([]int, len(w.Contributions))
	for i := range numbers {
		numbers[i] = i
	}
	size := func(i int) float32 { return max(w.Contributions[i], -w.Contributions[i]) }
	slices.SortStableFunc(numbers, func(a, b int) int { return cmp.Compare(size(b), size(a)) })
	for _, i := range numbers {
		if c := w.Contributions[i]; c != 0 && len(lines) < n {
			lines = append(lines, fmt.Sprintf("%s: %+.*f", place(w, i), places(c), c))
		}
	}
	return lines
}

// places returns how many digits a contribution has after the point.
func places(c float32) int {
	zeros := int(-math.Log10(math.Abs(float64(c)))) // less than 0 from 10 on
	return 2 + min(max(zeros, 0), 7)
}

// place returns in words where the contribution with a number is.
func place(w *reader.Why, i int) string {
	if w.HOG == (imageprep.HOG{}) {
		return fmt.Sprintf("row %d, column %d", i/imageprep.Size+1, i%imageprep.Size+1)
	}
	cell, direction := i/w.HOG.Directions, i%w.HOG.Directions
	sides := [8]string{"on the right", "at the lower right", "below", "at the lower left", "on the left", "at the upper left", "above", "at the upper right"}
	// The gradient points to the ink.
	side := sides[int(math.Round(float64(direction)*8/float64(w.HOG.Directions)))%8]
	return fmt.Sprintf("row %d, column %d, edge with ink %s", cell/w.HOG.Cells+1, cell%w.HOG.Cells+1, side)
}

// grid returns in words what rows and columns count.
func grid(w *reader.Why) string {
	if w.HOG == (imageprep.HOG{}) {
		return fmt.Sprintf("%d x %[1]d pixels", imageprep.Size)
	}
	return fmt.Sprintf("%d x %[1]d cells", w.HOG.Cells)
}
