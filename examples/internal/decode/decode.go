// Package decode decodes picture files from untrusted sources.
package decode

import (
	"bytes"
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
	// decode decodes the pixels. Picture has checked the size.
	decode() (image.Image, error)
}

// Picture reads a picture file and the orientation that a camera noted. The
// format is one of the readable ones, or one that the program has registered in
// package image. Picture checks the sizes before it allocates memory. It does
// not turn the image.
func Picture(r io.Reader) (image.Image, imageprep.Orientation, error) {
	var file bytes.Buffer
	if f, ok := r.(fs.File); ok {
		if info, err := f.Stat(); err == nil && info.Size() <= maxBytes {
			file.Grow(int(info.Size()) + bytes.MinRead) // at once, and no more
		}
	}
	if _, err := file.ReadFrom(io.LimitReader(r, maxBytes+1)); err != nil {
		return nil, 0, printable.Cause(err)
	}
	return Bytes(file.Bytes())
}

// Bytes is Picture for a file in memory.
func Bytes(data []byte) (image.Image, imageprep.Orientation, error) {
	if len(data) > maxBytes {
		return nil, 0, &Error{TooLarge, fmt.Errorf("larger than %d MB", maxBytes>>20)}
	}
	h, err := parse(data)
	if err != nil {
		return nil, 0, explain(err, data)
	}
	width, height := h.size()
	if width < 1 || height < 1 || width > maxPixels/height {
		return nil, 0, &Error{TooLarge, fmt.Errorf("%d x %d pixels; want at most %d million", width, height, maxPixels/1_000_000)}
	}
	if err := checkScans(data, width*height); err != nil {
		return nil, 0, err
	}
	img, err := h.decode()
	if err != nil {
		return nil, 0, explain(err, data)
	}
	return img, imageprep.OrientationOf(bytes.NewReader(data)), nil
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
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	return registered{config, data}, err
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

// unsupported is an error for a file that is fine, but of a kind that is not
// read.
type unsupported string

func (u unsupported) Error() string { return string(u) }

// explain says what a decoder's error means.
func explain(err error, data []byte) error {
	switch {
	case errors.Is(err, image.ErrFormat):
		return &Error{OtherFormat, refuse(data)}
	case errors.As(err, new(png.UnsupportedError)), errors.As(err, new(jpeg.UnsupportedError)),
		errors.As(err, new(unsupported)):
		return &Error{OtherFormat, err}
	}
	return &Error{Damaged, fmt.Errorf("damaged or cut short: %w", err)}
}
