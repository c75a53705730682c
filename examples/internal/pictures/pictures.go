// Package pictures finds picture files, tells which digits they show, and
// decodes them.
package pictures

import (
	"errors"
	"image"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Picture is a file that may hold a picture. Only Decode opens the file.
type Picture struct {
	Name  string // as the user sees it
	Path  string // within the folder that was searched, with slashes
	Label string // the digits that it shows; empty if nobody tells
	Kind  string // as the manifest says, or the format by the file's name

	// Unread means that this is a folder that cannot be read. Nobody knows how
	// many pictures are missing.
	Unread bool

	open func() (io.ReadCloser, error)
}

// Folder returns the folder of the picture, "." for the one that was searched.
func (p Picture) Folder() string { return path.Dir(p.Path) }

// Decode reads the picture and its orientation, see the function Decode. Errors
// do not repeat the file name.
func (p Picture) Decode() (image.Image, imageprep.Orientation, error) {
	r, err := p.open()
	if err != nil {
		return nil, 0, cli.Cause(err)
	}
	defer r.Close()
	return Decode(r)
}

// Find lists the pictures that the arguments of a command line name: files,
// folders, and "-" for stdin. An argument that is no good becomes a picture that
// cannot be read.
func Find(arguments []string, stdin io.Reader) []Picture {
	var list []Picture
	for _, name := range arguments {
		info, err := os.Stat(name)
		p := Picture{Name: name, Path: name, Label: labelOf(name)}
		switch {
		case name == "-":
			p.open = func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }
		case err == nil && info.IsDir():
			list = append(list, Folder(dir(name), name)...)
			continue
		default:
			p.open = func() (io.ReadCloser, error) { return os.Open(name) }
		}
		list = append(list, p)
	}
	return list
}

// Folder lists the pictures of a folder by name, without its sub-folders. The
// user knows the folder by the name prefix. If there are no pictures, the list
// holds one that cannot be read and says so.
func Folder(folder fs.FS, prefix string) []Picture {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return []Picture{unreadable(prefix, err)}
	}
	var list []Picture
	for _, e := range entries {
		if !e.IsDir() && isPicture(e.Name()) {
			list = append(list, within(folder, prefix, e.Name()))
		}
	}
	if list == nil {
		return []Picture{unreadable(prefix, errors.New("no pictures in this folder (sub-folders are not searched)"))}
	}
	return list
}

// suffixes are the endings of picture files. Some formats cannot be read, but
// an error is better than a missing picture.
var suffixes = []string{
	".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif",
	".bmp", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif",
}

// isPicture tells by its name whether a file is a picture.
func isPicture(name string) bool {
	return !strings.HasPrefix(path.Base(name), ".") && slices.Contains(suffixes, strings.ToLower(path.Ext(name)))
}

// labelOf returns the digits before the first underscore of a file's name, as in
// 8_3.png, or "" if there is anything else.
func labelOf(name string) string {
	label, _, ok := strings.Cut(filepath.Base(name), "_")
	if !ok || !isLabel(label) {
		return ""
	}
	return label
}

func isLabel(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// within returns the picture at a path in a folder.
func within(folder fs.FS, prefix, file string) Picture {
	return Picture{
		Name: filepath.Join(prefix, filepath.FromSlash(file)), Path: file, Label: labelOf(file),
		Kind: strings.ToLower(strings.TrimPrefix(path.Ext(file), ".")),
		open: func() (io.ReadCloser, error) { return open(folder, file) },
	}
}

// unreadable returns a picture that cannot be read for this reason.
func unreadable(name string, err error) Picture {
	return Picture{Name: name, open: func() (io.ReadCloser, error) { return nil, err }}
}

// open opens a regular file. Others may never end, or wait forever for a writer
// when they are opened.
func open(folder fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	return folder.Open(name)
}

// dir is os.DirFS for all file names: os.DirFS refuses names that are not UTF-8.
type dir string

func (d dir) Open(name string) (fs.File, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.Open(filepath.Join(string(d), filepath.FromSlash(name)))
}

// Stat does not open the file: opening may wait forever.
func (d dir) Stat(name string) (fs.FileInfo, error) {
	return os.Stat(filepath.Join(string(d), filepath.FromSlash(name)))
}
