package softmax

import "fmt"

// A LabelError reports a label outside [0, Classes).
type LabelError struct {
	Row, Label, Classes int
}

func (e *LabelError) Error() string {
	return fmt.Sprintf("softmax: y[%d] = %d, want a label in [0, %d)", e.Row, e.Label, e.Classes)
}

// CheckLabels returns a [*LabelError] for the first label outside [0, classes).
// Check labels from outside with it: methods panic on bad ones.
func CheckLabels(y []int, classes int) error {
	for i, label := range y {
		if label < 0 || label >= classes {
			return &LabelError{Row: i, Label: label, Classes: classes}
		}
	}
	return nil
}
