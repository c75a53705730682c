package softmax

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// file returns a model file with the given header and n bytes of tensors.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

const (
	biasEntry   = `"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	weightEntry = `"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}`
)

func TestDecodeGoodFiles(t *testing.T) {
	for _, tt := range []struct {
		name, header string
	}{
		{"plain", `{` + biasEntry + `,` + weightEntry + `}`},
		{"weight first", `{` + weightEntry + `,` + biasEntry + `}`},
		{"weight first in the buffer", `{"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}`},
		{"padded", `{` + biasEntry + `,` + weightEntry + `}     `},
		{"spaced and reordered", "{ " + biasEntry + ",\n" + `"weight": {"shape": [2, 3], "data_offsets": [8, 32], "dtype": "F32"}}`},
		{"empty metadata", `{"__metadata__":{},` + biasEntry + `,` + weightEntry + `}`},
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

// TestDecodeBadHeaders has a file for every rule of the format and of this
// package. All have 32 bytes of tensors.
func TestDecodeBadHeaders(t *testing.T) {
	good := `{` + biasEntry + `,` + weightEntry + `}`
	weight := func(dtype, shape, offsets string) string {
		return `{` + biasEntry + `,"weight":{"dtype":` + dtype + `,"shape":` + shape + `,"data_offsets":` + offsets + `}}`
	}
	for _, tt := range []struct {
		name, header, field, want string
	}{
		{"empty", ``, "header", "want a JSON object, from its first byte on"},
		{"not an object", `[]`, "header", `got "[]", want a JSON object`},
		{"space first", ` ` + good, "header", "from its first byte on"},
		{"not UTF-8", "{\"\xff\":1}", "header", "got invalid UTF-8"},
		{"malformed", `{"bias"}`, "bias", "malformed JSON"},
		{"cut", good[:len(good)-1], "header", "unexpected end of JSON"},
		{"trailing text", good + "  x", "header padding", `got "x", want spaces`},
		{"trailing tab", good + "\t", "header padding", `got "\t", want spaces`},
		{"trailing zero", good + "\x00", "header padding", "want spaces"},
		{"no tensors", `{}`, "header", "no tensor weight"},
		{"no bias", `{` + weightEntry + `}`, "header", "no tensor bias"},
		{"another tensor", `{"other":{}}`, "header", `got a tensor "other", want only weight, bias`},
		{"other case", `{"Weight":{}}`, "header", `"Weight"`},
		{"duplicate tensor", `{` + biasEntry + `,` + biasEntry + `}`, "header", `key "bias" twice`},
		{"duplicate tensor, escaped", `{` + biasEntry + `,"b\u0069as":{}}`, "header", `key "bias" twice`},
		{"duplicate field", `{"bias":{"dtype":"F32","dtype":"F32"}}`, "bias", `key "dtype" twice`},
		{"duplicate metadata", `{"__metadata__":{"a":"1","a":"2"}}`, "__metadata__", `key "a" twice`},
		{"metadata number", `{"__metadata__":{"a":1}}`, `__metadata__."a"`, "got 1, want a string"},
		{"metadata null", `{"__metadata__":null}`, "__metadata__", `got null, want "{"`},
		{"metadata nested", `{"__metadata__":{"a":{}}}`, `__metadata__."a"`, `got "{", want a string`},
		{"tensor null", `{"bias":null}`, "bias", "got null"},
		{"unknown field", `{"bias":{"strides":[1]}}`, "bias", `key "strides"`},
		{"missing field", `{"bias":{"dtype":"F32","shape":[2]}}`, "bias", "got 2 keys"},
		{"dtype number", weight(`32`, `[2,3]`, `[8,32]`), "weight.dtype", "got 32, want a string"},
		{"dtype F64", weight(`"F64"`, `[2,3]`, `[8,32]`), "weight.dtype", `got "F64", want "F32"`},
		{"dtype lower case", weight(`"f32"`, `[2,3]`, `[8,32]`), "weight.dtype", `got "f32"`},
		{"rank 1", weight(`"F32"`, `[6]`, `[8,32]`), "weight.shape", "got [6], want 2 dimensions"},
		{"rank 0", weight(`"F32"`, `[]`, `[8,12]`), "weight.shape", "want 2 dimensions"},
		{"rank 9", weight(`"F32"`, `[1,1,1,1,1,1,1,1,1]`, `[8,32]`), "weight.shape", "at most 8 whole numbers"},
		{"negative", weight(`"F32"`, `[2,-3]`, `[8,32]`), "weight.shape", "got -3"},
		{"fraction", weight(`"F32"`, `[2,3.0]`, `[8,32]`), "weight.shape", "got 3.0"},
		{"exponent", weight(`"F32"`, `[2,3e0]`, `[8,32]`), "weight.shape", "got 3e0"},
		{"string", weight(`"F32"`, `["2",3]`, `[8,32]`), "weight.shape", `got "2"`},
		{"huge", weight(`"F32"`, `[2,99999999999999999999]`, `[8,32]`), "weight.shape", "got 99999999999999999999"},
		{"overflow", weight(`"F32"`, `[2000000000,2000000000]`, `[8,32]`), "weight.shape", "fits into memory"},
		{"overflow to the right size", weight(`"F32"`, `[2147483648,2147483648]`, `[8,8]`), "weight.shape", "2147483648"},
		{"long key", `{"` + strings.Repeat("x", 5000) + `":1}`, "header", "xxx"},
		{"long field", `{"bias":{"` + strings.Repeat("x", 5000) + `":1}}`, "bias", "xxx"},
		{"long dtype", weight(`"`+strings.Repeat("x", 5000)+`"`, `[2,3]`, `[8,32]`), "weight.dtype", "xxx"},
		{"too large with its lanes", `{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[2,4294967296],"data_offsets":[8,34359738376]}}`, "weight.shape", ""},
		{"offsets reversed", weight(`"F32"`, `[2,3]`, `[32,8]`), "weight.data_offsets", "got [32, 8]"},
		{"offsets too long", weight(`"F32"`, `[2,3]`, `[8,36]`), "weight.data_offsets", "want 24 bytes for shape [2 3]"},
		{"one offset", weight(`"F32"`, `[2,3]`, `[8]`), "weight.data_offsets", "want [begin, end]"},
		{"three offsets", weight(`"F32"`, `[2,3]`, `[8,32,32]`), "weight.data_offsets", "want [begin, end]"},
		{"overlap", weight(`"F32"`, `[2,3]`, `[4,28]`), "weight.data_offsets", "want 8, the end of bias, without overlap or hole"},
		{"overlap whole", weight(`"F32"`, `[2,3]`, `[0,24]`), "weight.data_offsets", "without overlap"},
		{"hole between", weight(`"F32"`, `[2,3]`, `[12,36]`), "weight.data_offsets", "without overlap or hole"},
		{"hole in front", `{"bias":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[12,36]}}`, "bias.data_offsets", "want 0, without a hole"},
		{"one class", `{"bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"weight":{"dtype":"F32","shape":[1,7],"data_offsets":[4,32]}}`, "weight.shape", "classes ≥ 2"},
		{"no features", `{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[2,0],"data_offsets":[8,8]}}`, "weight.shape", "features ≥ 1"},
		{"classes differ", `{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[3,2],"data_offsets":[8,32]}}`, "bias.shape", "want [3], the classes of weight"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(bytes.NewReader(file(tt.header, 32)))
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, tt.field, format.Field)
			require.Contains(t, err.Error(), tt.want)
			require.NotErrorIs(t, err, io.ErrUnexpectedEOF, "the file itself is whole")
			require.LessOrEqual(t, format.Offset, int64(8+len(tt.header)))
			require.Less(t, len(err.Error()), 250, "a bad file does not flood the screen")
		})
	}
}

func TestDecodeBadFiles(t *testing.T) {
	good := file(`{`+biasEntry+`,`+weightEntry+`}`, 32)
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
		require.EqualError(t, err, "softmax: model file, byte "+strconv.Itoa(len(good))+": end of file: got more bytes, want 32 bytes of tensors")
	})
	t.Run("header beyond the file", func(t *testing.T) {
		_, err := Decode(bytes.NewReader(binary.LittleEndian.AppendUint64(nil, 1000)))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
	t.Run("giant header", func(t *testing.T) {
		for _, n := range []uint64{maxHeader + 1, 1 << 40, math.MaxUint64} {
			_, err := Decode(bytes.NewReader(binary.LittleEndian.AppendUint64(nil, n)))
			require.ErrorContains(t, err, "header length: got "+strconv.FormatUint(n, 10)+", want at most 1048576")
		}
	})
	t.Run("deep nesting", func(t *testing.T) {
		_, err := Decode(bytes.NewReader(file(`{"bias":`+strings.Repeat("[", maxHeader-100), 0)))
		require.ErrorContains(t, err, `bias: got "[", want "{"`)
	})
	t.Run("claims much, holds little", func(t *testing.T) {
		header := `{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[2,10000000],"data_offsets":[8,80000008]}}`
		var err error
		bytes := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				_, err = Decode(iotest.DataErrReader(strings.NewReader(string(file(header, 32)))))
			}
		}).AllocedBytesPerOp()
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Less(t, bytes, int64(1<<20))
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
		for n := range good {
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

func TestSaveAndLoad(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "model.safetensors")
	m := randomModel(newRand(), 784, 10)
	m.Metadata = map[string]string{"trained": "never"}
	require.NoError(t, m.Save(name))
	got, err := Load(name)
	require.NoError(t, err)
	require.Equal(t, m, got)

	t.Run("over an older file", func(t *testing.T) {
		newer := randomModel(newRand(), 3, 2)
		require.NoError(t, newer.Save(name))
		got, err := Load(name)
		require.NoError(t, err)
		require.Equal(t, newer, got)
	})
	t.Run("a failure leaves the older file", func(t *testing.T) {
		before, err := os.ReadFile(name)
		require.NoError(t, err)
		bad := New(1, 2)
		bad.SetParameters([]float32{float32(math.Inf(1)), 0}, []float32{0, 0})
		require.Error(t, bad.Save(name))
		after, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
	t.Run("through a link", func(t *testing.T) {
		link := filepath.Join(dir, "link.safetensors")
		if err := os.Symlink(name, link); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		require.NoError(t, m.Save(link))
		info, err := os.Lstat(link)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&os.ModeSymlink, "the link is still a link")
		got, err := Load(name)
		require.NoError(t, err)
		require.Equal(t, m, got)
		require.NoError(t, os.Remove(link))
	})
	t.Run("permissions stay", func(t *testing.T) {
		require.NoError(t, os.Chmod(name, 0o600))
		require.NoError(t, m.Save(name))
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077)
	})
	t.Run("through a link to nowhere", func(t *testing.T) {
		link := filepath.Join(dir, "nowhere")
		if err := os.Symlink(filepath.Join(dir, "no", "file"), link); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		require.ErrorIs(t, m.Save(link), os.ErrNotExist)
		require.NoError(t, os.Remove(link))
	})
	t.Run("no name", func(t *testing.T) {
		require.EqualError(t, m.Save(""), `softmax: save "": no file name`)
	})
	t.Run("onto a folder", func(t *testing.T) {
		require.ErrorContains(t, m.Save(dir), "not a regular file")
	})
	t.Run("into no folder", func(t *testing.T) {
		require.ErrorIs(t, m.Save(filepath.Join(dir, "none", "model")), os.ErrNotExist)
	})
	t.Run("load nothing", func(t *testing.T) {
		_, err := Load(filepath.Join(dir, "none"))
		require.ErrorIs(t, err, os.ErrNotExist)
	})
	t.Run("load another file", func(t *testing.T) {
		other := filepath.Join(dir, "other")
		require.NoError(t, os.WriteFile(other, []byte("hello, world, this is no model"), 0o666))
		_, err := Load(other)
		var format *FormatError
		require.ErrorAs(t, err, &format)
		require.ErrorContains(t, err, other)
		require.NoError(t, os.Remove(other))
	})
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary files stay behind")
}

// pythonReader reads a model file with numpy and nothing else, and prints the
// logits of a row.
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

// torchWriter is the other direction: it made testdata/torch.safetensors and
// the logits of TestReadsTorch, with PyTorch 1.13.
//
//	import json, struct, torch
//
//	net = torch.nn.Linear(5, 3)
//	with torch.no_grad():
//	    net.weight.copy_(torch.tensor([[((5*k + 2*j) % 7) / 10 - 0.3 for j in range(5)] for k in range(3)]))
//	    net.bias.copy_(torch.tensor([0.1*k for k in range(3)]))
//	header, buffer = {'__metadata__': {'format': 'pt'}}, b''
//	for name, t in net.state_dict().items():
//	    raw = t.contiguous().numpy().tobytes()
//	    header[name] = {'dtype': 'F32', 'shape': list(t.shape), 'data_offsets': [len(buffer), len(buffer) + len(raw)]}
//	    buffer += raw
//	text = json.dumps(header).encode()
//	open('torch.safetensors', 'wb').write(struct.pack('<Q', len(text)) + text + buffer)
//	print(net(torch.tensor([(7*j % 11) / 10 - 0.3 for j in range(5)])).tolist())
func TestReadsTorch(t *testing.T) {
	m, err := Load(filepath.Join("testdata", "torch.safetensors"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"format": "pt"}, m.Metadata)
	require.InDeltaSlice(t, []float32{0.20000001788139343, 0.07999999821186066, 0.24000000953674316}, m.Logits(nil, torchRow(5)), 1e-6)
}

func torchRow(features int) Floats {
	x := make(Floats, features)
	for j := range x {
		x[j] = float32(7*j%11)/10 - 0.3
	}
	return x
}

// TestWrittenForPython runs pythonReader on a file of ours where python3 with
// numpy is installed, and everywhere checks that the file and the logits are
// those that it was run on.
func TestWrittenForPython(t *testing.T) {
	name := filepath.Join(t.TempDir(), "model.safetensors")
	m := randomModel(newRand(), 20, 10)
	m.Metadata = map[string]string{"classes": "0 1 2 3 4 5 6 7 8 9"}
	require.NoError(t, m.Save(name))
	require.Equal(t, "87d7b767c724f53ccf57f4cbaddb9eeeb0dd1f0ff977668df0409df00929cc7d", fmt.Sprintf("%x", sha256.Sum256(encode(t, m))))
	printed := "0.9899957299232482 -0.6631895780563353 1.603076910972595 0.3030609369277953 -2.153371500968933 " +
		"-0.3847316265106201 1.2184359312057496 0.9917287230491638 0.0759716153144838 -1.3081930041313172"
	if err := exec.Command("python3", "-c", "import numpy").Run(); err == nil {
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
	f.Add(file(`{`+biasEntry+`,`+weightEntry+`}`, 32))
	f.Add(file(`{"__metadata__":{"a":"b"},`+biasEntry+`,`+weightEntry+`}  `, 32))
	f.Add(file(`{`+weightEntry+`}`, 32))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(bytes.NewReader(data))
		if err != nil {
			var format *FormatError
			require.ErrorAs(t, err, &format)
			return
		}
		var b bytes.Buffer
		require.NoError(t, m.Encode(&b))
		again, err := Decode(&b)
		require.NoError(t, err)
		if len(m.Metadata) == 0 {
			m.Metadata, again.Metadata = nil, nil
		}
		require.Equal(t, m, again)
	})
}
