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

const (
	maxHeader = 4 + 4*255 // bytes of the longest header, with 255 dimensions
	maxItem   = 1 << 18   // elements of the largest item that inspect shows
	drawnSide = 39        // pixels of the longer side of a drawing
)

type idxReport struct {
	Type  string `json:"type"`
	Dims  []int  `json:"dims"`
	Items int    `json:"items"`
	Bytes int64  `json:"bytes"` // header and elements, by the header

	// LengthAgrees tells whether the file is as long as its header says. It is
	// nil if inspect did not look: to show an item, it does not decompress the
	// rest.
	LengthAgrees *bool `json:"length_agrees,omitempty"`

	Statistics *statistics `json:"statistics,omitempty"`
	Item       *itemReport `json:"item,omitempty"`
}

// statistics are about all elements.
type statistics struct {
	Min       *float64 `json:"min"` // of finite elements
	Max       *float64 `json:"max"`
	Mean      *float64 `json:"mean"`
	ZeroShare float64  `json:"zero_share"`
	NaN       int64    `json:"nan,omitempty"`
	Infinite  int64    `json:"infinite,omitempty"`
	Ink       *ink     `json:"ink,omitempty"`    // of pictures
	Counts    []count  `json:"counts,omitempty"` // of labels
}

// ink is the sum of the pixels over 255.
type ink struct {
	Share  float64 `json:"share"`  // of the number of pixels
	Pixels float64 `json:"pixels"` // per picture
}

type count struct {
	Value int   `json:"value"`
	Count int64 `json:"count"`
}

type itemReport struct {
	Index  int   `json:"index"`
	Values []any `json:"values"` // numbers, row by row

	texts     []string // the values as text
	rowLength int
	drawing   string // printed in place of the texts
}

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
	e := &elements{input: in, Header: h, header: int64(4 + 4*len(h.Dims))}
	e.size = int64(h.Elements()) * int64(h.Type.Size())
	r.Type, r.Dims, r.Items, r.Bytes = h.Type.String(), h.Dims, h.Len(), e.header+e.size
	if in.file != nil {
		have := *in.size - e.header
		agrees := have == e.size
		r.LengthAgrees = &agrees
		switch {
		case have < e.size:
			return e.tooShort(have)
		case have > e.size:
			return e.tooLong(bytesText(have-e.size) + " more")
		}
	}
	in.Discard(int(e.header)) // Peek has read it
	if o.item >= 0 {
		r.Item, err = e.item(o.item, o.transpose)
		return err
	}
	r.Statistics, err = e.statistics()
	agrees := err == nil
	r.LengthAgrees = &agrees
	return err
}

// elements is the part of an IDX file after the header.
type elements struct {
	*input
	idx.Header
	header, size int64 // in bytes; size is that of all elements
	done         int64 // bytes read or skipped so far
}

// read fills b with the next bytes.
func (e *elements) read(b []byte) error {
	n, err := io.ReadFull(e.input, b)
	e.done += int64(n)
	return e.check(err)
}

// check explains an error of the file.
func (e *elements) check(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return e.tooShort(e.done)
	}
	if err != nil {
		return damaged(e.header+e.done, err)
	}
	return nil
}

// tooShort is the error for a file with this many bytes of elements.
func (e *elements) tooShort(have int64) error {
	return &idx.FormatError{Offset: e.header + have, Field: "data", Got: bytesText(have),
		Want: bytesText(e.size) + ", as the header says", Err: io.ErrUnexpectedEOF}
}

// tooLong is the error for a file with more bytes than the header says.
func (e *elements) tooLong(got string) error {
	return &idx.FormatError{Offset: e.header + e.size, Field: "end of data", Got: got,
		Want: "the end of the file, as the header says"}
}

// item reads item i.
func (e *elements) item(i int, transpose bool) (*itemReport, error) {
	switch {
	case i >= e.Len():
		return nil, fmt.Errorf("-item %d: there are %d items, the first is 0", i, e.Len())
	case e.ItemLen() > maxItem:
		return nil, fmt.Errorf("-item %d: an item has %d elements; inspect shows at most %d", i, e.ItemLen(), maxItem)
	}
	b := make([]byte, e.ItemLen()*e.Type.Size())
	var err error
	if before := int64(i) * int64(len(b)); e.file != nil {
		_, err = e.file.Seek(e.header+before, io.SeekStart)
		e.Reset(e.file)
		e.done = before
	} else {
		e.done, err = io.CopyN(io.Discard, e.input, before)
	}
	if err = e.check(err); err == nil {
		err = e.read(b)
	}
	if err != nil {
		return nil, err
	}
	isPicture := e.Type == idx.Uint8 && len(e.Dims) == 3 && len(b) > 0
	if transpose && !isPicture {
		return nil, fmt.Errorf("-transpose: item %d is no picture", i)
	}
	r := &itemReport{Index: i, rowLength: 1}
	if len(e.Dims) > 1 {
		r.rowLength = max(1, e.Dims[len(e.Dims)-1])
	}
	if isPicture {
		g := &image.Gray{Pix: b, Stride: e.Dims[2], Rect: image.Rect(0, 0, e.Dims[2], e.Dims[1])}
		if transpose {
			g = imageprep.Turn(g, 5) // swaps rows and columns
			b, r.rowLength = g.Pix, g.Stride
		}
		if small, err := imageprep.Shrink(g, drawnSide); err == nil {
			r.drawing = cli.Picture(small, nil)
		}
	}
	for ; len(b) > 0; b = b[e.Type.Size():] {
		v := number(e.Type, b)
		text := numberText(e.Type, v)
		r.texts = append(r.texts, text)
		if v-v == 0 {
			r.Values = append(r.Values, json.Number(text))
		} else { // NaN or infinite
			r.Values = append(r.Values, nil)
		}
	}
	return r, nil
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

// add adds a value that occurs n times.
func (t *tally) add(v float64, n int64) {
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

// statistics reads all elements, chunk by chunk. It returns nil if there are
// none. It checks that the file ends after them: in a compressed file, the
// checksum stands there.
func (e *elements) statistics() (*statistics, error) {
	var t tally
	buf := make([]byte, chunk) // holds whole elements of each type
	for e.done < e.size {
		piece := buf[:min(e.size-e.done, chunk)]
		if err := e.read(piece); err != nil {
			return nil, err
		}
		if e.Type == idx.Uint8 {
			for _, v := range piece {
				t.bytes[v]++
			}
			continue
		}
		for ; len(piece) > 0; piece = piece[e.Type.Size():] {
			t.add(number(e.Type, piece), 1)
		}
	}
	if b, err := e.ReadByte(); err == nil {
		return nil, e.tooLong(fmt.Sprintf("byte %02X", b))
	} else if err != io.EOF {
		return nil, damaged(e.header+e.size, err)
	}
	s := new(statistics)
	for v, n := range t.bytes {
		if n > 0 {
			t.add(float64(v), n)
			s.Counts = append(s.Counts, count{v, n})
		}
	}
	all := t.finite + t.nan + t.infinite
	if all == 0 {
		return nil, nil
	}
	s.NaN, s.Infinite, s.ZeroShare = t.nan, t.infinite, float64(t.zeros)/float64(all)
	if t.finite > 0 {
		s.Min, s.Max = &t.min, &t.max
		if mean := t.sum / float64(t.finite); mean-mean == 0 {
			s.Mean = &mean
		}
	}
	if e.Type == idx.Uint8 && len(e.Dims) == 3 { // pictures
		share := *s.Mean / 255
		s.Ink = &ink{Share: share, Pixels: share * float64(e.ItemLen())}
	}
	if e.Type != idx.Uint8 || len(e.Dims) != 1 { // not labels
		s.Counts = nil
	}
	return s, nil
}
