package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// maxHeader is the size of the longest header of an IDX file, with 255
// dimensions.
const maxHeader = 4 + 4*255

// maxItem is the number of elements of the largest item that inspect shows.
const maxItem = 1 << 18

// drawnSide is the longer side of a drawing in pixels, of two characters each.
// Larger pictures are shrunk.
const drawnSide = 39

// fill reads the header, and then either all elements for the statistics or one
// item.
func (r *idxReport) fill(o *options, in *input) error {
	start, err := in.Peek(maxHeader)
	h, headerErr := idx.ReadHeader(bytes.NewReader(start))
	if headerErr != nil && err != nil && err != io.EOF {
		return damaged(int64(len(start)), err)
	}
	if headerErr != nil {
		return headerErr
	}
	header := int64(4 + 4*len(h.Dims))
	data := int64(h.Elements()) * int64(h.Type.Size())
	r.Type, r.Dims, r.Items, r.Bytes = h.Type.String(), h.Dims, h.Len(), header+data
	if in.file != nil && !in.compressed {
		switch have := in.size - header; {
		case have < data:
			return tooShort(header, have, data)
		case have > data:
			return tooLong(header+data, several(have-data, "byte")+" more")
		}
		r.LengthAgrees = true
	}
	in.Discard(int(header)) // Peek has read it
	if o.item >= 0 {
		r.Item, err = readItem(in, h, o)
		return err
	}
	var t tally
	if err := t.read(in, h.Type, header, data); err != nil {
		return err
	}
	r.LengthAgrees = true
	r.Statistics = t.statistics(h)
	return nil
}

// tooShort is the error for a file with fewer bytes of data than the header
// says.
func tooShort(header, have, want int64) error {
	return &idx.FormatError{Offset: header + have, Field: "data", Got: several(have, "byte"),
		Want: several(want, "byte") + ", as the header says", Err: io.ErrUnexpectedEOF}
}

// tooLong is the error for a file with more bytes than the header says.
func tooLong(offset int64, got string) error {
	return &idx.FormatError{Offset: offset, Field: "end of data", Got: got, Want: "the end of the file, as the header says"}
}

// readItem reads an item. The input stands at the first element.
func readItem(in *input, h idx.Header, o *options) (*itemReport, error) {
	switch {
	case o.item >= h.Len():
		return nil, fmt.Errorf("-item %d: there are %d items, the first is 0", o.item, h.Len())
	case h.ItemLen() > maxItem:
		return nil, fmt.Errorf("-item %d: an item has %d elements; inspect shows at most %d", o.item, h.ItemLen(), maxItem)
	}
	header := int64(4 + 4*len(h.Dims))
	item := make([]byte, h.ItemLen()*h.Type.Size())
	before := int64(o.item) * int64(len(item))
	if in.file != nil && !in.compressed {
		if n, err := in.file.ReadAt(item, header+before); err != nil {
			return nil, damaged(header+before+int64(n), err)
		}
	} else {
		have, err := in.skip(before)
		if err == nil && have == before {
			var n int
			n, err = io.ReadFull(in, item)
			have += int64(n)
		}
		if have < before+int64(len(item)) && (err == nil || err == io.EOF || err == io.ErrUnexpectedEOF) {
			return nil, tooShort(header, have, int64(h.Elements())*int64(h.Type.Size()))
		}
		if err != nil {
			return nil, damaged(header+have, err)
		}
	}
	r := &itemReport{Index: o.item, rowLength: 1}
	if len(h.Dims) > 1 {
		r.rowLength = max(1, h.Dims[len(h.Dims)-1])
	}
	if h.Type == idx.Uint8 && len(h.Dims) == 3 {
		r.draw(item, h.Dims[2], h.Dims[1], o.transpose)
	}
	for ; len(item) > 0; item = item[h.Type.Size():] {
		v := number(h.Type, item)
		text := numberText(h.Type, v)
		r.texts = append(r.texts, text)
		if v-v == 0 {
			r.Values = append(r.Values, json.Number(text))
		} else { // NaN or infinite
			r.Values = append(r.Values, nil)
		}
	}
	return r, nil
}

func (r *itemReport) draw(pix []uint8, width, height int, transpose bool) {
	if len(pix) == 0 {
		return
	}
	g := &image.Gray{Pix: pix, Stride: width, Rect: image.Rect(0, 0, width, height)}
	if transpose {
		g = imageprep.Turn(g, 5) // swaps rows and columns
	}
	if small, err := imageprep.Shrink(g, drawnSide); err == nil {
		r.drawing = cli.Picture(small, nil)
	}
}
