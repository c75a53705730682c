package main

import (
	"html/template"

	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// Captions of the pictures of the weights.
const (
	weightsOfPixels = "Ink on a blue pixel makes the class more probable, and ink on an orange pixel less. " +
		"Each weight is shown less its mean over the classes, because only differences count."
	weightsOfHistograms = "A line is an edge of ink in this place and direction. A blue edge makes the class more probable, and " +
		"an orange edge less. Each weight is shown less its mean over the classes, because only differences count."
	meansOfProducts = "This model has weights for products of features, so no weight belongs to one place. " +
		"The pictures show what edges of ink in this place and direction add to the logit of the class, less the mean logit " +
		"of the classes: the mean over test images of the class. Blue edges speak for the class, orange edges against it."
)

// weights returns the section with the weights as pictures.
func (f *finding) weights() (report.Section, error) {
	relative := f.relativeWeights()
	maps := make([]report.Map, len(relative))
	caption := weightsOfHistograms
	for k, name := range f.names() {
		maps[k].Class = name
		switch {
		case f.vector == (imageprep.Features{}):
			caption = weightsOfPixels
			maps[k].Width, maps[k].Pixels = f.train.Width, relative[k]
		case f.vector.Components == nil && !f.vector.Products:
			f.strokes(&maps[k], relative[k])
		default:
			caption = meansOfProducts
			mean, err := f.meanContributions(k, relative[k])
			if err != nil {
				return report.Section{}, err
			}
			f.strokes(&maps[k], mean)
		}
	}
	title := "Weights"
	if caption == meansOfProducts {
		title = "What speaks for a class"
	}
	return report.Section{Title: title, Body: []template.HTML{report.Figure("", caption, report.Maps(maps))}}, nil
}

// relativeWeights returns the weights of each class of answers, less their mean
// over these classes. The same number added to the weights of all classes would
// change no probability.
func (f *finding) relativeWeights() [][]float32 {
	all, _ := f.model.Parameters()
	n := f.model.Features()
	list := make([][]float32, len(f.names()))
	for k := range list {
		list[k] = all[k*n : (k+1)*n]
	}
	for i := range n {
		mean := 0.0
		for k := range list {
			mean += float64(list[k][i])
		}
		mean /= float64(len(list))
		for k := range list {
			list[k][i] -= float32(mean)
		}
	}
	return list
}

// strokes sets the strokes of a map to one number for each number of the HOG.
func (f *finding) strokes(m *report.Map, numbers []float32) {
	m.Side = imageprep.Size
	why := reader.Why{HOG: f.vector.HOG, Contributions: numbers}
	strokes := why.Strokes()
	for _, s := range strokes {
		m.Strokes = append(m.Strokes, report.Stroke{X1: s.X1, Y1: s.Y1, X2: s.X2, Y2: s.Y2, Value: s.Contribution})
		m.StrokeWidth = max(m.StrokeWidth, s.Width) // that of the strongest
	}
}

// meanContributions returns the mean of the contributions to a weighted sum, in
// some test images of a class.
func (f *finding) meanContributions(class int, weight []float32) ([]float32, error) {
	const most = 100 // images
	sum := make([]float32, f.vector.HOG.Len())
	n := float32(0)
	for i, label := range f.rows.Y {
		if label != class || n == most {
			continue
		}
		img, err := f.image(i)
		if err != nil {
			return nil, err
		}
		contributions, _ := f.vector.Contributions(nil, img, weight)
		for k, c := range contributions {
			sum[k] += c
		}
		n++
	}
	for k := range sum {
		sum[k] /= max(n, 1)
	}
	return sum, nil
}
