package main

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
)

const (
	// maxBytes and maxPixels bound what one picture may cost. A photograph of
	// 50 megapixels, from the largest of telephones, passes.
	maxBytes  = 256 << 20
	maxPixels = 64_000_000
)

// A picture is a file that may hold a picture. It is read when its turn comes.
type picture struct {
	name string // as shown
	open func() (io.ReadCloser, error)
}

// findPictures resolves the arguments of the command line. One that cannot be
// resolved becomes a picture that cannot be read.
func findPictures(arguments []string, stdin io.Reader) []picture {
	var list []picture
	for _, name := range arguments {
		info, err := os.Stat(name)
		switch {
		case name == "-":
			list = append(list, picture{name, func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }})
		case err == nil && info.IsDir():
			list = append(list, folderPictures(os.DirFS(name), name)...)
		default:
			list = append(list, picture{name, func() (io.ReadCloser, error) { return os.Open(name) }})
		}
	}
	return list
}

// pictureSuffixes are those of files that belong to the pictures of a folder.
// Some are of formats that cannot be read: saying so is better than skipping
// them.
var pictureSuffixes = []string{
	".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif",
	".bmp", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif",
}

// folderPictures lists the pictures of a folder, by name.
func folderPictures(folder fs.FS, prefix string) []picture {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return []picture{unreadable(prefix, err)}
	}
	var list []picture
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || strings.HasPrefix(name, ".") || !slices.Contains(pictureSuffixes, strings.ToLower(path.Ext(name))) {
			continue
		}
		list = append(list, picture{filepath.Join(prefix, name), func() (io.ReadCloser, error) { return folder.Open(name) }})
	}
	if list == nil {
		return []picture{unreadable(prefix, errors.New("no pictures in this folder (those within are not searched)"))}
	}
	return list
}

func unreadable(name string, err error) picture {
	return picture{name, func() (io.ReadCloser, error) { return nil, err }}
}

// expected returns the digit that the picture's name promises.
func (p picture) expected() (digit int, ok bool) {
	base := filepath.Base(p.name)
	if len(base) < 2 || base[0] < '0' || base[0] > '9' || base[1] != '_' {
		return 0, false
	}
	return int(base[0] - '0'), true
}

// decode reads the picture. Its claims are checked before they cost memory.
func (p picture) decode() (image.Image, error) {
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
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if errors.Is(err, image.ErrFormat) {
		return nil, fmt.Errorf("%s; want PNG, JPEG or GIF", format(data))
	}
	if err != nil {
		return nil, damaged(err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("%d x %d pixels; want at most %d million", config.Width, config.Height, maxPixels/1_000_000)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, damaged(err)
	}
	return img, nil
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

// format says what a file is that is not a picture of a known format.
func format(data []byte) string {
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
