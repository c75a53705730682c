package imageprep

import (
	"fmt"
	"image"
)

// A SizeError reports a picture that has no pixels or too many. [Raw] also
// reports any size but 28x28.
type SizeError struct {
	Bounds image.Rectangle // of the picture
	Want   string          // the accepted size
	Advice string          // what to do
}

func (e *SizeError) Error() string {
	// Dx and Dy of hostile bounds overflow on 32-bit machines.
	w := int64(e.Bounds.Max.X) - int64(e.Bounds.Min.X)
	h := int64(e.Bounds.Max.Y) - int64(e.Bounds.Min.Y)
	return fmt.Sprintf("imageprep: picture is %dx%d (bounds %v), want %s: %s", w, h, e.Bounds, e.Want, e.Advice)
}

// A BlankError reports a picture without ink.
type BlankError struct {
	Min, Max       uint8 // darkest and lightest level of the shrunk picture
	Contrast       uint8 // too small for ink, unless OnlyRuledLines
	OnlyRuledLines bool  // ruled lines are the only ink
}

func (e *BlankError) Error() string {
	if e.OnlyRuledLines {
		return "imageprep: no ink found except ruled lines; write darker or use more light"
	}
	return fmt.Sprintf("imageprep: no ink found: contrast %d, want at least %d (gray levels %d to %d); "+
		"write darker or use more light", e.Contrast, minContrast, e.Min, e.Max)
}

// A CountError reports a picture with ink that does not show exactly one digit.
type CountError struct {
	Page *Page // what it shows
}

func (e *CountError) Error() string {
	if len(e.Page.Digits) == 0 {
		return "imageprep: no digit found: the picture shows ink, but nothing in the shape of a digit"
	}
	return fmt.Sprintf("imageprep: the picture shows %d digits, want one; use PrepareAll", len(e.Page.Digits))
}
