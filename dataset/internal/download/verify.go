package download

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
	"path/filepath"
	"strings"
)

// A checksum is the published checksum of a file. The zero value means that
// none is known.
type checksum struct {
	algorithm string
	new       func() hash.Hash
	want      string // hexadecimal
}

func (f File) checksum() checksum {
	switch {
	case f.SHA256 != "":
		return checksum{"SHA-256", sha256.New, f.SHA256}
	case f.MD5 != "":
		return checksum{"MD5", md5.New, f.MD5}
	}
	return checksum{}
}

// check returns an error if h differs from the checksum.
func (c checksum) check(h hash.Hash) error {
	if got := hex.EncodeToString(h.Sum(nil)); !strings.EqualFold(got, c.want) {
		return fmt.Errorf("the %s is %s, want %s", c.algorithm, got, c.want)
	}
	return nil
}

// Find returns the first of the names under which the folder dir has the file,
// whole and verified. It returns "" if there is none.
func (f File) Find(ctx context.Context, dir string, names []string) (string, error) {
	for _, name := range names {
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

// isAt reports whether the file at path is f, whole, compressed or not. The
// members of an archive may have no checksum. Then the checksum inside the gzip
// stream decides.
func (f File) isAt(ctx context.Context, path string) (bool, error) {
	file, err := openRegular(path)
	if errors.Is(err, fs.ErrNotExist) || err == errNotRegular {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	c := f.checksum()
	raw := !strings.HasSuffix(path, ".gz") && strings.HasSuffix(f.Name, ".gz")
	switch {
	case raw && f.Size != 0 && info.Size() == f.Size:
		// The file is compressed, although its name does not say so.
	case raw && f.RawSHA256 != "":
		c = checksum{"SHA-256", sha256.New, f.RawSHA256}
	case raw:
		return false, nil
	case c.algorithm == "":
		return isWholeGzip(ctx, file)
	case f.Size != 0 && info.Size() != f.Size:
		return false, nil
	}
	h := c.new()
	if _, err := io.Copy(h, contextReader{ctx, file}); err != nil {
		return false, err
	}
	return c.check(h) == nil, nil
}

// isWholeGzip reports whether a file is compressed and undamaged.
func isWholeGzip(ctx context.Context, file io.Reader) (bool, error) {
	z, err := gzip.NewReader(contextReader{ctx, file})
	if err == nil {
		_, err = io.Copy(io.Discard, z)
	}
	var path *fs.PathError
	if ctx.Err() != nil || errors.As(err, &path) {
		return false, err
	}
	return err == nil, nil
}

// A contextReader stops when its context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// looksLike returns an error if a file called name cannot begin with start.
// Most often, start is a web page that says why the file is not there.
func looksLike(name string, start []byte) error {
	for suffix, magic := range map[string]string{".gz": "\x1f\x8b", ".zip": "PK"} {
		if strings.HasSuffix(name, suffix) && len(start) >= 2 && string(start[:2]) != magic {
			if bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n\xef\xbb\xbf"), []byte("<")) {
				return errors.New("it sends a web page in place of the file")
			}
			return fmt.Errorf("it does not send a %s file: the first bytes are %.8q", suffix, start)
		}
	}
	return nil
}
