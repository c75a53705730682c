package softmax_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/seed-cd6415d7/digits/softmax"
)

// Four points in the plane, two of each class: class 1 lies to the right.
var (
	points = softmax.Floats{
		-1, 0.5,
		-0.5, -1,
		0.5, 1,
		1, -0.5,
	}
	sides = []int{0, 0, 1, 1}
)

func ExampleTrainer_Step() {
	m := softmax.New(2, 2)
	t := softmax.NewTrainer(m)
	for range 100 {
		if _, err := t.Step(points, sides); err != nil {
			log.Fatal(err)
		}
	}
	class, prob := m.Predict(softmax.Floats{0.7, 0.2})
	fmt.Printf("class %d with probability %.2f\n", class, prob)
	// Output: class 1 with probability 0.98
}

func ExampleTrainer_Fit() {
	m := softmax.New(2, 2)
	t := softmax.NewTrainer(m)
	t.Epochs, t.Batch, t.Averaging = 20, 2, 8
	t.Validation = softmax.Data{X: points, Y: sides}
	t.Patience = 5
	t.Progress = func(p softmax.Progress) {
		if p.Epoch%10 == 0 {
			fmt.Printf("epoch %d of %d: loss %.3f\n", p.Epoch, p.Epochs, p.ValidationLoss)
		}
	}
	best, err := t.Fit(context.Background(), points, sides)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("kept epoch %d: accuracy %.0f%%\n", best.Epoch, 100*m.Accuracy(points, sides))
	// Output:
	// epoch 10 of 20: loss 0.086
	// epoch 20 of 20: loss 0.045
	// kept epoch 20: accuracy 100%
}

func ExampleModel_Probs() {
	m := softmax.New(2, 2)
	m.SetParameters([]float32{-1, 0, 1, 0}, []float32{0, 0})
	probs := m.Probs(nil, points)
	for i := range sides {
		fmt.Printf("%.2f\n", probs[2*i:2*i+2])
	}
	// Output:
	// [0.88 0.12]
	// [0.73 0.27]
	// [0.27 0.73]
	// [0.12 0.88]
}

func ExampleBytes() {
	m := softmax.New(3, 2)
	m.SetParameters([]float32{1, 1, 1, 0, 0, 0}, []float32{0, 0})
	fmt.Println(m.Logits(nil, softmax.Bytes{255, 0, 51}))
	// Output: [1.2 0]
}

func ExampleSparse() {
	// Two texts as counts of words: word 2 once, and words 0 and 3.
	x := softmax.Sparse{
		Start: []int{0, 1, 3},
		Index: []int32{2, 0, 3},
		Value: []float32{1, 2, 1},
	}
	m := softmax.New(4, 2)
	t := softmax.NewTrainer(m)
	t.Epochs = 5
	if _, err := t.Fit(context.Background(), x, []int{0, 1}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Accuracy(x, []int{0, 1}))
	// Output: 1
}

func ExampleModel_Evaluate() {
	m := softmax.New(2, 2)
	m.SetParameters([]float32{-1, 0, 1, 0}, []float32{0, 0})
	fmt.Print(m.Evaluate(points, []int{0, 0, 1, 0}))
	// Output:
	// accuracy   75.00%  (3 of 4; 95% interval 30.06% to 95.44%)
	// log-loss   0.7201
	// ECE        32.49%
	// top-k      1: 75.00%  2: 100.00%
	//
	// class  precision  recall      F1  support
	//     0    100.00%  66.67%  80.00%        3
	//     1     50.00% 100.00%  66.67%        1
	//
	// confusion (a line per label, a column per prediction)
	//         0   1
	//     0   2   1
	//     1   ·   1
}

func ExampleModel_Encode() {
	m := softmax.New(2, 2)
	m.Metadata = map[string]string{"classes": "left right"}
	var file bytes.Buffer
	if err := m.Encode(&file); err != nil {
		log.Fatal(err)
	}
	again, err := softmax.Decode(&file)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Classes(), again.Metadata["classes"])
	// Output: 2 left right
}

// Calibrate a model on rows that it was not trained on.
func ExampleModel_Temperature() {
	m := softmax.New(2, 2)
	m.SetParameters([]float32{-9, 0, 9, 0}, []float32{0, 0}) // very sure of itself
	held := softmax.Floats{-0.8, 0, -0.1, 0, 0.1, 0, 0.2, 0, 0.9, 0}
	y := []int{0, 0, 0, 1, 1} // the third one is wrong

	t := m.Temperature(held, y)
	m.ApplyTemperature(t)
	sure, coverage := m.ConfidenceThreshold(held, y, 1)
	fmt.Printf("temperature %.1f; above %.2f all of the %.0f%% are right\n", t, sure, 100*coverage)
	// Output: temperature 2.3; above 0.83 all of the 60% are right
}
