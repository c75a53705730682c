package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/seed-cd6415d7/digits/idx"
)

// A FormatError says which file of a set is wrong, and how.
type FormatError struct {
	File  string // its name; "images" or "labels" for a reader without one
	Field string // what is wrong, such as "number of labels"
	Got   string // what the file has
	Want  string // what it should have
	Err   error  // the [*idx.FormatError] if the file by itself is not sound, else nil
}

func (e *FormatError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("dataset: %s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("dataset: %s: %s: got %s, want %s", e.File, e.Field, e.Got, e.Want)
}

// Unwrap returns e.Err.
func (e *FormatError) Unwrap() error { return e.Err }

// inFile says in which file an error of package idx happened.
func inFile(name string, err error) error {
	var format *idx.FormatError
	if errors.As(err, &format) {
		return &FormatError{File: name, Field: format.Field, Got: format.Got, Want: format.Want, Err: err}
	}
	return fmt.Errorf("dataset: %s: %w", name, err)
}

// A MissingError says that files of a data set are not in the folder. Its text
// is several lines long and says how to get them. It is [fs.ErrNotExist] to
// errors.Is.
type MissingError struct {
	Files []string // the names, uncompressed

	source *Source // nil for MNIST or one of its relatives
}

func (e *MissingError) Error() string {
	text := "dataset: the folder does not have " + strings.Join(e.Files, ", ")
	if e.source != nil {
		text += "\n\n" + byHand(e.source.byName(e.Files), e.source.Name)
		if e.source.archived() {
			text += "\n\nand take the files out of it; Fetch and Download do that by themselves"
		}
		return text
	}
	return text + `

MNIST is four files, 11 MB compressed, all in one folder:

	train-images-idx3-ubyte.gz  train-labels-idx1-ubyte.gz
	t10k-images-idx3-ubyte.gz   t10k-labels-idx1-ubyte.gz

They may stay compressed. To get them into the folder mnist, type:

	for f in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
		curl -fL --create-dirs -o mnist/$f-ubyte.gz https://storage.googleapis.com/cvdf-datasets/mnist/$f-ubyte.gz
	done

and name that folder. The same files are at https://ossci-datasets.s3.amazonaws.com/mnist/`
}

// Unwrap returns fs.ErrNotExist.
func (e *MissingError) Unwrap() error { return fs.ErrNotExist }
