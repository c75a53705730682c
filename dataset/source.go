package dataset

import (
	"fmt"
	"slices"
	"strings"
)

// A Source describes a published data set, such as one of [Sources] or your
// own. Any number of goroutines may use it.
//
// A label file has plain labels, uint8 of rank 1, or is a label table of
// QMNIST's kind: int32 of rank 2 with 8 columns, the label in column 0 and the
// writer's id in column 2. Its IDX header tells which.
type Source struct {
	Name  string
	About string // what the images show
	Page  string // web page

	// Files are the training images, training labels, test images and test
	// labels.
	Files [4]File

	// WriterTables, if they have Names, are label tables that add
	// WriterIDs. They must begin with the labels of the sets.
	WriterTables [2]File

	// Archive, if it has a Name, is a zip archive of the Files, which then
	// need no checksums and no mirrors.
	Archive File

	Folder     string   // in the user's cache; empty means Name
	Classes    []string // class names, at least one
	First      int      // label of the first class
	Transposed bool     // the files store images by columns
}

// A File is one published file.
type File struct {
	Name string // with .gz

	// Size is in bytes. 0 means unknown; then 100 MB is the limit.
	Size int64

	// SHA256 and MD5 are hexadecimal. MD5 counts only without SHA256.
	SHA256, MD5 string

	// RawSHA256 is of the decompressed file. Without it, Download ignores
	// decompressed files.
	RawSHA256 string

	Mirrors []string // addresses of folders, best first
}

// Lookup returns the source called mnist, fashion-mnist, kmnist, qmnist,
// emnist-byclass, emnist-bymerge, emnist-balanced, emnist-letters,
// emnist-digits or emnist-mnist. Case is ignored. The part before the dash is
// enough if it is unique: fashion.
func Lookup(name string) (*Source, error) {
	name = strings.ToLower(name)
	var names []string
	var matches []*Source
	for _, s := range Sources() {
		if s.Name == name {
			return &s, nil
		}
		if strings.HasPrefix(s.Name, name+"-") {
			matches = append(matches, &s)
		}
		names = append(names, s.Name)
	}
	if len(matches) == 1 {
		return matches[0], nil
	}
	return nil, fmt.Errorf("dataset: no data set is called %q; there are %s", name, strings.Join(names, ", "))
}

// inArchive reports whether the archive has the file.
func (s *Source) inArchive(f File) bool {
	return s.Archive.Name != "" && slices.ContainsFunc(s.Files[:], func(g File) bool { return g.Name == f.Name })
}

// rawName returns the name of the decompressed file.
func (f File) rawName() string { return strings.TrimSuffix(f.Name, ".gz") }
