package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
)

// A Training is the progress of a training, epoch by epoch.
type Training struct {
	Name   string // such as "first training"
	Epochs []Epoch
	Kept   int // the number of the epoch whose model was kept; 0 if unknown
}

// An Epoch is the state of a training after an epoch. Without validation, its
// results are NaN.
type Epoch struct {
	Number             int
	Loss               float64
	ValidationLoss     float64
	ValidationAccuracy float64
}

// Learning returns the learning curves of one training or two: the losses and,
// with validation, the accuracy.
func Learning(trainings ...Training) template.HTML {
	var shown []Training
	for _, t := range trainings {
		if len(t.Epochs) > 0 {
			shown = append(shown, t)
		}
	}
	if shown == nil {
		return Text("No epoch was finished, so there is no curve.")
	}
	losses := Figure("Loss", "", lossCurves(shown))
	accuracy := accuracyCurve(shown)
	if accuracy == "" {
		return losses
	}
	return Row(losses, Figure("Validation accuracy", "", accuracy))
}

// lossStyles are the looks of the training losses.
var lossStyles = []string{"curve for", "curve quiet"}

func lossCurves(trainings []Training) template.HTML {
	var values []float64
	for _, t := range trainings {
		for _, e := range t.Epochs {
			values = append(values, e.Loss, e.ValidationLoss)
		}
	}
	y := around(values, false)
	if low := lowest(values); low > 0 && y.high > 8*low {
		y = around(values, true)
	}
	p := newPlot(220, "Loss after each epoch: "+lastLosses(trainings), epochAxis(trainings), y)
	p.yTicks(p.y.ticks(5), plainNumber)
	p.xTicks("epoch", epochTicks(p.x), count)
	var entries []keyEntry
	for i, t := range trainings {
		style := lossStyles[min(i, len(lossStyles)-1)]
		entries = append(entries, keyEntry{style, t.lossName()})
		p.curve(style, t, func(e Epoch) float64 { return e.Loss })
		if t.validated() {
			entries = append(entries, keyEntry{"curve against", "images held out"})
			p.curve("curve against", t, func(e Epoch) float64 { return e.ValidationLoss })
		}
	}
	p.epochTitles(trainings)
	return key(entries...) + p.end()
}

func (t Training) lossName() string {
	if t.Name == "" {
		return "training"
	}
	return t.Name
}

// accuracyCurve returns nothing if no training has validation.
func accuracyCurve(trainings []Training) template.HTML {
	for _, t := range trainings {
		if !t.validated() {
			continue
		}
		var values []float64
		for _, e := range t.Epochs {
			values = append(values, e.ValidationAccuracy)
		}
		only := []Training{t}
		last := t.Epochs[len(t.Epochs)-1]
		p := newPlot(220, "Accuracy on the images held out after each epoch; after the last one, "+Percent(last.ValidationAccuracy),
			epochAxis(only), around(values, false))
		p.y.high = min(p.y.high, 1)
		p.yTicks(p.y.ticks(5), tickPercent)
		p.xTicks("epoch", epochTicks(p.x), count)
		p.curve("curve against", t, func(e Epoch) float64 { return e.ValidationAccuracy })
		p.epochTitles(only)
		return key(keyEntry{"curve against", "images held out"}) + p.end()
	}
	return ""
}

// curve draws a number of each epoch. The kept epoch has a ring.
func (p *plot) curve(style string, t Training, value func(Epoch) float64) {
	const mostDots = 30
	var points []point
	for _, e := range t.Epochs {
		points = append(points, point{float64(e.Number), value(e)})
	}
	p.line(style, points)
	dot := strings.Replace(style, "curve", "dot", 1)
	for i, at := range points {
		if len(points) <= mostDots {
			p.dot(dot, 2.5, at)
		}
		if t.Epochs[i].Number == t.Kept {
			p.dot(strings.Replace(style, "curve", "ring", 1), 6, at)
		}
	}
}

// epochTitles shows the numbers of an epoch while the pointer is near it. Of
// very many epochs, it shows some, with those that were kept.
func (p *plot) epochTitles(trainings []Training) {
	var most int
	for _, t := range trainings {
		most = max(most, t.Epochs[len(t.Epochs)-1].Number)
	}
	texts, kept := make([]string, most+1), make([]bool, most+1) // by epoch
	for _, t := range trainings {
		for _, e := range t.Epochs {
			texts[e.Number] += "\n" + e.text(t)
			kept[e.Number] = kept[e.Number] || e.Number == t.Kept
		}
	}
	const columns = 300
	step := (most + columns - 1) / columns
	half := (p.x.at(2) - p.x.at(1)) / 2
	for first := 1; first <= most; first += step {
		last := min(first+step-1, most)
		shown := first + max(0, slices.Index(kept[first:last+1], true))
		left, right := p.x.at(float64(first))-half, p.x.at(float64(last))+half
		p.hover(max(left, p.x.from), min(right, p.x.to), fmt.Sprintf("epoch %d", shown)+texts[shown])
	}
}

// text describes the numbers of an epoch.
func (e Epoch) text(t Training) string {
	s := fmt.Sprintf("%s: loss %.4f", t.lossName(), e.Loss)
	if !math.IsNaN(e.ValidationLoss) {
		s += fmt.Sprintf("\nimages held out: loss %.4f, %s right", e.ValidationLoss, Percent(e.ValidationAccuracy))
	}
	if e.Number == t.Kept {
		s += "\n(kept)"
	}
	return s
}

func (t Training) validated() bool {
	for _, e := range t.Epochs {
		if !math.IsNaN(e.ValidationLoss) {
			return true
		}
	}
	return false
}

// epochAxis returns the x axis of learning curves.
func epochAxis(trainings []Training) axis {
	most := 1
	for _, t := range trainings {
		most = max(most, t.Epochs[len(t.Epochs)-1].Number)
	}
	room := max(0.03*float64(most), 0.25)
	return axis{low: 1 - room, high: float64(most) + room}
}

// epochTicks returns whole numbers.
func epochTicks(x axis) []float64 {
	if most := int(x.high); most <= 10 {
		var list []float64
		for n := range most {
			list = append(list, float64(n+1))
		}
		return list
	}
	return x.ticks(6)
}

// lastLosses describes how the trainings ended.
func lastLosses(trainings []Training) string {
	var list []string
	for _, t := range trainings {
		last := t.Epochs[len(t.Epochs)-1]
		list = append(list, strings.ReplaceAll(last.text(t), "\n", ", "))
	}
	return strings.Join(list, "; ")
}

// lowest returns the least number. NaN does not count.
func lowest(values []float64) float64 {
	low := math.Inf(1)
	for _, v := range values {
		if !math.IsNaN(v) {
			low = min(low, v)
		}
	}
	return low
}
