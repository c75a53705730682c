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

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// Limits of one picture. Photographs of 50 megapixels pass.
const (
	maxBytes  = 256 << 20
	maxPixels = 64_000_000
)

// Picture reads a PNG, JPEG or GIF file and the orientation that a camera
// noted. It checks the sizes before it allocates memory. It does not turn the
// image.
func Picture(r io.Reader) (image.Image, imageprep.Orientation, error) {
	var file bytes.Buffer
	if _, err := file.ReadFrom(io.LimitReader(r, maxBytes+1)); err != nil {
		return nil, 0, cli.Cause(err)
	}
	data := file.Bytes()
	if len(data) > maxBytes {
		return nil, 0, fmt.Errorf("larger than %d MB", maxBytes>>20)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, 0, explain(err, data)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, 0, fmt.Errorf("%d x %d pixels; want at most %d million", config.Width, config.Height, maxPixels/1_000_000)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, 0, explain(err, data)
	}
	return img, imageprep.OrientationOf(bytes.NewReader(data)), nil
}

// explain says what a decoder's error means. A file may be fine, but of a kind
// that the decoder does not support.
func explain(err error, data []byte) error {
	switch {
	case errors.Is(err, image.ErrFormat):
		return fmt.Errorf("%s; want PNG, JPEG or GIF", Format(data))
	case errors.As(err, new(png.UnsupportedError)), errors.As(err, new(jpeg.UnsupportedError)):
		return err
	}
	return fmt.Errorf("damaged or cut short: %w", err)
}

// Format names the format of a file that Picture cannot read, from its first 12
// bytes: "a BMP file". If it is unknown, the file is "not a picture".
func Format(data []byte) string {
	if len(data) == 0 {
		return "an empty file"
	}
	for _, known := range []struct {
		at          int
		magic, name string
	}{
		{0, "BM", "a BMP file"}, {8, "WEBP", "a WebP file"}, {4, "ftyp", "a HEIC, AVIF or video file"},
		{0, "II*\x00", "a TIFF file"}, {0, "MM\x00*", "a TIFF file"},
	} {
		if len(data) > known.at && bytes.HasPrefix(data[known.at:], []byte(known.magic)) {
			return known.name
		}
	}
	return "not a picture"
}
