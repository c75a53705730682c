package imageprep

import (
	"image"
	"math"
	"slices"
)

// This file separates inks of different colors.

// findColors finds ink that has the ground's luminance but another color, and
// separates inks of clearly different colors.
func (f *inkPicture) findColors(c chroma) {
	d := c.differences(f)
	ink, all, strength := f.coloredInk(d)
	f.splitInk(d)
	if ink == nil {
		return
	}
	if slices.Max(f.inks[0].Pix) == 0 {
		f.inks, f.strengths = nil, nil
	}
	width := StrokeWidth(ink)
	for _, other := range f.inks {
		bridge(ink, all, bridgeWindow(StrokeWidth(other)+4))
		bridge(other, all, bridgeWindow(width))
	}
	f.inks, f.strengths = append(f.inks, ink), append(f.strengths, strength)
}

// coloredInk returns ink that differs from its ground only in chroma, and the
// differences. ink is nil if there is none. all also has the colored ink on or
// beside other ink.
func (f *inkPicture) coloredInk(d chroma) (ink, all, strength *image.Gray) {
	w, h := d.cb.w, d.cb.h
	strength = image.NewGray(image.Rect(0, 0, w, h))
	var count histogram
	for y := range h {
		out, cb, cr := row(strength, y), d.cb.row(y), d.cr.row(y)
		f.eachRun(y, func(x0, x1, _ int) {
			for x := x0; x < x1; x++ {
				u, v := int(cb[x])-128, int(cr[x])-128
				out[x] = uint8(math.Sqrt(float64(u*u + v*v)))
			}
			count.add(out[x0:x1])
		})
	}
	s, ok := count.split()
	if !ok || s.contrast() < clearlyColored {
		return nil, nil, nil
	}
	all = s.ink(strength)
	n := countInk(all)
	if 5*n > 2*w*h {
		return nil, nil, nil
	}
	alone := 0
	for i, v := range all.Pix {
		if v >= inkLevel && f.inks[0].Pix[i] < faintInk {
			alone++
		}
	}
	if 4*alone < n {
		return nil, nil, nil
	}
	// Chroma is often blurred, so it reaches beyond the ink that has it.
	ink = planeOf(all, 0).gray()
	near := newPlane(w, h, f.inks[0].Pix).slideMax(7)
	for i, v := range near.pix {
		if v >= faintInk {
			ink.Pix[i] = 0
		}
	}
	dropSolid(ink, all, f.inks[0], near)
	alone = countInk(ink)
	if 4*alone < n || 5000*alone < w*h {
		return nil, nil, nil
	}
	return ink, all, strength
}

// dropSolid erases the parts of ink that are too thick for strokes, such as a
// colored note or the mark of a highlighter. It also erases what is within
// their boxes in all. other is the ink that luminance found, and near is other
// with its surroundings. ink has holes where near is, and dropSolid fills them
// before it judges. A part with other ink on it is too thick from half the
// height of that ink.
func dropSolid(ink, all, other *image.Gray, near plane) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	filled := planeOf(ink, 0).gray()
	for i, v := range near.pix {
		if v >= faintInk {
			filled.Pix[i] = 255
		}
	}
	label, parts := findParts(filled)
	written := make([]bool, len(parts)+1) // other ink is on the part
	for i, v := range other.Pix {
		written[label[i]] = written[label[i]] || v >= inkLevel
	}
	_, strokes := findParts(other)
	widest := max(w, h)/5 | 1
	thick := widest
	if height := typicalHeight(strokes); height > 0 {
		thick = min(thick, height/2|1)
	}
	solid := make([]bool, len(parts)+1)
	ground := planeOf(filled, 255)
	for _, window := range []int{widest, thick} {
		for i, v := range ground.slideMax(window).pix { // 0 is ink all around
			if v <= 255-inkLevel && ink.Pix[i] >= inkLevel && (window == widest || written[label[i]]) {
				solid[label[i]] = true
			}
		}
	}
	for i, q := range parts {
		if solid[i+1] {
			for y := q.box.Min.Y; y < q.box.Max.Y; y++ {
				clear(all.Pix[y*all.Stride:][q.box.Min.X:q.box.Max.X])
			}
		}
	}
	for i, l := range label {
		if l > 0 && solid[l] {
			ink.Pix[i] = 0
		}
	}
}

// faintInk is the lowest level from which ink found by luminance hides ink
// found by color.
const faintInk = 64

func countInk(ink *image.Gray) (n int) {
	for _, v := range ink.Pix {
		if v >= inkLevel {
			n++
		}
	}
	return n
}

// maxInks bounds how many inks a picture may have.
const maxInks = 4

// A tinting tells the color of each ink pixel, relative to how much it differs
// from its ground. So a pen has the same tint where it covers the ground only
// in part. Black and gray ink have the tint 0, 0.
type tinting struct {
	w, h  int
	ink   *image.Gray
	class []uint8 // the number of the ink, from 1; 0 where the tint is unknown
	tint  [][2]int16
}

// oneTint is the length of a tint without any difference of luminance.
const oneTint = 256

// splitInk separates the inks of inks[0].
func (f *inkPicture) splitInk(d chroma) {
	w, h := d.cb.w, d.cb.h
	t := &tinting{w: w, h: h, ink: f.inks[0], class: make([]uint8, w*h), tint: make([][2]int16, w*h)}
	for y := range h {
		ink, strengths := row(f.inks[0], y), row(f.strength, y)
		cb, cr := d.cb.row(y), d.cr.row(y)
		f.eachRun(y, func(x0, x1, n int) {
			for x := x0; x < x1; x++ {
				if ink[x] < inkLevel {
					continue
				}
				l, u, v := int(strengths[x])-f.grounds[n].split.groundMedian, int(cb[x])-128, int(cr[x])-128
				length := math.Sqrt(float64(l*l + u*u + v*v))
				if length < 24 {
					continue
				}
				t.class[y*w+x] = 1
				t.tint[y*w+x] = [2]int16{int16(oneTint * float64(u) / length), int16(oneTint * float64(v) / length)}
			}
		})
	}
	n := uint8(1)
	for k := uint8(1); k <= n && n < maxInks; {
		if t.split(k, n+1) {
			n++
		} else {
			k++
		}
	}
	if n == 1 {
		return
	}
	f.inks = t.inks(n)
	for len(f.strengths) < len(f.inks) {
		f.strengths = append(f.strengths, f.strength)
	}
}

// split divides a class if its tints form two groups. The second one gets
// this number as its class.
func (t *tinting) split(class, number uint8) bool {
	var n, sumU, sumV, uu, uv, vv int64
	for i, k := range t.class {
		if k == class {
			u, v := int64(t.tint[i][0]), int64(t.tint[i][1])
			n, sumU, sumV = n+1, sumU+u, sumV+v
			uu, uv, vv = uu+u*u, uv+u*v, vv+v*v
		}
	}
	if n == 0 {
		return false
	}
	// The principal axis of the tints.
	a, b, c := float64(uu-sumU*sumU/n), float64(uv-sumU*sumV/n), float64(vv-sumV*sumV/n)
	x := a - c + math.Sqrt(float64((a-c)*(a-c))+float64(4*b*b))
	y := 2 * b
	if x == 0 && y == 0 {
		y = 1
	}
	length := math.Sqrt(float64(x*x) + float64(y*y))
	x, y = x/length, y/length
	position := func(i int) int {
		at := float64(float64(t.tint[i][0])*x) + float64(float64(t.tint[i][1])*y)
		return 128 + int(math.Floor(at/tintStep))
	}
	var count histogram
	for i, k := range t.class {
		if k == class {
			count[position(i)]++
		}
	}
	threshold, ok := count.otsu()
	if !ok || !count.twoGroups(int(threshold)) {
		return false
	}
	for i, k := range t.class {
		if k == class && position(i) > int(threshold) {
			t.class[i] = number
		}
	}
	if t.isScattered(class, number) || t.isScattered(number, class) {
		for i, k := range t.class {
			if k == number {
				t.class[i] = class
			}
		}
		return false
	}
	return true
}

// tintStep is the width of a bin in histograms of tints. All tints fit in 256.
const tintStep = 3

// twoGroups reports whether the tints on both sides of a threshold are clearly
// different colors.
func (h *histogram) twoGroups(threshold int) bool {
	low, lowSpread, nLow := h.meanOf(0, threshold)
	high, highSpread, nHigh := h.meanOf(threshold+1, 255)
	apart := high - low
	return 50*min(nLow, nHigh) >= nLow+nHigh && tintStep*apart >= oneTint/5 && apart >= 2.5*(lowSpread+highSpread)
}

// meanOf returns the mean, the mean distance from it, and the number of the
// pixels with a level in from..to.
func (h *histogram) meanOf(from, to int) (mean, spread float64, n int) {
	sum := 0
	for v := from; v <= to; v++ {
		n, sum = n+h[v], sum+v*h[v]
	}
	if n == 0 {
		return 0, 0, 0
	}
	mean = float64(sum) / float64(n)
	for v := from; v <= to; v++ {
		spread += float64(math.Abs(float64(v)-mean) * float64(h[v]))
	}
	return mean, spread / float64(n), n
}

// isScattered reports whether more than 40 % of a class's pixels touch another
// class, as the colored edges of black strokes do.
func (t *tinting) isScattered(class, other uint8) bool {
	n, touching := 0, 0
	for y := range t.h {
		for x := range t.w {
			if t.class[y*t.w+x] != class {
				continue
			}
			n++
			for v := max(0, y-1); v <= min(y+1, t.h-1); v++ {
				if near := t.class[v*t.w+max(0, x-1) : v*t.w+min(x+2, t.w)]; slices.Contains(near, other) {
					touching++
					break
				}
			}
		}
	}
	return 5*touching > 2*n
}

// inks returns an ink picture for each of n classes. The least colored comes
// first.
func (t *tinting) inks(n uint8) []*image.Gray {
	inks := make([]*image.Gray, n)
	for k := range inks {
		inks[k] = image.NewGray(t.ink.Rect)
	}
	for i, v := range t.ink.Pix {
		if v > 0 {
			t.give(inks, i, v)
		}
	}
	strokes := make([]float64, n)
	for k, ink := range inks {
		strokes[k] = StrokeWidth(ink)
	}
	for k, ink := range inks {
		width := 0.
		for j, s := range strokes {
			if j != k {
				width = max(width, s)
			}
		}
		bridge(ink, t.ink, bridgeWindow(width))
	}
	color := make([]int64, n)
	count := make([]int64, n)
	for i, k := range t.class {
		if k > 0 {
			u, v := int64(t.tint[i][0]), int64(t.tint[i][1])
			color[k-1] += u*u + v*v
			count[k-1]++
		}
	}
	order := make([]int, n)
	for k := range order {
		order[k] = k
	}
	sortBy(order, func(k int) int64 { return color[k] / max(count[k], 1) })
	sorted := make([]*image.Gray, n)
	for i, k := range order {
		sorted[i] = inks[k]
	}
	return sorted
}

// give adds pixel i to the ink of its class. A soft edge goes to all inks
// nearby.
func (t *tinting) give(inks []*image.Gray, i int, v uint8) {
	if k := t.class[i]; k > 0 {
		inks[k-1].Pix[i] = v
		return
	}
	x, y := i%t.w, i/t.w
	for radius := 1; radius <= 3; radius++ {
		found := false
		for b := max(0, y-radius); b <= min(y+radius, t.h-1); b++ {
			for a := max(0, x-radius); a <= min(x+radius, t.w-1); a++ {
				if k := t.class[b*t.w+a]; k > 0 {
					inks[k-1].Pix[i] = v
					found = true
				}
			}
		}
		if found {
			return
		}
	}
	inks[0].Pix[i] = v
}

// bridgeWindow returns the window for bridging strokes of a width.
func bridgeWindow(width float64) int { return 2*int(width/2) + 5 }

// bridge adds to an ink what other ink covers: its gaps that are narrower than
// the window. all is the other ink, or all ink.
func bridge(ink, all *image.Gray, window int) {
	p := newPlane(ink.Rect.Dx(), ink.Rect.Dy(), nil)
	for i, v := range ink.Pix {
		if v >= inkLevel {
			p.pix[i] = 255
		}
	}
	closed := p.closing(window)
	for i, v := range all.Pix {
		if v >= inkLevel && closed.pix[i] > 0 {
			ink.Pix[i] = max(ink.Pix[i], v)
		}
	}
}
