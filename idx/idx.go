// Package idx reads and writes IDX files, the format of the MNIST family of
// data sets: one dense array of numbers, of any rank, in one of six types.
//
// An IDX file is a header and the elements, and nothing else. All numbers are
// big-endian:
//
//	offset     bytes  what
//	0          2      0 0
//	2          1      element type
//	3          1      rank, the number of dimensions, 0 to 255
//	4          4      size of dimension 0, unsigned
//	...
//	4+4*rank          the elements, the last dimension varying fastest
//
// The element types are
//
//	0x08  uint8      0x0B  int16      0x0D  float32
//	0x09  int8       0x0C  int32      0x0E  float64
//
// So the first four bytes of a file of 28 by 28 pixel images are 0 0 8 3, and
// three sizes follow: the number of images, 28 and 28.
//
// The number of elements is the product of the sizes. From that follow the two
// cases on which the format's description is silent: an array of rank 0 is one
// element, a scalar, and an array with a dimension of size 0 has no elements
// and no data. Bytes after the last element are an error. Floating-point
// numbers keep their bits, a NaN's too.
//
// An item is what one index of the first dimension selects: one image of a
// file of images, one label of a file of labels. A scalar is one item.
//
// [Decode] and [Encode] handle whole arrays, [Reader] and [Writer] one item
// after the other, [ReaderAt] any item of an uncompressed file, and
// [ReadHeader] tells what a file holds.
//
// # Compression
//
// IDX files are mostly kept compressed. An IDX file starts with 0 0 and a gzip
// file with 0x1F 0x8B, so Decode, Reader and ReadHeader recognise gzip by
// content, whatever the file's name. Decode and Reader read the gzip stream to
// its end, because only there it has its checksum. To write a compressed file,
// give Encode or NewWriter a [compress/gzip.Writer].
//
// # Damaged and hostile files
//
// What is wrong with a file is reported as a [*FormatError], which tells where,
// what was found and what was expected. A file that was cut short, anywhere, is
// [io.ErrUnexpectedEOF] to errors.Is. Errors of the underlying reader are
// wrapped and stay what they are.
//
// A header is a claim. Nothing is allocated on its word: memory grows with the
// elements that arrive, from 512 KB in doubling steps, and is allocated at once
// only if the remaining input is known to be long enough ([bytes.Buffer],
// [bytes.Reader], [strings.Reader] and regular files), or, of a compressed file
// of known size, if it would not expand more than 8 times. The size of an array in
// bytes, sizes of 0 left aside, has to fit an int. There is one claim that no
// data back: an array of empty items, such as 4294967295 x 0, has as many items
// as its header says.
package idx

import (
	"fmt"
	"math"
)

// Type is the code of an element type in a file's header.
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

// String returns the name of the corresponding Go type, such as "uint8".
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

// Size returns the size of an element in bytes, 0 if t is not an element type.
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

// Element is the Go types that correspond to the element types.
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

// Array is a dense array in memory. len(Data) is the product of Dims; with no
// Dims, that is 1. The zero Array is therefore not valid.
//
// An Array may be read by several goroutines at once.
type Array[T Element] struct {
	Dims []int
	Data []T // the last dimension varies fastest
}

// Len returns the number of items: the first dimension, or 1 if there is none.
func (a *Array[T]) Len() int { return itemCount(a.Dims) }

// Item returns the elements of item i. The slice shares a's memory; appending
// to it does not overwrite the next item.
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

// product multiplies dims. It is not ok if the product of those that are not 0
// exceeds limit: so every part of it, in any order, can be multiplied safely.
func product(dims []int, limit int) (n int, ok bool) {
	n = 1
	empty := false
	for _, d := range dims {
		if d == 0 {
			empty = true
			continue
		}
		if n > limit/d {
			return 0, false
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
		panic(fmt.Sprintf("idx: len(%s) = %d, want %d, the elements of an item", name, got, want))
	}
}
