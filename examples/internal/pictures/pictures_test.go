package pictures

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func TestLabelOf(t *testing.T) {
	for name, want := range map[string]string{
		"8_3.png": "8", "folder/1_a/07_x.jpg": "07", "0123_.png": "0123",
		"8.png": "", "_8.png": "", "a8_3.png": "", "8a_3.png": "", "3_/photo.png": "", "-": "", "٣_1.png": "",
	} {
		require.Equal(t, want, labelOf(filepath.FromSlash(name)), name)
	}
}

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{"", "an empty file"},
		{"BM......", "a BMP file"},
		{"RIFF....WEBPVP8 ", "a WebP file"},
		{"II*\x00....", "a TIFF file"},
		{"\x00\x00\x00\x18ftypheic", "a HEIC, AVIF or video file"},
		{"hello", "not a picture"},
	} {
		require.Equal(t, tt.want, Format([]byte(tt.data)))
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	for _, name := range []string{"b.PNG", "a.jpeg", "notes.txt", ".hidden.png"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666))
	}
	list := Find([]string{dir, "-", "nowhere.png", t.TempDir()}, bytes.NewReader(b.Bytes()))
	require.Len(t, list, 5)
	for i, name := range []string{filepath.Join(dir, "a.jpeg"), filepath.Join(dir, "b.PNG"), "-"} {
		require.Equal(t, name, list[i].Name)
		img, orientation, err := list[i].Decode()
		require.NoError(t, err)
		require.Equal(t, image.Rect(0, 0, 3, 2), img.Bounds())
		require.Equal(t, imageprep.Upright, orientation)
	}
	_, _, err := list[3].Decode()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, _, err = list[4].Decode()
	require.ErrorContains(t, err, "no pictures in this folder")
}

// TestOrientation: what the camera noted comes with the picture.
func TestOrientation(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil))
	exif := "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	data := b.String()[:2] + exif + b.String()[2:]
	p := within(fstest.MapFS{"x.jpg": {Data: []byte(data)}}, "", "x.jpg")
	_, orientation, err := p.Decode()
	require.NoError(t, err)
	require.EqualValues(t, 6, orientation)
}

func TestHostile(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))))
	folder := fstest.MapFS{"cut.png": {Data: b.Bytes()[:40]}}
	_, _, err := within(folder, "", "cut.png").Decode()
	require.ErrorContains(t, err, "damaged or cut short: ")
	_, _, err = Decode(endless{})
	require.EqualError(t, err, "larger than 256 MB")
	broken := errors.New("broken pipe")
	_, _, err = unreadable("x", broken).Decode()
	require.ErrorIs(t, err, broken)
}

// TestIrregular: of a folder, what could keep a program forever is not opened.
func TestIrregular(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders hold no devices")
	}
	dir := t.TempDir()
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(dir, "0_a.png")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o777))
	require.NoError(t, os.Symlink("folder", filepath.Join(dir, "1_a.png")))
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "folder", "picture"), b.Bytes(), 0o666))
	require.NoError(t, os.Symlink("folder/picture", filepath.Join(dir, "2_a.png")))
	list := Find([]string{dir}, nil)
	require.Len(t, list, 3)
	for _, p := range list[:2] {
		_, _, err := p.Decode()
		require.EqualError(t, err, "not a regular file", p.Name)
	}
	_, _, err := list[2].Decode()
	require.NoError(t, err, "a link to a file is fine")
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
