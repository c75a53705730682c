package imageprep

import (
	"image"
	"slices"
)

// A glyph is the parts of an ink picture that form one digit.
type glyph struct {
	box    image.Rectangle
	area   int
	labels []int32 // of its parts
	line   int     // the line on the page, from 0
}

// A page is an ink picture without ruled lines, divided into glyphs.
type page struct {
	ink        *image.Gray // from (0, 0)
	label      []int32     // the number of each pixel's part, from 1, or 0
	labels     int32       // the highest number
	height     int         // of a typical digit
	stroke     float64     // stroke width
	confidence func(*image.Gray) float64
	glyphs     []glyph
}

// maxGlyphs bounds the work on pictures of noise.
const maxGlyphs = 1000

// readPage finds the digits in an ink picture that starts at (0, 0) and has no
// ruled lines. confidence is that of Options, or nil.
func readPage(ink *image.Gray, confidence func(*image.Gray) float64) *page {
	label, parts := findParts(ink)
	return newPage(ink, label, parts, confidence)
}

// newPage is readPage for a picture with known parts. It may change their
// labels.
func newPage(ink *image.Gray, label []int32, parts []part, confidence func(*image.Gray) float64) *page {
	p := &page{
		ink: ink, label: label, labels: int32(len(parts)), confidence: confidence,
		height: typicalHeight(parts), stroke: StrokeWidth(ink),
	}
	dropOutside := hasInside(parts, ink.Rect.Dx(), ink.Rect.Dy())
	for i, q := range parts {
		if p.mayBeDigit(q) && !(dropOutside && p.fromOutside(q)) {
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

// mayBeDigit reports whether a part may belong to a digit. Others are specks,
// and lines that are too crooked or too short for EraseRuledLines.
func (p *page) mayBeDigit(q part) bool {
	w, h := q.box.Dx(), q.box.Dy()
	thickness := float64(q.area) / float64(q.longerSide())
	switch {
	case float64(q.longerSide()) < 1.5*p.stroke || 8*q.longerSide() < p.height:
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

// isScrap reports whether a complete glyph is too small or too flat for a
// digit.
func (p *page) isScrap(g glyph) bool {
	w, h := g.box.Dx(), g.box.Dy()
	flat := w > 2*h && 5*h < 3*p.height
	return flat || 6*max(w, h) < p.height || float64(max(w, h)) < 2*p.stroke
}

// several reports whether at least two glyphs are half as tall as the tallest.
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

// extract returns the ink of a glyph alone, with its soft edge.
func (p *page) extract(g glyph) *image.Gray {
	w, h := p.ink.Rect.Dx(), p.ink.Rect.Dy()
	out := image.NewGray(g.box.Inset(-softEdge - 1).Intersect(p.ink.Rect))
	wanted := p.partsOf(g)
	for y := range out.Rect.Dy() {
		levels := row(out, y)
		for x := range levels {
			at := image.Pt(x, y).Add(out.Rect.Min)
			v, l := p.ink.GrayAt(at.X, at.Y).Y, p.label[at.Y*w+at.X]
			if v > 0 && (wanted[l] || l == 0 && nearPart(p.label, wanted, w, h, at.X, at.Y)) {
				levels[x] = v
			}
		}
	}
	return out
}

// partsOf tells, for each label, whether it belongs to one of the glyphs.
func (p *page) partsOf(glyphs ...glyph) []bool {
	wanted := make([]bool, p.labels+1)
	for _, g := range glyphs {
		for _, l := range g.labels {
			wanted[l] = true
		}
	}
	return wanted
}

// eachPixel calls yield for each ink pixel of a glyph.
func (p *page) eachPixel(g glyph, yield func(x, y int)) {
	wanted := p.partsOf(g)
	for y := g.box.Min.Y; y < g.box.Max.Y; y++ {
		for x := g.box.Min.X; x < g.box.Max.X; x++ {
			if wanted[p.label[y*p.ink.Rect.Dx()+x]] {
				yield(x, y)
			}
		}
	}
}
