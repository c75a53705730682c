package kernel_test

import (
	"math/rand/v2"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
	"github.com/stretchr/testify/require"
)

// problem returns random rows and labels. About half of the bytes are zero.
func problem(rows, features, classes int) (x softmax.Bytes, y []int) {
	rng := rand.New(rand.NewPCG(2, 7))
	x, y = make(softmax.Bytes, rows*features), make([]int, rows)
	for i := range x {
		x[i] = uint8(max(0, rng.IntN(500)-245))
	}
	for i := range y {
		y[i] = rng.IntN(classes)
	}
	return x, y
}

// TestEveryPathMakesTheSameModel trains on every path of the kernels.
func TestEveryPathMakesTheSameModel(t *testing.T) {
	for _, classes := range []int{10, 21} {
		x, y := problem(300, 100, classes)
		for _, averaging := range []float32{0, 8} {
			var want []float32
			for _, path := range kernel.Paths() {
				restore := kernel.UsePath(path)
				m := softmax.New(100, classes)
				trainer := softmax.NewTrainer(m)
				trainer.Epochs, trainer.Batch = 3, 32
				trainer.Averaging, trainer.Center = averaging, averaging > 0
				_, err := trainer.Fit(t.Context(), x, y)
				restore()
				require.NoError(t, err)
				weight, bias := m.Parameters()
				got := append(weight, bias...)
				if want == nil {
					want = got
				}
				require.Equal(t, want, got, path)
			}
		}
	}
}

// BenchmarkPaths makes one SGD step on 100 rows of 784 pixels on each path.
func BenchmarkPaths(b *testing.B) {
	x, y := problem(100, 784, 10)
	for _, path := range kernel.Paths() {
		b.Run("path="+path, func(b *testing.B) {
			defer kernel.UsePath(path)()
			trainer := softmax.NewTrainer(softmax.New(784, 10))
			for b.Loop() {
				if _, err := trainer.Step(x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
