package idx_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

func TestDecode(t *testing.T) {
	t.Run("uint8", func(t *testing.T) {
		a := everyWay[uint8](t, file(idx.Uint8, []uint32{2, 3}, 0, 1, 127, 128, 254, 255))
		require.Equal(t, &idx.Array[uint8]{Dims: []int{2, 3}, Data: []uint8{0, 1, 127, 128, 254, 255}}, a)
	})
	t.Run("int8", func(t *testing.T) {
		a := everyWay[int8](t, file(idx.Int8, []uint32{4}, 0, 127, 128, 255))
		require.Equal(t, []int8{0, 127, -128, -1}, a.Data)
	})
	t.Run("int16", func(t *testing.T) {
		a := everyWay[int16](t, file(idx.Int16, []uint32{3}, 1, 2, 0x80, 0, 0xff, 0xfe))
		require.Equal(t, []int16{0x0102, math.MinInt16, -2}, a.Data)
	})
	t.Run("int32", func(t *testing.T) {
		a := everyWay[int32](t, file(idx.Int32, []uint32{2, 1}, 1, 2, 3, 4, 0x80, 0, 0, 0))
		require.Equal(t, []int32{0x01020304, math.MinInt32}, a.Data)
	})
	t.Run("float32", func(t *testing.T) {
		a := everyWay[float32](t, file(idx.Float32, []uint32{3}, 0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0, 0x7f, 0x80, 0, 0))
		require.Equal(t, []float32{1, -2.5, float32(math.Inf(1))}, a.Data)
	})
	t.Run("float64", func(t *testing.T) {
		a := everyWay[float64](t, file(idx.Float64, []uint32{1, 2},
			0x3f, 0xf0, 0, 0, 0, 0, 0, 0,
			0xc0, 4, 0, 0, 0, 0, 0, 0))
		require.Equal(t, []float64{1, -2.5}, a.Data)
	})
	t.Run("NaN keeps its bits", func(t *testing.T) {
		everyWay[float32](t, file(idx.Float32, []uint32{2}, 0x7f, 0x80, 0, 1, 0xff, 0xc1, 2, 3))
		everyWay[float64](t, file(idx.Float64, []uint32{1}, 0x7f, 0xf0, 0, 0, 0, 0, 0, 1))
	})
}

func TestDecodeShapes(t *testing.T) {
	ones := make([]uint32, 255)
	for i := range ones {
		ones[i] = 1
	}
	for _, c := range []struct {
		name string
		dims []uint32
		data int
	}{
		{"scalar", nil, 1},
		{"rank 1", []uint32{5}, 5},
		{"rank 3", []uint32{5, 3, 2}, 30},
		{"rank 255", ones, 1},
		{"no items", []uint32{0}, 0},
		{"no items of rank 2", []uint32{0, 28, 28}, 0},
		{"empty items", []uint32{5, 0}, 0},
		{"empty items inside", []uint32{5, 2, 0, 2}, 0},
		{"more than a buffer", []uint32{5, 100, 199}, 99500},
	} {
		t.Run(c.name, func(t *testing.T) {
			filled := func(typ idx.Type) []byte { return file(typ, c.dims, count(c.data*typ.Size())...) }
			everyWay[uint8](t, filled(idx.Uint8))
			everyWay[int8](t, filled(idx.Int8))
			everyWay[int16](t, filled(idx.Int16))
			everyWay[int32](t, filled(idx.Int32))
			everyWay[float32](t, filled(idx.Float32))
			a := everyWay[float64](t, filled(idx.Float64))
			require.Equal(t, c.data, cap(a.Data))
			for i, d := range c.dims {
				require.Equal(t, int(d), a.Dims[i])
			}
		})
	}
}

func TestReadHeader(t *testing.T) {
	raw := file(idx.Int16, []uint32{60000, 28, 1}) // without data
	want := idx.Header{Type: idx.Int16, Dims: []int{60000, 28, 1}}
	for name, b := range map[string][]byte{"raw": raw, "gzip": gz(raw), "cut gzip": gz(raw)[:len(gz(raw))-8]} {
		h, err := idx.ReadHeader(bytes.NewReader(b))
		require.NoError(t, err, name)
		require.Equal(t, want, h, name)
	}
	h, err := idx.ReadHeader(bytes.NewReader(file(idx.Uint8, nil)))
	require.NoError(t, err)
	require.Empty(t, h.Dims)
	for _, bad := range []string{"\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\x00", "<html>", "\x00\x00\x0A\x01"} {
		h, err = idx.ReadHeader(strings.NewReader(bad))
		require.ErrorAs(t, err, new(*idx.FormatError))
		require.Equal(t, idx.Header{}, h)
	}

	// The documentation shows this for a stream that cannot seek.
	var r io.Reader = opaque{bytes.NewReader(file(idx.Uint8, []uint32{100000}, count(100000)...))}
	var start bytes.Buffer
	_, err = idx.ReadHeader(io.TeeReader(r, &start))
	require.NoError(t, err)
	a, err := idx.Decode[uint8](io.MultiReader(&start, r))
	require.NoError(t, err)
	require.Equal(t, count(100000), a.Data)
}

func TestFormatErrors(t *testing.T) {
	good := file(idx.Uint8, []uint32{2, 3}, count(6)...)
	huge := make([]uint32, 255)
	for i := range huge {
		huge[i] = 0x7fffffff
	}
	limit := func(rank int) string { return strconv.Itoa(math.MaxInt - 4 - 4*rank) }
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "idx: offset 0: magic: got 0 bytes, want 4 bytes: unexpected EOF"},
		{"one byte", []byte("x"), "idx: offset 0: magic: got 78, want 00 00, the start of an IDX file"},
		{"two bytes", []byte("ab"), "idx: offset 0: magic: got 61 62, want 00 00, the start of an IDX file"},
		{"half the start of gzip", []byte("\x1f\x00"), "idx: offset 0: magic: got 1F 00, want 00 00, the start of an IDX file"},
		{"start of gzip", []byte("\x1f\x8b"), "idx: offset 0: magic: got 0 bytes, want 4 bytes: unexpected EOF"},
		{"second byte", []byte("\x00\x01\x08\x01"),
			"idx: offset 0: magic: got 00 01 08 01, want 00 00, the start of an IDX file"},
		{"unknown type", file(0x0A, []uint32{1}, 1),
			"idx: offset 2: element type: got 0x0A, want 0x08, 0x09, 0x0B, 0x0C, 0x0D or 0x0E"},
		{"other type", file(idx.Float32, []uint32{1}, 1, 2, 3, 4),
			"idx: offset 2: element type: got 0x0D (float32), want 0x08 (uint8), the requested type"},
		{"cut magic", good[:3], "idx: offset 3: magic: got 3 bytes, want 4 bytes: unexpected EOF"},
		{"no sizes", good[:4], "idx: offset 4: dimension 0: got 0 bytes, want 4 bytes: unexpected EOF"},
		{"cut size", good[:9], "idx: offset 9: dimension 1: got 1 byte, want 4 bytes: unexpected EOF"},
		{"no data", good[:12], "idx: offset 12: data: got 0 bytes, want 6 bytes: unexpected EOF"},
		{"cut data", good[:17], "idx: offset 17: data: got 5 bytes, want 6 bytes: unexpected EOF"},
		{"trailing byte", append(bytes.Clone(good), 0xAB),
			"idx: offset 18: end of data: got byte AB, want the end of the file"},
		{"trailing byte in gzip", gz(append(bytes.Clone(good), 0xAB)),
			"idx: offset 18: end of data: got byte AB, want the end of the file"},
		{"trailing byte in a member", gz(good, []byte{0xAB}),
			"idx: offset 18: end of data: got byte AB, want the end of the file"},
		{"product 2^63", file(idx.Uint8, []uint32{1 << 30, 1 << 30, 8}),
			"idx: offset 4: dimensions: got 1073741824 x 1073741824 x 8, want a product of at most " + limit(3)},
		{"product hidden by 0", file(idx.Uint8, []uint32{1 << 30, 1 << 30, 8, 0}),
			"idx: offset 4: dimensions: got 1073741824 x 1073741824 x 8 x 0, want a product of at most " + limit(4)},
		{"product hidden by a first 0", file(idx.Uint8, []uint32{0, 1 << 30, 1 << 30, 8}),
			"idx: offset 4: dimensions: got 0 x 1073741824 x 1073741824 x 8, want a product of at most " + limit(4)},
		{"product of 8 sizes", file(idx.Uint8, huge[:8]),
			"idx: offset 4: dimensions: got " + strings.Repeat("2147483647 x ", 7) +
				"2147483647, want a product of at most " + limit(8)},
		{"product of 255 sizes", file(idx.Uint8, huge),
			"idx: offset 4: dimensions: got " + strings.Repeat("2147483647 x ", 8) +
				"... (255 dimensions), want a product of at most " + limit(255)},
	} {
		t.Run(c.name, func(t *testing.T) { testFormatError(t, c.file, c.want) })
	}
}

// TestKinds: files that are not IDX files are called what they are, compressed
// or not.
func TestKinds(t *testing.T) {
	const lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
	for _, c := range []struct{ name, file, got, help string }{
		{"Git LFS", lfs, "a Git LFS pointer", "run git lfs pull to get the data"},
		{"HTML", "<!DOCTYPE html>", "a web page", "download the file itself, not the page about it"},
		{"HTML after spaces", "\ufeff\r\n\t <html>", "a web page", "download the file itself, not the page about it"},
		{"PDF", "%PDF-1.4\n", "a PDF document", "download the data, not the paper"},
		{"zip", "PK\x03\x04\x14", "a zip archive", "take the file out of it"},
		{"gzip in gzip", string(gz(gz([]byte{0}))), "a gzip file in a gzip file", "decompress it once"},
		{"NumPy", "\x93NUMPY\x01\x00", "a NumPy array", "write it as an IDX file"},
		{"Parquet", "PAR1\x15\x04", "a Parquet file", "download the data in the IDX format"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := "idx: this is " + c.got + ", not an IDX file: " + c.help
			files := [][]byte{[]byte(c.file), gz([]byte(c.file))}
			if c.name == "gzip in gzip" {
				files = files[:1]
			}
			for _, b := range files {
				testFormatError(t, b, want)
				var format *idx.FormatError
				require.ErrorAs(t, decodeErr[uint8](bytes.NewReader(b)), &format)
				require.Equal(t, &idx.FormatError{
					Field: "kind of file", Got: c.got, Want: "an IDX file: " + c.help,
				}, format)
			}
		})
	}
	// The start of a file tells, even if the rest cannot be read.
	ab := io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(errors.New("broken")))
	require.ErrorContains(t, decodeErr[uint8](ab), "magic: got 61 62")
	r := io.MultiReader(strings.NewReader("<htm"), iotest.ErrReader(errors.New("broken")))
	require.ErrorContains(t, decodeErr[uint8](r), "this is a web page")
}

// TestGzipPadding: zeros may follow the members of a gzip file, in any number.
// Anything else may not.
func TestGzipPadding(t *testing.T) {
	good := file(idx.Uint8, []uint32{2, 3}, count(6)...)
	want := everyWay[uint8](t, good)
	var single [][]byte // members of one byte
	for i := range good {
		single = append(single, good[i:i+1])
	}
	for _, packed := range [][]byte{gz(good), gz(good[:7], good[7:]), gz(good, nil), gz(single...)} {
		for _, n := range []int{1, 2, 9, 10, 512, 10240, 100000} {
			padded := append(bytes.Clone(packed), make([]byte, n)...)
			got, err := idx.Decode[uint8](bytes.NewReader(padded))
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.True(t, bytes.Equal(good, readItems(t, want, padded, true)))
			for _, garbage := range [][]byte{{1}, {0x1f}, packed} {
				err := decodeErr[uint8](bytes.NewReader(append(bytes.Clone(padded), garbage...)))
				require.EqualError(t, err, "idx: offset 18: gzip stream: got unexpected bytes, "+
					"want a gzip header or the end of the file: gzip: invalid header", "%d zeros", n)
			}
		}
	}
	broken := errors.New("broken tape")
	r := io.MultiReader(bytes.NewReader(gz(good)), bytes.NewReader(make([]byte, 100)), iotest.ErrReader(broken))
	require.ErrorIs(t, decodeErr[uint8](r), broken)
	err := decodeErr[uint8](bytes.NewReader(append(good, 0)))
	require.ErrorContains(t, err, "idx: offset 18: end of data: got byte 00", "not without compression")
}

func TestGzipErrors(t *testing.T) {
	packed := gz(file(idx.Uint8, []uint32{2, 3}, count(6)...))
	badSum := bytes.Clone(packed)
	badSum[len(badSum)-5] ^= 1
	badLen := bytes.Clone(packed)
	badLen[len(badLen)-1] ^= 1
	badDeflate := bytes.Clone(packed)
	badDeflate[10] = 0xff // reserved block type
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"bad checksum", badSum,
			"idx: offset 18: gzip stream: got a wrong checksum or length, " +
				"want the checksum and length of the data: gzip: invalid checksum"},
		{"bad length", badLen,
			"idx: offset 18: gzip stream: got a wrong checksum or length, " +
				"want the checksum and length of the data: gzip: invalid checksum"},
		{"bad deflate", badDeflate,
			"idx: offset 0: gzip stream: got damaged bytes, " +
				"want compressed data: flate: corrupt input before offset 1"},
		{"bad gzip header", []byte("\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\x00"),
			"idx: offset 0: gzip stream: got unexpected bytes, " +
				"want a gzip header or the end of the file: gzip: invalid header"},
		{"long garbage after gzip", append(bytes.Clone(packed), "garbage garbage"...),
			"idx: offset 18: gzip stream: got unexpected bytes, " +
				"want a gzip header or the end of the file: gzip: invalid header"},
		{"short garbage after gzip", append(bytes.Clone(packed), '\n'),
			"idx: offset 18: gzip stream: got an incomplete checksum or unexpected bytes, " +
				"want a checksum and the end of the file: unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) { testFormatError(t, c.file, c.want) })
	}
}

func testFormatError(t *testing.T, file []byte, want string) {
	for name, r := range map[string]io.Reader{
		"known size": bytes.NewReader(file),
		"opaque":     opaque{bytes.NewReader(file)},
		"one byte":   iotest.OneByteReader(bytes.NewReader(file)),
	} {
		a, err := idx.Decode[uint8](r)
		require.EqualError(t, err, want, name)
		require.Nil(t, a)
		require.ErrorAs(t, err, new(*idx.FormatError))
	}
	require.EqualError(t, readAll[uint8](bytes.NewReader(file)), want)
}

// readAll reads a file item by item. It returns the first error that is not
// io.EOF.
func readAll[T idx.Element](r io.Reader) error {
	rd, err := idx.NewReader[T](r)
	if err != nil {
		return err
	}
	for {
		if _, err := rd.Next(nil); err == io.EOF {
			return nil
		} else if err != nil {
			if _, again := rd.Next(nil); again != err {
				return errors.Join(err, errors.New("the next error differs"))
			}
			return err
		}
	}
}

func TestSizeBeyondInt(t *testing.T) {
	h, err := idx.ReadHeader(bytes.NewReader(file(idx.Uint8, []uint32{2, math.MaxUint32})))
	if strconv.IntSize == 64 {
		require.NoError(t, err)
		require.Equal(t, uint64(2*math.MaxUint32), uint64(h.Elements()))
		return
	}
	require.EqualError(t, err, "idx: offset 8: dimension 1: got 4294967295, want at most 2147483647 on this platform")
}

func TestTruncation(t *testing.T) {
	raw := file(idx.Int16, []uint32{2, 3}, count(12)...)
	inputs := map[string][]byte{"raw": raw, "gzip": gz(raw), "2 members": gz(raw[:9], raw[9:])}
	for name, full := range inputs {
		for n := range full {
			cut := func() *bytes.Reader { return bytes.NewReader(full[:n]) }
			for _, r := range []io.Reader{cut(), iotest.DataErrReader(cut()), opaque{cut()}} {
				_, err := idx.Decode[int16](r)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s cut to %d", name, n)
				var fe *idx.FormatError
				require.ErrorAs(t, err, &fe, "%s cut to %d", name, n)
				require.NotEmpty(t, fe.Field)
				require.NotEmpty(t, fe.Got)
				require.NotEmpty(t, fe.Want)
				if name == "raw" {
					require.Equal(t, int64(n), fe.Offset)
				}
			}
			require.ErrorIs(t, readAll[int16](cut()), io.ErrUnexpectedEOF, "%s cut to %d", name, n)
		}
	}
}

func TestReaderErrors(t *testing.T) {
	raw := file(idx.Float32, []uint32{2, 3}, count(24)...)
	broken := errors.New("broken")
	for name, full := range map[string][]byte{"raw": raw, "gzip": gz(raw)} {
		for n := range len(full) + 1 {
			failing := func() io.Reader {
				return io.MultiReader(bytes.NewReader(full[:n]), iotest.ErrReader(broken))
			}
			for _, err := range []error{
				decodeErr[float32](failing()),
				decodeErr[float32](iotest.OneByteReader(failing())),
				readAll[float32](failing()),
			} {
				require.ErrorIs(t, err, broken, "%s after %d", name, n)
				require.NotErrorIs(t, err, io.ErrUnexpectedEOF)
				require.True(t, strings.HasPrefix(err.Error(), "idx: offset "), "%v", err)
				require.False(t, errors.As(err, new(*idx.FormatError)), "%v", err)
			}
		}
		timeout := iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(full)))
		require.ErrorIs(t, decodeErr[float32](timeout), iotest.ErrTimeout)
	}
}

func decodeErr[T idx.Element](r io.Reader) error {
	_, err := idx.Decode[T](r)
	return err
}

func TestShortReads(t *testing.T) {
	raw := file(idx.Float64, []uint32{40, 3, 50}, count(48000)...)
	for name, b := range map[string][]byte{"raw": raw, "gzip": gz(raw)} {
		for wrap, r := range map[string]io.Reader{
			"one byte": iotest.OneByteReader(bytes.NewReader(b)),
			"half":     iotest.HalfReader(bytes.NewReader(b)),
			"data err": iotest.DataErrReader(bytes.NewReader(b)),
		} {
			a, err := idx.Decode[float64](r)
			require.NoError(t, err, "%s %s", name, wrap)
			require.True(t, bytes.Equal(raw, encode(t, a)), "%s %s", name, wrap)
		}
	}
}

// TestDecodeFile reads a regular file from its current position.
func TestDecodeFile(t *testing.T) {
	raw := file(idx.Int32, []uint32{1000, 1000}, count(4000000)...)
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	require.NoError(t, err)
	defer f.Close()
	_, err = f.Write(append([]byte("before"), raw...))
	require.NoError(t, err)
	_, err = f.Seek(6, io.SeekStart)
	require.NoError(t, err)
	a, err := idx.Decode[int32](f)
	require.NoError(t, err)
	require.True(t, bytes.Equal(raw, encode(t, a)))

	// A pipe is an os.File, but not a regular one.
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	go func() {
		w.Write(raw)
		w.Close()
	}()
	a, err = idx.Decode[int32](r)
	require.NoError(t, err)
	require.True(t, bytes.Equal(raw, encode(t, a)))
}

func TestReadAll(t *testing.T) {
	for _, dims := range [][]uint32{{4, 2}, {4}, nil, {0, 2}} {
		h := file(idx.Uint8, dims)
		n := 1
		for _, d := range dims {
			n *= int(d)
		}
		raw := append(h, count(n)...)
		want, err := idx.Decode[uint8](bytes.NewReader(raw))
		require.NoError(t, err)
		// In the last round, the last Next returns io.EOF.
		for skip := 0; skip <= want.Len()+1; skip++ {
			r, err := idx.NewReader[uint8](bytes.NewReader(raw))
			require.NoError(t, err)
			for range skip {
				_, err = r.Next(nil)
			}
			if skip > want.Len() {
				require.Equal(t, io.EOF, err)
			}
			r.Header.Dims = []int{99, 99}
			a, err := r.ReadAll()
			require.NoError(t, err)
			require.Equal(t, max(0, want.Len()-skip)*len(want.Data)/max(1, want.Len()), len(a.Data))
			require.True(t, bytes.HasSuffix(want.Data, a.Data))
			require.Equal(t, max(0, want.Len()-skip), a.Len())
			require.NotPanics(t, func() { encode(t, a) }, "the array is valid")
			_, err = r.Next(nil)
			require.Equal(t, io.EOF, err)
		}
	}
	r, err := idx.NewReader[uint8](bytes.NewReader(file(idx.Uint8, []uint32{4}, 1, 2, 3)))
	require.NoError(t, err)
	_, err = r.ReadAll()
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, again := r.ReadAll()
	require.Equal(t, err, again, "the error stays")
	r = newReader[uint8](t, bytes.NewReader(file(idx.Uint8, []uint32{4}, count(5)...)))
	_, err = r.ReadAll()
	require.ErrorContains(t, err, "got byte 05")
	_, again = r.ReadAll()
	require.Equal(t, err, again, "the error stays")
	_, again = r.Next(nil)
	require.Equal(t, err, again, "the error stays")
}
