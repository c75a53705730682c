// Package examples_test keeps the README true: its programs are compiled here.
package examples_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"log"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// The README's programs, one after the other.
func trainAndSave() {
	train, test, err := dataset.Fetch(context.Background(), "mnist", "", nil) // once, to the user's cache; or dataset.Load(os.DirFS("mnist"))
	if err != nil {
		log.Fatal(err) // what was tried, and what to type to do it by hand
	}
	hog := imageprep.DefaultHOG()
	features := func(dst []float32, img *image.Gray) { hog.Vector(dst, imageprep.Deskew(nil, img)) }
	x, testX := train.Map(hog.Len(), features), test.Map(hog.Len(), features)

	m := softmax.New(hog.Len(), train.Classes)
	t := softmax.NewTrainer(m)
	t.Rate, t.Batch, t.Averaging, t.Center, t.Epochs = 1, 50, 8, true, 6
	if _, err := t.Fit(context.Background(), softmax.Floats(x), train.Labels); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Evaluate(softmax.Floats(testX), test.Labels))
	m.Metadata = map[string]string{"features": "hog directions=8 cells=4 margin=2 contrast=false"} // for predict -model
	if err := m.Save("model.safetensors"); err != nil {
		log.Fatal(err)
	}
}

func readPicture() {
	data, err := os.ReadFile("photo.jpg")
	if err != nil {
		log.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(data)) // with _ "image/jpeg" and _ "image/png" imported
	if err != nil {
		log.Fatal(err)
	}
	lies := imageprep.OrientationOf(bytes.NewReader(data)) // as the camera noted
	digit, err := imageprep.Prepare(img, &imageprep.Options{Orientation: lies})
	if err != nil {
		log.Fatal(err) // a blank page, for example
	}
	m, err := softmax.Load("model.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	x := imageprep.DefaultHOG().Vector(nil, imageprep.Deskew(nil, digit.Image))
	class, prob := m.Predict(softmax.Floats(x))
	fmt.Printf("%d with probability %.2f\n", class, prob)
}

func readPage(m *softmax.Model, img image.Image) {
	vector := func(digit *image.Gray) softmax.Floats {
		return imageprep.DefaultHOG().Vector(nil, imageprep.Deskew(nil, digit))
	}
	digits, err := imageprep.PrepareAll(img, &imageprep.Options{Confidence: func(digit *image.Gray) float64 {
		_, prob := m.Predict(vector(digit))
		return float64(prob)
	}})
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range digits { // as they are read
		class, prob := m.Predict(vector(d.Image))
		fmt.Printf("%d with probability %.2f in line %d at %v\n", class, prob, d.Line, d.Box)
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

// TestReadmePrograms: each Go program in the README is a part of this file.
func TestReadmePrograms(t *testing.T) {
	_, _, _, _ = trainAndSave, readPicture, readPage, writeTheLoop
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	file, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	programs := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
	require.Len(t, programs, 4)
	for _, program := range programs {
		indented := regexp.MustCompile("(?m)^(.)").ReplaceAllString(string(program[1]), "\t$1")
		require.Contains(t, string(file), indented)
	}
}

// TestReadmeBeginsWithTwoCommands: the README promises that they are enough.
func TestReadmeBeginsWithTwoCommands(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	var commands []string
	for line := range strings.Lines(string(readme)) {
		if strings.HasPrefix(line, "#") && len(commands) > 0 {
			break
		}
		if strings.HasPrefix(line, "    ") {
			commands = append(commands, strings.TrimSpace(line))
		}
	}
	require.Equal(t, []string{"go run ./examples/predict", "go test ./..."}, commands)
}
