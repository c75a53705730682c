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

// batches yields n mini-batches of rows, like a reader of a large file. A row
// is a text of ten words from a vocabulary of 100,000. Its first word tells the
// class. All batches use the same memory.
func batches(n, rows int) iter.Seq2[softmax.Sparse, []int] {
	return func(yield func(softmax.Sparse, []int) bool) {
		const words, vocabulary = 10, 100_000
		x := softmax.Sparse{
			Start: make([]int, rows+1),
			Index: make([]int32, rows*words),
			Value: make([]float32, rows*words),
		}
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

// Step trains on one mini-batch at a time, so the rows need not fit into
// memory.
func ExampleTrainer_Step_stream() {
	m := softmax.New(100_000, 20)
	t := softmax.NewTrainer(m)
	t.Rate, t.L2, t.Averaging = 1, 1e-5, 8
	for x, y := range batches(100, 50) { // for example from a file
		if _, err := t.Step(x, y); err != nil {
			log.Fatal(err)
		}
	}
	for x, y := range batches(1, 1000) {
		fmt.Printf("accuracy %.0f%%\n", 100*t.Averaged().Accuracy(x, y))
	}
	// Output: accuracy 100%
}

// TestStreamNeedsNoMoreMemory: after the first steps, more rows need no more
// memory.
func TestStreamNeedsNoMoreMemory(t *testing.T) {
	trainer := softmax.NewTrainer(softmax.New(100_000, 20))
	trainer.L2, trainer.Averaging = 1e-5, 8
	allocated := func() uint64 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.TotalAlloc
	}
	before := uint64(0)
	step := 0
	for x, y := range batches(200, 50) {
		_, err := trainer.Step(x, y)
		require.NoError(t, err)
		if step++; step == 10 {
			before = allocated()
		}
	}
	// The test itself allocates: it converts x to Rows.
	require.Less(t, allocated()-before, uint64(190*200))
}
