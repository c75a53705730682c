package idx_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"runtime"
	"testing"
	"testing/iotest"

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
	for _, n := range []int{1, 100, 32<<10 - 8, 64 << 10, 96 << 10, 192 << 10} {
		var f bytes.Buffer
		require.NoError(t, idx.Encode(&f, &idx.Array[uint8]{Dims: []int{n}, Data: make([]uint8, n)}))
		_, err := idx.Decode[uint8](&lateError{bytes.Clone(f.Bytes()), late})
		require.ErrorIs(t, err, late, n)
		_, err = idx.Decode[uint8](&lateError{f.Bytes(), io.EOF})
		require.NoError(t, err, n)
	}

	// The error comes with the last bytes of an item, and the next item is
	// missing.
	const n = 64 << 10
	raw := file(idx.Uint8, []uint32{2, n}, make([]byte, n)...)
	r := newReader[uint8](t, &lateError{raw, late})
	_, err := r.Next(nil)
	require.NoError(t, err)
	_, err = r.Next(nil)
	require.ErrorIs(t, err, late)
}

// TestBrokenEnd checks errors that come in place of the end of the file.
func TestBrokenEnd(t *testing.T) {
	raw := file(idx.Uint8, []uint32{1}, 1)
	for _, cause := range []error{errors.New("broken"), io.ErrUnexpectedEOF, io.ErrClosedPipe} {
		err := decodeErr[uint8](io.MultiReader(bytes.NewReader(raw), iotest.ErrReader(cause)))
		require.EqualError(t, err, "idx: offset 9: reading end of data: "+cause.Error())
		require.ErrorIs(t, err, cause)
	}
	// The caller's own gzip.Reader may find the damage.
	packed := gz(raw)
	packed[len(packed)-5] ^= 1
	z, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	require.EqualError(t, decodeErr[uint8](z), decodeErr[uint8](bytes.NewReader(packed)).Error())
}

// TestFewReads checks that small reads of the package are not those of the file
// or the network.
func TestFewReads(t *testing.T) {
	raw := file(idx.Int16, []uint32{2000, 100}, make([]byte, 400000)...)
	for name, b := range map[string][]byte{"raw": raw, "gzip": gz(raw)} {
		reads := 0
		r := newReader[int16](t, readerFunc(func(p []byte) (int, error) {
			reads++
			n := copy(p, b)
			if b = b[n:]; n == 0 {
				return 0, io.EOF
			}
			return n, nil
		}))
		items, errs := collect(r)
		require.Empty(t, errs)
		require.Len(t, items, 2000)
		require.LessOrEqual(t, reads, 2+len(raw)/(16<<10), name)
	}
	// A short file costs little memory.
	short := file(idx.Uint8, []uint32{4}, count(4)...)
	require.Less(t, allocated(func() { idx.Decode[uint8](bytes.NewReader(short)) }), uint64(4<<10))
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
