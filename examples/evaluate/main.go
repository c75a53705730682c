// Evaluate tells how well a model reads a folder of labeled pictures.
//
//	go run ./examples/evaluate -pictures photos
//
// -help explains the labels and the flags.
package main

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"image"
	"io"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

const usage = `Evaluate tells how well a model reads labeled pictures of handwritten digits: overall,
by kind and by folder. It shows which digits the model confuses, and lists the failures.

	go run ./examples/evaluate -pictures folder

` + pictures.LabelsHelp + `
Evaluate lists pictures without a label, and leaves them out. A label that is no class of
the model does not count. In a manifest, such a label is an error. Without a manifest, the
file that -sheet names is not read, and the kind of a picture is the format of the file.

Evaluate reads the pictures like examples/predict, which finds out by itself how many
digits a picture shows. If a label has several digits, evaluate also counts the errors by
the edit distance: how many digits must be changed, added or removed.

With a model of other classes, such as letters or shapes, read "class" for "digit" here.
The model says whether a picture shows one thing. Then it shows one class, unless its
label has several or -many is given.

If the label is empty, "no digit" is the right answer. An error that no ink or no digit
was found counts as this answer: the picture was read as "no digit". A picture that cannot
be read counts as wrong. So does a digit that is read as "no digit" or as several digits.
The exit status is 1 if no picture could be read, and 0 otherwise, even if answers are
wrong.

"sure" is the share of pictures with nothing but sure answers. "wrong and sure" is how
many of these pictures are wrong: nothing warns people of these mistakes.

With -report, evaluate also writes a page for a browser. It shows the results, which
digits are confused, whether the probabilities are calibrated, and the worst mistakes: sure
ones first, with the picture, what the model saw, and why it prefers its answer to the
right one. With -suspects, it shows the suspects in the same way.

`

func main() {
	cli.CollectRarely()
	cli.Main("evaluate", run)
}

type options struct {
	pictures, model, sheet string
	report                 string
	args                   []string // the command line
	labels                 pictures.Labels
	one, many, json        bool
	suspects               suspectFlags
	findings               *findings // for -report, or nil
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{labels: pictures.Auto, args: args}
	flags := cli.NewFlags("evaluate", usage+suspectsUsage, stderr)
	flags.StringVar(&o.pictures, "pictures", "", "read the pictures in this `folder`")
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the built-in model")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet of the failures, or of the suspects, to this PNG `file`")
	flags.StringVar(&o.report, "report", "", "write a page for a browser to this HTML `file`: the results and the worst mistakes,\nor the suspects")
	flags.Var(&o.labels, "labels", pictures.LabelsFlag)
	flags.BoolVar(&o.one, "one", false, "read each picture as exactly one digit, and leave out other ink, unless its label has\nseveral digits")
	flags.BoolVar(&o.many, "many", false, "pictures show any number of digits; this is the default, unless the model says\nthat they show one thing")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	o.suspects.register(flags)
	folders, err := cli.Parse(flags, args)
	if o.pictures != "" {
		folders = append(folders, o.pictures)
	}
	if err != nil {
		return nil, err
	}
	if o.one && o.many {
		return nil, cli.UsageError(flags, "-one and -many exclude each other")
	}
	if cli.AreSameFile(o.report, o.sheet) {
		return nil, cli.UsageError(flags, "-report and -sheet name the same file")
	}
	if problem := o.suspects.problem(flags, folders); problem != "" {
		return nil, cli.UsageError(flags, "%s", problem)
	}
	if len(folders) == 1 {
		o.pictures = folders[0]
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := sheet.Check(o.sheet); err != nil {
		return err
	}
	if err := report.Check("-report", o.report); err != nil {
		return err
	}
	if o.suspects.find {
		return o.findSuspects(ctx, stdout, stderr)
	}
	return o.evaluate(ctx, stdout, stderr)
}

// evaluate reads the pictures and tells how well.
func (o *options) evaluate(ctx context.Context, stdout, stderr io.Writer) error {
	r, err := pictures.LoadModel(o.model)
	if err != nil {
		return err
	}
	found, err := pictures.FindLabeled(o.pictures, pictures.Options{Labels: o.labels, Classes: r.Classes(), Sheet: o.sheet})
	if err != nil {
		return err
	}
	if notice := found.Notice(); notice != "" {
		fmt.Fprintln(stderr, notice)
	}
	s := newScore(r.Classes())
	s.LeftOut = len(found.LeftOut)
	var failures sheet.Sheet
	if o.report != "" {
		o.findings = newFindings(r, s.noun())
	}
	for res := range cli.InOrder(ctx, slices.Values(found.Pictures), func(p pictures.Picture) *result { return o.read(r, p) }) {
		s.add(res.Result)
		if res.cell != nil {
			failures.Add(res.cell)
		}
		if o.findings != nil {
			o.findings.add(res.Result, res.card)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err = o.write(stdout, results{
		page:  func() error { return o.findings.page(o, r, found, s).Write(o.report) },
		sheet: func() error { return failures.Save(o.sheet, stderr) },
		json:  s,
		text:  s.writeText,
	})
	if err == nil && s.nothingRead() {
		err = fmt.Errorf("none of %d %s could be read", len(found.Pictures), cli.Plural(len(found.Pictures), "picture"))
	}
	return err
}

// results are what evaluate writes.
type results struct {
	page, sheet func() error // for -report and -sheet
	json        any
	text        func(io.Writer) error
}

// write writes the files and then the text: whoever reads the text may stop
// early. No error keeps write from writing the rest.
func (o *options) write(stdout io.Writer, r results) error {
	var errs []error
	if o.report != "" {
		errs = append(errs, r.page())
	}
	if o.sheet != "" {
		errs = append(errs, r.sheet())
	}
	if o.json {
		errs = append(errs, cli.WriteJSON(stdout, r.json, "\t"))
	} else {
		errs = append(errs, r.text(stdout))
	}
	return errors.Join(errs...)
}

// A result is what is read in a picture.
type result struct {
	*pictures.Result
	cell *image.RGBA   // of a failure for -sheet, or nil
	card template.HTML // of a failure for -report, or empty
}

// mode tells what a picture shows.
func (o *options) mode(r *reader.Reader, p pictures.Picture) pictures.Mode {
	if len(p.Classes) > 1 {
		return pictures.Many
	}
	return pictures.ModeOf(r, o.one, o.many)
}

// read reads a picture. Several goroutines call it.
func (o *options) read(r *reader.Reader, p pictures.Picture) *result {
	res := &result{Result: p.Read(r, o.mode(r, p))}
	if o.sheet != "" && !res.Right() {
		res.cell = sheet.Cell(res.Result)
	}
	if o.findings != nil && !res.Right() && res.Err == nil {
		res.card = o.findings.card(res.Result)
	}
	res.Image = nil // it is large, and others wait
	return res
}
