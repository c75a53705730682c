// Evaluate reads a folder of labelled pictures and says how well the model does
// on them.
//
//	go run ./examples/evaluate -pictures photos
//
// searches the folder and those within it. -help tells the rest.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

func main() {
	cli.Main("evaluate", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	})
}

const usage = `Evaluate reads a folder of labelled pictures of handwritten digits and says how well
the model does on them: overall, per kind, per sub-folder, which digits it confuses,
and where it failed.

	go run ./examples/evaluate -pictures folder

If the folder holds a file manifest.csv, its columns path, label and, if there is
one, kind tell what to read; others are ignored. Otherwise all pictures in the
folder and those within it are read whose names begin with their digits and an
underscore, as in 8_3.png or 1234567890_1.jpg, and the file's format is its kind.

A label of one digit is read as examples/predict does, a longer one as it does
with -many. Of those, digits are counted by edit distance: how many must be
changed, added or removed.

A picture that cannot be read counts as wrong. The exit status is 0 whatever the
accuracy.

`

type options struct {
	pictures, model, sheet string
	json                   bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("evaluate", usage, stderr)
	flags.StringVar(&o.pictures, "pictures", "", "read the pictures in this `folder`")
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, as examples/train writes it, not the one within")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet of the failures to this PNG `file`")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	folders, err := cli.Parse(flags, args)
	if err != nil {
		return nil, err
	}
	if o.pictures == "" && len(folders) == 1 {
		o.pictures = folders[0]
	} else if o.pictures == "" || len(folders) > 0 {
		return nil, cli.UsageError(flags, "want one folder of pictures")
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
	r := reader.Default()
	if o.model != "" {
		if r, err = reader.Load(o.model); err != nil {
			return err
		}
	}
	list, err := pictures.FindLabeled(o.pictures)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p pictures.Picture) bool { return p.Label == "" && !p.Unread })
	var s score
	var failures sheet.Sheet
	for res := range cli.InOrder(ctx, slices.Values(list), func(p pictures.Picture) result { return read(r, p) }) {
		s.add(&res)
		if o.sheet != "" && !res.right() {
			img, orientation, _ := res.Decode()
			if err := failures.Add(img, orientation, res.answers, true, res.Path, res.said(), expectation(res.Label)); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	write := s.writeText
	if o.json {
		write = s.writeJSON
	}
	if err := write(stdout); err != nil || o.sheet == "" {
		return err
	}
	if failures.Left > 0 {
		fmt.Fprintf(stderr, "evaluate: the sheet shows the first %d failures; %d found no place\n", sheet.MaxEntries, failures.Left)
	}
	return failures.Save(o.sheet)
}

func expectation(label string) string {
	if label == "" {
		return ""
	}
	return "expected " + label
}

// A result is what came of one picture.
type result struct {
	pictures.Picture
	answers []reader.Answer
	err     error
}

func (r *result) text() string { return reader.Text(r.answers) }
func (r *result) right() bool  { return r.err == nil && r.text() == r.Label }

// said tells what the answer was, or why there was none.
func (r *result) said() string {
	if r.err != nil {
		return r.err.Error()
	}
	if len(r.answers) == 1 {
		return r.answers[0].String()
	}
	return r.text()
}

func read(r *reader.Reader, p pictures.Picture) result {
	res := result{Picture: p}
	img, orientation, err := p.Decode()
	switch {
	case err != nil:
		res.err = err
	case len(p.Label) > 1:
		res.answers, res.err = r.All(img, orientation)
	default:
		var answer reader.Answer
		if answer, res.err = r.One(img, orientation); res.err == nil {
			res.answers = []reader.Answer{answer}
		}
	}
	return res
}
