package idx

import (
	"fmt"
	"io"
	"sync"
)

// A ReaderAt reads items of an uncompressed IDX file in any order. It reads no
// other items.
//
// Any number of goroutines may use a ReaderAt. NewReaderAt makes one; the zero
// value is invalid.
type ReaderAt[T Element] struct {
	// Header is the file's header. Changes to it have no effect.
	Header Header

	r                io.ReaderAt
	items, itemLen   int
	dataOff, dataLen int64 // in bytes
}

// NewReaderAt reads the header of an IDX file with elements of type T. The file
// is the first size bytes of r, and size must agree with the header. If the
// file is compressed, decompress it first, or use a Reader. NewReaderAt panics
// if size is negative.
func NewReaderAt[T Element](r io.ReaderAt, size int64) (*ReaderAt[T], error) {
	if size < 0 {
		panic(fmt.Sprintf("idx: size = %d, want 0 or more", size))
	}
	s, err := open(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, err
	}
	if s.gz {
		return nil, &FormatError{
			Field: "magic", Got: "1F 8B (gzip)",
			Want: "00 00: decompress the file first, because gzip allows no access to single items",
		}
	}
	h, err := s.header(typeOf[T]())
	if err != nil {
		return nil, err
	}
	switch have := size - s.dataOff; {
	case have < s.dataLen:
		return nil, truncated(size, "data", have, s.dataLen)
	case have > s.dataLen:
		return nil, trailing(s.dataOff+s.dataLen, bytesText(have-s.dataLen)+" more")
	}
	return &ReaderAt[T]{
		Header: h, r: r,
		items: h.Len(), itemLen: h.ItemLen(),
		dataOff: s.dataOff, dataLen: s.dataLen,
	}, nil
}

// Item reads item i into dst and returns dst. A nil dst is allocated; otherwise
// len(dst) must be Header.ItemLen(). Item panics if i is out of range.
func (r *ReaderAt[T]) Item(dst []T, i int) ([]T, error) {
	checkIndex(i, r.items)
	if dst == nil {
		dst = make([]T, r.itemLen)
	}
	checkItem("dst", len(dst), r.itemLen)

	size := typeOf[T]().Size()
	off := r.dataOff + int64(i)*int64(r.itemLen*size)
	buf := buffers.Get().(*[bufSize]byte)
	defer buffers.Put(buf)
	for rest := dst; len(rest) > 0; {
		n := min(len(rest), bufSize/size)
		b := buf[:n*size]
		if err := r.readAt(b, off); err != nil {
			return nil, err
		}
		fromBytes(rest[:n], b)
		rest = rest[n:]
		off += int64(len(b))
	}
	return dst, nil
}

// buffers hold encoded elements.
var buffers = sync.Pool{New: func() any { return new([bufSize]byte) }}

func (r *ReaderAt[T]) readAt(b []byte, off int64) error {
	n, err := r.r.ReadAt(b, off)
	off += int64(n)
	switch {
	case n == len(b): // err may still be io.EOF
		return nil
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		// The file became shorter, or the caller's size was wrong.
		return truncated(off, "data", off-r.dataOff, r.dataLen)
	}
	return wrap(off, "data", err)
}
