package imageprep

import (
	"fmt"
	"image"
)

// Flatten takes uneven light out of a grey picture: shadows and vignettes. The result has the bounds and the polarity of g,
// and its ground is everywhere near the level that it had on the median pixel, and nowhere beyond that, so that one
// threshold can part ink from ground. g stays as it is.
//
// What the ground would look like without ink is estimated by a morphological closing: the lightest level within a square
// of a quarter of the longer side (at least 15 pixels), which no stroke fills, and then the darkest of these within the same square, which puts
// the edges of shadows back in place. Blurred, this is what the picture is divided by: a sheet of paper reflects a share of
// the light that falls on it, so light is a factor. (Light ink is treated as if the picture were its negative. That evens
// out the blackboard; chalk in a deep shadow stays weak.) Closing as an estimate of the ground is due to S. R. Sternberg
// ("Biomedical Image Processing", IEEE Computer 16, 1983, his rolling ball) and R. C. Gonzalez and R. E. Woods (Digital
// Image Processing, on the top-hat and bottom-hat transformations).
//
// It panics if p is not DarkInk or LightInk.
func Flatten(g *image.Gray, p Polarity) *image.Gray {
	flip := inkFlip(p) ^ 255 // v^flip is dark where there is ink
	paper := planeOf(g, flip)
	long := max(paper.w, paper.h)
	window := max(long/4, minWindow) | 1
	ground := paper.blur(2*(long/128) + 1) // a speck of light is not the ground
	ground = ground.slideMax(window)
	ground = ground.invert().slideMax(window).invert()
	ground = ground.blur(window/2 | 1)

	level := uint32(ground.median())
	out := image.NewGray(g.Rect)
	for i, v := range paper.pix {
		b := max(uint32(ground.pix[i]), 1)
		out.Pix[i] = uint8(min((level*uint32(v)+b/2)/b, level)) ^ flip
	}
	return out
}

// minWindow is the narrowest window, in pixels, of the closing. Small pictures are exports with strokes up to a quarter of
// their size and without a shadow.
const minWindow = 15

// inkFlip returns what to exclusive-or levels with so that ink is light.
func inkFlip(p Polarity) uint8 {
	switch p {
	case DarkInk:
		return 255
	case LightInk:
		return 0
	}
	panic(fmt.Sprintf("imageprep: polarity is %v, want DarkInk or LightInk; FindPolarity tells which", p))
}

// A plane is grey levels, row by row without gaps. Its filters work along rows only and return the result transposed, so
// that a filter applied twice has worked along both directions. All of them see, near an edge, the part of their window
// that lies within.
type plane struct {
	w, h int
	pix  []uint8
}

func newPlane(w, h int) plane { return plane{w, h, make([]uint8, w*h)} }

// planeOf copies the levels of g, each exclusive-or flip.
func planeOf(g *image.Gray, flip uint8) plane {
	p := newPlane(g.Rect.Dx(), g.Rect.Dy())
	for y := range p.h {
		for x, v := range row(g, y) {
			p.pix[y*p.w+x] = v ^ flip
		}
	}
	return p
}

// grey returns the levels as a picture that starts at (0, 0). It shares the pixels.
func (p plane) grey() *image.Gray {
	return &image.Gray{Pix: p.pix, Stride: p.w, Rect: image.Rect(0, 0, p.w, p.h)}
}

// transpose exchanges rows and columns.
func (p plane) transpose() plane {
	out := newPlane(p.h, p.w)
	for y := range p.h {
		for x, v := range p.pix[y*p.w:][:p.w] {
			out.pix[x*p.h+y] = v
		}
	}
	return out
}

func (p plane) median() int {
	var h histogram
	h.add(p.pix)
	return h.medianOf(0, 255)
}

// slideMax replaces each level by the largest in the window x window square around it. window is odd.
func (p plane) slideMax(window int) plane { return p.maxAlong(window).maxAlong(window) }

// maxAlong works along rows and transposes. It keeps, for each row, the places whose levels may still become the largest
// of a window to come: their levels fall from the first to the last (a monotonic queue).
func (p plane) maxAlong(window int) plane {
	out := newPlane(p.h, p.w)
	queue := make([]int, p.w)
	for y := range p.h {
		line := p.pix[y*p.w:][:p.w]
		head, tail := 0, 0
		next := 0 // the first place that no window has reached yet
		for x := range line {
			for ; next < min(x+window/2+1, p.w); next++ {
				for tail > head && line[queue[tail-1]] <= line[next] {
					tail--
				}
				queue[tail] = next
				tail++
			}
			if queue[head] < x-window/2 {
				head++
			}
			out.pix[x*p.h+y] = line[queue[head]]
		}
	}
	return out
}

// invert changes p itself: light becomes dark.
func (p plane) invert() plane {
	for i, v := range p.pix {
		p.pix[i] = 255 - v
	}
	return p
}

// blur replaces each level three times by the mean of the window x window square around it, which comes close to a Gaussian
// with a standard deviation of half the window.
func (p plane) blur(window int) plane {
	if window < 3 {
		return p
	}
	for range 3 {
		p = p.meanAlong(window).meanAlong(window)
	}
	return p
}

// meanAlong works along rows and transposes.
func (p plane) meanAlong(window int) plane {
	out := newPlane(p.h, p.w)
	for y := range p.h {
		line := p.pix[y*p.w:][:p.w]
		sum, n := 0, 0
		for _, v := range line[:min(window/2, p.w)] {
			sum, n = sum+int(v), n+1
		}
		for x := range line {
			if in := x + window/2; in < p.w {
				sum, n = sum+int(line[in]), n+1
			}
			if gone := x - window/2 - 1; gone >= 0 {
				sum, n = sum-int(line[gone]), n-1
			}
			out.pix[x*p.h+y] = uint8((sum + n/2) / n)
		}
	}
	return out
}
