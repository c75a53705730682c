package softmax

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the frozen results under testdata")

// TestSameBitsEverywhere trains models and compares the SHA-256 of their files
// with testdata/golden.txt. It must pass on every architecture.
func TestSameBitsEverywhere(t *testing.T) {
	var got strings.Builder
	freeze := func(name string, m *Model) {
		fmt.Fprintf(&got, "%s  %s\n", hash(t, m), name)
	}
	rng := newRand()
	const rows = 600
	x, y := randomBytes(rng, rows*784), randomLabels(rng, rows, 10)
	validation := Data{x[:100*784], y[:100]}

	fit := func(m *Model, x Rows, y []int, set func(*Trainer)) *Model {
		trainer := NewTrainer(m)
		trainer.Epochs, trainer.Batch = 3, 50
		set(trainer)
		_, err := trainer.Fit(t.Context(), x, y)
		require.NoError(t, err)
		return m
	}
	freeze("bytes, plain SGD", fit(New(784, 10), x, y, func(*Trainer) {}))
	freeze("bytes, averaged, penalized, decaying, validated", fit(New(784, 10), x, y, func(t *Trainer) {
		t.Averaging, t.L2, t.Schedule, t.Validation = 8, 1e-3, LinearDecay, validation
	}))
	freeze("floats, odd batches", fit(New(784, 10), floatsOf(x), y, func(t *Trainer) { t.Batch, t.Seed = 7, 5 }))
	freeze("sparse, many classes", fit(New(784, 100), sparseOf(floatsOf(x), 784), y, func(*Trainer) {}))
	freeze("sparse, few terms", fit(New(78400, 21), sparseOf(floatsOf(x[:78400]), 78400), y[:1], func(*Trainer) {}))
	freeze("sparse, averaged, penalized, decaying", fit(New(784, 10), sparseOf(floatsOf(x), 784), y, func(t *Trainer) {
		t.Averaging, t.L2, t.Schedule = 8, 1e-2, LinearDecay
	}))
	freeze("bytes, eight blocks", fit(New(7840, 10), x, y[:60], func(t *Trainer) { t.Averaging = 8 }))
	freeze("floats, centered", fit(New(784, 10), floatsOf(x), y, func(t *Trainer) { t.Center, t.L2 = true, 1e-4 }))
	weights := BalancedWeights(y, 10)
	weights[3] = 0
	freeze("bytes, weighted, validated", fit(New(784, 10), x, y, func(t *Trainer) {
		t.ClassWeights, t.RowWeights, t.Validation = weights, positive(rng, rows), validation
	}))
	freeze("sparse, weighted, averaged, penalized", fit(New(784, 10), sparseOf(floatsOf(x), 784), y, func(t *Trainer) {
		t.ClassWeights, t.RowWeights, t.Averaging, t.L2 = weights, positive(rng, rows), 8, 1e-2
	}))
	freeze("floats, weighted, centered", fit(New(784, 10), floatsOf(x), y, func(t *Trainer) {
		t.ClassWeights, t.RowWeights, t.Center = weights, positive(rng, rows), true
	}))

	name := filepath.Join("testdata", "golden.txt")
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(got.String()), 0o666))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}
