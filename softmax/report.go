package softmax

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxConfusion is the largest number of classes whose confusion matrix fits
	// on a screen. String leaves out larger matrices.
	maxConfusion = 20

	// String cuts names of classes that are longer: maxName in lines, maxColumn
	// in the head of the confusion matrix.
	maxName   = 24
	maxColumn = 7
)

// String returns a plain text table. It cuts long names of classes. Without one
// name for each class, it prints numbers.
func (r *Report) String() string {
	var b strings.Builder
	low, high := r.Interval()
	fmt.Fprintf(&b, "accuracy   %s  (%d of %d; 95%% interval %s to %s)\n",
		percent(r.Accuracy()), r.Right(), r.Rows(), percent(low), percent(high))
	fmt.Fprintf(&b, "balanced   %s  (mean recall of the classes)\n", percent(r.BalancedAccuracy()))
	if !math.IsNaN(r.LogLoss) {
		fmt.Fprintf(&b, "log-loss   %.4f\n", r.LogLoss)
	}
	fmt.Fprintf(&b, "ECE        %s\n", percent(r.ECE))
	b.WriteString("top-k    ")
	for k, share := range r.TopK {
		fmt.Fprintf(&b, "  %d: %s", k+1, percent(share))
	}
	names, width := r.names(maxName, 5)
	fmt.Fprintf(&b, "\n\n%*s  precision  recall      F1  support\n", width, "class")
	for k, name := range names {
		c := r.Class(k)
		fmt.Fprintf(&b, "%*s  %9s %7s %7s  %7d\n",
			width, name, percent(c.Precision), percent(c.Recall), percent(c.F1), c.Support)
	}
	if len(r.Confusion) <= maxConfusion {
		r.writeConfusion(&b)
	}
	return b.String()
}

// writeConfusion writes the confusion matrix, with a dot for each zero.
func (r *Report) writeConfusion(b *strings.Builder) {
	names, margin := r.names(maxName, 5)
	head, width := r.names(maxColumn, max(3, len(strconv.Itoa(r.Rows()))))
	fmt.Fprintf(b, "\nconfusion (a line per label, a column per prediction)\n%*s", margin, "")
	for _, name := range head {
		fmt.Fprintf(b, " %*s", width, name)
	}
	for label, line := range r.Confusion {
		fmt.Fprintf(b, "\n%*s", margin, names[label])
		for _, n := range line {
			text := "·"
			if n > 0 {
				text = strconv.Itoa(n)
			}
			fmt.Fprintf(b, " %*s", width, text)
		}
	}
	b.WriteByte('\n')
}

// names returns the names of the classes, cut to at most n runes, and the width
// of their column, which is at least width.
func (r *Report) names(n, width int) ([]string, int) {
	names := make([]string, len(r.Confusion))
	for k := range names {
		if names[k] = strconv.Itoa(k); len(r.Names) == len(names) {
			names[k] = cut(printable(r.Names[k]), n)
		}
		width = max(width, utf8.RuneCountInString(names[k]))
	}
	return names, width
}

// percent formats a share, or "-" for NaN.
func percent(share float64) string {
	if math.IsNaN(share) {
		return "-"
	}
	return fmt.Sprintf("%.2f%%", 100*share)
}
