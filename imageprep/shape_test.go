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

// TestAreaOfManySides: a margin follows the rows above and below.
func TestAreaOfManySides(t *testing.T) {
	a := area{top: 4, rows: [][2]int{{3, 6}, {2, 7}, {2, 8}, {1, 8}, {2, 7}}}
	require.Equal(t, 26, a.size())
	require.Equal(t, image.Rect(1, 4, 8, 9), a.box())
	require.Equal(t, area{top: 5, rows: [][2]int{{4, 5}, {3, 6}, {3, 6}}}, a.inset(1))
	require.Equal(t, area{top: 6, rows: [][2]int{{5, 5}}}, a.inset(2))
	require.Equal(t, area{top: 3, rows: [][2]int{{2, 7}, {1, 8}, {1, 9}, {0, 9}, {0, 9}, {0, 9}, {1, 8}}}, a.grown(1))
	require.Equal(t, area{top: 2, rows: [][2]int{{1, 8}, {0, 9}, {0, 10}, {-1, 10}, {-1, 10}, {-1, 10}, {-1, 10}, {-1, 10}, {0, 9}}}, a.grown(2))
	require.Equal(t, a, a.inset(0))
	require.Equal(t, a, a.grown(0))
}

// TestCutAboveAnArea: an empty row looks like the one above it. Without such a
// row, it is 0.
func TestCutAboveAnArea(t *testing.T) {
	p := newPlane(3, 5, []uint8{9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	a := area{top: 1, rows: [][2]int{{2, 1}, {1, 2}, {0, 0}, {0, 3}}}
	require.Equal(t, []uint8{0, 0, 0, 5, 5, 5, 5, 5, 5, 10, 11, 12}, p.cut(a, image.Rect(0, 1, 3, 5)).pix)
	require.Equal(t, []uint8{5, 5, 5, 5}, p.cut(a, image.Rect(1, 2, 3, 4)).pix)
}

// TestShapeOf: pixels count as inside if the part is on all four sides of them.
// The outline is that of the hull where it is at most two pixels inside.
func TestShapeOf(t *testing.T) {
	for _, tt := range []struct {
		rows            []string
		outlined, lined int
		hull            [][2]int
	}{
		{[]string{"#######", "##....#", "#.....#", "#..#..#", "#######"}, 35, 100, [][2]int{{3, 10}, {3, 10}, {3, 10}, {3, 10}, {3, 10}}},
		{[]string{"#######", "..#####", "######.", "#######", "#######"}, 32, 100, [][2]int{{3, 10}, {3, 10}, {3, 10}, {3, 10}, {3, 10}}},
		{[]string{"#######", "...####", "#######", "####...", "#######"}, 29, 100 * 22 / 24, [][2]int{{3, 10}, {3, 10}, {3, 10}, {3, 10}, {3, 10}}},
		{[]string{"###", "#.#"}, 5, 100, [][2]int{{3, 6}, {3, 6}}},
		{[]string{"##...", "#.#..", "####.", "####.", "####."}, 17, 100, [][2]int{{3, 5}, {3, 6}, {3, 7}, {3, 7}, {3, 7}}},
		{[]string{"###.###", "###.###", "###.###", "###.###", "#######"}, 31, 100 * 23 / 24, [][2]int{{3, 10}, {3, 10}, {3, 10}, {3, 10}, {3, 10}}},
	} {
		ink := onPaper(drawn(tt.rows...), image.Rect(0, 0, 12, 9), image.Pt(3, 2), 0)
		ink.Pix[0], ink.Pix[len(ink.Pix)-1] = 255, 255
		label, parts := findParts(ink)
		got := shapeOf(label, 12, 2, parts[1])
		require.Equal(t, shape{hull: area{top: 2, rows: tt.hull}, outlined: tt.outlined, lined: tt.lined}, got, "%v", tt.rows)
	}
}

// TestRectangleAround compares with rectangles in each direction.
func TestRectangleAround(t *testing.T) {
	for _, a := range []area{
		{top: 3, rows: [][2]int{{5, 25}, {5, 25}, {5, 25}}},
		{top: 1, rows: [][2]int{{9, 11}, {8, 12}, {7, 13}, {8, 15}, {9, 14}, {10, 13}, {11, 12}}},
		{top: 1, rows: [][2]int{{1, 8}, {4, 12}, {7, 15}, {10, 18}}},
		{top: 0, rows: [][2]int{{7, 8}, {6, 8}, {5, 8}, {5, 7}, {4, 7}, {3, 6}, {3, 5}}},
	} {
		best, shorter := math.Inf(1), 0.
		for k := -48; k < 48; k++ {
			angle := math.Atan2(float64(k), 48)
			u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
			for i, r := range a.rows {
				for _, q := range [][2]int{{r[0], i}, {r[1], i}, {r[0], i + 1}, {r[1], i + 1}} {
					x, y := float64(q[0]), float64(q[1])
					u, v := x*math.Cos(angle)+y*math.Sin(angle), y*math.Cos(angle)-x*math.Sin(angle)
					u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
				}
			}
			if s := (u1 - u0) * (v1 - v0); s < best-1e-9 {
				best, shorter = s, min(u1-u0, v1-v0)
			}
		}
		size, side := a.rectangle()
		require.InDelta(t, best, size, 1e-9)
		require.InDelta(t, shorter, side, 1e-9)
	}
}
