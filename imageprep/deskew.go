package imageprep

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"math/bits"
)

// Deskew straightens and centers a digit in MNIST's form, and brings its size
// closer to the average. Slant and size hardly tell digits apart, but a linear
// model cannot ignore them. dst gets the 784 pixels, row by row, from 0 to 1.
// Without ink, the pixels are all 0. Deskew panics if g is not 28x28.
//
// Deskew finds the slant from the ink's moments, as in Y. LeCun, L. Bottou, Y.
// Bengio and P. Haffner, "Gradient-Based Learning Applied to Document
// Recognition" (Proc. IEEE 86, 1998).
func Deskew(dst []float32, g *image.Gray) []float32 {
	mustBeDigit(g)
	dst = sized(dst, Size*Size)
	clear(dst)
	var s source
	m := s.read(g)
	// Result pixel (X, Y) has the level of the source at
	//
	//	x = cx + kx (X - 13.5) + slant ky (Y - 13.5)
	//	y = cy + ky (Y - 13.5)
	//
	// by bilinear interpolation. (cx, cy) is the center of mass.
	slant := m.xy / max(m.yy, 1e-3)
	// The variance across, without the slant:
	across := m.xx - float64(2*slant*m.xy) + float64(float64(slant*slant)*m.yy)
	kx, ky := scaleFor(across, deviationX), scaleFor(m.yy, deviationY)
	s.warp(dst, mapping{x: m.x, y: m.y, kx: kx, ky: ky, shear: slant * ky})
	return dst
}

// mustBeDigit panics if g is not 28x28.
func mustBeDigit(g *image.Gray) {
	if w, h := g.Rect.Dx(), g.Rect.Dy(); w != Size || h != Size {
		panic(fmt.Sprintf("imageprep: digit is %dx%d, want 28x28; Prepare makes such pictures", w, h))
	}
}

// An average digit has about these standard deviations of ink, in pixels.
const (
	deviationX = 4.2
	deviationY = 5.6
)

// scaleFor returns how many source pixels a result pixel spans. Full scaling to
// the wanted deviation would divide the ink's deviation by it. The square root
// of this quotient scales only half as much, because a 1 is not only a narrow
// 0. Without the limits, dots and bars would become huge.
func scaleFor(variance, wanted float64) float64 {
	return min(max(math.Sqrt(math.Sqrt(max(variance, 0.3))/wanted), 0.3), 2)
}

// A source is the picture that warp samples, with a row of ground above and
// below.
type source struct {
	levels [Size + 2][Size / 4]uint64 // four pixels in 16-bit lanes
	inked  [Size + 2]uint32           // a bit for each pixel with ink
}

// moments are the mean, the variances and the covariance of the ink's position.
type moments struct{ x, y, xx, yy, xy float64 }

// read reads g and computes its moments. The sums are integers, so they are the
// same in any order. Without ink, all moments are 0.
func (s *source) read(g *image.Gray) (m moments) {
	var mass, sx, sy, sxx, syy, sxy int
	for y := range Size {
		pix := row(g, y)[:Size]
		w0, w8 := binary.LittleEndian.Uint64(pix), binary.LittleEndian.Uint64(pix[8:])
		w16, w24 := binary.LittleEndian.Uint64(pix[16:]), uint64(binary.LittleEndian.Uint32(pix[24:]))
		if w0|w8|w16|w24 == 0 {
			continue
		}
		s.inked[y+1] = inkBits(w0) | inkBits(w8)<<8 | inkBits(w16)<<16 | inkBits(w24)<<24
		levels := &s.levels[y+1]
		levels[0], levels[1], levels[2], levels[3] = widen(w0), widen(w0>>32), widen(w8), widen(w8>>32)
		levels[4], levels[5], levels[6] = widen(w16), widen(w16>>32), widen(w24)
		var sum, lx, lxx int // of v, x v, and x x v in this row
		add := func(x int, word uint64) {
			s, si, sii := weigh(word)
			sum, lx, lxx = sum+s, lx+x*s+si, lxx+x*x*s+2*x*si+sii
		}
		add(0, w0)
		add(8, w8)
		add(16, w16)
		add(24, w24)
		mass, sx, sxx = mass+sum, sx+lx, sxx+lxx
		sy, syy, sxy = sy+y*sum, syy+y*y*sum, sxy+y*lx
	}
	if mass == 0 {
		return moments{}
	}
	n := float64(mass)
	m.x, m.y = float64(sx)/n, float64(sy)/n
	m.xx = float64(sxx)/n - float64(m.x*m.x)
	m.yy = float64(syy)/n - float64(m.y*m.y)
	m.xy = float64(sxy)/n - float64(m.x*m.y)
	return m
}

// inkBits returns a bit for each of eight pixels: 1 if the pixel is not 0.
func inkBits(v uint64) uint32 {
	const low7 = 0x7f7f7f7f7f7f7f7f
	v = (v&low7 + low7 | v) >> 7 & 0x0101010101010101
	return uint32(v * 0x0102040810204080 >> 56) // moves bit 8i to bit 56+i
}

// widen puts the lower four bytes into 16-bit lanes.
func widen(v uint64) uint64 {
	v &= 0xffffffff
	v = (v | v<<16) & 0x0000ffff0000ffff
	return (v | v<<8) & 0x00ff00ff00ff00ff
}

// weigh returns the sums of v, i v and i i v over eight pixels, i from 0 to 7.
// The highest lane of a product is a weighted sum of the lanes. The weights
// stand in reverse order: the lowest lane has the last weight. All sums fit in
// 16 bits.
func weigh(v uint64) (s, si, sii int) {
	const lanes = 0x00ff00ff00ff00ff
	even, odd := v&lanes, v>>8&lanes
	s = int((even + odd) * (1<<48 | 1<<32 | 1<<16 | 1) >> 48)
	si = int((even*(0<<48|2<<32|4<<16|6) + odd*(1<<48|3<<32|5<<16|7)) >> 48)
	sii = int((even*(0<<48|4<<32|16<<16|36) + odd*(1<<48|9<<32|25<<16|49)) >> 48)
	return s, si, sii
}

// A mapping maps result pixels to the source. Pixel (X, Y) comes from
// (x + kx u + shear v, y + ky v), where u = X - 13.5 and v = Y - 13.5.
type mapping struct{ x, y, kx, ky, shear float64 }

// onePixel is one pixel as a fixed-point number.
const onePixel = 1 << 15

// A blend is a mix of two neighboring rows of the source: 32 levels of 16 bits.
// White ink, 255, is 65280. The first level and the last three are ground.
type blend [64]uint8

// at returns the level at x, from 0 to 1. x is a fixed-point number, and 0 is
// the middle of the first level.
func (b *blend) at(x uint32) float32 {
	pair := binary.LittleEndian.Uint32(b[x/onePixel*2&62:])
	left, right := int32(pair&0xffff), int32(pair>>16)
	return float32(left*onePixel+(right-left)*int32(x%onePixel)) * (1.0 / (65280 * onePixel))
}

// warp samples the source into dst. dst must be all 0. All pixels of a result
// row have the same y in the source. So warp blends the two source rows around
// y once, with y rounded to 1/256 of a pixel. Then it samples the blend where
// there is ink.
func (s *source) warp(dst []float32, m mapping) {
	const mid = float64(Size-1) / 2
	var mixed blend
	step := int(m.kx * onePixel)
	for Y := range Size {
		v := float64(Y) - mid
		// y is in 1/256 of a pixel. At 0 is the row of ground above the source.
		y := int(float64((m.y+float64(m.ky*v)+1)*256) + 0.5)
		above, f := y>>8, uint64(y&255)
		if above < 0 || above > Size {
			continue
		}
		inked := s.inked[above] | s.inked[above+1]
		if inked == 0 {
			continue
		}
		upper, lower := &s.levels[above], &s.levels[above+1]
		for i, v := range upper {
			binary.LittleEndian.PutUint64(mixed[8*i+2:], v<<8+(lower[i]-v)*f)
		}
		x := int((m.x + float64(m.shear*v) - float64(m.kx*mid) + 1) * onePixel)
		stepsTo := func(to int) int { // from x
			return min((max(0, to*onePixel-x)+step-1)/step, Size)
		}
		begin, end := stepsTo(bits.TrailingZeros32(inked)), stepsTo(bits.Len32(inked)+1)
		x += begin * step
		out := dst[Y*Size:][begin:end]
		for X := range out {
			out[X] = mixed.at(uint32(x))
			x += step
		}
	}
}
