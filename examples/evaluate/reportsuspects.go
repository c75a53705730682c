package main

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// mostSuspects is the number of suspects that a report shows.
const mostSuspects = 300

// saveReport writes the report of the suspects.
func (s *suspects) saveReport(ctx context.Context, o *options) error {
	list := s.doubted()
	n := min(len(list), mostSuspects)
	numbers := func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
	var cards strings.Builder
	cards.WriteString(`<ol class="findings">`)
	for card := range cli.InOrder(ctx, numbers, func(i int) template.HTML { return s.cardOf(i) }) {
		cards.WriteString(string(card))
	}
	cards.WriteString("\n</ol>")
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	text := "The first label is the least likely one. It may be right, and the model wrong: look at the image before you decide."
	switch {
	case n == 0:
		text = "The models agree with all labels that they judge."
	case n < len(list):
		text = fmt.Sprintf("These are the first %d of %s. %s", n, cli.WithCommas(len(list)), text)
	case n < len(s.Suspects):
		text += " The models agree with all other labels that they judge."
	}
	page := &report.Page{
		Title:    "Labels that may be wrong in " + report.Shown(s.images.what),
		Command:  report.Command(program, o.args),
		Numbers:  s.numbers(),
		Facts:    s.facts(),
		Sections: []report.Section{{Title: "Suspects", Body: []template.HTML{report.Text(text), template.HTML(cards.String())}}},
		Style:    cardStyle,
		Wide:     true,
	}
	return page.Write(o.report)
}

func (s *suspects) numbers() []report.Number {
	judged := s.Rows - s.Unjudged
	return []report.Number{
		{Value: cli.WithCommas(s.Rows), Label: fmt.Sprintf("%s of %d %s", cli.Plural(s.Rows, "image"), len(s.Classes), cli.Plural(len(s.Classes), "class"))},
		{Value: cli.WithCommas(s.Disagree), Label: "have a label with which the model disagrees"},
		{Value: report.Percent(float64(s.Disagree) / float64(judged)), Label: "of the images"},
	}
}

func (s *suspects) facts() []report.Fact {
	list := []report.Fact{
		{Name: "data", Value: report.Shown(s.images.what)},
		{Name: "classes", Value: listed(s.Classes)},
		{Name: "models", Value: s.howJudged()},
		{Name: "seed", Value: fmt.Sprint(s.Seed)},
	}
	if s.Unread > 0 {
		list = append(list, report.Fact{Name: "pictures that cannot be used", Value: cli.WithCommas(s.Unread)})
	}
	if rare := s.rare(); rare != "" {
		list = append(list, report.Fact{Name: "few images", Value: rare})
	}
	if s.Unjudged > 0 {
		few := fmt.Sprintf("%s %s without others of the same class", cli.WithCommas(s.Unjudged), cli.Plural(s.Unjudged, "image"))
		list = append(list, report.Fact{Name: "not judged", Value: few})
	}
	return list
}

// howJudged says which model judges an image.
func (s *suspects) howJudged() string {
	if s.Folds < mostFolds { // as many as images
		return fmt.Sprintf("%d. Each learns from all images but one, and judges that one", s.Folds)
	}
	return fmt.Sprintf("%d. Each learns from nine tenths of the images and judges the others", s.Folds)
}

// cardOf draws suspect i.
func (s *suspects) cardOf(i int) template.HTML {
	x := &s.Suspects[i]
	c := &card{
		Before: fmt.Sprintf("%d. label ", i+1), Label: report.Shown(x.Label),
		Between: ", maybe ", Text: report.Shown(x.Instead), Probability: percent(x.InsteadProbability),
		OfLabel: fmt.Sprintf("%s, margin %.2f", percent(x.LabelProbability), x.Margin),
		Name:    template.HTML("index " + template.HTMLEscapeString(x.name())),
	}
	img := s.images.Image(x.Row)
	if s.images.pictures != nil {
		c.Name = report.Path(x.File)
		r := new(pictures.Result)
		r.Image, r.Orientation, _ = s.images.pictures[x.Row].Decode() // nil if it is gone
		c.Picture = sheet.Picture(r, thumbnailSide)
	}
	c.Views = []view{{report.PNG(img, "pixels", ""), "what the model sees"}}
	if s.images.Width == imageprep.Size && s.images.Height == imageprep.Size { // the models see histograms
		w := reader.NewWhy(s.models[s.fold[x.Row]], histograms, img, slices.Index(s.Classes, x.Instead), slices.Index(s.Classes, x.Label))
		w.Class, w.Rival = x.Instead, x.Label
		c.addWhy(w)
	}
	return c.html()
}
