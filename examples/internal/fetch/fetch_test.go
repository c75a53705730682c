package fetch

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/stretchr/testify/require"
)

// parse returns the flags of a command line.
func parse(t *testing.T, args ...string) *Flags {
	var f Flags
	set := flag.NewFlagSet("", flag.ContinueOnError)
	f.Register(set)
	require.NoError(t, set.Parse(args))
	return &f
}

func TestFlags(t *testing.T) {
	require.Equal(t, &Flags{Data: "mnist"}, parse(t))
	require.Equal(t, &Flags{Data: "kmnist", Offline: true, Mirrors: []string{"http://a", "http://b"}, Cache: "dir"},
		parse(t, "-data", "kmnist", "-offline", "-mirror", "http://a", "-mirror", "http://b", "-cache", "dir"))
}

// useCache makes an empty folder the user's cache folder.
func useCache(t *testing.T) string {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	t.Setenv("LocalAppData", dir)
	t.Setenv("HOME", dir)
	t.Setenv("DIGITS_CACHE", "")
	return dir
}

func TestNoData(t *testing.T) {
	useCache(t)
	var stderr bytes.Buffer
	_, _, err := parse(t, "-data", "none/mnist").Load(t.Context(), &stderr)
	require.ErrorContains(t, err, `-data none/mnist: no such folder; dataset: no data set is called "none/mnist"; there are mnist, `)
	_, _, err = parse(t, "-offline").Load(t.Context(), &stderr)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for _, once := range []string{"train-images-idx3-ubyte.gz is missing", "-o ", "cvdf-datasets/mnist/train-images",
		"cvdf-datasets/mnist/t10k-labels", "Or name a folder or a zip archive that has the four files: -data FOLDER"} {
		want := 1
		if once == "-o " {
			want = 4 // files to get
		}
		require.Equal(t, want, strings.Count(err.Error(), once), "%s in\n%v", once, err)
	}

	// A server that does not have the file.
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, _, err = parse(t, "-data", "emnist-letters", "-mirror", server.URL).Load(t.Context(), &stderr)
	var failed *dataset.FetchError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, server.URL+"/gzip.zip: 404 Not Found\n", stderr.String())
	require.NotContains(t, err.Error(), "404 Not Found", "stderr has said it")
	require.True(t, strings.HasSuffix(err.Error(), "-data "+filepath.Join("FOLDER", "emnist-letters")), err)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = parse(t).Load(ctx, &stderr)
	require.ErrorIs(t, err, context.Canceled)
}

// TestFolderNamedAsADataSet: a folder is read as the data set of its name.
func TestFolderNamedAsADataSet(t *testing.T) {
	useCache(t)
	dir := filepath.Join(t.TempDir(), "fashion-mnist")
	require.NoError(t, os.Mkdir(dir, 0o777))
	_, _, err := parse(t, "-data", dir).Load(t.Context(), nil)
	var missing *dataset.MissingError
	require.ErrorAs(t, err, &missing)
	require.ErrorContains(t, err, "-o "+filepath.Join(dir, "train-images-idx3-ubyte.gz "), "this very folder")
	for prefix, n := range map[string]byte{"train": 2, "t10k": 1} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, prefix+"-images-idx3-ubyte"), append([]byte{0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 1, 0, 0, 0, 1}, make([]byte, n)...), 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, prefix+"-labels-idx1-ubyte"), append([]byte{0, 0, 8, 1, 0, 0, 0, n}, make([]byte, n)...), 0o666))
	}
	train, _, err := parse(t, "-data", dir).Load(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "T-shirt/top", train.Names[0])

	t.Chdir(dir)
	train, _, err = parse(t, "-data", ".").Load(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "Ankle boot", train.Names[9])

	require.NoError(t, os.WriteFile("classes.txt", []byte("shirt\nbag\n"), 0o666))
	train, _, err = parse(t, "-data", dir).Load(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"shirt", "bag"}, train.Names, "own classes")
	require.NoError(t, os.Remove("classes.txt"))

	require.NoError(t, os.Rename(dir, dir+"s"))
	train, _, err = parse(t, "-data", dir+"s").Load(t.Context(), nil)
	require.NoError(t, err)
	require.Nil(t, train.Names)
}

// TestDanglingLink: a broken link is not the name of a data set.
func TestDanglingLink(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Symlink("nowhere", "mnist"); err != nil {
		t.Skip(err) // Windows may forbid it
	}
	_, _, err := parse(t, "-data", "mnist", "-offline").Load(t.Context(), nil)
	require.ErrorContains(t, err, "-data mnist cannot be opened: ")
}

// tiny returns the four files of a set of one image of class 1.
func tiny() fstest.MapFS {
	files := fstest.MapFS{}
	for _, prefix := range []string{"train", "t10k"} {
		files[prefix+"-images-idx3-ubyte"] = &fstest.MapFile{Data: []byte{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9}}
		files[prefix+"-labels-idx1-ubyte"] = &fstest.MapFile{Data: []byte{0, 0, 8, 1, 0, 0, 0, 1, 1}}
	}
	return files
}

func TestZip(t *testing.T) {
	name := filepath.Join(t.TempDir(), "mnist.zip")
	file, err := os.Create(name)
	require.NoError(t, err)
	w := zip.NewWriter(file)
	require.NoError(t, w.AddFS(tiny()))
	require.NoError(t, w.Close())
	require.NoError(t, file.Close())
	open, _ := os.ReadDir("/proc/self/fd")
	train, _, err := parse(t, "-data", name).Load(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, []int{1}, train.Labels)
	allClosed := func() {
		now, _ := os.ReadDir("/proc/self/fd")
		require.Len(t, now, len(open))
	}
	allClosed()

	for text, want := range map[string]string{
		"text": "zip: not a valid zip file", "PK\x03\x04": "zip: not a valid zip file",
		"version https://git-lfs.github.com/spec/v1\n": "idx: this is a Git LFS pointer, not an IDX file: run git lfs pull",
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
		_, _, err = parse(t, "-data", name).Load(t.Context(), nil)
		require.ErrorContains(t, err, "-data "+name+" is not a folder and not a whole zip archive: "+want)
		allClosed()
	}
}

// TestCache: the flag -cache is where data sets are kept. Without a usable
// folder, the error names the flag and the environment variable.
func TestCache(t *testing.T) {
	none := filepath.Join(useCache(t), "none")
	require.NoError(t, os.WriteFile(none, nil, 0o666)) // no folder, not even for root
	server := httptest.NewServer(http.FileServerFS(tiny()))
	defer server.Close()
	var stderr bytes.Buffer
	const waysOut = "; the environment variable DIGITS_CACHE can name another cache folder, and so can the flag -cache"
	for _, env := range []string{"", none} {
		for _, name := range []string{"XDG_CACHE_HOME", "LocalAppData", "HOME", "home"} {
			t.Setenv(name, env)
		}
		_, _, err := parse(t, "-mirror", server.URL).Load(t.Context(), &stderr)
		require.ErrorContains(t, err, waysOut)
		require.Equal(t, 1, strings.Count(err.Error(), "DIGITS_CACHE"))
	}
	cache := t.TempDir()
	for _, args := range [][]string{{"-data", "mnist"}, {"-data", "emnist-letters"}} {
		_, _, err := parse(t, append(args, "-offline", "-cache", cache)...).Load(t.Context(), &stderr)
		var failed *dataset.FetchError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, filepath.Join(cache, strings.TrimSuffix(args[1], "-letters")), failed.Dir)
	}
	_, _, err := parse(t, "-mirror", server.URL, "-cache", none).Load(t.Context(), &stderr)
	require.Error(t, err)
	require.NotContains(t, err.Error(), waysOut, "the user chose the folder")
}

func TestFetchMNIST(t *testing.T) {
	from := os.Getenv("MNIST_DIR")
	if from == "" {
		t.Skip("set MNIST_DIR to a folder with the four MNIST files to run this")
	}
	cache := useCache(t)
	server := httptest.NewServer(http.FileServer(http.Dir(from)))
	var stderr bytes.Buffer
	train, _, err := parse(t, "-mirror", server.URL).Load(t.Context(), &stderr)
	require.NoError(t, err)
	require.Equal(t, "9", train.Names[9])
	require.Equal(t, 4, strings.Count(stderr.String(), "\n"))
	require.Contains(t, stderr.String(), "train-images-idx3-ubyte.gz, 9.9 MB, from "+server.URL+"/train-images-idx3-ubyte.gz\n")
	require.True(t, strings.HasPrefix(stderr.String(), cache))
	server.Close()

	stderr.Reset()
	_, _, err = parse(t).Load(t.Context(), &stderr)
	require.NoError(t, err)
	require.Empty(t, stderr.String(), "silent if nothing is fetched")
}

func TestBar(t *testing.T) {
	events := func(b *bar, total int64) string {
		var out strings.Builder
		b.w = &out
		for done := int64(0); done <= 100e6; done += 1e6 {
			b.show(dataset.FetchProgress{File: "f.gz", URL: "http://a/f.gz", Done: done, Total: total})
		}
		b.show(dataset.FetchProgress{File: "f.gz", URL: "http://a/f.gz", Err: errors.New("it stalled")})
		b.show(dataset.FetchProgress{File: "f.gz", Err: errors.New("f.gz was damaged")})
		b.show(dataset.FetchProgress{File: "f.gz", URL: "http://b/f.gz", Done: 28881, Total: 28881, Path: "dir/f.gz"})
		b.end()
		return out.String()
	}
	const last = "http://a/f.gz: it stalled\nf.gz was damaged\ndir/f.gz, 29 KB, from http://b/f.gz\n"
	require.Equal(t, "f.gz: 25.0 MB of 100.0 MB\nf.gz: 50.0 MB of 100.0 MB\nf.gz: 75.0 MB of 100.0 MB\n"+last, events(&bar{}, 100e6))
	require.Equal(t, last, events(&bar{}, 0))

	var out strings.Builder
	b := &bar{w: &out}
	b.show(dataset.FetchProgress{URL: "http://a/\u202e", Err: errors.New("404 \x1b[2J")})
	b.show(dataset.FetchProgress{Err: errors.New("\x1b[2J")})
	require.Equal(t, "http://a/\\u202e: 404 \\x1b[2J\n\\x1b[2J\n", out.String())

	live := events(&bar{live: true}, 100e6)
	require.Contains(t, live, "\rf.gz  50.0 MB of 100.0 MB  "+strings.Repeat("█", 10)+"\x1b[K\r")
	require.Equal(t, 100, strings.Count(live, "\r"), "one each percent")
	require.True(t, strings.HasSuffix(live, "\n"+last))
	unknown := events(&bar{live: true}, 0)
	require.Contains(t, unknown, "\rf.gz  52.0 MB\x1b[K\r")
	require.Equal(t, 95, strings.Count(unknown, "\r"), "one each megabyte of 1<<20 bytes")
}

// TestBarOfFiles: each file begins at 0 and takes the line of its progress.
func TestBarOfFiles(t *testing.T) {
	var out strings.Builder
	b := &bar{w: &out, live: true}
	for _, name := range []string{"a", "b"} {
		b.show(dataset.FetchProgress{File: name, Done: 60, Total: 120})
		b.show(dataset.FetchProgress{File: name, Done: 120, Total: 120, Path: "dir/" + name, URL: "http://x"})
	}
	b.end()
	half := "  0 KB of 0 KB  " + strings.Repeat("█", 10) + "\x1b[K\r\x1b[Kdir/"
	require.Equal(t, "\ra"+half+"a, 0 KB, from http://x\n\rb"+half+"b, 0 KB, from http://x\n", out.String())

	out.Reset()
	quiet := &bar{w: &out}
	for _, total := range []int64{large - 1, large} {
		quiet.show(dataset.FetchProgress{File: "a", Done: total / 2, Total: total})
	}
	require.Equal(t, "a: 25.0 MB of 50.0 MB\n", out.String(), "only large files")

	require.Equal(t, "100 KB", megabytes(99_999))
	require.Equal(t, "0.1 MB", megabytes(100_000))
}

// TestDevice: a device or a named pipe is no data. Reading it might never end.
func TestDevice(t *testing.T) {
	_, _, err := (&Flags{Data: os.DevNull}).Open()
	require.EqualError(t, err, "-data "+os.DevNull+" is not a folder and not a regular file")
}
