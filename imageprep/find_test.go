package imageprep

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// threeDigits draws two lines of writing.
func threeDigits() *pen {
	p := newPen(400, 260, 5)
	p.shape(60, 30, 80, strokeTwo)
	p.shape(150, 30, 80, strokeFour, stemFour)
	p.shape(60, 150, 80, bodyFive, barFive)
	return p
}

// storedAs returns the picture that Turn turns into g.
func storedAs(g *image.Gray, o Orientation) *image.Gray {
	for p := Upright; p <= 8; p++ {
		s := Turn(g, p)
		if slices.Equal(Turn(s, o).Pix, g.Pix) && Turn(s, o).Rect == g.Rect {
			return s
		}
	}
	panic("no orientation is the inverse")
}

// requireNear checks that the sides of two rectangles differ by at most 2.
func requireNear(t *testing.T, want, got image.Rectangle, about string) {
	t.Helper()
	for i, d := range []int{want.Min.X - got.Min.X, want.Min.Y - got.Min.Y, want.Max.X - got.Max.X, want.Max.Y - got.Max.Y} {
		require.LessOrEqual(t, max(d, -d), 2, "%s: side %d of %v, want %v", about, i, got, want)
	}
}

// TestPageOrientations: however a picture is stored, the digits are the same.
// Boxes are those of the picture as stored.
func TestPageOrientations(t *testing.T) {
	t.Parallel()
	upright := threeDigits().page
	want, err := PrepareAll(upright, nil)
	require.NoError(t, err)
	requireLayout(t, "0:84,70 0:174,70 1:84,189", want.Digits)
	for o := Upright; o <= 8; o++ {
		picture := storedAs(upright, o)
		picture = onPaper(picture, picture.Rect.Add(image.Pt(-70, 30)), image.Pt(-70, 30), 200)
		got, err := PrepareAll(picture, &Options{Orientation: o})
		require.NoError(t, err)
		require.Equal(t, o, got.Orientation)
		require.Zero(t, got.Turned)
		require.Len(t, got.Digits, 3)
		for i, d := range got.Digits {
			about := fmt.Sprintf("orientation %d, digit %d", o, i)
			require.Less(t, meanDifference(want.Digits[i].Image, d.Image), 0.02, about)
			require.Equal(t, want.Digits[i].Line, d.Line, about)
			requireNear(t, o.stored(want.Digits[i].Box, picture.Rect), d.Box, about)
		}
	}
}

// TestTurnedPages: a page that reads clearly better at another angle is turned.
// Boxes are still those of the picture as stored.
func TestTurnedPages(t *testing.T) {
	t.Parallel()
	upright := threeDigits().page
	want, err := PrepareAll(upright, &Options{Confidence: templateJudge})
	require.NoError(t, err)
	require.Zero(t, want.Turned)
	require.Equal(t, Upright, want.Orientation)
	judge := func(g *image.Gray) float64 { return 3 * templateJudge(g) }
	for o := Upright; o <= 8; o++ {
		for k, degrees := range []int{90, 180, 270} {
			if !long() && o > Upright && k != int(o)%3 {
				continue
			}
			// The orientation o is noted, but degrees are missing.
			picture := storedAs(upright, o.then(degrees))
			got, err := PrepareAll(picture, &Options{Orientation: o, Confidence: judge})
			require.NoError(t, err)
			require.Equal(t, degrees, got.Turned)
			require.Equal(t, o.then(degrees), got.Orientation)
			require.NotContains(t, got.Warnings, MayBeTurned)
			require.Len(t, got.Digits, 3)
			for i, d := range got.Digits {
				about := fmt.Sprintf("orientation %d, %d degrees, digit %d", o, degrees, i)
				require.Less(t, meanDifference(want.Digits[i].Image, d.Image), 0.02, about)
				requireNear(t, got.Orientation.stored(want.Digits[i].Box, picture.Rect), d.Box, about)
			}
		}
	}
}

// TestDoubtfulTurn: the more the digits gain, the clearer it is.
func TestDoubtfulTurn(t *testing.T) {
	picture := storedAs(threeDigits().page, 3)
	var got []string
	for _, k := range []float64{0.02, 0.6, 3} {
		p, err := PrepareAll(picture, &Options{Confidence: func(g *image.Gray) float64 { return k * templateJudge(g) }})
		require.NoError(t, err)
		got = append(got, fmt.Sprint(p.Turned, p.Warnings))
	}
	require.Equal(t, []string{"0 []", "0 [may be turned]", "180 []"}, got)

	// With Options.One, a picture is never turned.
	p, err := PrepareAll(picture, &Options{One: true, Confidence: func(g *image.Gray) float64 { return 3 * templateJudge(g) }})
	require.NoError(t, err)
	require.Zero(t, p.Turned)
}

// TestPrepareIsPrepareAll: there is one judge for one digit and for many.
func TestPrepareIsPrepareAll(t *testing.T) {
	for name, draw := range map[string]func(p *pen){
		"one digit": func(p *pen) { p.shape(100, 50, 80, strokeTwo) },
		"a broken 5 on a line": func(p *pen) {
			p.shape(100, 50, 80, bodyFive, barFive)
			p.line([2]float64{10, 140}, [2]float64{290, 143})
		},
	} {
		p := newPen(300, 200, 5)
		draw(p)
		for _, judge := range []func(*image.Gray) float64{nil, templateJudge} {
			o := &Options{Confidence: judge}
			all, err := PrepareAll(p.page, o)
			require.NoError(t, err)
			require.Len(t, all.Digits, 1, name)
			one, err := Prepare(p.page, o)
			require.NoError(t, err)
			require.Equal(t, all.Digits[0], one, name)
			require.Equal(t, &Options{}, &Options{Orientation: o.Orientation, Polarity: o.Polarity, One: o.One}, "options stay as they are")
		}
	}
}

func TestCountError(t *testing.T) {
	p := threeDigits()
	_, err := Prepare(p.page, nil)
	var count *CountError
	require.ErrorAs(t, err, &count)
	require.Len(t, count.Page.Digits, 3)
	require.EqualError(t, err, "imageprep: the picture shows 3 digits, want one; use PrepareAll")

	p = newPen(400, 200, 5)
	p.line([2]float64{50, 100}, [2]float64{350, 104})
	_, err = Prepare(p.page, nil)
	require.ErrorAs(t, err, &count)
	require.Empty(t, count.Page.Digits)
	require.Len(t, count.Page.LeftOut, 1)
	require.EqualError(t, err, "imageprep: no digit found: the picture shows ink, but nothing in the shape of a digit")
}

func TestBlankErrors(t *testing.T) {
	ruled := newPen(400, 300, 2)
	for y := 20.; y < 300; y += 30 {
		ruled.line([2]float64{0, y}, [2]float64{400, y})
	}
	box := newPen(400, 300, 4)
	box.line(rectangle(100, 80, 200, 220)...)
	for _, tt := range []struct {
		name string
		g    *image.Gray
		want string
	}{
		{"paper", newPen(300, 200, 1).page, "imageprep: no ink found: contrast 0, want at least 16 (gray levels 200 to 200); write darker or use more light"},
		{"ruled paper", ruled.page, "imageprep: no ink found except ruled lines; write darker or use more light"},
		{"an empty box", box.page, "imageprep: no ink found except ruled lines; write darker or use more light"},
	} {
		for _, o := range []*Options{nil, {One: true}} {
			if o != nil && tt.g == box.page {
				continue // see TestOneKeepsDrawings
			}
			_, err := PrepareAll(tt.g, o)
			require.EqualError(t, err, tt.want, tt.name)
			_, err = Prepare(tt.g, o)
			require.EqualError(t, err, tt.want, tt.name)
		}
	}
}

// TestOneKeepsDrawings: with One, straight lines are erased around a digit, but
// not if they are all that was drawn.
func TestOneKeepsDrawings(t *testing.T) {
	t.Parallel()
	square := rectangle(100, 80, 200, 180)
	for _, tt := range []struct {
		name  string
		lines [][][2]float64
		want  image.Rectangle // the box of the digit
	}{
		{"a square", [][][2]float64{square}, image.Rect(98, 78, 203, 183)},
		{"a square and a speck", [][][2]float64{square, {{150, 130}, {153, 131}}}, image.Rect(98, 78, 203, 183)},
		{"a stroke in a square", [][][2]float64{square, {{150, 100}, {145, 160}}}, image.Rect(143, 98, 153, 163)},
	} {
		for _, width := range []float64{1.5, 3, 5} {
			p := newPen(400, 300, width)
			for _, line := range tt.lines {
				p.line(line...)
			}
			d, err := Prepare(p.page, &Options{One: true})
			require.NoError(t, err, tt.name)
			if whole, err := Prepare(p.page, &Options{Whole: true}); len(tt.lines) == 1 {
				require.NoError(t, err, tt.name)
				require.Equal(t, d, whole)
			}
			for _, at := range [][2]int{{d.Box.Min.X, tt.want.Min.X}, {d.Box.Min.Y, tt.want.Min.Y}, {d.Box.Max.X, tt.want.Max.X}, {d.Box.Max.Y, tt.want.Max.Y}} {
				require.InDelta(t, at[1], at[0], 4, "%s: %v", tt.name, d.Box)
			}
		}
	}
}

// TestCrumbBesideADrawing: an erased drawing comes back if all that is left is
// shorter than a tenth of it, and shorter than four strokes are wide.
func TestCrumbBesideADrawing(t *testing.T) {
	for _, tt := range []struct {
		crumb, drawing int // their longer sides
		back           bool
	}{{2, 19, false}, {2, 20, false}, {2, 21, true}, {3, 21, false}, {3, 31, true}, {4, 40, false}, {4, 41, true}, {7, 100, true}, {9, 100, false}} {
		left := newEasel(110, 30, 0, 255, 0)
		left.rect(image.Rect(5, 5, 5+tt.crumb, 6), 255)
		drawn := newEasel(110, 30, 0, 255, 0)
		drawn.rect(image.Rect(5, 20, 5+tt.drawing, 22), 255)
		f := &foundInk{inkPicture: &inkPicture{gray: image.NewGray(left.Rect), inks: []*image.Gray{left.Gray}}}
		f.restore([]*image.Gray{drawn.Gray}, false)
		want := left.Gray
		if tt.back {
			want = drawn.Gray
		}
		require.Same(t, want, f.inks[0], "%v", tt)
	}
}

// TestSmallDigitsAreReadLarger: the picture is read at a size at which its
// digits are large enough. Boxes and strokes are still in its own pixels.
func TestSmallDigitsAreReadLarger(t *testing.T) {
	t.Parallel()
	for _, height := range []float64{20, 40, 80, 160} {
		p := newPen(int(25*height), int(4*height), max(2, height/16))
		for i := range 8 {
			p.shape(height*(1+1.5*float64(i)), height, height, ring)
		}
		f, err := findInk(p.page, &Options{Orientation: Upright})
		require.NoError(t, err)
		scale := float64(f.gray.Rect.Dx()) / float64(p.page.Rect.Dx())
		if 2*p.page.Rect.Dx() <= pageSide {
			require.Greater(t, height*scale, min(0.65*readHeight, 1.9*height), "height %v", height)
		} else {
			require.Greater(t, f.gray.Rect.Dx(), pageSide/2)
		}
		page, err := PrepareAll(p.page, nil)
		require.NoError(t, err)
		require.Len(t, page.Digits, 8)
		for i, d := range page.Digits {
			require.InDelta(t, height*(1+1.5*float64(i))-p.width/2, d.Box.Min.X, 2+height/20)
			require.InDelta(t, p.width, d.Stroke, 1+p.width/4)
		}
	}
}

// TestTightCrop: a tight crop is read as one digit, whatever is in it.
func TestTightCrop(t *testing.T) {
	for _, size := range []int{20, 28, 44} {
		p := newPen(size, size, 2)
		p.shape(float64(size)/4, 3, float64(size)-6, bodyFive, barFive)
		d, err := Prepare(p.page, nil)
		require.NoError(t, err)
		require.True(t, d.Box.In(p.page.Rect))
		require.InDelta(t, size-4, d.Box.Dy(), 3)
	}
}

// TestTightCropOrientations: the shape of a crop is that of the upright
// picture.
func TestTightCropOrientations(t *testing.T) {
	for _, size := range []image.Point{{36, 26}, {48, 40}, {30, 24}, {26, 36}} {
		p := newPen(size.X, size.Y, 2)
		height := float64(size.Y) - 10
		p.shape(4, 5, height, strokeTwo)
		p.shape(6+.6*height, 5, height, strokeOne)
		want, err := PrepareAll(p.page, nil)
		require.NoError(t, err)
		for o := Upright; o <= 8; o++ {
			got, err := PrepareAll(storedAs(p.page, o), &Options{Orientation: o})
			require.NoError(t, err)
			require.Len(t, got.Digits, len(want.Digits), "%v, orientation %d", size, o)
			for i, d := range got.Digits {
				require.Equal(t, want.Digits[i].Image, d.Image, "%v, orientation %d", size, o)
			}
		}
	}
}

// TestOutlines: the edges between pixels of two parts count for both.
func TestOutlines(t *testing.T) {
	require.Equal(t, []int{4, 4}, outlinesOf([]int32{
		0, 0, 0,
		0, 1, 0,
		0, 0, 0,
	}, 1, 3))
	require.Equal(t, []int{3, 2, 3}, outlinesOf([]int32{
		1, 2, 2,
		1, 0, 2,
	}, 2, 3))
	require.Equal(t, []int{2, 2, 1, 5}, outlinesOf([]int32{3, 1, 3, 0, 3, 2}, 3, 6))
}

// TestSizeOfReading: a picture is read larger if its digits are lower than 0.7
// of 72 pixels, and doubled if it then must be larger than 1.4 times its size.
func TestSizeOfReading(t *testing.T) {
	for _, tt := range []struct {
		name         string
		w, h, height int // height of a digit
		want         int // width of the picture that is read
	}{
		{"high digits", 100, 70, 51, 100},
		{"lower digits", 100, 70, 50, 200},
		{"a tight crop", 48, 60, 30, 48},
		{"no tight crop", 49, 60, 30, 98},
		{"a flat tight crop", 48, 39, 20, 48},
		{"two digits", 48, 38, 20, 96},
		{"a high tight crop", 40, 256, 30, 40},
		{"a higher one", 40, 257, 30, 80},
		{"a large picture", 512, 29, 20, 1024},
		{"a larger picture", 513, 29, 20, 513},
		{"a very large picture", 1100, 29, 20, 1024},
		{"high digits of a large picture", 365, 59, 52, 730},
		{"higher digits of a large picture", 365, 59, 53, 365},
	} {
		e := newEasel(tt.w, tt.h, 230, 20, 64)
		e.rect(boxAt(20, 4, 8, tt.height), 20)
		e.rect(boxAt(14, 4+tt.height/2, 20, 8), 20)
		f, err := findInk(e.Gray, &Options{Orientation: Upright})
		require.NoError(t, err)
		require.Equal(t, tt.want, f.gray.Rect.Dx(), tt.name)
		f, err = findInk(Turn(e.Gray, 6), &Options{Orientation: 8})
		require.NoError(t, err)
		require.Equal(t, tt.want, f.gray.Rect.Dx(), "%s, stored sideways", tt.name)
	}
}

// TestEraseBorderParts: ink that reaches the border goes. The longest other
// part counts.
func TestEraseBorderParts(t *testing.T) {
	a := drawn(
		"........+",
		".##..##+#",
		"......+.+",
		"..##.....",
		"...##....",
		"...+.....",
		"..####...")
	b := drawn(
		".........",
		"..#......",
		"..#...#..",
		"..#..#...",
		"....#....",
		"....#....",
		".........")
	require.Equal(t, 4, eraseBorderParts([]*image.Gray{a, b}))
	require.Equal(t, []string{
		".........",
		".##..##..",
		"......+..",
		"..##.....",
		"...##....",
		".........",
		"........."}, rowsOf(a))
	require.Equal(t, 3, eraseBorderParts([]*image.Gray{a}))
	require.Zero(t, eraseBorderParts([]*image.Gray{drawn("##", "##")}))
}

// TestRestoreStrokes: a stroke comes back if some of its ink remains, or if its
// outline is more than three times as long as its box's diagonal.
func TestRestoreStrokes(t *testing.T) {
	all := drawn(
		"+......+++++++++",
		".#####.+#####+++",
		".#.....+#####+++",
		".#.....+#####+++",
		".#.....+#####+++",
		".#.....+##.##+++",
		"................",
		"................",
		".++++...........",
		".####...####....",
		"................",
		"................",
		"..###...###.....",
		"..#.....#.......",
		"..###...###.....",
		"..###....##.....",
		"..###...###.....",
		"..###...###.....",
		"..###...###.....",
		"..###...###.....",
		"..###...###.....",
		"................")
	left := image.NewGray(all.Rect)
	left.Pix[9*16+2], left.Pix[9*16+9] = 128, 127
	f := &foundInk{inkPicture: &inkPicture{inks: []*image.Gray{left}}}
	f.restoreStrokes([]*image.Gray{all})
	require.Equal(t, []string{
		".......++++++++.",
		".......+#####++.",
		".......+#####++.",
		".......+#####++.",
		".......+#####++.",
		".......+##.##++.",
		"................",
		"................",
		".++++...........",
		".####....+......",
		"................",
		"................",
		"........###.....",
		"........#.......",
		"........###.....",
		".........##.....",
		"........###.....",
		"........###.....",
		"........###.....",
		"........###.....",
		"........###.....",
		"................"}, rowsOf(left))
}

// TestTypicalHeightOfInk: hairlines do not count, unless there are only such.
func TestTypicalHeightOfInk(t *testing.T) {
	line := image.NewGray(image.Rect(0, 0, 70, 9))
	paintRect(line, boxAt(3, 4, 60, 1), 255)
	bar := image.NewGray(line.Rect)
	paintRect(bar, boxAt(3, 1, 3, 7), 255)
	for _, tt := range []struct {
		inks []*image.Gray
		want int
	}{
		{[]*image.Gray{bar}, 7}, {[]*image.Gray{line}, 1}, {[]*image.Gray{line, bar}, 7}, {[]*image.Gray{line, line}, 1},
		{[]*image.Gray{image.NewGray(line.Rect)}, 0},
	} {
		f := &foundInk{inkPicture: &inkPicture{inks: tt.inks}}
		require.Equal(t, tt.want, f.typicalHeight())
	}
}

// TestEnlarge: the smallest box of the picture that covers one of the shrunk
// picture.
func TestEnlarge(t *testing.T) {
	shrunk := image.Rect(0, 0, 100, 40)
	for _, tt := range []struct{ bounds, box, want image.Rectangle }{
		{image.Rect(0, 0, 100, 40), image.Rect(3, 4, 7, 9), image.Rect(3, 4, 7, 9)},
		{image.Rect(-5, 7, 245, 107), image.Rect(3, 5, 7, 9), image.Rect(2, 19, 13, 30)},
		{image.Rect(10, 20, 60, 40), image.Rect(2, 3, 6, 8), image.Rect(11, 21, 13, 24)},
		{image.Rect(10, 20, 60, 40), image.Rect(3, 4, 7, 9), image.Rect(11, 22, 14, 25)},
		{image.Rect(0, 0, 1<<30, 1<<29), image.Rect(99, 39, 100, 40), image.Rect(1063004405, 523449139, 1<<30, 1<<29)},
	} {
		require.Equal(t, tt.want, enlarge(tt.box, shrunk, tt.bounds), "%v", tt)
	}
}

// TestIsOne: one digit is at most a quarter wider than high.
func TestIsOne(t *testing.T) {
	require.True(t, isOne(image.Rect(3, 3, 28, 23)))
	require.False(t, isOne(image.Rect(3, 3, 29, 23)))
	require.False(t, isOne(image.Rect(3, 3, 28, 22)))
	require.True(t, isOne(image.Rect(3, 3, 5, 23)))
}

// TestRestoreOutlines: a part comes back if its outline is more than three
// times as long as the diagonal of its box, here of 6x8 pixels.
func TestRestoreOutlines(t *testing.T) {
	for notch, stays := range []bool{false, false, true} { // outlines of 28, 30 and 32
		all := boxes(10, 10, image.Rect(1, 1, 7, 9))
		clear(all.Pix[41:][:notch])
		f := &foundInk{inkPicture: &inkPicture{inks: []*image.Gray{image.NewGray(all.Rect)}}}
		f.restoreStrokes([]*image.Gray{all})
		require.Equal(t, stays, slices.Max(f.inks[0].Pix) > 0, notch)
	}
}
