package softmax_test

import (
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"slices"

	"github.com/seed-cd6415d7/digits/softmax"
)

// correct teaches a trained model a new row. It makes small steps, each on the
// new row and 49 old ones, until the model predicts the label.
//
// A step of rate r on one row changes the row's logits by up to r (1 + Σ x²).
// This rate makes that about 1. The old rows keep the rest in place. With 49 of
// them, models of MNIST stay within 1% of their accuracy; with 9, some lose 3%.
func correct(m *softmax.Model, row softmax.Floats, label int, old softmax.Floats, oldLabels []int) error {
	squares := 0.0
	for _, v := range old {
		squares += float64(v * v)
	}
	t := softmax.NewTrainer(m)
	t.Rate = float32(float64(len(oldLabels)) / squares) // 1 / the mean of Σ x²
	rng := rand.New(rand.NewPCG(1, 0))
	for range 1000 {
		if class, _ := m.Predict(row); class == label {
			return nil
		}
		batch, labels := slices.Clone(row), []int{label}
		for range 49 {
			i := rng.IntN(len(oldLabels))
			batch = append(batch, old[i*len(row):][:len(row)]...)
			labels = append(labels, oldLabels[i])
		}
		if _, err := t.Step(batch, labels); err != nil {
			return err
		}
	}
	return errors.New("the model does not learn the row: is its label right?")
}

// A single row at the preset rate destroys a trained model. Small steps with
// old rows teach it the same row, and it keeps what it knows.
func ExampleTrainer_Step_correct() {
	// Three classes of rows around three centers.
	const features, classes = 50, 3
	rng := rand.New(rand.NewPCG(1, 0))
	var centers, old softmax.Floats
	var oldLabels []int
	for range classes * features {
		centers = append(centers, 2*rng.Float32()-1)
	}
	for i := range 300 {
		for _, v := range centers[i%classes*features:][:features] {
			old = append(old, 3*v+4*rng.Float32())
		}
		oldLabels = append(oldLabels, i%classes)
	}
	m := softmax.New(features, classes)
	t := softmax.NewTrainer(m)
	t.Rate = 0.01
	for range 100 {
		if _, err := t.Step(old, oldLabels); err != nil {
			log.Fatal(err)
		}
	}

	// A row of class 2 that looks more like class 0.
	var row softmax.Floats
	for f := range features {
		row = append(row, 1.8*centers[f]+1.2*centers[2*features+f]+2)
	}
	show := func(what string, m *softmax.Model) {
		class, _ := m.Predict(row)
		fmt.Printf("%s: class %d; %.0f%% of the old rows right\n", what, class, 100*m.Accuracy(old, oldLabels))
	}
	show("before", m)

	careless := m.Clone()
	if _, err := softmax.NewTrainer(careless).Step(row, []int{2}); err != nil {
		log.Fatal(err)
	}
	show("one step at the preset rate", careless)

	if err := correct(m, row, 2, old, oldLabels); err != nil {
		log.Fatal(err)
	}
	show("small steps with old rows", m)
	// Output:
	// before: class 0; 100% of the old rows right
	// one step at the preset rate: class 2; 33% of the old rows right
	// small steps with old rows: class 2; 100% of the old rows right
}
