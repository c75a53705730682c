package softmax

import (
	"fmt"
	"slices"
)

// An InputError reports NaN or infinity in a row.
type InputError struct {
	Row, Feature int // indices in the rows given
	Value        float32
	Validation   bool // Row is in the validation data
}

func (e *InputError) Error() string {
	data := ""
	if e.Validation {
		data = "validation "
	}
	return fmt.Sprintf("softmax: %srow %d, feature %d is %v: remove such rows from the data",
		data, e.Row, e.Feature, e.Value)
}

// A DivergenceError reports that training on finite rows produced NaN or
// infinity.
type DivergenceError struct {
	Step       int     // SGD step, counted from 1
	Rate       float32 // learning rate of the step
	Row        int     // row with bad logits; -1: weights or validation loss
	Validation bool    // the validation loss is bad
}

func (e *DivergenceError) Error() string {
	what := "the weights are"
	switch {
	case e.Validation:
		what = "the validation loss is"
	case e.Row >= 0:
		what = fmt.Sprintf("the logits of row %d are", e.Row)
	}
	return fmt.Sprintf("softmax: training diverged at step %d: %s not finite; "+
		"lower the learning rate (%v) or scale the features", e.Step, what, e.Rate)
}

// A LabelError reports a label outside [0, Classes).
type LabelError struct {
	Row, Label, Classes int
}

func (e *LabelError) Error() string {
	return fmt.Sprintf("softmax: y[%d] = %d, want a label in [0, %d)", e.Row, e.Label, e.Classes)
}

// CheckLabels returns a [*LabelError] for the first label outside [0, classes).
// Call it for labels from a file: methods panic.
func CheckLabels(y []int, classes int) error {
	for i, label := range y {
		if label < 0 || label >= classes {
			return &LabelError{Row: i, Label: label, Classes: classes}
		}
	}
	return nil
}

// finite reports whether all values are finite.
func finite(x []float32) bool {
	return !slices.ContainsFunc(x, func(v float32) bool { return v-v != 0 })
}

// newStepError returns the error for a row whose logits are not finite.
func newStepError(step int, rate float32, row int, x *matrix) error {
	if err := x.inputError(row); err != nil {
		return err
	}
	return &DivergenceError{Step: step, Rate: rate, Row: x.number(row)}
}

// newValidationError returns the error for validation rows x whose loss is not
// finite.
func newValidationError(step int, rate float32, x *matrix) error {
	for row := range x.rows {
		if err := x.inputError(row); err != nil {
			err.Validation = true
			return err
		}
	}
	return &DivergenceError{Step: step, Rate: rate, Row: -1, Validation: true}
}

// inputError returns an error with the lowest feature of a row that is NaN or
// infinite, or nil.
func (m *matrix) inputError(row int) *InputError {
	var bad *InputError
	check := func(feature int, value float32) {
		if value-value != 0 && (bad == nil || feature < bad.Feature) {
			bad = &InputError{Row: m.number(row), Feature: feature, Value: value}
		}
	}
	switch {
	case m.floats != nil:
		for f, v := range m.floats[row*m.features:][:m.features] {
			check(f, v)
		}
	case m.sparse.Start != nil:
		for i := m.sparse.Start[row]; i < m.sparse.Start[row+1]; i++ {
			check(int(m.sparse.Index[i]), m.sparse.Value[i])
		}
	}
	return bad // bytes are always finite
}
