package imageprep

import (
	"image"
	"slices"
)

// clean erases from an ink picture, in place, what is not the digit. The
// picture starts at (0, 0), and its ruled lines are erased. clean reports
// whether the picture shows several digits.
//
// If the picture shows exactly one digit by the rules of PrepareAll, clean
// keeps its parts only. Otherwise it keeps all parts that are neither small nor
// from outside. Soft edges stay with their parts.
func clean(ink *image.Gray) (several bool) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	label, parts := findParts(ink)
	p := newPage(ink, slices.Clone(label), parts, nil) // cuts change labels
	kept := make([]bool, len(parts)+1)
	if uncut := int(p.labels) == len(parts); uncut && len(p.glyphs) == 1 {
		for _, l := range p.glyphs[0].labels {
			kept[l] = true
		}
	} else {
		keepLarge(kept[1:], parts, w, h)
	}
	for y := range h {
		levels := row(ink, y)
		for x, v := range levels {
			if v > 0 && !kept[label[y*w+x]] && !nearPart(label, kept, w, h, x, y) {
				levels[x] = 0
			}
		}
	}
	return p.several()
}

// keepLarge marks the parts that are not from outside and have at least 6 % of
// the area of the largest such part.
func keepLarge(kept []bool, parts []part, w, h int) {
	dropBorder := hasInside(parts, w, h)
	largest := 0
	for _, p := range parts {
		if !(dropBorder && p.border > 0) {
			largest = max(largest, p.area)
		}
	}
	for i, p := range parts {
		kept[i] = !(dropBorder && p.border > 0) && int64(p.area)*100 >= 6*int64(largest)
	}
}
