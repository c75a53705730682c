package report

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// A choice is what a threshold gives: how many answers reach it, and how many
// of these are right.
type choice struct {
	threshold    float64
	taken, right int
}

// choicesOf returns the choices of all thresholds that make a difference, from
// the highest to the lowest.
func choicesOf(verdicts []Verdict) []choice {
	sorted := slices.Clone(verdicts)
	slices.SortStableFunc(sorted, func(a, b Verdict) int { return cmp.Compare(b.Probability, a.Probability) })
	var list []choice
	var c choice
	for i, v := range sorted {
		if math.IsNaN(v.Probability) { // these are last
			break
		}
		c.taken++
		if v.Right {
			c.right++
		}
		if i+1 == len(sorted) || sorted[i+1].Probability != v.Probability {
			c.threshold = v.Probability
			list = append(list, c)
		}
	}
	return list
}

// choose returns the choice of one threshold.
func choose(verdicts []Verdict, threshold float64) choice {
	c := choice{threshold: threshold}
	for _, v := range verdicts {
		if v.Probability >= threshold {
			c.taken++
			if v.Right {
				c.right++
			}
		}
	}
	return c
}

// wrong returns the share of wrong answers among those taken.
func (c choice) wrong() float64 { return float64(c.taken-c.right) / float64(c.taken) }

// text describes a choice. n is the number of all answers.
func (c choice) text(n int) string {
	if c.threshold > 1 {
		return "No answer is sure."
	}
	if c.taken == 0 {
		return fmt.Sprintf("No answer reaches %s.", Percent(c.threshold))
	}
	return fmt.Sprintf("%s of the images have an answer with at least %s. Of these answers, %s are right (%s of %s wrong).",
		Percent(float64(c.taken)/float64(n)), Percent(c.threshold), Percent(1-c.wrong()), cli.WithCommas(c.taken-c.right), cli.WithCommas(c.taken))
}

// Sure says in a sentence or two what a threshold of sure answers gives.
func Sure(verdicts []Verdict, threshold float64) string {
	return choose(verdicts, threshold).text(len(verdicts))
}

// Coverage returns a curve: if only the most probable answers are taken, how
// many are wrong? It marks the threshold of sure answers, unless that is 0.
func Coverage(verdicts []Verdict, threshold float64) template.HTML {
	choices := choicesOf(verdicts)
	if len(choices) == 0 {
		return Text("There are no answers.")
	}
	n := float64(len(verdicts))
	x, y := coverageAxes(choices, n)
	marked := choose(verdicts, threshold)
	label := "Share of wrong answers against the share of images that get an answer. " + choices[len(choices)-1].text(len(verdicts))
	if threshold > 0 {
		label += " " + marked.text(len(verdicts))
	}
	p := newPlot(260, label, x, y)
	p.yTicks(p.y.ticks(5), tickPercent)
	p.xTicks("share of the images that get an answer", p.x.ticks(5), tickPercent)
	p.line("curve for", p.thin(choices, n))
	entries := []keyEntry{{"curve for", "wrong among the answers"}}
	if threshold > 0 && marked.taken > 0 {
		at := point{float64(marked.taken) / n, marked.wrong()}
		p.add(`<line class="mark" x1="%s" y1="%s" x2="%[1]s" y2="%[3]s"/>`, px(p.x.at(at.x)), px(p.y.from), px(p.y.to))
		p.dot("dot against", 4.5, p.positive(at))
		entries = append(entries, keyEntry{"mark", "sure from " + Percent(threshold)})
	}
	p.coverageTitles(choices, n)
	return key(entries...) + p.end()
}

// coverageAxes returns the axes. The y axis is logarithmic, so it cannot show a
// share of 0: its lower end stands for "fewer than one".
func coverageAxes(choices []choice, n float64) (x, y axis) {
	x = axis{low: 0, high: 1}
	var shares []float64
	for _, c := range choices {
		wrong := c.wrong()
		if wrong > 0 {
			shares = append(shares, wrong)
		}
		// Where nothing is wrong yet, there is nothing to see.
		if share := float64(c.taken) / n; wrong == 0 {
			x.low = math.Floor(10*share) / 10
		}
	}
	if len(shares) == 0 { // no mistake at all
		return axis{low: 0, high: 1}, axis{low: 0.5 / n, high: 1, log: true}
	}
	return x, axis{low: slices.Min(shares) / 1.5, high: min(1.2*slices.Max(shares), 1), log: true}
}

// positive moves a point with the share 0 to the lower end of the axis.
func (p *plot) positive(at point) point { return point{at.x, max(at.y, p.y.low)} }

// thin returns the points of the curve. It leaves out those that would fall on
// the same pixel.
func (p *plot) thin(choices []choice, n float64) []point {
	var points []point
	lastX, lastY := math.Inf(-1), math.Inf(-1)
	for i, c := range choices {
		at := p.positive(point{float64(c.taken) / n, c.wrong()})
		if at.x < p.x.low {
			continue
		}
		x, y := p.x.at(at.x), p.y.at(at.y)
		if i+1 < len(choices) && math.Abs(x-lastX) < 0.7 && math.Abs(y-lastY) < 0.7 {
			continue
		}
		points, lastX, lastY = append(points, at), x, y
	}
	return points
}

// coverageTitles shows the threshold while the pointer is in a column.
func (p *plot) coverageTitles(choices []choice, n float64) {
	const columns = 60
	width := (p.x.to - p.x.from) / columns
	next := 0
	for k := range columns {
		left := p.x.from + width*float64(k)
		for next < len(choices)-1 && p.x.at(float64(choices[next].taken)/n) < left+width/2 {
			next++
		}
		p.hover(left, left+width, choices[next].text(int(n)))
	}
}
