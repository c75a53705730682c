package softmax

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A counter counts the bytes that are read.
type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}

// linearHeader returns the header of one linear layer, and the size of its
// buffer.
func linearHeader(dtype string, size, features, classes int, more ...string) (header string, buffer int) {
	weight := size * features * classes
	buffer = weight + size*classes
	return headerOf(append(more,
		fmt.Sprintf(`"weight":{"dtype":"%s","shape":[%d,%d],"data_offsets":[0,%d]}`, dtype, classes, features, weight),
		fmt.Sprintf(`"bias":{"dtype":"%s","shape":[%d],"data_offsets":[%d,%d]}`, dtype, classes, weight, buffer))...), buffer
}

// metadataJSON returns the entry of metadata with n keys. Each is a prefix and
// a number.
func metadataJSON(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%s%x":""`, prefix, i)
	}
	return `"__metadata__":{` + b.String()[1:] + "}"
}

// tinyTensors returns the entries of n tensors without numbers, which follow 16
// bytes of others. Each name is a prefix and a number.
func tinyTensors(prefix string, n int, shape string) []string {
	var entries []string
	for i := range n {
		entries = append(entries, tensorJSON(fmt.Sprintf("%s%x", prefix, i), shape, "[16,16]"))
	}
	return entries
}

// hostileFiles returns files that take as much memory as possible for their
// size.
func hostileFiles() map[string][]byte {
	files := map[string][]byte{}
	linear := func(name, dtype string, size, features, classes int, more ...string) {
		header, buffer := linearHeader(dtype, size, features, classes, more...)
		files[name] = file(header, buffer)
	}
	for classes := 2; classes < 13; classes++ {
		linear(fmt.Sprintf("%d classes, F32", classes), "F32", 4, 20_000, classes)
		linear(fmt.Sprintf("%d classes, F16", classes), "F16", 2, 20_000, classes)
		linear(fmt.Sprintf("%d classes, BF16, small", classes), "BF16", 2, 1000, classes)
	}
	linear("2 classes, F64", "F64", 8, 20_000, 2)
	for features := 1; features < 6; features++ {
		linear(fmt.Sprintf("many classes of %d features, F32", features), "F32", 4, features, 20_000)
		linear(fmt.Sprintf("many classes of %d features, F16", features), "F16", 2, features, 20_000)
		linear(fmt.Sprintf("4096 classes of %d features, F16", features), "F16", 2, features, 4096)
		linear(fmt.Sprintf("named classes of %d features, F32", features), "F32", 4, features, 20_000,
			`"__metadata__":{"classes":"`+strings.Repeat("a ", 20_000)+`"}`)
		linear(fmt.Sprintf("named classes of %d features, F16", features), "F16", 2, features, 20_000,
			`"__metadata__":{"classes":"[`+strings.Repeat(`\"\",`, 19_999)+`\"\"]"}`)
		linear(fmt.Sprintf("escaped names of %d features, F16", features), "F16", 2, features, 20_000,
			`"__metadata__":{"classes":"[`+strings.Repeat(`\"\\n\",`, 19_999)+`\"\"]"}`)
	}
	linear("names without classes", "F32", 4, 1, 2, `"__metadata__":{"classes":"`+strings.Repeat("a ", 500_000)+`"}`)
	linear("256 keys of metadata", "F32", 4, 1, 2, metadataJSON("", 256))
	linear("keys of metadata, 1 MiB", "F32", 4, 1, 2, metadataJSON("", 100_000))
	linear("254 more tensors", "F32", 4, 1, 2, tinyTensors("", 254, "[0]")...)
	linear("254 more tensors of 8 dimensions", "F32", 4, 1, 2, tinyTensors("", 254, "[0,0,0,0,0,0,0,0]")...)
	linear("tensors, 1 MiB", "F32", 4, 1, 2, tinyTensors("", 17_000, "[0]")...)
	linear("both", "F32", 4, 1, 2, append(tinyTensors("", 253, "[0]"), metadataJSON("", 256))...)
	for _, char := range []string{"\U000e0001", "\u0080", "\x7f", `\n`} { // quotes make them longer
		name := strings.Repeat(char, 40)
		linear(fmt.Sprintf("tensors named %+q", char), "F32", 4, 1, 2, tinyTensors(name, 254, "[0]")...)
		linear(fmt.Sprintf("metadata named %+q", char), "F32", 4, 1, 2, metadataJSON(name, 256))
	}
	linear("one long value", "F32", 4, 1, 2, `"__metadata__":{"a":"`+strings.Repeat("a", 1_000_000)+`"}`)
	linear("escapes", "F32", 4, 1, 2, `"__metadata__":{"a":"`+strings.Repeat(`\n`, 500_000)+`"}`)
	linear("long keys", "F32", 4, 1, 2, `"__metadata__":{"`+strings.Repeat(`\n`, 500_000)+`":""}`)
	linear("long name of a tensor", "F32", 4, 1, 2, tensorJSON(strings.Repeat(`\n`, 500_000), "[0]", "[16,16]"))
	linear("another tensor", "F16", 2, 1, 2, `"other":{"dtype":"F16","shape":[500000],"data_offsets":[8,1000008]}`)
	files["another tensor"] = append(files["another tensor"], make([]byte, 1_000_000)...)
	header, buffer := linearHeader("F32", 4, 1, 2)
	files["spaces up to 1 MiB"] = file(header+strings.Repeat(" ", maxHeader-len(header)), buffer)
	header, _ = linearHeader("F16", 2, 10_000_000, 2)
	for _, n := range []int{0, 100, 10_000, 1_000_000} {
		files[fmt.Sprintf("claims 40 MB, has %d bytes", n)] = file(header, n)
	}
	for _, n := range []int{0, 100, 10_000, 500_000} {
		claim := binary.LittleEndian.AppendUint64(nil, maxHeader)
		files[fmt.Sprintf("claims a header of 1 MiB, has %d bytes", n)] = append(claim, strings.Repeat("{", n)...)
	}
	files["nested"] = file(`{"bias":`+strings.Repeat("[", maxHeader-100), 0)
	files["a web page"] = []byte("<!DOCTYPE html>" + strings.Repeat("<p>text", 100_000))
	return files
}

// TestMemoryOfDecode measures what Decode allocates in total, which is never
// less than what it needs at any time. Run it with -v for the table: bytes
// read, and bytes allocated for each of them, beyond a constant.
func TestMemoryOfDecode(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has other allocations")
	}
	const constant = 384 << 10
	for name, data := range hostileFiles() {
		r := &counter{Reader: bytes.NewReader(data)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(r)
		runtime.ReadMemStats(&after)
		total, read := after.TotalAlloc-before.TotalAlloc, uint64(r.n)
		result := "read"
		if err != nil {
			result = fmt.Sprintf("refused: %.60s", strings.TrimPrefix(err.Error(), "softmax: model file, "))
		}
		t.Logf("%8d bytes: %5.2f allocated; %s: %s", read, max(0, float64(total)-constant)/float64(read), name, result)
		assert.LessOrEqual(t, total, 5*read+constant, name)
	}
}

// TestLimitsOfFiles: a file at each limit is read, and what Encode writes is
// within the limits. One more is refused.
func TestLimitsOfFiles(t *testing.T) {
	decode := func(header string, buffer int) error {
		_, err := Decode(bytes.NewReader(file(header, buffer)))
		return err
	}
	t.Run("header", func(t *testing.T) {
		header, buffer := linearHeader("F32", 4, 1, 2)
		header += strings.Repeat(" ", 1<<20-len(header))
		require.NoError(t, decode(header, buffer))
		require.ErrorContains(t, decode(header+" ", buffer), "header length: got 1048577, want at most 1048576")

		m := New(1, 2)
		m.Metadata = map[string]string{"a": ""}
		missing := 1<<20 - int(binary.LittleEndian.Uint64(encode(t, m)))
		m.Metadata["a"] = strings.Repeat("x", missing)
		got, err := Decode(bytes.NewReader(encode(t, m)))
		require.NoError(t, err)
		require.Equal(t, m, got)
		m.Metadata["a"] += strings.Repeat("x", 8) // the header has whole words
		require.ErrorContains(t, m.Encode(io.Discard), "the header has 1048584 bytes, want at most 1048576")
	})
	t.Run("metadata", func(t *testing.T) {
		header, buffer := linearHeader("F32", 4, 1, 2, metadataJSON("", 256))
		require.NoError(t, decode(header, buffer))
		header, buffer = linearHeader("F32", 4, 1, 2, metadataJSON("", 257))
		require.ErrorContains(t, decode(header, buffer), "__metadata__: got too many keys, want at most 256 keys")

		m := New(1, 2)
		m.Metadata = map[string]string{}
		for i := range 256 {
			m.Metadata[fmt.Sprint(i)] = ""
		}
		require.NoError(t, m.Encode(io.Discard))
		m.Metadata["one more"] = ""
		require.ErrorContains(t, m.Encode(io.Discard), "2 tensors and 257 keys of metadata, want at most 256 of each")
	})
	t.Run("tensors", func(t *testing.T) {
		header, buffer := linearHeader("F32", 4, 1, 2, tinyTensors("", 254, "[0]")...)
		require.NoError(t, decode(header, buffer))
		header, buffer = linearHeader("F32", 4, 1, 2, tinyTensors("", 255, "[0]")...)
		require.ErrorContains(t, decode(header, buffer), "header: got too many keys")

		m := New(1, 2)
		m.Tensors = map[string]Tensor{}
		for i := range 254 {
			m.Tensors[fmt.Sprint(i)] = Tensor{Shape: []int{0}}
		}
		require.NoError(t, m.Encode(io.Discard))
		m.Metadata = map[string]string{"a": "b"}
		require.ErrorContains(t, m.Encode(io.Discard), "256 tensors and 1 keys of metadata")
	})
	t.Run("classes of few features in 16 bits", func(t *testing.T) {
		for _, tt := range []struct {
			weight, bias      string
			features, classes int
			want              bool
		}{
			{"F16", "F16", 3, 4096, true},
			{"F16", "F16", 3, 4097, false},
			{"F32", "BF16", 3, 4097, false},
			{"BF16", "F64", 1, 4097, false},
			{"F16", "F16", 4, 4097, true},
			{"F32", "F32", 1, 4097, true},
		} {
			w := tt.features * tt.classes * dtypes[tt.weight].size
			b := w + tt.classes*dtypes[tt.bias].size
			header := headerOf(
				fmt.Sprintf(`"weight":{"dtype":"%s","shape":[%d,%d],"data_offsets":[0,%d]}`, tt.weight, tt.classes, tt.features, w),
				fmt.Sprintf(`"bias":{"dtype":"%s","shape":[%d],"data_offsets":[%d,%d]}`, tt.bias, tt.classes, w, b))
			err := decode(header, b)
			require.Equal(t, tt.want, err == nil, "%+v: %v", tt, err)
			if err != nil {
				require.ErrorContains(t, err, "weight.shape: got ")
				require.ErrorContains(t, err, "want at least 4 features for so many classes, or F32")
			}
		}
	})
}
