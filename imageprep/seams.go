package imageprep

import (
	"math"
	"slices"
)

// A seamField tells the cheapest way from the top of a piece to each of its
// pixels. Ways lean like the strokes of the line: column c of the field is
// column c-shift+lean[y] of row y of the piece.
type seamField struct {
	n, h  int // columns and rows of the field
	shift int
	lean  []int
	costs []int32 // of the ways
}

// column returns the piece's column.
func (f *seamField) column(c, y int) int { return c - f.shift + f.lean[y] }

// cheapest returns the cheapest column of row y among c-1, c and c+1.
func (f *seamField) cheapest(y, c int) int {
	costs, best := f.costs[y*f.n:][:f.n], c
	if c > 0 && costs[c-1] < costs[best] {
		best = c - 1
	}
	if c+1 < f.n && costs[c+1] < costs[best] {
		best = c + 1
	}
	return best
}

// seam returns the cheapest way to column c of the last row.
func (f *seamField) seam(c int) []int {
	seam := make([]int, f.h)
	for y := f.h - 1; ; y-- {
		seam[y] = f.column(c, y)
		if y == 0 {
			return seam
		}
		c = f.cheapest(y-1, c)
	}
}

// newSeamField finds the ways by dynamic programming. Each pixel costs 1 and
// its ink. A pixel of a hole costs more: so a way follows the wall between two
// holes instead of crossing them.
func (t *lattice) newSeamField(p piece) *seamField {
	w, h := p.box.Dx(), p.box.Dy()
	f := &seamField{h: h, lean: make([]int, h)}
	for y := range h {
		f.lean[y] = t.line.lean(y, h)
	}
	f.shift = slices.Max(f.lean)
	f.n = w + f.shift - slices.Min(f.lean)
	f.costs = make([]int32, f.n*h)
	above := make([]int32, f.n)
	for y := range h {
		at := (y+p.box.Min.Y)*t.ink.Stride + p.box.Min.X
		costs := f.costs[y*f.n:][:f.n]
		for c := range costs {
			cost := min(above[max(c-1, 0)], above[c], above[min(c+1, f.n-1)]) + 1
			if x := f.column(c, y); x >= 0 && x < w {
				switch {
				case t.hole[at+x]:
					cost += holeCost
				case t.label[at+x] == p.label:
					cost += int32(t.ink.Pix[at+x])
				}
			}
			costs[c] = cost
		}
		above = costs
	}
	return f
}

// findCuts finds the cheapest cuts of a piece, from left to right. Between two
// cuts, there is enough ink for a piece of a digit.
func (t *lattice) findCuts(p piece) (cuts []cut) {
	f := t.newSeamField(p)
	before, all := t.inkBefore(p)
	last := f.costs[(f.h-1)*f.n:]
	ends := make([]int, f.n)
	for c := range ends {
		ends[c] = c
	}
	sortBy(ends, func(c int) int32 { return last[c] })
	least := int(leastPiece * t.stroke * float64(t.line.height))
	most := int(math.Ceil(mostCuts * float64(p.box.Dx()) / float64(t.line.height)))
	for _, c := range ends {
		cost := float64(int(last[c])-f.h) / 255 / t.stroke
		if cost > seamCost || cost*t.stroke > seamShare*float64(f.h) || len(cuts) == most {
			break
		}
		k := cut{seam: f.seam(c), cost: max(cost, 0.01)}
		for y, x := range k.seam {
			k.area += before[y*(p.box.Dx()+1)+min(max(x+1, 0), p.box.Dx())]
			k.seam[y] = x + p.box.Min.X
		}
		near := func(o cut) bool { return max(k.area-o.area, o.area-k.area) < least }
		if k.area >= least && all-k.area >= least && !slices.ContainsFunc(cuts, near) {
			cuts = append(cuts, k)
		}
	}
	sortBy(cuts, func(c cut) int { return c.area })
	return cuts
}

// inkBefore returns how much ink a piece has in each row before each column,
// and in all.
func (t *lattice) inkBefore(p piece) (before []int, all int) {
	w, h := p.box.Dx(), p.box.Dy()
	before = make([]int, (w+1)*h)
	for y := range h {
		at := (y+p.box.Min.Y)*t.ink.Stride + p.box.Min.X
		n := 0
		for x := range w {
			if t.label[at+x] == p.label && t.ink.Pix[at+x] >= inkLevel {
				n++
			}
			before[y*(w+1)+x+1] = n
		}
		all += n
	}
	return before, all
}
