package decode

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	var b bytes.Buffer
	require.NoError(t, encode(&b))
	return b.Bytes()
}

var gray = image.NewGray(image.Rect(0, 0, 8, 6))

func TestPicture(t *testing.T) {
	files := map[string][]byte{
		"PNG":  encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, gray) }),
		"JPEG": encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, gray, nil) }),
		"GIF":  encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, gray, nil) }),
	}
	for format, data := range files {
		img, orientation, err := Picture(bytes.NewReader(data))
		require.NoError(t, err, format)
		require.Equal(t, gray.Rect, img.Bounds(), format)
		require.Equal(t, imageprep.Upright, orientation, format)
		_, _, err = Picture(bytes.NewReader(data[:len(data)-4]))
		require.ErrorContains(t, err, "damaged or cut short: ", format)
		_, _, err = Picture(bytes.NewReader(data[:20]))
		require.ErrorContains(t, err, "damaged or cut short: ", format)
	}
}

func TestOrientation(t *testing.T) {
	data := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, gray, nil) })
	const exif = "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	img, orientation, err := Picture(bytes.NewReader([]byte(string(data[:2]) + exif + string(data[2:]))))
	require.NoError(t, err)
	require.EqualValues(t, 6, orientation)
	require.Equal(t, gray.Rect, img.Bounds(), "as it is stored")
}

// TestHuge: a file of 67 bytes claims many pixels. Its size is checked first.
func TestHuge(t *testing.T) {
	for _, tt := range []struct {
		w, h uint32
		want string
	}{
		{8001, 8000, "8001 x 8000 pixels; want at most 64 million"},
		{8000, 8000, "damaged or cut short: "}, // the size is fine
		{0, 5, "damaged or cut short: "},
	} {
		data := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, gray) })
		// The first chunk: length, "IHDR", width, height, five bytes,
		// checksum.
		binary.BigEndian.PutUint32(data[16:], tt.w)
		binary.BigEndian.PutUint32(data[20:], tt.h)
		binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
		_, _, err := Picture(bytes.NewReader(data))
		require.ErrorContains(t, err, tt.want)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: "x", Err: fs.ErrPermission}
}

func TestReadErrors(t *testing.T) {
	_, _, err := Picture(endless{})
	require.EqualError(t, err, "larger than 256 MB")
	_, _, err = Picture(broken{})
	require.EqualError(t, err, "permission denied", "the name of the file is left out")
}

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{"", "an empty file"},
		{"BM......", "a BMP file"},
		{"RIFF....WEBPVP8 ", "a WebP file"},
		{"RIFF....WAVE", "not a picture"},
		{"II*\x00....", "a TIFF file"},
		{"MM\x00*....", "a TIFF file"},
		{"\x00\x00\x00\x18ftypheic", "a HEIC, AVIF or video file"},
		{"hello", "not a picture"},
	} {
		require.Equal(t, tt.want, Format([]byte(tt.data)))
		_, _, err := Picture(bytes.NewReader([]byte(tt.data)))
		require.EqualError(t, err, tt.want+"; want PNG, JPEG or GIF")
	}
}
