package main

import "image"

// A setting makes a picture harder to read. Lengths are in pixels.
type setting struct {
	ruled    float64 // distance of the page's printed lines
	squared  bool    // there are vertical lines, too
	printed  float64 // tone of the lines, 0 to 1
	tilt     float64 // how far the lines sink per pixel to the right
	shadow   float64 // share of the light that is missing at the lower right
	vignette float64 // share of the light that is missing in the corners
	slant    float64 // added to the slant of the hand
}

// settings are listed by the names of the pictures.
var settings = map[string]setting{
	"2_squared": {ruled: 24, squared: true, printed: 0.45, tilt: 0.02},
	"3_dusk":    {vignette: 0.65},
	"4_shadow":  {shadow: 0.5},
	"6_slanted": {slant: 0.45},
	"7_ruled":   {ruled: 38, printed: 0.7, tilt: -0.025},
	"8_table":   {ruled: 120, squared: true, printed: 0.9},
}

// line returns how much of a pixel the printed lines cover. They are a pixel and
// a half wide.
func (s setting) line(x, y int) float64 {
	if s.ruled == 0 {
		return 0
	}
	across := func(along, away int) float64 {
		d := float64(away) + 0.5 - float64(s.tilt*float64(along)) + 1000*s.ruled
		d -= s.ruled * (float64(int(d/s.ruled)) + 0.5)
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
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			u, v := float64(x)/w-0.5, float64(y)/h-0.5
			light := 1 - float64(float64(2*s.vignette)*(float64(u*u)+float64(v*v)))
			edge := float64(40*(float64(0.6*u)+v)) + 1 // the shadow fades over a fortieth of the page
			light -= float64(s.shadow * ease(edge))
			i := img.PixOffset(x, y)
			img.Pix[i] = uint8(float64(img.Pix[i])*light + 0.5)
		}
	}
}
