// Package idx reads and writes IDX files, the format of the MNIST family of
// data sets: one dense array of numbers, of any rank, in one of six types.
//
// An IDX file is a header and the elements. All numbers are big-endian:
//
//	offset     bytes  content
//	0          2      0 0
//	2          1      element type
//	3          1      rank, the number of dimensions, 0 to 255
//	4          4      size of dimension 0, unsigned
//	...
//	4+4*rank          the elements; the last dimension varies fastest
//
// The element types are
//
//	0x08  uint8      0x0B  int16      0x0D  float32
//	0x09  int8       0x0C  int32      0x0E  float64
//
// A file of 28 by 28 pixel images begins with the bytes 0 0 8 3. Three sizes
// follow: the number of images, 28 and 28.
//
// The number of elements is the product of the sizes. A scalar has rank 0 and
// one element. An array with a size of 0 has no elements. Bytes after the last
// element are an error. Floating-point numbers keep their bits, even NaNs.
//
// An item is the part of an array at one index of dimension 0, such as one
// image or one label. A scalar is one item.
//
// [Decode] and [Encode] process a whole array. [Reader] and [Writer] process
// one item after the other. [ReaderAt] reads any item of an uncompressed file.
// [ReadHeader] reads only the type and the sizes.
//
// # Compression
//
// Decode, Reader and ReadHeader accept files that are compressed with gzip. The
// first bytes decide, not the name: an IDX file starts with 0 0, a gzip file
// with 0x1F 0x8B. Decode and Reader read the gzip stream to its end and verify
// its checksum. Zeros may follow, because tar and tapes pad files. To write a
// compressed file, pass a [compress/gzip.Writer] to Encode or NewWriter, and
// close it at the end.
//
// # Damaged and hostile files
//
// A [*FormatError] says where a file is wrong, what was found and what was
// expected. It names other kinds of files, such as web pages. For a truncated
// file, it wraps [io.ErrUnexpectedEOF]. Errors of the underlying reader are
// wrapped.
//
// A header may be false, so memory grows with the elements that arrive. It is
// at most five times the size of the file, plus 256 KB for buffers. For a
// compressed file, the larger of its two sizes counts. The decompressed one can
// be a thousand times the other. To refuse a large array, look at
// its header first.
//
// All memory is allocated at once only if the input is known to be long enough
// ([bytes.Buffer], [bytes.Reader], [strings.Reader] and regular files). A
// compressed input is long enough if it has a fifth of the array's bytes. The
// product of the nonzero sizes, times the bytes of an element, must fit an int.
// Beware of empty items: a header alone can declare 4294967295 x 0.
package idx

import (
	"fmt"
	"math"
)

// Type is an element type, as coded in a header.
type Type byte

// The element types.
const (
	Uint8   Type = 0x08
	Int8    Type = 0x09
	Int16   Type = 0x0B
	Int32   Type = 0x0C
	Float32 Type = 0x0D
	Float64 Type = 0x0E
)

// String returns the name of the Go type, such as "uint8".
func (t Type) String() string {
	switch t {
	case Uint8:
		return "uint8"
	case Int8:
		return "int8"
	case Int16:
		return "int16"
	case Int32:
		return "int32"
	case Float32:
		return "float32"
	case Float64:
		return "float64"
	}
	return fmt.Sprintf("Type(0x%02X)", byte(t))
}

// Size returns the number of bytes in an element, or 0 if t is not an element
// type.
func (t Type) Size() int {
	switch t {
	case Uint8, Int8:
		return 1
	case Int16:
		return 2
	case Int32, Float32:
		return 4
	case Float64:
		return 8
	}
	return 0
}

// Element lists the Go types of the elements.
type Element interface {
	uint8 | int8 | int16 | int32 | float32 | float64
}

func typeOf[T Element]() Type {
	switch any(*new(T)).(type) {
	case uint8:
		return Uint8
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case float32:
		return Float32
	default:
		return Float64
	}
}

// Array is a dense array in memory. len(Data) must be the product of Dims. The
// product is 1 without Dims, so the zero Array is invalid.
//
// Any number of goroutines may read an Array.
type Array[T Element] struct {
	Dims []int
	Data []T // the last dimension varies fastest
}

// Len returns the number of items: Dims[0], or 1 for a scalar.
func (a *Array[T]) Len() int { return itemCount(a.Dims) }

// Item returns the elements of item i. They share memory with a, but appending
// to them does not overwrite the next item. Item panics if i is out of range.
func (a *Array[T]) Item(i int) []T {
	checkIndex(i, a.Len())
	n := itemLen(a.Dims)
	return a.Data[i*n : (i+1)*n : (i+1)*n]
}

func itemCount(dims []int) int {
	if len(dims) == 0 {
		return 1
	}
	return dims[0]
}

func itemLen(dims []int) int {
	if len(dims) == 0 {
		return 1
	}
	n, _ := product(dims[1:], math.MaxInt)
	return n
}

// product returns the product of dims. If the product of the nonzero dims
// exceeds limit, ok is false and n is meaningless. If ok is true, the product
// of any subset of dims is within limit too.
func product(dims []int, limit int) (n int, ok bool) {
	n = 1
	empty := false
	for _, d := range dims {
		if d == 0 {
			empty = true
			continue
		}
		if n > limit/d {
			return n, false
		}
		n *= d
	}
	if empty {
		return 0, true
	}
	return n, true
}

func checkIndex(i, n int) {
	if i < 0 || i >= n {
		panic(fmt.Sprintf("idx: item index %d out of range with %d items", i, n))
	}
}

func checkItem(name string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("idx: len(%s) = %d, want %d, the number of elements in an item", name, got, want))
	}
}
