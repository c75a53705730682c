package dataset

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

func TestSources(t *testing.T) {
	classes := map[string]int{
		"mnist": 10, "fashion-mnist": 10, "kmnist": 10, "qmnist": 10, "emnist-byclass": 62, "emnist-bymerge": 47,
		"emnist-balanced": 47, "emnist-letters": 26, "emnist-digits": 10, "emnist-mnist": 10,
	}
	sources := Sources()
	require.Len(t, sources, len(classes))
	for _, s := range sources {
		require.Len(t, s.Classes, classes[s.Name], s.Name)
		seen := map[string]bool{}
		for _, c := range s.Classes {
			require.False(t, seen[c], "%s: %s", s.Name, c)
			seen[c] = true
			require.True(t, s.Name == "fashion-mnist" || utf8.RuneCountInString(c) == 1)
		}
		require.Equal(t, strings.HasPrefix(s.Name, "emnist-"), s.Transposed)
		require.Equal(t, s.Transposed, s.Archive.Name != "")
		require.NotEmpty(t, s.About)
		require.NotEmpty(t, s.Page)
		files := append(slices.Concat(s.Files[:], s.WriterTables[:]), s.Archive)
		for _, f := range files {
			if f.Name == "" || s.inArchive(f) {
				continue
			}
			checkPublished(t, f)
		}
	}
	merged, err := Lookup("emnist-balanced")
	require.NoError(t, err)
	require.Equal(t, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", strings.Join(merged.Classes, ""))
}

// checkPublished checks the checksum, the size and the mirrors of a file.
func checkPublished(t *testing.T, f File) {
	hexadecimal, size := f.SHA256, 32
	if hexadecimal == "" {
		hexadecimal, size = f.MD5, 16
	}
	sum, err := hex.DecodeString(hexadecimal)
	require.NoError(t, err, f.Name)
	require.Len(t, sum, size, f.Name)
	require.True(t, f.Size > 0 || f.SHA256 == "", f.Name)
	require.NotEmpty(t, f.Mirrors, f.Name)
	http := false
	for _, m := range f.Mirrors {
		if strings.HasPrefix(m, "http://") {
			require.NotEmpty(t, f.SHA256, "http needs a SHA-256, which nobody can forge")
			http = true
		} else {
			require.True(t, strings.HasPrefix(m, "https://"), m)
			require.False(t, http, "https comes first")
		}
		require.True(t, strings.HasSuffix(m, "/"), m)
	}
}

// TestPublishedSizes compares the sums of the sizes with the download sizes
// that TensorFlow Datasets states, in bytes.
func TestPublishedSizes(t *testing.T) {
	for name, want := range map[string]int64{
		"mnist": 11594722, "fashion-mnist": 30878645, "kmnist": 21240888, "emnist-letters": 561753746,
	} {
		s, err := Lookup(name)
		require.NoError(t, err)
		sum := s.Archive.Size
		for _, f := range s.Files {
			sum += f.Size
		}
		require.Equal(t, want, sum, name)
	}
	for _, s := range Sources() {
		require.Equal(t, s.Name == "emnist-letters", s.First == 1, "only these labels begin with 1")
		require.LessOrEqual(t, s.First, 1)
		for i, f := range s.Files {
			require.Contains(t, f.Name, []string{"train-images-idx3", "train-labels-idx", "-images-idx3", "-labels-idx"}[i])
			require.Equal(t, i < 2, strings.Contains(f.Name, "train"))
		}
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{
		"mnist": "mnist", "MNIST": "mnist", "Fashion": "fashion-mnist", "emnist-letters": "emnist-letters",
	} {
		s, err := Lookup(name)
		require.NoError(t, err)
		require.Equal(t, want, s.Name)
	}
	for _, name := range []string{"", "emnist", "m", "fashion-", "mnist2"} {
		_, err := Lookup(name)
		require.ErrorContains(t, err, "there are mnist, fashion-mnist, ")
	}
}

// TestSourceOfMNIST compares the catalog with the real files.
func TestSourceOfMNIST(t *testing.T) {
	s, err := Lookup("mnist")
	require.NoError(t, err)
	dir := t.TempDir()
	for i, f := range s.Files {
		data, err := fs.ReadFile(mnist(t), f.Name)
		require.NoError(t, err)
		require.EqualValues(t, f.Size, len(data))
		require.Equal(t, f.SHA256, hexSum(data))
		raw := gunzipped(t, data)
		require.Equal(t, f.RawSHA256, hexSum(raw))
		if i%2 == 0 {
			data = raw
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, []string{f.rawName(), f.Name}[i%2]), data, 0o644))
	}
	_, err = s.Download(t.Context(), dir, &FetchOptions{Offline: true})
	require.NoError(t, err)
	_, _, err = s.Load(os.DirFS(dir))
	require.NoError(t, err)
}

func gunzipped(t testing.TB, data []byte) []byte {
	a, err := idx.Decode[uint8](bytes.NewReader(data))
	require.NoError(t, err)
	var raw bytes.Buffer
	require.NoError(t, idx.Encode(&raw, a))
	return raw.Bytes()
}

func TestSourceLoad(t *testing.T) {
	s := &Source{Name: "mine", Classes: characters("abc"), First: 1, Transposed: true}
	for i, name := range []string{
		"a-images-idx3-ubyte.gz", "a-labels-idx1-ubyte.gz", "b-images-idx3-ubyte.gz", "b-labels-idx1-ubyte.gz",
	} {
		s.Files[i].Name = name
	}
	one := []uint8{
		1, 2, 3,
		4, 5, 6,
	}
	dir := fstest.MapFS{
		"a-images-idx3-ubyte":    {Data: file(t, append(bytes.Clone(one), 7, 8, 9, 10, 11, 12), 2, 2, 3)},
		"a-labels-idx1-ubyte.gz": {Data: gzipped(t, file(t, []uint8{3, 1}, 2))},
		"b-images.idx3-ubyte":    {Data: file(t, one, 1, 2, 3)},
		"b-labels-idx1-ubyte":    {Data: file(t, []uint8{2}, 1)},
	}
	train, test, err := s.Load(dir)
	require.NoError(t, err)
	upright := []uint8{
		1, 4,
		2, 5,
		3, 6,
	}
	require.Equal(t, &Set{
		Images: append(bytes.Clone(upright), 7, 10, 8, 11, 9, 12), Labels: []int{2, 0},
		Width: 2, Height: 3, Classes: 3, Names: []string{"a", "b", "c"},
	}, train)
	require.Equal(t, &Set{
		Images: upright, Labels: []int{1},
		Width: 2, Height: 3, Classes: 3, Names: []string{"a", "b", "c"},
	}, test)

	for _, label := range []uint8{0, 4} {
		dir["b-labels-idx1-ubyte"] = &fstest.MapFile{Data: file(t, []uint8{label}, 1)}
		_, _, err = s.Load(dir)
		require.ErrorContains(t, err, "dataset: b-labels-idx1-ubyte: label of image 0: got ")
		require.ErrorContains(t, err, ", want 1 to 3")
	}
	delete(dir, "b-labels-idx1-ubyte")
	_, _, err = s.Load(dir)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, []string{"b-labels-idx1-ubyte"}, missing.Files)
	require.ErrorContains(t, err, "dataset: the folder does not have b-labels-idx1-ubyte; it has \"a-images-idx3-ubyte\", "+
		"\"a-labels-idx1-ubyte.gz\", \"b-images.idx3-ubyte\"\n\nTo get ")
}

func TestTransposeSquare(t *testing.T) {
	images := []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	s := &Set{Images: images, Labels: []int{0, 0}, Width: 3, Height: 3}
	s.transpose()
	require.Equal(t, []uint8{1, 4, 7, 2, 5, 8, 3, 6, 9, 0, 0, 0, 0, 0, 0, 1, 0, 0}, s.Images)
}

// TestHelpOfOneClass: a source with one class is a source.
func TestHelpOfOneClass(t *testing.T) {
	s := &Source{Name: "mine", Classes: []string{"a"}, Files: [4]File{
		{Name: "a-idx3-ubyte.gz", Mirrors: []string{"http://[::1"}}, {Name: "b-idx1-ubyte.gz"}, {Name: "c-idx3-ubyte.gz"},
		{Name: "d-idx1-ubyte.gz", Mirrors: []string{"http://mirror/"}},
	}}
	_, _, err := s.Load(fstest.MapFS{})
	for _, want := range []string{
		"a-idx3-ubyte.gz 'http://[::1'", "(copy the file to " + filepath.Join("mine", "b-idx1-ubyte.gz"),
		"(copy the file to " + filepath.Join("mine", "c-idx3-ubyte.gz"), " http://mirror/d-idx1-ubyte.gz",
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "MNIST")
	require.NotContains(t, err.Error(), "archive")

	require.EqualError(t, &MissingError{Files: []string{"a", "b"}}, "dataset: the folder does not have a, b"+mnistHelp)
}

func TestMissingOfEMNIST(t *testing.T) {
	s, err := Lookup("emnist-digits")
	require.NoError(t, err)
	_, _, err = s.Load(fstest.MapFS{})
	require.ErrorContains(t, err, "the folder does not have emnist-digits-train-images-idx3-ubyte, ")
	require.ErrorContains(t, err, "gzip.zip https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip")
	require.ErrorContains(t, err, "\n\nThen take the files out of the archive.")
}
