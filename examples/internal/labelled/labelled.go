// Package labelled finds the pictures of a folder and what they show.
package labelled

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

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
)

// manifest is the name of the table that tells what a folder's pictures show.
const manifest = "manifest.csv"

// A Picture is one of a folder.
type Picture struct {
	pictures.Picture
	Path  string // within the folder, with slashes
	Label string // its digits; empty if nothing tells them
	Kind  string // as the manifest has it, or the ending of the file's name

	// Unread says that this is a folder within that cannot be read: that its
	// pictures are missing must not go unsaid.
	Unread bool
}

// Folder returns the folder of a picture, "." for the one that was searched.
func (p *Picture) Folder() string { return path.Dir(p.Path) }

// Find lists the pictures of a folder. If it holds a file manifest.csv, that
// tells which and in which order: by its columns path, label and, if there is
// one, kind. Otherwise they are all that are in the folder and those within it,
// in the order of their paths, with the labels that their names promise, as
// 8_3.png does; a folder within that cannot be read is in the list, too. It is an
// error if no picture has a label.
func Find(name string) ([]Picture, error) {
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", name)
	}
	folder := pictures.Dir(name)
	var list []Picture
	f, err := pictures.Open(folder, manifest)
	switch {
	case err == nil:
		defer f.Close()
		if list, err = fromManifest(folder, name, f); err == nil && len(list) == 0 {
			return nil, fmt.Errorf("%s in %s lists no picture", manifest, name)
		}
	case errors.Is(err, fs.ErrNotExist):
		list, err = fromNames(folder, name)
	}
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(p Picture) bool { return p.Label != "" }) {
		return nil, fmt.Errorf("no labelled pictures in %s: there is no %s, and no picture's name begins with its digits and an underscore, as in 8_3.png", name, manifest)
	}
	return list, nil
}

// fromManifest reads the table.
func fromManifest(folder fs.FS, name string, r io.Reader) ([]Picture, error) {
	text := bufio.NewReader(r)
	const mark = "\ufeff" // which spreadsheets like to write at the beginning
	if start, _ := text.Peek(len(mark)); string(start) == mark {
		_, _ = text.Discard(len(mark)) // of what is buffered
	}
	table := csv.NewReader(text)
	head, err := table.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("%s is empty; want the names of columns, path and label among them", manifest)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
	}
	pathColumn, labelColumn, kindColumn := column("path"), column("label"), column("kind")
	if pathColumn < 0 || labelColumn < 0 {
		return nil, fmt.Errorf("%s: its first line is %q; want the names of columns, path and label among them", manifest, strings.Join(head, ","))
	}
	var list []Picture
	for {
		record, err := table.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", manifest, err)
		}
		p := Picture{Path: path.Clean(strings.ReplaceAll(record[pathColumn], `\`, "/")), Label: record[labelColumn]}
		line, _ := table.FieldPos(0)
		if !isLabel(p.Label) {
			return nil, fmt.Errorf("%s, line %d: label %q; want digits", manifest, line, p.Label)
		}
		if record[pathColumn] == "" {
			return nil, fmt.Errorf("%s, line %d: no path", manifest, line)
		}
		if !fs.ValidPath(p.Path) {
			return nil, fmt.Errorf("%s, line %d: path %q leads out of the folder", manifest, line, p.Path)
		}
		if kindColumn >= 0 {
			p.Kind = record[kindColumn]
		}
		p.Picture = pictures.In(folder, name, p.Path)
		list = append(list, p)
	}
}

// fromNames takes the labels from the names of the pictures.
func fromNames(folder fs.FS, name string) (list []Picture, err error) {
	err = fs.WalkDir(folder, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil && file != "." {
			p := Picture{Picture: pictures.Unreadable(filepath.Join(name, filepath.FromSlash(file)), err), Path: file, Unread: true}
			list = append(list, p)
			return nil
		}
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir // hidden
		}
		if d.IsDir() || !pictures.IsPicture(file) {
			return nil
		}
		p := Picture{Picture: pictures.In(folder, name, file), Path: file, Kind: strings.ToLower(strings.TrimPrefix(path.Ext(file), "."))}
		p.Label = p.Expected()
		list = append(list, p)
		return nil
	})
	return list, err
}

func isLabel(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
