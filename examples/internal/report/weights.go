package report

import (
	"fmt"
	"html/template"
	"math"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Map shows by place what speaks for a class, and what speaks against it. It
// has either pixels or strokes.
type Map struct {
	Class string

	Width  int       // of a row of Pixels
	Pixels []float32 // row by row

	Strokes []reader.Stroke // the widest is last, as Why.Strokes returns them
}

// Maps draws maps: blue for numbers above 0, and orange for numbers below 0.
// All have the same scale: the strongest color stands for the largest number.
func Maps(maps []Map) template.HTML {
	var most float32
	for _, m := range maps {
		for _, v := range m.Pixels {
			most = max(most, v, -v)
		}
		for _, s := range m.Strokes {
			most = max(most, s.Contribution, -s.Contribution)
		}
	}
	if !(most > 0) {
		return Text("All of them are 0.")
	}
	var b builder
	b.add("%s", key(keyEntry{"bar-key for", fmt.Sprintf("up to %.3g", most)}, keyEntry{"bar-key against", fmt.Sprintf("down to −%.3g", most)}))
	b.add(`<ul class="maps">`)
	for _, m := range maps {
		b.add("\n<li>%s<span>%s</span></li>", m.draw(most), m.Class)
	}
	b.add("\n</ul>")
	return b.html()
}

// draw draws a map. The largest number of all maps is most.
func (m Map) draw(most float32) template.HTML {
	if m.Pixels != nil {
		return PNG(signedImage(m.Pixels, m.Width, most), "map", "what speaks for and against "+m.Class)
	}
	var b builder
	b.add(`<svg class="map" viewBox="0 0 %d %[1]d" role="img" aria-label="%s">`, imageprep.Size, "what speaks for and against "+m.Class)
	// The strokes of one strength are one path, which keeps the file small.
	const steps = 10
	paths := map[int]string{}
	for _, s := range m.Strokes {
		paths[stepOf(s.Contribution, most, steps)] += "M" + tenths(s.X1) + " " + tenths(s.Y1) + "L" + tenths(s.X2) + " " + tenths(s.Y2)
	}
	var width float32 // of the strongest
	if n := len(m.Strokes); n > 0 {
		width = m.Strokes[n-1].Width
	}
	for step := 1; step <= steps; step++ { // the strongest on top
		b.strokes("for", paths[step], float64(step)/steps, width)
		b.strokes("against", paths[-step], float64(step)/steps, width)
	}
	b.add("</svg>")
	return b.html()
}

// strokes draws the strokes of one strength, from 0 to 1.
func (b *builder) strokes(class, path string, strength float64, width float32) {
	if path != "" {
		b.add(`<path class="stroke %s" stroke-opacity="%s" stroke-width="%s" d="%s"/>`,
			class, rounded(0.2+float64(0.8*strength), 100), rounded(float64(width)*(0.3+float64(0.7*strength)), 100), path)
	}
}

// stepOf divides the numbers from -most to most into steps of equal size, from
// -steps to steps.
func stepOf(v, most float32, steps float64) int {
	return int(math.Round(steps * float64(v/most)))
}

// tenths formats a coordinate in few characters.
func tenths(v float32) string { return rounded(float64(v), 10) }
