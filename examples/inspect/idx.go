package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"math"
	"strconv"

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
	if in.file != nil {
		switch have := *in.size - header; {
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
	have := int64(o.item) * int64(len(item)) // bytes before the item
	var err error
	if in.file != nil {
		_, err = in.file.Seek(header+have, io.SeekStart)
		in.Reset(in.file)
	} else {
		have, err = io.CopyN(io.Discard, in, have)
	}
	if err == nil {
		var n int
		n, err = io.ReadFull(in, item)
		have += int64(n)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, tooShort(header, have, int64(h.Elements())*int64(h.Type.Size()))
	}
	if err != nil {
		return nil, damaged(header+have, err)
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

// number decodes the first element in b, which is big-endian.
func number(typ idx.Type, b []byte) float64 {
	switch typ {
	case idx.Uint8:
		return float64(b[0])
	case idx.Int8:
		return float64(int8(b[0]))
	case idx.Int16:
		return float64(int16(binary.BigEndian.Uint16(b)))
	case idx.Int32:
		return float64(int32(binary.BigEndian.Uint32(b)))
	case idx.Float32:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

// numberText returns the shortest text that means the element v.
func numberText(typ idx.Type, v float64) string {
	switch typ {
	case idx.Float32:
		return fmt.Sprint(float32(v))
	case idx.Float64:
		return fmt.Sprint(v)
	}
	return strconv.Itoa(int(v))
}

// A tally counts and sums up elements.
type tally struct {
	bytes [256]int64 // of type uint8: how often each value occurs

	finite, zeros, nan, infinite int64 // how many; zeros are finite, too
	min, max, sum                float64
}

// read reads all elements, chunk by chunk, and checks that the file ends after
// them. In a compressed file the end has the checksum.
func (t *tally) read(in *input, typ idx.Type, header, data int64) error {
	buf := make([]byte, chunk) // holds whole elements of each type
	for done := int64(0); done < data; {
		piece := buf[:min(data-done, chunk)]
		n, err := io.ReadFull(in, piece)
		done += int64(n)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return tooShort(header, done, data)
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

func (t *tally) add(typ idx.Type, b []byte) {
	if typ == idx.Uint8 {
		for _, v := range b {
			t.bytes[v]++
		}
		return
	}
	for ; len(b) > 0; b = b[typ.Size():] {
		t.addNumber(number(typ, b), 1)
	}
}

// addNumber adds a value that occurs n times.
func (t *tally) addNumber(v float64, n int64) {
	switch {
	case v != v:
		t.nan += n
		return
	case math.IsInf(v, 0):
		t.infinite += n
		return
	case v == 0:
		t.zeros += n
	}
	if t.finite == 0 {
		t.min, t.max = v, v
	}
	t.min, t.max = min(t.min, v), max(t.max, v)
	t.finite += n
	t.sum += v * float64(n)
}

// statistics returns the statistics of a file with header h, or nil if it has no
// elements.
func (t *tally) statistics(h idx.Header) *statistics {
	s := new(statistics)
	for v, n := range t.bytes {
		if n > 0 {
			t.addNumber(float64(v), n)
			s.Counts = append(s.Counts, count{v, n})
		}
	}
	all := t.finite + t.nan + t.infinite
	if all == 0 {
		return nil
	}
	s.NaN, s.Infinite = t.nan, t.infinite
	s.ZeroShare = float64(t.zeros) / float64(all)
	if t.finite > 0 {
		s.Min, s.Max = &t.min, &t.max
		if mean := t.sum / float64(t.finite); mean-mean == 0 {
			s.Mean = &mean
		}
	}
	switch {
	case h.Type == idx.Uint8 && len(h.Dims) == 1: // labels
		return s
	case h.Type == idx.Uint8 && len(h.Dims) == 3: // pictures
		share := *s.Mean / 255
		s.Ink = &ink{Share: share, Pixels: share * float64(h.ItemLen())}
	}
	s.Counts = nil
	return s
}
