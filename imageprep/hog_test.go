package imageprep

import (
	"fmt"
	"hash/crc32"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHOGReference(t *testing.T) {
	pix := make([]float32, 784)
	for i, v := range naiveDeskew(slantedRing()) {
		pix[i] = float32(v)
	}
	sum := func(x []float32) (s float64) {
		for _, v := range x {
			s += float64(v)
		}
		return s
	}
	f := DefaultHOG().Vector(nil, pix)
	require.InDeltaSlice(t, []float32{
		1.16207, 0.34393, 0.19761, 0.98826, 1.07296, 0.51749, 0.70069, 1.24968,
	}, f[48:56], 1e-4)
	require.InDelta(t, 69.1145, sum(f), 1e-2)

	f = HOG{Directions: 12, Cells: 6, Margin: 3, Contrast: true}.Vector(nil, pix)
	require.InDeltaSlice(t, []float32{
		0.68925, 0.51048, 0.10983, 0.04702, 0, 0.10454, 0.47853, 0.43676, 0.15402, 0.01888, 0, 0.12081,
	}, f[156:168], 1e-4)
	require.InDelta(t, 70.8219, sum(f), 1e-2)
}

// naiveHOG is the definition in float64, without Contrast. It looks at every
// pixel for every cell and every direction.
func naiveHOG(h HOG, pix []float32) []float64 {
	at := func(x, y int) float64 {
		if x < 0 || y < 0 || x >= Size || y >= Size {
			return 0
		}
		return float64(pix[y*Size+x])
	}
	side := (Size - 2*float64(h.Margin)) / float64(h.Cells)
	near := func(x, cell int) float64 {
		center := float64(h.Margin) + (float64(cell)+.5)*side - .5
		return max(0, 1-math.Abs(float64(x)-center)/side)
	}
	f := make([]float64, h.Len())
	for i := range f {
		cy, cx, bin := i/h.Directions/h.Cells, i/h.Directions%h.Cells, i%h.Directions
		for y := range Size {
			for x := range Size {
				gx, gy := (at(x+1, y)-at(x-1, y))/2, (at(x, y+1)-at(x, y-1))/2
				if gx*gx+gy*gy < 1e-8 {
					continue
				}
				t := math.Atan2(gy, gx) / (2 * math.Pi) * float64(h.Directions)
				apart := math.Abs(math.Remainder(t-float64(bin), float64(h.Directions)))
				f[i] += max(0, 1-apart) * math.Hypot(gx, gy) * near(x, cx) * near(y, cy)
			}
		}
		f[i] = math.Sqrt(f[i])
	}
	return f
}

func TestHOGOracle(t *testing.T) {
	t.Parallel()
	noise := image.NewGray(image.Rect(0, 0, Size, Size))
	fill(noise.Pix, newRand())
	for _, h := range []HOG{
		DefaultHOG(), {Directions: 2, Cells: 1}, {Directions: 3, Cells: 2, Margin: 13.5},
		{Directions: 9, Cells: 7, Margin: 0.25}, {Directions: 16, Cells: 3, Margin: 5}, {Directions: 4, Cells: 28},
	} {
		for _, g := range []*image.Gray{slantedRing(), noise, image.NewGray(noise.Rect)} {
			pix := Float32(nil, g)
			got, want := h.Vector(nil, pix), naiveHOG(h, pix)
			require.Len(t, got, h.Len())
			// The square root of a small error is larger.
			require.InDeltaSlice(t, want, got, 5e-3, "%+v", h)
		}
	}
}

// gradientOf returns what find makes of a gradient.
func gradientOf(gx, gy float32) gradient {
	var pix [Size * Size]float32
	pix[13*Size+15], pix[14*Size+14] = gx, gy
	var all gradients
	all.find(pix[:])
	for _, g := range all.list[all.ends[12]:all.ends[13]] {
		if g.x == 14 {
			return g
		}
	}
	panic("no gradient")
}

func TestAssignDirections(t *testing.T) {
	for _, h := range []HOG{DefaultHOG(), {Directions: 2, Cells: 1}, {Directions: 45, Cells: 5}} {
		// angleOf returns an angle; 1 is the full circle.
		angleOf := func(gx, gy float32) float32 {
			list := []gradient{gradientOf(gx, gy)}
			h.assignDirections(list)
			require.InDelta(t, math.Hypot(float64(gx), float64(gy)), list[0].length, 1e-5)
			return (float32(list[0].direction) + list[0].second/list[0].length) / float32(h.Directions)
		}
		for i := range 3600 {
			angle := float64(i) / 3600
			y, x := math.Sincos(2 * math.Pi * angle)
			got := angleOf(float32(x*5), float32(y*5))
			require.InDelta(t, 0, math.Remainder(float64(got)-angle, 1), 2e-6)
			require.True(t, got >= 0 && got <= 1)
		}
		require.Equal(t, float32(1), angleOf(1, -1e-30), "the full circle is the first direction again")
	}
	var pix [Size * Size]float32
	pix[13*Size+15], pix[14*Size+14] = 1, -1e-30
	require.InDeltaSlice(t, naiveHOG(DefaultHOG(), pix[:]), DefaultHOG().Vector(nil, pix[:]), 1e-5)
}

// TestHOGOfAnyNumbers: pixels may be less than 0 or greater than 1.
func TestHOGOfAnyNumbers(t *testing.T) {
	r := newRand()
	pix := make([]float32, Size*Size)
	for i := range pix {
		pix[i] = float32(400*r.Float64() - 200)
	}
	require.InDeltaSlice(t, naiveHOG(DefaultHOG(), pix), DefaultHOG().Vector(nil, pix), 5e-2)
	pix[400], pix[500] = float32(math.NaN()), float32(math.Inf(1))
	require.NotPanics(t, func() { DefaultHOG().Vector(nil, pix) })
}

// TestHOGSameBits: the bits are the same on every architecture.
func TestHOGSameBits(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, Size, Size))
	fill(noise.Pix, newRand())
	sum := crc32.NewIEEE()
	for _, g := range []*image.Gray{slantedRing(), noise} {
		pix := Deskew(nil, g)
		for _, x := range [][]float32{pix, DefaultHOG().Vector(nil, pix), HOG{12, 6, 3, true}.Vector(nil, pix)} {
			for _, v := range x {
				fmt.Fprintf(sum, "%x ", math.Float32bits(v))
			}
		}
	}
	require.Equal(t, "d714fa83", fmt.Sprintf("%x", sum.Sum32()))
}

func TestFeaturesAllocateNothing(t *testing.T) {
	g := slantedRing()
	var pix [784]float32
	dst := make([]float32, DefaultHOG().Len())
	require.Zero(t, testing.AllocsPerRun(100, func() {
		DefaultHOG().Vector(dst, Deskew(pix[:], g))
	}))
}

func TestHOGPanics(t *testing.T) {
	pix := make([]float32, 784)
	for _, h := range []HOG{
		{}, {1, 4, 2, false}, {65, 4, 2, false}, {8, 0, 2, false}, {8, 29, 2, false},
		{8, 4, -1, false}, {8, 4, 14, false}, {8, 4, float32(math.NaN()), false},
	} {
		require.False(t, h.Valid())
		require.Panics(t, func() { h.Vector(nil, pix) }, "%+v", h)
	}
	require.PanicsWithValue(t, "imageprep: len(pix) = 783, want 784", func() { DefaultHOG().Vector(nil, pix[1:]) })
	require.PanicsWithValue(t, "imageprep: len(dst) = 1, want 128", func() { DefaultHOG().Vector(pix[:1], pix) })
	require.PanicsWithValue(t, "imageprep: len(dst) = 1, want 784", func() { Deskew(pix[:1], slantedRing()) })
	require.PanicsWithValue(t, "imageprep: digit is 28x27, want 28x28; Prepare makes such pictures",
		func() { Deskew(nil, slantedRing().SubImage(image.Rect(0, 0, 28, 27)).(*image.Gray)) })
}

// TestInkBit: every number but 0 is ink.
func TestInkBit(t *testing.T) {
	negativeZero := float32(math.Copysign(0, -1))
	for v, want := range map[float32]uint32{0: 0, 1: 1, -1: 1, math.SmallestNonzeroFloat32: 1, -math.SmallestNonzeroFloat32: 1, math.MaxFloat32: 1} {
		require.Equal(t, want, inkBit(v), "%v", v)
	}
	require.Zero(t, inkBit(negativeZero))
}
