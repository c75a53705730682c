package dataset

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// These limits bound what a hostile archive can cost. A zip archive can be a
// thousand times smaller than its files.
const (
	maxArchiveFiles   = 10000
	maxArchiveName    = 255  // bytes in the name of a file
	maxArchiveFolders = 1000 // more are not searched

	maxMember int64 = 2 << 30 // bytes of a file that is read
	maxMemory int64 = 1 << 30 // bytes that a set in an archive may have
)

// archive returns fsys if it is a zip archive, otherwise nil.
func archive(fsys fs.FS) *zip.Reader {
	switch z := fsys.(type) {
	case *zip.Reader:
		return z
	case *zip.ReadCloser:
		return &z.Reader
	}
	return nil
}

// checkArchive refuses an archive of too many files or too long names. Call it
// before a file is opened: package zip needs much time for names with very many
// slashes.
func checkArchive(z *zip.Reader) error {
	if n := len(z.File); n > maxArchiveFiles {
		return formatError("the zip archive", "number of files", n, fmt.Sprintf("at most %d", maxArchiveFiles))
	}
	for _, f := range z.File {
		if n := len(f.Name); n > maxArchiveName {
			return formatError("the zip archive", "length of a name", n, fmt.Sprintf("at most %d", maxArchiveName))
		}
		if f.Flags&1 != 0 { // package zip would read noise
			return formatError("the zip archive", "password", fmt.Sprintf("the encrypted file %q", f.Name), "no password; take the files out of the archive")
		}
	}
	return nil
}

// archiveFolders returns the folders of an archive, the outermost first.
func archiveFolders(z *zip.Reader) []string {
	var folders []string
	seen := map[string]bool{}
	for _, f := range z.File {
		// As package zip does: Windows programs may write \, others begin with
		// / or ../
		name := path.Clean("/" + strings.ReplaceAll(f.Name, `\`, "/"))[1:]
		for dir := path.Dir(name); !seen[dir] && len(seen) < maxArchiveFolders; dir = path.Dir(dir) {
			seen[dir] = true
			folders = append(folders, dir)
		}
	}
	depth := func(dir string) int { return strings.Count(path.Join(dir, "x"), "/") }
	slices.SortFunc(folders, func(a, b string) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), cmp.Compare(a, b))
	})
	return folders
}

// inOnlyArchive calls f with the zip archive in a folder. It returns false if
// there is none, or more than one.
func inOnlyArchive(fsys fs.FS, f func(fs.FS) error) (done bool, err error) {
	names, err := fs.Glob(fsys, "*.[zZ][iI][pP]")
	names = slices.DeleteFunc(names, func(name string) bool { return !isFile(fsys, name) })
	if err != nil || len(names) != 1 {
		return false, nil
	}
	file, err := openFile(fsys, names[0])
	if err != nil {
		return true, err
	}
	defer file.Close()
	info, err := file.Stat()
	r, ok := file.(io.ReaderAt)
	if err != nil || !ok { // an archive in an archive has no random access
		return false, nil
	}
	z, err := zip.NewReader(r, info.Size())
	if err != nil {
		return true, notZip(names[0], r, err)
	}
	err = f(z)
	var format *FormatError
	var missing *MissingError
	switch {
	case errors.As(err, &format):
		format.File = names[0] + "/" + format.File
	case errors.As(err, &missing):
		missing.where = "the archive " + names[0]
	}
	return true, err
}

// notZip returns the error for a file that package zip refused with err.
func notZip(name string, r io.ReaderAt, err error) error {
	start := make([]byte, 64)
	n, _ := r.ReadAt(start, 0)
	if kind := otherKind(name, start[:n], "a zip archive"); kind != nil && !bytes.HasPrefix(start, []byte("PK")) {
		return kind
	}
	return fmt.Errorf("dataset: %s: %w", name, err)
}

// openFile opens a regular file, perhaps in an archive. It refuses others
// before it opens them: opening a named pipe waits for somebody who writes to
// it.
func openFile(fsys fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, formatError(name, "kind of file", kindOf(info), "a regular file")
	}
	file, err := fsys.Open(name)
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, formatError(name, "compression", "a method that package zip does not know",
			"deflate; take the files out of the archive")
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return file, nil
}

// limited returns l with a limit on memory if the file is in an archive: such a
// file has no random access. It refuses too large files of an archive.
func (l layout) limited(name string, file fs.File) (layout, error) {
	if _, ok := file.(io.ReaderAt); ok {
		return l, nil
	}
	info, err := file.Stat()
	if err != nil {
		return l, fmt.Errorf("dataset: %w", err)
	}
	if size := uint64(info.Size()); size > uint64(maxMember) { // a false size may be negative
		return l, formatError(name, "size", fmt.Sprintf("%d bytes, decompressed", size),
			fmt.Sprintf("at most %d in an archive; take the file out of the archive", maxMember))
	}
	l.maxMemory = maxMemory
	return l, nil
}

// checkMemory returns an error if n images of a size need too much memory.
func (l layout) checkMemory(name string, n, pixels int) error {
	if need := uint64(n) * uint64(pixels+8); l.maxMemory != 0 && need > uint64(l.maxMemory) {
		return formatError(name, "number of images", fmt.Sprintf("%d of %d pixels", n, pixels),
			fmt.Sprintf("at most %d bytes in an archive; take the file out of the archive", l.maxMemory))
	}
	return nil
}
