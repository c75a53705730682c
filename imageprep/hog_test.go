package imageprep

import (
	"fmt"
	"hash/crc32"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The reference values of this file come from this script:
//
//	# numpy 1.24, in float64
//	import numpy as np
//
//	Y, X = np.mgrid[0:28, 0:28]
//	ring = 2*(X - 14)**2 + (Y - 13)**2 + (X - 14)*(Y - 13) - 60
//	I = np.maximum(0, 255 - 4*abs(ring)).astype(float)
//
//	m = I.sum(); cx = (X*I).sum()/m; cy = (Y*I).sum()/m
//	vxx = (X*X*I).sum()/m - cx*cx; vyy = (Y*Y*I).sum()/m - cy*cy; vxy = (X*Y*I).sum()/m - cx*cy
//	a = vxy/vyy
//	kx = np.sqrt(np.sqrt(vxx - 2*a*vxy + a*a*vyy)/4.2); ky = np.sqrt(np.sqrt(vyy)/5.6)
//	sx = cx + kx*(X - 13.5) + a*ky*(Y - 13.5); sy = cy + ky*(Y - 13.5)
//	P = np.zeros((60, 60)); P[16:44, 16:44] = I/255
//	fx = np.floor(sx).astype(int); fy = np.floor(sy).astype(int)
//	at = lambda dy, dx: P[fy + dy + 16, fx + dx + 16]
//	N = (1-(sy-fy))*((1-(sx-fx))*at(0, 0) + (sx-fx)*at(0, 1)) + (sy-fy)*((1-(sx-fx))*at(1, 0) + (sx-fx)*at(1, 1))
//	print('normalized row 10', N[10].round(6).tolist())
//
//	def hog(N, nb, g, margin, contrast):
//	    Q = np.pad(N, 1)
//	    gx = (Q[1:-1, 2:] - Q[1:-1, :-2])/2; gy = (Q[2:, 1:-1] - Q[:-2, 1:-1])/2
//	    mag = np.hypot(gx, gy); t = np.arctan2(gy, gx) % (2*np.pi) * nb/(2*np.pi)
//	    b0 = np.floor(t).astype(int) % nb; f = t - np.floor(t)
//	    s = (28 - 2*margin)/g; w = np.maximum(0, 1 - abs(np.arange(28)[None] - (margin + (np.arange(g)[:, None] + .5)*s - .5))/s)
//	    F = np.zeros((g, g, nb))
//	    for b in range(nb):
//	        part = mag*((b0 == b)*(1 - f) + ((b0 + 1) % nb == b)*f)*(mag**2 >= 1e-8)
//	        F[:, :, b] = w @ part @ w.T
//	    if contrast:
//	        S = np.pad(F.sum(2), 1); k = np.array([1, 2, 1])/4
//	        n = sum(k[i]*k[j]*S[i:i+g, j:j+g] for i in range(3) for j in range(3))
//	        F = F/(n + .05)[:, :, None]
//	    return np.sqrt(F).ravel()
//
//	F = hog(N, 8, 4, 2, False)
//	print('cell (1, 2)', F[48:56].round(5).tolist(), 'sum', F.sum().round(4))
//	F = hog(N, 12, 6, 3, True)
//	print('cell (2, 1)', F[156:168].round(5).tolist(), 'sum', F.sum().round(4))

// slantedRing is the picture of the script.
func slantedRing() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 28, 28))
	for i := range g.Pix {
		x, y := i%28-14, i/28-13
		ring := 2*x*x + y*y + x*y - 60
		g.Pix[i] = uint8(max(0, 255-4*max(ring, -ring)))
	}
	return g
}

func TestNormalizeReference(t *testing.T) {
	pix := Deskew(nil, slantedRing())
	require.InDeltaSlice(t, []float32{
		0, 0, 0, 0, 0, 0, 0.185774, 0.530482, 0.821579, 0.801506, 0.6011, 0.427351, 0.311465, 0.253441,
		0.253279, 0.310979, 0.426541, 0.599965, 0.806363, 0.8796, 0.53259, 0.159105, 0, 0, 0, 0, 0, 0,
	}, pix[280:308], 1./512)
}

// naiveNormalize is the definition, in float64.
func naiveNormalize(g *image.Gray) []float64 {
	at := func(x, y int) float64 {
		return float64(g.GrayAt(x+g.Rect.Min.X, y+g.Rect.Min.Y).Y) / 255 // 0 outside
	}
	mean := func(f func(x, y float64) float64) float64 {
		sum, mass := 0.0, 0.0
		for i := range Size * Size {
			ink := at(i%Size, i/Size)
			mass += ink
			sum += ink * f(float64(i%Size), float64(i/Size))
		}
		return sum / mass
	}
	cx, cy := mean(func(x, _ float64) float64 { return x }), mean(func(_, y float64) float64 { return y })
	vxx := mean(func(x, _ float64) float64 { return (x - cx) * (x - cx) })
	vyy := mean(func(_, y float64) float64 { return (y - cy) * (y - cy) })
	vxy := mean(func(x, y float64) float64 { return (x - cx) * (y - cy) })
	a := vxy / max(vyy, 1e-3)
	factor := func(v, aim float64) float64 { return min(max(math.Sqrt(math.Sqrt(max(v, 0.3))/aim), 0.3), 2) }
	kx, ky := factor(vxx-2*a*vxy+a*a*vyy, 4.2), factor(vyy, 5.6)
	out := make([]float64, Size*Size)
	for i := range out {
		u, v := float64(i%Size)-13.5, float64(i/Size)-13.5
		x, y := cx+kx*u+a*ky*v, cy+ky*v
		x0, y0 := math.Floor(x), math.Floor(y)
		for _, p := range [][2]float64{{x0, y0}, {x0 + 1, y0}, {x0, y0 + 1}, {x0 + 1, y0 + 1}} {
			out[i] += (1 - math.Abs(x-p[0])) * (1 - math.Abs(y-p[1])) * at(int(p[0]), int(p[1]))
		}
	}
	return out
}

func TestNormalizeOracle(t *testing.T) {
	full := image.NewGray(image.Rect(0, 0, Size, Size))
	for i := range full.Pix {
		full.Pix[i] = 255
	}
	noise := image.NewGray(image.Rect(-5, 3, 40, 50))
	r := newRand()
	fill(noise.Pix, r)
	few := image.NewGray(full.Rect)
	for range 9 {
		few.Pix[r.IntN(len(few.Pix))] = 200
	}
	line := image.NewGray(full.Rect)
	copy(line.Pix[20*Size:21*Size], full.Pix)
	for name, g := range map[string]*image.Gray{
		"full": full, "few": few, "line": line, "ring": slantedRing(), "two": drawTwo(28, 0, 255),
		"noise": noise.SubImage(image.Rect(3, 5, 31, 33)).(*image.Gray),
	} {
		// Rows are blended to the nearest 1/256 of a pixel, between which a level changes by 1/256 at most.
		require.InDeltaSlice(t, naiveNormalize(g), Deskew(nil, g), 1./512+1./2048, name)
	}
}

func TestHOGReference(t *testing.T) {
	pix := make([]float32, 784)
	for i, v := range naiveNormalize(slantedRing()) {
		pix[i] = float32(v)
	}
	sum := func(x []float32) (s float64) {
		for _, v := range x {
			s += float64(v)
		}
		return s
	}
	f := DefaultHOG().Vector(nil, pix)
	require.InDeltaSlice(t, []float32{1.16207, 0.34393, 0.19761, 0.98826, 1.07296, 0.51749, 0.70069, 1.24968}, f[48:56], 1e-4)
	require.InDelta(t, 69.1145, sum(f), 1e-2)

	f = HOG{Directions: 12, Cells: 6, Margin: 3, Contrast: true}.Vector(nil, pix)
	require.InDeltaSlice(t, []float32{0.68925, 0.51048, 0.10983, 0.04702, 0, 0.10454, 0.47853, 0.43676, 0.15402, 0.01888, 0, 0.12081}, f[156:168], 1e-4)
	require.InDelta(t, 70.8219, sum(f), 1e-2)
}

// naiveHOG is the definition without contrast, in float64: every pixel with every cell and every direction.
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
	noise := image.NewGray(image.Rect(0, 0, Size, Size))
	fill(noise.Pix, newRand())
	for _, h := range []HOG{
		DefaultHOG(), {Directions: 2, Cells: 1}, {Directions: 3, Cells: 2, Margin: 13.5}, {Directions: 9, Cells: 7, Margin: 0.25},
		{Directions: 16, Cells: 3, Margin: 5}, {Directions: 4, Cells: 28},
	} {
		for _, g := range []*image.Gray{slantedRing(), noise, image.NewGray(noise.Rect)} {
			pix := Float32(nil, g)
			got, want := h.Vector(nil, pix), naiveHOG(h, pix)
			require.Len(t, got, h.Len())
			require.InDeltaSlice(t, want, got, 5e-3, "%+v", h) // the root of a small error is not so small
		}
	}
}

// edgeOf returns the edge of a pixel with a gradient.
func edgeOf(gx, gy float32) edge {
	var pix [Size * Size]float32
	pix[13*Size+15], pix[14*Size+14] = gx, gy
	var e edges
	e.find(pix[:])
	for _, e := range e.list[e.ends[12]:e.ends[13]] {
		if e.x == 14 {
			return e
		}
	}
	panic("no edge")
}

func TestTurn(t *testing.T) {
	for _, h := range []HOG{DefaultHOG(), {Directions: 2, Cells: 1}, {Directions: 45, Cells: 5}} {
		turn := func(gx, gy float32) float32 {
			list := []edge{edgeOf(gx, gy)}
			h.turn(list)
			require.InDelta(t, math.Hypot(float64(gx), float64(gy)), list[0].length, 1e-5)
			return (float32(list[0].direction) + list[0].second/list[0].length) / float32(h.Directions)
		}
		for i := range 3600 {
			angle := float64(i) / 3600
			y, x := math.Sincos(2 * math.Pi * angle)
			got := turn(float32(x*5), float32(y*5))
			require.InDelta(t, 0, math.Remainder(float64(got)-angle, 1), 2e-6)
			require.True(t, got >= 0 && got <= 1)
		}
		require.Equal(t, float32(1), turn(1, -1e-30), "a full turn is the first direction again")
	}
	var pix [Size * Size]float32
	pix[13*Size+15], pix[14*Size+14] = 1, -1e-30
	require.InDeltaSlice(t, naiveHOG(DefaultHOG(), pix[:]), DefaultHOG().Vector(nil, pix[:]), 1e-5)
}

// TestHOGOfAnyNumbers: pixels need not be between 0 and 1.
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

// TestNormalizeStraightens: a slanted bar comes out upright, and a second time changes little.
func TestNormalizeStraightens(t *testing.T) {
	for _, slope := range []float64{-0.8, -0.3, 0, 0.5, 1} {
		g := image.NewGray(image.Rect(0, 0, Size, Size))
		for y := 4; y < 24; y++ {
			for x := range Size {
				g.Pix[y*Size+x] = uint8(255 * max(0, min(1, 2.5-math.Abs(float64(x)-14-slope*(13.5-float64(y))))))
			}
		}
		pix := Deskew(nil, g)
		out := image.NewGray(g.Rect)
		for i, v := range pix {
			out.Pix[i] = uint8(255*v + 0.5)
		}
		var s source
		m, ok := s.read(out)
		require.True(t, ok)
		require.InDelta(t, 13.5, m.x, .1)
		require.InDelta(t, 13.5, m.y, .1)
		require.InDelta(t, 0, m.xy/m.yy, .02, "slope %v", slope)
	}
}

func TestNormalizeOfNoInk(t *testing.T) {
	dst := []float32{0: 7, 783: 7}
	require.Equal(t, make([]float32, 784), Deskew(dst, image.NewGray(image.Rect(5, 5, 33, 33))))
	require.Equal(t, make([]float32, 128), DefaultHOG().Vector(nil, dst))
}

// TestNormalizeExtremes: a single pixel, a full picture, ink in the corners, and lines.
func TestNormalizeExtremes(t *testing.T) {
	for name, ink := range map[string]func(x, y int) bool{
		"pixel":      func(x, y int) bool { return x == 3 && y == 20 },
		"full":       func(int, int) bool { return true },
		"corners":    func(x, y int) bool { return x%27 == 0 && y%27 == 0 },
		"horizontal": func(_, y int) bool { return y == 0 },
		"diagonal":   func(x, y int) bool { return x == y },
	} {
		g := image.NewGray(image.Rect(0, 0, Size, Size))
		for i := range g.Pix {
			if ink(i%Size, i/Size) {
				g.Pix[i] = 255
			}
		}
		for _, v := range Deskew(nil, g) {
			require.True(t, v >= 0 && v <= 1.0001, "%s: %v", name, v)
		}
		for _, v := range DefaultHOG().Vector(nil, Deskew(nil, g)) {
			require.True(t, v >= 0 && v < 20, "%s: %v", name, v)
		}
	}
}

// TestHOGSameBits: frozen, for every architecture.
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
	for _, h := range []HOG{{}, {1, 4, 2, false}, {65, 4, 2, false}, {8, 0, 2, false}, {8, 29, 2, false}, {8, 4, -1, false}, {8, 4, 14, false}, {8, 4, float32(math.NaN()), false}} {
		require.False(t, h.Valid())
		require.Panics(t, func() { h.Vector(nil, pix) }, "%+v", h)
	}
	require.PanicsWithValue(t, "imageprep: len(pix) = 783, want 784", func() { DefaultHOG().Vector(nil, pix[1:]) })
	require.PanicsWithValue(t, "imageprep: len(dst) = 1, want 128", func() { DefaultHOG().Vector(pix[:1], pix) })
	require.PanicsWithValue(t, "imageprep: len(dst) = 1, want 784", func() { Deskew(pix[:1], slantedRing()) })
	require.PanicsWithValue(t, "imageprep: Deskew of a picture of 28x27, want 28x28",
		func() { Deskew(nil, slantedRing().SubImage(image.Rect(0, 0, 28, 27)).(*image.Gray)) })
}
