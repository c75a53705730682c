package imageprep

import "image"

// lightSide is the longer side, in pixels, of the picture from which light and
// grounds are estimated. Both are smooth, so more pixels would only cost time.
const lightSide = 256

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
	flip := inkFlip(p)
	l, ground := lightOf(smallOf(g), p, sizeOf(g.Rect.Dx(), g.Rect.Dy()))
	grow := newGrower(ground, g.Rect.Dx(), g.Rect.Dy())
	out := image.NewGray(g.Rect)
	for y := range g.Rect.Dy() {
		to := row(out, y)
		l.strength(to, row(g, y), grow.row(y))
		for x, v := range to {
			to[x] = v ^ flip
		}
	}
	return out
}

// A groundSize tells how light may fall on a ground.
type groundSize int

const (
	digitGround  groundSize = iota // the border may cut through strokes
	pageGround                     // light may fall off towards the border
	nestedGround                   // within another one; a digit may fill it
)

// sizeOf returns the groundSize of a picture of w x h pixels.
func sizeOf(w, h int) groundSize {
	if max(w, h) > digitSide {
		return pageGround
	}
	return digitGround
}

// smallOf returns the levels of g, shrunk to lightSide. The two may share their
// pixels.
func smallOf(g *image.Gray) plane {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if max(w, h) <= lightSide {
		if g.Stride == w {
			return newPlane(w, h, g.Pix)
		}
		return planeOf(g, 0)
	}
	read := func(dst []uint8, x, y int) { copy(dst, row(g, y)[x:]) }
	w, h = shrunkTo(w, h, lightSide)
	small := image.NewGray(image.Rect(0, 0, w, h))
	areaAverage(small, read, image.Rect(0, 0, g.Rect.Dx(), g.Rect.Dy()))
	return newPlane(w, h, small.Pix)
}

// A light is the light on a ground. Paper reflects a share of the light that
// falls on it, so light is a factor. Light ink is treated like the negative of
// dark ink. This evens out a blackboard, but not the chalk.
type light struct {
	flip    uint8       // v^flip is dark where there is ink
	level   uint32      // that the ground gets
	inverse [256]uint64 // 2^32 divided by the level of the ground, or 0
}

// lightOf estimates the light of a picture. ground is what the picture would
// look like without its ink, combined with flip.
func lightOf(small plane, p Polarity, size groundSize) (l light, ground plane) {
	l.flip = inkFlip(p) ^ 255
	paper := newPlane(small.w, small.h, nil)
	for i, v := range small.pix {
		paper.pix[i] = v ^ l.flip
	}
	ground = paper.ground(size)
	var levels histogram
	levels.add(ground.pix)
	level := levels.medianOf(0, 255)
	// Where the ground is darker than a sixth of the level, ink cannot be
	// seen, or there is no paper.
	dark := level / 6
	// A desk may cover more than the sheet. If it is so dark that it cannot
	// be a shadow, the sheet is the ground.
	if bright := 6*level + 6; bright < 256 && 20*levels.count(bright, 255) >= len(ground.pix) {
		dark, level = max(2*level, level+8), levels.medianOf(bright, 255)
	}
	l.level = uint32(level)
	// Multiplying by 2^32/b, rounded up, replaces dividing by b. It is
	// exact for numbers below 2^16.
	for b := range l.inverse {
		if b > dark {
			l.inverse[b] = 1<<32/uint64(b) + 1
		}
	}
	return l, ground
}

// strength tells for each level in a row how much it looks like ink: in even
// light, the ground is 255 - level, and the strongest ink is 255. The slices
// have the same length.
func (l *light) strength(dst, levels, ground []uint8) {
	level := uint64(l.level)
	dst, ground = dst[:len(levels)], ground[:len(levels)]
	for x, v := range levels {
		b := ground[x]
		even := level
		if i := l.inverse[b]; i > 0 {
			even = min((level*uint64(v^l.flip)+uint64(b/2))*i>>32, level)
		}
		dst[x] = uint8(255 - even)
	}
}

// ground estimates what p would look like without its dark ink. See also
// R. C. Gonzalez and R. E. Woods, Digital Image Processing, on the bottom-hat
// transformation.
func (p plane) ground(size groundSize) plane {
	longer := max(p.w, p.h)
	// No stroke fills a window of a quarter of the longer side.
	window := max(longer/4, minWindow) | 1
	if size == nestedGround {
		window = max(longer/2, minWindow) | 1
	}
	// The blur removes specks of light. It must not let paper shine into a
	// table beside it.
	ground := p.blur(2*(longer/128) + 1).min(p.slideMax(3))
	margin := 0
	if size != digitGround {
		// The windows of a page reach beyond its border. So light that
		// falls off towards the border counts as the ground's.
		margin = window / 2
	}
	// The closing: the lightest level in the window removes ink, and then
	// the darkest of these moves the edges of shadows back to their places.
	ground = ground.pad(margin).closing(window).crop(margin)
	// Where the blur makes the estimate lighter, the edge of a shadow would
	// look like ink. So the blur may only darken.
	return ground.min(ground.blur(window/4 | 1))
}

// minWindow is the smallest window, in pixels. Small pictures are often exports
// without shadows, and their strokes take up to a quarter of a side.
const minWindow = 15
