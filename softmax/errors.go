package softmax

import "fmt"

// A DivergenceError says that training left the finite numbers: a logit or a
// parameter became NaN or infinite. The step that noticed it changed nothing.
type DivergenceError struct {
	Step int     // the mini-batch that showed it, counted from 1
	Rate float32 // the learning rate of that step

	// Row is the row whose logits are not finite, or -1 if the parameters are
	// not, which shows at the end of an epoch. It counts from the first row
	// given to Step or to Fit.
	Row int

	// Validation says that it was the loss on the validation data that is not
	// finite.
	Validation bool

	// Input says that the row itself holds the number Value, NaN or infinite,
	// as feature Feature: the data are to blame, not the rate.
	Input   bool
	Feature int
	Value   float32
}

func (e *DivergenceError) Error() string {
	at := fmt.Sprintf("softmax: training diverged at step %d: ", e.Step)
	switch {
	case e.Validation:
		return at + "the validation loss is not finite; look for NaN and infinite features in the validation data"
	case e.Input:
		return at + fmt.Sprintf("row %d has feature %d = %v; remove such rows from the data", e.Row, e.Feature, e.Value)
	case e.Row >= 0:
		return at + fmt.Sprintf("the logits of row %d are not finite; lower the learning rate (%v) or scale the features", e.Row, e.Rate)
	}
	return at + fmt.Sprintf("the weights are not finite; lower the learning rate (%v) or scale the features", e.Rate)
}

// finite reports whether no value is NaN or infinite.
func finite(x []float32) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// newDivergenceError explains why the logits of row i of a batch are not
// finite.
func newDivergenceError(step int, rate float32, i int, row []term) *DivergenceError {
	e := &DivergenceError{Step: step, Rate: rate, Row: i}
	for _, t := range row {
		if t.value-t.value != 0 && (!e.Input || int(t.index) < e.Feature) {
			e.Input, e.Feature, e.Value = true, int(t.index), t.value
		}
	}
	return e
}
