package main

import (
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// Captions of the pictures of the weights.
const (
	onlyDifferences = " Each weight is shown less its mean over the classes, because only differences count."
	weightsOfPixels = "Ink on a blue pixel makes the class more probable, and ink on an orange pixel less." + onlyDifferences
	weightsOfEdges  = "A line is an edge of ink in this place and direction. A blue edge makes the class more probable, " +
		"and an orange edge less." + onlyDifferences
	meanOfImages = "What the ink adds to the logit of the class, less the mean of all logits: the mean over up to 100 test images " +
		"of the class. Blue speaks for the class, orange against it."
	noWeights = "This model has weights for products of features, so no weight belongs to one place."
)

// weights returns the section with the weights as pictures.
func (f *finding) weights() (report.Section, error) {
	s := report.Section{Title: "What speaks for a class"}
	if f.pixels() && len(f.names())*f.model.Features() > mostPixels {
		s.Body = append(s.Body, report.Text("The images are too large to draw the weights."))
		return s, nil
	}
	relative := f.relativeWeights()
	if f.vector.Components == nil && !f.vector.Products {
		caption := weightsOfEdges
		if f.pixels() {
			caption = weightsOfPixels
		}
		s.Body = append(s.Body, report.Figure("Weights", caption, report.Maps(f.maps(relative))))
	} else {
		s.Body = append(s.Body, report.Text(noWeights))
	}
	if f.train.Width != imageprep.Size || f.train.Height != imageprep.Size {
		return s, nil
	}
	means := make([][]float32, len(relative))
	for k, weight := range relative {
		var err error
		if means[k], err = f.meanContributions(k, weight); err != nil {
			return s, err
		}
	}
	s.Body = append(s.Body, report.Figure("In images of the class", meanOfImages, report.Maps(f.maps(means))))
	return s, nil
}

// pixels reports whether the model sees pixels.
func (f *finding) pixels() bool { return f.vector == imageprep.Features{} }

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

// maps returns maps of numbers for each class: one for each pixel or for each
// number of the HOG. A class without numbers has no map.
func (f *finding) maps(numbers [][]float32) (list []report.Map) {
	for k, name := range f.names() {
		if numbers[k] == nil {
			continue
		}
		m := report.Map{Class: name}
		if f.pixels() {
			m.Width, m.Pixels = f.train.Width, numbers[k]
			list = append(list, m)
			continue
		}
		why := reader.Why{HOG: f.vector.HOG, Contributions: numbers[k]}
		m.Strokes = why.Strokes()
		list = append(list, m)
	}
	return list
}

// meanContributions returns the mean of the contributions to a weighted sum, in
// test images of a class.
func (f *finding) meanContributions(class int, weight []float32) ([]float32, error) {
	const most = 100 // images
	var sum []float32
	n := 0
	for i, label := range f.rows.Y {
		if label != class || n == most {
			continue
		}
		img, err := f.image(i)
		if err != nil {
			return nil, err
		}
		contributions, _ := f.vector.Contributions(nil, img, weight)
		if n++; n == 1 {
			sum = contributions
			continue
		}
		for k, c := range contributions {
			sum[k] += c
		}
	}
	for k := range sum {
		sum[k] /= float32(n)
	}
	return sum, nil
}
