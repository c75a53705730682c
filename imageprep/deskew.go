package imageprep

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"math/bits"
)

// The standard deviations of ink, in pixels across and down, that Deskew aims at: about those of an average digit.
const (
	spreadX = 4.2
	spreadY = 5.6
)

// Deskew straightens a digit in MNIST's form and evens out its size, by the moments of its ink: people write with
// different slants and proportions, which say nothing about the digit, and a linear model has no other way to ignore them.
//
// With the centre of mass (cx, cy) and the variances vxx, vyy and vxy of the ink, the slant is a = vxy/vyy. The result
// samples the picture, bilinearly and with ground outside it, at
//
//	x = cx + kx (X - 13.5) + a ky (Y - 13.5)
//	y = cy + ky (Y - 13.5)
//
// so that the slant is gone and the ink centred. kx and ky are the square roots of the factors that would give the ink a
// standard deviation of 4.2 pixels across and 5.6 down, within 0.3 and 2: half of the difference in size is left, because
// a 1 is not just a narrow 0. Slant correction by moments is as old as MNIST: it is the deskewing of Y. LeCun, L. Bottou,
// Y. Bengio and P. Haffner, "Gradient-Based Learning Applied to Document Recognition" (Proc. IEEE 86, 1998).
//
// The 28x28 pixels are written to dst row by row, from 0 to 1. Deskew allocates dst if it is nil, panics if its length
// is not 784 or g is not 28x28, and returns it. A picture without ink gives zeros.
func Deskew(dst []float32, g *image.Gray) []float32 {
	if g.Rect.Dx() != Size || g.Rect.Dy() != Size {
		panic(fmt.Sprintf("imageprep: Deskew of a picture of %dx%d, want 28x28", g.Rect.Dx(), g.Rect.Dy()))
	}
	if dst == nil {
		dst = make([]float32, Size*Size)
	}
	if len(dst) != Size*Size {
		panic(fmt.Sprintf("imageprep: len(dst) = %d, want %d", len(dst), Size*Size))
	}
	var s source
	m, ok := s.read(g)
	clear(dst)
	if !ok {
		return dst
	}
	slant := m.xy / max(m.yy, 1e-3)
	// The variance across, once the slant is gone.
	across := m.xx - float64(2*slant*m.xy) + float64(float64(slant*slant)*m.yy)
	kx, ky := halfway(across, spreadX), halfway(m.yy, spreadY)
	s.warp(dst, mapping{x: m.x, y: m.y, kx: kx, ky: ky, shear: slant * ky})
	return dst
}

// halfway returns the square root of the factor from a spread to the one aimed at.
func halfway(variance, aim float64) float64 {
	return min(max(math.Sqrt(math.Sqrt(max(variance, 0.3))/aim), 0.3), 2)
}

// A source is the picture to be sampled, with a row of ground above and one below.
type source struct {
	levels [Size + 2][Size / 4]uint64 // of the pixels, four to a word of 16-bit lanes
	inked  [Size + 2]uint32           // a bit for each pixel that has ink
}

// moments are the mean and the variances of the position of ink.
type moments struct{ x, y, xx, yy, xy float64 }

// read also finds the moments of g. It sums in integers, which no order of additions can change. It is not ok if there is
// no ink.
func (s *source) read(g *image.Gray) (m moments, ok bool) {
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
		levels[0], levels[1], levels[2], levels[3] = spread(w0), spread(w0>>32), spread(w8), spread(w8>>32)
		levels[4], levels[5], levels[6] = spread(w16), spread(w16>>32), spread(w24)
		var line, lx, lxx int
		add := func(x int, word uint64) {
			s, si, sii := weigh(word)
			line, lx, lxx = line+s, lx+x*s+si, lxx+x*x*s+2*x*si+sii // the sums of v, x v and x x v
		}
		add(0, w0)
		add(8, w8)
		add(16, w16)
		add(24, w24)
		mass, sx, sxx = mass+line, sx+lx, sxx+lxx
		sy, syy, sxy = sy+y*line, syy+y*y*line, sxy+y*lx
	}
	if mass == 0 {
		return moments{}, false
	}
	n := float64(mass)
	m.x, m.y = float64(sx)/n, float64(sy)/n
	m.xx = float64(sxx)/n - float64(m.x*m.x)
	m.yy = float64(syy)/n - float64(m.y*m.y)
	m.xy = float64(sxy)/n - float64(m.x*m.y)
	return m, true
}

// inkBits returns a bit for each of eight pixels, set if it is not 0.
func inkBits(v uint64) uint32 {
	const low7 = 0x7f7f7f7f7f7f7f7f
	v = (v&low7 + low7 | v) >> 7 & 0x0101010101010101
	return uint32(v * 0x0102040810204080 >> 56) // which moves bit 8i to 56+i
}

// spread makes 16-bit lanes of the lower four bytes.
func spread(v uint64) uint64 {
	v &= 0xffffffff
	v = (v | v<<16) & 0x0000ffff0000ffff
	return (v | v<<8) & 0x00ff00ff00ff00ff
}

// weigh returns the sums of v, i v and i i v of eight pixels with i from 0 to 7. The highest lane of a product is the sum of
// lanes times weights, the last weight being that of the first lane; no sum is too large for its 16 bits.
func weigh(v uint64) (s, si, sii int) {
	const lanes = 0x00ff00ff00ff00ff
	even, odd := v&lanes, v>>8&lanes
	s = int((even + odd) * (1<<48 | 1<<32 | 1<<16 | 1) >> 48)
	si = int((even*(0<<48|2<<32|4<<16|6) + odd*(1<<48|3<<32|5<<16|7)) >> 48)
	sii = int((even*(0<<48|4<<32|16<<16|36) + odd*(1<<48|9<<32|25<<16|49)) >> 48)
	return s, si, sii
}

// mapping says where in the source the pixels of the result lie: with u = X - 13.5 and v = Y - 13.5 at
// (x + kx u + shear v, y + ky v).
type mapping struct{ x, y, kx, ky, shear float64 }

// onePixel along x, in fixed point.
const onePixel = 1 << 15

// A blend is a row of the source between two rows of pixels: 32 levels of 16 bits, 65280 for 255. The first is ground, and
// so are the last three.
type blend [64]uint8

// at returns the level at x, counted from the first, from 0 to 1.
func (b *blend) at(x uint32) float32 {
	pair := binary.LittleEndian.Uint32(b[x/onePixel*2&62:])
	left, right := int32(pair&0xffff), int32(pair>>16)
	return float32(left*onePixel+(right-left)*int32(x%onePixel)) * (1.0 / (65280 * onePixel))
}

// warp samples the source into dst, which is clear. All pixels of a row of the result have the same y in the source, so the
// two rows around it are blended once, to the nearest 1/256 of a pixel, and then sampled along x as far as they have ink.
func (s *source) warp(dst []float32, m mapping) {
	const mid = float64(Size-1) / 2
	var line blend
	step := int(m.kx * onePixel)
	for Y := range Size {
		v := float64(Y) - mid
		y := int(float64((m.y+float64(m.ky*v)+1)*256) + 0.5) // from the row of ground above
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
			binary.LittleEndian.PutUint64(line[8*i+2:], v<<8+(lower[i]-v)*f)
		}
		x := int((m.x + float64(m.shear*v) - float64(m.kx*mid) + 1) * onePixel)
		steps := func(to int) int { // from x
			return min((max(0, to*onePixel-x)+step-1)/step, Size)
		}
		begin, end := steps(bits.TrailingZeros32(inked)), steps(bits.Len32(inked)+1)
		x += begin * step
		out := dst[Y*Size:][begin:end]
		for X := range out {
			out[X] = line.at(uint32(x))
			x += step
		}
	}
}
