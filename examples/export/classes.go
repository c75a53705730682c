package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// classesFile has the names of the classes of IDX files, one a line. Package
// dataset reads it. Without it, the classes are numbers.
const classesFile = "classes.txt"

// maxClasses is the number of classes that IDX labels can tell apart.
const maxClasses = 256

// classes are the names of the classes of a pair of IDX files.
type classes struct {
	names []string
	want  string // says what labels are wanted
	file  string // to write them to, or empty
}

// findClasses returns the classes for pictures that are packed into a folder.
// The classes of a file that is there already stay. Digits need no file, and
// neither do the numbers of raw pictures, which come from IDX files.
func (o *options) findClasses(folder string, found *pictures.Labeled) (*classes, error) {
	file := filepath.Join(folder, classesFile)
	old, err := dataset.ReadClasses(os.DirFS(folder))
	if err != nil {
		return nil, err
	}
	if len(old) > maxClasses {
		return nil, fmt.Errorf("%s has %d classes; IDX files have at most %d: pack to another folder", file, len(old), maxClasses)
	}
	if old != nil {
		want := "want one of the classes in " + file + "; add it there as the last line, or pack to another folder"
		return &classes{names: old, want: want}, nil
	}
	names := prepared.Classes(found)
	isNumber := func(p pictures.Picture) bool { return strings.Trim(p.Label, "0123456789") == "" }
	areNumbers := !slices.ContainsFunc(found.Pictures, func(p pictures.Picture) bool { return !isNumber(p) })
	switch {
	case o.raw && areNumbers:
		return &classes{names: prepared.Numbers(maxClasses), want: "want a number from 0 to 255"}, nil
	case reader.AreDigits(names):
		return &classes{names: prepared.Digits}, nil
	case len(names) > maxClasses:
		return nil, fmt.Errorf("%s has pictures of %d classes, from %s to %s; IDX files have at most %d", o.pack,
			len(names), names[0], names[len(names)-1], maxClasses)
	}
	if others, _ := fs.Glob(os.DirFS(folder), "*-labels-idx1-ubyte*"); others != nil {
		return nil, fmt.Errorf("%s has no file %s, so its labels are numbers, not classes such as %s: pack to another folder",
			filepath.Join(folder, others[0]), classesFile, names[len(names)-1])
	}
	return &classes{names: names, file: file}, nil
}

// write writes the file.
func (c *classes) write() error {
	return cli.WriteFile(c.file, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(c.names, "\n")+"\n")
		return err
	})
}

// choose sets o.classes to the classes of the flag -class: names of the set's
// classes, or their numbers if no name is a number.
func (o *options) choose(set *dataset.Set) error {
	names := prepared.Names(set)
	isNumber := func(name string) bool { _, err := strconv.Atoi(name); return err == nil }
	byNumber := !slices.ContainsFunc(names, isNumber)
	for _, name := range o.classNames {
		class := slices.Index(names, name)
		if n, err := strconv.Atoi(name); byNumber && err == nil && n >= 0 && n < len(names) {
			class = n
		}
		if class < 0 {
			const most = 30
			list := strings.Join(names[:min(len(names), most)], ", ")
			if len(names) > most {
				list += ", ..."
			}
			return fmt.Errorf("-class %s: want classes of the data: %s", name, list)
		}
		o.classes = append(o.classes, class)
	}
	return nil
}

// fileNames returns a label for each class, with which names of files begin.
// Labels are the names of the classes. Hyphens replace characters that file
// systems or labels cannot have. If two labels are equal or one will not do,
// such as the camera's prefix "photo", all are numbers.
func fileNames(set *dataset.Set) []string {
	names := prepared.Names(set)
	for i, name := range names {
		names[i] = strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) || strings.ContainsRune(`_/\:*?"<>|`, r) {
				return '-'
			}
			return r
		}, name)
		if strings.Trim(names[i], ". -") == "" || names[i][0] == '.' || names[i][0] == ' ' || len(names[i]) > 100 ||
			!pictures.HasLabel(names[i]+"_0.png") || !pictures.HasLabel(names[i]+"_1234.png") {
			return prepared.Numbers(len(names))
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) < len(names) {
		return prepared.Numbers(len(names))
	}
	return names
}
