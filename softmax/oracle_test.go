package softmax_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// The oracle is a second implementation of Fit, for comparison. It follows the
// documentation of Trainer in plain loops over float64, and shares no code with
// the package.
type oracle struct {
	weight [][]float64 // [classes][features]
	bias   []float64   // [classes]
}

// newOracle returns a model of zeros.
func newOracle(features, classes int) *oracle {
	o := &oracle{make([][]float64, classes), make([]float64, classes)}
	for k := range o.weight {
		o.weight[k] = make([]float64, features)
	}
	return o
}

// probs returns softmax(W x + b).
func (o *oracle) probs(x []float64) []float64 {
	p := make([]float64, len(o.bias))
	sum := 0.0
	for k := range p {
		z := o.bias[k]
		for f, v := range x {
			z += o.weight[k][f] * v
		}
		p[k] = math.Exp(z)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// step makes one SGD step on a batch of weighted rows and returns the sum of
// their losses before the update.
func (o *oracle) step(x [][]float64, y []int, weights []float64, rate, l2 float64) (loss float64) {
	n := float64(len(x))
	gradient := newOracle(len(x[0]), len(o.bias))
	for i, row := range x {
		p := o.probs(row)
		loss -= weights[i] * math.Log(p[y[i]])
		p[y[i]]-- // p - e(y)
		for k, d := range p {
			gradient.bias[k] += weights[i] * d / n
			for f, v := range row {
				gradient.weight[k][f] += weights[i] * d * v / n
			}
		}
	}
	for k := range o.weight {
		o.bias[k] -= rate * gradient.bias[k]
		for f, w := range o.weight[k] {
			o.weight[k][f] -= rate * (gradient.weight[k][f] + l2*w)
		}
	}
	return loss
}

// moveTo moves the parameters by the given share of their distance to those of
// another model.
func (o *oracle) moveTo(other *oracle, share float64) {
	for k := range o.weight {
		o.bias[k] += share * (other.bias[k] - o.bias[k])
		for f := range o.weight[k] {
			o.weight[k][f] += share * (other.weight[k][f] - o.weight[k][f])
		}
	}
}

// center turns the rows into (x - mean) / scale. The mean is that of each
// feature, scale² the variance of the features on average.
func center(x [][]float64) (centered [][]float64, mean []float64, scale float64) {
	n, features := float64(len(x)), len(x[0])
	mean = make([]float64, features)
	for _, row := range x {
		for f, v := range row {
			mean[f] += v / n
		}
	}
	for _, row := range x {
		for f, v := range row {
			scale += (v - mean[f]) * (v - mean[f]) / (n * float64(features))
		}
	}
	scale = math.Sqrt(scale)
	for _, row := range x {
		c := make([]float64, features)
		for f, v := range row {
			c[f] = (v - mean[f]) / scale
		}
		centered = append(centered, c)
	}
	return centered, mean, scale
}

// weightOf returns the weight of a row with this label.
func weightOf(t *softmax.Trainer, row, label int) float64 {
	weight := 1.0
	if t.ClassWeights != nil {
		weight *= float64(t.ClassWeights[label])
	}
	if t.RowWeights != nil {
		weight *= float64(t.RowWeights[row])
	}
	return weight
}

// fit trains the model like the trainer. It returns the mean loss of the rows
// of the last epoch.
func (o *oracle) fit(t *softmax.Trainer, x [][]float64, y []int) (loss float64) {
	if t.Center {
		centered, mean, scale := center(x)
		x = centered
		for k, row := range o.weight {
			for f := range row {
				o.bias[k] += row[f] * mean[f]
				row[f] *= scale
			}
		}
		defer func() {
			for k, row := range o.weight {
				for f := range row {
					row[f] /= scale
					o.bias[k] -= row[f] * mean[f]
				}
			}
		}()
	}
	steps := t.Steps
	if steps == 0 {
		steps = t.Epochs * ((len(x) + t.Batch - 1) / t.Batch)
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	rng := rand.New(rand.NewPCG(t.Seed, 0))
	average := newOracle(len(x[0]), len(o.bias))
	for step := 0; step < steps; {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		sum, rows := 0.0, 0
		for from := 0; from < len(order) && step < steps; from += t.Batch {
			var batch [][]float64
			var labels []int
			var weights []float64
			for _, i := range order[from:min(from+t.Batch, len(order))] {
				batch, labels, weights = append(batch, x[i]), append(labels, y[i]), append(weights, weightOf(t, i, y[i]))
			}
			rate := float64(t.Rate)
			if t.Schedule != nil { // LinearDecay
				rate *= 1 - float64(step)/float64(steps)
			}
			sum += o.step(batch, labels, weights, rate, float64(t.L2))
			rows += len(batch)
			step++
			average.moveTo(o, float64(t.Averaging+1)/(float64(step)+float64(t.Averaging)))
		}
		loss = sum / float64(rows)
	}
	if t.Averaging > 0 {
		o.weight, o.bias = average.weight, average.bias
	}
	return loss
}

// oracleRows returns the same random rows in a form of Rows and as numbers.
func oracleRows(rng *rand.Rand, form string, rows, features int) (softmax.Rows, [][]float64) {
	numbers := make([][]float64, rows)
	for i := range numbers {
		numbers[i] = make([]float64, features)
	}
	switch form {
	case "bytes":
		x := make(softmax.Bytes, rows*features)
		for i := range x {
			if rng.IntN(5) == 0 {
				x[i] = uint8(rng.IntN(256))
			}
			numbers[i/features][i%features] = float64(x[i]) / 255
		}
		return x, numbers
	case "floats":
		x := make(softmax.Floats, rows*features)
		for i := range x {
			if rng.IntN(3) > 0 {
				x[i] = 0.3*float32(rng.NormFloat64()) + 0.2*float32(i%features%3)
			}
			numbers[i/features][i%features] = float64(x[i])
		}
		return x, numbers
	default: // sparse, with indices out of order and some of them repeated
		x := softmax.Sparse{Start: []int{0}}
		for i := range rows {
			for range rng.IntN(80) {
				f, v := rng.IntN(features), float32(1+rng.IntN(3))
				x.Index, x.Value = append(x.Index, int32(f)), append(x.Value, v)
				numbers[i][f] += float64(v)
			}
			x.Start = append(x.Start, len(x.Index))
		}
		return x, numbers
	}
}

// oracleModels returns the same random model twice.
func oracleModels(rng *rand.Rand, features, classes int) (*softmax.Model, *oracle) {
	o := newOracle(features, classes)
	var weight, bias []float32
	for k := range classes {
		bias = append(bias, float32(k)/10)
		o.bias[k] = float64(bias[k])
		for f := range features {
			w := 0.1 * float32(rng.NormFloat64())
			weight = append(weight, w)
			o.weight[k][f] = float64(w)
		}
	}
	m := softmax.New(features, classes)
	m.SetParameters(weight, bias)
	return m, o
}

// TestFitOracle compares Fit with the oracle. The last batch of an epoch is
// shorter than the others. float32 arithmetic is off by up to 7e-7; wrong
// formulas are off by 1e-5 and more.
func TestFitOracle(t *testing.T) {
	const rows, features, classes, tolerance = 130, 100, 10, 2e-6
	classWeights := []float32{0, 1, 3, 1, 1, 0.5, 1, 1.25, 1, 1}
	rowWeights := make([]float32, rows)
	for i := range rowWeights {
		rowWeights[i] = float32(i%5) / 2
	}
	for _, tt := range []struct {
		name string
		set  func(*softmax.Trainer)
	}{
		{"plain", func(*softmax.Trainer) {}},
		{"averaging", func(t *softmax.Trainer) { t.Averaging = 8 }},
		{"L2", func(t *softmax.Trainer) { t.L2 = 0.02 }},
		{"schedule", func(t *softmax.Trainer) { t.Schedule = softmax.LinearDecay }},
		{"center", func(t *softmax.Trainer) { t.Center = true }},
		{"steps", func(t *softmax.Trainer) { t.Steps = 6 }},
		{"class weights", func(t *softmax.Trainer) { t.ClassWeights = classWeights }},
		{"row weights", func(t *softmax.Trainer) { t.RowWeights = rowWeights }},
		{"all", func(t *softmax.Trainer) {
			t.Averaging, t.L2, t.Schedule, t.Center, t.Seed = 3, 0.02, softmax.LinearDecay, true, 7
			t.ClassWeights, t.RowWeights = classWeights, rowWeights
		}},
	} {
		for _, form := range []string{"bytes", "floats", "sparse"} {
			t.Run(tt.name+"/"+form, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(11, 13))
				x, numbers := oracleRows(rng, form, rows, features)
				y := make([]int, rows)
				for i := range y {
					y[i] = rng.IntN(classes)
				}
				m, want := oracleModels(rng, features, classes)
				trainer := softmax.NewTrainer(m)
				trainer.Rate, trainer.Epochs, trainer.Batch = 0.1, 3, 40
				tt.set(trainer)

				loss := want.fit(trainer, numbers, y)
				got, err := trainer.Fit(t.Context(), x, y)
				require.NoError(t, err)
				require.InDelta(t, loss, got.Loss, tolerance)
				weight, bias := m.Parameters()
				require.InDeltaSlice(t, want.bias, bias, tolerance)
				for k := range classes {
					require.InDeltaSlice(t, want.weight[k], weight[k*features:][:features], tolerance, "class %d", k)
				}
			})
		}
	}
}
