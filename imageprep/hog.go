package imageprep

import (
	"fmt"
	"math"
	"math/bits"
	"sync"
)

// A HOG computes histograms of oriented gradients: for each cell of a grid and
// each direction, how much gradient there is. The histograms tell in what
// direction strokes run, and roughly where. Start from [DefaultHOG].
//
// The gradient of a pixel is half the difference of its neighbors:
// (I[x+1]-I[x-1])/2 and (I[y+1]-I[y-1])/2, with 0 outside the picture. Linear
// interpolation divides its length between the two nearest directions of the
// full circle, and between the nearest two by two cells. Gradients between the
// outer cell centers and the border count less. Each number of the vector is
// the square root of a sum of lengths.
//
// The histograms are those of N. Dalal and B. Triggs, "Histograms of Oriented
// Gradients for Human Detection" (CVPR 2005). The square root is that of
// R. Arandjelović and A. Zisserman, "Three things everyone should know to
// improve object retrieval" (CVPR 2012).
type HOG struct {
	Directions int     // 2 to 64
	Cells      int     // along each side, 1 to 28
	Margin     float32 // around the cells, in pixels: at least 0, below 14

	// Contrast divides each cell by a weighted mean of the 3x3 cells around it,
	// itself included, before the square root. It helps on MNIST.
	Contrast bool
}

// DefaultHOG returns a HOG for handwritten digits: 8 directions in 4x4 cells,
// 128 numbers.
func DefaultHOG() HOG { return HOG{Directions: 8, Cells: 4, Margin: 2} }

// Len returns the length of the vector, Cells x Cells x Directions.
func (h HOG) Len() int { return h.Cells * h.Cells * h.Directions }

const (
	maxDirections = 64
	maxCells      = Size // a cell for each pixel
)

// Valid reports whether all fields are in their ranges.
func (h HOG) Valid() bool {
	return h.Directions >= 2 && h.Directions <= maxDirections && h.Cells >= 1 && h.Cells <= maxCells &&
		h.Margin >= 0 && h.Margin < Size/2
}

// Vector writes h.Len() numbers to dst: cell after cell, row by row, and for
// each cell all directions. pix is 28x28 pixels, row by row, as [Deskew]
// returns them. Vector panics if h is not valid or len(pix) is not 784.
func (h HOG) Vector(dst []float32, pix []float32) []float32 {
	if !h.Valid() {
		panic(fmt.Sprintf("imageprep: HOG is %+v, want 2 to %d directions, 1 to %d cells, and a margin in [0, %d)",
			h, maxDirections, maxCells, Size/2))
	}
	if len(pix) != Size*Size {
		panic(fmt.Sprintf("imageprep: len(pix) = %d, want %d", len(pix), Size*Size))
	}
	dst = sized(dst, h.Len())
	b := hogPool.Get().(*hogBuffer)
	b.gradients.find(pix)
	columns := h.cellPairs()
	h.assignDirections(b.gradients.list[:b.gradients.ends[Size-1]])
	h.addUp(dst, b, &columns)
	hogPool.Put(b)
	if h.Contrast {
		h.normalizeContrast(dst)
	}
	for i, v := range dst {
		dst[i] = sqrt32(v)
	}
	return dst
}

// hogBuffer is the memory of one call of Vector. It is large. A pool keeps it
// for the next call, which then need not clear it.
type hogBuffer struct {
	gradients gradients
	sums      rowSums
}

var hogPool = sync.Pool{New: func() any { return new(hogBuffer) }}

// A cellPair says how the gradients in a row or column of pixels are divided
// between two cells. Cell first has the weight 1-second, and cell first+1 has
// the weight second. The grid's cells have the numbers 1 to Cells. The sums of
// cells 0 and Cells+1 are not used.
type cellPair struct {
	first  uint16
	offset uint16 // of cell first in rowSums
	second float32
}

// cellPairs returns the pairs of the 28 rows. The columns have the same pairs.
// (With 32 elements, an index of five bits needs no check.)
func (h HOG) cellPairs() (pairs [32]cellPair) {
	perPixel := float32(h.Cells) / (Size - 2*h.Margin)
	for i := range Size {
		// The position in cells, from the center of cell 0:
		at := float32((float32(i)+0.5-h.Margin)*perPixel) + 0.5
		at = min(max(at, 0), float32(h.Cells+1))
		first := min(int(at), h.Cells)
		pairs[i] = cellPair{uint16(first), uint16(first * h.stride()), at - float32(first)}
	}
	return pairs
}

// A gradient belongs to a pixel in column x.
type gradient struct {
	x uint8

	// Bit 0 of octant is set if gx < 0, bit 1 if gy < 0, and bit 2 if
	// |gx| < |gy|.
	octant uint8

	// direction is the first of the two nearest directions. It is from 0 to
	// Directions, the full circle.
	direction uint8

	length float32 // of twice the gradient
	slope  float32 // the smaller of |gx| and |gy| over the larger
	second float32 // what the next direction gets of length
}

// gradients are the nonzero gradients of a picture, row by row.
type gradients struct {
	padded [(Size + 2) * paddedStride]float32 // the picture, 0 around it
	list   [Size * Size]gradient
	ends   [Size]int // row y ends before list[ends[y]]
}

const paddedStride = 32

// find finds the nonzero gradients. A processor cannot predict where they are,
// so a test of each pixel would be slow. Instead, find makes a bit for each
// pixel with ink, and steps from one pixel beside ink to the next.
func (g *gradients) find(pix []float32) {
	const stride = paddedStride
	var inked [Size + 2]uint32
	for y := range Size {
		from, to := (*[Size]float32)(pix[y*Size:]), (*[Size]float32)(g.padded[(y+1)*stride+1:])
		ink := uint32(0)
		for x := Size - 4; x >= 0; x -= 4 {
			a, b, c, d := from[x], from[x+1], from[x+2], from[x+3]
			to[x], to[x+1], to[x+2], to[x+3] = a, b, c, d
			ink = 2*ink + inkBit(d)
			ink = 2*ink + inkBit(c)
			ink = 2*ink + inkBit(b)
			ink = 2*ink + inkBit(a)
		}
		inked[y+1] = ink
	}
	const least = 4e-8 // shorter gradients count as 0
	n := 0
	for y := range Size {
		beside := inked[y] | inked[y+2] | inked[y+1]<<1 | inked[y+1]>>1
		rows := (*[3 * stride]float32)(g.padded[y*stride:])
		for ; beside != 0; beside &= beside - 1 {
			x := bits.TrailingZeros32(beside)
			if x >= Size {
				break
			}
			gx, gy := rows[stride+x+2]-rows[stride+x], rows[2*stride+x+1]-rows[x+1]
			power := float32(gx*gx) + float32(gy*gy)
			if !(power >= least) {
				continue
			}
			// If two numbers are not negative, the larger number has the larger
			// bits.
			bx, by := math.Float32bits(gx), math.Float32bits(gy)
			ax, ay := bx&^signBit, by&^signBit
			next := &g.list[n]
			next.x = uint8(x)
			next.octant = uint8(bx>>31 | by>>31<<1 | (ax-ay)>>31<<2)
			next.length = sqrt32(power)
			next.slope = math.Float32frombits(min(ax, ay)) / math.Float32frombits(max(ax, ay))
			n++
		}
		g.ends[y] = n
	}
}

const signBit = 1 << 31

// inkBit returns 1 if v is not 0, and 0 if it is.
func inkBit(v float32) uint32 { return (math.Float32bits(v)&^signBit + signBit - 1) >> 31 }

// assignDirections sets direction and second. The unit of angles is one
// direction. Angles go from 0 up to and including the full circle.
//
// In an octant, the angle is the arc tangent of the slope. math.Atan differs
// between architectures, so the code uses polynomial 4.4.49 of M. Abramowitz
// and I. A. Stegun, Handbook of Mathematical Functions (1964). Its error is at
// most 1e-5 radians.
func (h HOG) assignDirections(list []gradient) {
	circle := float32(h.Directions)
	octants := [8]struct{ begin, sign float32 }{
		{0, 1}, {circle / 2, -1}, {circle, -1}, {circle / 2, 1},
		{circle / 4, -1}, {circle / 4, 1}, {circle * 3 / 4, 1}, {circle * 3 / 4, -1},
	}
	perRadian := circle / (2 * math.Pi)
	c0, c1, c2 := float32(0.9998660*perRadian), float32(0.3302995*perRadian), float32(0.1801410*perRadian)
	c3, c4 := float32(0.0851330*perRadian), float32(0.0208351*perRadian)
	for i := range list {
		g := &list[i]
		ss := float32(g.slope * g.slope)
		p := float32(c4*ss) - c3
		p = float32(p*ss) + c2
		p = float32(p*ss) - c1
		p = float32(p*ss) + c0
		octant := &octants[g.octant&7]
		angle := octant.begin + float32(octant.sign*float32(g.slope*p))
		direction := int(angle)
		g.direction = uint8(direction)
		g.second = float32(g.length * (angle - float32(direction)))
	}
}

// rowSums are the sums of two rows of cells, the upper and the lower row. Each
// cell from 0 to Cells+1 has two sums for each direction: the upper row's and
// the lower row's. Two more directions follow: the first direction again, after
// a full circle, and one that stays 0. (The array is longer, so that masked
// indices need no check.)
type rowSums [maxSums + maxStride + 4]float32

const maxSums, maxStride = 1 << 12, 1 << 8

// stride returns how many sums a cell has.
func (h HOG) stride() int { return 2 * (h.Directions + 2) }

// addUp adds the gradients to their cells. A row of pixels belongs to two rows
// of cells, the upper and the lower row. When these change, the sums of the
// upper row are complete.
func (h HOG) addUp(dst []float32, b *hogBuffer, pairs *[32]cellPair) {
	clear(b.sums[:(h.Cells+2)*h.stride()])
	upper, begin := 0, 0
	finish := func() {
		row := max(upper-1, 0) // row 1 overwrites row 0, which is not used
		b.sums.finishRow(dst[row*h.Cells*h.Directions:][:h.Cells*h.Directions], h.Directions)
		upper++
	}
	for y, end := range b.gradients.ends {
		for upper < int(pairs[y].first) {
			finish()
		}
		b.sums.add(b.gradients.list[begin:end], pairs, pairs[y].second, h.stride())
		begin = end
	}
	for upper <= h.Cells {
		finish()
	}
}

// add adds the gradients of a row of pixels. lower is the weight of the lower
// row of cells.
func (s *rowSums) add(list []gradient, pairs *[32]cellPair, lower float32, stride int) {
	stride &= maxStride - 1
	for i := range list {
		g := &list[i]
		pair := pairs[g.x&31]
		left, right := (int(pair.offset)+2*int(g.direction))&(maxSums-1), pair.second
		first, second := g.length-g.second, g.second
		low0, low1 := float32(first*lower), float32(second*lower)
		up0, up1 := first-low0, second-low1
		upRight0, lowRight0 := float32(up0*right), float32(low0*right)
		upRight1, lowRight1 := float32(up1*right), float32(low1*right)
		s[left] += up0 - upRight0
		s[left+1] += low0 - lowRight0
		s[left+2] += up1 - upRight1
		s[left+3] += low1 - lowRight1
		s[left+stride] += upRight0
		s[left+stride+1] += lowRight0
		s[left+stride+2] += upRight1
		s[left+stride+3] += lowRight1
	}
}

// finishRow writes the upper row to dst. The lower row becomes the upper row,
// and the new lower row is 0.
func (s *rowSums) finishRow(dst []float32, directions int) {
	cell := s[:]
	for ; len(dst) > 0; dst = dst[directions:] {
		cell = cell[2*(directions+2):]
		again := cell[2*directions:] // the first direction again
		cell[0] += again[0]
		cell[1] += again[1]
		again[0], again[1] = 0, 0
		for i := range dst[:directions] {
			pair := cell[2*i:][:2]
			dst[i] = pair[0] / 2
			pair[0], pair[1] = pair[1], 0
		}
	}
}

// normalizeContrast divides each cell by the weighted mean of the three by
// three cells around it. The weights are [1 2 1]/4, across and down. The floor
// keeps nearly empty cells small.
func (h HOG) normalizeContrast(dst []float32) {
	const floor = 0.05
	var sums [(maxCells + 2) * (maxCells + 2)]float32 // with 0 around them
	stride := h.Cells + 2
	for i := range h.Cells * h.Cells {
		sum := float32(0)
		for _, v := range dst[i*h.Directions:][:h.Directions] {
			sum += v
		}
		sums[(i/h.Cells+1)*stride+i%h.Cells+1] = sum
	}
	for i := range h.Cells * h.Cells {
		mean := float32(floor)
		for dy, wy := range [3]float32{0.25, 0.5, 0.25} {
			for dx, wx := range [3]float32{0.25, 0.5, 0.25} {
				mean += float32(wy * wx * sums[(i/h.Cells+dy)*stride+i%h.Cells+dx])
			}
		}
		for k := range h.Directions {
			dst[i*h.Directions+k] /= mean
		}
	}
}

func sqrt32(v float32) float32 { return float32(math.Sqrt(float64(v))) }
