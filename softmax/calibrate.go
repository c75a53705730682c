package softmax

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Temperature returns the T in [1, 100] for which logits divided by T have the
// lowest cross-entropy on rows x with labels y (C. Guo et al., ICML 2017). They
// must not be training data. Rows whose logits are NaN or infinite do not
// count. If there are no others, T is 1.
func (m *Model) Temperature(x Rows, y []int) float32 {
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	logits := m.Logits(nil, x)
	// The loss is convex in b = 1/T, so bisection finds the b where the slope
	// is zero. T is never below 1: a model that is underconfident on these rows
	// may have the right confidence on others.
	low, high := float32(1.0/100), float32(1)
	if !(m.slope(logits, y, high) > 0) {
		return 1
	}
	for range 24 {
		middle := (low + high) / 2
		if m.slope(logits, y, middle) > 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return 1 / low
}

// slope returns the derivative of the sum of the losses with respect to the
// inverse temperature b. With p = softmax(b z), it is the sum over the rows of
// Σ p[k] z[k] - z[y]. It leaves out rows whose logits are not finite.
func (m *Model) slope(logits []float32, y []int, b float32) float64 {
	sum := 0.0
	p := make([]float32, m.shape.Lanes)
	for i, label := range y {
		z := logits[i*m.classes:][:m.classes]
		if !finite(z) {
			continue
		}
		copy(p, m.bias) // sets the padding behind the classes
		for k, v := range z {
			p[k] = v * b
		}
		softmax(p, label)
		for k, v := range z {
			sum += float64(float64(p[k]) * (float64(v) - float64(z[label])))
		}
	}
	return sum
}

// ApplyTemperature divides weights and bias by a temperature of at least 1. It
// changes probabilities but no predictions, unless rounding makes two logits
// equal.
func (m *Model) ApplyTemperature(temperature float32) {
	if !(temperature >= 1 && temperature <= math.MaxFloat32) {
		panic(fmt.Sprintf("softmax: temperature %v, want a finite number of at least 1", temperature))
	}
	for i := range m.weight {
		m.weight[i] /= temperature
	}
	for i := range m.bias[:m.classes] {
		m.bias[i] /= temperature
	}
}

// ConfidenceThreshold returns the lowest threshold at which the predictions for
// rows x are good enough: of those with at least this probability, at least the
// share accuracy, from 0 to 1, is right. Coverage is the share of all rows that
// have at least this probability. If there is no such threshold, it returns one
// above 1, and coverage 0. x must not be training data.
func (m *Model) ConfidenceThreshold(x Rows, y []int, accuracy float64) (threshold float32, coverage float64) {
	if !(accuracy >= 0 && accuracy <= 1) {
		panic(fmt.Sprintf("softmax: accuracy %v, want a number from 0 to 1", accuracy))
	}
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	answers := m.judge(&mat, y)
	slices.SortFunc(answers, func(a, b verdict) int { return cmp.Compare(b.prob, a.prob) })
	threshold = math.Nextafter32(1, 2)
	right := 0
	for i, a := range answers {
		if a.prob != a.prob { // NaN is last; every threshold rejects it
			break
		}
		if a.rank == 0 {
			right++
		}
		last := i+1 == len(answers) || answers[i+1].prob != a.prob
		if last && float64(right)/float64(i+1) >= accuracy {
			threshold, coverage = a.prob, float64(i+1)/float64(len(y))
		}
	}
	return threshold, coverage
}
