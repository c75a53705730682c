package softmax

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEvaluateReference has values from scikit-learn 1.2. This script printed
// them:
//
//	import numpy as np
//	from sklearn.metrics import (confusion_matrix, log_loss,
//	                             precision_recall_fscore_support)
//
//	n, classes = 40, 4
//	z = np.array([[((3*i + 5*k*k + i*k) % 13) / 4 for k in range(classes)]
//	              for i in range(n)])
//	y = np.array([(i*i + i//3) % classes for i in range(n)])
//	p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
//	pred = z.argmax(1)
//	print(confusion_matrix(y, pred).tolist())
//	print(log_loss(y, p))
//	print(precision_recall_fscore_support(y, pred))
//	order = np.argsort(-z, axis=1, kind='stable')
//	print([float((order[:, :k] == y[:, None]).any(1).mean())
//	       for k in range(1, classes+1)])
//	conf, right = p.max(1), pred == y
//	bins = np.ceil(conf*15).astype(int) - 1
//	print(sum(abs(right[bins == b].mean() - conf[bins == b].mean())
//	          * (bins == b).mean() for b in set(bins)))
func TestEvaluateReference(t *testing.T) {
	const n, classes = 40, 4
	m := identity(classes, 1)
	var x Floats
	var y []int
	for i := range n {
		for k := range classes {
			x = append(x, float32((3*i+5*k*k+i*k)%13)/4)
		}
		y = append(y, (i*i+i/3)%classes)
	}
	r := m.Evaluate(x, y)
	require.Equal(t, [][]int{{4, 4, 3, 3}, {3, 1, 2, 1}, {4, 2, 4, 3}, {1, 2, 1, 2}}, r.Confusion)
	require.InDelta(t, 1.7151565314276715, r.LogLoss, 1e-6)
	require.InDeltaSlice(t, []float64{0.275, 0.35, 0.725, 1}, r.TopK, 1e-12)
	require.InDelta(t, 0.207674887663363, r.ECE, 1e-6)
	for k, want := range []ClassReport{
		{14, 12, 0.33333333, 0.28571429, 0.30769231},
		{7, 9, 0.11111111, 0.14285714, 0.125},
		{13, 10, 0.4, 0.30769231, 0.34782609},
		{6, 9, 0.22222222, 0.33333333, 0.26666667},
	} {
		got := r.Class(k)
		require.Equal(t, want.Support, got.Support)
		require.Equal(t, want.Predicted, got.Predicted)
		require.InDelta(t, want.Precision, got.Precision, 1e-8)
		require.InDelta(t, want.Recall, got.Recall, 1e-8)
		require.InDelta(t, want.F1, got.F1, 1e-8)
	}
	require.Equal(t, n, r.Rows())
	require.Equal(t, 11, r.Right())
	require.Equal(t, r.Accuracy(), m.Accuracy(x, y))
	require.Equal(t, r.LogLoss, m.Loss(x, y))
}

// TestInterval has values published by R. G. Newcombe, Two-sided Confidence
// Intervals for the Single Proportion, Statistics in Medicine 17 (1998), table
// I, method 3.
func TestInterval(t *testing.T) {
	for _, tt := range []struct {
		right, rows int
		low, high   float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},
	} {
		r := &Report{Confusion: [][]int{{tt.right, tt.rows - tt.right}, {0, 0}}}
		low, high := r.Interval()
		require.InDelta(t, tt.low, low, 5e-5)
		require.InDelta(t, tt.high, high, 5e-5)
	}
	r := &Report{Confusion: [][]int{{5, 0}, {0, 5}}}
	_, high := r.Interval()
	require.LessOrEqual(t, high, 1.0)
}

func TestReportText(t *testing.T) {
	r := &Report{
		Confusion: [][]int{{6, 2, 0}, {1, 11, 0}, {0, 0, 0}},
		LogLoss:   0.43210, TopK: []float64{0.85, 0.975, 1}, ECE: 0.0123,
	}
	want := strings.TrimPrefix(`
accuracy   85.00%  (17 of 20; 95% interval 63.96% to 94.76%)
balanced   83.33%  (mean recall of the classes)
log-loss   0.4321
ECE        1.23%
top-k      1: 85.00%  2: 97.50%  3: 100.00%

class  precision  recall      F1  support
    0     85.71%  75.00%  80.00%        8
    1     84.62%  91.67%  88.00%       12
    2          -       -       -        0

confusion (a line per label, a column per prediction)
        0   1   2
    0   6   2   ·
    1   1  11   ·
    2   ·   ·   ·
`, "\n")
	require.Equal(t, want, r.String())
	r.LogLoss = math.NaN()
	require.Equal(t, strings.Replace(want, "log-loss   0.4321\n", "", 1), r.String())

	many := &Report{Confusion: make([][]int, 100)}
	for k := range many.Confusion {
		many.Confusion[k] = make([]int, 100)
	}
	require.NotContains(t, many.String(), "confusion", "too wide to print")
}

func TestEvaluateNoRows(t *testing.T) {
	r := New(3, 2).Evaluate(Floats{}, nil)
	require.True(t, math.IsNaN(r.Accuracy()))
	require.True(t, math.IsNaN(r.ECE))
	require.Contains(t, r.String(), "accuracy   -  (0 of 0")
}

// TestEvaluateOnAnyNumberOfProcessors: the report has the same bits, and counts
// each row once.
func TestEvaluateOnAnyNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const features, classes = 20, 7
	rng := newRand()
	m := New(features, classes)
	m.SetParameters(randomFloats(rng, features*classes), randomFloats(rng, classes))
	for _, rows := range []int{0, 1, 255, 256, 257, 1000, 2049} {
		x, y := randomBytes(rng, rows*features), randomLabels(rng, rows, classes)
		var want *Report
		for _, processors := range []int{1, 2, 3, 8} {
			runtime.GOMAXPROCS(processors)
			got := m.Evaluate(x, y)
			if want == nil {
				want = got
			}
			if rows > 0 { // else NaN
				require.Equal(t, want, got)
				require.Equal(t, got.LogLoss, m.Loss(x, y))
				require.Equal(t, got.Accuracy(), m.Accuracy(x, y))
			}
			require.Equal(t, rows, got.Rows())
		}
	}
}

// TestRowsNotFinite: rows that are not finite count as predictions of class 0.
func TestRowsNotFinite(t *testing.T) {
	m := identity(3, 1)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	x := Floats{0, 0, nan, 0, inf, 0, 1, nan, nan, nan, nan, nan}
	y := []int{2, 1, 0, 1}
	require.Equal(t, 0.25, m.Accuracy(x, y))
	report := m.Evaluate(x, y)
	require.Equal(t, [][]int{{1, 0, 0}, {2, 0, 0}, {1, 0, 0}}, report.Confusion)
	require.Equal(t, []float64{0.25, 0.75, 1}, report.TopK)
	for i := range y {
		class, prob := m.Predict(x[3*i : 3*i+3])
		require.Zero(t, class)
		require.True(t, prob != prob)
	}
}
