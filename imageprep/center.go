package imageprep

import (
	"fmt"
	"image"
	"slices"
)

const (
	boxSize = 20 // MNIST's digits were scaled to fit 20x20
	middle  = 14 // and their centre of mass moved here; the mean over MNIST's training images is 14.00
)

// InkBox returns the smallest rectangle that holds all ink above 30 % of the strongest, in the coordinates of the ink
// picture. It is empty if there is no ink.
func InkBox(ink *image.Gray) image.Rectangle {
	strongest := 0
	for y := range ink.Rect.Dy() {
		for _, v := range row(ink, y) {
			strongest = max(strongest, int(v))
		}
	}
	var box image.Rectangle
	for y := range ink.Rect.Dy() {
		for x, v := range row(ink, y) {
			if 10*int(v) > 3*strongest {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if box.Empty() {
		return box
	}
	return box.Add(ink.Rect.Min)
}

// Center gives the ink within box MNIST's form: the longer side of the box becomes 20 pixels, the other keeps the aspect,
// the strongest pixel becomes 255, and the centre of mass lands on the middle of pixel (14, 14) of 28x28, or as near as the
// frame allows. The result starts at (0, 0) and its Stride is 28. A box without ink gives a picture of zeros. Center panics
// if box is empty, reaches out of the picture or is longer than 65536, where its sums would overflow.
//
// The digit is scaled and moved in one go, so that the centre of mass is met by fractions of a pixel and not just by whole
// ones. MNIST's own digits are off by up to half a pixel each way, which costs a linear model dearly: of validation digits
// prepared anew, moves by fractions left 6.5 % wrong, moves by whole pixels 7.2 %.
func Center(ink *image.Gray, box image.Rectangle) *image.Gray {
	if box.Empty() || !box.In(ink.Rect) {
		panic(fmt.Sprintf("imageprep: box is %v, want a part of the ink picture's bounds %v", box, ink.Rect))
	}
	if max(box.Dx(), box.Dy()) > 1<<16 {
		panic(fmt.Sprintf("imageprep: box is %v, want at most 65536 pixels a side; Shrink first", box))
	}
	out := image.NewGray(image.Rect(0, 0, Size, Size))
	digit := ink.SubImage(box).(*image.Gray)
	x, y, ok := centerOfMass(digit)
	if !ok {
		return out
	}
	long := int64(max(box.Dx(), box.Dy()))
	levels := resample(digit, place(x, box.Dx(), long), place(y, box.Dy(), long))
	strongest := max(1, slices.Max(levels[:])) // so little ink may be spread over nothing
	for i, v := range levels {
		out.Pix[i] = uint8((2*255*v + strongest) / (2 * strongest))
	}
	return out
}

// unit is how many parts a pixel of the source is divided into to place the digit. A pixel of the result is as long as
// long/20 pixels of the source, and half of it should be a whole number of parts.
const unit = 128 * boxSize

// centerOfMass returns the centre of mass in parts of a pixel, counted from the picture's edges. It is not ok if there is
// no mass.
func centerOfMass(g *image.Gray) (x, y int64, ok bool) {
	var mass, sumX, sumY int64
	for j := range g.Rect.Dy() {
		for i, v := range row(g, j) {
			m := int64(v)
			mass, sumX, sumY = mass+m, sumX+m*int64(2*i+1), sumY+m*int64(2*j+1)
		}
	}
	if mass == 0 {
		return 0, 0, false
	}
	// The middle of pixel i lies at (2i+1)/2. Dividing first keeps the products small.
	mean := func(sum int64) int64 { return sum/mass*(unit/2) + sum%mass*(unit/2)/mass }
	return mean(sumX), mean(sumY), true
}

// taps are the source pixels, from first on, that one pixel of the result is the weighted mean of.
type taps struct {
	first   int
	weights []uint64
	total   uint64
}

// place returns the taps of the 28 pixels of the result along one direction, in which the source has n pixels and its
// centre of mass at center, and its longer side measures long.
//
// They are those of the triangle filter, as wide as a pixel of the result, or of the source if that is wider. What lies
// beyond the source is ground: it counts in the total. (The area average, though free of aliasing too, cost two points of
// accuracy.)
func place(center int64, n int, long int64) []taps {
	pixel := long * (unit / boxSize) // of the result
	support := max(pixel, unit)
	// Where the result begins in the source, so that center lies in the middle of pixel 14 and the source in the frame.
	begin := center - (2*middle+1)*pixel/2
	begin = max(min(begin, 0), int64(n)*unit-Size*pixel)
	out := make([]taps, Size)
	most := int(2*support/unit) + 1
	room := make([]uint64, Size*most)
	for i := range out {
		t := &out[i]
		t.weights = room[i*most:][:0:most]
		at := begin + int64(2*i+1)*pixel/2
		for x := (at-support)/unit - 1; x <= (at+support)/unit; x++ {
			distance := at - (2*x+1)*unit/2
			weight := support - max(distance, -distance)
			if weight <= 0 {
				continue
			}
			t.total += uint64(weight)
			if x < 0 || x >= int64(n) {
				continue
			}
			if len(t.weights) == 0 {
				t.first = int(x)
			}
			t.weights = append(t.weights, uint64(weight))
		}
	}
	return out
}

// resample returns the weighted means of g in 28x28. Levels come out times 257, in 16 bits: of a thin stroke that is
// shrunk much 8 bits would leave few.
func resample(g *image.Gray, across, down []taps) (levels [Size * Size]uint64) {
	const one = 1 << 12 // lines holds levels in 8.12 fixed point
	lines := make([]uint64, g.Rect.Dy()*Size)
	for y := range g.Rect.Dy() {
		line := row(g, y)
		for x, t := range across {
			sum := uint64(0)
			for i, weight := range t.weights {
				sum += weight * uint64(line[t.first+i])
			}
			lines[y*Size+x] = (sum*one + t.total/2) / t.total
		}
	}
	for y, t := range down {
		for x := range Size {
			sum := uint64(0)
			for i, weight := range t.weights {
				sum += weight * lines[(t.first+i)*Size+x]
			}
			levels[y*Size+x] = (257*sum + t.total*one/2) / (t.total * one)
		}
	}
	return levels
}
