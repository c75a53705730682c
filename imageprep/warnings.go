package imageprep

import (
	"fmt"
	"slices"
)

// A Warning says what may be wrong with a picture. Models still recognize most
// digits with a warning.
type Warning int

const (
	TouchesBorder Warning = iota // ink may be cut off at the border
	SeveralParts                 // not all strokes touch
	SeveralDigits                // more than one digit, despite Options.One
	Tiny                         // the digit has few pixels
	LowContrast                  // ink and ground differ little
	NearlyBlank                  // hardly any ink
	MayBeTurned                  // the page may be on its side or upside down
	MayBeMark                    // a 1 may be a line or a slash
	WasCut                       // cut off from other ink: may be no digit
	TooMuchInk                   // the page has more ink than PrepareAll reads
)

const (
	tinySide    = 12              // Tiny: both sides of the box are shorter
	lowContrast = 2 * minContrast // LowContrast: less, in gray levels
	nearlyBlank = 2000            // NearlyBlank: less than 1 ink pixel in 2000
)

// String returns a short text, for example "low contrast".
func (w Warning) String() string {
	texts := []string{"touches the border", "in several parts", "several digits", "tiny", "low contrast", "nearly blank", "may be turned", "may be a line", "cut off from other ink", "more ink than is read"}
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
