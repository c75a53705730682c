package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/softmax"
)

// reported trains with -report and returns the report.
func reported(t *testing.T, args ...string) string {
	name := filepath.Join(t.TempDir(), "report.html")
	out, _, err := train(t, t.Context(), append(args, "-report", name)...)
	require.NoError(t, err)
	if !strings.Contains(strings.Join(args, " "), "-json") {
		require.True(t, strings.HasSuffix(out, "report written to "+name+"\n"))
	}
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	text := string(data)
	readable := regexp.MustCompile(`base64,[^"]*`).ReplaceAllString(text, "")
	for _, bad := range []string{"NaN", "Inf", "<script", "ZgotmplZ", "%!"} {
		require.False(t, strings.Contains(readable, bad), bad)
	}
	return strings.ReplaceAll(text, name, "report.html")
}

// has checks that a long text contains another one.
func has(t *testing.T, text, part string) {
	t.Helper()
	require.True(t, strings.Contains(text, part), part)
}

func TestReport(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	labels := filepath.Join(dir, "t10k-labels-idx1-ubyte")
	data, err := os.ReadFile(labels)
	require.NoError(t, err)
	for i := range 5 { // false labels
		data[8+i] = (data[8+i] + 1) % 10
	}
	require.NoError(t, os.WriteFile(labels, data, 0o666))
	model := filepath.Join(dir, "my model")
	args := []string{"-data", dir, "-features", "pixels", "-holdout", "50", "-epochs", "3", "-seed", "7", "-out", model}
	text := reported(t, args...)
	has(t, text, "go run ./examples/train -data "+dir+" -features pixels -holdout 50 -epochs 3 -seed 7 -out &#39;"+model+"&#39; -report report.html")
	has(t, text, "400 images of 8x8 to learn from, 50 of them held out; 100 to test; 10 classes")
	has(t, text, "<dt>model file</dt><dd>"+model+"</dd>")
	for _, epoch := range []string{"epoch 1\nfirst training: loss ", "epoch 3\n", "\nsecond training, with all images: loss "} {
		has(t, text, epoch)
	}
	require.Equal(t, 10, strings.Count(text, `<img class="map"`), "the weights of each class")
	has(t, text, "</code></pre>")

	// The numbers are those of the model.
	m, err := softmax.Load(model)
	require.NoError(t, err)
	o, err := parse(args, os.Stderr)
	require.NoError(t, err)
	_, test, err := load(t.Context(), o, os.Stderr)
	require.NoError(t, err)
	found := m.Evaluate(softmax.Bytes(test.Images), test.Labels)
	wrong := found.Rows() - found.Right()
	require.Positive(t, wrong)
	has(t, text, fmt.Sprintf("<strong>%.2f%%</strong>", 100*found.Accuracy()))
	require.Equal(t, wrong, strings.Count(text, "<p>is <b"), "a card for each mistake")
	require.True(t, text == reported(t, args...), "the same command gives the same report")
}

// TestReportOfPictures: the report names the pictures of the mistakes, and
// shows why they happened.
func TestReportOfPictures(t *testing.T) {
	t.Parallel()
	folder := drawShapes(t, 16, "circle", "square")
	// Some of the circles get the wrong label.
	for i := range 6 {
		list, err := filepath.Glob(filepath.Join(folder, "circle", "*"))
		require.NoError(t, err)
		require.NoError(t, os.Rename(list[0], filepath.Join(folder, "square", "false"+string(rune('a'+i))+filepath.Ext(list[0]))))
	}
	text := reported(t, "-pictures", folder, "-epochs", "20", "-balanced")
	require.True(t, regexp.MustCompile(`<p class="small">square/false\w\.png</p>`).MatchString(text))
	has(t, text, "balanced accuracy")
	has(t, text, `<svg class="why"`)
	has(t, text, "<h3>In images of the class</h3>")
}

// TestReportOfStream: a stream gives the same report as images in memory.
func TestReportOfStream(t *testing.T) {
	t.Parallel()
	dir := bands(t, 60, 60, 60, 5)
	args := []string{"-data", dir, "-holdout", "20", "-epochs", "2"}
	args = append(args, "-rate", "0.001") // some mistakes stay
	memory := reported(t, args...)
	stream := reported(t, append(args, "-stream")...)
	has(t, memory, "<p>is <b")
	require.True(t, memory == strings.Replace(stream, " -stream -report", " -report", 1))
}

// TestReportOfLargeImages: a report stays small.
func TestReportOfLargeImages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const side = 300
	for prefix, n := range map[string]int{"train": 20, "t10k": 20} {
		images := &idx.Array[uint8]{Dims: []int{n, side, side}, Data: make([]uint8, n*side*side)}
		labels := &idx.Array[uint8]{Dims: []int{n}, Data: make([]uint8, n)}
		for i := range n {
			labels.Data[i] = uint8((i + len(prefix)) % 10) // those of the test differ
			for k := range side * side {
				images.Item(i)[k] = uint8(k * (i + 1) * 7919 >> 5)
			}
		}
		writeIDX(t, filepath.Join(dir, prefix+"-images-idx3-ubyte"), images)
		writeIDX(t, filepath.Join(dir, prefix+"-labels-idx1-ubyte"), labels)
	}
	text := reported(t, "-data", dir, "-features", "pixels", "-holdout", "0", "-epochs", "1", "-rate", "1e-3")
	has(t, text, "too large to draw the weights")
	require.Equal(t, mostPixels/(side*side), strings.Count(text, "<p>is <b"))
	require.Less(t, len(text), 1<<20)
}

// TestReportWithoutValidation: without images held out, there is no accuracy by
// epoch and no threshold.
func TestReportWithoutValidation(t *testing.T) {
	t.Parallel()
	text := reported(t, "-data", tinySet(t), "-features", "pixels", "-holdout", "0", "-epochs", "2", "-json")
	has(t, text, "<h3>Loss</h3>")
	require.False(t, strings.Contains(text, "<h3>Validation accuracy</h3>"))
	require.False(t, strings.Contains(text, "answers sure"))
	has(t, text, "<dd>not saved</dd>")
}

// TestFacts: what the report says about each way to make a model.
func TestFacts(t *testing.T) {
	t.Parallel()
	set := &dataset.Set{Width: 2, Height: 2, Classes: 2, Labels: []int{0, 1}}
	fact := func(f *finding, name string) string {
		for _, fact := range f.facts() {
			if fact.Name == name {
				return fact.Value
			}
		}
		return ""
	}
	limit := func(threshold float32) *calibration {
		return &calibration{temperature: 1.25, threshold: threshold, images: 5000}
	}
	drawn := &options{recipe: recipe{extension: extension{drawn: 1, sure: 0.94}}, holdout: 3}
	for _, tt := range []struct {
		o           *options
		c           *calibration
		sure, temp  string
		saved       bool
		file, early string
	}{
		{new(options), nil, "", "", false, "not saved", ""},
		{&options{out: "m"}, nil, "", "", false, "not saved", ""},
		{&options{out: "m"}, limit(0.75), "answers from 75.00% on", "1.250, from 5,000 images that the model had not seen", true, "m", "stopped in epoch 3"},
		{new(options), limit(1), "answers from 100% on", "1.250, from 5,000 images that the model had not seen", false, "not saved", ""},
		{new(options), limit(1.5), "no answer", "1.250, from 5,000 images that the model had not seen", false, "not saved", ""},
		{drawn, limit(1.5), "answers from 94.00% on", "1.250, from 5,000 images that the model had not seen", false, "not saved", ""},
	} {
		f := &finding{printer: &printer{options: tt.o, calibration: tt.c}, model: softmax.New(4, 2), train: set, test: set, saved: tt.saved}
		if tt.early != "" {
			f.ending = ", " + tt.early
		}
		require.Equal(t, []string{tt.sure, tt.temp, tt.file, tt.early},
			[]string{fact(f, "sure"), fact(f, "temperature"), fact(f, "model file"), fact(f, "ended early")}, "%+v", tt)
		require.Equal(t, tt.o == drawn, strings.Contains(fact(f, "data"), "some of these show no digit"))
		require.Equal(t, 10, pictures.Parameters(f.model))
	}
}

// TestNamesOfAnswers: the class after the last one is "no digit".
func TestNamesOfAnswers(t *testing.T) {
	t.Parallel()
	f := &finding{test: &dataset.Set{Classes: 2, Names: []string{"a", "b"}}}
	require.Equal(t, []string{"a", "b", "no digit"}, []string{f.nameOf(0), f.nameOf(1), f.nameOf(2)})
}

// TestSureNumbers: the report counts the sure answers, and the wrong ones among
// them.
func TestSureNumbers(t *testing.T) {
	t.Parallel()
	model := softmax.New(1, 2)
	f := &finding{printer: &printer{options: new(options), calibration: &calibration{threshold: 0.75}}, model: model}
	f.result = model.Evaluate(softmax.Floats{0, 0, 0, 0}, []int{0, 0, 1, 0})
	numbers := map[string]string{}
	for _, n := range f.numbers([]answer{{0, 0, 0.75, 0.75}, {0, 1, 0.8, 0.2}, {1, 1, 0.9, 0.9}, {0, 1, 0.7, 0.3}}) {
		numbers[n.Label] = n.Value
	}
	require.Equal(t, "75.00%", numbers["of the answers sure"])
	require.Equal(t, "1", numbers["of these wrong"])
}

// TestSureMistakes: the report marks mistakes that are sure answers. Without a
// threshold, no answer is sure.
func TestSureMistakes(t *testing.T) {
	t.Parallel()
	set := &dataset.Set{Images: make([]uint8, 8), Labels: []int{0, 0}, Width: 2, Height: 2, Classes: 2}
	answers := []answer{{0, 1, 0.75, 0.25}, {0, 1, 0.5, 0.5}}
	for threshold, want := range map[float32]int{0: 0, 0.5: 2, 0.51: 1, 0.75: 1, 0.76: 0, 1.5: 0} {
		f := &finding{printer: &printer{options: new(options), calibration: &calibration{threshold: threshold}}, train: set, test: set}
		section, err := f.mistakes(answers)
		require.NoError(t, err)
		require.Equal(t, want, strings.Count(fmt.Sprint(section.Body), ">sure<"), "sure from %v", threshold)
	}
}

// TestLearningInWords: the texts about the learning curves.
func TestLearningInWords(t *testing.T) {
	t.Parallel()
	const average, none, best = "The average of the steps judges", "Among the images held out, each kind", "that is the best epoch on them"
	once := []report.Training{{Name: "first", Epochs: []report.Epoch{{Number: 1, Loss: 1}}, Kept: 1}}
	twice := append(once[:1:1], report.Training{Name: "second", Epochs: once[0].Epochs, Kept: 1})
	stopped := append(once[:1:1], report.Training{Name: "second", Epochs: once[0].Epochs})
	extended := recipe{averaging: 2, last: true, extension: extension{drawn: 1}}
	for _, tt := range []struct {
		o         options
		trainings []report.Training
		want      []string
	}{
		{options{}, once, nil},
		{options{recipe: recipe{averaging: 2}}, once, nil},
		{options{holdout: 5}, once, []string{best}},
		{options{holdout: 5, recipe: recipe{averaging: 2}}, once, []string{average, best}},
		{options{recipe: extended}, once, nil},
		{options{holdout: 5, recipe: extended}, once, []string{average, none}},
		{options{holdout: 5}, twice, []string{"The first training left out 5 images", "all images. It is the model.", best}},
		{options{holdout: 5}, stopped, []string{"The first training left out 5 images", "The second one was stopped", best}},
	} {
		f := &finding{printer: &printer{options: &tt.o, trainings: tt.trainings}}
		section := f.learning()
		text := string(section.Body[0] + section.Body[2])
		for _, part := range []string{average, none, best, "The first training left out 5 images", "all images. It is the model.", "The second one was stopped"} {
			require.Equal(t, slices.Contains(tt.want, part), strings.Contains(text, part), "%+v: %s", tt, part)
		}
	}
}

// TestReportOfStoppedTraining: Ctrl-C leaves a report of what there is.
func TestReportOfStoppedTraining(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	for epochs, want := range map[int]string{3: "stopped in epoch 4, the model of epoch", 25: "stopped in the second training"} {
		name := filepath.Join(t.TempDir(), "report.html")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var out bytes.Buffer
		w := writerFunc(func(p []byte) (int, error) {
			out.Write(p)
			if bytes.Count(out.Bytes(), []byte("epoch ")) >= epochs {
				cancel()
			}
			return len(p), nil
		})
		err := run(ctx, []string{"-data", dir, "-features", "pixels", "-holdout", "50", "-epochs", "20", "-report", name}, w, w)
		require.NoError(t, err)
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		has(t, string(text), want)
		has(t, string(text), "Confusion matrix")
	}
}

// TestModelOrReport: an error of the model's file does not cost the report, and
// the other way round. Neither does an error of the standard output.
func TestModelOrReport(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	folder := filepath.Join(dir, "folder")
	args := []string{"-data", dir, "-features", "pixels", "-holdout", "0", "-epochs", "1"}
	for _, lost := range []string{"model", "report.html", ""} {
		require.NoError(t, os.Mkdir(folder, 0o777))
		names := map[string]string{"model": filepath.Join(dir, "model"), "report.html": filepath.Join(dir, "report.html")}
		names[lost] = filepath.Join(folder, lost)
		w := writerFunc(func(p []byte) (int, error) {
			if lost == "" {
				return 0, errors.New("disk full")
			}
			return len(p), os.RemoveAll(folder) // after the check
		})
		err := run(t.Context(), append(args, "-out", names["model"], "-report", names["report.html"]), w, w)
		require.Error(t, err)
		for name, file := range names {
			if name == "" {
				continue
			}
			if name == lost {
				require.NoFileExists(t, file)
				continue
			}
			require.FileExists(t, file, "%s is lost", lost)
			require.NoError(t, os.Remove(file))
		}
		require.NoError(t, os.RemoveAll(folder))
	}
}

func TestReportIsCheckedFirst(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	images := filepath.Join(dir, "train-images-idx3-ubyte")
	out, _, err := train(t, t.Context(), "-data", dir, "-report", images)
	require.EqualError(t, err, "-report "+images+": a report is a page for a browser; want a name that ends in .html")
	require.Empty(t, out)
	theirs := filepath.Join(dir, "theirs.html")
	require.NoError(t, os.WriteFile(theirs, []byte("<html>"), 0o666))
	out, _, err = train(t, t.Context(), "-data", dir, "-report", theirs)
	require.EqualError(t, err, "-report "+theirs+" exists and is not a report in HTML: choose another name, or remove it first")
	require.Empty(t, out)
	_, errs, err := train(t, t.Context(), "-data", dir, "-report", dir+"/x", "-out", dir+"/./x")
	require.Error(t, err)
	require.Contains(t, errs, "-out and -report are the same file")
}

// checkReaderReport checks a report of the recipe reader. It has "no digit",
// and it fits into a mail.
func checkReaderReport(t *testing.T, name string) {
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	text := string(data)
	has(t, text, ", read as no digit: ")
	has(t, text, ">no digit</text>")
	has(t, text, "no weight belongs to one place")
	require.Equal(t, 10, strings.Count(text, `<svg class="map"`))
	require.Equal(t, mostMistakes, strings.Count(text, "<p>is <b"))
	require.Less(t, len(text), 3<<19)
}
