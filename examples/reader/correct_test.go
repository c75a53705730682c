package reader_test

import (
	"errors"
	"image"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// correct is the recipe of package softmax's example Correct. It teaches the
// model a new row in small steps, each on the new row and 49 old ones.
func correct(m *softmax.Model, row softmax.Floats, label int, old softmax.Data) error {
	x := old.X.(softmax.Floats)
	squares := 0.0
	for _, v := range x {
		squares += float64(v * v)
	}
	t := softmax.NewTrainer(m)
	t.Rate = float32(float64(len(old.Y)) / squares) // 1 / the mean of Σ x²
	rng := rand.New(rand.NewPCG(1, 0))
	for range 1000 {
		if class, _ := m.Predict(row); class == label {
			return nil
		}
		batch, labels := slices.Clone(row), []int{label}
		for range 49 {
			i := rng.IntN(len(old.Y))
			batch = append(batch, x[i*len(row):][:len(row)]...)
			labels = append(labels, old.Y[i])
		}
		if _, err := t.Step(batch, labels); err != nil {
			return err
		}
	}
	return errors.New("the model does not learn the row: is its label right?")
}

// features returns the features of a model of the train example.
func features(t *testing.T, m *softmax.Model) imageprep.Features {
	f, err := imageprep.ParseFeatures(m.Metadata[reader.FeaturesKey])
	require.NoError(t, err)
	f.Components = &imageprep.Components{
		Weight: m.Tensors[reader.ComponentsWeight].Data,
		Bias:   m.Tensors[reader.ComponentsBias].Data,
	}
	return f
}

// drawnData returns n digits that package hand draws.
func drawnData(f imageprep.Features, seed uint64, n int) softmax.Data {
	rng := rand.New(rand.NewPCG(seed, 1))
	var x softmax.Floats
	var y []int
	for i := range n {
		ink := hand.Write(rng, rune('0'+i%10))
		x = append(x, f.Vector(nil, imageprep.Center(ink, imageprep.InkBox(ink)))...)
		y = append(y, i%10)
	}
	return softmax.Data{X: x, Y: y}
}

// mnistData returns the first n images of a set.
func mnistData(f imageprep.Features, s *dataset.Set, n int) softmax.Data {
	var x softmax.Floats
	for i := range n {
		g := &image.Gray{Pix: s.Images[i*784:][:784], Stride: 28, Rect: image.Rect(0, 0, 28, 28)}
		x = append(x, f.Vector(nil, g)...)
	}
	return softmax.Data{X: x, Y: s.Labels[:n]}
}

// misread has seeds for pictures of package hand that the built-in model reads
// wrong, for example a 0 with a slash. The digit is the seed's last one, as in
// written.
var misread = []uint64{541, 1241, 4257, 4650, 4690, 5171, 5681, 6182, 9057, 9321, 9651, 10440}

// written returns a picture, dark on light, of the digit seed%10.
func written(seed uint64) image.Image {
	ink := hand.Write(rand.New(rand.NewPCG(seed, 0)), rune('0'+seed%10))
	const margin = 20
	p := image.NewGray(ink.Rect.Inset(-margin))
	for y := p.Rect.Min.Y; y < p.Rect.Max.Y; y++ {
		for x := p.Rect.Min.X; x < p.Rect.Max.X; x++ {
			p.SetGray(x, y, ink.GrayAt(x, y)) // 0 outside
			p.Pix[p.PixOffset(x, y)] ^= 255
		}
	}
	return p
}

// TestCorrect: the built-in model learns a picture that it reads wrong, and
// keeps its accuracy on other digits within 1%. A single step at the preset
// rate learns the picture, but forgets most of the rest.
func TestCorrect(t *testing.T) {
	t.Parallel()
	m, err := softmax.Load("model.safetensors")
	require.NoError(t, err)
	f := features(t, m)
	long := os.Getenv("DIGITS_LONG") != ""
	t.Run("drawn", func(t *testing.T) {
		if long {
			testCorrect(t, m, f, misread, drawnData(f, 1, 300), drawnData(f, 2, 1000))
			return
		}
		testCorrect(t, m, f, misread[:2], drawnData(f, 1, 200), drawnData(f, 2, 300))
	})
	t.Run("MNIST", func(t *testing.T) {
		if !long {
			t.Skip("long: set DIGITS_LONG=1")
		}
		dir := os.Getenv("MNIST_DIR")
		if dir == "" {
			t.Skip("set MNIST_DIR to a folder with the four MNIST .gz files to run this")
		}
		train, test, err := dataset.Load(os.DirFS(dir))
		require.NoError(t, err)
		testCorrect(t, m, f, misread, mnistData(f, train, 1000), mnistData(f, test, test.Len()))
	})
}

// testCorrect corrects with some old rows and tests on others.
func testCorrect(t *testing.T, m *softmax.Model, f imageprep.Features, misread []uint64, old, test softmax.Data) {
	before := m.Accuracy(test.X, test.Y)
	all := m.Clone() // learns one picture after the other
	careless := 0.0
	for _, seed := range misread {
		label := int(seed % 10)
		read := func(m *softmax.Model) reader.Answer {
			r, err := reader.New(m)
			require.NoError(t, err)
			a, err := r.One(written(seed), 0)
			require.NoError(t, err)
			return a
		}
		wrong := read(m)
		require.False(t, wrong.Digit == label && !wrong.NoDigit, "the model reads picture %d right; find another seed", seed)
		row := softmax.Floats(f.Vector(nil, wrong.Image))

		single := m.Clone()
		require.NoError(t, correct(single, row, label, old), "%d", seed)
		require.NoError(t, correct(all, row, label, old), "%d", seed)
		for _, m := range []*softmax.Model{single, all} {
			require.Equal(t, label, read(m).Digit)
			require.False(t, read(m).NoDigit)
		}
		require.Greater(t, single.Accuracy(test.X, test.Y), before-0.01, "%d", seed)

		forgetful := m.Clone()
		_, err := softmax.NewTrainer(forgetful).Step(row, []int{label})
		require.NoError(t, err)
		careless += forgetful.Accuracy(test.X, test.Y) / float64(len(misread))
	}
	after := all.Accuracy(test.X, test.Y)
	t.Logf("accuracy %.4f; after all corrections %.4f; after one step at the preset rate %.4f on average", before, after, careless)
	require.Greater(t, after, before-0.01)
	require.Less(t, careless, 0.5, "the warning in Step's comment is not needed any more")
}
