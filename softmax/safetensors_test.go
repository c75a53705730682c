package softmax

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// file returns a model file with the given header and n zero bytes of tensors.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

// tensorJSON returns the entry of a tensor in a header.
func tensorJSON(name, shape, offsets string) string {
	return fmt.Sprintf(`"%s":{"dtype":"F32","shape":%s,"data_offsets":%s}`, name, shape, offsets)
}

// headerOf returns a header with the given entries.
func headerOf(entries ...string) string { return "{" + strings.Join(entries, ",") + "}" }

// The header of a model with 2 classes and 3 features, which has 32 bytes of
// tensors.
var (
	biasEntry   = tensorJSON("bias", "[2]", "[0,8]")
	weightEntry = tensorJSON("weight", "[2,3]", "[8,32]")
	goodHeader  = headerOf(biasEntry, weightEntry)
)

func TestDecodeGoodFiles(t *testing.T) {
	for _, tt := range []struct {
		name, header string
	}{
		{"plain", goodHeader},
		{"weight first", headerOf(weightEntry, biasEntry)},
		{
			"weight first in the buffer",
			headerOf(tensorJSON("weight", "[2,3]", "[0,24]"), tensorJSON("bias", "[2]", "[24,32]")),
		},
		{"padded", goodHeader + "     "},
		{"spaces", "{ " + biasEntry + ",\n" + `"weight": {"shape": [2, 3], "data_offsets": [8, 32], "dtype": "F32"}}`},
		{"empty metadata", headerOf(`"__metadata__":{}`, biasEntry, weightEntry)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Decode(bytes.NewReader(file(tt.header, 32)))
			require.NoError(t, err)
			require.Equal(t, 3, m.Features())
			require.Equal(t, 2, m.Classes())
			require.Empty(t, m.Metadata)
		})
	}
}

type badHeader struct {
	name, header string
	field, want  string // of the FormatError
}

// badHeaders has a header for every rule of the format and of this package.
func badHeaders() []badHeader {
	weight := func(shape, offsets string) string {
		return headerOf(biasEntry, tensorJSON("weight", shape, offsets))
	}
	dtype := func(dtype string) string {
		return headerOf(biasEntry, `"weight":{"dtype":`+dtype+`,"shape":[2,3],"data_offsets":[8,32]}`)
	}
	long := strings.Repeat("x", 5000)
	return []badHeader{
		{"empty", ``, "header", "want a JSON object at the first byte"},
		{"not an object", `[]`, "header", `got "[]", want a JSON object`},
		{"space first", " " + goodHeader, "header", "at the first byte"},
		{"not UTF-8", "{\"\xff\":1}", "header", "got invalid UTF-8"},
		{"malformed", `{"bias"}`, "header", "malformed JSON"},
		{"cut", strings.TrimSuffix(goodHeader, "}"), "header", "unexpected end of JSON"},
		{"trailing text", goodHeader + "  x", "header padding", `got "x", want spaces`},
		{"trailing tab", goodHeader + "\t", "header padding", `got "\t", want spaces`},
		{"trailing zero", goodHeader + "\x00", "header padding", "want spaces"},
		{"no tensors", `{}`, "header", "no tensor weight"},
		{"no bias", headerOf(weightEntry), "header", "no tensor bias"},
		{"another tensor without fields", `{"other":{}}`, `"other"`, "got 0 keys"},
		{"only another tensor", headerOf(tensorJSON("other", "[8]", "[0,32]")), "header", "no tensor weight"},
		{"another tensor is an I64", headerOf(biasEntry, weightEntry, `"other":{"dtype":"I64","shape":[0],"data_offsets":[32,32]}`), `"other".dtype`, `got "I64", want "F32", "F16", "BF16" or "F64"`},
		{"another tensor overlaps", headerOf(biasEntry, weightEntry, tensorJSON("other", "[2]", "[24,32]")), `"other".data_offsets`, "want 32, the end of weight"},
		{"another tensor leaves a hole", headerOf(biasEntry, weightEntry, tensorJSON("other", "[2]", "[36,44]")), `"other".data_offsets`, "want 32, the end of weight"},
		{"other case", headerOf(biasEntry, tensorJSON("Weight", "[2,3]", "[8,32]")), "header", "no tensor weight"},
		{"long name", headerOf(biasEntry, weightEntry, tensorJSON(long, "[2]", "[36,44]")), `"` + long[:40] + `".data_offsets`, "want 32"},
		{"duplicate tensor", headerOf(biasEntry, biasEntry), "header", `key "bias" twice`},
		{"duplicate tensor, escaped", headerOf(biasEntry, `"b\u0069as":{}`), "header", `key "bias" twice`},
		{"duplicate field", `{"bias":{"dtype":"F32","dtype":"F32"}}`, "bias", `key "dtype" twice`},
		{"duplicate metadata", `{"__metadata__":{"a":"1","a":"2"}}`, "__metadata__", `key "a" twice`},
		{"metadata number", `{"__metadata__":{"a":1}}`, `__metadata__."a"`, "got 1, want a string"},
		{"metadata null", `{"__metadata__":null}`, "__metadata__", `got null, want "{"`},
		{"metadata nested", `{"__metadata__":{"a":{}}}`, `__metadata__."a"`, `got "{", want a string`},
		{"tensor null", `{"bias":null}`, "bias", "got null"},
		{"unknown field", `{"bias":{"strides":[1]}}`, "bias", `key "strides"`},
		{"missing field", `{"bias":{"dtype":"F32","shape":[2]}}`, "bias", "got 2 keys"},
		{"dtype number", dtype(`32`), "weight.dtype", "got 32, want a string"},
		{"dtype F8", dtype(`"F8_E4M3"`), "weight.dtype", `got "F8_E4M3", want "F32"`},
		{"F64 of half the size", dtype(`"F64"`), "weight.data_offsets", "want 48 bytes for shape [2 3]"},
		{"F16 of twice the size", dtype(`"F16"`), "weight.data_offsets", "want 12 bytes for shape [2 3]"},
		{"dtype lower case", dtype(`"f32"`), "weight.dtype", `got "f32"`},
		{"rank 1", weight("[6]", "[8,32]"), "weight.shape", "got [6], want 2 dimensions"},
		{"rank 0", weight("[]", "[8,12]"), "weight.shape", "want 2 dimensions"},
		{"rank 9", weight("[1,1,1,1,1,1,1,1,1]", "[8,32]"), "weight.shape", "at most 8 whole numbers"},
		{"negative", weight("[2,-3]", "[8,32]"), "weight.shape", "got -3"},
		{"fraction", weight("[2,3.0]", "[8,32]"), "weight.shape", "got 3.0"},
		{"exponent", weight("[2,3e0]", "[8,32]"), "weight.shape", "got 3e0"},
		{"string", weight(`["2",3]`, `[8,32]`), "weight.shape", `got "2"`},
		{"huge", weight("[2,99999999999999999999]", "[8,32]"), "weight.shape", "got 99999999999999999999"},
		{"overflow", weight("[2000000000,2000000000]", "[8,32]"), "weight.shape", "fits into memory"},
		{"overflow to the right size", weight("[2147483648,2147483648]", "[8,8]"), "weight.shape", "2147483648"},
		{"long key", headerOf(`"` + long + `":1`), `"` + long[:40] + `"`, "got 1, want"},
		{"long field", headerOf(`"bias":{"` + long + `":1}`), "bias", "xxx"},
		{"long dtype", dtype(`"` + long + `"`), "weight.dtype", "xxx"},
		{"more features than fit into an int32", weight("[2,4294967296]", "[8,34359738376]"), "weight.shape", ""},
		{"offsets reversed", weight("[2,3]", "[32,8]"), "weight.data_offsets", "got [32, 8]"},
		{"offsets too long", weight("[2,3]", "[8,36]"), "weight.data_offsets", "want 24 bytes for shape [2 3]"},
		{"one offset", weight("[2,3]", "[8]"), "weight.data_offsets", "want [begin, end]"},
		{"three offsets", weight("[2,3]", "[8,32,32]"), "weight.data_offsets", "want [begin, end]"},
		{"overlap", weight("[2,3]", "[4,28]"), "weight.data_offsets", "want 8, the end of bias"},
		{"overlap whole", weight("[2,3]", "[0,24]"), "weight.data_offsets", "want 8, the end of bias"},
		{"hole between", weight("[2,3]", "[12,36]"), "weight.data_offsets", "got begin 12, want 8"},
		{
			"hole in front",
			headerOf(tensorJSON("bias", "[2]", "[4,12]"), tensorJSON("weight", "[2,3]", "[12,36]")),
			"bias.data_offsets", "want 0, the start of the buffer",
		},
		{
			"one class", headerOf(tensorJSON("bias", "[1]", "[0,4]"), tensorJSON("weight", "[1,7]", "[4,32]")),
			"weight.shape", "classes ≥ 2",
		},
		{"no features", weight("[2,0]", "[8,8]"), "weight.shape", "features ≥ 1"},
		{"classes differ", weight("[3,2]", "[8,32]"), "bias.shape", "want [3], the classes of weight"},
	}
}

func TestDecodeBadHeaders(t *testing.T) {
	for _, tt := range badHeaders() {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(bytes.NewReader(file(tt.header, 32)))
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, tt.field, format.Field)
			require.Contains(t, err.Error(), tt.want)
			require.NotErrorIs(t, err, io.ErrUnexpectedEOF, "the file is complete")
			require.LessOrEqual(t, format.Offset, int64(8+len(tt.header)))
			require.Less(t, len(err.Error()), 250, "a bad file does not fill the screen")
		})
	}
}

func TestDecodeBadFiles(t *testing.T) {
	good := file(goodHeader, 32)
	t.Run("cut at every byte", func(t *testing.T) {
		for n := range good {
			_, err := Decode(bytes.NewReader(good[:n]))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, int64(n), format.Offset)
		}
	})
	t.Run("a byte too many", func(t *testing.T) {
		_, err := Decode(bytes.NewReader(append(bytes.Clone(good), 0)))
		require.EqualError(t, err, fmt.Sprintf(
			"softmax: model file, byte %d: end of file: got more bytes, want 32 bytes of tensors", len(good)))
	})
	t.Run("header beyond the file", func(t *testing.T) {
		_, err := Decode(bytes.NewReader(binary.LittleEndian.AppendUint64(nil, 1000)))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
	t.Run("giant header", func(t *testing.T) {
		for _, n := range []uint64{maxHeader + 1, 1 << 40, math.MaxUint64} {
			_, err := Decode(bytes.NewReader(binary.LittleEndian.AppendUint64(nil, n)))
			require.ErrorContains(t, err, "byte 0: header length: got "+strconv.FormatUint(n, 10)+", want at most 1048576")
		}
	})
	t.Run("deep nesting", func(t *testing.T) {
		_, err := Decode(bytes.NewReader(file(`{"bias":`+strings.Repeat("[", maxHeader-100), 0)))
		require.ErrorContains(t, err, `bias: got "[", want "{"`)
	})
	t.Run("claims much, holds little", func(t *testing.T) {
		header := headerOf(biasEntry, tensorJSON("weight", "[2,10000000]", "[8,80000008]"))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(iotest.DataErrReader(bytes.NewReader(file(header, 32))))
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
	})
	for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		t.Run("not finite", func(t *testing.T) {
			bad := bytes.Clone(good)
			binary.LittleEndian.PutUint32(bad[len(bad)-4:], math.Float32bits(v))
			_, err := Decode(bytes.NewReader(bad))
			require.ErrorContains(t, err, "weight, element 5: got ")
			require.ErrorContains(t, err, "want a finite number")
		})
	}
	t.Run("failing reader", func(t *testing.T) {
		broken := errors.New("broken disk")
		for n := range len(good) + 1 { // also after the last byte
			_, err := Decode(io.MultiReader(bytes.NewReader(good[:n]), iotest.ErrReader(broken)))
			require.ErrorIs(t, err, broken)
			require.NotErrorIs(t, err, io.ErrUnexpectedEOF)
		}
	})
}

func TestEncodeRoundTrip(t *testing.T) {
	rng := newRand()
	for _, classes := range []int{2, 10, 16, 17, 100} {
		m := randomModel(rng, 5, classes)
		m.Metadata = map[string]string{"z": "last", "a": "<&> \"quoted\" \n π", "": ""}
		data := encode(t, m)
		require.Zero(t, binary.LittleEndian.Uint64(data)%8, "the buffer is aligned")
		got, err := Decode(iotest.OneByteReader(bytes.NewReader(data)))
		require.NoError(t, err)
		require.Equal(t, m, got)
		require.Equal(t, data, encode(t, got))
	}
}

func TestEncodeRefuses(t *testing.T) {
	var b bytes.Buffer
	m := New(1, 2)
	m.SetParameters([]float32{1, float32(math.NaN())}, []float32{0, 0})
	require.ErrorContains(t, m.Encode(&b), "NaN or infinite")
	m = New(1, 2)
	m.Metadata = map[string]string{"a": "\xff"}
	require.ErrorContains(t, m.Encode(&b), "not UTF-8")
	m.Metadata = map[string]string{"a": strings.Repeat("x", maxHeader)}
	require.ErrorContains(t, m.Encode(&b), "want at most 1048576")
	require.Zero(t, b.Len(), "nothing is written")
}

// pythonReader reads a model file with numpy alone. It prints the logits of a
// row.
const pythonReader = `
import json, struct, sys
import numpy as np

data = open(sys.argv[1], 'rb').read()
n, = struct.unpack('<Q', data[:8])
header = json.loads(data[8:8+n])

def tensor(name):
    t = header[name]
    begin, end = t['data_offsets']
    assert t['dtype'] == 'F32'
    return np.frombuffer(data[8+n+begin:8+n+end], '<f4').reshape(t['shape'])

x = np.array([(7*j % 11) / 10 - 0.3 for j in range(tensor('weight').shape[1])])
print(*(tensor('weight').astype('f8') @ x + tensor('bias')))
`

// TestReadsTorch reads a model of PyTorch 1.13. This script wrote
// testdata/torch.safetensors and printed the logits:
//
//	import json, struct, torch
//
//	net = torch.nn.Linear(5, 3)
//	with torch.no_grad():
//	    net.weight.copy_(torch.tensor(
//	        [[((5*k + 2*j) % 7) / 10 - 0.3 for j in range(5)]
//	         for k in range(3)]))
//	    net.bias.copy_(torch.tensor([0.1*k for k in range(3)]))
//	header, buffer = {'__metadata__': {'format': 'pt'}}, b''
//	for name, t in net.state_dict().items():
//	    raw = t.contiguous().numpy().tobytes()
//	    header[name] = {
//	        'dtype': 'F32', 'shape': list(t.shape),
//	        'data_offsets': [len(buffer), len(buffer) + len(raw)]}
//	    buffer += raw
//	text = json.dumps(header).encode()
//	with open('torch.safetensors', 'wb') as f:
//	    f.write(struct.pack('<Q', len(text)) + text + buffer)
//	x = torch.tensor([(7*j % 11) / 10 - 0.3 for j in range(5)])
//	print(net(x).tolist())
func TestReadsTorch(t *testing.T) {
	m, err := Load(filepath.Join("testdata", "torch.safetensors"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"format": "pt"}, m.Metadata)
	want := []float32{0.20000001788139343, 0.07999999821186066, 0.24000000953674316}
	require.InDeltaSlice(t, want, m.Logits(nil, torchRow(5)), 1e-6)
}

// torchRow returns the row of the scripts.
func torchRow(features int) Floats {
	x := make(Floats, features)
	for j := range x {
		x[j] = float32(7*j%11)/10 - 0.3
	}
	return x
}

// TestWrittenForPython compares logits with those that pythonReader printed for
// the same file. The long test runs pythonReader again if numpy is installed.
func TestWrittenForPython(t *testing.T) {
	name := filepath.Join(t.TempDir(), "model.safetensors")
	m := randomModel(newRand(), 20, 10)
	m.Metadata = map[string]string{"classes": "0 1 2 3 4 5 6 7 8 9"}
	require.NoError(t, m.Save(name))
	require.Equal(t, "87d7b767c724f53ccf57f4cbaddb9eeeb0dd1f0ff977668df0409df00929cc7d", hash(t, m))
	printed := "0.9899957299232482 -0.6631895780563353 1.603076910972595 0.3030609369277953 -2.153371500968933 " +
		"-0.3847316265106201 1.2184359312057496 0.9917287230491638 0.0759716153144838 -1.3081930041313172"
	long := os.Getenv("DIGITS_LONG") != ""
	if long && exec.Command("python3", "-c", "import numpy").Run() == nil {
		out, err := exec.Command("python3", "-c", pythonReader, name).Output()
		require.NoError(t, err)
		t.Logf("python3 printed %s", out)
		printed = string(out)
	}
	var logits []float64
	for _, field := range strings.Fields(printed) {
		v, err := strconv.ParseFloat(field, 64)
		require.NoError(t, err)
		logits = append(logits, v)
	}
	require.InDeltaSlice(t, logits, m.Logits(nil, torchRow(20)), 1e-5)
}

func FuzzDecode(f *testing.F) {
	f.Add(file(goodHeader, 32))
	f.Add(file(headerOf(`"__metadata__":{"a":"b"}`, biasEntry, weightEntry)+"  ", 32))
	f.Add(file(headerOf(weightEntry), 32))
	f.Add(file(headerOf(`"__metadata__":{"classes":"[\"a b\",\"\"]"}`, biasEntry, weightEntry), 32))
	f.Add(file(headerOf(`"__metadata__":{"classes":"a b"}`, biasEntry, weightEntry), 32))
	f.Add(foreignFile("fc.", "F16", 2, make([]byte, 18)))
	f.Add(foreignFile("fc.", "F64", 8, make([]byte, 72)))
	f.Add([]byte("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20"))
	f.Add([]byte("<!DOCTYPE html><html>"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<12 {
			return // longer files are slow and show nothing new
		}
		m, err := Decode(bytes.NewReader(data))
		if err != nil {
			if _, ok := err.(*FormatError); !ok || !strings.HasPrefix(err.Error(), "softmax: ") {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		// What has been read can be written, and is read as the same model.
		written := encode(t, m)
		again, err := Decode(bytes.NewReader(written))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(written, encode(t, again)) || !slices.Equal(m.weight, again.weight) || !slices.Equal(m.bias, again.bias) {
			t.Fatalf("read %v, written and read again %v", m, again)
		}
	})
}
