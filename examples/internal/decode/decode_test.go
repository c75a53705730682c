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
	"strings"
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

// TestNoPixels: a GIF file may claim to have none.
func TestNoPixels(t *testing.T) {
	for claim, want := range map[string]string{"\x00\x00\x05\x00": "0 x 5 pixels; want", "\x05\x00\x00\x00": "5 x 0 pixels; want"} {
		_, _, err := Bytes([]byte("GIF89a" + claim + "\x00\x00\x00"))
		require.ErrorContains(t, err, want)
	}
}

// TestOnePixel: pictures of all kinds may have a single pixel.
func TestOnePixel(t *testing.T) {
	for _, kind := range kinds {
		img, _, err := Bytes(kind.make(1, 1))
		require.NoError(t, err, kind.name)
		require.Equal(t, image.Rect(0, 0, 1, 1), img.Bounds(), kind.name)
	}
}

// TestHuge: a file of 67 bytes claims many pixels. Its size is checked first.
func TestHuge(t *testing.T) {
	for _, tt := range []struct {
		w, h uint32
		want string
	}{
		{8001, 8000, "8001 x 8000 pixels; want at most 64 million"},
		{50_000, 50_000, "50000 x 50000 pixels; want at most 64 million"},
		{1<<31 - 1, 1<<31 - 1, "2147483647 x 2147483647 pixels; want at most 64 million"},
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
	_, orientation, err := Picture(endless{})
	require.EqualError(t, err, "larger than 256 MB")
	require.Zero(t, orientation)
	_, orientation, err = Picture(broken{})
	require.Zero(t, orientation)
	require.EqualError(t, err, "permission denied", "the name of the file is left out")
	_, _, err = Bytes(make([]byte, maxBytes))
	require.ErrorContains(t, err, "not a picture; ", "exactly the limit is fine")
}

// TestRefuse: the error names the format and says how to make a PNG file.
func TestRefuse(t *testing.T) {
	brands := func(list string) string { return string([]byte{0, 0, 0, byte(8 + len(list))}) + "ftyp" + list }
	for _, tt := range []struct{ data, format, advice string }{
		{"RIFF....WEBPVP8 ", "a WebP file", "on Linux, dwebp FILE -o out.png"},
		{brands("heic\x00\x00\x00\x00mif1heic"), "a HEIC file", "on Linux, heif-convert FILE out.png"},
		{brands("heic\x00\x00\x00\x00avif")[:18], "a HEIC file", "on Linux, heif-convert FILE out.png"},
		{brands("mif1\x00\x00\x00\x00mif1heic"), "a HEIC file", "on Windows, open it in Paint and save it as PNG"},
		{brands("mif1\x00\x00\x00\x00mif1avif"), "an AVIF file", "on Windows, open it in a browser and take a screenshot"},
		{brands("avif\x00\x00\x00\x00"), "an AVIF file", "on Linux, avifdec FILE out.png"},
		{"II*\x00....", "a TIFF file", "on macOS, sips -s format png FILE --out out.png"},
		{"MM\x00*....", "a TIFF file", "on Linux, convert FILE out.png (ImageMagick)"},
		{"%PDF-1.7", "a PDF file", "on Linux, pdftoppm -r 150 -png FILE out"},
		{"\xff\x0a....", "a JPEG XL file", "on Linux, djxl FILE out.png"},
		{"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL file", "on Windows, djxl FILE out.png (libjxl)"},
		{"\x00\x00\x01\x00\x01\x00", "an icon file", "on Linux, convert FILE out.png (ImageMagick)"},
		{"\ufeff\n<?xml?><!-- by hand --><svg>", "an SVG file", "on Linux, rsvg-convert FILE -o out.png"},
		{"P7\nWIDTH 3", "a PAM file", "on a computer with ImageMagick, magick FILE out.png"},
	} {
		require.Equal(t, tt.format, Format([]byte(tt.data)))
		_, _, err := Picture(strings.NewReader(tt.data))
		require.ErrorContains(t, err, tt.format+"; make a PNG file from it: ")
		require.ErrorContains(t, err, tt.advice)
		require.NotContains(t, err.Error(), "\n")
		require.Equal(t, tt.format != "a PAM file", strings.Contains(err.Error(), "on a phone"))
	}
	for _, tt := range []struct{ data, format string }{
		{"", "an empty file"},
		{"RIFF....WAVE", "not a picture"},
		{brands("isom\x00\x00\x00\x00mp41"), "not a picture"},
		{brands("isom\x00\x00\x00\x00mp41") + "heic", "not a picture"}, // behind the box
		{brands("heic")[:11], "not a picture"},
		{"<h1>", "not a picture"},
		{"<!-- html", "not a picture"},
		{"version 2", "not a picture"},
		{"hello", "not a picture"},
		{"P8\n1 1", "not a picture"},
		{"P", "not a picture"},
	} {
		require.Equal(t, tt.format, Format([]byte(tt.data)))
		img, orientation, err := Picture(strings.NewReader(tt.data))
		require.Nil(t, img)
		require.Zero(t, orientation)
		require.EqualError(t, err, tt.format+"; want PNG, JPEG, GIF, BMP, PBM, PGM or PPM")
	}
	for _, tt := range []struct{ data, want string }{
		{"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
			`a Git LFS pointer, which only names the picture; run "git lfs pull" in its repository, or download the picture again`},
		{"\n\n<!DOCTYPE HTML><html lang=en>", "a web page (HTML); download the picture itself, not the page that shows it"},
		{"\ufeff<!-- a --> <!-- b -->\n<Html><body><svg>", "a web page (HTML); download the picture itself, not the page that shows it"},
		{"PK\x03\x04....", "an archive (ZIP or gzip); unpack it first"},
		{"\x1f\x8b\x08....", "an archive (ZIP or gzip); unpack it first"},
	} {
		_, _, err := Picture(strings.NewReader(tt.data))
		require.EqualError(t, err, tt.want)
	}
	require.Equal(t, "a BMP file", Format([]byte("BM")))
	require.Equal(t, "a PBM, PGM or PPM file", Format([]byte("P4 ")))
}

func TestSize(t *testing.T) {
	for name, data := range map[string][]byte{
		"PNG": encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, gray) }),
		"BMP": bmpFile{header: 40, w: 8, h: -6, bits: 24, pixels: nil}.bytes(),
		"PPM": []byte("P6 8 6 255\n"),
	} {
		w, h, err := Size(data)
		require.NoError(t, err, name)
		require.Equal(t, []int{8, 6}, []int{w, h}, name)
	}
	w, h, err := Size([]byte("%PDF-"))
	require.Equal(t, []int{0, 0}, []int{w, h})
	require.ErrorContains(t, err, "a PDF file; make a PNG file from it: ")
}
