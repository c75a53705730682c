package cli

import (
	"image"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
)

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, _ := w.(*os.File)
	info, err := f.Stat() // an error if f is nil
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Printable is printable.Text.
func Printable(s string) string { return printable.Text(s) }

// PrintableLines is printable.Lines.
func PrintableLines(s string) string { return printable.Lines(s) }

// WriteJSON is printable.WriteJSON.
func WriteJSON(w io.Writer, v any, indent string) error { return printable.WriteJSON(w, v, indent) }

// WithCommas returns a number in groups of three digits, such as 60,000.
func WithCommas[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural returns a noun as it stands after the number n: "picture" after 1,
// and "pictures" after all others.
func Plural(n int, noun string) string {
	switch {
	case n == 1:
		return noun
	case strings.HasSuffix(noun, "s"):
		return noun + "es"
	}
	return noun + "s"
}

// BarWidth is the width of a full bar, in characters.
const BarWidth = 20

// Bar draws a share as a bar, in eighths of a character. The bar is full from 1
// upward. It is empty for 0, for less, and for NaN.
func Bar(share float32) string {
	if !(share > 0) {
		return ""
	}
	eighths := int(min(share, 1)*BarWidth*8 + 0.5)
	b := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		b += string(rune('█' + 8 - rest)) // ▉ is seven eighths, ▏ one
	}
	return b
}

// Picture draws a small picture. Two characters make one pixel, so pixels are
// about square. frames is nil or a picture of the same size. Where frames is
// not 0, Picture draws a frame instead of the pixel. The value, from 1 to 4,
// decides what the frame looks like: see package sheet.
func Picture(g, frames *image.Gray) string {
	var b strings.Builder
	edge := strings.Repeat("─", 2*g.Rect.Dx())
	b.WriteString("┌" + edge + "┐\n")
	for y := range g.Rect.Dy() {
		b.WriteString("│")
		for x, v := range g.Pix[y*g.Stride:][:g.Rect.Dx()] {
			if frames != nil && frames.Pix[y*frames.Stride+x] > 0 {
				b.WriteString([]string{"[]", "[]", "??", "::"}[frames.Pix[y*frames.Stride+x]-1])
				continue
			}
			b.WriteString([]string{"  ", "░░", "▒▒", "▓▓", "██"}[(int(v)+31)/64])
		}
		b.WriteString("│\n")
	}
	b.WriteString("└" + edge + "┘\n")
	return b.String()
}

// Cause is printable.Cause.
func Cause(err error) error { return printable.Cause(err) }
