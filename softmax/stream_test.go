package softmax_test

import (
	"fmt"
	"iter"
	"log"
	"runtime"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// batches yields mini-batches of texts as they come from somewhere: ten words of
// a vocabulary of 100,000 each, of which the first tells the class. It reuses
// its memory, as a reader of a large file would.
func batches(n, rows int) iter.Seq2[softmax.Sparse, []int] {
	return func(yield func(softmax.Sparse, []int) bool) {
		const words, vocabulary = 10, 100_000
		x := softmax.Sparse{Start: make([]int, rows+1), Index: make([]int32, rows*words), Value: make([]float32, rows*words)}
		y := make([]int, rows)
		state := uint64(1)
		random := func(n uint64) int {
			state = state*6364136223846793005 + 1442695040888963407
			return int(state >> 33 % n)
		}
		for range n {
			for i := range y {
				y[i] = random(20)
				x.Start[i+1] = (i + 1) * words
				for k := i * words; k < (i+1)*words; k++ {
					x.Index[k], x.Value[k] = int32(100+random(vocabulary-100)), 1
				}
				x.Index[i*words] = int32(y[i])
			}
			if !yield(x, y) {
				return
			}
		}
	}
}

// Step trains on rows that need not fit into memory, mini-batch by mini-batch.
func ExampleTrainer_Step_stream() {
	m := softmax.New(100_000, 20)
	t := softmax.NewTrainer(m)
	t.Rate, t.L2, t.Averaging = 1, 1e-5, 8
	for x, y := range batches(100, 50) { // from a file, say
		if _, err := t.Step(x, y); err != nil {
			log.Fatal(err)
		}
	}
	for x, y := range batches(1, 1000) {
		fmt.Printf("accuracy %.0f%%\n", 100*t.Averaged().Accuracy(x, y))
	}
	// Output: accuracy 100%
}

// TestStreamTakesNoMemory: however many rows go by.
func TestStreamTakesNoMemory(t *testing.T) {
	trainer := softmax.NewTrainer(softmax.New(100_000, 20))
	trainer.L2, trainer.Averaging = 1e-5, 8
	allocated := func() uint64 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.TotalAlloc
	}
	before := uint64(0)
	step := 0
	for x, y := range batches(500, 50) {
		_, err := trainer.Step(x, y)
		require.NoError(t, err)
		if step++; step == 10 {
			before = allocated()
		}
	}
	// Only what converting x to Rows takes.
	require.Less(t, allocated()-before, uint64(490*200))
}
