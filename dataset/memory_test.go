package dataset

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// mnistSize is the size of all pixels of MNIST.
const mnistSize = 70000 * 784

// TestMemory checks that loading MNIST allocates at most a tenth more than its
// pixels, whether the files are compressed or not.
func TestMemory(t *testing.T) {
	for name, dir := range map[string]fs.FS{"compressed": mnist(t), "raw": rawMNIST(t)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		train, _, err := Load(dir)
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		require.Equal(t, 60000*784, cap(train.Images), name)
		allocated := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: %d bytes, %.3f times the pixels", name, allocated, float64(allocated)/mnistSize)
		require.Less(t, allocated, uint64(mnistSize*11/10), name)
	}
}

// rawMNIST returns a folder with MNIST's decompressed files.
func rawMNIST(tb testing.TB) fs.FS {
	dir := tb.TempDir()
	for _, c := range mnistNames {
		data, err := fs.ReadFile(mnist(tb), c+".gz")
		require.NoError(tb, err)
		require.NoError(tb, os.WriteFile(filepath.Join(dir, c), gunzipped(tb, data), 0o644))
	}
	return os.DirFS(dir)
}

// TestBatchesAllocateNothing checks that a batch costs no allocation.
func TestBatchesAllocateNothing(t *testing.T) {
	s := numbered(200)
	for _, rng := range []*rand.Rand{nil, newRand()} {
		allocs := func(size int) float64 {
			return testing.AllocsPerRun(20, func() {
				for range s.Batches(size, rng) {
				}
			})
		}
		// The runtime itself allocates now and then.
		require.InDelta(t, allocs(200), allocs(1), 5)
	}
}
