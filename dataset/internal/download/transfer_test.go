package download

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// partial returns a handler that answers a Range request with the given header
// and data. %d in the header stands for the length of the file.
func partial(header string, data func(file []byte) []byte) func(*site) http.HandlerFunc {
	return withData(func(w http.ResponseWriter, r *http.Request, file []byte) {
		if r.Header.Get("Range") == "" {
			_, _ = w.Write(file)
			return
		}
		w.Header().Set("Content-Range", strings.ReplaceAll(header, "%d", strconv.Itoa(len(file))))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(data(file))
	})
}

// noRest returns a handler that cannot send a range. In place of the whole file
// it sends the given data.
func noRest(data func(file []byte) []byte) func(*site) http.HandlerFunc {
	return withData(func(w http.ResponseWriter, r *http.Request, file []byte) {
		if r.Header.Get("Range") != "" {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		send(w, len(file), data(file))
	})
}

// TestResume checks how the rest of a file is requested, and what happens if
// the mirror sends something else.
func TestResume(t *testing.T) {
	begun := func(b []byte) []byte { return b[:100_000] }
	rest := func(b []byte) []byte { return b[100_000:] }
	good := func(s *site) http.HandlerFunc { return s.ServeHTTP }
	noRanges := withData(func(w http.ResponseWriter, _ *http.Request, data []byte) { _, _ = w.Write(data) })
	short := withData(func(w http.ResponseWriter, r *http.Request, file []byte) {
		if r.Header.Get("Range") == "" {
			_, _ = w.Write(file)
			return
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 100000-%d/%d", len(file)-1, len(file)))
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(file[100_000:101_000])
	})
	for _, c := range []struct {
		name     string
		part     func(data []byte) []byte // left by an earlier download
		handler  func(*site) http.HandlerFunc
		requests int // for the large file
	}{
		{"a single byte", func(b []byte) []byte { return b[:1] }, good, 1},
		{"range of a file of unknown length", begun, partial("bytes 100000-300022/*", rest), 1},
		{"range of an empty file", begun, partial("bytes 100000-300022/0", rest), 1},
		{"announces less than in the header", begun, short, 2},
		{"the rest", begun, good, 1},
		{"empty part", func([]byte) []byte { return nil }, good, 1},
		{"whole part", func(b []byte) []byte { return b }, good, 0},
		{"wrong part", func(b []byte) []byte { return flipped(begun(b)) }, good, 2},
		{"whole wrong part", flipped, good, 1},
		{"part too long", func(b []byte) []byte { return append(bytes.Clone(b), 0) }, good, 1},
		{"ranges are ignored", begun, noRanges, 1},
		{"no ranges, and the connection breaks", begun, noRest(func(b []byte) []byte { return b[:len(b)*2/3] }), 3},
		{"no ranges, and wrong bytes", begun, noRest(flipped), 2},
		{"another range", begun, partial("bytes 99999-200000/%d", rest), 2},
		{"range of another file", begun, partial("bytes 100000-200000/1%d", rest), 1},
		{"no range in the header", begun, partial("", rest), 2},
		{"right header, wrong bytes", begun, partial("bytes 100000-300022/%d",
			func(b []byte) []byte { return flipped(rest(b)) }), 2},
		{"fewer bytes than in the header", begun, partial("bytes 100000-300022/%d",
			func(b []byte) []byte { return b[100_000:150_000] }), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := publish(t)
			dir := t.TempDir()
			part := c.part(s.files["large.gz"])
			writePart(t, dir, "large.gz", part)
			wantRange := ""
			if n := len(part); n > 0 && n < len(s.files["large.gz"]) {
				wantRange = fmt.Sprintf("bytes=%d-", n)
			}
			var requests atomic.Int32
			handler := c.handler(s)
			counting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if path.Base(r.URL.Path) == "large.gz" && requests.Add(1) == 1 {
					require.Equal(t, wantRange, r.Header.Get("Range"))
				}
				handler(w, r)
			})
			options := Options{Mirrors: []string{serve(t, counting), serve(t, s)}}
			require.NoError(t, s.download(t.Context(), dir, options))
			require.EqualValues(t, c.requests, requests.Load())
			s.requireWhole(t, dir)
		})
	}
}

// TestResumeUnknownSize continues a file whose size is not published.
func TestResumeUnknownSize(t *testing.T) {
	s := publish(t)
	s.list = s.list[:1]
	s.list[0].Size = 0
	data := s.files["large.gz"]
	for size, want := range map[int]int{100_000: 1, len(data): 0} {
		dir := t.TempDir()
		writePart(t, dir, "large.gz", data[:size])
		var requests atomic.Int32
		require.NoError(t, s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, s.hops(0, &requests))}}))
		require.EqualValues(t, want, requests.Load())
		s.requireWhole(t, dir)
	}
}

// TestWrongPartAndBreaks: the part has wrong bytes, and the only mirror breaks
// each connection. The file is downloaded again, from its first byte on.
func TestWrongPartAndBreaks(t *testing.T) {
	s := publish(t)
	s.list = s.list[:1]
	data := s.files["large.gz"]
	breaking := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := 0
		if text := r.Header.Get("Range"); text != "" {
			_, err := fmt.Sscanf(text, "bytes=%d-", &from)
			assert.NoError(t, err)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(data)-from))
		if from > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(data[from:min(from+len(data)/4, len(data))])
	})
	dir := t.TempDir()
	writePart(t, dir, "large.gz", flipped(data[:len(data)/2]))
	require.NoError(t, s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, breaking)}}))
	s.requireWhole(t, dir)
}

// TestEmptyBodyKeepsPart checks that an answer without content does not replace
// the bytes of an earlier download.
func TestEmptyBodyKeepsPart(t *testing.T) {
	s := publish(t)
	begun := s.files["large.gz"][:1000]
	for _, size := range []int64{s.list[0].Size, 0} {
		s.list[0].Size = size
		dir := t.TempDir()
		writePart(t, dir, "large.gz", begun)
		empty := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() })
		err := s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, empty)}})
		require.ErrorContains(t, err, "it stopped after 1000 bytes: unexpected EOF")
		requirePart(t, dir, begun)
	}
}

// requirePart checks that a folder has a part with some bytes and nothing else.
func requirePart(t *testing.T, dir string, want []byte) {
	t.Helper()
	left := entries(t, dir)
	require.Len(t, left, 1)
	require.True(t, isPart(left[0]))
	got, err := os.ReadFile(filepath.Join(dir, left[0]))
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "it has %d bytes, want %d", len(got), len(want))
}

// TestNoRestKeepsPart checks that a mirror that has neither the rest of the
// file nor the whole file does not replace the bytes of an earlier download.
func TestNoRestKeepsPart(t *testing.T) {
	s := publish(t)
	s.list = s.list[:1]
	data := s.files["large.gz"]
	begun := data[:len(data)-1000]
	longer := append(bytes.Clone(data), 0)
	for want, handler := range map[string]func(*site) http.HandlerFunc{
		"416 Requested": status(416, ""),
		"it has a file of 300049 bytes, want 300048": withData(func(w http.ResponseWriter, r *http.Request, _ []byte) {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(longer))
		}),
		"it has a file of 0 bytes, want 300048": partial("bytes 299048-300047/0",
			func(b []byte) []byte { return b[len(begun):] }),
		"it sends 1000 bytes, want 300048": withData(func(w http.ResponseWriter, r *http.Request, _ []byte) {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data[:1000]))
		}),
		`it sends the range "bytes 7-8/*", want the bytes from 0 on`: withData(
			func(w http.ResponseWriter, _ *http.Request, _ []byte) {
				w.Header().Set("Content-Range", "bytes 7-8/*")
				w.WriteHeader(http.StatusPartialContent)
			}),
	} {
		dir := t.TempDir()
		writePart(t, dir, "large.gz", begun)
		bad := serve(t, handler(s))
		require.ErrorContains(t, s.download(t.Context(), dir, Options{Mirrors: []string{bad}}), want)
		requirePart(t, dir, begun)
		good := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, fmt.Sprintf("bytes=%d-", len(begun)), r.Header.Get("Range"))
			s.ServeHTTP(w, r)
		}))
		require.NoError(t, s.download(t.Context(), dir, Options{Mirrors: []string{bad, good}}))
		s.requireWhole(t, dir)
	}
}

// TestLoginPageKeepsPart checks that the page of a network that wants a login
// does not replace the bytes of an earlier download.
func TestLoginPageKeepsPart(t *testing.T) {
	s := publish(t)
	data := s.files["large.gz"]
	for _, length := range []string{"", "12", strconv.Itoa(len(data))} {
		page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if length != "" {
				w.Header().Set("Content-Length", length)
			}
			io.WriteString(w, "<html>login")
		})
		dir := t.TempDir()
		begun := data[:len(data)-7]
		writePart(t, dir, "large.gz", begun)
		require.Error(t, s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, page)}}))
		requirePart(t, dir, begun)
	}
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 100-199/200", "bytes 0-0/*", "bytes */200", "", "bytes 5-/-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		start, total, ok := contentRange(s)
		if ok && (start < 0 || total < -1) {
			t.Errorf("%q: %d, %d", s, start, total)
		}
	})
}

func TestContentRange(t *testing.T) {
	for s, want := range map[string][2]int64{"bytes 100-199/200": {100, 200}, "bytes 0-0/*": {0, -1}} {
		start, total, ok := contentRange(s)
		require.True(t, ok)
		require.Equal(t, want, [2]int64{start, total})
	}
	for _, s := range []string{
		"", "bytes */200", "bytes 5/7", "bytes 1-2", "items 1-2/3", "bytes -1-2/3", "bytes 1-2/x",
		"bytes 99999999999999999999-2/3", "bytes 9223372036854775808-2/3", "bytes 1-2/9223372036854775808", "bytes 5-/-1",
		"bytes x-2/3",
	} {
		_, _, ok := contentRange(s)
		require.False(t, ok, s)
	}
}
