package softmax

import (
	"encoding/json"
	"math"
)

// MarshalJSON returns an object with Go's names of the fields. JSON does not
// have NaN and infinity, so they become null. Without validation data, its
// results are null, too.
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
