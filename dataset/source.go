package dataset

import (
	"fmt"
	"slices"
	"strings"
)

// A Source is a data set as its makers publish it: the files, what is in them,
// and where they are to be had. It is plain data. [Sources] are those of the
// MNIST family; for a data set of your own, write one.
//
// A Source may be used by several goroutines at once.
type Source struct {
	Name  string // as Lookup knows it
	About string // what the images show, in a line
	Page  string // where the makers describe it

	// Files are the images and the labels of the training set, then the images
	// and the labels of the test set. A file of labels whose name has
	// "idx2-int" in it is a label table as QMNIST has them: int32 of rank 2,
	// of which column 0 is the label and column 2 the writer.
	Files [4]File

	// WriterTables are the label tables of the training and of the test set, if they
	// are not among Files. Their first rows have to be the sets' own labels.
	WriterTables [2]File

	// Archive, if it has a name, is a zip archive that the Files are members
	// of, in whatever folder. They need no checksums and no mirrors then.
	Archive File

	Folder     string   // within the user's cache folder; if empty, Name
	Classes    []string // the names of the classes, at least one
	First      int      // the label that the files give to the first class
	Transposed bool     // the files have an image's columns as rows
}

// A File is one file as it is published.
type File struct {
	Name string // with .gz
	Size int64  // in bytes; 0 if that is not known, and then no more than 100 MB are fetched

	// SHA256 and MD5 are checksums in hexadecimal. MD5 counts only if there is
	// no SHA256.
	SHA256, MD5 string

	// RawSHA256 is the checksum of the file once it is decompressed, if that is
	// known. A decompressed file without it is not recognised.
	RawSHA256 string

	// Mirrors are the addresses of the folders that have the file, the ones to
	// be tried first at the front.
	Mirrors []string
}

// Lookup returns the source of the given name: mnist, fashion-mnist, kmnist,
// qmnist, emnist-byclass, emnist-bymerge, emnist-balanced, emnist-letters,
// emnist-digits or emnist-mnist. Case does not count, and what follows a dash
// may be left out if only one name begins so: fashion.
func Lookup(name string) (*Source, error) {
	sources := Sources()
	name = strings.ToLower(name)
	var found []*Source
	for i := range sources {
		s := &sources[i]
		if s.Name == name {
			return s, nil
		}
		if strings.HasPrefix(s.Name, name+"-") {
			found = append(found, s)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	var names []string
	for i := range sources {
		names = append(names, sources[i].Name)
	}
	return nil, fmt.Errorf("dataset: no data set is called %q; there are %s", name, strings.Join(names, ", "))
}

// archived reports whether the files come out of an archive.
func (s *Source) archived() bool { return s.Archive.Name != "" }

// has reports whether the file of that name is one of the four.
func (s *Source) has(name string) bool {
	return slices.ContainsFunc(s.Files[:], func(f File) bool { return f.Name == name })
}

// classic returns the file's name as it is when decompressed.
func (f File) classic() string { return strings.TrimSuffix(f.Name, ".gz") }

// spellings returns the names that a file with the classic name may have, in
// the order in which they are looked for.
func spellings(classic string) []string {
	dotted := strings.Replace(classic, "-idx", ".idx", 1)
	return []string{classic, dotted, classic + ".gz", dotted + ".gz"}
}
