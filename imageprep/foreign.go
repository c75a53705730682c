package imageprep

import (
	"math"
	"slices"
)

// This file leaves out what does not belong to the writing.

// dropRings leaves out parts of one ink around parts of another one, such as a
// red ring around a blue digit. Rings of the digits' own ink are erased before.
func (w *writing) dropRings() {
	if len(w.inks) < 2 || len(w.parts) > maxParts {
		return
	}
	for i, q := range w.parts {
		isInside := func(m part) bool {
			return m.ink != q.ink && 3*m.box.Dy() >= q.box.Dy() && q.isAround(m, w.stroke)
		}
		if slices.ContainsFunc(w.parts, isInside) {
			w.left = append(w.left, w.glyphOf(i))
			w.parts[i] = part{}
		}
	}
}

// dropForeign leaves out lines that do not belong to the writing. They read
// much worse than the best line, have smaller digits, or the border cuts them.
func (w *writing) dropForeign() {
	type summary struct {
		mean, gain float64
		largest    int // area of a digit
		n, cut     int // digits, and those that touch the border
	}
	lines := map[int]summary{}
	for _, g := range w.digits {
		l := lines[g.line]
		l.mean, l.gain = g.mean, l.gain+float64((g.score-foreign)*float64(g.area))
		l.n++
		l.largest = max(l.largest, g.area)
		if !g.box.In(w.ink.Rect.Inset(int(w.stroke))) {
			l.cut++
		}
		lines[g.line] = l
	}
	var main summary
	for _, g := range w.digits {
		if l := lines[g.line]; l.gain > main.gain {
			main = l
		}
	}
	value := func(n int) float64 {
		l := lines[n]
		small := math.Sqrt(max(1, float64(main.largest)/float64(l.largest)))
		return l.mean - float64(smallCost*small) - float64(cutOffCost*float64(l.cut)/float64(l.n*l.n))
	}
	best := math.Inf(-1)
	for _, g := range w.digits {
		best = max(best, value(g.line))
	}
	several := len(w.digits) > fewDigits
	w.leaveOut(func(g glyph) bool { return value(g.line) < best+foreign || several && g.mean < worstLine })
}

// dropUnderlines leaves out what is flat and below another digit of its line:
// an underline that touches the digit.
func (w *writing) dropUnderlines() {
	digits := slices.Clone(w.digits)
	w.leaveOut(func(g glyph) bool {
		return g.box.Dx() >= g.box.Dy() && slices.ContainsFunc(digits, func(o glyph) bool {
			x, _ := overlap(o.box, g.box)
			below := 2*g.box.Min.Y >= o.box.Min.Y+o.box.Max.Y
			return o.line == g.line && below && 5*x >= 4*min(o.box.Dx(), g.box.Dx())
		})
	})
}

// dropSmall leaves out the digits that are much lower than most.
func (w *writing) dropSmall() {
	var digits []part
	for _, g := range w.digits {
		digits = append(digits, part{box: g.box, area: g.area})
	}
	typical := float64(typicalHeight(digits))
	w.leaveOut(func(g glyph) bool {
		h := float64(g.box.Dy())
		return h < tiniestDigit*typical || h < tinyDigit*typical && g.score < sureDigit
	})
}

// dropNoise leaves out all digits if nearly all ink is something else: noise
// shows digits by chance.
func (w *writing) dropNoise() {
	area := 0
	for _, g := range w.digits {
		area += g.area
	}
	if len(w.digits) > fewDigits && float64(area) < leastWriting*float64(w.area) {
		w.leaveOut(func(glyph) bool { return true })
	}
}

// dropStamps leaves out what does not clearly read as a digit, and has a color
// of which less than half reads clearly: a stamp, for example. The color of
// most digits is no stamp's.
func (w *writing) dropStamps() {
	inked, clearly := make([]int, len(w.inks)), make([]int, len(w.inks)) // areas
	for _, g := range w.left {
		inked[g.ink] += g.area
	}
	for _, g := range w.digits {
		inked[g.ink] += g.area
		if g.score >= clearDigit {
			clearly[g.ink] += g.area
		}
	}
	most := slices.Max(clearly)
	isStamp := func(ink int) bool { return clearly[ink] < most && 2*clearly[ink] < inked[ink] }
	w.leaveOut(func(g glyph) bool { return g.score < clearDigit && isStamp(g.ink) })
}

// dropFilled leaves out filled shapes that do not clearly read as a digit:
// bullets, and the holes for a binder. They fill most of their boxes, and are
// wider than strokes.
func (w *writing) dropFilled() {
	w.leaveOut(func(g glyph) bool {
		dx, dy := float64(g.box.Dx()), float64(g.box.Dy())
		return g.score < clearDigit && min(dx, dy) > filledStroke*w.stroke && float64(g.area) > filledShare*dx*dy
	})
}

// markLines marks the digits that may be a line or a slash: one straight
// stroke, higher than the other digits.
func (w *writing) markLines() {
	var others []part
	for _, g := range w.digits {
		if !w.isStraight(g) {
			others = append(others, part{box: g.box, area: g.area})
		}
	}
	highest := slashHeight * float64(typicalHeight(others))
	for i := range w.digits {
		g := &w.digits[i]
		g.mark = g.mark || len(others) > 0 && w.isStraight(*g) && float64(g.box.Dy()) > highest
	}
}

// dropSlashes leaves out slashes and brackets. They reach above and below the
// digit beside them, and come in pairs with digits between: 24/12/2024 or
// (012) 345. A mark that is alone in its line stays, and so does one beside
// another mark: both may be a long 1.
func (w *writing) dropSlashes() {
	digits := slices.Clone(w.digits)
	isSlash := func(g glyph) bool { return g.mark && g.reachesOut(digits) }
	slashes, neighbors := map[int]int{}, map[int]bool{} // by line
	for i, g := range digits {
		if isSlash(g) {
			slashes[g.line]++
			if i > 0 && digits[i-1].line == g.line && isSlash(digits[i-1]) {
				neighbors[g.line] = true
			}
		}
	}
	w.leaveOut(func(g glyph) bool { return slashes[g.line] > 1 && !neighbors[g.line] && isSlash(g) })
}

// reachesOut reports whether g reaches above and below the nearest digit of its
// line that is no mark.
func (g glyph) reachesOut(digits []glyph) (out bool) {
	nearest := math.MaxInt
	for _, d := range digits {
		x, _ := overlap(g.box, d.box)
		if d.line == g.line && !d.mark && -x < nearest {
			end := slashEnd * float64(d.box.Dy())
			nearest, out = -x, float64(d.box.Min.Y-g.box.Min.Y) > end && float64(g.box.Max.Y-d.box.Max.Y) > end
		}
	}
	return out
}

// isStraight reports whether a glyph is one straight stroke.
func (w *writing) isStraight(g glyph) bool {
	dx, dy := float64(g.box.Dx()), float64(g.box.Dy())
	return float64(g.area) < slashArea*w.stroke*math.Sqrt(float64(dx*dx)+float64(dy*dy))
}

// leaveOut leaves out the digits that drop chooses.
func (w *writing) leaveOut(drop func(glyph) bool) {
	w.digits = slices.DeleteFunc(w.digits, func(g glyph) bool {
		gone := drop(g)
		if gone {
			w.left = append(w.left, g)
		}
		return gone
	})
}
