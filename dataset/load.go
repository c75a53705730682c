package dataset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
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
func Load(fsys fs.FS) (train, test *Set, err error) {
	var names [4]string
	var missing []string
	for i, classic := range []string{trainImages, trainLabels, testImages, testLabels} {
		if names[i] = find(fsys, classic); names[i] == "" {
			missing = append(missing, classic)
		}
	}
	if missing != nil {
		return nil, nil, &MissingError{Files: missing}
	}
	if train, err = Open(fsys, names[0], names[1], mnistClasses); err != nil {
		return nil, nil, err
	}
	if test, err = Open(fsys, names[2], names[3], mnistClasses); err != nil {
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

// find returns the name under which the folder has the file with the classic
// name, or "". Folders of that name, which some archives unpack to, don't count.
func find(fsys fs.FS, classic string) string {
	dotted := strings.Replace(classic, "-idx", ".idx", 1)
	for _, name := range []string{classic, dotted, classic + ".gz", dotted + ".gz"} {
		if info, err := fs.Stat(fsys, name); err == nil && !info.IsDir() {
			return name
		}
	}
	return ""
}

// Open reads a set from two files of a folder. See [Read].
func Open(fsys fs.FS, images, labels string, classes int) (*Set, error) {
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
	return read(imageFile, labelFile, images, labels, classes)
}

// Read reads a set from two IDX files, compressed or not: images, uint8 of rank
// 3 (number, height, width), and labels, uint8 of rank 1. There must be as many
// labels as images, at least one, and each label must be less than classes.
// What is wrong is told by a [*FormatError], which names the file.
func Read(images, labels io.Reader, classes int) (*Set, error) {
	return read(images, labels, "images", "labels", classes)
}

func read(images, labels io.Reader, imageName, labelName string, classes int) (*Set, error) {
	if classes < 1 {
		panic(fmt.Sprintf("dataset: %d classes, want at least 1", classes))
	}
	imageReader, err := open(images, imageName, "images", 3)
	if err != nil {
		return nil, err
	}
	labelReader, err := open(labels, labelName, "labels", 1)
	if err != nil {
		return nil, err
	}
	// Compare the headers before reading megabytes.
	dims := imageReader.Header.Dims
	s := &Set{Height: dims[1], Width: dims[2], Classes: classes}
	if s.Height == 0 || s.Width == 0 || dims[0] == 0 {
		return nil, &FormatError{
			File: imageName, Field: "dimensions", Got: fmt.Sprint(dims),
			Want: "at least one image of at least one pixel",
		}
	}
	if n := labelReader.Header.Len(); n != dims[0] {
		return nil, &FormatError{
			File: labelName, Field: "number of labels", Got: fmt.Sprint(n),
			Want: fmt.Sprintf("%d, the number of images in %s", dims[0], imageName),
		}
	}
	labelArray, err := labelReader.ReadAll()
	if err != nil {
		return nil, inFile(labelName, err)
	}
	if s.Labels, err = checkedLabels(labelArray.Data, labelName, classes); err != nil {
		return nil, err
	}
	imageArray, err := imageReader.ReadAll()
	if err != nil {
		return nil, inFile(imageName, err)
	}
	s.Images = imageArray.Data
	return s, nil
}

// open reads the header of an IDX file and checks its rank.
func open(r io.Reader, name, what string, rank int) (*idx.Reader[uint8], error) {
	reader, err := idx.NewReader[uint8](r)
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

func checkedLabels(data []uint8, name string, classes int) ([]int, error) {
	labels := make([]int, len(data))
	for i, label := range data {
		if int(label) >= classes {
			return nil, &FormatError{
				File: name, Field: fmt.Sprintf("label of image %d", i), Got: fmt.Sprint(label),
				Want: fmt.Sprintf("less than %d, the number of classes", classes),
			}
		}
		labels[i] = int(label)
	}
	return labels, nil
}

// inFile says in which file an error of package idx happened.
func inFile(name string, err error) error {
	var format *idx.FormatError
	if errors.As(err, &format) {
		return &FormatError{File: name, Field: format.Field, Got: format.Got, Want: format.Want, Err: err}
	}
	return fmt.Errorf("dataset: %s: %w", name, err)
}
