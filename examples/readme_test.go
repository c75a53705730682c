// Package examples_test keeps the README true: its programs are compiled here.
package examples_test

import (
	"context"
	"fmt"
	"image"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
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
	all, test, err := dataset.Fetch(context.Background(), "mnist", "", nil) // or dataset.Load(os.DirFS("mnist"))
	if err != nil {
		log.Fatal(err)
	}
	train, held := all.Split(5000, rand.New(rand.NewPCG(1, 2))) // by class
	features := imageprep.Features{HOG: imageprep.DefaultHOG()}
	rows := func(s *dataset.Set) softmax.Floats {
		return s.Map(features.Len(), func(dst []float32, img *image.Gray) { features.Vector(dst, img) })
	}
	heldOut := rows(held)

	m := softmax.New(features.Len(), all.Classes)
	t := softmax.NewTrainer(m)
	t.Rate, t.Batch, t.Averaging, t.Center, t.Epochs = 1, 50, 8, true, 6
	if _, err := t.Fit(context.Background(), rows(train), train.Labels); err != nil {
		log.Fatal(err)
	}
	m.ApplyTemperature(m.Temperature(heldOut, held.Labels)) // calibrated probabilities
	sure, _ := m.ConfidenceThreshold(heldOut, held.Labels, 0.998)
	fmt.Println(m.Evaluate(rows(test), test.Labels))

	m.Names = all.Names
	m.Metadata = map[string]string{ // for reader.Load
		reader.FeaturesKey:  features.String(),
		reader.ThresholdKey: fmt.Sprint(sure),
	}
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

// TestReadmeTraining runs the README's training on MNIST. The model knows which
// of its answers are sure.
func TestReadmeTraining(t *testing.T) {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	folder := os.Getenv("MNIST_DIR")
	if folder == "" {
		t.Skip("MNIST_DIR is not set")
	}
	cache := t.TempDir()
	require.NoError(t, os.Symlink(folder, filepath.Join(cache, "mnist")))
	t.Setenv("DIGITS_CACHE", cache)
	t.Chdir(t.TempDir())
	trainAndSave()

	m, err := softmax.Load("model.safetensors")
	require.NoError(t, err)
	require.Equal(t, strings.Split("0123456789", ""), m.Names)
	sure, err := strconv.ParseFloat(m.Metadata[reader.ThresholdKey], 32)
	require.NoError(t, err)
	require.True(t, sure > 0.5 && sure < 1, sure)
	_, test, err := dataset.Load(os.DirFS(folder))
	require.NoError(t, err)
	r, err := reader.Load("model.safetensors")
	require.NoError(t, err)
	answers, right := 0, 0
	for i, label := range test.Labels {
		a, err := r.Raw(test.Image(i))
		require.NoError(t, err)
		if a.Sure {
			answers++
			if a.Digit == label {
				right++
			}
		}
	}
	require.Greater(t, answers, 9000)
	require.Greater(t, float64(right)/float64(answers), 0.997)
}
