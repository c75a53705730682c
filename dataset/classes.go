package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// readClasses reads the class names of a folder. Without the file, the names
// are nil.
func readClasses(fsys fs.FS) (names []string, err error) {
	file, err := fsys.Open(classesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxClassesFile+1))
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", classesFile, err)
	}
	return parseClasses(text)
}

// parseClasses returns the class names in a text, one a line. It ignores a byte
// order mark, spaces around a name, and empty lines at the end.
func parseClasses(text []byte) (names []string, err error) {
	if len(text) > maxClassesFile {
		return nil, formatError(classesFile, "size", "more", fmt.Sprintf("at most %d bytes", maxClassesFile))
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
		case lines[name] != 0:
			want = fmt.Sprintf("another name than that in line %d", lines[name])
		}
		if want != "" {
			return nil, formatError(classesFile, fmt.Sprintf("line %d", i+1), fmt.Sprintf("%.40q", name), want)
		}
		names, lines[name] = append(names, name), i+1
	}
	return names, nil
}
