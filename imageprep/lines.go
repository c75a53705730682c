package imageprep

import (
	"encoding/binary"
	"image"
	"math"
	"slices"
)

// EraseRuledLines erases from an ink picture, in place, the lines of ruled and squared paper and of tables, and underlines. It
// leaves the ink of strokes where they cross a line.
//
// A rule is thin and straight, lies within 11 degrees of level or upright, and is long: at least a fifth of the picture, and
// more than two and a half digits. Long strokes of digits are all of that too if there is nothing to compare them with, so a
// line must also run from border to border, best in company, or lie apart from digits, or leave more ink than it takes.
func EraseRuledLines(ink *image.Gray) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	if w == 0 || h == 0 {
		return
	}
	stroke := StrokeWidth(ink)
	thick, length := int(1.5*stroke)+2, max(w/5, h/5, 32)
	p := planeOf(ink, 0)
	level, upright := findRules(p.transpose(nil), thick, length), findRules(p, thick, length)
	if len(level)+len(upright) == 0 {
		return
	}
	label, parts := findParts(ink)
	for _, r := range level {
		for _, v := range r {
			parts[label[v.y0*w+v.x]-1].area = 0
		}
	}
	for _, r := range upright {
		for _, v := range r {
			parts[label[v.x*w+v.y0]-1].area = 0
		}
	}
	apart := sizesOf(parts, stroke) // of what no rule touches
	_, parts = findParts(p.without(level, upright).grey())
	rest := sizesOf(parts, stroke) // of what all of them leave
	level = trueRules(level, w, apart, rest)
	upright = trueRules(upright, h, apart, rest)
	p = p.without(level, upright)
	for y := range h {
		copy(row(ink, y), p.pix[y*w:])
	}
}

// sizes are the typical height of parts and the area of all of them.
type sizes struct {
	height, area int
}

// sizesOf does not count parts without area and specks.
func sizesOf(parts []part, stroke float64) (s sizes) {
	parts = slices.DeleteFunc(parts, func(q part) bool { return q.area == 0 || float64(q.long()) < 3*stroke })
	for _, q := range parts {
		s.area += q.area
	}
	s.height = typicalHeight(parts)
	return s
}

// trueRules returns those of the lines along a side of the picture that are rules and no strokes.
func trueRules(lines []rule, side int, apart, rest sizes) []rule {
	through := func(r rule) bool { return 10*r.length() >= 9*side }
	n := 0
	for _, r := range lines {
		if through(r) {
			n++
		}
	}
	return slices.DeleteFunc(lines, func(r rule) bool {
		length, area := r.length(), r.area()
		switch {
		case through(r) && n >= 3:
			return false
		case rest.height == 0:
			return true
		case through(r):
			return 2*length <= 3*rest.height
		case apart.height > 0 && 2*length > 5*apart.height && 2*apart.area >= area:
			return false
		}
		return !(2*length > 5*rest.height && rest.area >= 2*area)
	})
}

// A run is the ink of one column of a picture from y0 up to, but without, y1.
type run struct {
	x, y0, y1 int
}

func (r run) middle() int { return (r.y0 + r.y1) / 2 }

// A rule is a straight line, of at most one run a column, from left to right. Where strokes cross it there are gaps.
type rule []run

func (r rule) length() int { return r[len(r)-1].x - r[0].x + 1 }

func (r rule) area() (n int) {
	for _, v := range r {
		n += v.y1 - v.y0
	}
	return n
}

// findRules returns the level lines of at least length columns whose runs have at most thick pixels. The plane is the
// picture transposed: a row of it is a column of the picture.
//
// Where a rule crosses a digit it is hard to say what is what, so a rule is put together of the pieces between digits: the
// longest comes first, and others that lie in its line join it.
func findRules(p plane, thick, length int) (rules []rule) {
	pieces := p.pieces(thick)
	slices.SortStableFunc(pieces, func(a, b rule) int { return b.length() - a.length() })
	pieces = pieces[:min(len(pieces), 1000)] // of noise there may be any number
	for i, r := range pieces {
		if r == nil || r.length() < max(length/4, 4*thick) {
			continue
		}
		for more := true; more; {
			more = false
			line := r.fit()
			for j := i + 1; j < len(pieces); j++ {
				if q := pieces[j]; q != nil && line.holds(r, q, thick) {
					r = append(r, q...)
					slices.SortFunc(r, func(a, b run) int { return a.x - b.x })
					pieces[j], more = nil, true
				}
			}
		}
		if r.length() >= length && 2*len(r) >= r.length() {
			rules = append(rules, r.even())
		}
	}
	return rules
}

// pieces follows the runs of at most thick pixels from column to column.
func (p plane) pieces(thick int) (pieces []rule) {
	const drift = 1    // how far a line may move from one column to the next
	gap := thick/2 + 1 // a rule that crosses may be so wide
	var lines []rule
	lineAt := make([]int, p.w) // 1 + the line that was last seen at this height
	for x := range p.h {
		p.runsOf(x, thick, func(r run) {
			middle := r.middle()
			best, distance := -1, drift+1
			for y := max(0, middle-drift); y <= min(middle+drift, p.w-1); y++ {
				l := lineAt[y] - 1
				if l < 0 {
					continue
				}
				last := lines[l][len(lines[l])-1]
				if d := max(y-middle, middle-y); d < distance && last.x < x && x-last.x <= gap && last.middle() == y {
					best, distance = l, d
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
	for _, r := range lines {
		if len(r) < thick {
			continue
		}
		if line := r.fit(); math.Abs(line.slope) < 0.2 && line.residual <= max(1, 0.01*float64(r.length())) {
			pieces = append(pieces, r.even())
		}
	}
	return pieces
}

// runsOf calls yield for each run of column x with at most thick pixels.
func (p plane) runsOf(x, thick int, yield func(run)) {
	column := p.row(x)
	start := -1
	for y := 0; y <= len(column); y++ {
		if start < 0 && y+8 <= len(column) && binary.LittleEndian.Uint64(column[y:])&0x8080808080808080 == 0 {
			y += 7 // eight pixels without ink
			continue
		}
		ink := y < len(column) && column[y] > 127
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

// A line is y = at + slope x, with the root of the mean squared distance of what it was fitted to.
type line struct {
	at, slope, residual float64
}

// fit returns the line of least squares through the middles of the runs.
func (r rule) fit() line {
	var n, sx, sy, sxx, sxy, syy float64 // of halves of whole numbers, and their products: exact
	for _, v := range r {
		x, y := float64(v.x), float64(v.y0+v.y1-1)/2
		n, sx, sy = n+1, sx+x, sy+y
		sxx += float64(x * x)
		sxy += float64(x * y)
		syy += float64(y * y)
	}
	mx, my := sx/n, sy/n
	vxx, vxy, vyy := sxx/n-float64(mx*mx), sxy/n-float64(mx*my), syy/n-float64(my*my)
	slope := vxy / max(vxx, 1e-9)
	return line{at: my - float64(slope*mx), slope: slope, residual: math.Sqrt(max(0, vyy-float64(slope*vxy)))}
}

// holds reports whether the piece q lies on the line, which was fitted to r. Strokes that lie on a rule draw its middle to
// their side, and pages bend: the farther q is from r the less is asked.
func (l line) holds(r, q rule, thick int) bool {
	first, last := q[0], q[len(q)-1]
	gap := max(r[0].x-last.x, first.x-r[len(r)-1].x, 0)
	if gap > r.length() || r.covers(first.x, last.x) {
		return false
	}
	for _, v := range []run{first, last} {
		off := float64(v.y0+v.y1-1)/2 - l.at - float64(l.slope*float64(v.x))
		if 100*math.Abs(off) > float64(max(150, 25*thick)+gap) {
			return false
		}
	}
	return true
}

// covers reports whether r has a run in the columns from first to last.
func (r rule) covers(first, last int) bool {
	i, _ := slices.BinarySearchFunc(r, first, func(v run, x int) int { return v.x - x })
	return i < len(r) && r[i].x <= last
}

// even leaves out the runs that are much thicker than most: strokes that lie on the rule.
func (r rule) even() rule {
	thickness := make([]int, len(r))
	for i, v := range r {
		thickness[i] = v.y1 - v.y0
	}
	slices.Sort(thickness)
	most := thickness[len(r)/2]*3/2 + 1
	return slices.DeleteFunc(r, func(v run) bool { return v.y1-v.y0 > most })
}

// without returns p without the ink of the rules and their soft edges. The upright ones are those of the transposed plane.
func (p plane) without(level, upright []rule) plane {
	erase := func(p plane, rules []rule) {
		for _, r := range rules {
			for _, v := range r {
				for y := max(0, v.y0-1); y < min(v.y1+1, p.h); y++ {
					p.pix[y*p.w+v.x] = 0
				}
			}
		}
	}
	p.pix = slices.Clone(p.pix)
	erase(p, level)
	if len(upright) > 0 {
		p = p.transpose(nil)
		erase(p, upright)
		p = p.transpose(nil)
	}
	return p
}
