package imageprep

import (
	"encoding/binary"
	"image"
	"math"
	"slices"
)

// EraseRuledLines erases ruled and squared paper, tables and underlines from an
// ink picture, in place. Strokes stay where they cross a line. A ruled line is
// thin, straight, nearly horizontal or vertical, and much longer than a digit.
func EraseRuledLines(ink *image.Gray) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	if w == 0 || h == 0 {
		return
	}
	stroke := StrokeWidth(ink)
	thick, length := int(1.5*stroke)+2, max(w/5, h/5, 32)
	p := planeOf(ink, 0)
	horizontal, vertical := findLines(p.transpose(nil), thick, length), findLines(p, thick, length)
	if len(horizontal)+len(vertical) == 0 {
		return
	}
	label, parts := findParts(ink)
	for _, l := range horizontal {
		for _, r := range l {
			parts[label[r.y0*w+r.x]-1].area = 0
		}
	}
	for _, l := range vertical {
		for _, r := range l {
			parts[label[r.x*w+r.y0]-1].area = 0
		}
	}
	apart := measure(parts, stroke) // parts that no line touches
	_, parts = findParts(p.without(horizontal, vertical).gray())
	rest := measure(parts, stroke) // parts without any line
	horizontal = keepRuled(horizontal, w, apart, rest)
	vertical = keepRuled(vertical, h, apart, rest)
	p = p.without(horizontal, vertical)
	for y := range h {
		copy(row(ink, y), p.row(y))
	}
}

// inkSize is the typical height of some parts, and the area of all of them.
type inkSize struct {
	height, area int
}

// measure ignores specks and parts with no area.
func measure(parts []part, stroke float64) (s inkSize) {
	parts = slices.DeleteFunc(parts, func(q part) bool { return q.area == 0 || float64(q.longerSide()) < 3*stroke })
	for _, q := range parts {
		s.area += q.area
	}
	s.height = typicalHeight(parts)
	return s
}

// keepRuled returns the ruled lines among lines; the other lines are strokes. A
// long stroke of a digit is straight and thin, too. So a ruled line must cross
// the picture, keep away from the digits, or be a small share of the ink.
//
// side is the side of the picture along the lines. apart measures the parts
// that no line touches, and rest what is left without any line.
func keepRuled(lines []line, side int, apart, rest inkSize) []line {
	crossesPicture := func(l line) bool { return 10*l.length() >= 9*side }
	n := 0
	for _, l := range lines {
		if crossesPicture(l) {
			n++
		}
	}
	return slices.DeleteFunc(lines, func(l line) bool {
		length, area := l.length(), l.area()
		switch {
		case crossesPicture(l) && n >= 3:
			return false
		case rest.height == 0:
			return true
		case crossesPicture(l):
			return 2*length <= 3*rest.height
		case apart.height > 0 && 2*length > 5*apart.height && 2*apart.area >= area:
			return false
		}
		return !(2*length > 5*rest.height && rest.area >= 2*area)
	})
}

// A run is the ink of column x of a picture, from y0 up to y1-1.
type run struct {
	x, y0, y1 int
}

func (r run) middle() int { return (r.y0 + r.y1) / 2 }

// center is the mean y of the run's pixels.
func (r run) center() float64 { return float64(float64(r.y0+r.y1-1) / 2) }

// A line is straight, goes from left to right, and has at most one run in each
// column. It has gaps where strokes cross it.
type line []run

func (l line) length() int { return l[len(l)-1].x - l[0].x + 1 }

func (l line) area() (n int) {
	for _, r := range l {
		n += r.y1 - r.y0
	}
	return n
}

// findLines returns the horizontal lines that are at least length columns long
// and at most thick pixels thick. The plane is the picture transposed: row x of
// the plane is column x of the picture.
//
// Where a line crosses a digit, the two are hard to tell apart. So a line is
// made of the pieces between digits: a long piece, and others in its direction.
func findLines(p plane, thick, length int) (lines []line) {
	pieces := p.linePieces(thick)
	slices.SortStableFunc(pieces, func(a, b line) int { return b.length() - a.length() })
	pieces = pieces[:min(len(pieces), 1000)] // noise may have any number
	for i, l := range pieces {
		if l == nil || l.length() < max(length/4, 4*thick) {
			continue
		}
		for more := true; more; {
			more = false
			axis := l.fitAxis()
			for j := i + 1; j < len(pieces); j++ {
				if piece := pieces[j]; piece != nil && axis.continues(l, piece, thick) {
					l = append(l, piece...)
					slices.SortFunc(l, func(a, b run) int { return a.x - b.x })
					pieces[j], more = nil, true
				}
			}
		}
		if l.length() >= length && 2*len(l) >= l.length() {
			lines = append(lines, l.dropThick())
		}
	}
	return lines
}

// linePieces follows runs of at most thick pixels from column to column.
func (p plane) linePieces(thick int) (pieces []line) {
	const drift = 1    // how far a line may move in one column
	gap := thick/2 + 1 // how wide a crossing line may be
	var lines []line
	lineAt := make([]int, p.w) // 1 + the line last seen at height y
	for x := range p.h {
		p.eachRun(x, thick, func(r run) {
			middle := r.middle()
			best, distance := -1, drift+1
			for y := max(0, middle-drift); y <= min(middle+drift, p.w-1); y++ {
				i := lineAt[y] - 1
				if i < 0 {
					continue
				}
				last := lines[i][len(lines[i])-1]
				if d := max(y-middle, middle-y); d < distance && last.x < x && x-last.x <= gap && last.middle() == y {
					best, distance = i, d
				}
			}
			if best < 0 {
				best = len(lines)
				lines = append(lines, nil)
			}
			lines[best] = append(lines[best], r)
			lineAt[middle] = best + 1
		})
	}
	for _, l := range lines {
		if len(l) < thick {
			continue
		}
		// A slope of 0.2 is 11 degrees.
		if a := l.fitAxis(); math.Abs(a.slope) < 0.2 && a.residual <= max(1, 0.01*float64(l.length())) {
			pieces = append(pieces, l.dropThick())
		}
	}
	return pieces
}

// eachRun calls yield for each run of column x that has at most thick pixels.
func (p plane) eachRun(x, thick int, yield func(run)) {
	column := p.row(x)
	start := -1
	for y := 0; y <= len(column); y++ {
		if start < 0 && y+8 <= len(column) && binary.LittleEndian.Uint64(column[y:])&0x8080808080808080 == 0 {
			y += 7 // eight pixels without ink
			continue
		}
		ink := y < len(column) && column[y] >= inkLevel
		switch {
		case ink && start < 0:
			start = y
		case !ink && start >= 0:
			if y-start <= thick {
				yield(run{x, start, y})
			}
			start = -1
		}
	}
}

// An axis is y = offset + slope x. residual is the root mean square distance of
// the runs that it was fitted to.
type axis struct {
	offset, slope, residual float64
}

// fitAxis fits an axis to the middles of the runs, by least squares.
func (l line) fitAxis() axis {
	var n, sx, sy, sxx, sxy, syy float64 // exact: multiples of a quarter
	for _, r := range l {
		x, y := float64(r.x), r.center()
		n, sx, sy = n+1, sx+x, sy+y
		sxx += float64(x * x)
		sxy += float64(x * y)
		syy += float64(y * y)
	}
	mx, my := sx/n, sy/n
	vxx, vxy, vyy := sxx/n-float64(mx*mx), sxy/n-float64(mx*my), syy/n-float64(my*my)
	slope := vxy / max(vxx, 1e-9)
	return axis{offset: my - float64(slope*mx), slope: slope, residual: math.Sqrt(max(0, vyy-float64(slope*vxy)))}
}

// continues reports whether a piece continues the line l along its axis a.
// Strokes on a line move its middle, and pages bend. So the tolerance grows
// with the gap between the line and the piece.
func (a axis) continues(l, piece line, thick int) bool {
	first, last := piece[0], piece[len(piece)-1]
	gap := max(l[0].x-last.x, first.x-l[len(l)-1].x, 0)
	if gap > l.length() || l.covers(first.x, last.x) {
		return false
	}
	for _, r := range []run{first, last} {
		distance := r.center() - a.offset - float64(a.slope*float64(r.x))
		if 100*math.Abs(distance) > float64(max(150, 25*thick)+gap) {
			return false
		}
	}
	return true
}

// covers reports whether l has a run in the columns from first to last.
func (l line) covers(first, last int) bool {
	i, _ := slices.BinarySearchFunc(l, first, func(r run, x int) int { return r.x - x })
	return i < len(l) && l[i].x <= last
}

// dropThick removes the runs that are much thicker than most. There, strokes
// touch the line.
func (l line) dropThick() line {
	thickness := make([]int, len(l))
	for i, r := range l {
		thickness[i] = r.y1 - r.y0
	}
	slices.Sort(thickness)
	limit := thickness[len(l)/2]*3/2 + 1
	return slices.DeleteFunc(l, func(r run) bool { return r.y1-r.y0 > limit })
}

// without returns p without the lines and their soft edges. The vertical lines
// are those of the transposed plane.
func (p plane) without(horizontal, vertical []line) plane {
	erase := func(p plane, lines []line) {
		for _, l := range lines {
			for _, r := range l {
				for y := max(0, r.y0-1); y < min(r.y1+1, p.h); y++ {
					p.pix[y*p.w+r.x] = 0
				}
			}
		}
	}
	p.pix = slices.Clone(p.pix)
	erase(p, horizontal)
	if len(vertical) > 0 {
		p = p.transpose(nil)
		erase(p, vertical)
		p = p.transpose(nil)
	}
	return p
}
