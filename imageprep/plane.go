package imageprep

import (
	"encoding/binary"
	"image"
)

// A plane is grey levels, row by row without gaps. Its filters work down the columns, which is done for a whole row at once;
// to work along the rows it is transposed. All of them see, near an edge, the part of their window that lies within. What they
// return is in the room that they are given, of as many levels as the plane has; if it is nil they make it.
type plane struct {
	w, h int
	pix  []uint8
}

func newPlane(w, h int, room []uint8) plane {
	if room == nil {
		room = make([]uint8, w*h)
	}
	return plane{w, h, room[:w*h]}
}

// planeOf copies the levels of g, each exclusive-or flip.
func planeOf(g *image.Gray, flip uint8) plane {
	p := newPlane(g.Rect.Dx(), g.Rect.Dy(), nil)
	for y := range p.h {
		out := p.row(y)
		for x, v := range row(g, y) {
			out[x] = v ^ flip
		}
	}
	return p
}

// grey returns the levels as a picture that starts at (0, 0). It shares the pixels.
func (p plane) grey() *image.Gray {
	return &image.Gray{Pix: p.pix, Stride: p.w, Rect: image.Rect(0, 0, p.w, p.h)}
}

func (p plane) row(y int) []uint8 { return p.pix[y*p.w:][:p.w] }

// transpose exchanges rows and columns: of eight rows at once, and of few columns at once, so that what is written stays in
// the processor's cache.
func (p plane) transpose(room []uint8) plane {
	const columns = 64
	out := newPlane(p.h, p.w, room)
	for begin := 0; begin < p.w; begin += columns {
		end := min(begin+columns, p.w)
		part := func(y int) []uint8 { return p.row(y)[begin:end] }
		y := 0
		for ; y+8 <= p.h; y += 8 {
			r0, r1, r2, r3, r4, r5, r6, r7 := part(y), part(y+1), part(y+2), part(y+3), part(y+4), part(y+5), part(y+6), part(y+7)
			for x := range r0 {
				eight := uint64(r0[x]) | uint64(r1[x])<<8 | uint64(r2[x])<<16 | uint64(r3[x])<<24 |
					uint64(r4[x])<<32 | uint64(r5[x])<<40 | uint64(r6[x])<<48 | uint64(r7[x])<<56
				binary.LittleEndian.PutUint64(out.pix[(begin+x)*p.h+y:], eight)
			}
		}
		for ; y < p.h; y++ {
			for x, v := range part(y) {
				out.pix[(begin+x)*p.h+y] = v
			}
		}
	}
	return out
}

func (p plane) median() int {
	var h histogram
	h.add(p.pix)
	return h.medianOf(0, 255)
}

// pad returns p within a margin of zeros.
func (p plane) pad(margin int) plane {
	out := newPlane(p.w+2*margin, p.h+2*margin, nil)
	for y := range p.h {
		copy(out.row(y + margin)[margin:], p.row(y))
	}
	return out
}

// crop returns p without its margin.
func (p plane) crop(margin int) plane {
	out := newPlane(p.w-2*margin, p.h-2*margin, nil)
	for y := range out.h {
		copy(out.row(y), p.row(y + margin)[margin:])
	}
	return out
}

// min changes p itself: to the darker level of p and q.
func (p plane) min(q plane) plane {
	for i, v := range q.pix {
		p.pix[i] = min(p.pix[i], v)
	}
	return p
}

// invert changes p itself: light becomes dark.
func (p plane) invert() plane {
	for i, v := range p.pix {
		p.pix[i] = 255 - v
	}
	return p
}

// slideMax replaces each level by the largest in the window x window square around it. window is odd.
func (p plane) slideMax(window int) plane {
	a, b := make([]uint8, len(p.pix)), make([]uint8, len(p.pix))
	return p.maxDown(window, a).transpose(b).maxDown(window, a).transpose(b)
}

// maxDown works in three comparisons a level, however large the window is: of the rows in blocks of window, it takes the
// largest levels from the beginning of each block on and those up to its end. Each window is the end of one block and the
// beginning of the next (M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
// kernels", Pattern Recognition Letters 13, 1992).
func (p plane) maxDown(window int, room []uint8) plane {
	begun, ending := newPlane(p.w, p.h, room), newPlane(p.w, p.h, nil)
	for y := range p.h {
		if y%window == 0 {
			copy(begun.row(y), p.row(y))
		} else {
			maxOf(begun.row(y), begun.row(y-1), p.row(y))
		}
	}
	for y := p.h - 1; y >= 0; y-- {
		if y == p.h-1 || y%window == window-1 {
			copy(ending.row(y), p.row(y))
		} else {
			maxOf(ending.row(y), ending.row(y+1), p.row(y))
		}
	}
	for y := range p.h { // whose place in begun no later row needs
		first, last := y-window/2, min(y+window/2, p.h-1)
		switch {
		case first <= 0:
			copy(begun.row(y), begun.row(last))
		case first/window == last/window:
			copy(begun.row(y), ending.row(first))
		default:
			maxOf(begun.row(y), ending.row(first), begun.row(last))
		}
	}
	return begun
}

// maxOf writes the larger ones of a and b, all of the same length, to dst.
func maxOf(dst, a, b []uint8) {
	for len(dst) >= 8 && len(a) >= 8 && len(b) >= 8 {
		binary.LittleEndian.PutUint64(dst, maxOfEight(binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)))
		dst, a, b = dst[8:], a[8:], b[8:]
	}
	for i := range dst {
		dst[i] = max(a[i], b[i])
	}
}

// maxOfEight returns the larger ones of eight bytes each.
func maxOfEight(a, b uint64) uint64 {
	const high = 0x8080808080808080
	low := (a | high) - b&^high      // the high bits are set where a without its high bit is not less than b without
	is := (a&^b | ^(a^b)&low) & high // where a is not less than b
	return b ^ (a^b)&(is-is>>7|is)
}

// blur replaces each level three times by the mean of the window x window square around it, which comes close to a Gaussian
// with a standard deviation of half the window.
func (p plane) blur(window int) plane {
	if window < 3 {
		return p
	}
	a, b := make([]uint8, len(p.pix)), make([]uint8, len(p.pix))
	for range 3 {
		p = p.mean(window, a, b)
	}
	return p
}

// mean replaces each level by the mean of the window x window square around it, rounded first along the row and then down
// the column. window is odd. The result is in b.
func (p plane) mean(window int, a, b []uint8) plane {
	return p.meanAlong(window, a).meanDown(window, b)
}

// meanAlong works along the rows.
func (p plane) meanAlong(window int, room []uint8) plane {
	out := newPlane(p.w, p.h, room)
	divisors := divisorsOf(p.w, window)
	line := make([]uint8, window+p.w) // with zeros on either side
	for y := range p.h {
		copy(line[window/2+1:], p.row(y))
		sum := uint64(0) // of the window before the first
		for _, v := range line[:window] {
			sum += uint64(v)
		}
		gone, in, to := line[:p.w], line[window:][:p.w], out.row(y)
		for x, d := range divisors {
			sum += uint64(in[x]) - uint64(gone[x])
			to[x] = d.mean(sum)
		}
	}
	return out
}

func (p plane) meanDown(window int, room []uint8) plane {
	out := newPlane(p.w, p.h, room)
	divisors := divisorsOf(p.h, window)
	sums := make([]uint64, p.w)
	blank := make([]uint8, p.w)
	for y := -(window / 2); y < p.h; y++ {
		in, gone := blank, blank
		if last := y + window/2; last < p.h {
			in = p.row(last)
		}
		if first := y - window/2 - 1; first >= 0 {
			gone = p.row(first)
		}
		if y < 0 {
			for x := range sums {
				sums[x] += uint64(in[x])
			}
			continue
		}
		d, to := divisors[y], out.row(y)
		in, gone, to = in[:len(sums)], gone[:len(sums)], to[:len(sums)]
		for x, sum := range sums {
			sum += uint64(in[x]) - uint64(gone[x])
			sums[x] = sum
			to[x] = d.mean(sum)
		}
	}
	return out
}

// A divisor makes a mean of a sum of n levels. Instead of being divided by n, the sum is multiplied by 2^54/n, rounded up, and
// the quotient is right for any n below 2^23.
type divisor struct{ half, inverse uint64 }

const dividend = 1 << 54

func (d divisor) mean(sum uint64) uint8 { return uint8((sum + d.half) * d.inverse / dividend) }

// divisorsOf returns those of the windows around each of n places.
func divisorsOf(n, window int) []divisor {
	list := make([]divisor, n)
	for i := range list {
		within := uint64(min(i+window/2, n-1) - max(i-window/2, 0) + 1)
		list[i] = divisor{within / 2, dividend/within + 1}
	}
	return list
}
