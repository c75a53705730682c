package softmax

import (
	"fmt"
	"math"
	"slices"
)

// maxTemperature bounds Temperature: beyond it all classes are as good as
// equally probable.
const maxTemperature = 100

// Temperature returns the T ≥ 1, up to 100, by which the logits must be divided
// so that the mean cross-entropy of the rows of x with labels y is smallest: by
// how much the model is too sure of itself. Rows that it was not trained on
// should be used. It is never below 1, because a model that is too modest on
// data like those of its training may be just right on others.
//
// [Model.ApplyTemperature] applies it. That changes no prediction, only how probable it
// is (C. Guo et al., On Calibration of Modern Neural Networks, ICML 2017).
// Labels outside [0, classes) panic. T is 1 when there are no rows.
func (m *Model) Temperature(x Rows, y []int) float32 {
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	logits := m.Logits(nil, x)
	// The loss is convex in 1/T, so where its derivative changes sign is found
	// by halving.
	low, high := float32(1.0/maxTemperature), float32(1)
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

// slope returns the derivative of the sum of the losses with respect to b, the
// inverse of the temperature: with p = softmax(b z) the sum over the rows of
// Σ p[k] z[k] - z[y].
func (m *Model) slope(logits []float32, y []int, b float32) float64 {
	sum := 0.0
	p := make([]float32, m.lanes)
	for i, label := range y {
		z := logits[i*m.classes:][:m.classes]
		copy(p, m.bias) // for what lies behind the classes
		for k, v := range z {
			p[k] = v * b
		}
		softmax(p, label)
		for k, v := range z {
			sum += float64(float64(p[k]) * float64(v-z[label]))
		}
	}
	return sum
}

// ApplyTemperature divides the weights and the bias by a temperature of at least 1, which
// makes the model less sure of all its predictions and changes none.
func (m *Model) ApplyTemperature(temperature float32) {
	if !(temperature >= 1 && temperature <= math.MaxFloat32) {
		panic(fmt.Sprintf("softmax: temperature %v, want at least 1", temperature))
	}
	for i := range m.weight {
		m.weight[i] /= temperature
	}
	for i := range m.bias[:m.classes] {
		m.bias[i] /= temperature
	}
}

// ConfidenceThreshold returns the lowest probability such that, of the rows of x that are
// predicted with that probability or a higher one, at least the wanted share, in
// [0, 1], is predicted right. A caller who rejects the others can expect that
// share of rows like these; x should not be what the model was trained on.
// Coverage is the share of the rows that are not rejected.
//
// If no probability is high enough, or there are no rows, it returns the number
// next above 1, which no probability reaches, and a coverage of 0. Labels outside
// [0, classes) panic.
func (m *Model) ConfidenceThreshold(x Rows, y []int, accuracy float64) (prob float32, coverage float64) {
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	type answer struct {
		prob  float32
		right bool
	}
	probs := m.Probs(nil, x)
	answers := make([]answer, len(y))
	for i, label := range y {
		p := probs[i*m.classes:][:m.classes]
		k := argmax(p)
		answers[i] = answer{p[k], k == label}
	}
	slices.SortStableFunc(answers, func(a, b answer) int {
		switch {
		case a.prob > b.prob:
			return -1
		case a.prob < b.prob:
			return 1
		}
		return 0
	})
	prob = math.Nextafter32(1, 2)
	right := 0
	for i, a := range answers {
		if a.right {
			right++
		}
		last := i+1 == len(answers) || answers[i+1].prob != a.prob
		if last && float64(right) >= accuracy*float64(i+1) {
			prob, coverage = a.prob, float64(i+1)/float64(len(y))
		}
	}
	return prob, coverage
}
