package imageprep

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// A lineSegment is a straight piece of ink, nearly horizontal or vertical. It may
// be a line on the page or a stroke of a digit. Along a horizontal lineSegment, the
// position is x, and along a vertical one y.
type lineSegment struct {
	line
	axis
	vertical  bool
	from, to  float64
	thick     int
	solid     []int // solid[i] is how many of the first i columns have ink on the segment
	isolated  bool  // no other ink touches it
	sure      bool  // it is no stroke
	crossings []crossing
}

// A crossing is a point where a lineSegment meets another one at right angles.
type crossing struct {
	at     float64 // position on the segment
	other  int
	back   float64 // position on the other segment
	corner bool    // both segments end there
	round  bool    // the corner is round
}

// A network is the segments of a picture and their crossings.
type network struct {
	p, columns plane // the ink, and the ink transposed
	stroke     float64
	thick      int
	segments   []lineSegment
	digits     []part // and other large parts that are no lines
	height     int    // of a typical digit, or 0 if not known
	area       int    // of all digits
}

// EraseRuledLines erases from an ink picture, in place, the structures that are
// no writing: ruled and squared paper, tables, boxes, combs, underlines,
// frames, and circles around digits. Strokes stay where they cross a line. The
// picture is upright: underlines are horizontal.
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

func (n *network) anySure() bool {
	return slices.ContainsFunc(n.segments, func(s lineSegment) bool { return s.sure })
}

func newNetwork(ink *image.Gray) *network {
	n := &network{p: planeOf(ink, 0), stroke: StrokeWidth(ink)}
	n.columns = n.p.transpose(nil)
	n.thick = int(2*n.stroke) + 3
	for _, vertical := range []bool{false, true} {
		p := n.along(vertical)
		for _, l := range findLines(p, n.thick) {
			n.segments = append(n.segments, lineSegment{
				line: l, axis: l.sums().fitAxis(), vertical: vertical, thick: l.thickness(),
				from: float64(l[0].x), to: float64(l[len(l)-1].x),
			})
		}
	}
	for i := range n.segments {
		for j := range n.segments[:i] {
			n.cross(i, j)
		}
	}
	for i := range n.segments {
		n.segments[i].reach(n.along(n.segments[i].vertical))
	}
	return n
}

// along returns the plane whose rows are the columns of segments in one
// direction.
func (n *network) along(vertical bool) plane {
	if vertical {
		return n.p
	}
	return n.columns
}

// reach lengthens a segment to its first and its last crossing, and finds its
// ink.
func (s *lineSegment) reach(p plane) {
	slices.SortFunc(s.crossings, func(a, b crossing) int { return cmp.Or(cmp.Compare(a.at, b.at), a.other-b.other) })
	for _, c := range s.crossings {
		if !c.round {
			s.from, s.to = min(s.from, c.at), max(s.to, c.at)
		}
	}
	s.solid = make([]int, 1, int(s.to-s.from)+2)
	next := 0 // run
	for x := int(s.from); x <= int(s.to); x++ {
		for next < len(s.line) && s.line[next].x < x {
			next++
		}
		k := s.solid[len(s.solid)-1]
		if next < len(s.line) && s.line[next].x == x || p.inkOn(s.axis, x) >= lineLevel {
			k++
		}
		s.solid = append(s.solid, k)
	}
}

// solidity returns which part of the lineSegment between two positions has ink.
func (s *lineSegment) solidity(from, to float64) float64 {
	if to-from < 1 {
		return 1
	}
	clip := func(x float64) int { return min(max(int(x)-int(s.from), 0), len(s.solid)-1) }
	return float64(s.solid[clip(to)]-s.solid[clip(from)]) / (to - from)
}

// cross finds out whether two segments cross, or would if they were a little
// longer.
func (n *network) cross(i, j int) {
	a, b := &n.segments[i], &n.segments[j]
	if a.vertical == b.vertical {
		return
	}
	if math.Abs(a.slope+b.slope) > rightAngle+2/min(a.to-a.from, b.to-b.from) {
		return
	}
	// a is y = oa + sa x, and b is x = ob + sb y.
	atB := (a.offset + float64(a.slope*b.offset)) / (1 - float64(a.slope*b.slope))
	atA := b.offset + float64(b.slope*atB)
	if meet, corner, round := n.meet(a, b, atA, atB); meet {
		a.crossings = append(a.crossings, crossing{atA, j, atB, corner, round})
		b.crossings = append(b.crossings, crossing{atB, i, atA, corner, round})
	}
}

// beyond returns how far beyond the ends of a segment a position is.
func (s *lineSegment) beyond(at float64) float64 { return max(s.from-at, at-s.to, 0) }

// meet reports whether two segments meet, whether they form a corner, and
// whether the corner is round.
func (n *network) meet(a, b *lineSegment, atA, atB float64) (meet, corner, round bool) {
	slack := cornerSlack + float64(max(a.thick, b.thick))
	beyondA, beyondB := a.beyond(atA), b.beyond(atB)
	endA, endB := min(atA-a.from, a.to-atA), min(atB-b.from, b.to-atB)
	corner = max(endA, endB) <= slack
	switch {
	case corner && max(beyondA, beyondB) <= slack: // perhaps with a gap
		return true, true, false
	case n.touches(a, atA) && n.touches(b, atB):
		return true, corner, false
	}
	round = beyondA <= roundCorner*(a.to-a.from) && beyondB <= roundCorner*(b.to-b.from) &&
		max(beyondA, beyondB) <= 2*min(beyondA, beyondB)+slack
	return round, round, round
}

// touches reports whether a segment has ink up to another segment: it ends
// there, or a stroke covers its end.
func (n *network) touches(s *lineSegment, at float64) bool {
	p := n.along(s.vertical)
	switch {
	case 2*s.beyond(at) > max(s.to-s.from, 2*float64(n.thick)):
		return false
	case at < s.from:
		return p.groundOn(s.axis, int(at)+1, int(s.from), inkLevel) <= 1
	case at > s.to:
		return p.groundOn(s.axis, int(s.to)+1, int(at), inkLevel) <= 1
	}
	return true
}

const (
	// minSide is the longer side of the smallest pictures with lines. Those of
	// MNIST and its family have 28.
	minSide = 40
	// roundCorner is the largest radius of a corner, in sides of the box.
	roundCorner = 0.35
	// An empty cell has straight sides with sharp corners, or it may be a 0.
	emptySolid = 0.8
	// A cell around a digit may have round corners.
	fullSolid = 0.35
	// overshoot is how much a side may stick out of its table.
	overshoot = 0.08
	// rightAngle is how much an angle may differ from 90 degrees, as a slope.
	rightAngle = 0.1
	// cornerSlack is the gap in a corner, in pixels, beside the lines' thickness.
	cornerSlack = 3
	nearest     = 4
	// lineSolid is how much of a line must have ink. Lines that cross the picture
	// may have more gaps.
	lineSolid  = 0.9
	crossSolid = 0.6
	// crumb is the largest crumb, in heights of a digit.
	crumb = 0.4
	// irregular is how much the distances of teeth may differ.
	irregular = 0.12
	// longLine and aloneLine are lengths, in heights of a digit, of lines that
	// touch other ink, and of lines that do not.
	longLine  = 3
	aloneLine = 2
	// equalEnds is how much the ends of equal sides may differ, in sides.
	equalEnds = 0.06
)

// findCells marks the sides of cells: two horizontal and two vertical segments
// that meet in four corners.
func (n *network) findCells() {
	for i := range n.segments {
		a := &n.segments[i]
		if a.vertical || !n.endsAtCrossings(a) {
			continue
		}
		for k, left := range a.crossings {
			for _, right := range a.crossings[k+1 : min(len(a.crossings), k+1+nearest)] {
				n.findCell(i, left, right)
			}
		}
	}
}

// findCell looks for the lower side of a cell with a given upper side.
func (n *network) findCell(top int, left, right crossing) {
	l, r := &n.segments[left.other], &n.segments[right.other]
	if right.at-left.at < 2.5*float64(n.thick) || !n.endsAtCrossings(l) || !n.endsAtCrossings(r) {
		return
	}
	found := 0
	for _, lowLeft := range l.crossings {
		if lowLeft.at-left.back < 2.5*float64(n.thick) {
			continue
		}
		if found++; found > nearest {
			return
		}
		for _, lowRight := range r.crossings {
			if lowRight.other != lowLeft.other {
				continue
			}
			bottom := &n.segments[lowLeft.other]
			if !n.endsAtCrossings(bottom) {
				continue
			}
			a := &n.segments[top]
			thinnest := min(a.thick, bottom.thick, l.thick, r.thick)
			if max(a.thick, bottom.thick, l.thick, r.thick) > 2*thinnest+2 {
				continue
			}
			solid := min(a.solidity(left.at, right.at), bottom.solidity(lowLeft.back, lowRight.back),
				l.solidity(left.back, lowLeft.at), r.solidity(right.back, lowRight.at))
			if solid < fullSolid {
				continue
			}
			if a.sure && bottom.sure && l.sure && r.sure {
				continue
			}
			inside := image.Rect(int(max(left.at, lowLeft.back)), int(max(left.back, right.back)), int(min(right.at, lowRight.back)), int(min(lowLeft.at, lowRight.at)))
			round := left.round || right.round || lowLeft.round || lowRight.round
			if round && !(left.corner && right.corner && lowLeft.corner && lowRight.corner) {
				continue
			}
			if solid >= emptySolid && !round || n.holdsInk(inside) {
				a.sure, bottom.sure, l.sure, r.sure = true, true, true, true
			}
		}
	}
}

// findEqualSides marks the segments that look like a side of a cell: parallel,
// equally long and thick, and side by side.
func (n *network) findEqualSides() {
	for i := range n.segments {
		r := &n.segments[i]
		if !r.sure {
			continue
		}
		for j := range n.segments {
			s := &n.segments[j]
			if !s.sure && s.vertical == r.vertical && (len(s.crossings) > 0 && s.equals(r) || s.prolongs(r)) {
				s.sure = true
			}
		}
	}
}

// equals reports whether two parallel segments are equally long and thick, and
// in a row, side by side or end to end.
func (s *lineSegment) equals(r *lineSegment) bool {
	length := r.to - r.from
	slack := max(2, equalEnds*length)
	if math.Abs(s.to-s.from-length) > slack || 2*max(s.thick, r.thick) > 3*min(s.thick, r.thick)+2 || math.Abs(s.slope-r.slope) > rightAngle {
		return false
	}
	middle := float64((s.from + s.to) / 2)
	across := s.at(int(middle)) - r.at(int(middle))
	// On a turned page, equal ends are on a line at right angles to r.
	shift := middle - float64((r.from+r.to)/2) + float64(r.slope*across)
	return min(math.Abs(shift), math.Abs(across)) <= slack
}

// prolongs reports whether a segment is a piece of the same line as a longer
// one.
func (s *lineSegment) prolongs(r *lineSegment) bool {
	if s.length() > r.length() || 2*max(s.thick, r.thick) > 3*min(s.thick, r.thick)+2 {
		return false
	}
	for _, q := range []run{s.line[0], s.line[len(s.line)-1]} {
		if math.Abs(q.center()-r.at(q.x)) > 1.5+0.01*r.beyond(float64(q.x)) {
			return false
		}
	}
	return true
}

// findCoveredSides marks the sides of cells that strokes cover in part. A
// segment that ends at a side of a cell is such a side if there is ink for as
// long as the other sides are that end there.
func (n *network) findCoveredSides() {
	for i := range n.segments {
		s := &n.segments[i]
		for _, c := range s.crossings {
			if base := &n.segments[c.other]; !s.sure && base.sure && !c.round {
				s.sure = n.isCoveredSide(s, base, c.at)
			}
		}
	}
}

func (n *network) isCoveredSide(s, base *lineSegment, at float64) bool {
	before := (s.from+s.to)/2 < at
	for _, d := range base.crossings {
		r := &n.segments[d.other]
		if !r.sure || d.round || s.thick > 2*r.thick+2 {
			continue
		}
		from, to := at, at+r.to-d.back
		if before {
			from, to = at-d.back+r.from, at
		}
		slack := max(float64(cornerSlack+base.thick), equalEnds*(to-from))
		if to-from > 3*float64(s.thick) && s.from >= from-slack && s.to <= to+slack &&
			n.hasInk(s, -base.slope, int(from)+base.thick, int(to)-base.thick) {
			return true
		}
	}
	return false
}

// hasInk reports whether there is ink from one position on a segment to
// another. The slope is that of a whole side, and more exact than that of a
// short segment.
func (n *network) hasInk(s *lineSegment, slope float64, from, to int) bool {
	p := n.along(s.vertical)
	r := s.line[len(s.line)/2]
	a := axis{offset: r.center() - float64(slope*float64(r.x)), slope: slope}
	ground := 0
	for x := from; x < to; x++ {
		if max(p.inkOn(a, x), p.inkOn(a.moved(1), x), p.inkOn(a.moved(-1), x)) < lineLevel {
			ground++
		}
	}
	return float64(ground) <= (1-lineSolid)*float64(to-from)
}

func (a axis) moved(by float64) axis { return axis{a.offset + by, a.slope, a.residual} }

// endsAtCrossings reports whether a lineSegment has no loose ends, as the strokes of
// digits have: it ends at another lineSegment or at the border of the picture.
func (n *network) endsAtCrossings(s *lineSegment) bool {
	if len(s.crossings) == 0 {
		return false
	}
	margin := max(float64(n.thick), overshoot*(s.to-s.from))
	first, last := s.crossings[0].at, s.crossings[len(s.crossings)-1].at
	side := n.p.w
	if s.vertical {
		side = n.p.h
	}
	return (s.from >= first-margin || s.from < margin) && (s.to <= last+margin || s.to > float64(side)-margin)
}

// holdsInk reports whether a cell holds a digit: ink that is at least a third
// as high as the cell, apart from its sides.
func (n *network) holdsInk(cell image.Rectangle) bool {
	margin := max(n.thick, min(cell.Dx(), cell.Dy())*15/100)
	r := cell.Inset(margin).Intersect(image.Rect(0, 0, n.p.w, n.p.h))
	if r.Empty() {
		return false
	}
	rows := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if slices.Max(n.p.row(y)[r.Min.X:r.Max.X]) >= inkLevel {
			if rows++; 3*rows >= cell.Dy() {
				return true
			}
		}
	}
	return false
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
		case crosses && crossing[s.direction()] >= 3 && (!s.vertical || crossing[0] > 0) && ratio > 1:
			s.sure = true
		case n.height == 0:
		case s.area() > n.area && length < 30*float64(s.thick):
		case crosses && !s.vertical && ratio > aloneLine:
			s.sure = true
		case s.isolated:
			s.sure = s.vertical && ratio > longLine || !s.vertical && ratio > aloneLine
		default:
			s.sure = !s.vertical && ratio > longLine && solid > lineSolid && 2*runs > 1
		}
	}
	n.findTeeth()
	n.findUnderlines()
}

// direction is 0 for horizontal segments and 1 for vertical ones.
func (s *lineSegment) direction() int {
	if s.vertical {
		return 1
	}
	return 0
}

func (n *network) crossesPicture(s *lineSegment) bool {
	side := n.p.w
	if s.vertical {
		side = n.p.h
	}
	return 10*s.length() >= 9*side
}

// partOf returns the label of a segment's part.
func (n *network) partOf(s *lineSegment, label []int32) int32 {
	r := s.line[len(s.line)/2]
	if s.vertical {
		return label[r.x*n.p.w+r.middle()]
	}
	return label[r.middle()*n.p.w+r.x]
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
	slices.SortStableFunc(all, func(a, b part) int { return b.area - a.area })
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
		if math.Abs(d-math.Round(d)) > irregular {
			return false
		}
	}
	return true
}

// findUnderlines marks the underlines of single digits, and others in a row
// with them that touch their digits.
func (n *network) findUnderlines() {
	var lines []*lineSegment
	for i := range n.segments {
		if s := &n.segments[i]; !s.sure && !s.vertical && s.isolated && n.isUnder(s) {
			lines = append(lines, s)
		}
	}
	for _, s := range lines {
		s.sure = true
	}
	for i := range n.segments {
		s := &n.segments[i]
		s.sure = s.sure || slices.ContainsFunc(lines, s.equals)
	}
}

// isUnder reports whether a segment is under a digit, and not the bar of a 5
// below or the loose base of a 2.
func (n *network) isUnder(s *lineSegment) (under bool) {
	h := n.height
	if 2*s.length() < h {
		return false
	}
	middle := int(s.at(int(s.from+s.to) / 2))
	top, bottom := middle-s.thick/2-1, middle+s.thick/2+1
	for _, q := range n.digits {
		shared := min(q.box.Max.X, int(s.to)) - max(q.box.Min.X, int(s.from))
		if 2*shared < min(q.box.Dx(), s.length()) || 2*q.box.Dy() < h {
			continue
		}
		gap := top - q.box.Max.Y
		isBase := s.length() <= q.box.Dx() && float64(2*gap) <= n.stroke
		if 20*gap >= -3*h && 10*gap <= 6*h && !isBase {
			under = true
		}
		if below := q.box.Min.Y - bottom; below > -h/4 && below < h/5 {
			return false
		}
	}
	return under
}

// without returns the ink without the sure segments and their soft edges.
func (n *network) without() plane {
	p := newPlane(n.p.w, n.p.h, slices.Clone(n.p.pix))
	for i := range n.segments {
		s := &n.segments[i]
		if !s.sure {
			continue
		}
		for _, r := range s.line {
			p.erase(run{r.x, r.y0 - 1, r.y1 + 1}, s.vertical)
		}
	}
	return p
}

// erase erases a run of a segment. A run of a horizontal segment is vertical.
func (p plane) erase(r run, vertical bool) {
	if vertical {
		clear(p.row(r.x)[max(0, r.y0):min(r.y1, p.w)])
		return
	}
	for y := max(0, r.y0); y < min(r.y1, p.h); y++ {
		p.pix[y*p.w+r.x] = 0
	}
}

// findCrumbs tells, for each label, whether it is a crumb that the sure
// segments leave: a corner, a bit of the side of a box, or a short tooth of a
// comb.
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
	if !slices.Contains(gone, true) {
		return
	}
	for y := range p.h {
		for x, l := range label[y*p.w:][:p.w] {
			if !gone[l] {
				continue
			}
			for v := max(0, y-1); v <= min(y+1, p.h-1); v++ {
				for u := max(0, x-1); u <= min(x+1, p.w-1); u++ {
					if k := v*p.w + u; label[k] == 0 || gone[label[k]] {
						p.pix[k] = 0
					}
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
	slices.SortStableFunc(left, func(i, j int) int { return parts[j].area - parts[i].area })
	left = left[:min(len(left), maxPieces)]
	var frames []part
	for _, i := range left {
		if slices.ContainsFunc(left, func(j int) bool { return n.surrounds(label, int32(i+1), parts[i], parts[j]) }) {
			gone[i+1] = true
			frames = append(frames, parts[i])
		}
	}
	for _, i := range left {
		gone[i+1] = gone[i+1] || slices.ContainsFunc(frames, parts[i].equals)
	}
}

// equals reports whether a part is as large as a frame: it is an empty one.
func (q part) equals(frame part) bool {
	equal := func(a, b int) bool { return 10*max(a-b, b-a) <= max(a, b) }
	return equal(q.box.Dx(), frame.box.Dx()) && equal(q.box.Dy(), frame.box.Dy()) && equal(q.area, frame.area)
}

// directions are 16 directions, with lengths of about 16.
var directions = [][2]int{{16, 0}, {15, 6}, {11, 11}, {6, 15}, {0, 16}, {-6, 15}, {-11, 11}, {-15, 6},
	{-16, 0}, {-15, -6}, {-11, -11}, {-6, -15}, {0, -16}, {6, -15}, {11, -11}, {15, -6}}

// surrounds reports whether the part q with the given label is a frame around
// the part m: most rays from the center of m meet q.
func (n *network) surrounds(label []int32, around int32, q, m part) bool {
	if !q.isAround(m, n.stroke) || 3*m.box.Dy() < q.box.Dy() || n.isSlash(m, q) {
		return false
	}
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
