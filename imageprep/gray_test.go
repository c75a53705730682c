package imageprep

import (
	"hash/crc32"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Pillow 9.4.0:
//
//	im = Image.new("RGB", (len(rgb), 1)); im.putdata(rgb); print(list(im.convert("L").getdata()))
func TestLuminanceIsPillows(t *testing.T) {
	tests := []struct {
		r, g, b, want uint8
	}{
		{0, 0, 0, 0}, {255, 255, 255, 255}, {255, 0, 0, 76}, {0, 255, 0, 150}, {0, 0, 255, 29}, {1, 2, 3, 2},
		{254, 1, 128, 91}, {17, 200, 33, 126}, {128, 128, 128, 128}, {90, 45, 222, 79}, {3, 1, 0, 1}, {200, 100, 50, 124},
	}
	for _, tt := range tests {
		for _, c := range []color.Color{
			color.RGBA{tt.r, tt.g, tt.b, 255},
			color.NRGBA64{uint16(tt.r)<<8 | 0xfe, uint16(tt.g)<<8 | 0x80, uint16(tt.b) << 8, 0xffff}, // the high byte counts
		} {
			m := procedural{image.Rect(-1, -1, 0, 0), func(x, y int) color.Color { return c }}
			require.Equal(t, []uint8{tt.want}, Luminance(m).Pix, "%v", c)
		}
	}
}

// All 2^24 colours, by their checksum. Pillow 9.4.0:
//
//	c = 0
//	for r in range(256):
//	    im = Image.frombytes("RGB", (256,256), bytes(v for g in range(256) for b in range(256) for v in (r,g,b)))
//	    c = zlib.crc32(im.convert("L").tobytes(), c)
//	print(hex(c))  # 0x15a2d22c
func TestLuminanceIsPillowsForAllColours(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 256, 256))
	crc := uint32(0)
	for r := range 256 {
		for i := range 1 << 16 {
			copy(m.Pix[4*i:], []uint8{uint8(r), uint8(i >> 8), uint8(i), 255})
		}
		crc = crc32.Update(crc, crc32.IEEETable, Luminance(m).Pix)
	}
	require.Equal(t, uint32(0x15a2d22c), crc)
}

func TestLuminanceOfEveryType(t *testing.T) {
	bounds := map[string]image.Rectangle{
		"origin":   image.Rect(0, 0, 37, 23),
		"negative": image.Rect(-13, -7, 22, 9),
		"odd":      image.Rect(5, 3, 18, 10),
		"pixel":    image.Rect(-4, -4, -3, -3),      // at (-1,-1) image.NewYCbCr makes no chroma and its own At panics
		"wide":     image.Rect(-3, 1, 2*chunk+5, 3), // more than one chunk
	}
	for _, kind := range kinds {
		for name, b := range bounds {
			t.Run(kind.name+"/"+name, func(t *testing.T) {
				img := kind.make(b, newRand())
				sub := img.(interface {
					SubImage(image.Rectangle) image.Image
				}).SubImage(image.Rect(b.Min.X+1, b.Min.Y+1, b.Max.X-2, b.Max.Y))
				for _, m := range []image.Image{img, sub} {
					got, want := Luminance(m), Luminance(atOnly{m})
					require.Equal(t, want, got)
					if !m.Bounds().Empty() {
						require.Equal(t, m.Bounds(), got.Rect)
					}
					for _, on := range []ground{black, white} {
						w, h := m.Bounds().Dx(), m.Bounds().Dy()
						got, want := make([]uint8, w), make([]uint8, w)
						for y := range h {
							newGreyRow(m, on)(got, m.Bounds().Min.X, m.Bounds().Min.Y+y)
							atRow(m, on)(want, m.Bounds().Min.X, m.Bounds().Min.Y+y)
							require.Equal(t, want, got, "ground %x, row %d", on, y)
						}
					}
				}
			})
		}
	}
}

// TestYCbCrOfEveryColour: Y is the luma of the colour, give or take the rounding of its components, if RGB has that colour.
func TestYCbCrOfEveryColour(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 1, 1), image.YCbCrSubsampleRatio444)
	within := 0
	for i := range 1 << 24 {
		c := color.YCbCr{Y: uint8(i), Cb: uint8(i >> 8), Cr: uint8(i >> 16)}
		r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		if min(r, g, b) == 0 || max(r, g, b) == 255 {
			continue // clipped, perhaps
		}
		within++
		if law := luma(uint32(r), uint32(g), uint32(b)); max(law, c.Y)-min(law, c.Y) > 1 {
			t.Fatalf("%+v is (%d, %d, %d) with luma %d", c, r, g, b, law)
		}
	}
	require.Greater(t, within, 3_000_000)
	m.Y[0], m.Cb[0], m.Cr[0] = 77, 0, 255
	require.Equal(t, []uint8{77}, Luminance(m).Pix)
}

func TestLuminanceOfTransparency(t *testing.T) {
	one := func(c ...color.Color) image.Image {
		return procedural{image.Rect(0, 0, len(c), 1), func(x, y int) color.Color { return c[x] }}
	}
	tests := []struct {
		name string
		img  image.Image
		want []uint8
	}{
		{"black ink in alpha only", one(color.NRGBA{A: 255}, color.NRGBA{A: 100}, color.NRGBA{}), []uint8{0, 155, 255}},
		{"white ink in alpha only", one(color.Alpha{255}, color.Alpha{100}, color.Alpha{}), []uint8{255, 100, 0}},
		{"dark red on nothing", one(color.NRGBA{R: 100, A: 255}, color.NRGBA{R: 255, G: 255, B: 255}), []uint8{30, 255}},
		{"yellow on nothing", one(color.NRGBA{R: 255, G: 255, A: 255}, color.Transparent), []uint8{226, 0}},
		{"nothing at all", one(color.Transparent, color.Transparent), []uint8{255, 255}},
		{"no colour", one(nil, color.Black), []uint8{255, 0}},
		{"colours beyond the law", one(odd{0x1ffff, 0xffffffff, 0x10000, 0}, odd{0, 0, 0, 0xffffffff}), []uint8{255, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, Luminance(tt.img).Pix)
		})
	}
}

type odd [4]uint32

func (o odd) RGBA() (r, g, b, a uint32) { return o[0], o[1], o[2], o[3] }

// A wrapper with an At of its own must not be read past that At, though it inherits the fast methods.
func TestLuminanceAsksAt(t *testing.T) {
	w := wrapper{image.NewRGBA(image.Rect(0, 0, 2, 1))}
	require.Equal(t, []uint8{200, 200}, Luminance(w).Pix)
}

type wrapper struct{ *image.RGBA }

func (wrapper) At(x, y int) color.Color { return color.Gray{Y: 200} }

func TestPaletteTooShort(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 3, 1), color.Palette{color.Black})
	copy(m.Pix, []uint8{0, 1, 255})
	require.Equal(t, []uint8{0, 255, 255}, Luminance(m).Pix)
	m.Palette = nil
	require.Equal(t, []uint8{255, 255, 255}, Luminance(m).Pix)
}

func TestLuminanceOfNothing(t *testing.T) {
	for _, b := range []image.Rectangle{{}, image.Rect(3, 3, 3, 9), {Min: image.Pt(5, 5), Max: image.Pt(-5, math.MinInt)}} {
		require.Empty(t, Luminance(procedural{bounds: b}).Pix)
	}
	require.PanicsWithValue(t, "imageprep: img is nil, want a picture", func() { Luminance(nil) })
}
