package main

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
)

// A medium is a kind of pen on its paper. Lengths are in pixels. Tones go from 0
// for paper to 1 for ink.
type medium struct {
	full   float64 // tone of a covered pixel
	ragged float64 // how much the outline varies on rough paper
	dry    float64 // share of the ink that does not reach a pit of the paper
	grain  float64 // size of the pits
	dirt   float64 // highest tone of bare paper, from fibers or wiped chalk
}

var media = map[string]medium{
	"screen":    {full: 1},
	"ballpoint": {full: 0.95, ragged: 0.5, dry: 0.3, grain: 2, dirt: 0.03},
	"marker":    {full: 0.97, ragged: 0.7, dry: 0.07, grain: 5},
	"felt":      {full: 0.92, ragged: 0.8, dry: 0.16, grain: 3, dirt: 0.03},
	"pencil":    {full: 0.85, ragged: 1.1, dry: 0.5, grain: 1.6, dirt: 0.04},
	"chalk":     {full: 0.95, ragged: 2.2, dry: 0.85, grain: 1.6, dirt: 0.08},
	"crayon":    {full: 0.95, ragged: 2, dry: 0.7, grain: 2, dirt: 0.03},
	"brush":     {full: 0.96, ragged: 1, dry: 0.12, grain: 4},
}

// A depthMap holds how deep the center of each pixel lies inside the line, in
// pixels. Outside the line it is negative.
type depthMap struct {
	w, h  int
	depth []float64
}

// draw moves a round pen straight from a to b.
func (m *depthMap) draw(a, b dot) {
	const margin = 2 // more than half of any medium's raggedness
	reach := max(a.radius, b.radius) + margin
	x0, x1 := max(0, int(min(a.x, b.x)-reach)), min(m.w-1, int(max(a.x, b.x)+reach))
	y0, y1 := max(0, int(min(a.y, b.y)-reach)), min(m.h-1, int(max(a.y, b.y)+reach))
	dx, dy := b.x-a.x, b.y-a.y
	len2 := float64(dx*dx) + float64(dy*dy)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			c := point{float64(x) + 0.5, float64(y) + 0.5}
			t := 0.0
			if len2 > 0 {
				t = (float64((c.x-a.x)*dx) + float64((c.y-a.y)*dy)) / len2
				t = min(max(t, 0), 1)
			}
			d := lerp(a.radius, b.radius, t) - c.dist(a.point.lerp(b.point, t))
			i := y*m.w + x
			m.depth[i] = max(m.depth[i], d)
		}
	}
}

// A texture is smooth noise over the picture, from 0 to 1.
type texture struct {
	cells []float64
	w     int
	size  float64
}

func newTexture(rng *rand.Rand, w, h int, size float64) texture {
	gw, gh := int(float64(w)/size)+2, int(float64(h)/size)+2
	g := texture{make([]float64, gw*gh), gw, size}
	for i := range g.cells {
		g.cells[i] = rng.Float64()
	}
	return g
}

func (g texture) at(x, y int) float64 {
	fx, fy := float64(x)/g.size, float64(y)/g.size
	i, j := int(fx), int(fy)
	tx, ty := ease(fx-float64(i)), ease(fy-float64(j))
	c := g.cells[j*g.w+i:]
	return lerp(lerp(c[0], c[1], tx), lerp(c[g.w], c[g.w+1], tx), ty)
}

// tones returns how much ink each pixel has, from 0 to 255.
func (p picture) tones() *image.Gray {
	rng := rand.New(rand.NewPCG(p.seed()))
	m := &depthMap{p.w, p.h, slices.Repeat([]float64{-1e6}, p.w*p.h)}
	hand, setting := hands[p.hand], settings[p.name]
	hand.slant += setting.slant
	var strokes [][]dot
	for _, s := range p.strokes() {
		strokes = append(strokes, hand.write(s, rng))
	}
	p.place(strokes)
	for _, s := range strokes {
		for i := 1; i < len(s); i++ {
			m.draw(s[i-1], s[i])
		}
	}
	med := media[p.medium]
	size := max(med.grain, 1) // a medium without texture has no grain
	edge := newTexture(rng, p.w, p.h, 2*size)
	pits := newTexture(rng, p.w, p.h, size)
	hollows := newTexture(rng, p.w, p.h, 4*size)
	fibers := newTexture(rng, p.w, p.h, 1.2)
	img := image.NewGray(image.Rect(0, 0, p.w, p.h))
	for y := range p.h {
		for x := range p.w {
			depth := m.depth[y*p.w+x] + float64(med.ragged*(edge.at(x, y)-0.5))
			cover := min(max(depth+0.5, 0), 1)
			// The pen fills the pits in the middle of its line.
			pit := lerp(pits.at(x, y), hollows.at(x, y), 0.35)
			pit = ease(float64(3*pit) - 0.9 - float64(1.2*ease(2*depth/p.pen)))
			tone := cover * med.full * (1 - float64(med.dry*pit))
			tone = max(tone, float64(med.dirt*(float64(2*fibers.at(x, y))-1)))
			tone = max(tone, float64(setting.printed*setting.line(x, y)))
			img.Pix[y*img.Stride+x] = uint8(math.Round(255 * tone))
		}
	}
	return img
}

// place moves and scales the strokes from the grid of the glyphs to the picture.
func (p picture) place(strokes [][]dot) {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, s := range strokes {
		for _, d := range s {
			lo = point{min(lo.x, d.x), min(lo.y, d.y)}
			hi = point{max(hi.x, d.x), max(hi.y, d.y)}
		}
	}
	scale := p.size / (hi.y - lo.y)
	mid := lo.lerp(hi, 0.5)
	for _, s := range strokes {
		for i, d := range s {
			s[i] = dot{
				point{p.x + float64((d.x-mid.x)*scale), p.y + float64((d.y-mid.y)*scale)},
				d.radius * p.pen / 2,
			}
		}
	}
}

// mix returns the color of a tone: the paper at 0, the ink at 255.
func (p picture) mix(tone uint8) color.NRGBA {
	channel := func(shift int) uint8 {
		paper, ink := p.paper>>shift&0xff, p.ink>>shift&0xff
		return uint8((paper*(255-int(tone)) + ink*int(tone) + 127) / 255)
	}
	return color.NRGBA{channel(16), channel(8), channel(0), 0xff}
}

// paint draws the picture.
func (p picture) paint() image.Image {
	tones := p.tones()
	r := tones.Rect
	switch p.format {
	case gray:
		for i, t := range tones.Pix {
			tones.Pix[i] = p.mix(t).G
		}
		settings[p.name].light(tones)
		return tones
	case paletted:
		const colors = 48
		img := image.NewPaletted(r, nil)
		for i := range colors {
			img.Palette = append(img.Palette, p.mix(uint8(i*255/(colors-1))))
		}
		for i, t := range tones.Pix {
			img.Pix[i] = uint8((int(t)*(colors-1) + 127) / 255)
		}
		return img
	}
	img := image.NewNRGBA(r)
	for i, t := range tones.Pix {
		c := p.mix(t)
		if p.format == transparent {
			c = p.mix(255)
			c.A = t
		}
		copy(img.Pix[4*i:], []uint8{c.R, c.G, c.B, c.A})
	}
	return img
}
