package idx_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/idx"
)

// synthetic returns a file with n bytes of data in items of 784 bytes. About 80
// percent of the bytes are 0, as in MNIST.
func synthetic(typ idx.Type, n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	b := file(typ, []uint32{uint32(n / 784), uint32(784 / typ.Size())}, make([]byte, n)...)
	for i := range b[12:] {
		if rng.IntN(5) == 0 {
			b[12+i] = byte(rng.Uint32())
		}
	}
	return b
}

const mnistSize = 60000 * 784

// BenchmarkReadFull is the reference for the other benchmarks: it only reads
// the bytes into new memory.
func BenchmarkReadFull(b *testing.B) {
	raw := synthetic(idx.Uint8, mnistSize)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		_, err := io.ReadFull(bytes.NewReader(raw), make([]byte, len(raw)))
		require.NoError(b, err)
	}
}

func BenchmarkDecode(b *testing.B) {
	benchDecode[uint8](b, idx.Uint8)
	benchDecode[int8](b, idx.Int8)
	benchDecode[int16](b, idx.Int16)
	benchDecode[int32](b, idx.Int32)
	benchDecode[float32](b, idx.Float32)
	benchDecode[float64](b, idx.Float64)
}

func benchDecode[T idx.Element](b *testing.B, typ idx.Type) {
	raw := synthetic(typ, mnistSize)
	run := func(name string, open func() io.Reader) {
		b.Run(fmt.Sprintf("type=%v/source=%s", typ, name), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				a, err := idx.Decode[T](open())
				require.NoError(b, err)
				require.Equal(b, 60000, a.Len())
			}
		})
	}
	run("memory", func() io.Reader { return bytes.NewReader(raw) })
	run("stream", func() io.Reader { return opaque{bytes.NewReader(raw)} })
}

func BenchmarkDecodeGzip(b *testing.B) {
	run := func(name string, packed func(b *testing.B) []byte) {
		b.Run("data="+name, func(b *testing.B) {
			packed := packed(b)
			b.SetBytes(mnistSize + 16)
			for b.Loop() {
				_, err := idx.Decode[uint8](bytes.NewReader(packed))
				require.NoError(b, err)
			}
		})
	}
	run("synthetic", func(*testing.B) []byte { return gz(synthetic(idx.Uint8, mnistSize)) })
	run("mnist", func(b *testing.B) []byte { return mnist(b, "train-images-idx3-ubyte") })
}

// BenchmarkGunzip is the reference for BenchmarkDecodeGzip.
func BenchmarkGunzip(b *testing.B) {
	packed := mnist(b, "train-images-idx3-ubyte")
	b.SetBytes(mnistSize + 16)
	for b.Loop() {
		gunzip(b, packed)
	}
}

func BenchmarkDecodeMNIST(b *testing.B) {
	raw := gunzip(b, mnist(b, "train-images-idx3-ubyte"))
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		_, err := idx.Decode[uint8](bytes.NewReader(raw))
		require.NoError(b, err)
	}
}

func BenchmarkReader(b *testing.B) {
	benchReader[uint8](b, idx.Uint8)
	benchReader[float32](b, idx.Float32)
}

func benchReader[T idx.Element](b *testing.B, typ idx.Type) {
	raw := synthetic(typ, mnistSize)
	b.Run("type="+typ.String(), func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		dst := make([]T, 784/typ.Size())
		for b.Loop() {
			r, err := idx.NewReader[T](bytes.NewReader(raw))
			require.NoError(b, err)
			n := 0
			for ; err == nil; n++ {
				_, err = r.Next(dst)
			}
			require.Equal(b, io.EOF, err)
			require.Equal(b, 60001, n)
		}
	})
}

func BenchmarkReaderAt(b *testing.B) {
	benchReaderAt[uint8](b, idx.Uint8)
	benchReaderAt[float32](b, idx.Float32)
}

func benchReaderAt[T idx.Element](b *testing.B, typ idx.Type) {
	raw := synthetic(typ, mnistSize)
	b.Run("type="+typ.String(), func(b *testing.B) {
		r, err := idx.NewReaderAt[T](bytes.NewReader(raw), int64(len(raw)))
		require.NoError(b, err)
		b.SetBytes(784)
		dst := make([]T, 784/typ.Size())
		for i := 0; b.Loop(); i = (i + 7919) % 60000 {
			if _, err := r.Item(dst, i); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	benchEncode[uint8](b, idx.Uint8)
	benchEncode[float32](b, idx.Float32)
}

func benchEncode[T idx.Element](b *testing.B, typ idx.Type) {
	raw := synthetic(typ, mnistSize)
	a, err := idx.Decode[T](bytes.NewReader(raw))
	require.NoError(b, err)
	var out bytes.Buffer
	out.Grow(len(raw))
	b.Run("type="+typ.String(), func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			out.Reset()
			require.NoError(b, idx.Encode(&out, a))
		}
		require.True(b, bytes.Equal(raw, out.Bytes()))
	})
}
