package download

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func hexHash(p *part) string { return hex.EncodeToString(p.hash.Sum(nil)) }

func TestFetch(t *testing.T) {
	s := publish(t)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	mirror := serve(t, s)
	var last Progress
	placed := 0
	options := Options{Mirrors: []string{mirror}, Progress: func(p Progress) {
		require.NoError(t, p.Err)
		require.Equal(t, int64(len(s.files[p.File])), p.Total)
		require.LessOrEqual(t, p.Done, p.Total)
		require.True(t, p.File != last.File || p.Done >= last.Done)
		require.Equal(t, mirror+"/"+p.File, p.URL)
		if p.Path != "" {
			require.Equal(t, filepath.Join(dir, p.File), p.Path)
			require.FileExists(t, p.Path)
			placed++
		}
		last = p
	}}
	require.NoError(t, s.download(t.Context(), dir, options))
	require.Equal(t, 4, placed)
	s.requireWhole(t, dir)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(dir, "large.gz"))
		require.NoError(t, err)
		require.EqualValues(t, 0o644, info.Mode().Perm())
		other := filepath.Join(t.TempDir(), "other")
		require.NoError(t, os.Mkdir(other, 0o755))
		want, err := os.Stat(other)
		require.NoError(t, err)
		info, err = os.Stat(dir)
		require.NoError(t, err)
		require.Equal(t, want.Mode(), info.Mode())
	}
	// The second time nothing is requested.
	require.NoError(t, s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, unused(t))}}))
}

// TestAtOnce checks that many downloads to one folder do not disturb each
// other.
func TestAtOnce(t *testing.T) {
	s := publish(t)
	mirror := serve(t, s.trickling(20*time.Microsecond))
	for range tries(2, 20) {
		dir := t.TempDir()
		atOnce(t, 8, func(i int) error {
			time.Sleep(time.Duration(i) * time.Millisecond)
			return s.download(context.Background(), dir, Options{Mirrors: []string{mirror}})
		})
		s.requireWhole(t, dir)
	}
}

// TestCancel stops downloads at later and later moments. No file may get its
// name too early, and every download continues the last one.
func TestCancel(t *testing.T) {
	s := publish(t)
	mirror := serve(t, s)
	dir := t.TempDir()
	for calls := 0; ; calls += 3 {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		err := s.download(ctx, dir, Options{Mirrors: []string{mirror}, Progress: func(Progress) {
			if seen++; seen > calls {
				cancel()
			}
		}})
		cancel()
		s.requireVerified(t, dir)
		if err == nil {
			require.Positive(t, calls)
			break
		}
		require.ErrorIs(t, err, context.Canceled)
	}
	s.requireWhole(t, dir)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	none := filepath.Join(t.TempDir(), "none")
	err := s.download(ctx, none, Options{Mirrors: []string{mirror}})
	require.ErrorIs(t, err, context.Canceled)
	require.NoDirExists(t, none)
	err = s.download(ctx, dir, Options{})
	require.ErrorIs(t, err, context.Canceled, "while a file in the folder is verified")
}

// TestCancelWinsOverMirror checks that the error is the context's, even if the
// mirror is wrong too.
func TestCancelWinsOverMirror(t *testing.T) {
	s := publish(t)
	s.list[0].SHA256 = strings.Repeat("0", 64)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.download(ctx, t.TempDir(), Options{
		Mirrors:  []string{serve(t, s)},
		Progress: func(Progress) { cancel() },
	})
	require.ErrorIs(t, err, context.Canceled)
}

// TestMD5 checks files with an MD5 and no SHA-256. Their own mirrors must be
// https.
func TestMD5(t *testing.T) {
	s := publish(t)
	for i := range s.list {
		f := &s.list[i]
		sum := md5.Sum(s.files[f.Name])
		f.Size, f.SHA256, f.MD5 = 0, "", hex.EncodeToString(sum[:])
		f.Mirrors = []string{serve(t, unused(t))}
	}
	err := s.download(t.Context(), t.TempDir(), Options{})
	require.ErrorContains(t, err, "a file without a SHA-256 is fetched by https only")

	dir := t.TempDir()
	options := Options{Mirrors: []string{serve(t, s)}}
	require.NoError(t, s.download(t.Context(), dir, options))
	s.requireWhole(t, dir)

	s.files["small.gz"] = flipped(s.files["small.gz"])
	err = s.download(t.Context(), t.TempDir(), options)
	require.ErrorContains(t, err, "the MD5 is ")
}

// TestHTTPS checks that certificates are verified, and that no redirect leads
// from https to http.
func TestHTTPS(t *testing.T) {
	s := publish(t)
	secure := httptest.NewUnstartedServer(s)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	options := Options{Mirrors: []string{secure.URL}}
	require.ErrorContains(t, s.download(t.Context(), t.TempDir(), options), "certificate")

	transport := secure.Client().Transport.(*http.Transport).Clone()
	transport.DisableCompression = true
	options.Transport = transport
	dir := t.TempDir()
	require.NoError(t, s.download(t.Context(), dir, options))
	s.requireWhole(t, dir)

	plain := serve(t, unused(t))
	down := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain+r.URL.Path, http.StatusMovedPermanently)
	}))
	t.Cleanup(down.Close)
	options = Options{Mirrors: []string{down.URL}, Transport: down.Client().Transport}
	err := s.download(t.Context(), t.TempDir(), options)
	require.ErrorContains(t, err, "it redirects from https to http")
	var failed *Error
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, failed.Tries[0].Err, errDowngrade)

	// A redirect from http to https is allowed.
	up := serve(t, http.RedirectHandler(secure.URL+"/large.gz", http.StatusFound))
	d := New(t.TempDir(), Options{Mirrors: []string{up}, Transport: secure.Client().Transport})
	defer d.Close()
	require.NoError(t, d.Fetch(t.Context(), s.list[0]))
}

// hops serves the first file of a site after a number of redirects. It counts
// the requests.
func (s *site) hops(n int, requests *atomic.Int32) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > int32(n) {
			s.ServeHTTP(w, r)
			return
		}
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	})
}

func TestRedirects(t *testing.T) {
	s := publish(t)
	s.list = s.list[:1]
	for n, works := range map[int]bool{1: true, 10: true, 11: false} {
		var requests atomic.Int32
		mirror := serve(t, s.hops(n, &requests))
		err := s.download(t.Context(), t.TempDir(), Options{Mirrors: []string{mirror}})
		if works {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "it redirects more than 10 times")
		require.EqualValues(t, 11, requests.Load())
	}
}

// TestDowngrade leads downloads through mirrors that are reached by http and
// https. After https there is no way back to http.
func TestDowngrade(t *testing.T) {
	s := publish(t)
	for chain, works := range map[string]bool{
		"http": true, "https": true, "http http": true, "http https": true, "https https": true, "http http https": true,
		"https http": false, "https http http": false, "http https http": false, "https https http": false,
		"http https https http": false, "https http https": false,
	} {
		t.Run(chain, func(t *testing.T) {
			t.Parallel()
			schemes := strings.Fields(chain)
			next := ""
			var client *http.Client
			for i := len(schemes) - 1; i >= 0; i-- {
				target := next
				handler := http.Handler(s)
				if target != "" {
					handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						http.Redirect(w, r, target+r.URL.Path, http.StatusFound)
					})
				}
				server := httptest.NewUnstartedServer(handler)
				if schemes[i] == "https" {
					server.StartTLS()
					client = server.Client() // all servers have one certificate
				} else {
					server.Start()
				}
				t.Cleanup(server.Close)
				next = server.URL
			}
			options := Options{Mirrors: []string{next}}
			if client != nil {
				options.Transport = client.Transport
			}
			d := New(t.TempDir(), options)
			defer d.Close()
			err := d.Fetch(t.Context(), s.list[1])
			if works {
				require.NoError(t, err)
				return
			}
			var failed *Error
			require.ErrorAs(t, err, &failed)
			require.ErrorIs(t, failed.Tries[0].Err, errDowngrade)
		})
	}
}

// TestPublishedMirrors checks that a file with a SHA-256 may come from its own
// mirrors by http.
func TestPublishedMirrors(t *testing.T) {
	s := publish(t)
	for i := range s.list {
		s.list[i].Mirrors = []string{serve(t, s)}
	}
	dir := t.TempDir()
	require.NoError(t, s.download(t.Context(), dir, Options{}))
	s.requireWhole(t, dir)
}

// TestLimits checks what the documentation of package dataset promises.
func TestLimits(t *testing.T) {
	require.EqualValues(t, 100<<20, File{}.limit())
	require.EqualValues(t, 7, File{Size: 7}.limit())
	require.Equal(t, 10*time.Second, New("", Options{}).own.TLSHandshakeTimeout, "a dead mirror costs little time")
	require.Equal(t, time.Second, New("", Options{Stall: time.Second}).own.TLSHandshakeTimeout)
}

func TestBadMirrorAddresses(t *testing.T) {
	s := publish(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	mirrors := []string{
		closed.URL, "ftp://127.0.0.1/", "127.0.0.1:80", "", "http://[::1]:namedport/",
		"http://u:secret@127.0.0.1:1/", "http://u:secret@127.0.0.1:port/", "http://u:%secret@127.0.0.1/",
	}
	err := s.download(t.Context(), t.TempDir(), Options{Mirrors: mirrors})
	var failed *Error
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Tries, len(mirrors))
	require.NotContains(t, err.Error(), "secret")
	require.ErrorContains(t, err, "unsupported protocol scheme")
	require.ErrorContains(t, failed.Tries[4].Err, "invalid port")
	require.Equal(t, mirrors[4], failed.Tries[4].URL)
	require.Equal(t, "127.0.0.1:port/", failed.Tries[6].URL)
	var refused *net.OpError
	require.ErrorAs(t, failed.Tries[0].Err, &refused)
}

// TestDeadMirrorIsTriedOnce checks that a mirror that failed for one file comes
// last for the next ones.
func TestDeadMirrorIsTriedOnce(t *testing.T) {
	s := publish(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	errs := 0
	require.NoError(t, s.download(t.Context(), t.TempDir(), Options{
		Mirrors: []string{closed.URL, serve(t, s)}, Progress: count(t, "", &errs),
	}))
	require.Equal(t, 1, errs)
}

// TestImpossible checks the errors of downloads that cannot begin.
func TestImpossible(t *testing.T) {
	s := publish(t)
	dir := filepath.Join(t.TempDir(), "folder")
	var failed *Error
	err := s.download(t.Context(), dir, Options{Offline: true, Mirrors: []string{serve(t, unused(t))}})
	require.ErrorAs(t, err, &failed)
	require.Empty(t, failed.Tries)
	require.EqualError(t, err, "large.gz is missing and the network is not to be used")

	err = s.download(t.Context(), dir, Options{})
	require.EqualError(t, err, "no mirror of large.gz is known: name one")
	s.list[0].SHA256 = ""
	err = s.download(t.Context(), dir, Options{Mirrors: []string{serve(t, unused(t))}})
	require.EqualError(t, err, "no checksum of large.gz is known")
	require.NoDirExists(t, dir)

	s = publish(t)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	err = s.download(t.Context(), filepath.Join(file, "folder"), Options{Mirrors: []string{serve(t, s)}})
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
}
