package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
)

// manifest is the name of the table that tells what a folder's pictures show.
const manifest = "manifest.csv"

// A labelled picture is one whose digits are known.
type labelled struct {
	pictures.Picture
	path  string // within the folder, with slashes
	label string
	kind  string
}

// folder returns the folder of a picture, "." for the one that was asked for.
func (p *labelled) folder() string { return path.Dir(p.path) }

// find lists the labelled pictures of a folder.
func find(name string) ([]labelled, error) {
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", name)
	}
	folder := os.DirFS(name)
	var list []labelled
	f, err := folder.Open(manifest)
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
	if len(list) == 0 {
		return nil, fmt.Errorf("no labelled pictures in %s: there is no %s, and no picture's name begins with its digits and an underscore, as in 8_3.png", name, manifest)
	}
	return list, nil
}

// fromManifest reads the table.
func fromManifest(folder fs.FS, name string, r io.Reader) ([]labelled, error) {
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
	var list []labelled
	for {
		record, err := table.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", manifest, err)
		}
		p := labelled{path: path.Clean(strings.ReplaceAll(record[pathColumn], `\`, "/")), label: record[labelColumn]}
		line, _ := table.FieldPos(0)
		if !isLabel(p.label) {
			return nil, fmt.Errorf("%s, line %d: label %q; want digits", manifest, line, p.label)
		}
		if record[pathColumn] == "" {
			return nil, fmt.Errorf("%s, line %d: no path", manifest, line)
		}
		if !fs.ValidPath(p.path) {
			return nil, fmt.Errorf("%s, line %d: path %q leads out of the folder", manifest, line, p.path)
		}
		if kindColumn >= 0 {
			p.kind = record[kindColumn]
		}
		p.Picture = pictures.In(folder, name, p.path)
		list = append(list, p)
	}
}

// fromNames takes the labels from the names of the pictures.
func fromNames(folder fs.FS, name string) (list []labelled, err error) {
	err = fs.WalkDir(folder, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir // hidden
		}
		if d.IsDir() || !pictures.IsPicture(file) {
			return nil
		}
		p := labelled{Picture: pictures.In(folder, name, file), path: file, kind: strings.ToLower(strings.TrimPrefix(path.Ext(file), "."))}
		if p.label = p.Expected(); p.label != "" {
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

func isLabel(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
