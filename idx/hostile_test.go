package idx_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

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

// TestFalseHeadersAllocateLittle reads files of about 20 bytes. Their headers
// declare the largest array that every platform accepts, or 4 GB and more if an
// int has 64 bits.
func TestFalseHeadersAllocateLittle(t *testing.T) {
	for _, claim := range [][]uint32{{math.MaxInt32 - 12}, {1, math.MaxInt32 - 12}, {2, math.MaxInt32 - 12}} {
		if math.MaxInt == math.MaxInt32 && claim[0] == 2 {
			continue // too large for an int
		}
		testFalseHeader[uint8](t, idx.Uint8, claim)
		testFalseHeader[int8](t, idx.Int8, claim)
		if math.MaxInt > math.MaxInt32 {
			testFalseHeader[int16](t, idx.Int16, claim)
			testFalseHeader[float64](t, idx.Float64, claim)
		}
	}
}

func testFalseHeader[T idx.Element](t *testing.T, typ idx.Type, claim []uint32) {
	t.Helper()
	raw := file(typ, claim, count(8)...)
	path := filepath.Join(t.TempDir(), "claim")
	require.NoError(t, os.WriteFile(path, raw, 0o666))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	for name, open := range map[string]func() io.Reader{
		"known":  func() io.Reader { return bytes.NewReader(raw) },
		"opaque": func() io.Reader { return opaque{bytes.NewReader(raw)} },
		"gzip":   func() io.Reader { return bytes.NewReader(gz(raw)) },
		"file": func() io.Reader {
			_, err := f.Seek(0, io.SeekStart)
			require.NoError(t, err)
			return f
		},
	} {
		r := open()
		n := allocated(func() { err = decodeErr[T](r) })
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		require.Less(t, n, uint64(1<<20), "Decode, %s", name)

		r = open()
		n = allocated(func() { err = readAll[T](r) })
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		require.Less(t, n, uint64(1<<20), "Reader, %s", name)
	}
	n := allocated(func() { _, err = idx.NewReaderAt[T](bytes.NewReader(raw), int64(len(raw))) })
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Less(t, n, uint64(1<<20))
}

// TestAllocationFollowsInput checks that memory stays within a small multiple
// of the input.
func TestAllocationFollowsInput(t *testing.T) {
	const n = 5 << 20
	raw := file(idx.Uint8, []uint32{math.MaxInt32 - 8}, make([]byte, n)...)
	for name, r := range map[string]io.Reader{"raw": bytes.NewReader(raw), "gzip": bytes.NewReader(gz(raw))} {
		require.Less(t, allocated(func() { decodeErr[uint8](r) }), uint64(4*n), name)
	}
	// If the input has a known length, only the array is allocated.
	raw = file(idx.Uint8, []uint32{n}, make([]byte, n)...)
	for name, r := range map[string]io.Reader{
		"bytes.Reader":   bytes.NewReader(raw),
		"bytes.Buffer":   bytes.NewBuffer(raw),
		"strings.Reader": strings.NewReader(string(raw)),
	} {
		var err error
		require.Less(t, allocated(func() { err = decodeErr[uint8](r) }), uint64(n+100<<10), name)
		require.NoError(t, err, name)
	}
}

func TestHugeButEmpty(t *testing.T) {
	raw := file(idx.Uint8, []uint32{0, math.MaxInt32 - 12})
	a, err := idx.Decode[uint8](bytes.NewReader(raw))
	require.NoError(t, err)
	require.Empty(t, a.Data)
	require.Equal(t, raw, encode(t, a))
	require.NoError(t, readAll[uint8](bytes.NewReader(raw)))
}

// TestCompressedAllocation checks compressed files of known size. An array is
// allocated at once if it is at most 8 times as large as its file. A false
// header does not cost more than this.
func TestCompressedAllocation(t *testing.T) {
	const n = 3 << 19
	rng := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rng.Uint32() & 3) // gzip saves three quarters
	}
	packed := gz(file(idx.Uint8, []uint32{n}, data...))
	require.Greater(t, len(packed), n/8)
	for name, open := range map[string]func() io.Reader{
		"memory":  func() io.Reader { return bytes.NewReader(packed) },
		"fs.File": func() io.Reader { return openFile(t, fstest.MapFS{"f": {Data: packed}}, "f") },
		"raw file": func() io.Reader {
			return openFile(t, fstest.MapFS{"f": {Data: file(idx.Uint8, []uint32{n}, data...)}}, "f")
		},
	} {
		var err error
		r := open()
		require.Less(t, allocated(func() { err = decodeErr[uint8](r) }), uint64(n+n/4), name)
		require.NoError(t, err, name)
	}
	// If the size is unknown, memory grows with the data.
	require.Greater(t, allocated(func() { decodeErr[uint8](opaque{bytes.NewReader(packed)}) }), uint64(n+n/2))

	cut := gz(file(idx.Uint8, []uint32{1 << 20}, data[:1<<19]...))
	var err error
	require.Less(t, allocated(func() { err = decodeErr[uint8](bytes.NewReader(cut)) }), uint64(9*len(cut)+1<<20))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func openFile(t *testing.T, fsys fs.FS, name string) fs.File {
	f, err := fsys.Open(name)
	require.NoError(t, err)
	return f
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
