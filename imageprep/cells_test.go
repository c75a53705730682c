package imageprep

import (
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEndsAtCrossings: beyond its last crossings, a side sticks out by at most
// the thickness of a line, or 8 % of its length. Else it ends at the border.
func TestEndsAtCrossings(t *testing.T) {
	n := networkOf(image.NewGray(image.Rect(0, 0, 300, 220)))
	for _, tt := range []struct {
		from, to, first, last float64
		want                  bool
	}{
		{50, 100, 50, 100, true},
		{50, 100, 57, 93, true},
		{50, 100, 57.1, 93, false},
		{50, 100, 57, 92.9, false},
		{50, 100, 45, 105, true},
		{50, 150, 58, 142, true},
		{50, 150, 58.1, 142, false},
		{50, 150, 58, 141.9, false},
		{6.9, 60, 30, 60, true},
		{7, 60, 30, 60, false},
		{50, 250, 90, 234, false},
	} {
		across, down := across(tt.from, tt.to, 9, 0, 1), down(tt.from, tt.to, 9, 0, 1)
		across.crossings = []crossing{{at: tt.first}, {at: (tt.first + tt.last) / 2}, {at: tt.last}}
		down.crossings = across.crossings
		require.Equal(t, tt.want, n.endsAtCrossings(&across), "%v", tt)
		require.Equal(t, tt.want, n.endsAtCrossings(&down), "%v", tt)
	}
	for _, tt := range []struct {
		s    lineSegment
		want bool
	}{
		{across(260, 293.1, 9, 0, 1), true},
		{across(260, 293, 9, 0, 1), false},
		{down(180, 213.1, 9, 0, 1), true},
		{down(180, 213, 9, 0, 1), false},
	} {
		require.False(t, n.endsAtCrossings(&tt.s), "no crossings")
		tt.s.crossings = []crossing{{at: tt.s.from}}
		require.Equal(t, tt.want, n.endsAtCrossings(&tt.s), "%v", tt.s.to)
	}
}

// TestHoldsInk: a cell holds a digit that is a third as high. Its sides and
// what is beside them do not count.
func TestHoldsInk(t *testing.T) {
	for _, tt := range []struct {
		name      string
		cell, ink image.Rectangle
		want      bool
	}{
		{"a third", image.Rect(10, 20, 70, 59), image.Rect(30, 30, 31, 43), true},
		{"less", image.Rect(10, 20, 70, 59), image.Rect(30, 30, 31, 42), false},
		{"leftmost", image.Rect(10, 20, 70, 59), image.Rect(17, 30, 18, 43), true},
		{"beside the left side", image.Rect(10, 20, 70, 59), image.Rect(16, 30, 17, 43), false},
		{"rightmost", image.Rect(10, 20, 70, 59), image.Rect(62, 30, 63, 43), true},
		{"beside the right side", image.Rect(10, 20, 70, 59), image.Rect(63, 30, 64, 43), false},
		{"upmost", image.Rect(10, 20, 70, 59), image.Rect(30, 27, 31, 40), true},
		{"at the top", image.Rect(10, 20, 70, 59), image.Rect(30, 26, 31, 39), false},
		{"lowest", image.Rect(10, 20, 70, 59), image.Rect(30, 39, 31, 52), true},
		{"at the bottom", image.Rect(10, 20, 70, 59), image.Rect(30, 40, 31, 53), false},
		{"a large cell", image.Rect(10, 0, 118, 100), image.Rect(25, 30, 26, 64), true},
		{"beside its left side", image.Rect(10, 0, 118, 100), image.Rect(24, 30, 25, 64), false},
		{"left of the picture", image.Rect(-20, 20, 40, 59), image.Rect(0, 30, 1, 43), true},
		{"above the picture", image.Rect(10, -10, 70, 26), image.Rect(30, 0, 31, 12), true},
		{"beyond the picture", image.Rect(90, 10, 170, 49), image.Rect(119, 20, 120, 33), true},
		{"outside", image.Rect(120, 10, 170, 49), image.Rect(100, 20, 120, 33), false},
		{"a small cell", image.Rect(10, 10, 24, 30), image.Rect(10, 10, 24, 30), false},
		{"the smallest cell", image.Rect(10, 10, 25, 25), image.Rect(10, 10, 25, 25), false},
		{"a low cell", image.Rect(10, 10, 80, 27), image.Rect(10, 10, 80, 27), false},
	} {
		n := networkOf(boxes(120, 100, tt.ink))
		require.Equal(t, tt.want, n.holdsInk(tt.cell), tt.name)
		n.p = n.p.min(newPlane(120, 100, make([]uint8, 12000)))
		require.False(t, n.holdsInk(tt.cell), tt.name)
	}
	ink := boxes(120, 100, image.Rect(30, 30, 31, 43))
	for i := range ink.Pix {
		ink.Pix[i] /= 2
	}
	require.False(t, networkOf(ink).holdsInk(image.Rect(10, 20, 70, 59)), "soft edges only")
	for i := range ink.Pix {
		ink.Pix[i] += ink.Pix[i] & 1
	}
	require.True(t, networkOf(ink).holdsInk(image.Rect(10, 20, 70, 59)), "the palest ink")
}

// cellAround returns a cell with its upper left corner at (20, 30). It is 60
// pixels wide and 40 high.
func cellAround() cell {
	top, bottom := across(20, 80, 30, 0, 2), across(20, 80, 70, 0, 2)
	left, right := down(30, 70, 20, 0, 2), down(30, 70, 80, 0, 2)
	return cell{&top, &bottom, &left, &right,
		crossing{at: 20, back: 30, corner: true}, crossing{at: 80, back: 30, corner: true},
		crossing{at: 70, back: 20, corner: true}, crossing{at: 70, back: 80, corner: true}}
}

func (c *cell) sides() []*lineSegment { return []*lineSegment{c.top, c.bottom, c.left, c.right} }

func (c *cell) corners() []*crossing {
	return []*crossing{&c.upperLeft, &c.upperRight, &c.lowerLeft, &c.lowerRight}
}

// TestIsCell: the sides of an empty cell have 80 % ink, and those of a cell
// with a digit have 35 %. No side is much thicker than another one.
func TestIsCell(t *testing.T) {
	empty, full := networkOf(image.NewGray(image.Rect(0, 0, 120, 90))), networkOf(boxes(120, 90, image.Rect(40, 40, 42, 60)))
	type both struct{ empty, full bool }
	for _, tt := range []struct {
		name    string
		solid   int // percent
		thick   int
		round   bool
		corners bool
		want    both
	}{
		{"solid", 100, 2, false, true, both{true, true}},
		{"as thick as may be", 100, 5, false, true, both{true, true}},
		{"thick", 100, 6, false, true, both{}},
		{"80 %", 80, 2, false, true, both{true, true}},
		{"less", 77, 2, false, true, both{false, true}},
		{"35 %", 35, 2, false, true, both{false, true}},
		{"little ink", 33, 2, false, true, both{}},
		{"round", 100, 2, true, true, both{false, true}},
		{"round, but no corner", 100, 2, true, false, both{}},
		{"no corners", 100, 2, false, false, both{true, true}},
	} {
		for i := range 4 {
			c := cellAround()
			for k, s := range c.sides() {
				percent := 100
				if k == i {
					percent, s.thick = tt.solid, tt.thick
				}
				length := int(s.to - s.from)
				s.solid = make([]int, length+2)
				for x := range s.solid {
					s.solid[x] = min(x, length*percent/100)
				}
			}
			for k, d := range c.corners() {
				d.round, d.corner = tt.round && k == i, tt.corners || k != i
			}
			require.Equal(t, tt.want, both{empty.isCell(c), full.isCell(c)}, "%s, side %d", tt.name, i)
			for _, s := range c.sides() {
				s.sure = true
			}
			require.True(t, empty.isCell(c), "%s: known", tt.name)
			c.sides()[i].sure = false
			require.Equal(t, tt.want.empty, empty.isCell(c), "%s: three sides are known", tt.name)
		}
	}
}

// TestInsideOfCell: what is inside of a slanted cell is inside of all corners.
func TestInsideOfCell(t *testing.T) {
	for _, tt := range []struct {
		name string
		move func(c *cell) // moves one corner inwards
		ink  image.Rectangle
	}{
		{"upper left, across", func(c *cell) { c.upperLeft.at += 9 }, image.Rect(27, 40, 28, 60)},
		{"upper left, down", func(c *cell) { c.upperLeft.back += 9 }, image.Rect(40, 37, 41, 51)},
		{"upper right, across", func(c *cell) { c.upperRight.at -= 9 }, image.Rect(72, 40, 73, 60)},
		{"upper right, down", func(c *cell) { c.upperRight.back += 9 }, image.Rect(40, 37, 41, 51)},
		{"lower left, across", func(c *cell) { c.lowerLeft.back += 9 }, image.Rect(27, 40, 28, 60)},
		{"lower left, down", func(c *cell) { c.lowerLeft.at -= 9 }, image.Rect(40, 49, 41, 63)},
		{"lower right, across", func(c *cell) { c.lowerRight.back -= 9 }, image.Rect(72, 40, 73, 60)},
		{"lower right, down", func(c *cell) { c.lowerRight.at -= 9 }, image.Rect(40, 49, 41, 63)},
	} {
		c := cellAround()
		for k, d := range c.corners() {
			d.round = k == 0
		}
		for _, s := range c.sides() {
			s.solid = make([]int, int(s.to-s.from)+2)
			for x := range s.solid {
				s.solid[x] = x
			}
		}
		n := networkOf(boxes(120, 90, tt.ink))
		require.True(t, n.isCell(c), tt.name)
		tt.move(&c)
		require.False(t, n.isCell(c), tt.name)
	}
}

// TestEqualSides: equal segments differ by at most two pixels or 6 % of the
// length, at their ends and in length. They are in a row, one way or the other.
func TestEqualSides(t *testing.T) {
	r := across(20, 70, 40, 0, 4) // 3 pixels are 6 %
	for _, tt := range []struct {
		name string
		s    lineSegment
		want bool
	}{
		{"the same", r, true},
		{"below", across(20, 70, 90, 0, 4), true},
		{"beside", across(90, 140, 40, 0, 4), true},
		{"a little lower beside", across(90, 140, 43, 0, 4), true},
		{"a little higher beside", across(90, 140, 37, 0, 4), true},
		{"lower beside", across(90, 140, 43.1, 0, 4), false},
		{"higher beside", across(90, 140, 36.9, 0, 4), false},
		{"a little to the right below", across(23, 73, 90, 0, 4), true},
		{"to the right below", across(23.1, 73.1, 90, 0, 4), false},
		{"to the left above", across(16.9, 66.9, 0, 0, 4), false},
		{"a little longer", across(20, 73, 90, 0, 4), true},
		{"longer", across(20, 73.1, 90, 0, 4), false},
		{"a little shorter", across(20, 67, 90, 0, 4), true},
		{"shorter", across(20, 66.9, 90, 0, 4), false},
		{"sloped", across(20, 70, 90, .1, 4), true},
		{"steep", across(20, 70, 90, -.11, 4), false},
		{"thick", across(20, 70, 90, 0, 7), true},
		{"thicker", across(20, 70, 90, 0, 8), false},
		{"thin", across(20, 70, 90, 0, 2), true},
		{"thinner", across(20, 70, 90, 0, 1), false},
	} {
		require.Equal(t, tt.want, tt.s.equals(&r), tt.name)
	}
	short := across(20, 40, 40, 0, 4)
	for by, want := range map[float64]bool{2: true, -2: true, 2.1: false, -2.1: false} {
		s := across(20, 40+by, 90, 0, 4)
		require.Equal(t, want, s.equals(&short), "short, %v", by)
	}
	// On a page that is turned by a slope of 0.1, equal ends are not one below
	// the other.
	slanted := across(20, 70, 40, .1, 4)
	for shift, want := range map[float64]bool{-5: true, -2.1: true, -8.1: false, 0: false, 5: false} {
		s := across(20+shift, 70+shift, 90-float64(.1*shift), .1, 4)
		require.Equal(t, want, s.equals(&slanted), "slanted, %v", shift)
	}
}

// TestProlongs: a piece of a line is at most 1.5 pixels off its axis, and more
// the farther beyond it is.
func TestProlongs(t *testing.T) {
	r := across(20, 70, 40, 0, 3)
	for _, tt := range []struct {
		name        string
		s           lineSegment
		first, last run
		want        bool
	}{
		{"on the axis", across(80, 100, 40, 0, 3), run{80, 39, 42}, run{100, 39, 42}, true},
		{"lower", across(80, 100, 40, 0, 3), run{80, 40, 44}, run{100, 40, 44}, true},
		{"the first is too low", across(80, 100, 40, 0, 3), run{80, 41, 44}, run{100, 40, 43}, false},
		{"the last is too high", across(80, 100, 40, 0, 3), run{80, 39, 42}, run{100, 37, 40}, false},
		{"not beyond", across(30, 50, 40, 0, 3), run{30, 40, 44}, run{50, 40, 44}, true},
		{"too low there", across(30, 50, 40, 0, 3), run{30, 41, 44}, run{50, 40, 43}, false},
		{"50 pixels beyond", across(120, 140, 40, 0, 3), run{120, 41, 44}, run{140, 41, 44}, true},
		{"not as far", across(119, 140, 40, 0, 3), run{119, 41, 44}, run{140, 41, 44}, false},
		{"as long", across(80, 130, 40, 0, 3), run{80, 39, 42}, run{130, 39, 42}, true},
		{"longer", across(80, 131, 40, 0, 3), run{80, 39, 42}, run{131, 39, 42}, false},
		{"thick", across(80, 100, 40, 0, 5), run{80, 38, 43}, run{100, 38, 43}, true},
		{"thicker", across(80, 100, 40, 0, 6), run{80, 38, 43}, run{100, 38, 43}, false},
	} {
		tt.s.line[0], tt.s.line[len(tt.s.line)-1] = tt.first, tt.last
		require.Equal(t, tt.want, tt.s.prolongs(&r), tt.name)
	}
}

// TestFindEqualSides: a segment without crossings must continue a side.
func TestFindEqualSides(t *testing.T) {
	n := networkOf(image.NewGray(image.Rect(0, 0, 200, 200)))
	cross := []crossing{{at: 1}}
	n.segments = []lineSegment{
		across(20, 70, 90, 0, 4), across(20, 70, 40, 0, 4), across(20, 70, 140, 0, 4), down(20, 70, 90, 0, 4), across(80, 100, 40, 0, 4)}
	n.segments[0].crossings, n.segments[3].crossings, n.segments[1].sure = cross, cross, true
	n.findEqualSides()
	var sure []bool
	for _, s := range n.segments {
		sure = append(sure, s.sure)
	}
	require.Equal(t, []bool{true, true, false, false, true}, sure)
}

// TestHasInk: nine tenths of a side have ink, at most one pixel off its axis.
func TestHasInk(t *testing.T) {
	for _, tt := range []struct {
		name  string
		ink   image.Rectangle
		level uint8
		want  bool
	}{
		{"all", image.Rect(10, 20, 50, 21), 64, true},
		{"pale", image.Rect(10, 20, 50, 21), 63, false},
		{"nine tenths", image.Rect(14, 20, 50, 21), 64, true},
		{"less", image.Rect(15, 20, 50, 21), 64, false},
		{"above", image.Rect(10, 19, 46, 20), 64, true},
		{"below", image.Rect(10, 21, 46, 22), 64, true},
		{"farther above", image.Rect(10, 18, 50, 19), 64, false},
		{"farther below", image.Rect(10, 22, 50, 23), 64, false},
	} {
		ink := boxes(60, 40, tt.ink)
		for i := range ink.Pix {
			ink.Pix[i] = min(ink.Pix[i], tt.level)
		}
		s := lineSegment{line: line{{12, 20, 21}, {20, 20, 21}, {55, 30, 31}}}
		s.line = s.line[:2]
		require.Equal(t, tt.want, networkOf(ink).hasInk(&s, 0, 10, 50), tt.name)
		s.vertical = true
		require.Equal(t, tt.want, networkOf(Turn(ink, 5)).hasInk(&s, 0, 10, 50), tt.name)
	}
	// The axis goes through the run in the middle.
	ink := image.NewGray(image.Rect(0, 0, 60, 40))
	for x := 10; x < 50; x++ {
		ink.Pix[(20+(x-20)/5)*60+x] = 255
	}
	s := lineSegment{line: line{{5, 1, 2}, {20, 19, 22}, {40, 30, 31}}}
	require.True(t, networkOf(ink).hasInk(&s, .2, 10, 50))
	s.line = append(line{{2, 5, 6}}, s.line...)
	require.True(t, networkOf(ink).hasInk(&s, .2, 10, 50))
	require.False(t, networkOf(ink).hasInk(&s, -.2, 10, 50))
}

// gridOf returns a network of segments that cross each other.
func gridOf(segments ...lineSegment) *network {
	n := networkOf(image.NewGray(image.Rect(0, 0, 200, 180)))
	n.segments = slices.Clone(segments)
	for i := range n.segments {
		for j := range i {
			n.cross(i, j)
		}
	}
	for i := range n.segments {
		n.segments[i].reach(n.along(n.segments[i].vertical))
	}
	return n
}

func (n *network) sure() (list []int) {
	for i, s := range n.segments {
		if s.sure {
			list = append(list, i)
		}
	}
	return list
}

// TestFindCells: a cell has sides of at least 2.5 thicknesses, 17.5 pixels.
// Between its sides, there are at most three other segments.
func TestFindCells(t *testing.T) {
	for _, tt := range []struct {
		w, h         float64
		across, down int // other segments that cross its left side and its top
		want         []int
	}{
		{w: 60, h: 40, want: []int{0, 1, 2, 3}},
		{w: 17.5, h: 40, want: []int{0, 1, 2, 3}},
		{w: 17, h: 40},
		{w: 60, h: 17.5, want: []int{0, 1, 2, 3}},
		{w: 60, h: 17},
		{w: 60, h: 40, down: 3, want: []int{0, 1, 2, 3}},
		{w: 60, h: 40, down: 4},
		{w: 60, h: 40, across: 3, want: []int{0, 1, 2, 3}},
		{w: 60, h: 40, across: 4},
	} {
		segments := []lineSegment{
			down(50, 50+tt.h, 40, 0, 2), down(50, 50+tt.h, 40+tt.w, 0, 2),
			across(40, 40+tt.w, 50, 0, 2), across(40, 40+tt.w, 50+tt.h, 0, 2)}
		for i := range tt.down {
			segments = append(segments, down(20, 80, 60+float64(3*i), 0, 1))
		}
		for i := range tt.across {
			segments = append(segments, across(20, 80, 68+float64(3*i), 0, 1))
		}
		n := gridOf(segments...)
		n.findCells()
		require.Equal(t, tt.want, n.sure(), "%v", tt)
	}
	// Each side may have a loose end: then there is no cell.
	for i := range 4 {
		for k := range 2 {
			sides := []lineSegment{across(40, 100, 50, 0, 2), across(40, 100, 90, 0, 2), down(50, 90, 40, 0, 2), down(50, 90, 100, 0, 2)}
			old := sides[i]
			ends := [2]float64{old.from, old.to}
			ends[k] += float64(40*k - 20)
			sides[i] = across(ends[0], ends[1], old.offset, 0, 2)
			sides[i].vertical = old.vertical
			n := gridOf(sides...)
			n.findCells()
			require.Empty(t, n.sure(), "side %d, end %d", i, k)
		}
	}
}

// TestCoveredSides: strokes may cover a side of a cell. Its ink is as long as
// another side.
func TestCoveredSides(t *testing.T) {
	for _, tt := range []struct {
		name  string
		side  lineSegment // it ends at y = 100, as a known side does
		other lineSegment
		ink   image.Rectangle
		want  bool
	}{
		{"half of it", down(70, 100, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 98), true},
		{"the lower half", down(100, 130, 90, 0, 2), down(100, 160, 30, 0, 2), image.Rect(90, 102, 91, 158), true},
		{"left of the other one", down(70, 100, 90, 0, 2), down(40, 100, 110, 0, 2), image.Rect(90, 42, 91, 98), true},
		{"all but five pixels", down(70, 100, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 47, 91, 98), true},
		{"all but six pixels", down(70, 100, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 48, 91, 98), false},
		{"six pixels of the base do not count", down(70, 100, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 93), true},
		{"little ink", down(70, 100, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 50, 91, 98), false},
		{"little ink below", down(100, 130, 90, 0, 2), down(100, 160, 30, 0, 2), image.Rect(90, 102, 91, 150), false},
		{"a little longer", down(35, 100, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 98), true},
		{"longer", down(34.9, 100, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 98), false},
		{"beyond the base", down(70, 105, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 98), true},
		{"farther beyond the base", down(70, 105.1, 90, 0, 2), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 98), false},
		{"longer below", down(100, 165.1, 90, 0, 2), down(100, 160, 30, 0, 2), image.Rect(90, 102, 91, 158), false},
		{"as thick as may be", down(70, 100, 90, 0, 5), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 98), true},
		{"thick", down(70, 100, 90, 0, 6), down(40, 100, 30, 0, 2), image.Rect(90, 42, 91, 98), false},
		{"three times as long as thick", down(95, 100, 90, 0, 5), down(85, 100, 30, 0, 2), image.Rect(90, 80, 91, 98), false},
		{"longer", down(95, 100, 90, 0, 5), down(84, 100, 30, 0, 2), image.Rect(90, 80, 91, 98), true},
	} {
		n := gridOf(across(20, 120, 100, 0, 2), tt.other, tt.side)
		n.p = planeOf(boxes(200, 180, tt.ink), 0)
		n.findCoveredSides()
		require.Empty(t, n.sure())
		n.segments[0].sure = true
		n.findCoveredSides()
		require.Equal(t, []int{0}, n.sure(), tt.name)
		n.segments[0].sure, n.segments[1].sure = false, true
		n.findCoveredSides()
		require.Equal(t, []int{1}, n.sure(), tt.name)
		n.segments[0].sure = true
		for i := range n.segments[2].crossings {
			n.segments[2].crossings[i].round = true
		}
		n.findCoveredSides()
		require.Equal(t, []int{0, 1}, n.sure(), "%s: a round corner", tt.name)
		for i := range n.segments[2].crossings {
			n.segments[2].crossings[i].round = false
		}
		n.findCoveredSides()
		require.Equal(t, tt.want, n.segments[2].sure, tt.name)
	}
	// Both may be longer by 6 %.
	for from, want := range map[float64]bool{11.7: true, 11.5: false} {
		n := gridOf(across(20, 120, 160, 0, 2), down(20, 160, 30, 0, 2), down(20, 160, 90, 0, 2))
		n.p = planeOf(boxes(200, 180, image.Rect(90, 20, 91, 160)), 0)
		n.segments[0].sure, n.segments[1].sure = true, true
		n.segments[2].from = from
		n.findCoveredSides()
		require.Equal(t, want, n.segments[2].sure)
	}
}
