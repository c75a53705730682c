package imageprep

import (
	"image"
	"math"
	"slices"
)

// These constants decide what a line is: here and in lines.go, cells.go,
// frames.go and rings.go. They were set on made-up forms, and checked on
// photographs of digits, bank checks and pages without forms.
const (
	// minSide is the longer side of the smallest picture with lines. Smaller
	// ones are tight crops: MNIST's have 28 pixels.
	minSide = 40
	// maxPieces bounds the work on pictures of noise. A page of 200 digits has
	// some 600 pieces in each direction.
	maxPieces = 1000
	// minPiece is the length of the shortest piece of a line, in pixels. Digits
	// of 12 pixels have boxes whose sides are cut into pieces of 6.
	minPiece = 6
	// lineLevel is the least ink of a line. A line that is thinner than a pixel
	// of the shrunk picture has less ink than strokes.
	lineLevel = 64

	// rightAngle is how much an angle may differ from 90 degrees, as a slope:
	// the corners of boxes drawn by hand differ by 5 degrees.
	rightAngle = 0.1
	// cornerSlack is how far apart two sides may end in a corner, in pixels
	// beyond the lines' thickness.
	cornerSlack = 3
	// roundCorner is the largest radius of a corner, in sides of the box.
	roundCorner = 0.35
	// overshoot is how much a side may stick out of its table, in sides.
	overshoot = 0.08
	// minCell is the smallest side of a cell, in thicknesses.
	minCell = 2.5
	// mostRays bounds the work on parts with large boxes. A page has some
	// hundred frames.
	mostRays = 2000
	// nearest is how many crossings findCells looks ahead. A grid with some
	// thick lines has up to two thin ones between them.
	nearest = 4
	// emptySolid is how much of each side of an empty cell must have ink. The
	// straight pieces of a 0 are at most 60 % of its sides.
	emptySolid = 0.8
	// fullSolid is the same for a cell that holds a digit: digits cover sides,
	// and corners may be round.
	fullSolid = 0.35
	// equalEnds is how much the ends of equal sides may differ, in sides.
	equalEnds = 0.06
	// irregular is how much distances of teeth may differ, in distances.
	irregular = 0.12

	// lineSolid is how much of a line must have ink, and crossSolid of a line
	// across the picture.
	lineSolid  = 0.9
	crossSolid = 0.6
	// So many parallel lines across the picture are ruled lines, whatever the
	// height of a digit: the strokes of a digit are fewer.
	surelyRuled = 5
	// longLine and aloneLine are the least lengths of lines that touch other
	// ink and of lines that do not, in heights of a digit. The base of a 2 is
	// up to 1.5 heights long, and strokes that join two 0s up to 2.5.
	longLine  = 3
	aloneLine = 2
	// thinLine is the least length of lines with more ink than the digits, in
	// thicknesses. A 1 has at most some 15.
	thinLine = 30
	// crumb is the largest crumb, in heights of a digit. Teeth of combs that
	// are longer are segments.
	crumb = 0.4

	// ringHole is the least share of the largest hole among a ring's holes. The
	// slash of a 0 makes two equal holes.
	ringHole = 0.6
	// ringConvex is how much of its convex outline a ring must fill.
	ringConvex = 0.97
	// ringThin is the smallest height of a ring, in thicknesses. A 0 with a
	// curl inside has some 8.
	ringThin = 10
	// ringThick is the largest thickness of a ring, in typical thicknesses.
	ringThick = 1.3
)

// A lineSegment is a straight piece of ink, nearly horizontal or vertical. It
// may be a line on the page or a stroke of a digit. A position on a horizontal
// segment is an x, and one on a vertical segment is a y.
type lineSegment struct {
	line
	axis
	vertical  bool
	from, to  float64
	thick     int
	crossings []crossing // by position
	byOther   []crossing // the same, by the number of the other segment
	solid     []int      // how many of the first positions have ink
	isolated  bool       // no other ink touches it
	sure      bool       // it is no stroke
}

// A crossing is a point where a segment meets another one at right angles.
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
	rays       int    // how many times surrounds may follow its rays
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

// along returns the plane in which row i has the pixels at position i of all
// segments in one direction.
func (n *network) along(vertical bool) plane {
	if vertical {
		return n.p
	}
	return n.columns
}

// reach lengthens a segment to its first and its last crossing, and finds its
// ink.
func (s *lineSegment) reach(p plane) {
	s.byOther = slices.Clone(s.crossings) // cross finds them in this order
	sortBy(s.crossings, func(c crossing) float64 { return c.at })
	for _, c := range s.crossings {
		if !c.round {
			s.from, s.to = min(s.from, c.at), max(s.to, c.at)
		}
	}
	s.solid = []int{0}
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

// solidity returns the share of a segment between two positions that has ink.
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

// with returns the crossing with another segment.
func (s *lineSegment) with(other int) (c crossing, ok bool) {
	i, ok := slices.BinarySearchFunc(s.byOther, other, func(c crossing, other int) int { return c.other - other })
	if ok {
		c = s.byOther[i]
	}
	return c, ok
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
		max(beyondA, beyondB) <= float64(2*min(beyondA, beyondB))+slack
	return round, round, round
}

// touches reports whether a segment has ink up to another segment: it ends
// there, or a stroke covers its end.
func (n *network) touches(s *lineSegment, at float64) bool {
	if s.beyond(at) > max(s.to-s.from, float64(n.thick)) {
		return false
	}
	p := n.along(s.vertical)
	return p.groundOn(s.axis, int(at)+1, int(s.from), inkLevel)+p.groundOn(s.axis, int(s.to)+1, int(at), inkLevel) <= 1
}

func (a axis) moved(by float64) axis { return axis{a.offset + by, a.slope, a.residual} }

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
