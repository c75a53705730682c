package dataset

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"

	"github.com/seed-cd6415d7/digits/idx"
)

// maxHeader is how many bytes readLabels reads in search of the header. Headers
// are short, but a hostile file may begin with many empty gzip members.
const maxHeader = 1 << 20

// readLabels reads the labels of n images. The IDX header tells plain labels
// from a label table. Plain labels have no writer ids.
func readLabels(r io.Reader, name string, n int, imageName string, l layout) (labels, writerIDs []int, err error) {
	var start bytes.Buffer
	header, err := idx.ReadHeader(io.TeeReader(io.LimitReader(r, maxHeader), &start))
	if err != nil && start.Len() == maxHeader {
		return nil, nil, formatError(name, "header", "none", fmt.Sprintf("one in the first %d bytes", maxHeader))
	}
	if err != nil {
		return nil, nil, inFile(name, err)
	}
	r = io.MultiReader(&start, r)
	if header.Type == idx.Int32 && len(header.Dims) == 2 {
		table, err := newTable(r, name)
		if err != nil {
			return nil, nil, err
		}
		if err := checkCount(header.Len(), name, n, imageName); err != nil {
			return nil, nil, err
		}
		return readTable(table, name, n, l)
	}
	plain, err := newReader[uint8](r, name, "labels", 1)
	if err != nil {
		return nil, nil, err
	}
	if err := checkCount(header.Len(), name, n, imageName); err != nil {
		return nil, nil, err
	}
	array, err := plain.ReadAll()
	if err != nil {
		return nil, nil, inFile(name, err)
	}
	labels = make([]int, n)
	for i, label := range array.Data {
		class, ok := l.class(int(label))
		if !ok {
			return nil, nil, l.labelError(name, labelOf(i), label)
		}
		labels[i] = class
	}
	return labels, nil, nil
}

func checkCount(got int, name string, want int, imageName string) error {
	if got == want {
		return nil
	}
	return formatError(name, "number of labels", got, fmt.Sprintf("%d, the number of images in %s", want, imageName))
}

// class returns the class, from 0, of a label in a file. ok is false if there
// is no such class.
func (l layout) class(label int) (class int, ok bool) {
	class = label - l.first
	return class, class >= 0 && class < l.classes
}

// labelError is the error for a label without a class.
func (l layout) labelError(name, field string, label any) error {
	want := fmt.Sprintf("%d to %d", l.first, l.first+l.classes-1)
	if l.first == 0 {
		want += fmt.Sprintf(", because %d is %s", l.classes, l.limit)
	}
	return formatError(name, field, label, want)
}

// labelOf names a label in errors.
func labelOf(image int) string { return fmt.Sprintf("label of image %d", image) }

// The columns of a label table. QMNIST's README describes them: class, series
// of NIST's forms, writer, number of the digit on the form, NIST's code of the
// class, number of the digit in all of NIST's data, and two more.
const (
	tableColumns   = 8
	classColumn    = 0
	writerIDColumn = 2
)

// maxTableRows bounds the time to read a table: a compressed one may be small.
// QMNIST's tables have 60,000 rows.
const maxTableRows = 1_000_000

// newTable reads the header of a label table.
func newTable(r io.Reader, name string) (*idx.Reader[int32], error) {
	table, err := newReader[int32](r, name, "a label table", 2)
	if err != nil {
		return nil, err
	}
	if got := table.Header.Dims[1]; got != tableColumns {
		return nil, formatError(name, "number of columns", got, fmt.Sprint(tableColumns))
	}
	if n := table.Header.Len(); n > maxTableRows {
		return nil, formatError(name, "number of rows", n, fmt.Sprintf("at most %d", maxTableRows))
	}
	return table, nil
}

// readTable reads a table to its end and keeps the first n rows. Memory grows
// with the rows that arrive, because the header may be wrong.
func readTable(table *idx.Reader[int32], name string, n int, l layout) (labels, writerIDs []int, err error) {
	i := 0
	for row, err := range table.All() {
		if err != nil {
			return nil, nil, inFile(name, err)
		}
		label, ok := l.class(int(row[classColumn]))
		if !ok {
			return nil, nil, l.labelError(name, labelOf(i), row[classColumn])
		}
		id := int(row[writerIDColumn])
		if id < 0 {
			return nil, nil, formatError(name, fmt.Sprintf("writer id of image %d", i), id, "0 or more")
		}
		if i < n {
			labels = append(labels, label)
			writerIDs = append(writerIDs, id)
		}
		i++
	}
	return labels, writerIDs, nil
}

// addWriterIDs reads the writer ids of a set from a label table. The table may
// have more rows than the set has images: QMNIST's test set is larger than
// MNIST's. If its first labels differ from the set's, the table belongs to
// other images.
func (s *Set) addWriterIDs(fsys fs.FS, name string) error {
	file, err := openFile(fsys, name)
	if err != nil {
		return err
	}
	defer file.Close()
	l, err := layout{classes: s.Classes, limit: classCount}.limited(name, file)
	if err != nil {
		return err
	}
	table, err := newTable(file, name)
	if err != nil {
		return err
	}
	if n := table.Header.Len(); n < s.Len() {
		return formatError(name, "number of rows", n, fmt.Sprintf("at least %d, one for each image", s.Len()))
	}
	labels, writerIDs, err := readTable(table, name, s.Len(), l)
	if err != nil {
		return err
	}
	for i, label := range s.Labels {
		if labels[i] != label {
			return formatError(name, labelOf(i), labels[i], fmt.Sprintf("%d, as in the set's own labels", label))
		}
	}
	s.WriterIDs = writerIDs
	return nil
}
