package softmax

import (
	"math"
	"math/big"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStepsOfWholeEpochs: a number of steps that fills epochs exactly adds no
// empty epoch.
func TestStepsOfWholeEpochs(t *testing.T) {
	x, y := clusters(90, 0)
	for _, tt := range []struct{ batch, steps, epochs, last int }{
		{30, 3, 1, 3}, {30, 6, 2, 3}, {30, 4, 2, 1}, {20, 5, 1, 5}, {20, 10, 2, 5}, {90, 2, 2, 1}, {100, 3, 3, 1}, {1, 90, 1, 90}, {30, 1, 1, 1},
	} {
		trainer := NewTrainer(New(4, 3))
		trainer.Batch, trainer.Steps = tt.batch, tt.steps
		var seen []Progress
		trainer.Progress = func(p Progress) { seen = append(seen, p) }
		_, err := trainer.Fit(t.Context(), x, y)
		require.NoError(t, err)
		require.Len(t, seen, tt.epochs, "%+v", tt)
		last := seen[tt.epochs-1]
		require.Equal(t, []int{tt.epochs, tt.epochs, tt.steps, tt.steps}, []int{last.Epoch, last.Epochs, last.Step, last.Steps})
		before := 0
		if tt.epochs > 1 {
			before = seen[tt.epochs-2].Step
		}
		require.Equal(t, tt.last, last.Step-before, "steps of the last epoch: %+v", tt)
	}
}

// TestTieKeepsTheFirstEpoch: a rate of 0 makes all epochs equal. They do not
// count as improvement.
func TestTieKeepsTheFirstEpoch(t *testing.T) {
	x, y := clusters(30, 0)
	for patience := range 4 {
		trainer := NewTrainer(randomModel(newRand(), 4, 3))
		trainer.Validation, trainer.Rate, trainer.Epochs, trainer.Patience = Data{x, y}, 0, 5, patience
		var kept []bool
		trainer.Progress = func(p Progress) { kept = append(kept, p.Kept) }
		best, err := trainer.Fit(t.Context(), x, y)
		require.NoError(t, err)
		require.Equal(t, 1, best.Epoch)
		want := []bool{true, false, false, false, false}
		if patience > 0 {
			want = want[:1+patience]
		}
		require.Equal(t, want, kept)
	}
}

// TestBestEpoch: accuracy counts before loss.
func TestBestEpoch(t *testing.T) {
	for _, tt := range []struct {
		accuracy, loss float64
		want           bool
	}{
		{0.6, 9, true}, {0.4, 0.1, false}, {0.5, 0.9, true}, {0.5, 1, false}, {0.5, 1.1, false},
	} {
		p := Progress{ValidationAccuracy: tt.accuracy, ValidationLoss: tt.loss}
		require.Equal(t, tt.want, p.betterThan(&Progress{ValidationAccuracy: 0.5, ValidationLoss: 1}), "%+v", tt)
	}
}

// TestLogitsOfManyFeatures: all forms of rows give the same bits, also with
// more features than fit into one piece, and with a scale that is pending.
func TestLogitsOfManyFeatures(t *testing.T) {
	rng := newRand()
	for _, features := range []int{1020, 1023, 1024, 1025, 1028, 2047, 2048, 2049, 3100} {
		for _, classes := range []int{2, 3, 10, 21} {
			const rows = 21 // more than a portion
			m := randomModel(rng, features, classes)
			x := make(Bytes, rows*features)
			for i := range x {
				x[i] = uint8(max(0, rng.IntN(400)-145))
			}
			floats := floatsOf(x)
			for _, scale := range []float32{1, 0.3} {
				m.scale = scale
				want := m.Logits(nil, sparseOf(floats, features))
				require.Equal(t, want, m.Logits(nil, floats), "%d features, %d classes, scale %v", features, classes, scale)
				require.Equal(t, want, m.Logits(nil, x), "%d features, %d classes, scale %v", features, classes, scale)
			}
			weight, bias := m.Parameters() // with the scale
			for _, k := range []int{0, classes - 1} {
				z := float64(bias[k])
				for f := range features {
					z += float64(weight[k*features+f]) * float64(floats[(rows-1)*features+f])
				}
				require.InDelta(t, z, m.Logits(nil, x)[(rows-1)*classes+k], 2e-4)
			}
		}
	}
}

// TestAveragedIsACopy: changes of the average do not reach the model.
func TestAveragedIsACopy(t *testing.T) {
	x, y := clusters(30, 0)
	m := New(4, 3)
	m.Names, m.Metadata = []string{"a", "b", "c"}, map[string]string{"k": "v"}
	m.Tensors = map[string]Tensor{"t": {[]int{1}, []float32{1}}}
	trainer := NewTrainer(m)
	for _, averaging := range []float32{0, 8} {
		trainer.Averaging = averaging
		_, err := trainer.Step(x, y)
		require.NoError(t, err)
		before := encode(t, m)
		avg := trainer.Averaged()
		require.Equal(t, before, encode(t, avg), "the first average is the model, with all that belongs to it")
		avg.Names[0], avg.Metadata["k"], avg.Metadata["new"] = "changed", "changed", "new"
		avg.Tensors["t"].Data[0], avg.Tensors["new"] = 2, Tensor{[]int{}, []float32{1}}
		avg.SetParameters(make([]float32, 12), make([]float32, 3))
		require.Equal(t, before, encode(t, m))
		require.Equal(t, before, encode(t, trainer.Averaged()))
	}
}

// TestDivergenceBehindAFiniteAverage: the last update overflows, but the
// average was switched off before and is finite.
func TestDivergenceBehindAFiniteAverage(t *testing.T) {
	for _, form := range []Rows{Floats{8}, Sparse{Start: []int{0, 1}, Index: []int32{0}, Value: []float32{8}}} {
		m := New(1, 2)
		trainer := NewTrainer(m)
		trainer.Averaging, trainer.Epochs, trainer.Rate = 8, 2, 1e-6
		trainer.Progress = func(Progress) { trainer.Averaging, trainer.Rate = 0, math.MaxFloat32 }
		kept, err := trainer.Fit(t.Context(), form, []int{0})
		var diverged *DivergenceError
		require.ErrorAs(t, err, &diverged)
		require.Equal(t, DivergenceError{Step: 2, Rate: math.MaxFloat32, Row: -1}, *diverged)
		require.Equal(t, 1, kept.Epoch)
		require.True(t, m.finite())
	}
}

// TestBinsOfCalibration compares the bins of probabilities next to each edge
// with exact arithmetic. Bin i is (i/15, (i+1)/15].
func TestBinsOfCalibration(t *testing.T) {
	for edge := range 16 {
		p := float32(edge) / 15
		for _, p := range []float32{math.Nextafter32(p, 0), p, math.Nextafter32(p, 1)} {
			want, fifteenth := 0, big.NewRat(1, 15)
			for bound := new(big.Rat).Set(fifteenth); new(big.Rat).SetFloat64(float64(p)).Cmp(bound) > 0; want++ {
				bound.Add(bound, fifteenth)
			}
			for _, right := range []bool{false, true} {
				var got calibration
				got.add(p, right)
				for i, bin := range got {
					require.Equal(t, i == want, bin.rows == 1, "%v in bin %d", p, i)
					require.Equal(t, i == want && right, bin.right == 1)
				}
				require.Equal(t, float64(p), got[want].prob)
			}
		}
	}
	var got calibration
	got.add(float32(math.NaN()), false)
	require.Equal(t, 1, got[0].rows)
	// |1 - 0.95 - 0.94| in one bin, |0 - 0.5| in another, over three rows.
	got = calibration{}
	got.add(0.95, true)
	got.add(0.94, false)
	got.add(0.5, false)
	require.InDelta(t, (0.89+0.5)/3, got.error(), 1e-6)
}

// TestNewTrainer: the fields are preset as documented.
func TestNewTrainer(t *testing.T) {
	got := NewTrainer(New(4, 3))
	require.Equal(t, []any{float32(0.5), 10, 100, uint64(1)}, []any{got.Rate, got.Epochs, got.Batch, got.Seed})
	require.Zero(t, got.L2+got.Averaging)
	require.Zero(t, got.Steps+got.Workers+got.Patience)
	require.False(t, got.Center)
}

// TestNumberOfWorkers: small steps have one worker. Large ones have as many as
// the machine has processors, or as the caller wants, but not more than there
// are parts.
func TestNumberOfWorkers(t *testing.T) {
	trainer := NewTrainer(New(4, 3))
	passOf := func(rows, batch, steps int) *pass {
		return &pass{chunk: chunk{order: make([]int, rows)}, batch: batch, steps: steps}
	}
	processors := min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	for _, tt := range []struct {
		name              string
		pass              *pass
		parts, work, want int
	}{
		{"epoch of large steps", passOf(60_000, 100, 600), 1000, 7840, processors},
		{"one large step", passOf(60_000, 60_000, 1), 1000, 7840, processors},
		{"one small step", passOf(60_000, 100, 1), 1000, 7840, 1},
		{"many small steps", passOf(60_000, 1, 60_000), 1000, 7840, 1},
		{"huge batch of few rows", passOf(10, 60_000, 1), 1000, 7840, 1},
		{"two blocks", passOf(60_000, 100, 600), 2, 7840, min(2, processors)},
		{"one block", passOf(60_000, 100, 600), 1, 7840, 1},
	} {
		trainer.Workers = 0
		require.Equal(t, tt.want, trainer.workers(tt.pass, tt.parts, tt.work), tt.name)
		trainer.Workers = 7
		require.Equal(t, min(7, tt.parts), trainer.workers(tt.pass, tt.parts, tt.work), tt.name)
	}
	trainer.Workers = -1
	require.PanicsWithValue(t, "softmax: -1 workers, want at least 1, or 0 for as many as help", func() {
		_, _ = trainer.Step(Floats{1, 2, 3, 4}, []int{0})
	})
}

// TestMoreWorkersThanRows: a worker without rows does no harm.
func TestMoreWorkersThanRows(t *testing.T) {
	rng := newRand()
	for _, features := range []int{70, 5000} {
		for rows := 1; rows < 4; rows++ {
			x, y := Floats(randomFloats(rng, rows*features)), randomLabels(rng, rows, 3)
			var want string
			for _, workers := range []int{1, 2, 8} {
				for _, form := range []Rows{x, sparseOf(x, features)} {
					m := New(features, 3)
					trainer := NewTrainer(m)
					trainer.Workers = workers
					loss, err := trainer.Step(form, y)
					require.NoError(t, err)
					require.InDelta(t, math.Log(3), loss, 1e-6)
					if _, dense := form.(Floats); dense && want == "" {
						want = hash(t, m)
					} else if dense {
						require.Equal(t, want, hash(t, m))
					}
				}
			}
		}
	}
}

// TestStepNamesTheFirstBadRow, whichever worker finds it.
func TestStepNamesTheFirstBadRow(t *testing.T) {
	const rows, features = 40, 5000
	y := make([]int, rows)
	for _, bad := range [][]int{{0}, {39}, {7, 30}, {30, 7}, {19, 20, 21}} {
		x := make(Floats, rows*features)
		for _, row := range bad {
			x[row*features+4999] = float32(math.Inf(1))
		}
		for _, workers := range []int{1, 2, 8} {
			for _, form := range []Rows{x, sparseOf(x, features)} {
				trainer := NewTrainer(randomModel(newRand(), features, 3))
				trainer.Workers = workers
				_, err := trainer.Step(form, y)
				var input *InputError
				require.ErrorAs(t, err, &input)
				require.Equal(t, InputError{Row: slices.Min(bad), Feature: 4999, Value: float32(math.Inf(1))}, *input)
			}
		}
	}
}
