package idx_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestHugeButEmpty(t *testing.T) {
	raw := file(idx.Uint8, []uint32{0, math.MaxInt32 - 12})
	a, err := idx.Decode[uint8](bytes.NewReader(raw))
	require.NoError(t, err)
	require.Empty(t, a.Data)
	require.Equal(t, raw, encode(t, a))
	require.NoError(t, readAll[uint8](bytes.NewReader(raw)))
}

// lateError is a reader that returns an error once, together with its last
// bytes.
type lateError struct {
	data []byte
	err  error
}

func (r *lateError) Read(b []byte) (n int, err error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n = copy(b, r.data)
	if r.data = r.data[n:]; len(r.data) == 0 {
		err = r.err
	}
	return n, err
}

// TestLateError checks that an error that comes with the last bytes is not
// lost. The sizes of the files are close to those of the buffers.
func TestLateError(t *testing.T) {
	late := errors.New("late")
	for _, n := range []int{1, 100, 32<<10 - 8, 64 << 10, 96 << 10} {
		var f bytes.Buffer
		require.NoError(t, idx.Encode(&f, &idx.Array[uint8]{Dims: []int{n}, Data: make([]uint8, n)}))
		_, err := idx.Decode[uint8](&lateError{bytes.Clone(f.Bytes()), late})
		require.ErrorIs(t, err, late, n)
		_, err = idx.Decode[uint8](&lateError{f.Bytes(), io.EOF})
		require.NoError(t, err, n)
	}
}
