package imageprep

import (
	"fmt"
	"image"
	"slices"
)

// A Warning says what may be the matter with a picture, for a person who wants to know why a digit was not recognised. Most
// digits with a warning are recognised all the same.
type Warning int

const (
	TouchesBorder Warning = iota // ink, not from beyond the sheet, reaches the border of the picture: the digit may be cut off
	SeveralParts                 // the digit's ink does not hang together
	SeveralDigits                // there is more than one digit: PrepareAll finds them
	Tiny                         // the digit is less than 12 pixels high and wide in the picture
	LowContrast                  // ink and ground differ by less than 32 of 255 grey levels
	NearlyBlank                  // less than a two-thousandth of the picture is ink, and none of it may be meant
)

const (
	tinySide    = 12
	lowContrast = 2 * minContrast
)

func (w Warning) String() string {
	texts := []string{"touches the border", "in several parts", "several digits", "tiny", "low contrast", "nearly blank"}
	if w < 0 || int(w) >= len(texts) {
		return fmt.Sprintf("Warning(%d)", int(w))
	}
	return texts[w]
}

// warn adds a warning if it applies.
func (d *Digit) warn(w Warning, applies bool) {
	if applies {
		d.Warnings = append(d.Warnings, w)
		slices.Sort(d.Warnings)
	}
}

// inkOnBorder counts the pixels of ink on the border of an ink picture.
func inkOnBorder(ink *image.Gray) (n int) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	for y := range h {
		line := row(ink, y)
		if y > 0 && y < h-1 && w > 2 {
			line = []uint8{line[0], line[w-1]}
		}
		for _, v := range line {
			if v > 127 {
				n++
			}
		}
	}
	return n
}
