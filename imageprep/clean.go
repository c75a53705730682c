package imageprep

import (
	"image"
	"slices"
)

// Clean erases from an ink picture, in place, what is not the digit: specks, and what reaches in from outside.
//
// A part is a set of pixels above 127 that touch one another, corners included. If, by the rules of [PrepareAll], the picture
// shows exactly one digit, its parts stay and all others are erased. If it shows several, or none for sure, a part is erased
//   - if it reaches the border, in a picture of more than 48 pixels on its shorter side in which another part, larger than
//     0.08 % of the picture, keeps clear of the border (the edge of the sheet, a shadow, a neighbour; small pictures are
//     tight crops and keep theirs),
//   - if it has less than 6 % of the area of the largest part that is left.
//
// Of the fainter ink only that within two pixels of a part that is kept stays. EraseRuledLines should come first.
func Clean(ink *image.Gray) {
	if !ink.Rect.Empty() {
		clean(ink)
	}
}

// clean also returns what it took for digits. Their ink may be gone.
func clean(ink *image.Gray) *page {
	local := *ink
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	local.Rect = image.Rect(0, 0, w, h)
	label, parts := findParts(&local)
	p := newPage(&local, slices.Clone(label), parts, nil) // which may cut parts in two
	kept := make([]bool, len(parts)+1)
	if uncut := int(p.labels) == len(parts); uncut && len(p.glyphs) == 1 {
		for _, l := range p.glyphs[0].labels {
			kept[l] = true
		}
	} else {
		keepLarge(kept[1:], parts, w, h)
	}
	for y := range h {
		for x, v := range row(&local, y) {
			if v > 0 && !kept[label[y*w+x]] && !near(label, kept, w, h, x, y) {
				row(&local, y)[x] = 0
			}
		}
	}
	return p
}

// keepLarge marks the parts that are neither small nor from outside.
func keepLarge(kept []bool, parts []part, w, h int) {
	mayCut := hasInside(parts, w, h)
	largest := 0
	for _, p := range parts {
		if !(mayCut && p.border > 0) {
			largest = max(largest, p.area)
		}
	}
	for i, p := range parts {
		kept[i] = !(mayCut && p.border > 0) && int64(p.area)*100 >= 6*int64(largest)
	}
}

// hasInside reports whether there is more than specks that keeps clear of the border. Then what reaches the border may be
// taken for something from outside, but not in a small picture: that is a tight crop.
func hasInside(parts []part, w, h int) bool {
	return !isTight(w, h) && slices.ContainsFunc(parts, func(p part) bool {
		return p.border == 0 && int64(p.area)*10000 > 8*int64(w)*int64(h)
	})
}

// isTight reports whether a picture is so small that it must be a tight crop, in which digits may reach the border.
func isTight(w, h int) bool { return min(w, h) <= 48 }

// near tells whether a pixel of a kept part lies within two pixels of (x, y).
func near(label []int32, kept []bool, w, h, x, y int) bool {
	for v := max(0, y-2); v <= min(y+2, h-1); v++ {
		for u := max(0, x-2); u <= min(x+2, w-1); u++ {
			if kept[label[v*w+u]] {
				return true
			}
		}
	}
	return false
}
