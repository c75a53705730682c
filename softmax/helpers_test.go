package softmax

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func newRand() *rand.Rand { return rand.New(rand.NewPCG(2, 7)) }

func randomFloats(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*rng.Float32() - 1
	}
	return x
}

// positive returns random numbers above 0 and up to 2.
func positive(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 2 - 2*rng.Float32()
	}
	return x
}

func randomLabels(rng *rand.Rand, n, classes int) []int {
	y := make([]int, n)
	for i := range y {
		y[i] = rng.IntN(classes)
	}
	return y
}

// randomBytes returns images in which four of five bytes are 0, as in MNIST.
func randomBytes(rng *rand.Rand, n int) Bytes {
	x := make(Bytes, n)
	for i := range x {
		if rng.IntN(5) == 0 {
			x[i] = uint8(1 + rng.IntN(255))
		}
	}
	return x
}

func randomModel(rng *rand.Rand, features, classes int) *Model {
	m := New(features, classes)
	m.SetParameters(randomFloats(rng, classes*features), randomFloats(rng, classes))
	return m
}

// sparseOf returns the nonzero values of a dense matrix.
func sparseOf(x Floats, features int) Sparse {
	s := Sparse{Start: []int{0}}
	for i, v := range x {
		if v != 0 {
			s.Index = append(s.Index, int32(i%features))
			s.Value = append(s.Value, v)
		}
		if i%features == features-1 {
			s.Start = append(s.Start, len(s.Index))
		}
	}
	return s
}

// floatsOf returns the numbers that bytes stand for.
func floatsOf(x Bytes) Floats {
	f := make(Floats, len(x))
	for i, b := range x {
		f[i] = float32(b) / 255
	}
	return f
}

// loadMNIST returns the images and labels of two MNIST files, or skips the
// test. Package softmax must not import package idx, so loadMNIST ignores the
// headers.
func loadMNIST(tb testing.TB, prefix string) (x Bytes, y []int) {
	dir := os.Getenv("MNIST_DIR")
	if dir == "" {
		tb.Skip("set MNIST_DIR to a folder with the four MNIST .gz files to run this")
	}
	read := func(name string, header int) []byte {
		f, err := os.Open(filepath.Join(dir, name))
		require.NoError(tb, err)
		defer f.Close()
		z, err := gzip.NewReader(f)
		require.NoError(tb, err)
		data, err := io.ReadAll(z)
		require.NoError(tb, err)
		return data[header:]
	}
	x = read(prefix+"-images-idx3-ubyte.gz", 16)
	for _, label := range read(prefix+"-labels-idx1-ubyte.gz", 8) {
		y = append(y, int(label))
	}
	return x, y
}

// encode returns the bytes of a model's file.
func encode(tb testing.TB, m *Model) []byte {
	var b bytes.Buffer
	require.NoError(tb, m.Encode(&b))
	return b.Bytes()
}

// hash returns the SHA-256 of a model's file.
func hash(tb testing.TB, m *Model) string {
	return fmt.Sprintf("%x", sha256.Sum256(encode(tb, m)))
}
