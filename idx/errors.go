package idx

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// A FormatError says what is wrong with an IDX file.
type FormatError struct {
	// Offset is the position of the first wrong byte in the decompressed file,
	// or the length of a truncated file.
	Offset int64

	Field string // such as "element type", "dimension 1" or "kind of file"
	Got   string // what the file has
	Want  string // what it should have
	Err   error  // the cause, or nil; io.ErrUnexpectedEOF if truncated
}

func (e *FormatError) Error() string {
	if e.Field == kindField {
		return fmt.Sprintf("idx: this is %s, not %s", e.Got, e.Want)
	}
	s := fmt.Sprintf("idx: offset %d: %s: got %s, want %s", e.Offset, e.Field, e.Got, e.Want)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *FormatError) Unwrap() error { return e.Err }

func truncated(off int64, field string, got, want int64) error {
	return &FormatError{
		Offset: off,
		Field:  field,
		Got:    bytesText(got),
		Want:   bytesText(want),
		Err:    io.ErrUnexpectedEOF,
	}
}

func trailing(off int64, got string) error {
	return &FormatError{Offset: off, Field: "end of data", Got: got, Want: "the end of the file"}
}

// wrap adds the position to an error of the underlying reader.
func wrap(off int64, field string, err error) error {
	return fmt.Errorf("idx: offset %d: reading %s: %w", off, field, err)
}

// damagedGzip turns an error of a gzip.Reader into a FormatError if the gzip
// stream is damaged. It returns false for other errors. Package gzip does not
// report the wrong bytes, so Got describes them only in words.
func damagedGzip(off int64, err error) (error, bool) {
	e := &FormatError{Offset: off, Field: "gzip stream", Err: err}
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrChecksum):
		e.Got, e.Want = "a wrong checksum or length", "the checksum and length of the data"
	case errors.Is(err, gzip.ErrHeader):
		e.Got, e.Want = "unexpected bytes", "a gzip header or the end of the file"
	case errors.As(err, &corrupt):
		e.Got, e.Want = "damaged bytes", "compressed data"
	default:
		return nil, false
	}
	return e, true
}

func bytesText(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
