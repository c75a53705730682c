package imageprep

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// shade multiplies a picture by the light that falls on it, in percent. u and v go from 0 to 100 across and down.
func shade(g *image.Gray, light func(u, v int) int) *image.Gray {
	out := image.NewGray(g.Rect)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for y := range h {
		for x, v := range row(g, y) {
			row(out, y)[x] = uint8(int(v) * light(100*x/w, 100*y/h) / 100)
		}
	}
	return out
}

func hardShadow(u, v int) int {
	return min(max(100-10*(u+v-100), 40), 100)
}

func vignette(u, v int) int {
	return 100 - ((u-50)*(u-50)+(v-50)*(v-50))*70/5000
}

func slope(u, v int) int { return 30 + (2*u+v)*70/300 }

// naiveMax is the definition.
func naiveMax(p plane, window int) []uint8 {
	out := make([]uint8, len(p.pix))
	for i := range out {
		for y := max(0, i/p.w-window/2); y <= min(p.h-1, i/p.w+window/2); y++ {
			for x := max(0, i%p.w-window/2); x <= min(p.w-1, i%p.w+window/2); x++ {
				out[i] = max(out[i], p.pix[y*p.w+x])
			}
		}
	}
	return out
}

func TestSlideMax(t *testing.T) {
	r := newRand()
	for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {16, 16}, {31, 20}} {
		for _, window := range []int{1, 3, 5, 15, 63} {
			p := newPlane(size[0], size[1], nil)
			fill(p.pix, r)
			before := slices.Clone(p.pix)
			got := p.slideMax(window)
			require.Equal(t, naiveMax(p, window), got.pix, "%v, window %d", size, window)
			require.Equal(t, []int{p.w, p.h}, []int{got.w, got.h})
			require.Equal(t, before, p.pix)
		}
	}
}

func TestMaxOfEight(t *testing.T) {
	for a := range uint64(256) {
		for b := range uint64(256) {
			x, y := 0x00ff_0180_7f00_ff00|a<<16, 0xff00_0180_8000_fe01|b<<16
			want := 0xffff_0180_8000_ff01 | max(a, b)<<16
			require.Equal(t, want, maxOfEight(x, y), "%d, %d", a, b)
		}
	}
}

func TestTranspose(t *testing.T) {
	r := newRand()
	for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {8, 8}, {3, 20}, {17, 23}} {
		p := newPlane(size[0], size[1], nil)
		fill(p.pix, r)
		got := p.transpose(nil)
		require.Equal(t, []int{p.h, p.w}, []int{got.w, got.h})
		for i, v := range p.pix {
			require.Equal(t, v, got.pix[i%p.w*p.h+i/p.w])
		}
	}
}

func TestMean(t *testing.T) {
	r := newRand()
	for _, n := range []int{1, 2, 3, 10, 30, 300} {
		for _, window := range []int{1, 3, 7, 99} {
			p := newPlane(n, 3, nil)
			fill(p.pix, r)
			want := newPlane(n, 3, nil)
			for i := range p.pix {
				x, y := i%n, i/n
				sum, m := 0, 0
				for _, v := range p.row(y)[max(0, x-window/2):min(n, x+window/2+1)] {
					sum, m = sum+int(v), m+1
				}
				want.pix[i] = uint8((2*sum + m) / (2 * m))
			}
			require.Equal(t, want, p.meanAlong(window, nil), "width %d, window %d", n, window)
			require.Equal(t, want, p.transpose(nil).meanDown(window, nil).transpose(nil), "height %d, window %d", n, window)
			require.Equal(t, p.meanAlong(window, nil).meanDown(window, nil), p.mean(window, nil, nil))
		}
	}
}

// TestDivisors: where the quotient changes, for windows as large as there may be.
func TestDivisors(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 5, 7, 129, 255, 256, 257, 1023, 4099, 65537, 1<<22 + 1, 1<<23 - 1} {
		d := divisor{n / 2, dividend/n + 1}
		for q := range uint64(255) {
			first := (q+1)*n - n/2 // that is rounded to q+1
			require.Equal(t, uint8(q), d.mean(first-1), "%d of %d", first-1, n)
			require.Equal(t, uint8(q+1), d.mean(first), "%d of %d", first, n)
		}
		require.Equal(t, uint8(255), d.mean(255*n))
	}
}

func TestBlurKeepsAnEvenPicture(t *testing.T) {
	p := newPlane(20, 9, nil)
	for i := range p.pix {
		p.pix[i] = 77
	}
	require.Equal(t, p.pix, p.blur(5).pix)
	require.Equal(t, p, p.blur(1))
}

// TestFlatten: whatever the light, the ground comes out even and the ink stands out from it.
func TestFlatten(t *testing.T) {
	for name, light := range map[string]func(u, v int) int{"slope": slope, "hard": hardShadow, "vignette": vignette} {
		for _, p := range []Polarity{DarkInk, LightInk} {
			if p == LightInk && name == "hard" {
				continue // the chalk in the shadow is as dark as the board out of it
			}
			g := drawTwo(200, 220, 50)
			if p == LightInk {
				g = drawTwo(200, 60, 230)
			}
			lit := shade(g, light)
			before := slices.Clone(lit.Pix)
			flat := RemoveShading(lit, p)
			require.Equal(t, before, lit.Pix)
			require.Equal(t, lit.Rect, flat.Rect)
			even := RemoveShading(g, p)
			if p == DarkInk { // of a blackboard little light comes back
				require.Equal(t, g, even, "nothing to do for an even light")
				// Dark corners, which the closing takes for ink, and the penumbra of a hard shadow remain.
				require.Less(t, unevenness(g, flat), unevenness(g, lit)*9/10, name)
			}
			want, err := Prepare(g, &Options{Polarity: p})
			require.NoError(t, err)
			got, err := Prepare(lit, nil)
			require.NoError(t, err)
			require.Equal(t, p, got.Polarity, name)
			require.Less(t, apart(want.Image, got.Image), 0.02, "%s, %v: the digits differ", name, p)
		}
	}
}

// apart returns the mean difference of the pixels, from 0 to 1.
func apart(a, b *image.Gray) float64 {
	sum := 0
	for i, v := range a.Pix {
		sum += max(int(v)-int(b.Pix[i]), int(b.Pix[i])-int(v))
	}
	return float64(sum) / float64(255*len(a.Pix))
}

// TestShadowEdge: the edge of a shadow is not ink, at whatever angle it crosses a digit.
func TestShadowEdge(t *testing.T) {
	sheet := drawTwo(256, 210, 110)
	want, err := Prepare(sheet, nil)
	require.NoError(t, err)
	for name, edge := range map[string]func(u, v int) int{
		"upright":  func(u, v int) int { return u - 40 },
		"steep":    func(u, v int) int { return u + v/3 - 60 },
		"diagonal": func(u, v int) int { return u - v },
		"flat":     func(u, v int) int { return v + u/4 - 40 },
	} {
		got, err := Prepare(shade(sheet, func(u, v int) int { return min(max(50+20*edge(u, v), 50), 100) }), nil)
		require.NoError(t, err)
		require.Equal(t, want.Box, got.Box, name)
		require.Less(t, apart(want.Image, got.Image), 0.04, name)
	}
}

// unevenness counts the pixels that are ground in even light and more than a tenth darker than the median in g.
func unevenness(even, g *image.Gray) (n int) {
	whole := histogramOf(g)
	level := whole.medianOf(0, 255)
	for i, v := range even.Pix {
		if v == 220 && int(g.Pix[i])*10 < level*9 {
			n++
		}
	}
	return n
}

func TestFlattenPanics(t *testing.T) {
	require.PanicsWithValue(t, "imageprep: polarity is auto, want DarkInk or LightInk; FindPolarity tells which",
		func() { RemoveShading(grayOf(1, 0), Auto) })
}

func BenchmarkFlatten(b *testing.B) {
	g := image.NewGray(image.Rect(0, 0, 256, 256))
	fill(g.Pix, rand.New(rand.NewPCG(1, 2)))
	b.SetBytes(256 * 256)
	for b.Loop() {
		RemoveShading(g, DarkInk)
	}
}
