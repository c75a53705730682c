package imageprep

import (
	"image"
	"slices"
)

// This file decides which ink reaches into a picture from outside: the edge of
// the sheet, a table beside it, a shadow, a frame, or the rest of a neighbor.

// isTight reports whether a picture of w x h pixels is so small that it must be
// a tight crop. Digits may reach the border of a tight crop.
func isTight(w, h int) bool { return min(w, h) <= 48 }

// hasInside reports whether a picture of w x h pixels may have ink from
// outside: it is not a tight crop, and one of its parts is larger than a speck
// and does not reach the border.
func hasInside(parts []part, w, h int) bool {
	return !isTight(w, h) && slices.ContainsFunc(parts, func(p part) bool {
		return p.border == 0 && int64(p.area)*10000 > 8*int64(w)*int64(h)
	})
}

// findOutside finds what reaches into an ink picture from beyond the sheet. The
// mask selects it, with its soft edge. other reports whether there is other ink
// that does not reach the border. Without ink from outside, the mask is nil.
//
// A part is from outside if it is long and flat: along the border, it covers an
// eighth of the longer side, and it is at most a quarter of that side deep. A
// bold digit that is cut off is deeper.
func findOutside(ink *image.Gray) (mask []bool, other bool) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	side := max(w, h)
	if isTight(w, h) || 8*borderInk(ink) < side {
		return nil, false
	}
	label, parts := findParts(ink)
	isOutside := make([]bool, len(parts)+1)
	var others []part
	for i, p := range parts {
		isOutside[i+1] = 8*p.border >= side && 4*p.area <= p.border*side
		if !isOutside[i+1] {
			others = append(others, p)
		}
	}
	if len(others) == len(parts) {
		return nil, false
	}
	mask = make([]bool, w*h)
	for i, l := range label {
		if !isOutside[l] {
			continue
		}
		x, y := i%w, i/w
		for v := max(0, y-softEdge); v <= min(y+softEdge, h-1); v++ {
			for u := max(0, x-softEdge); u <= min(x+softEdge, w-1); u++ {
				mask[v*w+u] = true
			}
		}
	}
	return mask, hasInside(others, w, h)
}

// borderInk counts the ink pixels on the border of a picture.
func borderInk(ink *image.Gray) (n int) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	for y := range h {
		levels := row(ink, y)
		if y > 0 && y < h-1 && w > 2 {
			levels = []uint8{levels[0], levels[w-1]}
		}
		for _, v := range levels {
			if v >= inkLevel {
				n++
			}
		}
	}
	return n
}
