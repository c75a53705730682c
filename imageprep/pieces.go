package imageprep

import (
	"image"
)

// A piece is a part of the ink, or what cuts leave of one.
type piece struct {
	box               image.Rectangle
	area              int // in pixels
	label             int32
	part              int     // index of the part
	cutLeft, cutRight float64 // cost of the cuts on both sides, or 0 without
}

// A wall is a stroke along which a cut passes: the wall between two zeros that
// touch, for example. It belongs to both sides.
type wall struct {
	label, left, right int32
	box                image.Rectangle
}

// A cut goes through a piece from top to bottom.
type cut struct {
	seam []int   // the last column of the left side, in each row
	cost float64 // how many strokes it crosses
	area int     // of the left side
}

// cutUp cuts a wide piece along its cheap seams.
func (t *lattice) cutUp(p piece) []piece {
	wide := t.widthOf(p.box.Dx(), p.box.Dy()/2) > pieceWidth
	if !wide || p.box.Dx() < 4 || float64(p.box.Dy()) < lowestDigit*float64(t.line.height) || len(t.parts) > 3*maxParts {
		return []piece{p}
	}
	var pieces []piece
	top := p.box.Min.Y
	for _, c := range t.findCuts(p) {
		left, right, ok := t.divide(p, c.seam, top)
		if !ok {
			continue
		}
		left.cutRight, right.cutLeft = c.cost, c.cost
		pieces = append(pieces, left)
		p = right
	}
	return append(pieces, p)
}

// divide divides a piece along a seam, whose first row is top. The right side
// and a wall between the sides get new labels. ok is false if a side is empty.
func (t *lattice) divide(p piece, seam []int, top int) (left, right piece, ok bool) {
	last := int32(len(t.parts))
	left, right = p, p
	left.box, left.area, right.box, right.area = image.Rectangle{}, 0, image.Rectangle{}, 0
	right.label = last + 2
	shared := wall{label: last + 1, left: left.label, right: right.label}
	isRight := func(x, y int) bool { return x > seam[min(max(0, y-top), len(seam)-1)] }
	for y, x := range seam {
		cut := max(p.box.Min.X, min(x+1, p.box.Max.X)) // a seam may leave the box
		t.addRow(&left, p, y+top, p.box.Min.X, cut)
		t.addRow(&right, p, y+top, cut, p.box.Max.X)
	}
	if left.area == 0 || right.area == 0 {
		return p, p, false
	}
	left.area = p.area - right.area // with the wall of the cut before
	walls := t.findWall(p, seam, top)
	t.eachPixel(p, func(l *int32, x, y int) {
		var between [2]int
		if y >= top && y < top+len(seam) {
			between = walls[y-top]
		}
		switch {
		case x >= between[0] && x < between[1]:
			*l = shared.label
			shared.box = shared.box.Union(image.Rect(x, y, x+1, y+1))
		case isRight(x, y):
			*l = right.label
		}
	})
	t.walls = append(t.walls, shared)
	t.parts = append(t.parts, part{}, part{})
	return left, right, true
}

// addRow adds to side the ink of p in the columns x0 to x1-1 of row y.
func (t *lattice) addRow(side *piece, p piece, y, x0, x1 int) {
	labels, levels := t.label[y*t.ink.Stride:][x0:x1], t.ink.Pix[y*t.ink.Stride:][x0:x1]
	var n, first, last int
	for x, l := range labels {
		if l == p.label && levels[x] >= inkLevel {
			if n == 0 {
				first = x
			}
			n, last = n+1, x
		}
	}
	if n > 0 {
		side.area += n
		side.box = side.box.Union(image.Rect(x0+first, y, x0+last+1, y+1))
	}
}

// eachPixel calls yield for each pixel of a piece, also of its soft edge, with
// its label.
func (t *lattice) eachPixel(p piece, yield func(l *int32, x, y int)) {
	r := p.box.Inset(-softEdge).Intersect(t.ink.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		labels := t.label[y*t.ink.Stride:][r.Min.X:r.Max.X]
		for x := range labels {
			if labels[x] == p.label {
				yield(&labels[x], r.Min.X+x, y)
			}
		}
	}
}

// findWall returns, for each row, the ink on the seam: its first column, and
// the one after its last. It is empty where the seam does not pass along a
// wall.
func (t *lattice) findWall(p piece, seam []int, top int) [][2]int {
	walls := make([][2]int, len(seam))
	isInk := func(x, y int) bool {
		i := y*t.ink.Stride + x
		return x >= p.box.Min.X && x < p.box.Max.X && t.label[i] == p.label && t.ink.Pix[i] >= inkLevel
	}
	long := int(wallLength * t.stroke)
	start := 0 // of the rows in which the seam passes along a wall
	for i := 0; i <= len(seam); i++ {
		if i < len(seam) && isInk(seam[i], top+i) {
			from, to := seam[i], seam[i]+1
			for isInk(from-1, top+i) {
				from--
			}
			for isInk(to, top+i) {
				to++
			}
			if float64(to-from) <= wallWidth*t.stroke {
				walls[i] = [2]int{from, to}
				continue
			}
		}
		if i-start < long {
			clear(walls[start:i])
		}
		start = i + 1
	}
	return walls
}
