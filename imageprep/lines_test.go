package imageprep

import (
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlankRuledPaper(t *testing.T) {
	p := newPen(400, 300, 3)
	for y := 20.; y < 300; y += 40 {
		p.line([2]float64{0, y}, [2]float64{400, y + 5})
	}
	var blank *BlankError
	_, err := Prepare(p.page, nil)
	require.ErrorAs(t, err, &blank)
	require.True(t, blank.OnlyRuledLines)
	require.EqualError(t, err, "imageprep: no ink found except ruled lines; write darker or use more light")
	_, err = PrepareAll(p.page, nil)
	require.ErrorAs(t, err, &blank)

	// A single long, straight stroke is not a ruled line.
	p = newPen(400, 300, 5)
	p.line([2]float64{200, 2}, [2]float64{203, 298})
	d, err := Prepare(p.page, nil)
	require.NoError(t, err)
	require.Greater(t, d.Box.Dy(), 280)
}

// TestEraseRuledLinesUnderStrokes: wherever a digit is on ruled paper, no line
// becomes part of it.
func TestEraseRuledLinesUnderStrokes(t *testing.T) {
	t.Parallel()
	step := 19
	if long() {
		step = 1
	}
	for _, size := range []int{80, 140} {
		for dy := 0; dy < 60; dy += step {
			g := onPaper(drawTwo(size, 230, 50), image.Rect(0, 0, 600, 600), image.Pt(200, 200+dy), 230)
			for i, v := range g.Pix {
				if i/600%60 < 3 {
					g.Pix[i] = min(v, 150)
				}
			}
			d, err := Prepare(g, nil)
			require.NoError(t, err)
			require.True(t, d.Box.In(image.Rect(200, 200+dy, 200+size, 200+dy+size)), "size %d, dy %d: %v", size, dy, d.Box)
		}
	}
}

func TestEraseRuledLinesInPlace(t *testing.T) {
	EraseRuledLines(new(image.Gray))
	p := newPen(200, 120, 4)
	p.shape(60, 20, 70, ring)
	for y := 10.; y < 120; y += 25 {
		p.line([2]float64{0, y}, [2]float64{200, y})
	}
	ink, _, err := Ink(p.page, DarkInk)
	require.NoError(t, err)
	paper := onPaper(ink, image.Rect(-5, -5, 300, 300), image.Pt(7, 9), 77)
	sub := paper.SubImage(image.Rect(7, 9, 207, 129)).(*image.Gray)
	EraseRuledLines(ink)
	require.Zero(t, ink.GrayAt(10, 10).Y, "the line is erased")
	require.NotZero(t, ink.GrayAt(62, 45).Y, "the ring is not erased")
	EraseRuledLines(sub)
	for y := range 120 {
		require.Equal(t, row(ink, y), row(sub, y))
	}
	require.EqualValues(t, 77, sub.Pix[200], "nothing changes outside the subimage")
}

// levelsOf turns characters into levels: # and i are ink, o and p are pale.
func levelsOf(text string) (levels []uint8) {
	for _, c := range text {
		levels = append(levels, map[rune]uint8{'#': 255, 'i': 128, 'o': 127, 'p': 64, '-': 63}[c])
	}
	return levels
}

// TestEachRun: a run has at most thick pixels of ink. Without ink, it has at
// most three pale pixels.
func TestEachRun(t *testing.T) {
	for _, tt := range []struct {
		column string
		want   []run
	}{
		{"", nil},
		{".....#..", []run{{4, 5, 6}}},
		{"#......i", []run{{4, 0, 1}, {4, 7, 8}}},
		{".-iiiii-.", []run{{4, 2, 7}}},
		{".#####.######.####", []run{{4, 1, 6}, {4, 14, 18}}},
		{"..p....o.", []run{{4, 2, 3}, {4, 7, 8}}},
		{"..ppo-oooo.opp", []run{{4, 2, 5}, {4, 11, 14}}},
		{".pip.ip.pi.", []run{{4, 2, 3}, {4, 5, 6}, {4, 9, 10}}},
		{".#p#.", []run{{4, 1, 2}, {4, 3, 4}}},
		{"........p.......p........#", []run{{4, 8, 9}, {4, 16, 17}, {4, 25, 26}}},
		{".......p", []run{{4, 7, 8}}},
		{"--------o--------i", []run{{4, 8, 9}, {4, 17, 18}}},
		{".......oo.......", []run{{4, 7, 9}}},
		{"..........oooo", nil},
		{"..........ooooo.......i", []run{{4, 22, 23}}},
	} {
		p := newPlane(len(tt.column), 6, nil)
		copy(p.row(4), levelsOf(tt.column))
		var got []run
		p.eachRun(4, 5, func(r run) { got = append(got, r) })
		require.Equal(t, tt.want, got, tt.column)
	}
}

// transposed returns a picture for findLines.
func transposed(g *image.Gray) plane { return planeOf(g, 0).transpose(nil) }

// steps draws runs of pixels. Each is below the one before it.
func steps(length, n, by int) *image.Gray {
	var all []image.Rectangle
	for i := range n {
		all = append(all, image.Rect(1+i*length, 2+i*by, 1+(i+1)*length, 3+i*by))
	}
	return boxes(2+n*length, 5+n*by, all...)
}

// TestLinePieces: a piece of a line has at least six runs, and twice as many as
// pixels of thickness. From run to run, it moves by one pixel at most, and over
// gaps that are at most as wide as a line.
func TestLinePieces(t *testing.T) {
	bar := func(w, h int) *image.Gray { return boxes(40, 20, image.Rect(3, 5, 3+w, 5+h)) }
	with := func(r ...image.Rectangle) *image.Gray { return boxes(40, 20, r...) }
	for _, tt := range []struct {
		name  string
		ink   *image.Gray
		thick int
		want  []int // lengths
	}{
		{"six pixels", bar(6, 1), 6, []int{6}},
		{"five pixels", bar(5, 1), 6, nil},
		{"twice as long as thick", bar(10, 5), 6, []int{10}},
		{"less", bar(9, 5), 6, nil},
		{"as thick as may be", bar(20, 6), 6, []int{20}},
		{"too thick", bar(20, 7), 6, nil},
		{"at the upper border", with(image.Rect(0, 0, 9, 1)), 6, []int{9}},
		{"at the lower border", with(image.Rect(30, 19, 40, 20)), 6, []int{10}},
		{"a gap of three", with(image.Rect(2, 5, 10, 6), image.Rect(13, 5, 20, 6)), 6, []int{18}},
		{"a gap of four", with(image.Rect(2, 5, 10, 6), image.Rect(14, 5, 20, 6)), 6, []int{8, 6}},
		{"a thin line", with(image.Rect(2, 5, 10, 6), image.Rect(12, 5, 20, 6)), 3, []int{8, 8}},
		{"one pixel lower", with(image.Rect(2, 5, 10, 6), image.Rect(10, 6, 20, 7)), 6, []int{18}},
		{"one pixel higher", with(image.Rect(2, 5, 10, 6), image.Rect(10, 4, 20, 5)), 6, []int{18}},
		{"two pixels lower", with(image.Rect(2, 5, 10, 6), image.Rect(10, 7, 20, 8)), 6, []int{8, 10}},
		{"two pixels higher", with(image.Rect(2, 5, 10, 6), image.Rect(10, 3, 20, 4)), 6, []int{8, 10}},
		{"the nearer one", with(image.Rect(2, 5, 10, 6), image.Rect(2, 7, 10, 8), image.Rect(10, 5, 20, 6)), 6, []int{18, 8}},
		{"the nearer one below", with(image.Rect(2, 5, 10, 6), image.Rect(2, 7, 10, 8), image.Rect(10, 7, 20, 8)), 6, []int{8, 18}},
		{"two lines", with(image.Rect(2, 5, 10, 6), image.Rect(2, 7, 12, 8)), 6, []int{8, 10}},
		{"the upper one of two", with(image.Rect(2, 5, 10, 6), image.Rect(2, 7, 10, 8), image.Rect(10, 6, 20, 7)), 6, []int{18, 8}},
		{"after a speck", with(image.Rect(2, 5, 4, 6), image.Rect(2, 15, 10, 16)), 6, []int{8}},
		{"after a blot", with(image.Rect(2, 1, 9, 6), image.Rect(2, 15, 10, 16)), 6, []int{8}},
		{"a slope of a sixth", steps(6, 5, 1), 6, []int{30}},
		{"a slope of a quarter", steps(4, 6, 1), 6, nil},
		{"a slope of a quarter upwards", Turn(steps(4, 6, 1), 2), 6, nil},
		{"a slope of a sixth upwards", Turn(steps(6, 5, 1), 2), 6, []int{30}},
	} {
		var got []int
		for _, l := range transposed(tt.ink).linePieces(tt.thick) {
			got = append(got, l.length())
		}
		require.Equal(t, tt.want, got, tt.name)
	}
	// An arc may bend by about a fiftieth of its length.
	for _, tt := range []struct {
		length, height int
		want           int
	}{
		{20, 3, 1}, {20, 4, 0}, {150, 10, 1}, {150, 15, 0},
	} {
		var arc []image.Rectangle
		for x := range tt.length {
			d := 2*x - tt.length
			y := 3 + tt.height - tt.height*d*d/(tt.length*tt.length)
			arc = append(arc, image.Rect(x, y, x+1, y+1))
		}
		require.Len(t, transposed(boxes(tt.length, 30, arc...)).linePieces(6), tt.want, "%v", tt)
	}
}

// TestStraightLines: a line has at least eight pixels, and three times its
// thickness. Pieces in its direction belong to it.
func TestStraightLines(t *testing.T) {
	for _, tt := range []struct {
		name string
		ink  []image.Rectangle
		want [][2]int // the first and the last column of each line
	}{
		{"eight pixels", []image.Rectangle{image.Rect(2, 5, 10, 6)}, [][2]int{{2, 9}}},
		{"seven pixels", []image.Rectangle{image.Rect(2, 5, 9, 6)}, nil},
		{"three times as long as thick", []image.Rectangle{image.Rect(2, 5, 14, 9)}, [][2]int{{2, 13}}},
		{"less", []image.Rectangle{image.Rect(2, 5, 13, 9)}, nil},
		{"the longest first", []image.Rectangle{image.Rect(2, 5, 10, 6), image.Rect(2, 15, 14, 16)}, [][2]int{{2, 13}, {2, 9}}},
		{"two pieces", []image.Rectangle{image.Rect(2, 5, 8, 6), image.Rect(8, 3, 18, 11), image.Rect(18, 5, 24, 6)}, [][2]int{{2, 23}}},
		{"three pieces", []image.Rectangle{image.Rect(2, 5, 8, 6), image.Rect(8, 3, 18, 11), image.Rect(18, 5, 24, 6),
			image.Rect(24, 3, 34, 11), image.Rect(34, 5, 42, 6)}, [][2]int{{2, 41}}},
		{"first the nearer one, which is shorter", []image.Rectangle{image.Rect(2, 5, 9, 6), image.Rect(9, 0, 40, 11), image.Rect(40, 5, 46, 6),
			image.Rect(46, 0, 80, 11), image.Rect(80, 5, 92, 6)}, [][2]int{{2, 91}}},
		{"and another line", []image.Rectangle{image.Rect(2, 5, 8, 6), image.Rect(8, 1, 18, 9), image.Rect(18, 5, 25, 6), image.Rect(40, 20, 49, 21),
			image.Rect(70, 15, 76, 16), image.Rect(76, 11, 86, 21), image.Rect(86, 15, 92, 16)}, [][2]int{{40, 48}, {2, 24}, {70, 91}}},
		{"not in one direction", []image.Rectangle{image.Rect(2, 5, 10, 6), image.Rect(10, 3, 20, 11), image.Rect(20, 9, 28, 10)}, [][2]int{{2, 9}, {20, 27}}},
		{"thick runs do not count", []image.Rectangle{image.Rect(2, 5, 20, 9), image.Rect(20, 5, 23, 10), image.Rect(20, 4, 24, 5)}, [][2]int{{2, 22}}},
	} {
		var got [][2]int
		for _, l := range findLines(transposed(boxes(100, 30, tt.ink...)), 6) {
			got = append(got, [2]int{l[0].x, l[len(l)-1].x})
		}
		require.Equal(t, tt.want, got, tt.name)
	}
}

// lineAt returns a line of runs from x0 up to x1-1.
func lineAt(x0, x1, y, thick int) (l line) {
	for x := x0; x < x1; x++ {
		l = append(l, run{x, y, y + thick})
	}
	return l
}

// TestMayContinue: the middle of a piece is at most four pixels from the axis,
// and more beyond the ends of the line.
func TestMayContinue(t *testing.T) {
	l := lineAt(20, 41, 10, 1)
	a := axis{offset: 8, slope: .1}
	for _, tt := range []struct {
		x, y float64
		want bool
	}{
		{30, 15, true}, {30, 15.1, false}, {30, 7, true}, {30, 6.9, false},
		{40, 16, true}, {40, 16.1, false}, {50, 19, true}, {50, 19.1, false}, {50, 7, true}, {50, 6.9, false},
		{20, 14, true}, {20, 14.1, false}, {10, 15, true}, {10, 15.1, false}, {10, 3, true}, {10, 2.9, false},
	} {
		require.Equal(t, tt.want, a.mayContinue(l, sums{n: 4, x: 4 * tt.x, y: 4 * tt.y}), "%v", tt)
	}
}

// TestContinues: a gap in a line may be short, or long with ink. A thin line
// may have longer gaps.
func TestContinues(t *testing.T) {
	l := lineAt(40, 60, 10, 1)
	for _, tt := range []struct {
		name  string
		l     line
		piece line
		ink   [2]int // columns with ink on the axis
		level uint8
		axis  axis
		thick int
		want  bool
	}{
		{"a gap of three", l, lineAt(63, 73, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, true},
		{"a gap of four", l, lineAt(64, 74, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, false},
		{"before the line", l, lineAt(27, 37, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, true},
		{"farther before the line", l, lineAt(26, 36, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, false},
		{"a thick line", l, lineAt(64, 74, 10, 2), [2]int{}, 0, axis{offset: 10}, 8, true},
		{"a larger gap", l, lineAt(65, 75, 10, 2), [2]int{}, 0, axis{offset: 10}, 8, false},
		{"ink in the gap", l, lineAt(90, 100, 10, 1), [2]int{62, 89}, 64, axis{offset: 10}, 6, true},
		{"pale ink", l, lineAt(90, 100, 10, 1), [2]int{62, 89}, 63, axis{offset: 10}, 6, false},
		{"less ink", l, lineAt(90, 100, 10, 1), [2]int{63, 89}, 64, axis{offset: 10}, 6, false},
		{"twice the lengths", l, lineAt(119, 129, 10, 1), [2]int{60, 119}, 64, axis{offset: 10}, 6, true},
		{"more", l, lineAt(120, 130, 10, 1), [2]int{60, 120}, 64, axis{offset: 10}, 6, false},
		{"far before", lineAt(100, 120, 10, 1), lineAt(31, 41, 10, 1), [2]int{41, 100}, 64, axis{offset: 10}, 6, true},
		{"farther before", lineAt(101, 121, 10, 1), lineAt(31, 41, 10, 1), [2]int{41, 101}, 64, axis{offset: 10}, 6, false},
		{"steep", l, lineAt(60, 70, 10, 1), [2]int{}, 0, axis{slope: .21}, 6, false},
		{"steep upwards", l, lineAt(60, 70, 10, 1), [2]int{}, 0, axis{slope: -.21}, 6, false},
		{"sloped", l, lineAt(60, 70, 10, 1), [2]int{}, 0, axis{slope: -.2}, 6, true},
		{"bent", l, lineAt(60, 70, 10, 1), [2]int{}, 0, axis{residual: .8}, 6, true},
		{"more bent", l, lineAt(60, 70, 10, 1), [2]int{}, 0, axis{residual: .81}, 6, false},
		{"long and bent", lineAt(0, 50, 10, 1), lineAt(50, 101, 10, 1), [2]int{}, 0, axis{residual: 1}, 6, true},
		{"long and more bent", lineAt(0, 50, 10, 1), lineAt(50, 101, 10, 1), [2]int{}, 0, axis{residual: 1.01}, 6, false},
		{"long and bent before", lineAt(50, 101, 10, 1), lineAt(0, 50, 10, 1), [2]int{}, 0, axis{residual: 1}, 6, true},
		{"long and more bent before", lineAt(50, 101, 10, 1), lineAt(0, 50, 10, 1), [2]int{}, 0, axis{residual: 1.01}, 6, false},
		{"in the line", append(lineAt(20, 40, 10, 1), lineAt(60, 80, 10, 1)...), lineAt(43, 53, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, true},
		{"near to its end", append(lineAt(20, 40, 10, 1), lineAt(60, 80, 10, 1)...), lineAt(47, 57, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, true},
		{"near to no end", append(lineAt(20, 40, 10, 1), lineAt(60, 80, 10, 1)...), lineAt(45, 55, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, false},
		{"covered", l, lineAt(59, 69, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, false},
		{"covered before", l, lineAt(31, 41, 10, 1), [2]int{}, 0, axis{offset: 10}, 6, false},
		{"thin", l, lineAt(73, 83, 10, 2), [2]int{}, 0, axis{offset: 10}, 13, true},
		{"thin with a larger gap", l, lineAt(74, 84, 10, 2), [2]int{}, 0, axis{offset: 10}, 13, false},
		{"not thin", l, lineAt(73, 83, 10, 2), [2]int{}, 0, axis{offset: 10}, 12, false},
		{"a line that is not thin", lineAt(40, 60, 10, 2), lineAt(73, 83, 10, 1), [2]int{}, 0, axis{offset: 10}, 12, false},
		{"short and thin", l, lineAt(72, 78, 10, 2), [2]int{}, 0, axis{offset: 10}, 20, true},
		{"shorter", l, lineAt(72, 77, 10, 2), [2]int{}, 0, axis{offset: 10}, 20, false},
		{"a short line", lineAt(54, 60, 10, 2), lineAt(72, 92, 10, 2), [2]int{}, 0, axis{offset: 10}, 20, true},
		{"a shorter line", lineAt(55, 60, 10, 2), lineAt(72, 92, 10, 2), [2]int{}, 0, axis{offset: 10}, 20, false},
	} {
		p := newPlane(20, 140, nil)
		for x := tt.ink[0]; x < tt.ink[1]; x++ {
			p.row(x)[10] = tt.level
		}
		require.Equal(t, tt.want, p.continues(tt.l, tt.piece, tt.axis, tt.thick), tt.name)
	}
}

// TestInkOn: an axis has no ink outside the picture.
func TestInkOn(t *testing.T) {
	p := newPlane(3, 4, []uint8{11, 12, 13, 21, 22, 23, 31, 32, 33, 41, 42, 43})
	for _, tt := range []struct {
		y    float64
		x    int
		want uint8
	}{
		{0, 0, 11}, {2, 0, 13}, {1.4, 1, 22}, {1.5, 1, 23}, {2.4, 3, 43}, {2.5, 3, 0}, {-1.5, 2, 0}, {1, -1, 0}, {1, 4, 0},
	} {
		require.Equal(t, tt.want, p.inkOn(axis{offset: tt.y - float64(tt.x), slope: 1}, tt.x), "%v", tt)
	}
	require.Equal(t, 2, p.groundOn(axis{}, 0, 4, 31))
	require.Equal(t, 4, p.groundOn(axis{}, -1, 5, 31))
}

// TestFitAxis: the axis goes through the centers of the runs.
func TestFitAxis(t *testing.T) {
	l := line{{2, 4, 5}, {4, 4, 7}, {6, 6, 7}}
	require.Equal(t, []int{5, 5, 1}, []int{l.length(), l.area(), l.thickness()})
	require.Equal(t, 3, line{{2, 4, 5}, {4, 4, 7}, {5, 4, 7}, {6, 6, 7}}.thickness())
	a := l.sums().fitAxis()
	require.InDelta(t, .5, a.slope, 1e-9)
	require.InDelta(t, 3, a.offset, 1e-9)
	require.InDelta(t, 0, a.residual, 1e-6)
	a = line{{0, 0, 1}, {1, 2, 3}, {2, 0, 1}}.sums().fitAxis()
	require.InDelta(t, 0, a.slope, 1e-9)
	require.InDelta(t, math.Sqrt(8)/3, a.residual, 1e-9)
	a = line{{5, 2, 3}, {5, 6, 7}}.sums().fitAxis()
	require.Equal(t, axis{4, 0, 2}, a)
	require.Len(t, line{{0, 0, 7}, {1, 0, 6}, {2, 0, 4}, {3, 0, 4}, {4, 0, 4}}.dropThick(), 4)
	require.Equal(t, []bool{false, true, true, false}, []bool{l.covers(0, 1), l.covers(1, 2), l.covers(5, 9), l.covers(7, 9)})
	require.False(t, l.covers(3, 3))
}
