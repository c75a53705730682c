package dataset

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// published is a small data set, as its makers would publish it.
type published struct {
	Source
	files map[string][]byte // by name, compressed
	raw   map[string][]byte // by name, decompressed
}

// publish makes a data set of 400 training and 10 test images of 28 x 28 pixels
// that do not compress.
func publish(t testing.TB) *published {
	if p, ok := publishedOnce.Load().(published); ok { // compressing takes time
		p.files, p.raw = maps.Clone(p.files), maps.Clone(p.raw)
		return &p
	}
	p := &published{Source: Source{Name: "tiny", Classes: characters("0123456789")}, files: map[string][]byte{}, raw: map[string][]byte{}}
	rng := rand.New(rand.NewPCG(1, 2))
	for i, n := range []int{400, 10} {
		images, labels := make([]uint8, n*784), make([]uint8, n)
		for k := range images {
			images[k] = uint8(rng.Uint32())
		}
		for k := range labels {
			labels[k] = uint8(k % 10)
		}
		p.add(t, 2*i, plain[2*i], file(t, images, n, 28, 28))
		p.add(t, 2*i+1, plain[2*i+1], file(t, labels, n))
	}
	publishedOnce.Store(*p)
	return publish(t)
}

var publishedOnce atomic.Value // of type published, not to be changed

func (p *published) add(t testing.TB, i int, classic string, raw []byte) {
	name, data := classic+".gz", gzipped(t, raw)
	p.files[name], p.raw[classic] = data, raw
	p.Files[i] = File{Name: name, Size: int64(len(data)), SHA256: hexSum(data), RawSHA256: hexSum(raw)}
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ServeHTTP serves the files, as one would hope that a mirror does.
func (p *published) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	data, ok := p.files[name]
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

// requireWhole checks that the folder has the four files and nothing else.
func (p *published) requireWhole(t testing.TB, dir string) {
	t.Helper()
	require.ElementsMatch(t, []string{plain[0] + ".gz", plain[1] + ".gz", plain[2] + ".gz", plain[3] + ".gz"}, entries(t, dir))
	p.requireVerified(t, dir)
}

// requireVerified checks that what has a final name has the right bytes.
func (p *published) requireVerified(t testing.TB, dir string) {
	t.Helper()
	for name, want := range p.files {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			require.True(t, bytes.Equal(want, got), name)
		}
	}
}

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

func TestDownload(t *testing.T) {
	p := publish(t)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	var last FetchProgress
	finished := 0
	mirror := serve(t, p)
	opts := &FetchOptions{Mirrors: []string{mirror}, Progress: func(g FetchProgress) {
		require.NoError(t, g.Err)
		require.Equal(t, int64(len(p.files[g.File])), g.Total)
		require.LessOrEqual(t, g.Done, g.Total)
		require.True(t, g.File != last.File || g.Done >= last.Done)
		require.Equal(t, mirror+"/"+g.File, g.URL)
		if g.Path != "" {
			require.Equal(t, filepath.Join(dir, g.File), g.Path)
			require.FileExists(t, g.Path)
			finished++
		}
		last = g
	}}
	got, err := p.Download(t.Context(), dir, opts)
	require.NoError(t, err)
	require.Equal(t, dir, got)
	require.Equal(t, 4, finished)
	p.requireWhole(t, dir)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(dir, plain[0]+".gz"))
		require.NoError(t, err)
		require.EqualValues(t, 0o644, info.Mode().Perm())
	}

	train, test, err := p.Load(os.DirFS(dir))
	require.NoError(t, err)
	require.Equal(t, 400, train.Len())
	require.Equal(t, 10, test.Len())
	require.Equal(t, p.Classes, train.Names)
	require.Equal(t, p.raw[plain[0]][16:], train.Images)

	// The second time nothing is asked for, without a network too.
	for _, opts := range []*FetchOptions{{Mirrors: []string{serve(t, unasked(t))}}, {Offline: true}} {
		_, err = p.Download(t.Context(), dir, opts)
		require.NoError(t, err)
	}
}

// unasked fails the test if it is asked for anything.
func unasked(t *testing.T) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Errorf("asked for %v", r.URL) })
}

// TestDownloadUsesWhatIsThere: each file may have any of its names.
func TestDownloadUsesWhatIsThere(t *testing.T) {
	p := publish(t)
	dotted := func(name string) string { return strings.Replace(name, "-idx", ".idx", 1) }
	for _, tt := range []struct {
		name  string
		names func(classic string) string
		raw   bool
	}{
		{"raw", func(c string) string { return c }, true},
		{"raw, dotted", dotted, true},
		{"compressed", func(c string) string { return c + ".gz" }, false},
		{"compressed, dotted", func(c string) string { return dotted(c) + ".gz" }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, c := range plain {
				data := p.files[c+".gz"]
				if tt.raw {
					data = p.raw[c]
				}
				require.NoError(t, os.WriteFile(filepath.Join(dir, tt.names(c)), data, 0o644))
			}
			_, names, _, err := p.download(t.Context(), dir, &FetchOptions{Mirrors: []string{serve(t, unasked(t))}})
			require.NoError(t, err)
			for i, c := range plain {
				require.Equal(t, tt.names(c), names[i])
			}
			require.Len(t, entries(t, dir), 4)
		})
	}
	t.Run("one of them wrong", func(t *testing.T) {
		dir := t.TempDir()
		for _, c := range plain {
			require.NoError(t, os.WriteFile(filepath.Join(dir, c), p.raw[c], 0o644))
		}
		wrong := bytes.Clone(p.raw[plain[0]])
		wrong[1000]++
		require.NoError(t, os.WriteFile(filepath.Join(dir, plain[0]), wrong, 0o644))
		_, names, _, err := p.download(t.Context(), dir, &FetchOptions{Mirrors: []string{serve(t, p)}})
		require.NoError(t, err)
		require.Equal(t, []string{plain[0] + ".gz", plain[1], plain[2], plain[3]}, names, "the verified one is read")
		left, err := os.ReadFile(filepath.Join(dir, plain[0]))
		require.NoError(t, err)
		require.Equal(t, wrong, left, "and the other is left alone")
	})
	t.Run("compressed, without .gz", func(t *testing.T) {
		dir := t.TempDir()
		q := *p
		for i, c := range plain {
			q.Files[i].Size = int64(len(p.files[c+".gz"]))
			require.NoError(t, os.WriteFile(filepath.Join(dir, c), p.files[c+".gz"], 0o644))
		}
		_, names, _, err := q.download(t.Context(), dir, &FetchOptions{Offline: true})
		require.NoError(t, err)
		require.Equal(t, plain[:], names[:])
	})
	t.Run("parts of what is there are removed", func(t *testing.T) {
		dir := t.TempDir()
		for _, c := range plain {
			require.NoError(t, os.WriteFile(filepath.Join(dir, c+".gz"), p.files[c+".gz"], 0o644))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "."+c+".gz.1.part"), []byte("left"), 0o644))
		}
		_, err := p.Download(t.Context(), dir, &FetchOptions{Offline: true})
		require.NoError(t, err)
		require.Len(t, entries(t, dir), 4)
	})
	t.Run("raw without a published checksum", func(t *testing.T) {
		q := *p
		q.Files[0].RawSHA256 = ""
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, plain[0]), p.raw[plain[0]], 0o644))
		_, names, _, err := q.download(t.Context(), dir, &FetchOptions{Mirrors: []string{serve(t, p)}})
		require.NoError(t, err)
		require.Equal(t, plain[0]+".gz", names[0])
	})
}

func TestOffline(t *testing.T) {
	p := publish(t)
	dir := filepath.Join(t.TempDir(), "a folder")
	for i := range p.Files {
		p.Files[i].Mirrors = []string{serve(t, unasked(t)) + "/there"}
	}
	_, err := p.Download(t.Context(), dir, &FetchOptions{Offline: true})
	var failed *FetchError
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, dir, failed.Dir)
	require.ErrorContains(t, err, "dataset: train-images-idx3-ubyte.gz is not in "+dir+", or is damaged, and the network is not to be used\n")
	for _, f := range p.Files {
		require.ErrorContains(t, err, "\n\tcurl -fL --create-dirs -o "+quoted(filepath.Join(dir, f.Name), runtime.GOOS)+" "+f.Mirrors[0]+"/"+f.Name)
	}
	require.NoDirExists(t, dir, "nothing was made")
}

func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"/data/MNIST-1_a.b,c": "/data/MNIST-1_a.b,c",
		"a folder":            "'a folder'",
		"$HOME/`id`":          "'$HOME/`id`'",
		"it's":                `'it'\''s'`,
		"~":                   "'~'",
		"a\nb|c<d>#e\"":       "'a\nb|c<d>#e\"'",
	} {
		require.Equal(t, want, quoted(word, "linux"))
	}
	require.Equal(t, `"C:\a folder\x.gz"`, quoted(`C:\a folder\x.gz`, "windows"))
}

// TestFetch: into the user's cache, and from there.
func TestFetch(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache) // Linux and other Unixes
	t.Setenv("LocalAppData", cache)   // Windows
	t.Setenv("HOME", cache)           // macOS
	_, _, err := Fetch(t.Context(), "mnist", "", &FetchOptions{Offline: true})
	var failed *FetchError
	require.ErrorAs(t, err, &failed)
	require.True(t, strings.HasPrefix(failed.Dir, cache))
	require.True(t, strings.HasSuffix(failed.Dir, filepath.Join("digits", "mnist")))
	_, _, err = Fetch(t.Context(), "emnist-letters", "", &FetchOptions{Offline: true})
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "emnist", filepath.Base(failed.Dir))
	require.Equal(t, "gzip.zip", failed.File)
	require.ErrorContains(t, err, " https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip")

	_, _, err = Fetch(t.Context(), "none", "", nil)
	require.EqualError(t, err, `dataset: no data set is called "none"; there are mnist, fashion-mnist, kmnist, qmnist, emnist-byclass, emnist-bymerge, emnist-balanced, emnist-letters, emnist-digits, emnist-mnist`)
}

// TestFetchMNIST fetches the real files from a mirror nearby.
func TestFetchMNIST(t *testing.T) {
	mirror := serve(t, http.FileServerFS(mnist(t)))
	dir := t.TempDir()
	train, test, err := Fetch(t.Context(), "mnist", dir, &FetchOptions{Mirrors: []string{mirror}})
	require.NoError(t, err)
	require.Equal(t, 60000, train.Len())
	require.Equal(t, 10000, test.Len())
	require.Equal(t, characters("0123456789"), test.Names)
	_, _, err = Fetch(t.Context(), "MNIST", dir, &FetchOptions{Offline: true})
	require.NoError(t, err)
}

// TestDownloadAtOnce: many at once into one folder do not disturb each other.
func TestDownloadAtOnce(t *testing.T) {
	p := publish(t)
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.ServeHTTP(trickle{w, 20 * time.Microsecond}, r) })
	mirror := serve(t, slow)
	for range 5 {
		dir := t.TempDir()
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				time.Sleep(time.Duration(i) * time.Millisecond)
				if _, errs[i] = p.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{mirror}}); errs[i] == nil {
					_, _, errs[i] = p.Load(os.DirFS(dir))
				}
			}()
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		p.requireWhole(t, dir)
	}
}

// trickle writes little by little.
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

// TestCancel: at any moment, nothing has a name that it should not have, and
// the next download goes on.
func TestCancel(t *testing.T) {
	p := publish(t)
	mirror := serve(t, p)
	dir := t.TempDir()
	for calls := 0; ; calls += 3 {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		_, err := p.Download(ctx, dir, &FetchOptions{Mirrors: []string{mirror}, Progress: func(FetchProgress) {
			if seen++; seen > calls {
				cancel()
			}
		}})
		cancel()
		p.requireVerified(t, dir)
		if err == nil {
			require.Positive(t, calls)
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "dataset: tiny: ")
	}
	p.requireWhole(t, dir)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Download(ctx, t.TempDir(), &FetchOptions{Mirrors: []string{mirror}})
	require.ErrorIs(t, err, context.Canceled)
	_, err = p.Download(ctx, dir, nil)
	require.ErrorIs(t, err, context.Canceled, "while what is there is looked at")
}

// TestDownloadMD5: where only that is published.
func TestDownloadMD5(t *testing.T) {
	p := publish(t)
	for i := range p.Files {
		f := &p.Files[i]
		sum := md5.Sum(p.files[f.Name])
		f.Size, f.SHA256, f.MD5 = 0, "", hex.EncodeToString(sum[:])
		f.Mirrors = []string{serve(t, unasked(t))}
	}
	_, err := p.Download(t.Context(), t.TempDir(), nil)
	require.ErrorContains(t, err, "without a SHA-256 only https will do")

	dir := t.TempDir()
	_, err = p.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{serve(t, p)}})
	require.NoError(t, err)
	p.requireWhole(t, dir)

	p.files[plain[1]+".gz"] = flipped(p.files[plain[1]+".gz"])
	_, err = p.Download(t.Context(), t.TempDir(), &FetchOptions{Mirrors: []string{serve(t, p)}})
	require.ErrorContains(t, err, "the MD5 is ")
}

func TestDownloadToNowhere(t *testing.T) {
	p := publish(t)
	opts := &FetchOptions{Mirrors: []string{serve(t, p)}}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err := p.Download(t.Context(), filepath.Join(file, "folder"), opts)
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
	require.ErrorContains(t, err, "dataset: tiny: ")

	p.Files[2].SHA256 = ""
	_, err = p.Download(t.Context(), t.TempDir(), opts)
	require.EqualError(t, err, "dataset: tiny: the source has no checksum of t10k-images-idx3-ubyte.gz")
}
