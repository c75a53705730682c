package imageprep

import "slices"

// order sorts the glyphs in reading order, lines from top to bottom and each
// line from left to right, and numbers the lines.
//
// Photographed pages are not quite upright, and digits differ in size. So a
// line is followed from digit to digit: the next digit is the nearest one to
// the right that shares two fifths of the smaller one's height.
func (p *page) order() {
	middle := func(g glyph) int { return g.box.Min.X + g.box.Max.X }
	slices.SortStableFunc(p.glyphs, func(a, b glyph) int { return middle(a) - middle(b) })
	type textLine struct {
		glyphs []glyph
		sum    int // of the vertical middles of the glyphs, times 2
	}
	var lines []*textLine
	lineOf := make([]*textLine, len(p.glyphs))
	for i, g := range p.glyphs {
		l := lineOf[i]
		if l == nil {
			l = new(textLine)
			lines = append(lines, l)
		}
		l.glyphs = append(l.glyphs, g)
		l.sum += g.box.Min.Y + g.box.Max.Y
		for j := i + 1; j < len(p.glyphs); j++ {
			next := p.glyphs[j].box
			if _, shared := overlap(g.box, next); 5*shared >= 2*min(g.box.Dy(), next.Dy()) {
				if lineOf[j] == nil {
					lineOf[j] = l
				}
				break
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b *textLine) int { return a.sum*len(b.glyphs) - b.sum*len(a.glyphs) })
	p.glyphs = p.glyphs[:0]
	for i, l := range lines {
		for _, g := range l.glyphs {
			g.line = i
			p.glyphs = append(p.glyphs, g)
		}
	}
}
