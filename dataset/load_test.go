package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// file returns an IDX file of type uint8.
func file(t testing.TB, data []uint8, dims ...int) []byte {
	var b bytes.Buffer
	require.NoError(t, idx.Encode(&b, &idx.Array[uint8]{Dims: dims, Data: data}))
	return b.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// folder returns the files of a small data set under the given names. The
// training set is numbered(12), the test set numbered(4).
func folder(t *testing.T, names [4]string) fstest.MapFS {
	train, test := numbered(12), numbered(4)
	dir := fstest.MapFS{}
	for i, data := range [][]byte{
		file(t, train.Images, 12, 2, 3), file(t, []uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1}, 12),
		file(t, test.Images, 4, 2, 3), file(t, []uint8{0, 1, 2, 3}, 4),
	} {
		if strings.HasSuffix(names[i], ".gz") {
			data = gzipped(t, data)
		}
		dir[names[i]] = &fstest.MapFile{Data: data}
	}
	return dir
}

var mnistNames = [4]string{trainImages, trainLabels, testImages, testLabels}

func TestLoad(t *testing.T) {
	for _, tt := range []struct {
		name  string
		names [4]string
	}{
		{"plain", mnistNames},
		{"compressed", [4]string{trainImages + ".gz", trainLabels + ".gz", testImages + ".gz", testLabels + ".gz"}},
		{"dotted", [4]string{
			"train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"}},
		{"mixed", [4]string{"train-images.idx3-ubyte.gz", trainLabels, testImages + ".gz", "t10k-labels.idx1-ubyte"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			train, test, err := Load(folder(t, tt.names))
			require.NoError(t, err)
			require.Equal(t, numbered(12), train)
			require.Equal(t, numbered(4), test)
		})
	}
	t.Run("compressed without .gz, a folder with the name of a file", func(t *testing.T) {
		dir := folder(t, [4]string{trainImages, trainLabels, testImages + ".gz", testLabels})
		dir[trainLabels].Data = gzipped(t, dir[trainLabels].Data)
		dir[testImages+"/"+testImages] = &fstest.MapFile{}
		train, test, err := Load(dir)
		require.NoError(t, err)
		require.Equal(t, numbered(12), train)
		require.Equal(t, numbered(4), test)
	})
}

func TestLoadMissing(t *testing.T) {
	_, _, err := Load(fstest.MapFS{})
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, mnistNames[:], missing.Files)
	for _, help := range append(mnistNames[:], "https://", "curl", "may stay compressed") {
		require.ErrorContains(t, err, help)
	}

	dir := folder(t, mnistNames)
	delete(dir, testLabels)
	_, _, err = Load(dir)
	require.ErrorAs(t, err, &missing)
	require.Equal(t, []string{testLabels}, missing.Files)
	first, _, _ := strings.Cut(err.Error(), "\n")
	require.Equal(t, "dataset: the folder does not have t10k-labels-idx1-ubyte; "+
		`it has "t10k-images-idx3-ubyte", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"`, first)
}

// TestLoadBadFiles replaces one file of a good folder at a time.
func TestLoadBadFiles(t *testing.T) {
	good := folder(t, mnistNames)
	for _, tt := range []struct {
		name, file string
		data       []byte
		want       string
	}{
		{"fewer labels", trainLabels, file(t, make([]uint8, 11), 11),
			"dataset: train-labels-idx1-ubyte: number of labels: got 11, " +
				"want 12, the number of images in train-images-idx3-ubyte"},
		{"more labels", testLabels, file(t, make([]uint8, 5), 5),
			"dataset: t10k-labels-idx1-ubyte: number of labels: got 5, " +
				"want 4, the number of images in t10k-images-idx3-ubyte"},
		{"label too large", testLabels, file(t, []uint8{0, 1, 10, 3}, 4),
			"dataset: t10k-labels-idx1-ubyte: label of image 2: got 10, want 0 to 9, because 10 is the number of classes."},
		{"labels for images", trainImages, good[trainLabels].Data,
			"dataset: train-images-idx3-ubyte: rank: got 1 (sizes [12]), want 3, the rank of images"},
		{"images for labels", trainLabels, good[trainImages].Data,
			"dataset: train-labels-idx1-ubyte: rank: got 3 (sizes [12 2 3]), want 1, the rank of labels"},
		{"no images", testImages, file(t, nil, 0, 2, 3),
			"dataset: t10k-images-idx3-ubyte: dimensions: got [0 2 3], want at least one image of at least one pixel"},
		{"no pixels", testImages, file(t, nil, 4, 0, 3), "got [4 0 3]"},
		{"no width", testImages, file(t, nil, 4, 2, 0), "got [4 2 0]"},
		{"another size", testImages, file(t, make([]uint8, 24), 4, 3, 2),
			"dataset: t10k-images-idx3-ubyte: image size: got 2 x 3 pixels, want 3 x 2, as in train-images-idx3-ubyte"},
		{"another width", testImages, file(t, make([]uint8, 32), 4, 2, 4),
			"dataset: t10k-images-idx3-ubyte: image size: got 4 x 2 pixels, want 3 x 2, as in train-images-idx3-ubyte"},
		{"another height", testImages, file(t, make([]uint8, 36), 4, 3, 3),
			"dataset: t10k-images-idx3-ubyte: image size: got 3 x 3 pixels, want 3 x 2, as in train-images-idx3-ubyte"},
		{"truncated images", trainImages, good[trainImages].Data[:50],
			"dataset: train-images-idx3-ubyte: idx: offset 50: data"},
		{"truncated labels", trainLabels, good[trainLabels].Data[:10],
			"dataset: train-labels-idx1-ubyte: idx: offset 10: data"},
		{"trailing byte", testImages, append(bytes.Clone(good[testImages].Data), 0),
			"dataset: t10k-images-idx3-ubyte: idx: offset 40"},
		{"web page", testImages, []byte("<!DOCTYPE html><html>"), "this is a web page, not an IDX file"},
		{"empty", testImages, nil, "dataset: t10k-images-idx3-ubyte: idx: offset 0"},
		{"another type", testLabels, []byte{0, 0, 0x0C, 1, 0, 0, 0, 0}, "int32"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, mnistNames)
			dir[tt.file].Data = tt.data
			_, _, err := Load(dir)
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, tt.file, format.File)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// TestReadTruncatedAnywhere truncates both files after every byte.
func TestReadTruncatedAnywhere(t *testing.T) {
	dir := folder(t, mnistNames)
	images, labels := dir[trainImages].Data, dir[trainLabels].Data
	for n := range images {
		_, err := Read(bytes.NewReader(images[:n]), bytes.NewReader(labels), 10)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorContains(t, err, "dataset: images: ")
	}
	for n := range labels {
		_, err := Read(bytes.NewReader(images), bytes.NewReader(labels[:n]), 10)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorContains(t, err, "dataset: labels: ")
	}
}

func TestReadFailingReader(t *testing.T) {
	broken := errors.New("broken disk")
	dir := folder(t, mnistNames)
	_, err := Read(iotest.ErrReader(broken), bytes.NewReader(dir[trainLabels].Data), 10)
	require.ErrorIs(t, err, broken)
	labels := io.MultiReader(bytes.NewReader(dir[trainLabels].Data[:9]), iotest.ErrReader(broken))
	_, err = Read(bytes.NewReader(dir[trainImages].Data), labels, 10)
	require.ErrorIs(t, err, broken)
}

func TestOpen(t *testing.T) {
	dir := folder(t, [4]string{"a", "b", "c", "d"})
	s, err := Open(dir, "a", "b", 26)
	require.NoError(t, err)
	require.Equal(t, 26, s.Classes)
	_, err = Open(dir, "a", "none", 10)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "none")
	_, err = Open(dir, "none", "b", 10)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Panics(t, func() { _, _ = Open(dir, "a", "b", 0) })
	const classes = "dataset: 0 classes, want at least 1"
	require.PanicsWithValue(t, classes, func() { _, _ = Read(strings.NewReader(""), strings.NewReader(""), 0) })
	one := file(t, []uint8{5}, 1, 1, 1)
	s, err = Read(bytes.NewReader(one), bytes.NewReader(file(t, []uint8{0}, 1)), 1)
	require.NoError(t, err, "one image of one pixel and of the only class")
	require.Equal(t, &Set{Images: []uint8{5}, Labels: []int{0}, Width: 1, Height: 1, Classes: 1}, s)
	// Source.Load panics in the caller's goroutine, before it starts one.
	classless := &Source{Files: publish(t).Files}
	unopened := noOpen{folder(t, mnistNames), t}
	require.Panics(t, func() { _, _, _ = classless.Load(unopened) })
}

// TestReadMemory checks the limit for sets in archives: 8 bytes and the pixels
// of each image.
func TestReadMemory(t *testing.T) {
	images, labels := file(t, make([]uint8, 18), 3, 2, 3), file(t, make([]uint8, 3), 3)
	for limit, ok := range map[int64]bool{3 * (6 + 8): true, 3*(6+8) - 1: false} {
		l := layout{classes: 10, maxMemory: limit}
		_, err := read(bytes.NewReader(images), bytes.NewReader(labels), "images", "labels", l)
		require.Equal(t, ok, err == nil, "%v", err)
	}
}

// noOpen is a folder whose files must not be opened.
type noOpen struct {
	fstest.MapFS
	t *testing.T
}

func (n noOpen) Open(name string) (fs.File, error) {
	n.t.Errorf("%s was opened", name)
	return n.MapFS.Open(name)
}

// mnist returns the folder with MNIST's compressed files.
func mnist(tb testing.TB) fs.FS {
	dir := os.Getenv("MNIST_DIR")
	if dir == "" {
		tb.Skip("set MNIST_DIR to a folder with the four MNIST .gz files to run this")
	}
	return os.DirFS(dir)
}

func TestMNIST(t *testing.T) {
	train, test, err := Load(mnist(t))
	require.NoError(t, err)
	for _, tt := range []struct {
		set    *Set
		n      int
		labels []int
		counts [10]int
	}{
		{train, 60000, []int{5, 0, 4, 1, 9}, [10]int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}},
		{test, 10000, []int{7, 2, 1, 0, 4}, [10]int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}},
	} {
		require.Equal(t, tt.n, tt.set.Len())
		require.Equal(t, 28, tt.set.Width)
		require.Equal(t, 28, tt.set.Height)
		require.Len(t, tt.set.Images, tt.n*784)
		require.Equal(t, tt.labels, tt.set.Labels[:5])
		var counts [10]int
		for _, label := range tt.set.All() {
			counts[label]++
		}
		require.Equal(t, tt.counts, counts)
	}
}

func BenchmarkLoad(b *testing.B) {
	for name, dir := range map[string]fs.FS{"raw": rawMNIST(b), "gzip": mnist(b)} {
		b.Run("files="+name, func(b *testing.B) {
			b.SetBytes(70000 * 785)
			b.ReportAllocs()
			for b.Loop() {
				train, _, err := Load(dir)
				if err != nil || train.Len() != 60000 {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadOnly is the reference for BenchmarkLoad. It reads raw files into
// new memory, and decompresses other files to nowhere. Like Load it uses two
// goroutines.
func BenchmarkReadOnly(b *testing.B) {
	read := func(f fs.File) error {
		info, err := f.Stat()
		if err == nil {
			_, err = io.ReadFull(f, make([]byte, info.Size()))
		}
		return err
	}
	gunzip := func(f fs.File) error {
		z, err := gzip.NewReader(bufio.NewReader(f))
		if err == nil {
			_, err = io.Copy(io.Discard, z)
		}
		return err
	}
	for _, tt := range []struct {
		name, suffix string
		dir          fs.FS
		consume      func(fs.File) error
	}{{"raw", "", rawMNIST(b), read}, {"gzip", ".gz", mnist(b), gunzip}} {
		b.Run("files="+tt.name, func(b *testing.B) {
			b.SetBytes(70000 * 785)
			each := func(names ...string) (err error) {
				for _, name := range names {
					f, openErr := tt.dir.Open(name + tt.suffix)
					if openErr != nil {
						return openErr
					}
					err = errors.Join(err, tt.consume(f), f.Close())
				}
				return err
			}
			for b.Loop() {
				rest := make(chan error)
				go func() { rest <- each(mnistNames[1:]...) }()
				if err := errors.Join(each(trainImages), <-rest); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBatches(b *testing.B) {
	s := &Set{Images: make([]uint8, 60000*784), Labels: make([]int, 60000), Width: 28, Height: 28, Classes: 10}
	rng := newRand()
	b.SetBytes(60000 * 784)
	for b.Loop() {
		rows := 0
		for _, labels := range s.Batches(100, rng) {
			rows += len(labels)
		}
		if rows != 60000 {
			b.Fatal(rows)
		}
	}
}
