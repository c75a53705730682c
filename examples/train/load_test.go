package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// bands writes a data set of 28x28 pixels, sorted by class, as a program writes
// it that goes from folder to folder. It has these numbers of training images
// of each class. An image is noise with a bright band in its class's place.
func bands(t *testing.T, counts ...int) (dir string) {
	dir = t.TempDir()
	rng := rand.New(rand.NewPCG(21, 22))
	for _, prefix := range []string{"train", "t10k"} {
		images, labels := &idx.Array[uint8]{}, &idx.Array[uint8]{}
		for class, n := range counts {
			if prefix == "t10k" {
				n = 20
			}
			for range n {
				for i := range 784 {
					v := rng.IntN(100)
					if i/28/2 == class+rng.IntN(2) {
						v += 100
					}
					images.Data = append(images.Data, uint8(v))
				}
				labels.Data = append(labels.Data, uint8(class))
			}
		}
		images.Dims, labels.Dims = []int{len(labels.Data), 28, 28}, []int{len(labels.Data)}
		writeIDX(t, filepath.Join(dir, prefix+"-images-idx3-ubyte"), images)
		writeIDX(t, filepath.Join(dir, prefix+"-labels-idx1-ubyte"), labels)
	}
	return dir
}

// TestSorted: a data set that is sorted by class gives a good model, and its
// probabilities are good, too.
func TestSorted(t *testing.T) {
	t.Parallel()
	dir := bands(t, slices.Repeat([]int{60}, 10)...)
	name := filepath.Join(dir, "model")
	for _, args := range []string{
		"-holdout 60 -epochs 20", "-epochs 20", "-holdout 60 -epochs 80 -recipe best",
		"-holdout 60 -epochs 40 -recipe tutorial -rate 0.005",
	} {
		out, errs, err := train(t, t.Context(), append(strings.Fields(args), "-data", dir, "-out", name, "-features", "pixels")...)
		require.NoError(t, err)
		require.Empty(t, errs, "no class lacks images")
		require.Regexp(t, `validation (9\d\.\d\d|100\.00)%`, out, args)
		m, err := softmax.Load(name)
		require.NoError(t, err)
		_, test, err := dataset.Load(os.DirFS(dir))
		require.NoError(t, err)
		x := softmax.Bytes(test.Images)
		require.Greater(t, m.Accuracy(x, test.Labels), 0.9, args)
		require.Less(t, m.Loss(x, test.Labels), 0.3, args)
	}
}

func TestHoldOut(t *testing.T) {
	t.Parallel()
	s := &dataset.Set{Width: 1, Height: 1, Classes: 3, WriterIDs: make([]int, 60)}
	for i := range 60 {
		s.Images, s.Labels = append(s.Images, uint8(i)), append(s.Labels, i/20)
	}
	o := &options{holdout: 9, seed: 1}
	got := o.holdOut(s)
	require.Equal(t, []int{3, 3, 3}, got.Slice(0, 9).Counts())
	require.Equal(t, s.Counts(), got.Counts())
	for i, v := range got.Images {
		require.Equal(t, int(v)/20, got.Labels[i], "each image keeps its label")
	}
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(got.Images))), 60)
	require.Equal(t, got, o.holdOut(s), "the same seed gives the same images")
	require.NotEqual(t, got, (&options{holdout: 9, seed: 2}).holdOut(s))

	require.Same(t, s, (&options{}).holdOut(s), "nothing is held out")
	o.inOrder = true
	require.Equal(t, got, o.holdOut(s), "they are all of one class")
	s.Labels[1], s.Labels[2] = 1, 2
	require.Same(t, s, o.holdOut(s), "the first images are held out")
}

// TestDefaultHoldout: 5000 images, or a sixth.
func TestDefaultHoldout(t *testing.T) {
	t.Parallel()
	dir := bands(t, slices.Repeat([]int{12}, 10)...)
	out, _, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-epochs", "1")
	require.NoError(t, err)
	require.Contains(t, out, "120 images of 28x28 to train on, 20 of them held out for validation, 200 to test\n")
	out, _, err = train(t, t.Context(), "-data", dir, "-features", "pixels", "-holdout", "0", "-epochs", "1")
	require.NoError(t, err)
	require.Contains(t, out, "120 images of 28x28 to train on, 0 of them held out")
}

// TestOneClass: train refuses data of one class before it computes anything.
func TestOneClass(t *testing.T) {
	t.Parallel()
	dir := bands(t, 20)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "classes.txt"), []byte("star\n"), 0o666))
	for _, args := range []string{"", "-features pixels", "-recipe best", "-recipe reader", "-stream"} {
		out, errs, err := train(t, t.Context(), append(strings.Fields(args), "-data", dir)...)
		require.EqualError(t, err, dir+`: the only class is "star"; want two classes or more, each in a line of classes.txt`, args)
		require.Empty(t, out+errs, args)
	}
}

// TestThinClasses: train says which classes have too few images.
func TestThinClasses(t *testing.T) {
	t.Parallel()
	dir := bands(t, 30, 9, 30, 1, 0, 30, 30, 30, 30, 30)
	_, errs, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-epochs", "2")
	require.NoError(t, err)
	require.Equal(t, "classes with fewer than 10 training images, which may be read badly: 1 (9), 3 (1), 4 (0)\n"+
		"none of the 36 images held out is of these classes: 3\n", errs)
	s := &dataset.Set{Classes: 3, Labels: slices.Repeat([]int{0, 2}, 10)}
	require.Equal(t, []string{
		"classes with fewer than 10 training images, which may be read badly: 1 (0)",
		"all images of these classes are held out: 0, 2",
	}, thinClasses(s, 20))
	s = &dataset.Set{Classes: 50, Names: make([]string, 50)}
	for i := range s.Names {
		s.Names[i] = strings.Repeat("x", i) + "\x1b"
	}
	text := thinClasses(s, 0)[0]
	require.Contains(t, text, ", and 30 more")
	require.NotContains(t, text, "\x1b")
}

// TestBalanced: with 20 images of a class among 500 of each other, -balanced
// finds it more often, and the model file says so.
func TestBalanced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(31, 32))
	for _, prefix := range []string{"train", "t10k"} {
		images, labels := &idx.Array[uint8]{}, &idx.Array[uint8]{}
		for i := range 1000 {
			label := i % 2
			if prefix == "train" && i > 40 {
				label = 0
			}
			// The classes overlap: the level is about 90 or about 160.
			images.Data = append(images.Data, uint8(90+70*label+rng.IntN(90)), 255)
			labels.Data = append(labels.Data, uint8(label))
		}
		images.Dims, labels.Dims = []int{1000, 1, 2}, []int{1000}
		writeIDX(t, filepath.Join(dir, prefix+"-images-idx3-ubyte"), images)
		writeIDX(t, filepath.Join(dir, prefix+"-labels-idx1-ubyte"), labels)
	}
	name := filepath.Join(dir, "model")
	accuracy := func(flags ...string) (float64, string) {
		_, _, err := train(t, t.Context(), append(flags, "-data", dir, "-features", "pixels", "-out", name)...)
		require.NoError(t, err)
		m, err := softmax.Load(name)
		require.NoError(t, err)
		_, test, err := dataset.Load(os.DirFS(dir))
		require.NoError(t, err)
		return m.Evaluate(softmax.Bytes(test.Images), test.Labels).BalancedAccuracy(), m.Metadata["training"]
	}
	plain, note := accuracy()
	require.NotContains(t, note, "balanced")
	balanced, note := accuracy("-balanced")
	require.Contains(t, note, ", balanced")
	require.Greater(t, balanced, plain+0.1)
	require.Greater(t, balanced, 0.8)
}

// TestFewHeldOut: a few images that are all right do not prove that an answer
// with a low probability is sure.
func TestFewHeldOut(t *testing.T) {
	t.Parallel()
	m := softmax.New(1, 2)
	m.SetParameters([]float32{-1, 1}, []float32{0, 0})
	data := func(n int, lowest float32) (d softmax.Data) { // all right; 1 is 88 %
		x := make(softmax.Floats, n)
		for i := range x {
			x[i] = lowest + 9*float32(i)/float32(n)
		}
		return softmax.Data{X: x, Y: slices.Repeat([]int{1}, n)}
	}
	calibrate := func(n int, lowest, sure float32) (*calibration, string) {
		var out strings.Builder
		p := &printer{options: &options{recipe: recipe{extension: extension{sure: sure}}, holdout: n}, w: &out}
		return p.calibrate(m.Clone(), data(n, lowest)), out.String()
	}
	c, text := calibrate(100, 1, 0)
	require.Equal(t, float32(0.998), c.threshold)
	require.InDelta(t, 0.77, c.coverage, 0.02)
	require.Contains(t, text, "\n7")
	require.Contains(t, text, "there are too few images for a lower limit")
	c, _ = calibrate(100, 5, 0)
	require.Equal(t, float32(0.998), c.threshold, "nothing speaks against it")
	require.Equal(t, 1.0, c.coverage)
	c, text = calibrate(2000, 1, 0)
	require.InDelta(t, 0.88, c.threshold, 0.01)
	require.Equal(t, 1.0, c.coverage)
	require.NotContains(t, text, "too few")
	c, _ = calibrate(100, 1, 0.94)
	require.Equal(t, float32(0.94), c.threshold, "the recipe knows better")
}

// TestCrossValidation: with a few images held out, one of them with a wrong
// label, all training images tell the temperature.
func TestCrossValidation(t *testing.T) {
	t.Parallel()
	dir := bands(t, slices.Repeat([]int{30}, 10)...)
	labels := filepath.Join(dir, "train-labels-idx1-ubyte")
	data, err := os.ReadFile(labels)
	require.NoError(t, err)
	for i := 8; i < len(data); i += 60 { // five wrong labels
		data[i] = (data[i] + 1) % 10
	}
	require.NoError(t, os.WriteFile(labels, data, 0o666))
	name := filepath.Join(dir, "model")
	var temperatures []float64
	for _, holdout := range []string{"3", "10", "11", "12"} {
		out, _, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-epochs", "40", "-holdout", holdout, "-out", name)
		require.NoError(t, err)
		require.Contains(t, out, "of all 300 images, in a cross-validation,")
		m, err := softmax.Load(name)
		require.NoError(t, err)
		v, err := strconv.ParseFloat(m.Metadata["temperature"], 64)
		require.NoError(t, err)
		temperatures = append(temperatures, v)
	}
	require.Less(t, slices.Max(temperatures), 1.3*slices.Min(temperatures))
}

func TestFewImages(t *testing.T) {
	t.Parallel()
	r := recipes["default"]
	r.suit(60_000)
	require.Equal(t, recipes["default"], r)
	r.suit(101)
	require.Equal(t, 334, r.epochs, "334 times 3 steps are 1000 or more")
	require.Equal(t, 1e-3, r.l2)
	o, err := parse([]string{"-epochs", "3", "-l2", "0.5"}, nil)
	require.NoError(t, err)
	o.suit(100)
	require.Equal(t, 3, o.epochs, "the flags win")
	require.Equal(t, 0.5, o.l2)
	o, err = parse([]string{"-l2", "0"}, nil)
	require.NoError(t, err)
	o.suit(100)
	require.Equal(t, 500, o.epochs)
	require.Zero(t, o.l2)
	r = recipes["tutorial"]
	r.suit(100)
	require.Equal(t, recipes["tutorial"], r)
}

// TestManySteps: their number never overflows. An int of 32 bits cannot count
// the steps of all epochs that -epochs allows.
func TestManySteps(t *testing.T) {
	t.Parallel()
	r := recipe{epochs: math.MaxInt/50 + 1, batch: 1, few: few{1000, 1e-3}}
	same := r
	r.suit(100)
	require.Equal(t, same, r, "these are not few steps")

	o, err := parse([]string{"-data", tinySet(t), "-features", "pixels", "-batch", "40"}, nil)
	require.NoError(t, err)
	images, test, err := load(t.Context(), o, io.Discard)
	require.NoError(t, err)
	o.epochs = math.MaxInt / 10
	_, err = o.prepare(t.Context(), images, test)
	require.NoError(t, err)
	o.epochs++
	_, err = o.prepare(t.Context(), images, test)
	require.EqualError(t, err, fmt.Sprintf("-epochs %d, want at most %d for 400 images in batches of 40", o.epochs, o.epochs-1))
}
