package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"image"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/imageprep"
)

const suspectsUsage = `With -suspects, evaluate looks for wrong labels in place of wrong answers:

	go run ./examples/evaluate -suspects -data mnist
	go run ./examples/evaluate -suspects -pictures folder -sheet suspects.png

It divides the images into ten parts, and has each part judged by a model that was
trained on the other nine. It lists the images that such a model takes least for what
their labels say. The first ones may be mislabeled, illegible or just unusual: look at
them before you change a label. The built-in model plays no part, so the classes may be
any. Pictures are prepared as by examples/export -pack.

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
	flags.BoolVar(&f.find, "suspects", false, "list images whose labels may be wrong: of -pictures or, without that flag, of -data")
	flags.IntVar(&f.n, "n", 50, "with -suspects: list so `many` images")
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
	case len(folders) > 1 || !f.find && len(folders) == 0:
		return "want one folder of pictures"
	case !f.find:
	case other != "":
		return fmt.Sprintf("-%s is not for -suspects, which trains its own models on pictures of one thing each", other)
	case len(folders) > 0 && ofData != "":
		return fmt.Sprintf("want a folder of pictures or -%s, not both", ofData)
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
	if o.json {
		err = cli.WriteJSON(stdout, found, "\t")
	} else {
		err = found.writeText(stdout)
	}
	if err != nil || o.sheet == "" {
		return err
	}
	var s sheet.Sheet
	s.AddSuspects(ctx, len(found.Suspects), found.drawn)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return s.Save(o.sheet, stderr)
}

// labeled is a set of images to judge.
type labeled struct {
	*dataset.Set
	what     string             // for people
	pictures []pictures.Picture // that the images come from; nil for IDX files
	unread   int                // pictures that cannot be read
}

// loadData reads -data.
func (f *suspectFlags) loadData(ctx context.Context, stderr io.Writer) (*labeled, error) {
	train, test, err := f.data.Load(ctx, stderr)
	if err != nil {
		return nil, err
	}
	l := &labeled{Set: train, what: "the training set of " + f.data.Data}
	if f.set == "test" {
		l.Set, l.what = test, "the test set of "+f.data.Data
	}
	return l, nil
}

// loadPictures reads the pictures of a folder, and prepares them.
func (o *options) loadPictures(ctx context.Context, stderr io.Writer) (*labeled, error) {
	found, err := pictures.FindLabeled(o.pictures, pictures.Options{Labels: o.labels})
	if err != nil {
		return nil, err
	}
	if notice := found.Notice(); notice != "" {
		fmt.Fprintln(stderr, notice)
	}
	l := &labeled{Set: &dataset.Set{Width: imageprep.Size, Height: imageprep.Size}, what: o.pictures}
	classes := map[string]int{}
	for p := range cli.InOrder(ctx, slices.Values(found.Pictures), prepare) {
		if p.err != nil {
			fmt.Fprintf(stderr, "%s: %s\n", cli.Printable(p.Name), cli.Printable(p.err.Error()))
			l.unread++
			continue
		}
		l.pictures = append(l.pictures, p.Picture)
		l.Images = append(l.Images, p.image.Pix...)
		classes[p.Label] = 0
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	l.Names = slices.Sorted(maps.Keys(classes))
	l.Classes = len(l.Names)
	for k, name := range l.Names {
		classes[name] = k
	}
	for _, p := range l.pictures {
		l.Labels = append(l.Labels, classes[p.Label])
	}
	return l, nil
}

// A prepared picture is in MNIST's form, unless there is an error.
type prepared struct {
	pictures.Picture
	image *image.Gray
	err   error
}

func prepare(p pictures.Picture) prepared {
	res := prepared{Picture: p}
	img, orientation, err := p.Decode()
	if err != nil {
		res.err = err
		return res
	}
	one, err := imageprep.Prepare(img, &imageprep.Options{Orientation: orientation, One: true})
	if err != nil {
		res.err = err
		return res
	}
	res.image = one.Image
	return res
}

// classNames returns the names of all classes.
func (l *labeled) classNames() []string {
	if l.Names != nil {
		return l.Names
	}
	names := make([]string, l.Classes)
	for k := range names {
		names[k] = strconv.Itoa(k)
	}
	return names
}
