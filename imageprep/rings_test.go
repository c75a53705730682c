package imageprep

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMayBeRing: a ring has ink near the middle of each side of its box: within
// a twelfth of the box. It fills less than half of the box.
func TestMayBeRing(t *testing.T) {
	for _, tt := range []struct {
		name                     string
		left, right, top, bottom int // distances of the ink from the sides
		area                     int
		want                     bool
	}{
		{"on the sides", 0, 0, 0, 0, 131, true},
		{"half filled", 0, 0, 0, 0, 132, false},
		{"farthest", 2, 2, 0, 0, 9, true},
		{"left too far", 3, 0, 0, 0, 9, false},
		{"right too far", 0, 3, 0, 0, 9, false},
		{"top too far", 0, 0, 1, 0, 9, false},
		{"bottom too far", 0, 0, 0, 1, 9, false},
	} {
		b := image.Rect(5, 3, 29, 14)
		label, turned := make([]int32, 40*30), make([]int32, 30*40)
		for _, at := range [][2]int{{b.Min.X + tt.left, 8}, {b.Max.X - 1 - tt.right, 8}, {17, b.Min.Y + tt.top}, {17, b.Max.Y - 1 - tt.bottom}} {
			label[at[1]*40+at[0]], turned[at[0]*30+at[1]] = 7, 7
		}
		q := part{box: b, area: tt.area}
		require.Equal(t, tt.want, q.mayBeRing(label, 7, 40), tt.name)
		require.False(t, q.mayBeRing(label, 6, 40), tt.name)
		q.box = image.Rect(b.Min.Y, b.Min.X, b.Max.Y, b.Max.X)
		require.Equal(t, tt.want, q.mayBeRing(turned, 7, 30), "%s, turned", tt.name)
	}
}

// ringOutline returns the outline of the only part of a picture.
func ringOutline(g *image.Gray) *outline {
	label, parts := findParts(g)
	return newOutline(label, 1, parts[0].box, g.Rect.Dx())
}

func (r *outline) draw(of func(i int) byte) (rows []string) {
	for y := range r.h {
		var line strings.Builder
		for x := range r.w {
			line.WriteByte(of(y*r.w + x))
		}
		rows = append(rows, line.String())
	}
	return rows
}

func (r *outline) depths() []string {
	return r.draw(func(i int) byte { return "0123456789?"[min(r.depth[i], 10)] })
}

// TestOutline: an outline has the ink of one part, with a margin. Its depths
// are steps from the ground outside.
func TestOutline(t *testing.T) {
	label := labelsOf(drawn(
		"2000000",
		"0033330",
		"0032030",
		"0030030",
		"0033330",
		"0000000"))
	r := newOutline(label, 3, image.Rect(2, 1, 6, 5), 7)
	require.Equal(t, image.Rect(1, 0, 7, 6), r.box)
	require.Equal(t, []string{"......", ".####.", ".#..#.", ".#..#.", ".####.", "......"},
		r.draw(func(i int) byte { return map[bool]byte{true: '#', false: '.'}[r.ink[i]] }))
	require.Equal(t, []int{4}, r.ground())
	require.Equal(t, []string{"000000", "0????0", "0?11?0", "0?11?0", "0????0", "000000"}, r.depths())
	r.measure()
	require.Equal(t, []string{"000000", "011110", "012210", "012210", "011110", "000000"}, r.depths())
	require.Equal(t, 2, r.thick)

	r = ringOutline(drawn(
		"##########",
		"#.#.....##",
		"#.#.....##",
		"###....###",
		"##########",
		"########..",
		"########.."))
	require.Equal(t, []int{2, 14}, r.ground())
	r.measure()
	require.Equal(t, []string{"000000000000", "011111111110", "012222222210", "012333333210", "012344322210",
		"012333321110", "012222221000", "011111111000", "000000000000"}, r.depths())
}

// TestRingThickness: a third of the edges of its hole are as near to the ground
// outside as the ring is thick. 1.3 times as much is still outline.
func TestRingThickness(t *testing.T) {
	for _, tt := range []struct {
		left, others int // thicknesses of the sides
		hole         image.Point
		want         int
	}{
		{1, 1, image.Pt(1, 5), 2}, {2, 2, image.Pt(1, 5), 3}, {3, 3, image.Pt(1, 5), 4},
		{4, 4, image.Pt(1, 5), 6}, {7, 7, image.Pt(1, 5), 10},
		{2, 9, image.Pt(2, 1), 3}, {2, 9, image.Pt(3, 1), 4}, {2, 9, image.Pt(5, 1), 4}, {2, 9, image.Pt(6, 1), 6},
		{2, 9, image.Pt(2, 5), 3}, {2, 9, image.Pt(3, 3), 3}, {2, 9, image.Pt(9, 5), 6},
	} {
		inner := image.Rectangle{Max: tt.hole}.Add(image.Pt(tt.left, tt.others))
		outer := image.Rect(0, 0, inner.Max.X+tt.others, inner.Max.Y+tt.others)
		for _, turn := range []Orientation{1, 3, 6, 8} {
			g := Turn(boxes(outer.Dx(), outer.Dy(), outer, inner), turn)
			r := ringOutline(g)
			require.Equal(t, []int{tt.hole.X * tt.hole.Y}, r.ground())
			r.measure()
			require.Equal(t, tt.want, r.thick, "%v", tt)
		}
	}
}

// TestDepth: a depth counts steps to 8 neighbors.
func TestDepth(t *testing.T) {
	const size = 9
	for _, center := range []image.Point{{3, 5}, {4, 2}, {5, 4}} {
		r := &outline{w: size, h: size, depth: make([]int32, size*size)}
		for i := range r.depth {
			r.depth[i] = 100
		}
		r.depth[center.Y*size+center.X], r.depth[7*size+7] = 0, 1 // ground and a hole
		r.measure()
		for y := 1; y < size-1; y++ {
			for x := 1; x < size-1; x++ {
				dx, dy := x-center.X, y-center.Y
				require.EqualValues(t, max(dx, -dx, dy, -dy), r.depth[y*size+x], "%v: %d, %d", center, x, y)
			}
		}
	}
}

// TestIsConvex: at least 97 % of each row and of each column between its first
// and its last pixel must be filled.
func TestIsConvex(t *testing.T) {
	for _, tt := range []struct {
		name string
		gap  image.Rectangle // in a square of 10 x 10 pixels at (1, 2)
		want bool
	}{
		{"no gap", image.Rectangle{}, true},
		{"in the first column", image.Rect(1, 5, 2, 8), true},
		{"larger", image.Rect(1, 5, 2, 9), false},
		{"in the last column", image.Rect(10, 5, 11, 8), true},
		{"larger", image.Rect(10, 5, 11, 9), false},
		{"in the first row", image.Rect(4, 2, 7, 3), true},
		{"larger", image.Rect(4, 2, 8, 3), false},
		{"in the last row", image.Rect(4, 11, 7, 12), true},
		{"larger", image.Rect(4, 11, 8, 12), false},
		{"at a corner", image.Rect(1, 2, 6, 7), true},
		{"at the other corner", image.Rect(6, 7, 11, 12), true},
	} {
		r := &outline{w: 13, h: 14, depth: make([]int32, 13*14)}
		for y := 2; y < 12; y++ {
			for x := 1; x < 11; x++ {
				if !image.Pt(x, y).In(tt.gap) {
					r.depth[y*13+x] = int32(1 + x%3)
				}
			}
		}
		require.Equal(t, tt.want, r.isConvex(), "%s: %v", tt.name, tt.gap)
	}
}

// TestHoldsDigit: a ring holds a digit if its middle has ink in at least a
// third of its rows. With its margin, a thin ring is ten times as high as its
// outline is thick.
func TestHoldsDigit(t *testing.T) {
	const thin = 1
	for _, tt := range []struct {
		name  string
		w, h  int // with the margin
		thick int
		ink   []image.Rectangle // inside
		want  bool
	}{
		{"a stroke", 16, 21, thin, []image.Rectangle{image.Rect(7, 6, 8, 13)}, true},
		{"in less rows", 16, 21, thin, []image.Rectangle{image.Rect(7, 6, 8, 12)}, false},
		{"empty", 16, 21, thin, nil, false},
		{"leftmost", 16, 21, thin, []image.Rectangle{image.Rect(5, 6, 6, 13)}, true},
		{"left of the middle", 16, 21, thin, []image.Rectangle{image.Rect(4, 6, 5, 13)}, false},
		{"rightmost", 16, 21, thin, []image.Rectangle{image.Rect(10, 6, 11, 13)}, true},
		{"right of the middle", 16, 21, thin, []image.Rectangle{image.Rect(11, 6, 12, 13)}, false},
		{"upmost", 16, 21, thin, []image.Rectangle{image.Rect(7, 4, 8, 11)}, true},
		{"above the middle", 16, 21, thin, []image.Rectangle{image.Rect(7, 3, 8, 10)}, false},
		{"lowest", 16, 21, thin, []image.Rectangle{image.Rect(7, 10, 8, 17)}, true},
		{"below the middle", 16, 21, thin, []image.Rectangle{image.Rect(7, 11, 8, 18)}, false},
		{"wide strokes count once for each row", 16, 21, thin, []image.Rectangle{image.Rect(5, 6, 11, 12)}, false},
		{"as thick as may be", 16, 20, thin, []image.Rectangle{image.Rect(7, 5, 8, 15)}, true},
		{"too thick", 16, 19, thin, []image.Rectangle{image.Rect(7, 5, 8, 15)}, false},
		{"a bulge of the ring", 8, 21, thin, []image.Rectangle{image.Rect(2, 6, 3, 13)}, false},
		{"a stroke beside the ring", 8, 21, thin, []image.Rectangle{image.Rect(3, 6, 4, 13)}, true},
		{"the larger hole has 60 %", 14, 25, thin, []image.Rectangle{image.Rect(2, 14, 12, 15), image.Rect(6, 8, 7, 14), image.Rect(6, 15, 7, 19)}, true},
		{"it has less", 14, 25, thin, []image.Rectangle{image.Rect(2, 14, 12, 15), image.Rect(6, 7, 7, 14), image.Rect(6, 15, 7, 19)}, false},
		{"not convex", 16, 21, thin, []image.Rectangle{image.Rect(7, 6, 8, 13), image.Rect(1, 1, 3, 2), image.Rect(2, 1, 5, 2), image.Rect(5, 1, 15, 2)}, false},
	} {
		outer := image.Rect(1, 1, tt.w-1, tt.h-1)
		g := boxes(tt.w, tt.h, append([]image.Rectangle{outer, outer.Inset(tt.thick)}, tt.ink...)...)
		r := newOutline(labelsOf(g), 1, outer, tt.w)
		require.Equal(t, tt.want, r.holdsDigit(), tt.name)
	}
	solid := image.Rect(1, 1, 15, 20)
	require.False(t, newOutline(labelsOf(boxes(16, 21, solid)), 1, solid, 16).holdsDigit(), "no hole")
}

// TestEraseOutline: with a ring, its soft edge goes, but no other ink. The ring
// may be at the border of the picture.
func TestEraseOutline(t *testing.T) {
	at := func(x0, y0, thick int) []string {
		p := newPlane(5, 4, []uint8{
			127, 128, 9, 9, 9,
			9, 255, 255, 9, 9,
			9, 255, 255, 9, 9,
			9, 9, 9, 9, 9})
		r := &outline{box: image.Rect(x0, y0, x0+4, y0+4), w: 4, h: 4, thick: thick, depth: []int32{
			0, 0, 0, 0,
			0, 1, 2, 0,
			0, 2, 3, 0,
			0, 0, 0, 0}}
		r.erase(p)
		var rows []string
		for y := range p.h {
			line := ""
			for _, v := range p.row(y) {
				line += map[uint8]string{0: ".", 9: "9", 127: "s", 128: "i", 255: "#"}[v]
			}
			rows = append(rows, line)
		}
		return rows
	}
	require.Equal(t, []string{".i..9", "..#.9", ".##.9", "....9"}, at(0, 0, 1))
	require.Equal(t, []string{".i..9", "....9", "..#.9", "....9"}, at(0, 0, 2))
	require.Equal(t, []string{"...99", ".##99", ".##99", "99999"}, at(-1, -1, 2))
	require.Equal(t, []string{"si999", "9##99", "9##..", "999.."}, at(3, 2, 2))
}

// TestEraseRings: a ring goes if its shorter side is at least six strokes wide,
// and together the boxes of all parts have at most four times as many pixels as
// the picture.
func TestEraseRings(t *testing.T) {
	const w, h = 26, 22
	ring, digit := image.Rect(0, 0, 12, h), image.Rect(5, 5, 6, 16)
	second := image.Pt(14, 0)
	g := boxes(w, h, ring, ring.Inset(1), digit)
	label := labelsOf(g)
	for i, v := range labelsOf(boxes(w, h, ring.Add(second), ring.Inset(1).Add(second), digit.Add(second))) {
		label[i] += 2 * v
	}
	parts := []part{{box: ring, area: 80}, {box: ring.Add(second), area: 80}}
	for _, tt := range []struct {
		name   string
		stroke float64
		rows   int // of the picture
		gone   int
		want   [2]bool // which rings are erased
	}{
		{"both", 2, h, 0, [2]bool{true, true}},
		{"small for the strokes", 2.01, h, 0, [2]bool{}},
		{"the first is gone", 2, h, 1, [2]bool{false, true}},
		{"pixels for both", 2, 7, 0, [2]bool{true, true}},
		{"pixels for the first", 2, 6, 0, [2]bool{true, false}},
		{"pixels for none", 2, 3, 0, [2]bool{}},
	} {
		p := newPlane(w, tt.rows, nil)
		for i := range p.pix {
			p.pix[i] = 255
		}
		gone := make([]bool, 3)
		gone[tt.gone] = tt.gone > 0
		(&network{stroke: tt.stroke}).eraseRings(p, label, parts, gone)
		require.Equal(t, tt.want, [2]bool{p.pix[0] == 0, p.pix[second.X] == 0}, tt.name)
	}
	p := newPlane(12, h, boxes(12, h, ring).Pix)
	(&network{stroke: 2}).eraseRings(p, labelsOf(boxes(12, h, ring, ring.Inset(1))), parts[:1], make([]bool, 2))
	require.NotZero(t, p.pix[0], "no digit")
	p = newPlane(12, 7, nil)
	for i := range p.pix {
		p.pix[i] = 255
	}
	// The box has 14 x 24 pixels with its margin: four times 12 x 7.
	(&network{stroke: 2}).eraseRings(p, labelsOf(boxes(12, h, ring, ring.Inset(1), digit)), parts[:1], make([]bool, 2))
	require.Zero(t, p.pix[0])
}
