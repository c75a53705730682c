// Evaluate tells how well a model reads a folder of labeled pictures.
//
//	go run ./examples/evaluate -pictures photos
//
// -help explains the labels and the flags.
package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

const usage = `Evaluate tells how well a model reads labeled pictures of handwritten digits: overall,
by kind and by folder. It shows which digits the model confuses, and lists the failures.

	go run ./examples/evaluate -pictures folder

` + pictures.LabelsHelp + `
Evaluate lists pictures without a label, and leaves them out. Without a manifest, the
kind of a picture is the format of the file.

Evaluate reads the pictures like examples/predict, which finds out by itself how many
digits a picture shows. If a label has several digits, evaluate also counts the errors by
the edit distance: how many digits must be changed, added or removed.

If the label is empty, "no digit" is the right answer, and so is an error that no ink or
no digit was found. Otherwise, a picture that cannot be read counts as wrong. So does a
digit that is read as "no digit" or as several digits. The exit status is 0, even if
answers are wrong.

"sure" is the share of pictures with nothing but sure answers. "wrong and sure" is how
many of these pictures are wrong: nothing warns people of these mistakes.

`

func main() {
	cli.CollectRarely()
	cli.Main("evaluate", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	})
}

type options struct {
	pictures, model, sheet string
	labels                 pictures.Labels
	one, json              bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("evaluate", usage, stderr)
	flags.StringVar(&o.pictures, "pictures", "", "read the pictures in this `folder`")
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the built-in model")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet of the failures to this PNG `file`")
	flags.Var(&o.labels, "labels", pictures.LabelsFlag)
	flags.BoolVar(&o.one, "one", false, "pictures with a label of at most one digit show exactly one: take all their ink for\nthis digit")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	folders, err := cli.Parse(flags, args)
	if o.pictures != "" {
		folders = append(folders, o.pictures)
	}
	switch {
	case err != nil:
		return nil, err
	case len(folders) != 1:
		return nil, cli.UsageError(flags, "want one folder of pictures")
	}
	o.pictures = folders[0]
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
	r, err := reader.Load(o.model)
	if err != nil {
		return err
	}
	found, err := pictures.FindLabeled(o.pictures, pictures.Options{Labels: o.labels, Classes: strings.Split("0123456789", "")})
	if err != nil {
		return err
	}
	if notice := found.Notice(); notice != "" {
		fmt.Fprintln(stderr, notice)
	}
	var s score
	var failures sheet.Sheet
	for res := range cli.InOrder(ctx, slices.Values(found.Pictures), func(p pictures.Picture) *result { return o.read(r, p) }) {
		s.add(res.Result)
		if res.cell != nil {
			failures.Add(res.cell)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if o.json {
		err = cli.WriteJSON(stdout, &s, "\t")
	} else {
		err = s.writeText(stdout)
	}
	if err != nil || o.sheet == "" {
		return err
	}
	return failures.Save(o.sheet, stderr)
}

// A result is what is read in a picture.
type result struct {
	*pictures.Result
	cell *image.RGBA // of a failure for -sheet, or nil
}

// read reads a picture. Several goroutines call it.
func (o *options) read(r *reader.Reader, p pictures.Picture) *result {
	mode := pictures.Many
	if o.one && len(p.Label) <= 1 {
		mode = pictures.One
	}
	res := &result{Result: p.Read(r, mode)}
	if o.sheet != "" && !res.Right() {
		res.cell = sheet.Cell(res.Result)
	}
	res.Image = nil // it is large, and others wait
	return res
}
