package idx

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
)

// Unknown is the value of dims[0] for NewWriter if the number of items is not
// known yet.
const Unknown = -1

// A Writer writes an IDX file item by item.
//
// Only one goroutine may use a Writer at a time. NewWriter makes one; the zero
// value is invalid.
type Writer[T Element] struct {
	bw      *bufio.Writer
	itemLen int
	count   int64 // items written
	limit   int64 // items promised, or the maximum in a header
	err     error // the error that Write and Close keep returning, or errClosed

	// If the number of items is Unknown, Close goes back to start and writes it
	// into the header. Otherwise seeker is nil.
	seeker io.WriteSeeker
	start  int64
}

var errClosed = errors.New("idx: Writer is closed")

// NewWriter returns a Writer for an array with the sizes dims. Without dims the
// array is a scalar. dims[0] is the promised number of items, and Close checks
// it. If dims[0] is Unknown, Close writes the number into the header. Then w
// must be an [io.WriteSeeker] that can seek. A pipe, or a file opened to
// append, cannot.
//
// NewWriter panics if a header cannot hold dims. The Writer has a buffer, so
// the file is complete only after Close.
func NewWriter[T Element](w io.Writer, dims ...int) (*Writer[T], error) {
	t := typeOf[T]()
	wr := &Writer[T]{bw: bufio.NewWriterSize(w, bufSize)}
	if len(dims) > 0 && dims[0] == Unknown {
		least := slices.Clone(dims)
		least[0]++ // from -1 to 0
		checkDims(least, t.Size())
		if err := wr.seekIn(w); err != nil {
			return nil, fmt.Errorf("idx: the number of items is Unknown, so the writer must be able to seek: %w", err)
		}
		wr.limit = math.MaxUint32
	} else {
		checkDims(dims, t.Size())
		wr.limit = int64(itemCount(dims))
	}
	wr.itemLen = itemLen(dims)
	wr.bw.Write(appendHeader(nil, t, dims)) // fits the buffer
	return wr, nil
}

// seekIn sets the seeker and the start for a writer that can seek.
func (w *Writer[T]) seekIn(file io.Writer) (err error) {
	var ok bool
	if w.seeker, ok = file.(io.WriteSeeker); !ok {
		return fmt.Errorf("%T is not an io.WriteSeeker", file)
	}
	if f, ok := file.(*os.File); ok {
		// A file opened to append can seek, but every write goes to the end of
		// the file. Only WriteAt returns an error for such a file.
		if _, err := f.WriteAt(nil, 0); err != nil {
			return err
		}
	}
	w.start, err = w.seeker.Seek(0, io.SeekCurrent)
	return err
}

// Write writes the next item. It panics if len(item) is not the number of
// elements in an item. It fails if all promised items are written already.
// After an error, later calls and Close return the same error.
func (w *Writer[T]) Write(item []T) error {
	checkItem("item", len(item), w.itemLen)
	if w.err != nil {
		return w.err
	}
	if w.count == w.limit {
		w.err = fmt.Errorf("idx: Write of item number %d, want at most %d", w.count+1, w.limit)
		return w.err
	}
	if w.err = wrapWrite(write(w.bw, item)); w.err != nil {
		return w.err
	}
	w.count++
	return nil
}

// Close completes the file. It does not close the underlying writer. It fails
// if fewer items were written than promised. Without a successful Close the
// file is unusable. A second Close returns the same result.
func (w *Writer[T]) Close() error {
	if w.err == errClosed {
		return nil
	}
	if w.err == nil {
		w.err = w.finish()
	}
	if w.err == nil {
		w.err = errClosed
		return nil
	}
	return w.err
}

func (w *Writer[T]) finish() error {
	if err := w.bw.Flush(); err != nil {
		return wrapWrite(err)
	}
	if w.seeker == nil {
		if w.count != w.limit {
			return fmt.Errorf("idx: Close after %d items, want the %d promised", w.count, w.limit)
		}
		return nil
	}
	end, err := w.seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return wrapWrite(err)
	}
	if _, err := w.seeker.Seek(w.start+magicLen, io.SeekStart); err != nil {
		return wrapWrite(err)
	}
	if _, err := w.seeker.Write(binary.BigEndian.AppendUint32(nil, uint32(w.count))); err != nil {
		return wrapWrite(err)
	}
	_, err = w.seeker.Seek(end, io.SeekStart)
	return wrapWrite(err)
}
