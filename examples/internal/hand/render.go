package hand

import (
	"math/rand/v2"
	"slices"
)

// A Texture is smooth noise over a picture, from 0 to 1.
type Texture struct {
	rows []wave
	size float64 // of a hill or a valley
}

// NewTexture returns a texture for a picture of w x h pixels. Its hills and
// valleys have this size.
func NewTexture(rng *rand.Rand, w, h int, size float64) Texture {
	t := Texture{make([]wave, int(float64(h)/size)+2), size}
	for i := range t.rows {
		t.rows[i] = newWave(rng, int(float64(w)/size))
	}
	return t
}

// At returns the noise at the point (x, y) of the picture.
func (t Texture) At(x, y float64) float64 {
	along, down := x/t.size, y/t.size
	i := int(down)
	return lerp(t.rows[i].at(along), t.rows[i+1].at(along), Ease(down-float64(i)))
}

// Reach is how far outside of a line Depths is exact, in pixels.
const Reach = 2

// Depths returns the depth of each pixel's center inside the line of the path,
// in pixels. Outside of the line the depth is negative. Down to -Reach it is
// nearly exact if the radius hardly changes within a piece. Below -Reach it is
// only a bound.
func (p Path) Depths(w, h int) []float64 {
	depths := slices.Repeat([]float64{-1e6}, w*h)
	for _, piece := range p {
		piece[0].lineTo(piece[1], depths, w, h)
	}
	return depths
}

// lineTo moves a round pen from a to b. It raises the depths of the pixels near
// the line.
func (a Dot) lineTo(b Dot, depths []float64, w, h int) {
	reach := max(a.Radius, b.Radius) + Reach
	x0, x1 := max(0, int(min(a.X, b.X)-reach)), min(w-1, int(max(a.X, b.X)+reach))
	y0, y1 := max(0, int(min(a.Y, b.Y)-reach)), min(h-1, int(max(a.Y, b.Y)+reach))
	p, q := point{a.X, a.Y}, point{b.X, b.Y}
	dx, dy := b.X-a.X, b.Y-a.Y
	length2 := float64(dx*dx) + float64(dy*dy)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			c := point{float64(x) + 0.5, float64(y) + 0.5}
			t := 0.0 // the nearest point of the piece, from 0 to 1
			if length2 > 0 {
				t = min(max((float64((c.x-a.X)*dx)+float64((c.y-a.Y)*dy))/length2, 0), 1)
			}
			inside := lerp(a.Radius, b.Radius, t) - c.dist(p.lerp(q, t))
			depths[y*w+x] = max(depths[y*w+x], inside)
		}
	}
}
