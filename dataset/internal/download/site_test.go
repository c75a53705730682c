package download

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A site publishes files, as a mirror does.
type site struct {
	list  []File            // in the order of the download
	files map[string][]byte // by name, compressed
	raw   map[string][]byte // by name, decompressed
}

// publish returns a site with four files of random bytes.
func publish(t testing.TB) *site {
	s := &site{files: map[string][]byte{}, raw: map[string][]byte{}}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, f := range []struct {
		name string
		size int
	}{{"large.gz", 300_000}, {"small.gz", 400}, {"medium.gz", 8_000}, {"tiny.gz", 10}} {
		raw := make([]byte, f.size)
		for i := range raw {
			raw[i] = byte(rng.Uint32())
		}
		data := gzipped(t, raw)
		s.files[f.name], s.raw[f.name] = data, raw
		s.list = append(s.list, File{Name: f.name, Size: int64(len(data)), SHA256: hexSum(data)})
	}
	return s
}

// copy returns a site with a list of its own.
func (s *site) copy() *site { return &site{slices.Clone(s.list), s.files, s.raw} }

func gzipped(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// flipped returns a copy of data with one wrong bit in the middle.
func flipped(data []byte) []byte {
	data = bytes.Clone(data)
	data[len(data)/2] ^= 1
	return data
}

// ServeHTTP serves the files correctly.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, ok := s.files[path.Base(r.URL.Path)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// serve starts a server and returns its address.
func serve(t testing.TB, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// unused returns a handler that fails the test when it gets a request.
func unused(t *testing.T) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Errorf("request for %v", r.URL) })
}

// download fetches the files that a folder lacks, as package dataset does.
func (s *site) download(ctx context.Context, dir string, options Options) error {
	return s.downloadOn(ctx, osDisk{}, dir, options)
}

func (s *site) downloadOn(ctx context.Context, disk disk, dir string, options Options) error {
	d := New(dir, options)
	defer d.Close()
	d.disk = disk
	for _, f := range s.list {
		name, err := f.Find(ctx, dir, []string{f.Name})
		switch {
		case err != nil:
			return err
		case name != "":
			RemoveParts(dir, f.Name)
		default:
			if err := d.Fetch(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// requireWhole checks that the folder has all files of the site and no others.
func (s *site) requireWhole(t testing.TB, dir string) {
	t.Helper()
	var names []string
	for _, f := range s.list {
		names = append(names, f.Name)
	}
	require.ElementsMatch(t, names, entries(t, dir))
	s.requireVerified(t, dir)
}

// requireVerified checks that every file with a final name has the right bytes.
func (s *site) requireVerified(t testing.TB, dir string) {
	t.Helper()
	for name, want := range s.files {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			require.True(t, bytes.Equal(want, got), name)
		}
	}
}

// entries returns the names of the files in a folder. It has none if it is
// missing.
func entries(t testing.TB, dir string) (names []string) {
	list, err := os.ReadDir(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// writePart leaves a part of a file in a folder, as a stopped download does.
func writePart(t testing.TB, dir, name string, data []byte) {
	require.NoError(t, os.WriteFile(filepath.Join(dir, "."+name+".123.part"), data, 0o600))
}

// trickle writes a response little by little.
type trickle struct {
	http.ResponseWriter
	pause time.Duration
}

func (w trickle) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		k := min(len(b), 1<<10)
		_, err = w.ResponseWriter.Write(b[:k])
		w.ResponseWriter.(http.Flusher).Flush()
		time.Sleep(w.pause)
		n, b = n+k, b[k:]
	}
	return n, err
}

// trickling serves the site slowly.
func (s *site) trickling(pause time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(trickle{w, pause}, r) })
}

// count returns a Progress function that counts the reported errors.
func count(t *testing.T, want string, errs *int) func(Progress) {
	return func(p Progress) {
		if p.Err != nil {
			require.ErrorContains(t, p.Err, want)
			*errs++
		}
	}
}

// tries returns how often a test repeats something, in short and in long tests.
func tries(few, many int) int {
	if os.Getenv("DIGITS_LONG") != "" {
		return many
	}
	return few
}

// isPart reports whether a name is that of a part.
func isPart(name string) bool { return strings.HasSuffix(name, partSuffix) }
