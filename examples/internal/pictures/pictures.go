// Package pictures finds and opens the picture files that the examples read.
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
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/imageprep"
)

const (
	// maxBytes and maxPixels bound what one picture may cost. A photograph of
	// 50 megapixels, from the largest of telephones, passes.
	maxBytes  = 256 << 20
	maxPixels = 64_000_000
)

// A Picture is a file that may hold a picture. It is read when its turn comes.
type Picture struct {
	Name string // as shown
	open func() (io.ReadCloser, error)
}

// Find resolves arguments of a command line: names of files and of folders, and
// "-" for stdin. One that cannot be resolved becomes a picture that cannot be
// read.
func Find(arguments []string, stdin io.Reader) []Picture {
	var list []Picture
	for _, name := range arguments {
		info, err := os.Stat(name)
		switch {
		case name == "-":
			list = append(list, Picture{name, func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }})
		case err == nil && info.IsDir():
			list = append(list, Folder(Dir(name), name)...)
		default:
			list = append(list, Picture{name, func() (io.ReadCloser, error) { return os.Open(name) }})
		}
	}
	return list
}

// suffixes are those of files that belong to the pictures of a folder. Some are
// of formats that cannot be read: saying so is better than skipping them.
var suffixes = []string{
	".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif",
	".bmp", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif",
}

// IsPicture tells by its name whether a file is one of a folder's pictures.
func IsPicture(name string) bool {
	return !strings.HasPrefix(path.Base(name), ".") && slices.Contains(suffixes, strings.ToLower(path.Ext(name)))
}

// In returns the picture of the given name in a folder. It is shown with the
// folder's own name before it.
func In(folder fs.FS, prefix, name string) Picture {
	return Picture{filepath.Join(prefix, filepath.FromSlash(name)), func() (io.ReadCloser, error) { return Open(folder, name) }}
}

// Dir is os.DirFS without its rule that names are UTF-8, which those of files need
// not be.
type Dir string

func (d Dir) Open(name string) (fs.File, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.Open(filepath.Join(string(d), filepath.FromSlash(name)))
}

// Stat does without opening, which some files are not for.
func (d Dir) Stat(name string) (fs.FileInfo, error) {
	return os.Stat(filepath.Join(string(d), filepath.FromSlash(name)))
}

// Open opens a regular file. Another kind may be one that never ends, or a pipe
// that nobody writes to, whose opening alone waits forever.
func Open(folder fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	return folder.Open(name)
}

// Folder lists the pictures of a folder, by name, but not those of folders
// within.
func Folder(folder fs.FS, prefix string) []Picture {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return []Picture{Unreadable(prefix, err)}
	}
	var list []Picture
	for _, e := range entries {
		if !e.IsDir() && IsPicture(e.Name()) {
			list = append(list, In(folder, prefix, e.Name()))
		}
	}
	if list == nil {
		return []Picture{Unreadable(prefix, errors.New("no pictures in this folder (those within are not searched)"))}
	}
	return list
}

// Unreadable returns a picture that cannot be read, for the reason given.
func Unreadable(name string, err error) Picture {
	return Picture{name, func() (io.ReadCloser, error) { return nil, err }}
}

// Expected returns the digits that the picture's name promises: those before
// its first underscore, if there is nothing else, and otherwise none.
func (p Picture) Expected() string {
	label, _, ok := strings.Cut(filepath.Base(p.Name), "_")
	if !ok || strings.Trim(label, "0123456789") != "" {
		return ""
	}
	return label
}

// Decode reads the picture, and how it lies. Its claims are checked before they
// cost memory.
func (p Picture) Decode() (image.Image, imageprep.Orientation, error) {
	data, err := p.read()
	if err != nil {
		return nil, 0, err
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

func (p Picture) read() ([]byte, error) {
	r, err := p.open()
	if err != nil {
		return nil, plain(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, plain(err)
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("larger than %d MB", maxBytes>>20)
	}
	return data, nil
}

// damaged says what the errors of the decoders mean, unless they say that a
// file is fine but beyond them.
func damaged(err error) error {
	var fromPNG png.UnsupportedError
	var fromJPEG jpeg.UnsupportedError
	if errors.As(err, &fromPNG) || errors.As(err, &fromJPEG) {
		return err
	}
	return fmt.Errorf("damaged or cut short: %w", err)
}

// plain takes the file's name, which is printed anyway, out of an error.
func plain(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// Format says what a file is that is not a picture of a known format.
func Format(data []byte) string {
	has := func(at int, magic string) bool {
		return len(data) >= at+len(magic) && string(data[at:at+len(magic)]) == magic
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
