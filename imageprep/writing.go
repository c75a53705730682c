package imageprep

import (
	"image"
	"slices"
)

// A glyph is ink that is read as one digit, or that is left out.
type glyph struct {
	box    image.Rectangle
	area   int
	labels []int32 // of its pieces
	ink    int     // number of its ink
	line   int
	space  bool    // a wide gap precedes it
	score  float64 // how much it looks like one digit
}

// A writing is an ink picture whose ink is divided into parts, lines and
// digits. Each pixel with ink, also of a soft edge, has the label of one part
// or piece.
type writing struct {
	inks   []*image.Gray
	ink    *image.Gray // all inks together
	label  []int32     // the number of each pixel's part or piece, from 1, or 0
	parts  []part
	hole   []bool  // pixels of the ground that ink surrounds
	height int     // of a typical digit
	stroke float64 // stroke width
	judge  func(*image.Gray) float64

	digits, left []glyph
	several      bool    // there are several digits
	score        float64 // of the best path, weighted by area
	area         int
}

// newWriting finds the parts of ink pictures that start at (0, 0).
func newWriting(inks []*image.Gray, judge func(*image.Gray) float64) *writing {
	w := &writing{judge: judge, inks: inks}
	if w.judge == nil {
		w.judge = func(*image.Gray) float64 { return 0 }
	}
	w.label, w.parts = findParts(inks[0])
	w.ink, w.stroke = inks[0], StrokeWidth(inks[0])
	for i, ink := range inks[1:] {
		w.addInk(i+1, ink)
	}
	w.height = typicalHeight(w.parts)
	w.labelEdges()
	return w
}

// addInk adds the parts of another ink. Where inks overlap, the stronger one
// counts.
func (w *writing) addInk(number int, ink *image.Gray) {
	label, parts := findParts(ink)
	before := int32(len(w.parts))
	for i := range parts {
		parts[i].ink = number
	}
	w.parts = append(w.parts, parts...)
	all := image.NewGray(ink.Rect)
	copy(all.Pix, w.ink.Pix)
	for i, v := range ink.Pix {
		if v > all.Pix[i] {
			all.Pix[i] = v
			if w.label[i] = 0; label[i] > 0 {
				w.label[i] = before + label[i]
			}
		}
	}
	w.ink, w.stroke = all, max(w.stroke, StrokeWidth(ink))
}

// readWhole takes the whole ink for one digit.
func readWhole(inks []*image.Gray, judge func(*image.Gray) float64) *writing {
	w := newWriting(inks, judge)
	g := glyph{}
	for i, q := range w.parts {
		g.box, g.area = g.box.Union(q.box), g.area+q.area
		g.labels = append(g.labels, int32(i+1))
	}
	w.digits = []glyph{g}
	return w
}

// readWriting reads ink pictures. one says that there is one digit.
func readWriting(inks []*image.Gray, judge func(*image.Gray) float64, one bool) *writing {
	w := newWriting(inks, judge)
	w.holes()
	w.joinStacked()
	var lattices []*lattice
	for i, l := range w.findLines() {
		t := w.newLattice(l, i)
		t.findPath()
		lattices = append(lattices, t)
	}
	w.dropSmall()
	w.several = len(w.digits) > 1
	if one {
		w.keepBest(lattices)
	}
	return w
}

// labelEdges gives the pixels of soft edges the label of the part beside them.
func (w *writing) labelEdges() {
	dx, dy := w.ink.Rect.Dx(), w.ink.Rect.Dy()
	type edge struct {
		at    int
		label int32
	}
	var edges []edge
	for range softEdge {
		edges = edges[:0]
		for y := range dy {
			for x, v := range row(w.ink, y) {
				if v == 0 || w.label[y*dx+x] != 0 {
					continue
				}
				if l := w.labelBeside(x, y); l > 0 {
					edges = append(edges, edge{y*dx + x, l})
				}
			}
		}
		for _, e := range edges {
			w.label[e.at] = e.label
		}
	}
}

func (w *writing) labelBeside(x, y int) int32 {
	dx, dy := w.ink.Rect.Dx(), w.ink.Rect.Dy()
	for v := max(0, y-1); v <= min(y+1, dy-1); v++ {
		for u := max(0, x-1); u <= min(x+1, dx-1); u++ {
			if l := w.label[v*dx+u]; l > 0 {
				return l
			}
		}
	}
	return 0
}

// holes finds the ground that ink surrounds.
func (w *writing) holes() {
	dx, dy := w.ink.Rect.Dx(), w.ink.Rect.Dy()
	ground := image.NewGray(w.ink.Rect)
	for i, v := range w.ink.Pix {
		if v < inkLevel {
			ground.Pix[i] = 255
		}
	}
	label, parts := findParts(ground)
	isHole := make([]bool, len(parts)+1)
	for i, q := range parts {
		isHole[i+1] = q.border == 0 && float64(q.area) > w.stroke*w.stroke
	}
	w.hole = make([]bool, dx*dy)
	for i, l := range label {
		w.hole[i] = isHole[l]
	}
}

// judgeGlyph returns how much a glyph looks like one digit.
func (w *writing) judgeGlyph(g glyph) float64 {
	ink := w.extract(g)
	box := InkBox(ink)
	if box.Empty() {
		return -20
	}
	return w.judge(Center(ink, box))
}

func (w *writing) glyphOf(parts ...int) (g glyph) {
	for _, i := range parts {
		q := w.parts[i]
		g.box, g.area = g.box.Union(q.box), g.area+q.area
		g.labels = append(g.labels, int32(i+1))
		g.ink = q.ink
	}
	return g
}

// joinStacked joins parts that are one above the other, close together, and
// look more like a digit together than apart.
func (w *writing) joinStacked() {
	if len(w.parts) > 300 {
		return
	}
	for i := range w.parts {
		for j := range w.parts {
			a, b := w.parts[i], w.parts[j]
			if i == j || a.ink != b.ink || a.area == 0 || b.area == 0 || a.box.Min.Y > b.box.Min.Y {
				continue
			}
			x, y := overlap(a.box, b.box)
			if 2*x < min(a.box.Dx(), b.box.Dx()) || float64(-y) > 2*w.stroke || 3*y > min(a.box.Dy(), b.box.Dy()) {
				continue
			}
			if 20*b.area < a.area || 20*a.area < b.area {
				continue
			}
			both := w.glyphOf(i, j)
			apart := float64(w.judgeGlyph(w.glyphOf(i))*float64(a.area)) + float64(w.judgeGlyph(w.glyphOf(j))*float64(b.area))
			if float64(w.judgeGlyph(both)*float64(both.area)) > apart+0.2*float64(both.area) {
				w.join(i, j)
			}
		}
	}
}

// join makes part j a piece of part i.
func (w *writing) join(i, j int) {
	a, b := &w.parts[i], &w.parts[j]
	dx := w.ink.Rect.Dx()
	grown := b.box.Inset(-softEdge).Intersect(w.ink.Rect)
	for y := grown.Min.Y; y < grown.Max.Y; y++ {
		for x := grown.Min.X; x < grown.Max.X; x++ {
			if l := &w.label[y*dx+x]; *l == int32(j+1) {
				*l = int32(i + 1)
			}
		}
	}
	a.box, a.area, a.border = a.box.Union(b.box), a.area+b.area, a.border+b.border
	*b = part{}
}

// A textLine is a line of writing.
type textLine struct {
	parts  []int // indices
	height int   // of a typical digit
	box    image.Rectangle
	slant  float64 // how many columns strokes move to the left per row down
}

// findLines divides the parts into lines of writing, from top to bottom.
func (w *writing) findLines() (lines []*textLine) {
	rest := w.candidates()
	for depth := 0; len(rest) > 0 && depth < 3; depth++ {
		var list []part
		for _, i := range rest {
			list = append(list, w.parts[i])
		}
		height := typicalHeight(list)
		var main, small []int
		for _, i := range rest {
			if 2*w.parts[i].box.Dy() >= height {
				main = append(main, i)
			} else {
				small = append(small, i)
			}
		}
		found := w.chain(main)
		rest = w.attach(found, small)
		lines = append(lines, found...)
	}
	slices.SortStableFunc(lines, func(a, b *textLine) int {
		return a.box.Min.Y + a.box.Max.Y - b.box.Min.Y - b.box.Max.Y
	})
	for _, l := range lines {
		l.box = image.Rectangle{}
		for _, m := range l.parts {
			l.box = l.box.Union(w.parts[m].box)
		}
		l.slant = w.slantOf(l)
	}
	return lines
}

// candidates returns the parts that may belong to digits. It leaves out specks,
// edges, underlines, and what reaches into the picture from outside.
func (w *writing) candidates() (list []int) {
	inside := hasInside(w.parts, w.ink.Rect.Dx(), w.ink.Rect.Dy())
	for i, q := range w.parts {
		longer := float64(q.longerSide())
		switch {
		case q.area == 0 || longer < speckStroke*w.stroke || longer < speckHeight*float64(w.height):
			continue // joined with another part, or a speck
		case inside && w.fromOutside(q), float64(q.area) < thinStroke*w.stroke*longer, w.isUnderline(q):
			w.left = append(w.left, w.glyphOf(i))
		default:
			list = append(list, i)
		}
	}
	if len(list) > maxParts {
		slices.SortStableFunc(list, func(a, b int) int { return w.parts[b].area - w.parts[a].area })
		list = list[:maxParts]
	}
	return list
}

// isUnderline reports whether a part is one long and flat stroke.
func (w *writing) isUnderline(q part) bool {
	dx, dy := q.box.Dx(), q.box.Dy()
	return dx > 2*w.height && dx > 3*dy && float64(q.area) < 1.5*w.stroke*float64(dx)
}

// fromOutside reports whether a part reaches into the picture from outside. A
// digit that reaches the border has little more than the ends of strokes there.
func (w *writing) fromOutside(q part) bool {
	return float64(q.border) > 3*w.stroke && 2*q.border > q.longerSide()
}

const maxParts = 1000

// chain follows each line from part to part: the next one is the nearest one to
// the right that shares two fifths of the lower one's height. So a page may be
// turned a little, and digits may differ in size.
func (w *writing) chain(main []int) (lines []*textLine) {
	middle := func(i int) int { return w.parts[i].box.Min.X + w.parts[i].box.Max.X }
	slices.SortStableFunc(main, func(a, b int) int { return middle(a) - middle(b) })
	lineOf := make([]*textLine, len(w.parts))
	for i, m := range main {
		l := lineOf[m]
		if l == nil {
			l = new(textLine)
			lines = append(lines, l)
		}
		box := w.parts[m].box
		l.parts = append(l.parts, m)
		l.box = l.box.Union(box)
		for _, j := range main[i+1:] {
			next := w.parts[j].box
			if _, shared := overlap(box, next); 5*shared >= 2*min(box.Dy(), next.Dy()) {
				if lineOf[j] == nil {
					lineOf[j] = l
				}
				break
			}
		}
	}
	for _, l := range lines {
		var heights []int
		for _, m := range l.parts {
			heights = append(heights, w.parts[m].box.Dy())
		}
		slices.Sort(heights)
		l.height = heights[len(heights)*2/3]
	}
	return lines
}

// attach adds each small part to the line beside which, or in which, it is. It
// returns the others.
func (w *writing) attach(lines []*textLine, small []int) (rest []int) {
	for _, s := range small {
		box := w.parts[s].box
		var best *textLine
		distance := 0
		for _, l := range lines {
			for _, m := range l.parts {
				if 2*w.parts[m].box.Dy() < l.height {
					continue
				}
				x, y := overlap(w.parts[m].box, box)
				near := 10*max(0, -y) <= attachY*l.height && 10*max(0, -x) <= attachX*l.height
				if d := 2*max(0, -y) + max(0, -x); near && (best == nil || d < distance) {
					best, distance = l, d
				}
			}
		}
		if best != nil {
			best.parts = append(best.parts, s)
		} else {
			rest = append(rest, s)
		}
	}
	return rest
}

// dropSmall leaves out the digits that are much smaller than most.
func (w *writing) dropSmall() {
	var digits []part
	for _, g := range w.digits {
		digits = append(digits, part{box: g.box, area: g.area})
	}
	height := typicalHeight(digits)
	w.digits = slices.DeleteFunc(w.digits, func(g glyph) bool {
		small := 10*g.box.Dy() < smallest*height || 10*g.box.Dy() < 4*height && g.score < smallSure
		if small {
			w.left = append(w.left, g)
		}
		return small
	})
}

// keepBest keeps the one best digit.
func (w *writing) keepBest(lattices []*lattice) {
	var digit glyph
	best := 0.0
	for _, t := range lattices {
		for _, r := range t.runs {
			if gain := (r.score - skipLog) * float64(r.area); digit.area == 0 || gain > best {
				digit, best = r.glyph, gain
			}
		}
	}
	if digit.area == 0 {
		return
	}
	w.left = append(w.left, w.digits...)
	w.left = slices.DeleteFunc(w.left, func(g glyph) bool {
		return slices.ContainsFunc(g.labels, func(l int32) bool { return slices.Contains(digit.labels, l) })
	})
	w.digits = []glyph{digit}
}

// turn reads the ink turned by 90, 180 and 270 degrees. It returns the angle at
// which it reads clearly better, or 0. doubtful means that it may read better.
func (w *writing) turn() (degrees int, doubtful bool) {
	if w.area == 0 || w.mean() > clearMean {
		return 0, false
	}
	best, gain := 0, 0.0
	for i, o := range quarterTurns[1:] {
		var inks []*image.Gray
		for _, ink := range w.inks {
			inks = append(inks, Turn(ink, o))
		}
		t := readWriting(inks, w.judge, false)
		if t.area == 0 {
			continue
		}
		if Debug {
			println("turn", 90*(i+1), "mean", int(100*t.mean()), "upright", int(100*w.mean()), len(t.digits), len(w.digits))
		}
		if g := float64((t.mean() - w.mean()) * float64(len(t.digits))); t.mean() > w.mean()+0.2 && g > gain {
			best, gain = 90*(i+1), g
		}
	}
	if gain > turnGain {
		return best, false
	}
	return 0, gain > turnGain/3
}

// mean is the mean logarithm of the probabilities, weighted by area.
func (w *writing) mean() float64 { return w.score / float64(w.area) }

// overlap returns how many columns and rows two boxes share. A gap between them
// is negative.
func overlap(a, b image.Rectangle) (x, y int) {
	return min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X), min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
}
