package imageprep

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIsColored: one pixel in two thousand has another chroma than most. It is
// more than 20 levels away.
func TestIsColored(t *testing.T) {
	for _, tt := range []struct {
		w, h   int
		cb, cr uint8 // most pixels have 100 and 140
		want   bool
	}{
		{50, 40, 112, 157, true}, {50, 40, 112, 156, false}, {50, 40, 83, 128, true}, {50, 40, 84, 128, false},
		{50, 40, 121, 140, true}, {50, 40, 100, 119, true}, {50, 40, 120, 140, false}, {69, 29, 112, 157, false},
	} {
		c := chroma{newPlane(tt.w, tt.h, nil), newPlane(tt.w, tt.h, nil)}
		for i := range c.cb.pix {
			c.cb.pix[i], c.cr.pix[i] = 100, 140
		}
		c.cb.pix[77], c.cr.pix[77] = tt.cb, tt.cr
		require.Equal(t, tt.want, c.isColored(), "%v", tt)
	}
}

// TestChromaDifference: small differences from the median are the ground's,
// unless there is ink.
func TestChromaDifference(t *testing.T) {
	const w, h = 12, 9
	for _, tt := range []struct {
		median, level, ink, place uint8
		want                      uint8
	}{
		{140, 140, 0, 0, 128}, {140, 149, 0, 0, 128}, {140, 131, 0, 0, 128},
		{140, 150, 0, 0, 138}, {140, 130, 0, 0, 118},
		{140, 149, 1, 0, 137}, {140, 131, 255, 0, 119},
		{100, 255, 0, 0, 255}, {100, 227, 0, 0, 255}, {100, 226, 0, 0, 254},
		{200, 0, 0, 0, 0}, {200, 72, 0, 0, 0}, {200, 73, 0, 0, 1},
		{140, 180, 0, noGround, 128}, {140, 180, 0, 1, 128},
	} {
		f := &inkPicture{strength: boxes(w, h), inks: []*image.Gray{boxes(w, h)}, grounds: make([]ground, 2)}
		f.places = groundMap{w: w, h: h, of: make([]uint8, w*h)}
		p := newPlane(w, h, nil)
		for i := range p.pix {
			p.pix[i] = tt.median
		}
		at := 5*w + 8
		p.pix[at], f.inks[0].Pix[at], f.places.of[at] = tt.level, tt.ink, tt.place
		got := f.chromaDifference(p)
		require.Equal(t, tt.want, got.pix[at], "%v", tt)
		got.pix[at] = 128
		for i, v := range got.pix {
			require.EqualValues(t, 128, v, "%v: %d", tt, i)
		}
	}
	// The chroma has half of the width and a third of the height.
	f := &inkPicture{strength: boxes(w, h), inks: []*image.Gray{boxes(w, h)}, grounds: make([]ground, 1)}
	p := newPlane(w/2, h/3, nil)
	p.pix[1*w/2+4] = 9
	f.inks[0].Pix[3*w+8] = 255
	got := f.chromaDifference(p)
	require.InDelta(t, 137, got.pix[4*w+9], 3)
	require.EqualValues(t, 128, got.pix[0])
	f.inks[0].Pix[3*w+8] = 0
	got = f.chromaDifference(p)
	require.InDelta(t, 128, got.pix[4*w+9], 3)
}

func TestIsGrayPalette(t *testing.T) {
	require.True(t, isGray(color.Palette{nil, color.Black, color.Gray{Y: 77}}))
	require.False(t, isGray(color.Palette{color.Black, color.RGBA{7, 8, 8, 255}}))
	require.False(t, isGray(color.Palette{color.Black, color.RGBA{7, 7, 8, 255}}))
	m := image.NewPaletted(image.Rect(3, 4, 5, 6), color.Palette{color.RGBA{1, 2, 3, 255}})
	m.Pix[3] = 1 // not in the palette
	at := colorReader(m)
	r, g, b := at(3, 4)
	require.Equal(t, []uint8{1, 2, 3}, []uint8{r, g, b})
	r, g, b = at(4, 5)
	require.Equal(t, []uint8{255, 255, 255}, []uint8{r, g, b})
}

// TestShortChroma: a YCbCr picture without all of its chroma has no color.
func TestShortChroma(t *testing.T) {
	for _, tt := range []struct {
		cb, cr int // missing bytes
		want   bool
	}{{0, 0, true}, {1, 0, false}, {0, 1, false}} {
		m := image.NewYCbCr(image.Rect(2, 3, 8, 8), image.YCbCrSubsampleRatio444)
		m.Cb, m.Cr = m.Cb[:len(m.Cb)-tt.cb], m.Cr[:len(m.Cr)-tt.cr]
		_, ok := readChroma(m, 3, 2, 2)
		require.Equal(t, tt.want, ok)
	}
}

// TestChromaPlaces: each pixel of the chroma comes from its place in the
// picture, for each type and for parts of pictures.
func TestChromaPlaces(t *testing.T) {
	whole := image.NewYCbCr(image.Rect(0, 0, 20, 16), image.YCbCrSubsampleRatio422)
	for i := range whole.Cb {
		whole.Cb[i], whole.Cr[i] = uint8(3*(i%10)+10*(i/10)), uint8(255-i%10-8*(i/10))
	}
	m := whole.SubImage(image.Rect(4, 3, 16, 15)).(*image.YCbCr)
	for _, size := range []image.Point{{6, 12}, {12, 12}, {12, 6}, {2, 4}} {
		c, ok := readChroma(m, size.X, size.Y, 3)
		require.True(t, ok)
		for y := range size.Y {
			for x := range size.X {
				// The middle of the pixel, in columns and rows of the chroma.
				u, v := 2+(2*x+1)*6/(2*size.X), 3+(2*y+1)*12/(2*size.Y)
				require.InDelta(t, 3*u+10*v, c.cb.row(y)[x], 7, "%v: %d, %d", size, x, y)
				require.InDelta(t, 255-u-8*v, c.cr.row(y)[x], 7, "%v: %d, %d", size, x, y)
			}
		}
	}
}
