package imageprep

import (
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEnvelope compares with the definition: the largest convex function is the
// smallest value of all chords.
func TestEnvelope(t *testing.T) {
	r := newRand()
	for _, n := range []int{1, 2, 3, 7, 20} {
		f := make([]int, n)
		for i := range f {
			f[i] = r.IntN(30) - 10
		}
		for x, got := range envelope(f) {
			want := float64(f[x])
			for a := range x {
				for b := x + 1; b < n; b++ {
					want = min(want, float64(f[a])+float64((f[b]-f[a])*(x-a))/float64(b-a))
				}
			}
			require.InDelta(t, math.Floor(want+1e-9), got, 0, "%v at %d", f, x)
		}
	}
}

// shapeIn returns the shape of the first part of an ink picture.
func shapeIn(ink *image.Gray) shape {
	label, parts := findParts(ink)
	return shapeOf(label, ink.Rect.Dx(), 1, parts[0])
}

func TestShape(t *testing.T) {
	full := turnedOn(onPaper(grayOf(1, 255), image.Rect(0, 0, 80, 60), image.Point{}, 255), 120, .25, 0)
	s := shapeIn(full)
	require.InDelta(t, 4800, s.hull.size(), 150)
	require.Equal(t, countInk(full), s.outlined)
	require.Greater(t, s.lined, 97)
	size, shorter := s.hull.rectangle()
	require.InDelta(t, 4800, size, 300)
	require.InDelta(t, 60, shorter, 2)

	c := grayOf(5, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255)
	s = shapeIn(c)
	require.Equal(t, 25, s.hull.size())
	require.Equal(t, 13, s.outlined, "a notch does not count")
	require.Equal(t, 100*(5+2+5+5)/20, s.lined)
}

// TestArea: inset and grown move all edges of an upright rectangle.
func TestArea(t *testing.T) {
	a := area{top: 5, rows: make([][2]int, 20)}
	for i := range a.rows {
		a.rows[i] = [2]int{10, 40}
	}
	require.Equal(t, image.Rect(10, 5, 40, 25), a.box())
	require.Equal(t, image.Rect(13, 8, 37, 22), a.inset(3).box())
	require.Equal(t, image.Rect(7, 2, 43, 28), a.grown(3).box())
	require.Equal(t, image.Rect(11, 3, 41, 23), a.moved(image.Pt(1, -2)).box())
	require.True(t, a.inset(10).box().Empty())
	require.True(t, a.inset(15).box().Empty())
}

// TestCut: what is around an area does not show in its picture.
func TestCut(t *testing.T) {
	p := newPlane(4, 3, []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	a := area{top: 0, rows: [][2]int{{1, 3}, {2, 2}, {2, 4}}}
	require.Equal(t, []uint8{2, 3, 3, 2, 3, 3, 11, 11, 12}, p.cut(a, image.Rect(1, 0, 4, 3)).pix)
}
