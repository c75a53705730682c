package imageprep

import (
	"image"
	"image/draw"
	"math"
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
