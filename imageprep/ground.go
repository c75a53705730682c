package imageprep

import (
	"image"
	"slices"
)

// This file finds the grounds of a picture. Most pictures have one. Others show
// a sheet on a dark desk, a dark canvas in a white page, a note, or black bars.
// A ground within another one looks like ink, but has no strokes. It fills its
// outline, and there is ink within.

const (
	// edge is the width of the edge between two grounds, in pixels of the
	// small picture. It is blurred, and a sheet may have a shadow.
	edge = 3

	minGround  = 20 // the shorter side of the smallest ground within another
	maxGrounds = 12 // bounds the work on noise
)

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

// set assigns an area to a ground. It changes only pixels that still belong to
// the parent. The area may leave the map.
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

// A finder finds the grounds of a small picture.
type finder struct {
	small   plane
	grounds []ground
	places  groundMap
	light   plane // of each pixel's ground, see lightOf
}

// findGrounds finds the grounds of a small picture. want is the polarity of the
// whole picture, or Auto.
func findGrounds(small plane, want Polarity, size groundSize) *finder {
	f := &finder{small: small, places: groundMap{w: small.w, h: small.h}}
	all := area{rows: make([][2]int, small.h)}
	for y := range all.rows {
		all.rows[y] = [2]int{0, small.w}
	}
	whole := f.read(all, want, size)
	f.light = whole.light
	f.grounds = append(f.grounds, whole.ground)
	whole.eraseOutside(&f.places)
	if !isTight(small.w, small.h) {
		f.findWithin(whole)
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
func (f *finder) read(a area, p Polarity, size groundSize) *reading {
	r := &reading{area: a}
	r.box = a.box()
	r.pix = f.small.cut(a, r.box)
	if p == Auto && len(f.grounds) > 0 {
		// The area ends at the outline of this ground, and writing rarely
		// touches it. So most of the border is ground.
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
// rest has much paler ink, the threshold of that ink decides what is outside.
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

// findWithin finds the grounds within a ground. They look like ink in the
// picture as it is, or in even light.
func (f *finder) findWithin(r *reading) {
	var count histogram
	for i, in := range r.area.rows {
		if in[0] < in[1] {
			count.add(f.small.row(r.area.top + i)[in[0]:in[1]])
		}
	}
	flip := inkFlip(r.polarity)
	if flip != 0 {
		slices.Reverse(count[:])
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
			f.findIn(r, light, dark)
		}
		f.findIn(r, dark, nil)
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
	f.findIn(r, r.ink, nil)
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

// findIn tries the parts of an ink picture. If the parts look like ink, around
// is nil. If they look like the ground, around is the ink: it must surround a
// part, as a desk surrounds a sheet.
func (f *finder) findIn(r *reading, ink, around *image.Gray) {
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
		if 2*q.area < size || s.lined < 85 || f.taken(hull.moved(r.box.Min)) {
			continue
		}
		if around != nil && !isAround(around, hull) {
			continue
		}
		if mayBeGround(ink, s) {
			f.tryGround(r, hull.moved(r.box.Min), around != nil)
		}
	}
}

// isAround reports whether ink is all around an area, and too wide for a frame.
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

// taken reports whether an area is nearly the same as a known ground.
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

// mayBeGround reports whether the hull of a part of an ink picture has the
// shape of a ground, rather than of a bold digit. A ground is a rectangle, or
// its holes look like writing. The holes of digits are convex.
func mayBeGround(ink *image.Gray, of shape) bool {
	hull := of.hull
	size, shorter := hull.rectangle()
	fill := float64(hull.size()) / size
	if fill > .94 {
		return true // a rectangle
	}
	if of.lined < 95 {
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
		if 3*q.area < 2*own || 10*q.area < 9*s.outlined || isCircle && 5*q.area < 4*own {
			return true
		}
	}
	return n > 2
}

// tryGround adds a ground within another one if it shows ink. It looks for
// grounds within the new one, but not within those.
func (f *finder) tryGround(parent *reading, hull area, surrounded bool) {
	inner := hull.inset(edge)
	if inner.box().Empty() {
		return
	}
	r := f.read(inner, Auto, nestedGround)
	if !r.ok || r.polarity == parent.polarity && !surrounded && !parent.hides(hull) {
		return // a shadow, or gray paper
	}
	number, places, light := len(f.grounds), slices.Clone(f.places.of), slices.Clone(f.light.pix)
	f.grounds = append(f.grounds, r.ground)
	r.number = uint8(number)
	f.places.set(inner, parent.number, r.number)
	f.places.set(hull.grown(edge), parent.number, noGround)
	for y := range r.light.h {
		at := (r.box.Min.Y+y)*f.small.w + r.box.Min.X
		for x, v := range r.light.row(y) {
			if f.places.of[at+x] == r.number {
				f.light.pix[at+x] = v
			}
		}
	}
	if parent.number == 0 {
		f.findWithin(r)
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
	if 3*StrokeWidth(r.ink) > shorter {
		return false
	}
	_, parts := findParts(r.ink)
	return slices.ContainsFunc(parts, func(q part) bool {
		return 3*q.border <= q.longerSide() && 10000*q.area >= 8*hull.size()
	})
}
