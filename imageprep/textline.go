package imageprep

import (
	"image"
	"math"
	"slices"
)

// A textLine is a line of writing.
type textLine struct {
	parts  []int // indices
	height int   // of a typical digit
	box    image.Rectangle
	slant  float64 // how many columns strokes move to the left per row down
}

// findLines divides the parts into lines of writing, from top to bottom. Parts
// that are far from the lines and much lower may be lines of smaller writing.
func (w *writing) findLines() (lines []*textLine) {
	rest := w.candidates()
	for sizes := 0; len(rest) > 0 && sizes < 3; sizes++ {
		height := w.typicalHeightOf(rest)
		var main, small []int
		for _, i := range rest {
			if 2*w.parts[i].box.Dy() >= height {
				main = append(main, i)
			} else {
				small = append(small, i)
			}
		}
		found := w.chain(main)
		rest = w.attach(found, small)
		lines = append(lines, found...)
	}
	sortBy(lines, func(l *textLine) int { return l.box.Min.Y + l.box.Max.Y })
	for _, l := range lines {
		l.box = w.glyphOf(l.parts...).box
		l.slant = w.slantOf(l)
	}
	for _, i := range rest {
		w.left = append(w.left, w.glyphOf(i))
	}
	for i := range w.left {
		w.left[i].line = nearestLine(lines, w.left[i].box)
	}
	return lines
}

// nearestLine returns the number of the line whose middle is nearest to that of
// a box, or 0.
func nearestLine(lines []*textLine, box image.Rectangle) (number int) {
	best := math.MaxInt
	for i, l := range lines {
		distance := l.box.Min.Y + l.box.Max.Y - box.Min.Y - box.Max.Y
		if distance = max(distance, -distance); distance < best {
			number, best = i, distance
		}
	}
	return number
}

func (w *writing) typicalHeightOf(list []int) int {
	var parts []part
	for _, i := range list {
		parts = append(parts, w.parts[i])
	}
	return typicalHeight(parts)
}

// candidates returns the parts that may belong to digits. It leaves out specks,
// edges, underlines, and what reaches into the picture from outside.
func (w *writing) candidates() (list []int) {
	inside := hasInside(w.parts, w.ink.Rect.Dx(), w.ink.Rect.Dy())
	for i, q := range w.parts {
		longer := float64(q.longerSide())
		switch {
		case q.area == 0 || longer < speckStroke*w.stroke || longer < speckHeight*float64(w.height):
			// joined with another part, or a speck
		case inside && w.isOutside(q), float64(q.area) < edgeStroke*w.stroke*longer, w.isUnderline(q):
			w.left = append(w.left, w.glyphOf(i))
		default:
			list = append(list, i)
		}
	}
	if n := w.readable(list); n < len(list) {
		sortBy(list, func(i int) int { return -w.parts[i].area })
		list, w.crowded, w.unread = list[:w.readable(list)], true, true
	}
	return list
}

// readable returns how many of the first parts of a list are read. It bounds
// the work on noise, and on long strokes that have other parts in their boxes.
func (w *writing) readable(list []int) (n int) {
	room := mostBoxes * len(w.ink.Pix)
	for _, i := range list {
		b := w.parts[i].box
		if room -= b.Dx() * b.Dy(); room < 0 || n == maxParts {
			return n
		}
		n++
	}
	return n
}

// isOutside reports whether a part lies along the border: it reaches into the
// picture from outside. A digit reaches the border only with ends of strokes. A
// dark corner touches more of the border than it is long.
func (w *writing) isOutside(q part) bool {
	longer := q.longerSide()
	return q.border > longer || float64(q.border) > 3*w.stroke && 2*q.border > longer
}

// isUnderline reports whether a part is one long and flat stroke.
func (w *writing) isUnderline(q part) bool {
	dx, dy := q.box.Dx(), q.box.Dy()
	return dx > 2*w.height && dx > 3*dy && float64(q.area) < 1.5*w.stroke*float64(dx)
}

// chain follows each line from part to part. The next part is the nearest one
// to the right that shares enough rows: two fifths of the lower part's height.
// So a page may be turned a little, and digits may differ in size.
func (w *writing) chain(main []int) (lines []*textLine) {
	middle := func(i int) int { return w.parts[i].box.Min.X + w.parts[i].box.Max.X }
	sortBy(main, middle)
	lineOf := make([]*textLine, len(w.parts))
	for i, m := range main {
		l := lineOf[m]
		if l == nil {
			l = new(textLine)
			lines = append(lines, l)
		}
		box := w.parts[m].box
		l.parts, l.box = append(l.parts, m), l.box.Union(box)
		for _, j := range main[i+1:] {
			next := w.parts[j].box
			if _, shared := overlap(box, next); 5*shared >= 2*min(box.Dy(), next.Dy()) {
				if lineOf[j] == nil {
					lineOf[j] = l
				}
				break
			}
		}
	}
	for _, l := range lines {
		var heights []int
		for _, m := range l.parts {
			heights = append(heights, w.parts[m].box.Dy())
		}
		slices.Sort(heights)
		l.height = heights[len(heights)*2/3]
	}
	return lines
}

// attach adds each small part to the nearest line, if that line is near enough.
// It returns the other parts.
func (w *writing) attach(lines []*textLine, small []int) (rest []int) {
	for _, s := range small {
		box := w.parts[s].box
		var best *textLine
		var distance int
		for _, l := range lines {
			for _, m := range l.parts {
				if 2*w.parts[m].box.Dy() < l.height {
					continue // another small part
				}
				x, y := overlap(w.parts[m].box, box)
				x, y = max(0, -x), max(0, -y)
				h := float64(l.height)
				if near := float64(x) <= besideX*h && float64(y) <= besideY*h; near && (best == nil || x+2*y < distance) {
					best, distance = l, x+2*y
				}
			}
		}
		if best != nil {
			best.parts = append(best.parts, s)
		} else {
			rest = append(rest, s)
		}
	}
	return rest
}

// slantOf estimates the slant of a line: the shear that gathers the ink in the
// fewest columns.
func (w *writing) slantOf(l *textLine) (slant float64) {
	box, spans := l.box, w.spansOf(l)
	const steps = 10 // per column
	best := 0.0
	changes := make([]int, box.Dx()+2*box.Dy()+1) // of the ink from column to column
	for k := -3; k <= maxSlant*steps; k++ {
		clear(changes)
		for _, s := range spans {
			shift := box.Dy() - box.Min.X + k*(int(s.y)-box.Min.Y)/steps
			changes[int(s.x0)+shift]++
			changes[int(s.x1)+shift]--
		}
		var sum float64
		var n int
		for _, change := range changes {
			n += change
			sum += float64(n * n)
		}
		if k == 0 {
			sum *= 1.02 // in doubt, upright
		}
		if sum > best {
			best, slant = sum, float64(k)/steps
		}
	}
	return slant
}

// spansOf returns the ink of a line.
func (w *writing) spansOf(l *textLine) (spans []span) {
	dx := w.ink.Rect.Dx()
	for _, i := range l.parts {
		label, b := int32(i+1), w.parts[i].box
		for y := b.Min.Y; y < b.Max.Y; y++ {
			levels, labels := w.ink.Pix[y*dx:][:b.Max.X], w.label[y*dx:][:b.Max.X]
			for x := nextInk(levels, b.Min.X); x < len(levels); {
				first := x
				for x < len(levels) && levels[x] >= inkLevel && labels[x] == label {
					x++
				}
				if x == first {
					x++
				} else {
					spans = append(spans, span{y: int32(y), x0: int32(first), x1: int32(x)})
				}
				x = nextInk(levels, x)
			}
		}
	}
	return spans
}

// lean returns how far to the right a stroke of the line is in row y of a box
// of h rows, compared with the bottom row.
func (l *textLine) lean(y, h int) int { return int(math.Floor(float64(l.slant * float64(h-1-y)))) }
