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
	if len(parts) <= maxParts {
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
	for i, q := range c.parts {
		c.gone[i+1] = c.gone[i+1] || c.isStep(label, int32(i+1), q.box, gray)
	}
}

// isStep compares both sides of each run of a part's pixels, across the part.
func (c *clutter) isStep(label []int32, number int32, box image.Rectangle, gray *image.Gray) bool {
	w, h := c.ink.Rect.Dx(), c.ink.Rect.Dy()
	// Pixel (u, v) is the one at u across the part and at v along it.
	du, dv, size := 1, w, w
	grayU, grayV := 1, gray.Stride
	if box.Dx() > box.Dy() {
		du, dv, size = w, 1, h
		grayU, grayV = gray.Stride, 1
		box = image.Rect(box.Min.Y, box.Min.X, box.Max.Y, box.Max.X)
	}
	var ink, before, after int // sums of levels
	for v := box.Min.Y; v < box.Max.Y; v++ {
		for u := box.Min.X; u < box.Max.X; u++ {
			if label[u*du+v*dv] != number {
				continue
			}
			from := u
			for u+1 < box.Max.X && label[(u+1)*du+v*dv] == number {
				u++
			}
			low, high := from-softEdge-1, u+softEdge+1
			if low < 0 || high >= size || label[low*du+v*dv] > 0 || label[high*du+v*dv] > 0 {
				continue // there is other ink, or the border
			}
			level := func(u int) int { return int(gray.Pix[u*grayU+v*grayV]) }
			ink, before, after = ink+level((from+u)/2), before+level(low), after+level(high)
		}
	}
	a, b := max(before-ink, ink-before), max(after-ink, ink-after)
	return stepSide*min(a, b) < max(a, b)
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
		if height > 0 && isLine && isLong && q.isHairline() && 50*area >= q.area {
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
	boxes := make([]image.Rectangle, len(c.parts)) // transposed if lines are level
	for _, upright := range []bool{true, false} {
		var thin []int
		for i, q := range c.parts {
			b := q.box
			if !upright {
				b = image.Rect(b.Min.Y, b.Min.X, b.Max.Y, b.Max.X)
			}
			boxes[i] = b
			if float64(b.Dx()) <= brokenWidth*c.stroke && 2*b.Dx() <= 3*b.Dy() {
				thin = append(thin, i)
			}
		}
		sortBy(thin, func(i int) int { return boxes[i].Min.Y })
		broken := make([]bool, len(c.parts))
		for k, first := range thin {
			if broken[first] {
				continue
			}
			chain := []int{first}
			for _, next := range thin[k+1:] {
				if x, _ := overlap(boxes[chain[len(chain)-1]], boxes[next]); x >= 0 {
					chain = append(chain, next)
				}
			}
			if c.isBroken(chain, boxes) {
				for _, i := range chain {
					broken[i], c.gone[i+1] = true, true
				}
			}
		}
	}
}

// isBroken reports whether thin parts, one below the other, are a broken line.
// It is straight, and its pieces differ more in length than the 1s of a column.
func (c *clutter) isBroken(chain []int, boxes []image.Rectangle) bool {
	box := boxes[chain[0]]
	shortest, longest := box.Dy(), box.Dy()
	for _, i := range chain[1:] {
		box = box.Union(boxes[i])
		shortest, longest = min(shortest, boxes[i].Dy()), max(longest, boxes[i].Dy())
	}
	straight := float64(box.Dx()) <= 2*brokenWidth*c.stroke
	return len(chain) >= 3 && straight && longest >= 2*shortest && box.Dy() >= 2*longest
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
