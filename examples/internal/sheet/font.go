package sheet

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"
)

// glyphs is a font of 5x7 pixels. Each pair of hexadecimal digits is a row,
// from top to bottom. The zero has a stroke, so it differs from the letter.
// Letters are capital and small: some models tell them apart. Characters are
// those of ASCII, of most languages with Latin letters, and a few signs.
var glyphs = map[rune]uint64{
	'0': 0x0e11131519110e, '1': 0x040c040404040e, '2': 0x0e11010204081f, '3': 0x0e11010601110e,
	'4': 0x02060a121f0202, '5': 0x1f101e0101110e, '6': 0x0608101e11110e, '7': 0x1f010204080808,
	'8': 0x0e11110e11110e, '9': 0x0e11110f01020c, 'A': 0x0e11111f111111, 'B': 0x1e11111e11111e,
	'C': 0x0e11101010110e, 'D': 0x1e11111111111e, 'E': 0x1f10101e10101f, 'F': 0x1f10101e101010,
	'G': 0x0e11101711110e, 'H': 0x1111111f111111, 'I': 0x0e04040404040e, 'J': 0x0702020202120c,
	'K': 0x11121418141211, 'L': 0x1010101010101f, 'M': 0x111b1515111111, 'N': 0x11191915131311,
	'O': 0x0e11111111110e, 'P': 0x1e11111e101010, 'Q': 0x0e11111115120d, 'R': 0x1e11111e141211,
	'S': 0x0f10100e01011e, 'T': 0x1f040404040404, 'U': 0x1111111111110e, 'V': 0x11111111110a04,
	'W': 0x11111115151b11, 'X': 0x11110a040a1111, 'Y': 0x11110a04040404, 'Z': 0x1f01020408101f,
	'.': 0x00000000000c0c, '-': 0x0000000e000000, '_': 0x0000000000001f, '%': 0x18190204081303,
	'?': 0x0e110102040004, '/': 0x01010204081010, '(': 0x02040808080402, ')': 0x08040202020408,
	'a': 0x00000e010f110f, 'b': 0x1010161911111e, 'c': 0x00000e1010110e, 'd': 0x01010d1311110f,
	'e': 0x00000e111f100e, 'f': 0x0609081c080808, 'g': 0x000f11110f010e, 'h': 0x10101619111111,
	'i': 0x04000c0404040e, 'j': 0x0200060202120c, 'k': 0x10101214181412, 'l': 0x0c04040404040e,
	'm': 0x00001a15151111, 'n': 0x00001619111111, 'o': 0x00000e1111110e, 'p': 0x00001e111e1010,
	'q': 0x00000d130f0101, 'r': 0x00001619101010, 's': 0x00000e100e011e, 't': 0x08081c08080906,
	'u': 0x0000111111130d, 'v': 0x00001111110a04, 'w': 0x0000111115150a, 'x': 0x0000110a040a11,
	'y': 0x000011110f010e, 'z': 0x00001f0204081f,
	':': 0x000c0c000c0c00, ',': 0x000000000c0408, '+': 0x0004041f040400, ' ': 0x00000000000000,
	'=': 0x00001f001f0000, '!': 0x04040404000004, '"': 0x0a0a0a00000000, '#': 0x0a0a1f0a1f0a0a,
	'$': 0x040f140e051e04, '&': 0x0814140815120d, '\'': 0x04040800000000, '*': 0x0015041f041500,
	';': 0x000c0c000c0408, '<': 0x01020408040201, '>': 0x10080402040810, '@': 0x0e11010d15150e,
	'[': 0x0e08080808080e, '\\': 0x10100804020101, ']': 0x0e02020202020e, '^': 0x040a1100000000,
	'`': 0x08040200000000, '{': 0x02040408040402, '|': 0x04040404040404, '}': 0x08040402040408,
	'~': 0x00000815020000,
	'×': 0x00110a040a1100, '÷': 0x0004001f000400, '±': 0x0004041f04041f, '°': 0x0c12120c000000,
	'€': 0x07081e081e0807, '£': 0x0609081c08081f, '¥': 0x110a041f041f04, '¢': 0x040e1514150e04,
	'µ': 0x00001212121d10, 'ß': 0x0c12121412121c, 'ı': 0x00000c0404040e,
	'Æ': 0x0f14141f141417, 'Œ': 0x0f14141714140f, 'Ø': 0x0f13131519191e, 'Ł': 0x08080a0c18080f,
	'æ': 0x00001a050f140f, 'œ': 0x00000a1517140b, 'ø': 0x00000f1315191e, 'ł': 0x0c04060c04040e,
	'Ð': 0x0e09091d09090e, 'Þ': 0x101e11111e1010, 'ð': 0x0a040a0f11110e, 'þ': 0x10101e11111e10,
}

// accents are the marks of letters that have no glyph of their own. A mark has
// two rows above the letter and two rows below it.
var accents = []struct {
	rows          uint32
	letters, bare string
}{
	{0x08040000, "ÀÈÌÒÙàèìòù", "AEIOUaeiou"},
	{0x02040000, "ÁĆÉÍŃÓŚÚÝŹáćéíńóśúýź", "ACEINOSUYZaceinosuyz"},
	{0x040a0000, "ÂÊÎÔÛâêîôû", "AEIOUaeiou"},
	{0x09160000, "ÃÑÕãñõ", "ANOano"},
	{0x0a000000, "ÄËÏÖÜŸäëïöüÿ", "AEIOUYaeiouy"},
	{0x0e0a0000, "ÅŮåů", "AUau"},
	{0x04000000, "İŻż", "IZz"},
	{0x120e0000, "Ğğ", "Gg"},
	{0x05120000, "ŐŰőű", "OUou"},
	{0x0a040000, "ČĎĚŇŘŠŤŽčďěňřšťž", "CDENRSTZcdenrstz"},
	{0x0000040c, "ÇŞçş", "CScs"},
	{0x00000403, "ĄĘąę", "AEae"},
}

// drawn is the height of a drawn letter, without marks below it.
const drawn = 9

// rows maps the rows of drawn letters to those of the font. Some are drawn
// twice, which makes the letters slim. A capital with a mark has no room for
// that.
var (
	rows  = [drawn]int{0, 1, 1, 2, 3, 4, 5, 5, 6}
	below = [drawn]int{-1, -1, 0, 1, 2, 3, 4, 5, 6}
)

const (
	charWidth  = 7
	lineHeight = drawn + 5
)

// glyphOf returns the rows of a character as it is drawn, with two more for
// marks below it. It returns false if the font does not have the character.
func glyphOf(r rune) (bits [drawn + 2]uint8, ok bool) {
	glyph, ok := glyphs[r]
	mark, from := uint32(0), rows
	for i := 0; i < len(accents) && !ok; i++ {
		letters := []rune(accents[i].letters)
		if k := slices.Index(letters, r); k >= 0 {
			base := accents[i].bare[k]
			glyph, mark, ok = glyphs[rune(base)], accents[i].rows, true
			const top = 0xffff << 40
			if above := mark>>16 != 0; above && base == 'i' {
				glyph &^= top // its dot
			} else if above && glyph&top != 0 {
				from = below
			}
		}
	}
	for y, row := range from {
		if row >= 0 {
			bits[y] = uint8(glyph >> (8 * (6 - row)))
		}
	}
	for i, y := range []int{0, 1, drawn, drawn + 1} {
		bits[y] |= uint8(mark >> (24 - 8*i))
	}
	return bits, ok
}

// drawable reports whether the font has all characters of a text.
func drawable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		_, ok := glyphOf(r)
		return !ok
	})
}

// DrawText draws a line of text. Its upper left corner is at p. If the text is
// wider than width, its beginning is left out: the end of a path says more. A
// character that the font does not have is drawn as a question mark.
func DrawText(m draw.Image, p image.Point, width int, text string, c color.RGBA) {
	runes := []rune(text)
	if fits := width / charWidth; len(runes) > fits {
		text = ".." + string(runes[len(runes)-fits+2:])
	}
	drawText(m, p, 1, text, c)
}

func drawText(m draw.Image, p image.Point, scale int, text string, c color.RGBA) {
	for i, r := range []rune(text) {
		bits, ok := glyphOf(r)
		if !ok {
			bits, _ = glyphOf('?')
		}
		for y, row := range bits {
			for x := range 5 {
				if row>>(4-x)&1 != 0 {
					at := p.Add(image.Pt(charWidth*i+x, y).Mul(scale))
					fill(m, image.Rectangle{Min: at, Max: at.Add(image.Pt(scale, scale))}, c)
				}
			}
		}
	}
}
