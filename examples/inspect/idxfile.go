package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/seed-cd6415d7/digits/idx"
)

// maxHeader is the size of the largest header of an IDX file: 255 dimensions.
const maxHeader = 4 + 4*255

// fill reads the header, and the elements for their statistics, or one item.
func (r *idxReport) fill(o *options, in *input) error {
	start, err := in.Peek(maxHeader)
	h, headerErr := idx.ReadHeader(bytes.NewReader(start))
	if headerErr != nil && err != nil && err != io.EOF {
		return damaged(int64(len(start)), err)
	}
	if headerErr != nil {
		return headerErr
	}
	header := 4 + 4*len(h.Dims)
	data := int64(h.Elements()) * int64(h.Type.Size())
	r.Type, r.Dims, r.Items, r.Bytes = h.Type.String(), h.Dims, h.Len(), int64(header)+data
	if in.file != nil && !in.compressed {
		if err := checkLength(in.size, int64(header), data); err != nil {
			return err
		}
		r.LengthAgrees = true
	}
	if o.item >= 0 {
		r.Item, err = readItem(in, h, o)
		return err
	}
	_, _ = in.Discard(header) // of what has been peeked at
	var t tally
	if err := t.read(in, h.Type, int64(header), data); err != nil {
		return err
	}
	r.LengthAgrees = true
	r.Statistics = t.statistics(h)
	return nil
}

// checkLength says how a file differs from what its header claims.
func checkLength(size, header, data int64) error {
	switch have := size - header; {
	case have < data:
		return tooShort(size, have, data)
	case have > data:
		return tooLong(header+data, several(have-data, "byte")+" more")
	}
	return nil
}

func tooShort(offset, have, want int64) error {
	return &idx.FormatError{Offset: offset, Field: "data", Got: several(have, "byte"), Want: several(want, "byte") + ", as the header says", Err: io.ErrUnexpectedEOF}
}

func tooLong(offset int64, got string) error {
	return &idx.FormatError{Offset: offset, Field: "end of data", Got: got, Want: "the end of the file, as the header says"}
}

// damaged says where reading failed, counted in the decompressed content.
func damaged(offset int64, err error) error {
	return fmt.Errorf("offset %d: %w", offset, err)
}

// read reads all elements, in pieces, and checks that the file ends after them:
// with gzip, that verifies its checksum.
func (t *tally) read(in *input, typ idx.Type, header, data int64) error {
	buf := make([]byte, chunk) // holds a whole number of elements of each type
	for done := int64(0); done < data; {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		piece := buf[:min(data-done, chunk)]
		n, err := io.ReadFull(in, piece)
		done += int64(n)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return tooShort(header+done, done, data)
		}
		if err != nil {
			return damaged(header+done, err)
		}
		t.add(typ, piece)
	}
	b, err := in.ReadByte()
	switch {
	case err == nil:
		return tooLong(header+data, fmt.Sprintf("byte %02X", b))
	case err != io.EOF:
		return damaged(header+data, err)
	}
	return nil
}

// maxItem is how many elements an item may have that is shown.
const maxItem = 1 << 18

// readItem reads the item that was asked for.
func readItem(in *input, h idx.Header, o *options) (*itemReport, error) {
	switch {
	case o.item >= h.Len():
		return nil, fmt.Errorf("-item %d: there are %d items, the first of which is 0", o.item, h.Len())
	case h.ItemLen() > maxItem:
		return nil, fmt.Errorf("-item %d: an item has %d elements; at most %d are shown", o.item, h.ItemLen(), maxItem)
	}
	r := &itemReport{Index: o.item}
	var err error
	switch h.Type {
	case idx.Uint8:
		var pix []uint8
		if pix, err = item[uint8](in, o.item); err == nil && len(h.Dims) == 3 {
			r.draw(pix, h.Dims[2], h.Dims[1], o)
		}
		set(r, pix)
	case idx.Int8:
		err = itemNumbers[int8](in, r)
	case idx.Int16:
		err = itemNumbers[int16](in, r)
	case idx.Int32:
		err = itemNumbers[int32](in, r)
	case idx.Float32:
		err = itemNumbers[float32](in, r)
	case idx.Float64:
		err = itemNumbers[float64](in, r)
	}
	if err != nil {
		return nil, err
	}
	r.rowLength = 1
	if len(h.Dims) > 1 {
		r.rowLength = max(1, h.Dims[len(h.Dims)-1])
	}
	return r, nil
}

func itemNumbers[T idx.Element](in *input, r *itemReport) error {
	values, err := item[T](in, r.Index)
	set(r, values)
	return err
}

// item reads item i, at once if that is possible.
func item[T idx.Element](in *input, i int) ([]T, error) {
	if in.file != nil && !in.compressed {
		r, err := idx.NewReaderAt[T](in.file, in.size)
		if err != nil {
			return nil, err
		}
		return r.Item(nil, i)
	}
	r, err := idx.NewReader[T](in)
	if err != nil {
		return nil, err
	}
	var values []T
	for range i + 1 {
		if err := in.ctx.Err(); err != nil {
			return nil, err
		}
		if values, err = r.Next(values); err != nil {
			return nil, err
		}
	}
	return values, nil
}
