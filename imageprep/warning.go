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
	TouchesBorder Warning = iota // ink reaches the border of the picture: the digit may be cut off, or lie beside a shadow
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

// reachesBorder reports whether there is ink on the border of an ink picture.
func reachesBorder(ink *image.Gray) bool {
	h := ink.Rect.Dy()
	isInk := func(v uint8) bool { return v > 127 }
	if slices.ContainsFunc(row(ink, 0), isInk) || slices.ContainsFunc(row(ink, h-1), isInk) {
		return true
	}
	for y := range h {
		if line := row(ink, y); isInk(line[0]) || isInk(line[len(line)-1]) {
			return true
		}
	}
	return false
}
