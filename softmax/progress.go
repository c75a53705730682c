package softmax

import (
	"encoding/json"
	"math"
)

// MarshalJSON writes an object with the names of the fields in Go. NaN and
// infinity, which JSON does not have, become null: so do the results on
// validation data if there are none.
func (p Progress) MarshalJSON() ([]byte, error) {
	type fields Progress // without this method
	return json.Marshal(struct {
		fields
		Loss, ValidationLoss, ValidationAccuracy *float64
	}{fields(p), orNull(p.Loss), orNull(p.ValidationLoss), orNull(p.ValidationAccuracy)})
}

// orNull returns a pointer to v, or nil if v is not finite.
func orNull(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
