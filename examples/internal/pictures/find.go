package pictures

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Find lists the pictures that the arguments of a command line name: files,
// folders, and "-" for stdin. Decode returns the errors.
func Find(arguments []string, stdin io.Reader) []Picture {
	var list []Picture
	var used bool // stdin
	for _, name := range arguments {
		p := Picture{Name: name, Label: labelOf(name)}
		p.open = func() (io.ReadCloser, error) { return os.Open(name) }
		if name == "-" && used {
			p = unreadable(name, errors.New("the standard input can be read only once"))
		} else if name == "-" {
			p.open, used = func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }, true
		} else if info, err := os.Stat(name); err == nil && info.IsDir() {
			list = append(list, Folder(dir(name), name)...)
			continue
		}
		list = append(list, p)
	}
	return list
}

// Folder lists the pictures of a folder by name, without its sub-folders. Their
// names begin with prefix. If there is no picture, the list holds one that
// cannot be decoded.
func Folder(folder fs.FS, prefix string) []Picture {
	list, err := walk(folder, prefix, false)
	if err == nil && list == nil {
		err = errors.New("no pictures in this folder (sub-folders are not searched)")
	}
	if err != nil {
		return []Picture{unreadable(prefix, err)}
	}
	return list
}

// manifest is the name of the table that lists the pictures of a folder.
const manifest = "manifest.csv"

// FindLabeled lists the pictures of a folder with labels. A file manifest.csv
// in the folder tells which pictures there are, and in which order: by its
// columns path, label and, optionally, kind. An empty label there means that
// the picture shows no digit.
//
// Without this file, the list holds all pictures in the folder and its
// sub-folders, by path. Their labels are the digits at the beginning of their
// names, as in 8_3.png. A picture without them has no label. Sub-folders that
// cannot be read are in the list, too. It is an error if no picture has a
// label.
func FindLabeled(name string) ([]Picture, error) {
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", name)
	}
	var list []Picture
	f, err := open(dir(name), manifest)
	if errors.Is(err, fs.ErrNotExist) {
		list, err = walk(dir(name), name, true)
	} else if err == nil {
		defer f.Close()
		if list, err = fromManifest(dir(name), name, f); err != nil {
			err = fmt.Errorf("%s: %w", manifest, err)
		}
	}
	if err == nil && !slices.ContainsFunc(list, func(p Picture) bool { return p.Want() != "" }) {
		err = fmt.Errorf("no labeled pictures in %s: it holds no %s, and no picture's name begins with digits and an underscore, as in 8_3.png", name, manifest)
	}
	return list, err
}

// fromManifest reads the table.
func fromManifest(folder fs.FS, prefix string, r io.Reader) ([]Picture, error) {
	text := bufio.NewReader(r)
	const mark = "\ufeff" // a byte order mark of a spreadsheet
	if start, _ := text.Peek(len(mark)); string(start) == mark {
		_, _ = text.Discard(len(mark)) // it is in the buffer
	}
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 {
		return nil, errors.New("it lists no picture; want a row with the names of columns, and a row for each picture")
	}
	column := func(name string) int {
		return slices.IndexFunc(rows[0], func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
	}
	pathColumn, labelColumn, kindColumn := column("path"), column("label"), column("kind")
	if pathColumn < 0 || labelColumn < 0 {
		return nil, fmt.Errorf("the first row is %q; want the names of columns, path and label among them", strings.Join(rows[0], ","))
	}
	var list []Picture
	for i, row := range rows[1:] {
		file, label := path.Clean(strings.ReplaceAll(row[pathColumn], `\`, "/")), row[labelColumn]
		switch {
		case label != "" && !isLabel(label):
			return nil, fmt.Errorf("row %d: label %q; want digits, or nothing if the picture shows no digit", i+2, label)
		case row[pathColumn] == "":
			return nil, fmt.Errorf("row %d: no path", i+2)
		case !fs.ValidPath(file) || !filepath.IsLocal(file):
			return nil, fmt.Errorf("row %d: path %q leads out of the folder", i+2, file)
		}
		p := within(folder, prefix, file)
		p.Label, p.NoDigit, p.Kind = label, label == "", ""
		if kindColumn >= 0 {
			p.Kind = row[kindColumn]
		}
		list = append(list, p)
	}
	return list, nil
}

// walk lists the pictures of a folder and, if deep is set, of its sub-folders.
func walk(folder fs.FS, prefix string, deep bool) (list []Picture, err error) {
	err = fs.WalkDir(folder, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && file == ".":
			return err
		case err != nil:
			p := unreadable(filepath.Join(prefix, filepath.FromSlash(file)), err)
			p.Path, p.Unread = file, true
			list = append(list, p)
		case d.IsDir() && file != "." && (!deep || strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case !d.IsDir() && isPicture(file):
			list = append(list, within(folder, prefix, file))
		}
		return nil
	})
	return list, err
}

// suffixes are the endings of picture files. Some formats cannot be read, but
// an error is better than a missing picture.
var suffixes = strings.Fields(".png .jpg .jpeg .jpe .jfif .gif .bmp .dib .pbm .pgm .ppm .pnm " +
	".webp .tif .tiff .heic .heif .avif .jxl .pam")

// isPicture tells by its name whether a file is a picture.
func isPicture(name string) bool {
	return !strings.HasPrefix(path.Base(name), ".") && slices.Contains(suffixes, strings.ToLower(path.Ext(name)))
}

// labelOf returns the digits before the first underscore of a file's name, as
// in 8_3.png, or "" if something else stands there.
func labelOf(name string) string {
	if label, _, ok := strings.Cut(filepath.Base(name), "_"); ok && isLabel(label) {
		return label
	}
	return ""
}

func isLabel(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// within returns a picture in a folder.
func within(folder fs.FS, prefix, file string) Picture {
	return Picture{
		Name: filepath.Join(prefix, filepath.FromSlash(file)), Path: file, Label: labelOf(file),
		Kind: strings.ToLower(strings.TrimPrefix(path.Ext(file), ".")),
		open: func() (io.ReadCloser, error) { return open(folder, file) },
	}
}

// unreadable returns a picture whose Decode returns err.
func unreadable(name string, err error) Picture {
	return Picture{Name: name, open: func() (io.ReadCloser, error) { return nil, err }}
}

// open opens a regular file. Other files may never end, or may block until
// somebody writes to them.
func open(folder fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(folder, name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	if err != nil {
		return nil, err
	}
	return folder.Open(name)
}

// dir is os.DirFS for file names that need not be UTF-8. Callers pass only
// valid paths.
type dir string

func (d dir) name(file string) string { return filepath.Join(string(d), filepath.FromSlash(file)) }

func (d dir) Open(file string) (fs.File, error) { return os.Open(d.name(file)) }

// Stat does not open the file.
func (d dir) Stat(file string) (fs.FileInfo, error) { return os.Stat(d.name(file)) }
