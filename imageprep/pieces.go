package imageprep

import (
	"image"
	"math"
	"slices"
)

var holeCost = int(255 * envf("HOLE", 1.5))

// cutUp cuts a wide piece along all its cheap seams.
func (t *lattice) cutUp(p piece) []piece {
	h := float64(t.line.height)
	w := float64(p.box.Dx()) - float64(envf("WS", .5)*math.Abs(t.line.slant)*float64(p.box.Dy()))
	if w <= pieceWidth*h || p.box.Dx() < 4 || float64(p.box.Dy()) < 0.4*h || len(t.parts) > 3000 {
		return []piece{p}
	}
	var out []piece
	top := p.box
	for _, seam := range t.seams(p, int(seamCost*255*t.stroke)) {
		left, right, ok := t.divide(p, seam, top)
		if !ok {
			continue
		}
		left.cutRight, right.cutLeft = true, true
		out = append(out, left)
		p = right
	}
	return append(out, p)
}

// divide divides a piece along a seam. The right side gets a new label, and so
// does the ink near the seam, which belongs to both sides.
func (t *lattice) divide(p piece, seam []int, top image.Rectangle) (left, right piece, ok bool) {
	dx := t.ink.Rect.Dx()
	grown := p.box.Inset(-softEdge - 1).Intersect(t.ink.Rect)
	last := int32(len(t.parts))
	left, right = piece{label: p.label, origin: p.origin, cutLeft: p.cutLeft}, piece{label: last + 2, origin: p.origin, cutRight: p.cutRight}
	strip := last + 1
	each := func(yield func(l *int32, x, y, d int)) {
		for y := grown.Min.Y; y < grown.Max.Y; y++ {
			at := min(max(y-top.Min.Y, 0), top.Dy()-1)
			for x := grown.Min.X; x < grown.Max.X; x++ {
				yield(&t.label[y*dx+x], x, y, x-seam[at])
			}
		}
	}
	each(func(l *int32, x, y, d int) {
		if *l != p.label || t.ink.Pix[y*dx+x] < inkLevel {
			return
		}
		s := &left
		if d > 0 {
			s = &right
		}
		s.area++
		s.box = s.box.Union(image.Rect(x, y, x+1, y+1))
	})
	if left.area == 0 || right.area == 0 {
		return p, p, false
	}
	var stripBox image.Rectangle
	shared := t.sharedRuns(p, seam, top)
	each(func(l *int32, x, y, d int) {
		if *l != p.label {
			return
		}
		at := min(max(y-top.Min.Y, 0), top.Dy()-1)
		switch {
		case x >= shared[at][0] && x < shared[at][1]:
			*l = strip
			stripBox = stripBox.Union(image.Rect(x, y, x+1, y+1))
		case d > 0:
			*l = right.label
		}
	})
	t.strips = append(t.strips, stripe{strip, left.label, right.label})
	t.parts = append(t.parts, part{box: stripBox}, part{box: right.box, area: right.area})
	return left, right, true
}

// sharedRuns returns, for each row, the ink run along which the seam passes.
func (t *lattice) sharedRuns(p piece, seam []int, top image.Rectangle) [][2]int {
	dx := t.ink.Rect.Dx()
	out := make([][2]int, len(seam))
	mine := func(x, y int) bool {
		return x >= p.box.Min.X && x < p.box.Max.X && t.label[y*dx+x] == p.label && t.ink.Pix[y*dx+x] >= inkLevel
	}
	n := 0
	flush := func(i int) {
		if float64(n) < envf("ALONG", 1.5)*t.stroke {
			for k := i - n; k < i; k++ {
				out[k] = [2]int{}
			}
		}
		n = 0
	}
	for i, x := range seam {
		y := i + top.Min.Y
		if !mine(x, y) {
			flush(i)
			continue
		}
		a, b := x, x+1
		for mine(a-1, y) {
			a--
		}
		for mine(b, y) {
			b++
		}
		if float64(b-a) > envf("WALL", 2)*t.stroke {
			flush(i)
			continue
		}
		out[i] = [2]int{a, b}
		n++
	}
	flush(len(seam))
	return out
}

// seams finds paths from the top of a piece to its bottom that cross little
// ink, from left to right. They lean like the strokes of the line.
func (t *lattice) seams(p piece, most int) (seams [][]int) {
	w, h := p.box.Dx(), p.box.Dy()
	lean := make([]int, h) // of each row
	for y := range lean {
		lean[y] = int(math.Floor(float64(t.line.slant * float64(h-1-y))))
	}
	low, high := min(lean[0], lean[h-1]), max(lean[0], lean[h-1])
	n := w + high - low
	dx := t.ink.Rect.Dx()
	// Column c of row y is column c + low' of the piece.
	costs := make([]int, n*h)
	for y := range h {
		for c := range n {
			x := c - high + lean[y] + 0
			if x >= 0 && x < w {
				at := (y+p.box.Min.Y)*dx + x + p.box.Min.X
				if t.label[at] == p.label {
					costs[y*n+c] = int(t.ink.Pix[at])
				}
				if t.hole[at] {
					costs[y*n+c] = max(costs[y*n+c], holeCost)
				}
			}
			costs[y*n+c]++
		}
	}
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
	var ends []int
	for x := range n {
		if last[x] <= most+h {
			ends = append(ends, x)
		}
	}
	slices.SortStableFunc(ends, func(a, b int) int { return last[a] - last[b] })
	// before[y][x] is the ink in row y left of column x.
	before := make([]int, h*(w+1))
	total := 0
	for y := range h {
		for x := range w {
			at := (y+p.box.Min.Y)*dx + x + p.box.Min.X
			v := before[y*(w+1)+x]
			if t.label[at] == p.label && t.ink.Pix[at] >= inkLevel {
				v++
				total++
			}
			before[y*(w+1)+x+1] = v
		}
	}
	least := int(envf("LEAST", 0.35) * t.stroke * float64(t.line.height))
	leftOf := func(seam []int) (list []int) {
		for y, x := range seam {
			list = append(list, before[y*(w+1)+min(max(x+1-p.box.Min.X, 0), w)])
		}
		return list
	}
	type cut struct {
		seam []int
		left []int // ink on the left, in each row
		sum  int
	}
	sum := func(list []int) (n int) {
		for _, v := range list {
			n += v
		}
		return n
	}
	var cuts []cut
	for _, x := range ends {
		seam := make([]int, h)
		for y := h - 1; ; y-- {
			seam[y] = p.box.Min.X + x - high + lean[y]
			if y == 0 {
				break
			}
			x = cheapest(y-1, x)
		}
		c := cut{seam: seam, left: leftOf(seam)}
		if c.sum = sum(c.left); c.sum < least || total-c.sum < least {
			continue
		}
		if !slices.ContainsFunc(cuts, func(o cut) bool { return max(c.sum-o.sum, o.sum-c.sum) < least }) {
			cuts = append(cuts, c)
		}
		if len(cuts) > int(envf("PERH", 4)*float64(w)/float64(t.line.height)) {
			break
		}
	}
	slices.SortStableFunc(cuts, func(a, b cut) int { return a.sum - b.sum })
	for _, c := range cuts {
		seams = append(seams, c.seam)
	}
	return seams
}
