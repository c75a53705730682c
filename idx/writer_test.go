package idx_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

func TestEncodeMistakes(t *testing.T) {
	many := make([]int, 256)
	for _, c := range []struct {
		name string
		dims []int
		data int
		want string
	}{
		{"zero Array", nil, 0, "idx: len(Data) = 0, want 1, the product of Dims []"},
		{"too few", []int{2, 3}, 5, "idx: len(Data) = 5, want 6, the product of Dims [2 3]"},
		{"too many", []int{2, 0}, 1, "idx: len(Data) = 1, want 0, the product of Dims [2 0]"},
		{"negative", []int{2, -1}, 2, "idx: dimension 1 = -1, want 0 to 4294967295"},
		{"unknown", []int{idx.Unknown}, 2, "idx: dimension 0 = -1, want 0 to 4294967295"},
		{"rank 256", many, 0, "idx: 256 dimensions, want at most 255"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			a := &idx.Array[uint8]{Dims: c.dims, Data: make([]uint8, c.data)}
			require.PanicsWithValue(t, c.want, func() { idx.Encode(&b, a) })
			require.Zero(t, b.Len())
		})
	}
	require.Panics(t, func() {
		idx.Encode(io.Discard, &idx.Array[uint8]{Dims: []int{math.MaxInt32, math.MaxInt32, math.MaxInt32, 0}})
	})
	if math.MaxInt > math.MaxInt32 {
		one := 1
		require.Panics(t, func() { idx.Encode(io.Discard, &idx.Array[uint8]{Dims: []int{one << 32, 0}}) })
	}
	require.PanicsWithValue(t, "idx: dimension 1 = -1, want 0 to 4294967295", func() {
		idx.NewWriter[uint8](io.Discard, idx.Unknown, -1)
	})
	require.PanicsWithValue(t, "idx: dimension 0 = -2, want 0 to 4294967295", func() {
		idx.NewWriter[uint8](io.Discard, -2)
	})
	w, err := idx.NewWriter[uint8](io.Discard, 2, 3)
	require.NoError(t, err)
	require.PanicsWithValue(t, "idx: len(item) = 2, want 3, the number of elements in an item", func() { w.Write([]uint8{1, 2}) })
}

// failingWriter accepts n bytes and then fails.
type failingWriter struct{ n int }

var errFull = errors.New("disk full")

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) <= w.n {
		w.n -= len(p)
		return len(p), nil
	}
	n := w.n
	w.n = 0
	return n, errFull
}

func TestFailingWriter(t *testing.T) {
	testFailingWriter[uint8](t)
	testFailingWriter[int32](t)
}

func testFailingWriter[T idx.Element](t *testing.T) {
	a := &idx.Array[T]{Dims: []int{30, 1000}, Data: make([]T, 30000)}
	total := len(encode(t, a))
	for n := 0; n < total; n += 997 {
		err := idx.Encode(&failingWriter{n}, a)
		require.ErrorIs(t, err, errFull)
		require.EqualError(t, err, "idx: writing: disk full")

		w, err := idx.NewWriter[T](&failingWriter{n}, a.Dims...)
		require.NoError(t, err)
		var first error
		for i := range a.Len() {
			err := w.Write(a.Item(i))
			if first == nil {
				first = err
			} else {
				require.Equal(t, first, err)
			}
		}
		err = w.Close()
		require.ErrorIs(t, err, errFull)
		require.Equal(t, err, w.Close())
		if first != nil {
			require.Equal(t, first, err)
		}
	}
	require.NoError(t, idx.Encode(&failingWriter{total}, a))
	w, err := idx.NewWriter[T](&failingWriter{100}, 1, 100000) // an item larger than any buffer
	require.NoError(t, err)
	require.ErrorIs(t, w.Write(make([]T, 100000)), errFull)
	require.ErrorIs(t, idx.Encode(opaqueWriter{shortWriter{}}, a), io.ErrShortWrite)
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) / 2, nil }

func TestWriterPromise(t *testing.T) {
	var b bytes.Buffer
	w, err := idx.NewWriter[int16](&b, 3, 2)
	require.NoError(t, err)
	require.NoError(t, w.Write([]int16{1, 2}))
	require.EqualError(t, w.Close(), "idx: Close after 1 items, want the 3 promised")
	require.EqualError(t, w.Close(), "idx: Close after 1 items, want the 3 promised")

	w, err = idx.NewWriter[int16](&b, 1, 2)
	require.NoError(t, err)
	require.NoError(t, w.Write([]int16{1, 2}))
	require.EqualError(t, w.Write([]int16{3, 4}), "idx: Write of item number 2, want at most 1")
	require.EqualError(t, w.Close(), "idx: Write of item number 2, want at most 1")

	b.Reset()
	w, err = idx.NewWriter[int16](&b) // a scalar
	require.NoError(t, err)
	require.NoError(t, w.Write([]int16{0x102}))
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
	require.Equal(t, file(idx.Int16, nil, 1, 2), b.Bytes())
	require.EqualError(t, w.Write([]int16{1}), "idx: Writer is closed")
	require.NoError(t, w.Close())
}

func TestWriterUnknown(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString("before")
	require.NoError(t, err)

	w, err := idx.NewWriter[uint8](f, idx.Unknown, 2)
	require.NoError(t, err)
	for i := range 3 {
		require.NoError(t, w.Write([]uint8{byte(2*i + 1), byte(2*i + 2)}))
	}
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
	_, err = f.WriteString("after") // Close left f at the end of the array
	require.NoError(t, err)

	got, err := os.ReadFile(f.Name())
	require.NoError(t, err)
	want := append([]byte("before"), file(idx.Uint8, []uint32{3, 2}, count(6)...)...)
	require.Equal(t, append(want, "after"...), got)

	// A file without Close reads as truncated.
	abandoned, err := os.Create(filepath.Join(t.TempDir(), "y"))
	require.NoError(t, err)
	defer abandoned.Close()
	w, err = idx.NewWriter[uint8](abandoned, idx.Unknown)
	require.NoError(t, err)
	for range 100000 {
		require.NoError(t, w.Write([]uint8{7}))
	}
	got, err = os.ReadFile(abandoned.Name())
	require.NoError(t, err)
	require.NotEmpty(t, got)
	err = decodeErr[uint8](bytes.NewReader(got))
	if math.MaxInt > math.MaxInt32 {
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	}
	require.ErrorAs(t, err, new(*idx.FormatError))
}

// seekFunc is a writer with a Seek that can fail.
type seekFunc struct {
	io.Writer
	seek func(int64, int) (int64, error)
}

func (s seekFunc) Seek(off int64, whence int) (int64, error) { return s.seek(off, whence) }

func TestWriterUnknownNeedsSeek(t *testing.T) {
	const prefix = "idx: the number of items is Unknown, so the writer must be able to seek: "
	t.Run("not a seeker", func(t *testing.T) {
		_, err := idx.NewWriter[uint8](&bytes.Buffer{}, idx.Unknown)
		require.EqualError(t, err, prefix+"*bytes.Buffer is not an io.WriteSeeker")
	})
	t.Run("pipe", func(t *testing.T) {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		defer r.Close()
		defer w.Close()
		_, err = idx.NewWriter[uint8](w, idx.Unknown)
		require.ErrorContains(t, err, prefix)

		// A promised number of items needs no Seek.
		wr, err := idx.NewWriter[uint8](w, 2)
		require.NoError(t, err)
		require.NoError(t, wr.Write([]uint8{1}))
		require.NoError(t, wr.Write([]uint8{2}))
		require.NoError(t, wr.Close())
		require.NoError(t, w.Close())
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, file(idx.Uint8, []uint32{2}, 1, 2), got)
	})
	t.Run("append", func(t *testing.T) {
		f, err := os.OpenFile(filepath.Join(t.TempDir(), "x"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
		require.NoError(t, err)
		defer f.Close()
		_, err = idx.NewWriter[uint8](f, idx.Unknown)
		require.ErrorContains(t, err, prefix)
	})
	t.Run("closed", func(t *testing.T) {
		f, err := os.Create(filepath.Join(t.TempDir(), "x"))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		_, err = idx.NewWriter[uint8](f, idx.Unknown)
		require.ErrorIs(t, err, os.ErrClosed)
	})
}

func TestWriterSeekFails(t *testing.T) {
	for failAt := range 4 {
		calls := 0
		broken := errors.New("broken")
		w, err := idx.NewWriter[uint8](seekFunc{io.Discard, func(int64, int) (int64, error) {
			calls++
			if calls == failAt+1 {
				return 0, broken
			}
			return 0, nil
		}}, idx.Unknown)
		if failAt == 0 {
			require.ErrorIs(t, err, broken)
			continue
		}
		require.NoError(t, err)
		require.ErrorIs(t, w.Close(), broken)
		require.ErrorIs(t, w.Close(), broken)
	}
}

// TestWriterHeaderFails: only the last write fails, that of the header.
func TestWriterHeaderFails(t *testing.T) {
	for n := range 12 {
		seek := func(int64, int) (int64, error) { return 0, nil }
		w, err := idx.NewWriter[uint8](seekFunc{&failingWriter{n}, seek}, idx.Unknown)
		require.NoError(t, err)
		require.NoError(t, w.Write([]uint8{1}))
		require.NoError(t, w.Write([]uint8{2}))
		require.ErrorIs(t, w.Close(), errFull, "%d bytes", n)
	}
}

// TestLargestArrays checks sizes at the limit, and just above it.
func TestLargestArrays(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("needs an int of 64 bits")
	}
	const most = math.MaxUint32
	for _, c := range []struct {
		typ  idx.Type
		dims []uint32
		ok   bool
	}{
		{idx.Uint8, []uint32{1 << 31, most}, true},
		{idx.Uint8, []uint32{1<<31 + 1, most}, false},
		{idx.Float64, []uint32{1 << 28, most}, true},
		{idx.Float64, []uint32{1<<28 + 1, most}, false},
		{idx.Float64, []uint32{1 << 30, 1 << 30, 0}, false},
	} {
		raw := file(c.typ, c.dims)
		h, err := idx.ReadHeader(bytes.NewReader(raw))
		var dims []int
		for _, d := range c.dims {
			dims = append(dims, int(d))
		}
		newWriter := func() { idx.NewWriter[uint8](io.Discard, dims...) }
		if c.typ == idx.Float64 {
			newWriter = func() { idx.NewWriter[float64](io.Discard, dims...) }
		}
		if !c.ok {
			require.ErrorAs(t, err, new(*idx.FormatError))
			require.Panics(t, newWriter)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, dims, h.Dims)
		require.NotPanics(t, newWriter)
	}
}

func TestDiskFull(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("needs /dev/full")
	}
	defer f.Close()
	require.Error(t, idx.Encode(f, &idx.Array[uint8]{Dims: []int{1}, Data: []uint8{1}}))
}
