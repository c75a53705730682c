package imageprep

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// naiveMax is the definition of slideMax.
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
			require.Equal(t, want, p.meanAcross(window, nil), "width %d, window %d", n, window)
			require.Equal(t, want, p.transpose(nil).meanDown(window, nil).transpose(nil), "height %d, window %d", n, window)
			require.Equal(t, p.meanAcross(window, nil).meanDown(window, nil), p.mean(window, nil, nil))
		}
	}
}

// TestDivisors: the mean is exact on both sides of each change, for windows of
// all sizes.
func TestDivisors(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 5, 7, 129, 255, 256, 257, 1023, 4099, 65537, 1<<22 + 1, 1<<23 - 1} {
		d := divisor{n / 2, dividend/n + 1}
		for q := range uint64(255) {
			first := (q+1)*n - n/2 // the first one rounded to q+1
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

func TestClosing(t *testing.T) {
	r := newRand()
	for _, window := range []int{1, 3, 7, 31} {
		p := newPlane(20, 13, nil)
		fill(p.pix, r)
		largest := newPlane(p.w, p.h, naiveMax(p, window)).invert()
		want := newPlane(p.w, p.h, naiveMax(largest, window)).invert()
		require.Equal(t, want, p.closing(window), window)
	}
}

// TestGrown compares with interpolation between the centers of pixels.
func TestGrown(t *testing.T) {
	p := newPlane(5, 4, nil)
	fill(p.pix, newRand())
	at := func(i, m, n int) (left int, part float64) {
		center := min(max((float64(i)+.5)*float64(n)/float64(m)-.5, 0), float64(n-1))
		return int(center), center - float64(int(center))
	}
	for _, size := range [][2]int{{5, 4}, {10, 8}, {13, 9}, {40, 4}} {
		got := p.grown(size[0], size[1])
		for i, v := range got.pix {
			x, right := at(i%got.w, got.w, p.w)
			y, lower := at(i/got.w, got.h, p.h)
			level := func(x, y int) float64 { return float64(p.row(min(y, p.h-1))[min(x, p.w-1)]) }
			upper := level(x, y)*(1-right) + level(x+1, y)*right
			want := upper*(1-lower) + (level(x, y+1)*(1-right)+level(x+1, y+1)*right)*lower
			require.InDelta(t, want, v, 2.5, "%v at %d", size, i)
		}
	}
}
