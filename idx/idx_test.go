package idx_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

// file returns an IDX file with the given dimensions and data. They need not
// agree.
func file(t idx.Type, dims []uint32, data ...byte) []byte {
	b := []byte{0, 0, byte(t), byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, data...)
}

// count returns n bytes: 1, 2, 3 and so on.
func count(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i + 1)
	}
	return b
}

// gz compresses each part to a separate gzip member.
func gz(parts ...[]byte) []byte {
	var b bytes.Buffer
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	for _, p := range parts {
		w.Reset(&b)
		w.Write(p)
		w.Close()
	}
	return b.Bytes()
}

// gzipWriters saves time: a new gzip.Writer allocates almost a megabyte.
var gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// opaque hides all methods of a reader except Read.
type opaque struct{ io.Reader }

func encode[T idx.Element](t testing.TB, a *idx.Array[T]) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, idx.Encode(&b, a))
	return b.Bytes()
}

// everyWay reads a valid file in every way, writes it in every way, and checks
// that the bytes are the same. It compares bytes because a NaN is not equal to
// itself. It returns the array that Decode returned.
func everyWay[T idx.Element](t *testing.T, raw []byte) *idx.Array[T] {
	t.Helper()
	a, err := idx.Decode[T](bytes.NewReader(raw))
	require.NoError(t, err)
	require.True(t, bytes.Equal(raw, encode(t, a)), "Decode and Encode")

	half := len(raw) / 2
	for name, r := range map[string]io.Reader{
		"opaque":    opaque{bytes.NewReader(raw)},
		"gzip":      bytes.NewReader(gz(raw)),
		"2 members": bytes.NewReader(gz(raw[:half], nil, raw[half:], nil)),
	} {
		b, err := idx.Decode[T](r)
		require.NoError(t, err, name)
		require.True(t, bytes.Equal(raw, encode(t, b)), name)
	}
	require.True(t, bytes.Equal(raw, writeItems(t, a)), "Writer")
	for name, b := range map[string][]byte{"raw": raw, "gzip": gz(raw)} {
		require.True(t, bytes.Equal(raw, readItems(t, a, b, false)), "Reader, %s, nil dst", name)
		require.True(t, bytes.Equal(raw, readItems(t, a, b, true)), "Reader, %s, dst reused", name)
		require.True(t, bytes.Equal(raw, readAllItems[T](t, b)), "Reader.All, %s", name)
	}

	r, err := idx.NewReaderAt[T](bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	require.Equal(t, a.Dims, r.Header.Dims)
	b := &idx.Array[T]{Dims: r.Header.Dims, Data: make([]T, len(a.Data))}
	for i := b.Len() - 1; i >= 0; i-- {
		item, err := r.Item(nil, i)
		require.NoError(t, err)
		copy(b.Item(i), item)
		_, err = r.Item(b.Item(i), i)
		require.NoError(t, err)
	}
	require.True(t, bytes.Equal(raw, encode(t, b)), "ReaderAt")
	return a
}

// readItems reads a valid file with Reader.Next, with nil or with a reused dst.
func readItems[T idx.Element](t *testing.T, a *idx.Array[T], file []byte, reuse bool) []byte {
	t.Helper()
	r, err := idx.NewReader[T](opaque{bytes.NewReader(file)})
	require.NoError(t, err)
	require.Equal(t, a.Dims, r.Header.Dims)
	require.Equal(t, a.Len(), r.Header.Len())
	b := &idx.Array[T]{Dims: r.Header.Dims, Data: []T{}}
	var dst []T
	for {
		item, err := r.Next(dst)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		b.Data = append(b.Data, item...)
		if reuse {
			dst = item
		}
	}
	_, err = r.Next(dst)
	require.Equal(t, io.EOF, err)
	return encode(t, b)
}

// readAllItems reads a valid file with Reader.All.
func readAllItems[T idx.Element](t *testing.T, file []byte) []byte {
	t.Helper()
	r, err := idx.NewReader[T](opaque{bytes.NewReader(file)})
	require.NoError(t, err)
	b := &idx.Array[T]{Dims: r.Header.Dims, Data: []T{}}
	for item, err := range r.All() {
		require.NoError(t, err)
		b.Data = append(b.Data, item...)
	}
	return encode(t, b)
}

// writeItems writes the items of the array a one by one. It does so once with a
// promised and once with an unknown number of items, and returns the file.
func writeItems[T idx.Element](t *testing.T, a *idx.Array[T]) []byte {
	t.Helper()
	write := func(w io.Writer, dims ...int) {
		wr, err := idx.NewWriter[T](w, dims...)
		require.NoError(t, err)
		for i := range a.Len() {
			require.NoError(t, wr.Write(a.Item(i)))
		}
		require.NoError(t, wr.Close())
	}
	var b bytes.Buffer
	write(opaqueWriter{&b}, a.Dims...)
	if len(a.Dims) == 0 {
		return b.Bytes()
	}
	var f memFile
	write(&f, append([]int{idx.Unknown}, a.Dims[1:]...)...)
	require.True(t, bytes.Equal(b.Bytes(), f.data), "number of items unknown")
	return b.Bytes()
}

// memFile is an io.WriteSeeker in memory.
type memFile struct {
	data []byte
	pos  int
}

func (f *memFile) Write(p []byte) (int, error) {
	f.data = append(f.data, make([]byte, max(0, f.pos+len(p)-len(f.data)))...)
	f.pos += copy(f.data[f.pos:], p)
	return len(p), nil
}

func (f *memFile) Seek(off int64, whence int) (int64, error) {
	if whence == io.SeekCurrent {
		off += int64(f.pos)
	}
	f.pos = int(off)
	return off, nil
}

type opaqueWriter struct{ io.Writer }

func TestType(t *testing.T) {
	for typ, want := range map[idx.Type]struct {
		name string
		size int
	}{
		0x08: {"uint8", 1}, 0x09: {"int8", 1}, 0x0B: {"int16", 2},
		0x0C: {"int32", 4}, 0x0D: {"float32", 4}, 0x0E: {"float64", 8},
		0x0A: {"Type(0x0A)", 0}, 0: {"Type(0x00)", 0},
	} {
		require.Equal(t, want.name, typ.String())
		require.Equal(t, want.size, typ.Size())
	}
}

func TestHeader(t *testing.T) {
	for _, c := range []struct {
		name               string
		dims               []int
		len, item, element int
	}{
		{"scalar", nil, 1, 1, 1},
		{"labels", []int{7}, 7, 1, 7},
		{"images", []int{5, 3, 2}, 5, 6, 30},
		{"no items", []int{0, 3, 2}, 0, 6, 0},
		{"empty items", []int{5, 0, 2}, 5, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := idx.Header{Type: idx.Uint8, Dims: c.dims}
			require.Equal(t, c.len, h.Len())
			require.Equal(t, c.item, h.ItemLen())
			require.Equal(t, c.element, h.Elements())
			a := idx.Array[uint8]{Dims: c.dims, Data: make([]uint8, c.element)}
			require.Equal(t, c.len, a.Len())
			for i := range a.Len() {
				require.Len(t, a.Item(i), c.item)
			}
		})
	}
}

func TestItem(t *testing.T) {
	a := idx.Array[uint8]{Dims: []int{3, 2}, Data: count(6)}
	require.Equal(t, []uint8{3, 4}, a.Item(1))
	require.Equal(t, 2, cap(a.Item(1)))
	a.Item(2)[1] = 9
	require.Equal(t, uint8(9), a.Data[5])
	for _, i := range []int{-1, 3, math.MaxInt} {
		require.Panics(t, func() { a.Item(i) })
	}
	empty := idx.Array[uint8]{Dims: []int{2, 0}}
	require.Empty(t, empty.Item(1))
	require.PanicsWithValue(t, "idx: item index 2 out of range with 2 items", func() { empty.Item(2) })
}
