package imageprep

import (
	"fmt"
	"math"
	"math/bits"
	"sync"
)

// HOG is a histogram of oriented gradients of a 28x28 picture: for each cell of a grid, how much edge there is in each
// direction. Of what a digit looks like it keeps which way strokes run and roughly where, and forgets where exactly, which
// is what a linear model needs: on MNIST it makes a tenth of the mistakes that it makes on pixels. The fields are plain
// parameters; start from [DefaultHOG].
//
// The gradient of each pixel is half the difference of its neighbours, (I[x+1]-I[x-1])/2 and (I[y+1]-I[y-1])/2. Its
// length is shared out among the two nearest of the Directions, which go round the full circle (ink left of ground is not
// ink right of it), and among the nearest two by two of the Cells x Cells cells, each time in proportion to nearness. The
// cells tile the square from Margin to 28-Margin; what lies outside the outer centres fades away. Last, the square root is
// taken of each sum, which makes faint and strong edges more alike.
//
// The idea is of N. Dalal and B. Triggs, "Histograms of Oriented Gradients for Human Detection" (CVPR 2005), the square
// root (Hellinger's distance) of R. Arandjelović and A. Zisserman, "Three things everyone should know to improve object
// retrieval" (CVPR 2012).
type HOG struct {
	Directions int     // of gradients, 2 to 64
	Cells      int     // along each side, 1 to 28
	Margin     float32 // of the picture that belongs to no cell, in pixels, at least 0 and less than 14

	// Contrast divides each cell, before the square root, by the mean sum of the cells around it, so that strokes of
	// different strength look alike. It helps on MNIST and harms on other hands' pictures.
	Contrast bool
}

// DefaultHOG returns the parameters of the 128 features that the default model uses.
func DefaultHOG() HOG { return HOG{Directions: 8, Cells: 4, Margin: 2} }

// Len returns the number of features: Cells x Cells x Directions.
func (h HOG) Len() int { return h.Cells * h.Cells * h.Directions }

const (
	maxDirections = 64
	maxCells      = Size // a cell for each pixel
)

// Valid reports whether all fields are in their ranges.
func (h HOG) Valid() bool {
	return h.Directions >= 2 && h.Directions <= maxDirections && h.Cells >= 1 && h.Cells <= maxCells && h.Margin >= 0 && h.Margin < Size/2
}

// Features computes the histograms of a picture of 28x28 pixels from 0 to 1, row by row, as Deskew and Float32 make
// them, into dst: cell by cell, row by row, the directions of a cell in a row. It allocates dst if it is nil, panics if its
// length is not h.Len(), and returns it. With a dst it allocates nothing. It panics if h is not valid or pix has not 784
// elements.
func (h HOG) Vector(dst []float32, pix []float32) []float32 {
	if !h.Valid() {
		panic(fmt.Sprintf("imageprep: %+v, want 2 to %d directions, 1 to %d cells, and a margin in [0, %d)", h, maxDirections, maxCells, Size/2))
	}
	if len(pix) != Size*Size {
		panic(fmt.Sprintf("imageprep: len(pix) = %d, want %d", len(pix), Size*Size))
	}
	if dst == nil {
		dst = make([]float32, h.Len())
	}
	if len(dst) != h.Len() {
		panic(fmt.Sprintf("imageprep: len(dst) = %d, want %d", len(dst), h.Len()))
	}
	m := hogPool.Get().(*hogMemory)
	m.edges.find(pix)
	shares := h.shares()
	h.turn(m.edges.all())
	h.sum(dst, m, &shares)
	hogPool.Put(m)
	if h.Contrast {
		h.contrast(dst)
	}
	for i, v := range dst {
		dst[i] = sqrt32(v)
	}
	return dst
}

// hogMemory is what Features works on: so much that it is kept for the next call rather than cleared at each.
type hogMemory struct {
	edges edges
	sums  rowSums
}

var hogPool = sync.Pool{New: func() any { return new(hogMemory) }}

// A share says between which two cells a row or column of pixels is shared out: first and first+1, counted from 1, with the
// weights 1-second and second. There is one more cell at each end, 0 and Cells+1, for what fades away.
type share struct {
	first  uint16
	sums   uint16 // of first, where they begin in rowSums
	second float32
}

// shares returns the shares of the 28 rows, or columns. (With 32 elements an index of five bits needs no check.)
func (h HOG) shares() (s [32]share) {
	perPixel := float32(h.Cells) / (Size - 2*h.Margin)
	for i := range Size {
		at := float32((float32(i)+0.5-h.Margin)*perPixel) + 0.5 // in cells, from the centre of cell 0
		at = min(max(at, 0), float32(h.Cells+1))
		first := min(int(at), h.Cells)
		s[i] = share{uint16(first), uint16(first * h.stride()), at - float32(first)}
	}
	return s
}

// An edge is a pixel at which the picture changes.
type edge struct {
	x      uint8
	octant uint8 // of its gradient: bit 0 is set if gx < 0, bit 1 if gy < 0, bit 2 if |gx| < |gy|

	// The first of the two directions nearest to its angle, from 0 up to and including a full turn; see turn.
	direction uint8

	length float32 // of twice the gradient
	slope  float32 // the smaller of |gx| and |gy| over the larger
	second float32 // the share of the second direction in the length; see turn
}

// edges are those of a picture, row by row.
type edges struct {
	ground [(Size + 2) * groundStride]float32 // the picture with a rim of ground, which stays
	list   [Size * Size]edge
	ends   [Size]int // the edges of row y end before list[ends[y]]
}

const groundStride = 32

func (e *edges) all() []edge { return e.list[:e.ends[Size-1]] }

// find finds the pixels that have a gradient. Which ones these are is hard to predict, so rather than asking each it goes
// from one that has ink beside it to the next, by a bit for each pixel with ink.
func (e *edges) find(pix []float32) {
	const stride = groundStride
	var inked [Size + 2]uint32
	for y := range Size {
		from, to := (*[Size]float32)(pix[y*Size:]), (*[Size]float32)(e.ground[(y+1)*stride+1:])
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
	const least = 4e-8
	n := 0
	for y := range Size {
		around := inked[y] | inked[y+2] | inked[y+1]<<1 | inked[y+1]>>1
		window := (*[3 * stride]float32)(e.ground[y*stride:])
		for ; around != 0; around &= around - 1 {
			x := bits.TrailingZeros32(around)
			if x >= Size {
				break
			}
			gx, gy := window[stride+x+2]-window[stride+x], window[2*stride+x+1]-window[x+1]
			power := float32(gx*gx) + float32(gy*gy)
			if !(power >= least) {
				continue
			}
			// Numbers that are not negative are in the order of their bits.
			bx, by := math.Float32bits(gx), math.Float32bits(gy)
			ax, ay := bx&^signBit, by&^signBit
			next := &e.list[n]
			next.x = uint8(x)
			next.octant = uint8(bx>>31 | by>>31<<1 | (ax-ay)>>31<<2)
			next.length = sqrt32(power)
			next.slope = math.Float32frombits(min(ax, ay)) / math.Float32frombits(max(ax, ay))
			n++
		}
		e.ends[y] = n
	}
}

const signBit = 1 << 31

// inkBit returns 1 if v is not 0, and 0 if it is.
func inkBit(v float32) uint32 { return (math.Float32bits(v)&^signBit + signBit - 1) >> 31 }

// turn computes the angles, in directions from 0 up to and including a full turn, and shares the lengths out.
//
// Within the octant it is the arc tangent of the slope. math.Atan is not used because its results differ between
// architectures; the polynomial is number 4.4.49 in M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions
// (1964), with an error of at most 1e-5 radians.
func (h HOG) turn(list []edge) {
	turn := float32(h.Directions)
	octants := [8]struct{ begin, sense float32 }{
		{0, 1}, {turn / 2, -1}, {turn, -1}, {turn / 2, 1},
		{turn / 4, -1}, {turn / 4, 1}, {turn * 3 / 4, 1}, {turn * 3 / 4, -1},
	}
	perRadian := turn / (2 * math.Pi)
	c0, c1, c2 := float32(0.9998660*perRadian), float32(0.3302995*perRadian), float32(0.1801410*perRadian)
	c3, c4 := float32(0.0851330*perRadian), float32(0.0208351*perRadian)
	for i := range list {
		e := &list[i]
		ss := float32(e.slope * e.slope)
		p := float32(c4*ss) - c3
		p = float32(p*ss) + c2
		p = float32(p*ss) - c1
		p = float32(p*ss) + c0
		octant := &octants[e.octant&7]
		angle := octant.begin + float32(octant.sense*float32(e.slope*p))
		direction := int(angle)
		e.direction = uint8(direction)
		e.second = float32(e.length * (angle - float32(direction)))
	}
}

// rowSums are the sums of two rows of cells, the upper and the lower: for each cell from 0 to Cells+1 those of the
// directions, the upper's and the lower's of each, and then two more of both, for the first direction after a full turn and
// for the next, which gets nothing. (It is longer, so that indices that are masked need no check.)
type rowSums [maxSums + maxStride + 4]float32

const maxSums, maxStride = 1 << 12, 1 << 8

// stride returns how many sums a cell has.
func (h HOG) stride() int { return 2 * (h.Directions + 2) }

// sum adds the edges up. Each row of pixels belongs to two rows of cells; when these change, the upper one is done.
func (h HOG) sum(dst []float32, m *hogMemory, shares *[32]share) {
	clear(m.sums[:(h.Cells+2)*h.stride()])
	upper, begin := 0, 0
	next := func() {
		row := max(upper-1, 0) // where row 0, which fades away, is written over
		m.sums.next(dst[row*h.Cells*h.Directions:][:h.Cells*h.Directions], h.Directions)
		upper++
	}
	for y, end := range m.edges.ends {
		for upper < int(shares[y].first) {
			next()
		}
		m.sums.add(m.edges.list[begin:end], shares, shares[y].second, h.stride())
		begin = end
	}
	for upper <= h.Cells {
		next()
	}
}

// add adds edges of a row of pixels, of which lower is the weight of the lower row of cells.
func (s *rowSums) add(list []edge, shares *[32]share, lower float32, stride int) {
	stride &= maxStride - 1
	for i := range list {
		e := &list[i]
		share := shares[e.x&31]
		left, right := (int(share.sums)+2*int(e.direction))&(maxSums-1), share.second
		first, second := e.length-e.second, e.second
		low0, low1 := float32(first*lower), float32(second*lower)
		up0, up1 := first-low0, second-low1
		upRight0, lowRight0, upRight1, lowRight1 := float32(up0*right), float32(low0*right), float32(up1*right), float32(low1*right)
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

// next writes the upper row to dst, makes the lower one the upper one, and begins another.
func (s *rowSums) next(dst []float32, directions int) {
	cell := s[:]
	for ; len(dst) > 0; dst = dst[directions:] {
		cell = cell[2*(directions+2):]
		turn := cell[2*directions:][:2]
		cell[0] += turn[0]
		cell[1] += turn[1]
		turn[0], turn[1] = 0, 0
		for i := range dst[:directions] {
			pair := cell[2*i:][:2]
			dst[i] = pair[0] / 2
			pair[0], pair[1] = pair[1], 0
		}
	}
}

// contrast divides each cell by the weighted mean sum of the three by three cells around it, [1 2 1]/4 each way, and
// keeps empty cells from being blown up.
func (h HOG) contrast(dst []float32) {
	const floor = 0.05
	var sums [(maxCells + 2) * (maxCells + 2)]float32 // with a rim of empty cells
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
