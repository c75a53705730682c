package dataset

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// published is a small data set, as its makers publish it.
type published struct {
	Source
	files fstest.MapFS      // as the mirrors have them
	raw   map[string][]byte // decompressed, by raw name
}

// publish returns a data set of 40 training and 10 test images of 28 x 28
// random pixels. It has no mirrors.
func publish(t testing.TB) *published {
	p := &published{
		Source: Source{Name: "tiny", Classes: characters("0123456789")},
		files:  fstest.MapFS{}, raw: map[string][]byte{},
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i, n := range []int{40, 10} {
		images, labels := make([]uint8, n*784), make([]uint8, n)
		for k := range images {
			images[k] = uint8(rng.Uint32())
		}
		for k := range labels {
			labels[k] = uint8(k % 10)
		}
		p.Files[2*i] = p.add(t, mnistNames[2*i], file(t, images, n, 28, 28))
		p.Files[2*i+1] = p.add(t, mnistNames[2*i+1], file(t, labels, n))
	}
	return p
}

// add publishes a file.
func (p *published) add(t testing.TB, rawName string, raw []byte) File {
	name, data := rawName+".gz", gzipped(t, raw)
	p.files[name], p.raw[rawName] = &fstest.MapFile{Data: data}, raw
	return File{Name: name, Size: int64(len(data)), SHA256: hexSum(data), RawSHA256: hexSum(raw)}
}

// mirror returns the address of a mirror.
func (p *published) mirror(t testing.TB) string { return serve(t, http.FileServerFS(p.files)) }

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// serve starts a server and returns its address.
func serve(t testing.TB, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// unused returns the address of a server that fails the test when it gets a
// request.
func unused(t *testing.T) string {
	return serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("request for %v", r.URL)
	}))
}

// write writes a file to a folder.
func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
}

// entries returns the names of the files in a folder.
func entries(t testing.TB, dir string) (names []string) {
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestDownload(t *testing.T) {
	p := publish(t)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	mirror := p.mirror(t)
	placed := 0
	opts := &FetchOptions{Mirrors: []string{mirror}, Progress: func(progress FetchProgress) {
		require.NoError(t, progress.Err)
		require.Equal(t, int64(len(p.files[progress.File].Data)), progress.Total)
		require.Equal(t, mirror+"/"+progress.File, progress.URL)
		if progress.Path != "" {
			require.Equal(t, filepath.Join(dir, progress.File), progress.Path)
			require.Equal(t, progress.Total, progress.Done)
			placed++
		}
	}}
	got, err := p.Download(t.Context(), dir, opts)
	require.NoError(t, err)
	require.Equal(t, dir, got)
	require.Equal(t, 4, placed)
	require.Len(t, entries(t, dir), 4)

	train, test, err := p.Load(os.DirFS(dir))
	require.NoError(t, err)
	require.Equal(t, 40, train.Len())
	require.Equal(t, 10, test.Len())
	require.Equal(t, p.Classes, train.Names)
	require.Equal(t, p.raw[trainImages][16:], train.Images)

	// The second time nothing is requested.
	for _, opts := range []*FetchOptions{{Mirrors: []string{unused(t)}}, {Offline: true}} {
		_, err = p.Download(t.Context(), dir, opts)
		require.NoError(t, err)
	}
}

// TestDownloadUsesFilesUnderAnyName checks that a verified file is used under
// each of its spellings, in each of its folders.
func TestDownloadUsesFilesUnderAnyName(t *testing.T) {
	p := publish(t)
	folders, err := searchedFolders(fstest.MapFS{}, "tiny")
	require.NoError(t, err)
	for i, first := range paths(folders, trainImages) {
		t.Run(first, func(t *testing.T) {
			dir := t.TempDir()
			var want [4]string
			for k, rawName := range mnistNames {
				want[k] = paths(folders, rawName)[i]
				data := p.raw[rawName]
				if strings.HasSuffix(want[k], ".gz") {
					data = p.files[rawName+".gz"].Data
				}
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, want[k])), 0o755))
				write(t, dir, want[k], data)
			}
			folder, names, err := p.download(t.Context(), dir, &FetchOptions{Mirrors: []string{unused(t)}})
			require.NoError(t, err)
			require.Equal(t, want, names.files)
			train, _, err := p.load(os.DirFS(folder), names)
			require.NoError(t, err)
			require.Equal(t, 40, train.Len())
		})
	}
	t.Run("compressed, without .gz", func(t *testing.T) {
		dir := t.TempDir()
		for _, rawName := range mnistNames {
			write(t, dir, rawName, p.files[rawName+".gz"].Data)
		}
		_, names, err := p.download(t.Context(), dir, &FetchOptions{Offline: true})
		require.NoError(t, err)
		require.Equal(t, mnistNames, names.files)
	})
}

func TestDownloadLeavesWrongFilesUnderOtherNames(t *testing.T) {
	p := publish(t)
	dir := t.TempDir()
	for _, rawName := range mnistNames {
		write(t, dir, rawName, p.raw[rawName])
	}
	wrong := bytes.Clone(p.raw[trainImages])
	wrong[1000]++
	write(t, dir, trainImages, wrong)
	_, names, err := p.download(t.Context(), dir, &FetchOptions{Mirrors: []string{p.mirror(t)}})
	require.NoError(t, err)
	require.Equal(t, [4]string{trainImages + ".gz", trainLabels, testImages, testLabels}, names.files)
	left, err := os.ReadFile(filepath.Join(dir, trainImages))
	require.NoError(t, err)
	require.Equal(t, wrong, left)
}

func TestDownloadRemovesPartsOfVerifiedFiles(t *testing.T) {
	p := publish(t)
	dir := t.TempDir()
	for name, file := range p.files {
		write(t, dir, name, file.Data)
		write(t, dir, "."+name+".1.part", []byte("left"))
	}
	_, err := p.Download(t.Context(), dir, &FetchOptions{Offline: true})
	require.NoError(t, err)
	require.Len(t, entries(t, dir), 4)
}

func TestDownloadIgnoresRawFilesWithoutChecksum(t *testing.T) {
	p := publish(t)
	p.Files[0].RawSHA256 = ""
	dir := t.TempDir()
	write(t, dir, trainImages, p.raw[trainImages])
	_, names, err := p.download(t.Context(), dir, &FetchOptions{Mirrors: []string{p.mirror(t)}})
	require.NoError(t, err)
	require.Equal(t, trainImages+".gz", names.files[0])
}

func TestDownloadRenamesWrongFiles(t *testing.T) {
	p := publish(t)
	dir := t.TempDir()
	name := trainImages + ".gz"
	write(t, dir, name, []byte("wrong"))
	var problems []string
	opts := &FetchOptions{Mirrors: []string{p.mirror(t)}, Progress: func(progress FetchProgress) {
		if progress.Err != nil {
			problems = append(problems, progress.Err.Error())
		}
	}}
	_, err := p.Download(t.Context(), dir, opts)
	require.NoError(t, err)
	require.Len(t, problems, 1)
	require.Contains(t, problems[0], "its new name is "+name+".bad")
	require.Contains(t, entries(t, dir), name+".bad")
}

// requireHelp checks that an error tells how to get all files by hand.
func (p *published) requireHelp(t *testing.T, dir string, err error) {
	t.Helper()
	for _, f := range p.Files {
		path := quoted(filepath.Join(dir, f.Name), runtime.GOOS)
		require.ErrorContains(t, err, "\n\tcurl -fL --create-dirs -o "+path+" "+f.Mirrors[0]+"/"+f.Name)
	}
}

func TestOffline(t *testing.T) {
	p := publish(t)
	dir := filepath.Join(t.TempDir(), "a folder")
	for i := range p.Files {
		p.Files[i].Mirrors = []string{unused(t)}
	}
	_, err := p.Download(t.Context(), dir, &FetchOptions{Offline: true})
	var failed *FetchError
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, dir, failed.Dir)
	require.ErrorContains(t, err, "dataset: "+trainImages+".gz is missing or damaged in "+dir+"\n\nTo get ")
	p.requireHelp(t, dir, err)
	require.NoDirExists(t, dir)

	p.Files[0].Mirrors = nil
	_, err = p.Download(t.Context(), "dir", &FetchOptions{Offline: true})
	require.ErrorContains(t, err, "(copy the file to "+filepath.Join("dir", trainImages)+".gz)")
}

func TestFetchError(t *testing.T) {
	p := publish(t)
	bad := serve(t, http.NotFoundHandler())
	for i := range p.Files {
		p.Files[i].Mirrors = []string{bad}
	}
	dir := t.TempDir()
	missing := errors.New("no route")
	transport := roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "unreachable" {
			return nil, missing
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	opts := &FetchOptions{Mirrors: []string{bad, "http://unreachable/"}, Transport: transport}
	_, err := p.Download(t.Context(), dir, opts)
	var failed *FetchError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, &p.Source, failed.Source)
	require.Equal(t, dir, failed.Dir)
	require.Equal(t, trainImages+".gz", failed.File)
	require.Len(t, failed.Tries, 2)
	require.ErrorIs(t, err, missing)
	require.ErrorContains(t, err, "dataset: "+failed.File+" is missing or damaged in "+dir+", and no mirror sent it:\n\n"+
		"\t"+bad+"/"+failed.File+": 404 Not Found\n"+
		"\thttp://unreachable/"+failed.File+": no route\n\nTo get ")
	p.requireHelp(t, dir, err)
}

// TestFetchErrorOfOneMirror: one mirror is tried, and its error is found.
func TestFetchErrorOfOneMirror(t *testing.T) {
	p := publish(t)
	cause := errors.New("no route")
	transport := roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })
	_, err := p.Download(t.Context(), t.TempDir(), &FetchOptions{Mirrors: []string{"http://a"}, Transport: transport})
	require.ErrorIs(t, err, cause)
	require.NotErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, ", and no mirror sent it:\n\n\thttp://a/")
}

// TestFetchErrorListsMissingFiles checks that the help does not list a file
// that is already there.
func TestFetchErrorListsMissingFiles(t *testing.T) {
	p := publish(t)
	for name := range p.files {
		if name != trainImages+".gz" {
			delete(p.files, name)
		}
	}
	_, err := p.Download(t.Context(), t.TempDir(), &FetchOptions{Mirrors: []string{p.mirror(t)}})
	var failed *FetchError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, trainLabels+".gz", failed.File)
	require.NotContains(t, err.Error(), trainImages)
	for _, f := range p.Files[1:] {
		require.ErrorContains(t, err, f.Name+")")
	}
}

// roundTripper is a function that is an http.RoundTripper.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestDownloadErrors checks errors that are no mirror's fault.
func TestDownloadErrors(t *testing.T) {
	p := publish(t)
	opts := &FetchOptions{Mirrors: []string{p.mirror(t)}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Download(ctx, t.TempDir(), opts)
	require.EqualError(t, err, "dataset: tiny: fetching "+trainImages+".gz: context canceled")
	require.ErrorIs(t, err, context.Canceled)

	dir := t.TempDir()
	write(t, dir, "file", nil)
	_, err = p.Download(t.Context(), filepath.Join(dir, "file", "folder"), opts)
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
	require.ErrorContains(t, err, "dataset: tiny: ")

	_, err = p.Download(t.Context(), t.TempDir(), nil)
	require.EqualError(t, err, "dataset: tiny: no mirror of "+trainImages+".gz is known: name one")
	p.Files[0].SHA256 = ""
	_, err = p.Download(t.Context(), t.TempDir(), opts)
	require.EqualError(t, err, "dataset: tiny: no checksum of "+trainImages+".gz is known")
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

// TestFetchToCache checks the folders in the user's cache.
func TestFetchToCache(t *testing.T) {
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
	require.ErrorContains(t, err, `dataset: no data set is called "none"; there are mnist, `)
}

// TestFetchMNIST fetches the real files from a local mirror.
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

// publishEMNIST returns the source of EMNIST's letters with a small archive.
// Image i has label i%26+1 and one bright pixel, in row 2 and column 5 of the
// upright image.
func publishEMNIST(t testing.TB) (s *Source, archive []byte) {
	s, err := Lookup("emnist-letters")
	require.NoError(t, err)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, data []byte) {
		w, err := z.Create("gzip/" + name)
		require.NoError(t, err)
		_, err = w.Write(data)
		require.NoError(t, err)
	}
	add("emnist-letters-mapping.txt", []byte("1 65 97\n"))
	for i, n := range []int{52, 26} {
		images, labels := make([]uint8, n*784), make([]uint8, n)
		for k := range n {
			images[784*k+5*28+2] = 200
			labels[k] = uint8(k%26 + 1)
		}
		add(s.Files[2*i].Name, gzipped(t, file(t, images, n, 28, 28)))
		add(s.Files[2*i+1].Name, gzipped(t, file(t, labels, n)))
	}
	require.NoError(t, z.Close())
	s.Archive.Size, s.Archive.SHA256 = int64(b.Len()), hexSum(b.Bytes())
	return s, b.Bytes()
}

func TestDownloadEMNIST(t *testing.T) {
	s, archive := publishEMNIST(t)
	mirror := serve(t, http.FileServerFS(fstest.MapFS{"gzip.zip": {Data: archive}}))
	dir := t.TempDir()
	_, err := s.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{mirror}})
	require.NoError(t, err)
	require.Len(t, entries(t, dir), 5, "the archive and four files of it")

	train, test, err := s.Load(os.DirFS(dir))
	require.NoError(t, err)
	require.Equal(t, 52, train.Len())
	require.Equal(t, 26, test.Classes)
	require.Equal(t, []string{"A", "B", "Z"}, []string{test.Names[0], test.Names[1], test.Names[25]})
	for i, label := range train.Labels {
		require.Equal(t, i%26, label)
		require.Equal(t, uint8(200), train.Image(i).GrayAt(5, 2).Y, "upright")
	}

	// A damaged file is taken out of the archive again. Without the archive
	// it is missing, although it has no checksum of its own.
	offline := &FetchOptions{Offline: true}
	write(t, dir, ".gzip.zip.1.part", []byte("left by a stopped download"))
	_, err = s.Download(t.Context(), dir, offline)
	require.NoError(t, err)
	require.Len(t, entries(t, dir), 5)
	damaged := filepath.Join(dir, s.Files[2].Name)
	require.NoError(t, os.Truncate(damaged, 50))
	_, err = s.Download(t.Context(), dir, offline)
	require.NoError(t, err)
	require.FileExists(t, damaged+".bad")
	require.NoError(t, os.Remove(filepath.Join(dir, "gzip.zip")))
	_, err = s.Download(t.Context(), dir, offline)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(damaged, 50))
	_, err = s.Download(t.Context(), dir, offline)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "gzip.zip https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip")
}

// TestDownloadTablesBesideArchive checks a source with an archive and with
// label tables that are not in it.
func TestDownloadTablesBesideArchive(t *testing.T) {
	s, archive := publishEMNIST(t)
	p := publish(t)
	s.WriterTables[1] = p.add(t, "table-idx2-int", table(t, make([]int, 26), make([]int, 26)))
	p.files["gzip.zip"] = &fstest.MapFile{Data: archive}
	dir := t.TempDir()
	opts := &FetchOptions{Mirrors: []string{p.mirror(t)}, WriterIDs: true}
	_, err := s.Download(t.Context(), dir, opts)
	require.NoError(t, err)
	require.Len(t, entries(t, dir), 6)

	require.NoError(t, os.Remove(filepath.Join(dir, "table-idx2-int.gz")))
	_, err = s.Download(t.Context(), dir, &FetchOptions{Offline: true, WriterIDs: true})
	require.ErrorContains(t, err, "copy the file to "+quoted(filepath.Join(dir, "table-idx2-int.gz"), runtime.GOOS))
	require.NotContains(t, err.Error(), "gzip.zip", "the archive is not missing")
}
