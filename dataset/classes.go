package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// classesFile is the name of the file with the class names of your own set.
const classesFile = "classes.txt"

// mnistClasses is the number of classes of a folder without that file.
const mnistClasses = 10

// maxClassesFile limits the size of that file, in bytes.
const maxClassesFile = 1 << 16

// ReadClasses returns the class names for the files that [Find] finds in a
// folder, as the function [Load] reads them from classes.txt. Without that
// file, they are nil.
func ReadClasses(fsys fs.FS) (names []string, err error) {
	files, err := Find(fsys)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return readClasses(fsys, ".", path.Dir(files[0]))
}

// readClasses reads the class names in the first of these folders that has
// some. If there are none, it returns nil.
func readClasses(fsys fs.FS, folders ...string) (names []string, err error) {
	for _, folder := range folders {
		name := path.Join(folder, classesFile)
		file, err := openFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		text, err := io.ReadAll(io.LimitReader(file, maxClassesFile+1))
		if err != nil {
			return nil, fmt.Errorf("dataset: %s: %w", name, err)
		}
		return parseClasses(name, text)
	}
	return nil, nil
}

// parseClasses returns the class names in a file's text, one a line. It ignores
// a byte order mark, spaces around a name, and empty lines at the end.
func parseClasses(file string, text []byte) (names []string, err error) {
	if len(text) > maxClassesFile {
		return nil, formatError(file, "size", "more", fmt.Sprintf("at most %d bytes", maxClassesFile))
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	text = bytes.TrimRightFunc(text, unicode.IsSpace)
	lines := map[string]int{} // of the names so far
	for i, line := range strings.Split(string(text), "\n") {
		name, want := strings.TrimSpace(line), ""
		switch {
		case !utf8.ValidString(name):
			want = "UTF-8 text"
		case name == "":
			want = "the name of class " + strconv.Itoa(i)
		case strings.ContainsFunc(name, unicode.IsControl):
			want = "a name without control characters, and a line feed after it"
		case lines[name] != 0:
			want = fmt.Sprintf("another name than that in line %d", lines[name])
		}
		if want != "" {
			return nil, formatError(file, fmt.Sprintf("line %d", i+1), fmt.Sprintf("%.40q", name), want)
		}
		names, lines[name] = append(names, name), i+1
	}
	return names, nil
}
