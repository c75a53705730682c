package imageprep

import (
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDivide: a seam divides the ink of a piece. Each side gets its box, its
// area and its label.
func TestDivide(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"2 and 0", "two zeros with one wall", "three digits"} {
		lat := newTestLattice(touching(t, name), 0)
		p := lat.wholePiece(0)
		before := slices.Clone(lat.label)
		middle := p.box.Min.X + p.box.Dx()/2
		left, right, ok := lat.divide(p, slices.Repeat([]int{middle}, p.box.Dy()), p.box.Min.Y)
		require.True(t, ok)
		require.Equal(t, p.area, left.area+right.area)
		require.Equal(t, p.box, left.box.Union(right.box))
		require.LessOrEqual(t, left.box.Max.X, middle+1)
		require.Greater(t, right.box.Min.X, middle)
		require.NotEqual(t, left.label, right.label)
		require.Len(t, lat.walls, 1)
		shared := lat.walls[0]
		require.Equal(t, []int32{left.label, right.label}, []int32{shared.left, shared.right})
		require.Len(t, lat.parts, int(max(right.label, shared.label)), "each label has a part")
		for i, l := range lat.label {
			switch x := i % lat.ink.Stride; {
			case before[i] != p.label:
				require.Equal(t, before[i], l)
			case l == shared.label:
				require.True(t, image.Pt(x, i/lat.ink.Stride).In(shared.box))
			case x <= middle:
				require.Equal(t, left.label, l)
			default:
				require.Equal(t, right.label, l)
			}
		}
	}
}

// TestDivideNothing: a seam beside a piece, or beside the picture, divides
// nothing.
func TestDivideNothing(t *testing.T) {
	lat := newTestLattice(touching(t, "2 and 0"), 0)
	p := lat.wholePiece(0)
	before := slices.Clone(lat.label)
	for _, x := range []int{-2, p.box.Min.X - 1, p.box.Max.X, len(before)} {
		_, _, ok := lat.divide(p, slices.Repeat([]int{x}, p.box.Dy()), p.box.Min.Y)
		require.False(t, ok)
	}
	require.Equal(t, before, lat.label)
	require.Empty(t, lat.walls)
}

// TestSharedWall: the wall between two zeros belongs to both.
func TestSharedWall(t *testing.T) {
	lat := newTestLattice(touching(t, "two zeros with one wall"), 0)
	p := lat.wholePiece(0)
	lat.pieces = lat.cutUp(p)
	require.Greater(t, len(lat.pieces), 1)
	area := 0
	for _, q := range lat.pieces {
		area += q.area
	}
	require.Equal(t, p.area, area, "the areas add up")

	// The cut along the wall divides the pieces into two zeros.
	k := slices.IndexFunc(lat.pieces, func(q piece) bool { return q.box.Min.X >= 143 && q.box.Max.X > 180 || q.box.Min.X >= 143 })
	require.Positive(t, k)
	for _, g := range []glyph{lat.glyph(0, k), lat.glyph(k, len(lat.pieces))} {
		ink := lat.extract(g)
		box := InkBox(ink)
		require.InDelta(t, 53, box.Dx(), 3, "with both walls")
		require.InDelta(t, 85, box.Dy(), 3)
		zero := newWriting([]*image.Gray{onPaper(ink, image.Rect(0, 0, 400, 200), ink.Rect.Min, 0)}, nil)
		zero.findHoles()
		require.Len(t, zero.parts, 1)
		require.True(t, slices.Contains(zero.hole, true), "it is closed")
	}
}

// TestNarrowPieces: what is narrow, low or small is not cut.
func TestNarrowPieces(t *testing.T) {
	for name, points := range map[string][][2]float64{
		"a 1":    {{100, 60}, {104, 140}},
		"a dash": {{100, 100}, {160, 100}},
	} {
		p := newPen(300, 200, 5)
		p.line(points...)
		lat := newTestLattice(inkOf(t, p), 0)
		lat.line.height = 80
		require.Equal(t, []piece{lat.wholePiece(0)}, lat.cutUp(lat.wholePiece(0)), name)
	}
}

// TestCutUpEmptyWall: the ends of a bridge between two digits belong to one
// each.
func TestCutUpEmptyWall(t *testing.T) {
	p := newPen(400, 200, 5)
	p.shape(100, 60, 80, ring)
	p.shape(160, 60, 80, ring)
	p.width = 3
	p.line([2]float64{142, 100}, [2]float64{162, 100})
	lat := newTestLattice(inkOf(t, p), 0)
	lat.pieces = lat.cutUp(lat.wholePiece(0))
	require.Greater(t, len(lat.pieces), 1)
	k := slices.IndexFunc(lat.pieces, func(q piece) bool { return q.box.Min.X >= 140 })
	require.Positive(t, k)
	left, right := lat.extract(lat.glyph(0, k)), lat.extract(lat.glyph(k, len(lat.pieces)))
	for y := range 200 {
		for x := range 400 {
			shared := min(left.GrayAt(x, y).Y, right.GrayAt(x, y).Y)
			require.Zero(t, shared, "a thin bridge is no wall")
		}
	}
}

// barred returns the lattice of one part of h rows: upright bars of the given
// widths, with two columns between them. In the first rows, a bridge connects
// them.
func barred(h, bridge int, widths ...int) *lattice {
	rows := make([]string, h)
	for y := range rows {
		between := map[bool]string{true: "##", false: ".."}[y < bridge]
		for i, width := range widths {
			rows[y] += between[:min(2*i, 2)] + strings.Repeat("#", width)
		}
	}
	ink := onPaper(drawn(rows...), image.Rect(0, 0, 60, h+4), image.Pt(3, 2), 0)
	w := newWriting([]*image.Gray{ink}, nil)
	w.hole = make([]bool, len(ink.Pix))
	return &lattice{writing: w, line: &textLine{height: 20}}
}

// TestLimitsOfCutUp: a piece is cut if it is wider than half a digit and not
// too low. The slant counts for half of its height.
func TestLimitsOfCutUp(t *testing.T) {
	for _, tt := range []struct {
		name   string
		h      int
		widths []int
		stroke float64
		height int
		slant  float64
		parts  int // of the picture
		cut    bool
	}{
		{"half a digit", 12, []int{3, 3}, 3, 16, 0, 1, false},
		{"wider", 12, []int{3, 3}, 3, 15, 0, 1, true},
		{"half a digit without the slant", 12, []int{4, 3}, 3, 15, .25, 1, false},
		{"wider without the slant", 12, []int{4, 3}, 3, 14, .25, 1, true},
		{"four columns", 6, []int{1, 1}, 1.3, 7, 0, 1, true},
		{"as low as 37 %", 37, []int{30, 30}, 3, 100, 0, 1, true},
		{"lower", 37, []int{30, 30}, 3, 101, 0, 1, false},
		{"3000 parts", 12, []int{3, 3}, 3, 15, 0, 3000, true},
		{"more", 12, []int{3, 3}, 3, 15, 0, 3001, false},
	} {
		lat := barred(tt.h, 1, tt.widths...)
		lat.stroke, lat.line.height, lat.line.slant = tt.stroke, tt.height, tt.slant
		p := lat.wholePiece(0)
		lat.parts = append(lat.parts, make([]part, tt.parts-1)...)
		pieces := lat.cutUp(p)
		require.Equal(t, tt.cut, len(pieces) > 1, tt.name)
		require.Equal(t, tt.cut, pieces[0].cutRight > 0)
		for i := range pieces[1:] {
			require.Equal(t, pieces[i].cutRight, pieces[i+1].cutLeft)
		}
		require.Zero(t, pieces[0].cutLeft+pieces[len(pieces)-1].cutRight)
	}
	lat := barred(6, 1, 3)
	lat.ink.Pix[4*60+4], lat.label[4*60+4] = 0, 0
	lat.stroke, lat.line.height = .5, 5
	require.Len(t, lat.cutUp(lat.wholePiece(0)), 1, "three columns")
}

// TestDivideAlongASeam: pixels up to the seam are on the left side, also those
// of soft edges. Above and below the piece, the seam goes on straight.
func TestDivideAlongASeam(t *testing.T) {
	ink := drawn(
		".........",
		"..+++++..",
		".+#####+.",
		".+##.##+.",
		".+#..##+.",
		".+#####+.",
		"..+++++..",
		".........")
	w := newWriting([]*image.Gray{ink}, nil)
	w.stroke = 1
	lat := &lattice{writing: w, line: &textLine{height: 20}}
	p := lat.wholePiece(0)
	left, right, ok := lat.divide(p, []int{3, 4, 3, 5}, 2)
	require.True(t, ok)
	require.Equal(t, piece{box: image.Rect(2, 2, 6, 6), area: 9, label: 1}, left)
	require.Equal(t, piece{box: image.Rect(4, 2, 7, 6), area: 8, label: 3}, right)
	require.Equal(t, []int32{
		0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 1, 1, 3, 3, 3, 0, 0,
		0, 1, 1, 1, 3, 3, 3, 3, 0,
		0, 1, 1, 1, 0, 3, 3, 3, 0,
		0, 1, 1, 0, 0, 3, 3, 3, 0,
		0, 1, 1, 1, 1, 1, 3, 3, 0,
		0, 0, 1, 1, 1, 1, 3, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0}, lat.label)
	require.Equal(t, []wall{{label: 2, left: 1, right: 3}}, lat.walls)

	// The right side is divided again. The seam begins above it.
	left, right, ok = lat.divide(right, []int{9, 9, 5, 5, 5, 9, 9}, 0)
	require.True(t, ok)
	require.Equal(t, piece{box: image.Rect(4, 2, 7, 6), area: 5, label: 3}, left)
	require.Equal(t, piece{box: image.Rect(6, 2, 7, 5), area: 3, label: 5}, right)
}

// TestDivideAlongAWall: the wall gets a label of its own, without its soft
// edge.
func TestDivideAlongAWall(t *testing.T) {
	w := newWriting([]*image.Gray{drawn(
		"............",
		".##########.",
		".#+.+##+.+#.",
		".#..+##+..#.",
		".#..+##+..#.",
		".##########.",
		"....+++.....")}, nil)
	w.stroke = 2
	lat := &lattice{writing: w, line: &textLine{height: 20}}
	left, right, ok := lat.divide(lat.wholePiece(0), []int{5, 5, 6, 5, 6}, 1)
	require.True(t, ok)
	require.Equal(t, []int32{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 0,
		0, 1, 1, 0, 1, 2, 2, 3, 0, 3, 3, 0,
		0, 1, 0, 0, 1, 2, 2, 3, 0, 0, 3, 0,
		0, 1, 0, 0, 1, 2, 2, 3, 0, 0, 3, 0,
		0, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 0,
		0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0}, lat.label)
	require.Equal(t, []wall{{label: 2, left: 1, right: 3, box: image.Rect(5, 2, 7, 5)}}, lat.walls)
	require.Equal(t, piece{box: image.Rect(1, 1, 7, 6), area: 18, label: 1}, left)
	require.Equal(t, piece{box: image.Rect(6, 1, 11, 6), area: 14, label: 3}, right)
}

// TestFindWall: a wall is at most two strokes wide and at least 1.5 strokes
// long.
func TestFindWall(t *testing.T) {
	lat := &lattice{writing: newWriting([]*image.Gray{drawn(
		"..####....####",
		"..####....#...",
		"..####....#...",
		".#####....#...",
		"..####....#...",
		"..####....#...",
		"#####.....####",
		"#####.........",
		"####.........#",
		"####.........#",
		"####.........#",
		"#############.")}, nil)}
	for i, l := range lat.label {
		lat.label[i] = min(l, 1)
	}
	lat.stroke = 2
	p := piece{box: lat.ink.Rect, label: 1}
	no := [2]int{}
	for _, tt := range []struct {
		name string
		seam []int
		want [][2]int
	}{
		{"three rows", []int{2, 4, 5}, [][2]int{{2, 6}, {2, 6}, {2, 6}}},
		{"two rows", []int{2, 4}, [][2]int{no, no}},
		{"five columns", []int{2, 4, 3, 3, 3, 2}, [][2]int{{2, 6}, {2, 6}, {2, 6}, no, no, no}},
		{"ground beside it", []int{6, 5, 3, 6}, [][2]int{no, no, no, no}},
		{"from ground to ground", []int{9, 10, 10, 10, 10, 9}, [][2]int{no, {10, 11}, {10, 11}, {10, 11}, {10, 11}, no}},
		{"at the picture's edge", []int{13, 13, 12, 12, 10, 10, 10, 13, 13, 13, 13}, [][2]int{no, no, no, no, {10, 11}, {10, 11}, {10, 14}, no, {13, 14}, {13, 14}, {13, 14}}},
		{"outside the piece", []int{14, 14, -1, -1}, [][2]int{no, no, no, no}},
	} {
		require.Equal(t, tt.want, lat.findWall(p, tt.seam, 0), tt.name)
	}
	require.Equal(t, [][2]int{{0, 4}, {0, 4}, {0, 4}}, lat.findWall(p, []int{1, 0, 3}, 8))
	p.box = image.Rect(3, 0, 6, 6)
	require.Equal(t, [][2]int{{3, 6}, {3, 6}, {3, 6}}, lat.findWall(p, []int{4, 4, 4}, 0), "only in the piece's box")
}
