package imageprep

import (
	"image"
	"slices"
)

// joinParts puts digits together that came in parts: a 5 with a bar of its own, a stroke where the pen skipped.
func (p *page) joinParts() {
	near := p.nearParts()
	for joined := true; joined; {
		joined = false
		for i := 0; i < len(p.glyphs); i++ {
			for j := len(p.glyphs) - 1; j > i; j-- {
				if a, b := p.glyphs[i], p.glyphs[j]; p.belong(a.box, b.box) || p.broken(a, b, near) {
					p.glyphs[i] = glyph{box: a.box.Union(b.box), area: a.area + b.area, labels: slices.Concat(a.labels, b.labels)}
					p.glyphs = slices.Delete(p.glyphs, j, j+1)
					joined = true
				}
			}
		}
	}
}

// overlap returns how many columns and rows two boxes share. Where they are apart it is the gap, negative.
func overlap(a, b image.Rectangle) (x, y int) {
	return min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X), min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
}

// belong reports whether two boxes hold parts of one digit.
func (p *page) belong(a, b image.Rectangle) bool {
	if a.Dy() < b.Dy() {
		a, b = b, a
	}
	both := a.Union(b)
	sharedX, sharedY := overlap(a, b)
	stacked := 2*sharedX >= min(a.Dx(), b.Dx())
	switch {
	case stacked && float64(-sharedY) <= 2*p.stroke && 10*both.Dy() <= 13*p.height:
		return true // together they are one digit high
	case 10*b.Dy() > 7*a.Dy() && 10*both.Dy() > 13*a.Dy():
		return false // two of a size, one below the other
	case stacked && 2*sharedY >= b.Dy():
		return true // one within the other
	case stacked && -5*sharedY <= a.Dy() && 5*b.Dy() <= 3*a.Dy() && 5*both.Dy() <= 7*max(a.Dy(), p.height):
		return true // a small one above or below
	}
	// The bar of a 5: flat, at the height of the top of the other, and hardly to the right of it.
	flat := b.Dx() >= b.Dy() && 20*b.Dy() <= 9*a.Dy()
	atTop := b.Max.Y >= a.Min.Y-a.Dy()/4 && b.Max.Y <= a.Min.Y+a.Dy()/2
	return flat && atTop && b.Min.X >= a.Min.X && -8*sharedX <= a.Dy()
}

// broken reports whether two glyphs that nearly touch are pieces of one: one above the other and together not too high for
// their width, or one of them no digit by its size and both together no more than one.
func (p *page) broken(a, b glyph, near map[[2]int32]bool) bool {
	both := a.box.Union(b.box)
	sharedX, _ := overlap(a.box, b.box)
	stacked := 2*sharedX >= min(a.box.Dx(), b.box.Dx()) && both.Dy() <= 2*both.Dx()
	fragment := 20*min(a.box.Dy(), b.box.Dy()) <= 13*p.height && 10*max(both.Dx(), both.Dy()) <= 13*p.height
	if !stacked && !fragment {
		return false
	}
	for _, k := range a.labels {
		for _, l := range b.labels {
			if near[[2]int32{k, l}] {
				return true
			}
		}
	}
	return false
}

// nearParts returns the pairs of parts of glyphs that are about a stroke's width apart or less.
func (p *page) nearParts() map[[2]int32]bool {
	w, h := p.ink.Rect.Dx(), p.ink.Rect.Dy()
	reach := min(max(int(1.5*p.stroke), 3), 5)
	near := map[[2]int32]bool{}
	if len(p.glyphs) < 2 {
		return near
	}
	counts := p.marked(p.glyphs...)
	for y := range h {
		for x := range w {
			a := p.label[y*w+x]
			if !counts[a] || p.within(a, x, y) {
				continue // on the way from within a to another part there is a pixel of a that is nearer
			}
			for v := y; v <= min(y+reach, h-1); v++ {
				for u := max(0, x-reach); u <= min(x+reach, w-1); u++ {
					if b := p.label[v*w+u]; b != a && counts[b] {
						near[[2]int32{a, b}], near[[2]int32{b, a}] = true, true
					}
				}
			}
		}
	}
	return near
}

// within reports whether the pixels beside and below one of part a are of a, too.
func (p *page) within(a int32, x, y int) bool {
	w := p.ink.Rect.Dx()
	if x == 0 || x == w-1 || y == p.ink.Rect.Dy()-1 {
		return false
	}
	line, below := p.label[y*w+x-1:][:3], p.label[(y+1)*w+x-1:][:3]
	return line[0] == a && line[2] == a && below[0] == a && below[1] == a && below[2] == a
}
