package cli

import (
	"encoding/json"
	"fmt"
	"image"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Printable returns a text from outside, such as a file name, that is safe to
// print. Characters that a terminal may obey and bytes that are not UTF-8 are
// escaped as in a Go string: \n, \x1b, \u202e.
func Printable(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[n:]
	}
	return b.String()
}

// PrintableLines is Printable for a text of several lines. It keeps line feeds
// and tabs.
func PrintableLines(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		i := strings.IndexAny(s, "\n\t")
		if i < 0 {
			i = len(s)
		}
		b.WriteString(Printable(s[:i]))
		if i < len(s) {
			b.WriteByte(s[i])
			i++
		}
		s = s[i:]
	}
	return b.String()
}

// WriteJSON writes v as JSON and a line feed. The JSON is one line if indent is
// empty. Characters that a terminal may obey are escaped.
func WriteJSON(w io.Writer, v any, indent string) error {
	text, err := json.Marshal(v)
	if indent != "" && err == nil {
		text, err = json.MarshalIndent(v, "", indent)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, printableJSON(string(text)))
	return err
}

// printableJSON is Printable for JSON text, whose meaning it keeps. Line feeds
// and tabs stay: they stand only between values.
func printableJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) || r == '\n' || r == '\t' {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// WithCommas returns a number in groups of three digits, such as 60,000.
func WithCommas(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
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

// Picture draws a small picture. A pixel is two characters, which are about a
// square. frames is nil or a picture of the same size: where it is not 0, a
// frame is drawn instead of the pixel.
func Picture(g, frames *image.Gray) string {
	var b strings.Builder
	edge := strings.Repeat("─", 2*g.Rect.Dx())
	b.WriteString("┌" + edge + "┐\n")
	for y := range g.Rect.Dy() {
		b.WriteString("│")
		for x, v := range g.Pix[y*g.Stride:][:g.Rect.Dx()] {
			if frames != nil && frames.Pix[y*frames.Stride+x] > 0 {
				b.WriteString("[]")
				continue
			}
			b.WriteString([]string{"  ", "░░", "▒▒", "▓▓", "██"}[(int(v)+31)/64])
		}
		b.WriteString("│\n")
	}
	b.WriteString("└" + edge + "┘\n")
	return b.String()
}
