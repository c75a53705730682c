package report

import (
	"html/template"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// someVerdicts returns the answers of a random model to random rows, and what
// package softmax says about them.
func someVerdicts(n int) ([]Verdict, *softmax.Report, *softmax.Model, softmax.Floats, []int) {
	rng := rand.New(rand.NewPCG(1, 2))
	m := softmax.New(4, 3)
	x, y := make(softmax.Floats, 4*n), make([]int, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	weight := make([]float32, 12)
	for i := range weight {
		weight[i] = float32(rng.NormFloat64())
	}
	m.SetParameters(weight, make([]float32, 3))
	var list []Verdict
	for i := range y {
		class, p := m.Predict(x[4*i : 4*i+4])
		y[i] = class
		if rng.IntN(4) == 0 {
			y[i] = rng.IntN(3)
		}
		list = append(list, Verdict{float64(p), class == y[i]})
	}
	return list, m.Evaluate(x, y), m, x, y
}

// TestECE: it is that of package softmax.
func TestECE(t *testing.T) {
	list, report, _, _, _ := someVerdicts(500)
	require.InDelta(t, report.ECE, ECE(list), 1e-12)
}

// TestInterval: it is that of package softmax.
func TestInterval(t *testing.T) {
	list, report, _, _, _ := someVerdicts(50)
	low, high := report.Interval()
	l, h := interval(report.Right(), len(list))
	require.Equal(t, low, l)
	require.Equal(t, high, h)
	l, _ = interval(0, 10)
	_, h = interval(10, 10)
	require.Zero(t, l)
	require.InDelta(t, 1, h, 1e-12)
}

func TestCalibration(t *testing.T) {
	list := []Verdict{{0.1, false}, {0.95, true}, {0.95, true}, {0.97, false}, {1, true}}
	figure := Calibration(list)
	shown := titles(figure)
	require.Len(t, shown, calibrationBins)
	require.Equal(t, "0% to 6.67%: no answer", shown[0])
	require.True(t, strings.HasPrefix(shown[1], "1 answer with 10.00% on average:\n0 right, 0% (95% interval: 0% to 79.35%)"), shown[1])
	require.True(t, strings.HasPrefix(shown[14], "4 answers with 96.75% on average:\n3 right, 75.00% (95% interval: 30.06% to "), shown[14])
	require.Len(t, attributes(t, figure, "dot for", "cy"), 2)
	bars := attributes(t, figure, "bar-fill", "height")
	require.Len(t, bars, 2)
	require.Greater(t, bars[1], bars[0])
	require.NotContains(t, figure, "NaN")
	require.Contains(t, Calibration(nil), "no answers")
	for p, i := range map[float64]int{0: 0, 1.0 / 15: 0, 0.067: 1, 1: 14} {
		require.Equal(t, 1, binsOf([]Verdict{{p, true}})[i].count, "%v", p)
	}
	require.Equal(t, []float64{1, 10, 100, 1000}, powersOfTen(9999))
	require.Equal(t, []float64{1, 100, 10_000}, powersOfTen(10_000))
	require.Equal(t, []float64{1, 100, 10_000}, powersOfTen(12_000))
}

func TestChoices(t *testing.T) {
	list := []Verdict{{0.5, false}, {0.9, true}, {0.7, true}, {0.9, false}, {0.7, true}}
	require.Equal(t, []choice{{0.9, 2, 1}, {0.7, 4, 3}, {0.5, 5, 3}}, choicesOf(list))
	require.Equal(t, choice{0.8, 2, 1}, choose(list, 0.8))
	require.Equal(t, "80.00% of the images have an answer with at least 70.00%. Of these answers, 75.00% are right (1 of 4 wrong).",
		Sure(list, 0.7))
	require.Equal(t, "No answer reaches 95.00%.", Sure(list, 0.95))
	require.Equal(t, "No answer is sure.", Sure(list, 1.0000001))
}

// TestChoicesAsInSoftmax: the threshold of package softmax is one of the
// choices.
func TestChoicesAsInSoftmax(t *testing.T) {
	list, _, m, x, y := someVerdicts(500)
	threshold, coverage := m.ConfidenceThreshold(x, y, 0.8)
	require.InDelta(t, 0.5, coverage, 0.5)
	c := choose(list, float64(threshold))
	require.InDelta(t, coverage, float64(c.taken)/500, 1e-12)
	require.LessOrEqual(t, c.wrong(), 0.2)
	require.Contains(t, choicesOf(list), c)
}

func TestCoverage(t *testing.T) {
	list, _, _, _, _ := someVerdicts(3000)
	figure := Coverage(list, 0.9)
	require.Contains(t, figure, "sure from 90.00")
	require.Len(t, attributes(t, figure, "dot against", "cx"), 1)
	require.Less(t, len(figure), 30_000, "thousands of choices are a few hundred points")
	last := titles(figure)
	require.Contains(t, last[len(last)-1], "of the images have an answer")

	require.NotContains(t, Coverage(list, 0), `class="mark"`)
	require.NotContains(t, Coverage(list, 0), "with at least 0%", "there is no threshold to describe")
	for _, extreme := range [][]Verdict{{{1, true}}, {{1, false}}, {{0.4, true}, {0.9, true}}, {{0.4, false}, {0.9, false}}} {
		text := Coverage(extreme, 0.5)
		require.NotContains(t, text, "NaN")
		require.NotContains(t, text, "Inf")
	}
	require.Contains(t, Coverage(nil, 0.5), "no answers")
	require.NotPanics(t, func() { Coverage([]Verdict{{0.9, true}, {math.NaN(), true}}, 0.5) })

	// The curve begins where the first mistake is near, and ends at the right.
	points := func(figure template.HTML) []string {
		_, rest, _ := strings.Cut(string(figure), ` points="`)
		list, _, _ := strings.Cut(rest, `"`)
		return strings.Fields(list)
	}
	few := points(Coverage([]Verdict{{0.9, true}, {0.8, true}, {0.7, false}, {0.6, true}}, 0.5))
	require.Len(t, few, 3)
	for _, list := range [][]string{few, points(figure)} {
		require.True(t, strings.HasPrefix(list[len(list)-1], "340,"), list)
	}
	require.True(t, strings.HasPrefix(few[0], "52,"), few)

	// Without a mistake, the end of the axis stands for half an answer.
	_, y := coverageAxes(choicesOf([]Verdict{{0.4, true}, {0.9, true}}), 2)
	require.Equal(t, axis{low: 0.25, high: 1, log: true}, y)
}
