package idx_test

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

func TestReaderAtFormatErrors(t *testing.T) {
	good := file(idx.Int16, []uint32{2, 3}, count(12)...)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "idx: offset 0: magic: got 0 bytes, want 4 bytes: unexpected EOF"},
		{"gzip", gz(good),
			"idx: offset 0: magic: got 1F 8B (gzip), " +
				"want 00 00: decompress the file first, because gzip allows no access to single items"},
		{"other type", file(idx.Uint8, []uint32{1}, 1),
			"idx: offset 2: element type: got 0x08 (uint8), want 0x0B (int16), the requested type"},
		{"cut header", good[:10], "idx: offset 10: dimension 1: got 2 bytes, want 4 bytes: unexpected EOF"},
		{"cut data", good[:23], "idx: offset 23: data: got 11 bytes, want 12 bytes: unexpected EOF"},
		{"trailing bytes", append(bytes.Clone(good), 1, 2),
			"idx: offset 24: end of data: got 2 bytes more, want the end of the file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := idx.NewReaderAt[int16](bytes.NewReader(c.file), int64(len(c.file)))
			require.EqualError(t, err, c.want)
			require.ErrorAs(t, err, new(*idx.FormatError))
		})
	}
	for n := range good {
		_, err := idx.NewReaderAt[int16](bytes.NewReader(good), int64(n))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorAs(t, err, new(*idx.FormatError))
	}
}

// A readerAtFunc is a function that serves as an io.ReaderAt.
type readerAtFunc func(p []byte, off int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

func TestReaderAtReadsOnlyTheItem(t *testing.T) {
	raw := file(idx.Uint8, []uint32{100, 1000}, count(100000)...)
	var reads [][2]int
	r, err := idx.NewReaderAt[uint8](readerAtFunc(func(p []byte, off int64) (int, error) {
		reads = append(reads, [2]int{int(off), len(p)})
		return bytes.NewReader(raw).ReadAt(p, off)
	}), int64(len(raw)))
	require.NoError(t, err)
	reads = nil
	item, err := r.Item(nil, 42)
	require.NoError(t, err)
	require.Equal(t, raw[12+42000:12+43000], item)
	require.Equal(t, [][2]int{{12 + 42000, 1000}}, reads)
}

func TestReaderAtErrors(t *testing.T) {
	raw := file(idx.Int16, []uint32{3, 2}, count(12)...)
	_, err := idx.NewReaderAt[int16](readerAtFunc(func([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }), 24)
	require.ErrorIs(t, err, iotest.ErrTimeout)

	broken := errors.New("broken")
	var fail error
	r, err := idx.NewReaderAt[int16](readerAtFunc(func(p []byte, off int64) (int, error) {
		if fail != nil {
			return 1, fail
		}
		return bytes.NewReader(raw).ReadAt(p, off)
	}), 24)
	require.NoError(t, err)
	fail = broken
	_, err = r.Item(nil, 1)
	require.ErrorIs(t, err, broken)
	require.EqualError(t, err, "idx: offset 17: reading data: broken")
	fail = io.EOF // the file became shorter
	_, err = r.Item(nil, 1)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.EqualError(t, err, "idx: offset 17: data: got 5 bytes, want 12 bytes: unexpected EOF")
	fail = nil
	item, err := r.Item(nil, 1)
	require.NoError(t, err)
	require.Equal(t, []int16{0x0506, 0x0708}, item)
}

// TestReaderAtEndOfFile: an io.ReaderAt may return the last bytes together with
// io.EOF. If it has fewer bytes, the file is truncated.
func TestReaderAtEndOfFile(t *testing.T) {
	testReaderAtEnd(t, idx.Uint8, []uint8{4, 5, 6})
	testReaderAtEnd(t, idx.Int16, []int16{0x708, 0x90a, 0xb0c})
}

func testReaderAtEnd[T idx.Element](t *testing.T, typ idx.Type, want []T) {
	raw := file(typ, []uint32{2, 3}, count(6*typ.Size())...)
	r, err := idx.NewReaderAt[T](readerAtFunc(func(p []byte, off int64) (int, error) {
		n := copy(p, raw[off:])
		if off+int64(n) == int64(len(raw)) {
			return n, io.EOF
		}
		return n, nil
	}), int64(len(raw)))
	require.NoError(t, err)
	item, err := r.Item(nil, 1)
	require.NoError(t, err)
	require.Equal(t, want, item)

	for _, cause := range []error{io.EOF, io.ErrUnexpectedEOF} {
		end := false
		r, err := idx.NewReaderAt[T](readerAtFunc(func(p []byte, off int64) (int, error) {
			if end {
				return len(p) - 1, cause
			}
			return copy(p, raw[off:]), nil
		}), int64(len(raw)))
		require.NoError(t, err)
		end = true
		_, err = r.Item(nil, 1)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorAs(t, err, new(*idx.FormatError))
	}
}

func TestReaderAtConcurrent(t *testing.T) {
	const items, n = 50, 9000 // one item is larger than the buffer
	raw := file(idx.Int32, []uint32{items, n}, count(4*items*n)...)
	a, err := idx.Decode[int32](bytes.NewReader(raw))
	require.NoError(t, err)
	r, err := idx.NewReaderAt[int32](bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for g := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			dst := make([]int32, n)
			for k := range 2 * items {
				i := (k*7 + g) % items
				if _, err := r.Item(dst, i); err != nil {
					errs[g] = err
				}
				for j, v := range a.Item(i) {
					if dst[j] != v {
						errs[g] = errors.New("wrong item")
					}
				}
			}
		}()
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
}

func TestCallersMistakes(t *testing.T) {
	raw := file(idx.Uint8, []uint32{2, 3}, count(6)...)
	at, err := idx.NewReaderAt[uint8](bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	const want = "idx: len(dst) = 2, want 3, the number of elements in an item"
	require.PanicsWithValue(t, want, func() { at.Item(make([]uint8, 2), 0) })
	require.PanicsWithValue(t, "idx: len(dst) = 0, want 3, the number of elements in an item", func() { at.Item([]uint8{}, 0) })
	require.PanicsWithValue(t, "idx: item index 2 out of range with 2 items", func() { at.Item(nil, 2) })
	require.PanicsWithValue(t, "idx: item index -1 out of range with 2 items", func() { at.Item(nil, -1) })
	require.PanicsWithValue(t, "idx: size = -1, want 0 or more", func() {
		idx.NewReaderAt[uint8](bytes.NewReader(raw), -1)
	})

	r, err := idx.NewReader[uint8](bytes.NewReader(raw))
	require.NoError(t, err)
	require.PanicsWithValue(t, want, func() { r.Next(make([]uint8, 2)) })
}

// TestNoAllocations checks that reading and writing an item allocates nothing
// if the caller passes the memory.
func TestNoAllocations(t *testing.T) {
	testNoAllocations[uint8](t, idx.Uint8)
	testNoAllocations[int8](t, idx.Int8)
	testNoAllocations[int16](t, idx.Int16)
	testNoAllocations[int32](t, idx.Int32)
	testNoAllocations[float32](t, idx.Float32)
	testNoAllocations[float64](t, idx.Float64)
}

func testNoAllocations[T idx.Element](t *testing.T, typ idx.Type) {
	t.Helper()
	raw := file(typ, []uint32{200, 300}, count(60000*typ.Size())...)
	dst := make([]T, 300)
	r, err := idx.NewReader[T](bytes.NewReader(raw))
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := r.Next(dst); err != nil {
			panic(err)
		}
	}), "Reader of %v", typ)
	at, err := idx.NewReaderAt[T](bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := at.Item(dst, 150); err != nil {
			panic(err)
		}
	}), "ReaderAt of %v", typ)
	w, err := idx.NewWriter[T](io.Discard, 101, 300)
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if err := w.Write(dst); err != nil {
			panic(err)
		}
	}), "Writer of %v", typ)
	require.NoError(t, w.Close())
}
