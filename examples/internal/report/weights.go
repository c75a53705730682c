package report

import (
	"fmt"
	"html/template"
	"math"
)

// A Map is what counts for a class, and what counts against it, by place. It has
// either numbers for pixels or strokes.
type Map struct {
	Class  string
	Width  int       // of a row of Pixels
	Pixels []float64 // row by row
	// Strokes are lines in a picture of Side pixels.
	Strokes []Stroke
	Side    float64
}

// A Stroke is a line. If Value is positive, the line speaks for the class.
type Stroke struct{ X1, Y1, X2, Y2, Width, Value float64 }

// Maps draws maps in blue, for the class, and in orange, against it. All have
// the same scale: the strongest color stands for the largest number.
func Maps(maps []Map) template.HTML {
	most := 0.0
	for _, m := range maps {
		for _, v := range m.Pixels {
			most = max(most, math.Abs(v))
		}
		for _, s := range m.Strokes {
			most = max(most, math.Abs(s.Value))
		}
	}
	if most == 0 {
		most = 1
	}
	var b builder
	b.add("%s", signedKey(most))
	b.add(`<ul class="maps">`)
	for _, m := range maps {
		b.add("\n<li>%s<span>%s</span></li>", m.draw(most), m.Class)
	}
	b.add("\n</ul>")
	return b.html()
}

func (m Map) draw(most float64) template.HTML {
	if m.Pixels != nil {
		return PNG(signedImage(m.Pixels, m.Width, most), "map", "weights of "+m.Class)
	}
	var b builder
	b.add(`<svg class="map" viewBox="0 0 %s %[1]s" role="img" aria-label="%s">`, rounded(m.Side, 10), "weights of "+m.Class)
	b.add("%s</svg>", strokes(m.Strokes, most))
	return b.html()
}

// strokeSteps is the number of different strengths of strokes. The strokes of
// one strength are one path, which keeps the file small.
const strokeSteps = 10

// strokes draws strokes, the weak ones first.
func strokes(list []Stroke, most float64) template.HTML {
	paths := map[int]string{} // by strength, negative against
	width := 0.0
	for _, s := range list {
		step := int(math.Round(strokeSteps * min(max(s.Value/most, -1), 1)))
		paths[step] += "M" + coordinates(s.X1, s.Y1) + "L" + coordinates(s.X2, s.Y2)
		width = max(width, s.Width)
	}
	var b builder
	for step := 1; step <= strokeSteps; step++ {
		share := float64(step) / strokeSteps
		b.path("for", paths[step], share, width)
		b.path("against", paths[-step], share, width)
	}
	return b.html()
}

func (b *builder) path(class, path string, share, width float64) {
	if path != "" {
		b.add(`<path class="stroke %s" stroke-opacity="%s" stroke-width="%s" d="%s"/>`,
			class, rounded(share, 100), rounded(width*(0.4+0.6*share), 100), path)
	}
}

// coordinates formats a point of a path in few characters.
func coordinates(x, y float64) string { return rounded(x, 10) + " " + rounded(y, 10) }

// signedKey explains the colors.
func signedKey(most float64) template.HTML {
	entries := []keyEntry{{"bar-key for", "for the class"}, {"bar-key against", "against it"}}
	if most > 0 {
		entries = append(entries, keyEntry{"bar-key none", fmt.Sprintf("strongest color: ±%.3g", most)})
	}
	return key(entries...)
}
