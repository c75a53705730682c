package imageprep

import (
	"encoding/hex"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Pillow 9.4.0:
//
//	im = Image.new("L", (W, H))
//	im.putdata([(x*x*7 + y*y*13 + x*y*5) % 256 for y in range(H) for x in range(W)])
//	print(bytes(im.resize((w, h), Image.BILINEAR).getdata()).hex())
//
// Pillow rounds to 8 bits after each direction, hence the tolerance of one level.
func TestResizeIsPillows(t *testing.T) {
	for _, tt := range pillowResized {
		t.Run(tt.name, func(t *testing.T) {
			g := image.NewGray(image.Rect(0, 0, tt.W, tt.H))
			for i := range g.Pix {
				x, y := i%tt.W, i/tt.W
				g.Pix[i] = uint8(x*x*7 + y*y*13 + x*y*5)
			}
			want, err := hex.DecodeString(tt.want)
			require.NoError(t, err)
			got := resize(g, tt.w, tt.h)
			require.Len(t, got, len(want))
			for i, v := range got {
				require.InDelta(t, want[i], (int(v)+128)/257, 1, "pixel %d", i)
			}
		})
	}
}

// naiveResize is the definition of the triangle filter, in floating point.
func naiveResize(g *image.Gray, w, h int) []float64 {
	weight := func(x, i, n, m int) float64 {
		scale := float64(n) / float64(m)
		return max(0, 1-math.Abs(float64(x)+.5-(float64(i)+.5)*scale)/max(scale, 1))
	}
	out := make([]float64, w*h)
	for i := range out {
		var sum, total float64
		for y := range g.Rect.Dy() {
			for x, v := range row(g, y) {
				k := weight(x, i%w, g.Rect.Dx(), w) * weight(y, i/w, g.Rect.Dy(), h)
				sum, total = sum+k*float64(v), total+k
			}
		}
		out[i] = sum / total
	}
	return out
}

func TestResize(t *testing.T) {
	for _, size := range [][4]int{{1, 1, 20, 20}, {1, 9, 2, 20}, {3, 2, 20, 13}, {20, 20, 20, 20}, {41, 30, 20, 15}, {7, 300, 1, 20}, {33, 5, 4, 7}} {
		g := image.NewGray(image.Rect(0, 0, size[0], size[1]))
		fill(g.Pix, newRand())
		got := resize(g, size[2], size[3])
		for i, want := range naiveResize(g, size[2], size[3]) {
			require.InDelta(t, 257*want, got[i], .51, "%v, pixel %d", size, i)
		}
	}
}

func TestResizeKeepsLevels(t *testing.T) {
	for _, level := range []uint8{0, 1, 254, 255} {
		g := image.NewGray(image.Rect(0, 0, 77, 31))
		for i := range g.Pix {
			g.Pix[i] = level
		}
		for _, v := range resize(g, 20, 8) {
			require.Equal(t, 257*uint16(level), v)
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
	for y := range 28 {
		for x := range 28 { // 5 x 20, its centre of mass at (2, 9.5): the half goes up
			want := uint8(0)
			if x >= 12 && x < 17 && y >= 4 && y < 24 {
				want = 255
			}
			require.Equal(t, want, out.GrayAt(x, y).Y, "(%d, %d)", x, y)
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
	require.Equal(t, uint8(255), out.GrayAt(5, 27).Y)
	require.Equal(t, uint8(255), out.GrayAt(5, 8).Y)
	require.Equal(t, uint8(0), out.GrayAt(5, 7).Y)
}

func TestCenterOfNoInk(t *testing.T) {
	require.Equal(t, make([]uint8, 784), Center(image.NewGray(image.Rect(0, 0, 9, 9)), image.Rect(1, 1, 3, 3)).Pix)
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
