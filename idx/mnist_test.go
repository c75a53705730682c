package idx_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

// mnist returns the bytes of a compressed file of MNIST.
func mnist(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("MNIST_DIR")
	if dir == "" {
		t.Skip("set MNIST_DIR to a folder with the four MNIST .gz files to run this")
	}
	b, err := os.ReadFile(filepath.Join(dir, name+".gz"))
	require.NoError(t, err)
	return b
}

func gunzip(t testing.TB, b []byte) []byte {
	t.Helper()
	zr, err := gzip.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	raw, err := io.ReadAll(zr)
	require.NoError(t, err)
	return raw
}

func TestMNIST(t *testing.T) {
	for _, c := range []struct {
		name  string
		dims  []int
		first uint8 // the first pixel or label
	}{
		{"train-images-idx3-ubyte", []int{60000, 28, 28}, 0},
		{"train-labels-idx1-ubyte", []int{60000}, 5},
		{"t10k-images-idx3-ubyte", []int{10000, 28, 28}, 0},
		{"t10k-labels-idx1-ubyte", []int{10000}, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			packed := mnist(t, c.name)
			raw := gunzip(t, packed)
			h, err := idx.ReadHeader(bytes.NewReader(packed))
			require.NoError(t, err)
			require.Equal(t, idx.Header{Type: idx.Uint8, Dims: c.dims}, h)

			a, err := idx.Decode[uint8](bytes.NewReader(packed))
			require.NoError(t, err)
			require.Equal(t, c.dims, a.Dims)
			require.Equal(t, c.first, a.Data[0])
			require.True(t, bytes.Equal(raw, encode(t, a)))

			require.True(t, bytes.Equal(raw, readItems(t, a, packed, true)), "Reader")
			require.True(t, bytes.Equal(raw, writeItems(t, a)), "Writer")
			r, err := idx.NewReaderAt[uint8](bytes.NewReader(raw), int64(len(raw)))
			require.NoError(t, err)
			for _, i := range []int{0, 1, a.Len() / 2, a.Len() - 1} {
				item, err := r.Item(nil, i)
				require.NoError(t, err)
				require.Equal(t, a.Item(i), item)
			}
		})
	}
}
