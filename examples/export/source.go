package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A source is labeled pictures of one size: a data set in memory, or a pair of
// IDX files. The file of pictures is read one picture at a time, so it may be
// larger than the memory.
type source struct {
	name          string // of the file of pictures or of the data set
	labels        []uint8
	width, height int
	next          func(pix []uint8) ([]uint8, error) // the next picture, at last io.EOF
	close         func() error
}

// An item is one picture, or an error.
type item struct {
	index int
	label uint8
	image *image.Gray
	err   error
}

// open opens what the options name.
func open(ctx context.Context, o *options, stderr io.Writer) (*source, error) {
	s, err := openSource(ctx, o, stderr)
	if err != nil {
		return nil, err
	}
	if o.from >= max(len(s.labels), 1) {
		s.close()
		return nil, fmt.Errorf("-from %d: %s has %d pictures, the first is 0", o.from, s.name, len(s.labels))
	}
	return s, nil
}

func openSource(ctx context.Context, o *options, stderr io.Writer) (*source, error) {
	if o.images != "" {
		return openFiles(o.images, o.labels)
	}
	if _, err := os.Stat(o.data.Data); err != nil || o.hasOwnFiles() {
		train, test, err := o.data.Load(ctx, stderr)
		if err != nil {
			return nil, err
		}
		return openSet(o.data.Data, map[string]*dataset.Set{"train": train, "test": test}[o.set]), nil
	}
	images, labels, err := find(o.data.Data, o.set)
	if err != nil {
		return nil, fmt.Errorf("-data %s: %w", o.data.Data, err)
	}
	return openFiles(images, labels)
}

// hasOwnFiles reports whether the folder has the name of a data set whose files
// do not have MNIST's names. Such a data set may have labels that do not begin
// with 0, or transposed pictures, so package dataset must read it whole. In any
// other folder the two files of the chosen set are enough.
func (o *options) hasOwnFiles() bool {
	s := o.data.Source()
	return s != nil && s.Files[0].Name != "train-images-idx3-ubyte.gz"
}

func openSet(name string, set *dataset.Set) *source {
	s := &source{name: name, width: set.Width, height: set.Height, close: func() error { return nil }}
	for _, label := range set.Labels {
		s.labels = append(s.labels, uint8(label))
	}
	i := 0
	s.next = func([]uint8) ([]uint8, error) {
		if i == set.Len() {
			return nil, io.EOF
		}
		i++
		return set.Pixels(i - 1), nil
	}
	return s
}

func openFiles(images, labelsFile string) (*source, error) {
	f, labels, err := openIDX(labelsFile, "labels", 1)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := labels.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", labelsFile, err)
	}
	file, pictures, err := openIDX(images, "pictures", 3)
	if err != nil {
		return nil, err
	}
	dims := pictures.Header.Dims
	s := &source{name: images, labels: all.Data, width: dims[2], height: dims[1], next: pictures.Next, close: file.Close}
	switch {
	case s.width < 1 || s.height < 1:
		err = fmt.Errorf("%s: pictures of %d x %d pixels", images, s.width, s.height)
	case dims[0] != len(s.labels):
		err = fmt.Errorf("%s has %d pictures and %s %d labels: they do not belong together", images, dims[0], labelsFile, len(s.labels))
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// find returns the names of the two files of a set, in any spelling that package
// dataset accepts.
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

// openIDX opens an IDX file of this rank.
func openIDX(name, what string, rank int) (*os.File, *idx.Reader[uint8], error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	r, err := idx.NewReader[uint8](f)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	} else if dims := r.Header.Dims; len(dims) != rank {
		err = fmt.Errorf("%s is not a file of %s: its sizes are %d, want %d of them", name, what, dims, rank)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, r, nil
}

// items yields the pictures that the options choose, in the order of the file.
// Without -n it reads to the end of the file, where a compressed file has its
// checksum. With -n it stops after the last picture.
func (s *source) items(ctx context.Context, o *options) iter.Seq[item] {
	return func(yield func(item) bool) {
		var pix []uint8
		var err error
		for i, taken := 0, 0; (o.count == 0 || taken < o.count) && ctx.Err() == nil; i++ {
			pix, err = s.next(pix)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(item{err: fmt.Errorf("%s: %w", s.name, err)})
				return
			}
			if i < o.from || o.classes != nil && !slices.Contains(o.classes, s.labels[i]) {
				continue
			}
			g := &image.Gray{Pix: bytes.Clone(pix), Stride: s.width, Rect: image.Rect(0, 0, s.width, s.height)}
			if taken++; !yield(item{index: i, label: s.labels[i], image: o.oriented(g)}) {
				return
			}
		}
	}
}

// nothing is the error if the options choose no picture.
func (s *source) nothing() error { return fmt.Errorf("%s has no such pictures", s.name) }

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
