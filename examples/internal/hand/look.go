package hand

import (
	"image"
	"math/rand/v2"
	"slices"
)

// A look is what a pen and a scanner make of the lines. Lengths are in pixels
// of the picture.
type look struct {
	height float64 // of a digit
	pen    float64 // width of the line
	soft   float64 // width of an edge's blur
	ragged float64 // how much the outline varies
	grain  float64 // size of the outline's bumps
	square bool    // the scan has been stretched to a square
}

// blackAndWhite is the width of the blur in pictures without gray levels.
const blackAndWhite = 1e-9

// randomLook returns a look. A fifth of all are coarse, like old scans.
func randomLook(rng *rand.Rand) look {
	l := look{height: between(rng, 44, 60), soft: between(rng, 1, 3)}
	pen := between(rng, 0.04, 0.1) + between(rng, 0, 0.06)
	switch rng.IntN(25) {
	case 0: // black and white
		l.height, l.soft = between(rng, 24, 50), blackAndWhite
	case 1: // few pixels, black and white
		l.height, l.soft = between(rng, 15, 22), blackAndWhite
		l.square = rng.IntN(2) == 0
	case 2: // few pixels
		l.height, l.soft = between(rng, 14, 20), between(rng, 1, 1.5)
	case 3, 4: // ragged and bold
		l.soft, l.ragged, l.grain = blackAndWhite, between(rng, 1, 3), between(rng, 1.5, 4)
		pen += between(rng, 0, 0.06)
	case 5: // a dry pen
		l.ragged, l.grain = between(rng, 0.5, 2), between(rng, 1.5, 3)
	}
	l.pen = pen * l.height
	return l
}

// steps is the number of straight pieces between two points of a stroke in
// small pictures.
const steps = 4

// ink varies a skeleton and draws it in a random style with a random look.
func ink(rng *rand.Rand, skeleton [][]point) *image.Gray {
	vary(rng, skeleton)
	style, look := randomStyle(rng), randomLook(rng)
	var path Path
	for _, points := range skeleton {
		path = style.trace(rng, path, curve(points, steps), steps)
	}
	if look.square {
		path.widen()
	}
	return look.draw(rng, path)
}

// widen makes the path about as wide as high, but not more than twice as wide
// as before.
func (p Path) widen() {
	x0, y0, x1, y1 := p.Box()
	by := min(max((y1-y0)/max(x1-x0, 1), 1), 2)
	for i := range p {
		p[i][0].X *= by
		p[i][1].X *= by
	}
}

// draw draws a path whose digits are 100 high, with a small margin.
func (l look) draw(rng *rand.Rand, path Path) *image.Gray {
	scale := l.height / 100
	x0, y0, x1, y1 := path.Box()
	margin := float64(2*l.pen) + float64(2*l.ragged) + 2*Reach
	w, h := int(float64((x1-x0)*scale)+margin), int(float64((y1-y0)*scale)+margin)
	path.Place(float64(w)/2, float64(h)/2, scale, l.pen)
	// A line with a smaller radius can pass between the centers of pixels.
	least := 0.75 + float64(l.ragged/2)
	for i := range path {
		for j := range path[i] {
			path[i][j].Radius = max(path[i][j].Radius, least)
		}
	}
	depths := path.Depths(w, h)
	if l.ragged > 0 {
		edge := NewTexture(rng, w, h, l.grain)
		for i := range depths {
			depths[i] += float64(l.ragged * (edge.At(float64(i%w), float64(i/w)) - 0.5))
		}
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i, depth := range depths {
		cover := 0.5 + depth/l.soft
		img.Pix[i] = uint8(float64(255*min(max(cover, 0), 1)) + 0.5)
	}
	strongest := max(1, int(slices.Max(img.Pix))) // thin soft lines are pale
	for i, v := range img.Pix {
		img.Pix[i] = uint8(int(v) * 255 / strongest)
	}
	return img
}
