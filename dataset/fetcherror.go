package dataset

import (
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A FetchError says that a file could not be fetched. Its text is several lines
// long: what was tried, and what to type to do it by hand. errors.Is and
// errors.As see the errors of all tries; without any, because the network was
// not to be used, it is [fs.ErrNotExist].
type FetchError struct {
	Source *Source
	Dir    string // where the file is missing
	File   string
	Tries  []Try // in this order

	missing []File // it and those that were to come after it
}

// A Try is an attempt to fetch a file that failed.
type Try struct {
	URL string
	Err error
}

func (e *FetchError) Error() string {
	var b strings.Builder
	if len(e.Tries) == 0 {
		fmt.Fprintf(&b, "dataset: %s is not in %s, or is damaged, and the network is not to be used\n", e.File, e.Dir)
	} else {
		fmt.Fprintf(&b, "dataset: %s of %s could not be fetched:\n\n", e.File, e.Source.Name)
	}
	for _, t := range e.Tries {
		fmt.Fprintf(&b, "\t%s: %v\n", t.URL, t.Err)
	}
	fmt.Fprintf(&b, "\n%s", byHand(e.missing, e.Dir))
	return b.String()
}

// Unwrap returns the errors of all tries.
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

// failure says that f cannot be had.
func (d *downloader) failure(f File, tries []Try) error {
	missing := d.missing
	if f.Name == d.source.Archive.Name {
		missing = []File{f}
	}
	return &FetchError{Source: d.source, Dir: d.dir, File: f.Name, Tries: tries, missing: missing}
}

// stopped wraps an error that is not a mirror's.
func (d *downloader) stopped(file string, err error) error {
	return fmt.Errorf("dataset: %s: fetching %s: %w", d.source.Name, file, err)
}

func (d *downloader) disk(err error) error {
	return fmt.Errorf("dataset: %s: %w", d.source.Name, err)
}

// byName returns the files that have to be fetched for those with the given
// classic names.
func (s *Source) byName(classic []string) []File {
	if s.archived() {
		return []File{s.Archive}
	}
	var files []File
	for _, f := range s.Files {
		if slices.Contains(classic, f.classic()) {
			files = append(files, f)
		}
	}
	return files
}

// byHand says what to type to get files into a folder.
func byHand(files []File, dir string) string {
	var b strings.Builder
	fmt.Fprint(&b, "To get what is missing by hand, type where there is a network, and copy the folder if that is another machine:\n\n")
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

// quoted puts a word of a command line into quotes if a shell could take it for
// something else.
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
