package imageprep

import "image"

// Clean erases from an ink picture, in place, what is not the digit: specks, and what reaches in from outside.
//
// A part is a set of pixels above 127 that touch one another, corners included. A part is erased
//   - if it reaches the border, in a picture of more than 48 pixels on its shorter side in which another part, larger than
//     0.08 % of the picture, keeps clear of the border (the edge of the sheet, a shadow, a neighbour; small pictures are
//     tight crops and keep theirs),
//   - if it has less than 6 % of the area of the largest part that is left.
//
// Of the fainter ink only that within two pixels of a part that is kept stays.
func Clean(ink *image.Gray) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	label, parts := findParts(ink)
	mayCut := false
	for _, p := range parts {
		mayCut = mayCut || p.border == 0 && int64(p.area)*10000 > 8*int64(w)*int64(h)
	}
	mayCut = mayCut && min(w, h) > 48
	largest := 0
	for _, p := range parts {
		if !(mayCut && p.border > 0) {
			largest = max(largest, p.area)
		}
	}
	kept := make([]bool, len(parts)+1) // by label
	for i, p := range parts {
		kept[i+1] = !(mayCut && p.border > 0) && int64(p.area)*100 >= 6*int64(largest)
	}
	for y := range h {
		for x, v := range row(ink, y) {
			if v > 0 && !kept[label[y*w+x]] && !near(label, kept, w, h, x, y) {
				row(ink, y)[x] = 0
			}
		}
	}
}

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
