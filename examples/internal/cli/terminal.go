package cli

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Printable returns a text of others, such as the name of a file or what stands
// in one, with all that a terminal may take for a command, that moves its
// cursor or turns its direction of writing, or that is not UTF-8, in the
// notation of Go's strings: \n, \x1b, \u202e.
func Printable(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x`)
			b.WriteString(strconv.FormatUint(uint64(s[0]), 16)) // two digits: from 80 on
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

// Lines is Printable for a text of several lines, which keeps them and tabs.
func Lines(s string) string {
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

// JSON is Printable for a text in JSON, which keeps its meaning. Line breaks and
// tabs stay: JSON has them only between values, as its indentation.
func JSON(s string) string {
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

// BarWidth is the width of a full bar in characters.
const BarWidth = 20

// Bar draws a share, from 0 to 1, as a bar, in eighths of a character. Below, and
// of NaN, there is none, and above it is full.
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

// Picture draws a small picture with two characters a pixel, which makes the
// pixels about square. Where frames, a picture of the same size or nil, is not
// 0, it draws a frame instead.
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
