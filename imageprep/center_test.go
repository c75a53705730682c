package imageprep

import (
	"encoding/hex"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Pillow 9.4.0, which takes the part of a picture to resize in fractions of a pixel:
//
//	def place(center, n, pixel):
//	    begin = center - 14.5*pixel
//	    return max(min(begin, 0), n - 28*pixel)
//
//	im = Image.new("L", (W, H))
//	data = [(x*x*7 + y*y*13 + x*y*5) % 256 for y in range(H) for x in range(W)]
//	im.putdata(data)
//	mass = sum(data)
//	cx = sum(v*(i % W + .5) for i, v in enumerate(data))/mass
//	cy = sum(v*(i//W + .5) for i, v in enumerate(data))/mass
//	pixel = max(W, H)/20
//	x, y = place(cx, W, pixel), place(cy, H, pixel)
//	pad = 2*max(W, H)                       # ground all around
//	big = Image.new("L", (W + 2*pad, H + 2*pad))
//	big.paste(im, (pad, pad))
//	out = big.resize((28, 28), Image.BILINEAR, box=(pad + x, pad + y, pad + x + 28*pixel, pad + y + 28*pixel))
//	print(bytes(out.getdata()).hex())
//
// Pillow rounds to 8 bits after each direction, hence the tolerance of one level.
func TestCenterIsPillows(t *testing.T) {
	for _, tt := range pillowCentered {
		t.Run(tt.name, func(t *testing.T) {
			g := image.NewGray(image.Rect(0, 0, tt.W, tt.H))
			for i := range g.Pix {
				x, y := i%tt.W, i/tt.W
				g.Pix[i] = uint8(x*x*7 + y*y*13 + x*y*5)
			}
			rows, err := hex.DecodeString(tt.want)
			require.NoError(t, err)
			want := make([]uint8, Size*Size)
			copy(want[tt.above*Size:], rows)
			for i, v := range centered(t, g) {
				require.InDelta(t, want[i], (v+128)/257, 1, "pixel %d", i)
			}
		})
	}
}

// centered is Center without making the strongest pixel 255.
func centered(t *testing.T, g *image.Gray) [Size * Size]uint64 {
	x, y, ok := centerOfMass(g)
	require.True(t, ok)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	long := int64(max(w, h))
	return resample(g, place(x, w, long), place(y, h, long))
}

// naiveCentered is the definition in floating point: the triangle filter over a plane that is 0 outside the picture.
func naiveCentered(g *image.Gray) []float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var mass, sumX, sumY float64
	for y := range h {
		for x, v := range row(g, y) {
			mass, sumX, sumY = mass+float64(v), sumX+float64(v)*(float64(x)+.5), sumY+float64(v)*(float64(y)+.5)
		}
	}
	pixel := float64(max(w, h)) / 20
	support := max(pixel, 1)
	begin := func(center float64, n int) float64 {
		return max(min(center-14.5*pixel, 0), float64(n)-28*pixel)
	}
	weight := func(x, i int, begin float64) float64 {
		return max(0, 1-math.Abs(float64(x)+.5-begin-(float64(i)+.5)*pixel)/support)
	}
	left, top := begin(sumX/mass, w), begin(sumY/mass, h)
	out := make([]float64, Size*Size)
	for i := range out {
		var sum, totalX, totalY float64
		for x := -w - h; x < 2*(w+h); x++ {
			totalX, totalY = totalX+weight(x, i%Size, left), totalY+weight(x, i/Size, top)
		}
		for y := range h {
			for x, v := range row(g, y) {
				sum += weight(x, i%Size, left) * weight(y, i/Size, top) * float64(v)
			}
		}
		out[i] = sum / (totalX * totalY)
	}
	return out
}

func TestCenterOracle(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 9}, {3, 2}, {20, 20}, {41, 30}, {7, 100}, {33, 5}} {
		g := image.NewGray(image.Rect(0, 0, size[0], size[1]))
		fill(g.Pix, newRand())
		g.Pix[0] = 200 // some mass
		got := centered(t, g)
		for i, want := range naiveCentered(g) {
			// The centre of mass is known to 1/2560 of a pixel.
			require.InDelta(t, 257*want, got[i], 257*.5, "%v, pixel %d", size, i)
		}
	}
}

func TestCenterKeepsLevels(t *testing.T) {
	for _, level := range []uint8{1, 254, 255} {
		g := image.NewGray(image.Rect(0, 0, 80, 80))
		for i := range g.Pix {
			g.Pix[i] = level
		}
		got := centered(t, g)
		for y := 6; y < 22; y++ {
			for x := 6; x < 22; x++ {
				require.Equal(t, 257*uint64(level), got[y*Size+x])
			}
		}
	}
}

// TestCenterMeetsTheMiddle: the centre of mass lands on the middle of pixel 14, by fractions of a pixel, however the
// source lies on its own grid.
func TestCenterMeetsTheMiddle(t *testing.T) {
	for _, size := range []int{14, 28, 60, 100, 128} {
		for shift := range 3 {
			ink := image.NewGray(image.Rect(0, 0, size+3, size+3))
			for i, v := range drawTwo(size, 255, 0).Pix {
				ink.Pix[ink.PixOffset(i%size+shift, i/size+shift/2)] = 255 - v
			}
			out := Center(ink, InkBox(ink))
			x, y, ok := centerOfMass(out)
			require.True(t, ok)
			require.InDelta(t, 14.5, float64(x)/unit, .05)
			require.InDelta(t, 14.5, float64(y)/unit, .05)
		}
	}
}

func TestInkBox(t *testing.T) {
	require.True(t, InkBox(image.NewGray(image.Rect(0, 0, 5, 5))).Empty())
	require.True(t, InkBox(new(image.Gray)).Empty())
	g := image.NewGray(image.Rect(-4, -4, 8, 8))
	g.Pix[g.PixOffset(2, 3)], g.Pix[g.PixOffset(-1, 5)] = 100, 31
	g.Pix[g.PixOffset(7, 7)] = 30 // exactly 30 % does not count
	require.Equal(t, image.Rect(-1, 3, 3, 6), InkBox(g))
	part := g.SubImage(image.Rect(0, 0, 8, 8)).(*image.Gray)
	require.Equal(t, image.Rect(2, 3, 3, 4), InkBox(part))
}

func TestCenter(t *testing.T) {
	ink := image.NewGray(image.Rect(-10, -10, 90, 90))
	for y := 5; y < 45; y++ {
		for x := 30; x < 40; x++ {
			ink.Pix[ink.PixOffset(x, y)] = 90
		}
	}
	out := Center(ink, InkBox(ink))
	require.Equal(t, image.Rect(0, 0, 28, 28), out.Rect)
	require.Equal(t, 28, out.Stride)
	// 5 x 20 pixels with their middle at (14.5, 14.5): half pixels above and below.
	for y := range 28 {
		for x := range 28 {
			v := out.GrayAt(x, y).Y
			switch inside := x >= 12 && x < 17 && y >= 5 && y < 24; {
			case inside && x > 12 && x < 16 && y > 5 && y < 23:
				require.Equal(t, uint8(255), v, "(%d, %d)", x, y)
			case x < 11 || x > 17 || y < 3 || y > 25:
				require.Zero(t, v, "(%d, %d)", x, y)
			}
		}
		if y > 0 {
			require.Equal(t, out.GrayAt(14, y), out.GrayAt(14, 28-y), "symmetric about 14")
		}
	}
}

// A heavy end pulls the digit against the frame, never out of it.
func TestCenterStaysInTheFrame(t *testing.T) {
	ink := image.NewGray(image.Rect(0, 0, 20, 20))
	for x := range 20 {
		ink.SetGray(x, 0, grayOf(1, 255).GrayAt(0, 0))
		ink.SetGray(x, 1, grayOf(1, 255).GrayAt(0, 0))
	}
	ink.SetGray(0, 19, grayOf(1, 255).GrayAt(0, 0))
	out := Center(ink, ink.Rect)
	require.Equal(t, image.Rect(4, 8, 25, 28), inkBoxAbove(out, 0), "from row 8 to the last")
	require.Equal(t, uint8(255), out.GrayAt(14, 8).Y)
	require.Equal(t, uint8(255), out.GrayAt(14, 9).Y)
	require.NotZero(t, out.GrayAt(4, 27).Y)
}

func TestCenterOfNoInk(t *testing.T) {
	require.Equal(t, make([]uint8, 784), Center(image.NewGray(image.Rect(0, 0, 9, 9)), image.Rect(1, 1, 3, 3)).Pix)
	faint := image.NewGray(image.Rect(0, 0, 2000, 2000))
	faint.Pix[777] = 1
	require.Equal(t, make([]uint8, 784), Center(faint, faint.Rect).Pix)
}

func TestCenterPanics(t *testing.T) {
	ink := image.NewGray(image.Rect(0, 0, 9, 9))
	require.PanicsWithValue(t, "imageprep: box is (0,0)-(0,0), want a part of the ink picture's bounds (0,0)-(9,9)",
		func() { Center(ink, image.Rectangle{}) })
	require.PanicsWithValue(t, "imageprep: box is (0,0)-(9,10), want a part of the ink picture's bounds (0,0)-(9,9)",
		func() { Center(ink, image.Rect(0, 0, 9, 10)) })
	long := image.NewGray(image.Rect(0, 0, 1<<16+1, 1))
	require.PanicsWithValue(t, "imageprep: box is (0,0)-(65537,1), want at most 65536 pixels a side; Shrink first",
		func() { Center(long, long.Rect) })
}
