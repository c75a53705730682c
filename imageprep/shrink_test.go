package imageprep

import (
	"image"
	"image/color"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// naiveArea is the definition in whole numbers: the mean of what a result
// pixel covers, rounded half up.
func naiveArea(g *image.Gray, w, h int) []uint8 {
	// overlap is that of source pixel x of n with result pixel i of m. A
	// source pixel has the length m, and a result pixel has the length n.
	overlap := func(x, i, n, m int) int64 {
		return int64(max(0, min((x+1)*m, (i+1)*n)-max(x*m, i*n)))
	}
	out := make([]uint8, w*h)
	area := int64(g.Rect.Dx() * g.Rect.Dy()) // of a result pixel
	for i := range out {
		sum := int64(0)
		for y := range g.Rect.Dy() {
			for x, v := range row(g, y) {
				sum += int64(v) * overlap(x, i%w, g.Rect.Dx(), w) * overlap(y, i/w, g.Rect.Dy(), h)
			}
		}
		out[i] = uint8((2*sum + area) / (2 * area))
	}
	return out
}

func TestShrinkIsTheAreaAverage(t *testing.T) {
	tests := []struct {
		name       string
		w, h, side int
		wantW      int
		wantH      int
	}{
		{"by two", 20, 12, 10, 10, 6},
		{"by a little", 11, 11, 10, 10, 10},
		{"odd factors", 23, 17, 9, 9, 7},
		{"tall", 5, 40, 7, 1, 7},
		{"one row", 50, 1, 7, 7, 1},
		{"to one pixel", 9, 8, 1, 1, 1},
		{"more than maxRows rows", 3, 4*maxRows + 7, 2, 1, 2},
		{"not at all", 6, 7, 7, 6, 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := image.NewGray(image.Rect(-3, 4, tt.w-3, tt.h+4))
			fill(g.Pix, newRand())
			got, err := Shrink(g, tt.side)
			require.NoError(t, err)
			require.Equal(t, image.Rect(0, 0, tt.wantW, tt.wantH), got.Rect)
			require.Equal(t, naiveArea(g, tt.wantW, tt.wantH), got.Pix)
		})
	}
}

func TestShrinkAcrossChunks(t *testing.T) {
	for _, width := range []int{2*chunk + 17, 2 * chunk, 2*chunk + 1} {
		g := image.NewGray(image.Rect(0, 0, width, 1))
		fill(g.Pix, newRand())
		for _, side := range []int{20, 2} {
			got, err := Shrink(g, side)
			require.NoError(t, err)
			require.Equal(t, naiveArea(g, side, 1), got.Pix)
		}
	}
}

func TestShrinkOfEveryType(t *testing.T) {
	for _, kind := range kinds {
		m := kind.make(image.Rect(-9, 3, 40, 60), newRand())
		want, err := Shrink(Luminance(m), 16)
		require.NoError(t, err)
		got, err := Shrink(m, 16)
		require.NoError(t, err)
		require.Equal(t, want, got, kind.name)
	}
}

func TestSizeErrors(t *testing.T) {
	const (
		empty = ", want at least 1x1: check that the picture was decoded, or that the crop is inside it"
		large = ", want at most 268435456 pixels: shrink the picture or crop the digit"
	)
	tests := []struct {
		name   string
		bounds image.Rectangle
		want   string
	}{
		{"zero", image.Rectangle{}, "0x0 (bounds (0,0)-(0,0))" + empty},
		{"no height", image.Rect(3, 5, 8, 5), "5x0 (bounds (3,5)-(8,5))" + empty},
		{"upside down", image.Rectangle{Min: image.Pt(4, 4)}, "-4x-4 (bounds (4,4)-(0,0))" + empty},
		{"one too many", image.Rect(0, 0, 1<<14, 1<<14+1), "16384x16385 (bounds (0,0)-(16384,16385))" + large},
		{"uniform", image.Black.Bounds(), "2000000000x2000000000 " +
			"(bounds (-1000000000,-1000000000)-(1000000000,1000000000))" + large},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Prepare(procedural{bounds: tt.bounds}, nil)
			var size *SizeError
			require.ErrorAs(t, err, &size)
			require.EqualError(t, err, "imageprep: picture is "+tt.want)
			require.Equal(t, tt.bounds, size.Bounds)
		})
	}
	require.NoError(t, checkSize(image.Rect(0, 0, 1<<14, 1<<14)))
	const half = 1 << (strconv.IntSize / 2)
	for _, b := range []image.Rectangle{
		{Min: image.Pt(math.MinInt, math.MinInt), Max: image.Pt(math.MaxInt, math.MaxInt)},
		{Min: image.Pt(math.MinInt, 0), Max: image.Pt(10, 10)},
		{Min: image.Pt(0, math.MinInt), Max: image.Pt(1, math.MaxInt)},
		// The product of the sides overflows to 0, or below 0.
		image.Rect(0, 0, half, half),
		image.Rect(0, 0, half+1, half-1),
		image.Rect(-half, 3, 0, half/2+3),
	} {
		_, err := Prepare(procedural{bounds: b}, nil)
		require.ErrorAs(t, err, new(*SizeError), "%v", b)
		_, err = Shrink(procedural{bounds: b}, 1)
		require.ErrorAs(t, err, new(*SizeError), "%v", b)
		_, err = Raw(procedural{bounds: b})
		require.ErrorAs(t, err, new(*SizeError), "%v", b)
	}
	require.PanicsWithValue(t, "imageprep: side < 1, want at least one pixel", func() { Shrink(image.Black, 0) })
}

// TestShrinkAtTheEndOfInt: bounds near the ends of int do not overflow.
func TestShrinkAtTheEndOfInt(t *testing.T) {
	for _, b := range []image.Rectangle{
		{Min: image.Pt(math.MaxInt-300, math.MaxInt-20), Max: image.Pt(math.MaxInt, math.MaxInt)},
		{Min: image.Pt(math.MinInt, math.MinInt), Max: image.Pt(math.MinInt+300, math.MinInt+20)},
	} {
		g, err := Shrink(procedural{b, func(x, y int) color.Color { return color.Gray{Y: uint8(x - b.Min.X)} }}, 300)
		require.NoError(t, err)
		require.Equal(t, uint8(77), g.GrayAt(77, 19).Y)
		g, err = Shrink(procedural{b, func(x, y int) color.Color { return color.Gray{Y: 33} }}, 100)
		require.NoError(t, err)
		require.Equal(t, uint8(33), g.GrayAt(99, 6).Y)
	}
}

// TestShrinkMuch: white stays white and black stays black, by whatever factor a
// picture is shrunk. Many rows are added before they are divided.
func TestShrinkMuch(t *testing.T) {
	for _, h := range []int{255, 256, 257, 258, 259, 300, 513, 514, 515, 771, 772, 3000} {
		for _, level := range []uint8{0, 1, 254, 255} {
			level := color.Gray{Y: level}
			one := procedural{image.Rect(-7, 5, -4, h+5), func(x, y int) color.Color { return level }}
			for _, side := range []int{1, 2, 3} {
				g, err := Shrink(one, side)
				require.NoError(t, err)
				for _, v := range g.Pix {
					require.Equal(t, level.Y, v, "%d pixels to %d", h, side)
				}
			}
		}
	}
}

// TestShrinkToTheSide: only a picture with a longer side is shrunk.
func TestShrinkToTheSide(t *testing.T) {
	for _, tt := range []struct{ w, h, wantW, wantH int }{
		{100, 100, 100, 100}, {100, 3, 100, 3}, {3, 100, 3, 100}, {101, 50, 100, 50}, {50, 101, 50, 100},
		{200, 1, 100, 1}, {1, 200, 1, 100}, {200, 3, 100, 2}, {201, 3, 100, 1}, {1000, 15, 100, 2}, {1000, 14, 100, 1},
	} {
		g, err := Shrink(image.NewGray(image.Rect(0, 0, tt.w, tt.h)), 100)
		require.NoError(t, err)
		require.Equal(t, image.Rect(0, 0, tt.wantW, tt.wantH), g.Rect, "%v", tt)
	}
	_, err := Shrink(image.NewGray(image.Rect(0, 0, 2, 2)), 1)
	require.NoError(t, err)
}
