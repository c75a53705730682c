package imageprep

import (
	"image"
	"slices"
)

// This file erases ink that is no writing: edges of sheets, tables and shadows,
// and long lines that EraseRuledLines leaves, whole or broken.

// eraseClutter erases the clutter in an ink picture. If nothing else is there,
// it erases nothing.
func (f *inkPicture) eraseClutter(ink *image.Gray) {
	if isTight(ink.Rect.Dx(), ink.Rect.Dy()) {
		return
	}
	label, parts := findParts(ink)
	c := &clutter{ink: ink, parts: parts, gone: make([]bool, len(parts)+1), stroke: StrokeWidth(ink)}
	c.findEdges(label, f.places)
	c.findSteps(label, f.gray)
	c.findHairlines()
	if len(parts) <= maxParts { // more are noise
		c.findBroken()
	}
	c.erase(label)
}

// A clutter tells which parts of an ink picture are clutter.
type clutter struct {
	ink    *image.Gray
	parts  []part
	gone   []bool // by label: the part is clutter
	stroke float64
}

// findEdges finds the parts that are mostly close to places without ground.
func (c *clutter) findEdges(label []int32, m groundMap) {
	if m.of == nil {
		return
	}
	near := newPlane(m.w, m.h, nil)
	for i, n := range m.of {
		if n == noGround {
			near.pix[i] = 1
		}
	}
	near = near.slideMax(2*edge + 1)
	w, h := c.ink.Rect.Dx(), c.ink.Rect.Dy()
	counts := make([]int, len(c.parts)+1)
	for y := range h {
		on := near.row(y * m.h / h)
		for x, l := range label[y*w : (y+1)*w] {
			counts[l] += int(on[x*m.w/w])
		}
	}
	for i, q := range c.parts {
		c.gone[i+1] = 2*counts[i+1] > q.area
	}
}

// findSteps finds the parts that lie along the edge of a sheet or of a shadow.
// Beside a stroke, the picture is about as light on both sides. Beside an edge,
// one side is about as light as the part itself.
func (c *clutter) findSteps(label []int32, gray *image.Gray) {
	sums := make([]stepSums, len(c.parts)+1)
	w, h := c.ink.Rect.Dx(), c.ink.Rect.Dy()
	for y := range h {
		c.addRuns(sums, false, label[y*w:], 1, w, gray.Pix[y*gray.Stride:], 1)
	}
	for x := range w {
		c.addRuns(sums, true, label[x:], w, h, gray.Pix[x:], gray.Stride)
	}
	for i, s := range sums[1:] {
		a, b := max(s.before-s.ink, s.ink-s.before), max(s.after-s.ink, s.ink-s.after)
		c.gone[i+1] = c.gone[i+1] || stepSide*min(a, b) < max(a, b)
	}
}

// stepSums are sums of levels over the runs of a part's pixels: on the runs,
// and on both sides of them.
type stepSums struct{ ink, before, after int }

// addRuns adds the runs in one row to the sums of upright parts, or those in
// one column to the sums of level parts. Pixel u of the row or column has the
// label label[u*step] and the level levels[u*grayStep].
func (c *clutter) addRuns(sums []stepSums, level bool, label []int32, step, size int, levels []uint8, grayStep int) {
	for u := 0; u < size; u++ {
		l := label[u*step]
		if l == 0 {
			continue
		}
		from := u
		for u+1 < size && label[(u+1)*step] == l {
			u++
		}
		low, high := from-softEdge-1, u+softEdge+1
		if low < 0 || high >= size || label[low*step] > 0 || label[high*step] > 0 {
			continue // there is other ink, or the border
		}
		if b := c.parts[l-1].box; b.Dx() > b.Dy() == level {
			s := &sums[l]
			s.ink += int(levels[(from+u)/2*grayStep])
			s.before += int(levels[low*grayStep])
			s.after += int(levels[high*grayStep])
		}
	}
}

// findHairlines finds the lines that are too long and too thin for digits, and
// longer than the other parts. They are straight or reach the border. A thin
// pen draws large digits, too; next to these, there is little other ink.
func (c *clutter) findHairlines() {
	var others []part
	area := 0
	for i, q := range c.parts {
		if !c.gone[i+1] && !q.isHairline() && float64(q.longerSide()) >= 3*c.stroke {
			others, area = append(others, q), area+q.area
		}
	}
	height := typicalHeight(others)
	for i, q := range c.parts {
		isLine := q.border > 0 || 10*min(q.box.Dx(), q.box.Dy()) < q.longerSide()
		isLong := float64(q.longerSide()) >= longHairline*float64(height)
		if isLine && isLong && q.isHairline() && 50*area >= q.area {
			c.gone[i+1] = true
		}
	}
}

// isHairline reports whether a part is much longer than thick.
func (p part) isHairline() bool {
	thickness := float64(p.area) / float64(p.box.Dx()+p.box.Dy())
	return float64(p.longerSide()) > hairline*thickness
}

// findBroken finds broken lines, upright or level.
func (c *clutter) findBroken() {
	for _, upright := range []bool{true, false} {
		var chains []chain
		for i, q := range c.parts {
			b := q.box
			if !upright { // turn it
				b = image.Rect(b.Min.Y, b.Min.X, b.Max.Y, b.Max.X)
			}
			if float64(b.Dx()) <= brokenWidth*c.stroke && 2*b.Dx() <= 3*b.Dy() {
				chains = append(chains, chain{part: i, box: b, pieces: 1, shortest: b.Dy(), longest: b.Dy()})
			}
		}
		sortBy(chains, func(k chain) int { return k.box.Min.Y })
		linkChains(chains, max(c.ink.Rect.Dx(), c.ink.Rect.Dy()))
		for i := range chains {
			k := &chains[i]
			if k.broken = k.broken || k.isBroken(c.stroke); k.broken {
				c.gone[k.part+1] = true
				if k.next > 0 {
					chains[k.next].broken = true
				}
			}
		}
	}
}

// A chain is a thin part and those below it: each is the first one that shares
// columns with the one before.
type chain struct {
	part              int
	next              int             // the chain without its first part, or 0
	box               image.Rectangle // of all parts
	pieces            int
	shortest, longest int // heights
	broken            bool
}

// linkChains links parts to chains. They come from top to bottom, and each has
// one part. No box reaches beyond column last.
func linkChains(chains []chain, last int) {
	first := make([]int, last+1) // of the chains in each column, or 0
	for i := len(chains) - 1; i >= 0; i-- {
		k := &chains[i]
		b := k.box
		for x := b.Min.X; x <= b.Max.X; x++ {
			if n := first[x]; n > 0 && (k.next == 0 || n < k.next) {
				k.next = n
			}
			first[x] = i
		}
		if k.next > 0 {
			below := chains[k.next]
			k.box, k.pieces = b.Union(below.box), 1+below.pieces
			k.shortest, k.longest = min(k.shortest, below.shortest), max(k.longest, below.longest)
		}
	}
}

// isBroken reports whether a chain is a broken line. It is straight, and its
// pieces differ more in length than the 1s of a column.
func (k *chain) isBroken(stroke float64) bool {
	straight := float64(k.box.Dx()) <= 2*brokenWidth*stroke
	return k.pieces >= 3 && straight && k.longest >= 2*k.shortest && k.box.Dy() >= 2*k.longest
}

// erase erases the clutter with its soft edges.
func (c *clutter) erase(label []int32) {
	kept := make([]bool, len(c.gone))
	all := true
	for i := range c.parts {
		kept[i+1] = !c.gone[i+1]
		all = all && c.gone[i+1]
	}
	if all || !slices.Contains(c.gone, true) {
		return
	}
	w, h := c.ink.Rect.Dx(), c.ink.Rect.Dy()
	for y := range h {
		levels := row(c.ink, y)
		for x, l := range label[y*w : (y+1)*w] {
			if levels[x] > 0 && (c.gone[l] || l == 0 && nearPart(label, c.gone, w, h, x, y) && !nearPart(label, kept, w, h, x, y)) {
				levels[x] = 0
			}
		}
	}
}
