package sheet

import (
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/stretchr/testify/require"
)

func textOf(text string) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 5*charWidth, lineHeight))
	DrawText(m, image.Point{}, m.Rect.Dx(), text, black)
	return m
}

func TestDrawText(t *testing.T) {
	require.Equal(t, 3+7+3, count(textOf("I"), black), "two serifs and a stem")
	require.Equal(t, textOf("..abc").Pix, textOf("folder/abc").Pix, "what does not fit is left out at the beginning")
	require.Equal(t, textOf("??").Pix, textOf("日本").Pix)
	require.NotEqual(t, textOf("0").Pix, textOf("o").Pix)
}

// TestGlyphs: the font has ASCII, Latin letters with marks and common signs.
// All look different.
func TestGlyphs(t *testing.T) {
	var all []rune
	for r := ' '; r <= '~'; r++ {
		all = append(all, r)
	}
	all = append(all, []rune("×÷±°€£¥¢µßıÆŒØŁÐÞæœøłðþ")...)
	require.Len(t, all, len(glyphs))
	for _, a := range accents {
		require.Len(t, []rune(a.letters), len(a.bare))
		all = append(all, []rune(a.letters)...)
	}
	for r := 'À'; r <= 'ÿ'; r++ {
		require.Contains(t, all, r, "Latin-1 has %c", r)
	}
	seen := map[string]rune{}
	for _, r := range all {
		require.True(t, drawable(string(r)), "%c", r)
		pix := string(textOf(string(r)).Pix)
		require.Zero(t, seen[pix], "%c and %c look the same", r, seen[pix])
		seen[pix] = r
	}
	require.False(t, drawable("a日"))

	const columns = 16
	var face strings.Builder
	for line := range slices.Chunk(all, columns) {
		m := image.NewRGBA(image.Rect(0, 0, columns*charWidth, lineHeight))
		DrawText(m, image.Point{}, m.Rect.Dx(), string(line), black)
		face.WriteString(string(line) + "\n")
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				face.WriteByte(" #"[m.RGBAAt(x, y).A/255])
			}
			face.WriteByte('\n')
		}
	}
	golden.Check(t, "font.txt", face.String())
}

// TestMarks: a mark is above or below its letter, and the letter stays
// whole. The dot of i makes room.
func TestMarks(t *testing.T) {
	for _, tt := range []struct {
		letter      string
		bare, extra int // pixels of the letter as it is drawn, and of the mark
	}{
		{"ä", count(textOf("a"), black), 2},
		{"ç", count(textOf("c"), black), 3},
		{"ï", count(textOf("ı"), black), 2},
		{"Ï", 3 + 5 + 3, 2}, // no row is drawn twice
	} {
		require.Equal(t, tt.bare+tt.extra, count(textOf(tt.letter), black), tt.letter)
	}
}
