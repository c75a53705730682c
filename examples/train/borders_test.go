package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/itself"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { itself.Main(m, main) }

// TestProcess: the exit status, and what goes where.
func TestProcess(t *testing.T) {
	t.Parallel()
	data := tinySet(t)
	for _, c := range []itself.Command{
		{Args: "-help", Stderr: "Train trains"},
		{Args: "-epochs 0", Exit: 2, Stderr: "train: -epochs 0, want at least 1 (train -help explains)\n"},
		{Args: "-data none", Exit: 1, Stderr: "train: -data none: no such folder; "},
		{Args: "-features pixels -epochs 1 -holdout 0 -data " + data, Stdout: "\nthe model is not saved; -out writes it to a file\n"},
	} {
		c.Check(t, t.TempDir())
	}
}

// TestBorders: the last numbers that a flag takes, and the first that it
// refuses.
func TestBorders(t *testing.T) {
	t.Parallel()
	for args, ok := range map[string]bool{
		"-epochs 1": true, "-epochs 0": false, "-epochs -1": false, "-epochs 1000000000": true, "-epochs 1000000001": false,
		"-recipe tutorial -epochs 0": false,
		"-batch 1":                   true, "-batch 0": false,
		"-holdout 0": true, "-holdout -1": false, "-holdout 1": true,
		"-l2 0": true, "-l2 -1e-300": false, "-l2 NaN": false, "-l2 +Inf": false, "-l2 0.999": true, "-l2 1": false,
		"-l2 0.5 -rate 2": false, "-l2 0.499 -rate 2": true, "-recipe tutorial -l2 0.999": true, "-recipe tutorial -l2 1": false,
		"-l2 3.4e38 -rate 1e-39": true, "-l2 3.5e38 -rate 1e-39": false, "-recipe best -rate 999": true, "-recipe best -rate 1000": false,
		"-rate 0": false, "-rate -1": false, "-rate +Inf": false, "-rate 3.4028234663852886e38": true, "-rate 3.5e38": false,
		"-rate 1e-45": true, "-rate 1e-46": false, "-recipe tutorial -rate 3.4e36": true, "-recipe tutorial -rate 3.5e36": false,
		"-seed 18446744073709551615": true, "-seed -1": false, "-seed 0": true,
		"-pictures a": true, "-pictures a -offline": false, "-pictures a -mirror b": false, "-pictures a -labels names": true,
		"-labels names": false, "-out a -report b": true, "-out a -report ./a": false, "-out a -report a/../a": false,
		"-features hog": true, "-features pixels": true, "-features HOG": false,
	} {
		_, err := parse(strings.Fields(args), io.Discard)
		if ok {
			require.NoError(t, err, args)
		} else {
			require.ErrorIs(t, err, cli.ErrUsage, args)
		}
	}
	o, err := parse(nil, io.Discard)
	require.NoError(t, err)
	require.Equal(t, unset, o.holdout)
	require.Equal(t, uint64(1), o.seed)
	require.True(t, o.center)
	require.False(t, o.json || o.stream || o.balanced)
	require.Equal(t, "go run ./examples/train", o.command)
	o, err = parse(strings.Fields("-holdout 7 -balanced -seed 3 -out m -json -stream"), io.Discard)
	require.NoError(t, err)
	require.Equal(t, 7, o.holdout)
	require.True(t, o.balanced && o.json && o.stream)
	require.Equal(t, "m", o.out)
	// 20,000 numbers are the most.
	most := imageprep.HOG{Directions: 50, Cells: 20}
	o = new(options)
	require.Empty(t, o.chooseFeatures(imageprep.Features{HOG: most}.String()))
	require.Equal(t, 20_000, o.vector.Len())
	most.Directions++
	require.Contains(t, o.chooseFeatures(imageprep.Features{HOG: most}.String()), "has 20400 numbers, want at most 20000")
}

// TestFirstOfEqualEpochs: if no epoch is better than another, the report marks
// the first one.
func TestFirstOfEqualEpochs(t *testing.T) {
	t.Parallel()
	text := reported(t, "-data", tinySet(t), "-features", "pixels", "-holdout", "50", "-epochs", "3", "-rate", "1e-45")
	first, rest, _ := strings.Cut(text, "epoch 2\n")
	has(t, first, "(kept)")
	before, after, _ := strings.Cut(rest, "second training")
	require.NotContains(t, before, "(kept)")
	require.NotEmpty(t, after)
}

// TestTerminal: each line of progress overwrites the one before.
func TestTerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := &printer{options: &options{}, w: &out, live: true}
	p.begins("first")
	progress := softmax.Progress{Epoch: 1, Epochs: 30, Step: 7, Steps: 210, Rows: 700, Loss: 0.25, ValidationLoss: math.NaN()}
	p.epoch(progress, time.Second/2)
	progress.Epoch, progress.Rows, progress.ValidationLoss, progress.ValidationAccuracy = 2, 1000, 0.5, 0.125
	p.epoch(progress, time.Second)
	p.text("done with %d", 2)
	p.text("all")
	require.Equal(t, "\repoch 1/30  step 7/210  1400 images/s  loss 0.2500\x1b[K"+
		"\repoch 2/30  step 7/210  300 images/s  loss 0.2500  validation 12.50%\x1b[K\ndone with 2\nall\n", out.String())

	// Elsewhere, there are lines for about ten of many epochs.
	out.Reset()
	p = &printer{options: &options{}, w: &out}
	p.begins("first")
	for _, epochs := range []int{20, 21, 105} {
		for e := range epochs {
			p.epoch(softmax.Progress{Epoch: e + 1, Epochs: epochs, Rows: e, ValidationLoss: math.NaN()}, 0)
		}
		require.Equal(t, map[int]int{20: 20, 21: 11, 105: 11}[epochs], strings.Count(out.String(), "\n"), epochs)
		require.Contains(t, out.String(), fmt.Sprintf("epoch %d/%d ", epochs, epochs))
		out.Reset()
	}
}

// TestCalibrationInWords: all that train says about sure answers.
func TestCalibrationInWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		c    calibration
		sure float32
		want string
	}{
		{calibration{temperature: 1.5, threshold: 0.94, images: 5000}, 0.94, "temperature 1.500; answers are sure from 94% on\n"},
		{calibration{temperature: 1, threshold: 0.75, coverage: 0.5, images: 5000}, 0,
			"temperature 1.000; answers are sure from 75% on: at least 99.8% of these are right\n50.0% of the validation images get a sure answer\n"},
		{calibration{temperature: 1, threshold: 0.998, coverage: 0.25, guessed: true, images: 60}, 0,
			"temperature 1.000; answers are sure from 99.8% on: there are too few images for a lower limit\n" +
				"25.0% of all 60 images, in a cross-validation, get a sure answer\n"},
		{calibration{temperature: 1, threshold: 2, images: 5000}, 0,
			"temperature 1.000; no answer is sure: no limit gives 99.8% right answers\n"},
	} {
		var out strings.Builder
		p := &printer{options: &options{recipe: recipe{extension: extension{sure: tt.sure}}, holdout: 5000}, w: &out}
		p.calibrated(&tt.c)
		require.Equal(t, tt.want, out.String())
	}
}

// TestSureWithoutHoldout: if the recipe says which answers are sure, train says
// so with -holdout 0, too, as the model file does.
func TestSureWithoutHoldout(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-data", tinySet(t), "-features", "pixels", "-epochs", "1", "-holdout", "0"}, io.Discard)
	require.NoError(t, err)
	images, test, err := load(t.Context(), o, io.Discard)
	require.NoError(t, err)
	made, err := o.prepare(t.Context(), images, test)
	require.NoError(t, err)
	o.extension = extension{sure: 0.94}
	for json, want := range map[bool]string{false: "\nanswers are sure from 94% on\n", true: `"sure_from":0.94,`} {
		var out strings.Builder
		p := &printer{options: o, w: &out}
		p.json = json
		m, stopped, err := fit(t.Context(), p, made.rows, made.set.Classes)
		require.NoError(t, err)
		p.result(m, made.testRows, 1, stopped)
		require.Contains(t, out.String(), want)
		require.Equal(t, "0.94", metadata(p, made.set)["sure from"])
	}
}

// TestRecipeInWords: the model file holds this text.
func TestRecipeInWords(t *testing.T) {
	t.Parallel()
	r := recipe{epochs: 1, batch: 7, rate: 0.5, l2: 0.25, averaging: 3}
	require.Equal(t, "1 epoch, batches of 7, rate 0.5 on the mean loss, L2 0.25, averaging 3", r.String())
	r.decay, r.center, r.balanced, r.summed, r.steps = true, true, true, true, 9
	require.Equal(t, "9 steps, batches of 7, rate 0.5 on the summed loss, L2 0.25, averaging 3, falling, centered, balanced", r.String())
	require.Equal(t, 3.5, r.meanRate())
	r.extension = extension{drawn: 1, worn: 2, noDigit: 3, rarer: 2.5}
	require.True(t, strings.HasSuffix(r.String(), ", balanced, with 1 drawn and 2 damaged digits of each class and "+
		"3 pictures of each kind without a digit, whose logits are then 2.5 lower"))
	require.Equal(t, "default: 334 epochs", fmt.Sprintf("default: %d epochs", func() int { r := recipes["default"]; r.suit(150); return r.epochs }()))
}

// TestRecipes: a recipe stays as it is, or it gets another name.
func TestRecipes(t *testing.T) {
	t.Parallel()
	const hog = "hog directions=%d cells=6 margin=%d contrast=true components=60 products"
	few := few{1000, 1e-3}
	for name, want := range map[string]recipe{
		"default":  {features: "hog", epochs: 6, batch: 50, rate: 1, averaging: 8, few: few},
		"best":     {features: fmt.Sprintf(hog, 8, 3), epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true, few: few},
		"tutorial": {features: "pixels", steps: 1000, batch: 100, rate: 0.01, summed: true, last: true, inOrder: true},
		"reader": {features: fmt.Sprintf(hog, 12, 4), epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true, inOrder: true,
			extension: extension{drawn: 5000, worn: 1200, noDigit: 1200, rarer: 2.5, sure: 0.94}},
	} {
		require.Equal(t, want, recipes[name], name)
	}
}

// TestAnswerOf: the most probable class wins, the first of equal ones, and "no
// digit" must exceed it.
func TestAnswerOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p    []float32
		n    int
		want answer
	}{
		{[]float32{0.25, 0.5, 0.25}, 3, answer{0, 1, 0.5, 0.25}},
		{[]float32{0.5, 0.5}, 2, answer{0, 0, 0.5, 0.5}},
		{[]float32{0.25, 0.25, 0.5}, 2, answer{0, 2, 0.5, 0.25}},
		{[]float32{0.5, 0, 0.25, 0.25}, 2, answer{0, 0, 0.5, 0.5}},
		{[]float32{0.25, 0.125, 0.25, 0.375}, 2, answer{0, 2, 0.625, 0.25}},
	} {
		require.Equal(t, tt.want, answerOf(tt.p, tt.n, 0))
	}
}

// TestCalledNone: "no digit" must exceed the best digit.
func TestCalledNone(t *testing.T) {
	t.Parallel()
	m := softmax.New(1, 12) // equal classes: two of twelve are no digit
	require.Equal(t, 1, calledNone(m, softmax.Floats{0}))
	require.Equal(t, 0, calledNone(softmax.New(1, 11), softmax.Floats{0, 0}), "as probable as each digit")
	require.Equal(t, 2, calledNone(m, softmax.Floats{0, 0}))
}

// TestStreamMismatch: each file of a stream that does not suit the others is
// named.
func TestStreamMismatch(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file string
		a    *idx.Array[uint8]
		want string
	}{
		"other test images": {"t10k-images-idx3-ubyte", &idx.Array[uint8]{Dims: []int{100, 4, 8}, Data: make([]uint8, 3200)},
			"the training images are 8x8, but the test images are 8x4"},
		"other widths": {"t10k-images-idx3-ubyte", &idx.Array[uint8]{Dims: []int{100, 8, 4}, Data: make([]uint8, 3200)},
			"the training images are 8x8, but the test images are 4x8"},
		"rows, not images": {"train-images-idx3-ubyte", &idx.Array[uint8]{Dims: []int{400, 64}, Data: make([]uint8, 400*64)},
			"train-images-idx3-ubyte: sizes [400 64], want those of images: number, height, width"},
		"no images":       {"train-images-idx3-ubyte", &idx.Array[uint8]{Dims: []int{0, 8, 8}}, "sizes [0 8 8], want those of images"},
		"no height":       {"train-images-idx3-ubyte", &idx.Array[uint8]{Dims: []int{400, 0, 8}}, "sizes [400 0 8], want those of images"},
		"no width":        {"train-images-idx3-ubyte", &idx.Array[uint8]{Dims: []int{400, 8, 0}}, "sizes [400 8 0], want those of images"},
		"a label missing": {"t10k-labels-idx1-ubyte", &idx.Array[uint8]{Dims: []int{99}, Data: make([]uint8, 99)}, "t10k-labels-idx1-ubyte: sizes [99], want [100]: a label for each image"},
		"flat labels":     {"t10k-labels-idx1-ubyte", &idx.Array[uint8]{Dims: []int{100, 1}, Data: make([]uint8, 100)}, "sizes [100 1], want [100]"},
		"label 10":        {"t10k-labels-idx1-ubyte", &idx.Array[uint8]{Dims: []int{100}, Data: bytes.Repeat([]uint8{10}, 100)}, "t10k-labels-idx1-ubyte: "},
	} {
		dir := tinySet(t)
		writeIDX(t, filepath.Join(dir, tt.file), tt.a)
		_, _, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-stream", "-epochs", "1")
		require.ErrorContains(t, err, tt.want, name)
	}
	dir := tinySet(t)
	file := filepath.Join(dir, "t10k-labels-idx1-ubyte")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, bad := range [][]byte{append(bytes.Clone(data), 1), data[:len(data)-1], []byte("5 0 4 1")} {
		require.NoError(t, os.WriteFile(file, bad, 0o666))
		_, _, err = train(t, t.Context(), "-data", dir, "-features", "pixels", "-stream", "-epochs", "1")
		require.ErrorContains(t, err, "t10k-labels-idx1-ubyte: ")
	}
}

// TestImageSizes: images need not be square, if the features are pixels.
func TestImageSizes(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	for file, n := range map[string]int{"train-images-idx3-ubyte": 400, "t10k-images-idx3-ubyte": 100} {
		writeIDX(t, filepath.Join(dir, file), &idx.Array[uint8]{Dims: []int{n, 4, 16}, Data: make([]uint8, n*64)})
	}
	out, _, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-stream", "-epochs", "1")
	require.NoError(t, err)
	require.Contains(t, out, "400 images of 16x4")
	const stay = "the images stay in their file"
	require.Contains(t, out, stay)
	out, _, err = train(t, t.Context(), "-data", dir, "-features", "pixels", "-epochs", "1")
	require.NoError(t, err)
	require.NotContains(t, out, stay)

	// For histograms, they must be 28x28.
	for _, size := range [][2]int{{28, 14}, {14, 28}, {28, 28}} {
		for file, n := range map[string]int{"train-images-idx3-ubyte": 400, "t10k-images-idx3-ubyte": 100} {
			pixels := make([]uint8, n*size[0]*size[1])
			writeIDX(t, filepath.Join(dir, file), &idx.Array[uint8]{Dims: []int{n, size[0], size[1]}, Data: pixels})
		}
		for _, stream := range []string{"-stream", "-stream=false"} {
			o, err := parse([]string{"-data", dir, stream}, io.Discard)
			require.NoError(t, err)
			_, _, err = load(t.Context(), o, io.Discard)
			if size == [2]int{28, 28} {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, fmt.Sprintf("the images of %s are %dx%d; use -features pixels for images that are not 28x28", dir, size[1], size[0]))
			}
		}
	}
}

// TestHoldoutBorders: at least one image must be left to train on.
func TestHoldoutBorders(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	_, _, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-epochs", "1", "-holdout", "399")
	require.NoError(t, err)
	_, _, err = train(t, t.Context(), "-data", dir, "-features", "pixels", "-epochs", "1", "-holdout", "400")
	require.EqualError(t, err, "-holdout 400 leaves nothing of 400 training images; want less")
	require.Equal(t, []string{"classes with fewer than 10 training images, which may be read badly: 1 (9)"},
		thinClasses(&dataset.Set{Classes: 2, Labels: append(make([]int, 10), 1, 1, 1, 1, 1, 1, 1, 1, 1)}, 0))
	require.Contains(t, thinClasses(&dataset.Set{Classes: 2, Labels: append(make([]int, 10), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)}, 1)[0], "held out is of these classes: 1")
	require.Equal(t, strings.Repeat("x, ", 19)+"x", enumerate(strings.Fields(strings.Repeat("x ", 20))))
	require.Equal(t, strings.Repeat("x, ", 20)+"and 1 more", enumerate(strings.Fields(strings.Repeat("x ", 21))))
}

// TestFirstError: the first error of the writer is the one that train returns.
func TestFirstError(t *testing.T) {
	t.Parallel()
	first, second := errors.New("first"), errors.New("second")
	p := &printer{options: &options{}, w: io.Discard}
	p.keep(0, nil)
	p.text("fine")
	require.NoError(t, p.err)
	p.keep(0, first)
	p.keep(0, second)
	require.Equal(t, first, p.err)
}

// TestNoWhy: there are no reasons for images of other sizes than 28x28.
func TestNoWhy(t *testing.T) {
	t.Parallel()
	f := new(finding)
	for _, size := range []image.Point{{28, 27}, {27, 28}} {
		require.Nil(t, f.why(answer{}, image.NewGray(image.Rectangle{Max: size})))
	}
}
