package dataset

import (
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/seed-cd6415d7/digits/idx"
)

// The raw names of MNIST's files. See File.rawName.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// Load reads MNIST, Fashion-MNIST, KMNIST or your own set from the four files
// in a folder:
//
//	train-images-idx3-ubyte   train-labels-idx1-ubyte
//	t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte
//
// A name may be dotted (train-images.idx3-ubyte) and end in .gz. Load reads the
// first of plain, dotted, plain.gz and dotted.gz. A file may be compressed
// whatever its name. Missing files are a [*MissingError].
//
// There are ten classes without names, unless the folder has a file
// classes.txt. It is UTF-8 text with the name of a class in each line: class 0
// in the first line, class 1 in the second, and so on.
//
// Load reads two files at once: fsys must be safe for concurrent use.
func Load(fsys fs.FS) (train, test *Set, err error) {
	files, err := Find(fsys)
	if err != nil {
		return nil, nil, err
	}
	names, err := readClasses(fsys)
	if err != nil {
		return nil, nil, err
	}
	l := layout{classes: len(names), limit: "the number of names in " + classesFile}
	if names == nil {
		l.classes = mnistClasses
		l.limit = "the number of classes. For other classes, write a file " + classesFile +
			" to the folder, with one name a line"
	}
	train, test, err = loadBoth(fsys, files, l)
	if err != nil {
		return nil, nil, err
	}
	train.Names, test.Names = names, slices.Clone(names)
	return train, test, nil
}

// Find returns the names of the four files that the function [Load] reads from
// a folder, in the order of [Source].Files. Missing files are a
// [*MissingError].
func Find(fsys fs.FS) (names [4]string, err error) {
	names, missing := find(fsys, [4]string{trainImages, trainLabels, testImages, testLabels})
	if missing != nil {
		return names, &MissingError{Files: missing}
	}
	return names, nil
}

// Load reads a data set from a folder, as the function [Load] does, under the
// source's names. Images are upright, labels begin with 0, and the sets have
// Names. They have WriterIDs if the folder has label tables.
func (s *Source) Load(fsys fs.FS) (train, test *Set, err error) {
	var names fileNames
	var raw [4]string
	for i, f := range s.Files {
		raw[i] = f.rawName()
	}
	var missing []string
	if names.files, missing = find(fsys, raw); missing != nil {
		return nil, nil, &MissingError{Files: missing, source: s}
	}
	for i, f := range s.WriterTables {
		if f.Name != "" {
			names.tables[i] = findOne(fsys, f.rawName())
		}
	}
	return s.load(fsys, names)
}

// fileNames are the names of a source's files in a folder.
type fileNames struct {
	files  [4]string // in the order of Source.Files
	tables [2]string // in the order of Source.WriterTables; "" if missing
}

// load reads the files and the tables with the given names.
func (s *Source) load(fsys fs.FS, names fileNames) (train, test *Set, err error) {
	l := layout{classes: len(s.Classes), limit: classCount, first: s.First, transposed: s.Transposed}
	train, test, err = loadBoth(fsys, names.files, l)
	if err != nil {
		return nil, nil, err
	}
	for i, set := range []*Set{train, test} {
		set.Names = slices.Clone(s.Classes)
		if names.tables[i] == "" {
			continue
		}
		if err := set.addWriterIDs(fsys, names.tables[i]); err != nil {
			return nil, nil, err
		}
	}
	return train, test, nil
}

// find returns the names that the four files have in a folder, and the raw
// names of missing files.
func find(fsys fs.FS, raw [4]string) (names [4]string, missing []string) {
	for i, r := range raw {
		if names[i] = findOne(fsys, r); names[i] == "" {
			missing = append(missing, r)
		}
	}
	return names, missing
}

// findOne returns the first spelling of a raw name that a folder has, or "". It
// skips folders, because some archives unpack to folders with such names.
func findOne(fsys fs.FS, raw string) string {
	for _, name := range spellings(raw) {
		if info, err := fs.Stat(fsys, name); err == nil && !info.IsDir() {
			return name
		}
	}
	return ""
}

// layout is what IDX files do not say about themselves.
type layout struct {
	classes    int
	limit      string // what classes is, for errors
	first      int    // the label of the first class in the files
	transposed bool
}

const classCount = "the number of classes"

func (l layout) check() {
	if l.classes < 1 {
		panic(fmt.Sprintf("dataset: %d classes, want at least 1", l.classes))
	}
}

// loadBoth reads the training set and the test set at once. The files are in
// the order of Source.Files.
func loadBoth(fsys fs.FS, files [4]string, l layout) (train, test *Set, err error) {
	l.check() // in this goroutine, so the caller can recover from the panic
	var testErr error
	done := make(chan struct{})
	go func() {
		defer close(done)
		test, testErr = open(fsys, files[2], files[3], l)
	}()
	train, err = open(fsys, files[0], files[1], l)
	<-done
	if err == nil {
		err = testErr
	}
	if err != nil {
		return nil, nil, err
	}
	if train.Width != test.Width || train.Height != test.Height {
		return nil, nil, formatError(files[2], "image size",
			fmt.Sprintf("%d x %d pixels", test.Width, test.Height),
			fmt.Sprintf("%d x %d, as in %s", train.Width, train.Height, files[0]))
	}
	return train, test, nil
}

// Open reads a set from two files of a folder, as [Read] does.
func Open(fsys fs.FS, images, labels string, classes int) (*Set, error) {
	return open(fsys, images, labels, layout{classes: classes, limit: classCount})
}

func open(fsys fs.FS, images, labels string, l layout) (*Set, error) {
	imageFile, err := fsys.Open(images)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer imageFile.Close()
	labelFile, err := fsys.Open(labels)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer labelFile.Close()
	return read(imageFile, labelFile, images, labels, l)
}

// Read reads a set from two IDX files, compressed or not: images, uint8 of rank
// 3 (number, height, width), and plain labels or a label table (see [Source]).
// There must be images, a label for each, and labels from 0 to classes-1;
// otherwise the error is a [*FormatError]. Read panics if classes is less than
// 1.
func Read(images, labels io.Reader, classes int) (*Set, error) {
	return read(images, labels, "images", "labels", layout{classes: classes, limit: classCount})
}

func read(images, labels io.Reader, imageName, labelName string, l layout) (*Set, error) {
	l.check()
	imageReader, err := newReader[uint8](images, imageName, "images", 3)
	if err != nil {
		return nil, err
	}
	dims := imageReader.Header.Dims
	s := &Set{Height: dims[1], Width: dims[2], Classes: l.classes}
	if s.Height == 0 || s.Width == 0 || dims[0] == 0 {
		return nil, formatError(imageName, "dimensions", dims, "at least one image of at least one pixel")
	}
	// Read the labels first. If they are wrong, megabytes need not be read.
	s.Labels, s.WriterIDs, err = readLabels(labels, labelName, dims[0], imageName, l)
	if err != nil {
		return nil, err
	}
	array, err := imageReader.ReadAll()
	if err != nil {
		return nil, inFile(imageName, err)
	}
	s.Images = array.Data
	if l.transposed {
		s.transpose()
	}
	return s, nil
}

// newReader reads the header of an IDX file and checks its rank.
func newReader[T idx.Element](r io.Reader, name, content string, rank int) (*idx.Reader[T], error) {
	reader, err := idx.NewReader[T](r)
	if err != nil {
		return nil, inFile(name, err)
	}
	if dims := reader.Header.Dims; len(dims) != rank {
		got := fmt.Sprintf("%d (sizes %v)", len(dims), dims)
		return nil, formatError(name, "rank", got, fmt.Sprintf("%d, the rank of %s", rank, content))
	}
	return reader, nil
}

// transpose swaps the rows and the columns of every image, in place.
func (s *Set) transpose() {
	w, h := s.Width, s.Height
	s.Width, s.Height = h, w
	if w == h {
		for i := range s.Len() {
			transposeSquare(s.Pixels(i), w)
		}
		return
	}
	old := make([]uint8, w*h)
	for i := range s.Len() {
		img := s.Pixels(i)
		copy(old, img)
		for y := range h {
			for x := range w {
				img[x*h+y] = old[y*w+x]
			}
		}
	}
}

// transposeSquare takes half the time of the general loop. EMNIST has up to
// 800,000 square images.
func transposeSquare(img []uint8, n int) {
	for y := range n {
		for x := range y {
			img[y*n+x], img[x*n+y] = img[x*n+y], img[y*n+x]
		}
	}
}
