package idx

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// A Header is the type and the shape of an array.
type Header struct {
	Type Type
	Dims []int
}

// Len returns the number of items: Dims[0], or 1 for a scalar.
func (h Header) Len() int { return itemCount(h.Dims) }

// ItemLen returns the number of elements in an item, or 1 for a scalar.
func (h Header) ItemLen() int { return itemLen(h.Dims) }

// Elements returns the number of elements in the array.
func (h Header) Elements() int {
	n, _ := product(h.Dims, math.MaxInt)
	return n
}

// ReadHeader reads the header of an IDX file, compressed with gzip or not. It
// does not check the data after the header.
//
// ReadHeader reads ahead. To decode the file, start again at its first byte. If
// a stream cannot seek, save the bytes that ReadHeader reads:
//
//	var start bytes.Buffer
//	h, err := idx.ReadHeader(io.TeeReader(r, &start))
//	r = io.MultiReader(&start, r)
func ReadHeader(r io.Reader) (Header, error) {
	s, err := open(r)
	if err != nil {
		return Header{}, err
	}
	return s.header(0)
}

const magicLen = 4

// header reads the header. The type must be want. If want is 0, any type is
// accepted.
func (s *source) header(want Type) (Header, error) {
	var b [4]byte
	n, err := s.readFull(b[:])
	if b[0] != 0 || b[1] != 0 {
		more, _ := s.br.Peek(maxKind) // fewer bytes will also do
		return Header{}, notIDX(append(b[:n:n], more...), n)
	}
	if err != nil {
		return Header{}, s.fail("magic", int64(n), magicLen, err)
	}
	h := Header{Type: Type(b[2]), Dims: make([]int, b[3])}
	if err := checkType(h.Type, want); err != nil {
		return Header{}, err
	}
	for i := range h.Dims {
		off, field := s.off, "dimension "+strconv.Itoa(i)
		if n, err := s.readFull(b[:]); err != nil {
			return Header{}, s.fail(field, int64(n), 4, err)
		}
		d := binary.BigEndian.Uint32(b[:])
		if uint64(d) > math.MaxInt {
			want := fmt.Sprintf("at most %d on this platform", math.MaxInt)
			return Header{}, &FormatError{Offset: off, Field: field, Got: fmt.Sprint(d), Want: want}
		}
		h.Dims[i] = int(d)
	}
	limit := maxElements(len(h.Dims), h.Type.Size())
	elements, ok := product(h.Dims, limit)
	if !ok {
		want := fmt.Sprintf("a product of at most %d", limit)
		return Header{}, &FormatError{Offset: magicLen, Field: "dimensions", Got: dimsText(h.Dims), Want: want}
	}
	s.dataOff, s.dataLen = s.off, int64(elements*h.Type.Size())
	return h, nil
}

func checkType(got, want Type) error {
	e := &FormatError{Offset: 2, Field: "element type", Got: fmt.Sprintf("0x%02X", byte(got))}
	switch {
	case got.Size() == 0:
		e.Want = "0x08, 0x09, 0x0B, 0x0C, 0x0D or 0x0E"
	case want != 0 && got != want:
		e.Got += " (" + got.String() + ")"
		e.Want = fmt.Sprintf("0x%02X (%v), the requested type", byte(want), want)
	default:
		return nil
	}
	return e
}

// maxElements returns how many elements of size bytes a file may have. The
// length of the file must fit an int.
func maxElements(rank, size int) int {
	return (math.MaxInt - magicLen - 4*rank) / size
}

// dimsText formats dims, for example as 60000 x 28 x 28. It shortens long
// lists, because a header can have 255 dimensions.
func dimsText(dims []int) string {
	const show = 8
	var s []string
	for _, d := range dims[:min(len(dims), show)] {
		s = append(s, strconv.Itoa(d))
	}
	if len(dims) > show {
		s = append(s, fmt.Sprintf("... (%d dimensions)", len(dims)))
	}
	return strings.Join(s, " x ")
}

// appendHeader appends the header of a file to b. It writes the largest size,
// 4294967295, in place of the size Unknown, which is -1. So readers report that
// an unfinished file is truncated.
func appendHeader(b []byte, t Type, dims []int) []byte {
	b = append(b, 0, 0, byte(t), byte(len(dims)))
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return b
}

// checkDims panics if a header cannot hold dims, or if a reader would refuse
// the header.
func checkDims(dims []int, size int) {
	if len(dims) > math.MaxUint8 {
		panic(fmt.Sprintf("idx: %d dimensions, want at most %d", len(dims), math.MaxUint8))
	}
	for i, d := range dims {
		if uint64(d) > math.MaxUint32 { // or d < 0
			panic(fmt.Sprintf("idx: dimension %d = %d, want 0 to %d", i, d, uint32(math.MaxUint32)))
		}
	}
	limit := maxElements(len(dims), size)
	if _, ok := product(dims, limit); !ok {
		panic(fmt.Sprintf("idx: dimensions %s, want a product of at most %d", dimsText(dims), limit))
	}
}
