package dataset

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/idx"
)

// mnistClasses is the number of classes of the sets that Load reads.
const mnistClasses = 10

// The four classic names, in dash spelling.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// Load reads MNIST, or another set of ten classes with the same four names
// (Fashion-MNIST, KMNIST), from a folder:
//
//	train-images-idx3-ubyte   train-labels-idx1-ubyte
//	t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte
//
// Each may also be spelled with a dot, as in train-images.idx3-ubyte, and may
// be compressed, with or without .gz at the end of its name; of several
// spellings the first of plain, dotted, plain.gz, dotted.gz is read. Files that
// are not there are a [*MissingError], whose text says how to get them.
//
// It reads two files at a time, which fsys has to allow.
//
// Load takes the files as they are: [Source.Load] knows data sets with other
// names and the names of their classes, and [Fetch] gets them as well.
func Load(fsys fs.FS) (train, test *Set, err error) {
	names, missing := find(fsys, trainImages, trainLabels, testImages, testLabels)
	if missing != nil {
		return nil, nil, &MissingError{Files: missing}
	}
	return loadBoth(fsys, names, form{classes: mnistClasses})
}

// Load reads the training and the test set from a folder, as the function
// [Load] does, but under the source's own names: each may be spelled with a dot
// and compressed. The sets know the names of their classes, labels begin with 0
// and images are upright, whatever is in the files.
//
// If the folder also has QMNIST's label tables, of MNIST too, the sets know who
// wrote their images.
func (s *Source) Load(fsys fs.FS) (train, test *Set, err error) {
	var classic []string
	for _, f := range s.Files {
		classic = append(classic, f.classic())
	}
	names, missing := find(fsys, classic...)
	if missing != nil {
		return nil, nil, &MissingError{Files: missing, source: s}
	}
	var tables [2]string
	for i, f := range s.WriterTables {
		if found, _ := find(fsys, f.classic()); f.Name != "" && found != nil {
			tables[i] = found[0]
		}
	}
	return s.load(fsys, names, tables)
}

// load reads the files of the given names, and the writers' tables that have one.
func (s *Source) load(fsys fs.FS, names []string, tables [2]string) (train, test *Set, err error) {
	train, test, err = loadBoth(fsys, names, form{classes: len(s.Classes), first: s.First, transposed: s.Transposed})
	if err != nil {
		return nil, nil, err
	}
	for i, set := range []*Set{train, test} {
		set.Names = slices.Clone(s.Classes)
		if tables[i] == "" {
			continue
		}
		if err := addWriters(fsys, tables[i], set); err != nil {
			return nil, nil, err
		}
	}
	return train, test, nil
}

// find returns the names under which the folder has the files with the classic
// names, and which of them it does not have. Folders of such a name, which some
// archives unpack to, don't count.
func find(fsys fs.FS, classic ...string) (names, missing []string) {
	for _, c := range classic {
		i := slices.IndexFunc(spellings(c), func(name string) bool {
			info, err := fs.Stat(fsys, name)
			return err == nil && !info.IsDir()
		})
		if i < 0 {
			missing = append(missing, c)
			continue
		}
		names = append(names, spellings(c)[i])
	}
	return names, missing
}

// form is what the files do not say about themselves.
type form struct {
	classes    int
	first      int // the label of the first class
	transposed bool
}

func (f form) check() {
	if f.classes < 1 {
		panic(fmt.Sprintf("dataset: %d classes, want at least 1", f.classes))
	}
}

// loadBoth reads both sets at once: images and labels of the training and of
// the test set.
func loadBoth(fsys fs.FS, names []string, f form) (train, test *Set, err error) {
	f.check() // here, where the caller can recover from a panic
	var testErr error
	done := make(chan struct{})
	go func() {
		defer close(done)
		test, testErr = openSet(fsys, names[2], names[3], f)
	}()
	train, err = openSet(fsys, names[0], names[1], f)
	<-done
	if err == nil {
		err = testErr
	}
	if err != nil {
		return nil, nil, err
	}
	if train.Width != test.Width || train.Height != test.Height {
		return nil, nil, &FormatError{
			File: names[2], Field: "image size",
			Got:  fmt.Sprintf("%d x %d pixels", test.Width, test.Height),
			Want: fmt.Sprintf("%d x %d, as in %s", train.Width, train.Height, names[0]),
		}
	}
	return train, test, nil
}

// Open reads a set from two files of a folder. See [Read].
func Open(fsys fs.FS, images, labels string, classes int) (*Set, error) {
	return openSet(fsys, images, labels, form{classes: classes})
}

func openSet(fsys fs.FS, images, labels string, f form) (*Set, error) {
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
	return read(imageFile, labelFile, images, labels, f)
}

// Read reads a set from two IDX files, compressed or not: images, uint8 of rank
// 3 (number, height, width), and labels, uint8 of rank 1. There must be as many
// labels as images, at least one, and each label must be less than classes.
// What is wrong is told by a [*FormatError], which names the file.
func Read(images, labels io.Reader, classes int) (*Set, error) {
	return read(images, labels, "images", "labels", form{classes: classes})
}

func read(images, labels io.Reader, imageName, labelName string, f form) (*Set, error) {
	f.check()
	imageReader, err := open[uint8](images, imageName, "images", 3)
	if err != nil {
		return nil, err
	}
	dims := imageReader.Header.Dims
	s := &Set{Height: dims[1], Width: dims[2], Classes: f.classes}
	if s.Height == 0 || s.Width == 0 || dims[0] == 0 {
		return nil, &FormatError{
			File: imageName, Field: "dimensions", Got: fmt.Sprint(dims),
			Want: "at least one image of at least one pixel",
		}
	}
	// The labels first: they may disagree, before megabytes are read.
	if strings.Contains(path.Base(labelName), "idx2-int") {
		s.Labels, s.WriterIDs, err = readTable(labels, labelName, dims[0], imageName, f)
	} else {
		s.Labels, err = readLabels(labels, labelName, dims[0], imageName, f)
	}
	if err != nil {
		return nil, err
	}
	imageArray, err := imageReader.ReadAll()
	if err != nil {
		return nil, inFile(imageName, err)
	}
	s.Images = imageArray.Data
	if f.transposed {
		s.transpose()
	}
	return s, nil
}

// open reads the header of an IDX file and checks its rank.
func open[T idx.Element](r io.Reader, name, what string, rank int) (*idx.Reader[T], error) {
	reader, err := idx.NewReader[T](r)
	if err != nil {
		return nil, inFile(name, err)
	}
	if dims := reader.Header.Dims; len(dims) != rank {
		return nil, &FormatError{
			File: name, Field: "rank", Got: fmt.Sprintf("%d (sizes %v)", len(dims), dims),
			Want: fmt.Sprintf("%d, as a file of %s has", rank, what),
		}
	}
	return reader, nil
}
