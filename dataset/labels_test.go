package dataset

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// table returns a label table as QMNIST has them.
func table(t testing.TB, labels, writers []int) []byte {
	a := &idx.Array[int32]{Dims: []int{len(labels), 8}}
	for i := range labels {
		a.Data = append(a.Data, int32(labels[i]), 4, int32(writers[i]), int32(i), 30, 0, 0, 0)
	}
	var b bytes.Buffer
	require.NoError(t, idx.Encode(&b, a))
	return b.Bytes()
}

// TestQMNIST: labels and writers come from tables.
func TestQMNIST(t *testing.T) {
	s, err := Lookup("qmnist")
	require.NoError(t, err)
	good := func() fstest.MapFS {
		return fstest.MapFS{
			"qmnist-train-images-idx3-ubyte":  {Data: file(t, make([]uint8, 12), 3, 2, 2)},
			"qmnist-train-labels-idx2-int.gz": {Data: gzipped(t, table(t, []int{5, 0, 4}, []int{2154, 0, 2154}))},
			"qmnist-test-images-idx3-ubyte":   {Data: file(t, make([]uint8, 8), 2, 2, 2)},
			"qmnist-test-labels.idx2-int":     {Data: table(t, []int{7, 2}, []int{3, 4})},
		}
	}
	train, test, err := s.Load(good())
	require.NoError(t, err)
	require.Equal(t, []int{5, 0, 4}, train.Labels)
	require.Equal(t, []int{2154, 0, 2154}, train.WriterIDs)
	require.Equal(t, []int{3, 4}, test.WriterIDs)
	require.Equal(t, []int{0, 2154}, train.Slice(1, 3).WriterIDs)
	require.Equal(t, 2, cap(train.Slice(0, 2).WriterIDs), "appending to a view does not reach its neighbour")

	seven := &idx.Array[int32]{Dims: []int{2, 7}, Data: make([]int32, 14)}
	var narrow bytes.Buffer
	require.NoError(t, idx.Encode(&narrow, seven))
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"fewer rows", table(t, []int{7}, []int{3}), "number of labels: got 1, want 2, the number of images in qmnist-test-images-idx3-ubyte"},
		{"another width", narrow.Bytes(), "number of columns: got 7, want 8"},
		{"label too large", table(t, []int{7, 10}, []int{3, 4}), "label of image 1: got 10, want less than 10"},
		{"negative label", table(t, []int{-1, 1}, []int{3, 4}), "label of image 0: got -1"},
		{"negative writer", table(t, []int{7, 2}, []int{3, -4}), "writer of image 1: got -4, want 0 or more"},
		{"plain labels", file(t, []uint8{7, 2}, 2), "int32"},
		{"cut", table(t, []int{7, 2}, []int{3, 4})[:60], "idx: offset 60"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := good()
			dir["qmnist-test-labels.idx2-int"].Data = tt.data
			_, _, err := s.Load(dir)
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, "qmnist-test-labels.idx2-int", format.File)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// FuzzTable: whatever is in a table, its labels are in range or it is an error.
func FuzzTable(f *testing.F) {
	good := table(f, []int{7, 2}, []int{3, 4})
	f.Add(good)
	f.Add(gzipped(f, good))
	f.Add(good[:40])
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<12 {
			return
		}
		labels, writers, err := readTable(bytes.NewReader(data), "table", 2, "images", form{classes: 10})
		if err != nil {
			return
		}
		if len(labels) != 2 || len(writers) != 2 {
			t.Fatalf("%d labels, %d writers", len(labels), len(writers))
		}
		for i := range labels {
			if labels[i] < 0 || labels[i] > 9 || writers[i] < 0 {
				t.Errorf("label %d, writer %d", labels[i], writers[i])
			}
		}
	})
}

// TestWritersOfMNIST: tables beside MNIST's files say who wrote.
func TestWritersOfMNIST(t *testing.T) {
	s, err := Lookup("mnist")
	require.NoError(t, err)
	dir := folder(t, plain...)
	labels := numbered(12).Labels
	dir["qmnist-train-labels-idx2-int"] = &fstest.MapFile{Data: table(t, labels, make([]int, 12))}
	dir["qmnist-test-labels-idx2-int"] = &fstest.MapFile{Data: table(t, labels, []int{4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0})}
	train, test, err := s.Load(dir)
	require.NoError(t, err)
	require.Len(t, train.WriterIDs, 12)
	require.Equal(t, []int{4, 3, 2, 1}, test.WriterIDs)

	for want, data := range map[string][]byte{
		"label of image 1: got 2, want 1, as in the set's own labels": table(t, []int{0, 2, 2, 3}, make([]int, 4)),
		"number of rows: got 3, want at least 4":                      table(t, labels[:3], make([]int, 3)),
		"idx: offset 0: magic":                                        []byte("<html>"),
	} {
		dir["qmnist-test-labels-idx2-int"].Data = data
		_, _, err = s.Load(dir)
		require.ErrorContains(t, err, "dataset: qmnist-test-labels-idx2-int: "+want)
	}

	// Fetched on demand only.
	p := publish(t)
	p.Source.WriterTables[0] = File{Name: "qmnist-train-labels-idx2-int.gz", SHA256: hexSum([]byte("\x1f\x8b"))}
	p.files["qmnist-train-labels-idx2-int.gz"] = []byte("\x1f\x8b")
	into := t.TempDir()
	opts := &FetchOptions{Mirrors: []string{serve(t, p)}}
	_, err = p.Download(t.Context(), into, opts)
	require.NoError(t, err)
	require.Len(t, entries(t, into), 4)
	opts.WriterIDs = true
	_, err = p.Download(t.Context(), into, opts)
	require.NoError(t, err)
	require.Len(t, entries(t, into), 5)
}

// TestFetchVerifiesWriters: a table whose checksum is wrong is not used, nor asked for.
func TestFetchVerifiesWriters(t *testing.T) {
	p := publish(t)
	const name = "qmnist-train-labels-idx2-int"
	var labels []int
	for i := range 400 {
		labels = append(labels, i%10)
	}
	data := table(t, labels, make([]int, len(labels)))
	p.Source.WriterTables[0] = File{Name: name + ".gz", RawSHA256: hexSum(data)}
	dir := t.TempDir()
	opts := &FetchOptions{Mirrors: []string{serve(t, p)}}
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("another"), 0o644))
	folder, names, tables, err := p.download(t.Context(), dir, opts)
	require.NoError(t, err)
	train, _, err := p.load(os.DirFS(folder), names, tables)
	require.NoError(t, err)
	require.Nil(t, train.WriterIDs)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	folder, names, tables, err = p.download(t.Context(), dir, opts)
	require.NoError(t, err)
	train, _, err = p.load(os.DirFS(folder), names, tables)
	require.NoError(t, err)
	require.Len(t, train.WriterIDs, len(labels))
}

func TestWriterSplit(t *testing.T) {
	s := numbered(8)
	s.WriterIDs = []int{9, 9, 5, 9, 7, 5, 7, 7}
	for _, tt := range []struct {
		n    int
		want []int // writers of the validation set
	}{{0, nil}, {1, []int{9}}, {3, []int{9}}, {4, []int{9, 5}}, {6, []int{9, 5, 7}}, {8, []int{9, 5, 7}}} {
		t.Run(fmt.Sprint(tt.n), func(t *testing.T) {
			train, validation := s.SplitByWriter(tt.n, nil)
			checkSplit(t, s, train, validation, tt.n)
			for i, w := range s.WriterIDs {
				require.Equal(t, slices.Contains(tt.want, w), slices.ContainsFunc(validation.Images, func(v uint8) bool { return int(v) == i }))
			}
		})
	}
	train, validation := s.SplitByWriter(2, newRand())
	checkSplit(t, s, train, validation, 2)
	again, _ := s.SplitByWriter(2, newRand())
	require.Equal(t, train, again)
	train.Images[0] = 99
	require.Equal(t, numbered(8).Images, s.Images, "a copy")

	require.Panics(t, func() { s.SplitByWriter(9, nil) })
	require.Panics(t, func() { s.SplitByWriter(-1, nil) })
	require.PanicsWithValue(t, "dataset: SplitByWriter of 8 images with 0 writers: it is not known who wrote them", func() { numbered(8).SplitByWriter(1, nil) })
}

// checkSplit checks that each image is in one of the sets, in order, and that
// the sets have no writer in common.
func checkSplit(t *testing.T, s, train, validation *Set, n int) {
	require.Equal(t, s.Len(), train.Len()+validation.Len())
	require.GreaterOrEqual(t, validation.Len(), n)
	i, j := 0, 0
	for k := range s.Len() {
		part, at := train, &i
		if j < validation.Len() && validation.WriterIDs[j] == s.WriterIDs[k] {
			part, at = validation, &j
		}
		require.Equal(t, s.WriterIDs[k], part.WriterIDs[*at])
		require.Equal(t, s.Labels[k], part.Labels[*at])
		require.Equal(t, s.Pixels(k), part.Pixels(*at))
		*at++
	}
	require.Equal(t, train.Len(), i)
	for _, w := range validation.WriterIDs {
		require.NotContains(t, train.WriterIDs, w)
	}
}

// TestWritersOfRealMNIST: the rows of QMNIST's table are those of MNIST.
func TestWritersOfRealMNIST(t *testing.T) {
	dir := os.Getenv("QMNIST_DIR")
	if dir == "" {
		dir = os.Getenv("MNIST_DIR")
	}
	const name = "qmnist-train-labels-idx2-int.gz"
	data, err := fs.ReadFile(os.DirFS(dir+"/"), name)
	if dir == "" || err != nil {
		t.Skip("set QMNIST_DIR to a folder with " + name + " to run this")
	}
	s, err := Lookup("mnist")
	require.NoError(t, err)
	require.Equal(t, s.WriterTables[0].SHA256, hexSum(data))
	files := fstest.MapFS{name: {Data: data}}
	for _, f := range s.Files {
		data, err := fs.ReadFile(mnist(t), f.Name)
		require.NoError(t, err)
		files[f.Name] = &fstest.MapFile{Data: data}
	}
	train, test, err := s.Load(files)
	require.NoError(t, err)
	require.Nil(t, test.WriterIDs)
	require.Equal(t, []int{2154, 0, 2232, 0, 2168}, train.WriterIDs[:5])
	distinct := func(s *Set) int {
		writers := slices.Sorted(slices.Values(s.WriterIDs))
		return len(slices.Compact(writers))
	}
	require.Equal(t, 539, distinct(train))

	rest, validation := train.SplitByWriter(5000, rand.New(rand.NewPCG(1, 2)))
	require.Equal(t, 60000, rest.Len()+validation.Len())
	require.GreaterOrEqual(t, validation.Len(), 5000)
	require.Less(t, validation.Len(), 5200)
	require.Equal(t, 539, distinct(rest)+distinct(validation))
}
