package imageprep

import (
	"cmp"
	"image"
	"math"
	"slices"
)

var (
	maxRun      = int(envf("RUN", 8))
	widest      = envf("WIDEST", 1.6)
	skipLog     = envf("SKIP", -1.5)
	cutLog      = envf("CUT", -0.3)
	pieceWidth  = envf("PW", 0.5)
	seamApart   = envf("SEAMD", 0.16)
	seamCost    = envf("SEAMC", 7)
	lowLog      = envf("LOW", 2)
	wantHeight  = envf("WANTH", 0.65)
	useSlant    = envf("SLANT", 1)
	speckStroke = envf("SPECKS", 0.8)
	speckHeight = envf("SPECKH", 0.07)
	thinStroke  = envf("THIN", 0.35)
	attachX     = int(envf("AX", 5))
	attachY     = int(envf("AY", 4))
	smallest    = int(envf("SMALLEST", 2))
	smallSure   = envf("SMALLSURE", -0.06)
	clearMean   = envf("CLEAR", -0.1)
	turnGain    = envf("TURN", 3)
)

// A piece is a part of the ink, or what cuts leave of one.
type piece struct {
	box               image.Rectangle
	area              int
	label             int32
	origin            int // index of the part
	cutLeft, cutRight bool
}

// A stripe is ink near a cut, which belongs to both sides.
type stripe struct{ label, left, right int32 }

// A run is some neighboring pieces that may be a digit.
type run2 struct {
	from, to int // pieces from..to-1
	glyph
}

// A lattice holds the pieces of a line, in order, and the runs of them that may
// be digits.
type lattice struct {
	*writing
	line   *textLine
	number int
	pieces []piece
	strips []stripe
	runs   []run2
}

var Trace func(box image.Rectangle, m *image.Gray, s float64)
var Debug bool

func (w *writing) newLattice(l *textLine, number int) *lattice {
	t := &lattice{writing: w, line: l, number: number}
	for _, i := range l.parts {
		q := w.parts[i]
		t.pieces = append(t.pieces, t.cutUp(piece{box: q.box, area: q.area, label: int32(i + 1), origin: i})...)
	}
	middle := func(p piece) float64 {
		return float64(p.box.Min.X+p.box.Max.X) + float64(l.slant*float64(p.box.Min.Y+p.box.Max.Y))
	}
	slices.SortStableFunc(t.pieces, func(a, b piece) int { return cmp.Compare(middle(a), middle(b)) })
	if Pieces != nil {
		Pieces(w.ink, w.label)
	}
	if Debug {
		println("line height", l.height, "slant", int(l.slant*10), "stroke x10", int(10*w.stroke))
		for i, p := range t.pieces {
			println(i, "box", p.box.Min.X, p.box.Min.Y, p.box.Max.X, p.box.Max.Y, "area", p.area, p.cutLeft, p.cutRight)
		}
	}
	for i := range t.pieces {
		for j := i + 1; j <= min(len(t.pieces), i+maxRun); j++ {
			g := t.glyph(i, j)
			if t.parts[t.pieces[j-1].origin].ink != g.ink {
				break
			}
			if j > i+1 && float64(g.box.Dx())-float64(math.Abs(l.slant)*float64(g.box.Dy())) > widest*float64(l.height) {
				break
			}
			var ok bool
			if g.score, ok = t.likeness(i, j, g); ok {
				if Debug {
					println("  run", i, j, "score", int(100*g.score), "area", g.area)
				}
				t.runs = append(t.runs, run2{i, j, g})
			}
		}
	}
	return t
}

// findPath finds the best path: the digits of the line.
func (t *lattice) findPath() {
	type step struct {
		score float64
		run   *run2 // nil: the piece is left out
	}
	n := len(t.pieces)
	best := make([]step, n+1)
	for i := range best[1:] {
		best[i+1].score = math.Inf(-1)
	}
	next := 0
	for i, p := range t.pieces {
		if s := best[i].score + float64(skipLog*float64(p.area)); s > best[i+1].score {
			best[i+1] = step{score: s}
		}
		for ; next < len(t.runs) && t.runs[next].from == i; next++ {
			r := &t.runs[next]
			if s := best[i].score + float64(r.score*float64(r.area)); s > best[r.to].score {
				best[r.to] = step{s, r}
			}
		}
		t.area += p.area
	}
	t.score += best[n].score
	var digits, left []glyph
	for i := n; i > 0; {
		if r := best[i].run; r != nil {
			digits = append(digits, r.glyph)
			i = r.from
			continue
		}
		i--
		g, k := t.glyph(i, i+1), len(left)-1
		if k >= 0 && i+1 < n && best[i+2].run == nil && t.pieces[i].origin == t.pieces[i+1].origin {
			left[k] = left[k].plus(g)
		} else {
			left = append(left, g)
		}
	}
	slices.Reverse(digits)
	slices.Reverse(left)
	t.markSpaces(digits)
	t.digits, t.left = append(t.digits, digits...), append(t.left, left...)
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
	typical := max(sorted[(len(sorted)-1)/2], 0)
	for i, gap := range gaps {
		digits[i+1].space = 10*gap > 8*t.line.height && 2*gap > 5*typical
	}
}

// plus returns both glyphs as one.
func (g glyph) plus(h glyph) glyph {
	g.box, g.area, g.labels = g.box.Union(h.box), g.area+h.area, slices.Concat(g.labels, h.labels)
	return g
}

// glyph returns the pieces from i to j-1 as one glyph.
func (t *lattice) glyph(i, j int) glyph {
	g := glyph{line: t.number, ink: t.parts[t.pieces[i].origin].ink}
	for _, p := range t.pieces[i:j] {
		g.box, g.area = g.box.Union(p.box), g.area+p.area
		g.labels = append(g.labels, p.label)
	}
	for _, s := range t.strips {
		if slices.Contains(g.labels, s.left) || slices.Contains(g.labels, s.right) {
			g.labels = append(g.labels, s.label)
			g.box = g.box.Union(t.parts[s.label-1].box)
		}
	}
	return g
}

// likeness returns how much a run of pieces looks like one digit.
func (t *lattice) likeness(i, j int, g glyph) (float64, bool) {
	h := float64(g.box.Dy()) / float64(t.line.height)
	if h < 0.4 || h > 2.5 || g.area == 0 {
		return 0, false
	}
	s := t.judgeGlyph(g)
	if Trace != nil {
		ink := t.extract(g)
		Trace(image.Rect(g.box.Min.X/2, g.box.Min.Y/2, (g.box.Max.X+1)/2, (g.box.Max.Y+1)/2), Center(ink, InkBox(ink)), s)
	}
	if h < wantHeight {
		s -= lowLog * (wantHeight - h) / wantHeight
	}
	if t.pieces[i].cutLeft {
		s += cutLog / 2
	}
	if t.pieces[j-1].cutRight {
		s += cutLog / 2
	}
	return s, true
}

// extract returns the ink of a glyph alone, with its soft edge.
func (w *writing) extract(g glyph) *image.Gray {
	out := image.NewGray(g.box.Inset(-softEdge - 1).Intersect(w.ink.Rect))
	dx := w.ink.Rect.Dx()
	for y := range out.Rect.Dy() {
		levels := row(out, y)
		at := (y+out.Rect.Min.Y)*dx + out.Rect.Min.X
		source := row(w.ink, y+out.Rect.Min.Y)[out.Rect.Min.X:]
		for x, l := range w.label[at:][:len(levels)] {
			if l > 0 && slices.Contains(g.labels, l) {
				levels[x] = source[x]
			}
		}
	}
	return out
}

// slantOf estimates the slant of a line: how many columns its strokes move to
// the left, per row down.
func (w *writing) slantOf(l *textLine) float64 {
	if useSlant == 0 {
		return 0
	}
	dx := w.ink.Rect.Dx()
	mine := make([]bool, len(w.parts)+1)
	for _, i := range l.parts {
		mine[i+1] = true
	}
	// The shear that makes the columns' profile the most uneven.
	best, slant := -1.0, 0.0
	box := l.box
	for k := -3; k <= int(envf("KMAX", 4)); k++ {
		s := float64(k) / 10
		sums := make([]int, box.Dx()+2*box.Dy()+2)
		for y := box.Min.Y; y < box.Max.Y; y++ {
			shift := int(math.Floor(float64(s*float64(y-box.Min.Y)))) + box.Dy()
			for x := box.Min.X; x < box.Max.X; x++ {
				if la := w.label[y*dx+x]; la > 0 && mine[la] && w.ink.Pix[y*dx+x] >= inkLevel {
					sums[x-box.Min.X+shift]++
				}
			}
		}
		total := 0.0
		for _, v := range sums {
			total += float64(v * v)
		}
		if k == 0 {
			total *= 1.02
		}
		if total > best {
			best, slant = total, s
		}
	}
	return slant * useSlant
}
