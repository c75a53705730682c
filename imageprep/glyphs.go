package imageprep

import (
	"image"
	"slices"
)

// A glyph is the parts of an ink picture that make up one digit.
type glyph struct {
	box    image.Rectangle
	area   int
	labels []int32 // of its parts
	line   int     // of the page, from 0
}

// A page is an ink picture without rules, taken apart.
type page struct {
	ink    *image.Gray // from (0, 0)
	label  []int32     // of each pixel, the number of its part from 1, or 0
	labels int32       // the highest
	height int         // of a typical digit
	stroke float64     // width
	sure   func(*image.Gray) float64
	glyphs []glyph
}

// maxGlyphs bounds the work on pictures that show noise.
const maxGlyphs = 1000

// readPage finds the digits in an ink picture that starts at (0, 0) and has no rules. It may be given the judgement of a
// classifier, see Options.Confidence.
func readPage(ink *image.Gray, sure func(*image.Gray) float64) *page {
	label, parts := findParts(ink)
	return newPage(ink, label, parts, sure)
}

// newPage is readPage of a picture whose parts are known. It may change their labels.
func newPage(ink *image.Gray, label []int32, parts []part, sure func(*image.Gray) float64) *page {
	p := &page{
		ink: ink, label: label, labels: int32(len(parts)), sure: sure,
		height: typicalHeight(parts), stroke: StrokeWidth(ink),
	}
	inside := hasInside(parts, ink.Rect.Dx(), ink.Rect.Dy())
	for i, q := range parts {
		if p.mayBeOfDigit(q) && !(inside && p.fromOutside(q)) {
			p.glyphs = append(p.glyphs, glyph{box: q.box, area: q.area, labels: []int32{int32(i + 1)}})
		}
	}
	slices.SortStableFunc(p.glyphs, func(a, b glyph) int { return b.area - a.area })
	p.glyphs = p.glyphs[:min(len(p.glyphs), maxGlyphs)]
	p.joinParts()
	p.cutTouching()
	p.glyphs = slices.DeleteFunc(p.glyphs, p.isScrap)
	p.order()
	return p
}

// mayBeOfDigit sorts out specks, and lines that EraseRuledLines did not find because they are crooked or short.
func (p *page) mayBeOfDigit(q part) bool {
	w, h := q.box.Dx(), q.box.Dy()
	thickness := float64(q.area) / float64(q.long())
	switch {
	case float64(q.long()) < 1.5*p.stroke || 8*q.long() < p.height:
		return false // a speck
	case 2*w > 3*p.height && w > 3*h && thickness < 2*p.stroke:
		return false // an underline
	case h > 2*p.height && h > 5*w && thickness < 2*p.stroke:
		return false // a line of a table
	case w > 3*p.height && h > 3*p.height && thickness < 4*p.stroke:
		return false // a frame
	}
	return true
}

// fromOutside reports whether a part is a shadow, the edge of the sheet or the rest of a neighbour. A digit that reaches the
// border has little more than the ends of strokes there.
func (p *page) fromOutside(q part) bool {
	return q.border > 0 && (float64(q.border) > 3*p.stroke || 5*q.box.Dy() < 3*p.height)
}

// isScrap reports whether a glyph, now that all its parts are together, is still too small for a digit, or flat like none.
func (p *page) isScrap(g glyph) bool {
	w, h := g.box.Dx(), g.box.Dy()
	flat := w > 2*h && 5*h < 3*p.height
	return flat || 6*max(w, h) < p.height || float64(max(w, h)) < 2*p.stroke
}

// several reports whether the page clearly shows several digits: of the size of the largest, give or take a half.
func (p *page) several() bool {
	tallest, n := 0, 0
	for _, g := range p.glyphs {
		tallest = max(tallest, g.box.Dy())
	}
	for _, g := range p.glyphs {
		if 2*g.box.Dy() >= tallest {
			n++
		}
	}
	return n >= 2
}

// cutOut returns the ink of a glyph, and of the fainter ink what lies within two pixels of it.
func (p *page) cutOut(g glyph) *image.Gray {
	w, h := p.ink.Rect.Dx(), p.ink.Rect.Dy()
	out := image.NewGray(g.box.Inset(-3).Intersect(p.ink.Rect))
	mine := p.marked(g)
	for y := range out.Rect.Dy() {
		line := row(out, y)
		for x := range line {
			at := image.Pt(x, y).Add(out.Rect.Min)
			v, l := p.ink.GrayAt(at.X, at.Y).Y, p.label[at.Y*w+at.X]
			if v > 0 && (mine[l] || l == 0 && near(p.label, mine, w, h, at.X, at.Y)) {
				line[x] = v
			}
		}
	}
	return out
}

// marked returns, by label, which parts are those of the glyphs.
func (p *page) marked(glyphs ...glyph) []bool {
	marks := make([]bool, p.labels+1)
	for _, g := range glyphs {
		for _, l := range g.labels {
			marks[l] = true
		}
	}
	return marks
}

// eachPixel calls yield for each pixel of a glyph.
func (p *page) eachPixel(g glyph, yield func(x, y int)) {
	mine := p.marked(g)
	for y := g.box.Min.Y; y < g.box.Max.Y; y++ {
		for x := g.box.Min.X; x < g.box.Max.X; x++ {
			if mine[p.label[y*p.ink.Rect.Dx()+x]] {
				yield(x, y)
			}
		}
	}
}
