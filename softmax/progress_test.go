package softmax

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProgressInJSON(t *testing.T) {
	p := Progress{
		Epoch: 1, Epochs: 2, Step: 3, Steps: 4, Rows: 5,
		Loss: 0.25, ValidationLoss: 0.5, ValidationAccuracy: 0.75, Kept: true,
	}
	for _, tt := range []struct {
		name                 string
		validation, accuracy float64
		want                 string
	}{
		{"with validation data", 0.5, 0.75, `"ValidationLoss":0.5,"ValidationAccuracy":0.75`},
		{"without", math.NaN(), math.NaN(), `"ValidationLoss":null,"ValidationAccuracy":null`},
		{"infinite", math.Inf(1), 0, `"ValidationLoss":null,"ValidationAccuracy":0`},
	} {
		p.ValidationLoss, p.ValidationAccuracy = tt.validation, tt.accuracy
		want := `{"Epoch":1,"Epochs":2,"Step":3,"Steps":4,"Rows":5,"Kept":true,"Loss":0.25,` + tt.want + `}`
		for _, v := range []any{p, &p} {
			got, err := json.Marshal(v)
			require.NoError(t, err, tt.name)
			require.JSONEq(t, want, string(got), tt.name)
		}
		got, err := json.Marshal([]any{map[string]Progress{"a": p}})
		require.NoError(t, err, tt.name)
		require.JSONEq(t, `[{"a":`+want+`}]`, string(got), "within other values")
	}
}

// TestProgressHasAllFieldsInJSON: a field that is added has a name in JSON and,
// if it is NaN, is null.
func TestProgressHasAllFieldsInJSON(t *testing.T) {
	var p Progress
	v := reflect.ValueOf(&p).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Float64 {
			v.Field(i).SetFloat(math.NaN())
		}
	}
	text, err := json.Marshal(p)
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(text, &got))
	require.Len(t, got, v.NumField())
	for i := range v.NumField() {
		value, ok := got[v.Type().Field(i).Name]
		require.True(t, ok)
		require.Equal(t, v.Field(i).Kind() == reflect.Float64, value == nil)
	}
}

func TestProgressOfFitInJSON(t *testing.T) {
	x, y := clusters(30, 0)
	trainer := NewTrainer(New(4, 3))
	p, err := trainer.Fit(context.Background(), x, y)
	require.NoError(t, err)
	text, err := json.Marshal(p)
	require.NoError(t, err)
	require.Contains(t, string(text), `"ValidationAccuracy":null`)
	var again Progress
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, p.Loss, again.Loss, "numbers keep their bits")
}
