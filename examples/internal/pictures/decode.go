package pictures

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

// One picture may cost this much. Photographs of 50 megapixels, from the best
// telephones, pass.
const (
	maxBytes  = 256 << 20
	maxPixels = 64_000_000
)

// Decode reads a PNG, JPEG or GIF file, and its orientation. The image stays as
// it is stored, whatever the orientation. A file of more than 256 MB or with
// more than 64 million pixels is an error. Decode checks the size before it
// allocates memory for the pixels.
func Decode(r io.Reader) (image.Image, imageprep.Orientation, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, 0, cli.Cause(err)
	}
	if len(data) > maxBytes {
		return nil, 0, fmt.Errorf("larger than %d MB", maxBytes>>20)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if errors.Is(err, image.ErrFormat) {
		return nil, 0, fmt.Errorf("%s; want PNG, JPEG or GIF", Format(data))
	}
	if err != nil {
		return nil, 0, damaged(err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, 0, fmt.Errorf("%d x %d pixels; want at most %d million", config.Width, config.Height, maxPixels/1_000_000)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, 0, damaged(err)
	}
	return img, imageprep.OrientationOf(bytes.NewReader(data)), nil
}

// damaged explains the errors of the decoders, except those for a correct file
// that the decoder does not support.
func damaged(err error) error {
	var fromPNG png.UnsupportedError
	var fromJPEG jpeg.UnsupportedError
	if errors.As(err, &fromPNG) || errors.As(err, &fromJPEG) {
		return err
	}
	return fmt.Errorf("damaged or cut short: %w", err)
}

// Format names the format of a file that Decode does not know, such as "a BMP
// file", from its first 12 bytes. Other files are "not a picture".
func Format(data []byte) string {
	has := func(at int, magic string) bool {
		return len(data) >= at && bytes.HasPrefix(data[at:], []byte(magic))
	}
	switch {
	case len(data) == 0:
		return "an empty file"
	case has(0, "BM"):
		return "a BMP file"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "a WebP file"
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		return "a TIFF file"
	case has(4, "ftyp"):
		return "a HEIC, AVIF or video file"
	}
	return "not a picture"
}
