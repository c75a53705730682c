package imageprep

import (
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireForm checks that g has MNIST's form.
func requireForm(t *testing.T, g *image.Gray) {
	t.Helper()
	require.Equal(t, image.Rect(0, 0, Size, Size), g.Rect)
	require.Equal(t, Size, g.Stride)
	require.Len(t, g.Pix, Size*Size)
	require.Equal(t, uint8(255), slices.Max(g.Pix), "the strongest ink")
	box := inkBoxAbove(g, 0)
	mass, sumX, sumY := 0, 0, 0
	for i, v := range g.Pix {
		mass, sumX, sumY = mass+int(v), sumX+i%Size*int(v), sumY+i/Size*int(v)
	}
	// The center of mass is in the middle, unless the frame is in the way.
	// The tolerance is for single pixels, which the filter weakens
	// unequally. TestCenterMeetsTheMiddle is stricter with strokes.
	if box.Min.X > 1 && box.Max.X < Size-1 {
		require.InDelta(t, 14, float64(sumX)/float64(mass), 1)
	}
	if box.Min.Y > 1 && box.Max.Y < Size-1 {
		require.InDelta(t, 14, float64(sumY)/float64(mass), 1)
	}
}

func inkBoxAbove(g *image.Gray, level uint8) (box image.Rectangle) {
	for y := range g.Rect.Dy() {
		for x, v := range row(g, y) {
			if v > level {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	for _, size := range []int{14, 28, 60, 128, 256, 257, 400, 1000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			d, err := Prepare(drawTwo(size, 225, 45), nil)
			require.NoError(t, err)
			requireForm(t, d.Image)
			box := inkBoxAbove(d.Image, 0)
			// 20 pixels between two pixels touch 21, and the
			// triangle filter touches a few more.
			require.InDelta(t, 21, max(box.Dx(), box.Dy()), 2)
			require.Equal(t, DarkInk, d.Polarity)
			require.InDelta(t, 135, d.Threshold, 60)
			// The line of the 2 covers 0.3 to 0.7 and 0.18 to 0.8
			// of the picture. Half the stroke width adds 0.04.
			s := float64(size)
			for i, want := range []float64{.26, .14, .74, .84} {
				got := []int{d.Box.Min.X, d.Box.Min.Y, d.Box.Max.X, d.Box.Max.Y}[i]
				require.InDelta(t, want*s, got, 1.5+s/64)
			}
		})
	}
}

// TestPrepareSameBits: the bits are the same on every architecture. Only a
// change that is meant to change them may update the text.
func TestPrepareSameBits(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 601, 433))
	r := rand.New(rand.NewPCG(5, 6))
	for i := range img.Pix {
		x, y := i%601, i/601
		img.Pix[i] = uint8(180 + r.IntN(40))
		if dx, dy := x-300, y-200; dx*dx+2*dy*dy < 18000 && dx*dx+2*dy*dy > 12000 || x > 310 && x < 330 && y > 250 {
			img.Pix[i] = uint8(40 + r.IntN(90))
		}
	}
	d, err := Prepare(img, nil)
	require.NoError(t, err)
	requireForm(t, d.Image)
	require.Equal(t, "crc 6dc8a5ea, dark ink, threshold 144, box (166,105)-(435,433)",
		fmt.Sprintf("crc %x, %v, threshold %d, box %v", crc32.ChecksumIEEE(d.Image.Pix), d.Polarity, d.Threshold, d.Box))
}

func TestPrepareInvariance(t *testing.T) {
	pen := drawTwo(120, 210, 60)
	base, err := Prepare(pen, nil)
	require.NoError(t, err)
	alpha, chalk := image.NewNRGBA(pen.Rect), image.NewNRGBA(pen.Rect)
	for i, v := range pen.Pix {
		alpha.Pix[4*i+3] = 210 - v
		copy(chalk.Pix[4*i:], []uint8{255, 255, 255, 210 - v})
	}
	moved := func(dx, dy int) image.Image {
		return onPaper(pen, image.Rect(0, 0, 200, 180), image.Pt(dx, dy), 210)
	}
	tests := []struct {
		name  string
		img   image.Image
		exact bool
	}{
		{"inverted", inverted(pen), true},
		{"RGBA", drawnOn(image.NewRGBA(pen.Rect), pen), true},
		{"Gray16", drawnOn(image.NewGray16(pen.Rect), pen), true},
		{"YCbCr", ycbcrOf(pen), true},
		{"unknown type", atOnly{pen}, true},
		{"ink only in alpha", alpha, true},
		{"chalk only in alpha", chalk, true},
		{"part of a larger picture", onPaper(pen, image.Rect(-50, -60, 300, 400), image.Pt(31, 17), 0).
			SubImage(image.Rect(31, 17, 151, 137)), true},
		{"on a larger sheet", moved(0, 0), true},
		{"moved", moved(71, 53), true},
		{"moved by one", moved(1, 2), true},
		{"twice as large", upscaled(pen, 2), false},
		{"seven times as large", upscaled(pen, 7), false},
		{"darker", pale(pen, 3, 0), false},
		{"paler", pale(pen, 2, 120), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Prepare(tt.img, nil)
			require.NoError(t, err)
			requireForm(t, d.Image)
			if tt.exact {
				require.Equal(t, base.Image, d.Image)
				return
			}
			require.LessOrEqual(t, 255*meanDifference(base.Image, d.Image), 2.)
			for i, v := range d.Image.Pix {
				require.InDelta(t, base.Image.Pix[i], v, 30)
			}
		})
	}
}

// drawnOn copies g to m and returns m.
func drawnOn(m draw.Image, g *image.Gray) image.Image {
	draw.Draw(m, m.Bounds(), g, g.Rect.Min, draw.Src)
	return m
}

// ycbcrOf returns g as a YCbCr picture.
func ycbcrOf(g *image.Gray) *image.YCbCr {
	m := image.NewYCbCr(g.Rect, image.YCbCrSubsampleRatio420)
	copy(m.Y, g.Pix)
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = 128, 128
	}
	return m
}

func TestPrepareForcedPolarity(t *testing.T) {
	pen := drawTwo(80, 200, 20)
	for _, p := range []Polarity{DarkInk, LightInk} {
		d, err := Prepare(pen, &Options{Polarity: p, One: true})
		require.NoError(t, err)
		require.Equal(t, p, d.Polarity)
		back, err := Prepare(inverted(pen), &Options{Polarity: DarkInk + LightInk - p, One: true})
		require.NoError(t, err)
		require.Less(t, meanDifference(d.Image, back.Image), 0.001)
		require.Equal(t, d.Box, back.Box)
		require.Equal(t, 255-d.Threshold, back.Threshold)
	}
}

func TestPreparePanics(t *testing.T) {
	require.PanicsWithValue(t, "imageprep: img is nil, want a picture", func() { Prepare(nil, nil) })
	require.PanicsWithValue(t, "imageprep: Options.Polarity is Polarity(3), want Auto, DarkInk or LightInk",
		func() { Prepare(drawTwo(9, 0, 255), &Options{Polarity: 3}) })
}

// TestPrepareHuge: a picture of 2600x2600 or 8000x8000 pixels, drawn by a
// formula, needs little memory.
func TestPrepareHuge(t *testing.T) {
	half, most := 1300, uint64(6<<20)
	if long() {
		half, most = 4000, 16<<20
	}
	outer := half * 5 / 8
	ring := procedural{image.Rect(-half, -half, half, half), func(x, y int) color.Color {
		if d := x*x + y*y; d < outer*outer && 2*d > outer*outer {
			return color.Gray{}
		}
		return color.Gray{Y: 255}
	}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	d, err := Prepare(ring, nil)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	// It takes about a second. Emulators and the race detector need more.
	require.Less(t, took, time.Minute)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, most)
	requireForm(t, d.Image)
	require.Equal(t, uint8(0), d.Image.GrayAt(14, 14).Y)
	require.InDelta(t, -outer, d.Box.Min.X, float64(2*half)/256)
	require.InDelta(t, outer, d.Box.Max.Y, float64(2*half)/256)
}

func TestPrepareLine(t *testing.T) {
	for _, b := range []image.Rectangle{image.Rect(0, 0, 10000, 1), image.Rect(0, 0, 1, 10000)} {
		d, err := Prepare(procedural{b, func(x, y int) color.Color {
			return color.Gray{Y: uint8(200 - 150*((x+y)/9500))}
		}}, &Options{Polarity: DarkInk, One: true})
		require.NoError(t, err)
		requireForm(t, d.Image)
		require.True(t, d.Box.In(b), "%v", d.Box)
		require.InDelta(t, 9500, max(d.Box.Min.X, d.Box.Min.Y), 100, "where the ink begins")
	}
}

func TestPrepareDoesNotChangeItsPicture(t *testing.T) {
	img := drawTwo(50, 200, 20)
	pix := append([]uint8(nil), img.Pix...)
	_, err := Prepare(img, nil)
	require.NoError(t, err)
	require.Equal(t, pix, img.Pix)
}

// TestPrepareSmallInVignette: a small digit is found, although a vignette
// darkens a larger area.
func TestPrepareSmallInVignette(t *testing.T) {
	t.Parallel()
	r := newRand()
	for _, size := range []int{60, 200} {
		for _, loss := range []int{0, 30} {
			sheet := onPaper(drawTwo(size, 200, 40), image.Rect(0, 0, 1000, 750), image.Pt(700, 500), 200)
			g := shade(sheet, func(u, v int) int { return 100 - ((u-50)*(u-50)+(v-50)*(v-50))*loss/5000 })
			for i := range g.Pix {
				g.Pix[i] += uint8(r.IntN(7))
			}
			d, err := Prepare(g, nil)
			require.NoError(t, err, "size %d, loss %d", size, loss)
			require.True(t, d.Box.In(image.Rect(700, 500, 700+size, 500+size)), d.Box)
		}
	}
}

func TestRaw(t *testing.T) {
	want := kinds[0].make(image.Rect(0, 0, 28, 28), newRand()).(*image.Gray)
	chalk := image.NewNRGBA(want.Rect)
	for i, v := range want.Pix {
		copy(chalk.Pix[4*i:], []uint8{255, 255, 255, v})
	}
	sheet := onPaper(want, image.Rect(-40, -40, 40, 40), image.Pt(-7, 3), 77)
	for name, img := range map[string]image.Image{
		"Gray": want, "RGBA": drawnOn(image.NewRGBA(want.Rect), want), "unknown type": atOnly{want},
		"ink in alpha": chalk, "part": sheet.SubImage(image.Rect(-7, 3, 21, 31)),
	} {
		got, err := Raw(img)
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	got, err := Raw(want)
	require.NoError(t, err)
	got.Pix[0]++
	require.NotEqual(t, want.Pix[0], got.Pix[0], "a copy")
}

// TestRawOfTransparency: transparent parts become black, whatever the ink.
func TestRawOfTransparency(t *testing.T) {
	r := image.Rect(3, 4, 3+Size, 4+Size)
	picture := func(m draw.Image, ink color.Color) image.Image {
		for i := range 5 { // the rest stays transparent
			m.Set(3+i, 10, ink)
		}
		return m
	}
	palette := color.Palette{color.Transparent, color.Black, color.White}
	for _, tt := range []struct {
		ink  color.Color
		want uint8
	}{{color.Black, 0}, {color.White, 255}, {color.NRGBA{A: 128}, 0}, {color.NRGBA{255, 255, 255, 128}, 128}, {color.NRGBA{200, 200, 200, 255}, 200}} {
		images := []draw.Image{image.NewRGBA(r), image.NewNRGBA(r), image.NewRGBA64(r), image.NewNRGBA64(r)}
		if tt.want%255 == 0 && tt.ink != (color.NRGBA{A: 128}) {
			images = append(images, image.NewPaletted(r, palette))
		}
		for _, m := range images {
			for _, img := range []image.Image{picture(m, tt.ink), atOnly{m}} {
				got, err := Raw(img)
				require.NoError(t, err)
				require.Equal(t, image.Rect(0, 0, Size, Size), got.Rect)
				for i, v := range got.Pix {
					want := uint8(0)
					if i/Size == 6 && i%Size < 5 {
						want = tt.want
					}
					require.Equal(t, want, v, "%T, %v, pixel %d", m, tt.ink, i)
				}
			}
		}
	}
	mask := image.NewAlpha(r)
	mask.SetAlpha(5, 6, color.Alpha{99})
	got, err := Raw(mask)
	require.NoError(t, err)
	require.Equal(t, []uint8{0, 99, 0}, got.Pix[2*Size+1:][:3])
}

// TestStretchPale: pale ink is stretched, but neither MNIST's levels nor noise.
func TestStretchPale(t *testing.T) {
	r := newRand()
	noise := image.NewGray(image.Rect(0, 0, 28, 28))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(max(0, 9*r.NormFloat64()))
	}
	digit := drawTwo(28, 0, 254)
	tests := []struct {
		name      string
		g         *image.Gray
		low, high uint8 // of the result
		same      bool
	}{
		{"MNIST's palest", digit, 0, 254, true},
		{"full", drawTwo(28, 0, 255), 0, 255, true},
		{"full ink on gray", drawTwo(28, 90, 255), 90, 255, true},
		{"not quite full", drawTwo(28, 0, 224), 0, 224, true},
		{"a little pale", drawTwo(28, 0, 223), 0, 255, false},
		{"pale", pale(digit, 2, 0), 0, 255, false},
		{"very pale", pale(digit, 8, 0), 0, 255, false},
		{"pale on gray", pale(digit, 4, 50), 0, 255, false},
		{"hardly visible", pale(digit, 20, 0), 0, 255, false},
		{"noise", noise, 0, slices.Max(noise.Pix), true},
		{"black", image.NewGray(digit.Rect), 0, 0, true},
		{"gray", onPaper(grayOf(1, 77), digit.Rect, image.Point{}, 77), 77, 77, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Raw(tt.g)
			require.NoError(t, err)
			require.Equal(t, tt.g.Pix, got.Pix)
			StretchPale(got)
			require.Equal(t, tt.low, slices.Min(got.Pix))
			require.Equal(t, tt.high, slices.Max(got.Pix))
			require.Equal(t, tt.same, slices.Equal(tt.g.Pix, got.Pix))
			low, high := float64(slices.Min(tt.g.Pix)), float64(slices.Max(tt.g.Pix))
			for i, v := range tt.g.Pix {
				if !tt.same {
					require.InDelta(t, 255*(float64(v)-low)/(high-low), got.Pix[i], .5)
				}
			}
		})
	}
}

func TestRawErrors(t *testing.T) {
	for _, b := range []image.Rectangle{
		{}, image.Rect(0, 0, 28, 27), image.Rect(0, 0, 28, 29), image.Rect(0, 0, 27, 28), image.Rect(0, 0, 29, 28),
		image.Rect(0, 0, 300, 200), {Max: image.Pt(-28, -28)}, {Min: image.Pt(28, 28)}, image.Black.Bounds(),
	} {
		_, err := Raw(procedural{bounds: b})
		var size *SizeError
		require.ErrorAs(t, err, &size)
		require.Equal(t, b, size.Bounds)
		require.Equal(t, "28x28", size.Want)
	}
	_, err := Raw(image.NewGray(image.Rect(0, 0, 300, 200)))
	require.EqualError(t, err, "imageprep: picture is 300x200 (bounds (0,0)-(300,200)), want 28x28: "+
		"use Prepare, which finds, scales and centers the digit")
	require.Panics(t, func() { Raw(nil) })
}
