package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/idx"
	reference "github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// mainKey is an environment variable that turns the test binary into the
// program.
const mainKey = "TUTORIAL_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainKey) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program runs the tutorial and returns all that it prints.
func program(t *testing.T, args ...string) (output string, err error) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), mainKey+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// mnist returns the folder with the real data, for long tests, or skips.
func mnist(t *testing.T) string {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	dir := os.Getenv("MNIST_DIR")
	if dir == "" {
		t.Skip("set MNIST_DIR to a folder with the four MNIST files to run this")
	}
	return dir
}

// compareLosses trains with the tutorial and with package softmax on the same
// batches. The mean loss with rate 1 is the summed loss of 100 with rate 0.01.
func compareLosses(t *testing.T, images, labels []uint8, order []int) {
	const pixels = 28 * 28
	m := new(model)
	trainer := reference.NewTrainer(reference.New(pixels, 10))
	trainer.Rate = rate * batch
	for step := range 10 {
		rows := order[step*batch:][:batch]
		var x reference.Bytes
		var y []int
		for _, row := range rows {
			x = append(x, images[row*pixels:][:pixels]...)
			y = append(y, int(labels[row]))
		}
		want, err := trainer.Step(x, y)
		require.NoError(t, err)
		require.InDelta(t, want, m.step(images, labels, rows), 1e-5, "step %d", step+1)
	}
}

// bands returns images of the digits: a band at the label's height, and noise.
func bands(rows int) (rng *rand.Rand, images, labels []uint8) {
	rng = rand.New(rand.NewPCG(3, 4))
	images, labels = make([]uint8, rows*28*28), make([]uint8, rows)
	for i := range labels {
		labels[i] = uint8(rng.IntN(10))
		for k := range 200 {
			images[i*28*28+60*int(labels[i])+k] = uint8(rng.IntN(256))
		}
	}
	return rng, images, labels
}

// printed returns what f prints.
func printed(t *testing.T, f func()) string {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer file.Close()
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	os.Stdout = file
	f()
	data, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(data)
}

// TestTraining: training is the same on every machine. It prints the loss after
// each hundred steps.
func TestTraining(t *testing.T) {
	const rows = 250 // so two batches are a pass
	_, images, labels := bands(rows)
	m := new(model)
	require.Equal(t, "step  100: loss 0.006\n", printed(t, func() { m.train(images, labels, 100) }))
	require.InDeltaSlice(t, []float64{0.026478121508, -0.014759940134, -0.036466210096}, m.b[:3], 1e-9)
	require.Equal(t, 1.0, m.accuracy(images, labels))
	for i := range 50 {
		labels[i] = (labels[i] + 1) % 10
	}
	require.Equal(t, 0.8, m.accuracy(images, labels))
	require.Empty(t, printed(t, func() { m.train(images, labels, 1) }))
}

// TestPictures: each picture has a line, in the order of the names. Files whose
// names do not begin with one digit are left out.
func TestPictures(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile("../predict/test_num/8_rings.png")
	require.NoError(t, err)
	for _, name := range []string{"7_a.png", "2_big rings and more.png", "12_a.png", "x_1.png"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o666))
	}
	out := printed(t, func() { run(small(t), dir, 0) }) // without training, a 0 is always the answer
	_, lines, _ := strings.Cut(out, "%\n")
	require.Equal(t, "2_big rings and more.png expected 2, predicted 0\n7_a.png            expected 7, predicted 0\n", lines)
}

// TestLosses: the first ten losses are those of package softmax.
func TestLosses(t *testing.T) {
	const rows = 1000
	rng, images, labels := bands(rows)
	compareLosses(t, images, labels, rng.Perm(rows))
}

func TestLossesOnMNIST(t *testing.T) {
	dir := mnist(t)
	images, labels := readSet(dir, "train")
	images, labels = images[heldOut*784:], labels[heldOut:]
	compareLosses(t, images, labels, rand.New(rand.NewPCG(1, 2)).Perm(len(labels)))
}

// write writes an IDX file.
func write(t *testing.T, dir, name string, data []byte, dims ...int) {
	f, err := os.Create(filepath.Join(dir, name))
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, idx.Encode(f, &idx.Array[uint8]{Dims: dims, Data: data}))
}

// small writes the four files for a short training, and a picture.
func small(t *testing.T) (dir string) { return smallSet(t, 100) }

// smallSet is small with this number of images to train on, at most 100.
func smallSet(t *testing.T, trained int) (dir string) {
	dir = t.TempDir()
	const rows = 100
	_, images, labels := bands(rows)
	all := heldOut + trained
	write(t, dir, "train-images-idx3-ubyte", append(make([]uint8, heldOut*784), images...)[:all*784], all, 28, 28)
	write(t, dir, "train-labels-idx1-ubyte", append(bytes.Repeat([]uint8{9}, heldOut), labels...)[:all], all)
	labels[99] = (labels[99] + 1) % 10
	write(t, dir, "t10k-images-idx3-ubyte", images[92*784:], 8, 28, 28)
	write(t, dir, "t10k-labels-idx1-ubyte", labels[92:], 8)
	data, err := os.ReadFile("../predict/test_num/8_rings.png")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "8_a.png"), data, 0o666))
	return dir
}

// TestRun: the first 5000 training images are not for training. The test set
// tells the accuracy. Then come the pictures.
func TestRun(t *testing.T) {
	dir := small(t)
	require.Regexp(t, `^test accuracy: 87\.50 %\n8_a\.png            expected 8, predicted \d\n$`, printed(t, func() { run(dir, dir, 50) }))
}

// TestGradient compares p - y with differences of the loss.
func TestGradient(t *testing.T) {
	z, y := vector{1, -2, 0.5, 3, 0, 0, 1, -1, 2, 0.1}, vector{7: 1}
	loss := func(z vector) float64 { return crossEntropy(softmax(z), y) }
	dz := gradient(softmax(z), y)
	for k := range z {
		const h = 1e-5
		more, less := z, z
		more[k] += h
		less[k] -= h
		require.InDelta(t, (loss(more)-loss(less))/(2*h), dz[k], 1e-8)
	}
	require.Equal(t, vector{3: 1}, softmax(vector{3: 1000}), "exp(1000) is infinite")
}

// TestOnMNIST runs the program from the data to the pictures.
func TestOnMNIST(t *testing.T) {
	pictures := filepath.Join("..", "predict", "test_num")
	out, err := program(t, "-data", mnist(t), pictures)
	require.NoError(t, err, out)
	require.Regexp(t, `(?m)^step 1000: loss 0\.\d{3}$`, out)
	accuracy := regexp.MustCompile(`(?m)^test accuracy: ([\d.]+) %$`).FindStringSubmatch(out)
	require.NotNil(t, accuracy, out)
	percent, err := strconv.ParseFloat(accuracy[1], 64)
	require.NoError(t, err)
	require.GreaterOrEqual(t, percent, 91.0)
	require.LessOrEqual(t, percent, 92.1)
	names, err := filepath.Glob(filepath.Join(pictures, "?_*.png")) // of one digit
	require.NoError(t, err)
	right := 0
	for _, name := range names {
		file := filepath.Base(name)
		line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(file) + ` +expected (\d), predicted (\d)$`).FindStringSubmatch(out)
		require.NotNil(t, line, file)
		require.Equal(t, file[:1], line[1])
		if line[1] == line[2] {
			right++
		}
	}
	require.Equal(t, len(names), strings.Count(out, "expected"), "no other files")
	require.Greater(t, right, len(names)*3/4, "92 % on MNIST, so not all")
}

// TestArguments: what is wrong with the arguments comes before the training.
func TestArguments(t *testing.T) {
	dir := small(t)
	none, file, empty := filepath.Join(dir, "none"), filepath.Join(dir, "8_a.png"), t.TempDir()
	const noPictures = " is no folder with pictures such as 8_3.png: name one, or run this in the root of the repository\n"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{dir, "more"}, "unexpected argument \"more\"; want one folder of pictures\n"},
		{[]string{none}, none + noPictures},
		{[]string{file}, file + noPictures},
		{[]string{empty}, empty + noPictures},
	} {
		out, err := program(t, append([]string{"-data", dir}, tt.args...)...)
		require.EqualError(t, err, "exit status 1")
		require.Equal(t, tt.want, out)
	}
}

// TestFewImages: besides the 5000 that are held out, there is a batch to train
// on.
func TestFewImages(t *testing.T) {
	for _, trained := range []int{-4999, 0, 99} {
		dir := smallSet(t, trained)
		out, err := program(t, "-data", dir, dir)
		require.EqualError(t, err, "exit status 1")
		require.Equal(t, fmt.Sprintf("%d training images in %s; want 5100 or more\n", 5000+trained, dir), out)
	}
}

// TestOtherSets: a set that is not like MNIST is an error before the training.
func TestOtherSets(t *testing.T) {
	dir := small(t)
	for _, tt := range []struct{ rows, side, labels, label int }{
		{2, 27, 2, 9}, {2, 28, 1, 9}, {2, 28, 3, 9}, {2, 28, 2, 10}, {0, 28, 0, 0},
	} {
		write(t, dir, "t10k-images-idx3-ubyte", make([]uint8, tt.rows*tt.side*28), tt.rows, tt.side, 28)
		write(t, dir, "t10k-labels-idx1-ubyte", bytes.Repeat([]uint8{uint8(tt.label)}, tt.labels), tt.labels)
		out, err := program(t, "-data", dir, dir)
		require.EqualError(t, err, "exit status 1")
		require.Equal(t, dir+": the t10k files differ from MNIST's; want images of 28x28 pixels, each with a label from 0 to 9\n", out)
	}
}

// TestNoTestSet: what lacks is said before the training, not after it.
func TestNoTestSet(t *testing.T) {
	for _, name := range []string{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
		dir := small(t)
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
		out, err := program(t, "-data", dir)
		require.Error(t, err)
		require.Regexp(t, "^no "+name+`\.gz in .*\n$`, out)
	}
}

// TestFullDisk: output that cannot be written is an error.
func TestFullDisk(t *testing.T) {
	dir := small(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-data", dir, dir)
	cmd.Env = append(os.Environ(), mainKey+"=1")
	readOnly, err := os.Open(filepath.Join(dir, "8_a.png"))
	require.NoError(t, err)
	defer readOnly.Close()
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = readOnly, &errs
	require.EqualError(t, cmd.Run(), "exit status 1")
	require.Regexp(t, `^write .*\n$`, errs.String())
}

func TestNoData(t *testing.T) {
	dir := t.TempDir()
	out, err := program(t, "-data", dir)
	require.Error(t, err)
	require.Equal(t, "no train-images-idx3-ubyte.gz in "+dir+": get https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz\n", out)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "train-images-idx3-ubyte"), []byte("<html>"), 0o666))
	out, err = program(t, "-data", dir)
	require.Error(t, err)
	require.Contains(t, out, "idx: ")
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 1, exit.ExitCode())
	require.NoError(t, os.Remove(filepath.Join(dir, "train-images-idx3-ubyte")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "train-images-idx3-ubyte"), 0o777))
	out, err = program(t, "-data", dir)
	require.Error(t, err)
	require.Contains(t, out, "train-images-idx3-ubyte is not a regular file\n")
}
