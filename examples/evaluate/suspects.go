package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
)

const suspectsUsage = `With -suspects, evaluate looks for wrong labels, not for wrong answers:

	go run ./examples/evaluate -suspects -data mnist
	go run ./examples/evaluate -suspects -pictures folder -report suspects.html

It divides the images into ten parts. For each part, it trains a model on the other nine.
This model judges the images of its part. Evaluate lists the images whose label is not
the model's answer, the least likely label first. They may be mislabeled, illegible or
just unusual: look at them before you change a label. Any classes will do, because
evaluate does not use the built-in model here. Pictures are prepared as by
examples/export -pack.

-json also lists images whose label is the model's answer, up to -n images together. The
margin of an image is the logit of its label less the largest other logit. If it is
positive, the model agrees with the label.

`

// suspectFlags are the flags for -suspects.
type suspectFlags struct {
	find bool // -suspects
	n    int
	set  string // train or test
	seed uint64
	data fetch.Flags
}

func (f *suspectFlags) register(flags *flag.FlagSet) {
	flags.BoolVar(&f.find, "suspects", false, "list images whose labels may be wrong, in the folder of pictures or, without one, in\n-data")
	flags.IntVar(&f.n, "n", 50, "with -suspects: list at most this `number` of images")
	flags.StringVar(&f.set, "set", "train", "with -suspects: look at this `part` of -data, train or test")
	flags.Uint64Var(&f.seed, "seed", 1, "with -suspects: seed of the parts and of the order of training")
	f.data.Register(flags)
}

// problem returns what is wrong with the command line for -suspects, or "".
func (f *suspectFlags) problem(flags *flag.FlagSet, folders []string) string {
	var given []string
	flags.Visit(func(g *flag.Flag) { given = append(given, g.Name) })
	first := func(names ...string) string {
		for _, name := range given {
			if slices.Contains(names, name) {
				return name
			}
		}
		return ""
	}
	ofData := first("data", "set", "mirror", "offline", "cache")
	name := cmp.Or(ofData, first("n", "seed"))
	switch other := first("model", "one", "many"); {
	case !f.find && name != "":
		return fmt.Sprintf("-%s is only for -suspects", name)
	case slices.Contains(folders, ""):
		return `want the name of a folder, not ""`
	case len(folders) > 1 || !f.find && len(folders) == 0:
		return "want one folder of pictures: -pictures folder"
	case !f.find:
	case other != "":
		return fmt.Sprintf("-%s is not for -suspects, which trains its own models on pictures of one thing each", other)
	case len(folders) > 0 && ofData != "":
		return fmt.Sprintf("want a folder of pictures or -%s, not both", ofData)
	case len(folders) == 0 && first("labels") != "":
		return "-labels needs a folder of pictures"
	case f.n < 1:
		return fmt.Sprintf("-n %d, want at least 1", f.n)
	case f.set != "train" && f.set != "test":
		return fmt.Sprintf("-set %q, want train or test", f.set)
	}
	return ""
}

// findSuspects lists the images whose labels may be wrong.
func (o *options) findSuspects(ctx context.Context, stdout, stderr io.Writer) error {
	load := o.suspects.loadData
	if o.pictures != "" {
		load = o.loadPictures
	}
	images, err := load(ctx, stderr)
	if err != nil {
		return err
	}
	found, err := rank(ctx, images, o.suspects.n, o.suspects.seed)
	if err != nil {
		return err
	}
	err = o.write(stdout, results{
		page:  func() error { return found.saveReport(ctx, o) },
		sheet: func() error { return found.saveSheet(ctx, o.sheet, stderr) },
		json:  found,
		text:  found.writeText,
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// saveSheet draws the suspects.
func (s *suspects) saveSheet(ctx context.Context, name string, stderr io.Writer) error {
	var drawn sheet.Sheet
	drawn.AddSuspects(ctx, len(s.doubted()), s.drawn)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return drawn.Save(name, stderr)
}

// labeled are the images to judge.
type labeled struct {
	*dataset.Set
	what     string             // for people
	pictures []pictures.Picture // that the images come from; nil for IDX files
	unread   int                // pictures that cannot be used
}

// loadData reads -data.
func (f *suspectFlags) loadData(ctx context.Context, stderr io.Writer) (*labeled, error) {
	train, test, err := f.data.Load(ctx, stderr)
	if err != nil {
		return nil, err
	}
	if err := prepared.CheckTrainable(train); err != nil {
		return nil, fmt.Errorf("-data %s: %w", f.data.Data, err)
	}
	l := &labeled{Set: train, what: "the training set of " + f.data.Data}
	if f.set == "test" {
		l.Set, l.what = test, "the test set of "+f.data.Data
	}
	return l, nil
}

// loadPictures reads and prepares the pictures of a folder.
func (o *options) loadPictures(ctx context.Context, stderr io.Writer) (*labeled, error) {
	found, err := pictures.FindLabeled(o.pictures, pictures.Options{Labels: o.labels, Sheet: o.sheet})
	if err != nil {
		return nil, err
	}
	if notice := found.Notice(); notice != "" {
		fmt.Fprintln(stderr, notice)
	}
	how := prepared.Options{Classes: prepared.Classes(found), Want: "want the name of a class"}
	set, taken, err := prepared.Read(ctx, found.Pictures, how, stderr)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, err
	case len(taken) == 0:
		return nil, fmt.Errorf("none of %d %s can be used", len(found.Pictures), cli.Plural(len(found.Pictures), "picture"))
	}
	return &labeled{Set: set, what: o.pictures, pictures: taken, unread: len(found.Pictures) - len(taken)}, nil
}
