package sheet

import (
	"image"
	"image/color"
	"image/draw"
)

// glyphs is a font of 5x7 pixels. Each pair of hexadecimal digits is a row,
// from top to bottom. The zero has a stroke, so it differs from the letter.
// Letters are capital and small: some models tell them apart.
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
}

// rows maps the rows of drawn letters to those of the font. Some are drawn
// twice, which makes the letters slim.
var rows = [9]int{0, 1, 1, 2, 3, 4, 5, 5, 6}

const (
	charWidth  = 7
	lineHeight = len(rows) + 5
)

// DrawText draws a line of text. Its upper left corner is at p. If the text is
// wider than width, its beginning is left out: the end of a path says more.
func DrawText(m draw.Image, p image.Point, width int, text string, c color.RGBA) {
	runes := []rune(text)
	if fits := width / charWidth; len(runes) > fits {
		text = ".." + string(runes[len(runes)-fits+2:])
	}
	drawText(m, p, 1, text, c)
}

func drawText(m draw.Image, p image.Point, scale int, text string, c color.RGBA) {
	for i, r := range []rune(text) {
		glyph, ok := glyphs[r]
		if !ok {
			glyph = glyphs['?']
		}
		for y, row := range rows {
			for x := range 5 {
				if glyph>>(8*(6-row)+4-x)&1 != 0 {
					at := p.Add(image.Pt(charWidth*i+x, y).Mul(scale))
					fill(m, image.Rectangle{Min: at, Max: at.Add(image.Pt(scale, scale))}, c)
				}
			}
		}
	}
}
