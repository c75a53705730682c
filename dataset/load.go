package dataset

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"path"
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
// The names may also end in .idx3-ubyte, -idx3.ubyte or just .ubyte (for
// labels: idx1), and then in .gz. Any file may be compressed. The files may be
// in the sub-folders raw, MNIST/raw, mnist, MNIST or mnist/raw, and each may be
// in a folder of its own name.
//
// If they are not all there, Load looks in the same folders for two files that
// [ReadCSV] reads: mnist_train.csv and mnist_test.csv, or train.csv and
// test.csv. If none of all these is there, Load looks into the zip archive in
// the folder, if there is exactly one. The files may be in any folder of it.
// fsys may also be a [*zip.Reader]. Missing files are a [*MissingError].
//
// There are ten classes without names, unless a file classes.txt is in the
// folder or beside the other files. It is UTF-8 text with the name of a class
// in each line. The first line names class 0.
//
// Load reads two files at once: fsys must be safe for concurrent use. Load
// refuses a file without an [io.ReaderAt], such as one in a zip archive, if it
// has more than 2 GiB, or if its set would have more than 1 GiB. While Load
// reads such a set, it may need three times the memory, because it copies the
// set to larger buffers as data arrive.
func Load(fsys fs.FS) (train, test *Set, err error) {
	var outer error // of the folder's own classes.txt, not of the archive's
	err = anySet().locate(fsys, func(p place) error {
		var names []string
		if names, outer = readClasses(fsys, "."); outer != nil {
			return nil
		}
		if names == nil {
			if names, err = readClasses(p.fsys, ".", path.Dir(p.names[0])); err != nil {
				return err
			}
		}
		l := layout{classes: len(names), limit: "the number of names in " + classesFile}
		if names == nil {
			l.classes = mnistClasses
			l.limit = "the number of classes. For other classes, write a file " + classesFile +
				" to the folder, with one name a line"
		}
		if train, test, err = loadBoth(p.fsys, p.names, l); err == nil {
			train.Names, test.Names = names, slices.Clone(names)
		}
		return err
	})
	return train, test, cmp.Or(err, outer)
}

// anySet describes the sets that the function Load reads.
func anySet() *Source {
	return &Source{Name: "mnist", Files: [4]File{
		{Name: trainImages}, {Name: trainLabels}, {Name: testImages}, {Name: testLabels},
	}}
}

// Find returns the names of the four files that the function [Load] reads from
// a folder, in the order of [Source].Files. If some are missing, their names
// are empty, and the error is a [*MissingError]. Find looks neither for csv
// files nor into an archive in the folder.
func Find(fsys fs.FS) (names [4]string, err error) {
	s := anySet()
	folders, err := searchedFolders(fsys, s.Name)
	if err != nil {
		return names, err
	}
	names, missing := find(fsys, folders, s.rawNames())
	if missing != nil {
		return names, newMissingError(fsys, missing, s)
	}
	return names, nil
}

// Load reads a data set from a folder, as the function [Load] does, under the
// source's names. Images are upright, labels begin with 0, and the sets have
// the source's Classes as Names. They have WriterIDs if the folder has label
// tables.
func (s *Source) Load(fsys fs.FS) (train, test *Set, err error) {
	err = s.locate(fsys, func(p place) error {
		names := fileNames{files: p.names}
		for i, f := range s.WriterTables {
			if f.Name != "" {
				names.tables[i] = firstFile(p.fsys, paths(p.folders, f.rawName()))
			}
		}
		train, test, err = s.load(p.fsys, names)
		return err
	})
	return train, test, err
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

// layout is what the files do not say about themselves.
type layout struct {
	classes    int
	limit      string // what classes is, for errors
	first      int    // the label of the first class in the files
	transposed bool
	maxMemory  int64 // bytes; 0 means no limit
}

const classCount = "the number of classes"

func (l layout) check() {
	if l.classes < 1 {
		panic(fmt.Sprintf("dataset: %d classes, want at least 1", l.classes))
	}
}

// loadBoth reads the training set and the test set at once. The files are in
// the order of Source.Files. A csv file has no label file.
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

// Open reads a set from two files of a folder, as [Read] does. It refuses what
// is not a regular file, such as a named pipe.
func Open(fsys fs.FS, images, labels string, classes int) (*Set, error) {
	return open(fsys, images, labels, layout{classes: classes, limit: classCount})
}

// open reads the csv file images if labels is empty.
func open(fsys fs.FS, images, labels string, l layout) (*Set, error) {
	imageFile, err := openFile(fsys, images)
	if err != nil {
		return nil, err
	}
	defer imageFile.Close()
	if l, err = l.limited(images, imageFile); err != nil {
		return nil, err
	}
	if labels == "" {
		return readCSV(imageFile, images, l)
	}
	labelFile, err := openFile(fsys, labels)
	if err != nil {
		return nil, err
	}
	defer labelFile.Close()
	if l, err = l.limited(labels, labelFile); err != nil {
		return nil, err
	}
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
	if err := l.checkMemory(imageName, dims[0], s.Height*s.Width); err != nil {
		return nil, err
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
