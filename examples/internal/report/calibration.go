package report

import (
	"fmt"
	"html/template"
	"math"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/softmax"
)

// A Verdict is the probability of an answer, and whether the answer is right.
type Verdict struct {
	Probability float64
	Right       bool
}

// calibrationBins is the number of bins of the ECE in package softmax.
const calibrationBins = 15

// A bin counts answers with similar probabilities.
type bin struct {
	count, right int
	probability  float64 // the mean
}

// binsOf sorts verdicts into bins of equal width: (0, 1/15], (1/15, 2/15] and
// so on.
func binsOf(verdicts []Verdict) (bins [calibrationBins]bin) {
	for _, v := range verdicts {
		i := 0
		if v.Probability > 0 {
			i = min(int(math.Ceil(v.Probability*calibrationBins))-1, calibrationBins-1)
		}
		b := &bins[i]
		b.count++
		b.probability += v.Probability
		if v.Right {
			b.right++
		}
	}
	for i := range bins {
		bins[i].probability /= float64(bins[i].count)
	}
	return bins
}

// accuracy returns the share of right answers.
func (b bin) accuracy() float64 { return float64(b.right) / float64(b.count) }

// ECE returns the expected calibration error: the mean distance between the
// accuracy and the mean probability of the bins, each with the weight of its
// answers. It is NaN without verdicts.
func ECE(verdicts []Verdict) float64 {
	var sum float64
	for _, b := range binsOf(verdicts) {
		if b.count > 0 {
			sum += float64(float64(b.count) * math.Abs(b.accuracy()-b.probability))
		}
	}
	return sum / float64(len(verdicts))
}

// interval returns the 95% confidence interval of a share: right of n.
func interval(right, n int) (low, high float64) {
	report := softmax.Report{Confusion: [][]int{{right, n - right}, {0, 0}}}
	return report.Interval()
}

// Calibration returns a reliability diagram: for answers of each probability,
// how many of them are right. Below it is the number of these answers.
func Calibration(verdicts []Verdict) template.HTML {
	if len(verdicts) == 0 {
		return Text("There are no answers.")
	}
	bins := binsOf(verdicts)
	label := fmt.Sprintf("Reliability diagram. The expected calibration error is %s.", Percent(ECE(verdicts)))
	p := newPlot(300, label, axis{low: 0, high: 1}, axis{low: 0, high: 1})
	var most int
	for _, b := range bins {
		most = max(most, b.count)
	}
	counts := axis{low: 0.8, high: 1.5 * float64(most), log: true, from: p.y.from, to: p.y.from - 62}
	p.y.from = counts.to - 14
	p.yTicks([]float64{0, 0.25, 0.5, 0.75, 1}, tickPercent)
	p.add(`<line class="curve quiet" x1="%s" y1="%s" x2="%s" y2="%s"/>`, px(p.x.from), px(p.y.from), px(p.x.to), px(p.y.to))
	for i, b := range bins {
		p.bin(i, b, counts)
	}
	p.y.from, p.y.to = counts.from, counts.to
	p.xTicks("probability of the answer", []float64{0, 0.2, 0.4, 0.6, 0.8, 1}, tickPercent)
	p.y = counts
	p.yTicks(powersOfTen(counts.high), count)
	entries := key(keyEntry{"dot-key for", "right answers, with 95% intervals"}, keyEntry{"curve quiet", "perfect calibration"}, keyEntry{"bar-key", "number of answers"})
	return entries + p.end()
}

// bin draws a bin: the accuracy with its interval, and a bar for the count.
func (p *plot) bin(i int, b bin, counts axis) {
	left, right := p.x.at(float64(i)/calibrationBins), p.x.at(float64(i+1)/calibrationBins)
	text := fmt.Sprintf("%s to %s: no answer", Percent(float64(i)/calibrationBins), Percent(float64(i+1)/calibrationBins))
	if b.count > 0 {
		y := counts.at(float64(b.count))
		p.add(`<rect class="bar-fill" x="%s" y="%s" width="%s" height="%s"/>`, px(left+1), px(y), px(right-left-2), px(counts.from-y))
		low, high := interval(b.right, b.count)
		at := point{b.probability, b.accuracy()}
		p.add(`<line class="interval" x1="%s" y1="%s" x2="%[1]s" y2="%[3]s"/>`, px(p.x.at(at.x)), px(p.y.at(low)), px(p.y.at(high)))
		p.dot("dot for", 3.5, at)
		answers := "answers"
		if b.count == 1 {
			answers = "answer"
		}
		text = fmt.Sprintf("%s %s with %s on average:\n%s right, %s (95%% interval: %s to %s)",
			cli.WithCommas(b.count), answers, Percent(b.probability), cli.WithCommas(b.right), Percent(b.accuracy()), Percent(low), Percent(high))
	}
	p.add(`<rect class="hover" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`,
		px(left), px(p.y.to), px(right-left), px(counts.from-p.y.to), text)
}

// powersOfTen returns at most four powers of ten, up to a number.
func powersOfTen(most float64) []float64 {
	step := 10.0
	if most >= 1e4 {
		step = 100
	}
	var list []float64
	for v := 1.0; v <= most; v *= step {
		list = append(list, v)
	}
	return list
}
