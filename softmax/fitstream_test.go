package softmax

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// streamOf returns a stream of rows in memory.
func streamOf(x Floats, features int) Stream {
	return Stream{Rows: len(x) / features, Read: func(dst []float32, rows []int) error {
		if len(dst) != len(rows)*features {
			return errors.New("dst is not as long as the rows")
		}
		for k, i := range rows {
			copy(dst[k*features:], x[i*features:][:features])
		}
		return nil
	}}
}

// TestFitStream compares with Fit: the same bits of the model and the same
// Progress after each epoch. A chunk has 1,300 rows of pixels, so an epoch has
// three chunks. The last mini-batch is shorter.
func TestFitStream(t *testing.T) {
	rng := newRand()
	const rows, features, classes = 3033, 784, 10
	pixels, y := make(Bytes, rows*features), randomLabels(rng, rows, classes)
	for range len(pixels) / 50 { // few, for speed
		pixels[rng.IntN(len(pixels))] = uint8(rng.IntN(256))
	}
	floats := floatsOf(pixels)
	weights := positive(rng, rows)
	for _, tt := range []struct {
		name string
		x    Rows // of Fit
		set  func(*Trainer)
	}{
		{"pixels", pixels, func(*Trainer) {}},
		{"floats", floats, func(*Trainer) {}},
		{"center", floats, func(t *Trainer) { t.Center, t.L2 = true, 1e-3 }},
		{"averaging", floats, func(t *Trainer) { t.Averaging = 8 }},
		{"schedule", floats, func(t *Trainer) { t.Schedule = LinearDecay }},
		{"steps end within a chunk", floats, func(t *Trainer) { t.Steps = 100 }},
		{"steps end with a chunk", floats, func(t *Trainer) { t.Steps = 61 + 26 }},
		{"fewer steps than a chunk", floats, func(t *Trainer) { t.Steps, t.Center = 2, true }},
		{"weights", floats, func(t *Trainer) { t.ClassWeights, t.RowWeights = BalancedWeights(y, classes), weights }},
		{"batches larger than a chunk", floats, func(t *Trainer) { t.Batch = 2000 }},
		{"one batch", floats, func(t *Trainer) { t.Batch = math.MaxInt }},
		{"validation", floats, func(t *Trainer) {
			t.Validation, t.Patience = Data{floats[:50*features], y[:50]}, 1
		}},
		{"all options", floats, func(t *Trainer) {
			t.Averaging, t.L2, t.Schedule, t.Center, t.Seed = 3, 0.02, LinearDecay, true, 7
			t.ClassWeights, t.Validation = BalancedWeights(y, classes), Data{pixels[:50*features], y[:50]}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fit := func(workers int, fit func(*Trainer) (Progress, error)) (model string, progress []Progress) {
				m := New(features, classes)
				trainer := NewTrainer(m)
				trainer.Epochs, trainer.Batch, trainer.Workers = 2, 50, workers
				tt.set(trainer)
				trainer.Progress = func(p Progress) { progress = append(progress, p) }
				kept, err := fit(trainer)
				require.NoError(t, err)
				return hash(t, m), append(progress, kept)
			}
			want, wantProgress := fit(0, func(trainer *Trainer) (Progress, error) { return trainer.Fit(t.Context(), tt.x, y) })
			for _, workers := range []int{1, 3} {
				got, progress := fit(workers, func(trainer *Trainer) (Progress, error) {
					return trainer.FitStream(t.Context(), streamOf(floats, features), y)
				})
				require.Equal(t, want, got, "%d workers", workers)
				require.Len(t, progress, len(wantProgress))
				for i := range progress {
					require.Equal(t, inJSON(t, wantProgress[i]), inJSON(t, progress[i]), "%d workers", workers)
				}
			}
		})
	}
}

// inJSON returns p as text, because NaN is not equal to itself.
func inJSON(t *testing.T, p Progress) string {
	text, err := json.Marshal(p)
	require.NoError(t, err)
	return string(text)
}

// TestFitStreamAfterSteps: FitStream starts from the model's parameters, also
// from those that steps on sparse rows have left in deferred form.
func TestFitStreamAfterSteps(t *testing.T) {
	x, y := clusters(90, 0)
	fit := func(fit func(*Trainer) (Progress, error)) []byte {
		m := New(4, 3)
		trainer := NewTrainer(m)
		trainer.L2, trainer.Averaging = 1e-2, 8
		_, err := trainer.Step(sparseOf(x, 4), y)
		require.NoError(t, err)
		_, err = fit(trainer)
		require.NoError(t, err)
		return encode(t, m)
	}
	want := fit(func(trainer *Trainer) (Progress, error) { return trainer.Fit(t.Context(), x, y) })
	got := fit(func(trainer *Trainer) (Progress, error) { return trainer.FitStream(t.Context(), streamOf(x, 4), y) })
	require.Equal(t, want, got)
}

// TestFitStreamReads counts calls of Read: one at a time, each row once in an
// epoch, and for Center twice in order. There are two buffers.
func TestFitStreamReads(t *testing.T) {
	const rows, features = 3000, 784
	x, y := make(Floats, rows*features), randomLabels(newRand(), rows, 3)
	stream := streamOf(x, features)
	var reading atomic.Int32
	var order []int
	buffers := map[*float32]bool{}
	most := 0
	read := stream.Read
	stream.Read = func(dst []float32, rows []int) error {
		if reading.Add(1) != 1 {
			return errors.New("two calls at a time")
		}
		defer reading.Add(-1)
		time.Sleep(time.Millisecond) // time for another call
		order = append(order, rows...)
		buffers[unsafe.SliceData(dst)] = true
		most = max(most, len(dst))
		return read(dst, rows)
	}
	trainer := NewTrainer(New(features, 3))
	trainer.Center, trainer.Epochs, trainer.Batch = true, 2, 64
	_, err := trainer.FitStream(t.Context(), stream, y)
	require.NoError(t, err)
	require.Len(t, buffers, 2)
	require.LessOrEqual(t, 4*most, 4<<20)
	require.Len(t, order, 4*rows)
	for i := range rows {
		require.Equal(t, i, order[i])
		require.Equal(t, i, order[rows+i])
	}
	first, second := slices.Clone(order[2*rows:3*rows]), order[3*rows:]
	require.NotEqual(t, first, second)
	slices.Sort(first)
	require.Equal(t, order[:rows], first)

	order = nil
	trainer.Center, trainer.Steps = false, 10
	_, err = trainer.FitStream(t.Context(), stream, y)
	require.NoError(t, err)
	require.Len(t, order, 10*64, "no row is read in vain")
}

// TestFitStreamMemory: rows of 63 MB need at most 15 MB in all epochs together.
func TestFitStreamMemory(t *testing.T) {
	const rows, features = 20_000, 784
	y := make([]int, rows)
	for i := range y {
		y[i] = i % 2
	}
	stream := Stream{Rows: rows, Read: func(dst []float32, rows []int) error {
		clear(dst)
		for k, i := range rows {
			dst[k*features+i%2] = 1
		}
		return nil
	}}
	m := New(features, 2)
	trainer := NewTrainer(m)
	trainer.Epochs = 2
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := trainer.FitStream(t.Context(), stream, y)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	most := uint64(15e6)
	if raceEnabled { // it allocates, too
		most = 20e6
	}
	require.Less(t, after.TotalAlloc-before.TotalAlloc, most)
	class, _ := m.Predict(append(Floats{0, 1}, make(Floats, features-2)...))
	require.Equal(t, 1, class)
}

// TestFitStreamErrors: the error names rows by their number in the stream, and
// the model is that of the best epoch.
func TestFitStreamErrors(t *testing.T) {
	const rows, features, classes = 3000, 784, 10
	rng := newRand()
	x, y := floatsOf(randomBytes(rng, rows*features)), randomLabels(rng, rows, classes)
	newTrainer := func() *Trainer {
		trainer := NewTrainer(randomModel(newRand(), features, classes))
		trainer.Epochs = 2
		return trainer
	}

	t.Run("Read fails in epoch 2", func(t *testing.T) {
		want := newTrainer()
		want.Steps = 30 // an epoch
		_, err := want.Fit(t.Context(), x, y)
		require.NoError(t, err)

		stream := streamOf(x, features)
		read, cause := stream.Read, errors.New("the disk is gone")
		var failed []int
		calls := 0
		stream.Read = func(dst []float32, rows []int) error {
			if calls++; calls == 3+2 { // an epoch has three chunks
				failed = slices.Clone(rows)
				return cause
			}
			return read(dst, rows)
		}
		trainer := newTrainer()
		kept, err := trainer.FitStream(t.Context(), stream, y)
		require.ErrorIs(t, err, cause)
		require.EqualError(t, err, "softmax: reading "+rowNames(failed)+" of the stream: the disk is gone")
		require.Equal(t, 1, kept.Epoch)
		require.Equal(t, encode(t, want.model), encode(t, trainer.model))
		require.Equal(t, 5, calls)
	})
	for _, center := range []bool{false, true} {
		t.Run("NaN", func(t *testing.T) {
			bad := slices.Clone(x)
			bad[2345*features+67] = float32(math.NaN())
			trainer := newTrainer()
			trainer.Center = center
			before := trainer.model.Clone()
			_, err := trainer.FitStream(t.Context(), streamOf(bad, features), y)
			require.EqualError(t, err, "softmax: row 2345, feature 67 is NaN: remove such rows from the data")
			require.Equal(t, before, trainer.model)
		})
	}
	t.Run("divergence", func(t *testing.T) {
		far := slices.Clone(x)
		far[2345*features] = math.MaxFloat32
		trainer := newTrainer()
		trainer.model.SetParameters(slices.Repeat([]float32{2, -2}, features*classes/2), make([]float32, classes))
		_, err := trainer.FitStream(t.Context(), streamOf(far, features), y)
		var diverged *DivergenceError
		require.ErrorAs(t, err, &diverged)
		require.Equal(t, 2345, diverged.Row)
		_, err = trainer.Fit(t.Context(), far, y)
		require.EqualError(t, err, diverged.Error())
	})
}

// TestFitStreamPanics: a panic in Read reaches the caller, and so do the
// caller's own mistakes.
func TestFitStreamPanics(t *testing.T) {
	const rows, features, classes = 3000, 784, 10
	stream, y := streamOf(make(Floats, rows*features), features), make([]int, rows)
	trainer := NewTrainer(randomModel(newRand(), features, classes))
	before := trainer.model.Clone()
	fit := func(x Stream, y []int) func() {
		return func() { _, _ = trainer.FitStream(t.Context(), x, y) }
	}
	require.PanicsWithValue(t, "read", fit(Stream{rows, func([]float32, []int) error { panic("read") }}, y))
	require.PanicsWithValue(t, "softmax: 7 labels for 3000 rows", fit(stream, y[:7]))
	require.PanicsWithValue(t, "softmax: 0 labels for -1 rows", fit(Stream{-1, stream.Read}, nil))
	require.PanicsWithValue(t, "softmax: Fit of 0 rows in 10 epochs with batches of 100, want at least 1 of each; Steps = 0, want at least 0",
		fit(Stream{0, stream.Read}, nil))
	require.PanicsWithValue(t, "softmax: FitStream: Read is nil, want a function that reads rows", fit(Stream{Rows: rows}, y))
	require.Equal(t, before, trainer.model)
}

func TestRowNames(t *testing.T) {
	require.Equal(t, "row 7", rowNames([]int{7}))
	require.Equal(t, "rows 7, 1", rowNames([]int{7, 1}))
	require.Equal(t, "rows 7, 1, 5", rowNames([]int{7, 1, 5}))
	require.Equal(t, "rows 7, 1, 5 and 2 more", rowNames([]int{7, 1, 5, 3, 9}))
}

// TestFitStreamCanceled: FitStream ends soon, and no goroutine is left.
func TestFitStreamCanceled(t *testing.T) {
	const rows, features = 3000, 784
	x, y := make(Floats, rows*features), randomLabels(newRand(), rows, 3)
	cause := errors.New("enough")
	for _, tt := range []struct {
		name   string
		center bool
		reads  int // before cancellation
		want   string
	}{
		{"while centering", true, 2, "softmax: training stopped after step 0 of 60: context canceled: enough"},
		{"in the first chunk", false, 1, "softmax: training stopped after step 0 of 60: context canceled: enough"},
		{"in epoch 2", false, 4, "softmax: training stopped after step 30 of 60: context canceled: enough"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			stream := streamOf(x, features)
			read, calls := stream.Read, 0
			stream.Read = func(dst []float32, rows []int) error {
				if calls++; calls == tt.reads {
					cancel(cause)
					return ctx.Err()
				}
				return read(dst, rows)
			}
			trainer := NewTrainer(New(features, 3))
			trainer.Epochs, trainer.Center, trainer.Workers = 2, tt.center, 2
			kept, err := trainer.FitStream(ctx, stream, y)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, cause)
			require.EqualError(t, err, tt.want)
			require.Equal(t, (tt.reads-1)/3, kept.Epoch)
			require.Equal(t, tt.reads, calls)
			for wait := 0; runtime.NumGoroutine() > before && wait < 1000; wait++ {
				time.Sleep(time.Millisecond)
			}
			require.LessOrEqual(t, runtime.NumGoroutine(), before)
		})
	}
}

// TestFitStreamWaitsForRead: when a step fails, FitStream waits for the chunk
// that is read ahead.
func TestFitStreamWaitsForRead(t *testing.T) {
	const rows, features = 3000, 784
	stream := streamOf(make(Floats, rows*features), features)
	read := stream.Read
	var started, ended atomic.Int32
	second := make(chan struct{})
	stream.Read = func(dst []float32, rows []int) error {
		if started.Add(1) == 2 {
			close(second)
			time.Sleep(20 * time.Millisecond)
		}
		defer ended.Add(1)
		return read(dst, rows)
	}
	trainer := NewTrainer(New(features, 3))
	trainer.Schedule = func(int, int) float32 {
		<-second
		panic("schedule")
	}
	require.PanicsWithValue(t, "schedule", func() { _, _ = trainer.FitStream(t.Context(), stream, make([]int, rows)) })
	require.Equal(t, int32(2), ended.Load())
}

// TestStreamThatDoesNotReturn: rows that were not read are never trained on.
func TestStreamThatDoesNotReturn(t *testing.T) {
	m := New(1, 2)
	_, err := NewTrainer(m).FitStream(t.Context(), Stream{Rows: 1, Read: func([]float32, []int) error {
		runtime.Goexit()
		return nil
	}}, []int{1})
	require.EqualError(t, err, "softmax: reading row 0 of the stream: the function Read ended its goroutine and did not return")
}
