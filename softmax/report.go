package softmax

import (
	"fmt"
	"math"
	"strings"
)

// maxConfusion is the largest number of classes whose confusion matrix fits on
// a screen. String leaves out larger matrices.
const maxConfusion = 20

// String returns a plain text table.
func (r *Report) String() string {
	var b strings.Builder
	low, high := r.Interval()
	fmt.Fprintf(&b, "accuracy   %s  (%d of %d; 95%% interval %s to %s)\n",
		percent(r.Accuracy()), r.Right(), r.Rows(), percent(low), percent(high))
	if !math.IsNaN(r.LogLoss) {
		fmt.Fprintf(&b, "log-loss   %.4f\n", r.LogLoss)
	}
	fmt.Fprintf(&b, "ECE        %s\n", percent(r.ECE))
	b.WriteString("top-k    ")
	for k, share := range r.TopK {
		fmt.Fprintf(&b, "  %d: %s", k+1, percent(share))
	}
	b.WriteString("\n\nclass  precision  recall      F1  support\n")
	for k := range r.Confusion {
		c := r.Class(k)
		fmt.Fprintf(&b, "%5d  %9s %7s %7s  %7d\n",
			k, percent(c.Precision), percent(c.Recall), percent(c.F1), c.Support)
	}
	if len(r.Confusion) <= maxConfusion {
		r.writeConfusion(&b)
	}
	return b.String()
}

// writeConfusion writes the confusion matrix, with a dot for each zero.
func (r *Report) writeConfusion(b *strings.Builder) {
	width := max(4, len(fmt.Sprint(r.Rows()))+1)
	b.WriteString("\nconfusion (a line per label, a column per prediction)\n     ")
	for k := range r.Confusion {
		fmt.Fprintf(b, "%*d", width, k)
	}
	for label, line := range r.Confusion {
		fmt.Fprintf(b, "\n%5d", label)
		for _, n := range line {
			if n == 0 {
				fmt.Fprintf(b, "%*s", width, "·")
				continue
			}
			fmt.Fprintf(b, "%*d", width, n)
		}
	}
	b.WriteByte('\n')
}

// percent formats a share, or "-" for NaN.
func percent(share float64) string {
	if math.IsNaN(share) {
		return "-"
	}
	return fmt.Sprintf("%.2f%%", 100*share)
}
