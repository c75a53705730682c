package imageprep

import (
	"image"
	"slices"
)

// A glyph is ink that is read as one digit, or is left out.
type glyph struct {
	box    image.Rectangle
	area   int
	labels []int32
	line   int
	score  float64
}

// A writing is an ink picture whose ink is divided into parts, and later into
// pieces. Each pixel with ink, also of a soft edge, has the label of one part.
type writing struct {
	ink    *image.Gray // from (0, 0)
	label  []int32     // the number of each pixel's part, from 1, or 0
	parts  []part
	height int     // of a typical digit
	stroke float64 // stroke width
	judge  func(*image.Gray) float64

	digits, left []glyph
	score        float64
	area, lines  int
	hole         []bool
}

// readInk reads an ink picture that starts at (0, 0).
func readInk(ink *image.Gray, judge func(*image.Gray) float64) *writing {
	label, parts := findParts(ink)
	w := &writing{ink: ink, label: label, parts: parts, height: typicalHeight(parts), stroke: StrokeWidth(ink), judge: judge}
	w.labelEdges()
	w.findHoles()
	for _, l := range w.findLines() {
		w.readLine(l)
	}
	return w
}

// labelEdges gives the pixels of soft edges the label of the part beside them.
func (w *writing) labelEdges() {
	dx, dy := w.ink.Rect.Dx(), w.ink.Rect.Dy()
	for range softEdge {
		old := slices.Clone(w.label)
		for y := range dy {
			for x, v := range row(w.ink, y) {
				if v == 0 || old[y*dx+x] != 0 {
					continue
				}
			search:
				for v := max(0, y-1); v <= min(y+1, dy-1); v++ {
					for u := max(0, x-1); u <= min(x+1, dx-1); u++ {
						if l := old[v*dx+u]; l > 0 {
							w.label[y*dx+x] = l
							break search
						}
					}
				}
			}
		}
	}
}

// A textLine is a line of writing.
type textLine struct {
	parts  []int // indices
	height int   // of a typical digit
	box    image.Rectangle
	slant  float64
}

// findLines divides the parts into lines of writing, from top to bottom.
func (w *writing) findLines() []*textLine {
	var main, small []int
	for i, q := range w.parts {
		switch h := q.box.Dy(); {
		case float64(q.longerSide()) < envf("SPECK", 1.2)*w.stroke || 10*q.longerSide() < w.height:
			// a speck
		case 2*h >= w.height:
			main = append(main, i)
		default:
			small = append(small, i)
		}
	}
	middle := func(i int) int { return w.parts[i].box.Min.X + w.parts[i].box.Max.X }
	slices.SortStableFunc(main, func(a, b int) int { return middle(a) - middle(b) })
	var lines []*textLine
	lineOf := make([]*textLine, len(w.parts))
	for i, m := range main {
		l := lineOf[m]
		if l == nil {
			l = new(textLine)
			lines = append(lines, l)
		}
		box := w.parts[m].box
		l.parts = append(l.parts, m)
		l.box = l.box.Union(box)
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
	// A line that lies within the rows and columns of another one belongs to it.
	for _, l := range lines {
		var heights []int
		for _, m := range l.parts {
			heights = append(heights, w.parts[m].box.Dy())
		}
		slices.Sort(heights)
		l.height = heights[len(heights)*2/3]
	}
	slices.SortStableFunc(lines, func(a, b *textLine) int {
		return a.box.Min.Y + a.box.Max.Y - b.box.Min.Y - b.box.Max.Y
	})
	// Small parts belong to the nearest main part's line.
	for _, s := range small {
		box := w.parts[s].box
		best, distance := -1, 0
		for i, l := range lines {
			for _, m := range l.parts {
				if 2*w.parts[m].box.Dy() < w.height {
					continue
				}
				x, y := overlap(w.parts[m].box, box)
				d := 2*max(0, -y) + max(0, -x)
				if d < 2*l.height && (best < 0 || d < distance) {
					best, distance = i, d
				}
			}
		}
		if best >= 0 {
			lines[best].parts = append(lines[best].parts, s)
		}
	}
	for _, l := range lines {
		l.box = image.Rectangle{}
		for _, m := range l.parts {
			l.box = l.box.Union(w.parts[m].box)
		}
	}
	return lines
}

// overlap returns how many columns and rows two boxes share. A gap between them
// is negative.
func overlap(a, b image.Rectangle) (x, y int) {
	return min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X), min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
}
