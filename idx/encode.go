package idx

import (
	"bufio"
	"fmt"
	"io"
	"math"
)

// Encode writes the array a to w as an IDX file. It panics if len(a.Data) is
// not the product of a.Dims, or if a header cannot hold a.Dims.
func Encode[T Element](w io.Writer, a *Array[T]) error {
	t := typeOf[T]()
	checkDims(a.Dims, t.Size())
	if n, _ := product(a.Dims, math.MaxInt); len(a.Data) != n {
		panic(fmt.Sprintf("idx: len(Data) = %d, want %d, the product of Dims %v", len(a.Data), n, a.Dims))
	}
	bw := bufio.NewWriterSize(w, bufSize)
	// If a Write fails, Flush returns its error.
	bw.Write(appendHeader(nil, t, a.Dims))
	write(bw, a.Data)
	return wrapWrite(bw.Flush())
}

// write writes the elements of data.
func write[T Element](bw *bufio.Writer, data []T) error {
	if b, ok := any(data).([]uint8); ok {
		_, err := bw.Write(b)
		return err
	}
	size := typeOf[T]().Size()
	for len(data) > 0 {
		n := min(len(data), bw.Available()/size)
		if n == 0 {
			if err := bw.Flush(); err != nil {
				return err
			}
			continue
		}
		// Encode directly into the buffer of the writer.
		b := bw.AvailableBuffer()[:n*size]
		toBytes(b, data[:n])
		bw.Write(b) // cannot fail: the buffer has room
		data = data[n:]
	}
	return nil
}

func wrapWrite(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("idx: writing: %w", err)
}
