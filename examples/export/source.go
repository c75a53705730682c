package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// open reads the pictures that the options name.
func open(ctx context.Context, o *options, stderr io.Writer) (set *dataset.Set, err error) {
	images, labels := o.images, o.labels
	// Package dataset must read a data set as a whole if its files do not have
	// MNIST's names: its labels may differ, and its pictures may be transposed.
	// Otherwise the two files of the chosen set are enough.
	source := o.data.Source()
	ownFiles := source != nil && source.Files[0].Name != "train-images-idx3-ubyte.gz"
	info, err := os.Stat(o.data.Data)
	switch {
	case images != "":
	case err == nil && info.IsDir() && !ownFiles:
		if images, labels, err = find(o.data.Data, o.set); err != nil {
			return nil, fmt.Errorf("-data %s: %w", o.data.Data, err)
		}
	default:
		train, test, err := o.data.Load(ctx, stderr)
		if err != nil {
			return nil, err
		}
		set = map[string]*dataset.Set{"train": train, "test": test}[o.set]
	}
	if set == nil {
		if set, err = dataset.Open(files{}, images, labels, 256); err != nil {
			return nil, err
		}
	}
	if o.from >= set.Len() {
		return nil, fmt.Errorf("-from %d: there are %d pictures, the first is 0", o.from, set.Len())
	}
	return set, nil
}

// files opens files by the names that the user gives.
type files struct{}

func (files) Open(name string) (fs.File, error) { return os.Open(name) }

// find returns the two files of a set, in any spelling of package dataset.
func find(folder, set string) (images, labels string, err error) {
	prefix := map[string]string{"train": "train", "test": "t10k"}[set]
	var missing []string
	search := func(classic string) string {
		dotted := strings.Replace(classic, "-idx", ".idx", 1)
		for _, name := range []string{classic, dotted, classic + ".gz", dotted + ".gz"} {
			name = filepath.Join(folder, name)
			if info, err := os.Stat(name); err == nil && !info.IsDir() {
				return name
			}
		}
		missing = append(missing, classic)
		return ""
	}
	images, labels = search(prefix+"-images-idx3-ubyte"), search(prefix+"-labels-idx1-ubyte")
	if missing != nil {
		return "", "", &dataset.MissingError{Files: missing}
	}
	return images, labels, nil
}

// An item is one of the pictures that the user wants.
type item struct {
	index, label int
	image        *image.Gray
}

// items yields the pictures that the user wants. The caller may change them.
func (o *options) items(ctx context.Context, set *dataset.Set) iter.Seq[item] {
	return func(yield func(item) bool) {
		taken := 0
		for i, label := range set.Labels {
			if i < o.from || o.classes != nil && !slices.Contains(o.classes, label) {
				continue
			}
			if ctx.Err() != nil || o.count > 0 && taken == o.count || !yield(item{i, label, o.oriented(set.Image(i))}) {
				return
			}
			taken++
		}
	}
}

// oriented returns g, with rows and columns swapped if the user wants that.
func (o *options) oriented(g *image.Gray) *image.Gray {
	if o.transpose {
		return imageprep.Turn(g, 5) // swaps rows and columns
	}
	return g
}

// inverted returns g. It inverts g first if the user wants that.
func (o *options) inverted(g *image.Gray) *image.Gray {
	if o.invert {
		for i, v := range g.Pix {
			g.Pix[i] = 255 - v
		}
	}
	return g
}
