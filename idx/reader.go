package idx

import (
	"io"
	"iter"
	"slices"
)

// Decode reads an IDX file with elements of type T, compressed with gzip or
// not. It checks that r ends after the last element.
func Decode[T Element](r io.Reader) (*Array[T], error) {
	d, err := NewReader[T](r)
	if err != nil {
		return nil, err
	}
	return d.ReadAll()
}

// A Reader reads an IDX file item by item. It needs memory for one item.
//
// Only one goroutine may use a Reader at a time. NewReader makes one; the zero
// value is invalid.
type Reader[T Element] struct {
	// Header is the file's header. Changes to it have no effect.
	Header Header

	src     *source
	dims    []int
	left    int // items not read yet
	itemLen int
	err     error // the error that Next keeps returning
}

// NewReader reads the header of an IDX file with elements of type T, compressed
// with gzip or not. It reads ahead, so do not read from r afterward.
func NewReader[T Element](r io.Reader) (*Reader[T], error) {
	s, err := open(r)
	if err != nil {
		return nil, err
	}
	h, err := s.header(typeOf[T]())
	if err != nil {
		return nil, err
	}
	return &Reader[T]{Header: h, src: s, dims: slices.Clone(h.Dims), left: h.Len(), itemLen: h.ItemLen()}, nil
}

// All yields the remaining items, each with a nil error. If reading fails, All
// yields nil with the error, and stops:
//
//	for image, err := range r.All() {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// An item is valid until the next step of the loop, because All reuses its
// memory. To keep an item, clone it. After the last item, All makes the same
// checks as [Reader.Next]. A loop that breaks skips these checks; the Reader
// can then continue with the next item.
func (r *Reader[T]) All() iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var item []T
		for {
			var err error
			item, err = r.Next(item)
			if err == io.EOF || !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// Next reads the next item into dst and returns dst. If dst is nil, Next
// allocates it as the data arrive. Otherwise len(dst) must be Header.ItemLen().
// To reuse memory, pass the previous item.
//
// After the last item, Next checks that the file ends, and verifies the
// checksum of a compressed file. If both are right, Next returns io.EOF. Until
// then the file may be damaged. If Next fails, dst may hold part of an item,
// and later calls return the same error.
func (r *Reader[T]) Next(dst []T) ([]T, error) {
	if dst != nil {
		checkItem("dst", len(dst), r.itemLen)
	}
	if r.err != nil {
		return nil, r.err
	}
	if r.left == 0 {
		if r.err = r.src.end(); r.err == nil {
			r.err = io.EOF
		}
		return nil, r.err
	}
	if dst == nil {
		dst, r.err = alloc[T](r.src, r.itemLen)
	} else {
		r.err = fill(r.src, dst)
	}
	if r.err != nil {
		return nil, r.err
	}
	r.left--
	return dst, nil
}

// ReadAll reads the remaining items and makes the same checks as Next at the
// end. To refuse a large file, look at Header first.
func (r *Reader[T]) ReadAll() (*Array[T], error) {
	if r.err != nil && r.err != io.EOF {
		return nil, r.err
	}
	data, err := alloc[T](r.src, r.left*r.itemLen)
	if err == nil {
		err = r.src.end()
	}
	if err != nil {
		r.err = err
		return nil, err
	}
	dims := slices.Clone(r.dims)
	switch {
	case len(dims) > 0:
		dims[0] = r.left
	case r.left == 0: // the only item of a scalar was read
		dims = []int{0}
	}
	r.left = 0
	return &Array[T]{Dims: dims, Data: data}, nil
}
