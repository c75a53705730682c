package download

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A fault is a way in which a mirror misbehaves.
type fault struct {
	name    string
	handler func(s *site) http.HandlerFunc
	want    string // in the error, if there is no other mirror
	works   bool   // the download succeeds nevertheless
}

// data returns the file that a request asks for.
func (s *site) data(r *http.Request) []byte { return s.files[path.Base(r.URL.Path)] }

// reset breaks a connection.
func reset(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// send announces a length and sends data.
func send(w http.ResponseWriter, length int, data []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(length))
	_, _ = w.Write(data)
	w.(http.Flusher).Flush()
}

// status returns a handler that always sends a status and a body.
func status(code int, body string) func(*site) http.HandlerFunc {
	return func(*site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
}

// withData returns a handler that gets the file that a request asks for.
func withData(f func(w http.ResponseWriter, r *http.Request, data []byte)) func(*site) http.HandlerFunc {
	return func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { f(w, r, s.data(r)) }
	}
}

// wait waits until the client has closed the connection.
func wait(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Minute):
	}
}

// cutter cuts a response after some bytes.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b[:min(len(b), c.left)])
	if c.left -= n; err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return n, err
}

var statusFaults = []fault{
	{"404", status(404, "<html>not found"), "404 Not Found", false},
	{"403", status(403, "<html>forbidden"), "403 Forbidden", false},
	{"500", status(500, ""), "500 Internal Server Error", false},
	{"always 416", status(416, ""), "416 Requested Range Not Satisfiable", false},
	{"204", status(204, ""), "204 No Content", false},
	{"page with status 200", status(200, "<!DOCTYPE html><html>403 Forbidden</html>"),
		"it sends a web page in place of the file (it sends 41 bytes, want ", false},
	{"redirects in a circle", withData(func(w http.ResponseWriter, r *http.Request, _ []byte) {
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	}), "it redirects more than 10 times", false},
	{"redirects without an address", withData(func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.WriteHeader(http.StatusFound)
	}), "302 Found", false},
}

var contentFaults = []fault{
	{"long page of unknown length", withData(func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		_, _ = io.WriteString(w, "\n <html>"+strings.Repeat("blocked ", 10000))
	}), "it sends a web page in place of the file", false},
	{"nothing", withData(func(http.ResponseWriter, *http.Request, []byte) {}), "it sends 0 bytes, want", false},
	{"zeros", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		_, _ = w.Write(make([]byte, len(data)))
	}), `the first bytes are "\x00\x00`, false},
	{"wrong bytes", withData(func(w http.ResponseWriter, r *http.Request, data []byte) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(flipped(data)))
	}), "the SHA-256 is ", false},
	{"another file", func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(s.files["tiny.gz"]) }
	}, "it sends ", false},
	{"decompressed", func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(s.raw[path.Base(r.URL.Path)]) }
	}, "it does not send a .gz file: ", false},
	{"declared as compressed content", func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			s.ServeHTTP(w, r)
		}
	}, "", true},
	{"announces too little", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		send(w, len(data)-1, data[1:])
	}), "it sends ", false},
	{"announces too much", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		send(w, len(data)+1, append(bytes.Clone(data), 0))
	}), "it sends ", false},
	{"never ends", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		_, err := w.Write(data)
		for err == nil {
			_, err = w.Write(make([]byte, 1<<10))
		}
	}), "it sends more than ", false},
}

var connectionFaults = []fault{
	{"truncated, with ranges", func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(&cutter{w, 100 << 10}, r) }
	}, "", true},
	{"truncated after 16 KB, with ranges", func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(&cutter{w, 16 << 10}, r) }
	}, "", true},
	{"truncated after less, with ranges", func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(&cutter{w, 16<<10 - 1}, r) }
	}, "bytes: unexpected EOF", false},
	{"truncated, without ranges", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		send(w, len(data), data[:len(data)*2/3])
	}), "bytes: unexpected EOF", false},
	{"truncated, of unknown length", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		_, _ = w.Write(data[:len(data)*2/3])
		w.(http.Flusher).Flush()
	}), "bytes: unexpected EOF", false},
	{"breaks after the last byte", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		_, _ = w.Write(data)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}), "", true},
	{"resets at once", withData(func(w http.ResponseWriter, _ *http.Request, _ []byte) { reset(w) }), "", false},
	{"resets in the middle", withData(func(w http.ResponseWriter, _ *http.Request, data []byte) {
		send(w, len(data), data[:len(data)/2])
		reset(w)
	}), "it ", false},
	{"stalls in the middle", withData(func(w http.ResponseWriter, r *http.Request, data []byte) {
		send(w, len(data), data[:len(data)/2])
		wait(r)
	}), "it stalled: less than 16 KB in ", false},
}

// TestRedacted: no message shows the password in an address.
func TestRedacted(t *testing.T) {
	for address, want := range map[string]string{
		"https://mirror/x": "https://mirror/x", "https://me:secret@mirror/x": "https://me:xxxxx@mirror/x", "http://me:secret@[::1": "[::1",
	} {
		require.Equal(t, want, redacted(address))
	}
}

// TestFaults checks that a bad mirror leads to an error that says why, and does
// no harm if there is another mirror. The folder never has a wrong file.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, faults := range [][]fault{statusFaults, contentFaults, connectionFaults} {
		for _, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				testFault(t, f)
			})
		}
	}
}

func testFault(t *testing.T, f fault) {
	s := publish(t)
	bad := serve(t, f.handler(s))
	dir := t.TempDir()
	options := Options{Mirrors: []string{bad}}
	if strings.HasPrefix(f.want, "it stalled") {
		options.Stall = 500 * time.Millisecond
	}
	err := s.download(t.Context(), dir, options)
	s.requireVerified(t, dir)
	if f.works {
		require.NoError(t, err)
		s.requireWhole(t, dir)
		return
	}
	var failed *Error
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Tries, 1)
	require.Equal(t, bad+"/"+failed.File.Name, failed.Tries[0].URL)
	require.ErrorContains(t, failed.Tries[0].Err, f.want)
	if !strings.Contains(f.want, "web page") {
		require.NotContains(t, err.Error(), "web page")
	}
	require.ErrorContains(t, err, failed.Tries[0].URL+": "+failed.Tries[0].Err.Error())

	// Another mirror continues with what the bad one left.
	errs := 0
	options.Mirrors = []string{bad, serve(t, s)}
	options.Progress = count(t, f.want, &errs)
	require.NoError(t, s.download(t.Context(), dir, options))
	require.Positive(t, errs)
	s.requireWhole(t, dir)
}
