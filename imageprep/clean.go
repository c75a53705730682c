package imageprep

import (
	"cmp"
	"image"
	"slices"
)

// clean erases from an ink picture, in place, what is not the digit. The
// picture starts at (0, 0), and has no ruled lines. clean reports whether it
// shows several digits. Soft edges stay with their parts. outside is the mask
// of findOutside, or nil. Ink beside it counts as ink on the border.
func clean(ink *image.Gray, outside []bool) (several bool) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	label, parts := findParts(ink)
	for i, out := range outside {
		if out {
			countBorder(label, parts, w, h, i%w, i/w)
		}
	}
	stroke := StrokeWidth(ink)
	kept := make([]bool, len(parts)+1)
	switch {
	case isTight(w, h) || !keepMain(kept[1:], parts, w, h, stroke):
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
	return false
}

// countBorder counts the ink pixels beside (x, y) as pixels on the border.
func countBorder(label []int32, parts []part, w, h, x, y int) {
	for v := max(0, y-1); v <= min(y+1, h-1); v++ {
		for u := max(0, x-1); u <= min(x+1, w-1); u++ {
			if l := label[v*w+u]; l > 0 {
				parts[l-1].border++
			}
		}
	}
}

// These bound the work on pictures of noise: maxMain is how many parts keepMain
// tries, and maxGroup is how many parts may belong to a digit.
const (
	maxMain  = 20
	maxGroup = 100
)

// keepMain marks the parts of the main digit: the largest part that may be a
// digit or most of one, and what belongs to it. It returns false if there is no
// such part.
func keepMain(kept []bool, parts []part, w, h int, stroke float64) bool {
	dropBorder := hasInside(parts, w, h)
	// A part at the border may be the digit. More often, it is from
	// outside, so it counts as smaller.
	size := func(i int) float64 {
		if dropBorder && parts[i].border > 0 {
			return parts[i].weight() / 4
		}
		return parts[i].weight()
	}
	var order []int
	for i, q := range parts {
		spans := q.box.Dx() == w || q.box.Dy() == h
		outside := dropBorder && (spans || float64(q.border) > 3*stroke)
		if !q.isFlat() && !outside {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(size(j), size(i)) })
	order = order[:min(len(order), maxMain)]
	for _, i := range order {
		if slices.ContainsFunc(order, func(j int) bool { return parts[i].isAround(parts[j], stroke) }) {
			continue
		}
		clear(kept)
		if box, ok := grow(kept, parts, i, dropBorder, stroke); ok && box.Dx() <= 2*box.Dy() {
			return true // else it is a word or noise
		}
	}
	clear(kept)
	return false
}

// grow marks the main part, and what belongs to it: parts whose boxes are at
// most five stroke widths from that of a marked part. Specks, parts at the
// border, frames, underlines, and a period or comma after the digit do not
// belong to it. grow returns the bounding box of the marked parts, or false if
// there are too many.
func grow(kept []bool, parts []part, main int, dropBorder bool, stroke float64) (box image.Rectangle, ok bool) {
	m := parts[main]
	box = m.box
	reach := int(5 * stroke)
	kept[main] = true
	queue := []int{main}
	for next := 0; next < len(queue); next++ {
		if len(queue) > maxGroup {
			return box, false
		}
		to := parts[queue[next]].box
		for i, q := range parts {
			if kept[i] || 100*q.area < 6*m.area || dropBorder && q.border > 0 ||
				q.isAround(m, stroke) || q.isUnderlineOf(m, stroke) || q.isPointAfter(m) {
				continue
			}
			if x, y := overlap(q.box, to); -x <= reach && -y <= reach {
				kept[i] = true
				box = box.Union(q.box)
				queue = append(queue, i)
			}
		}
	}
	return box, true
}

// weight is the area of a part. A very long and thin part may be a 1, but more
// often it is a printed line. So it counts only as if it were twelve times as
// long as thick.
func (q part) weight() float64 {
	thickness := float64(q.area) / float64(q.longerSide())
	if float64(q.longerSide()) > 20*thickness {
		return 12 * thickness * thickness
	}
	return float64(q.area)
}

// isFlat reports whether a part is too flat for a digit.
func (q part) isFlat() bool { return 2*q.box.Dx() > 5*q.box.Dy() }

// isAround reports whether q is a circle or a frame around m. A much lower m
// may be the dot in a 0.
func (q part) isAround(m part, stroke float64) bool {
	return m.box.In(q.box.Inset(int(stroke))) && 4*m.box.Dy() > q.box.Dy()
}

// isUnderlineOf reports whether q is a line below m, but not the loose base of
// a 2, which is close to m and not wider.
func (q part) isUnderlineOf(m part, stroke float64) bool {
	x, y := overlap(q.box, m.box)
	below := q.box.Min.Y >= m.box.Max.Y-m.box.Dy()/8
	isBase := q.box.Dx() <= m.box.Dx() && float64(-2*y) <= stroke
	return q.isFlat() && below && 2*x > m.box.Dx() && !isBase
}

// isPointAfter reports whether q is a period or a comma at the lower right of
// m.
func (q part) isPointAfter(m part) bool {
	small := 3*q.longerSide() <= m.longerSide()
	right := q.box.Min.X+q.box.Max.X > m.box.Min.X+m.box.Max.X
	low := 4*q.box.Min.Y > m.box.Min.Y+3*m.box.Max.Y
	return small && right && low
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
