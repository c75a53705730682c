package imageprep

import (
	"image"
	"math"
	"slices"
)

// This file finds the grounds of a picture. Most pictures have one. Others show
// a sheet on a dark desk, a dark canvas in a white page, a note, or black bars.
// What looks like ink but has no strokes is a ground of its own: it fills its
// outline, and there is ink within.

// A ground is a part of a picture where ink is judged by one threshold.
type ground struct {
	box                 image.Rectangle // bounding box in the upright picture
	polarity            Polarity
	threshold, contrast uint8 // of its ink; contrast is 0 if there is none
	light               light
	split               split // of the strengths
}

// A groundMap tells the ground of each pixel of a small picture.
type groundMap struct {
	w, h int
	of   []uint8 // the number of the ground, or noGround; nil if all are 0
}

// noGround marks edges of grounds, and what reaches into the picture from
// outside: no ink is there.
const noGround = 255

// maxGrounds bounds the work on noise.
const maxGrounds = 12

// set assigns an area to a ground, where it is still the parent's. The area may
// leave the map.
func (m *groundMap) set(a area, parent, number uint8) {
	if m.of == nil {
		m.of = make([]uint8, m.w*m.h)
	}
	for i, r := range a.rows {
		if y := a.top + i; y >= 0 && y < m.h {
			for x := max(r[0], 0); x < min(r[1], m.w); x++ {
				if at := &m.of[y*m.w+x]; *at == parent {
					*at = number
				}
			}
		}
	}
}

// An area has one interval of columns in each of its rows.
type area struct {
	top  int
	rows [][2]int // the first column, and the one after the last
}

// size counts the pixels.
func (a area) size() (n int) {
	for _, r := range a.rows {
		n += r[1] - r[0]
	}
	return n
}

func (a area) box() image.Rectangle {
	box := image.Rectangle{}
	for i, r := range a.rows {
		box = box.Union(image.Rect(r[0], a.top+i, r[1], a.top+i+1))
	}
	return box
}

// inset removes a margin of n pixels. It is not exact at slanted edges, where
// the margin is narrower.
func (a area) inset(n int) area {
	out := area{top: a.top + n}
	for i := n; i < len(a.rows)-n; i++ {
		left, right := a.rows[i][0], a.rows[i][1]
		for _, r := range a.rows[i-n : i+n+1] {
			left, right = max(left, r[0]), min(right, r[1])
		}
		out.rows = append(out.rows, [2]int{left + n, max(left+n, right-n)})
	}
	return out
}

// grown adds a margin of n pixels.
func (a area) grown(n int) area {
	out := area{top: a.top - n}
	for i := -n; i < len(a.rows)+n; i++ {
		near := a.rows[min(max(i-n, 0), len(a.rows)-1):min(max(i+n+1, 1), len(a.rows))]
		left, right := near[0][0], near[0][1]
		for _, r := range near {
			left, right = min(left, r[0]), max(right, r[1])
		}
		out.rows = append(out.rows, [2]int{left - n, right + n})
	}
	return out
}

// cut returns the picture in the bounding box of the area. Outside the area, it
// repeats the pixels at the ends of the rows. So it shows the area's ground
// only.
func (p plane) cut(a area, box image.Rectangle) plane {
	out := newPlane(box.Dx(), box.Dy(), nil)
	last := -1
	for y := range out.h {
		r := a.rows[box.Min.Y+y-a.top]
		if r[0] >= r[1] {
			if last >= 0 {
				copy(out.row(y), out.row(last))
			}
			continue
		}
		to, from := out.row(y), p.row(box.Min.Y+y)
		for x := range to {
			to[x] = from[min(max(box.Min.X+x, r[0]), r[1]-1)]
		}
		last = y
	}
	return out
}

// A shape is the shape of a part.
type shape struct {
	hull     area // convex
	outlined int  // the pixels inside its outline: holes count, but not what is open to a side
	lined    int  // percent of the hull's outline that is also the part's
}

// shapeOf returns the shape of the part q with the given number.
func shapeOf(label []int32, w int, number int32, q part) (s shape) {
	h := q.box.Dy()
	left, right := make([]int, h), make([]int, h)
	top, bottom := make([]int, q.box.Dx()), make([]int, q.box.Dx())
	for x := range top {
		top[x] = h
	}
	for y := range h {
		left[y] = w
		for x, l := range label[(q.box.Min.Y+y)*w:][q.box.Min.X:q.box.Max.X] {
			if l == number {
				left[y], right[y] = min(left[y], x), max(right[y], x+1)
				top[x], bottom[x] = min(top[x], y), y+1
			}
		}
	}
	for y := range h {
		for x := left[y]; x < right[y]; x++ {
			if y >= top[x] && y < bottom[x] {
				s.outlined++
			}
		}
	}
	near := lined(left) + lined(negated(right)) + lined(top) + lined(negated(bottom))
	s.lined = 100 * near / (2*h + 2*len(top))
	lower, upper := envelope(left), envelope(negated(right))
	s.hull.top = q.box.Min.Y
	for y := range h {
		s.hull.rows = append(s.hull.rows, [2]int{q.box.Min.X + lower[y], q.box.Min.X - upper[y]})
	}
	return s
}

// lined counts where f is at most two above its envelope.
func lined(f []int) (n int) {
	for x, v := range envelope(f) {
		if f[x] <= v+2 {
			n++
		}
	}
	return n
}

func negated(f []int) []int {
	out := make([]int, len(f))
	for i, v := range f {
		out[i] = -v
	}
	return out
}

// envelope returns the largest convex function that is nowhere above f, rounded
// down.
func envelope(f []int) []int {
	var corners []int
	for x, v := range f {
		for len(corners) >= 2 {
			a, b := corners[len(corners)-2], corners[len(corners)-1]
			// Is b above the line from a to x, or on it?
			if (f[b]-f[a])*(x-a) < (v-f[a])*(b-a) {
				break
			}
			corners = corners[:len(corners)-1]
		}
		corners = append(corners, x)
	}
	out := make([]int, len(f))
	for i, a := range corners {
		out[a] = f[a]
		if i+1 < len(corners) {
			b := corners[i+1]
			for x := a + 1; x < b; x++ {
				rise, run := (f[b]-f[a])*(x-a), b-a
				out[x] = f[a] + floorDiv(rise, run)
			}
		}
	}
	return out
}

func floorDiv(a, b int) int {
	if q := a / b; q*b > a {
		return q - 1
	}
	return a / b
}

// rectangle returns the smallest rectangle around an area: its size, and its
// shorter side, in pixels. It tries 96 directions.
func (a area) rectangle() (size, shorter float64) {
	const steps = 48
	for k := -steps; k < steps; k++ {
		// u is across the direction (steps, k), v is along it.
		minU, maxU, minV, maxV := 1<<62, -1<<62, 1<<62, -1<<62
		for i, r := range a.rows {
			for _, x := range []int{r[0], r[1]} {
				for _, y := range []int{a.top + i, a.top + i + 1} {
					u, v := steps*x+k*y, steps*y-k*x
					minU, maxU, minV, maxV = min(minU, u), max(maxU, u), min(minV, v), max(maxV, v)
				}
			}
		}
		scale := float64(steps*steps + k*k) // the square of the direction's length
		if s := float64(maxU-minU) * float64(maxV-minV) / scale; k == -steps || s < size {
			size = s
			shorter = float64(min(maxU-minU, maxV-minV)) / math.Sqrt(scale)
		}
	}
	return size, shorter
}

// A finder finds the grounds of a small picture.
type finder struct {
	grounds []ground
	places  groundMap
	light   plane // of each pixel's ground, see lightOf
}

// findGrounds finds the grounds of a small picture. want is the polarity of the
// whole picture, or Auto.
func findGrounds(small plane, want Polarity, size groundSize) *finder {
	f := &finder{places: groundMap{w: small.w, h: small.h}}
	all := area{rows: make([][2]int, small.h)}
	for y := range all.rows {
		all.rows[y] = [2]int{0, small.w}
	}
	whole := f.read(small, all, want, size)
	f.light = whole.light
	f.grounds = append(f.grounds, whole.ground)
	whole.eraseOutside(&f.places)
	if !isTight(small.w, small.h) {
		f.findWithin(small, whole, 0)
	}
	return f
}

// A reading is what one ground shows. Its pictures cover the ground's box.
type reading struct {
	ground
	number uint8
	area   area
	pix    plane // the picture, without what is around the area
	light  plane
	levels *image.Gray // how much each pixel looks like ink
	ink    *image.Gray
	ok     bool // there is ink
}

// read reads an area of a small picture.
func (f *finder) read(small plane, a area, p Polarity, size groundSize) *reading {
	r := &reading{area: a}
	r.box = a.box()
	r.pix = small.cut(a, r.box)
	if p == Auto && len(f.grounds) > 0 {
		// The outline of a ground within another one is known, so there
		// is little ink along it.
		p = r.pix.borderShare(7, 1)
	}
	if p == Auto {
		p = polarityOf(r.pix)
	}
	r.polarity = p
	r.ground.light, r.light = lightOf(r.pix, p, size)
	r.levels = image.NewGray(image.Rect(0, 0, r.pix.w, r.pix.h))
	var count histogram
	for y := range r.pix.h {
		levels := row(r.levels, y)
		r.ground.light.strength(levels, r.pix.row(y), r.light.row(y))
		if in := a.rows[r.box.Min.Y+y-a.top]; in[0] < in[1] {
			count.add(levels[in[0]-r.box.Min.X : in[1]-r.box.Min.X])
		}
	}
	r.split, r.ok = count.judge()
	if r.ok {
		r.contrast = r.split.contrast()
		r.ink = r.split.ink(r.levels)
	} else {
		r.ink = image.NewGray(r.levels.Rect)
	}
	return r
}

// eraseOutside marks what reaches into the whole picture from outside. If the
// rest has much paler ink, the rest decides what that is.
func (r *reading) eraseOutside(m *groundMap) {
	outside, other := findOutside(r.ink)
	if pale, ok := r.split.paler(r.levels, outside); ok {
		if mask, inside := findOutside(pale.ink(r.levels)); inside {
			outside, other = mask, true
		}
	}
	if !other {
		return
	}
	for i, erased := range outside {
		if erased {
			if m.of == nil {
				m.of = make([]uint8, m.w*m.h)
			}
			m.of[i] = noGround
		}
	}
}

// maxNested is how many grounds may lie one within the other.
const maxNested = 2

// findWithin finds the grounds within a ground. They look like ink in the
// picture as it is, or in even light.
func (f *finder) findWithin(small plane, r *reading, depth int) {
	var count histogram
	for i, in := range r.area.rows {
		if in[0] < in[1] {
			count.add(small.row(r.area.top + i)[in[0]:in[1]])
		}
	}
	flip := inkFlip(r.polarity)
	if flip != 0 {
		count.reverse()
	}
	if t, ok := count.otsu(); ok {
		dark := image.NewGray(r.ink.Rect)
		for i, v := range r.pix.pix {
			if v^flip > t {
				dark.Pix[i] = 255
			}
		}
		if 2*borderInk(dark) > r.pix.w+r.pix.h { // a quarter of the border
			light := planeOf(dark, 255).gray()
			f.findIn(small, r, light, depth, dark)
		}
		f.findIn(small, r, dark, depth, nil)
		if differ := 0; r.ok {
			for i, v := range r.ink.Pix {
				if (v >= inkLevel) != (dark.Pix[i] > 0) {
					differ++
				}
			}
			if differ < minGround*minGround/2 {
				return
			}
		}
	}
	f.findIn(small, r, r.ink, depth, nil)
}

// hasBlocks reports whether an ink picture has enough squares of 4x4 pixels for
// a ground. Thin writing has none.
func hasBlocks(ink *image.Gray) bool {
	n := 0
	for y := 0; y+4 <= ink.Rect.Dy(); y += 4 {
		a, b, c, d := row(ink, y), row(ink, y+1), row(ink, y+2), row(ink, y+3)
		for x := 0; x+4 <= len(a); x += 4 {
			if min(a[x], a[x+3], b[x+1], b[x+2], c[x+1], c[x+2], d[x], d[x+3]) >= inkLevel {
				n++
			}
		}
	}
	return 64*n > minGround*minGround
}

// findIn tries the parts of an ink picture. If they look like the ground rather
// than like ink, around is the ink: it must surround a part, as a desk
// surrounds a sheet.
func (f *finder) findIn(small plane, r *reading, ink *image.Gray, depth int, around *image.Gray) {
	if !hasBlocks(ink) {
		return
	}
	label, parts := findParts(ink)
	for i, q := range parts {
		if len(f.grounds) == maxGrounds {
			return
		}
		if min(q.box.Dx(), q.box.Dy()) < minGround || 10*q.area < 3*q.box.Dx()*q.box.Dy() || around != nil && q.box == ink.Rect {
			continue
		}
		s := shapeOf(label, ink.Rect.Dx(), int32(i+1), q)
		hull, size := s.hull, s.hull.size()
		if debugZ {
			println("solid?", q.box.String(), q.area, size, s.outlined, s.lined)
		}
		if 2*q.area < size || s.lined < 85 || f.taken(hull.moved(r.box.Min)) {
			continue
		}
		if around != nil && !isAround(around, hull) {
			continue
		}
		if mayBeGround(ink, s) {
			f.tryGround(small, r, hull.moved(r.box.Min), depth, around != nil)
		}
	}
}

// isAround reports whether ink is all around an area, and so wide that it is no
// frame.
func isAround(ink *image.Gray, a area) bool {
	outer, inner := a.grown(4*edge), a.grown(2*edge)
	n, on, out := 0, 0, 0
	for i, r := range outer.rows {
		y := outer.top + i
		gap := [2]int{r[1], r[1]}
		if k := y - inner.top; k >= 0 && k < len(inner.rows) {
			gap = inner.rows[k]
		}
		for x := r[0]; x < r[1]; x++ {
			if x >= gap[0] && x < gap[1] {
				continue
			}
			if !(image.Pt(x, y).In(ink.Rect)) {
				out++
				continue
			}
			n++
			if ink.GrayAt(x, y).Y > 0 {
				on++
			}
		}
	}
	return 3*out < n && 10*on >= 9*n
}

// minGround is the shorter side of the smallest ground within another, in
// pixels of the small picture.
const minGround = 20

// taken reports whether an area is another ground.
func (f *finder) taken(a area) bool {
	box := a.box()
	for _, d := range f.grounds {
		common, both := box.Intersect(d.box), box.Union(d.box)
		if 10*common.Dx()*common.Dy() > 7*both.Dx()*both.Dy() {
			return true
		}
	}
	return false
}

// moved moves an area.
func (a area) moved(by image.Point) area {
	out := area{top: a.top + by.Y, rows: slices.Clone(a.rows)}
	for i := range out.rows {
		out.rows[i][0] += by.X
		out.rows[i][1] += by.X
	}
	return out
}

// mayBeGround reports whether the hull of a part of an ink picture has the
// shape of a ground, rather than of a bold digit: a rectangle, or a hull with
// holes that look like writing. The holes of digits are convex.
func mayBeGround(ink *image.Gray, of shape) bool {
	hull := of.hull
	size, shorter := hull.rectangle()
	fill := float64(hull.size()) / size
	isRectangle := fill > .94
	if !isRectangle && of.lined < 95 {
		return false
	}
	isCircle := fill > .76 && fill < .81 && size < 1.1*shorter*shorter
	holes := image.NewGray(ink.Rect)
	inner := hull.inset(edge)
	for i, in := range inner.rows {
		for x := in[0]; x < in[1]; x++ {
			if at := ink.PixOffset(x, inner.top+i); ink.Pix[at] < inkLevel {
				holes.Pix[at] = 255
			}
		}
	}
	label, parts := findParts(holes)
	n := 0
	for i, q := range parts {
		if 1000*q.area < 4*hull.size() {
			continue
		}
		n++
		s := shapeOf(label, ink.Rect.Dx(), int32(i+1), q)
		own := s.hull.size()
		if isRectangle || 3*q.area < 2*own || 10*q.area < 9*s.outlined || isCircle && 5*q.area < 4*own {
			return true
		}
	}
	return n > 2 || n == 0 && isRectangle
}

// edge is the width of the edge between two grounds, in pixels of the small
// picture. It is blurred, and a sheet may have a shadow.
const edge = 3

// tryGround adds a ground within another one if it shows ink.
func (f *finder) tryGround(small plane, parent *reading, hull area, depth int, surrounded bool) {
	inner := hull.inset(edge)
	if inner.box().Empty() {
		return
	}
	r := f.read(small, inner, Auto, nestedGround)
	if !r.ok || r.polarity == parent.polarity && !surrounded && !parent.hides(hull) {
		return // a shadow, or gray paper
	}
	number, places, light := len(f.grounds), slices.Clone(f.places.of), slices.Clone(f.light.pix)
	f.grounds = append(f.grounds, r.ground)
	r.number = uint8(number)
	f.places.set(inner, parent.number, r.number)
	f.places.set(hull.grown(edge), parent.number, noGround)
	for y := range r.light.h {
		at := (r.box.Min.Y+y)*small.w + r.box.Min.X
		for x, v := range r.light.row(y) {
			if f.places.of[at+x] == r.number {
				f.light.pix[at+x] = v
			}
		}
	}
	if depth+1 < maxNested {
		f.findWithin(small, r, depth+1)
	}
	if len(f.grounds) == number+1 && !r.isWritten(hull) {
		f.grounds, f.places.of, f.light.pix = f.grounds[:number], places, light
	}
}

// hides reports whether an area is mostly ink.
func (r *reading) hides(a area) bool {
	n := 0
	for i, in := range a.rows {
		for x := in[0]; x < in[1]; x++ {
			if r.ink.GrayAt(x-r.box.Min.X, a.top+i-r.box.Min.Y).Y >= inkLevel {
				n++
			}
		}
	}
	return 2*n > a.size()
}

// isWritten reports whether the ink of a ground may be writing: strokes that
// are thin, compared with the ground, and are not along its edge.
func (r *reading) isWritten(hull area) bool {
	_, shorter := hull.rectangle()
	if debugZ {
		println("written?", hull.box().String(), int(shorter), int(10*StrokeWidth(r.ink)), r.polarity.String())
	}
	if 3*StrokeWidth(r.ink) > shorter {
		return false
	}
	_, parts := findParts(r.ink)
	return slices.ContainsFunc(parts, func(q part) bool {
		return 3*q.border <= q.longerSide() && 10000*q.area >= 8*hull.size()
	})
}

var debugZ = false
