package imageprep

import (
	"fmt"
	"image"
)

// SizeError reports a picture whose size makes it useless: none at all, more pixels than anything should read, or, in
// [Raw], not exactly 28x28.
type SizeError struct {
	Bounds image.Rectangle // what the picture claims
	Want   string          // the size that was wanted
	Advice string          // what to do
}

func (e *SizeError) Error() string {
	// int64 differences, because Dx and Dy of hostile bounds overflow.
	w := int64(e.Bounds.Max.X) - int64(e.Bounds.Min.X)
	h := int64(e.Bounds.Max.Y) - int64(e.Bounds.Min.Y)
	return fmt.Sprintf("imageprep: picture is %dx%d (bounds %v), want %s: %s", w, h, e.Bounds, e.Want, e.Advice)
}

// BlankError reports a picture in which nothing stands out enough to be ink.
type BlankError struct {
	Min, Max  uint8 // its darkest and its lightest grey level, after any shrinking
	Contrast  uint8 // grey levels between the medians of what would be ink and what would be ground
	OnlyRules bool  // there is ink, but only that of ruled or squared paper
}

func (e *BlankError) Error() string {
	if e.OnlyRules {
		return "imageprep: no ink found but the lines of the paper; write darker or use more light"
	}
	return fmt.Sprintf("imageprep: no ink found: contrast %d, want at least %d (grey levels %d to %d); write darker or use more light",
		e.Contrast, minContrast, e.Min, e.Max)
}
