package imageprep

import (
	"image"
	"math"
	"slices"
)

// EraseRuledLines erases from an ink picture, in place, what is no writing:
// ruled and squared paper, tables, boxes, combs, underlines, frames, and
// circles around digits. Where a stroke crosses a line, its ink stays. The
// picture must be upright: underlines are horizontal.
func EraseRuledLines(ink *image.Gray) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	if max(w, h) < minSide {
		return
	}
	n := newNetwork(ink)
	n.findCells()
	n.findEqualSides()
	n.findCoveredSides()
	n.findEqualSides()
	p := n.without()
	label, parts := findParts(p.gray())
	gone := make([]bool, len(parts)+1)
	if n.findOthers(label, parts); n.anySure() {
		p = n.without()
		label, parts = findParts(p.gray())
		gone = n.findCrumbs(label, parts)
	}
	n.findAround(label, parts, gone)
	p.clear(label, gone)
	n.eraseRings(p, label, parts, gone)
	for y := range h {
		copy(row(ink, y), p.row(y))
	}
}

// findOthers marks the segments that are lines, although they are no sides of
// cells.
func (n *network) findOthers(label []int32, parts []part) {
	for i := range n.segments {
		s := &n.segments[i]
		l := n.partOf(s, label)
		s.isolated = l > 0 && 10*s.area() >= 8*parts[l-1].area
	}
	n.measure(label, parts)
	var crossing [2]int // how many lines cross the picture, across and down
	for i := range n.segments {
		if s := &n.segments[i]; n.crossesPicture(s) {
			crossing[s.direction()]++
		}
	}
	for i := range n.segments {
		s := &n.segments[i]
		length, crosses := s.to-s.from, n.crossesPicture(s)
		solid, runs := s.solidity(s.from, s.to+1), float64(len(s.line))/length
		ratio := length / float64(max(n.height, 1))
		switch {
		case s.sure || solid < crossSolid:
		case crosses && crossing[s.direction()] >= 3 && (!s.vertical || crossing[0] > 0) &&
			(ratio > 1 || crossing[s.direction()] >= surelyRuled):
			s.sure = true
		case n.height == 0:
		case s.area() > n.area && length < thinLine*float64(s.thick):
		case crosses && !s.vertical && ratio > aloneLine:
			s.sure = true
		case s.isolated:
			s.sure = s.vertical && ratio > longLine || !s.vertical && ratio > aloneLine
		default:
			s.sure = !s.vertical && ratio > longLine && solid > lineSolid && 2*runs > 1
		}
	}
	n.findTeeth()
	n.findThin()
	n.findCoveredSides()
	n.findUnderlines()
}

// measure finds the parts that may be digits, and their typical height.
func (n *network) measure(label []int32, parts []part) {
	isLine := make([]bool, len(parts)+1)
	for i := range n.segments {
		if s := &n.segments[i]; s.isolated && !s.sure {
			isLine[n.partOf(s, label)] = true
		}
	}
	var all []part
	for i, q := range parts {
		if !isLine[i+1] && float64(q.longerSide()) >= 3*n.stroke {
			all = append(all, q)
		}
	}
	sortBy(all, func(q part) int { return -q.area })
	all = all[:min(len(all), maxPieces)]
	for _, q := range all {
		if !slices.ContainsFunc(all, func(m part) bool { return q.isAround(m, n.stroke) }) {
			n.digits = append(n.digits, q)
		}
	}
	if len(n.digits) == 0 {
		n.digits = all
	}
	n.height = typicalHeight(n.digits)
	for _, q := range n.digits {
		n.area += q.area
	}
}

// findTeeth marks the teeth of combs: vertical segments of equal length, at
// regular distances, that end at a horizontal line.
func (n *network) findTeeth() {
	for i := range n.segments {
		base := &n.segments[i]
		if base.vertical || !base.sure {
			continue
		}
		var teeth []crossing
		for _, c := range base.crossings {
			tooth := &n.segments[c.other]
			if !tooth.sure && math.Abs(tooth.to-c.back) <= float64(base.thick+cornerSlack) && !c.round {
				teeth = append(teeth, c)
			}
		}
		for _, c := range teeth {
			var equal []crossing
			for _, d := range teeth {
				if n.segments[d.other].equals(&n.segments[c.other]) {
					equal = append(equal, d)
				}
			}
			if len(equal) >= 3 && regular(equal) {
				for _, d := range equal {
					n.segments[d.other].sure = true
				}
			}
		}
	}
}

// regular reports whether the distances of crossings are multiples of the
// smallest one.
func regular(list []crossing) bool {
	unit := math.Inf(1)
	for i := range list[1:] {
		unit = min(unit, list[i+1].at-list[i].at)
	}
	for i := range list[1:] {
		d := (list[i+1].at - list[i].at) / unit
		if !(math.Abs(d-math.Round(d)) <= irregular) { // also NaN, for distances of 0
			return false
		}
	}
	return true
}

// findThin marks equal segments that are much thinner than strokes and that no
// other ink touches: the sides of dashed boxes.
func (n *network) findThin() {
	var thin []*lineSegment
	for i := range n.segments {
		if s := &n.segments[i]; s.isolated && 3*float64(s.thick) <= n.stroke && s.solidity(s.from, s.to+1) >= crossSolid {
			thin = append(thin, s)
		}
	}
	for _, s := range thin {
		equal := 0
		for _, r := range thin {
			if s.equals(r) {
				equal++
			}
		}
		s.sure = s.sure || equal >= 3
	}
}

// findUnderlines marks the underlines of single digits. It also marks equal
// lines in the same row that touch their digits.
func (n *network) findUnderlines() {
	var lines, bases []*lineSegment
	for i := range n.segments {
		s := &n.segments[i]
		if s.sure || s.vertical || !s.isolated {
			continue
		}
		switch under, isBase := n.isUnder(s); {
		case under && isBase:
			bases = append(bases, s)
		case under:
			lines = append(lines, s)
		}
	}
	for i, s := range bases { // equal ones in a row are underlines, not 2s
		if slices.ContainsFunc(bases[:i], s.equals) || slices.ContainsFunc(bases[i+1:], s.equals) {
			lines = append(lines, s)
		}
	}
	for i := range n.segments { // a line equals itself
		s := &n.segments[i]
		s.sure = s.sure || slices.ContainsFunc(lines, s.equals)
	}
}

// isUnder reports whether a segment is under a digit, and whether it may be the
// loose base of a 2. It is not under a digit if it is the bar of a 5.
func (n *network) isUnder(s *lineSegment) (under, isBase bool) {
	h := n.height
	if 2*s.length() < h {
		return false, false
	}
	middle := int(s.at(int(s.from+s.to) / 2))
	top, bottom := middle-s.thick/2-1, middle+s.thick/2+1
	for _, q := range n.digits {
		shared := min(q.box.Max.X, int(s.to)) - max(q.box.Min.X, int(s.from))
		if 2*shared < min(q.box.Dx(), s.length()) || 2*q.box.Dy() < h {
			continue
		}
		gap := top - q.box.Max.Y
		if 20*gap >= -3*h && 10*gap <= 6*h {
			under = true
			isBase = isBase || 5*s.length() <= 7*q.box.Dx() && float64(2*gap) <= n.stroke
		}
		if below := q.box.Min.Y - bottom; below > -h/4 && below < h/5 {
			return false, false
		}
	}
	return under, isBase
}

// findCrumbs tells which labels are crumbs that the sure segments leave: a
// corner, a bit of a box's side, or a short tooth of a comb.
func (n *network) findCrumbs(label []int32, parts []part) []bool {
	touched := make([]bool, len(parts)+1)
	touch := func(x, y int, vertical bool) {
		if vertical {
			x, y = y, x
		}
		if x >= 0 && x < n.p.w && y >= 0 && y < n.p.h {
			touched[label[y*n.p.w+x]] = true
		}
	}
	const near = 2
	for i := range n.segments {
		s := &n.segments[i]
		if !s.sure {
			continue
		}
		for k, r := range s.line {
			before, after := r.x, r.x
			if k == 0 || s.line[k-1].x < r.x-1 {
				before -= near
			}
			if k == len(s.line)-1 || s.line[k+1].x > r.x+1 {
				after += near
			}
			for x := before; x <= after; x++ {
				for y := r.y0 - near; y < r.y1+near; y++ {
					touch(x, y, s.vertical)
				}
			}
		}
	}
	for i, q := range parts {
		small := float64(q.longerSide()) <= max(crumb*float64(n.height), float64(n.thick))
		touched[i+1] = touched[i+1] && small
	}
	touched[0] = false
	return touched
}

// clear erases parts with their soft edges. gone tells which labels.
func (p plane) clear(label []int32, gone []bool) {
	for y := range p.h {
		for x, l := range label[y*p.w:][:p.w] {
			if !gone[l] {
				continue
			}
			for v := max(0, y-1); v <= min(y+1, p.h-1); v++ {
				for u := max(0, x-1); u <= min(x+1, p.w-1); u++ {
					p.pix[v*p.w+u] = 0 // no other part touches this one
				}
			}
		}
	}
}

// findAround marks in gone the frames and circles: parts around other parts,
// and parts as large as such a part.
func (n *network) findAround(label []int32, parts []part, gone []bool) {
	var left []int // parts that are not gone
	for i := range parts {
		if !gone[i+1] && float64(parts[i].longerSide()) > n.stroke {
			left = append(left, i)
		}
	}
	sortBy(left, func(i int) int { return -parts[i].area })
	left = left[:min(len(left), maxPieces)]
	var frames []part
	n.rays = mostRays
	for _, i := range left {
		if slices.ContainsFunc(left, func(j int) bool { return n.surrounds(label, int32(i+1), parts[i], parts[j]) }) {
			frames = append(frames, parts[i])
		}
	}
	for _, i := range left { // a frame equals itself
		gone[i+1] = gone[i+1] || slices.ContainsFunc(frames, parts[i].equals)
	}
}

// equals reports whether a part is as large as a frame: then it is an empty
// frame.
func (q part) equals(frame part) bool {
	equal := func(a, b int) bool { return 10*max(a-b, b-a) <= max(a, b) }
	return equal(q.box.Dx(), frame.box.Dx()) && equal(q.box.Dy(), frame.box.Dy()) && equal(q.area, frame.area)
}

// directions are 16 directions, with lengths of about 16.
var directions = [][2]int{{16, 0}, {15, 6}, {11, 11}, {6, 15}, {0, 16}, {-6, 15}, {-11, 11}, {-15, 6},
	{-16, 0}, {-15, -6}, {-11, -11}, {-6, -15}, {0, -16}, {6, -15}, {11, -11}, {15, -6}}

// surrounds reports whether the part q with the given label is a frame around
// the part m. If so, most rays from the center of m meet q.
func (n *network) surrounds(label []int32, around int32, q, m part) bool {
	isDigit := 3*m.box.Dy() >= q.box.Dy() || 5*m.box.Dy() >= 3*n.height && n.height > 0
	if !isDigit || !q.isAround(m, n.stroke) || n.isSlash(m, q) || n.rays == 0 {
		return false
	}
	n.rays--
	w, h := n.p.w, n.p.h
	cx, cy := 16*(m.box.Min.X+m.box.Max.X)/2, 16*(m.box.Min.Y+m.box.Max.Y)/2
	met := 0
	for _, d := range directions {
		for x, y := cx, cy; x >= 0 && y >= 0 && x < 16*w && y < 16*h; x, y = x+d[0], y+d[1] {
			if label[y/16*w+x/16] == around {
				met++
				break
			}
		}
	}
	return 4*met >= 3*len(directions)
}

// isSlash reports whether m is the slash in a 0: a thin stroke from one corner
// of its narrow hole to the other.
func (n *network) isSlash(m, q part) bool {
	w, h := m.box.Dx(), m.box.Dy()
	narrow := 20*q.box.Dx() <= 17*q.box.Dy()
	return narrow && 2*w >= q.box.Dx() && float64(m.area) <= 1.5*n.stroke*math.Sqrt(float64(w*w+h*h))
}
