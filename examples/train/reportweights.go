package main

import (
	"html/template"

	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// weights returns the section with the weights as pictures.
func (f *finding) weights() (report.Section, error) {
	var maps []report.Map
	weights := f.relativeWeights()
	for k, name := range f.names() {
		m := report.Map{Class: name}
		m.Width, m.Pixels = f.test.Width, nil
		if f.vector == (imageprep.Features{}) {
			m.Width = f.train.Width
			for _, v := range weights[k] {
				m.Pixels = append(m.Pixels, float64(v))
			}
		}
		maps = append(maps, m)
	}
	return report.Section{Title: "Weights", Body: []template.HTML{report.Figure("", "", report.Maps(maps))}}, nil
}

// relativeWeights returns the weights of each class of answers, less their mean
// over these classes. Only such differences count: the same number added to all
// of them would change no probability.
func (f *finding) relativeWeights() [][]float32 {
	all, _ := f.model.Parameters()
	n := f.model.Features()
	list := make([][]float32, len(f.names()))
	mean := make([]float64, n)
	for k := range list {
		list[k] = all[k*n : (k+1)*n]
		for i, v := range list[k] {
			mean[i] += float64(v) / float64(len(list))
		}
	}
	for _, row := range list {
		for i := range row {
			row[i] -= float32(mean[i])
		}
	}
	return list
}
