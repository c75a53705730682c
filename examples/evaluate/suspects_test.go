package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// written returns digits by hand in MNIST's form: the given number of each
// class.
func written(counts ...int) *dataset.Set {
	rng := rand.New(rand.NewPCG(8, 9))
	s := &dataset.Set{Width: 28, Height: 28, Classes: len(counts)}
	for class, n := range counts {
		for range n {
			ink := hand.Write(rng, rune('0'+class))
			s.Images = append(s.Images, imageprep.Center(ink, imageprep.InkBox(ink)).Pix...)
			s.Labels = append(s.Labels, class)
		}
	}
	return s
}

// plant gives n images another label, and returns which.
func plant(s *dataset.Set, n int) map[int]bool {
	rng := rand.New(rand.NewPCG(5, 6))
	planted := map[int]bool{}
	for len(planted) < n {
		i := rng.IntN(s.Len())
		if !planted[i] {
			planted[i] = true
			s.Labels[i] = (s.Labels[i] + 1 + rng.IntN(s.Classes-1)) % s.Classes
		}
	}
	return planted
}

// folderOf writes the four files of a data set, with the same images in both
// parts.
func folderOf(t *testing.T, s *dataset.Set) string {
	dir := t.TempDir()
	labels := make([]uint8, s.Len())
	for i, label := range s.Labels {
		labels[i] = uint8(label)
	}
	for _, part := range []string{"train", "t10k"} {
		for name, a := range map[string]*idx.Array[uint8]{
			"-images-idx3-ubyte": {Dims: []int{s.Len(), s.Height, s.Width}, Data: s.Images},
			"-labels-idx1-ubyte": {Dims: []int{s.Len()}, Data: labels},
		} {
			f, err := os.Create(filepath.Join(dir, part+name))
			require.NoError(t, err)
			require.NoError(t, idx.Encode(f, a))
			require.NoError(t, f.Close())
		}
	}
	return dir
}

// find runs evaluate -suspects -json.
func find(t *testing.T, args ...string) *suspects {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), append([]string{"-suspects", "-json"}, args...), &out, io.Discard))
	s := new(suspects)
	require.NoError(t, json.Unmarshal(out.Bytes(), s))
	return s
}

// count returns how many of the suspects are planted.
func (s *suspects) count(planted map[int]bool) (n int) {
	for _, x := range s.Suspects {
		if planted[x.Row] {
			n++
		}
	}
	return n
}

// TestPlanted: 1% of the labels are wrong. Most of them are among the first 2%.
func TestPlanted(t *testing.T) {
	t.Parallel()
	s := written(slices.Repeat([]int{100}, 10)...)
	planted := plant(s, 10)
	for _, set := range []string{"train", "test"} {
		found := find(t, "-data", folderOf(t, s), "-n", "20", "-set", set)
		require.GreaterOrEqual(t, found.count(planted), 9)
		require.Equal(t, 1000, found.Rows)
		require.InDelta(t, 25, found.Disagree, 15)
		require.Len(t, found.Suspects, 20)
		for i, x := range found.Suspects {
			require.NotEqual(t, x.Label, x.Instead)
			require.Equal(t, fmt.Sprint(s.Labels[x.Row]), x.Label)
			require.Equal(t, x.Margin < 0, x.LabelProbability < x.InsteadProbability)
			if i > 0 {
				require.GreaterOrEqual(t, x.Margin, found.Suspects[i-1].Margin)
			}
		}
	}
}

// TestSuspectsOfOtherSizes: images of another size are judged by their pixels.
// One image is blank.
func TestSuspectsOfOtherSizes(t *testing.T) {
	t.Parallel()
	s := written(slices.Repeat([]int{100}, 10)...)
	planted := plant(s, 10)
	small := &dataset.Set{Width: 14, Height: 14, Classes: 10, Labels: s.Labels}
	for i := range s.Len() {
		img := s.Image(i)
		for y := range 14 {
			for x := range 14 {
				sum := 0
				for k := range 4 {
					sum += int(img.GrayAt(2*x+k%2, 2*y+k/2).Y)
				}
				small.Images = append(small.Images, uint8(sum/4))
			}
		}
	}
	clear(small.Images[:14*14])
	found := find(t, "-data", folderOf(t, small), "-n", "20")
	require.GreaterOrEqual(t, found.count(planted), 8)
}

// TestSuspectsAlike: the seed alone determines the answer.
func TestSuspectsAlike(t *testing.T) {
	s := written(slices.Repeat([]int{20}, 10)...)
	plant(s, 5)
	dir := folderOf(t, s)
	var texts []string
	for _, processors := range []int{1, 2, 5, 30} {
		old := runtime.GOMAXPROCS(processors)
		out, err := evaluate(t, "-suspects", "-data", dir)
		runtime.GOMAXPROCS(old)
		require.NoError(t, err)
		texts = append(texts, out)
	}
	require.Len(t, slices.Compact(texts), 1)
	out, err := evaluate(t, "-suspects", "-data", dir, "-seed", "2")
	require.NoError(t, err)
	require.NotEqual(t, texts[0], out)
}

// TestRate: the learning rate falls with the number of features.
func TestRate(t *testing.T) {
	histograms := imageprep.DefaultHOG().Len()
	for features, want := range map[int]float32{1: 1, histograms: 1, 4 * histograms: 0.25} {
		require.Equal(t, want, newTrainer(softmax.New(features, 2), 1).Rate, features)
	}
}

// TestMargins: the order of logits holds where probabilities round to 0.
func TestMargins(t *testing.T) {
	t.Parallel()
	set := &dataset.Set{Labels: []int{0, 0, 1, 1, 2}, Classes: 3}
	s := &suspects{Rows: 5, Classes: []string{"a", "b", "c"}, images: &labeled{Set: set}, counts: []int{2, 2, 1}}
	s.choose([]float32{
		-200, 200, 0, // 400 less than b
		-300, 200, 0, // 500 less than b
		7, 7, 7, // as much as a
		-1, 3, 2,
		0, 9, -9, // alone in its class
	}, 9)
	require.Equal(t, []suspect{
		{Row: 1, Label: "a", Instead: "b", InsteadProbability: 1, Margin: -500},
		{Row: 0, Label: "a", Instead: "b", InsteadProbability: 1, Margin: -400},
		{Row: 2, Label: "b", Instead: "a", LabelProbability: s.Suspects[2].LabelProbability, InsteadProbability: s.Suspects[2].LabelProbability},
		{Row: 3, Label: "b", Instead: "c", LabelProbability: s.Suspects[3].LabelProbability, InsteadProbability: s.Suspects[3].InsteadProbability, Margin: 1},
	}, s.Suspects)
	require.InDelta(t, 1.0/3, s.Suspects[2].LabelProbability, 1e-6)
	require.InDelta(t, 0.721, s.Suspects[3].LabelProbability, 1e-3)
	require.Equal(t, 2, s.Disagree)
	require.Equal(t, 1, s.Unjudged)
}

// TestRareClasses: a row that is alone in its class cannot be judged. Rows of
// other rare classes can.
func TestRareClasses(t *testing.T) {
	t.Parallel()
	s := written(60, 60, 4, 1)
	s.Labels[0] = 1
	dir := folderOf(t, s)
	found := find(t, "-data", dir, "-n", "200")
	require.Equal(t, 1, found.Unjudged)
	require.Len(t, found.Suspects, 124)
	require.Equal(t, 0, found.Suspects[0].Row)
	out, err := evaluate(t, "-suspects", "-data", dir, "-n", "1")
	require.NoError(t, err)
	for _, want := range []string{
		`: 125 images of 10 classes, each judged by a model of the other images \(10 folds, seed 1\)\n`,
		`\nclasses with few images, which a model hardly learns: 2 \(4\), 3 \(1\)\n`,
		`\nimages without others of their class, which no model can judge: 1\n`,
		`\nthe model disagrees with the label of \d+ of 124 images \(\d\.\d\d%\)\n\n`,
		`\nrow  label           maybe\n0    1       <0\.01%  0  >99\.99%\n\nThe label may be right`,
	} {
		require.Regexp(t, want, out)
	}
}

// drawing writes a character as a picture.
func drawing(t *testing.T, rng *rand.Rand, character rune, name string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	ink := hand.Write(rng, character)
	page := image.NewGray(image.Rect(0, 0, ink.Rect.Dx()+20, ink.Rect.Dy()+20))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for y := range ink.Rect.Dy() {
		for x := range ink.Rect.Dx() {
			page.Pix[(y+10)*page.Stride+x+10] = 255 - ink.GrayAt(ink.Rect.Min.X+x, ink.Rect.Min.Y+y).Y
		}
	}
	f, err := os.Create(name)
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, page))
	require.NoError(t, f.Close())
}

// TestSuspectPictures: sub-folders are classes. One picture is in the wrong
// one.
func TestSuspectPictures(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	for class, character := range map[string]rune{"a heart": '♡', "house": '⌂', "star": '☆'} {
		for i := range 15 {
			drawing(t, rng, character, filepath.Join(dir, class, fmt.Sprintf("%d.png", i)))
		}
	}
	drawing(t, rng, '☆', filepath.Join(dir, "house", "wrong.png"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "star", "bad.png"), []byte("none"), 0o666))
	sheet := filepath.Join(t.TempDir(), "sheet.png")
	out, err := evaluate(t, "-suspects", "-pictures", dir, "-sheet", sheet, "-n", "2")
	require.NoError(t, err)
	require.Contains(t, out, filepath.Join(dir, "star", "bad.png")+": ") // on stderr
	m, err := os.Open(sheet)
	require.NoError(t, err)
	defer m.Close()
	drawn, err := png.Decode(m)
	require.NoError(t, err)
	require.Equal(t, 120+8, drawn.Bounds().Dx(), "the models agree with the other labels")
	require.Contains(t, out, "\nThe models agree with all other labels that they judge.\n")

	found := find(t, dir, "-labels", "folders")
	require.Equal(t, []string{"a heart", "house", "star"}, found.Classes)
	require.Equal(t, 46, found.Rows)
	require.Equal(t, 1, found.Unread)
	x := found.Suspects[0]
	require.Equal(t, []string{"house/wrong.png", "house", "star"}, []string{x.File, x.Label, x.Instead})
}

// TestDoubted: people see only labels with which the models do not agree.
func TestDoubted(t *testing.T) {
	t.Parallel()
	classes := []string{"a", "b"}
	s := &suspects{Rows: 3, Classes: classes, Folds: 3, images: &labeled{what: "x"}, counts: []int{20, 20}}
	s.Suspects = []suspect{
		{Row: 1, Label: "a", Instead: "b", Margin: -2}, {Row: 2, Label: "a", Instead: "b"},
		{Row: 0, Label: "b", Instead: "a", Margin: 0.1},
	}
	print := func() string {
		var out strings.Builder
		require.NoError(t, s.writeText(&out))
		return out.String()
	}
	require.Len(t, s.doubted(), 2)
	require.Regexp(t, `\n1 .*\n2 .*\n\nThe models agree with all other labels that they judge\.\nThe label may be right`, print())
	require.NotRegexp(t, `\n0 `, print())
	s.Suspects = s.Suspects[:2] // there may be more
	require.NotContains(t, print(), "agree with")
	s.Suspects = []suspect{{Label: "b", Instead: "a", Margin: 0.1}}
	require.Contains(t, print(), "\n\nThe models agree with all labels that they judge.\n")
	require.NotContains(t, print(), "maybe")

	// A run that is stopped writes no file.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	name := filepath.Join(t.TempDir(), "a.png")
	require.ErrorIs(t, s.saveSheet(ctx, name, io.Discard), context.Canceled)
	require.ErrorIs(t, s.saveReport(ctx, &options{report: name}), context.Canceled)
	require.NoFileExists(t, name)

	require.Equal(t, "3. Each learns from all images but one, and judges that one", s.howJudged())
	s.Folds = mostFolds
	require.Equal(t, "10. Each learns from nine tenths of the images and judges the others", s.howJudged())
}

// TestFewImages: the first ten rare classes are named, and the others counted.
func TestFewImages(t *testing.T) {
	t.Parallel()
	names := strings.Split(strings.Repeat("a", 25), "")
	for n, want := range map[int]string{0: "", 1: "a (1)", 10: strings.Repeat("a (1), ", 9) + "a (1)", 11: strings.Repeat("a (1), ", 10) + "1 more", 12: strings.Repeat("a (1), ", 10) + "2 more"} {
		s := &suspects{Classes: names[:n], counts: slices.Repeat([]int{1}, n)}
		require.Equal(t, want, s.rare())
	}
	s := &suspects{Classes: []string{"none", "nine", "ten", "eleven"}, counts: []int{0, 9, 10, 11}}
	require.Equal(t, "nine (9)", s.rare())
}

// TestSuspectFacts: the page counts what has no judgment, if there is any.
func TestSuspectFacts(t *testing.T) {
	t.Parallel()
	s := &suspects{images: &labeled{what: "here"}, Classes: []string{"a", "b"}, Folds: 3}
	facts := func() map[string]string {
		all := map[string]string{}
		for _, fact := range s.facts() {
			all[fact.Name] = fact.Value
		}
		return all
	}
	require.Equal(t, map[string]string{"data": "here", "classes": "a, b", "models": s.howJudged(), "seed": "0"}, facts())
	s.Unread, s.Unjudged, s.counts = 1, 1, []int{1, 90}
	got := facts()
	require.Equal(t, "1", got["pictures that cannot be used"])
	require.Equal(t, "a (1)", got["few images"])
	require.Equal(t, "1 image without others of the same class", got["not judged"])
}

func TestSuspectErrors(t *testing.T) {
	t.Parallel()
	one := folderOf(t, written(0, 30, 1))
	bad, blank := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bad, "3_a.png"), nil, 0o666))
	write(t, blank, "a/1.png", "3_brush.png")
	write(t, blank, "b/1.png", "3_brush.png")
	taken := folderOf(t, written(20, 20))
	require.NoError(t, os.WriteFile(filepath.Join(taken, "classes.txt"), []byte("circle\nno digit\n"), 0o666))
	for _, tt := range []struct {
		args, want string
	}{
		{"-suspects -data " + taken, "-data " + taken + `: a class is called "no digit", `},
		{"-suspects -data " + one, "classes with two images or more: 1; want at least two such classes"},
		{"-suspects " + blank, "classes with two images or more: 0; want at least two such classes"},
		{"-suspects " + bad, "none of 1 picture can be used"},
		{"-suspects -data " + blank, "the folder does not have train-images-idx3-ubyte"},
		{"-suspects " + blank + " -labels none", "-labels none: labels are needed here"},
		{"-suspects -n 0", "-n 0, want at least 1"},
		{"-suspects -set all", `-set "all", want train or test`},
		{"-suspects -pictures=", `-pictures "" is empty: give it a value, or leave out the flag`},
		{"-suspects a b", "want one folder of pictures"},
		{"-suspects -pictures a -data mnist", "want a folder of pictures or -data, not both"},
		{"-suspects -data mnist -labels folders", "-labels needs a folder of pictures"},
		{"-suspects -model a", "-model is not for -suspects"},
		{"-suspects -one a", "-one is not for -suspects"},
		{"-data mnist", "-data is only for -suspects"},
		{"-n 5 a", "-n is only for -suspects"},
		{"", "want one folder of pictures"},
	} {
		out, err := evaluate(t, strings.Fields(tt.args)...)
		require.Error(t, err, tt.args)
		require.Contains(t, out+err.Error(), tt.want, tt.args)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	args := []string{"-suspects", "-data", folderOf(t, written(20, 20))}
	require.ErrorIs(t, run(ctx, args, nil, nil), context.Canceled)
	closed, stdout := io.Pipe()
	closed.Close()
	require.ErrorIs(t, run(t.Context(), args, stdout, io.Discard), io.ErrClosedPipe)
}

// TestSuspectsOfMNIST: people know these labels to be wrong.
func TestSuspectsOfMNIST(t *testing.T) {
	t.Parallel()
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	dir := os.Getenv("MNIST_DIR")
	if dir == "" {
		t.Skip("MNIST_DIR is not set")
	}
	found := find(t, "-data", dir)
	require.Len(t, found.Suspects, 50)
	instead := map[int]string{}
	for _, x := range found.Suspects {
		instead[x.Row] = x.Label + " maybe " + x.Instead
	}
	for row, want := range map[int]string{
		59915: "4 maybe 7", 10994: "3 maybe 9", 43454: "5 maybe 3", 26560: "7 maybe 1", 22779: "5 maybe 6",
		7080: "3 maybe 5", 40144: "5 maybe 3", 54264: "4 maybe 1", 51248: "9 maybe 4", 28652: "4 maybe 9",
	} {
		require.Equal(t, want, instead[row], "row %d", row)
	}
	require.InDelta(t, 509, found.Disagree, 50)
}

// TestSuspectNames: names cannot command a terminal, nor break the table.
func TestSuspectNames(t *testing.T) {
	t.Parallel()
	images := &labeled{what: "a\x1b[2J", pictures: []pictures.Picture{}}
	s := &suspects{Rows: 2, Classes: []string{"\x1b[31mred", "blue\t\n"}, images: images, counts: []int{1, 1}}
	s.Suspects = []suspect{{File: "\u202e.png", Label: s.Classes[0], Instead: s.Classes[1], InsteadProbability: 0.5}}
	var out strings.Builder
	require.NoError(t, s.writeText(&out))
	require.Contains(t, out.String(), `: \x1b[31mred (1), blue\t\n (1)`)
	require.Contains(t, out.String(), `\u202e.png  \x1b[31mred   <0.01%  blue\t\n   50.00%`)
	require.NotRegexp(t, "[\x00-\x09\x0b-\x1f\u202e]", out.String())
}

// TestDrawn: an image of a data set is what the model saw. A picture is shown
// as it is stored, beside what the model saw.
func TestDrawn(t *testing.T) {
	t.Parallel()
	set := &dataset.Set{Images: make([]uint8, 784), Labels: []int{0}, Width: 28, Height: 28, Classes: 2}
	s := &suspects{Classes: []string{"0", "1"}, images: &labeled{Set: set}, Suspects: []suspect{{Label: "0", Instead: "1", LabelProbability: 0.25, InsteadProbability: 0.5}}}
	d := s.drawn(0)
	require.Equal(t, "25.0% 50.0%", d.Note)
	require.Equal(t, image.Rect(0, 0, 28, 28), d.Image.Bounds())
	require.Nil(t, d.Seen)

	dir := t.TempDir()
	writeBlank(t, filepath.Join(dir, "0_a.png"))
	found, err := pictures.FindLabeled(dir, pictures.Options{})
	require.NoError(t, err)
	s.images.pictures = found.Pictures
	d = s.drawn(0)
	require.Equal(t, image.Rect(0, 0, 300, 200), d.Image.Bounds())
	require.Equal(t, set.Image(0), d.Seen)

	// The picture may be gone.
	s.images.Set = &dataset.Set{Images: make([]uint8, 9), Labels: []int{0}, Width: 3, Height: 3, Classes: 2}
	require.Equal(t, 2, strings.Count(string(s.cardOf(0)), "data:image"), "the picture, and what the model sees")
	require.NoError(t, os.RemoveAll(dir))
	require.Nil(t, s.drawn(0).Image)
	require.Equal(t, 1, strings.Count(string(s.cardOf(0)), "data:image"))
}
