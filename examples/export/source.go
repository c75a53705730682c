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
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/idx"
)

// A source is labelled pictures: a pair of IDX files, of which those with the
// pictures are read one after the other so that any number will do, or a data set
// that was fetched.
type source struct {
	name          string // of the file of pictures, or of the data set
	labels        []uint8
	width, height int
	next          func(pix []uint8) ([]uint8, error) // the next picture, then io.EOF
	close         func()
}

// An item is a picture and where it is from.
type item struct {
	index int
	label uint8
	pix   []uint8 // row by row
	err   error   // instead of all the others
}

// open opens what the options name and checks that it belongs together.
func open(ctx context.Context, o *options, stderr io.Writer) (*source, error) {
	s, err := openSource(ctx, o, stderr)
	if err != nil {
		return nil, err
	}
	if o.from >= max(len(s.labels), 1) {
		s.close()
		return nil, fmt.Errorf("-from %d: %s has %d pictures, the first of which is 0", o.from, s.name, len(s.labels))
	}
	return s, nil
}

func openSource(ctx context.Context, o *options, stderr io.Writer) (*source, error) {
	if o.images != "" {
		return openFiles(o.images, o.labels)
	}
	if _, err := os.Stat(o.data.Data); err != nil || o.hasOwnFiles() { // a data set
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

// hasOwnFiles reports whether the folder is called as a data set whose files are
// called otherwise than MNIST's; some also have other labels or lie otherwise. Of
// the others the two files that are asked for are enough.
func (o *options) hasOwnFiles() bool {
	s := o.data.Source()
	return s != nil && s.Files[0].Name != "train-images-idx3-ubyte.gz"
}

func openSet(name string, set *dataset.Set) *source {
	s := &source{name: name, width: set.Width, height: set.Height, close: func() {}}
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
	labels, err := readLabels(labelsFile)
	if err != nil {
		return nil, err
	}
	file, pictures, err := openIDX(images, "pictures", 3)
	if err != nil {
		return nil, err
	}
	dims := pictures.Header.Dims
	s := &source{name: images, labels: labels, width: dims[2], height: dims[1], next: pictures.Next, close: func() { file.Close() }}
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

// find returns the names of a set's files, in any of the spellings that package
// dataset knows.
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

func readLabels(name string) ([]uint8, error) {
	f, r, err := openIDX(name, "labels", 1)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	labels, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return labels.Data, nil
}

// items yields the pictures that were asked for, in the order of the file. If
// all are, it reads to the end of the file, where a compressed one has its
// checksum; otherwise it stops after the last of them.
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
			if !o.wants(i, s.labels[i]) {
				continue
			}
			if taken++; !yield(item{index: i, label: s.labels[i], pix: bytes.Clone(pix)}) {
				return
			}
		}
	}
}

// picture returns the item as it is to be shown. It may change it.
func (s *source) picture(it item, o *options) *image.Gray {
	g := &image.Gray{Pix: it.pix, Stride: s.width, Rect: image.Rect(0, 0, s.width, s.height)}
	return o.turned(g)
}

// turned returns g as -transpose and -invert want it. It may change g.
func (o *options) turned(g *image.Gray) *image.Gray {
	if o.transpose {
		g = transposed(g)
	}
	if o.invert {
		for i, v := range g.Pix {
			g.Pix[i] = 255 - v
		}
	}
	return g
}

// transposed returns g, which has no gaps between its rows, with rows and
// columns swapped.
func transposed(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	t := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			t.Pix[x*h+y] = g.Pix[y*w+x]
		}
	}
	return t
}
