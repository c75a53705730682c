package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// wantsStream reports whether to read the images when they are needed. The user
// may want that, or the images of -data may not fit into the memory limit of
// the Go runtime, GOMEMLIMIT.
func (o *options) wantsStream() bool {
	limit := debug.SetMemoryLimit(-1)
	if o.stream || limit == math.MaxInt64 || o.pictures != "" {
		return o.stream
	}
	dims, err := o.trainingSize()
	if err != nil {
		return false // reading it says what is wrong
	}
	perImage := float64(dims[1] * dims[2])
	if o.holdout != 0 {
		perImage *= 3 // a copy in another order, and garbage
	}
	if o.vector != (imageprep.Features{}) {
		perImage += float64(4 * o.vector.Len())
	}
	return perImage*float64(dims[0]) > float64(limit)
}

// trainingSize returns the sizes in the header of the training images.
func (o *options) trainingSize() ([]int, error) {
	fsys, end, err := o.data.Open()
	if err != nil {
		return nil, err
	}
	defer end()
	names, err := dataset.Find(fsys)
	if err != nil {
		return nil, err
	}
	file, err := fsys.Open(names[0])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := idx.NewReader[uint8](file)
	if err != nil {
		return nil, err
	}
	if len(r.Header.Dims) != 3 {
		return nil, errors.New("not images")
	}
	return r.Header.Dims, nil
}

// openFiles opens the data for a stream. The sets have labels, but no images.
// Their WriterIDs are the numbers of the images in o.files. The files stay open
// until the program ends.
func (o *options) openFiles() (train, test *dataset.Set, err error) {
	switch {
	case o.pictures != "":
		return nil, nil, errors.New("-stream reads IDX files, not pictures: export -pack makes some from pictures")
	case o.extension != (extension{}):
		return nil, nil, fmt.Errorf("the recipe %s needs all images in memory: choose the recipe default for a stream", o.name)
	case o.vector.Components != nil:
		return nil, nil, errors.New("components need all images in memory: choose the recipe default for a stream, " +
			"or -features without components")
	}
	if info, err := os.Stat(o.data.Data); err != nil || !info.IsDir() {
		return nil, nil, fmt.Errorf("-data %s: want a folder of uncompressed IDX files for a stream", o.data.Data)
	}
	fsys := os.DirFS(o.data.Data)
	names, err := dataset.Find(fsys)
	switch {
	case errors.As(err, new(*dataset.MissingError)):
		what, _, _ := strings.Cut(err.Error(), "\n") // the rest says that tables and archives will do
		return nil, nil, fmt.Errorf("-data %s: %s; a stream needs four uncompressed IDX files: "+
			"leave out -stream for tables, archives and compressed files", o.data.Data, what)
	case err != nil:
		return nil, nil, fmt.Errorf("-data %s: %w", o.data.Data, err)
	}
	classes, err := dataset.ReadClasses(fsys)
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s: %w", o.data.Data, err)
	}
	if s := o.data.Source(); s != nil {
		if s.Transposed || s.First != 0 {
			return nil, nil, fmt.Errorf("-data %s: a stream cannot read the data set %s: leave out -stream", o.data.Data, s.Name)
		}
		classes = s.Classes
	}
	o.files = new([2]*idx.ReaderAt[uint8])
	var sets [2]*dataset.Set
	for i := range sets {
		if o.files[i], err = openImages(filepath.Join(o.data.Data, filepath.FromSlash(names[2*i]))); err != nil {
			return nil, nil, err
		}
		if sets[i], err = readLabels(fsys, names[2*i+1], o.files[i].Header.Dims[0], classes); err != nil {
			return nil, nil, fmt.Errorf("-data %s: %w", o.data.Data, err)
		}
	}
	if a, b := o.files[0].Header.Dims, o.files[1].Header.Dims; a[1] != b[1] || a[2] != b[2] {
		return nil, nil, fmt.Errorf("-data %s: the training images are %dx%d, but the test images are %dx%d",
			o.source(), a[2], a[1], b[2], b[1])
	}
	return sets[0], sets[1], nil
}

// openImages opens a file of images.
func openImages(name string) (*idx.ReaderAt[uint8], error) {
	file, err := cli.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	r, err := idx.NewReaderAt[uint8](file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if dims := r.Header.Dims; len(dims) != 3 || dims[0] == 0 || dims[1] == 0 || dims[2] == 0 {
		return nil, fmt.Errorf("%s: sizes %v, want those of images: number, height, width", name, dims)
	}
	return r, nil
}

// readLabels reads the labels of n images. Without names there are ten classes.
func readLabels(fsys fs.FS, name string, n int, classes []string) (*dataset.Set, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := idx.NewReader[uint8](file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if dims := r.Header.Dims; len(dims) != 1 || dims[0] != n {
		return nil, fmt.Errorf("%s: sizes %v, want [%d]: a label for each image", name, dims, n)
	}
	s := &dataset.Set{Labels: make([]int, n), WriterIDs: numbers(n), Classes: 10, Names: classes}
	if classes != nil {
		s.Classes = len(classes)
	}
	label := make([]uint8, 1)
	for i := range s.Labels {
		if _, err := r.Next(label); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if s.Labels[i] = int(label[0]); s.Labels[i] >= s.Classes {
			return nil, fmt.Errorf("%s: label of image %d: got %d, want 0 to %d; for other classes, "+
				"write the names of all to classes.txt in the folder, one a line", name, i, label[0], s.Classes-1)
		}
	}
	if _, err := r.Next(label); err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}
