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

// manifest is the name of the table that lists the pictures of a folder.
const manifest = "manifest.csv"

// FindLabeled lists the pictures of a folder with labels. A file manifest.csv in
// the folder tells which pictures there are, and in which order: by its columns
// path, label and, optionally, kind. Without it the list holds all pictures in
// the folder and its sub-folders, by path. Their labels are the digits at the
// beginning of their names, as in 8_3.png. Sub-folders that cannot be read are
// in the list, too. It is an error if no picture has a label.
func FindLabeled(name string) ([]Picture, error) {
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", name)
	}
	var list []Picture
	f, err := open(dir(name), manifest)
	switch {
	case err == nil:
		defer f.Close()
		if list, err = fromManifest(dir(name), name, f); err != nil {
			return nil, fmt.Errorf("%s%w", manifest, err)
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("%s in %s lists no picture", manifest, name)
		}
	case errors.Is(err, fs.ErrNotExist):
		list, err = fromNames(dir(name), name)
	}
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(p Picture) bool { return p.Label != "" }) {
		return nil, fmt.Errorf("no labeled pictures in %s: it holds no %s, and no picture's name begins with digits and an underscore, as in 8_3.png", name, manifest)
	}
	return list, nil
}

// fromManifest reads the table. Its errors follow the name of the file.
func fromManifest(folder fs.FS, prefix string, r io.Reader) ([]Picture, error) {
	text := bufio.NewReader(r)
	const mark = "\ufeff" // spreadsheets like to begin with a byte order mark
	if start, _ := text.Peek(len(mark)); string(start) == mark {
		_, _ = text.Discard(len(mark)) // it is in the buffer
	}
	table := csv.NewReader(text)
	head, err := table.Read()
	if err == io.EOF {
		return nil, errors.New(" is empty; want the names of columns, path and label among them")
	}
	if err != nil {
		return nil, fmt.Errorf(": %w", err)
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
	}
	pathColumn, labelColumn, kindColumn := column("path"), column("label"), column("kind")
	if pathColumn < 0 || labelColumn < 0 {
		return nil, fmt.Errorf(": the first line is %q; want the names of columns, path and label among them", strings.Join(head, ","))
	}
	var list []Picture
	for {
		record, err := table.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf(": %w", err)
		}
		line, _ := table.FieldPos(0)
		file, label := path.Clean(strings.ReplaceAll(record[pathColumn], `\`, "/")), record[labelColumn]
		switch {
		case !isLabel(label):
			return nil, fmt.Errorf(", line %d: label %q; want digits", line, label)
		case record[pathColumn] == "":
			return nil, fmt.Errorf(", line %d: no path", line)
		case !fs.ValidPath(file):
			return nil, fmt.Errorf(", line %d: path %q leads out of the folder", line, file)
		}
		p := within(folder, prefix, file)
		p.Label, p.Kind = label, ""
		if kindColumn >= 0 {
			p.Kind = record[kindColumn]
		}
		list = append(list, p)
	}
}

// fromNames walks through the folder.
func fromNames(folder fs.FS, prefix string) (list []Picture, err error) {
	err = fs.WalkDir(folder, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && file == ".":
			return err
		case err != nil:
			p := unreadable(filepath.Join(prefix, filepath.FromSlash(file)), err)
			p.Path, p.Unread = file, true
			list = append(list, p)
		case d.IsDir() && file != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir // hidden
		case !d.IsDir() && isPicture(file):
			list = append(list, within(folder, prefix, file))
		}
		return nil
	})
	return list, err
}
