package imageprep

import "image"

// RemoveShading returns a copy of a gray picture in even light: without shadows
// and vignettes. Everywhere, the ground gets about its median level, so that
// one threshold can separate it from ink. Chalk in a deep shadow stays weak. No
// ink is left where the ground itself is almost as dark as ink.
//
// The picture is divided by an estimate of its ground, a morphological closing
// (S. R. Sternberg, "Biomedical Image Processing", IEEE Computer 16, 1983).
// A shadow along the border is only removed if a side has more than 256 pixels.
// In smaller pictures, it may be a stroke. RemoveShading panics if p is Auto.
func RemoveShading(g *image.Gray, p Polarity) *image.Gray {
	// Paper reflects a share of the light that falls on it, so light is a
	// factor. Light ink is treated like the negative of dark ink. This
	// evens out a blackboard, but not the chalk.
	flip := inkFlip(p) ^ 255 // v^flip is dark where there is ink
	paper := planeOf(g, flip)
	ground := paper.ground()
	level := uint32(ground.median())
	out := image.NewGray(g.Rect)
	for i, v := range paper.pix {
		even := level
		// Where the ground is darker than an eighth of its median, ink
		// cannot be seen, or there is no paper.
		if b := uint32(ground.pix[i]); 8*b > level {
			even = min((level*uint32(v)+b/2)/b, level)
		}
		out.Pix[i] = uint8(even) ^ flip
	}
	return out
}

// ground estimates what p would look like without its dark ink. See also
// R. C. Gonzalez and R. E. Woods, Digital Image Processing, on the bottom-hat
// transformation.
func (p plane) ground() plane {
	longer := max(p.w, p.h)
	// No stroke fills a window of a quarter of the longer side.
	window := max(longer/4, minWindow) | 1
	ground := p.blur(2*(longer/128) + 1) // removes specks of light
	margin := 0
	if longer > digitSide {
		// The windows of a page reach beyond its border. So light that
		// falls off towards the border counts as the ground's.
		margin = window / 2
		// Without this, paper would shine into a table beside it.
		ground = ground.min(p)
	}
	// The closing: the lightest level in the window removes ink, and then
	// the darkest of these moves the edges of shadows back to their places.
	ground = ground.pad(margin).slideMax(window)
	ground = ground.invert().slideMax(window).invert().crop(margin)
	// Where the blur makes the estimate lighter, the edge of a shadow would
	// look like ink. So the blur may only darken.
	return ground.min(ground.blur(window/4 | 1))
}

// minWindow is the smallest window, in pixels. Small pictures are often exports
// without shadows, and their strokes take up to a quarter of a side.
const minWindow = 15
