package imageprep

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// A cell is two horizontal and two vertical segments that meet in four corners.
type cell struct {
	top, bottom, left, right *lineSegment

	upperLeft, upperRight crossing // on the top side
	lowerLeft, lowerRight crossing // on the left and on the right side
}

// findCells marks the sides of cells.
func (n *network) findCells() {
	for i := range n.segments {
		top := &n.segments[i]
		if top.vertical || !n.endsAtCrossings(top) {
			continue
		}
		for k, left := range top.crossings {
			for _, right := range top.crossings[k+1 : min(len(top.crossings), k+1+nearest)] {
				c := cell{top: top, left: &n.segments[left.other], right: &n.segments[right.other], upperLeft: left, upperRight: right}
				if right.at-left.at >= minCell*float64(n.thick) && n.endsAtCrossings(c.left) && n.endsAtCrossings(c.right) {
					n.findCell(c)
				}
			}
		}
	}
}

// findCell looks for the bottom of a cell whose other sides are given.
func (n *network) findCell(c cell) {
	least := minCell * float64(n.thick)
	below, _ := slices.BinarySearchFunc(c.left.crossings, c.upperLeft.back, func(d crossing, top float64) int {
		return cmp.Compare(d.at-top, least)
	})
	for _, c.lowerLeft = range c.left.crossings[below:min(len(c.left.crossings), below+nearest)] {
		c.bottom = &n.segments[c.lowerLeft.other]
		var ok bool
		if c.lowerRight, ok = c.right.with(c.lowerLeft.other); ok && n.endsAtCrossings(c.bottom) && n.isCell(c) {
			c.top.sure, c.bottom.sure, c.left.sure, c.right.sure = true, true, true, true
		}
	}
}

// isCell reports whether a cell is not made of strokes.
func (n *network) isCell(c cell) bool {
	if c.top.sure && c.bottom.sure && c.left.sure && c.right.sure {
		return true
	}
	thinnest := min(c.top.thick, c.bottom.thick, c.left.thick, c.right.thick)
	if max(c.top.thick, c.bottom.thick, c.left.thick, c.right.thick) > 2*thinnest+1 {
		return false
	}
	solid := min(c.top.solidity(c.upperLeft.at, c.upperRight.at),
		c.bottom.solidity(c.lowerLeft.back, c.lowerRight.back),
		c.left.solidity(c.upperLeft.back, c.lowerLeft.at),
		c.right.solidity(c.upperRight.back, c.lowerRight.at))
	round, corners := false, true
	for _, d := range []crossing{c.upperLeft, c.upperRight, c.lowerLeft, c.lowerRight} {
		round, corners = round || d.round, corners && d.corner
	}
	if solid < fullSolid || round && !corners {
		return false
	}
	return solid >= emptySolid && !round || n.holdsInk(image.Rect(
		int(max(c.upperLeft.at, c.lowerLeft.back)), int(max(c.upperLeft.back, c.upperRight.back)),
		int(min(c.upperRight.at, c.lowerRight.back)), int(min(c.lowerLeft.at, c.lowerRight.at))))
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

// equals reports whether two segments are parallel, equally long and thick, and
// in a row, side by side or end to end.
func (s *lineSegment) equals(r *lineSegment) bool {
	length := r.to - r.from
	slack := max(2, equalEnds*length)
	if s.vertical != r.vertical || math.Abs(s.to-s.from-length) > slack || !s.asThick(r) || math.Abs(s.slope-r.slope) > rightAngle {
		return false
	}
	middle := float64((s.from + s.to) / 2)
	across := s.at(int(middle)) - r.at(int(middle))
	// On a turned page, equal ends are on a line at right angles to r.
	shift := middle - float64((r.from+r.to)/2) + float64(r.slope*across)
	return min(math.Abs(shift), math.Abs(across)) <= slack
}

// asThick reports whether two segments are equally thick.
func (s *lineSegment) asThick(r *lineSegment) bool {
	return 2*max(s.thick, r.thick) <= 3*min(s.thick, r.thick)+2
}

// prolongs reports whether a segment is a piece of the same line as a longer
// one.
func (s *lineSegment) prolongs(r *lineSegment) bool {
	if s.length() > r.length() || !s.asThick(r) {
		return false
	}
	for _, q := range []run{s.line[0], s.line[len(s.line)-1]} {
		if math.Abs(q.center()-r.at(q.x)) > 1.5+float64(0.01*r.beyond(float64(q.x))) {
			return false
		}
	}
	return true
}

// findCoveredSides marks the sides of cells that strokes cover in part. A
// segment that ends at a sure segment is such a side if its ink is as long as
// another sure segment that ends there.
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
		if !r.sure || d.round || s.thick > 2*r.thick+1 {
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

// endsAtCrossings reports whether a segment has no loose ends: it ends at
// another segment or at the border of the picture. The strokes of digits have
// loose ends.
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
