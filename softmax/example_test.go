package softmax_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"log"

	"github.com/seed-cd6415d7/digits/softmax"
)

// Four points (x, y), two of each class. Class 0 is on the left, class 1 on the
// right.
var (
	points = softmax.Floats{
		-1, 0.5,
		-0.5, -1,
		0.5, 1,
		1, -0.5,
	}
	sides = []int{0, 0, 1, 1}

	// Five more points for calibration. The third one is on the wrong side.
	heldOut      = softmax.Floats{-0.8, 0, -0.1, 0, 0.1, 0, 0.2, 0, 0.9, 0}
	heldOutSides = []int{0, 0, 0, 1, 1}
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
	t.Validation = softmax.Data{X: heldOut, Y: heldOutSides}
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
	fmt.Printf("kept epoch %d: accuracy %.0f%%\n", best.Epoch, 100*m.Accuracy(heldOut, heldOutSides))
	// Output:
	// epoch 10 of 20: loss 0.404
	// epoch 20 of 20: loss 0.379
	// kept epoch 20: accuracy 80%
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
	// Two texts as word counts: the first has word 2 once, the second has word
	// 0 twice and word 3 once.
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
	// balanced   83.33%  (mean recall of the classes)
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
	m.Names = []string{"left", "right"}
	var file bytes.Buffer
	if err := m.Encode(&file); err != nil {
		log.Fatal(err)
	}
	again, err := softmax.Decode(&file)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Classes(), again.Names)
	// Output: 2 [left right]
}

// Temperature calibrates an overconfident model on rows that it was not trained
// on.
func ExampleModel_Temperature() {
	m := softmax.New(2, 2)
	m.SetParameters([]float32{-9, 0, 9, 0}, []float32{0, 0})
	before := m.Loss(heldOut, heldOutSides)
	t := m.Temperature(heldOut, heldOutSides)
	m.ApplyTemperature(t)
	fmt.Printf("temperature %.1f; loss %.2f before, %.2f after\n", t, before, m.Loss(heldOut, heldOutSides))
	// Output: temperature 2.3; loss 0.43 before, 0.35 after
}

func ExampleModel_ConfidenceThreshold() {
	m := softmax.New(2, 2)
	m.SetParameters([]float32{-4, 0, 4, 0}, []float32{0, 0})
	threshold, coverage := m.ConfidenceThreshold(heldOut, heldOutSides, 1)
	fmt.Printf("%.0f%% of the rows have a probability of at least %.2f, all right\n",
		100*coverage, threshold)
	for _, x := range []float32{-0.7, 0.1} {
		if class, prob := m.Predict(softmax.Floats{x, 0}); prob >= threshold {
			fmt.Println("class", class)
		} else {
			fmt.Println("not sure")
		}
	}
	// Output:
	// 60% of the rows have a probability of at least 0.83, all right
	// class 0
	// not sure
}

func ExampleModel_Clone() {
	m := softmax.New(2, 2)
	before := m.Clone()
	if _, err := softmax.NewTrainer(m).Step(points, sides); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("loss %.2f before, %.2f after\n", before.Loss(points, sides), m.Loss(points, sides))
	// Output: loss 0.69 before, 0.55 after
}

// CheckLabels turns bad data into an error, before Fit panics on it.
func ExampleCheckLabels() {
	labels := []int{7, 2, 10} // for example from a file
	fmt.Println(softmax.CheckLabels(labels, 10))
	// Output: softmax: y[2] = 10, want a label in [0, 10)
}

// A stream reads its rows from a file when it needs them. A row here is two
// bytes.
func ExampleTrainer_FitStream() {
	file := bytes.NewReader([]byte{10, 90, 30, 20, 140, 200, 240, 100}) // for example an *os.File
	row := make([]byte, 2)
	x := softmax.Stream{
		Rows: 4,
		Read: func(dst []float32, rows []int) error {
			for k, i := range rows {
				if _, err := file.ReadAt(row, int64(i*len(row))); err != nil {
					return err
				}
				for f, b := range row {
					dst[k*len(row)+f] = float32(b) / 255
				}
			}
			return nil
		},
	}
	m := softmax.New(2, 2)
	t := softmax.NewTrainer(m)
	t.Epochs, t.Batch = 50, 2
	if _, err := t.FitStream(context.Background(), x, []int{0, 0, 1, 1}); err != nil {
		log.Fatal(err)
	}
	class, _ := m.Predict(softmax.Bytes{200, 150})
	fmt.Println("class", class)
	// Output: class 1
}

// One point of ten has class 1. With balanced weights, both classes count the
// same.
func ExampleBalancedWeights() {
	x := softmax.Floats{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9}
	y := []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
	for _, weights := range [][]float32{nil, softmax.BalancedWeights(y, 2)} {
		m := softmax.New(1, 2)
		t := softmax.NewTrainer(m)
		t.Epochs = 100
		t.ClassWeights = weights
		if _, err := t.Fit(context.Background(), x, y); err != nil {
			log.Fatal(err)
		}
		class, _ := m.Predict(softmax.Floats{0.9})
		fmt.Printf("weights %.2f: class %d\n", weights, class)
	}
	// Output:
	// weights []: class 0
	// weights [0.56 5.00]: class 1
}

// encoding/json stores a model as a string, here as a field of a struct.
func ExampleModel_MarshalText() {
	type reader struct {
		Name  string
		Model *softmax.Model
	}
	m := softmax.New(784, 10)
	m.Metadata = map[string]string{"features": "pixels"}
	text, err := json.Marshal(reader{"digits", m})
	if err != nil {
		log.Fatal(err)
	}
	var r reader
	if err := json.Unmarshal(text, &r); err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Name, r.Model.Features(), r.Model.Classes(), r.Model.Metadata["features"])
	// Output: digits 784 10 pixels
}

// encoding/gob stores a model as bytes.
func ExampleModel_MarshalBinary() {
	var file bytes.Buffer
	if err := gob.NewEncoder(&file).Encode(softmax.New(784, 10)); err != nil {
		log.Fatal(err)
	}
	var m softmax.Model
	if err := gob.NewDecoder(&file).Decode(&m); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Features(), m.Classes())
	// Output: 784 10
}
