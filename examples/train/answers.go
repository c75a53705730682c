package main

import (
	"cmp"
	"fmt"
	"html/template"
	"image"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/why"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// An answer is what the model says about a test image.
type answer struct {
	label       int
	class       int     // the number of classes stands for "no digit"
	probability float32 // of class
	ofLabel     float32 // the probability of the label
}

func (a answer) right() bool { return a.class == a.label }

// answers returns the answers for all test images. If they are read from a
// file, only a few of them are in memory at a time.
func (f *finding) answers() ([]answer, error) {
	list := make([]answer, 0, len(f.rows.Y))
	err := f.rows.each(func(x softmax.Rows) {
		for p := range slices.Chunk(f.model.Probs(nil, x), f.model.Classes()) {
			list = append(list, answerOf(p, f.test.Classes, f.rows.Y[len(list)]))
		}
	})
	return list, err
}

// answerOf returns the answer of these probabilities. The classes from n on
// mean "no digit".
func answerOf(p []float32, n, label int) answer {
	class := 0
	for k, v := range p[:n] {
		if v > p[class] {
			class = k
		}
	}
	a := answer{label, class, p[class], p[label]}
	none := float32(0)
	for _, v := range p[n:] {
		none += v
	}
	if none > a.probability {
		a.class, a.probability = n, none
	}
	return a
}

// verdicts returns the answers for the figures.
func verdicts(answers []answer) []report.Verdict {
	list := make([]report.Verdict, len(answers))
	for i, a := range answers {
		list[i] = report.Verdict{Probability: float64(a.probability), Right: a.right()}
	}
	return list
}

// mostMistakes is how many mistakes the report shows. If the images are large,
// they are fewer, so that they have at most mostPixels.
const (
	mostMistakes = 48
	mostPixels   = 500_000
)

// mistakes returns the section with the worst mistakes: those with the most
// probable answers.
func (f *finding) mistakes(answers []answer) (report.Section, error) {
	var wrong []int
	for i, a := range answers {
		if !a.right() {
			wrong = append(wrong, i)
		}
	}
	slices.SortStableFunc(wrong, func(i, j int) int { return cmp.Compare(answers[j].probability, answers[i].probability) })
	most := min(mostMistakes, max(1, mostPixels/(f.train.Width*f.train.Height)))
	shown := wrong[:min(len(wrong), most)]
	var list []report.Mistake
	for _, i := range shown {
		img, err := f.image(i)
		if err != nil {
			return report.Section{}, err
		}
		a := answers[i]
		m := report.Mistake{Image: img, Label: f.nameOf(a.label), Answer: f.nameOf(a.class),
			Probability: float64(a.probability), OfLabel: float64(a.ofLabel), Sure: f.isSure(a.probability)}
		m.Name = fmt.Sprintf("test image %d", i)
		if f.testNames != nil {
			m.Name = f.testNames[i]
		}
		if w := f.why(a, img); w != nil {
			m.Why = why.SVG(w)
		}
		list = append(list, m)
	}
	text := fmt.Sprintf("All %s mistakes, the most confident ones first.", cli.WithCommas(len(wrong)))
	if len(wrong) > len(shown) {
		text = fmt.Sprintf("The %d most confident ones of %s mistakes.", len(shown), cli.WithCommas(len(wrong)))
	}
	if len(list) > 0 && list[0].Why != "" {
		text += " The second picture says why: what is blue speaks for the answer, and what is orange speaks for the label."
	}
	body := []template.HTML{report.Mistakes(list)}
	if len(list) > 0 {
		body = append([]template.HTML{report.Text(text)}, body...)
	}
	return report.Section{Title: "Worst mistakes", Body: body}, nil
}

// why says why the answer is not the label. It is nil for images of a size that
// cannot be drawn. For "no digit", it takes the most probable of these classes.
func (f *finding) why(a answer, img *image.Gray) *reader.Why {
	if img.Rect.Dx() != imageprep.Size || img.Rect.Dy() != imageprep.Size {
		return nil
	}
	class := a.class
	if n := len(f.names()); class == n {
		p := f.model.Probs(nil, softmax.Floats(f.vector.Vector(nil, img)))
		class = n + slices.Index(p[n:], slices.Max(p[n:]))
	}
	w := reader.NewWhy(f.model, f.vector, img, class, a.label)
	w.Class, w.Rival = f.nameOf(a.class), f.nameOf(a.label)
	return w
}

// image returns a test image. It may be read from its file.
func (f *finding) image(i int) (*image.Gray, error) {
	if f.rows.file == nil {
		return f.test.Image(i), nil
	}
	dims := f.rows.file.images.Header.Dims
	img := image.NewGray(image.Rect(0, 0, dims[2], dims[1]))
	_, err := f.rows.file.images.Item(img.Pix, f.rows.file.order[i])
	return img, err
}
