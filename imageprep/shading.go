package imageprep

import (
	"fmt"
	"image"
)

// RemoveShading takes uneven light out of a grey picture: shadows and vignettes. The result has the bounds and the polarity of g,
// and its ground is everywhere near the level that it had on the median pixel, and nowhere beyond that, so that one
// threshold can part ink from ground. g stays as it is.
//
// What the ground would look like without ink is estimated by a morphological closing: the lightest level within a square of a
// quarter of the longer side (at least 15 pixels), which no stroke fills, and then the darkest of these within the same square,
// which puts the edges of shadows back in place. It is blurred a little, but nowhere made lighter by that: or else the edge of a
// shadow would be darker than its ground. This is what the picture is divided by: a sheet of paper reflects a share of the light
// that falls on it, so light is a factor. (Light ink is treated as if the picture were its negative. That evens out the
// blackboard; chalk in a deep shadow stays weak.) Closing as an estimate of the ground is due to S. R. Sternberg ("Biomedical
// Image Processing", IEEE Computer 16, 1983, his rolling ball) and R. C. Gonzalez and R. E. Woods (Digital Image Processing, on
// the top-hat and bottom-hat transformations).
//
// Where the ground has an eighth of its median level or less nothing can be told, and the result is ground.
//
// The squares lie within the picture. Only those of a picture of more than 256 pixels, taken for a page of small digits, may
// reach beyond its border by half: so light that falls off towards the border is the ground's, too. In a smaller picture the
// strokes of a large digit may lie along it.
//
// It panics if p is not DarkInk or LightInk.
func RemoveShading(g *image.Gray, p Polarity) *image.Gray {
	flip := inkFlip(p) ^ 255 // v^flip is dark where there is ink
	paper := planeOf(g, flip)
	long := max(paper.w, paper.h)
	window := max(long/4, minWindow) | 1
	ground := paper.blur(2*(long/128) + 1) // a speck of light is not the ground
	margin := 0
	if long > workSide {
		margin = window / 2
		ground = ground.min(paper) // paper is not to shine into a table beyond its edge
	}
	ground = ground.pad(margin).slideMax(window)
	ground = ground.invert().slideMax(window).invert().crop(margin)
	ground = ground.min(ground.blur(window/4 | 1))

	level := uint32(ground.median())
	out := image.NewGray(g.Rect)
	for i, v := range paper.pix {
		flat := level
		if b := uint32(ground.pix[i]); 8*b > level { // else it is too dark to see ink, or no paper
			flat = min((level*uint32(v)+b/2)/b, level)
		}
		out.Pix[i] = uint8(flat) ^ flip
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
