package report

import (
	"fmt"
	"html/template"
	"image"
	"math"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// TestFace: reports look as they did.
func TestFace(t *testing.T) {
	golden.Check(t, "face.html", golden.Pixels(t, encode(t, face())))
}

// face returns a page with all figures, each with little data and with much.
func face() *Page {
	return &Page{
		Title: "A report", Command: Command("go run ./examples/evaluate", []string{"-report", "a b.html"}), Wide: true,
		Numbers: []Number{{"99.3%", "right"}, {"12", "pictures"}}, Facts: []Fact{{"data", "MNIST"}, {"model", "built in"}},
		Sections: []Section{
			{"Texts", []template.HTML{Text("one", "two"), Figure("A table", "It has two rows.",
				Table([]string{"folder", "class"}, [][]any{{Path("a/b"), Name("سبعة")}, {Path("c"), 7}}))}},
			{"Confusions", faceOfConfusions()},
			{"Learning", faceOfLearning()},
			{"Probabilities", faceOfProbabilities()},
			{"Pictures", faceOfPictures()},
		},
	}
}

func faceOfConfusions() (list []template.HTML) {
	for _, n := range []int{2, 12, 13, 20, 21} {
		var names []string
		counts := make([][]int, n)
		for i := range n {
			names = append(names, fmt.Sprint(i))
			counts[i] = make([]int, n)
			counts[i][i] = 90 + i
			counts[i][(i*i+1)%n] += i
		}
		if n == 2 {
			names = []string{"exactly twelve"[:12], "thirteen chars"[:13]}
		}
		list = append(list, Confusion("Rows are labels.", names, names, counts, 3), Classes(names, counts, nil))
	}
	columns := []string{"1", "2", "no digit"}
	counts := [][]int{{1000, 0, 1}, {3, 5, 0}}
	return append(list, Confusion("", columns[:2], columns, counts, 9), Classes(columns[:2], counts, []int{6000, 50}))
}

func faceOfLearning() (list []template.HTML) {
	training := func(name string, epochs, kept int, falls, holds float64) Training {
		t := Training{Name: name, Kept: kept}
		for i := range epochs {
			e := Epoch{i + 1, 0.1 + 2*math.Exp(-falls*float64(i)), math.NaN(), math.NaN()}
			if holds > 0 {
				e.ValidationLoss, e.ValidationAccuracy = e.Loss+holds*float64(i), 0.95-e.Loss/10
			}
			t.Epochs = append(t.Epochs, e)
		}
		return t
	}
	return []template.HTML{
		Learning(training("", 1, 1, 1, 0)), Learning(training("", 8, 3, 0.2, 0.01)), Learning(training("", 9, 3, 2, 0.1)),
		Learning(training("first", 30, 30, 0.05, 0.001), training("second", 31, 4, 0.3, 0)),
	}
}

func faceOfProbabilities() (list []template.HTML) {
	for _, n := range []int{20, 20_000} {
		var verdicts []Verdict
		for i := range n {
			p := 1 - math.Pow(float64(i)/float64(n), 3)*0.9
			verdicts = append(verdicts, Verdict{p, float64(i*7919%1000)/1000 < p})
		}
		list = append(list, Calibration(verdicts), Coverage(verdicts, 0.9), Text(Sure(verdicts, 0.5)))
	}
	return list
}

func faceOfPictures() []template.HTML {
	img := image.NewGray(image.Rect(0, 0, 3, 2))
	img.Pix[1] = 200
	var strokes []reader.Stroke
	for i := range 12 {
		v := float32(i + 1)
		strokes = append(strokes, reader.Stroke{X1: v, Y1: 2 * v, X2: v + 1.26, Y2: v / 3, Width: v / 10, Contribution: v * float32(1-2*(i%2))})
	}
	return []template.HTML{
		Maps([]Map{{Class: "a", Width: 2, Pixels: []float32{1, -2, 3, 0}}, {Class: "b", Strokes: strokes}}),
		Mistakes([]Mistake{{Image: img, Label: "4", Answer: "9", Probability: 0.91, OfLabel: 0.05, Sure: true, Name: "a.png"},
			{Image: img, Label: "2", Answer: "7", Probability: 0.4, OfLabel: 0.3, Why: "<p>because</p>"}}),
	}
}
