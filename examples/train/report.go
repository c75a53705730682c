package main

import (
	"fmt"
	"html/template"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/softmax"
)

// A finding is what the report is about.
type finding struct {
	*printer
	model  *softmax.Model
	train  *dataset.Set // with the extension, if there is one
	test   *dataset.Set
	rows   table           // of the test set
	result *softmax.Report // on the test set; nil if it cannot be read
	saved  bool            // the model is in its file
}

// writeReport writes the report, if the user wants one.
func (p *printer) writeReport(f *finding) error {
	if p.report == "" {
		return nil
	}
	page, err := f.page()
	if err != nil {
		return fmt.Errorf("-report %s: %w", p.report, err)
	}
	if err := page.Write(p.report); err != nil {
		return err
	}
	p.text("report written to %s", cli.Printable(p.report))
	return nil
}

// page makes the report. Nothing in it depends on the time or the machine, so
// the same command gives the same report, unless it is stopped.
func (f *finding) page() (*report.Page, error) {
	page := &report.Page{
		Title:    "A model of " + filepath.Base(f.source()),
		Command:  f.command,
		Facts:    f.facts(),
		Sections: []report.Section{f.learning()},
	}
	if f.result == nil {
		return page, nil // an error has told why
	}
	answers, err := f.answers()
	if err != nil {
		return nil, err
	}
	page.Numbers = f.numbers(answers)
	page.Sections = append(page.Sections, f.classes(answers), f.probabilities(answers))
	mistakes, err := f.mistakes(answers)
	if err != nil {
		return nil, err
	}
	page.Sections = append(page.Sections, mistakes)
	weights, err := f.weights()
	if err != nil {
		return nil, err
	}
	page.Sections = append(page.Sections, weights)
	return page, nil
}

// numbers returns what a reader wants to know first.
func (f *finding) numbers(answers []answer) []report.Number {
	right := "of the test images right"
	if f.knowsNoDigit() {
		right += `, if no answer is "no digit"`
	}
	list := []report.Number{
		{Value: report.Percent(f.result.Accuracy()), Label: right},
		{Value: cli.WithCommas(f.result.Rows() - f.result.Right()), Label: "of " + cli.WithCommas(f.result.Rows()) + " wrong"},
	}
	if f.knowsNoDigit() {
		called := 0
		for _, a := range answers {
			if a.class == len(f.names()) {
				called++
			}
		}
		list = append(list, report.Number{Value: cli.WithCommas(called), Label: "called no digit"})
	}
	if f.balanced {
		list = append(list, report.Number{Value: report.Percent(f.result.BalancedAccuracy()), Label: "balanced accuracy"})
	}
	if f.sureFrom() > 0 {
		taken, wrong := 0, 0
		for _, a := range answers {
			if f.isSure(a.probability) {
				taken++
				if !a.right() {
					wrong++
				}
			}
		}
		list = append(list,
			report.Number{Value: report.Percent(float64(taken) / float64(len(answers))), Label: "of the answers sure"},
			report.Number{Value: cli.WithCommas(wrong), Label: "of these wrong"})
	}
	return append(list,
		report.Number{Value: report.Percent(report.ECE(verdicts(answers))), Label: "calibration error (ECE)"},
		report.Number{Value: cli.WithCommas(pictures.Parameters(f.model)), Label: "parameters"})
}

func (f *finding) knowsNoDigit() bool { return f.extension != (extension{}) }

// isSure reports whether an answer of this probability is sure.
func (f *finding) isSure(probability float32) bool {
	sure := f.sureFrom()
	return sure > 0 && probability >= sure
}

// facts returns how the model was made.
func (f *finding) facts() []report.Fact {
	data := fmt.Sprintf("%s: %s images of %dx%d to learn from, %s of them held out; %s to test; %d classes",
		f.source(), cli.WithCommas(f.train.Len()), f.train.Width, f.train.Height, cli.WithCommas(f.holdout),
		cli.WithCommas(f.test.Len()), f.train.Classes)
	if f.knowsNoDigit() {
		data += ". Most images to learn from are drawn or made from others; some of these show no digit"
	}
	list := []report.Fact{
		{Name: "data", Value: data},
		{Name: "recipe", Value: fmt.Sprintf("%s: %v", f.name, f.recipe)},
		{Name: "features", Value: fmt.Sprintf("%v: %s numbers", f.vector, cli.WithCommas(f.model.Features()))},
		{Name: "seed", Value: fmt.Sprint(f.seed)},
	}
	if f.ending != "" {
		list = append(list, report.Fact{Name: "ended early", Value: strings.TrimPrefix(f.ending, ", ")})
	}
	if c := f.calibration; c != nil {
		list = append(list, report.Fact{Name: "temperature", Value: fmt.Sprintf("%.3f, from %s images that the model had not seen",
			c.temperature, cli.WithCommas(c.images))})
	}
	if sure := f.sureFrom(); sure > 1 {
		list = append(list, report.Fact{Name: "sure", Value: "no answer"})
	} else if sure > 0 {
		list = append(list, report.Fact{Name: "sure", Value: "answers from " + report.Percent(float64(sure)) + " on"})
	}
	file := "not saved"
	if f.saved && f.out != "" {
		file = f.out
	}
	return append(list, report.Fact{Name: "model file", Value: cli.Printable(file)})
}

// learning returns the section with the learning curves.
func (f *finding) learning() report.Section {
	var texts []string
	trainings := slices.Clone(f.trainings)
	if len(trainings) > 1 {
		kept := "It is the model."
		if trainings[1].Kept == 0 {
			kept = "The second one was stopped, so the first one is the model."
		}
		use := ", which then calibrated the probabilities"
		if c := f.calibration; c != nil && c.images != f.holdout {
			use = ". A cross-validation calibrated the probabilities"
		}
		texts = append(texts, fmt.Sprintf("The model was trained twice. The first training left out %s images%s. The second one had all images. %s",
			cli.WithCommas(f.holdout), use, kept))
	} else {
		trainings[0].Name = "training"
	}
	loss := "The loss of a training is the mean over the steps of an epoch, each before its update."
	if f.holdout > 0 && f.averaging > 0 {
		loss += " The average of the steps judges the images held out. It is better than the steps themselves."
	}
	if f.holdout > 0 && f.knowsNoDigit() {
		loss += " Among the images held out, each kind of picture without a digit is a class of its own."
	}
	loss += " A ring marks the epoch whose model was kept."
	if f.holdout > 0 && !f.last {
		loss += " With images held out, that is the best epoch on them."
	}
	return report.Section{Title: "Learning", Body: []template.HTML{
		report.Text(texts...), report.Learning(trainings...), report.Text(loss)}}
}

// classes returns the section with the confusion matrix and the classes.
func (f *finding) classes(answers []answer) report.Section {
	rows, columns, counts := f.confusion(answers)
	caption := "A row for each label, a column for each answer. The color grows with the logarithm of the share of the row."
	if f.knowsNoDigit() {
		caption += ` Images that are called "no digit" are in the last column.`
	}
	return report.Section{Title: "Classes", Body: []template.HTML{
		report.Confusion(caption, rows, columns, counts, 10),
		report.Figure("Class by class", "An image of the class is missed if it is read as another one. An answer is false if the image is "+
			"of another class.", report.Classes(rows, counts, f.train.Counts())),
	}}
}

// probabilities returns the section about how well calibrated the probabilities
// are.
func (f *finding) probabilities(answers []answer) report.Section {
	v := verdicts(answers)
	calibration := fmt.Sprintf("The expected calibration error (ECE) is %s, the log loss %.4f.", report.Percent(report.ECE(v)), f.result.LogLoss)
	sure := float64(f.sureFrom())
	coverage := ""
	if sure > 0 {
		coverage = report.Sure(v, sure)
	}
	return report.Section{Title: "Probabilities", Body: []template.HTML{report.Row(
		report.Figure("Are they calibrated?", calibration, report.Calibration(v)),
		report.Figure("If only sure answers count", coverage, report.Coverage(v, sure)),
	)}}
}

// names returns the names of the classes that answers have.
func (f *finding) names() []string {
	return prepared.Names(f.test)
}

// confusion counts the answers for each label. If the model knows "no digit",
// the last column counts that.
func (f *finding) confusion(answers []answer) (rows, columns []string, counts [][]int) {
	rows = f.names()
	columns = rows
	if f.knowsNoDigit() {
		columns = append(columns[:len(columns):len(columns)], "no digit")
	}
	for range rows {
		counts = append(counts, make([]int, len(columns)))
	}
	for _, a := range answers {
		counts[a.label][a.class]++
	}
	return rows, columns, counts
}

// nameOf returns the name of an answer.
func (f *finding) nameOf(class int) string {
	if names := f.names(); class < len(names) {
		return names[class]
	}
	return "no digit"
}
