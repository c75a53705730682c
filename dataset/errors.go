package dataset

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/idx"
)

// A FormatError says which file is wrong, and how.
type FormatError struct {
	File  string // its name; Read says "images" or "labels"
	Field string // such as "number of labels"
	Got   string // what the file has
	Want  string // what it should have
	Err   error  // a [*idx.FormatError] or nil
}

func (e *FormatError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("dataset: %s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("dataset: %s: %s: got %s, want %s", e.File, e.Field, e.Got, e.Want)
}

func (e *FormatError) Unwrap() error { return e.Err }

// formatError returns a FormatError. It formats got with fmt.Sprint.
func formatError(file, field string, got any, want string) error {
	return &FormatError{File: file, Field: field, Got: fmt.Sprint(got), Want: want}
}

// otherKind returns the error for a file of another kind than wanted, if
// package idx knows that kind by its start. Otherwise it returns nil.
func otherKind(name string, start []byte, want string) error {
	_, err := idx.ReadHeader(bytes.NewReader(start))
	var format *idx.FormatError
	if !errors.As(err, &format) || format.Field != "kind of file" {
		return nil
	}
	_, help, _ := strings.Cut(format.Want, ": ")
	return formatError(name, format.Field, format.Got, want+": "+help)
}

// inFile adds the name of the file to an error of package idx.
func inFile(name string, err error) error {
	var format *idx.FormatError
	if errors.As(err, &format) {
		return &FormatError{File: name, Field: format.Field, Got: format.Got, Want: format.Want, Err: err}
	}
	return fmt.Errorf("dataset: %s: %w", name, err)
}

// A MissingError says, in several lines, which files a folder lacks, what it
// has, and how to get the files. To errors.Is it is [fs.ErrNotExist].
type MissingError struct {
	Files []string // their uncompressed names

	// Dir is the folder in the commands that get the files of a known data set.
	// A program that knows the folder's path may set it. Empty means the
	// source's name.
	Dir string

	source *Source // nil for a set that the function Load reads
	where  string  // such as "the archive mnist.zip"; empty means the folder
	has    string  // what is there, such as `it has "a", "b"`
	own    bool    // the folder has a file classes.txt
}

// newMissingError returns the error for files that a folder lacks.
func newMissingError(fsys fs.FS, files []string, s *Source) error {
	_, err := fs.Stat(fsys, classesFile)
	e := &MissingError{Files: files, has: contents(fsys), own: err == nil}
	if len(s.Classes) > 0 {
		e.source = s
	}
	return e
}

// contents describes the first files in a folder.
func contents(fsys fs.FS) string {
	const show = 5
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return "it cannot be read: " + err.Error()
	}
	var names []string
	for _, e := range entries[:min(len(entries), show)] {
		text := fmt.Sprintf("%.60q", e.Name())
		if info, err := fs.Stat(fsys, e.Name()); err != nil {
			text += " (cannot be opened)"
		} else if !info.Mode().IsRegular() {
			text += " (" + kindOf(info) + ")"
		}
		names = append(names, text)
	}
	if more := len(entries) - show; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if len(names) == 0 {
		return "it has nothing"
	}
	return "it has " + strings.Join(names, ", ")
}

// kindOf says what is no regular file.
func kindOf(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}

func (e *MissingError) Error() string {
	text := "dataset: " + cmp.Or(e.where, "the folder") + " does not have " + strings.Join(e.Files, ", ")
	if e.has != "" {
		text += "; " + e.has
	}
	switch {
	case e.own:
		return text + ". It is your own set, because it has " + classesFile +
			". A set has images to train on and others to test: write these files, too"
	case e.source == nil:
		return text + mnistHelp
	}
	text += "\n\n" + byHand(e.source.published(e.Files), cmp.Or(e.Dir, e.source.Name))
	if e.source.Archive.Name != "" {
		text += "\n\nThen take the files out of the archive. Fetch and Download do that for you."
	}
	return text
}

func (e *MissingError) Unwrap() error { return fs.ErrNotExist }

const mnistHelp = `

MNIST is four files, 11 MB compressed, all in one folder:

	train-images-idx3-ubyte.gz  train-labels-idx1-ubyte.gz
	t10k-images-idx3-ubyte.gz   t10k-labels-idx1-ubyte.gz

They may stay compressed, or in one zip archive. Two files mnist_train.csv and
mnist_test.csv will also do. To get the four files into the folder mnist, type:

	for f in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
		curl -fL --create-dirs -o mnist/$f-ubyte.gz https://storage.googleapis.com/cvdf-datasets/mnist/$f-ubyte.gz
	done

Then name that folder. The same files are at https://ossci-datasets.s3.amazonaws.com/mnist/`

// A FetchError says, in several lines, which file is missing, which mirrors did
// not send it, and how to get it by hand. errors.Is and errors.As see the
// errors of all Tries. With Offline, there are no Tries, and errors.Is reports
// [fs.ErrNotExist].
type FetchError struct {
	Source *Source
	Dir    string
	File   string
	Tries  []Try // in order

	missing []File // to get by hand
}

// A Try is a failed attempt to fetch a file.
type Try struct {
	URL string
	Err error
}

func (e *FetchError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "dataset: %s is missing or damaged in %s", e.File, e.Dir)
	if len(e.Tries) > 0 {
		b.WriteString(", and no mirror sent it:\n")
	}
	b.WriteString("\n")
	for _, t := range e.Tries {
		fmt.Fprintf(&b, "\t%s: %v\n", t.URL, t.Err)
	}
	fmt.Fprintf(&b, "\n%s", byHand(e.missing, e.Dir))
	return b.String()
}

func (e *FetchError) Unwrap() []error {
	if len(e.Tries) == 0 {
		return []error{fs.ErrNotExist}
	}
	var errs []error
	for _, t := range e.Tries {
		errs = append(errs, t.Err)
	}
	return errs
}

// published returns the files to fetch for the files with the given raw names.
func (s *Source) published(rawNames []string) []File {
	if s.Archive.Name != "" {
		return []File{s.Archive}
	}
	var files []File
	for _, f := range s.Files {
		if slices.Contains(rawNames, f.rawName()) {
			files = append(files, f)
		}
	}
	return files
}

// byHand returns the commands that get files into a folder.
func byHand(files []File, dir string) string {
	var b strings.Builder
	b.WriteString("To get the missing files by hand, type the lines below where there is a network. " +
		"If that is another machine, copy the folder afterward.\n\n")
	for _, f := range files {
		path := quoted(filepath.Join(dir, f.Name), runtime.GOOS)
		if len(f.Mirrors) == 0 {
			fmt.Fprintf(&b, "\t(copy the file to %s)\n", path)
			continue
		}
		address, err := url.JoinPath(f.Mirrors[0], f.Name)
		if err != nil {
			address = f.Mirrors[0]
		}
		fmt.Fprintf(&b, "\tcurl -fL --create-dirs -o %s %s\n", path, quoted(address, runtime.GOOS))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// quoted quotes a word of a command line if a shell could misread it.
func quoted(word, system string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=:,./@%"
	switch {
	case strings.Trim(word, plain) == "":
		return word
	case system == "windows":
		return `"` + word + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
