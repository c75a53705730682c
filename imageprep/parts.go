package imageprep

import (
	"image"
	"slices"
)

const (
	inkLevel = 128 // ink from this level on; below it, soft edge
	softEdge = 2   // width of a soft edge, in pixels
)

// A part is a connected component of ink pixels. Pixels that share only a
// corner are connected, too.
type part struct {
	box    image.Rectangle
	area   int // in pixels
	border int // how many of its pixels are on the border of the picture
	ink    int // number of its ink
}

func (p part) longerSide() int { return max(p.box.Dx(), p.box.Dy()) }

// findParts finds the parts of an ink picture. label holds, for each pixel, the
// number of its part, from 1, or 0. parts[i] has the number i+1.
//
// Each part is filled from its first pixel on. A part may be as large as the
// picture, too deep for recursion, so the function has its own stack.
func findParts(ink *image.Gray) (label []int32, parts []part) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	label = make([]int32, w*h)
	const unlabeled = -1
	for y := range h {
		for x, v := range row(ink, y) {
			if v >= inkLevel {
				label[y*w+x] = unlabeled
			}
		}
	}
	var stack []image.Point
	push := func(x, y int) {
		if l := &label[y*w+x]; *l == unlabeled {
			*l = int32(len(parts))
			stack = append(stack, image.Point{X: x, Y: y})
		}
	}
	for first := range label {
		if label[first] != unlabeled {
			continue
		}
		x, y := first%w, first/w
		parts = append(parts, part{box: image.Rect(x, y, x+1, y+1)})
		p := &parts[len(parts)-1]
		push(x, y)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			p.add(at.X, at.Y, w, h)
			for v := max(0, at.Y-1); v <= min(at.Y+1, h-1); v++ {
				for u := max(0, at.X-1); u <= min(at.X+1, w-1); u++ {
					push(u, v)
				}
			}
		}
	}
	return label, parts
}

// add adds the pixel (x, y) of a picture of w x h pixels.
func (p *part) add(x, y, w, h int) {
	p.area++
	if x == 0 || y == 0 || x == w-1 || y == h-1 {
		p.border++
	}
	p.box.Min.X, p.box.Max.X = min(p.box.Min.X, x), max(p.box.Max.X, x+1)
	p.box.Min.Y, p.box.Max.Y = min(p.box.Min.Y, y), max(p.box.Max.Y, y+1)
}

// typicalHeight returns the median height of the parts, or 0 if there are none.
// The weight of a part is its area, so specks hardly count.
func typicalHeight(parts []part) int {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b part) int { return a.box.Dy() - b.box.Dy() })
	left := 0
	for _, p := range parts {
		left += p.area
	}
	for _, p := range parts {
		if left -= 2 * p.area; left <= 0 {
			return p.box.Dy()
		}
	}
	return 0
}

// nearPart reports whether (x, y) is within a soft edge of one of the wanted
// parts.
func nearPart(label []int32, wanted []bool, w, h, x, y int) bool {
	for v := max(0, y-softEdge); v <= min(y+softEdge, h-1); v++ {
		for u := max(0, x-softEdge); u <= min(x+softEdge, w-1); u++ {
			if wanted[label[v*w+u]] {
				return true
			}
		}
	}
	return false
}

// isAround reports whether q is a circle or a frame around m. A much lower m
// may be the dot in a 0.
func (q part) isAround(m part, stroke float64) bool {
	return m.box.In(q.box.Inset(int(stroke))) && 4*m.box.Dy() > q.box.Dy()
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

// keepLargeParts erases the small parts of a tight crop.
func keepLargeParts(ink *image.Gray) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	label, parts := findParts(ink)
	kept := make([]bool, len(parts)+1)
	keepLarge(kept[1:], parts, w, h)
	for y := range h {
		levels := row(ink, y)
		for x, v := range levels {
			if v > 0 && !kept[label[y*w+x]] && !nearPart(label, kept, w, h, x, y) {
				levels[x] = 0
			}
		}
	}
}

// overlap returns how many columns and rows two boxes share. A gap between them
// is negative.
func overlap(a, b image.Rectangle) (x, y int) {
	return min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X), min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
}
