package idx_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

// collect returns copies of the items and all errors that All yields.
func collect[T idx.Element](r *idx.Reader[T]) (items [][]T, errs []error) {
	for item, err := range r.All() {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		items = append(items, slices.Clone(item))
	}
	return items, errs
}

func newReader[T idx.Element](t *testing.T, r io.Reader) *idx.Reader[T] {
	t.Helper()
	reader, err := idx.NewReader[T](r)
	require.NoError(t, err)
	return reader
}

func TestAllTruncated(t *testing.T) {
	const header, item = 12, 6
	raw := file(idx.Int16, []uint32{3, 3}, count(18)...)
	for n := header; n < len(raw); n++ {
		whole := (n - header) / item
		r := newReader[int16](t, bytes.NewReader(raw[:n]))
		steps := 0
		for got, err := range r.All() {
			if steps++; steps <= whole {
				require.NoError(t, err, "%d bytes", n)
				require.Len(t, got, 3)
				continue
			}
			require.Nil(t, got)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
			require.ErrorAs(t, err, new(*idx.FormatError))
		}
		require.Equal(t, whole+1, steps, "%d bytes: the error is the last step", n)
		_, err := r.Next(nil)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "Next returns the error again")
	}
	for n := range len(gz(raw)) {
		r, err := idx.NewReader[int16](bytes.NewReader(gz(raw)[:n]))
		if err == nil {
			for _, err = range r.All() {
			}
		}
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "gzip, %d bytes", n)
	}
}

func TestAllChecksTheEnd(t *testing.T) {
	raw := file(idx.Uint8, []uint32{2, 3}, count(6)...)
	badSum := gz(raw)
	badSum[len(badSum)-5] ^= 1
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		r    io.Reader
		want string
	}{
		{"trailing byte", bytes.NewReader(append(bytes.Clone(raw), 7)),
			"idx: offset 18: end of data: got byte 07, want the end of the file"},
		{"bad checksum", bytes.NewReader(badSum), "gzip: invalid checksum"},
		{"failing reader", io.MultiReader(bytes.NewReader(raw), iotest.ErrReader(broken)),
			"idx: offset 18: reading end of data: broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newReader[uint8](t, c.r)
			items, errs := collect(r)
			require.Equal(t, [][]uint8{{1, 2, 3}, {4, 5, 6}}, items)
			require.Len(t, errs, 1)
			require.ErrorContains(t, errs[0], c.want)
			items, again := collect(r)
			require.Empty(t, items)
			require.Equal(t, errs, again, "a failed Reader yields its error again")
		})
	}
}

func TestAllContinuesAfterBreak(t *testing.T) {
	raw := file(idx.Uint8, []uint32{4, 2}, count(8)...)
	r := newReader[uint8](t, bytes.NewReader(raw))
	for item, err := range r.All() {
		require.NoError(t, err)
		require.Equal(t, []uint8{1, 2}, item)
		break
	}
	item, err := r.Next(nil)
	require.NoError(t, err)
	require.Equal(t, []uint8{3, 4}, item)
	items, errs := collect(r)
	require.Empty(t, errs)
	require.Equal(t, [][]uint8{{5, 6}, {7, 8}}, items)
	items, errs = collect(r)
	require.Empty(t, errs)
	require.Empty(t, items)
}

func TestAllReusesMemory(t *testing.T) {
	r := newReader[float32](t, bytes.NewReader(file(idx.Float32, []uint32{100, 50}, make([]byte, 20000)...)))
	var first []float32
	for item, err := range r.All() {
		require.NoError(t, err)
		if first == nil {
			first = item
		}
		require.Same(t, &first[0], &item[0])
		require.Equal(t, len(item), cap(item))
	}

	raw := file(idx.Uint8, []uint32{1000, 784}, make([]byte, 784000)...)
	allocs := func(n int) float64 {
		return testing.AllocsPerRun(10, func() {
			left := n
			for range newReader[uint8](t, bytes.NewReader(raw)).All() {
				if left--; left == 0 {
					break
				}
			}
		})
	}
	// The runtime itself allocates now and then.
	require.InDelta(t, allocs(10), allocs(1000), 5, "no allocation per item")
}

func TestAllFalseHeaderAllocatesLittle(t *testing.T) {
	raw := file(idx.Uint8, []uint32{1, math.MaxInt32 - 12}, count(8)...)
	r := newReader[uint8](t, opaque{bytes.NewReader(raw)})
	var errs []error
	require.Less(t, allocated(func() { _, errs = collect(r) }), uint64(1<<20))
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], io.ErrUnexpectedEOF)
}
