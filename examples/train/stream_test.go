package main

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// largeSet writes a data set of n training images of 28x28 pixels. A class is a
// bright band. It never has the set in memory.
func largeSet(t *testing.T, n int) string {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(41, 42))
	for _, prefix := range []string{"train", "t10k"} {
		if prefix == "t10k" {
			n = 500
		}
		file := func(name string, dims ...uint32) (*bufio.Writer, func()) {
			f, err := os.Create(filepath.Join(dir, prefix+name))
			require.NoError(t, err)
			w := bufio.NewWriter(f)
			w.Write([]byte{0, 0, 8, byte(len(dims))})
			require.NoError(t, binary.Write(w, binary.BigEndian, dims))
			return w, func() {
				require.NoError(t, w.Flush())
				require.NoError(t, f.Close())
			}
		}
		images, closeImages := file("-images-idx3-ubyte", uint32(n), 28, 28)
		labels, closeLabels := file("-labels-idx1-ubyte", uint32(n))
		image := make([]byte, 784)
		for range n {
			class := rng.IntN(10)
			labels.WriteByte(byte(class))
			for i := range image {
				if i%8 == 0 {
					binary.LittleEndian.PutUint64(image[i:], rng.Uint64()&0x3f3f3f3f3f3f3f3f)
				}
				if i/28/2 == class+rng.IntN(2) {
					image[i] += 120
				}
			}
			images.Write(image)
		}
		closeImages()
		closeLabels()
	}
	return dir
}

// limitMemory sets the memory limit of the runtime. peak returns the largest
// heap since then.
func limitMemory(t *testing.T, limit int64) (peak func() uint64) {
	runtime.GC()
	old := debug.SetMemoryLimit(limit)
	var most uint64
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		debug.SetMemoryLimit(old)
		return most
	}
}

// TestLargerThanMemory: images that do not fit into GOMEMLIMIT give the same
// model as in memory, to the bit.
func TestLargerThanMemory(t *testing.T) {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	const n, limit = 50_000, int64(32 << 20)
	require.Greater(t, int64(n)*784, limit)
	dir := largeSet(t, n)
	out := t.TempDir()
	for _, args := range []string{
		"-features pixels -holdout 300 -epochs 1 -report " + filepath.Join(out, "report.html"),
		"-recipe tutorial -epochs 1", "-features pixels -holdout 0 -epochs 1 -balanced",
	} {
		args := append(strings.Fields(args), "-data", dir)
		small, large := filepath.Join(out, "small"), filepath.Join(out, "large")
		peak := limitMemory(t, limit)
		printed, _, err := train(t, t.Context(), append(args, "-out", small)...)
		most := peak()
		require.NoError(t, err, args)
		t.Log(most>>20, "MB at most")
		require.Less(t, most, uint64(limit), args)
		require.Contains(t, printed, "the images stay in their file", args)

		inMemory, _, err := train(t, t.Context(), append(args, "-out", large)...)
		require.NoError(t, err)
		require.NotContains(t, inMemory, "the images stay in their file")
		require.Equal(t, statistics(inMemory), statistics(printed), args)
		one, err := os.ReadFile(small)
		require.NoError(t, err)
		two, err := os.ReadFile(large)
		require.NoError(t, err)
		require.Equal(t, two, one, args)
	}
	require.FileExists(t, filepath.Join(out, "report.html"))
}

// statistics returns what train prints about the test set.
func statistics(out string) string {
	_, out, _ = strings.Cut(out, "Test set\n")
	text, _, _ := strings.Cut(out, " parameters, trained in")
	return text
}

// TestStream: with -stream, histograms are the same, too.
func TestStream(t *testing.T) {
	t.Parallel()
	dir := bands(t, 60, 60, 60, 5)
	name := filepath.Join(dir, "model")
	for _, args := range []string{"-holdout 0 -epochs 3", "-features pixels -epochs 3", "-balanced -rate 0.1 -epochs 3"} {
		var models [2][]byte
		var reports [2]string
		for i := range models {
			args := append(strings.Fields(args), "-data", dir, "-out", name)
			if i == 1 {
				args = append(args, "-stream")
			}
			out, errs, err := train(t, t.Context(), args...)
			require.NoError(t, err)
			require.Contains(t, errs, "3 (5)")
			reports[i] = statistics(out)
			models[i], err = os.ReadFile(name)
			require.NoError(t, err)
		}
		require.Equal(t, models[0], models[1], args)
		require.Equal(t, reports[0], reports[1], args)
	}
}

// TestStreamNames: classes.txt names the classes, in a stream, too.
func TestStreamNames(t *testing.T) {
	t.Parallel()
	dir := bands(t, 20, 20, 20)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "classes.txt"), []byte("big star\ncircle\nheart\n"), 0o666))
	for _, stream := range []string{"-stream", "-stream=false"} {
		name := filepath.Join(dir, "model")
		out, _, err := train(t, t.Context(), "-data", dir, stream, "-epochs", "3", "-out", name)
		require.NoError(t, err)
		require.Regexp(t, `(?m)^big star +\d`, out)
		m, err := softmax.Load(name)
		require.NoError(t, err)
		require.Equal(t, []string{"big star", "circle", "heart"}, m.Names)
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "classes.txt")))
	clothes := filepath.Join(t.TempDir(), "fashion-mnist")
	require.NoError(t, os.CopyFS(clothes, os.DirFS(dir)))
	for _, stream := range []string{"-stream", "-stream=false"} {
		out, _, err := train(t, t.Context(), "-data", clothes, stream, "-epochs", "1")
		require.NoError(t, err)
		require.Regexp(t, `(?m)^T-shirt/top +\d`, out, "the folder is named as a data set")
	}
	for _, set := range []string{"emnist-balanced", "emnist-letters"} { // transposed; and the first class is 1
		letters := filepath.Join(t.TempDir(), set)
		require.NoError(t, os.CopyFS(letters, os.DirFS(dir)))
		_, _, err := train(t, t.Context(), "-data", letters, "-stream")
		require.EqualError(t, err, "-data "+letters+": a stream cannot read the data set "+set+": leave out -stream")
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "classes.txt"), []byte("star\ncircle\n"), 0o666))
	_, _, err := train(t, t.Context(), "-data", dir, "-stream")
	require.EqualError(t, err, "-data "+dir+": train-labels-idx1-ubyte: label of image 40: got 2, want 0 to 1; for other classes, "+
		"write the names of all to classes.txt in the folder, one a line")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "classes.txt"), []byte("star\n\ncircle\n"), 0o666))
	for _, stream := range []string{"-stream", "-stream=false"} {
		_, _, err := train(t, t.Context(), "-data", dir, stream)
		require.EqualError(t, err, "-data "+dir+`: dataset: classes.txt: line 2: got "", want the name of class 1`)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "classes.txt"), []byte("star\ncircle\nno digit\n"), 0o666))
	for _, stream := range []string{"-stream", "-stream=false"} {
		_, _, err := train(t, t.Context(), "-data", dir, stream)
		require.ErrorContains(t, err, dir+`: a class is called "no digit", which is the answer for pictures of no class; `)
	}
}

// TestChunk: large images are read one by one.
func TestChunk(t *testing.T) {
	t.Parallel()
	for side, want := range map[int]int{1: 1000, 28: 1000, 256: 16, 5000: 1} {
		r := &idx.ReaderAt[uint8]{Header: idx.Header{Dims: []int{10, side, side}}}
		require.Equal(t, want, (&imageFile{images: r}).chunk())
	}
}

func TestStreamRefused(t *testing.T) {
	dir := bands(t, 20, 20, 20)
	for args, want := range map[string]string{
		"-recipe reader": "the recipe reader needs all images in memory",
		"-recipe best":   "components need all images in memory",
	} {
		_, _, err := train(t, t.Context(), append(strings.Fields(args), "-stream", "-data", dir)...)
		require.ErrorContains(t, err, want)
	}
	_, _, err := train(t, t.Context(), "-stream", "-pictures", dir)
	require.ErrorContains(t, err, "-stream reads IDX files, not pictures")
	_, _, err = train(t, t.Context(), "-stream", "-data", filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "want a folder of uncompressed IDX files")
	for _, name := range []string{"mnist_train.csv", "mnist.zip"} {
		other := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(other, name), nil, 0o666))
		_, _, err = train(t, t.Context(), "-stream", "-data", other)
		require.EqualError(t, err, "-data "+other+": dataset: the folder does not have train-images-idx3-ubyte, train-labels-idx1-ubyte, "+
			"t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte; it has \""+name+"\"; a stream needs four uncompressed IDX files: "+
			"leave out -stream for tables, archives and compressed files")
	}

	name := filepath.Join(dir, "train-images-idx3-ubyte")
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	f, err := os.Create(name + ".gz")
	require.NoError(t, err)
	z := gzip.NewWriter(f)
	_, err = z.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	require.NoError(t, os.Remove(name))
	_, _, err = train(t, t.Context(), "-stream", "-data", dir)
	require.ErrorContains(t, err, "train-images-idx3-ubyte.gz: ")
	require.ErrorContains(t, err, "decompress the file first")

	old := debug.SetMemoryLimit(1000)
	defer debug.SetMemoryLimit(old)
	_, _, err = train(t, t.Context(), "-data", dir)
	require.ErrorContains(t, err, "decompress the file first", "the header says that the images do not fit")
	require.ErrorContains(t, err, "the images do not fit into GOMEMLIMIT: raise it, or ")
	debug.SetMemoryLimit(math.MaxInt64)
	_, _, err = train(t, t.Context(), "-data", dir, "-epochs", "1")
	require.NoError(t, err)
}

// TestMemoryLimit: train streams images that do not fit into GOMEMLIMIT. It
// says what is wrong with files, too.
func TestMemoryLimit(t *testing.T) {
	old := debug.SetMemoryLimit(1 << 40)
	defer debug.SetMemoryLimit(old)
	_, _, err := train(t, t.Context(), "-data", filepath.Join(t.TempDir(), "none"))
	require.ErrorContains(t, err, "no such folder")
	_, _, err = train(t, t.Context(), "-data", t.TempDir())
	require.ErrorContains(t, err, "the folder does not have train-images-idx3-ubyte")
	for limit, want := range map[int64]bool{60*28*28 - 1: true, 60 * 28 * 28: false} {
		o, err := parse(strings.Fields("-features pixels -holdout 0 -data "+bands(t, 20, 20, 20)), io.Discard)
		require.NoError(t, err)
		debug.SetMemoryLimit(limit)
		got := o.wantsStream()
		debug.SetMemoryLimit(1 << 40)
		require.Equal(t, want, got, "60 images of 28x28 bytes in %d bytes", limit)
	}
	for content, want := range map[string]string{
		"":                                 "train-images-idx3-ubyte: idx: ",
		"\x00\x00\x08\x01\x00\x00\x00\x00": "train-images-idx3-ubyte: ",
		"\x00\x00\x08\x02" + strings.Repeat("\x00", 8): "train-images-idx3-ubyte: ",
	} {
		dir := bands(t, 20, 20)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "train-images-idx3-ubyte"), []byte(content), 0o666))
		_, _, err = train(t, t.Context(), "-data", dir)
		require.ErrorContains(t, err, want, "%q", content)
	}
}
