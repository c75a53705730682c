package imageprep

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// painted draws shapes, given as dark ink on white, in colors on a colored
// ground. The ink of a later shape covers the earlier ones.
func painted(ground color.RGBA, shapes []*image.Gray, inks ...color.RGBA) *image.RGBA {
	out := image.NewRGBA(shapes[0].Rect)
	draw.Draw(out, out.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	for i, s := range shapes {
		mask := image.NewAlpha(s.Rect)
		for k, v := range s.Pix {
			mask.Pix[k] = 255 - v
		}
		draw.DrawMask(out, out.Rect, image.NewUniform(inks[i]), image.Point{}, mask, image.Point{}, draw.Over)
	}
	return out
}

// drawBox draws the outline of a box.
func drawBox(size int, box image.Rectangle, width int) *image.Gray {
	g := onPaper(grayOf(1, 0), image.Rect(0, 0, size, size), image.Point{}, 255)
	draw.Draw(g, box, image.Black, image.Point{}, draw.Src)
	draw.Draw(g, box.Inset(width), image.White, image.Point{}, draw.Src)
	return g
}

// asJPEG returns a picture after lossy compression.
func asJPEG(t *testing.T, img image.Image) image.Image {
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, img, &jpeg.Options{Quality: 80}))
	img, err := jpeg.Decode(&file)
	require.NoError(t, err)
	return img
}

var (
	whitePaper  = color.RGBA{245, 243, 238, 255}
	yellowPaper = color.RGBA{250, 235, 140, 255}
	blackInk    = color.RGBA{25, 25, 30, 255}
	blueInk     = color.RGBA{40, 60, 160, 255}
	redInk      = color.RGBA{215, 50, 50, 255}
	greenInk    = color.RGBA{30, 140, 70, 255}
	grayInk     = color.RGBA{120, 120, 125, 255}
)

// TestInksOfColors: each ink comes out as if it were alone, whole where another
// ink crosses it.
func TestInksOfColors(t *testing.T) {
	t.Parallel()
	const size = 200
	two, box := drawTwo(size, 255, 0), drawBox(size, image.Rect(40, 20, 160, 150), 5)
	for _, tt := range []struct {
		name         string
		ground       color.RGBA
		first, other color.RGBA // first is the color of the 2
		below        bool       // the 2 is below the box
	}{
		{"black over red", whitePaper, blackInk, redInk, false},
		{"black below red", whitePaper, blackInk, redInk, true},
		{"black below green", whitePaper, blackInk, greenInk, true},
		{"blue over red", whitePaper, blueInk, redInk, false},
		{"blue over red on yellow", yellowPaper, blueInk, redInk, false},
		{"gray below red", whitePaper, grayInk, redInk, true},
		{"white below red on black", blackInk, color.RGBA{240, 240, 240, 255}, redInk, true},
	} {
		shapes, inks := []*image.Gray{box, two}, []color.RGBA{tt.other, tt.first}
		if tt.below {
			shapes, inks = []*image.Gray{two, box}, []color.RGBA{tt.first, tt.other}
		}
		img := painted(tt.ground, shapes, inks...)
		for name, img := range map[string]image.Image{tt.name: img, tt.name + ", JPEG": asJPEG(t, img)} {
			t.Run(name, func(t *testing.T) {
				f, err := readInk(img, 256, 1, Auto)
				require.NoError(t, err)
				require.Len(t, f.inks, 2)
				require.Len(t, f.strengths, 2)
				first, other := f.inks[0], f.inks[1]
				if tt.ground == yellowPaper {
					first, other = other, first // yellow is far from blue
				}
				require.Less(t, meanDifference(first, inverted(two)), .015)
				require.Less(t, meanDifference(other, inverted(box)), .025)
				_, parts := findParts(first)
				largest := slices.MaxFunc(parts, func(a, b part) int { return a.area - b.area })
				require.Greater(t, 100*largest.area, 97*countInk(first), "whole: %v", parts)
			})
		}
	}
}

// TestThreeInks: the least colored ink comes first.
func TestThreeInks(t *testing.T) {
	two := drawTwo(200, 255, 0)
	bar := func(y int) *image.Gray {
		g := onPaper(grayOf(1, 0), two.Rect, image.Point{}, 255)
		draw.Draw(g, image.Rect(20, y, 180, y+6), image.Black, image.Point{}, draw.Src)
		return g
	}
	f, err := readInk(painted(whitePaper, []*image.Gray{bar(15), bar(180), two}, redInk, blueInk, blackInk), 256, 1, Auto)
	require.NoError(t, err)
	require.Len(t, f.inks, 3)
	for i, want := range []*image.Gray{two, bar(180), bar(15)} {
		require.Less(t, meanDifference(f.inks[i], inverted(want)), .01, i)
	}
}

// TestOutlined: the core of a stroke is red. The black ink is bridged, and then
// nothing of the red ink is left. A black stroke is where the red ink was.
func TestOutlined(t *testing.T) {
	outline := newEasel(200, 200, 255, 0, 14*16)
	core := newEasel(200, 200, 255, 0, 8*16)
	beside := newEasel(200, 200, 255, 0, 8*16)
	for _, e := range []*easel{outline, core} {
		e.line(40*16, 40*16, 60*16, 160*16, 160*16, 150*16)
	}
	beside.line(105*16, 60*16, 100*16, 115*16)
	img := colored([3]uint8{255, 255, 255}, []*easel{outline, core, beside}, [][3]uint8{{}, {220, 20, 20}, {}})
	page, err := PrepareAll(img, nil)
	require.NoError(t, err)
	requirePage(t, page, img.Rect)
	require.Len(t, page.Digits, 1)
	require.Equal(t, image.Rect(33, 33, 167, 167), page.Digits[0].Box)
	require.Empty(t, page.LeftOut)
}

// TestOneInk: shades of one pen, a cast, and colored edges are one ink.
func TestOneInk(t *testing.T) {
	two := drawTwo(200, 255, 0)
	img := painted(color.RGBA{235, 205, 170, 255}, []*image.Gray{two}, color.RGBA{100, 95, 85, 255})
	r := newRand()
	noisy := image.NewRGBA(img.Rect)
	for i, v := range img.Pix {
		noisy.Pix[i] = uint8(min(max(int(v)+r.IntN(17)-8, 0), 255))
		if i%4 == 3 {
			noisy.Pix[i] = 255
		}
	}
	fringes := image.NewRGBA(img.Rect) // as on screens with ClearType
	for y := range 200 {
		for x := range 200 {
			level := func(x int) uint8 { return two.GrayAt(min(max(x, 0), 199), y).Y }
			fringes.SetRGBA(x, y, color.RGBA{level(x - 1), level(x), level(x + 1), 255})
		}
	}
	faded := painted(whitePaper, []*image.Gray{two}, blueInk)
	for y := range 100 {
		for x := range 200 {
			c := faded.RGBAAt(x, y)
			faded.SetRGBA(x, y, color.RGBA{c.R/2 + 122, c.G/2 + 121, c.B/2 + 119, 255})
		}
	}
	for name, img := range map[string]image.Image{
		"cast": img, "cast, JPEG": asJPEG(t, img), "noise": noisy, "noise, JPEG": asJPEG(t, noisy),
		"fringes": fringes, "faded blue": faded, "blue, JPEG": asJPEG(t, painted(whitePaper, []*image.Gray{two}, blueInk)),
	} {
		f, err := readInk(img, 256, 1, Auto)
		require.NoError(t, err, name)
		require.Len(t, f.inks, 1, name)
		require.Less(t, meanDifference(f.inks[0], inverted(two)), .035, name)
	}
}

// TestEqualLuminance: ink that has the luminance of its ground is found by its
// color.
func TestEqualLuminance(t *testing.T) {
	two := drawTwo(200, 255, 0)
	ground, ink := color.RGBA{110, 180, 110, 255}, color.RGBA{231, 115, 100, 255}
	require.InDelta(t, luma(110, 180, 110), luma(231, 115, 100), 3)
	img := painted(ground, []*image.Gray{two}, ink)
	for name, img := range map[string]image.Image{"PNG": img, "JPEG": asJPEG(t, img)} {
		f, err := readInk(img, 256, 1, Auto)
		require.NoError(t, err, name)
		last := f.inks[len(f.inks)-1]
		require.Less(t, meanDifference(last, inverted(two)), .03, name)
	}
	// With no difference at all, the gray picture is blank.
	same := color.RGBA{231, 120, 101, 255}
	require.Equal(t, luma(110, 180, 110), luma(231, 120, 101))
	d, err := Prepare(painted(ground, []*image.Gray{two}, same), nil)
	require.NoError(t, err)
	gray, err := Prepare(two, nil)
	require.NoError(t, err)
	require.Less(t, meanDifference(d.Image, gray.Image), .03)
	// Beside black ink, it is an ink of its own.
	bar := onPaper(grayOf(1, 0), two.Rect, image.Point{}, 255)
	draw.Draw(bar, image.Rect(20, 180, 180, 190), image.Black, image.Point{}, draw.Src)
	f, err := readInk(painted(ground, []*image.Gray{two, bar}, ink, blackInk), 256, 1, Auto)
	require.NoError(t, err)
	require.Len(t, f.inks, 2)
	require.Less(t, meanDifference(f.inks[0], inverted(bar)), .01)
	require.Less(t, meanDifference(f.inks[1], inverted(two)), .03)
	digit := image.NewGray(f.inks[1].Rect)
	copy(digit.Pix, f.inks[1].Pix)
	f.sharpen(1, digit)
	require.Less(t, meanDifference(digit, inverted(two)), .03)
}

// TestColoredNote: a colored note is no ink, even with the luminance of its
// page.
func TestColoredNote(t *testing.T) {
	two := drawTwo(200, 255, 0)
	note := onPaper(grayOf(1, 0), two.Rect, image.Point{}, 255)
	draw.Draw(note, image.Rect(30, 20, 170, 180), image.Black, image.Point{}, draw.Src)
	f, err := readInk(painted(color.RGBA{200, 200, 200, 255}, []*image.Gray{note, two}, color.RGBA{240, 180, 200, 255}, blackInk), 256, 1, Auto)
	require.NoError(t, err)
	require.Len(t, f.inks, 1)
	require.Less(t, meanDifference(f.inks[0], inverted(two)), .01)
}

// TestHighlighter: the mark of a highlighter on a digit is no ink. Beside the
// digit it is as narrow as a stroke.
func TestHighlighter(t *testing.T) {
	two := drawTwo(200, 255, 0)
	mark := onPaper(grayOf(1, 0), two.Rect, image.Point{}, 255)
	draw.Draw(mark, image.Rect(40, 40, 160, 156), image.Black, image.Point{}, draw.Src)
	f, err := readInk(painted(whitePaper, []*image.Gray{mark, two}, color.RGBA{250, 240, 60, 255}, blackInk), 256, 1, Auto)
	require.NoError(t, err)
	require.Len(t, f.inks, 1)
	require.Less(t, meanDifference(f.inks[0], inverted(two)), .01)
}

// TestReadChroma: the chroma of every type is about that of its colors.
func TestReadChroma(t *testing.T) {
	img := painted(whitePaper, []*image.Gray{drawBox(60, image.Rect(0, 0, 30, 60), 30)}, redInk)
	_, cb, cr := color.RGBToYCbCr(redInk.R, redInk.G, redInk.B)
	nrgba, yuv := image.NewNRGBA(img.Rect), image.NewYCbCr(img.Rect, image.YCbCrSubsampleRatio420)
	palette := image.NewPaletted(img.Rect, color.Palette{whitePaper, redInk})
	for _, m := range []draw.Image{nrgba, palette} {
		draw.Draw(m, img.Rect, img, image.Point{}, draw.Src)
	}
	for y := range 60 {
		for x := range 60 {
			c := img.RGBAAt(x, y)
			yuv.Y[yuv.YOffset(x, y)], yuv.Cb[yuv.COffset(x, y)], yuv.Cr[yuv.COffset(x, y)] = color.RGBToYCbCr(c.R, c.G, c.B)
		}
	}
	for name, m := range map[string]image.Image{"RGBA": img, "NRGBA": nrgba, "YCbCr": yuv, "Paletted": palette, "unknown": atOnly{img}} {
		for _, size := range []int{60, 45, 20, 7} {
			c, ok := readChroma(m, size, size, 3)
			require.True(t, ok)
			require.True(t, c.isColored())
			for y := range size {
				require.InDelta(t, cb, c.cb.row(y)[0], 1, name)
				require.InDelta(t, cr, c.cr.row(y)[size/2-1], 1, name)
				require.InDelta(t, 128, c.cr.row(y)[size-1], 4, name)
			}
		}
	}
	for _, m := range []image.Image{
		image.NewGray(img.Rect), image.NewGray16(img.Rect), image.NewAlpha(img.Rect),
		image.NewPaletted(img.Rect, color.Palette{color.White, color.Black, nil}),
		&image.YCbCr{Y: yuv.Y, YStride: yuv.YStride, Rect: yuv.Rect}, // without chroma
	} {
		_, ok := readChroma(m, 20, 20, 3)
		require.False(t, ok, "%T", m)
	}
	c, ok := readChroma(image.NewRGBA(img.Rect), 20, 20, 3)
	require.True(t, ok)
	require.False(t, c.isColored())
}

// TestPaleInk: pencil beside bold ink is ink, but pale ruled lines are not.
func TestPaleInk(t *testing.T) {
	g := onPaper(drawTwo(120, 235, 30), image.Rect(0, 0, 300, 160), image.Pt(10, 20), 235)
	draw.Draw(g, image.Rect(130, 20, 250, 140), drawTwo(120, 235, 190), image.Point{}, draw.Src)
	f, err := readInk(g, 300, 1, Auto)
	require.NoError(t, err)
	_, parts := findParts(f.inks[0])
	require.Len(t, parts, 2)
	require.Equal(t, parts[0].box.Add(image.Pt(120, 0)), parts[1].box)
	require.InDelta(t, parts[0].area, parts[1].area, 80)

	lined := drawTwo(200, 235, 30)
	for _, y := range []int{30, 60, 90, 120, 150, 180} {
		for x := range 200 {
			lined.Pix[y*200+x] = min(lined.Pix[y*200+x], 200)
		}
	}
	f, err = readInk(lined, 256, 1, Auto)
	require.NoError(t, err)
	_, parts = findParts(f.inks[0])
	require.Len(t, parts, 1)
}

// TestOnWhite: the levels of a color may be larger than its alpha, or than
// 0xffff. No level of the result is larger than 255.
func TestOnWhite(t *testing.T) {
	for _, tt := range []struct {
		c    odd // red, green, blue, and alpha
		want [3]uint8
	}{
		{odd{0, 0x1234, 0xffff, 0xffff}, [3]uint8{0, 0x12, 255}},
		{odd{0, 0x1000, 0x8000, 0x8000}, [3]uint8{0x7f, 0x8f, 255}},
		{odd{0, 0, 0, 0}, [3]uint8{255, 255, 255}},
		{odd{0x8001, 0xc000, 0xffff, 0x8000}, [3]uint8{255, 255, 255}},
		{odd{0x10000, 0x20000, 1<<32 - 1, 0xffff}, [3]uint8{255, 255, 255}},
		{odd{0, 0x1234, 0xffff, 0x20000}, [3]uint8{0, 0x12, 255}},
	} {
		r, g, b := onWhite(tt.c)
		require.Equal(t, tt.want, [3]uint8{r, g, b}, "%x", tt.c)
	}

	m := image.NewRGBA(image.Rect(0, 0, 1, 1))
	for pixel, want := range map[[4]uint8][3]uint8{
		{100, 10, 0, 100}:    {255, 165, 155},
		{200, 150, 120, 100}: {255, 255, 255}, // more of each color than alpha
	} {
		copy(m.Pix, pixel[:])
		r, g, b := colorReader(m)(0, 0)
		require.Equal(t, want, [3]uint8{r, g, b})
	}
}

// TestSoftEdge: a pixel without a class goes to the nearest inks, or to the
// first one if none is within three pixels.
func TestSoftEdge(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b image.Point // pixels of the first ink and of the second one
		want [2]uint8
	}{
		{"above", image.Pt(0, 0), image.Pt(4, 1), [2]uint8{0, 9}},
		{"below", image.Pt(0, 0), image.Pt(4, 7), [2]uint8{0, 9}},
		{"on the left", image.Pt(0, 0), image.Pt(1, 4), [2]uint8{0, 9}},
		{"on the right", image.Pt(0, 0), image.Pt(7, 4), [2]uint8{0, 9}},
		{"the first is nearer", image.Pt(5, 5), image.Pt(6, 6), [2]uint8{9, 0}},
		{"the second is nearer", image.Pt(2, 2), image.Pt(3, 3), [2]uint8{0, 9}},
		{"equally near", image.Pt(2, 4), image.Pt(5, 6), [2]uint8{9, 9}},
		{"far", image.Pt(0, 0), image.Pt(8, 8), [2]uint8{9, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &tinting{w: 9, h: 9, class: make([]uint8, 81)}
			s.class[tt.a.Y*9+tt.a.X], s.class[tt.b.Y*9+tt.b.X] = 1, 2
			inks := []*image.Gray{image.NewGray(image.Rect(0, 0, 9, 9)), image.NewGray(image.Rect(0, 0, 9, 9))}
			s.give(inks, 4*9+4, 9)
			require.Equal(t, tt.want, [2]uint8{inks[0].GrayAt(4, 4).Y, inks[1].GrayAt(4, 4).Y})
			s.give(inks, tt.b.Y*9+tt.b.X, 7)
			require.Equal(t, uint8(7), inks[1].GrayAt(tt.b.X, tt.b.Y).Y)
		})
	}
}
