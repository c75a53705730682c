package softmax

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// foreignFile returns a file of one type with three tensors: other [1], prefix
// bias [2] and prefix weight [2,3]. The numbers in raw are theirs, in this
// order.
func foreignFile(prefix, dtype string, size int, raw []byte) []byte {
	entry := func(name, shape string, from, to int) string {
		return fmt.Sprintf(`"%s":{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}`, name, dtype, shape, from*size, to*size)
	}
	header := headerOf(entry("other", "[1]", 0, 1), entry(prefix+"bias", "[2]", 1, 3), entry(prefix+"weight", "[2,3]", 3, 9))
	return append(file(header, 0), raw...)
}

// TestForeignTypes: the files of other programs have the same model in all
// types. The bytes are from numpy: np.array([7, .5, -1, 1, 2, 3, -4, 0, 1.5],
// type). BF16 is the upper half of F32.
func TestForeignTypes(t *testing.T) {
	want := New(3, 2)
	want.SetParameters([]float32{1, 2, 3, -4, 0, 1.5}, []float32{0.5, -1})
	want.Tensors = map[string]Tensor{"other": {[]int{1}, []float32{7}}}
	for _, tt := range []struct {
		dtype string
		size  int
		raw   string
	}{
		{"F16", 2, "0047" + "0038" + "00bc" + "003c" + "0040" + "0042" + "00c4" + "0000" + "003e"},
		{"BF16", 2, "e040" + "003f" + "80bf" + "803f" + "0040" + "4040" + "80c0" + "0000" + "c03f"},
		{"F32", 4, "0000e040" + "0000003f" + "000080bf" + "0000803f" + "00000040" + "00004040" + "000080c0" + "00000000" + "0000c03f"},
		{
			"F64", 8, "0000000000001c40" + "000000000000e03f" + "000000000000f0bf" + "000000000000f03f" +
				"0000000000000040" + "0000000000000840" + "00000000000010c0" + "0000000000000000" + "000000000000f83f",
		},
	} {
		var raw []byte
		_, err := fmt.Sscanf(tt.raw, "%x", &raw)
		require.NoError(t, err)
		for _, prefix := range []string{"", "fc.", "linear.", "model.fc.", ".", "weight.", "a name.π."} {
			m, err := Decode(bytes.NewReader(foreignFile(prefix, tt.dtype, tt.size, raw)))
			require.NoError(t, err, "%s %s", tt.dtype, prefix)
			require.Equal(t, want, m, "%s %s", tt.dtype, prefix)
			require.Equal(t, encode(t, want), encode(t, m), "written as always")
		}
	}
}

// TestHalfPrecision compares all F16 and BF16 numbers with the definition. A
// fraction f of n bits is f/2^n or 1 + f/2^n, times a power of two and a sign.
// The largest exponent is for infinity and NaN.
func TestHalfPrecision(t *testing.T) {
	for _, tt := range []struct {
		dtype              string
		fraction, exponent int // bits
	}{{"F16", 10, 5}, {"BF16", 7, 8}} {
		bias := 1<<(tt.exponent-1) - 1
		for bits := range 1 << 16 {
			f := float64(bits % (1 << tt.fraction))
			e := bits >> tt.fraction % (1 << tt.exponent)
			one := float64(int(1) << tt.fraction)
			want := math.Ldexp(one+f, e-bias-tt.fraction)
			switch e {
			case 0:
				want = math.Ldexp(f, 1-bias-tt.fraction)
			case 1<<tt.exponent - 1:
				if want = math.Inf(1); f > 0 {
					want = math.NaN()
				}
			}
			if bits>>15 == 1 {
				want = -want
			}
			got := dtypes[tt.dtype].number(binary.LittleEndian.AppendUint16(nil, uint16(bits)))
			if math.IsNaN(want) {
				require.True(t, math.IsNaN(got), "%s %#04x", tt.dtype, bits)
				continue
			}
			if math.Float64bits(got) != math.Float64bits(want) { // also the sign of 0
				t.Fatalf("%s %#04x is %v, want %v", tt.dtype, bits, got, want)
			}
		}
	}
}

// decodeF64 decodes a model whose last weight is an F64.
func decodeF64(v float64) (*Model, error) {
	raw := make([]byte, 9*8)
	binary.LittleEndian.PutUint64(raw[8*8:], math.Float64bits(v))
	return Decode(bytes.NewReader(foreignFile("fc.", "F64", 8, raw)))
}

// TestF64Rounds compares F64 with the rounding of math/big, which is to nearest
// even.
func TestF64Rounds(t *testing.T) {
	rng := newRand()
	values := []float64{
		1 + 0x1p-24, 1 + 0x3p-24, 1 + 0x1p-24 + 0x1p-52, math.MaxFloat32, -math.MaxFloat32,
		math.Nextafter(math.MaxFloat32+0x1p103, 0), 0x1p-149, 0x1p-150, 0x1.000001p-150, 0x3p-150, 0x1.fffffep-127,
		math.SmallestNonzeroFloat64, 0.1, math.Pi,
	}
	for range 1000 {
		values = append(values, math.Ldexp(rng.Float64()-0.5, rng.IntN(280)-152))
	}
	for _, v := range values {
		m, err := decodeF64(v)
		require.NoError(t, err, "%v", v)
		want, _ := new(big.Float).SetFloat64(v).Float32()
		weight, _ := m.Parameters()
		require.Equal(t, want, weight[5], "%v", v)
	}
}

func TestForeignNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e39, math.MaxFloat32 + 0x1p103} {
		_, err := decodeF64(v)
		require.ErrorContains(t, err, fmt.Sprintf(`"fc.weight", element 5: got %v, want a finite number that float32 can hold`, v))
	}
	for _, tt := range []struct{ dtype, raw string }{
		{"F16", "\x00\x7c"}, {"F16", "\x00\xfc"}, {"F16", "\x01\x7c"}, {"BF16", "\x80\x7f"}, {"BF16", "\x80\xff"}, {"BF16", "\x81\x7f"},
	} {
		_, err := Decode(bytes.NewReader(foreignFile("fc.", tt.dtype, 2, append(make([]byte, 16), tt.raw...))))
		require.ErrorContains(t, err, `"fc.weight", element 5: got `, "%s %x", tt.dtype, tt.raw)
	}
}

// tensorFile returns a file with tensors of zeros: names and shapes.
func tensorFile(tensors ...string) []byte {
	var entries []string
	at := 0
	for _, text := range tensors {
		name, shape, _ := strings.Cut(text, " ")
		size := 4
		for _, n := range strings.Split(strings.Trim(shape, "[]"), ",") {
			var length int
			fmt.Sscan(n, &length)
			size *= length
		}
		entries = append(entries, tensorJSON(name, shape, fmt.Sprintf("[%d,%d]", at, at+size)))
		at += size
	}
	return file(headerOf(entries...), at)
}

func TestForeignPairs(t *testing.T) {
	for _, tt := range []struct {
		name    string
		tensors []string
		others  []string // the model's Tensors
		want    string   // of the error
	}{
		{"one pair", []string{"fc.weight [2,3]", "fc.bias [2]"}, nil, ""},
		{
			"one pair of the right shapes",
			[]string{"conv.weight [2,1,3,3]", "conv.bias [2]", "norm.weight [4]", "norm.bias [4]", "fc.bias [2]", "fc.weight [2,3]"},
			[]string{"conv.weight", "conv.bias", "norm.weight", "norm.bias"}, "",
		},
		{
			"the exact pair goes first", []string{"a.weight [4,5]", "a.bias [4]", "weight [2,3]", "bias [2]"},
			[]string{"a.weight", "a.bias"}, "",
		},
		{"no dot", []string{"fcweight [2,3]", "fcbias [2]"}, nil, `no pair such as fc.weight and fc.bias, but "fcweight" [2 3], "fcbias" [2], want`},
		{"other prefixes", []string{"a.weight [2,3]", "b.bias [2]"}, nil, "no pair such as"},
		{"no bias", []string{"fc.weight [2,3]"}, nil, `but "fc.weight" [2 3], want the weight [classes, features] and bias [classes]`},
		{"other shapes", []string{"fc.weight [3,2]", "fc.bias [2]"}, nil, "no pair such as"},
		{"other case", []string{"fc.Weight [2,3]", "fc.bias [2]"}, nil, "no pair such as"},
		{"half of the exact pair", []string{"weight [2,3]", "fc.weight [2,3]", "fc.bias [2]"}, nil, "no tensor bias"},
		{"the other half", []string{"bias [2]", "fc.weight [2,3]", "fc.bias [2]"}, nil, "no tensor weight"},
		{"one class", []string{"fc.weight [1,3]", "fc.bias [1]"}, nil, `"fc.weight".shape: got [1 3], want [classes ≥ 2, features ≥ 1]`},
		{
			"two pairs", []string{"fc1.weight [4,3]", "fc1.bias [4]", "fc2.weight [2,4]", "fc2.bias [2]"}, nil,
			`got 2 layers: "fc1.weight" [4 3], "fc2.weight" [2 4], want one linear layer; save the layer that you want`,
		},
		{
			"many tensors", []string{"a [1]", "b [1]", "c [1]", "d [1]", "e [1]", "f [1]"}, nil,
			`but "a" [1], "b" [1], "c" [1], "d" [1], and 2 more, want`,
		},
		{"a long name", []string{strings.Repeat("x", 1000) + " [1]"}, nil, `but "xxxx`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Decode(bytes.NewReader(tensorFile(tt.tensors...)))
			if tt.want != "" {
				require.ErrorAs(t, err, new(*FormatError))
				require.ErrorContains(t, err, tt.want)
				require.Less(t, len(err.Error()), 300)
				return
			}
			require.NoError(t, err)
			require.Equal(t, [2]int{2, 3}, [2]int{m.Classes(), m.Features()})
			var others []string
			for name := range m.Tensors {
				others = append(others, name)
			}
			require.ElementsMatch(t, tt.others, others)
		})
	}
}

func TestOtherKindsOfFiles(t *testing.T) {
	const filler = "0123456789 and more text, which is longer than the eight bytes of a header length"
	for _, tt := range []struct{ name, start, got, want string }{
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4665a5\nsize 12345\n", "a Git LFS pointer", `run "git lfs pull"`},
		{"HTML", "<!DOCTYPE html>\n<html lang=en>", "a web page", "not the page that shows it"},
		{"HTML in lower case, after a mark and spaces", "\ufeff\r\n\t <html><head>", "a web page", "not the page"},
		{"XML of a store", `<?xml version="1.0"?><Error><Code>AccessDenied</Code>`, "a web page", "not the page"},
		{"PDF", "%PDF-1.7\n", "a PDF file", "a safetensors file"},
		{"PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "a PNG picture", "a safetensors file"},
		{"JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a JPEG picture", "a safetensors file"},
		{"zip of torch.save", "PK\x03\x04\x00\x00\x08\x08\x00\x00\x00\x00\x00\x00", "a zip file", "safetensors.torch.save_file(model.state_dict()"},
		{"zip with zeros", "PK\x03\x04\x00\x00\x00\x00\x00\x00", "a zip file", "save_file"},
		{"old torch.save", "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", "a Python pickle", "save_file"},
		{"pickle, version 4", "\x80\x04\x95\x1b\x00\x00\x00\x00\x00\x00\x00", "a Python pickle", "save_file"},
		{"gzip", "\x1f\x8b\x08\x08\x8e\xc0\x2b\x65\x00\x03", "a gzip file", "decompress it first"},
		{"gzip without a time", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "a gzip file", "decompress it first"},
		{"IDX images", "\x00\x00\x08\x03\x00\x00\xea\x60\x00\x00\x00\x1c", "an IDX file", "which has a model"},
		{"IDX labels", "\x00\x00\x08\x01\x00\x00\xea\x60\x05\x00\x04", "an IDX file", "which has a model"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, rest := range []string{"", filler, strings.Repeat(filler, 20_000)} {
				_, err := Decode(strings.NewReader(tt.start + rest))
				var format *FormatError
				require.ErrorAs(t, err, &format)
				require.Equal(t, "file", format.Field)
				require.Zero(t, format.Offset)
				require.Contains(t, format.Got, tt.got)
				require.Contains(t, format.Want, tt.want)
			}
		})
	}
}

// TestIsIDX: an IDX file has 1 to 8 dimensions.
func TestIsIDX(t *testing.T) {
	for dimensions, want := range map[byte]bool{0: false, 1: true, 8: true, 9: false} {
		require.Equal(t, want, isIDX([]byte{0, 0, 8, dimensions}), dimensions)
	}
	require.False(t, isIDX([]byte{0, 0, 8}))
}

// TestCutFilesKeepTheirKind: a header length can look like the start of a
// pickle or a gzip file. The byte after it tells that it is not.
func TestCutFilesKeepTheirKind(t *testing.T) {
	for _, length := range []int{0x0280, 0x0380, 0x030280, 0x088b1f} {
		header := goodHeader + strings.Repeat(" ", length-len(goodHeader))
		data := file(header, 32)
		_, err := Decode(bytes.NewReader(data))
		require.NoError(t, err)
		for _, n := range []int{8, 9, 10, 100, len(data) - 1} {
			_, err := Decode(bytes.NewReader(data[:n]))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%#x, %d bytes", length, n)
		}
	}
}
