package imageprep

import (
	"image"
	"slices"
)

// eraseRings erases circles and frames that touch the digit inside them. It
// erases the outermost ink of a part with a round outline, if there is a digit
// within.
func (n *network) eraseRings(p plane, label []int32, parts []part, gone []bool) {
	budget := 4 * len(p.pix) // bounds the work on pictures with many parts
	for i, q := range parts {
		pixels := (q.box.Dx() + 2) * (q.box.Dy() + 2)
		if gone[i+1] || float64(min(q.box.Dx(), q.box.Dy())) < 6*n.stroke || !q.mayBeRing(label, int32(i+1), p.w) || budget < pixels {
			continue
		}
		budget -= pixels
		if r := newOutline(label, int32(i+1), q.box, p.w); r.holdsDigit() {
			r.erase(p)
		}
	}
}

// mayBeRing is a fast test: a ring has ink in the middle of each side of its
// box, and little ink elsewhere.
func (q part) mayBeRing(label []int32, l int32, w int) bool {
	b := q.box
	at := func(x, y int) bool { return label[y*w+x] == l }
	cx, cy := (b.Min.X+b.Max.X)/2, (b.Min.Y+b.Max.Y)/2
	left, right, top, bottom := false, false, false, false
	for d := range b.Dx()/12 + 1 {
		left, right = left || at(b.Min.X+d, cy), right || at(b.Max.X-1-d, cy)
	}
	for d := range b.Dy()/12 + 1 {
		top, bottom = top || at(cx, b.Min.Y+d), bottom || at(cx, b.Max.Y-1-d)
	}
	return left && right && top && bottom && 2*q.area < b.Dx()*b.Dy()
}

// An outline is a part in its box, with a margin of one pixel.
type outline struct {
	box   image.Rectangle // with the margin
	w, h  int
	depth []int32 // distance from the ground outside, in steps to 8 neighbors
	ink   []bool
	thick int // the largest thickness of the outline
}

func newOutline(label []int32, l int32, box image.Rectangle, w int) *outline {
	r := &outline{box: box.Inset(-1), w: box.Dx() + 2, h: box.Dy() + 2}
	r.ink, r.depth = make([]bool, r.w*r.h), make([]int32, r.w*r.h)
	for y := 1; y < r.h-1; y++ {
		for x, v := range label[(r.box.Min.Y+y)*w+r.box.Min.X+1:][:r.w-2] {
			r.ink[y*r.w+x+1] = v == l
		}
	}
	return r
}

// holdsDigit reports whether the part is a ring around a digit that touches it.
func (r *outline) holdsDigit() bool {
	holes := r.ground()
	if len(holes) == 0 || float64(slices.Max(holes)) < ringHole*float64(total(holes)) || !r.isConvex() {
		return false
	}
	r.measure()
	if ringThin*r.thick > r.h {
		return false
	}
	rows := 0 // with ink in the middle
	for y := r.h / 5; y < r.h-r.h/5; y++ {
		for x := r.w / 3; x < r.w-r.w/3; x++ {
			if i := y*r.w + x; r.ink[i] && r.depth[i] > int32(r.thick) {
				rows++
				break
			}
		}
	}
	return 3*rows >= r.h
}

func total(list []int) (s int) {
	for _, v := range list {
		s += v
	}
	return s
}

// ground finds the ground outside, where depth becomes 0, and the areas of the
// holes, where depth becomes 1. Ink has a larger depth.
func (r *outline) ground() (holes []int) {
	const unknown = 1 << 30
	for i := range r.depth {
		r.depth[i] = unknown
	}
	var stack []int
	fill := func(first int, depth int32) (area int) {
		stack = append(stack[:0], first)
		r.depth[first] = depth
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			area++
			x, y := i%r.w, i/r.w
			for _, next := range [4]struct {
				ok bool
				i  int
			}{{x > 0, i - 1}, {x < r.w-1, i + 1}, {y > 0, i - r.w}, {y < r.h-1, i + r.w}} {
				if next.ok && !r.ink[next.i] && r.depth[next.i] == unknown {
					r.depth[next.i] = depth
					stack = append(stack, next.i)
				}
			}
		}
		return area
	}
	fill(0, 0)
	for i, ink := range r.ink {
		if !ink && r.depth[i] == unknown {
			holes = append(holes, fill(i, 1))
		}
	}
	return holes
}

// isConvex reports whether rows and columns have few gaps outside the part.
func (r *outline) isConvex() bool {
	filled, rows, columns := 0, 0, 0
	first, last := make([]int, r.w), make([]int, r.w)
	for y := range r.h {
		from, to := r.w, r.w
		for x := range r.w {
			if r.depth[y*r.w+x] == 0 {
				continue
			}
			filled++
			from, to = min(from, x), x+1
			if first[x] == 0 {
				first[x] = y
			}
			last[x] = y + 1
		}
		rows += to - from
	}
	for x := range first {
		columns += last[x] - first[x]
	}
	return float64(filled) >= ringConvex*float64(max(rows, columns))
}

// measure finds the distance of each pixel of ink from the ground outside. It
// also finds the thickness of the outline: the distance of the holes from the
// ground outside.
func (r *outline) measure() {
	inHole := make([]bool, len(r.depth))
	for i, d := range r.depth {
		if d == 1 {
			inHole[i], r.depth[i] = true, 1<<30
		}
	}
	w := r.w
	for i := w + 1; i < len(r.depth)-w-1; i++ {
		r.depth[i] = min(r.depth[i], 1+min(r.depth[i-1], r.depth[i-w-1], r.depth[i-w], r.depth[i-w+1]))
	}
	for i := len(r.depth) - w - 2; i > w; i-- {
		r.depth[i] = min(r.depth[i], 1+min(r.depth[i+1], r.depth[i+w-1], r.depth[i+w], r.depth[i+w+1]))
	}
	var edge []int // depths of the holes' edges
	for i, hole := range inHole {
		if hole && !(inHole[i-1] && inHole[i+1] && inHole[i-w] && inHole[i+w]) {
			edge = append(edge, int(r.depth[i])-1)
		}
	}
	slices.Sort(edge)
	r.thick = int(ringThick*float64(edge[len(edge)/3])) + 1
}

// erase erases the outline and its soft edge.
func (r *outline) erase(p plane) {
	for i, d := range r.depth {
		if x, y := r.box.Min.X+i%r.w, r.box.Min.Y+i/r.w; d <= int32(r.thick) {
			if x >= 0 && y >= 0 && x < p.w && y < p.h && (d > 0 || p.pix[y*p.w+x] < inkLevel) {
				p.pix[y*p.w+x] = 0
			}
		}
	}
}
