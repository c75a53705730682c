package imageprep

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
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
