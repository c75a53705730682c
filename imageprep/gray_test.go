package imageprep

import (
	"hash/crc32"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLuminanceIsPillows compares with Pillow 9.4.0:
//
//	im = Image.new("RGB", (len(rgb), 1))
//	im.putdata(rgb)
//	print(list(im.convert("L").getdata()))
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
			// Only the high bytes count.
			color.NRGBA64{uint16(tt.r)<<8 | 0xfe, uint16(tt.g)<<8 | 0x80, uint16(tt.b) << 8, 0xffff},
		} {
			m := procedural{image.Rect(-1, -1, 0, 0), func(x, y int) color.Color { return c }}
			require.Equal(t, []uint8{tt.want}, Luminance(m).Pix, "%v", c)
		}
	}
}

// TestLuminanceIsPillowsForAllColors compares the checksum of all 2^24 colors
// with that of Pillow 9.4.0:
//
//	c = 0
//	for r in range(256):
//	    rgb = bytes(v for g in range(256) for b in range(256)
//	                for v in (r, g, b))
//	    im = Image.frombytes("RGB", (256, 256), rgb)
//	    c = zlib.crc32(im.convert("L").tobytes(), c)
//	print(hex(c))  # 0x15a2d22c
func TestLuminanceIsPillowsForAllColors(t *testing.T) {
	if !long() {
		t.Skip("long: set DIGITS_LONG=1")
	}
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
		// At (-1, -1), image.NewYCbCr makes no chroma, and its own At
		// panics.
		"pixel": image.Rect(-4, -4, -3, -3),
		"wide":  image.Rect(-3, 1, 2*chunk+5, 3), // more than one chunk
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
					for _, behind := range []backdrop{black, white} {
						w, h := m.Bounds().Dx(), m.Bounds().Dy()
						got, want := make([]uint8, w), make([]uint8, w)
						for y := range h {
							newRowReader(m, behind)(got, m.Bounds().Min.X, m.Bounds().Min.Y+y)
							atReader(m, behind)(want, m.Bounds().Min.X, m.Bounds().Min.Y+y)
							require.Equal(t, want, got, "backdrop %x, row %d", behind, y)
						}
					}
				}
			})
		}
	}
}

// TestYCbCrOfEveryColor: if RGB has the color, Y differs from its luma only by
// the rounding of the components.
func TestYCbCrOfEveryColor(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 1, 1), image.YCbCrSubsampleRatio444)
	within := 0
	step := 17
	if long() {
		step = 1
	}
	for i := 0; i < 1<<24; i += step {
		c := color.YCbCr{Y: uint8(i), Cb: uint8(i >> 8), Cr: uint8(i >> 16)}
		r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		if min(r, g, b) == 0 || max(r, g, b) == 255 {
			continue // perhaps clipped
		}
		within++
		if l := luma(uint32(r), uint32(g), uint32(b)); max(l, c.Y)-min(l, c.Y) > 1 {
			t.Fatalf("%+v is (%d, %d, %d) with luma %d", c, r, g, b, l)
		}
	}
	require.Greater(t, within, 3_000_000/step)
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
		{"dark red on transparent", one(color.NRGBA{R: 100, A: 255}, color.NRGBA{255, 255, 255, 0}), []uint8{30, 255}},
		{"yellow on transparent", one(color.NRGBA{R: 255, G: 255, A: 255}, color.Transparent), []uint8{226, 0}},
		{"all transparent", one(color.Transparent, color.Transparent), []uint8{255, 255}},
		{"nil color", one(nil, color.Black), []uint8{255, 0}},
		{"invalid colors", one(odd{0x1ffff, 0xffffffff, 0x10000, 0}, odd{0, 0, 0, 0xffffffff}), []uint8{255, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, Luminance(tt.img).Pix)
		})
	}
}

type odd [4]uint32

func (o odd) RGBA() (r, g, b, a uint32) { return o[0], o[1], o[2], o[3] }

// TestLuminanceAsksAt: a wrapper with its own At is read through At, although
// it inherits the methods of the standard type.
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
	upsideDown := image.Rectangle{Min: image.Pt(5, 5), Max: image.Pt(-5, math.MinInt)}
	for _, b := range []image.Rectangle{{}, image.Rect(3, 3, 3, 9), upsideDown} {
		require.Equal(t, new(image.Gray), Luminance(procedural{bounds: b}))
	}
	require.PanicsWithValue(t, "imageprep: img is nil, want a picture", func() { Luminance(nil) })
}

// TestFalseSize: a picture that claims very many pixels takes no memory.
func TestFalseSize(t *testing.T) {
	require.Panics(t, func() {
		Luminance(&image.Gray{Pix: make([]uint8, 9), Stride: 300_000, Rect: image.Rect(0, 0, 300_000, 200_000)})
	})
}

// TestShortPictures: a picture with fewer pixels than it claims panics, and
// nothing behind them is read.
func TestShortPictures(t *testing.T) {
	b := image.Rect(0, 0, 10, 1)
	for _, img := range []image.Image{
		&image.Gray{Pix: make([]uint8, 5), Stride: 10, Rect: b},
		&image.Gray{Pix: make([]uint8, 100)[:5], Stride: 10, Rect: b},
		&image.RGBA{Pix: make([]uint8, 100)[:20], Stride: 40, Rect: b},
		&image.NRGBA{Pix: make([]uint8, 100)[:20], Stride: 40, Rect: b},
		&image.Paletted{Pix: make([]uint8, 100)[:5], Stride: 10, Rect: b, Palette: color.Palette{color.Black}},
		&image.YCbCr{
			Y: make([]uint8, 100)[:5], Cb: make([]uint8, 10), Cr: make([]uint8, 10), YStride: 10, CStride: 10,
			Rect: b, SubsampleRatio: image.YCbCrSubsampleRatio444,
		},
	} {
		require.Panics(t, func() { Luminance(img) }, "%T", img)
	}
}

// naiveOtsu returns the largest variance between the classes, up to a constant
// factor, and all thresholds that reach it.
func naiveOtsu(pix []uint8) (best float64, at []uint8) {
	for t := range 255 {
		var n, s [2]float64
		for _, v := range pix {
			class := 0
			if int(v) > t {
				class = 1
			}
			n[class]++
			s[class] += float64(v)
		}
		if n[0] == 0 || n[1] == 0 {
			continue
		}
		d := s[0]/n[0] - s[1]/n[1]
		switch between := d * d * n[0] * n[1]; {
		case between > best:
			best, at = between, []uint8{uint8(t)}
		case between == best:
			at = append(at, uint8(t))
		}
	}
	return best, at
}

func TestOtsu(t *testing.T) {
	r := newRand()
	for range 200 {
		pix := make([]uint8, 1+r.IntN(60))
		mean := []float64{float64(r.IntN(256)), float64(r.IntN(256))}
		for i := range pix {
			pix[i] = uint8(min(max(mean[r.IntN(2)]+15*r.NormFloat64(), 0), 255))
		}
		var h histogram
		h.add(pix)
		got, ok := h.otsu()
		best, at := naiveOtsu(pix)
		require.Equal(t, best > 0, ok)
		if ok {
			require.Contains(t, at, got, "%v", pix)
		}
	}
}

func TestOtsuTakesTheMiddleOfTheGap(t *testing.T) {
	for _, tt := range []struct{ low, high, want uint8 }{{0, 255, 127}, {10, 20, 15}, {7, 8, 7}} {
		var h histogram
		h.add([]uint8{tt.low, tt.high})
		got, ok := h.otsu()
		require.True(t, ok)
		require.Equal(t, tt.want, got)
	}
	var empty histogram
	_, ok := empty.otsu()
	require.False(t, ok)
}

func TestMedians(t *testing.T) {
	r := newRand()
	for n := 1; n < 40; n++ {
		pix := make([]uint8, n)
		fill(pix, r)
		var h histogram
		h.add(pix)
		slices.Sort(pix)
		require.Equal(t, int(pix[(n-1)/2]), h.medianOf(0, 255))
		low, high := h.extremes()
		require.Equal(t, []uint8{pix[0], pix[n-1]}, []uint8{low, high})
	}
}
