package softmax

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkEpoch trains on MNIST's 60,000 rows once per operation: batches of
// 100, plain SGD, rows of bytes in a new random order each time.
func BenchmarkEpoch(b *testing.B) { benchmarkEpoch(b) }

// BenchmarkPaths is BenchmarkEpoch on each path that the machine has.
func BenchmarkPaths(b *testing.B) {
	defer restorePaths()()
	for name, switchTo := range paths() {
		switchTo()
		b.Run("path="+name, benchmarkEpoch)
	}
}

func benchmarkEpoch(b *testing.B) {
	x, y := loadMNIST(b, "train")
	testX, testY := loadMNIST(b, "t10k")
	m := New(784, 10)
	t := NewTrainer(m)
	t.Epochs = 1
	for b.Loop() {
		t.Seed++
		if _, err := t.Fit(b.Context(), x, y); err != nil {
			b.Fatal(err)
		}
	}
	if accuracy := m.Accuracy(testX, testY); accuracy < 0.9 {
		b.Fatalf("accuracy %v after %d epochs", accuracy, b.N)
	}
	b.ReportMetric(float64(len(y)*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkStep is one mini-batch of rows like MNIST's, without data to load.
func BenchmarkStep(b *testing.B) {
	for _, rows := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			rng := newRand()
			x, y := randomBytes(rng, rows*784), randomLabels(rng, rows, 10)
			t := NewTrainer(New(784, 10))
			b.SetBytes(int64(len(x)))
			for b.Loop() {
				if _, err := t.Step(x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStepSparse has rows as texts give them: 100 of very many features,
// 20 classes. The cost must not depend on the number of features.
func BenchmarkStepSparse(b *testing.B) {
	const rows, terms, classes = 100, 100, 20
	for _, features := range []int{1e4, 1e5, 1e6} {
		b.Run(fmt.Sprintf("features=%d", features), func(b *testing.B) {
			rng := newRand()
			x := Sparse{Start: []int{0}}
			for range rows {
				for range terms {
					x.Index = append(x.Index, rng.Int32N(int32(features)))
					x.Value = append(x.Value, rng.Float32())
				}
				x.Start = append(x.Start, len(x.Index))
			}
			y := randomLabels(rng, rows, classes)
			t := NewTrainer(New(features, classes))
			for b.Loop() {
				if _, err := t.Step(x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPredict(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	m := randomModel(rng, 784, 10)
	pixels := randomBytes(rng, 784)
	b.Run("form=bytes", func(b *testing.B) { benchmarkPredict(b, m, pixels) })
	b.Run("form=floats", func(b *testing.B) { benchmarkPredict(b, m, floatsOf(pixels)) })
	b.Run("form=sparse", func(b *testing.B) { benchmarkPredict(b, m, sparseOf(floatsOf(pixels), 784)) })
}

func benchmarkPredict(b *testing.B, m *Model, x Rows) {
	want, _ := m.Predict(x)
	b.ReportAllocs()
	for b.Loop() {
		if class, _ := m.Predict(x); class != want {
			b.Fatal(class)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	rng := newRand()
	m := randomModel(rng, 784, 10)
	x, y := randomBytes(rng, 1000*784), randomLabels(rng, 1000, 10)
	b.SetBytes(int64(len(x)))
	for b.Loop() {
		if r := Evaluate(m, x, y); r.Rows() != 1000 {
			b.Fatal(r.Rows())
		}
	}
}
