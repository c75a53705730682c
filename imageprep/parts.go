package imageprep

import (
	"image"
	"slices"
)

// A part is a set of pixels above 127 that touch one another, corners included.
type part struct {
	box    image.Rectangle
	area   int // in pixels
	border int // how many of them lie on the picture's border
}

func (p part) long() int { return max(p.box.Dx(), p.box.Dy()) }

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
	var stack []image.Point
	push := func(x, y int) {
		if l := &label[y*w+x]; *l == unlabelled {
			*l = int32(len(parts))
			stack = append(stack, image.Point{X: x, Y: y})
		}
	}
	for first := range label {
		if label[first] != unlabelled {
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

// add counts the pixel (x, y) of a picture of w x h.
func (p *part) add(x, y, w, h int) {
	p.area++
	if x == 0 || y == 0 || x == w-1 || y == h-1 {
		p.border++
	}
	p.box.Min.X, p.box.Max.X = min(p.box.Min.X, x), max(p.box.Max.X, x+1)
	p.box.Min.Y, p.box.Max.Y = min(p.box.Min.Y, y), max(p.box.Max.Y, y+1)
}

// typicalHeight returns the median height of the parts, each weighing as much as it has ink, so that specks hardly count. It
// is 0 if there are none.
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
