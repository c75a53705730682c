package imageprep

import (
	"image"
	"image/draw"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// turned puts g on a larger sheet, turned by a slope. Between the two, there is
// no soft edge.
func turnedOn(g *image.Gray, size int, slope float64, around uint8) *image.Gray {
	out := onPaper(grayOf(1, around), image.Rect(0, 0, size, size), image.Point{}, around)
	length := math.Hypot(1, slope)
	for y := range size {
		for x := range size {
			u, v := float64(x)+.5-float64(size)/2, float64(y)+.5-float64(size)/2
			at := image.Pt(int(math.Floor((u+slope*v)/length))+g.Rect.Dx()/2, int(math.Floor((v-slope*u)/length))+g.Rect.Dy()/2)
			if at.In(g.Rect) {
				out.SetGray(x, y, g.GrayAt(at.X, at.Y))
			}
		}
	}
	return out
}

// on puts g in the middle of a larger picture.
func on(g *image.Gray, size int, around uint8) *image.Gray {
	at := (size - g.Rect.Dx()) / 2
	return onPaper(g, image.Rect(0, 0, size, size), image.Pt(at, at), around)
}

// disc draws a digit on a round ground.
func disc(around, ground, stroke uint8) *image.Gray {
	g := on(drawTwo(120, ground, stroke), 240, around)
	for i := range g.Pix {
		x, y := i%240-120, i/240-120
		if d := x*x + y*y; d < 100*100 && (max(x, -x) >= 60 || max(y, -y) >= 60) {
			g.Pix[i] = ground
		}
	}
	return g
}

// TestGrounds: the ink of a ground within another one is that of the ground
// alone.
func TestGrounds(t *testing.T) {
	t.Parallel()
	sheet, canvas := drawTwo(120, 230, 40), drawTwo(120, 20, 220)
	tests := []struct {
		name     string
		g        *image.Gray
		polarity Polarity
		grounds  int
	}{
		{"sheet on a dark desk", on(sheet, 240, 30), DarkInk, 2},
		{"sheet on a black desk", on(sheet, 240, 0), DarkInk, 2},
		{"sheet on a gray desk", on(sheet, 240, 90), DarkInk, 2},
		{"sheet on a large desk", on(drawTwo(120, 230, 40), 256, 20), DarkInk, 2},
		{"turned sheet", turnedOn(sheet, 240, .1, 30), DarkInk, 2},
		{"sheet turned to the left", turnedOn(sheet, 240, -.3, 30), DarkInk, 2},
		{"canvas on a page", on(canvas, 240, 255), LightInk, 2},
		{"canvas with a small margin", on(canvas, 150, 255), LightInk, 2},
		{"turned canvas", turnedOn(canvas, 240, .2, 255), LightInk, 2},
		{"badge", disc(250, 30, 240), LightInk, 2},
		{"light badge", disc(20, 240, 30), DarkInk, 2},
		{"canvas on a sheet on a desk", on(on(canvas, 180, 240), 256, 30), LightInk, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := readInk(tt.g, 256, 1, Auto)
			require.NoError(t, err)
			require.Len(t, f.inks, 1)
			require.Len(t, f.grounds, tt.grounds)
			box := InkBox(f.inks[0])
			d := f.groundOf(box)
			require.Equal(t, tt.polarity, d.polarity)
			require.True(t, box.In(d.box), "ink %v, ground %v", box, d.box)
			// The 2 is 60 pixels wide and 85 high.
			require.InDelta(t, 85, max(box.Dx(), box.Dy()), 8)
			require.InDelta(t, 60, min(box.Dx(), box.Dy()), 12)
			require.Less(t, countInk(f.inks[0]), 3000, "strokes only")

			digit, err := Prepare(tt.g, nil)
			require.NoError(t, err)
			require.Equal(t, tt.polarity, digit.Polarity)
		})
	}
}

// TestHasBlocks: seven squares of 4x4 pixels are enough for a ground, wherever
// they are.
func TestHasBlocks(t *testing.T) {
	for _, at := range []image.Point{{}, {16, 0}, {0, 16}} {
		for _, n := range []int{6, 7} {
			size, squares := image.Pt(20, 28), image.Rect(at.X, 0, at.X+4, 4*n)
			if at.Y > 0 {
				size, squares = image.Pt(28, 20), image.Rect(0, at.Y, 4*n, at.Y+4)
			}
			ink := image.NewGray(image.Rectangle{Max: size})
			draw.Draw(ink, squares, image.White, image.Point{}, draw.Src)
			require.Equal(t, n == 7, hasBlocks(ink), "%v %v", size, squares)
		}
	}
}

// TestWantedPolarity: with a wanted polarity, only grounds with such ink are
// read.
func TestWantedPolarity(t *testing.T) {
	g := onPaper(drawTwo(120, 20, 220), image.Rect(0, 0, 256, 150), image.Pt(120, 15), 240)
	draw.Draw(g, image.Rect(10, 15, 110, 135), drawTwo(100, 240, 40), image.Point{}, draw.Src)
	for _, tt := range []struct {
		want   Polarity
		x0, x1 int // where there is ink
	}{{Auto, 30, 215}, {DarkInk, 30, 90}, {LightInk, 145, 215}} {
		f, err := readInk(g, 256, 1, tt.want)
		require.NoError(t, err)
		box := InkBox(f.inks[0])
		require.InDelta(t, tt.x0, box.Min.X, 12, tt.want)
		require.InDelta(t, tt.x1, box.Max.X, 12, tt.want)
	}
	_, err := readInk(g, 256, 1, Auto)
	require.NoError(t, err)
}

// TestNoGround: bold digits, blots and frames are ink.
func TestNoGround(t *testing.T) {
	blot := on(onPaper(grayOf(1, 40), image.Rect(0, 0, 50, 50), image.Point{}, 40), 240, 230)
	frame := on(on(drawTwo(120, 230, 40), 130, 40), 240, 230)
	for name, g := range map[string]*image.Gray{
		"digit":           drawTwo(240, 230, 40),
		"bold 8":          drawEight(240, 24, 230, 40),
		"bold 0":          on(inverted(boldZero(90, 110)), 240, 255),
		"light bold 0":    on(boldZero(90, 110), 240, 0),
		"blot":            blot,
		"frame":           frame,
		"hard shadow":     shade(drawTwo(240, 230, 40), hardShadow),
		"half in a shade": shade(drawTwo(240, 230, 40), func(u, _ int) int { return 100 - 50*(u/50) }),
	} {
		f, err := readInk(g, 256, 1, Auto)
		require.NoError(t, err, name)
		require.Len(t, f.grounds, 1, name)
		require.Greater(t, countInk(f.inks[0]), 800, name)
	}
}

// TestDeskTexture: the grain of a desk is no ink beside a sheet.
func TestDeskTexture(t *testing.T) {
	g := on(drawTwo(120, 230, 40), 250, 100)
	for i := range g.Pix {
		x, y := i%250, i/250
		if (max(x, 249-x) > 184 || max(y, 249-y) > 184) && x/6%2 == 0 {
			g.Pix[i] = 70
		}
	}
	f, err := readInk(g, 256, 1, Auto)
	require.NoError(t, err)
	require.True(t, InkBox(f.inks[0]).In(image.Rect(65, 65, 185, 185)), InkBox(f.inks[0]))
}

// TestGroundsOfAPage: grounds are found on the small picture, and the ink has
// the size of the whole one.
func TestGroundsOfAPage(t *testing.T) {
	page := onPaper(drawTwo(400, 235, 40), image.Rect(0, 0, 1000, 800), image.Pt(80, 90), 30)
	draw.Draw(page, image.Rect(540, 300, 940, 700), drawTwo(400, 235, 40), image.Point{}, draw.Src)
	f, err := readInk(page, 1000, 1, Auto)
	require.NoError(t, err)
	require.Len(t, f.grounds, 3)
	_, parts := findParts(f.inks[0])
	require.Len(t, parts, 2)
	for i, want := range []image.Rectangle{image.Rect(184, 146, 376, 426), image.Rect(644, 356, 836, 636)} {
		for k, v := range []int{want.Min.X, want.Min.Y, want.Max.X, want.Max.Y} {
			b := parts[i].box
			require.InDelta(t, v, []int{b.Min.X, b.Min.Y, b.Max.X, b.Max.Y}[k], 3)
		}
		d := f.groundOf(parts[i].box)
		require.Equal(t, DarkInk, d.polarity)
		require.InDelta(t, 195, d.contrast, 3)
		require.InDelta(t, 137, d.threshold, 60)
	}
}

func TestDrawnPictures(t *testing.T) {
	pale := func(ground, ink uint8) *image.Gray {
		g := drawTwo(60, 0, 255)
		for i, v := range g.Pix {
			g.Pix[i] = ground
			if v > 127 {
				g.Pix[i] = ink
			}
		}
		return g
	}
	want, err := Prepare(pale(255, 0), nil)
	require.NoError(t, err)
	for _, levels := range [][2]uint8{{100, 101}, {101, 100}, {0, 1}, {255, 254}, {50, 60}} {
		got, err := Prepare(pale(levels[0], levels[1]), nil)
		require.NoError(t, err)
		require.Less(t, meanDifference(want.Image, got.Image), 0.005)
		require.Equal(t, want.Box, got.Box)
		require.Equal(t, max(levels[0], levels[1])-min(levels[0], levels[1]), got.Contrast)
		require.Contains(t, got.Warnings, LowContrast)
		require.GreaterOrEqual(t, got.Threshold, min(levels[0], levels[1]))
		require.LessOrEqual(t, got.Threshold, max(levels[0], levels[1]))
	}
	r := newRand()
	noise := image.NewGray(image.Rect(0, 0, 60, 60))
	for _, share := range []int{2, 10, 100} {
		for i := range noise.Pix {
			noise.Pix[i] = 100
			if r.IntN(share) == 0 {
				noise.Pix[i] = 101
			}
		}
		_, err := Prepare(noise, nil)
		require.ErrorAs(t, err, new(*BlankError), "noise of one level")
	}
	require.False(t, isDrawn(grayOf(1, 7)))
}

// TestDrawnStroke: the direction of a thin, pale stroke does not matter.
func TestDrawnStroke(t *testing.T) {
	for width := 1; width <= 3; width++ {
		m := onPaper(grayOf(1, 255), image.Rect(0, 0, 100, 100), image.Point{}, 255)
		for y := 25; y < 75; y++ {
			for x := range width {
				row(m, y)[50+x] = 243
			}
		}
		for _, o := range []Orientation{1, 6} {
			_, err := Prepare(Turn(m, o), &Options{One: true})
			require.NoError(t, err, "width %d, orientation %d", width, o)
			pale := inverted(Turn(m, o))
			StretchPale(pale)
			require.Equal(t, uint8(255), slices.Max(pale.Pix), "width %d, orientation %d", width, o)
		}
	}
}

// boxArea returns a rectangle as an area.
func boxArea(b image.Rectangle) area {
	a := area{top: b.Min.Y}
	for range b.Dy() {
		a.rows = append(a.rows, [2]int{b.Min.X, b.Max.X})
	}
	return a
}

// TestSetGround: a ground takes only pixels of its parent, within the map.
func TestSetGround(t *testing.T) {
	m := &groundMap{w: 4, h: 3}
	m.set(area{top: -1, rows: [][2]int{{0, 4}, {2, 6}, {-1, 2}, {3, 3}, {0, 4}}}, 0, 1)
	require.Equal(t, drawn("0011", "1100", "0000").Pix, m.of)
	m.set(boxArea(image.Rect(1, 0, 3, 3)), 0, 2)
	require.Equal(t, drawn("0211", "1120", "0220").Pix, m.of)
	m.set(boxArea(image.Rect(0, 1, 4, 9)), 1, 3)
	require.Equal(t, drawn("0211", "3320", "0220").Pix, m.of)
}

// TestIsAround: nine tenths of what is near to an area are ink, and at most a
// quarter is outside the picture.
func TestIsAround(t *testing.T) {
	const w, h = 80, 70 // 648 pixels are near to a box of 10 x 8 pixels
	all := image.Rect(0, 0, w, h)
	for _, tt := range []struct {
		name string
		at   image.Point
		gaps []image.Rectangle
		want bool
	}{
		{"all", image.Pt(30, 30), nil, true},
		{"nine tenths", image.Pt(30, 30), []image.Rectangle{image.Rect(18, 18, 28, 24), image.Rect(18, 30, 22, 31)}, true},
		{"less", image.Pt(30, 30), []image.Rectangle{image.Rect(18, 18, 28, 24), image.Rect(18, 30, 23, 31)}, false},
		{"a gap inside", image.Pt(30, 30), []image.Rectangle{image.Rect(24, 24, 46, 44)}, true},
		{"a gap outside", image.Pt(30, 30), []image.Rectangle{image.Rect(0, 0, 80, 18), image.Rect(0, 50, 80, 70), image.Rect(0, 18, 18, 50), image.Rect(52, 18, 80, 50)}, true},
		{"near to the left", image.Pt(7, 30), nil, true},
		{"too near to the left", image.Pt(6, 30), nil, false},
		{"near to the right", image.Pt(63, 30), nil, true},
		{"too near to the right", image.Pt(64, 30), nil, false},
		{"near to the top", image.Pt(30, 8), nil, true},
		{"too near to the top", image.Pt(30, 7), nil, false},
		{"near to the bottom", image.Pt(30, 54), nil, true},
		{"too near to the bottom", image.Pt(30, 55), nil, false},
	} {
		ink := boxes(w, h, append(tt.gaps, all)...)
		a := boxArea(image.Rect(0, 0, 10, 8)).moved(tt.at)
		require.Equal(t, tt.want, isAround(ink, a), tt.name)
	}
}

// TestTaken: two grounds are the same if they share more than 70 % of the box
// around both.
func TestTaken(t *testing.T) {
	for _, tt := range []struct {
		box  image.Rectangle
		want bool
	}{
		{image.Rect(10, 20, 30, 30), true}, {image.Rect(10, 20, 25, 30), true}, {image.Rect(10, 20, 24, 30), false},
		{image.Rect(10, 20, 30, 28), true}, {image.Rect(10, 20, 30, 27), false},
		{image.Rect(10, 20, 38, 30), true}, {image.Rect(10, 20, 39, 30), false}, {image.Rect(10, 20, 30, 35), false},
		{image.Rect(13, 20, 33, 30), true}, {image.Rect(14, 20, 34, 30), false}, {image.Rect(40, 40, 60, 50), false},
	} {
		f := &finder{grounds: []ground{{box: image.Rect(0, 0, 90, 90)}, {box: image.Rect(10, 20, 30, 30)}}}
		require.Equal(t, tt.want, f.taken(boxArea(tt.box)), "%v", tt.box)
	}
}

// TestHides: an area is hidden if more than half of it is ink.
func TestHides(t *testing.T) {
	r := &reading{ground: ground{box: image.Rect(5, 3, 25, 18)}, ink: boxes(20, 15, image.Rect(4, 5, 9, 9))}
	for box, want := range map[image.Rectangle]bool{
		image.Rect(9, 8, 14, 12): true, image.Rect(9, 8, 19, 12): false, image.Rect(9, 8, 14, 16): false,
		image.Rect(4+5, 8, 14, 15): true, image.Rect(13, 8, 15, 12): false, image.Rect(13, 8, 14, 12): true,
		image.Rect(14, 8, 15, 12): false, image.Rect(9, 7, 14, 8): false, image.Rect(9, 11, 14, 12): true,
	} {
		require.Equal(t, want, r.hides(boxArea(box)), "%v", box)
	}
	for i := range r.ink.Pix {
		r.ink.Pix[i] /= 2
	}
	require.False(t, r.hides(boxArea(image.Rect(9, 8, 14, 12))), "soft edges only")
}

// TestIsWritten: strokes have at most a third of the shorter side. One of their
// parts has 8 pixels of 10,000, and at most a third of it is at the border.
func TestIsWritten(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ink    image.Rectangle
		ground image.Point
		want   bool
	}{
		{"a stroke", image.Rect(20, 20, 24, 60), image.Pt(80, 100), true},
		{"ten pixels", image.Rect(20, 20, 21, 30), image.Pt(100, 125), true},
		{"nine pixels", image.Rect(20, 20, 21, 29), image.Pt(100, 125), false},
		{"at the border", image.Rect(20, 0, 24, 12), image.Pt(80, 100), true},
		{"along the border", image.Rect(20, 0, 24, 11), image.Pt(80, 100), false},
		{"thick", image.Rect(20, 20, 24, 60), image.Pt(60, 12), true},
		{"too thick", image.Rect(20, 20, 24, 60), image.Pt(60, 11), false},
	} {
		r := &reading{ink: boxes(90, 125, tt.ink)}
		require.Equal(t, tt.want, r.isWritten(boxArea(image.Rectangle{Max: tt.ground})), tt.name)
		r.ink = Turn(r.ink, 5)
		require.Equal(t, tt.want, r.isWritten(boxArea(image.Rect(0, 0, tt.ground.Y, tt.ground.X))), "%s, turned", tt.name)
	}
}

// TestMayBeGround: a rectangle may be a ground. Another shape has an even
// outline, and three holes or one that is no hole of a digit.
func TestMayBeGround(t *testing.T) {
	trapezoid, disc, ellipse := area{top: 5}, area{top: 5}, area{top: 5}
	for y := range 60 {
		dx := int(math.Round(math.Sqrt(float64(30*30 - (y-30)*(y-30)))))
		disc.rows = append(disc.rows, [2]int{35 - dx, 35 + dx})
		ellipse.rows = append(ellipse.rows, [2]int{45 - dx*7/6, 45 + dx*7/6})
		trapezoid.rows = append(trapezoid.rows, [2]int{5, 45 + y/2})
	}
	// A trapezoid has 3270 pixels.
	c := func(x, y, slot int) []image.Rectangle { // 12 x 12 pixels with a slot
		return []image.Rectangle{image.Rect(x, y, x+12, y+12), image.Rect(x+12-slot, y+4, x+12, y+8)}
	}
	for _, tt := range []struct {
		name  string
		hull  area
		lined int
		holes []image.Rectangle
		want  bool
	}{
		{"a rectangle", boxArea(image.Rect(5, 5, 45, 65)), 85, nil, true},
		{"without holes", trapezoid, 99, nil, false},
		{"three holes", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 18, 18), image.Rect(22, 12, 28, 18), image.Rect(12, 32, 18, 38)}, true},
		{"an uneven outline", trapezoid, 94, []image.Rectangle{image.Rect(12, 12, 18, 18), image.Rect(22, 12, 28, 18), image.Rect(12, 32, 18, 38)}, false},
		{"two holes", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 18, 18), image.Rect(22, 12, 28, 18)}, false},
		{"two holes and a speck", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 18, 18), image.Rect(22, 12, 28, 18), image.Rect(12, 32, 25, 33)}, false},
		{"two holes and a larger speck", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 18, 18), image.Rect(22, 12, 28, 18), image.Rect(12, 32, 26, 33)}, true},
		{"a third one at the edge", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 18, 18), image.Rect(22, 12, 28, 18), image.Rect(5, 25, 8, 60)}, false},
		{"a third of it is a slot", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 24, 24), image.Rect(16, 15, 24, 21)}, false},
		{"a larger slot", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 24, 24), image.Rect(17, 15, 24, 22)}, true},
		{"a fifth of it is a slot", trapezoid, 95, c(12, 12, 8), false},
		{"a hole with an island", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 22, 22), image.Rect(15, 15, 18, 18)}, false},
		{"with a larger island", trapezoid, 95, []image.Rectangle{image.Rect(12, 12, 22, 22), image.Rect(15, 15, 18, 19)}, true},
		{"a slot in a disc", disc, 95, c(30, 30, 8), true},
		{"a smaller slot in a disc", disc, 95, c(30, 30, 7), false},
		{"a slot in an ellipse", ellipse, 95, c(40, 30, 8), false},
	} {
		ink := boxes(90, 70, append([]image.Rectangle{image.Rect(0, 0, 90, 70)}, tt.holes...)...)
		require.Equal(t, tt.want, mayBeGround(ink, shape{hull: tt.hull, lined: tt.lined}), tt.name)
	}
}

// TestGroundSizes: a ground within another one is at least 20 pixels wide and
// high, and has strokes.
func TestGroundSizes(t *testing.T) {
	for _, tt := range []struct {
		name           string
		canvas, stroke image.Rectangle
		want           int
	}{
		{"20 pixels wide", image.Rect(30, 20, 50, 60), image.Rect(39, 30, 41, 50), 2},
		{"19 pixels wide", image.Rect(30, 20, 49, 60), image.Rect(39, 30, 41, 50), 1},
		{"without strokes", image.Rect(30, 20, 50, 60), image.Rectangle{}, 1},
		{"at its edge", image.Rect(30, 20, 60, 60), image.Rect(33, 23, 35, 57), 1},
	} {
		g := boxes(110, 80, tt.canvas, tt.stroke)
		for i, v := range g.Pix {
			g.Pix[i] = 200 - v/255*180
		}
		for _, turn := range []Orientation{1, 5} {
			f := findGrounds(planeOf(Turn(g, turn), 0), Auto, digitGround)
			require.Len(t, f.grounds, tt.want, "%s %d", tt.name, turn)
			if tt.want == 2 {
				require.Equal(t, LightInk, f.grounds[1].polarity)
				box := f.grounds[1].box
				require.Equal(t, tt.canvas.Inset(edge).Size(), map[Orientation]image.Point{1: box.Size(), 5: {box.Dy(), box.Dx()}}[turn])
			}
		}
	}
}
