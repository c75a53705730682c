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
	err := s.download(ctx, t.TempDir(), Options{Mirrors: []string{mirror}})
	require.ErrorIs(t, err, context.Canceled)
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
