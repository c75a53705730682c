package dataset

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A fault is a way in which a mirror misbehaves.
type fault struct {
	name    string
	handler func(p *published) http.HandlerFunc
	want    string // in the error, if there is no other mirror
	fine    bool   // the file is had all the same
}

func (p *published) data(r *http.Request) []byte {
	return p.files[strings.TrimPrefix(r.URL.Path, "/")]
}

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

// send sends what it is given under a length that it is told.
func send(w http.ResponseWriter, length int, data []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(length))
	_, _ = w.Write(data)
	w.(http.Flusher).Flush()
}

func status(code int, body string) func(*published) http.HandlerFunc {
	return func(*published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
}

// wait waits until the client is gone.
func wait(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Minute):
	}
}

var faults = []fault{
	{"404", status(404, "<html>not found"), "404 Not Found", false},
	{"403", status(403, "<html>forbidden"), "403 Forbidden", false},
	{"500", status(500, ""), "500 Internal Server Error", false},
	{"416 to everything", status(416, ""), "416 Requested Range Not Satisfiable", false},
	{"204", status(204, ""), "204 No Content", false},
	{"page with status 200", status(200, "<!DOCTYPE html><html>403 Forbidden</html>"), "it sends a web page in place of the file (it sends 41 bytes, want ", false},
	{"long page of unknown length", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "\n <html>"+strings.Repeat("blocked ", 10000))
		}
	}, "it sends a web page in place of the file", false},
	{"nothing", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {}
	}, "it sends 0 bytes, want", false},
	{"zeros", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(make([]byte, len(p.data(r)))) }
	}, `it begins with "\x00\x00`, false},
	{"wrong bytes", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(flipped(p.data(r))))
		}
	}, "the SHA-256 is ", false},
	{"another file", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(p.files[plain[3]+".gz"]) }
	}, "it sends ", false},
	{"decompressed", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(p.raw[strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".gz")])
		}
	}, "it sends ", false},
	{"sent as compressed content", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			p.ServeHTTP(w, r)
		}
	}, "", true},
	{"cut, with ranges", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			p.ServeHTTP(&cutter{w, 100 << 10}, r)
		}
	}, "", true},
	{"cut, without ranges", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			data := p.data(r)
			send(w, len(data), data[:len(data)*2/3])
		}
	}, "bytes: unexpected EOF", false},
	{"cut, of unknown length", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			data := p.data(r)
			_, _ = w.Write(data[:len(data)*2/3])
			w.(http.Flusher).Flush()
		}
	}, "bytes: unexpected EOF", false},
	{"announces too little", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { send(w, len(p.data(r))-1, p.data(r)[1:]) }
	}, "it sends ", false},
	{"announces too much", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			send(w, len(p.data(r))+1, append(bytes.Clone(p.data(r)), 0))
		}
	}, "it sends ", false},
	{"never ends", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, err := w.Write(p.data(r))
			for err == nil {
				_, err = w.Write(make([]byte, 1<<10))
			}
		}
	}, "it sends more than ", false},
	{"resets at once", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { reset(w) }
	}, "", false},
	{"resets in the middle", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			send(w, len(p.data(r)), p.data(r)[:len(p.data(r))/2])
			reset(w)
		}
	}, "it ", false},
	{"stalls before the head", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { wait(r) }
	}, "it stalled: not even 16 KB in ", false},
	{"stalls in the middle", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			send(w, len(p.data(r)), p.data(r)[:len(p.data(r))/2])
			wait(r)
		}
	}, "it stalled: not even 16 KB in ", false},
	{"drips", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(p.data(r))))
			for i := range p.data(r) {
				if _, err := w.Write(p.data(r)[i : i+1]); err != nil || r.Context().Err() != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		}
	}, "it stalled: not even 16 KB in ", false},
	{"redirects in a circle", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
	}, "it redirects more than 10 times", false},
	{"redirects to nowhere", func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusFound) }
	}, "302 Found", false},
}

// cutter cuts a response off.
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

const testStall = time.Second

// TestFaults: a mirror that misbehaves is an error that says how or, with
// another mirror, no harm. In no case there is anything wrong in the folder.
func TestFaults(t *testing.T) {
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := publish(t)
			bad := serve(t, tt.handler(p))
			dir := t.TempDir()
			opts := &FetchOptions{Mirrors: []string{bad}, Stall: testStall}
			_, err := p.Download(t.Context(), dir, opts)
			p.requireVerified(t, dir)
			if tt.fine {
				require.NoError(t, err)
				p.requireWhole(t, dir)
				return
			}
			var failed *FetchError
			require.ErrorAs(t, err, &failed)
			require.Len(t, failed.Tries, 1)
			require.Equal(t, bad+"/"+failed.File, failed.Tries[0].URL)
			require.ErrorContains(t, failed.Tries[0].Err, tt.want)
			require.ErrorContains(t, err, "could not be fetched:\n\n\t"+failed.Tries[0].URL+": "+failed.Tries[0].Err.Error())
			require.ErrorContains(t, err, "\n\t(copy the file to "+dir)

			// With what it has left behind, another mirror does it.
			opts.Mirrors = []string{bad, serve(t, p)}
			errs := 0
			opts.Progress = func(g FetchProgress) {
				if g.Err != nil {
					require.ErrorContains(t, g.Err, tt.want)
					errs++
				}
			}
			_, err = p.Download(t.Context(), dir, opts)
			require.NoError(t, err)
			require.Positive(t, errs)
			p.requireWhole(t, dir)
		})
	}
}

// TestRanges: how the rest of a file is asked for, and what if that is not what
// comes.
func TestRanges(t *testing.T) {
	whole := func(p *published) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(p.data(r)) }
	}
	lie := func(header string, data func(p *published, r *http.Request) []byte) func(*published) http.HandlerFunc {
		return func(p *published) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Range") == "" {
					whole(p)(w, r)
					return
				}
				w.Header().Set("Content-Range", fmt.Sprintf(header, len(p.data(r))))
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write(data(p, r))
			}
		}
	}
	rest := func(p *published, r *http.Request) []byte { return p.data(r)[100_000:] }
	for _, tt := range []struct {
		name     string
		left     func(data []byte) []byte // what an earlier try has left
		handler  func(*published) http.HandlerFunc
		requests int // for this file
	}{
		{"the rest", func(b []byte) []byte { return b[:100_000] }, func(p *published) http.HandlerFunc { return p.ServeHTTP }, 1},
		{"nothing is left", func(b []byte) []byte { return nil }, func(p *published) http.HandlerFunc { return p.ServeHTTP }, 1},
		{"all is there", func(b []byte) []byte { return b }, func(p *published) http.HandlerFunc { return p.ServeHTTP }, 0},
		{"what is there is wrong", func(b []byte) []byte { return flipped(b[:100_000]) }, func(p *published) http.HandlerFunc { return p.ServeHTTP }, 2},
		{"all of it, wrong", flipped, func(p *published) http.HandlerFunc { return p.ServeHTTP }, 1},
		{"too much is there", func(b []byte) []byte { return append(bytes.Clone(b), 0) }, func(p *published) http.HandlerFunc { return p.ServeHTTP }, 1},
		{"ranges are ignored", func(b []byte) []byte { return b[:100_000] }, whole, 1},
		{"another range", func(b []byte) []byte { return b[:100_000] }, lie("bytes 99999-200000/%d", rest), 2},
		{"the range of another file", func(b []byte) []byte { return b[:100_000] }, lie("bytes 100000-200000/1%d", rest), 2},
		{"no range is named", func(b []byte) []byte { return b[:100_000] }, lie("%.0d", rest), 2},
		{"the right range is named, wrong bytes come", func(b []byte) []byte { return b[:100_000] },
			lie("bytes 100000-313964/%d", func(p *published, r *http.Request) []byte { return flipped(rest(p, r)) }), 2},
		{"fewer bytes come than are named", func(b []byte) []byte { return b[:100_000] },
			lie("bytes 100000-313964/%d", func(p *published, r *http.Request) []byte { return p.data(r)[100_000:150_000] }), 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := publish(t)
			f := p.Files[0]
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "."+f.Name+".123.part"), tt.left(p.files[f.Name]), 0o600))
			var requests atomic.Int32
			handler := tt.handler(p)
			mirrors := []string{serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, f.Name) {
					requests.Add(1)
				}
				handler(w, r)
			})), serve(t, p)}
			_, err := p.Download(t.Context(), dir, &FetchOptions{Mirrors: mirrors, Stall: testStall})
			require.NoError(t, err)
			require.EqualValues(t, tt.requests, requests.Load())
			p.requireWhole(t, dir)
		})
	}
}

// TestHTTPS: with certificates that are checked, and never down to http.
func TestHTTPS(t *testing.T) {
	p := publish(t)
	secure := httptest.NewUnstartedServer(p)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	opts := &FetchOptions{Mirrors: []string{secure.URL}}
	_, err := p.Download(t.Context(), t.TempDir(), opts)
	require.ErrorContains(t, err, "certificate")

	transport := secure.Client().Transport.(*http.Transport).Clone()
	transport.DisableCompression = true
	opts.Transport = transport
	dir := t.TempDir()
	_, err = p.Download(t.Context(), dir, opts)
	require.NoError(t, err)
	p.requireWhole(t, dir)

	plainServer := serve(t, unasked(t))
	down := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plainServer+r.URL.Path, http.StatusMovedPermanently)
	}))
	t.Cleanup(down.Close)
	transport = down.Client().Transport.(*http.Transport).Clone()
	opts = &FetchOptions{Mirrors: []string{down.URL}, Transport: transport}
	_, err = p.Download(t.Context(), t.TempDir(), opts)
	require.ErrorIs(t, err, errDowngrade)
	require.ErrorContains(t, err, "it redirects from https to http")

	// Up is fine.
	up := serve(t, http.RedirectHandler(secure.URL+"/"+p.Files[0].Name, http.StatusFound))
	one := p.Source
	for i := range one.Files {
		one.Files[i] = one.Files[0]
	}
	opts = &FetchOptions{Mirrors: []string{up}, Transport: secure.Client().Transport}
	_, err = one.Download(t.Context(), t.TempDir(), opts)
	require.NoError(t, err)
}

func TestMirrorsThatAreNone(t *testing.T) {
	p := publish(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	mirrors := []string{
		closed.URL, "ftp://127.0.0.1/", "127.0.0.1:80", "", "http://[::1]:namedport/",
		"http://u:secret@127.0.0.1:1/", "http://u:secret@127.0.0.1:port/", "http://u:%secret@127.0.0.1/",
	}
	_, err := p.Download(t.Context(), t.TempDir(), &FetchOptions{Mirrors: mirrors})
	var failed *FetchError
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Tries, len(mirrors))
	require.NotContains(t, err.Error(), "secret")
	require.ErrorContains(t, err, "unsupported protocol scheme")
	var opError *net.OpError
	require.ErrorAs(t, err, &opError, "connection refused")

	// A source that has no mirrors at all.
	_, err = p.Download(t.Context(), t.TempDir(), nil)
	require.EqualError(t, err, "dataset: tiny: the source knows no mirror of train-images-idx3-ubyte.gz, name one")
	_, err = p.Download(t.Context(), "dir", &FetchOptions{Offline: true})
	require.ErrorContains(t, err, "(copy the file to "+filepath.Join("dir", plain[0])+".gz)")
}

// TestPartOutlivesPortal: the page of a network that wants a login does not cost what
// was fetched before.
func TestPartOutlivesPortal(t *testing.T) {
	p := publish(t)
	name := plain[0] + ".gz"
	for _, length := range []string{"", "12", strconv.Itoa(len(p.files[name]))} {
		portal := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if length != "" {
				w.Header().Set("Content-Length", length)
			}
			io.WriteString(w, "<html>login")
		})
		dir := t.TempDir()
		begun := p.files[name][:len(p.files[name])-7]
		require.NoError(t, os.WriteFile(filepath.Join(dir, "."+name+".1.part"), begun, 0o644))
		_, err := p.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{serve(t, portal)}})
		require.Error(t, err)
		left := entries(t, dir)
		require.Len(t, left, 1)
		data, err := os.ReadFile(filepath.Join(dir, left[0]))
		require.NoError(t, err)
		require.Equal(t, begun, data)
	}
}

// TestSlowProgress: the time that FetchProgress takes is not the mirror's.
func TestSlowProgress(t *testing.T) {
	p := publish(t)
	_, err := p.Download(t.Context(), t.TempDir(), &FetchOptions{
		Mirrors: []string{serve(t, p)}, Stall: 40 * time.Millisecond,
		Progress: func(FetchProgress) { time.Sleep(60 * time.Millisecond) },
	})
	require.NoError(t, err)
}

// TestCancelAtTheEnd: the error is the context's, whatever else is wrong.
func TestCancelAtTheEnd(t *testing.T) {
	p := publish(t)
	p.Files[0].SHA256 = strings.Repeat("0", 64)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := p.Download(ctx, t.TempDir(), &FetchOptions{Mirrors: []string{serve(t, p)}, Progress: func(g FetchProgress) { cancel() }})
	require.ErrorIs(t, err, context.Canceled)
}

// TestDeadMirrorIsAskedOnce: not for each file again.
func TestDeadMirrorIsAskedOnce(t *testing.T) {
	p := publish(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	errs := 0
	_, err := p.Download(t.Context(), t.TempDir(), &FetchOptions{Mirrors: []string{closed.URL, serve(t, p)}, Progress: func(g FetchProgress) {
		if g.Err != nil {
			errs++
		}
	}})
	require.NoError(t, err)
	require.Equal(t, 1, errs)
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
	for _, s := range []string{"", "bytes */200", "bytes 5/7", "bytes 1-2", "items 1-2/3", "bytes -1-2/3", "bytes 1-2/x", "bytes 99999999999999999999-2/3"} {
		_, _, ok := contentRange(s)
		require.False(t, ok, s)
	}
}
