package softmax

import (
	"math"
	"runtime"
	"sync"
)

// A Report says how well a model does on labelled rows. Make one with
// [Evaluate]; it prints itself as a table.
type Report struct {
	// Confusion counts the rows by label and prediction:
	// Confusion[label][predicted].
	Confusion [][]int

	// LogLoss is the mean cross-entropy, in nats.
	LogLoss float64

	// TopK[k-1] is the share of rows whose label is among the k most probable
	// classes, for k up to 5 or the number of classes. A class as probable as
	// the label counts as ahead of it if its number is lower.
	TopK []float64

	// ECE is the expected calibration error in [0, 1]: how far the
	// probability of the predicted class is from the share of right
	// predictions, on average over 15 bins of equal width weighted by their
	// rows (C. Guo et al., On Calibration of Modern Neural Networks, ICML
	// 2017).
	ECE float64
}

const (
	maxTopK = 5
	eceBins = 15
)

// Evaluate tests the model on rows x with labels y. Labels outside
// [0, classes) panic. Rows that are not finite count as predictions of class 0.
// The confusion matrix takes memory for the square of the classes.
func (m *Model) Evaluate(x Rows, y []int) *Report {
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	r := &Report{
		Confusion: make([][]int, m.classes),
		TopK:      make([]float64, min(maxTopK, m.classes)),
	}
	for label := range r.Confusion {
		r.Confusion[label] = make([]int, m.classes)
	}
	var bins calibration
	losses := newLossSum()
	for i, v := range m.judge(&mat, y) {
		r.Confusion[y[i]][v.predicted]++
		losses.add(v.loss)
		for k := int(v.rank); k < len(r.TopK); k++ {
			r.TopK[k]++
		}
		bins.add(v.prob, int(v.predicted) == y[i])
	}
	n := float64(len(y))
	r.LogLoss = losses.total() / n
	for k := range r.TopK {
		r.TopK[k] /= n
	}
	r.ECE = bins.error()
	return r
}

// A verdict is how a prediction compares with its label.
type verdict struct {
	loss      rowLoss
	prob      float32 // of the predicted class
	predicted int32
	rank      int32 // how many classes are ahead of the label
}

// judge predicts all rows, on all processors if there are many. Each row's
// verdict has a place of its own, so that whoever adds them up does it in the
// order of the rows.
func (m *Model) judge(x *matrix, y []int) []verdict {
	const fewest = 256 // rows that are worth a goroutine
	verdicts := make([]verdict, len(y))
	part := max(fewest, (len(y)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for from := 0; from < len(y); from += part {
		to := min(from+part, len(y))
		if to == len(y) { // the last part, often the only one, is ours
			m.judgePart(verdicts, x, y, from, to)
			break
		}
		group.Add(1)
		go func() {
			defer group.Done()
			m.judgePart(verdicts, x, y, from, to)
		}()
	}
	group.Wait()
	return verdicts
}

func (m *Model) judgePart(verdicts []verdict, x *matrix, y []int, from, to int) {
	s := m.scratch()
	defer s.release()
	for ; from < to; from += portion {
		z := m.logits(s, x, from, min(from+portion, to))
		for i := from; len(z) > 0; i++ {
			verdicts[i] = judge(z[:m.lanes], y[i], m.classes)
			z = z[m.lanes:]
		}
	}
}

// judge compares a row of logits, which it normalises, with its label.
func judge(z []float32, label, classes int) verdict {
	rank := rankOf(z[:classes], label)
	predicted := label
	if rank > 0 {
		predicted = argmax(z[:classes])
	}
	loss := softmax(z, label)
	if loss.sum != loss.sum { // not finite: class 0, see Evaluate
		predicted, rank = 0, label
	}
	return verdict{loss, z[predicted], int32(predicted), int32(rank)}
}

// rankOf returns how many classes are ahead of class k.
func rankOf(z []float32, k int) int {
	rank := 0
	for _, v := range z[:k] {
		if v >= z[k] {
			rank++
		}
	}
	for _, v := range z[k+1:] {
		if v > z[k] {
			rank++
		}
	}
	return rank
}

// calibration collects predictions by their probability.
type calibration [eceBins]struct {
	rows, right int
	prob        float64 // sum
}

func (c *calibration) add(prob float32, right bool) {
	// Bins are (0, 1/15], (1/15, 2/15], ... as in the paper.
	i := 0
	if prob > 0 { // not NaN
		i = min(int(math.Ceil(float64(prob)*eceBins))-1, eceBins-1)
	}
	b := &c[i]
	b.rows++
	b.prob += float64(prob)
	if right {
		b.right++
	}
}

func (c *calibration) error() float64 {
	gap, rows := 0.0, 0
	for _, b := range c {
		gap += math.Abs(float64(b.right) - b.prob)
		rows += b.rows
	}
	return gap / float64(rows)
}

// Rows returns the number of rows that were evaluated.
func (r *Report) Rows() int {
	n := 0
	for k := range r.Confusion {
		n += r.Class(k).Support
	}
	return n
}

// Right returns the number of rows that were predicted right.
func (r *Report) Right() int {
	n := 0
	for k := range r.Confusion {
		n += r.Confusion[k][k]
	}
	return n
}

// Accuracy returns the share of rows that were predicted right, in [0, 1], or
// NaN if there were no rows.
func (r *Report) Accuracy() float64 {
	return float64(r.Right()) / float64(r.Rows())
}

// Interval returns the 95% confidence interval of the accuracy, as far as it
// depends on the choice of rows: the score interval of E. B. Wilson (Probable
// Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927),
// which unlike mean ± 2 standard errors stays right near 0 and 1.
func (r *Report) Interval() (low, high float64) {
	const z = 1.959963984540054 // the 97.5th percentile of the normal distribution
	n, p := float64(r.Rows()), r.Accuracy()
	const zz = z * z
	mid := (p + zz/(2*n)) / (1 + zz/n)
	half := float64(z / (1 + zz/n) * math.Sqrt(p*(1-p)/n+zz/(4*n*n)))
	return max(0, mid-half), min(1, mid+half)
}

// ClassReport says how well a model does on one class.
type ClassReport struct {
	Support   int     // the rows with this label
	Predicted int     // the rows for which this class was predicted
	Precision float64 // the share of Predicted that has the label; NaN if there are none
	Recall    float64 // the share of Support that was predicted; NaN if there are none
	F1        float64 // the harmonic mean of both; NaN if there are no such rows at all
}

// Class returns the report on one class.
func (r *Report) Class(k int) ClassReport {
	var c ClassReport
	for j := range r.Confusion {
		c.Support += r.Confusion[k][j]
		c.Predicted += r.Confusion[j][k]
	}
	right := float64(r.Confusion[k][k])
	c.Precision = right / float64(c.Predicted)
	c.Recall = right / float64(c.Support)
	c.F1 = 2 * right / float64(c.Support+c.Predicted)
	return c
}
