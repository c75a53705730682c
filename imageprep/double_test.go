package imageprep

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// naiveDouble interpolates in floating point, at the middles of the new pixels.
func naiveDouble(g *image.Gray) []float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	at := func(x, y int) float64 {
		return float64(g.GrayAt(g.Rect.Min.X+min(max(x, 0), w-1), g.Rect.Min.Y+min(max(y, 0), h-1)).Y)
	}
	var out []float64
	for y := range 2 * h {
		for x := range 2 * w {
			u, v := (float64(x)+.5)/2-.5, (float64(y)+.5)/2-.5
			x0, y0 := int(math.Floor(u)), int(math.Floor(v))
			u, v = u-float64(x0), v-float64(y0)
			out = append(out, (1-v)*((1-u)*at(x0, y0)+u*at(x0+1, y0))+v*((1-u)*at(x0, y0+1)+u*at(x0+1, y0+1)))
		}
	}
	return out
}

func TestDoubleGray(t *testing.T) {
	r := newRand()
	for _, size := range []image.Point{{1, 1}, {1, 5}, {6, 1}, {7, 4}, {16, 16}} {
		g := image.NewGray(image.Rect(-3, 5, -3+size.X, 5+size.Y))
		fill(g.Pix, r)
		got := doubleGray(g)
		require.Equal(t, image.Rect(0, 0, 2*size.X, 2*size.Y), got.Rect)
		for i, want := range naiveDouble(g) {
			require.InDelta(t, want, got.Pix[i], 0.5)
		}
		// It does not matter how the picture is turned.
		for o := Upright; o <= 8; o++ {
			require.Equal(t, Turn(got, o).Pix, doubleGray(Turn(g, o)).Pix, "orientation %d", o)
		}
	}
}

// TestDoubleKeepsLevels: a picture of one level or color keeps it.
func TestDoubleKeepsLevels(t *testing.T) {
	b := image.Rect(10, -20, 15, -13)
	for _, c := range []color.Color{
		color.Gray{Y: 0}, color.Gray{Y: 137}, color.Gray{Y: 255},
		color.Gray16{Y: 0x8912},
		color.RGBA{R: 200, G: 30, B: 90, A: 255},
		color.NRGBA{R: 200, G: 30, B: 90, A: 255},
		color.YCbCr{Y: 99, Cb: 100, Cr: 160},
	} {
		want := color.RGBAModel.Convert(c)
		for _, img := range []image.Image{
			procedural{b, func(x, y int) color.Color { return c }}, // says that it is gray
			colorful{procedural{b, func(x, y int) color.Color { return c }}},
		} {
			if _, ok := img.(procedural); ok && color.GrayModel.Convert(c) != color.GrayModel.Convert(want) {
				continue
			}
			d := double(img)
			require.Equal(t, image.Rect(0, 0, 10, 14), d.Bounds())
			for y := range 14 {
				for x := range 10 {
					got := color.RGBAModel.Convert(d.At(x, y)).(color.RGBA)
					if _, ok := img.(colorful); ok {
						require.Equal(t, want, got)
					} else {
						require.InDelta(t, color.GrayModel.Convert(c).(color.Gray).Y, got.G, 1)
					}
				}
			}
		}
	}
}

// colorful is a picture without memory, in color.
type colorful struct{ procedural }

func (p colorful) ColorModel() color.Model { return color.RGBAModel }

// TestDoubleColors: each channel is doubled by itself.
func TestDoubleColors(t *testing.T) {
	r := newRand()
	m := image.NewRGBA(image.Rect(0, 0, 6, 5))
	fill(m.Pix, r)
	channel := func(m *image.RGBA, k int) *image.Gray {
		g := image.NewGray(m.Rect)
		for i := range g.Pix {
			g.Pix[i] = m.Pix[4*i+k]
		}
		return g
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	got := double(m).(*image.RGBA)
	for k := range 3 {
		require.Equal(t, doubleGray(channel(m, k)).Pix, channel(got, k).Pix)
	}
	require.Equal(t, uint8(255), slices.Min(channel(got, 3).Pix))
}

// TestDoubleTransparent: ink that is only in alpha is ink on its backdrop.
func TestDoubleTransparent(t *testing.T) {
	pen := drawTwo(60, 210, 60)
	for name, level := range map[string]uint8{"dark": 0, "light": 255} {
		m := image.NewNRGBA(pen.Rect)
		for i, v := range pen.Pix {
			copy(m.Pix[4*i:], []uint8{level, level, level, 210 - v})
		}
		d := double(m).(*image.RGBA)
		require.Equal(t, 255-level, d.Pix[0], "%s ink is on the other level", name)
		inked := slices.IndexFunc(d.Pix, func(v uint8) bool { return v != 255 && v != 0 })
		require.Positive(t, inked, name)
		for i := 3; i < len(d.Pix); i += 4 {
			require.Equal(t, uint8(255), d.Pix[i])
		}
	}
}

// TestDoubleAboveAlpha: a component above its alpha is at most white.
func TestDoubleAboveAlpha(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 9, 2))
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 80 // of black
	}
	for _, x := range []int{0, 1, 9, 10} {
		copy(m.Pix[4*x:], []uint8{200, 100, 60, 80})
	}
	require.Equal(t, []uint8{255, 255, 235, 255}, double(m).(*image.RGBA).Pix[:4])
}
