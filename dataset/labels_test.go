package dataset

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// table returns a label table in QMNIST's format.
func table(t testing.TB, labels, writerIDs []int) []byte {
	a := &idx.Array[int32]{Dims: []int{len(labels), tableColumns}}
	for i := range labels {
		a.Data = append(a.Data, int32(labels[i]), 4, int32(writerIDs[i]), int32(i), 30, 0, 0, 0)
	}
	var b bytes.Buffer
	require.NoError(t, idx.Encode(&b, a))
	return b.Bytes()
}

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
	require.Equal(t, 2, cap(train.Slice(0, 2).WriterIDs), "appending to a view does not reach its neighbor")

	var narrow, wide bytes.Buffer
	require.NoError(t, idx.Encode(&narrow, &idx.Array[int32]{Dims: []int{2, 7}, Data: make([]int32, 14)}))
	require.NoError(t, idx.Encode(&wide, &idx.Array[int16]{Dims: []int{2, 8}, Data: make([]int16, 16)}))
	rows := func(n uint32) []byte { // of zeros, which soon end
		return append(binary.BigEndian.AppendUint32([]byte{0, 0, 12, 2}, n), 0, 0, 0, 8, 0, 0, 0, 7)
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"as many rows as allowed", rows(1_000_000), "number of labels: got 1000000, want 2"},
		{"more rows", rows(1_000_001), "number of rows: got 1000001, want at most 1000000"},
		{"fewer rows", table(t, []int{7}, []int{3}),
			"number of labels: got 1, want 2, the number of images in qmnist-test-images-idx3-ubyte"},
		{"another width", narrow.Bytes(), "number of columns: got 7, want 8"},
		{"another type", wide.Bytes(), "element type: got 0x0B (int16)"},
		{"label too large", table(t, []int{7, 10}, []int{3, 4}), "label of image 1: got 10, want 0 to 9"},
		{"negative label", table(t, []int{-1, 1}, []int{3, 4}), "label of image 0: got -1"},
		{"negative writer id", table(t, []int{7, 2}, []int{3, -4}), "writer id of image 1: got -4, want 0 or more"},
		{"writer id -1", table(t, []int{7, 2}, []int{-1, 0}), "writer id of image 0: got -1, want 0 or more"},
		{"truncated", table(t, []int{7, 2}, []int{3, 4})[:60], "idx: offset 60"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := good()
			dir["qmnist-test-labels.idx2-int"].Data = c.data
			_, _, err := s.Load(dir)
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, "qmnist-test-labels.idx2-int", format.File)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// TestHeaderTellsLabelTables checks that the name of a label file does not
// matter.
func TestHeaderTellsLabelTables(t *testing.T) {
	images := file(t, make([]uint8, 8), 2, 2, 2)
	labelTable := table(t, []int{7, 2}, []int{3, 4})
	plain := file(t, []uint8{7, 2}, 2)
	for _, c := range []struct {
		name      string
		data      []byte
		writerIDs []int
	}{
		{"labels-idx1-ubyte", labelTable, []int{3, 4}},
		{"labels-idx1-ubyte.gz", gzipped(t, labelTable), []int{3, 4}},
		{"labels-idx2-int", plain, nil},
		{"labels-idx2-int.gz", gzipped(t, plain), nil},
	} {
		dir := fstest.MapFS{"images": {Data: images}, c.name: {Data: c.data}}
		opened, err := Open(dir, "images", c.name, 10)
		require.NoError(t, err, c.name)
		read, err := Read(bytes.NewReader(images), bytes.NewReader(c.data), 10)
		require.NoError(t, err, c.name)
		for _, s := range []*Set{opened, read} {
			require.Equal(t, []int{7, 2}, s.Labels, c.name)
			require.Equal(t, c.writerIDs, s.WriterIDs, c.name)
		}
	}
	// Load reads a table under the name of MNIST's labels.
	dir := folder(t, mnistNames)
	dir[testLabels].Data = table(t, []int{0, 1, 2, 3}, []int{9, 9, 8, 8})
	train, test, err := Load(dir)
	require.NoError(t, err)
	require.Nil(t, train.WriterIDs)
	require.Equal(t, []int{9, 9, 8, 8}, test.WriterIDs)
}

// FuzzLabels checks that any file has valid labels or returns an error.
func FuzzLabels(f *testing.F) {
	for _, good := range [][]byte{table(f, []int{7, 2}, []int{3, 4}), file(f, []uint8{7, 2}, 2)} {
		f.Add(good)
		f.Add(gzipped(f, good))
		f.Add(good[:len(good)-1])
	}
	debug.SetGCPercent(800) // the buffers are garbage soon
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<10 {
			return
		}
		labels, writerIDs, err := readLabels(bytes.NewReader(data), "labels", 2, "images", layout{classes: 10})
		if err != nil {
			return
		}
		if len(labels) != 2 || writerIDs != nil && len(writerIDs) != 2 {
			t.Fatalf("%d labels, %d writer ids", len(labels), len(writerIDs))
		}
		for _, label := range labels {
			if label < 0 || label > 9 {
				t.Errorf("label %d", label)
			}
		}
		for _, id := range writerIDs {
			if id < 0 {
				t.Errorf("writer id %d", id)
			}
		}
	})
}

// TestWriterTables checks that label tables beside MNIST's files add writer
// ids.
func TestWriterTables(t *testing.T) {
	s, err := Lookup("mnist")
	require.NoError(t, err)
	dir := folder(t, mnistNames)
	labels := numbered(12).Labels
	dir["qmnist-train-labels-idx2-int"] = &fstest.MapFile{Data: table(t, labels, make([]int, 12))}
	// The table of the test set has more rows than the set has images.
	writerIDs := []int{4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	dir["qmnist-test-labels-idx2-int"] = &fstest.MapFile{Data: table(t, labels, writerIDs)}
	train, test, err := s.Load(dir)
	require.NoError(t, err)
	require.Len(t, train.WriterIDs, 12)
	require.Equal(t, []int{4, 3, 2, 1}, test.WriterIDs)

	for want, data := range map[string][]byte{
		"label of image 1: got 2, want 1, as in the set's own labels": table(t, []int{0, 2, 2, 3}, make([]int, 4)),
		"number of rows: got 3, want at least 4":                      table(t, labels[:3], make([]int, 3)),
		"idx: this is a web page, not an IDX file":                    []byte("<html>"),
		"idx: offset 2: element type: got 0x08 (uint8)":               file(t, []uint8{0, 1, 2, 3}, 4),
	} {
		dir["qmnist-test-labels-idx2-int"].Data = data
		_, _, err = s.Load(dir)
		require.ErrorContains(t, err, "dataset: qmnist-test-labels-idx2-int: "+want)
	}

	z := openZip(t, zipped(t, dir))
	for _, f := range z.File {
		if f.Name == "qmnist-test-labels-idx2-int" {
			f.UncompressedSize64 = 2<<30 + 1
		}
	}
	_, _, err = s.Load(z)
	require.ErrorContains(t, err, "dataset: qmnist-test-labels-idx2-int: size: got 2147483649 bytes, decompressed")
}

// TestLateHeader has empty gzip members before the header of a label file. The
// start of the file is in memory until the header has come.
func TestLateHeader(t *testing.T) {
	member := gzipped(t, nil)
	labels := gzipped(t, file(t, []uint8{7, 2}, 2))
	read := func(before int) error {
		r := bytes.NewReader(append(bytes.Repeat(member, before/len(member)), labels...))
		_, _, err := readLabels(r, "labels", 2, "images", layout{classes: 10})
		return err
	}
	require.NoError(t, read(1<<20-1000))
	require.EqualError(t, read(1<<20), "dataset: labels: header: got none, want one in the first 1048576 bytes")
}

// TestDownloadWriterTables checks that tables are fetched only on demand, and
// used only if they are verified.
func TestDownloadWriterTables(t *testing.T) {
	p := publish(t)
	var labels []int
	for i := range 40 {
		labels = append(labels, i%10)
	}
	const name = "qmnist-train-labels-idx2-int"
	p.WriterTables[0] = p.add(t, name, table(t, labels, make([]int, len(labels))))
	dir := t.TempDir()
	opts := &FetchOptions{Mirrors: []string{p.mirror(t)}}
	load := func() *Set {
		_, names, err := p.download(t.Context(), dir, opts)
		require.NoError(t, err)
		train, _, err := p.load(os.DirFS(dir), names)
		require.NoError(t, err)
		return train
	}
	write(t, dir, name, []byte("another file"))
	require.Nil(t, load().WriterIDs)
	require.Len(t, entries(t, dir), 5)
	write(t, dir, name, p.raw[name])
	require.Len(t, load().WriterIDs, 40)

	require.NoError(t, os.Remove(dir+"/"+name))
	require.Nil(t, load().WriterIDs)
	opts.WriterIDs = true
	require.Len(t, load().WriterIDs, 40)
	require.Contains(t, entries(t, dir), name+".gz")
}

// TestWriterIDsOfMNIST checks QMNIST's table against the real MNIST.
func TestWriterIDsOfMNIST(t *testing.T) {
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
		return len(slices.Compact(slices.Sorted(slices.Values(s.WriterIDs))))
	}
	require.Equal(t, 539, distinct(train))

	rest, validation := train.SplitByWriter(5000, rand.New(rand.NewPCG(1, 2)))
	require.Equal(t, 60000, rest.Len()+validation.Len())
	require.GreaterOrEqual(t, validation.Len(), 5000)
	require.Less(t, validation.Len(), 5200)
	require.Equal(t, 539, distinct(rest)+distinct(validation))
}

// TestLabelsFromOne: the letters of EMNIST have the labels 1 to 26.
func TestLabelsFromOne(t *testing.T) {
	letters := layout{classes: 26, limit: classCount, first: 1}
	for label, want := range map[int]int{1: 0, 26: 25} {
		class, ok := letters.class(label)
		require.True(t, ok)
		require.Equal(t, want, class)
	}
	for _, label := range []int{0, 27} {
		_, ok := letters.class(label)
		require.False(t, ok)
	}
	require.EqualError(t, letters.labelError("labels", "label of image 3", 27), "dataset: labels: label of image 3: got 27, want 1 to 26")
}
