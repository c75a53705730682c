package imageprep

import (
	"image"
	"slices"
)

// A histogram counts the pixels of each grey level.
type histogram [256]int

func (h *histogram) add(pix []uint8) {
	for _, v := range pix {
		h[v]++
	}
}

func histogramOf(g *image.Gray) (h histogram) {
	for y := range g.Rect.Dy() {
		h.add(row(g, y))
	}
	return h
}

// reverse makes h the histogram of the inverted picture.
func (h *histogram) reverse() { slices.Reverse(h[:]) }

// extremes returns the lowest and the highest level that occurs, or 0, 0 if there is no pixel.
func (h *histogram) extremes() (low, high uint8) {
	low, high = 255, 0
	for v, n := range h {
		if n > 0 {
			low, high = min(low, uint8(v)), uint8(v)
		}
	}
	return min(low, high), high
}

// rank returns the level of the k-th pixel (from 0) in ascending order among those of the levels from..to.
func (h *histogram) rank(from, to, k int) int {
	for v := from; v <= to; v++ {
		if k -= h[v]; k < 0 {
			return v
		}
	}
	return to
}

func (h *histogram) count(from, to int) (n int) {
	for _, c := range h[from : to+1] {
		n += c
	}
	return n
}

// medianOf returns the lower median of the pixels of the levels from..to.
func (h *histogram) medianOf(from, to int) int {
	return h.rank(from, to, (h.count(from, to)-1)/2)
}

// otsu returns the threshold t that makes the variance between the classes v <= t and v > t largest: N. Otsu, "A threshold
// selection method from gray-level histograms", IEEE Trans. SMC 9 (1979) 62-66, equation 18. If no level lies between the
// classes' nearest ones, or several do, t is the middle of the gap. It reports false if there is only one level.
//
// The sums are of whole numbers below 2^53, exact whether or not a processor fuses multiplication and addition; the other
// products are added to nothing.
func (h *histogram) otsu() (t uint8, ok bool) {
	var n, s float64 // pixels, and the sum of their levels
	for v, c := range h {
		n += float64(c)
		s += float64(v) * float64(c)
	}
	best, n0, s0 := 0.0, 0.0, 0.0
	for v, c := range h {
		n0 += float64(c)
		s0 += float64(v) * float64(c)
		if c == 0 || n0 == n {
			continue
		}
		d := s0/n0 - (s-s0)/(n-n0)
		if between := d * d * n0 * (n - n0); between > best {
			best, t, ok = between, uint8(v), true
		}
	}
	if !ok {
		return 0, false
	}
	next := int(t) + 1
	for h[next] == 0 {
		next++
	}
	return uint8((int(t) + next) / 2), true
}
