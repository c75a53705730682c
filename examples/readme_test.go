// Package examples_test keeps the README true: its programs are compiled here.
package examples_test

import (
	"context"
	"fmt"
	"image"
	"log"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// The README's programs, in its order.

func readPhotograph() {
	answers, err := reader.Default().ReadFile("photo.jpg")
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range answers { // line by line
		fmt.Println(a.Name(), a.Probability, a.Sure, a.Box)
	}
}

func trainAndSave() {
	train, test, err := dataset.Fetch(context.Background(), "mnist", "", nil) // or dataset.Load(os.DirFS("mnist"))
	if err != nil {
		log.Fatal(err)
	}
	features := imageprep.Features{HOG: imageprep.DefaultHOG()}
	vector := func(dst []float32, img *image.Gray) { features.Vector(dst, img) }
	x, testX := train.Map(features.Len(), vector), test.Map(features.Len(), vector)

	m := softmax.New(features.Len(), train.Classes)
	t := softmax.NewTrainer(m)
	t.Rate, t.Batch, t.Averaging, t.Center, t.Epochs = 1, 50, 8, true, 6
	if _, err := t.Fit(context.Background(), softmax.Floats(x), train.Labels); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Evaluate(softmax.Floats(testX), test.Labels))
	m.Metadata = map[string]string{reader.FeaturesKey: features.String()} // for reader.Load
	if err := m.Save("model.safetensors"); err != nil {
		log.Fatal(err)
	}
}

func writeTheLoop(train, test *dataset.Set) {
	m := softmax.New(train.Width*train.Height, train.Classes)
	t := softmax.NewTrainer(m)
	rng := rand.New(rand.NewPCG(1, 2))
	for epoch := range 10 {
		for x, y := range train.Batches(100, rng) {
			if _, err := t.Step(softmax.Bytes(x), y); err != nil {
				log.Fatal(err)
			}
		}
		fmt.Printf("%d: %.2f%%\n", epoch+1, 100*m.Accuracy(softmax.Bytes(test.Images), test.Labels))
	}
}

// TestReadmePrograms checks that this file compiles what the README shows: the
// statements of its whole program and its fragments.
func TestReadmePrograms(t *testing.T) {
	_, _, _ = readPhotograph, trainAndSave, writeTheLoop
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	file, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	programs := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
	require.Len(t, programs, 3)
	for _, program := range programs {
		statements := string(program[1])
		if _, body, ok := strings.Cut(statements, "func main() {\n"); ok {
			statements = strings.TrimSuffix(body, "}\n")
		} else {
			statements = regexp.MustCompile("(?m)^(.)").ReplaceAllString(statements, "\t$1")
		}
		require.Contains(t, string(file), statements)
	}
}

// TestReadmeBeginsWithTwoCommands: the README promises that they need no data.
func TestReadmeBeginsWithTwoCommands(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	commands := regexp.MustCompile("(?m)^    (.*)$").FindAllStringSubmatch(string(readme), 2)
	require.Equal(t, "go run ./examples/predict", commands[0][1])
	require.Equal(t, "go test ./...", commands[1][1])
}
