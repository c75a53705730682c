package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// train runs the program and returns what it printed.
func train(t *testing.T, ctx context.Context, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	err = run(ctx, args, &out, &errs)
	return out.String(), errs.String(), err
}

// tinySet writes a data set of 8x8 pixels and returns its folder. A digit is a
// bright row or column in its own place.
func tinySet(t *testing.T) string {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, prefix := range []string{"train", "t10k"} {
		n := map[string]int{"train": 400, "t10k": 100}[prefix]
		images := &idx.Array[uint8]{Dims: []int{n, 8, 8}, Data: make([]uint8, n*64)}
		labels := &idx.Array[uint8]{Dims: []int{n}, Data: make([]uint8, n)}
		for i := range n {
			digit := rng.IntN(10)
			labels.Data[i] = uint8(digit)
			for k := range 8 {
				at := digit*8 + k // a row
				if digit >= 8 {
					at = k*8 + 3*(digit-8) // a column
				}
				images.Item(i)[at%64] = uint8(100 + rng.IntN(156))
			}
		}
		writeIDX(t, filepath.Join(dir, prefix+"-images-idx3-ubyte"), images)
		writeIDX(t, filepath.Join(dir, prefix+"-labels-idx1-ubyte"), labels)
	}
	return dir
}

func writeIDX(t *testing.T, name string, a *idx.Array[uint8]) {
	var b bytes.Buffer
	require.NoError(t, idx.Encode(&b, a))
	require.NoError(t, os.WriteFile(name, b.Bytes(), 0o666))
}

func TestText(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	name := filepath.Join(dir, "model.safetensors")
	out, errs, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-out", name, "-holdout", "50", "-epochs", "3")
	require.NoError(t, err)
	require.Empty(t, errs)
	require.Contains(t, out, "400 images of 8x8 to train on, 50 of them held out for validation, 100 to test\n")
	require.Contains(t, out, "recipe default, seed 1: 3 epochs, batches of 50, rate 1 on the mean loss, L2 0, averaging 8\n")
	require.Regexp(t, `(?m)^epoch 1/3  step 7/21  \d+ images/s  loss \d\.\d{4}  validation \d+\.\d\d%$`, out)
	require.Regexp(t, `(?m)^epoch 3/3  step 21/21 `, out)
	require.Regexp(t, `(?m)^temperature \d\.\d{3}; answers are sure from 99\.8% on: there are too few images for a lower limit\n\d+\.\d% of all 400 images, in a cross-validation, get a sure answer$`, out)
	require.Regexp(t, `(?m)^once more, with all 400 images$`, out)
	require.Regexp(t, `(?m)^epoch 3/3  step 24/24  \d+ images/s  loss \d\.\d{4}$`, out)
	require.Regexp(t, `accuracy   \d+\.\d\d%  \(\d+ of 100;`, out)
	require.Contains(t, out, "confusion")
	require.Regexp(t, `(?m)^650 parameters, trained in \d+\.\d\d s$`, out)
	require.True(t, strings.HasSuffix(out, "model written to "+name+"\n"))
	require.NotContains(t, out, "\r", "plain lines when not on a terminal")

	m, err := softmax.Load(name)
	require.NoError(t, err)
	require.Equal(t, strings.Split("0123456789", ""), m.Names)
	sure, temperature := m.Metadata["sure from"], m.Metadata["temperature"]
	require.Equal(t, map[string]string{
		"features":    "pixels",
		"input":       "8x8 gray, ink 1 on ground 0",
		"training":    "400 images, 50 of them held out, seed 1, recipe default: 3 epochs, batches of 50, rate 1 on the mean loss, L2 0, averaging 8",
		"sure from":   sure,
		"temperature": temperature,
	}, m.Metadata)
	for text, least := range map[string]float64{sure: 0, temperature: 1} {
		v, err := strconv.ParseFloat(text, 32)
		require.NoError(t, err)
		require.GreaterOrEqual(t, v, least)
	}
	_, test, err := dataset.Load(os.DirFS(dir))
	require.NoError(t, err)
	require.Greater(t, m.Accuracy(softmax.Bytes(test.Images), test.Labels), 0.9)
}

func TestJSON(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	out, _, err := train(t, t.Context(), "-data", dir, "-features", "pixels", "-holdout", "0", "-epochs", "2", "-batch", "10", "-json")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	require.Len(t, lines, 3)
	var epoch jsonEpoch
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &epoch))
	require.Equal(t, 2, epoch.Epoch)
	require.Equal(t, 80, epoch.Step)
	require.Nil(t, epoch.ValidationLoss, "no images were held out")
	require.Positive(t, epoch.ImagesPerSecond)
	var result jsonResult
	require.NoError(t, json.Unmarshal([]byte(lines[2]), &result))
	require.Greater(t, result.TestAccuracy, 0.9)
	require.Positive(t, result.TestLogLoss)
	require.Positive(t, result.TrainSeconds)
	require.Equal(t, 650, result.Parameters)
}

func TestFlagsOverrideTheRecipe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "6 epochs, batches of 50, rate 1 on the mean loss, L2 0, averaging 8, centered"},
		{[]string{"-features", "pixels"}, "6 epochs, batches of 50, rate 1 on the mean loss, L2 0, averaging 8"},
		{[]string{"-rate", "0.5", "-l2", "1e-4", "-batch", "20", "-epochs", "2"}, "2 epochs, batches of 20, rate 0.5 on the mean loss, L2 0.0001, averaging 8, centered"},
		{[]string{"-recipe", "best"}, "2 epochs, batches of 100, rate 0.1 on the mean loss, L2 0.001, averaging 0, falling, centered"},
		{[]string{"-recipe", "tutorial"}, "1000 steps, batches of 100, rate 0.01 on the summed loss, L2 0, averaging 0"},
		{[]string{"-rate", "0.02", "-recipe", "tutorial"}, "1000 steps, batches of 100, rate 0.02 on the summed loss, L2 0, averaging 0"},
		{[]string{"-recipe", "tutorial", "-epochs", "3"}, "3 epochs, batches of 100, rate 0.01 on the summed loss, L2 0, averaging 0"},
	} {
		o, err := parse(tt.args, os.Stderr)
		require.NoError(t, err)
		require.Equal(t, tt.want, o.recipe.String())
	}
	require.Equal(t, 1.0, recipes["tutorial"].meanRate(), "0.01 for the sum of 100 losses")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	_, errs, err := train(t, t.Context(), "-help")
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, errs, "go run ./examples/train -data mnist -out model.safetensors")
	for _, tt := range []struct{ args, want string }{
		{"-recipe none", `train: -recipe "none", want default, reader, best or tutorial`},
		{"-features cnn", `train: -features "cnn", want hog, pixels or hog with parameters`},
		{"-features hog|directions=8|cells=6|margin=3|contrast=true|products", "has 41904 numbers, want at most 20000; components=60"},
		{"-epochs 0", "train: -epochs 0, want at least 1"},
		{"-epochs 1000000001", "train: -epochs 1000000001, want at most 1000000000"},
		{"-batch -1", "train: -batch -1, want at least 1"},
		{"-rate NaN", "train: -rate NaN, want more than 0, from 1.4e-45 to 3.4e+38"},
		{"-rate 1e300", "train: -rate 1e+300"},
		{"-rate 1e-50", "train: -rate 1e-50, want more than 0, from 1.4e-45 to 3.4e+38"},
		{"-recipe tutorial -rate 1e-50", "train: -rate 1e-50, want more than 0, from 1.4e-47 to 3.4e+36"},
		{"-l2 -1", "train: -l2 -1, want 0 or more"},
		{"-l2 1e30 -rate 0.5", "train: the rate, 0.5 for the mean loss, times the L2 penalty, 1e+30, is 5e+29; want less than 1, or each step undoes all before it: lower -rate or -l2"},
		{"-recipe best -rate 1000", "train: the rate, 1000 for the mean loss, times the L2 penalty, 0.001, is 1; want less than 1, "},
		{"-holdout -1", "train: -holdout -1, want 0 or more"},
		{"-pictures= -labels names", `train: -pictures "" is empty: give it a value, or leave out the flag`},
		{"mnist", `train: unexpected argument "mnist"`},
		{"-none", "flag provided but not defined: -none"},
	} {
		args := strings.Fields(tt.args)
		for i, arg := range args {
			args[i] = strings.ReplaceAll(arg, "|", " ")
		}
		_, errs, err := train(t, t.Context(), args...)
		require.ErrorIs(t, err, cli.ErrUsage)
		require.Contains(t, errs, tt.want)
	}
}

func TestNoData(t *testing.T) {
	t.Parallel()
	_, _, err := train(t, t.Context(), "-data", t.TempDir())
	var missing *dataset.MissingError
	require.ErrorAs(t, err, &missing)
	require.ErrorContains(t, err, "curl", "the error is the help")

	_, _, err = train(t, t.Context(), "-data", tinySet(t), "-holdout", "50")
	require.ErrorContains(t, err, "are 8x8; use -features pixels for images that are not 28x28")

	_, _, err = train(t, t.Context(), "-data", tinySet(t), "-holdout", "400")
	require.EqualError(t, err, "-holdout 400 leaves nothing of 400 training images; want less")
}

func TestStoppedKeepsAModel(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	name := filepath.Join(dir, "model.safetensors")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, _, err := train(t, ctx, "-data", dir, "-features", "pixels", "-holdout", "50", "-out", name)
	require.EqualError(t, err, "stopped before the first step; nothing was written")
	require.NotContains(t, out, "accuracy")
	require.NoFileExists(t, name)

	// Stop between the features and the first step.
	ctx, cancel = context.WithCancel(t.Context())
	w := writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("ready after")) {
			cancel()
		}
		return len(p), nil
	})
	err = run(ctx, []string{"-data", dir, "-features", "pixels", "-holdout", "50", "-out", name}, w, w)
	require.EqualError(t, err, "stopped before the first step; nothing was written")
	require.NoFileExists(t, name)

	// Stop after the first epoch, after the second, and in the second training.
	for lines, want := range map[int]struct{ text, metadata string }{
		1:  {"stopped; keeping the model of epoch 1\n", ", averaging 8, stopped in epoch 2, the model of epoch 1"},
		2:  {"stopped; keeping the model of epoch", ", averaging 8, stopped in epoch 3, the model of epoch "},
		21: {"stopped; keeping the model of the first training\n", ", averaging 8, stopped in the second training, the model of the first"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var out bytes.Buffer
		w := writerFunc(func(p []byte) (int, error) {
			out.Write(p)
			if bytes.Count(out.Bytes(), []byte("epoch ")) >= lines {
				cancel()
			}
			return len(p), nil
		})
		err := run(ctx, []string{"-data", dir, "-features", "pixels", "-holdout", "50", "-epochs", "20", "-out", name}, w, w)
		require.NoError(t, err, lines)
		require.Contains(t, out.String(), want.text)
		require.Contains(t, out.String(), "model written to "+name)
		m, err := softmax.Load(name)
		require.NoError(t, err)
		require.Contains(t, m.Metadata["training"], want.metadata)
		require.NoError(t, os.Remove(name))
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestUnprintable: train saves the model even if it cannot print the results.
func TestUnprintable(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	name := filepath.Join(dir, "model.safetensors")
	full := errors.New("disk full")
	w := writerFunc(func([]byte) (int, error) { return 0, full })
	for _, format := range []string{"-json", "-json=false"} {
		err := run(t.Context(), []string{"-data", dir, "-features", "pixels", "-holdout", "50", "-epochs", "2", "-out", name, format}, w, w)
		require.ErrorIs(t, err, full)
		_, err = softmax.Load(name)
		require.NoError(t, err)
		require.NoError(t, os.Remove(name))
	}
}

func TestOutIsCheckedFirst(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	out, _, err := train(t, t.Context(), "-data", dir, "-out", filepath.Join(dir, "none", "m"))
	require.ErrorContains(t, err, "there is no folder")
	require.Empty(t, out)
	_, _, err = train(t, t.Context(), "-data", dir, "-out", dir)
	require.ErrorContains(t, err, "is not a file")
	images := filepath.Join(dir, "train-images-idx3-ubyte")
	_, _, err = train(t, t.Context(), "-data", dir, "-features", "pixels", "-holdout", "0", "-epochs", "1", "-out", images)
	require.EqualError(t, err, "-out "+images+" exists and is not a model: choose another name, or remove it first")
	name := filepath.Join(dir, "model")
	for range 2 {
		_, _, err = train(t, t.Context(), "-data", dir, "-features", "pixels", "-holdout", "0", "-epochs", "1", "-out", name)
		require.NoError(t, err, "a model may be replaced")
	}
	_, _, err = train(t, t.Context(), "-data", filepath.Join(dir, "train-labels-idx1-ubyte"))
	require.ErrorContains(t, err, "is not a folder")
}

func TestDiverged(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "model")
	_, _, err := train(t, t.Context(), "-data", tinySet(t), "-features", "pixels", "-holdout", "50", "-rate", "3.4e38", "-batch", "1", "-out", name)
	var diverged *softmax.DivergenceError
	require.ErrorAs(t, err, &diverged)
	require.ErrorContains(t, err, "lower the learning rate (3.4e+38)")
	require.NoFileExists(t, name)

	// With all images, the last step is one too many. No flag could set such a
	// penalty.
	o, err := parse([]string{"-data", tinySet(t), "-features", "pixels", "-holdout", "50", "-rate", "10", "-batch", "19", "-epochs", "1"}, io.Discard)
	require.NoError(t, err)
	o.l2 = 10
	images, test, err := load(t.Context(), o, io.Discard)
	require.NoError(t, err)
	made, err := o.prepare(t.Context(), images, test)
	require.NoError(t, err)
	var out strings.Builder
	_, _, err = fit(t.Context(), &printer{options: o, w: &out}, made.rows, images.Classes)
	require.Contains(t, out.String(), "once more, with all 400 images")
	require.ErrorAs(t, err, &diverged)
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

// accuracy trains on MNIST and returns the accuracy on the test set.
func accuracy(t *testing.T, args ...string) float64 {
	out, _, err := train(t, t.Context(), append(args, "-data", mnist(t), "-json")...)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var result jsonResult
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &result))
	return result.TestAccuracy
}

func TestTutorialOnMNIST(t *testing.T) {
	t.Parallel()
	got := accuracy(t, "-recipe", "tutorial")
	require.GreaterOrEqual(t, got, 0.910)
	require.LessOrEqual(t, got, 0.921)
}

func TestPixelsOnMNIST(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, accuracy(t, "-features", "pixels"), 0.925)
}

// TestDefaultOnMNIST: the default command makes a small model. The checksum is
// the same on every machine.
func TestDefaultOnMNIST(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "model.safetensors")
	require.GreaterOrEqual(t, accuracy(t, "-out", name), 0.9915)
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	require.LessOrEqual(t, len(got), 8<<10)
	require.Equal(t, "ba6082337cf5e0e79d3cedb073011d4b431bf33c250af6c3020b9aa8266094ff", fmt.Sprintf("%x", sha256.Sum256(got)))
}

// TestEmbeddedModel: the recipe reader makes the model in examples/reader, byte
// for byte, on every machine.
func TestEmbeddedModel(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "model.safetensors")
	report := filepath.Join(t.TempDir(), "report.html")
	require.GreaterOrEqual(t, accuracy(t, "-recipe", "reader", "-out", name, "-report", report), 0.9945)
	checkReaderReport(t, report)
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	want, err := os.ReadFile("../reader/model.safetensors")
	require.NoError(t, err)
	require.LessOrEqual(t, len(got), 400_000)
	require.True(t, bytes.Equal(want, got), "run go generate in examples/reader, and look at what changed")
}

// TestCanCross: cross-validation neither takes long nor needs much memory.
func TestCanCross(t *testing.T) {
	t.Parallel()
	rows := func(n, length int) table { return table{Data: softmax.Data{Y: make([]int, n)}, length: length} }
	require.True(t, rows(8999, 784).canCross())
	require.True(t, rows(mostToCross-1, 784).canCross())
	require.False(t, rows(mostToCross, 784).canCross())
	require.False(t, rows(8999, 256*256).canCross())
}
