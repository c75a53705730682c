package report

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// An axis maps numbers to a range of pixels. A logarithmic axis has positive
// numbers.
type axis struct {
	low, high float64
	log       bool
	from, to  float64 // the pixels of low and high
}

// at returns the pixel of a number. Numbers outside the axis go to its ends.
func (a axis) at(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		v, low, high = math.Log(v), math.Log(low), math.Log(high)
	}
	share := min(max((v-low)/(high-low), 0), 1)
	return a.from + float64(share*(a.to-a.from))
}

// ticks returns the numbers to write at the axis, about n of them.
func (a axis) ticks(n int) []float64 {
	if a.log {
		return logTicks(a.low, a.high, n)
	}
	step := niceStep((a.high - a.low) / float64(n))
	var list []float64
	for k := math.Ceil(about(a.low / step)); k <= about(a.high/step); k++ {
		list = append(list, k*step+0) // not -0
	}
	return list
}

// about rounds a number, so that errors of rounding do not count.
func about(v float64) float64 { return float64(float32(v)) }

// niceStep returns the least of 1, 2, 5, 10, 20, 50 and so on, and of their
// tenths, that reaches a number.
func niceStep(least float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(least)))
	for _, k := range []float64{1, 2, 5} {
		if about(k*unit) >= about(least) {
			return k * unit
		}
	}
	return 10 * unit
}

// logTicks returns powers of ten from low to high and, if these are few,
// numbers between them.
func logTicks(low, high float64, n int) []float64 {
	factors := []float64{1, 2, 5}
	switch decades := math.Log10(high / low); {
	case decades > float64(n)*0.8:
		factors = []float64{1}
	case decades > float64(n)/3:
		factors = []float64{1, 3}
	}
	var list []float64
	for k := math.Floor(math.Log10(low)); k <= math.Ceil(math.Log10(high)); k++ {
		for _, factor := range factors {
			if v := factor * math.Pow(10, k); about(v) >= about(low) && about(v) <= about(high) {
				list = append(list, v)
			}
		}
	}
	return list
}

// around returns an axis of some numbers, with a little room around them. NaN
// does not count. For a logarithmic axis, the numbers must be positive.
func around(values []float64, log bool) axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	switch {
	case low > high:
		return axis{low: 0, high: 1}
	case log:
		return axis{low: low / 1.2, high: high * 1.2, log: true}
	}
	room := 0.08 * (high - low)
	if room <= 1e-6*math.Abs(high) { // they hardly differ
		room = max(0.05*math.Abs(high), 1e-3)
	}
	return axis{low: low - room, high: high + room}
}

// A plot is a chart in SVG. It is as wide as a phone; on a wide page, two of
// them fit side by side.
type plot struct {
	builder
	x, y axis
}

const (
	plotWidth  = 360
	plotLeft   = 52 // the place of the y axis
	plotRight  = plotWidth - 20
	plotTop    = 12
	underPlot  = 36 // room for the ticks and the name of the x axis
	tickLength = 4
)

// newPlot begins a plot of this height. label tells people who cannot see it
// what it shows.
func newPlot(height int, label string, x, y axis) *plot {
	p := &plot{x: x, y: y}
	p.x.from, p.x.to = plotLeft, plotRight
	p.y.from, p.y.to = float64(height-underPlot), plotTop
	p.add(`<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s">`, plotWidth, height, label)
	return p
}

// xTicks draws the x axis.
func (p *plot) xTicks(name string, ticks []float64, format func(float64) string) {
	y := p.y.from
	p.add(`<line class="axis" x1="%s" y1="%s" x2="%s" y2="%[2]s"/>`, px(p.x.from), px(y), px(p.x.to))
	for _, v := range ticks {
		x := p.x.at(v)
		p.add(`<line class="axis" x1="%s" y1="%s" x2="%[1]s" y2="%[3]s"/>`, px(x), px(y), px(y+tickLength))
		p.add(`<text x="%s" y="%s" text-anchor="middle">%s</text>`, px(x), px(y+15), format(v))
	}
	p.add(`<text class="name" x="%s" y="%s" text-anchor="middle">%s</text>`, px((p.x.from+p.x.to)/2), px(y+31), name)
}

// yTicks draws the y axis, with a line across the plot for each tick.
func (p *plot) yTicks(ticks []float64, format func(float64) string) {
	for _, v := range ticks {
		y := p.y.at(v)
		p.add(`<line class="grid" x1="%s" y1="%s" x2="%s" y2="%[2]s"/>`, px(p.x.from), px(y), px(p.x.to))
		p.add(`<text x="%s" y="%s" text-anchor="end">%s</text>`, px(p.x.from-6), px(y+4), format(v))
	}
}

// A point is a place in a plot, in the numbers of its axes.
type point struct{ x, y float64 }

// line draws a line through points. It leaves out points without a number.
func (p *plot) line(class string, points []point) {
	var list strings.Builder
	for _, at := range points {
		if !math.IsNaN(at.y) {
			fmt.Fprintf(&list, "%s,%s ", px(p.x.at(at.x)), px(p.y.at(at.y)))
		}
	}
	if list.Len() > 0 {
		p.add(`<polyline class="%s" points="%s"/>`, class, strings.TrimSuffix(list.String(), " "))
	}
}

// dot draws a point.
func (p *plot) dot(class string, radius float64, at point) {
	if !math.IsNaN(at.y) {
		p.add(`<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, px(p.x.at(at.x)), px(p.y.at(at.y)), px(radius))
	}
}

// hover shows a text while the pointer is in a column of the plot, from pixel
// left to pixel right.
func (p *plot) hover(left, right float64, text string) {
	p.add(`<rect class="hover" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`,
		px(left), px(p.y.to), px(right-left), px(p.y.from-p.y.to), text)
}

// end ends the plot.
func (p *plot) end() template.HTML {
	p.add("</svg>")
	return p.html()
}

// A keyEntry explains a line or a color of a figure.
type keyEntry struct{ class, text string }

// key returns the key of a figure.
func key(entries ...keyEntry) template.HTML {
	var b builder
	b.add(`<ul class="key">`)
	for _, e := range entries {
		b.add(`<li><svg viewBox="0 0 24 10" aria-hidden="true"><path class="%s" d="M1 5h22"/></svg>%s</li>`, e.class, e.text)
	}
	b.add("</ul>\n")
	return b.html()
}

// px formats a length in pixels, to tenths.
func px(v float64) string { return rounded(v, 10) }

// rounded formats a number, rounded to whole parts of 1.
func rounded(v float64, parts float64) string {
	v = math.Round(v*parts) / parts
	if v == 0 {
		v = 0 // not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// plainNumber formats the number of a tick.
func plainNumber(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// count formats a whole number at a tick.
func count(v float64) string { return cli.WithCommas(int(v)) }

// tickPercent formats a share at a tick.
func tickPercent(share float64) string {
	return strconv.FormatFloat(100*share, 'g', 4, 64) + "%"
}

// Percent formats a share for people: "99.27%", or "–" for NaN.
func Percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return "–"
	case share == 0 || share == 1:
		return fmt.Sprintf("%.0f%%", 100*share)
	case share > 0.9999:
		return fmt.Sprintf("%.4f%%", min(100*share, 99.9999))
	}
	return fmt.Sprintf("%.2f%%", 100*share)
}
