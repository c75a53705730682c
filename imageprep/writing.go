package imageprep

import (
	"image"
	"math"
	"slices"
)

// A writing is the ink of a picture, divided into parts, lines of writing and
// digits. Each pixel with ink, also of a soft edge, has the label of one part
// or of one piece of a part.
type writing struct {
	inks   []*image.Gray // one for each color, from (0, 0)
	ink    *image.Gray   // all of them
	label  []int32       // of each pixel's part or piece, from 1, or 0
	parts  []part        // parts[i] has the label i+1
	wanted []bool        // scratch: the labels of a glyph
	alone  []uint8       // scratch: the pixels of a glyph
	height int           // of a typical digit
	stroke float64       // stroke width
	hole   []bool        // pixels of the ground that ink surrounds

	crowded bool // there are too many parts for writing
	unread  bool // some ink was not read: there is too much
	judge   func(*image.Gray) float64
	asked   int // calls of judge; large glyphs count more than once
	most    int // the largest value of asked

	digits, left []glyph
	several      bool    // there are several digits
	score        float64 // of the digits and of what is left out
	area         int     // of both, in pixels
}

// A glyph is ink that is read as one digit, or that is left out.
type glyph struct {
	box    image.Rectangle
	area   int     // in pixels
	labels []int32 // of its parts or pieces
	ink    int     // index in writing.inks
	line   int     // number of its line, from 0
	space  bool    // a wide gap precedes it
	score  float64 // how much it looks like one digit
	mean   float64 // mean score of its line
	mark   bool    // it may be a slash
	cut    bool    // other ink touched it
}

// readWriting reads ink pictures that start at (0, 0) and have no ruled lines.
// judge is Options.Confidence. one says that there is exactly one digit.
func readWriting(inks []*image.Gray, judge func(*image.Gray) float64, one bool) *writing {
	w := newWriting(inks, judge)
	w.read(one)
	return w
}

// read reads the parts. If few calls of judge are allowed, it reads only the
// first lines.
func (w *writing) read(one bool) {
	w.findHoles()
	w.dropRings()
	w.joinStacked()
	var lattices []*lattice
	for i, l := range w.findLines() {
		if w.most < maxAsked && 2*w.asked > w.most {
			break
		}
		t := w.newLattice(l, i)
		t.findPath()
		lattices = append(lattices, t)
	}
	w.dropForeign()
	w.dropUnderlines()
	w.dropNoise()
	w.dropSmall()
	w.dropStamps()
	w.dropFilled()
	w.markLines()
	w.dropSlashes()
	w.several = len(w.digits) > 1
	if one {
		w.keepBest(lattices)
	}
	w.numberLines()
}

// readWhole reads all ink as one digit.
func readWhole(ink *image.Gray) *writing {
	w := newWriting([]*image.Gray{ink}, nil)
	var all []int
	for i := range w.parts {
		all = append(all, i)
	}
	w.digits = []glyph{w.glyphOf(all...)}
	return w
}

// newWriting finds the parts.
func newWriting(inks []*image.Gray, judge func(*image.Gray) float64) *writing {
	w := &writing{inks: inks, ink: inks[0], judge: judge, most: maxAsked}
	w.label, w.parts = findParts(inks[0])
	w.stroke = strokeOf(inks[0], w.parts)
	for i, ink := range inks[1:] {
		w.addInk(i+1, ink)
	}
	if w.stroke == 0 {
		w.stroke = StrokeWidth(w.ink)
	}
	w.height, w.crowded = typicalHeight(w.parts), len(w.parts) > 2*maxParts
	for range softEdge {
		w.growLabels()
	}
	return w
}

// strokeOf returns the stroke width of an ink with these parts, or 0 if they
// are filled shapes.
func strokeOf(ink *image.Gray, parts []part) float64 {
	if s := StrokeWidth(ink); 3*s < float64(typicalHeight(parts)) {
		return s
	}
	return 0
}

// addInk adds the parts of another ink. Where inks overlap, the stronger one
// counts. So a part may lose pixels, or all of them.
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
		lost := label[i]
		if lost > 0 {
			lost += before
		}
		if v > all.Pix[i] {
			all.Pix[i] = v
			lost, w.label[i] = w.label[i], lost
		}
		if lost == 0 {
			continue
		}
		if p := &w.parts[lost-1]; p.area > 1 {
			p.area--
		} else {
			*p = part{}
		}
	}
	w.ink, w.stroke = all, max(w.stroke, strokeOf(ink, parts))
}

// growLabels gives pixels of soft edges the label of a pixel beside them.
func (w *writing) growLabels() {
	dx, dy := w.ink.Rect.Dx(), w.ink.Rect.Dy()
	type pixel struct {
		at    int
		label int32
	}
	var grown []pixel
	for y := range dy {
		for x, v := range row(w.ink, y) {
			if v == 0 || w.label[y*dx+x] != 0 {
				continue
			}
			grown = append(grown, pixel{y*dx + x, labelNear(w.label, dx, dy, x, y)})
		}
	}
	for _, p := range grown {
		w.label[p.at] = p.label
	}
}

// labelNear returns a label in the square of 3x3 pixels around (x, y), or 0.
func labelNear(label []int32, w, h, x, y int) int32 {
	for v := max(0, y-1); v <= min(y+1, h-1); v++ {
		for u := max(0, x-1); u <= min(x+1, w-1); u++ {
			if l := label[v*w+u]; l > 0 {
				return l
			}
		}
	}
	return 0
}

// findHoles finds the ground that ink surrounds. Cuts avoid holes: most of them
// are inside a 0, 6, 8 or 9.
func (w *writing) findHoles() {
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
	w.hole = make([]bool, len(label))
	for i, l := range label {
		w.hole[i] = isHole[l]
	}
}

// glyphOf returns parts as one glyph.
func (w *writing) glyphOf(parts ...int) (g glyph) {
	for _, i := range parts {
		q := w.parts[i]
		g.box, g.area = g.box.Union(q.box), g.area+q.area
		g.labels = append(g.labels, int32(i+1))
		g.ink = q.ink
	}
	return g
}

// extract returns the ink of a glyph alone, with its soft edge.
func (w *writing) extract(g glyph) *image.Gray { return w.extractTo(nil, g) }

// extractTo is extract into a buffer, if it is large enough.
func (w *writing) extractTo(pix []uint8, g glyph) *image.Gray {
	w.wanted = append(w.wanted, make([]bool, max(0, len(w.parts)+1-len(w.wanted)))...)
	wanted := w.wanted
	for _, l := range g.labels {
		wanted[l] = true
	}
	r := g.box.Inset(-softEdge - 1).Intersect(w.ink.Rect)
	n := r.Dx() * r.Dy()
	if cap(pix) < n {
		pix = make([]uint8, n)
	}
	out := &image.Gray{Pix: pix[:n], Stride: r.Dx(), Rect: r}
	dx := w.ink.Rect.Dx()
	for y := range r.Dy() {
		at := (y+r.Min.Y)*dx + r.Min.X
		levels := row(out, y)
		source, labels := w.ink.Pix[at:][:len(levels)], w.label[at:][:len(levels)]
		clear(levels)
		for x := 0; x < len(labels); x++ {
			if x+8 <= len(source) && noInk(source[x:]) {
				x += 7
			} else if l := labels[x]; l > 0 && wanted[l] {
				levels[x] = source[x]
			}
		}
	}
	for _, l := range g.labels {
		wanted[l] = false
	}
	return out
}

// likeness returns how much a glyph looks like one digit. Without a judge, only
// sizes count.
func (w *writing) likeness(g glyph) float64 {
	if w.judge == nil {
		return w.sizeScore(g)
	}
	if w.asked += 1 + g.box.Dx()*g.box.Dy()/largeGlyph; w.asked > w.most {
		w.unread = true
		return noDigitScore
	}
	ink := w.extractTo(w.alone, g)
	w.alone = ink.Pix
	box := InkBox(ink)
	if box.Empty() {
		return noDigitScore
	}
	return w.judge(Center(ink, box))
}

// sizeScore is the likeness without a judge: a digit is not much wider than
// high, and its parts are close together.
func (w *writing) sizeScore(g glyph) float64 {
	ink := w.extractTo(w.alone, g)
	w.alone = ink.Pix
	_, parts := findParts(ink)
	if len(parts) > mostCrumbs {
		return noDigitScore
	}
	farthest := 0
	for i, a := range parts {
		nearest := math.MaxInt
		for j, b := range parts {
			if i != j {
				x, y := overlap(a.box, b.box)
				nearest = min(nearest, max(-x, -y, 0))
			}
		}
		if len(parts) > 1 {
			farthest = max(farthest, nearest)
		}
	}
	h := float64(g.box.Dy())
	return min(0, 0.9-float64(g.box.Dx())/h) - float64(farthest)/h
}

// joinStacked joins parts that are one above the other, close together, and
// look more like a digit together than apart.
func (w *writing) joinStacked() {
	if len(w.parts) > maxParts {
		return // noise
	}
	for i := range w.parts {
		for j := range w.parts {
			a, b := &w.parts[i], &w.parts[j]
			if i != j && a.ink == b.ink && w.isStacked(a, b) && w.isOneDigit(i, j) {
				w.join(i, j)
			}
		}
	}
}

// isStacked reports whether part b is close below part a.
func (w *writing) isStacked(a, b *part) bool {
	x, y := overlap(a.box, b.box)
	return a.area > 0 && a.box.Min.Y <= b.box.Min.Y &&
		2*x >= min(a.box.Dx(), b.box.Dx()) && float64(-y) <= 2*w.stroke && 3*y <= min(a.box.Dy(), b.box.Dy()) &&
		20*min(a.area, b.area) >= max(a.area, b.area)
}

// isOneDigit reports whether two parts look better as one digit. Without a
// judge, they do if they are not higher than other digits.
func (w *writing) isOneDigit(i, j int) bool {
	if w.judge == nil {
		return 2*w.parts[i].box.Union(w.parts[j].box).Dy() <= 3*w.height
	}
	weighted := func(parts ...int) float64 {
		g := w.glyphOf(parts...)
		return float64(w.likeness(g) * float64(g.area))
	}
	both := w.parts[i].area + w.parts[j].area
	return weighted(i, j) > weighted(i)+weighted(j)+float64(joinScore*float64(both))
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

// keepBest keeps the one best digit and leaves out all other ink.
func (w *writing) keepBest(lattices []*lattice) {
	var digit glyph
	best := 0.0
	for _, t := range lattices {
		for _, r := range t.runs {
			if gain := float64((r.score - leftScore) * float64(r.area)); digit.area == 0 || gain > best {
				digit, best = r.glyph, gain
			}
		}
	}
	if digit.area == 0 {
		digit = w.largest()
	}
	for _, g := range w.digits {
		digit.mark = digit.mark || g.mark && slices.Equal(g.labels, digit.labels) // see markLines
	}
	var left []glyph
	for _, g := range slices.Concat(w.left, w.digits) {
		if g = w.without(g, digit); g.area > 0 {
			left = append(left, g)
		}
	}
	w.digits, w.left = []glyph{digit}, left
}

// without returns what is left of a glyph if a digit takes some of its ink.
func (w *writing) without(g, digit glyph) glyph {
	taken := func(l int32) bool { return slices.Contains(digit.labels, l) }
	if !slices.ContainsFunc(g.labels, taken) {
		return g
	}
	g.labels = slices.DeleteFunc(slices.Clone(g.labels), taken)
	ink := w.extract(g)
	g.area = 0
	for _, v := range ink.Pix {
		if v >= inkLevel {
			g.area++
		}
	}
	g.box = InkBox(ink)
	return g
}

// largest returns the largest ink that is left out. If nothing is, there are
// only specks.
func (w *writing) largest() (g glyph) {
	for _, l := range w.left {
		if l.area > g.area {
			g = l
		}
	}
	if g.area > 0 {
		return g
	}
	for i, q := range w.parts {
		if q.area > g.area {
			g = w.glyphOf(i)
		}
	}
	return g
}

// numberLines numbers the lines that have digits. Other ink belongs to the line
// before it. No gap precedes the first digit of a line.
func (w *writing) numberLines() {
	var lines []int // with digits
	for i := range w.digits {
		g := &w.digits[i]
		if len(lines) == 0 || g.line != lines[len(lines)-1] {
			lines = append(lines, g.line)
			g.space = false
		}
		g.line = len(lines) - 1
	}
	sortBy(w.left, func(g glyph) int { return g.box.Min.X })
	sortBy(w.left, func(g glyph) int { return g.line })
	for i := range w.left {
		g := &w.left[i]
		n, found := slices.BinarySearch(lines, g.line)
		if !found {
			n--
		}
		g.line = max(n, 0)
	}
}

// turn reads the ink turned by 90, 180 and 270 degrees. It returns the angle at
// which the digits read clearly better, or 0. doubtful means that they may read
// better at another angle.
func (w *writing) turn() (degrees int, doubtful bool) {
	if w.judge == nil || w.area == 0 || w.mean() > clearPage || w.crowded {
		return 0, false
	}
	gain := 0.0
	for i, o := range quarterTurns[1:] {
		var inks []*image.Gray
		for _, ink := range w.inks {
			inks = append(inks, Turn(ink, o))
		}
		t := newWriting(inks, w.judge)
		t.most = turnedAsked
		t.read(false)
		if t.area == 0 || t.mean() < max(w.mean()+leastGain, turnedPage) {
			continue
		}
		if g := float64((t.mean() - w.mean()) * float64(len(t.digits))); g > gain {
			degrees, gain = 90*(i+1), g
		}
	}
	if gain > turnScore {
		return degrees, false
	}
	return 0, gain > maybeTurn
}

// mean is the mean score of the ink.
func (w *writing) mean() float64 { return w.score / float64(w.area) }
