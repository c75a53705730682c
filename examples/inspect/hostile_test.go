package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// TestDamaged: the error says what is wrong, and where.
func TestDamaged(t *testing.T) {
	good := encode[uint8](t, []int{2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)
	bad := func(at int, b byte) []byte {
		data := bytes.Clone(good)
		data[at] = b
		return data
	}
	packed := zipped(t, "", good)
	wrongSum := bytes.Clone(packed)
	wrongSum[len(wrongSum)-8] ^= 1
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"cut in the header", good[:9], "idx: offset 9: dimension 1: got 1 byte, want 4"},
		{"cut in the magic", good[:3], "idx: offset 3: magic"},
		{"cut", good[:20], "idx: offset 20: data: got 4 bytes, want 8 bytes, as the header says: unexpected EOF"},
		{"cut, compressed", zipped(t, "", good[:20]), "idx: offset 20: data: got 4 bytes, want 8 bytes, as the header says: unexpected EOF"},
		{"longer", append(bytes.Clone(good), 9), "idx: offset 24: end of data: got 1 byte more, want the end of the file, as the header says"},
		{"longer, compressed", zipped(t, "", append(bytes.Clone(good), 9)), "idx: offset 24: end of data: got byte 09, want the end of the file, as the header says"},
		{"type", bad(2, 0x0a), "idx: offset 2: element type: got 0x0A"},
		{"rank", bad(3, 255), "idx: offset 24: dimension 5"},
		{"huge", bad(5, 0xff), "want 66,846,728 bytes, as the header says"},
		{"gzip cut in its header", packed[:5], "gzip header: unexpected EOF"},
		{"gzip cut", packed[:len(packed)-9], "unexpected EOF"},
		{"gzip cut before the checksum", packed[:len(packed)-3], "offset 24: unexpected EOF"},
		{"gzip checksum", wrongSum, "offset 24: gzip: invalid checksum"},
		{"gzip bytes behind", append(bytes.Clone(packed), "xyz"...), "offset 24: "},
		{"gzip garbage", append(bytes.Clone(packed[:10]), "\xff\xff\xff"...), "at its start: "},
	} {
		r, err := told(t, write(t, "x", tt.data))
		require.Error(t, err, tt.name)
		require.Contains(t, r.Error, tt.want, tt.name)
		require.True(t, r.IDX == nil || (r.IDX.LengthAgrees == nil || !*r.IDX.LengthAgrees) && r.IDX.Statistics == nil, tt.name)
	}
	out, err := look(t, write(t, "x", good[:20]))
	require.Error(t, err)
	require.Contains(t, out, "  IDX         uint8, 2 x 2 x 2\n  length      24 bytes by the header\n  error       idx: offset 20: data: ")

	// Sizes whose product does not fit.
	over := []byte{0, 0, 0x0e, 4}
	for range 4 {
		over = binary.BigEndian.AppendUint32(over, math.MaxUint32)
	}
	r, err := told(t, write(t, "x", over))
	require.Error(t, err)
	require.Contains(t, r.Error, "idx: offset ")
}

// TestDamagedItem: a stream that ends within the item.
func TestDamagedItem(t *testing.T) {
	const want = "idx: offset 22: data: got 6 bytes, want 8 bytes, as the header says: unexpected EOF"
	data := encode[uint8](t, []int{2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)[:22]
	for _, item := range []string{"0", "1"} {
		r, err := told(t, "-item", item, write(t, "x", data))
		require.Error(t, err)
		require.Equal(t, want, r.Error)
	}
	packed := write(t, "x", zipped(t, "", data))
	_, err := told(t, "-item", "0", packed)
	require.NoError(t, err, "inspect reads no further")
	r, err := told(t, "-item", "1", packed)
	require.Error(t, err)
	require.Equal(t, want, r.Error)
	short := write(t, "x", zipped(t, "", data[:17]))
	r, err = told(t, "-item", "1", short)
	require.Error(t, err)
	require.Contains(t, r.Error, "idx: offset 17: data: got 1 byte, want 8 bytes")
}

// zeros returns a stream of a head and n zeros.
func zeros(head []byte, n int64) io.Reader {
	return io.MultiReader(bytes.NewReader(head), io.LimitReader(zero{}, n))
}

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLittleMemory: large files, complete or not, need little memory.
func TestLittleMemory(t *testing.T) {
	header := func(typ byte, dims ...uint32) []byte {
		h := []byte{0, 0, typ, byte(len(dims))}
		for _, d := range dims {
			h = binary.BigEndian.AppendUint32(h, d)
		}
		return h
	}
	safetensors := func(size string) []byte {
		text := `{"a":{"dtype":"U8","shape":[` + size + `],"data_offsets":[0,` + size + `]}}`
		return append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
	}
	const size = 16 << 20
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, err := io.Copy(w, zeros(header(8, 1, size), size))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for _, tt := range []struct {
		name string
		r    io.Reader
		want string
	}{
		{"one item of 16 MB", zeros(header(8, 1, size), size), "length      16,777,228 bytes, as the header says"},
		{"many items", zeros(header(0x0e, size/8), size), "length      16,777,224 bytes, as the header says"},
		{"compressed", &z, "length      16,777,228 bytes, as the header says"},
		{"claimed", zeros(header(8, 2, math.MaxInt32/4), size), "unexpected EOF"},
		{"no end", zeros(header(8, 1, 1000), math.MaxInt64), "idx: offset 1012: end of data: got byte 00"},
		{"no items", zeros(header(8, math.MaxInt32/2, 0), 0), "length      12 bytes, as the header says"},
		{"tensors", zeros(safetensors("16777216"), size), "parameters  16777216 in 1 tensors"},
		{"tensors claimed", zeros(safetensors("9007199254740991"), size), "cut short: 16777216 bytes of tensors, want 9007199254740991: unexpected EOF"},
		{"a header claimed", zeros(append(binary.LittleEndian.AppendUint64(nil, 90_000_000), '{'), 0), "a header of 90000000 bytes; inspect reads at most 16777216"},
		{"a smaller one", zeros(append(binary.LittleEndian.AppendUint64(nil, 16<<20), '{'), 0), "unexpected EOF"},
	} {
		var out bytes.Buffer
		n := allocated(func() { _ = run(t.Context(), []string{"-"}, tt.r, &out, &out) })
		require.Contains(t, out.String(), tt.want, tt.name)
		require.Less(t, n, uint64(1<<20), tt.name)
	}
}

// TestSparse: inspect finds an item in a file of a terabyte at once.
func TestSparse(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("a size that does not fit an int is refused")
	}
	name := filepath.Join(t.TempDir(), "sparse")
	f, err := os.Create(name)
	require.NoError(t, err)
	defer f.Close()
	head := []byte{0, 0, 8, 3, 0x50, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28}
	_, err = f.Write(head)
	require.NoError(t, err)
	const items = 0x50000000
	if err := f.Truncate(16 + items*784); err != nil {
		t.Skip("no file of a terabyte here: ", err)
	}
	_, err = f.WriteAt([]byte{255}, 16+(items-1)*784)
	if err != nil {
		t.Skip("no file of a terabyte here: ", err)
	}
	var out string
	n := allocated(func() { out, err = look(t, "-item", "1342177279", name) })
	require.NoError(t, err)
	require.Contains(t, out, "length      1,052,266,987,536 bytes, as the header says\n")
	require.Contains(t, out, "│██  ")
	require.Less(t, n, uint64(1<<20))

	// Now the whole file is one item.
	_, err = f.WriteAt([]byte{0, 0, 0, 1, 0x50, 0, 0, 0, 0, 0, 3, 16}, 4)
	require.NoError(t, err)
	r, err := told(t, "-item", "0", name)
	require.Error(t, err)
	require.Contains(t, r.Error, "an item has 1052266987520 elements; inspect shows at most")

	// Now it is a tensor.
	start := file(`{"a":{"dtype":"U8","shape":[1052266987000],"data_offsets":[0,1052266987000]}}`, "")
	_, err = f.WriteAt(start, 0)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(int64(len(start))+1052266987000))
	out, err = look(t, name)
	require.NoError(t, err)
	require.Contains(t, out, "parameters  1052266987000 in 1 tensors")
}

// file returns a safetensors file with this header and these tensors.
func file(header, tensors string) []byte {
	data := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(data, header...), tensors...)
}

func TestSafetensors(t *testing.T) {
	data, err := os.ReadFile("../reader/model.safetensors")
	require.NoError(t, err)
	for _, data := range [][]byte{data, zipped(t, "", data)} {
		name := write(t, "x", data)
		out, err := look(t, name)
		require.NoError(t, err)
		require.Regexp(t, `\n  parameters  \d{5} in 4 tensors\n  tensor      bias: F32, \d\d numbers\n  tensor      components.bias: F32, 60 numbers\n`, out)
		require.Regexp(t, `\n  tensor      weight: F32, \d\d x 1890\n  metadata    features: hog `, out)
		require.Regexp(t, `\n  model       package softmax reads it: 1890 features, \d\d classes\n  classes     0, 1, 2, 3, 4, 5, 6, 7, 8, 9, several, `, out)
		r, err := told(t, name)
		require.NoError(t, err)
		classes := r.Safetensors.Model.Classes
		require.EqualValues(t, classes*(1890+1)+60*(432+1), r.Safetensors.Parameters)
		require.Equal(t, 1890, r.Safetensors.Model.Features)
		require.Len(t, r.Safetensors.Model.Names, classes)
		require.Equal(t, "several", r.Safetensors.Model.Names[10])
	}

	// A file of another program, with everything that the format allows.
	name := write(t, "x", file(`{"__metadata__":{"long":"`+strings.Repeat("ä", 300)+`","\u001b[2J":"\u009b"},`+
		`"b":{"data_offsets":[4,8],"shape":[2,1],"dtype":"F16"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},`+
		`"none":{"dtype":"F64","shape":[3,0],"data_offsets":[4,4]},"odd":{"dtype":"F99","shape":[9],"data_offsets":[8,9]}}  `, "123456789"))
	out, err := look(t, name)
	require.NoError(t, err)
	require.Contains(t, out, "\n  parameters  12 in 4 tensors\n  tensor      a: F32, a single number\n  tensor      b: F16, 2 x 1\n  tensor      none: F64, 3 x 0\n  tensor      odd: F99, 9 numbers\n")
	require.Contains(t, out, "\n  metadata    \\x1b[2J: \\u009b\n  metadata    long: "+strings.Repeat("ä", 200)+"... (300 characters, -full shows them)\n")
	require.NotContains(t, out, "  model")
	out, err = look(t, name, "-full")
	require.NoError(t, err)
	require.Contains(t, out, "\n  metadata    long: "+strings.Repeat("ä", 300)+"\n")

	for kind, bits := range map[string]int{
		"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "C64": 64, "BOOL": 8, "I64": 64, "I32": 32, "I16": 16, "I8": 8,
		"U64": 64, "U32": 32, "U16": 16, "U8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
	} {
		_, err := told(t, write(t, "x", file(fmt.Sprintf(`{"x":{"dtype":%q,"shape":[8],"data_offsets":[0,%d]}}`, kind, bits), strings.Repeat("x", bits))))
		require.NoError(t, err, "8 numbers of type %s have %d bytes", kind, bits)
	}

	// The file ends in the spaces after the header's text.
	whole := file("{}"+strings.Repeat(" ", 30), "")
	early := inspect(t.Context(), &options{item: -1}, "-", bytes.NewReader(whole[:20]))
	require.Contains(t, early.Error, "offset 20: ")

	// The tensors have the names of a model, but it is not a model.
	r, err := told(t, write(t, "x", file(`{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}`, strings.Repeat("\x00", 16))))
	require.NoError(t, err)
	require.Contains(t, r.Safetensors.Model.Error, "softmax: model file")
	m := softmax.New(3, 2)
	m.SetParameters([]float32{1, 2, 3, 4, 5, 6}, []float32{1, 2})
	var b bytes.Buffer
	require.NoError(t, m.Encode(&b))
	binary.LittleEndian.PutUint32(b.Bytes()[b.Len()-4:], math.Float32bits(float32(math.NaN())))
	r, err = told(t, write(t, "x", b.Bytes()))
	require.NoError(t, err)
	require.Contains(t, r.Safetensors.Model.Error, "NaN")
}

// TestClassNames: any names are safe to print, and can be told apart.
func TestClassNames(t *testing.T) {
	m := softmax.New(1, 7)
	m.Names = []string{"circle", "two words", "a, b", "", " space", "\x1b[2J", `"`}
	var b bytes.Buffer
	require.NoError(t, m.Encode(&b))
	name := write(t, "x", b.Bytes())
	out, err := look(t, name)
	require.NoError(t, err)
	require.Contains(t, out, `
  model       package softmax reads it: 1 features, 7 classes
  classes     circle, two words, "a, b", "", " space", \x1b[2J, "\""
`)
	require.NotContains(t, out, "metadata")
	r, err := told(t, name)
	require.NoError(t, err)
	require.Equal(t, m.Names, r.Safetensors.Model.Names)
	require.Contains(t, r.Safetensors.Metadata["classes"], "circle", "the JSON has the file's metadata")

	// Text that has no name for each class is shown as it is.
	m.Names, m.Metadata = nil, map[string]string{"classes": "circle square"}
	b.Reset()
	require.NoError(t, m.Encode(&b))
	out, err = look(t, write(t, "x", b.Bytes()))
	require.NoError(t, err)
	require.Contains(t, out, "\n  metadata    classes: circle square\n")
	require.NotContains(t, out, "\n  classes")
}

// TestForeignModels: models of other programs are models, too.
func TestForeignModels(t *testing.T) {
	layer := func(name, dtype string, at int) string {
		return fmt.Sprintf(`"%s.bias":{"dtype":"%s","shape":[2],"data_offsets":[%d,%d]},"%s.weight":{"dtype":"%s","shape":[2,3],"data_offsets":[%d,%d]}`,
			name, dtype, at, at+4, name, dtype, at+4, at+16)
	}
	out, err := look(t, write(t, "x", file("{"+layer("model.fc", "F16", 0)+"}", strings.Repeat("\x00", 16))))
	require.NoError(t, err)
	require.Contains(t, out, "\n  model       package softmax reads it: 3 features, 2 classes\n")
	out, err = look(t, write(t, "x", file("{"+layer("a", "BF16", 0)+","+layer("b", "BF16", 16)+"}", strings.Repeat("\x00", 32))))
	require.NoError(t, err)
	require.Contains(t, out, "\n  model       package softmax cannot read it: softmax: model file, byte 8: header: got 2 layers: ")
}

func TestManyTensors(t *testing.T) {
	entries := []string{}
	for i := range 150 {
		entries = append(entries, `"`+strings.Repeat("x", i+1)+`":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)
	}
	name := write(t, "x", file("{"+strings.Join(entries, ",")+"}", ""))
	out, err := look(t, name)
	require.NoError(t, err)
	require.Contains(t, out, "\n              ... and 50 more tensors (-full)\n")
	out, err = look(t, "-full", name)
	require.NoError(t, err)
	require.Equal(t, 150, strings.Count(out, "\n  tensor "))
}

func TestHostileHeaders(t *testing.T) {
	entry := `{"dtype":"U8","shape":[4],"data_offsets":[0,4]}`
	for _, tt := range []struct{ name, header, tensors, want string }{
		{"cut", `{"a":` + entry, "", "header: unexpected EOF"},
		{"cut in an entry", `{"a":{"dtype":"U8"`, "", "unexpected EOF"},
		{"not an object", `{"a":[1]}`, "", `header: tensor "a": [, want an object`},
		{"in capitals", `{"a":{"DTYPE":"U8","shape":[4],"data_offsets":[0,4]}}`, "1234", `header: tensor "a": unknown field "DTYPE"`},
		{"shape twice", `{"a":{"dtype":"U8","shape":[4],"shape":[1],"data_offsets":[0,4]}}`, "1234", `header: tensor "a": "shape" occurs twice`},
		{"metadata null", `{"__metadata__":null}`, "", "header: null, want an object"},
		{"rubbish", `{]`, "", "offset 9: header: "},
		{"not UTF-8", "{\"\xff\":" + entry + "}", "1234", "offset 8: header: not UTF-8"},
		{"twice", `{"a":` + entry + `,"a":` + entry + `}`, "1234", `header: "a" occurs twice`},
		{"metadata twice", `{"__metadata__":{"k":"1","k":"2"}}`, "", `header: "k" occurs twice`},
		{"metadata not text", `{"__metadata__":{"k":{}}}`, "", `header: "k": not a text`},
		{"metadata a list", `{"__metadata__":[]}`, "", "header: [, want an object"},
		{"another key", `{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1}}`, "1234", `unknown field "x"`},
		{"a key less", `{"a":{"dtype":"U8","shape":[4]}}`, "1234", "want dtype, shape and two data_offsets"},
		{"negative", `{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}`, "1234", "cannot unmarshal"},
		{"hole", `{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}`, "1234", "has offsets [1, 4], want them to begin at 0"},
		{"overlap", `{"a":` + entry + `,"b":` + entry + `}`, "1234", "want them to begin at 4"},
		{"backwards", `{"a":{"dtype":"U8","shape":[],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[3],"data_offsets":[0,-1]}}`, "", "cannot unmarshal"},
		{"size", `{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}`, "1234", "has 4 bytes; its type and shape want 128 bits"},
		{"half a byte", `{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}`, "1", "has 1 bytes; its type and shape want 12 bits"},
		{"overflow", `{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}`, "", "more elements than a file can have"},
		{"sum overflow", `{"a":{"dtype":"X","shape":[18446744073709551615],"data_offsets":[0,0]},"b":{"dtype":"X","shape":[2],"data_offsets":[0,0]}}`, "", "more than 18446744073709551615 elements"},
		{"far end", `{"a":{"dtype":"X","shape":[1],"data_offsets":[0,18446744073709551615]}}`, "", "tensors of 18446744073709551615 bytes"},
		{"shorter", `{"a":` + entry + `}`, "123", "offset 64: cut short: 3 bytes of tensors, want 4: unexpected EOF"},
		{"longer", `{"a":` + entry + `}`, "12345", "offset 65: more bytes, want the end of the file: the tensors have 4"},
		{"behind", `{"a":` + entry + `}` + "\n", "1234", `"\n" after the object, want spaces`},
	} {
		for _, data := range [][]byte{file(tt.header, tt.tensors), zipped(t, "", file(tt.header, tt.tensors))} {
			r, err := told(t, write(t, "x", data))
			require.Error(t, err, tt.name)
			require.Equal(t, kindSafetensors, r.Kind, tt.name)
			require.Contains(t, r.Error, tt.want, tt.name)
		}
	}
	out, err := look(t, write(t, "x", file(`{]`, "")))
	require.Error(t, err)
	require.Regexp(t, `^.*x\n  safetensors 10 bytes\n  error       .*header: .*\n$`, out)
}

// FuzzInspect: inspect reports on any file, and its output is safe to print.
func FuzzInspect(f *testing.F) {
	var model bytes.Buffer
	require.NoError(f, softmax.New(1, 2).Encode(&model))
	f.Add(model.Bytes(), -1)
	f.Add(file(`{"__metadata__":{"k":"\u001b"},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`, "1234"), -1)
	f.Add([]byte{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 3, 4}, 0)
	f.Add([]byte{0, 0, 0x0d, 1, 0, 0, 0, 1, 0x7f, 0xc0, 0, 0}, 0)
	f.Add([]byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff\x1b[2J\x00\x01\x00\x00\xff\xff"), -1)
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00"), -1)
	f.Add([]byte("GIF89a\x01\x00\x01\x00"), -1)
	f.Fuzz(func(t *testing.T, data []byte, item int) {
		if len(data) > 1<<16 {
			return
		}
		for _, asJSON := range []bool{false, true} {
			o := &options{item: max(item, -1), names: []string{"-"}, json: asJSON}
			r := inspect(t.Context(), o, "-", bytes.NewReader(data))
			out := r.text(false)
			if asJSON {
				var b bytes.Buffer
				require.NoError(t, cli.WriteJSON(&b, r, ""))
				require.True(t, json.Valid(b.Bytes()))
				out = b.String()
			}
			require.Equal(t, cli.PrintableLines(out), out)
		}
	})
}
