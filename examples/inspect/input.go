package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/decode"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// The kinds of files, as the reports name them.
const (
	kindIDX         = "IDX"
	kindSafetensors = "safetensors"
	kindPNG         = "PNG"
	kindJPEG        = "JPEG"
	kindGIF         = "GIF"
	kindBMP         = "BMP"
	kindPNM         = "PNM"
	kindUnknown     = "unknown"
)

// chunk is how many bytes inspect reads at once. No file needs more memory
// because of its size.
const chunk = 64 << 10

// An input is a file. Inspect reads it once, from start to end.
type input struct {
	*bufio.Reader          // the content, decompressed
	file          *os.File // a regular file that is not compressed, or nil
	size          *int64   // in bytes, as the file is stored; nil for a stream
	close         func() error
}

func open(ctx context.Context, name string, stdin io.Reader) (*input, error) {
	if name == "-" {
		return &input{Reader: bufio.NewReaderSize(stopper{ctx, stdin}, chunk), close: func() error { return nil }}, nil
	}
	f, err := cli.Open(name)
	var kind *cli.KindError
	switch {
	case errors.As(err, &kind) && kind.Kind == cli.Pipe:
		return nil, errors.New("a pipe, not a file: to read from a pipe, use - and the standard input")
	case errors.As(err, &kind):
		return nil, errors.New(kind.Kind)
	case err != nil:
		return nil, cli.Cause(err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	size := info.Size()
	return &input{Reader: bufio.NewReaderSize(stopper{ctx, f}, chunk), file: f, size: &size, close: f.Close}, nil
}

// A stopper is a reader that fails when ctx is done.
type stopper struct {
	ctx context.Context
	io.Reader
}

func (s stopper) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

// decompress looks for gzip at the start of the file. If it finds gzip, the
// input becomes the decompressed content. Otherwise decompress returns nil.
func (in *input) decompress() (*gzipReport, error) {
	start, err := in.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if string(start) != "\x1f\x8b" {
		return nil, nil
	}
	z, err := newGunzip(in.Reader)
	if err != nil {
		return nil, fmt.Errorf("gzip header: %w", unexpected(err))
	}
	in.file, in.Reader = nil, bufio.NewReaderSize(z, chunk)
	return &gzipReport{Name: z.Name}, nil
}

// kind says what the content is. A safetensors file may begin with two zeros,
// too. As an IDX file it would have a first size of 0, and therefore no items.
func (in *input) kind() (string, error) {
	start, err := in.Peek(12)
	if err != nil && err != io.EOF {
		return kindUnknown, fmt.Errorf("at its start: %w", unexpected(err))
	}
	has := func(at int, s string) bool { return len(start) >= at+len(s) && string(start[at:at+len(s)]) == s }
	switch {
	case has(0, "\x89PNG\r\n\x1a\n"):
		return kindPNG, nil
	case has(0, "\xff\xd8\xff"):
		return kindJPEG, nil
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return kindGIF, nil
	case has(0, "BM"):
		return kindBMP, nil
	case decode.Format(start) == "a PBM, PGM or PPM file":
		return kindPNM, nil
	case has(8, "{") && binary.LittleEndian.Uint64(start) <= safetensorsLimit:
		return kindSafetensors, nil
	case has(0, "\x00\x00") && decode.Format(start) == "not a picture":
		return kindIDX, nil
	}
	return kindUnknown, nil
}

// start describes the first bytes of an unknown file: in hexadecimal, and as a
// guess what the file is.
func (in *input) start() (hex, text string) {
	const pickle = "a Python pickle: if it is a model of PyTorch, write it with safetensors.torch.save_file"
	first, _ := in.Peek(64) // kind has already seen the errors
	start := first[:min(16, len(first))]
	hex = fmt.Sprintf("% x", start)
	first = bytes.TrimLeft(bytes.TrimPrefix(first, []byte("\ufeff")), " \t\r\n") // of a web page
	for _, known := range [...]struct{ magic, text string }{
		{"version https://git-lfs.github.com/spec", `a Git LFS pointer, which only names the real file: run "git lfs pull" in its repository`},
		{"PK\x03\x04", "a zip archive: take the files out of it first; if it is a model of PyTorch, write it with safetensors.torch.save_file"},
		{"\x80\x02", pickle},
		{"\x80\x03", pickle},
		{"\x80\x04", pickle},
		{"\x80\x05", pickle},
		{"\x93NUMPY", "a numpy array"},
		{"\x1f\x8b", "a gzip file within a gzip file: decompress it first"},
		{"<", "a web page or a similar text: was a download refused?"},
		{"%PDF", "a PDF file"},
	} {
		if bytes.HasPrefix(first, []byte(known.magic)) {
			return hex, fmt.Sprintf("%s (it starts with %s)", known.text, hex)
		}
	}
	if text = decode.Format(start); text == "not a picture" {
		text = fmt.Sprintf("it starts with %s (%q)", hex, start)
	}
	return hex, text
}

// unexpected turns io.EOF into io.ErrUnexpectedEOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// damaged says where reading failed, as an offset in the decompressed content.
func damaged(offset int64, err error) error {
	return fmt.Errorf("offset %d: %w", offset, unexpected(err))
}

// pictureStart is how many bytes of a picture may come before its size. Cameras
// put their notes and a thumbnail there.
const pictureStart = 4 << 20

type pictureReport struct {
	Width       int                   `json:"width"`
	Height      int                   `json:"height"`
	Orientation imageprep.Orientation `json:"orientation"`
}

// fill reads the head of a picture. It does not decode the pixels.
func (r *pictureReport) fill(in *input) error {
	start, err := io.ReadAll(io.LimitReader(in, pictureStart))
	if err != nil {
		return damaged(int64(len(start)), err)
	}
	r.Width, r.Height, err = decode.Size(start)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && len(start) == pictureStart:
		return fmt.Errorf("its size is not in the first %d MB", pictureStart>>20)
	case err != nil:
		return err
	}
	r.Orientation = imageprep.OrientationOf(io.MultiReader(bytes.NewReader(start), in))
	return nil
}
