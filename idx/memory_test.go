//go:build !race

// The race detector has other allocations.

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
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

// The package promises to allocate at most five times the bytes of a file, and
// this much for buffers.
const (
	memoryFactor = 5
	memoryBase   = 256 << 10
)

// A costlyFile is made to cost memory.
type costlyFile struct {
	name string
	file []byte
	size int // decompressed
}

// costlyFiles returns hostile files of many kinds, and a good one.
func costlyFiles(typ idx.Type) []costlyFile {
	const half = 512 << 10
	zeros := make([]byte, half)
	largest := []uint32{uint32((math.MaxInt32 - 12) / typ.Size())}
	claims := func(data []byte) []byte { return file(typ, largest, data...) }
	deep := make([]uint32, 255)
	for i := range deep {
		deep[i] = 1
	}
	deep[254] = largest[0] - 1024
	noise := make([]byte, half)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	// The gzip stream is damaged soon after a header that is just believable.
	damaged := func(size int) []byte {
		start := gz(append(file(typ, []uint32{uint32(size / typ.Size())}), noise[:4000]...))
		return append(start[:1000:1000], make([]byte, half-1000)...)
	}

	files := []costlyFile{
		{"good", file(typ, []uint32{uint32(half / typ.Size())}, noise...), 0},
		{"header alone", claims(nil), 0},
		{"header and 8 bytes", claims(count(8)), 0},
		{"one item, 8 bytes", file(typ, []uint32{1, largest[0]}, count(8)...), 0},
		{"255 dimensions", file(typ, deep, 1), 0},
		{"512 KB of 2 GB", claims(noise), 0},
		{"gzip, header alone", gz(claims(nil)), 12},
		{"gzip, 512 KB of 2 GB", gz(claims(noise)), half},
		{"gzip bomb of 512 KB", gz(file(typ, []uint32{uint32(half / typ.Size())}, zeros...)), half},
		{"gzip bomb, 512 KB of 2 GB", gz(claims(zeros)), half},
		{"gzip, 2000 empty members", append(gz(claims(nil)), bytes.Repeat(gz(nil), 2000)...), 12},
		{"gzip, damaged", damaged(5 * half), 1000},
		{"gzip, damaged, too large", damaged(6 * half), 1000},
	}
	if math.MaxInt > math.MaxInt32 {
		huge := []uint32{math.MaxUint32, math.MaxInt32 / 8}
		files = append(files, costlyFile{"header of 2^63 bytes", file(typ, huge, count(8)...), 0})
	}
	return files
}

// TestMemoryIsBounded decodes files that are made to cost memory. All memory
// counts, even that which is garbage soon. The last column is how many times
// the bytes read it is, without the buffers.
func TestMemoryIsBounded(t *testing.T) {
	t.Logf("%-8s %-28s %-7s %8s %12s %8s %6s", "type", "file", "length", "bytes", "decompressed", "memory", "times")
	testMemory[uint8](t, idx.Uint8)
	testMemory[float64](t, idx.Float64)
}

func testMemory[T idx.Element](t *testing.T, typ idx.Type) {
	for _, c := range costlyFiles(typ) {
		for name, open := range map[string]func() io.Reader{
			"known":   func() io.Reader { return bytes.NewReader(c.file) },
			"unknown": func() io.Reader { return opaque{bytes.NewReader(c.file)} },
		} {
			read := max(len(c.file), c.size)
			limit := uint64(memoryFactor*read + memoryBase)
			r := open()
			n := allocated(func() { idx.Decode[T](r) })
			times := float64(max(n, memoryBase)-memoryBase) / float64(read)
			t.Logf("%-8v %-28s %-7s %8d %12d %8d %6.2f", typ, c.name, name, len(c.file), c.size, n, times)
			require.LessOrEqual(t, n, limit, "Decode: %s, %s", c.name, name)
			r = open()
			require.LessOrEqual(t, allocated(func() { readAll[T](r) }), limit, "Reader: %s, %s", c.name, name)
			r = open()
			n = allocated(func() { idx.ReadHeader(r) })
			require.LessOrEqual(t, n, uint64(memoryBase), "ReadHeader: %s, %s", c.name, name)
		}
		n := allocated(func() { idx.NewReaderAt[T](bytes.NewReader(c.file), int64(len(c.file))) })
		require.LessOrEqual(t, n, uint64(memoryBase), "NewReaderAt: %s", c.name)
	}
}

// TestKnownLengthAllocatesOnce checks that only the array is allocated if the
// input is known to be long enough: even a compressed input that is a fifth as
// long.
func TestKnownLengthAllocatesOnce(t *testing.T) {
	const n = 1 << 20
	data := make([]byte, n)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range data[:n/4] {
		data[i] = byte(rng.Uint32())
	}
	raw := file(idx.Uint8, []uint32{n}, data...)
	packed := gz(raw)
	require.Less(t, len(packed), n*3/10)
	require.Greater(t, len(packed), n/5)
	disk := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(disk, raw, 0o666))
	begun := bytes.NewReader(append([]byte("before"), raw...))
	_, err := begun.Seek(6, io.SeekStart)
	require.NoError(t, err)
	for name, r := range map[string]io.Reader{
		"bytes.Reader":     bytes.NewReader(raw),
		"bytes.Buffer":     bytes.NewBuffer(raw),
		"strings.Reader":   strings.NewReader(string(raw)),
		"os.File":          openFile(t, os.DirFS(filepath.Dir(disk)), "f"),
		"fs.File":          openFile(t, fstest.MapFS{"f": {Data: raw}}, "f"),
		"from the middle":  begun,
		"compressed":       bytes.NewReader(packed),
		"compressed file":  openFile(t, fstest.MapFS{"f": {Data: packed}}, "f"),
		"compressed bytes": bytes.NewBuffer(packed),
	} {
		require.Less(t, allocated(func() { _, err = idx.Decode[uint8](r) }), uint64(n+n/4), name)
		require.NoError(t, err, name)
	}
	// Otherwise memory grows with the data.
	short := raw[:len(raw)-1]
	for name, r := range map[string]io.Reader{
		"unknown length":                  opaque{bytes.NewReader(raw)},
		"a byte short":                    bytes.NewReader(short),
		"a byte less than its length":     falseFile{bytes.NewReader(short), falseInfo{nil, int64(len(raw)), 0}, nil},
		"compressed to less than a fifth": bytes.NewReader(gz(file(idx.Uint8, []uint32{n}, make([]byte, n)...))),
	} {
		require.Greater(t, allocated(func() { idx.Decode[uint8](r) }), uint64(n+n/2), name)
	}
}

// A falseFile is a file whose Stat is wrong or fails.
type falseFile struct {
	*bytes.Reader
	info fs.FileInfo
	err  error
}

func (f falseFile) Stat() (fs.FileInfo, error) { return f.info, f.err }
func (f falseFile) Close() error               { return nil }

type falseInfo struct {
	fs.FileInfo
	size int64
	mode fs.FileMode
}

func (i falseInfo) Size() int64       { return i.size }
func (i falseInfo) Mode() fs.FileMode { return i.mode }

// claimsLast has a byte at every place, as a sparse file has.
type claimsLast struct{ falseFile }

func (claimsLast) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }

// noSeek has no position.
type noSeek struct{ claimsLast }

func (noSeek) Seek(int64, int) (int64, error) { return 0, errors.New("broken") }

// TestFalseSizes checks files that are shorter than they say. Nothing is
// allocated for what is not there.
func TestFalseSizes(t *testing.T) {
	const n = 100 << 20
	raw := file(idx.Uint8, []uint32{n}, count(1000)...)
	sparse := file(idx.Uint8, []uint32{1<<30 + 1}, count(1000)...)
	begun := claimsLast{falseFile{bytes.NewReader(append([]byte("before"), raw...)), falseInfo{nil, n + 8, 0}, nil}}
	_, err := begun.Seek(6, io.SeekStart)
	require.NoError(t, err)
	for name, r := range map[string]io.Reader{
		"the last byte is missing": falseFile{bytes.NewReader(raw), falseInfo{nil, n + 8, 0}, nil},
		"Stat fails":               claimsLast{falseFile{bytes.NewReader(raw), falseInfo{nil, n + 8, 0}, errors.New("broken")}},
		"Seek fails":               noSeek{claimsLast{falseFile{bytes.NewReader(raw), falseInfo{nil, n + 8, 0}, nil}}},
		"begun":                    begun,
		"a device":                 claimsLast{falseFile{bytes.NewReader(raw), falseInfo{nil, n + 8, fs.ModeDevice}, nil}},
		"shorter than the array":   claimsLast{falseFile{bytes.NewReader(raw), falseInfo{nil, n + 7, 0}, nil}},
		"more than a gigabyte":     claimsLast{falseFile{bytes.NewReader(sparse), falseInfo{nil, 1 << 40, 0}, nil}},
	} {
		n := allocated(func() {
			require.ErrorIs(t, decodeErr[uint8](r), io.ErrUnexpectedEOF, name)
		})
		require.Less(t, n, uint64(memoryBase), name)
	}
}

func openFile(t *testing.T, fsys fs.FS, name string) fs.File {
	f, err := fsys.Open(name)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}
