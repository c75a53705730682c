package imageprep

import (
	"image"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// newTestLattice returns a lattice of a line with all ink of a picture.
func newTestLattice(ink *image.Gray, slant float64) *lattice {
	w := newWriting([]*image.Gray{ink}, nil)
	w.findHoles()
	l := &textLine{height: w.height, box: ink.Rect, slant: slant}
	for i := range w.parts {
		l.parts = append(l.parts, i)
	}
	return &lattice{writing: w, line: l}
}

// wholePiece returns part i as one piece.
func (t *lattice) wholePiece(i int) piece {
	q := t.parts[i]
	return piece{box: q.box, area: q.area, label: int32(i + 1), part: i}
}

// TestSeamField compares with all ways through small pictures. A way moves by
// at most one column per row, plus the lean of the line.
func TestSeamField(t *testing.T) {
	r := newRand()
	for _, slant := range []float64{0, .4, -.3, 1} {
		for range 20 {
			const w, h = 5, 6
			ink := image.NewGray(image.Rect(0, 0, w+2, h+2))
			lat := &lattice{line: &textLine{slant: slant}}
			lat.writing = &writing{ink: ink, label: make([]int32, len(ink.Pix)), hole: make([]bool, len(ink.Pix))}
			for i := range ink.Pix {
				ink.Pix[i] = uint8([]int{0, 0, 90, 255}[r.IntN(4)])
				lat.label[i] = int32(1 + r.IntN(2))
				lat.hole[i] = ink.Pix[i] == 0 && r.IntN(3) == 0
			}
			p := piece{box: image.Rect(1, 1, w+1, h+1), label: 1}
			f := lat.newSeamField(p)
			costOf := func(x, y int) int32 { // of a pixel of the piece
				i := (y+1)*(w+2) + x + 1
				switch {
				case x < 0 || x >= w:
					return 1
				case lat.hole[i]:
					return 1 + holeCost
				case lat.label[i] == 1:
					return 1 + int32(ink.Pix[i])
				}
				return 1
			}
			// All ways to each column of the last row, in the field.
			best := slices.Repeat([]int32{math.MaxInt32}, f.n)
			var walk func(y, c int, cost int32)
			walk = func(y, c int, cost int32) {
				cost += costOf(f.column(c, y), y)
				if y == h-1 {
					best[c] = min(best[c], cost)
					return
				}
				for next := max(0, c-1); next <= min(c+1, f.n-1); next++ {
					walk(y+1, next, cost)
				}
			}
			for c := range f.n {
				walk(0, c, 0)
			}
			require.Equal(t, best, f.costs[(h-1)*f.n:])
			for c := range f.n {
				seam, cost := f.seam(c), int32(0)
				require.Len(t, seam, h)
				for y, x := range seam {
					cost += costOf(x, y)
					if y > 0 {
						step := x - seam[y-1] - (lat.line.lean(y, h) - lat.line.lean(y-1, h))
						require.LessOrEqual(t, max(step, -step), 1)
					}
				}
				require.Equal(t, best[c], cost, "the seam has the cost of the best way")
				require.Equal(t, f.column(c, h-1), seam[h-1])
			}
		}
	}
}

// touching draws digits that touch, and returns their ink.
func touching(t *testing.T, name string) *image.Gray {
	p := newPen(400, 200, 5)
	switch name {
	case "2 and 0":
		p.shape(100, 60, 80, strokeTwo)
		p.shape(137, 60, 80, ring)
	case "two zeros with one wall":
		zero := [][2]float64{{.2, 0}, {.4, 0}, {.6, .35}, {.6, .65}, {.4, 1}, {.2, 1}, {0, .65}, {0, .35}, {.2, 0}}
		p.shape(100, 60, 80, zero)
		p.shape(148, 60, 80, zero)
	case "slanted ones":
		p.line([2]float64{140, 60}, [2]float64{100, 140})
		p.line([2]float64{180, 60}, [2]float64{140, 140})
		p.line([2]float64{120, 100}, [2]float64{160, 100})
	case "three digits":
		p.shape(100, 60, 80, ring)
		p.shape(143, 60, 80, ring)
		p.shape(186, 60, 80, ring)
	}
	return inkOf(t, p)
}

// TestFindCuts checks each cut: its area, its cost, and the room between cuts.
func TestFindCuts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		slant float64
		cuts  int // at least
	}{
		{"2 and 0", 0, 1}, {"two zeros with one wall", 0, 1}, {"slanted ones", .4, 1}, {"three digits", 0, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lat := newTestLattice(touching(t, tt.name), tt.slant)
			require.Len(t, lat.parts, 1)
			p := lat.wholePiece(0)
			cuts := lat.findCuts(p)
			require.GreaterOrEqual(t, len(cuts), tt.cuts)
			least := int(leastPiece * lat.stroke * float64(lat.line.height))
			last := 0
			for _, c := range cuts {
				area := 0
				for y := range p.box.Dy() {
					for x := p.box.Min.X; x < p.box.Max.X && x <= c.seam[y]; x++ {
						if lat.ink.GrayAt(x, y+p.box.Min.Y).Y >= inkLevel {
							area++
						}
					}
				}
				require.Equal(t, area, c.area)
				require.GreaterOrEqual(t, area-last, least, "from left to right, with room between them")
				require.Positive(t, c.cost)
				require.LessOrEqual(t, c.cost, float64(seamCost))
				last = area
			}
			require.GreaterOrEqual(t, p.area-last, least)
		})
	}
}

// TestSeamsAvoidHoles: two zeros with one wall are cut along the wall.
func TestSeamsAvoidHoles(t *testing.T) {
	lat := newTestLattice(touching(t, "two zeros with one wall"), 0)
	p := lat.wholePiece(0)
	found := false
	for _, c := range lat.findCuts(p) {
		inHoles, middle := 0, true
		for y, x := range c.seam {
			if x >= p.box.Min.X && x < p.box.Max.X && lat.hole[(y+p.box.Min.Y)*lat.ink.Stride+x] {
				inHoles++
			}
			middle = middle && x >= 143 && x <= 153
		}
		found = found || middle && inHoles == 0
	}
	require.True(t, found, "one cut goes along the wall")
}

// TestSlantedSeams: a cut between slanted digits leans like them.
func TestSlantedSeams(t *testing.T) {
	lat := newTestLattice(touching(t, "slanted ones"), .5)
	p := lat.wholePiece(0)
	require.True(t, slices.ContainsFunc(lat.findCuts(p), func(c cut) bool {
		return max(2*c.area-p.area, p.area-2*c.area) < p.area/6 && c.cost < 2
	}), "one cut goes between them")
}

// TestInkBefore compares with counting.
func TestInkBefore(t *testing.T) {
	lat := newTestLattice(touching(t, "2 and 0"), 0)
	p := lat.wholePiece(0)
	before, all := lat.inkBefore(p)
	require.Equal(t, p.area, all)
	w := p.box.Dx()
	for y := range p.box.Dy() {
		n := 0
		for x := range w + 1 {
			require.Equal(t, n, before[y*(w+1)+x])
			if lat.ink.GrayAt(p.box.Min.X+x, p.box.Min.Y+y).Y >= inkLevel {
				n++
			}
		}
	}
}

// TestCostOfPixels: a pixel costs 1 and its ink, or more in a hole.
func TestCostOfPixels(t *testing.T) {
	w := &writing{ink: grayOf(5, 9, 0, 255, 100, 0), label: []int32{2, 0, 2, 1, 0}, hole: []bool{false, true, false, false, false}}
	lat := &lattice{writing: w, line: &textLine{slant: .4}}
	f := lat.newSeamField(piece{box: image.Rect(0, 0, 5, 1), label: 2})
	require.Equal(t, []int32{10, 383, 256, 1, 1}, f.costs)
	f = lat.newSeamField(piece{box: image.Rect(1, 0, 4, 1), label: 1})
	require.Equal(t, []int32{383, 1, 101}, f.costs)
}

// TestCheapest: of columns that cost the same, the middle one counts, then the
// left one.
func TestCheapest(t *testing.T) {
	f := &seamField{n: 4, h: 2, costs: []int32{3, 3, 1, 2, 5, 5, 5, 5}}
	require.Equal(t, []int{0, 2, 2, 2}, []int{f.cheapest(0, 0), f.cheapest(0, 1), f.cheapest(0, 2), f.cheapest(0, 3)})
	require.Equal(t, []int{0, 1, 2, 3}, []int{f.cheapest(1, 0), f.cheapest(1, 1), f.cheapest(1, 2), f.cheapest(1, 3)})
	f.costs = []int32{1, 2, 1, 2, 5, 5, 9, 5}
	require.Equal(t, []int{0, 0, 2, 2}, []int{f.cheapest(0, 0), f.cheapest(0, 1), f.cheapest(0, 2), f.cheapest(0, 3)})
	require.Equal(t, []int{0, 1, 1, 3}, []int{f.cheapest(1, 0), f.cheapest(1, 1), f.cheapest(1, 2), f.cheapest(1, 3)})
}

// TestLimitsOfCuts: a cut crosses at most seven strokes and 0.7 of the rows.
// There are at most four cuts for each height of its width.
func TestLimitsOfCuts(t *testing.T) {
	for _, tt := range []struct {
		name      string
		h, bridge int
		widths    []int
		stroke    float64
		height    int
		cuts      int
	}{
		{"seven strokes", 12, 7, []int{3, 3}, 1, 24, 1},
		{"eight strokes", 12, 8, []int{3, 3}, 1, 24, 0},
		{"eight rows", 12, 8, []int{3, 3}, 2, 24, 1},
		{"0.7 of the rows", 10, 7, []int{3, 3}, 2, 24, 1},
		{"more", 9, 7, []int{3, 3}, 2, 24, 0},
		{"as many as bars", 14, 1, []int{2, 2, 2, 2}, 1, 20, 3},
		{"two: a quarter of a height for each", 7, 1, []int{1, 1, 1, 1}, 1, 20, 2},
		{"three: a little wider", 7, 1, []int{1, 1, 1, 2}, 1, 20, 3},
	} {
		lat := barred(tt.h, tt.bridge, tt.widths...)
		lat.stroke, lat.line.height = tt.stroke, tt.height
		require.Len(t, lat.findCuts(lat.wholePiece(0)), tt.cuts, tt.name)
	}
}

// TestCostOfCuts: a cut costs the strokes that it crosses, and at least a
// hundredth.
func TestCostOfCuts(t *testing.T) {
	lat := barred(12, 3, 3, 3)
	lat.stroke, lat.line.height = 2, 24
	cuts := lat.findCuts(lat.wholePiece(0))
	require.Len(t, cuts, 1)
	require.Equal(t, 1.5, cuts[0].cost)
	for i := range lat.ink.Pix {
		if i%60 == 6 && i/60 < 5 {
			lat.ink.Pix[i], lat.label[i] = 0, 0
		}
	}
	cuts = lat.findCuts(lat.wholePiece(0))
	require.Len(t, cuts, 1)
	require.Equal(t, .01, cuts[0].cost)
	require.Equal(t, 36, cuts[0].area)
}

// TestInkBetweenCuts: on both sides of a cut, there is ink of 0.35 strokes x
// heights.
func TestInkBetweenCuts(t *testing.T) {
	areas := func(height, h int, widths ...int) (areas []int) {
		lat := barred(h, 1, widths...)
		lat.stroke, lat.line.height = 1, height
		last := 0
		p := lat.wholePiece(0)
		for _, c := range lat.findCuts(p) {
			areas, last = append(areas, c.area-last), c.area
		}
		return append(areas, p.area-last)
	}
	for _, tt := range []struct {
		height, h int
		widths    []int
		want      []int
	}{
		{25, 7, []int{1, 4}, []int{8, 29}}, {26, 7, []int{1, 4}, []int{9, 28}}, {29, 7, []int{1, 4}, []int{10, 27}},
		{25, 7, []int{4, 1}, []int{29, 8}}, {26, 7, []int{4, 1}, []int{28, 9}}, {29, 7, []int{4, 1}, []int{26, 11}},
		{31, 8, []int{4, 1, 4}, []int{33, 10, 33}}, {32, 8, []int{4, 1, 4}, []int{33, 11, 32}}, {35, 8, []int{4, 1, 4}, []int{33, 12, 31}},
	} {
		require.Equal(t, tt.want, areas(tt.height, tt.h, tt.widths...), "%v", tt)
	}
}

// TestColumnsOfSeamField: the field has just enough columns for all ways along
// the slant that meet the piece.
func TestColumnsOfSeamField(t *testing.T) {
	for _, slant := range []float64{0, .4, -.3, 1} {
		w := writingOf(9, 8, boxAt(2, 1, 5, 6))
		lat := &lattice{writing: w, line: &textLine{slant: slant}}
		f := lat.newSeamField(lat.wholePiece(0))
		most, least := -9, 9
		for y := range 6 {
			most, least = max(most, f.column(0, y)), min(least, f.column(f.n-1, y))
		}
		require.Equal(t, []int{0, 4}, []int{most, least}, slant)
	}
}

// TestCutBesideAPiece: where a cut is beside a piece, no ink is on its left
// side.
func TestCutBesideAPiece(t *testing.T) {
	w := newWriting([]*image.Gray{drawn("##.######", "#.#######", ".########", "#########", "#########", "#########")}, nil)
	w.hole, w.stroke = make([]bool, len(w.label)), 1
	lat := &lattice{writing: w, line: &textLine{height: 9, slant: 1}}
	cuts := lat.findCuts(lat.wholePiece(0))
	require.Negative(t, cuts[0].seam[5])
	require.Equal(t, .01, cuts[0].cost)
	require.Equal(t, 3, cuts[0].area)
}
