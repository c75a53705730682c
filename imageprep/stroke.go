package imageprep

import (
	"encoding/binary"
	"image"
	"math"
)

// StrokeWidth estimates the mean stroke width of an ink picture, in pixels. It
// is 0 if there is no ink. MNIST's digits have a median of 2.6. Where strokes
// cross, the estimate is a little too large.
func StrokeWidth(ink *image.Gray) float64 {
	// A stroke of length l and width s has the area l s, and its two
	// outlines together have the length 2 l. The sum of the gradient's
	// lengths is the length of the outlines. Where strokes cross, this is a
	// little less.
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	area, outline := int64(0), 0.0
	zeros := make([]uint8, w)
	above, levels := zeros, zeros
	for y := range h {
		below := zeros
		if y == 0 {
			levels = row(ink, 0)
		}
		if y+1 < h {
			below = row(ink, y+1)
		}
		for x := 0; x < w; x++ {
			if x+8 < w && x > 0 && noInk(above[x:]) && noInk(below[x:]) && noInk(levels[x-1:]) && noInk(levels[x+1:]) {
				x += 7
				continue
			}
			v := levels[x]
			area += int64(v)
			gx, gy := 0, int(below[x])-int(above[x])
			if x > 0 {
				gx -= int(levels[x-1])
			}
			if x+1 < w {
				gx += int(levels[x+1])
			}
			outline += math.Sqrt(float64(gx*gx + gy*gy))
		}
		above, levels = levels, below
	}
	switch {
	case area == 0:
		return 0
	case outline == 0:
		return 1 // every second pixel is ink, from border to border
	}
	return 4 * float64(area) / outline // gx and gy are twice the gradient
}

// noInk reports whether the first eight levels are 0.
func noInk(levels []uint8) bool { return binary.LittleEndian.Uint64(levels) == 0 }
