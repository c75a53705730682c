package imageprep

import (
	"encoding/binary"
	"image"
)

// A plane is a picture of gray levels without gaps between its rows. Most
// filters work down the columns, for a whole row at once; to work across, they
// transpose the plane. Near the border, a filter only sees the pixels of its
// window that are inside the plane. Filters with a parameter buf write the
// result to it; a nil buf is allocated.
type plane struct {
	w, h int
	pix  []uint8
}

func newPlane(w, h int, buf []uint8) plane {
	if buf == nil {
		buf = make([]uint8, w*h)
	}
	return plane{w, h, buf[:w*h]}
}

// planeOf copies the levels of g, each combined with flip by exclusive or.
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

// gray returns the plane as a picture that starts at (0, 0). The two share
// their pixels.
func (p plane) gray() *image.Gray {
	return &image.Gray{Pix: p.pix, Stride: p.w, Rect: image.Rect(0, 0, p.w, p.h)}
}

func (p plane) row(y int) []uint8 { return p.pix[y*p.w:][:p.w] }

// transpose exchanges rows and columns. It reads eight rows at once, and few
// columns at once, so that the result stays in the processor's cache.
func (p plane) transpose(buf []uint8) plane {
	const columns = 64
	out := newPlane(p.h, p.w, buf)
	for begin := 0; begin < p.w; begin += columns {
		end := min(begin+columns, p.w)
		levels := func(y int) []uint8 { return p.row(y)[begin:end] }
		y := 0
		for ; y+8 <= p.h; y += 8 {
			r0, r1, r2, r3 := levels(y), levels(y+1), levels(y+2), levels(y+3)
			r4, r5, r6, r7 := levels(y+4), levels(y+5), levels(y+6), levels(y+7)
			for x := range r0 {
				eight := uint64(r0[x]) | uint64(r1[x])<<8 | uint64(r2[x])<<16 | uint64(r3[x])<<24 |
					uint64(r4[x])<<32 | uint64(r5[x])<<40 | uint64(r6[x])<<48 | uint64(r7[x])<<56
				binary.LittleEndian.PutUint64(out.pix[(begin+x)*p.h+y:], eight)
			}
		}
		for ; y < p.h; y++ {
			for x, v := range levels(y) {
				out.pix[(begin+x)*p.h+y] = v
			}
		}
	}
	return out
}

// pad returns p with a margin of zeros on each side.
func (p plane) pad(margin int) plane {
	out := newPlane(p.w+2*margin, p.h+2*margin, nil)
	for y := range p.h {
		copy(out.row(y + margin)[margin:], p.row(y))
	}
	return out
}

// crop returns p without the margin of pad.
func (p plane) crop(margin int) plane {
	out := newPlane(p.w-2*margin, p.h-2*margin, nil)
	for y := range out.h {
		copy(out.row(y), p.row(y + margin)[margin:])
	}
	return out
}

// min changes p itself: each level becomes the darker one of p and q.
func (p plane) min(q plane) plane {
	for i, v := range q.pix {
		p.pix[i] = min(p.pix[i], v)
	}
	return p
}

// invert changes p itself: light becomes dark, and dark becomes light.
func (p plane) invert() plane {
	for i, v := range p.pix {
		p.pix[i] = 255 - v
	}
	return p
}

// slideMax returns, for each pixel, the largest level in the square of
// window x window pixels around it. window is odd.
func (p plane) slideMax(window int) plane {
	a, b, c := make([]uint8, len(p.pix)), make([]uint8, len(p.pix)), make([]uint8, len(p.pix))
	return p.maxDown(window, a, c).transpose(b).maxDown(window, a, c).transpose(b)
}

// closing returns slideMax, and then the same with the smallest levels. It
// removes what is darker than its neighborhood and narrower than the window.
func (p plane) closing(window int) plane {
	a, b, c := make([]uint8, len(p.pix)), make([]uint8, len(p.pix)), make([]uint8, len(p.pix))
	p = p.maxDown(window, a, c).transpose(b).maxDown(window, a, c)
	return p.invert().maxDown(window, b, c).transpose(a).maxDown(window, b, c).invert()
}

// maxDown is slideMax down the columns only. It needs three comparisons per
// level for any window. It divides the rows into blocks of window rows.
// fromStart holds the largest levels since the start of a block, and toEnd
// those up to its end. Each window is the end of one block and the start of the
// next one (M. van Herk, "A fast algorithm for local minimum and maximum
// filters on rectangular and octagonal kernels", Pattern Recognition Letters
// 13, 1992).
func (p plane) maxDown(window int, buf, scratch []uint8) plane {
	fromStart, toEnd := newPlane(p.w, p.h, buf), newPlane(p.w, p.h, scratch)
	for y := range p.h {
		if y%window == 0 {
			copy(fromStart.row(y), p.row(y))
		} else {
			maxOf(fromStart.row(y), fromStart.row(y-1), p.row(y))
		}
	}
	for y := p.h - 1; y >= 0; y-- {
		if y == p.h-1 || y%window == window-1 {
			copy(toEnd.row(y), p.row(y))
		} else {
			maxOf(toEnd.row(y), toEnd.row(y+1), p.row(y))
		}
	}
	for y := range p.h { // later rows do not need row y of fromStart
		first, last := y-window/2, min(y+window/2, p.h-1)
		switch {
		case first <= 0:
			copy(fromStart.row(y), fromStart.row(last))
		case first/window == last/window:
			copy(fromStart.row(y), toEnd.row(first))
		default:
			maxOf(fromStart.row(y), toEnd.row(first), fromStart.row(last))
		}
	}
	return fromStart
}

// maxOf writes the larger levels of a and b to dst. All lengths are equal.
func maxOf(dst, a, b []uint8) {
	for len(dst) >= 8 && len(a) >= 8 && len(b) >= 8 {
		binary.LittleEndian.PutUint64(dst, maxOfEight(binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)))
		dst, a, b = dst[8:], a[8:], b[8:]
	}
	for i := range dst {
		dst[i] = max(a[i], b[i])
	}
}

// maxOfEight compares eight pairs of bytes and returns the larger of each.
func maxOfEight(a, b uint64) uint64 {
	const high = 0x8080808080808080
	// The high bit of a byte of low is set where a >= b in the lower 7
	// bits.
	low := (a | high) - b&^high
	// The high bit of a byte of notLess is set where a >= b.
	notLess := (a&^b | ^(a^b)&low) & high
	return b ^ (a^b)&(notLess-notLess>>7|notLess)
}

// blur applies mean three times. This is close to a Gaussian blur with a
// standard deviation of half the window. It returns p itself if window < 3.
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

// mean returns, for each pixel, the mean of the square of window x window
// pixels around it. It rounds first across and then down. window is odd. The
// result is in b; a is a buffer for the step between.
func (p plane) mean(window int, a, b []uint8) plane {
	return p.meanAcross(window, a).meanDown(window, b)
}

// meanAcross is mean across the rows only.
func (p plane) meanAcross(window int, buf []uint8) plane {
	out := newPlane(p.w, p.h, buf)
	divisors := divisorsOf(p.w, window)
	line := make([]uint8, window+p.w) // a row with zeros on both sides
	for y := range p.h {
		copy(line[window/2+1:], p.row(y))
		sum := uint64(0) // of the window before the first one
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

// meanDown is mean down the columns only.
func (p plane) meanDown(window int, buf []uint8) plane {
	out := newPlane(p.w, p.h, buf)
	divisors := divisorsOf(p.h, window)
	sums := make([]uint64, p.w)
	zeros := make([]uint8, p.w)
	for y := -(window / 2); y < p.h; y++ {
		in, gone := zeros, zeros
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

// A divisor turns a sum of n levels into their mean. Multiplying by the
// next integer above 2^54/n replaces dividing by n. It is exact for n < 2^23.
type divisor struct{ half, inverse uint64 }

const dividend = 1 << 54

func (d divisor) mean(sum uint64) uint8 { return uint8((sum + d.half) * d.inverse / dividend) }

// divisorsOf returns the divisors of the windows around n pixels in a row.
func divisorsOf(n, window int) []divisor {
	list := make([]divisor, n)
	for i := range list {
		inside := uint64(min(i+window/2, n-1) - max(i-window/2, 0) + 1)
		list[i] = divisor{inside / 2, dividend/inside + 1}
	}
	return list
}

// A grower enlarges a plane to w x h pixels, row by row from the top. It
// interpolates between the centers of the plane's pixels.
type grower struct {
	plane
	h            int      // of the result
	at           []int32  // the left neighbor of each column
	right        []uint16 // the weight of the right neighbor, from 0 to 256
	upper, lower []uint8  // rows of the plane, enlarged across
	top          int      // the row of upper, or -2
	out          []uint8
}

func newGrower(p plane, w, h int) *grower {
	g := &grower{plane: p, h: h, top: -2}
	if w == p.w && h == p.h {
		return g
	}
	g.at, g.right = make([]int32, w), make([]uint16, w)
	for x := range w {
		at, right := between(x, w, p.w)
		g.at[x], g.right[x] = int32(at), uint16(right)
	}
	g.upper, g.lower, g.out = make([]uint8, w), make([]uint8, w), make([]uint8, w)
	return g
}

// between returns the pixel left of pixel i's center, if n pixels become m, and
// the weight of the pixel right of it, out of 256.
func between(i, m, n int) (left, weight int) {
	center := (256*int64(2*i+1)*int64(n)/int64(m) - 256) / 2 // in 1/256 pixels
	center = min(max(center, 0), 256*int64(n-1))
	return int(center / 256), int(center % 256)
}

// row returns row y. It is valid until the next call.
func (g *grower) row(y int) []uint8 {
	if g.at == nil {
		return g.plane.row(y)
	}
	top, weight := between(y, g.h, g.plane.h)
	if top != g.top {
		if top == g.top+1 {
			g.upper, g.lower = g.lower, g.upper
		} else {
			g.across(g.upper, top)
		}
		g.across(g.lower, min(top+1, g.plane.h-1))
		g.top = top
	}
	lower := g.lower[:len(g.out)]
	upper := g.upper[:len(g.out)]
	for x := range g.out {
		g.out[x] = uint8((uint32(upper[x])*uint32(256-weight) + uint32(lower[x])*uint32(weight) + 128) / 256)
	}
	return g.out
}

// grown returns the plane enlarged to w x h pixels.
func (p plane) grown(w, h int) plane {
	if w == p.w && h == p.h {
		return p
	}
	out, g := newPlane(w, h, nil), newGrower(p, w, h)
	for y := range h {
		copy(out.row(y), g.row(y))
	}
	return out
}

// across enlarges row y across.
func (g *grower) across(dst []uint8, y int) {
	levels := g.plane.row(y)
	for x, at := range g.at {
		r := uint32(g.right[x])
		next := min(int(at)+1, len(levels)-1)
		dst[x] = uint8((uint32(levels[at])*(256-r) + uint32(levels[next])*r + 128) / 256)
	}
}

func (p plane) histogram() (h histogram) {
	h.add(p.pix)
	return h
}
