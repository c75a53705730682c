package softmax

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
)

// Loss returns the mean cross-entropy of rows x with labels y, without a
// penalty. It is NaN without rows.
func (m *Model) Loss(x Rows, y []int) float64 {
	loss, _ := m.score(x, y, nil)
	return loss
}

// Accuracy returns the share of rows x whose most probable class is their label
// in y. It is NaN without rows.
func (m *Model) Accuracy(x Rows, y []int) float64 {
	_, accuracy := m.score(x, y, nil)
	return accuracy
}

// score returns the mean loss and the accuracy, with a weight for each class.
// Nil weights are all 1.
func (m *Model) score(x Rows, y []int, weights []float32) (loss, accuracy float64) {
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	var right, total float64
	losses := newLossSum()
	for i, v := range m.judge(&mat, y) {
		weight := float32(1)
		if weights != nil {
			weight = weights[y[i]]
		}
		if int(v.predicted) == y[i] {
			right += float64(weight)
		}
		total += float64(weight)
		losses.add(v.loss, weight)
	}
	return losses.total() / total, right / total
}

// A Report is the result of [Model.Evaluate]. Shares of zero rows are NaN.
type Report struct {
	Names     []string // of the classes, as in the model
	Confusion [][]int  // rows by [label][predicted class]
	LogLoss   float64  // mean cross-entropy, in nats

	// TopK[k-1] is the share of rows whose label is among the k most probable
	// classes, for k up to 5.
	TopK []float64

	// ECE is the expected calibration error, in [0, 1]: the mean difference
	// between probability and accuracy, over 15 bins of rows by probability.
	// [Model.Temperature] can lower it.
	ECE float64
}

// Evaluate tests the model on rows x with labels y. Rows without finite logits
// count as predictions of class 0.
func (m *Model) Evaluate(x Rows, y []int) *Report {
	mat := m.matrix(x)
	checkLabels(y, mat.rows, m.classes)
	r := &Report{
		Names:     slices.Clone(m.Names),
		Confusion: make([][]int, m.classes),
		TopK:      make([]float64, min(5, m.classes)),
	}
	for label := range r.Confusion {
		r.Confusion[label] = make([]int, m.classes)
	}
	var bins calibration
	losses := newLossSum()
	for i, v := range m.judge(&mat, y) {
		r.Confusion[y[i]][v.predicted]++
		losses.add(v.loss, 1)
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

// A verdict compares the prediction for a row with the row's label.
type verdict struct {
	loss      kernel.RowLoss
	prob      float32 // of the predicted class
	predicted int32
	rank      int32 // number of classes that come before the label, see rankOf
}

// judge predicts all rows, in several goroutines if there are many rows. The
// verdicts are in the order of the rows, so sums over them do not depend on the
// number of goroutines.
func (m *Model) judge(x *matrix, y []int) []verdict {
	const fewest = 256 // rows worth a goroutine
	verdicts := make([]verdict, len(y))
	part := max(fewest, (len(y)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for from := 0; ; from += part {
		to := min(from+part, len(y))
		if to == len(y) { // the last part, often the only one
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

// judgePart sets the verdicts of rows [from, to).
func (m *Model) judgePart(verdicts []verdict, x *matrix, y []int, from, to int) {
	s := m.scratch()
	defer scratchPool.Put(s)
	var losses [kernel.Portion]kernel.RowLoss
	for ; from < to; from += kernel.Portion {
		n := min(kernel.Portion, to-from)
		part := verdicts[from : from+n]
		z := m.logits(s, x, from, from+n)
		for i := range part {
			label, logits := y[from+i], z[i*m.shape.Lanes:][:m.classes]
			rank, predicted := rankOf(logits, label), label
			if rank > 0 {
				predicted = argmax(logits)
			}
			losses[i].Logit = logits[label]
			part[i].rank, part[i].predicted = int32(rank), int32(predicted)
		}
		kernel.Softmax(z, losses[:n])
		for i := range part {
			v := &part[i]
			v.loss = losses[i]
			if !finiteLoss(v.loss) { // predict class 0, see Evaluate
				v.predicted, v.rank = 0, int32(y[from+i])
			}
			v.prob = z[i*m.shape.Lanes+int(v.predicted)]
		}
	}
}

// rankOf returns the number of classes that come before class k in the order of
// falling z. Of equal values, the lower class comes first.
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

// calibration counts predictions in bins of probability: (0, 1/15],
// (1/15, 2/15], ...
type calibration [15]struct {
	rows, right int
	prob        float64 // sum of the probabilities
}

func (c *calibration) add(prob float32, right bool) {
	i := 0
	if prob > 0 { // false for NaN
		i = min(int(math.Ceil(float64(prob)*float64(len(c))))-1, len(c)-1)
	}
	b := &c[i]
	b.rows++
	b.prob += float64(prob)
	if right {
		b.right++
	}
}

// error returns the expected calibration error.
func (c *calibration) error() float64 {
	gap, rows := 0.0, 0
	for _, b := range c {
		gap += math.Abs(float64(b.right) - b.prob)
		rows += b.rows
	}
	return gap / float64(rows)
}

// Rows returns the number of rows.
func (r *Report) Rows() int {
	n := 0
	for k := range r.Confusion {
		n += r.Class(k).Support
	}
	return n
}

// Right returns the number of right predictions.
func (r *Report) Right() int {
	n := 0
	for k := range r.Confusion {
		n += r.Confusion[k][k]
	}
	return n
}

// Accuracy returns the share of right predictions.
func (r *Report) Accuracy() float64 {
	return float64(r.Right()) / float64(r.Rows())
}

// BalancedAccuracy returns the mean recall of the classes that have rows. Small
// classes count as much as large ones.
func (r *Report) BalancedAccuracy() float64 {
	sum, n := 0.0, 0
	for k := range r.Confusion {
		if c := r.Class(k); c.Support > 0 {
			sum += c.Recall
			n++
		}
	}
	return sum / float64(n)
}

// Interval returns the 95% confidence interval of the accuracy (E. B. Wilson,
// JASA 22, 1927).
func (r *Report) Interval() (low, high float64) {
	const z = 1.959963984540054 // 97.5th percentile of the normal distribution
	const zz = z * z
	n, p := float64(r.Rows()), r.Accuracy()
	mid := (p + zz/(2*n)) / (1 + zz/n)
	half := float64(z / (1 + zz/n) * math.Sqrt(p*(1-p)/n+zz/(4*n*n)))
	return max(0, mid-half), min(1, mid+half)
}

// A ClassReport is the part of a [Report] about one class.
type ClassReport struct {
	Support   int     // rows with this label
	Predicted int     // rows with this prediction
	Precision float64 // share of Predicted that is right
	Recall    float64 // share of Support that is right
	F1        float64 // 2*right / (Support+Predicted)
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
