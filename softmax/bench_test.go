package softmax

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkEpoch trains on MNIST's 60,000 rows once per operation: batches of
// 100, plain SGD, rows of bytes in a new random order each time.
func BenchmarkEpoch(b *testing.B) {
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

// BenchmarkEpochOfFloats compares FitStream with Fit on the same floats.
func BenchmarkEpochOfFloats(b *testing.B) {
	const rows = 10_000
	rng := newRand()
	x, y := floatsOf(strokes(rng, rows)), randomLabels(rng, rows, 10)
	t := NewTrainer(New(784, 10))
	t.Epochs = 1
	b.Run("fit", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.Fit(b.Context(), x, y); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stream", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.FitStream(b.Context(), streamOf(x, 784), y); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStep makes one SGD step on random rows like MNIST's.
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

// BenchmarkStepSparse makes one SGD step on rows like texts: 100 words each,
// and a few words are frequent (G. K. Zipf, Human Behavior and the Principle of
// Least Effort, 1949). The time depends on the number of features only through
// the processor's caches.
func BenchmarkStepSparse(b *testing.B) {
	for _, bm := range []struct {
		features, classes int
		deferred          bool
	}{
		{1e4, 20, false}, {1e5, 20, false}, {1e6, 20, false},
		{1e4, 20, true}, {1e5, 20, true}, {1e6, 20, true},
		{1e4, 1000, false},
	} {
		b.Run(fmt.Sprintf("features=%d/classes=%d/deferred=%t", bm.features, bm.classes, bm.deferred), func(b *testing.B) {
			const batches, rows, terms = 64, 100, 100
			rng := newRand()
			words := rand.NewZipf(rng, 1.07, 1, uint64(bm.features-1))
			x := Sparse{Start: []int{0}}
			for range batches * rows {
				for range terms {
					x.Index = append(x.Index, int32(words.Uint64()))
					x.Value = append(x.Value, rng.Float32())
				}
				x.Start = append(x.Start, len(x.Index))
			}
			y := randomLabels(rng, batches*rows, bm.classes)
			m := New(bm.features, bm.classes)
			t := NewTrainer(m)
			if bm.deferred {
				t.L2, t.Averaging = 1e-4, 8
			}
			i := 0
			for b.Loop() {
				start := x.Start[i*rows : (i+1)*rows+1]
				batch := Sparse{make([]int, rows+1), x.Index[start[0]:start[rows]], x.Value[start[0]:start[rows]]}
				for k := range start {
					batch.Start[k] = start[k] - start[0]
				}
				if _, err := t.Step(batch, y[i*rows:(i+1)*rows]); err != nil {
					b.Fatal(err)
				}
				i = (i + 1) % batches
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

func BenchmarkPredict(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	m := randomModel(rng, 784, 10)
	pixels := strokes(rng, 1)
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
	x, y := strokes(rng, 1000), randomLabels(rng, 1000, 10)
	b.SetBytes(int64(len(x)))
	for b.Loop() {
		if r := m.Evaluate(x, y); r.Rows() != 1000 {
			b.Fatal(r.Rows())
		}
	}
}

// strokes returns images of 28x28 with as much ink as MNIST's, in one run per
// line.
func strokes(rng *rand.Rand, rows int) Bytes {
	x := make(Bytes, rows*784)
	for i := range rows {
		for line := 4; line < 24; line++ {
			begin, n := 4+rng.IntN(12), 5+rng.IntN(6)
			for k := range n {
				x[i*784+line*28+begin+k] = uint8(1 + rng.IntN(255))
			}
		}
	}
	return x
}
