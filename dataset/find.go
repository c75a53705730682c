package dataset

import (
	"archive/zip"
	"errors"
	"io/fs"
	"path"
	"strings"
)

// rawNames returns the raw names of the source's files.
func (s *Source) rawNames() (raw [4]string) {
	for i, f := range s.Files {
		raw[i] = f.rawName()
	}
	return raw
}

// Other programs keep the files in other folders, and spell their names
// differently. A file may have any of these spellings in any of these folders.
//
//   - torchvision: MNIST/raw
//   - Kaggle: train-images.idx3-ubyte, or a folder for each file
//   - programs that unpack: train-images-idx3.ubyte, train-images.ubyte

// searchedFolders returns the folders in which a data set may be, the first
// choice first. An archive may keep its files in any folder.
func searchedFolders(fsys fs.FS, name string) ([]string, error) {
	if z := archive(fsys); z != nil {
		if err := checkArchive(z); err != nil {
			return nil, err
		}
		return archiveFolders(z), nil
	}
	capitals := strings.ToUpper(name)
	return []string{".", "raw", path.Join(capitals, "raw"), name, capitals, path.Join(name, "raw")}, nil
}

// spellings returns the names that a file may have in a folder, the first
// choice first.
func spellings(rawName string) []string {
	stem, _, _ := strings.Cut(rawName, "-idx")
	names := []string{
		rawName,
		strings.ReplaceAll(rawName, "-idx", ".idx"),
		strings.ReplaceAll(rawName, "-ubyte", ".ubyte"),
		stem + ".ubyte",
	}
	for _, name := range names {
		names = append(names, name+".gz")
	}
	return append(names, path.Join(rawName, rawName))
}

// paths returns all names that a file may have, in all folders.
func paths(folders []string, rawName string) (names []string) {
	for _, folder := range folders {
		for _, name := range spellings(rawName) {
			names = append(names, path.Join(folder, name))
		}
	}
	return names
}

// find looks for the first folder with all four files or, if there is none, for
// the first with most of them. It returns the names of its files, and the raw
// names of missing files.
func find(fsys fs.FS, folders []string, raw [4]string) (names [4]string, missing []string) {
	missing = raw[:]
	for _, folder := range folders {
		var here [4]string
		var lacks []string
		for i, r := range raw {
			if here[i] = firstFile(fsys, paths([]string{folder}, r)); here[i] == "" {
				lacks = append(lacks, r)
			}
		}
		if len(lacks) < len(missing) {
			names, missing = here, lacks
		}
		if len(missing) == 0 {
			break
		}
	}
	return names, missing
}

// firstFile returns the first of the names that is a file, or "".
func firstFile(fsys fs.FS, names []string) string {
	for _, name := range names {
		if isFile(fsys, name) {
			return name
		}
	}
	return ""
}

// isFile reports whether there is a regular file of this name. Some archives
// unpack to folders with the names of files, and a named pipe may block for
// ever. If package zip does not know the compression of a file, it counts: then
// opening it gives the right error.
func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular() || errors.Is(err, zip.ErrAlgorithm)
}

// findCSV returns the names of two csv files, the training set and the test
// set. If there are none, the names are empty.
func findCSV(fsys fs.FS, folders []string, name string) (train, test string) {
	for _, folder := range folders {
		for _, prefix := range []string{name + "_", name + "-", ""} {
			train := path.Join(folder, prefix+"train.csv")
			test := path.Join(folder, prefix+"test.csv")
			if isFile(fsys, train) && isFile(fsys, test) {
				return train, test
			}
		}
	}
	return "", ""
}

// A place is where a data set is.
type place struct {
	fsys    fs.FS // the folder itself, or the archive in it
	folders []string

	// names are the files, in the order of Source.Files. A csv file has images
	// and labels, so the name of its label file is empty.
	names [4]string
}

// locate looks for a data set in a folder and passes its place to f. It takes
// the four files, else two csv files, else either of them in the zip archive,
// if there is exactly one.
func (s *Source) locate(fsys fs.FS, f func(place) error) error {
	folders, err := searchedFolders(fsys, s.Name)
	if err != nil {
		return err
	}
	p := place{fsys: fsys, folders: folders}
	var missing []string
	if p.names, missing = find(fsys, folders, s.rawNames()); missing == nil {
		return f(p)
	}
	if train, test := findCSV(fsys, folders, s.Name); train != "" {
		p.names = [4]string{0: train, 2: test}
		return f(p)
	}
	if len(missing) == len(p.names) {
		if done, err := inOnlyArchive(fsys, func(z fs.FS) error { return s.locate(z, f) }); done {
			return err
		}
	}
	return newMissingError(fsys, missing, s)
}
