package imageprep

import (
	"fmt"
	"math"
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

// DefaultHOG has 128 numbers.
var DefaultHOG = HOG{Directions: 8, Cells: 4, Margin: 2}

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

// Features computes the histograms of a picture of 28x28 pixels from 0 to 1, row by row, as Normalize and Float32 make
// them, into dst: cell by cell, row by row, the directions of a cell in a row. It allocates dst if it is nil, panics if its
// length is not h.Len(), and returns it. With a dst it allocates nothing. It panics if h is not valid or pix has not 784
// elements.
func (h HOG) Features(dst []float32, pix []float32) []float32 {
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
	clear(dst)
	h.sum(dst, pix)
	if h.Contrast {
		h.contrast(dst)
	}
	for i, v := range dst {
		dst[i] = sqrt32(v)
	}
	return dst
}

// A share says between which two cells a row or column of pixels is shared out.
type share struct {
	cell0, cell1     int
	weight0, weight1 float32
}

// shares returns the shares of the 28 rows, or columns. A cell that does not exist gets the weight 0 and the place of
// another.
func (h HOG) shares() (s [Size]share) {
	side := (Size - 2*h.Margin) / float32(h.Cells)
	for i := range s {
		at := (float32(i)+0.5-h.Margin)/side - 0.5 // in cells, from the centre of the first
		first := int(at+1) - 1                     // rounded down; at > -1 but for pixels in the margin
		if at < -1 || first >= h.Cells {
			continue // weights of 0
		}
		f := at - float32(first)
		if first >= 0 {
			s[i].cell0, s[i].weight0 = first, 1-f
		}
		if first+1 < h.Cells {
			s[i].cell1, s[i].weight1 = first+1, f
		}
	}
	return s
}

// An edge is a pixel at which the picture changes.
type edge struct {
	x, y   int32
	gx, gy float32 // the gradient
}

// findEdges returns the pixels that have a gradient. Which ones these are is hard to predict, so each is written, and the
// next takes its place if it has none.
func findEdges(edges *[Size * Size]edge, pix []float32) []edge {
	const stride = Size + 2
	var ground [stride * stride]float32 // pix with a rim of ground
	for y := range Size {
		copy(ground[(y+1)*stride+1:], pix[y*Size:][:Size])
	}
	const least = 1e-8
	n := 0
	for y := range Size {
		above, line, below := ground[y*stride:][:stride], ground[(y+1)*stride:][:stride], ground[(y+2)*stride:][:stride]
		for x := range Size {
			gx, gy := (line[x+2]-line[x])/2, (below[x+1]-above[x+1])/2
			power := float32(gx*gx) + float32(gy*gy)
			edges[n] = edge{int32(x), int32(y), gx, gy}
			// The bits of numbers that are not negative are in the order of the numbers.
			n += 1 - int((math.Float32bits(power)-math.Float32bits(least))>>31)
		}
	}
	return edges[:n]
}

// sum adds the gradients of pix to the histograms.
func (h HOG) sum(dst, pix []float32) {
	var all [Size * Size]edge
	s := h.shares()
	for _, e := range findEdges(&all, pix) {
		down, across := &s[e.y], &s[e.x]
		row0 := dst[down.cell0*h.Cells*h.Directions:]
		row1 := dst[down.cell1*h.Cells*h.Directions:]
		length := sqrt32(float32(e.gx*e.gx) + float32(e.gy*e.gy))
		bin0, bin1, f := h.bins(e.gx, e.gy)
		part1 := float32(length * f)
		part0 := length - part1
		at := across.cell0 * h.Directions
		v0, v1 := float32(across.weight0*part0), float32(across.weight0*part1)
		row0[at+bin0] += float32(down.weight0 * v0)
		row0[at+bin1] += float32(down.weight0 * v1)
		row1[at+bin0] += float32(down.weight1 * v0)
		row1[at+bin1] += float32(down.weight1 * v1)
		at = across.cell1 * h.Directions
		v0, v1 = float32(across.weight1*part0), float32(across.weight1*part1)
		row0[at+bin0] += float32(down.weight0 * v0)
		row0[at+bin1] += float32(down.weight0 * v1)
		row1[at+bin0] += float32(down.weight1 * v0)
		row1[at+bin1] += float32(down.weight1 * v1)
	}
}

// bins returns the two directions next to that of (gx, gy), and the second one's share.
func (h HOG) bins(gx, gy float32) (bin0, bin1 int, f float32) {
	t := float32(turn(gx, gy) * float32(h.Directions))
	bin0 = int(t)
	f = t - float32(bin0)
	if bin0 >= h.Directions {
		bin0, f = 0, 0
	}
	if bin1 = bin0 + 1; bin1 == h.Directions {
		bin1 = 0
	}
	return bin0, bin1, f
}

// turn returns the angle of (x, y) as a part of a full turn, in [0, 1]. math.Atan2 is not used because its results
// differ between architectures; the polynomial is number 4.4.49 in M. Abramowitz and I. A. Stegun, Handbook of Mathematical
// Functions (1964), with an error of at most 1e-5 radians.
func turn(x, y float32) float32 {
	ax, ay := max(x, -x), max(y, -y)
	r := min(ax, ay) / max(ax, ay)
	rr := float32(r * r)
	p := float32(0.0208351)
	p = float32(p*rr) - 0.0851330
	p = float32(p*rr) + 0.1801410
	p = float32(p*rr) - 0.3302995
	p = float32(p*rr) + 0.9998660
	t := float32(float32(r*p) * (1 / (2 * math.Pi)))
	if ay > ax {
		t = 0.25 - t
	}
	if x < 0 {
		t = 0.5 - t
	}
	if y < 0 {
		t = 1 - t
	}
	return t
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
