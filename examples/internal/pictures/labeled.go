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
	if errors.Is(err, fs.ErrNotExist) {
		list, err = walk(dir(name), name, true)
	} else if err == nil {
		defer f.Close()
		if list, err = fromManifest(dir(name), name, f); err != nil {
			err = fmt.Errorf("%s: %w", manifest, err)
		}
	}
	if err == nil && !slices.ContainsFunc(list, func(p Picture) bool { return p.Label != "" }) {
		err = fmt.Errorf("no labeled pictures in %s: it holds no %s, and no picture's name begins with digits and an underscore, as in 8_3.png", name, manifest)
	}
	return list, err
}

// fromManifest reads the table.
func fromManifest(folder fs.FS, prefix string, r io.Reader) ([]Picture, error) {
	text := bufio.NewReader(r)
	const mark = "\ufeff" // spreadsheets like to begin with a byte order mark
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
		case !isLabel(label):
			return nil, fmt.Errorf("row %d: label %q; want digits", i+2, label)
		case row[pathColumn] == "":
			return nil, fmt.Errorf("row %d: no path", i+2)
		case !fs.ValidPath(file) || !filepath.IsLocal(file):
			return nil, fmt.Errorf("row %d: path %q leads out of the folder", i+2, file)
		}
		p := within(folder, prefix, file)
		p.Label, p.Kind = label, ""
		if kindColumn >= 0 {
			p.Kind = row[kindColumn]
		}
		list = append(list, p)
	}
	return list, nil
}
