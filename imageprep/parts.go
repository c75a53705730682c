package imageprep

import (
	"encoding/binary"
	"image"
	"math/bits"
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

// A span is the ink of a row from column x0 up to x1-1.
type span struct {
	y, x0, x1 int32
	first     int32 // a span before it in the same part, or itself
}

// findParts finds the parts of an ink picture. label holds, for each pixel, the
// number of its part, from 1, or 0. parts[i] has the number i+1. The parts are
// in the order of their first pixels, row by row.
func findParts(ink *image.Gray) (label []int32, parts []part) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	spans := findSpans(ink)
	label = make([]int32, w*h)
	for i := range spans {
		s := &spans[i]
		// From here on, first is the number of the part.
		if int(s.first) == i {
			parts = append(parts, part{box: image.Rect(int(s.x0), int(s.y), int(s.x1), int(s.y))})
			s.first = int32(len(parts))
		} else {
			s.first = spans[s.first].first
		}
		parts[s.first-1].add(s, w, h)
		labels := label[int(s.y)*w:][s.x0:s.x1]
		for x := range labels {
			labels[x] = s.first
		}
	}
	return label, parts
}

// findSpans finds the spans of an ink picture, row by row. The first span of a
// part is its own first one. The others point to a span before them, which has
// the same part.
func findSpans(ink *image.Gray) (spans []span) {
	w := ink.Rect.Dx()
	spans = make([]span, 0, w*ink.Rect.Dy()/64)
	var above, end int // the spans of the row above
	for y := range ink.Rect.Dy() {
		levels := row(ink, y)
		for x := nextInk(levels, 0); x < w; {
			s := span{int32(y), int32(x), int32(nextGround(levels, x)), int32(len(spans))}
			x = nextInk(levels, int(s.x1))
			spans = append(spans, s)
			for above < end && spans[above].x1 < s.x0 {
				above++
			}
			for k := above; k < end && spans[k].x0 <= s.x1; k++ {
				join(spans, int32(k), s.first)
			}
		}
		for above = end; end < len(spans) && spans[end].y <= int32(y); {
			end++
		}
	}
	return spans
}

// join joins the parts of two spans.
func join(spans []span, a, b int32) {
	a, b = firstOf(spans, a), firstOf(spans, b)
	spans[max(a, b)].first = min(a, b)
}

// firstOf returns the first span of a span's part. It shortens the way there.
func firstOf(spans []span, i int32) int32 {
	for spans[i].first != i {
		spans[i].first = spans[spans[i].first].first
		i = spans[i].first
	}
	return i
}

const highBits = 0x8080808080808080 // of eight levels: inkLevel

// nextInk returns the first column with ink from x on, or the width.
func nextInk(levels []uint8, x int) int { return next(levels, x, 0) }

// nextGround returns the first column without ink from x on, or the width.
func nextGround(levels []uint8, x int) int { return next(levels, x, highBits) }

// next is nextInk if flip is 0, and nextGround if flip is highBits.
func next(levels []uint8, x int, flip uint64) int {
	for ; x+8 <= len(levels); x += 8 {
		if found := (binary.LittleEndian.Uint64(levels[x:]) ^ flip) & highBits; found != 0 {
			return x + bits.TrailingZeros64(found)/8
		}
	}
	for x < len(levels) && (levels[x]^uint8(flip))&inkLevel == 0 {
		x++
	}
	return x
}

// add adds a span of a picture of w x h pixels.
func (p *part) add(s *span, w, h int) {
	x0, x1, y := int(s.x0), int(s.x1), int(s.y)
	p.area += x1 - x0
	switch {
	case y == 0 || y == h-1:
		p.border += x1 - x0
	case x0 == 0 && x1 == w && w > 1:
		p.border += 2
	case x0 == 0 || x1 == w:
		p.border++
	}
	p.box.Min.X, p.box.Max.X = min(p.box.Min.X, x0), max(p.box.Max.X, x1)
	p.box.Max.Y = y + 1
}

// typicalHeight returns the median height of the parts, or 0 if there are none.
// The weight of a part is its area, so specks hardly count.
func typicalHeight(parts []part) int {
	parts = slices.Clone(parts)
	sortBy(parts, func(p part) int { return p.box.Dy() })
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
	var largest int
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
			if v > 0 && !nearPart(label, kept, w, h, x, y) {
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
