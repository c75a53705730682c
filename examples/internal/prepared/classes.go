package prepared

import (
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// ClassesFile has the names of the classes of IDX files, one a line, in the
// same folder. Package dataset reads it. Without it, the classes are numbers.
const ClassesFile = "classes.txt"

// ReadClasses reads the names of the classes in a folder.
func ReadClasses(folder string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(folder, ClassesFile))
	if err != nil {
		return nil, err
	}
	lines := strings.TrimRightFunc(strings.TrimPrefix(string(text), "\ufeff"), unicode.IsSpace)
	names := strings.Split(lines, "\n")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names, nil
}
