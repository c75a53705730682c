package imageprep

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// line5 draws a line with a round pen of 5 pixels.
func line5(m *image.Gray, x0, y0, x1, y1 float64) {
	steps := max(math.Abs(x1-x0), math.Abs(y1-y0))
	for i := range int(steps) + 1 {
		x, y := x0+(x1-x0)*float64(i)/steps, y0+(y1-y0)*float64(i)/steps
		for dy := -2; dy <= 2; dy++ {
			for dx := -2; dx <= 2; dx++ {
				if dx*dx+dy*dy <= 5 {
					m.SetGray(int(x)+dx, int(y)+dy, color.Gray{})
				}
			}
		}
	}
}

func ring5(m *image.Gray, x, y, rx, ry float64) {
	for i := range 200 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 200)
		line5(m, x+rx*cos, y+ry*sin, x+rx*cos+1, y+ry*sin)
	}
}

// mustBeNear checks that d shows all of the ink and nothing else.
func mustBeNear(t *testing.T, ink *image.Gray, d *Digit, name string) {
	box := InkBox(ink)
	require.InDeltaSlice(t, []int{box.Min.X, box.Min.Y, box.Max.X, box.Max.Y},
		[]int{d.Box.Min.X, d.Box.Min.Y, d.Box.Max.X, d.Box.Max.Y}, 1, name)
	for i, v := range Center(ink, box).Pix {
		require.InDelta(t, v, d.Image.Pix[i], 50, "%s, pixel %d", name, i)
	}
}

// shapes are drawings that are no digits, in a picture of 160 x 160 pixels.
var shapes = map[string]func(m *image.Gray){
	"arrow":     strokes5(40, 80, 120, 80, 95, 60, 120, 80, 95, 100, 120, 80),
	"wide ring": func(m *image.Gray) { ring5(m, 80, 80, 45, 20) },
	"ring around a cross": func(m *image.Gray) {
		ring5(m, 80, 80, 40, 40)
		strokes5(70, 70, 90, 90, 70, 90, 90, 70)(m)
	},
	"ring around a disc": func(m *image.Gray) {
		ring5(m, 80, 80, 45, 45)
		for r := range 22 {
			ring5(m, 80, 80, float64(r), float64(r))
		}
	},
	"square": strokes5(50, 50, 110, 50, 50, 110, 110, 110, 50, 50, 50, 110, 110, 50, 110, 110),
	"envelope": strokes5(40, 60, 120, 60, 40, 100, 120, 100, 40, 60, 40, 100, 120, 60, 120, 100,
		40, 60, 80, 85, 120, 60, 80, 85),
	"smiley": func(m *image.Gray) {
		ring5(m, 80, 80, 40, 40)
		ring5(m, 65, 70, 4, 4)
		ring5(m, 95, 70, 4, 4)
		line5(m, 65, 95, 95, 95)
	},
	"two dashes": strokes5(50, 70, 110, 70, 50, 90, 110, 90),
}

// strokes5 draws lines: four coordinates for each.
func strokes5(ends ...float64) func(m *image.Gray) {
	return func(m *image.Gray) {
		for e := range slices.Chunk(ends, 4) {
			line5(m, e[0], e[1], e[2], e[3])
		}
	}
}

// TestWhole: drawings that are no digits stay as they are: lines are not
// erased, and wide shapes are not cut.
func TestWhole(t *testing.T) {
	t.Parallel()
	for name, draw := range shapes {
		m := image.NewGray(image.Rect(0, 0, 160, 160))
		for i := range m.Pix {
			m.Pix[i] = 255
		}
		draw(m)
		want := image.NewGray(m.Rect)
		for i, v := range m.Pix {
			want.Pix[i] = 255 - v
		}
		d, err := Prepare(m, &Options{Whole: true})
		require.NoError(t, err, name)
		mustBeNear(t, want, d, name)

		// Ruled lines across the picture and specks are left out.
		for x := range 160 {
			m.SetGray(x, 20, color.Gray{Y: 90})
			m.SetGray(x, 140, color.Gray{Y: 90})
		}
		m.SetGray(130, 130, color.Gray{})
		d, err = Prepare(m, &Options{Whole: true})
		require.NoError(t, err, name)
		mustBeNear(t, want, d, name)
	}
	blank := image.NewGray(image.Rect(0, 0, 100, 100))
	_, err := Prepare(blank, &Options{Whole: true})
	require.ErrorAs(t, err, new(*BlankError))
}

// TestWholeFilled: filled shapes stay filled, small or large, dark or light.
func TestWholeFilled(t *testing.T) {
	t.Parallel()
	disc := func(x, y, radius float64) bool { return x*x+y*y <= radius*radius }
	square := func(x, y, radius float64) bool { return max(math.Abs(x), math.Abs(y+x/10)) <= radius }
	for name, in := range map[string]func(x, y, radius float64) bool{"disc": disc, "square": square} {
		for _, radius := range []float64{15, 30, 65} {
			for _, levels := range [][2]float64{{0, 255}, {255, 0}, {120, 220}} {
				m := image.NewGray(image.Rect(0, 0, 160, 160))
				want := image.NewGray(m.Rect)
				for y := range 160 {
					for x := range 160 {
						v := levels[1]
						if in(float64(x)-80, float64(y)-78, radius) {
							v = levels[0]
							want.SetGray(x, y, color.Gray{Y: 255})
						}
						// The light falls off by a fifth.
						m.SetGray(x, y, color.Gray{Y: uint8(v * (1 - float64(x)/800))})
					}
				}
				d, err := Prepare(m, &Options{Whole: true})
				require.NoError(t, err, "%s %v %v", name, radius, levels)
				off := 0.0
				for i, v := range Center(want, InkBox(want)).Pix {
					off += math.Abs(float64(v) - float64(d.Image.Pix[i]))
				}
				require.Less(t, off, 0.1*255*400, "%s %v %v", name, radius, levels)
			}
		}
	}
}

// TestWholePale: without noise, the palest shape stays filled, too. Its
// contrast is that of the shape, not of its edge in even light.
func TestWholePale(t *testing.T) {
	for _, radius := range []int{40, 60} {
		for _, level := range []uint8{100, 200, 224, 250} {
			m := image.NewGray(image.Rect(0, 0, 160, 160))
			for i := range m.Pix {
				x, y := i%160-80, i/160-75
				if m.Pix[i] = 255; x*x+y*y <= radius*radius {
					m.Pix[i] = level
				}
			}
			d, err := Prepare(m, &Options{Whole: true})
			require.NoError(t, err)
			require.Equal(t, uint8(255), d.Image.Pix[14*28+14], "radius %d, level %d", radius, level)
			require.Equal(t, 255-level, d.Contrast, "radius %d, level %d", radius, level)
			require.Equal(t, level > 255-lowContrast, slices.Contains(d.Warnings, LowContrast))
		}
	}
}

// TestWholeColors: a part that differs from the ground only in color belongs to
// the thing.
func TestWholeColors(t *testing.T) {
	for _, size := range []int{100, 44} {
		m := image.NewRGBA(image.Rect(0, 0, size, size))
		fill := func(r image.Rectangle, c color.RGBA) { draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src) }
		s := size / 20
		fill(m.Rect, color.RGBA{200, 200, 200, 255})
		fill(image.Rect(10*s, 9*s, 11*s, 16*s), color.RGBA{255, 178, 178, 255})
		fill(image.Rect(10*s, 4*s, 11*s, 9*s), color.RGBA{20, 20, 20, 255})
		fill(image.Rect(4*s, 6*s, 16*s, 7*s), color.RGBA{20, 20, 20, 255})
		d, err := Prepare(m, &Options{Whole: true})
		require.NoError(t, err)
		requireNear(t, image.Rect(4*s, 4*s, 16*s, 16*s), d.Box, "")
		require.Greater(t, d.Image.Pix[20*28+14], uint8(150), "%d pixels", size)
	}
}

// TestSolidPolarity: a sheet on a desk is no filled shape.
func TestSolidPolarity(t *testing.T) {
	picture := func(ground, shape uint8, hole bool) *image.Gray {
		m := image.NewGray(image.Rect(0, 0, 200, 200))
		for y := range 200 {
			for x := range 200 {
				v := ground
				inside := x > 30 && x < 170 && y > 30 && y < 170
				if inside && !(hole && x > 80 && x < 120 && y > 95 && y < 105) {
					v = shape
				}
				m.SetGray(x, y, color.Gray{Y: v})
			}
		}
		return m
	}
	require.Equal(t, DarkInk, solidPolarity(picture(230, 20, false)))
	require.Equal(t, LightInk, solidPolarity(picture(20, 230, false)))
	require.Equal(t, Auto, solidPolarity(picture(20, 230, true)), "a sheet with a mark")
	require.Equal(t, Auto, solidPolarity(picture(230, 230, false)), "blank")
	require.Equal(t, Auto, solidPolarity(image.NewGray(image.Rectangle{})))
	d, err := Prepare(picture(20, 230, true), &Options{Whole: true})
	require.NoError(t, err)
	require.Equal(t, DarkInk, d.Polarity, "the mark on the sheet")
}

// TestWholeInShadow: a shadow that is as dark as the pen in the light is no
// filled shape.
func TestWholeInShadow(t *testing.T) {
	m, want := image.NewGray(image.Rect(0, 0, 256, 256)), image.NewGray(image.Rect(0, 0, 256, 256))
	for i := range want.Pix {
		want.Pix[i] = 255
	}
	strokes5(60, 90, 200, 90, 60, 90, 60, 170, 60, 170, 200, 170, 200, 90, 200, 170)(want)
	for i, v := range want.Pix {
		light := 0.45 + float64(0.55*min(max(float64(200-i%256)/50, 0), 1))
		m.Pix[i] = uint8(light * float64(110+(238-110)*int(v)/255))
		want.Pix[i] = 255 - v
	}
	d, err := Prepare(m, &Options{Whole: true})
	require.NoError(t, err)
	mustBeNear(t, want, d, "square")
}

// TestThinPenOnSheet: a sheet on a desk is no filled shape, even if a thin pen
// cannot be seen in a small picture. But an uneven inside is one.
func TestThinPenOnSheet(t *testing.T) {
	picture := func(pen uint8) *image.Gray {
		m := image.NewGray(image.Rect(0, 0, 800, 800))
		for i := range m.Pix {
			x, y := i%800, i/800
			ring := max(max(x-400, 400-x), max(y-400, 400-y)) // a distance
			switch m.Pix[i] = 60; {
			case ring >= 120 && ring < 123:
				m.Pix[i] = pen
			case ring < 320:
				m.Pix[i] = uint8(236 - x/20 - x*y%7)
			}
		}
		return m
	}
	require.Equal(t, Auto, solidPolarity(picture(70)))
	require.Equal(t, Auto, solidPolarity(picture(130)))
	require.Equal(t, LightInk, solidPolarity(picture(215)))
	d, err := Prepare(picture(130), &Options{Whole: true})
	require.NoError(t, err)
	require.InDelta(t, 246, d.Box.Dx(), 8)
	require.Equal(t, DarkInk, d.Polarity)
}

// TestWholeWithMargin: a margin line joins the ruled lines to one part, and the
// drawing, too. Still, only the drawing stays. Its sides are no ruled lines.
func TestWholeWithMargin(t *testing.T) {
	m, want := image.NewGray(image.Rect(0, 0, 256, 256)), image.NewGray(image.Rect(0, 0, 256, 256))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	strokes5(80, 160, 130, 70, 130, 70, 180, 160, 180, 160, 70, 103, 70, 103, 190, 108, 190, 108, 80, 160)(m)
	for i, v := range m.Pix {
		want.Pix[i] = 255 - v
	}
	for i := range 256 {
		m.SetGray(25, i, color.Gray{})
		for y := 8; y < 256; y += 13 {
			m.SetGray(i, y, color.Gray{})
		}
	}
	for _, o := range []Options{{Whole: true}, {One: true}} {
		d, err := Prepare(m, &o)
		require.NoError(t, err)
		box := InkBox(want)
		require.InDeltaSlice(t, []int{box.Min.X, box.Min.Y, box.Max.X, box.Max.Y},
			[]int{d.Box.Min.X, d.Box.Min.Y, d.Box.Max.X, d.Box.Max.Y}, 2)
	}
}

// TestFillSolidPale: an ink that is nearly as pale as the paper fills nothing.
// What is far from its level is the pen, not the ground around a filled shape.
func TestFillSolidPale(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 120, 120))
	lines := image.NewGray(m.Rect)
	for i := range m.Pix {
		if m.Pix[i] = 236; i%120%8 == 0 || i/120%8 == 0 {
			m.Pix[i], lines.Pix[i] = 222, 255
		}
	}
	strokes5(30, 90, 60, 30, 60, 30, 90, 90, 30, 90, 90, 90)(m)
	f, blank := inkOfGray(m, Auto)
	require.Nil(t, blank)
	f.inks = []*image.Gray{lines}
	want := slices.Clone(lines.Pix)
	f.fillSolid(2 * minContrast)
	require.Equal(t, want, lines.Pix)
}
