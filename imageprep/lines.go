package imageprep

import (
	"encoding/binary"
	"math"
	"slices"
)

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

// thickness returns the median thickness.
func (l line) thickness() int {
	thickness := make([]int, len(l))
	for i, r := range l {
		thickness[i] = r.y1 - r.y0
	}
	slices.Sort(thickness)
	return thickness[len(l)/2]
}

// findLines returns the horizontal lines that are at most thick pixels thick.
// The plane is the picture transposed: row x of the plane is column x of the
// picture.
//
// Where a line crosses a digit, the two are hard to tell apart. So a line is
// made of the pieces between digits: a long piece, and others in its direction.
func findLines(p plane, thick int) (lines []line) {
	pieces := p.linePieces(thick)
	sortBy(pieces, func(l line) int { return -l.length() })
	pieces = pieces[:min(len(pieces), maxPieces)]
	fits := make([]sums, len(pieces))
	for i, l := range pieces {
		fits[i] = l.sums()
	}
	for i, l := range pieces {
		if l == nil {
			continue
		}
		for more := true; more; {
			more = false
			a := fits[i].fitAxis()
			for j := i + 1; j < len(pieces); j++ {
				piece := pieces[j]
				if piece == nil || !a.mayContinue(l, fits[j]) {
					continue
				}
				both := fits[i].plus(fits[j])
				if p.continues(l, piece, both.fitAxis(), thick) {
					l = append(l, piece...)
					sortBy(l, func(r run) int { return r.x })
					fits[i], pieces[j], more = both, nil, true
					a = both.fitAxis()
				}
			}
		}
		if l.length() >= max(8, 3*l.thickness()) {
			lines = append(lines, l.dropThick())
		}
	}
	return lines
}

// mayContinue is a fast test before continues: the middle of a piece is near
// the axis of the line l.
func (a axis) mayContinue(l line, piece sums) bool {
	x, y := piece.x/piece.n, piece.y/piece.n
	beyond := max(float64(l[0].x)-x, x-float64(l[len(l)-1].x), 0)
	return math.Abs(y-a.offset-float64(a.slope*x)) <= 4+float64(0.2*beyond)
}

// linePieces follows runs of at most thick pixels from column to column.
func (p plane) linePieces(thick int) (pieces []line) {
	const drift = 1    // how far a line may move in one column
	gap := thick/2 + 1 // how wide a crossing line may be
	type end struct {  // of a line
		run
		before, length int32 // the run before it, or -1, and the number of runs
	}
	var runs []end             // of all lines
	var ends []int             // the last run of each line
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
				last := &runs[ends[i]]
				if d := max(y-middle, middle-y); d < distance && last.x < x && x-last.x <= gap && last.middle() == y {
					best, distance = i, d
				}
			}
			next := end{r, -1, 1}
			if best < 0 {
				best = len(ends)
				ends = append(ends, 0)
			} else {
				next.before, next.length = int32(ends[best]), runs[ends[best]].length+1
			}
			ends[best] = len(runs)
			runs = append(runs, next)
			lineAt[middle] = best + 1
		})
	}
	for _, i := range ends {
		if runs[i].length < minPiece {
			continue
		}
		l := make(line, runs[i].length)
		for k := len(l) - 1; k >= 0; k-- {
			l[k], i = runs[i].run, int(runs[i].before)
		}
		if len(l) < 2*l.thickness() {
			continue
		}
		// A slope of 0.2 is 11 degrees. A circle's arc with this residual
		// has a height of 7 % of its length.
		if a := l.sums().fitAxis(); math.Abs(a.slope) < 0.2 && a.residual <= max(1, 0.02*float64(l.length())) {
			pieces = append(pieces, l.dropThick())
		}
	}
	return pieces
}

// eachRun calls yield for each run of column x that has at most thick pixels. A
// pale run has no pixel of a stroke, and at most paleThick pixels: shrinking a
// thin line makes it pale.
func (p plane) eachRun(x, thick int, yield func(run)) {
	const paleThick = 3
	column := p.row(x)
	start, paleStart, isPale := -1, -1, false
	for y := 0; y <= len(column); y++ {
		if paleStart < 0 && y+8 <= len(column) && binary.LittleEndian.Uint64(column[y:])&0xc0c0c0c0c0c0c0c0 == 0 {
			y += 7 // eight pixels without ink
			continue
		}
		level := uint8(0)
		if y < len(column) {
			level = column[y]
		}
		switch ink := level >= inkLevel; {
		case ink && start < 0:
			start, isPale = y, false
		case !ink && start >= 0:
			if y-start <= thick {
				yield(run{x, start, y})
			}
			start = -1
		}
		switch pale := level >= lineLevel; {
		case pale && paleStart < 0:
			paleStart, isPale = y, start < 0
		case !pale && paleStart >= 0:
			if isPale && y-paleStart <= paleThick {
				yield(run{x, paleStart, y})
			}
			paleStart = -1
		}
	}
}

// An axis is y = offset + slope x. residual is the root mean square distance of
// the runs that it was fitted to.
type axis struct {
	offset, slope, residual float64
}

func (a axis) at(x int) float64 { return a.offset + float64(a.slope*float64(x)) }

// sums are what the fit of an axis needs. All of them are exact: multiples of a
// quarter.
type sums struct {
	n, x, y, xx, xy, yy float64
}

func (l line) sums() (s sums) {
	for _, r := range l {
		x, y := float64(r.x), r.center()
		s = s.plus(sums{1, x, y, float64(x * x), float64(x * y), float64(y * y)})
	}
	return s
}

func (s sums) plus(t sums) sums {
	return sums{s.n + t.n, s.x + t.x, s.y + t.y, s.xx + t.xx, s.xy + t.xy, s.yy + t.yy}
}

// fitAxis fits an axis to the middles of the runs, by least squares.
func (s sums) fitAxis() axis {
	mx, my := s.x/s.n, s.y/s.n
	vxx, vxy, vyy := s.xx/s.n-float64(mx*mx), s.xy/s.n-float64(mx*my), s.yy/s.n-float64(my*my)
	slope := vxy / max(vxx, 1e-9)
	return axis{offset: my - float64(slope*mx), slope: slope, residual: math.Sqrt(max(0, vyy-float64(slope*vxy)))}
}

// continues reports whether a piece continues the line l along their common
// axis a. The gap between them must have ink, where strokes cross the line.
// Without ink, a gap may only be short.
func (p plane) continues(l, piece line, a axis, thick int) bool {
	first, last := piece[0].x, piece[len(piece)-1].x
	gap := max(l[0].x-last, first-l[len(l)-1].x, 0)
	if gap > 2*(l.length()+piece.length()) || math.Abs(a.slope) > 0.2 || l.covers(first, last) {
		return false
	}
	length := max(last, l[len(l)-1].x) - min(first, l[0].x)
	if a.residual > max(.8, 0.01*float64(length)) {
		return false
	}
	i, _ := slices.BinarySearchFunc(l, first, func(r run, x int) int { return r.x - x })
	ground := math.MaxInt
	if i > 0 {
		ground = p.groundOn(a, l[i-1].x+1, first, lineLevel)
	}
	if i < len(l) {
		ground = min(ground, p.groundOn(a, last+1, l[i].x, lineLevel))
	}
	if ground <= max(3, thick/2) {
		return true
	}
	// A line that is much thinner than strokes may have more gaps: where it is
	// between two rows of pixels, a slanted line is too pale.
	return ground <= min(thick, 2*l.length(), 2*piece.length()) && 6*max(l.thickness(), piece.thickness()) < thick
}

// groundOn counts the columns in which an axis has less ink than level.
func (p plane) groundOn(a axis, from, to int, level uint8) (n int) {
	for x := from; x < to; x++ {
		if p.inkOn(a, x) < level {
			n++
		}
	}
	return n
}

// inkOn returns the ink on an axis, and 0 outside the picture.
func (p plane) inkOn(a axis, x int) uint8 {
	y := int(a.at(x) + .5)
	if x < 0 || x >= p.h || y < 0 || y >= p.w {
		return 0
	}
	return p.pix[x*p.w+y]
}

// covers reports whether l has a run in the columns from first to last.
func (l line) covers(first, last int) bool {
	i, _ := slices.BinarySearchFunc(l, first, func(r run, x int) int { return r.x - x })
	return i < len(l) && l[i].x <= last
}

// dropThick removes the runs that are much thicker than most. There, strokes
// touch the line.
func (l line) dropThick() line {
	limit := l.thickness()*5/4 + 1
	return slices.DeleteFunc(l, func(r run) bool { return r.y1-r.y0 > limit })
}
