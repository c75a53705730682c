package main

import (
	"context"
	"fmt"
	"image"
	"slices"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/folds"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// A table is labeled rows of one length. It holds X, or it computes the rows
// from the images in a file, a few at a time.
type table struct {
	softmax.Data
	length int
	file   *imageFile // nil if X holds the rows
}

// An imageFile has the images of a table. Row i is image order[i].
type imageFile struct {
	images *idx.ReaderAt[uint8]
	order  []int
	rowsOf func(*dataset.Set) softmax.Rows
}

// rows returns the training and the test set as rows of the features. Pixels
// stay bytes, which need a quarter of the memory. They may have any image size.
func (o *options) rows(train, test *dataset.Set) (all, testRows table) {
	length := train.Width * train.Height
	rowsOf := func(s *dataset.Set) softmax.Rows { return softmax.Bytes(s.Images) }
	if o.vector != (imageprep.Features{}) {
		length = o.vector.Len()
		rowsOf = func(s *dataset.Set) softmax.Rows { return softmax.Floats(floats(s, o.vector)) }
	}
	all = table{Data: softmax.Data{Y: train.Labels}, length: length}
	testRows = table{Data: softmax.Data{Y: test.Labels}, length: length}
	if o.files != nil {
		all.file = &imageFile{o.files[0], train.WriterIDs, rowsOf}
		testRows.file = &imageFile{o.files[1], test.WriterIDs, rowsOf}
	} else {
		all.X, testRows.X = rowsOf(train), rowsOf(test)
	}
	return all, testRows
}

// floats returns the features of all images.
func floats(s *dataset.Set, f imageprep.Features) []float32 {
	return s.Map(f.Len(), func(dst []float32, img *image.Gray) { f.Vector(dst, img) })
}

// split returns the first n rows, which are then in memory, and the others.
func (d table) split(n int) (head softmax.Data, tail table, err error) {
	head.Y = d.Y[:n]
	tail = d
	tail.Y = d.Y[n:]
	if d.file != nil {
		tail.file = &imageFile{d.file.images, d.file.order[n:], d.file.rowsOf}
		head.X, err = d.file.read(numbers(n))
		return head, tail, err
	}
	switch x := d.X.(type) {
	case softmax.Bytes:
		head.X, tail.X = x[:n*d.length], x[n*d.length:]
	case softmax.Floats:
		head.X, tail.X = x[:n*d.length], x[n*d.length:]
	}
	return head, tail, nil
}

// fit trains on all rows.
func (d table) fit(ctx context.Context, t *softmax.Trainer) (softmax.Progress, error) {
	if d.file == nil {
		return t.Fit(ctx, d.X, d.Y)
	}
	return t.FitStream(ctx, softmax.Stream{Rows: len(d.Y), Read: d.file.readFloats}, d.Y)
}

// evaluate tests a model.
func (d table) evaluate(m *softmax.Model) (*softmax.Report, error) {
	if d.file == nil {
		return m.Evaluate(d.X, d.Y), nil
	}
	// The rows may not fit into memory, but their logits do. So the report is
	// about a model that takes the logits as its rows.
	var logits softmax.Floats
	err := d.each(func(x softmax.Rows) { logits = append(logits, m.Logits(nil, x)...) })
	if err != nil {
		return nil, err
	}
	identity := folds.Identity(m.Classes())
	identity.Names = m.Names
	return identity.Evaluate(logits, d.Y), nil
}

// each calls f with all rows, in order: with all of them if they are in memory,
// otherwise with a few at a time.
func (d table) each(f func(softmax.Rows)) error {
	if d.file == nil {
		f(d.X)
		return nil
	}
	for part := range slices.Chunk(numbers(len(d.Y)), d.file.chunk()) {
		x, err := d.file.read(part)
		if err != nil {
			return err
		}
		f(x)
	}
	return nil
}

// read computes rows.
func (f *imageFile) read(rows []int) (softmax.Rows, error) {
	dims := f.images.Header.Dims
	s := &dataset.Set{Height: dims[1], Width: dims[2], Labels: make([]int, len(rows))}
	s.Images = make([]uint8, len(rows)*s.Width*s.Height)
	for k, i := range rows {
		if _, err := f.images.Item(s.Pixels(k), f.order[i]); err != nil {
			return nil, fmt.Errorf("image %d: %w", f.order[i], err)
		}
	}
	return f.rowsOf(s), nil
}

// chunk returns how many images to read at a time. They take a few megabytes.
func (f *imageFile) chunk() int {
	dims := f.images.Header.Dims
	return min(max(1<<20/(dims[1]*dims[2]), 1), 1000)
}

// readFloats is a softmax.Stream.Read.
func (f *imageFile) readFloats(dst []float32, rows []int) error {
	for part := range slices.Chunk(rows, f.chunk()) {
		x, err := f.read(part)
		if err != nil {
			return err
		}
		dst = dst[copyFloats(dst, x):]
	}
	return nil
}

// copyFloats copies dense rows to dst, and returns how many numbers they have.
func copyFloats(dst []float32, x softmax.Rows) int {
	switch x := x.(type) {
	case softmax.Floats:
		return copy(dst, x)
	case softmax.Bytes:
		for i, v := range x {
			dst[i] = float32(v) / 255
		}
		return len(x)
	}
	panic("rows that are not dense")
}

// numbers returns the numbers 0, ..., n-1.
func numbers(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
