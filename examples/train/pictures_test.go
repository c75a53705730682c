package main

import (
	"fmt"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// checkReads checks that a model reads new drawings of the shapes.
func checkReads(t *testing.T, model string, least float64, names ...string) {
	r, err := reader.Load(model)
	require.NoError(t, err)
	require.Equal(t, names, r.Classes())
	rng := rand.New(rand.NewPCG(13, 14))
	right := 0
	for i := range 60 {
		name := names[i%len(names)]
		a, err := r.One(shapes[name].draw(rng), imageprep.Upright)
		require.NoError(t, err)
		if a.Name() == name {
			right++
		}
	}
	require.GreaterOrEqual(t, float64(right)/60, least)
}

// TestPictures: one command makes a model from drawings of three shapes.
func TestPictures(t *testing.T) {
	t.Parallel()
	folder := drawShapes(t, 25, "circle", "square", "triangle")
	name := filepath.Join(t.TempDir(), "model")
	out, errs, err := train(t, t.Context(), "-pictures", folder, "-epochs", "60", "-out", name)
	require.NoError(t, err)
	require.Empty(t, errs)
	require.Contains(t, out, "75 pictures of 3 classes: circle, square, triangle\n")
	require.Contains(t, out, "60 images of 28x28 to train on, 10 of them held out for validation, 15 to test\n")
	require.Regexp(t, `(?m)^ +circle +\d.+ 5$`, out, "the report has names, and a fifth of each class")
	require.Equal(t, 2*10, strings.Count(out, "epoch "), "many of epochs are a few lines")
	checkReads(t, name, 0.95, "circle", "square", "triangle")

	var models [2][]byte
	few := drawShapes(t, 5, "circle", "square")
	for i := range models {
		_, _, err = train(t, t.Context(), "-pictures", few, "-epochs", "2", "-out", name)
		require.NoError(t, err)
		models[i], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	require.Equal(t, models[0], models[1], "the same pictures give the same model")
}

// TestMorePictures: more shapes, with fewer drawings of each.
func TestMorePictures(t *testing.T) {
	t.Parallel()
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	names := []string{"circle", "heart", "left", "right", "square", "star", "triangle"}
	folder := drawShapes(t, 20, names...)
	name := filepath.Join(t.TempDir(), "model")
	_, _, err := train(t, t.Context(), "-pictures", folder, "-out", name)
	require.NoError(t, err)
	checkReads(t, name, 0.95, names...)
}

// TestPicturesOfDigits: a model of ten folders, 0 to 9, is one of the digits.
func TestPicturesOfDigits(t *testing.T) {
	t.Parallel()
	folder, rng := t.TempDir(), rand.New(rand.NewPCG(15, 16))
	for d := range 10 {
		require.NoError(t, os.Mkdir(filepath.Join(folder, fmt.Sprint(d)), 0o777))
		for i := range 12 {
			f, err := os.Create(filepath.Join(folder, fmt.Sprint(d), fmt.Sprintf("x%d.png", i)))
			require.NoError(t, err)
			require.NoError(t, png.Encode(f, hand.Write(rng, rune('0'+d))))
			require.NoError(t, f.Close())
		}
	}
	name := filepath.Join(t.TempDir(), "model")
	_, _, err := train(t, t.Context(), "-pictures", folder, "-epochs", "40", "-out", name)
	require.NoError(t, err)
	m, err := softmax.Load(name)
	require.NoError(t, err)
	require.Equal(t, strings.Split("0123456789", ""), m.Names)
	require.NotContains(t, m.Metadata, reader.OneThingKey, "digits stand in lines")
	r, err := reader.New(m)
	require.NoError(t, err)
	right := 0
	for i := range 60 {
		a, err := r.One(hand.Write(rng, rune('0'+i%10)), imageprep.Upright)
		require.NoError(t, err)
		if a.Digit == i%10 {
			right++
		}
	}
	require.Greater(t, right, 48)
}

// TestLeftOut: train names the pictures that it leaves out.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	folder := drawShapes(t, 10, "circle", "square")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "circle", "bad.png"), []byte("<html>"), 0o666))
	require.NoError(t, os.Rename(filepath.Join(folder, "square", "3.png"), filepath.Join(folder, "lost.png")))
	out, errs, err := train(t, t.Context(), "-pictures", folder, "-epochs", "2")
	require.NoError(t, err)
	require.Contains(t, errs, "1 of 21 pictures have no label and are left out")
	require.Contains(t, errs, "lost.png")
	require.Contains(t, errs, filepath.Join(folder, "circle", "bad.png")+": ")
	require.Contains(t, errs, "1 of 20 pictures cannot be used and are left out\n")
	require.Contains(t, errs, "classes with fewer than 10 training images, which may be read badly: circle (8), square (8)\n")
	require.Contains(t, out, "19 pictures of 2 classes")
}

func TestPicturesRefused(t *testing.T) {
	t.Parallel()
	one := drawShapes(t, 3, "circle")
	_, _, err := train(t, t.Context(), "-pictures", one)
	require.ErrorContains(t, err, `have the labels ["circle"]; want two classes or more: -help explains labels; `+
		"if the classes are its sub-folders, name the folder "+filepath.Join(one, "circle"))
	numbers := t.TempDir()
	for i, want := range []string{`["10"]`, `["10" "11"]`, `["7" "10" "11"]`} {
		name := filepath.Join(numbers, strings.Fields("10_0.png 11_0.png 7_0.png")[i])
		require.NoError(t, os.WriteFile(name, nil, 0o666))
		_, _, err = train(t, t.Context(), "-pictures", numbers)
		require.EqualError(t, err, "the pictures in "+numbers+" have the labels "+want+"; want two classes or more: "+
			"numbers of several digits are classes only as names of sub-folders (-labels folders)")
	}
	for i := range 9 {
		require.NoError(t, os.WriteFile(filepath.Join(numbers, fmt.Sprintf("1%d_0.png", i)), nil, 0o666))
	}
	_, _, err = train(t, t.Context(), "-pictures", numbers)
	require.ErrorContains(t, err, `have the labels ["7" "10" "11" "12" "13" "14" "15" "16"] and 2 more; want`)
	_, _, err = train(t, t.Context(), "-pictures", drawShapes(t, 3, "circle", "square"))
	require.ErrorContains(t, err, "has 6 pictures to train on and to test; want at least 10")
	folder := drawShapes(t, 20, "circle", "square")
	for i := range 20 {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "square", fmt.Sprintf("%d.png", i)), []byte("<html>"), 0o666))
	}
	_, _, err = train(t, t.Context(), "-pictures", folder)
	require.ErrorContains(t, err, "no picture of the class square can be read")
	_, _, err = train(t, t.Context(), "-pictures", drawShapes(t, 6, "circle", "square"), "-recipe", "reader")
	require.ErrorContains(t, err, "the recipe reader is for handwritten digits")
	for args, want := range map[string]string{
		"-pictures a -data b":  "-pictures and -data exclude each other",
		"-pictures a -cache b": "-pictures and -cache exclude each other",
		"-labels names":        "-labels needs -pictures",
		"-labels x":            "want auto, names, folders, manifest or none",
	} {
		_, errs, err := train(t, t.Context(), strings.Fields(args)...)
		require.ErrorIs(t, err, cli.ErrUsage)
		require.Contains(t, errs, want)
	}
}

// TestPicturesCheckedFirst: train reads no picture if the list of files is
// enough to see that the options do not suit it.
func TestPicturesCheckedFirst(t *testing.T) {
	t.Parallel()
	folder := drawShapes(t, 10, "circle", "square")
	bad := filepath.Join(folder, "circle", "bad.png")
	require.NoError(t, os.WriteFile(bad, []byte("<html>"), 0o666))
	for args, want := range map[string]string{
		"-recipe reader": "the recipe reader is for handwritten digits, ten classes of 28x28; use the recipe default for " + folder,
		"-holdout 17":    "-holdout 17 leaves nothing of 17 training images; want less",
	} {
		_, errs, err := train(t, t.Context(), append(strings.Fields(args), "-pictures", folder)...)
		require.EqualError(t, err, want)
		require.Empty(t, errs, "nothing about the damaged file")
	}
	_, errs, err := train(t, t.Context(), "-pictures", folder, "-holdout", "16")
	require.EqualError(t, err, "-holdout 16 leaves nothing of 16 training images; want less", "it drops out")
	require.Contains(t, errs, bad)
}

// TestSigns: the model of signs knows that a picture shows one of them. An
// equals sign is not two of another class.
func TestSigns(t *testing.T) {
	t.Parallel()
	folder := drawShapes(t, 10, "circle", "square")
	require.NoError(t, os.Rename(filepath.Join(folder, "circle"), filepath.Join(folder, "=")))
	require.NoError(t, os.Rename(filepath.Join(folder, "square"), filepath.Join(folder, "+")))
	name := filepath.Join(t.TempDir(), "model")
	_, _, err := train(t, t.Context(), "-pictures", folder, "-epochs", "2", "-out", name)
	require.NoError(t, err)
	r, err := reader.Load(name)
	require.NoError(t, err)
	require.True(t, r.OneThing())
}
