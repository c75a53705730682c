package idx

import (
	"io"
	"slices"
)

// Decode reads the whole of r, an IDX file with elements of type T that may be
// compressed with gzip. That the elements are followed by the end of the file
// is checked, so r must end.
func Decode[T Element](r io.Reader) (*Array[T], error) {
	d, err := NewReader[T](r)
	if err != nil {
		return nil, err
	}
	return d.ReadAll()
}

// A Reader reads an IDX file item by item, in memory for one item.
//
// A Reader must not be used by several goroutines at once, and its zero value
// not at all: call NewReader.
type Reader[T Element] struct {
	// Header is the file's header. Changing it has no effect on the methods.
	Header Header

	src     *source
	dims    []int
	left    int // items to come
	itemLen int
	err     error // what Next has failed with
}

// NewReader reads the header of an IDX file with elements of type T, which may
// be compressed with gzip. It reads ahead, so r is afterwards somewhere behind
// the header.
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

// Next reads the next item into dst and returns dst. If dst is nil, it
// allocates the item, otherwise len(dst) must be Header.ItemLen(). So that a
// header can claim no memory, let the first call allocate and pass on what it
// returned:
//
//	item, err := r.Next(nil)
//	for err == nil {
//		// use item
//		item, err = r.Next(item)
//	}
//
// After the last item, Next checks that the file ends there, and its checksum
// if it is compressed, and returns io.EOF. Only then is the file known to be
// sound. Once Next has failed it goes on to return the same error; dst may then
// hold part of an item.
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

// ReadAll reads the items that Next has not returned yet, and checks that the
// file ends after them, as Next does. A caller that looks at Header first can
// refuse a file before its data cost anything.
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
	case r.left == 0: // nothing is left of a scalar
		dims = []int{0}
	}
	r.left = 0
	return &Array[T]{Dims: dims, Data: data}, nil
}
