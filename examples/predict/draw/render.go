package main

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
)

// A medium is a kind of pen on its paper. Lengths are in pixels. Tones go from
// 0 for paper to 1 for ink.
type medium struct {
	full   float64 // tone of a covered pixel
	ragged float64 // how much the outline varies, up to 2*hand.Reach
	dry    float64 // share of the ink that misses the paper's pits
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

// A setting makes a picture harder to read. Lengths are in pixels.
type setting struct {
	ruled    float64 // distance of the page's printed lines
	squared  bool    // there are vertical lines, too
	printed  float64 // tone of the lines, 0 to 1
	tilt     float64 // how far the lines sink per pixel to the right
	shadow   float64 // share of the light missing at the lower right
	vignette float64 // share of the light missing in the corners
	slant    float64 // added to the slant of the hand
}

// settings has the names of pictures as keys.
var settings = map[string]setting{
	"2_squared": {ruled: 24, squared: true, printed: 0.45, tilt: 0.02},
	"3_dusk":    {vignette: 0.65},
	"4_shadow":  {shadow: 0.5},
	"6_slanted": {slant: 0.45},
	"7_ruled":   {ruled: 38, printed: 0.7, tilt: -0.025},
	"8_table":   {ruled: 120, squared: true, printed: 0.9},
}

// line returns how much of a pixel the printed lines cover. They are a pixel
// and a half wide.
func (s setting) line(x, y int) float64 {
	if s.ruled == 0 {
		return 0
	}
	across := func(along, away int) float64 {
		d := float64(away) + 0.5 - float64(s.tilt*float64(along)) + float64(1000*s.ruled)
		d -= float64(s.ruled * (float64(int(d/s.ruled)) + 0.5))
		return min(max(1.25-max(d, -d), 0), 1)
	}
	cover := across(x, y)
	if s.squared {
		cover = max(cover, across(-y, x))
	}
	return cover
}

// light dims a gray picture.
func (s setting) light(img *image.Gray) {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	for i, tone := range img.Pix {
		u, v := float64(i%img.Stride)/w-0.5, float64(i/img.Stride)/h-0.5
		light := 1 - float64(float64(2*s.vignette)*(float64(u*u)+float64(v*v)))
		// The shadow fades over a fortieth of the page.
		edge := float64(40*(float64(0.6*u)+v)) + 1
		light -= float64(s.shadow * hand.Ease(edge))
		img.Pix[i] = uint8(float64(float64(tone)*light) + 0.5)
	}
}

// tones returns how much ink each pixel has, from 0 to 255.
func (p picture) tones() *image.Gray {
	rng := rand.New(rand.NewPCG(p.seed()))
	setting := settings[p.name]
	var written hand.Path
	for _, c := range p.characters() {
		written = append(written, p.write(rng, c)...)
	}
	depths := written.Depths(p.w, p.h)
	med := media[p.medium]
	size := max(med.grain, 1) // a medium without texture has no grain
	edge := hand.NewTexture(rng, p.w, p.h, 2*size)
	pits := hand.NewTexture(rng, p.w, p.h, size)
	hollows := hand.NewTexture(rng, p.w, p.h, 4*size)
	fibers := hand.NewTexture(rng, p.w, p.h, 1.2)
	img := image.NewGray(image.Rect(0, 0, p.w, p.h))
	for i := range depths {
		x, y := float64(i%p.w), float64(i/p.w)
		depth := depths[i] + float64(med.ragged*(edge.At(x, y)-0.5))
		cover := min(max(depth+0.5, 0), 1)
		// The pen fills the pits in the middle of its line.
		pit := pits.At(x, y)
		pit += float64((hollows.At(x, y) - pit) * 0.35)
		pit = hand.Ease(float64(3*pit) - 0.9 - float64(1.2*hand.Ease(2*depth/p.pen)))
		tone := cover * med.full * (1 - float64(med.dry*pit))
		tone = max(tone, float64(med.dirt*(float64(2*fibers.At(x, y))-1)))
		tone = max(tone, float64(setting.printed*setting.line(i%p.w, i/p.w)))
		img.Pix[i] = uint8(math.Round(255 * tone))
	}
	return img
}

// write writes a character.
func (p picture) write(rng *rand.Rand, c character) hand.Path {
	who := people[p.person]
	style := who.style
	style.Slant += settings[p.name].slant
	form, height := "plain", p.size
	if c.r >= '0' && c.r <= '9' {
		form = who.shapes[c.r-'0']
	} else {
		height = float64(p.size * marks[c.r])
	}
	path := style.Trace(rng, hand.Shape(c.r, form))
	_, top, _, bottom := path.Box()
	path.Place(c.x, c.y, height/(bottom-top), p.pen)
	return path
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
	if s, ok := scenes[p.name]; ok {
		return s.paint(p, tones)
	}
	switch p.format {
	case gray:
		for i, t := range tones.Pix {
			tones.Pix[i] = p.mix(t).G
		}
		settings[p.name].light(tones)
		return tones
	case paletted:
		const colors = 48
		img := image.NewPaletted(tones.Rect, nil)
		for i := range colors {
			img.Palette = append(img.Palette, p.mix(uint8(i*255/(colors-1))))
		}
		for i, t := range tones.Pix {
			img.Pix[i] = uint8((int(t)*(colors-1) + 127) / 255)
		}
		return img
	}
	img := image.NewNRGBA(tones.Rect)
	for i, t := range tones.Pix {
		c := p.mix(t)
		if p.format == transparent {
			c = p.mix(255)
			c.A = t
		}
		img.SetNRGBA(i%p.w, i/p.w, c)
	}
	return img
}
