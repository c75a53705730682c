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
		mayCut = mayCut || !p.border && int64(p.area)*10000 > 8*int64(w)*int64(h)
	}
	mayCut = mayCut && min(w, h) > 48
	largest := 0
	for _, p := range parts {
		if !(mayCut && p.border) {
			largest = max(largest, p.area)
		}
	}
	kept := make([]bool, len(parts)+1) // by label
	for i, p := range parts {
		kept[i+1] = !(mayCut && p.border) && int64(p.area)*100 >= 6*int64(largest)
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

type part struct {
	area   int
	border bool // touches the picture's border
}

// findParts labels each pixel with the number of its part, from 1, or with 0. It floods each part from its first pixel,
// with a stack of its own: a part can be as large as the picture, too deep for recursion.
func findParts(ink *image.Gray) (label []int32, parts []part) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	label = make([]int32, w*h)
	const unlabelled = -1
	for y := range h {
		for x, v := range row(ink, y) {
			if v > 127 {
				label[y*w+x] = unlabelled
			}
		}
	}
	var stack []int
	push := func(i int) {
		if label[i] == unlabelled {
			label[i] = int32(len(parts))
			stack = append(stack, i)
		}
	}
	for first := range label {
		if label[first] != unlabelled {
			continue
		}
		parts = append(parts, part{})
		p := &parts[len(parts)-1]
		push(first)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%w, i/w
			p.area++
			p.border = p.border || x == 0 || y == 0 || x == w-1 || y == h-1
			for v := max(0, y-1); v <= min(y+1, h-1); v++ {
				for u := max(0, x-1); u <= min(x+1, w-1); u++ {
					push(v*w + u)
				}
			}
		}
	}
	return label, parts
}
