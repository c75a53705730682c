// Package decode decodes picture files from untrusted sources.
package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// Limits of one picture. Photographs of 50 megapixels pass.
const (
	maxBytes  = 256 << 20
	maxPixels = 64_000_000
)

// readable names the formats that Picture reads.
const readable = "PNG, JPEG, GIF, BMP, PBM, PGM or PPM"

// A header is what a file says about its pixels.
type header interface {
	size() (width, height int)
	// memory returns how many bytes decode allocates at most, and what to do
	// if they are too many.
	memory() (bytes int64, advice string)
	// decode decodes the pixels. Bytes has checked the size.
	decode() (image.Image, error)
}

// Picture reads a picture file and the orientation that a camera noted. The
// format is one of the readable ones, or one that the program has registered in
// package image. Picture checks the size, and the memory for it, before it
// allocates this memory. It does not turn the image.
func Picture(r io.Reader) (image.Image, imageprep.Orientation, error) {
	data, err := readFile(r)
	if err != nil {
		return nil, 0, printable.Cause(err)
	}
	return Bytes(data)
}

// readFile reads a file to its end, but at most one byte too much.
func readFile(r io.Reader) ([]byte, error) {
	// Systems provide only the part of a buffer that is written. So one buffer
	// of the largest size takes less memory than a small one that is doubled
	// again and again.
	const small, medium, large = 64 << 10, 4 << 20, maxBytes + 1
	size := int64(small)
	if f, ok := r.(fs.File); ok {
		if info, err := f.Stat(); err == nil {
			size = min(max(small, info.Size()+1), large) // at once, and no more
		}
	}
	data := make([]byte, 0, size)
	for len(data) < large {
		if len(data) == cap(data) {
			size = medium
			if len(data) >= medium {
				size = large
			}
			data = append(make([]byte, 0, size), data...)
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// Bytes is Picture for a file in memory.
func Bytes(data []byte) (image.Image, imageprep.Orientation, error) {
	if len(data) > maxBytes {
		return nil, 0, tooLarge("larger than %d MB", maxBytes>>20)
	}
	img, err := pixels(data)
	if err != nil {
		return nil, 0, explain(err, data)
	}
	return img, imageprep.OrientationOf(bytes.NewReader(data)), nil
}

// pixels checks the size and the memory, and decodes a file.
func pixels(data []byte) (image.Image, error) {
	h, err := parse(data)
	if err != nil {
		return nil, err
	}
	width, height := h.size()
	if width < 1 || height < 1 || width > maxPixels/height {
		return nil, tooManyPixels(width, height)
	}
	if err := checkMemory(h, len(data)); err != nil {
		return nil, err
	}
	return h.decode()
}

// Size reads the size of a picture from the beginning of its file.
func Size(data []byte) (width, height int, err error) {
	h, err := parse(data)
	if err != nil {
		return 0, 0, explain(err, data)
	}
	width, height = h.size()
	return width, height, nil
}

// parse reads the header of a file.
func parse(data []byte) (header, error) {
	switch {
	case isBMP(data):
		return parseBMP(data)
	case isPNM(data):
		return parsePNM(data)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	r := registered{config, data}
	switch format {
	case "jpeg":
		return jpegFile{r}, err
	case "png":
		return pngFile{r}, err
	case "gif":
		return gifFile{r}, err
	}
	return r, err
}

// registered is the header of a format that is registered in package image.
type registered struct {
	image.Config
	data []byte
}

func (r registered) size() (width, height int) { return r.Width, r.Height }

func (r registered) decode() (image.Image, error) {
	img, _, err := image.Decode(bytes.NewReader(r.data))
	return img, err
}

// An Error says why a file is not read. Its text is that of Err.
type Error struct {
	Kind Kind
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// A Kind of error tells whose fault it is.
type Kind int

const (
	Damaged     Kind = iota // the file is damaged or cut short
	OtherFormat             // the file may be fine, but its format is not read
	TooLarge                // too many bytes, pixels or scans, or no pixels
)

func tooLarge(format string, args ...any) error {
	return &Error{TooLarge, fmt.Errorf(format, args...)}
}

func tooManyPixels(width, height int) error {
	return tooLarge("%d x %d pixels; want at most %d million", width, height, maxPixels/1_000_000)
}

// unsupported is an error for a file that is fine, but of a kind that is not
// read.
type unsupported string

func (u unsupported) Error() string { return string(u) }

// explain says what a decoder's error means.
func explain(err error, data []byte) error {
	switch {
	case errors.As(err, new(*Error)):
		return err
	case errors.Is(err, image.ErrFormat):
		return &Error{OtherFormat, refuse(data)}
	case errors.Is(err, png.UnsupportedError("dimension overflow")):
		// The picture has more bytes of pixels than an int can count. The
		// first chunk of the file has the width and the height.
		return tooManyPixels(int(binary.BigEndian.Uint32(data[16:])), int(binary.BigEndian.Uint32(data[20:])))
	case errors.As(err, new(png.UnsupportedError)), errors.As(err, new(jpeg.UnsupportedError)),
		errors.As(err, new(unsupported)):
		return &Error{OtherFormat, err}
	}
	return &Error{Damaged, fmt.Errorf("damaged or cut short: %w", err)}
}
