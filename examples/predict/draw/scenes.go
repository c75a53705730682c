package main

import (
	"image"
	"image/color"
	"math"
	"strings"
)

// A scene is what is around the digits of a picture. Lengths are in pixels.
type scene struct {
	text    string  // what is written, if it is more than the digits
	pitch   float64 // from a character to the next one
	outline outline // what is printed around the characters
	print   int     // its color, as 0xRRGGBB
	sheet   image.Rectangle
	desk    int     // the color around the sheet, if there is a sheet
	tilt    float64 // how far the sheet's edges turn per pixel
	turned  bool    // the picture is on its side
}

// scenes has the names of pictures as keys.
var scenes = map[string]scene{
	"407_boxes":    {pitch: 90, outline: boxes, print: 0x3a8a60},
	"5_box":        {pitch: 90, outline: boxes, print: 0x707070},
	"2026_comb":    {pitch: 84, outline: comb, print: 0x303030},
	"83_note":      {pitch: 70, sheet: image.Rect(50, 40, 270, 220), desk: 0x6a5a4c, tilt: 0.05},
	"136_sheet":    {pitch: 80, sheet: image.Rect(60, 50, 360, 250), desk: 0x3b2a20, tilt: -0.06},
	"19_ring":      {pitch: 50, outline: ring, print: 0x7a1f10},
	"12719_sum":    {text: "12+7=19", pitch: 70},
	"314159_lines": {text: "314\n159", pitch: 70},
	"274_turned":   {pitch: 70, turned: true},
}

// marks are the characters beside digits, with their height as a share of the
// digits'.
var marks = map[rune]float64{'+': 0.6, '=': 0.25}

// A character is written around a point.
type character struct {
	r    rune
	x, y float64
}

// characters returns what is written.
func (p picture) characters() (list []character) {
	s := scenes[p.name]
	text := s.text
	if text == "" {
		text = p.digits()
	}
	for row, line := range strings.Split(text, "\n") {
		for i, r := range line {
			y := p.y + float64(1.6*float64(p.size*float64(row)))
			list = append(list, character{r, p.x + float64(s.pitch*float64(i)), y})
		}
	}
	return list
}

// An outline tells how far a point is from the line that is printed, for a row
// of n digits. x counts from the first digit and y from their middle, in
// pixels.
type outline func(p picture, s scene, n int, x, y float64) float64

func abs(x float64) float64 { return max(x, -x) }

// boxes are joined, one for each digit.
func boxes(p picture, s scene, n int, x, y float64) float64 {
	nearest := min(max(int(x/s.pitch+0.5), 0), n-1)
	aside := abs(x-float64(s.pitch*float64(nearest))) - float64(s.pitch/2)
	return abs(max(aside, abs(y)-float64(0.8*p.size)))
}

// comb is a line below the digits, with teeth between them.
func comb(p picture, s scene, n int, x, y float64) float64 {
	left, right := -float64(s.pitch/2), float64(s.pitch*(float64(n)-0.5))
	base := float64(0.8 * p.size)
	line := max(abs(y-base), left-x, x-right)
	tooth := float64(s.pitch*(float64(int((x-left)/s.pitch+0.5)))) + left
	return min(line, max(abs(x-tooth), y-base, float64(0.4*p.size)-y))
}

// ring is an ellipse around all digits.
func ring(p picture, s scene, n int, x, y float64) float64 {
	middle, high := float64(s.pitch*float64(n-1)/2), float64(0.95*p.size)
	wide := middle + p.size
	u, v := (x-middle)/wide, y/high
	return abs(float64(high * (math.Sqrt(float64(u*u)+float64(v*v)) - 1)))
}

// paint paints the ground, then what is printed, then the ink.
func (s scene) paint(p picture, tones *image.Gray) image.Image {
	img := image.NewNRGBA(tones.Rect)
	if s.turned {
		img = image.NewNRGBA(image.Rect(0, 0, p.h, p.w))
	}
	n := len(p.digits())
	for i, tone := range tones.Pix {
		x, y := i%p.w, i/p.w
		c := rgbOf(p.paper)
		if !s.sheet.Empty() {
			c = blend(rgbOf(s.desk), c, s.cover(x, y))
		}
		if s.outline != nil {
			d := s.outline(p, s, n, float64(x)+0.5-p.x, float64(y)+0.5-p.y)
			c = blend(c, rgbOf(s.print), uint8(float64(255*min(max(1.5-d, 0), 1))+0.5))
		}
		c = blend(c, rgbOf(p.ink), tone)
		if s.turned { // the top is at the right
			x, y = p.h-1-y, x
		}
		img.SetNRGBA(x, y, c)
	}
	return img
}

// cover returns how much of a pixel the sheet covers, of 255.
func (s scene) cover(x, y int) uint8 {
	u, v := float64(x)-float64(s.tilt*float64(y)), float64(y)+float64(s.tilt*float64(x))
	inside := min(u-float64(s.sheet.Min.X), float64(s.sheet.Max.X)-u, v-float64(s.sheet.Min.Y), float64(s.sheet.Max.Y)-v)
	return uint8(float64(255*min(max(inside+0.5, 0), 1)) + 0.5)
}

func rgbOf(c int) color.NRGBA { return color.NRGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 255} }

// blend returns the color of a ground under a layer that covers tone of 255.
func blend(ground, layer color.NRGBA, tone uint8) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*(255-int(tone)) + int(b)*int(tone) + 127) / 255) }
	return color.NRGBA{mix(ground.R, layer.R), mix(ground.G, layer.G), mix(ground.B, layer.B), 255}
}
