package imageprep

import (
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDivide: a seam divides the ink of a piece. Each side gets its box, its
// area and its label.
func TestDivide(t *testing.T) {
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

func TestDivideNothing(t *testing.T) {
	lat := newTestLattice(touching(t, "2 and 0"), 0)
	p := lat.wholePiece(0)
	before := slices.Clone(lat.label)
	for _, x := range []int{p.box.Min.X - 1, p.box.Max.X} {
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
