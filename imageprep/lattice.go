package imageprep

import (
	"math"
	"slices"
)

// This file reads a line of writing by over-segmentation: Y. LeCun, L. Bottou,
// Y. Bengio and P. Haffner, "Gradient-based learning applied to document
// recognition", Proc. IEEE 86, 1998, section V. The ink of a line is cut into
// pieces. Every run of neighboring pieces that could be a digit gets a score.
// The best path through this lattice of runs gives the digits.
//
// Scores are weighted by area. So all paths explain the same amount of ink, and
// paths with fewer or with more digits have no advantage.

// A lattice holds the pieces of a line, in order, and the runs of them that may
// be digits.
type lattice struct {
	*writing
	line   *textLine
	number int
	pieces []piece
	walls  []wall
	runs   []candidate
}

// A candidate is a run of neighboring pieces that may be a digit: from, ...,
// to-1.
type candidate struct {
	from, to int
	glyph
}

// newLattice cuts a line into pieces and judges their runs.
func (w *writing) newLattice(l *textLine, number int) *lattice {
	t := &lattice{writing: w, line: l, number: number}
	for _, i := range l.parts {
		q := w.parts[i]
		t.pieces = append(t.pieces, t.cutUp(piece{box: q.box, area: q.area, label: int32(i + 1), part: i})...)
	}
	sortBy(t.pieces, func(p piece) float64 { // by the middle
		return float64(p.box.Min.X+p.box.Max.X) + float64(l.slant*float64(p.box.Min.Y+p.box.Max.Y))
	})
	for i := range t.pieces {
		for j := i + 1; j <= min(len(t.pieces), i+mostPieces); j++ {
			g := t.glyph(i, j)
			if j > i+1 && (t.inkOf(j-1) != g.ink || t.widthOf(g.box.Dx(), g.box.Dy()) > widestDigit) {
				break
			}
			if h := t.heightOf(g); h >= lowestDigit && h <= tallest {
				g.score = t.scoreOf(i, j, g)
				t.runs = append(t.runs, candidate{i, j, g})
			}
		}
	}
	return t
}

// inkOf returns the ink of a piece.
func (t *lattice) inkOf(i int) int { return t.parts[t.pieces[i].part].ink }

// glyph returns the pieces from i to j-1 as one glyph, with the walls that it
// shares with its neighbors.
func (t *lattice) glyph(i, j int) glyph {
	g := glyph{line: t.number, ink: t.inkOf(i)}
	for _, p := range t.pieces[i:j] {
		g.box, g.area = g.box.Union(p.box), g.area+p.area
		g.labels = append(g.labels, p.label)
	}
	for _, s := range t.walls {
		if slices.Contains(g.labels, s.left) || slices.Contains(g.labels, s.right) {
			g.labels, g.box = append(g.labels, s.label), g.box.Union(s.box)
		}
	}
	return g
}

// heightOf is the height of a glyph, in heights of the line's digits.
func (t *lattice) heightOf(g glyph) float64 { return float64(g.box.Dy()) / float64(t.line.height) }

// widthOf is the width of a box without the slant of its strokes, in heights of
// the line's digits.
func (t *lattice) widthOf(dx, dy int) float64 {
	return (float64(dx) - float64(math.Abs(t.line.slant)*float64(dy))) / float64(t.line.height)
}

// scoreOf returns the score of a run.
func (t *lattice) scoreOf(i, j int, g glyph) float64 {
	s := t.likeness(g)
	if h := t.heightOf(g); h < lowDigit {
		s += float64(lowScore * (1 - h/lowDigit))
		s += float64(offScore * max(0, math.Abs(t.offsetOf(g))-offLine))
	}
	for _, cost := range []float64{t.pieces[i].cutLeft, t.pieces[j-1].cutRight} {
		if cost > 0 {
			s += cutScore + float64(strokeScore*cost)
		}
	}
	return s
}

// A step of a path goes from one piece to another one. It reads a run of
// pieces, or leaves pieces out.
type step struct {
	score float64 // of the whole path up to here
	from  int
	run   *candidate // or nil
}

// findPath finds the best path: the digits of the line, and what is left out.
func (t *lattice) findPath() {
	n := len(t.pieces)
	best := make([]step, n+1) // best[i] ends before piece i
	for i := range n {
		best[i+1].score = math.Inf(-1)
	}
	try := func(from, to int, score float64, area int, run *candidate) {
		if s := best[from].score + float64(score*float64(area)); s > best[to].score {
			best[to] = step{s, from, run}
		}
	}
	next, area := 0, 0
	wholes := t.wholeParts()
	for i, p := range t.pieces {
		try(i, i+1, leftPieceScore, p.area, nil)
		if q := wholes[p.part]; q.first == i && q.last-q.first == q.pieces-1 {
			try(i, q.last+1, leftScore, q.area, nil)
		}
		for ; next < len(t.runs) && t.runs[next].from == i; next++ {
			r := &t.runs[next]
			r.mark = t.isSlash(r.glyph)
			r.cut = p.cutLeft > 0 || t.pieces[r.to-1].cutRight > 0
			try(i, r.to, r.score, r.area, r)
		}
		area += p.area
	}
	var digits, left []glyph
	for i := n; i > 0; i = best[i].from {
		if r := best[i].run; r != nil {
			r.mean = best[n].score / float64(area)
			digits = append(digits, r.glyph)
		} else {
			left = append(left, t.glyph(best[i].from, i))
		}
	}
	slices.Reverse(digits)
	slices.Reverse(left)
	t.markSpaces(digits)
	t.digits, t.left = append(t.digits, digits...), append(t.left, left...)
	t.score, t.area = t.score+best[n].score, t.area+area
}

// partPieces tells which pieces of a line belong to one part.
type partPieces struct{ first, last, pieces, area int }

// wholeParts finds the pieces of each part, by the part's index.
func (t *lattice) wholeParts() map[int]partPieces {
	parts := map[int]partPieces{}
	for i, p := range t.pieces {
		q, ok := parts[p.part]
		if !ok {
			q.first = i
		}
		parts[p.part] = partPieces{q.first, i, q.pieces + 1, q.area + p.area}
	}
	return parts
}

// markSpaces finds the wide gaps between digits.
func (t *lattice) markSpaces(digits []glyph) {
	if len(digits) < 2 {
		return
	}
	gaps := make([]int, len(digits)-1)
	for i := range gaps {
		gaps[i] = digits[i+1].box.Min.X - digits[i].box.Max.X
	}
	sorted := slices.Sorted(slices.Values(gaps))
	typical := float64(max(sorted[(len(sorted)-1)/2], 0))
	if len(gaps) == 1 { // nothing tells what is typical
		typical = wideGap * float64(t.line.height)
	}
	for i, gap := range gaps {
		digits[i+1].space = float64(gap) > max(wideGap*float64(t.line.height), wideFactor*typical)
	}
}

// offsetOf returns how far the middle of a glyph is below the middle of the
// digits near it, in heights of the line's digits.
func (t *lattice) offsetOf(g glyph) float64 {
	sum, n := 0, 0
	x := g.box.Min.X + g.box.Max.X
	for _, i := range t.line.parts {
		q := t.parts[i].box
		if 3*q.Dy() < 2*t.line.height || max(q.Min.X+q.Max.X-x, x-q.Min.X-q.Max.X) > 6*t.line.height {
			continue
		}
		sum, n = sum+q.Min.Y+q.Max.Y, n+1
	}
	if n == 0 {
		return 0
	}
	return (float64(g.box.Min.Y+g.box.Max.Y) - float64(sum)/float64(n)) / 2 / float64(t.line.height)
}

// isSlash reports whether a glyph may be a slash: it is one straight stroke,
// and higher than the digits of the line.
func (t *lattice) isSlash(g glyph) bool { return t.heightOf(g) > slashHeight && t.isStraight(g) }
