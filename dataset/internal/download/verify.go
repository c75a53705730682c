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
func (f File) isAt(ctx context.Context, path string) (ok bool, err error) {
	file, size, err := openRegular(path)
	if errors.Is(err, fs.ErrNotExist) || err == errNotRegular {
		return false, nil
	}
	if err != nil {
		return ok, err
	}
	defer file.Close()
	c := f.checksum()
	raw := !strings.HasSuffix(path, ".gz") && strings.HasSuffix(f.Name, ".gz")
	// A file of the published size is compressed, although its name may not
	// say so.
	if raw && size != f.Size {
		if f.RawSHA256 == "" {
			return false, nil
		}
		c = checksum{"SHA-256", sha256.New, f.RawSHA256}
	}
	if c.algorithm == "" {
		return isWholeGzip(ctx, file)
	}
	h := c.new()
	if _, err = io.Copy(h, contextReader{ctx, file}); err == nil {
		ok = c.check(h) == nil
	}
	return ok, err
}

// isWholeGzip reports whether a file is compressed and undamaged.
func isWholeGzip(ctx context.Context, file io.Reader) (ok bool, err error) {
	z, err := gzip.NewReader(contextReader{ctx, file})
	if err == nil {
		_, err = io.Copy(io.Discard, z)
	}
	var path *fs.PathError
	if ctx.Err() != nil || errors.As(err, &path) {
		return ok, err
	}
	return err == nil, nil
}

// A contextReader stops when its context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (n int, err error) {
	if err = r.ctx.Err(); err == nil {
		n, err = r.r.Read(p)
	}
	return n, err
}

// looksLike returns an error if a file called name cannot begin with start.
// Most often, start is a web page that says why the file is not there.
func looksLike(name string, start []byte) error {
	for suffix, magic := range map[string]string{".gz": "\x1f\x8b", ".zip": "PK"} {
		n := min(len(start), len(magic))
		if strings.HasSuffix(name, suffix) && string(start[:n]) != magic[:n] {
			if bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n\xef\xbb\xbf"), []byte("<")) {
				return errors.New("it sends a web page in place of the file")
			}
			return fmt.Errorf("it does not send a %s file: the first bytes are %.8q", suffix, start)
		}
	}
	return nil
}
