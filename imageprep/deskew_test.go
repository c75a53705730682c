package imageprep

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The reference values of TestDeskewReference and TestHOGReference come from
// this script:
//
//	# numpy 1.24, in float64
//	import numpy as np
//
//	Y, X = np.mgrid[0:28, 0:28]
//	ring = 2*(X - 14)**2 + (Y - 13)**2 + (X - 14)*(Y - 13) - 60
//	I = np.maximum(0, 255 - 4*abs(ring)).astype(float)
//
//	m = I.sum(); cx = (X*I).sum()/m; cy = (Y*I).sum()/m
//	vxx = (X*X*I).sum()/m - cx*cx; vyy = (Y*Y*I).sum()/m - cy*cy
//	vxy = (X*Y*I).sum()/m - cx*cy
//	a = vxy/vyy
//	kx = np.sqrt(np.sqrt(vxx - 2*a*vxy + a*a*vyy)/4.2)
//	ky = np.sqrt(np.sqrt(vyy)/5.6)
//	sx = cx + kx*(X - 13.5) + a*ky*(Y - 13.5); sy = cy + ky*(Y - 13.5)
//	P = np.zeros((60, 60)); P[16:44, 16:44] = I/255
//	fx = np.floor(sx).astype(int); fy = np.floor(sy).astype(int)
//	at = lambda dy, dx: P[fy + dy + 16, fx + dx + 16]
//	u = sx - fx; v = sy - fy
//	N = ((1-v)*((1-u)*at(0, 0) + u*at(0, 1)) +
//	     v*((1-u)*at(1, 0) + u*at(1, 1)))
//	print('deskewed row 10', N[10].round(6).tolist())
//
//	def hog(N, nb, g, margin, contrast):
//	    Q = np.pad(N, 1)
//	    gx = (Q[1:-1, 2:] - Q[1:-1, :-2])/2
//	    gy = (Q[2:, 1:-1] - Q[:-2, 1:-1])/2
//	    mag = np.hypot(gx, gy)*(gx**2 + gy**2 >= 1e-8)
//	    t = np.arctan2(gy, gx) % (2*np.pi) * nb/(2*np.pi)
//	    b0 = np.floor(t).astype(int) % nb; f = t - np.floor(t)
//	    s = (28 - 2*margin)/g
//	    center = margin + (np.arange(g)[:, None] + .5)*s - .5
//	    w = np.maximum(0, 1 - abs(np.arange(28)[None] - center)/s)
//	    F = np.zeros((g, g, nb))
//	    for b in range(nb):
//	        share = (b0 == b)*(1 - f) + ((b0 + 1) % nb == b)*f
//	        F[:, :, b] = w @ (mag*share) @ w.T
//	    if contrast:
//	        S = np.pad(F.sum(2), 1); k = np.array([1, 2, 1])/4
//	        n = sum(k[i]*k[j]*S[i:i+g, j:j+g]
//	                for i in range(3) for j in range(3))
//	        F = F/(n + .05)[:, :, None]
//	    return np.sqrt(F).ravel()
//
//	F = hog(N, 8, 4, 2, False)
//	print('cell (1, 2)', F[48:56].round(5).tolist(), F.sum().round(4))
//	F = hog(N, 12, 6, 3, True)
//	print('cell (2, 1)', F[156:168].round(5).tolist(), F.sum().round(4))

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

func TestDeskewReference(t *testing.T) {
	pix := Deskew(nil, slantedRing())
	require.InDeltaSlice(t, []float32{
		0, 0, 0, 0, 0, 0, 0.185774, 0.530482, 0.821579, 0.801506, 0.6011, 0.427351, 0.311465, 0.253441,
		0.253279, 0.310979, 0.426541, 0.599965, 0.806363, 0.8796, 0.53259, 0.159105, 0, 0, 0, 0, 0, 0,
	}, pix[280:308], 1./512)
}

// naiveDeskew is the definition, in float64.
func naiveDeskew(g *image.Gray) []float64 {
	at := func(x, y int) float64 {
		return float64(g.GrayAt(x+g.Rect.Min.X, y+g.Rect.Min.Y).Y) / 255
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

func TestDeskewOracle(t *testing.T) {
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
	pictures := map[string]*image.Gray{
		"full": full, "few": few, "line": line, "ring": slantedRing(), "two": drawTwo(28, 0, 255),
		"noise": noise.SubImage(image.Rect(3, 5, 31, 33)).(*image.Gray),
	}
	for x := range Size {
		column := image.NewGray(full.Rect)
		for y := range Size {
			column.SetGray(x, y, color.Gray{Y: 255})
		}
		pictures[fmt.Sprint("column ", x)] = column
	}
	for name, g := range pictures {
		// Rows are blended to the nearest 1/256 of a pixel. Over this
		// distance, a level changes by at most 1/256.
		require.InDeltaSlice(t, naiveDeskew(g), Deskew(nil, g), 1./512+1./2048, name)
	}
}

// TestDeskewStraightens: a slanted bar becomes upright and centered.
func TestDeskewStraightens(t *testing.T) {
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
		m := s.read(out)
		require.InDelta(t, 13.5, m.x, .1)
		require.InDelta(t, 13.5, m.y, .1)
		require.InDelta(t, 0, m.xy/m.yy, .02, "slope %v", slope)
	}
}

func TestDeskewOfNoInk(t *testing.T) {
	dst := []float32{0: 7, 783: 7}
	require.Equal(t, make([]float32, 784), Deskew(dst, image.NewGray(image.Rect(5, 5, 33, 33))))
	require.Equal(t, make([]float32, 128), DefaultHOG().Vector(nil, dst))
}

// TestDeskewExtremes: unusual pictures give levels between 0 and 1.
func TestDeskewExtremes(t *testing.T) {
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

// TestScaleFor: the scale is between 0.3 and 2. A variance below 0.3 counts as
// 0.3.
func TestScaleFor(t *testing.T) {
	for _, tt := range []struct{ variance, wanted, want float64 }{
		{16, 4, 1}, {1, 4, .5}, {.3, 1, .7400828}, {.29, 1, .7400828}, {.31, 1, .7461745}, {-4, 1, .7400828},
		{.81, 10, .3}, {.82, 10, .3009217}, {.8, 10, .3}, {256, 4, 2}, {255, 4, 1.9980440}, {257, 4, 2},
	} {
		require.InDelta(t, tt.want, scaleFor(tt.variance, tt.wanted), 1e-6, "%v", tt)
	}
}

// TestEightPixels compares with one pixel after the other.
func TestEightPixels(t *testing.T) {
	r := newRand()
	for i := range 300 {
		word := r.Uint64()
		word &= r.Uint64()
		switch {
		case i < 8:
			word = 255 << (8 * i)
		case i < 16:
			word = 1 << (8 * (i - 8))
		case i == 16:
			word = math.MaxUint64
		}
		var sum, si, sii int
		bits, wide := uint32(0), uint64(0)
		for k := range 8 {
			v := int(word >> (8 * k) & 255)
			sum, si, sii = sum+v, si+k*v, sii+k*k*v
			if v > 0 {
				bits |= 1 << k
			}
			if k < 4 {
				wide |= uint64(v) << (16 * k)
			}
		}
		require.Equal(t, bits, inkBits(word))
		require.Equal(t, wide, widen(word))
		a, b, c := weigh(word)
		require.Equal(t, []int{sum, si, sii}, []int{a, b, c})
	}
}
