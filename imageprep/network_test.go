package imageprep

import (
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// networkOf returns a network without segments. Its strokes are two pixels
// wide.
func networkOf(ink *image.Gray) *network {
	n := &network{p: planeOf(ink, 0), stroke: 2, thick: 7}
	n.columns = n.p.transpose(nil)
	return n
}

// across returns a horizontal segment along the axis y = offset + slope x.
func across(from, to, offset, slope float64, thick int) lineSegment {
	s := lineSegment{from: from, to: to, thick: thick, axis: axis{offset: offset, slope: slope}}
	for x := int(from); x <= int(to); x++ {
		y := int(s.at(x)+.5) - (thick-1)/2
		s.line = append(s.line, run{x, y, y + thick})
	}
	return s
}

// down returns a vertical segment.
func down(from, to, offset, slope float64, thick int) lineSegment {
	s := across(from, to, offset, slope, thick)
	s.vertical = true
	return s
}

func TestSolidity(t *testing.T) {
	s := lineSegment{from: 10.5, to: 16.5, solid: []int{0, 1, 2, 2, 2, 3, 4}}
	for _, tt := range []struct{ from, to, want float64 }{
		{10.5, 16.5, 4. / 6},
		{10, 12, 1},
		{12, 14, 0},
		{11.5, 14.5, 1. / 3},
		{13, 13.9, 1}, // shorter than a pixel
		{13, 14, 0},
		{5, 15, .3},
		{14, 24, .2},
		{0, 10, 0},
	} {
		require.InDelta(t, tt.want, s.solidity(tt.from, tt.to), 1e-9, "%v", tt)
	}
}

// TestReach: a segment reaches to its first and last crossing that is not
// round. It is solid where it has runs, and where its axis has ink.
func TestReach(t *testing.T) {
	p := newPlane(5, 20, nil) // row x is column x
	p.pix[12*5+3], p.pix[13*5+3] = 64, 63
	s := lineSegment{axis: axis{offset: 3}, from: 5, to: 9, line: line{{5, 3, 4}, {6, 3, 4}, {8, 3, 4}, {9, 3, 4}}}
	s.crossings = []crossing{{at: 14.5, other: 1}, {at: 2, other: 2}, {at: 0, other: 4, round: true}, {at: 18, other: 5, round: true}}
	s.reach(p)
	require.Equal(t, []float64{2, 14.5}, []float64{s.from, s.to})
	require.Equal(t, []int{0, 0, 0, 0, 1, 2, 2, 3, 4, 4, 4, 5, 5, 5}, s.solid)
	c, ok := s.with(2)
	require.True(t, ok)
	require.Equal(t, 2., c.at)
	for _, other := range []int{0, 3, 6} {
		c, ok = s.with(other)
		require.False(t, ok)
		require.Zero(t, c)
	}
	var order []int
	for _, c := range s.crossings {
		order = append(order, c.other)
	}
	require.Equal(t, []int{4, 2, 1, 5}, order)
}

// TestRightAngles: two segments cross if their angle differs from 90 degrees by
// a slope of at most 0.1, plus two pixels per length of the shorter one.
func TestRightAngles(t *testing.T) {
	for _, tt := range []struct {
		slopes [2]float64
		length float64 // of the shorter segment; the other one is 100 long
		want   bool
	}{
		{[2]float64{0, 0}, 40, true},
		{[2]float64{.149, 0}, 40, true},
		{[2]float64{.151, 0}, 40, false},
		{[2]float64{0, -.149}, 40, true},
		{[2]float64{0, -.151}, 40, false},
		{[2]float64{.2, -.06}, 40, true}, // on a turned page
		{[2]float64{.1, .06}, 40, false},
		{[2]float64{.119, 0}, 100, true},
		{[2]float64{.121, 0}, 100, false},
		{[2]float64{.299, 0}, 10, true},
		{[2]float64{.301, 0}, 10, false},
	} {
		for _, swapped := range []bool{false, true} {
			n := networkOf(image.NewGray(image.Rect(0, 0, 9, 9)))
			a, b := across(4, 104, 50, 0, 3), down(3, 3+tt.length, 50, 0, 3)
			if swapped {
				a, b = across(4, 4+tt.length, 50, 0, 3), down(3, 103, 50, 0, 3)
			}
			a.slope, b.slope = tt.slopes[0], tt.slopes[1]
			a.offset, b.offset = 20-float64(a.slope*20), 20-float64(b.slope*20) // both meet in (20, 20)
			if tt.length < 20 {
				a.offset, b.offset = 5-float64(a.slope*5), 5-float64(b.slope*5)
			}
			n.segments = []lineSegment{a, b}
			n.cross(1, 0)
			require.Len(t, n.segments[0].crossings, map[bool]int{true: 1}[tt.want], "%v", tt)
			require.Len(t, n.segments[1].crossings, map[bool]int{true: 1}[tt.want], "%v", tt)
		}
	}
	n := networkOf(image.NewGray(image.Rect(0, 0, 200, 200)))
	n.segments = []lineSegment{across(0, 100, 50, 0, 3), across(0, 100, 50, 0, 3), down(10, 90, 30, -.1, 2)}
	n.segments[0].slope = .2
	n.cross(1, 0)
	require.Empty(t, n.segments[0].crossings, "parallel")
	n.segments = append(n.segments, down(100, 150, 250, 0, 2))
	n.cross(3, 0)
	require.Empty(t, n.segments[0].crossings, "far apart")
	n.cross(2, 0)
	a, b := n.segments[0].crossings[0], n.segments[2].crossings[0]
	// y = 50 + x/5 and x = 30 - y/10 meet where y = 56/1.02.
	require.InDelta(t, 56/1.02, a.back, 1e-9)
	require.InDelta(t, 30-5.6/1.02, a.at, 1e-9)
	require.Equal(t, []float64{a.back, a.at}, []float64{b.at, b.back})
	require.Equal(t, []int{2, 0}, []int{a.other, b.other})
}

// TestMeet: segments meet if they have ink up to each other, and at corners
// with gaps or with an arc.
func TestMeet(t *testing.T) {
	for _, tt := range []struct {
		name                string
		atA, atB            float64 // A is from 20 to 120, B from 20 to 80
		thick               [2]int
		meet, corner, round bool
	}{
		{"in the middle", 70, 50, [2]int{3, 2}, true, false, false},
		{"only A reaches B", 70, -10, [2]int{3, 2}, false, false, false},
		{"only B reaches A", -30, 50, [2]int{3, 2}, false, false, false},
		{"a corner", 20, 20, [2]int{3, 2}, true, true, false},
		{"ends inside", 26, 26, [2]int{3, 2}, true, true, false},
		{"A farther inside", 26.1, 26, [2]int{3, 2}, true, false, false},
		{"B farther inside", 26, 26.1, [2]int{3, 2}, true, false, false},
		{"at the other ends", 114, 74, [2]int{3, 2}, true, true, false},
		{"a little farther", 113.9, 74, [2]int{3, 2}, true, false, false},
		{"a little farther down", 114, 73.9, [2]int{3, 2}, true, false, false},
		{"gaps at a corner", 14, 14, [2]int{3, 2}, true, true, false},
		{"gaps at the other corner", 126, 86, [2]int{2, 3}, true, true, false},
		{"a larger gap", 13.9, 14, [2]int{3, 2}, true, true, true},
		{"a larger gap at the other end", 126, 86.1, [2]int{3, 2}, true, true, true},
		{"thick lines", 10, 10, [2]int{3, 7}, true, true, false},
		{"an arc", 0, 0, [2]int{3, 2}, true, true, true},
		{"the largest arc", -10, -1, [2]int{3, 2}, true, true, true},
		{"larger", -10, -1.1, [2]int{3, 2}, false, false, false},
		{"an arc of the longer one", -15, 0, [2]int{3, 2}, true, true, true},
		{"larger", -15.1, 0, [2]int{3, 2}, false, false, false},
		{"twice as far", -6, 10, [2]int{3, 2}, true, true, true},
		{"farther", -6.1, 10, [2]int{3, 2}, false, false, false},
		{"twice as far down", 13, 0, [2]int{3, 2}, true, true, true},
		{"farther", 13.1, 0, [2]int{3, 2}, false, false, false},
	} {
		n := networkOf(image.NewGray(image.Rect(0, 0, 9, 9)))
		a, b := across(20, 120, 50, 0, tt.thick[0]), down(20, 80, 50, 0, tt.thick[1])
		meet, corner, round := n.meet(&a, &b, tt.atA, tt.atB)
		require.Equal(t, [3]bool{tt.meet, tt.corner, tt.round}, [3]bool{meet, corner, round}, "%s: %v %v", tt.name, tt.atA, tt.atB)
	}
}

// TestTouches: a segment has ink up to another one if at most one pixel is
// missing, and the distance is at most its length or the thickest line.
func TestTouches(t *testing.T) {
	ink := boxes(60, 40, image.Rect(0, 10, 60, 11))
	ink.Pix[10*60+12] = 127
	ink.Pix[10*60+44] = 127
	for _, tt := range []struct {
		at   float64
		from float64
		to   float64
		want bool
	}{
		{25, 20, 30, true},
		{10, 20, 30, true}, // a pixel is missing
		{9.9, 20, 30, false},
		{40, 20, 30, true},
		{40.1, 20, 30, false},
		{23, 30, 32, true}, // as far as the thickest line is wide
		{22.9, 30, 32, false},
		{39, 30, 32, true},
		{39.1, 30, 32, false},
	} {
		s := across(tt.from, tt.to, 10, 0, 1)
		n := networkOf(ink)
		require.Equal(t, tt.want, n.touches(&s, tt.at), "%v", tt)
		turned := down(tt.from, tt.to, 10, 0, 1)
		require.Equal(t, tt.want, networkOf(Turn(ink, 5)).touches(&turned, tt.at), "%v", tt)
		require.Equal(t, tt.at >= tt.from && tt.at <= tt.to, networkOf(image.NewGray(ink.Rect)).touches(&s, tt.at), "no ink: %v", tt)
	}
	for _, missing := range []struct {
		columns []int
		at      float64
		want    bool
	}{
		{[]int{15, 17}, 15, true},
		{[]int{15, 17}, 14, false},
		{[]int{35, 37}, 37, true},
		{[]int{35, 37}, 38, false},
		{[]int{31, 33}, 34, false},
		{[]int{17, 19}, 15, false},
		{[]int{16, 20, 30, 34}, 12, true},
		{[]int{16, 20, 30, 34}, 38, true},
	} {
		ink := boxes(60, 40, image.Rect(0, 10, 60, 11))
		for _, x := range missing.columns {
			ink.Pix[10*60+x] = 127
		}
		s := across(20, 30, 10, 0, 1)
		require.Equal(t, missing.want, networkOf(ink).touches(&s, missing.at), "%v", missing)
	}
}

// TestCrossesPicture: a line across the picture has nine tenths of its side.
func TestCrossesPicture(t *testing.T) {
	n := networkOf(image.NewGray(image.Rect(0, 0, 50, 80)))
	for _, tt := range []struct {
		s    lineSegment
		want bool
	}{
		{across(3, 47, 10, 0, 1), true},
		{across(3, 46, 10, 0, 1), false},
		{down(3, 74, 10, 0, 1), true},
		{down(3, 73, 10, 0, 1), false},
	} {
		require.Equal(t, tt.want, n.crossesPicture(&tt.s), "%v", tt.s.to)
	}
}

// TestPartOf: the pixel in the middle of a segment tells its part.
func TestPartOf(t *testing.T) {
	ink := image.NewGray(image.Rect(0, 0, 9, 7))
	for i := range ink.Pix {
		ink.Pix[i] = uint8(i)
	}
	label := labelsOf(ink)
	n := networkOf(ink)
	s := lineSegment{line: line{{2, 1, 2}, {4, 3, 6}, {7, 1, 2}}}
	require.EqualValues(t, 4*9+4, n.partOf(&s, label))
	s.line = append(s.line, run{8, 1, 2})
	require.EqualValues(t, 1*9+7, n.partOf(&s, label))
	s.vertical = true
	s.line = line{{2, 1, 2}, {5, 6, 8}, {6, 1, 2}}
	require.EqualValues(t, 5*9+7, n.partOf(&s, label))
}

// TestWithoutSegments: sure segments go with one pixel on both sides.
func TestWithoutSegments(t *testing.T) {
	ink := boxes(6, 5, image.Rect(0, 0, 6, 5))
	n := networkOf(ink)
	n.segments = []lineSegment{
		{line: line{{1, 2, 3}, {2, 0, 1}}, sure: true},
		{line: line{{4, 4, 5}}, sure: true},
		{line: line{{3, 2, 3}}},
		{line: line{{3, 5, 6}, {1, 0, 1}}, vertical: true, sure: true},
	}
	p := n.without()
	require.Equal(t, boxes(6, 5, image.Rect(0, 0, 6, 5), image.Rect(2, 0, 3, 2), image.Rect(1, 2, 2, 4), image.Rect(4, 3, 5, 5),
		image.Rect(0, 1, 2, 2), image.Rect(4, 3, 6, 4), image.Rect(4, 3, 5, 4)).Pix, p.pix)
	require.Equal(t, ink.Pix, n.p.pix, "the network keeps its picture")
}

// TestNewNetwork: a network has the segments in both directions.
func TestNewNetwork(t *testing.T) {
	frame := image.Rect(5, 8, 45, 32)
	n := newNetwork(boxes(60, 40, frame, frame.Inset(2)))
	require.InDelta(t, 2, n.stroke, .3)
	require.Equal(t, int(2*n.stroke)+3, n.thick)
	require.Len(t, n.segments, 4)
	var vertical []bool
	for _, s := range n.segments {
		vertical = append(vertical, s.vertical)
		require.Equal(t, 2, s.thick)
		require.InDelta(t, s.to-s.from+1, s.solid[len(s.solid)-1], 1)
		require.Len(t, s.crossings, 2)
		require.Equal(t, s.direction() == 1, s.vertical)
		if s.vertical {
			require.InDeltaSlice(t, []float64{8.5, 30.5}, []float64{s.crossings[0].at, s.crossings[1].at}, 1)
			require.True(t, s.from >= 8 && s.to <= 31 && s.to-s.from > 15)
		} else {
			require.True(t, s.from >= 5 && s.to <= 44 && s.to-s.from > 30)
		}
	}
	require.Equal(t, []bool{false, false, true, true}, vertical)
	require.False(t, n.anySure())
	n.segments[3].sure = true
	require.True(t, n.anySure())
	require.Equal(t, []float64{0, 2, 0, 0, 3}, []float64{
		n.segments[0].beyond(n.segments[0].from), n.segments[0].beyond(n.segments[0].from - 2), n.segments[0].beyond(20),
		n.segments[0].beyond(n.segments[0].to), n.segments[0].beyond(n.segments[0].to + 3)})
	require.Equal(t, axis{3, 4, 5}, axis{1, 4, 5}.moved(2))
	require.True(t, slices.ContainsFunc(n.segments, func(s lineSegment) bool { return s.sure }))
}
