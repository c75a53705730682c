package imageprep

import (
	"image"
	"slices"
)

// joinParts joins the glyphs that are parts of one digit: a 5 and its bar, or a
// stroke where the pen skipped.
func (p *page) joinParts() {
	closePairs := p.closeParts()
	for joined := true; joined; {
		joined = false
		for i := 0; i < len(p.glyphs); i++ {
			for j := len(p.glyphs) - 1; j > i; j-- {
				if a, b := p.glyphs[i], p.glyphs[j]; p.oneDigit(a.box, b.box) || p.oneBroken(a, b, closePairs) {
					labels := slices.Concat(a.labels, b.labels)
					p.glyphs[i] = glyph{box: a.box.Union(b.box), area: a.area + b.area, labels: labels}
					p.glyphs = slices.Delete(p.glyphs, j, j+1)
					joined = true
				}
			}
		}
	}
}

// overlap returns how many columns and rows two boxes share. A gap between them
// is negative.
func overlap(a, b image.Rectangle) (x, y int) {
	return min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X), min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
}

// oneDigit reports whether two boxes look like parts of one digit.
func (p *page) oneDigit(a, b image.Rectangle) bool {
	if a.Dy() < b.Dy() {
		a, b = b, a
	}
	both := a.Union(b)
	sharedX, sharedY := overlap(a, b)
	stacked := 2*sharedX >= min(a.Dx(), b.Dx())
	switch {
	case stacked && float64(-sharedY) <= 2*p.stroke && 10*both.Dy() <= 13*p.height:
		return true // together, they have the height of one digit
	case 10*b.Dy() > 7*a.Dy() && 10*both.Dy() > 13*a.Dy():
		return false // two of equal height, one below the other
	case stacked && 2*sharedY >= b.Dy():
		return true // one inside the other
	case stacked && -5*sharedY <= a.Dy() && 5*b.Dy() <= 3*a.Dy() && 5*both.Dy() <= 7*max(a.Dy(), p.height):
		return true // a small one above or below
	}
	// The bar of a 5 is flat, near the top of the rest, and close to it.
	flat := b.Dx() >= b.Dy() && 20*b.Dy() <= 9*a.Dy()
	atTop := b.Max.Y >= a.Min.Y-a.Dy()/4 && b.Max.Y <= a.Min.Y+a.Dy()/2
	return flat && atTop && b.Min.X >= a.Min.X && -8*sharedX <= a.Dy()
}

// oneBroken reports whether two glyphs are pieces of one digit. They must have
// close parts, and together not be too large. Also, they must be stacked, or
// one of them must be too small for a digit.
func (p *page) oneBroken(a, b glyph, closePairs map[[2]int32]bool) bool {
	both := a.box.Union(b.box)
	sharedX, _ := overlap(a.box, b.box)
	stacked := 2*sharedX >= min(a.box.Dx(), b.box.Dx()) && both.Dy() <= 2*both.Dx()
	fragment := 20*min(a.box.Dy(), b.box.Dy()) <= 13*p.height && 10*max(both.Dx(), both.Dy()) <= 13*p.height
	if !stacked && !fragment {
		return false
	}
	for _, k := range a.labels {
		for _, l := range b.labels {
			if closePairs[[2]int32{k, l}] {
				return true
			}
		}
	}
	return false
}

// closeParts returns the pairs of parts, by label, that are at most about a
// stroke's width apart. It looks at the parts of glyphs only.
func (p *page) closeParts() map[[2]int32]bool {
	w, h := p.ink.Rect.Dx(), p.ink.Rect.Dy()
	reach := min(max(int(1.5*p.stroke), 3), 5)
	closePairs := map[[2]int32]bool{}
	if len(p.glyphs) < 2 {
		return closePairs
	}
	wanted := p.partsOf(p.glyphs...)
	for y := range h {
		for x := range w {
			a := p.label[y*w+x]
			// An outline pixel is closer to the other part than an
			// inner one.
			if !wanted[a] || p.isInner(a, x, y) {
				continue
			}
			for v := y; v <= min(y+reach, h-1); v++ {
				for u := max(0, x-reach); u <= min(x+reach, w-1); u++ {
					if b := p.label[v*w+u]; b != a && wanted[b] {
						closePairs[[2]int32{a, b}], closePairs[[2]int32{b, a}] = true, true
					}
				}
			}
		}
	}
	return closePairs
}

// isInner reports whether the pixels beside and below (x, y), a pixel of part
// a, belong to a, too.
func (p *page) isInner(a int32, x, y int) bool {
	w := p.ink.Rect.Dx()
	if x == 0 || x == w-1 || y == p.ink.Rect.Dy()-1 {
		return false
	}
	beside, below := p.label[y*w+x-1:][:3], p.label[(y+1)*w+x-1:][:3]
	return beside[0] == a && beside[2] == a && below[0] == a && below[1] == a && below[2] == a
}
