package download

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// TestFind checks which files count as the one that is wanted.
func TestFind(t *testing.T) {
	raw := bytes.Repeat([]byte("raw"), 100)
	packed := gzipped(t, raw)
	md5sum := md5.Sum(packed)
	sha := File{Name: "f.gz", Size: int64(len(packed)), SHA256: hexSum(packed), RawSHA256: hexSum(raw)}
	upper := File{Name: "f.gz", Size: sha.Size, SHA256: strings.ToUpper(sha.SHA256), RawSHA256: strings.ToUpper(sha.RawSHA256)}
	other := File{Name: "f.gz", MD5: hex.EncodeToString(md5sum[:])}
	member := File{Name: "f.gz"}
	for _, c := range []struct {
		what string
		file File
		name string
		data []byte
		want bool
	}{
		{"compressed", sha, "f.gz", packed, true},
		{"compressed, without .gz", sha, "f", packed, true},
		{"decompressed", sha, "f", raw, true},
		{"decompressed, with .gz", sha, "f.gz", raw, false},
		{"flipped", sha, "f.gz", flipped(packed), false},
		{"flipped, without .gz", sha, "f", flipped(packed), false},
		{"decompressed and flipped", sha, "f", flipped(raw), false},
		{"truncated", sha, "f.gz", packed[:100], false},
		{"upper case", upper, "f.gz", packed, true},
		{"upper case, decompressed", upper, "f", raw, true},
		{"MD5", other, "f.gz", packed, true},
		{"MD5, flipped", other, "f.gz", flipped(packed), false},
		{"MD5, decompressed", other, "f", raw, false},
		{"no checksum", member, "f.gz", packed, true},
		{"no checksum, flipped", member, "f.gz", flipped(packed), false},
		{"no checksum, truncated", member, "f.gz", packed[:len(packed)-1], false},
		{"no checksum, not gzip", member, "f.gz", raw, false},
		{"no checksum, empty", member, "f.gz", nil, false},
		{"no checksum, decompressed", member, "f", raw, false},
		{"no checksum, empty without .gz", member, "f", nil, false},
		{"not compressed by nature", File{Name: "f.zip", SHA256: hexSum(raw)}, "f.zip", raw, true},
		{"SHA-256 wins over MD5", File{Name: "f.gz", SHA256: hexSum(nil), MD5: other.MD5}, "f.gz", packed, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.name), c.data, 0o644))
			name, err := c.file.Find(t.Context(), dir, []string{"missing", c.name, c.name})
			require.NoError(t, err)
			require.Equal(t, map[bool]string{true: c.name}[c.want], name)

			canceled, cancel := context.WithCancel(t.Context())
			cancel()
			name, err = c.file.Find(canceled, dir, []string{c.name})
			require.Empty(t, name)
			if c.want {
				require.ErrorIs(t, err, context.Canceled)
			}
		})
	}
}

// TestFindErrors checks files that cannot be read.
func TestFindErrors(t *testing.T) {
	dir := t.TempDir()
	loop := filepath.Join(dir, "f.gz")
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip("this system has no links: ", err)
	}
	f := File{Name: "f.gz", SHA256: hexSum(nil)}
	_, err := f.Find(t.Context(), dir, []string{"f.gz"})
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
	d := New(dir, Options{})
	defer d.Close()
	require.ErrorAs(t, d.Extract(t.Context(), f, nil), &path)

	broken := &fs.PathError{Op: "read", Path: "f.gz", Err: errors.New("broken disk")}
	_, err = isWholeGzip(t.Context(), iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

// TestUpperCase checks that a published checksum may have capital letters.
func TestUpperCase(t *testing.T) {
	s := publish(t)
	for i := range s.list {
		s.list[i].SHA256 = strings.ToUpper(s.list[i].SHA256)
	}
	dir := t.TempDir()
	require.NoError(t, s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, s)}}))
	s.requireWhole(t, dir)
}

func TestLooksLike(t *testing.T) {
	for start, want := range map[string]string{
		"": "", "\x1f": "", "\x1f\x8b": "", "\x1f\x8bx": "",
		"x": "does not send a .gz file", "\x1fx": "does not send a .gz file", " <html>": "web page", "<": "web page",
	} {
		err := looksLike("f.gz", []byte(start))
		if want == "" {
			require.NoError(t, err, start)
		} else {
			require.ErrorContains(t, err, want)
		}
		require.NoError(t, looksLike("f", []byte(start)))
	}
	require.NoError(t, looksLike("f.zip", []byte("PK\x03\x04")))
	require.ErrorContains(t, looksLike("f.zip", []byte("\x1f\x8b")), "does not send a .zip file")
}
