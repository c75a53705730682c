package imageprep

import (
	"image"
	"slices"
)

// cutTouching cuts wide glyphs in two. The cut must go through little more than
// one stroke, and both sides must be nearly as high as the whole.
//
// A wide 4 or 2 also has such cuts, so the confidence of a classifier decides.
// Without it, cutTouching only cuts glyphs that are much wider than high.
func (p *page) cutTouching() {
	for i := 0; i < len(p.glyphs) && len(p.glyphs) < 2*maxGlyphs; i++ {
		if left, right, ok := p.cut(p.glyphs[i]); ok {
			p.glyphs[i] = left
			p.glyphs = append(p.glyphs, right)
			i-- // the left one may still be two digits
		}
	}
}

// cut cuts a glyph in two. If ok is false, the glyph stays whole.
func (p *page) cut(g glyph) (left, right glyph, ok bool) {
	w, h := g.box.Dx(), g.box.Dy()
	wide := 5*w >= 4*h
	if p.confidence == nil {
		wide = 5*w >= 7*h
	}
	if !wide || w < 4 || 5*h < 3*p.height {
		return g, g, false
	}
	seam, cost := p.seam(g)
	if float64(cost) > 1.5*255*p.stroke {
		return g, g, false
	}
	whole := p.confidenceIn(g)
	left, right = p.divide(g, seam)
	good := func(s glyph) bool {
		return s.area > 0 && 10*s.area >= g.area && 5*s.box.Dy() >= 3*h && p.confidenceIn(s) >= whole
	}
	if good(left) && good(right) {
		return left, right, true
	}
	p.eachPixel(right, func(x, y int) { p.label[y*p.ink.Rect.Dx()+x] = g.labels[0] })
	p.labels--
	return g, g, false
}

// confidenceIn returns the classifier's confidence that a glyph is one digit,
// or 0 if there is no classifier.
func (p *page) confidenceIn(g glyph) float64 {
	if p.confidence == nil {
		return 0
	}
	alone := p.extract(g)
	return p.confidence(Center(alone, InkBox(alone)))
}

// seam finds the path from the top of a glyph to its bottom that crosses the
// least ink, by dynamic programming. The path stays in the middle half of the
// glyph. seam[i] is the last x of the left side in row i. cost is the sum of
// the ink levels on the path.
func (p *page) seam(g glyph) (seam []int, cost int) {
	w, h := g.box.Dx(), g.box.Dy()
	first, n := g.box.Min.X+w/4, w/2
	costs := make([]int, n*h) // of the cheapest path to each pixel
	p.eachPixel(g, func(x, y int) {
		if x >= first && x < first+n {
			costs[(y-g.box.Min.Y)*n+x-first] = int(p.ink.GrayAt(x, y).Y)
		}
	})
	// cheapest returns the best column of row y among x-1, x and x+1.
	cheapest := func(y, x int) int {
		best := x
		for _, v := range []int{x - 1, x + 1} {
			if v >= 0 && v < n && costs[y*n+v] < costs[y*n+best] {
				best = v
			}
		}
		return best
	}
	for y := 1; y < h; y++ {
		for x := range n {
			costs[y*n+x] += costs[(y-1)*n+cheapest(y-1, x)]
		}
	}
	last := costs[(h-1)*n:]
	cost = slices.Min(last)
	var ends []int
	for x, c := range last {
		if c == cost {
			ends = append(ends, x)
		}
	}
	x := ends[len(ends)/2]
	seam = make([]int, h)
	for y := h - 1; ; y-- {
		seam[y] = first + x
		if y == 0 {
			return seam, cost
		}
		x = cheapest(y-1, x)
	}
}

// divide divides a glyph along a seam. The right side gets a new label.
func (p *page) divide(g glyph, seam []int) (left, right glyph) {
	p.labels++
	left.labels, right.labels = g.labels, []int32{p.labels}
	p.eachPixel(g, func(x, y int) {
		s := &left
		if x > seam[y-g.box.Min.Y] {
			s = &right
			p.label[y*p.ink.Rect.Dx()+x] = p.labels
		}
		s.area++
		s.box = s.box.Union(image.Rect(x, y, x+1, y+1))
	})
	return left, right
}
