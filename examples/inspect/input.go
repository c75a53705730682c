package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
)

// The kinds of files, as the reports name them.
const (
	kindIDX         = "IDX"
	kindSafetensors = "safetensors"
	kindPNG         = "PNG"
	kindJPEG        = "JPEG"
	kindGIF         = "GIF"
	kindUnknown     = "unknown"
)

// chunk is how much is read at once: all the memory that a file's size costs.
const chunk = 64 << 10

// An input is a file that is read once, from its beginning to its end.
type input struct {
	*bufio.Reader // of the content, decompressed
	ctx           context.Context
	file          *os.File // of which any part can be read; nil for a stream
	size          int64    // of the file in bytes
	compressed    bool
	closer        io.Closer
}

func open(ctx context.Context, name string, stdin io.Reader) (*input, error) {
	if name == "-" {
		return &input{Reader: bufio.NewReaderSize(stdin, chunk), ctx: ctx}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		var pathError *fs.PathError
		if errors.As(err, &pathError) {
			err = pathError.Err // the name is printed anyway
		}
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("a folder")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	in := &input{Reader: bufio.NewReaderSize(f, chunk), ctx: ctx, closer: f}
	if info.Mode().IsRegular() {
		in.file, in.size = f, info.Size()
	}
	return in, nil
}

func (in *input) close() {
	if in.closer != nil {
		in.closer.Close()
	}
}

// decompress looks at the first bytes, and if they are gzip's it lets the input
// read what is compressed. It returns nil if nothing is.
func (in *input) decompress() (*gzipReport, error) {
	start, err := in.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if string(start) != "\x1f\x8b" {
		return nil, nil
	}
	z, err := gzip.NewReader(in.Reader)
	if err != nil {
		return nil, fmt.Errorf("gzip header: %w", cut(err))
	}
	in.compressed = true
	in.Reader = bufio.NewReaderSize(z, chunk)
	return &gzipReport{Name: z.Name}, nil
}

// kind says what the content is. A safetensors file may begin with two zeros as
// an IDX file does, but as such it would have a first size of 0 and no items.
func (in *input) kind() (string, error) {
	start, err := in.Peek(12)
	if err != nil && err != io.EOF {
		return kindUnknown, fmt.Errorf("at its start: %w", cut(err))
	}
	has := func(at int, s string) bool { return len(start) >= at+len(s) && string(start[at:at+len(s)]) == s }
	switch {
	case has(0, "\x89PNG\r\n\x1a\n"):
		return kindPNG, nil
	case has(0, "\xff\xd8\xff"):
		return kindJPEG, nil
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return kindGIF, nil
	case has(8, "{") && binary.LittleEndian.Uint64(start) <= safetensorsLimit:
		return kindSafetensors, nil
	case has(0, "\x00\x00") && !has(4, "ftyp"):
		return kindIDX, nil
	}
	return kindUnknown, nil
}

// start describes the first bytes of an unknown file: as hexadecimal digits,
// and with what they may be.
func (in *input) start() (hex, text string) {
	start, _ := in.Peek(16) // kind has seen that they can be read
	hex = fmt.Sprintf("% x", start)
	for _, known := range [...]struct{ magic, text string }{
		{"PK\x03\x04", "a zip archive: take the files out of it first"},
		{"\x93NUMPY", "a numpy array"},
		{"\x1f\x8b", "a gzip file within a gzip file: decompress it first"},
		{"<", "a web page, or another text of the kind: was a download refused?"},
		{"%PDF", "a PDF file"},
	} {
		if bytes.HasPrefix(start, []byte(known.magic)) {
			return hex, fmt.Sprintf("%s (it starts with %s)", known.text, hex)
		}
	}
	if text = pictures.Format(start); text == "not a picture" {
		text = fmt.Sprintf("it starts with %s (%q)", hex, start)
	}
	return hex, text
}

// skip reads up to n bytes and forgets them. It returns how many there were.
func (in *input) skip(n int64) (int64, error) {
	left := n
	for left > 0 {
		if err := in.ctx.Err(); err != nil {
			return n - left, err
		}
		skipped, err := in.Discard(int(min(left, chunk)))
		left -= int64(skipped)
		if err == io.EOF {
			break
		}
		if err != nil {
			return n - left, err
		}
	}
	return n - left, nil
}

// cut says what it means that a file ended too early.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
