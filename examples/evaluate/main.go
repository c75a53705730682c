// Evaluate tells how well a model reads a folder of labeled pictures.
//
//	go run ./examples/evaluate -pictures photos
//
// reads the pictures in the folder and its sub-folders. -help tells the rest.
package main

import (
	"context"
	"io"
	"os"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

const usage = `Evaluate tells how well a model reads a folder of labeled pictures of handwritten
digits: overall, for each kind and each sub-folder, which digits it confuses, and
where it fails.

	go run ./examples/evaluate -pictures folder

If the folder holds a file manifest.csv, evaluate reads the pictures in this table: its
columns are path, label and, optionally, kind; others are ignored. Otherwise, evaluate
reads all pictures in the folder and its sub-folders whose names begin with their
digits and an underscore, as in 8_3.png or 1234567890_1.jpg. Their kind is the format
of the file.

A picture with a label of one digit is read as examples/predict does, and one with a
longer label as examples/predict -many does. Errors in several digits are counted by
the edit distance: how many digits must be changed, added or removed.

A picture that cannot be read counts as wrong. The exit status is 0, whether the
answers are right or wrong.

`

func main() {
	cli.Main("evaluate", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	})
}

type options struct {
	pictures, model, sheet string
	json                   bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("evaluate", usage, stderr)
	flags.StringVar(&o.pictures, "pictures", "", "read the pictures in this `folder`")
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the one within")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet of the failures to this PNG `file`")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	folders, err := cli.Parse(flags, args)
	if err != nil {
		return nil, err
	}
	if o.pictures != "" {
		folders = append(folders, o.pictures)
	}
	if len(folders) != 1 {
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
	list, err := pictures.FindLabeled(o.pictures)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p pictures.Picture) bool { return p.Label == "" && !p.Unread })
	var s score
	failures := sheet.Sheet{Side: sheet.Medium}
	read := func(p pictures.Picture) *pictures.Result {
		if len(p.Label) > 1 {
			return p.Read(r, pictures.All)
		}
		return p.Read(r, pictures.One)
	}
	for res := range cli.InOrder(ctx, slices.Values(list), read) {
		s.add(res)
		if o.sheet != "" && !res.Right() {
			failures.Add(res)
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
