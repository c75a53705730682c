package sheet

import (
	"image"
	"image/color"
	"image/draw"
	"strings"
	"unicode"
)

// glyphs is a font of 3x5 pixels. Each octal digit of a glyph is one of its
// rows, from top to bottom.
var glyphs = map[rune]uint16{
	'0': 0o75557, '1': 0o26227, '2': 0o71747, '3': 0o71717, '4': 0o55711,
	'5': 0o74717, '6': 0o74757, '7': 0o71222, '8': 0o75757, '9': 0o75717,
	'A': 0o25755, 'B': 0o65656, 'C': 0o34443, 'D': 0o65556, 'E': 0o74647,
	'F': 0o74644, 'G': 0o34553, 'H': 0o55755, 'I': 0o72227, 'J': 0o11152,
	'K': 0o55655, 'L': 0o44447, 'M': 0o57755, 'N': 0o65555, 'O': 0o25552,
	'P': 0o65644, 'Q': 0o25563, 'R': 0o65655, 'S': 0o34216, 'T': 0o72222,
	'U': 0o55557, 'V': 0o55552, 'W': 0o55775, 'X': 0o55255, 'Y': 0o55222,
	'Z': 0o71247, '.': 0o00002, '-': 0o00700, '_': 0o00007, '%': 0o51245,
	'?': 0o61202, '/': 0o11244, '(': 0o24442, ')': 0o21112, ':': 0o02020,
	',': 0o00024, ' ': 0,
}

const (
	fontScale  = 2
	charWidth  = 4 * fontScale
	lineHeight = 7 * fontScale
)

// DrawText draws a line of text, small letters as capitals, whose first glyph has
// its upper left corner at p. What does not fit into width is left out, at its
// beginning: the end of a file's path says more.
func DrawText(m draw.Image, p image.Point, width int, text string, c color.RGBA) {
	runes := []rune(strings.TrimSpace(text))
	if fits := width / charWidth; len(runes) > fits {
		runes = append([]rune(".."), runes[len(runes)-fits+2:]...)
	}
	for i, r := range runes {
		rows, ok := glyphs[unicode.ToUpper(r)]
		if !ok {
			rows = glyphs['?']
		}
		for bit := range 15 {
			if rows>>(14-bit)&1 == 0 {
				continue
			}
			at := p.Add(image.Pt(i*charWidth+bit%3*fontScale, bit/3*fontScale))
			fill(m, image.Rectangle{Min: at, Max: at.Add(image.Pt(fontScale, fontScale))}, c)
		}
	}
}
