package imageprep

import (
	"fmt"
	"image"
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

// Center gives the ink within box MNIST's form: the longer side of the box becomes 20 pixels, the other as much as the
// aspect asks for, the strongest pixel 255, and the centre of mass lands on pixel (14, 14) of 28x28 as near as whole
// pixels and the frame allow. The result starts at (0, 0) and its Stride is 28. A box without ink gives a picture of
// zeros. Center panics if box is empty, reaches out of the picture or is longer than 65536, where its sums would overflow.
func Center(ink *image.Gray, box image.Rectangle) *image.Gray {
	if box.Empty() || !box.In(ink.Rect) {
		panic(fmt.Sprintf("imageprep: box is %v, want a part of the ink picture's bounds %v", box, ink.Rect))
	}
	if max(box.Dx(), box.Dy()) > 1<<16 {
		panic(fmt.Sprintf("imageprep: box is %v, want at most 65536 pixels a side; Shrink first", box))
	}
	w, h := fit(box.Dx(), box.Dy(), boxSize)
	small := resize(ink.SubImage(box).(*image.Gray), w, h)
	strongest := uint32(0)
	for _, v := range small {
		strongest = max(strongest, uint32(v))
	}
	out := image.NewGray(image.Rect(0, 0, Size, Size))
	if strongest == 0 {
		return out
	}
	digit := make([]uint8, w*h)
	var mass, sumX, sumY int
	for i, v := range small {
		d := int((2*255*uint32(v) + strongest) / (2 * strongest))
		digit[i] = uint8(d)
		mass, sumX, sumY = mass+d, sumX+i%w*d, sumY+i/w*d
	}
	// (2s+m)/(2m) is s/m rounded half up.
	left := min(max(0, middle-(2*sumX+mass)/(2*mass)), Size-w)
	top := min(max(0, middle-(2*sumY+mass)/(2*mass)), Size-h)
	for y := range h {
		copy(row(out, top+y)[left:], digit[y*w:][:w])
	}
	return out
}

// resize scales g to w x h by the triangle filter, as wide as the shrinking asks for and one pixel when enlarging. This
// is Pillow's resize(..., BILINEAR), but for that one's rounding to 8 bits in between. (The area average, though free of
// aliasing too, cost two points of accuracy.) Levels come out times 257, in 16 bits: of a thin stroke that is shrunk much
// 8 bits would leave few.
func resize(g *image.Gray, w, h int) []uint16 {
	const one = 1 << 16 // lines holds levels in 16.16 fixed point
	across, down := triangle(g.Rect.Dx(), w), triangle(g.Rect.Dy(), h)
	lines := make([]uint64, g.Rect.Dy()*w)
	for y := range g.Rect.Dy() {
		line := row(g, y)
		for x, t := range across {
			sum := uint64(0)
			for i, weight := range t.weights {
				sum += weight * uint64(line[t.first+i])
			}
			lines[y*w+x] = (sum*one + t.total/2) / t.total
		}
	}
	out := make([]uint16, w*h)
	for y, t := range down {
		for x := range w {
			sum := uint64(0)
			for i, weight := range t.weights {
				sum += weight * lines[(t.first+i)*w+x]
			}
			out[y*w+x] = uint16((257*sum + t.total*one/2) / (t.total * one))
		}
	}
	return out
}

// taps are the source pixels, from first on, that one pixel of the result is the weighted mean of.
type taps struct {
	first   int
	weights []uint64
	total   uint64
}

// triangle returns the taps of each of m pixels made from n. Pixel i has its centre at (i+1/2) n/m in the source, where
// pixel x, with its centre at x+1/2, has the weight 1 - |x + 1/2 - (i+1/2) n/m| / max(n/m, 1) if that is positive. Times
// 2 max(n, m) this is an integer. Pixels beyond the edge do not count.
func triangle(n, m int) []taps {
	out := make([]taps, m)
	for i := range out {
		t := &out[i]
		t.weights = make([]uint64, 0, min(n, 2*max(n, m)/m+1))
		for x := range n {
			distance := (2*x+1)*m - (2*i+1)*n
			weight := 2*max(n, m) - max(distance, -distance)
			if weight <= 0 {
				continue
			}
			if t.total == 0 {
				t.first = x
			}
			t.weights = append(t.weights, uint64(weight))
			t.total += uint64(weight)
		}
	}
	return out
}
