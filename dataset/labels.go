package dataset

import (
	"fmt"
	"io"
	"io/fs"

	"github.com/seed-cd6415d7/digits/idx"
)

// readLabels reads the labels of n images, uint8 of rank 1.
func readLabels(r io.Reader, name string, n int, imageName string, f form) ([]int, error) {
	reader, err := open[uint8](r, name, "labels", 1)
	if err != nil {
		return nil, err
	}
	if err := checkNumber(reader.Header.Len(), name, n, imageName); err != nil {
		return nil, err
	}
	array, err := reader.ReadAll()
	if err != nil {
		return nil, inFile(name, err)
	}
	labels := make([]int, n)
	for i, label := range array.Data {
		if labels[i], err = f.label(int(label), i, name); err != nil {
			return nil, err
		}
	}
	return labels, nil
}

func checkNumber(got int, name string, want int, imageName string) error {
	if got == want {
		return nil
	}
	return &FormatError{
		File: name, Field: "number of labels", Got: fmt.Sprint(got),
		Want: fmt.Sprintf("%d, the number of images in %s", want, imageName),
	}
}

// label returns the class, from 0, that a file calls label.
func (f form) label(label, i int, name string) (int, error) {
	if class := label - f.first; class >= 0 && class < f.classes {
		return class, nil
	}
	want := fmt.Sprintf("less than %d, the number of classes", f.classes)
	if f.first != 0 {
		want = fmt.Sprintf("%d to %d", f.first, f.first+f.classes-1)
	}
	return 0, &FormatError{File: name, Field: fmt.Sprintf("label of image %d", i), Got: fmt.Sprint(label), Want: want}
}

// The columns of QMNIST's label tables, int32 of rank 2, as its README has them:
// the class, the series of NIST's forms, the writer, the number of the digit on
// the form, NIST's code of the class, the number of the digit among all of
// NIST's, and two that are of no use here.
const (
	columns      = 8
	columnClass  = 0
	columnWriter = 2
)

// readTable reads labels and writers of n images from a label table.
func readTable(r io.Reader, name string, n int, imageName string, f form) (labels, writers []int, err error) {
	reader, err := open[int32](r, name, "QMNIST's labels", 2)
	if err != nil {
		return nil, nil, err
	}
	if err := checkNumber(reader.Header.Len(), name, n, imageName); err != nil {
		return nil, nil, err
	}
	return tableRows(reader, name, n, f)
}

// tableRows reads a table to its end and keeps the first n rows. It grows with
// what arrives, not with the header.
func tableRows(reader *idx.Reader[int32], name string, n int, f form) (labels, writers []int, err error) {
	if got := reader.Header.Dims[1]; got != columns {
		return nil, nil, &FormatError{File: name, Field: "number of columns", Got: fmt.Sprint(got), Want: fmt.Sprint(columns)}
	}
	row := make([]int32, columns)
	for i := 0; ; i++ {
		if _, err := reader.Next(row); err == io.EOF {
			return labels, writers, nil
		} else if err != nil {
			return nil, nil, inFile(name, err)
		}
		label, err := f.label(int(row[columnClass]), i, name)
		if err != nil {
			return nil, nil, err
		}
		if row[columnWriter] < 0 {
			return nil, nil, &FormatError{File: name, Field: fmt.Sprintf("writer of image %d", i), Got: fmt.Sprint(row[columnWriter]), Want: "0 or more"}
		}
		if i < n {
			labels = append(labels, label)
			writers = append(writers, int(row[columnWriter]))
		}
	}
}

// addWriters reads from a label table who wrote the images of a set. The table
// may have more rows, as QMNIST's test set has more images than MNIST's, but has
// to begin with the set's labels, or it belongs to other images.
func addWriters(fsys fs.FS, name string, s *Set) error {
	file, err := fsys.Open(name)
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	reader, err := open[int32](file, name, "QMNIST's labels", 2)
	if err != nil {
		return err
	}
	if n := reader.Header.Len(); n < s.Len() {
		return &FormatError{File: name, Field: "number of rows", Got: fmt.Sprint(n), Want: fmt.Sprintf("at least %d, one for each image", s.Len())}
	}
	labels, writers, err := tableRows(reader, name, s.Len(), form{classes: s.Classes})
	if err != nil {
		return err
	}
	for i, label := range s.Labels {
		if labels[i] != label {
			return &FormatError{File: name, Field: fmt.Sprintf("label of image %d", i), Got: fmt.Sprint(labels[i]), Want: fmt.Sprintf("%d, as in the set's own labels", label)}
		}
	}
	s.WriterIDs = writers
	return nil
}

// transpose makes columns of an image's rows, in place.
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

func transposeSquare(img []uint8, n int) {
	for y := range n {
		for x := range y {
			img[y*n+x], img[x*n+y] = img[x*n+y], img[y*n+x]
		}
	}
}
