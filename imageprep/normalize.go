package imageprep

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
)

// The standard deviations of ink, in pixels across and down, that Normalize aims at: about those of an average digit.
const (
	spreadX = 4.2
	spreadY = 5.6
)

// Normalize straightens a digit in MNIST's form and evens out its size, by the moments of its ink: people write with
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
// The 28x28 pixels are written to dst row by row, from 0 to 1. Normalize allocates dst if it is nil, panics if its length
// is not 784 or g is not 28x28, and returns it. A picture without ink gives zeros.
func Normalize(dst []float32, g *image.Gray) []float32 {
	if g.Rect.Dx() != Size || g.Rect.Dy() != Size {
		panic(fmt.Sprintf("imageprep: Normalize of a picture of %dx%d, want 28x28", g.Rect.Dx(), g.Rect.Dy()))
	}
	if dst == nil {
		dst = make([]float32, Size*Size)
	}
	if len(dst) != Size*Size {
		panic(fmt.Sprintf("imageprep: len(dst) = %d, want %d", len(dst), Size*Size))
	}
	m, ok := momentsOf(g)
	if !ok {
		clear(dst)
		return dst
	}
	slant := m.xy / max(m.yy, 1e-3)
	// The variance across, once the slant is gone.
	across := m.xx - float64(2*slant*m.xy) + float64(float64(slant*slant)*m.yy)
	kx, ky := halfway(across, spreadX), halfway(m.yy, spreadY)
	warp(dst, g, mapping{
		x: float32(m.x), y: float32(m.y), inked: m.inked,
		kx: float32(kx), ky: float32(ky), shear: float32(slant * ky),
	})
	return dst
}

// halfway returns the square root of the factor from a spread to the one aimed at.
func halfway(variance, aim float64) float64 {
	return min(max(math.Sqrt(math.Sqrt(max(variance, 0.3))/aim), 0.3), 2)
}

// moments are the mean and the variances of the position of ink.
type moments struct {
	x, y, xx, yy, xy float64
	inked            uint32 // a bit for each row that has some
}

// momentsOf sums in integers, which no order of additions can change. It is not ok if there is no ink.
func momentsOf(g *image.Gray) (m moments, ok bool) {
	var mass, sx, sy, sxx, syy, sxy int
	for y := range Size {
		var line, lx, lxx int
		pix := row(g, y)
		for begin := 0; begin < Size; begin += 4 {
			four := pix[begin:][:4:4]
			if binary.LittleEndian.Uint32(four) == 0 {
				continue // as most are
			}
			for i, v := range four {
				x := begin + i
				line, lx, lxx = line+int(v), lx+x*int(v), lxx+x*x*int(v)
			}
		}
		if line > 0 {
			m.inked |= 1 << y
		}
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

// mapping says where in the source the pixels of the result lie: with u = X - 13.5 and v = Y - 13.5 at
// (x + kx u + shear v, y + ky v).
type mapping struct {
	x, y, kx, ky, shear float32
	inked               uint32 // see moments
}

// warp samples g bilinearly. All pixels of a row of the result have the same y in the source, so the two source rows
// around it are blended once, and then sampled along x.
func warp(dst []float32, g *image.Gray, m mapping) {
	const mid = float32(Size-1) / 2
	var line [Size + 2]float32 // with a pixel of ground at each end
	for Y := range Size {
		out := dst[Y*Size:][:Size]
		v := float32(Y) - mid
		sy := m.y + float32(m.ky*v)
		if !m.inkAt(sy) || !blendRows(&line, g, sy) {
			clear(out)
			continue
		}
		begin := m.x + float32(m.shear*v)
		for X := range out {
			sx := begin + float32(m.kx*(float32(X)-mid)) + 1 // in line
			if !(sx >= 0 && sx < Size+1) {
				out[X] = 0
				continue
			}
			i := int(sx)
			f := sx - float32(i)
			a, b := line[i], line[i+1]
			out[X] = a + float32(f*(b-a))
		}
	}
}

// inkAt reports whether there is ink in one of the rows above and below y.
func (m mapping) inkAt(y float32) bool {
	above := int(max(min(y, Size), -1)+1) - 1
	return (uint64(m.inked)<<1)>>(above+1)&3 != 0
}

// blendRows interpolates between the rows of g above and below y, from 0 to 1. It is not ok if both lie outside.
func blendRows(line *[Size + 2]float32, g *image.Gray, y float32) (ok bool) {
	if !(y > -1 && y < Size) {
		return false
	}
	above := int(y+1) - 1
	f := y - float32(above)
	wa, wb := (1-f)/255, f/255
	clear(line[:])
	inner := line[1 : Size+1]
	if above >= 0 {
		for x, v := range row(g, above) {
			inner[x] = float32(wa * float32(v))
		}
	}
	if above+1 < Size {
		for x, v := range row(g, above+1) {
			inner[x] += float32(wb * float32(v))
		}
	}
	return true
}
