package softmax

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireFrozen compares a text with a file under testdata. The flag -update
// rewrites the file.
func requireFrozen(t *testing.T, name, got string) {
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(got), 0o666))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// digest returns a number that depends on every bit of the numbers.
func digest[T float32 | float64](x ...T) string {
	h := fnv.New64a()
	for _, v := range x {
		_ = binary.Write(h, binary.LittleEndian, v)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// TestSameNumbersEverywhere: what people are told about a model has the same
// bits on every architecture, like the model itself. Other tests compare these
// numbers with references.
func TestSameNumbersEverywhere(t *testing.T) {
	var got strings.Builder
	freeze := func(name string, values ...any) { fmt.Fprintf(&got, "%s: %s", name, fmt.Sprintln(values...)) }

	var logs []float64
	for x := 1e-310; x < 1e308; x *= 1.37 {
		logs = append(logs, Log(x), Log(1+x))
	}
	for x := 0.3; x < 3; x += 1.0 / 256 {
		logs = append(logs, Log(x))
	}
	freeze("logarithms", digest(logs...), Log(math.MaxFloat64), Log(math.SmallestNonzeroFloat64), Log(math.Sqrt2/2), Log(math.Sqrt2))

	rng := newRand()
	const rows, features, classes = 1500, 70, 12
	x := make(Floats, rows*features)
	for i := range x {
		if rng.IntN(3) == 0 {
			x[i] = 2*rng.Float32() - 1
		}
	}
	teacher := randomModel(rng, features, classes)
	y := make([]int, rows)
	for i := range y {
		y[i], _ = teacher.Predict(x[i*features:][:features])
		if rng.IntN(5) == 0 {
			y[i] = rng.IntN(classes)
		}
	}
	weights := BalancedWeights(y, classes)
	freeze("balanced weights", weights)
	var m *Model
	for _, form := range []Rows{x, sparseOf(x, features)} {
		for _, rowWeights := range [][]float32{nil, positive(rng, rows)} {
			m = New(features, classes)
			trainer := NewTrainer(m)
			trainer.Epochs, trainer.Averaging, trainer.L2 = 3, 8, 1e-3
			trainer.Validation = Data{x[:300*features], y[:300]}
			if rowWeights != nil {
				trainer.ClassWeights, trainer.RowWeights = weights, rowWeights
			}
			trainer.Progress = func(p Progress) {
				freeze(fmt.Sprintf("%T, weighted %v", form, rowWeights != nil), p.Epoch, p.Loss, p.ValidationLoss, p.ValidationAccuracy, p.Kept)
			}
			_, err := trainer.Fit(t.Context(), form, y)
			require.NoError(t, err)
		}
	}
	freeze("loss and accuracy", m.Loss(x, y), m.Accuracy(x, y))
	r := m.Evaluate(x, y)
	freeze("report", r.LogLoss, r.ECE, r.TopK, r.Confusion)
	for _, confidence := range []float32{1, 10, 30, 100} {
		sure := New(features, classes)
		weight, bias := m.Parameters()
		for i := range weight {
			weight[i] *= confidence
		}
		sure.SetParameters(weight, bias)
		freeze("temperature", sure.Temperature(x, y))
	}
	for _, accuracy := range []float64{0, 0.7, 0.8, 0.9, 1} {
		threshold, coverage := m.ConfidenceThreshold(x, y, accuracy)
		freeze("confidence threshold", accuracy, threshold, coverage)
	}
	freeze("probabilities", digest(m.Probs(nil, x)...), digest(m.Logits(nil, x)...))
	contributions, bias := m.Contributions(nil, x[:features], 3, 4)
	freeze("contributions", digest(contributions...), bias)
	m.ApplyTemperature(1.7)
	freeze("after a temperature", hash(t, m))
	requireFrozen(t, "numbers.txt", got.String())
}

// TestErrorsOfFiles freezes what people are told about bad files.
func TestErrorsOfFiles(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("other limits stand in the texts")
	}
	var got strings.Builder
	for _, tt := range badHeaders() {
		_, err := Decode(bytes.NewReader(file(tt.header, 32)))
		fmt.Fprintf(&got, "%s: %v\n", tt.name, err)
	}
	requireFrozen(t, "errors.txt", got.String())
}
