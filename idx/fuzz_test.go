package idx_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

// maxFuzz keeps inputs small: 2 KB of gzip can be 2 MB of data.
const maxFuzz = 2 << 10

// FuzzDecode decodes any bytes. All functions must return a FormatError, or all
// must return the same array. Encoding the array must return the same bytes.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("<html>"))
	f.Add(file(idx.Uint8, []uint32{2, 3}, count(6)...))
	f.Add(file(idx.Int8, []uint32{3}, 0, 127, 128))
	f.Add(file(idx.Int16, []uint32{2, 1, 1, 1}, count(4)...))
	f.Add(file(idx.Int32, nil, count(4)...))
	f.Add(file(idx.Float32, []uint32{1}, 0x7f, 0x80, 0, 1))
	f.Add(file(idx.Float64, []uint32{0, 5}))
	f.Add(file(idx.Uint8, []uint32{1 << 31, 1 << 31, 1 << 31}, 1))
	f.Add(gz(file(idx.Uint8, []uint32{2, 3}, count(6)...)))
	f.Add(gz(file(idx.Uint8, []uint32{2, 3}), count(6), nil))
	debug.SetGCPercent(800) // the buffers are garbage soon
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > maxFuzz {
			return
		}
		h, err := idx.ReadHeader(bytes.NewReader(b))
		if err != nil {
			require.ErrorAs(t, err, new(*idx.FormatError))
			require.ErrorAs(t, decodeErr[uint8](bytes.NewReader(b)), new(*idx.FormatError))
			return
		}
		switch h.Type {
		case idx.Uint8:
			fuzzDecode[uint8](t, b, h)
		case idx.Int8:
			fuzzDecode[int8](t, b, h)
		case idx.Int16:
			fuzzDecode[int16](t, b, h)
		case idx.Int32:
			fuzzDecode[int32](t, b, h)
		case idx.Float32:
			fuzzDecode[float32](t, b, h)
		case idx.Float64:
			fuzzDecode[float64](t, b, h)
		}
	})
}

func fuzzDecode[T idx.Element](t *testing.T, b []byte, h idx.Header) {
	a, err := idx.Decode[T](bytes.NewReader(b))
	_, atErr := idx.NewReaderAt[T](bytes.NewReader(b), int64(len(b)))
	if b[0] == 0 {
		require.Equal(t, err == nil, atErr == nil)
	} else {
		require.ErrorAs(t, atErr, new(*idx.FormatError))
	}
	if h.ItemLen() == 0 && h.Len() > 1000 {
		return // a loop over so many empty items would take too long
	}
	if err != nil {
		require.ErrorAs(t, err, new(*idx.FormatError))
		require.Equal(t, err, readAll[T](opaque{bytes.NewReader(b)}), "item by item, size unknown")
		return
	}
	raw := b
	if b[0] == 0x1f {
		raw = gunzipPadded(t, b)
	}
	require.True(t, bytes.Equal(raw, encode(t, a)))
	require.True(t, bytes.Equal(raw, readAllItems[T](t, b)))
}

// gunzipPadded decompresses a file that zeros may follow.
func gunzipPadded(t *testing.T, b []byte) []byte {
	for {
		zr, err := gzip.NewReader(bytes.NewReader(b))
		require.NoError(t, err)
		raw, err := io.ReadAll(zr)
		if err == nil {
			return raw
		}
		require.Zero(t, b[len(b)-1])
		b = b[:len(b)-1]
	}
}

// FuzzRoundTrip checks that Encode writes any array as package encoding/binary
// does, and that Decode returns the same array.
func FuzzRoundTrip(f *testing.F) {
	f.Add(byte(idx.Uint8), byte(1), byte(0), byte(0), []byte{0, 1, 254, 255})
	f.Add(byte(idx.Int8), byte(3), byte(2), byte(1), []byte{127, 128, 255, 0})
	f.Add(byte(idx.Int16), byte(2), byte(3), byte(0), count(13))
	f.Add(byte(idx.Int32), byte(0), byte(0), byte(0), count(4))
	f.Add(byte(idx.Float32), byte(2), byte(1), byte(0), []byte{0x7f, 0x80, 0, 1, 0x80, 0, 0, 0})
	f.Add(byte(idx.Float64), byte(3), byte(0), byte(7), []byte{})
	f.Fuzz(func(t *testing.T, typ, rank, d1, d2 byte, b []byte) {
		if len(b) > maxFuzz {
			return
		}
		dims := []int{0, int(d1), int(d2)}[:rank%4]
		switch idx.Type(typ) {
		case idx.Uint8:
			fuzzRoundTrip[uint8](t, dims, b)
		case idx.Int8:
			fuzzRoundTrip[int8](t, dims, b)
		case idx.Int16:
			fuzzRoundTrip[int16](t, dims, b)
		case idx.Int32:
			fuzzRoundTrip[int32](t, dims, b)
		case idx.Float32:
			fuzzRoundTrip[float32](t, dims, b)
		case idx.Float64:
			fuzzRoundTrip[float64](t, dims, b)
		}
	})
}

// fuzzRoundTrip tests an array with the bytes of b. The array has as many items
// as b has bytes for.
func fuzzRoundTrip[T idx.Element](t *testing.T, dims []int, b []byte) {
	h := idx.Header{Dims: dims}
	n := len(b) / binary.Size(*new(T))
	switch item := h.ItemLen(); {
	case len(dims) == 0 && n == 0:
		return
	case len(dims) == 0:
		n = 1
	case item == 0:
		dims[0], n = n, 0
	default:
		dims[0] = n / item
		n = dims[0] * item
	}
	a := &idx.Array[T]{Dims: dims, Data: make([]T, n)}
	b = b[:binary.Size(a.Data)]
	require.NoError(t, binary.Read(bytes.NewReader(b), binary.BigEndian, a.Data))

	raw := encode(t, a)
	require.True(t, bytes.HasSuffix(raw, b))
	require.Len(t, raw, 4+4*len(dims)+len(b))
	require.True(t, bytes.Equal(raw, writeItems(t, a)))

	got, err := idx.Decode[T](bytes.NewReader(raw))
	require.NoError(t, err)
	require.Equal(t, append([]int{}, dims...), got.Dims)
	var back bytes.Buffer
	require.NoError(t, binary.Write(&back, binary.BigEndian, got.Data))
	require.True(t, bytes.Equal(b, back.Bytes()))
}
