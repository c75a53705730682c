package imageprep

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDirections: sixteen directions, and each quarter turn of them.
func TestDirections(t *testing.T) {
	require.Len(t, directions, 16)
	for i, d := range directions {
		require.InDelta(t, 16, math.Hypot(float64(d[0]), float64(d[1])), .5)
		require.InDelta(t, float64(i)*math.Pi/8, math.Mod(math.Atan2(float64(d[1]), float64(d[0]))+2*math.Pi, 2*math.Pi), .02)
		next := directions[(i+4)%16]
		require.Equal(t, [2]int{-d[1], d[0]}, next)
	}
}

// TestIsSlash: the slash of a 0 is a thin stroke across at least half of its
// width. The 0 is narrow.
func TestIsSlash(t *testing.T) {
	zero := part{box: image.Rect(10, 20, 61, 80)} // 51 x 60 pixels
	for _, tt := range []struct {
		name    string
		w, area int
		zero    int // width of the 0
		want    bool
	}{
		{"a slash", 30, 150, 51, true},
		{"half of an even width", 25, 141, 50, true},
		{"less", 24, 139, 50, false},
		{"a wide 0", 30, 150, 52, false},
		{"as wide as half of it", 26, 142, 51, true},
		{"narrower", 25, 141, 51, false},
		{"bold", 30, 151, 51, false},
	} {
		n := &network{stroke: 2}
		q := zero
		q.box.Max.X = q.box.Min.X + tt.zero
		require.Equal(t, tt.want, n.isSlash(part{box: image.Rect(20, 30, 20+tt.w, 70), area: tt.area}, q), tt.name)
	}
}

// TestFindCrumbs: a crumb touches a sure segment, at most two pixels beside it
// or beyond the ends of its pieces. It is at most 0.4 digits large, or as large
// as the thickest line.
func TestFindCrumbs(t *testing.T) {
	const w, h = 30, 14
	runs := line{{5, 5, 7}, {6, 5, 7}, {7, 5, 7}, {15, 5, 7}, {16, 5, 7}, {24, 5, 7}}
	corner := line{{1, 12, 13}}
	for _, tt := range []struct {
		name string
		at   image.Point
		want bool
	}{
		{"two pixels left", image.Pt(3, 5), true},
		{"at the border", image.Pt(0, 13), true},
		{"three pixels left", image.Pt(2, 5), false},
		{"two pixels right", image.Pt(9, 6), true},
		{"three pixels right", image.Pt(10, 6), false},
		{"two pixels above", image.Pt(5, 3), true},
		{"three pixels above", image.Pt(5, 2), false},
		{"two pixels below", image.Pt(7, 8), true},
		{"three pixels below", image.Pt(7, 9), false},
		{"left of the second piece", image.Pt(13, 5), true},
		{"farther left", image.Pt(12, 5), false},
		{"right of the second piece", image.Pt(18, 6), true},
		{"farther right", image.Pt(19, 6), false},
		{"left of the last run", image.Pt(22, 3), true},
		{"right of the last run", image.Pt(26, 8), true},
		{"farther right", image.Pt(27, 8), false},
	} {
		for _, vertical := range []bool{false, true} {
			ink := image.NewGray(image.Rect(0, 0, w, h))
			ink.SetGray(tt.at.X, tt.at.Y, color.Gray{Y: 255})
			if vertical {
				ink = Turn(ink, 5)
			}
			n := networkOf(ink)
			n.height = 20
			n.segments = []lineSegment{{line: runs, vertical: vertical}, {line: corner, vertical: vertical}}
			label, parts := findParts(ink)
			require.Equal(t, []bool{false, false}, n.findCrumbs(label, parts))
			n.segments[0].sure, n.segments[1].sure = true, true
			require.Equal(t, []bool{false, tt.want}, n.findCrumbs(label, parts), tt.name)
		}
	}
}

// TestCrumbsOfThickRuns: what is beside the thick runs of a line is a crumb.
func TestCrumbsOfThickRuns(t *testing.T) {
	const w, h = 30, 14
	for at, want := range map[image.Point]bool{
		{5, 9}: false, {7, 9}: false, {6, 9}: true, {12, 9}: true, {13, 9}: true, {15, 9}: true, {16, 9}: true, {10, 9}: false,
	} {
		// Runs 6 and 14 are thicker. The latter has a gap on both sides.
		thick := line{{5, 5, 7}, {6, 4, 8}, {7, 5, 7}, {12, 5, 7}, {14, 4, 8}, {16, 5, 7}}
		ink := boxes(w, h, image.Rectangle{at, at.Add(image.Pt(1, 1))})
		n := networkOf(ink)
		n.height = 20
		n.segments = []lineSegment{{line: thick, sure: true}}
		label, parts := findParts(ink)
		require.Equal(t, want, n.findCrumbs(label, parts)[1], "%v", at)
	}
}

// TestCrumbSizes: a crumb is at most 0.4 digits large, or as large as the
// thickest line.
func TestCrumbSizes(t *testing.T) {
	const w, h = 30, 14
	for _, tt := range []struct {
		size   image.Point
		height int
		want   bool
	}{
		{image.Pt(1, 8), 20, true}, {image.Pt(8, 1), 20, true}, {image.Pt(1, 9), 20, false}, {image.Pt(9, 1), 20, false},
		{image.Pt(7, 2), 0, true}, {image.Pt(1, 8), 0, false},
	} {
		ink := boxes(w, h, image.Rectangle{Max: tt.size}.Add(image.Pt(5, 1)))
		n := networkOf(ink)
		n.height = tt.height
		n.segments = []lineSegment{{line: line{{5, 0, 3}}, sure: true}, {line: line{{0, 0, 1}, {1, 0, 1}}, sure: true, vertical: true}}
		label, parts := findParts(ink)
		require.Equal(t, []bool{false, tt.want}, n.findCrumbs(label, parts), "%v", tt)
	}
}

// TestClear: with a part, its soft edge of one pixel goes, but no other part.
func TestClear(t *testing.T) {
	label := labelsOf(drawn(
		"1000020",
		"0003000",
		"0000300",
		"0100000",
		"0000001"))
	for _, tt := range []struct {
		gone []bool
		want []string // # is left
	}{
		{[]bool{false, false, false, false}, []string{"#######", "#######", "#######", "#######", "#######"}},
		{[]bool{false, true, false, false}, []string{"..#####", "..#####", "...####", "...##..", "...##.."}},
		{[]bool{false, false, false, true}, []string{"##...##", "##....#", "##....#", "###...#", "#######"}},
		{[]bool{false, false, true, true}, []string{"##.....", "##.....", "##....#", "###...#", "#######"}},
	} {
		p := planeOf(boxes(7, 5, image.Rect(0, 0, 7, 5)), 0)
		p.clear(label, tt.gone)
		require.Equal(t, drawn(tt.want...).Pix, p.pix, "%v", tt.gone)
	}
}

// TestEqualParts: an empty frame is as large as another one, within a tenth.
func TestEqualParts(t *testing.T) {
	frame := part{box: image.Rect(0, 0, 100, 50), area: 600}
	for _, tt := range []struct {
		w, h, area int
		want       bool
	}{
		{100, 50, 600, true},
		{90, 45, 540, true}, {89, 50, 600, false}, {100, 44, 600, false}, {100, 50, 539, false},
		{111, 55, 666, true}, {112, 50, 600, false}, {100, 56, 600, false}, {100, 50, 667, false},
		{50, 100, 600, false},
	} {
		q := part{box: image.Rect(7, 3, 7+tt.w, 3+tt.h), area: tt.area}
		require.Equal(t, tt.want, q.equals(frame), "%v", tt)
	}
}

// TestSurrounds: three quarters of the rays from a digit meet its frame. The
// digit is a third as high as the frame, or 0.6 of the other digits.
func TestSurrounds(t *testing.T) {
	const w, h = 80, 70
	frame := image.Rect(10, 5, 70, 65)
	high, low := image.Rect(35, 25, 45, 45), image.Rect(32, 26, 46, 44)
	for _, tt := range []struct {
		name   string
		digit  image.Rectangle
		gap    image.Rectangle // in the frame
		height int
		want   bool
	}{
		{"closed", high, image.Rectangle{}, 0, true},
		{"too low for the frame", low, image.Rectangle{}, 0, false},
		{"high among the digits", low, image.Rectangle{}, 30, true},
		{"low among the digits", low, image.Rectangle{}, 31, false},
		{"high among specks", low, image.Rectangle{}, 1, true},
		{"four rays meet nothing", high, image.Rect(69, 18, 70, 65), 0, true},
		{"five rays meet nothing", high, image.Rect(69, 5, 70, 65), 0, false},
		{"four rays up", high, image.Rect(20, 5, 66, 6), 0, true},
	} {
		label := labelsOf(boxes(w, h, frame, frame.Inset(1), tt.gap))
		n := networkOf(image.NewGray(image.Rect(0, 0, w, h)))
		n.height, n.rays = tt.height, 1
		q, m := part{box: frame, area: 200}, part{box: tt.digit, area: 300}
		require.Equal(t, tt.want, n.surrounds(label, 1, q, m), tt.name)
		require.False(t, n.surrounds(label, 1, q, m), "%s: no more rays", tt.name)
	}
}

// TestRays: rays leave the center of a digit, and end at the border of the
// picture.
func TestRays(t *testing.T) {
	for _, tt := range []struct {
		w, h int
		m    image.Rectangle
	}{
		{51, 61, image.Rect(20, 20, 31, 41)},
		{51, 61, image.Rect(10, 12, 18, 40)},
		{64, 41, image.Rect(30, 10, 45, 30)},
	} {
		border := image.Rect(0, 0, tt.w, tt.h)
		label := labelsOf(boxes(tt.w, tt.h, border, border.Inset(1)))
		n := networkOf(image.NewGray(border))
		q, m := part{box: border, area: 200}, part{box: tt.m, area: 300}
		for missing := range 4 {
			// One side of the border is missing: its four or five rays meet
			// nothing.
			n.rays = 1
			l := slices.Clone(label)
			for i := range l {
				x, y := i%tt.w, i/tt.w
				if [4]bool{x == 0, y == 0, x == tt.w-1, y == tt.h-1}[missing] {
					l[i] = 0
				}
			}
			met := 0
			for _, d := range directions {
				x, y := float64(tt.m.Min.X+tt.m.Max.X)/2, float64(tt.m.Min.Y+tt.m.Max.Y)/2
				for ; x >= 0 && y >= 0 && x < float64(tt.w) && y < float64(tt.h); x, y = x+float64(d[0])/16, y+float64(d[1])/16 {
					if l[int(y)*tt.w+int(x)] == 1 {
						met++
						break
					}
				}
			}
			require.Equal(t, met >= 12, n.surrounds(l, 1, q, m), "%v without side %d: %d", tt, missing, met)
		}
	}
}

// TestRayEnds: twelve of the sixteen rays must meet the frame. Each of them is
// followed to the border.
func TestRayEnds(t *testing.T) {
	const w, h = 61, 71
	m, q := part{box: image.Rect(20, 20, 40, 52)}, part{box: image.Rect(0, 0, w, h), area: 200}
	var ends []int
	for _, d := range directions {
		end := 0
		for k := 0; ; k++ {
			x, y := 16*30+k*d[0], 16*36+k*d[1]
			if x < 0 || y < 0 || x >= 16*w || y >= 16*h {
				break
			}
			end = y/16*w + x/16
		}
		ends = append(ends, end)
	}
	for first := range ends {
		for missing, want := range map[int]bool{4: true, 5: false} {
			label := make([]int32, w*h)
			for k := range len(ends) - missing {
				label[ends[(first+k)%len(ends)]] = 1
			}
			if first == 1 && missing == 5 {
				label[37*w] = 1 // the pixel after the end of the ray to the right
			}
			n := networkOf(image.NewGray(q.box))
			n.rays = 1
			require.Equal(t, want, n.surrounds(label, 1, q, m), "%d rays from %d on", missing, first)
		}
	}
}

// TestFindAround: frames around digits go, and empty frames as large as these.
func TestFindAround(t *testing.T) {
	frame := image.Rect(5, 5, 45, 55)
	digit := image.Rect(20, 20, 30, 40)
	at := image.Pt(50, 0)
	ink := boxes(160, 60, frame, frame.Inset(1), digit, frame.Add(at), frame.Inset(1).Add(at), digit.Add(at).Add(at), image.Rect(150, 50, 152, 51))
	for _, tt := range []struct {
		name   string
		stroke float64
		gone   int
		want   []bool
	}{
		{"a frame and an empty one", 2, 0, []bool{false, true, true, false, false, false}},
		{"the digit is gone", 2, 3, []bool{false, false, false, true, false, false}},
		{"the frame is gone", 2, 1, []bool{false, true, false, false, false, false}},
		{"nothing is larger than a stroke", 50, 0, make([]bool, 6)},
		{"only the frames are larger", 20, 0, make([]bool, 6)},
		{"the digits are larger, too", 19.9, 0, make([]bool, 6)},
	} {
		label, parts := findParts(ink)
		require.Len(t, parts, 5)
		n := networkOf(ink)
		n.stroke = tt.stroke
		gone := make([]bool, 6)
		gone[tt.gone] = tt.gone > 0
		n.findAround(label, parts, gone)
		require.Equal(t, tt.want, gone, tt.name)
	}
}

// TestAroundThickStrokes: what is no larger than a stroke is no digit.
func TestAroundThickStrokes(t *testing.T) {
	frame, digit := image.Rect(0, 0, 60, 60), image.Rect(20, 20, 40, 40)
	label, parts := findParts(boxes(60, 60, frame, frame.Inset(1), digit))
	for stroke, want := range map[float64]bool{20: false, 19.9: true} {
		gone := make([]bool, 3)
		(&network{p: newPlane(60, 60, nil), stroke: stroke}).findAround(label, parts, gone)
		require.Equal(t, []bool{false, want, false}, gone)
	}
}

// TestMeasureDigits: digits are at least three strokes large, and are no
// isolated lines. What is around a digit is none.
func TestMeasureDigits(t *testing.T) {
	digit, other, speck := image.Rect(20, 20, 30, 40), image.Rect(70, 20, 76, 34), image.Rect(50, 20, 55, 23)
	frame := image.Rect(5, 5, 45, 55)
	for _, tt := range []struct {
		name         string
		ink          []image.Rectangle
		stroke       float64
		line         bool // the first part is an isolated line
		sure         bool
		height, area int
	}{
		{"two digits", []image.Rectangle{digit, other}, 2, false, false, 20, 284},
		{"a low digit", []image.Rectangle{digit, speck}, 5. / 3, false, false, 20, 215},
		{"a speck", []image.Rectangle{digit, speck}, 1.7, false, false, 20, 200},
		{"a frame", []image.Rectangle{frame, frame.Inset(1), digit}, 2, false, false, 20, 200},
		{"nothing", nil, 2, false, false, 0, 0},
		{"a line", []image.Rectangle{digit, other}, 2, true, false, 14, 84},
		{"a known line", []image.Rectangle{digit, other}, 2, true, true, 20, 284},
	} {
		ink := boxes(90, 60, tt.ink...)
		n := networkOf(ink)
		n.stroke = tt.stroke
		n.segments = []lineSegment{{line: line{{digit.Min.X, digit.Min.Y, digit.Max.Y}}, isolated: tt.line, sure: tt.sure}}
		label, parts := findParts(ink)
		n.measure(label, parts)
		require.Equal(t, []int{tt.height, tt.area}, []int{n.height, n.area}, tt.name)
	}
	// With thin strokes, each part is around itself: all are digits.
	n := &network{stroke: .9}
	n.measure(nil, []part{{box: frame, area: 100}, {box: digit, area: 90}})
	require.Equal(t, []int{50, 190}, []int{n.height, n.area})
	// Of many parts, the largest ones count.
	many := slices.Repeat([]part{{box: digit, area: 1}}, 1000)
	n = &network{stroke: 2}
	n.measure(nil, append(many, part{box: digit, area: 500}))
	require.Equal(t, 500+999, n.area)
}
