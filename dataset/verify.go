package dataset

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A checksum is what a file's bytes have to sum up to.
type checksum struct {
	algorithm string
	new       func() hash.Hash
	want      string // hexadecimal
}

// sum returns the file's checksum; it has no algorithm if there is none.
func (f File) sum() checksum {
	switch {
	case f.SHA256 != "":
		return checksum{"SHA-256", sha256.New, f.SHA256}
	case f.MD5 != "":
		return checksum{"MD5", md5.New, f.MD5}
	}
	return checksum{}
}

// check returns an error if h is not the checksum.
func (c checksum) check(h hash.Hash) error {
	if got := hex.EncodeToString(h.Sum(nil)); !strings.EqualFold(got, c.want) {
		return fmt.Errorf("the %s is %s, want %s", c.algorithm, got, c.want)
	}
	return nil
}

// find returns the name under which the folder has the file, whole: the first
// of its spellings with the right checksum. It is "" if there is none.
func (f File) find(ctx context.Context, dir string) (string, error) {
	for _, name := range spellings(f.classic()) {
		ok, err := f.isAt(ctx, filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		if ok {
			return name, nil
		}
	}
	return "", nil
}

// isAt reports whether the file at the given path is f, compressed or not,
// whole. A member of an archive has no checksum of its own; gzip's has to do.
func (f File) isAt(ctx context.Context, path string) (bool, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	c := f.sum()
	raw := !strings.HasSuffix(path, ".gz") && strings.HasSuffix(f.Name, ".gz")
	switch {
	case raw && f.Size != 0 && info.Size() == f.Size: // it may be compressed, whatever its name
	case raw && f.RawSHA256 != "":
		c = checksum{"SHA-256", sha256.New, f.RawSHA256}
	case raw:
		return false, nil
	case c.algorithm == "":
		return wholeGzip(ctx, file)
	case f.Size != 0 && info.Size() != f.Size:
		return false, nil
	}
	h := c.new()
	if _, err := io.Copy(h, reader{ctx, file}); err != nil {
		return false, err
	}
	return c.check(h) == nil, nil
}

// wholeGzip reports whether a file is compressed and undamaged.
func wholeGzip(ctx context.Context, file io.Reader) (bool, error) {
	z, err := gzip.NewReader(reader{ctx, file})
	if err == nil {
		_, err = io.Copy(io.Discard, z)
	}
	var path *fs.PathError
	if ctx.Err() != nil || errors.As(err, &path) {
		return false, err
	}
	return err == nil, nil
}

// A reader stops when its context does.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// looksLike returns an error if a file of the given name cannot begin so. Most
// often it is a web page that says why there is no such file.
func looksLike(name string, start []byte) error {
	for suffix, magic := range map[string]string{".gz": "\x1f\x8b", ".zip": "PK"} {
		if strings.HasSuffix(name, suffix) && len(start) >= 2 && string(start[:2]) != magic {
			if bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n\xef\xbb\xbf"), []byte("<")) {
				return errors.New("it sends a web page in place of the file")
			}
			return fmt.Errorf("it sends something else than a %s file: it begins with %.8q", suffix, start)
		}
	}
	return nil
}
