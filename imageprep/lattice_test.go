package imageprep

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// latticeOf returns a lattice of pieces with these areas. Each piece is a part
// of its own.
func latticeOf(areas ...int) *lattice {
	t := &lattice{writing: &writing{parts: make([]part, len(areas))}, line: &textLine{height: 10}}
	for i, a := range areas {
		t.pieces = append(t.pieces, piece{box: image.Rect(10*i, 0, 10*i+8, 10), area: a, label: int32(i + 1), part: i})
	}
	return t
}

// addRun adds a run of pieces. Runs are added in the order of their first
// piece.
func (t *lattice) addRun(from, to int, score float64) {
	g := t.glyph(from, to)
	g.score = score
	t.runs = append(t.runs, candidate{from, to, g})
}

// bestPath returns the best score of the pieces from i on, by trying all paths.
func (t *lattice) bestPath(i int) float64 {
	if i == len(t.pieces) {
		return 0
	}
	best := leftScore*float64(t.pieces[i].area) + t.bestPath(i+1)
	for _, r := range t.runs {
		if r.from == i {
			best = max(best, r.score*float64(r.area)+t.bestPath(r.to))
		}
	}
	return best
}

// TestFindPath compares with all paths through small random lattices.
func TestFindPath(t *testing.T) {
	r := newRand()
	for range 300 {
		var areas []int
		for range 1 + r.IntN(8) {
			areas = append(areas, 1+r.IntN(50))
		}
		lat := latticeOf(areas...)
		for i := range areas {
			for j := i + 1; j <= min(i+4, len(areas)); j++ {
				if r.IntN(4) > 0 {
					lat.addRun(i, j, -float64(r.IntN(256))/64)
				}
			}
		}
		want := lat.bestPath(0)
		lat.findPath()
		require.InDelta(t, want, lat.score, 1e-9)

		// The digits and what is left out have this score, and they are all
		// pieces.
		got, at, sum := 0.0, map[int32]int{}, 0
		for _, g := range lat.digits {
			got += g.score * float64(g.area)
			require.InDelta(t, want/float64(lat.area), g.mean, 1e-9)
		}
		for _, g := range lat.left {
			got += leftScore * float64(g.area)
		}
		for _, g := range slices.Concat(lat.digits, lat.left) {
			sum += g.area
			for _, l := range g.labels {
				at[l]++
			}
		}
		require.InDelta(t, want, got, 1e-9)
		require.Equal(t, lat.area, sum)
		require.Len(t, at, len(areas))
		for _, n := range at {
			require.Equal(t, 1, n)
		}
		require.True(t, slices.IsSortedFunc(lat.digits, func(a, b glyph) int { return a.box.Min.X - b.box.Min.X }))
	}
}

// TestLeftPieces: neighboring pieces of one part are left out together.
func TestLeftPieces(t *testing.T) {
	lat := latticeOf(10, 20, 30, 40)
	lat.pieces[2].part = 1
	lat.findPath()
	require.Empty(t, lat.digits)
	require.Len(t, lat.left, 3)
	require.Equal(t, []int{10, 50, 40}, []int{lat.left[0].area, lat.left[1].area, lat.left[2].area})
	require.InDelta(t, leftScore*100, lat.score, 1e-9)
}

// TestCalibration: no preference for fewer or for more digits. A line of n
// digits, each of two halves, reads as n digits if a digit is only a little
// more probable than halves and pairs. It reads as 2n or n/2 if these are more
// probable.
func TestCalibration(t *testing.T) {
	const little = 0.01
	for n := 1; n <= 12; n++ {
		for _, tt := range []struct {
			name              string
			half, digit, pair float64
			want              int
		}{
			{"digits", -0.5 - little, -0.5, -0.5 - little, n},
			{"sure digits", -little, 0, -little, n},
			{"poor digits", -1.4 - little, -1.4, -1.4 - little, n},
			{"halves", -0.5, -0.5 - little, -0.5 - little, 2 * n},
			{"pairs", -0.5 - 2*little, -0.5 - little, -0.5, (n + 1) / 2},
			{"no digits", leftScore - little, leftScore - little, leftScore - little, 0},
		} {
			r := rand.New(rand.NewPCG(uint64(n), 0))
			var areas []int
			for range 2 * n {
				areas = append(areas, 100+r.IntN(200))
			}
			lat := latticeOf(areas...)
			for i := range areas {
				lat.addRun(i, i+1, tt.half)
				if i%2 == 0 {
					lat.addRun(i, i+2, tt.digit)
				} else if i+2 <= len(areas) {
					lat.addRun(i, i+2, tt.digit-2*little) // halves of two digits
				}
				if i%4 == 0 && i+4 <= len(areas) {
					lat.addRun(i, i+4, tt.pair)
				}
			}
			lat.findPath()
			require.Len(t, lat.digits, tt.want, "%s, n %d", tt.name, n)
		}
	}
}

// TestEqualScores: a path's score is the same for any number of digits that
// explain the same ink.
func TestEqualScores(t *testing.T) {
	for step := 1; step <= 12; step++ {
		lat := latticeOf(slices.Repeat([]int{50}, 12)...)
		for i := 0; i < 12; i += step {
			lat.addRun(i, min(i+step, 12), -0.75)
		}
		lat.findPath()
		require.Len(t, lat.digits, (12+step-1)/step)
		require.InDelta(t, -0.75*600, lat.score, 1e-9)
	}
}

// TestLinesOfKnownLength reads lines of 1 to 12 drawn digits. Some touch.
func TestLinesOfKnownLength(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 12; n++ {
		for _, gap := range []float64{20, 8, -3} {
			p := newPen(80+73*n, 160, 5)
			x := 40.
			for i := range n {
				k := i * 7 % 4 // a 1 that touches may belong to a 4
				p.shape(x, 40, 80, templateStrokes[k]...)
				x += []float64{44, 48, 48, 48}[k] + 5 + gap
			}
			w := readWriting([]*image.Gray{inkOf(t, p)}, templateJudge, false)
			require.Len(t, w.digits, n, "gap %v", gap)
			require.Empty(t, w.left)
			require.Greater(t, w.mean(), -1.0)
		}
	}
}

func TestMarkSpaces(t *testing.T) {
	for _, tt := range []struct {
		name string
		gaps []int // in a line of height 100
		want string
	}{
		{"one digit", nil, "x"},
		{"even gaps", []int{20, 25, 20, 22}, "xxxxx"},
		{"a space", []int{20, 25, 120, 22}, "xxx xx"},
		{"two spaces", []int{20, 150, 25, 120, 22}, "xx xx xx"},
		{"wide, but all are", []int{100, 110, 100, 120}, "xxxxx"},
		{"wider than wide", []int{100, 110, 300, 120}, "xxx xx"},
		{"overlaps", []int{-5, -10, 90, -5}, "xxx xx"},
		{"not wide enough", []int{5, 5, 79, 5}, "xxxxx"},
		{"two digits", []int{100}, "xx"},
		{"two digits far apart", []int{300}, "x x"},
		{"not wider than wide", []int{5, 5, 80, 5}, "xxxxx"},
		{"a little wider", []int{5, 5, 81, 5}, "xxx xx"},
		{"2.5 gaps", []int{40, 200, 40, 40}, "xx xxx"},
		{"2.5 times the middle gap", []int{40, 30, 100}, "xxxx"},
		{"the lower of two gaps", []int{40, 101}, "xx x"},
		{"2.5 times the lower gap", []int{40, 100}, "xxx"},
		{"two gaps apart by the height", []int{200}, "xx"},
		{"apart by more", []int{201}, "x x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			digits := []glyph{{box: image.Rect(0, 0, 60, 100)}}
			for _, gap := range tt.gaps {
				x := digits[len(digits)-1].box.Max.X + gap
				digits = append(digits, glyph{box: image.Rect(x, 0, x+60, 100)})
			}
			lat := &lattice{line: &textLine{height: 100}}
			lat.markSpaces(digits)
			got := ""
			for _, g := range digits {
				if g.space {
					got += " "
				}
				got += "x"
			}
			require.Equal(t, tt.want, got)
		})
	}
}

// TestScoreOf: low runs and cuts cost something.
func TestScoreOf(t *testing.T) {
	lat := latticeOf(100, 100, 100)
	lat.judge, lat.most = func(*image.Gray) float64 { return -0.25 }, maxAsked
	ink := image.NewGray(image.Rect(0, 0, 40, 20))
	lat.ink, lat.label = ink, make([]int32, len(ink.Pix))
	for i := range ink.Pix {
		ink.Pix[i], lat.label[i] = 255, int32(min(i%40/10, 2)+1)
	}
	score := func(i, j int) float64 { return lat.scoreOf(i, j, lat.glyph(i, j)) }
	require.InDelta(t, -0.25, score(0, 1), 1e-9)
	lat.pieces[0].cutRight, lat.pieces[1].cutLeft = 2, 2
	require.InDelta(t, -0.25+cutScore+2*strokeScore, score(0, 1), 1e-9)
	require.InDelta(t, -0.25, score(0, 2), 1e-9, "a cut within a digit costs nothing")
	lat.pieces[1].cutRight, lat.pieces[2].cutLeft = 1, 1
	require.InDelta(t, -0.25+2*cutScore+3*strokeScore, score(1, 2), 1e-9)
	lat.line.height = 20
	require.InDelta(t, -0.25+lowScore*(1-0.5/lowDigit), score(0, 1)-cutScore-2*strokeScore, 1e-9)
}

// TestRunsOfOneInk: a digit has one color.
func TestRunsOfOneInk(t *testing.T) {
	blue, red := newPen(300, 200, 5), newPen(300, 200, 5)
	blue.shape(60, 60, 80, strokeOne)
	red.shape(75, 60, 80, strokeOne)
	blue.shape(90, 60, 80, strokeOne)
	w := newWriting([]*image.Gray{inkOf(t, blue), inkOf(t, red)}, templateJudge)
	w.findHoles()
	lines := w.findLines()
	require.Len(t, lines, 1)
	lat := w.newLattice(lines[0], 0)
	require.Len(t, lat.pieces, 3)
	require.Len(t, lat.runs, 3)
	for i, r := range lat.runs {
		require.Equal(t, []int{i, i + 1}, []int{r.from, r.to})
		require.Equal(t, i%2, r.ink)
	}
}

// TestWideRuns: a run is not wider than a digit can be.
func TestWideRuns(t *testing.T) {
	p := newPen(900, 200, 5)
	for i := range 8 {
		p.shape(50+100*float64(i), 60, 80, strokeOne)
	}
	w := newWriting([]*image.Gray{inkOf(t, p)}, templateJudge)
	w.findHoles()
	lines := w.findLines()
	require.Len(t, lines, 1)
	lat := w.newLattice(lines[0], 0)
	for _, r := range lat.runs {
		require.LessOrEqual(t, lat.widthOf(r.box.Dx(), r.box.Dy()), widestDigit, fmt.Sprint(r.from, r.to))
	}
	require.Equal(t, 8, len(lat.pieces))
	require.True(t, slices.IsSortedFunc(lat.runs, func(a, b candidate) int { return a.from - b.from }))
	require.False(t, math.IsNaN(lat.runs[0].score))
}

// TestRunsOfALine: a run has at most eight pieces, and the size of a digit.
func TestRunsOfALine(t *testing.T) {
	columns := func(n, gap, h int) (boxes []image.Rectangle) {
		for i := range n {
			boxes = append(boxes, boxAt(2+i*(gap+1), 2, 1, h))
		}
		return boxes
	}
	for _, tt := range []struct {
		name   string
		boxes  []image.Rectangle
		height int
		slant  float64
		want   string // from and to
	}{
		{"ten pieces", columns(10, 1, 16), 16, 0,
			"0-1 0-2 0-3 0-4 0-5 0-6 0-7 0-8 1-2 1-3 1-4 1-5 1-6 1-7 1-8 1-9 2-3 2-4 2-5 2-6 2-7 2-8 2-9 2-10 3-4 3-5 3-6 3-7 3-8 3-9 3-10 4-5 4-6 4-7 4-8 4-9 4-10 5-6 5-7 5-8 5-9 5-10 6-7 6-8 6-9 6-10 7-8 7-9 7-10 8-9 8-10 9-10"},
		{"1.6 times as wide as high", columns(2, 14, 10), 10, 0, "0-1 0-2 1-2"},
		{"wider", columns(2, 15, 10), 10, 0, "0-1 1-2"},
		{"wider by the slant", columns(2, 17, 10), 10, .3, "0-1 0-2 1-2"},
		{"wider by the slant to the left", columns(2, 17, 10), 10, -.3, "0-1 0-2 1-2"},
		{"too wide for the slant", columns(2, 18, 10), 10, .3, "0-1 1-2"},
		{"a wide run before a narrow one", []image.Rectangle{boxAt(1, 2, 1, 10), boxAt(18, 2, 1, 10), boxAt(20, 2, 1, 10)}, 10, 0, "0-1 1-2 1-3 2-3"},
		{"37 % of the height", columns(1, 1, 37), 100, 0, "0-1"},
		{"lower", columns(1, 1, 36), 100, 0, ""},
		{"low alone, but not together", []image.Rectangle{boxAt(2, 2, 2, 3), boxAt(3, 7, 2, 3)}, 10, 0, "0-2"},
		{"two and a half times as high", columns(1, 1, 40), 16, 0, "0-1"},
		{"higher", columns(1, 1, 41), 16, 0, ""},
	} {
		w := writingOf(24, 44, tt.boxes...)
		w.judge = func(*image.Gray) float64 { return -.5 }
		l := &textLine{height: tt.height, slant: tt.slant}
		for i := range w.parts {
			l.parts = append(l.parts, i)
		}
		var got []string
		for _, r := range w.newLattice(l, 3).runs {
			got = append(got, fmt.Sprintf("%d-%d", r.from, r.to))
			require.Equal(t, 3, r.line)
		}
		require.Equal(t, tt.want, strings.Join(got, " "), tt.name)
	}
}

// TestOrderOfPieces: pieces are ordered by their middles along the slant.
func TestOrderOfPieces(t *testing.T) {
	for slant, want := range map[float64][]int{0: {0, 1, 2}, .24: {0, 1, 2}, .26: {1, 0, 2}, .66: {1, 0, 2}, .67: {1, 2, 0}, -.28: {0, 1, 2}, -.29: {0, 2, 1}} {
		w := writingOf(30, 30, boxAt(8, 18, 2, 4), boxAt(12, 2, 2, 4), boxAt(13, 8, 4, 6))
		var got []int
		for _, p := range w.newLattice(&textLine{parts: []int{2, 1, 0}, height: 40, slant: slant}, 0).pieces {
			got = append(got, p.part)
		}
		require.Equal(t, want, got, slant)
	}
}

// TestLowDigits: a digit lower than 0.65 of the line costs up to 2. If it is
// off the line by more than 0.3 heights, each further height costs 10.
func TestLowDigits(t *testing.T) {
	for _, tt := range []struct {
		name string
		box  image.Rectangle
		want float64
	}{
		{"high enough", boxAt(30, 37, 5, 13), -.5},
		{"lower", boxAt(30, 14, 5, 12), -.5 - 2*(1-12./13)},
		{"0.3 below the middle", boxAt(30, 21, 5, 10), -.5 - 2*(1-10./13)},
		{"0.4 below the middle", boxAt(30, 23, 5, 10), -.5 - 2*(1-10./13) - 1},
		{"0.3 above the middle", boxAt(30, 9, 5, 10), -.5 - 2*(1-10./13)},
		{"0.5 above the middle", boxAt(30, 5, 5, 10), -.5 - 2*(1-10./13) - 2},
	} {
		w := writingOf(60, 60, boxAt(10, 10, 8, 20), tt.box)
		w.judge = func(*image.Gray) float64 { return -.5 }
		lat := w.newLattice(&textLine{parts: []int{0, 1}, height: 20}, 0)
		require.InDelta(t, tt.want, lat.runs[len(lat.runs)-1].score, 1e-9, tt.name)
	}
}

// TestMiddleOfALine: the digits near a mark give the middle of the line. They
// are two thirds as high as a typical one, and at most three heights away.
func TestMiddleOfALine(t *testing.T) {
	mark := boxAt(100, 30, 4, 10)
	for _, tt := range []struct {
		name  string
		parts []image.Rectangle
		want  float64
	}{
		{"no part", nil, 0},
		{"two thirds as high", []image.Rectangle{boxAt(90, 20, 8, 20)}, 5. / 30},
		{"lower", []image.Rectangle{boxAt(90, 20, 8, 19)}, 0},
		{"three heights to the right", []image.Rectangle{boxAt(188, 0, 8, 30)}, 20. / 30},
		{"farther to the right", []image.Rectangle{boxAt(188, 0, 9, 30)}, 0},
		{"three heights to the left", []image.Rectangle{boxAt(8, 0, 8, 30)}, 20. / 30},
		{"farther to the left", []image.Rectangle{boxAt(7, 0, 9, 30)}, 0},
		{"two parts", []image.Rectangle{boxAt(90, 20, 8, 30), boxAt(120, 15, 8, 31), boxAt(80, 0, 8, 2)}, 2.25 / 30},
	} {
		lat := &lattice{writing: &writing{}, line: &textLine{height: 30}}
		for i, b := range tt.parts {
			lat.parts, lat.line.parts = append(lat.parts, part{box: b}), append(lat.line.parts, i)
		}
		require.InDelta(t, tt.want, lat.offsetOf(glyph{box: mark}), 1e-9, tt.name)
	}
}

// TestLeftPiecesOfTwoParts: a piece costs 3 if its part is not left out as a
// whole. A part of one piece between them is a whole.
func TestLeftPiecesOfTwoParts(t *testing.T) {
	lat := latticeOf(10, 20, 30, 40)
	lat.pieces[2].part = 0
	lat.findPath()
	require.InDelta(t, -3*10-1.5*20-3*30-1.5*40, lat.score, 1e-9)
	require.Len(t, lat.left, 4)
	require.Equal(t, map[int]partPieces{0: {0, 2, 2, 40}, 1: {1, 1, 1, 20}, 3: {3, 3, 1, 40}}, lat.wholeParts())

	lat = latticeOf(10, 20, 30) // a digit takes a piece of a part
	lat.pieces[1].part = 0
	lat.addRun(1, 2, 0)
	lat.findPath()
	require.InDelta(t, -3*10-1.5*30, lat.score, 1e-9)
	lat = latticeOf(10, 20, 30)
	lat.pieces[1].part = 0
	lat.addRun(1, 2, -.8) // not good enough
	lat.findPath()
	require.InDelta(t, -1.5*60, lat.score, 1e-9)
}

// TestFirstOfEqualPaths: of paths with the same score, the first one counts. A
// digit as good as what is left out is left out.
func TestFirstOfEqualPaths(t *testing.T) {
	lat := latticeOf(10, 20)
	lat.addRun(0, 1, -1.5)
	lat.addRun(1, 2, -1)
	lat.findPath()
	require.Len(t, lat.digits, 1)
	require.Equal(t, []int32{2}, lat.digits[0].labels)
	require.Equal(t, 30, lat.area)
	lat.findPath() // a second line
	require.Equal(t, 60, lat.area)
	require.InDelta(t, -70, lat.score, 1e-9)
	require.Len(t, lat.digits, 2)
}

// TestCutDigits: a digit is cut off if a cut is at one of its sides.
func TestCutDigits(t *testing.T) {
	lat := latticeOf(slices.Repeat([]int{10}, 6)...)
	lat.pieces[0].cutRight, lat.pieces[1].cutLeft = 1, 1
	lat.pieces[3].cutRight, lat.pieces[4].cutLeft = .01, .01
	lat.addRun(0, 1, 0)
	lat.addRun(1, 2, 0)
	lat.addRun(2, 3, 0)
	lat.addRun(3, 5, 0)
	lat.addRun(5, 6, 0)
	lat.findPath()
	var got []bool
	for _, g := range lat.digits {
		got = append(got, g.cut)
	}
	require.Equal(t, []bool{true, true, false, false, false}, got)
}

// TestRunsBesideThePath: runs that the best path does not read are judged, too.
func TestRunsBesideThePath(t *testing.T) {
	lat := latticeOf(10, 10, 10)
	lat.stroke, lat.pieces[1].cutRight, lat.pieces[2].box.Max.Y = 1, 1, 20
	for i := range lat.pieces {
		lat.addRun(i, i+1, -9)
	}
	lat.findPath()
	require.Empty(t, lat.digits)
	for i, r := range lat.runs {
		require.Equal(t, []bool{i == 1, i == 2}, []bool{r.cut, r.mark}, i)
	}
}

// TestWallsOfAGlyph: a wall belongs to the pieces on both sides.
func TestWallsOfAGlyph(t *testing.T) {
	lat := latticeOf(5, 6, 7)
	lat.walls = []wall{{label: 9, left: 1, right: 2, box: boxAt(8, 0, 1, 12)}, {label: 11, left: 2, right: 3, box: boxAt(18, 0, 1, 14)}}
	require.Equal(t, glyph{box: image.Rect(0, 0, 9, 12), area: 5, labels: []int32{1, 9}}, lat.glyph(0, 1))
	require.Equal(t, glyph{box: image.Rect(8, 0, 19, 14), area: 6, labels: []int32{2, 9, 11}}, lat.glyph(1, 2))
	require.Equal(t, glyph{box: image.Rect(18, 0, 28, 14), area: 7, labels: []int32{3, 11}}, lat.glyph(2, 3))
}

// TestInksOfRuns: the pieces of a run have one ink.
func TestInksOfRuns(t *testing.T) {
	w := writingOf(20, 20, boxAt(2, 2, 1, 10), boxAt(5, 2, 1, 10), boxAt(8, 2, 1, 10), boxAt(11, 2, 1, 10))
	w.parts[2].ink, w.parts[3].ink = 1, 1
	var got []string
	for _, r := range w.newLattice(&textLine{parts: []int{0, 1, 2, 3}, height: 10}, 0).runs {
		got = append(got, fmt.Sprintf("%d-%d of %d", r.from, r.to, r.ink))
	}
	require.Equal(t, []string{"0-1 of 0", "0-2 of 0", "1-2 of 0", "2-3 of 1", "2-4 of 1", "3-4 of 1"}, got)
}
