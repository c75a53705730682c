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

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// open reads the pictures that the options name.
func open(ctx context.Context, o *options, stderr io.Writer) (set *dataset.Set, err error) {
	if o.images != "" {
		set, err = openFiles(o.images, o.labels)
	} else {
		set, err = o.openData(ctx, stderr)
	}
	if err != nil {
		return nil, err
	}
	if o.from >= set.Len() {
		return nil, fmt.Errorf("-from %d: there are %d pictures, the first is 0", o.from, set.Len())
	}
	return set, nil
}

// labelValues is the number of different labels: they are bytes.
const labelValues = 256

// files opens files by the names that the user gives.
type files struct{}

func (files) Open(name string) (fs.File, error) { return cli.Open(name) }

// openFiles reads two files. A classes.txt beside them names the classes,
// unless there are more classes than that.
func openFiles(images, labels string) (*dataset.Set, error) {
	set, err := dataset.Open(files{}, images, labels, labelValues)
	if err != nil {
		return nil, err
	}
	names, err := dataset.ReadClasses(os.DirFS(filepath.Dir(images)))
	if err == nil && slices.Max(set.Labels) < len(names) {
		set.Names, set.Classes = names, len(names)
	}
	return set, nil
}

// openData reads the chosen set of -data.
func (o *options) openData(ctx context.Context, stderr io.Writer) (*dataset.Set, error) {
	// A data set whose files do not have MNIST's names may have other labels
	// and transposed pictures. Package dataset reads it as a whole. Otherwise
	// the two files of the chosen set are enough.
	source := o.data.Source()
	if source == nil || source.Files[0].Name == "train-images-idx3-ubyte.gz" {
		if set, err := o.openPair(source); set != nil || err != nil {
			return set, err
		}
	}
	train, test, err := o.data.Load(ctx, stderr)
	if err != nil {
		return nil, err
	}
	return map[string]*dataset.Set{"train": train, "test": test}[o.set], nil
}

// openPair reads the two files of the chosen set. It returns nil if -data does
// not have them. The source may be nil.
func (o *options) openPair(source *dataset.Source) (set *dataset.Set, err error) {
	fsys, end, err := o.data.Open()
	if err != nil {
		return nil, nil // Flags.Load says more
	}
	defer end()
	all, _ := dataset.Find(fsys)
	pair := map[string][]string{"train": all[:2], "test": all[2:]}[o.set]
	if pair[0] == "" || pair[1] == "" {
		return nil, nil
	}
	var names []string
	if source != nil {
		names = source.Classes
	} else if names, err = dataset.ReadClasses(fsys); err != nil {
		return nil, fmt.Errorf("-data %s: %w", o.data.Data, err)
	}
	n := len(names)
	if names == nil {
		n = labelValues
	}
	if set, err = dataset.Open(fsys, pair[0], pair[1], n); err != nil {
		return nil, fmt.Errorf("-data %s: %w", o.data.Data, err)
	}
	set.Names = names
	return set, nil
}

// An item is one of the pictures that the user wants.
type item struct {
	index, label int
	image        *image.Gray
}

// items yields the pictures that the user wants. The caller may change them.
func (o *options) items(set *dataset.Set) iter.Seq[item] {
	return func(yield func(item) bool) {
		taken := 0
		for i, label := range set.Labels {
			if i < o.from || o.classes != nil && !slices.Contains(o.classes, label) {
				continue
			}
			if o.count > 0 && taken == o.count || !yield(item{i, label, o.oriented(set.Image(i))}) {
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
