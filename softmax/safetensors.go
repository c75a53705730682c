package softmax

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"unicode/utf8"
)

// A safetensors file is a little-endian uint64 N, a header of N bytes of JSON,
// and a buffer of little-endian tensors. The header of a model is
//
//	{
//	  "__metadata__": {string: string, ...},
//	  "bias": {
//	    "dtype": "F32",
//	    "shape": [classes],
//	    "data_offsets": [begin, end]
//	  },
//	  "weight": {
//	    "dtype": "F32",
//	    "shape": [classes, features],
//	    "data_offsets": [begin, end]
//	  }
//	}
//
// Offsets count from the start of the buffer. The README of
// github.com/huggingface/safetensors describes the format.

const (
	metadataKey = "__metadata__"

	// maxHeader bounds the size of the header, in bytes. The format allows 100
	// MB, but a model needs only a few hundred bytes.
	maxHeader = 1 << 20
)

// A FormatError reports a model file that [Decode] refuses.
type FormatError struct {
	Offset int64  // in the file
	Field  string // for example "weight.shape"
	Got    string
	Want   string
	Err    error // cause or nil; io.ErrUnexpectedEOF if the file is cut short
}

func (e *FormatError) Error() string {
	s := fmt.Sprintf("softmax: model file, byte %d: %s: got %s, want %s", e.Offset, e.Field, e.Got, e.Want)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *FormatError) Unwrap() error { return e.Err }

func wrongAt(offset int64, field, got, want string) *FormatError {
	return &FormatError{Offset: offset, Field: field, Got: got, Want: want}
}

// Encode writes the model as a safetensors file. The same model gives the same
// bytes. Parameters that are not finite, and metadata that are not UTF-8 or
// exceed 1 MiB, are an error before anything is written.
func (m *Model) Encode(w io.Writer) error {
	m.check()
	weight, bias := m.Parameters()
	if !finite(weight) || !finite(bias) {
		return errors.New("softmax: Encode: a weight or bias is NaN or infinite")
	}
	for k, v := range m.Metadata {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return fmt.Errorf("softmax: Encode: metadata %q: %q is not UTF-8", k, v)
		}
	}
	header, err := m.header()
	if err != nil {
		return err
	}
	buf := make([]byte, 0, 8+len(header)+4*(len(bias)+len(weight)))
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(header)))
	buf = append(buf, header...)
	for _, tensor := range [...][]float32{bias, weight} {
		for _, v := range tensor {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
	}
	if _, err := w.Write(buf); err != nil {
		return fmt.Errorf("softmax: Encode: %w", err)
	}
	return nil
}

// header returns the header of the file. Like the format's own writer, it adds
// spaces, so that the buffer starts at a multiple of 8 bytes.
func (m *Model) header() ([]byte, error) {
	type tensor struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	mid := 4 * m.classes
	entries := map[string]any{
		"bias":   tensor{"F32", []int{m.classes}, [2]int{0, mid}},
		"weight": tensor{"F32", []int{m.classes, m.features}, [2]int{mid, mid + 4*m.classes*m.features}},
	}
	if len(m.Metadata) > 0 {
		entries[metadataKey] = m.Metadata
	}
	header, err := json.Marshal(entries) // sorts the keys
	if err != nil {
		return nil, fmt.Errorf("softmax: Encode: %w", err)
	}
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if len(header) > maxHeader {
		return nil, fmt.Errorf("softmax: Encode: the header has %d bytes, want at most %d: shorten the metadata",
			len(header), maxHeader)
	}
	return header, nil
}

// Decode reads a safetensors file: the F32 tensors weight [classes, features]
// and bias [classes] of a torch.nn.Linear, and metadata.
//
// Anything else, NaN and infinity, and a header above 1 MiB are a
// [*FormatError]. Memory grows with the bytes read; a model can take five times
// its file.
func Decode(r io.Reader) (*Model, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	return h.readModel(r)
}

// readHeader reads and checks everything before the buffer.
func readHeader(r io.Reader) (*fileHeader, error) {
	var size [8]byte
	if err := readFull(r, size[:], 0, "header length"); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n > maxHeader {
		want := fmt.Sprintf("at most %d (is this a safetensors file?)", maxHeader)
		return nil, wrongAt(0, "header length", fmt.Sprint(n), want)
	}
	text := make([]byte, n)
	if err := readFull(r, text, 8, "header"); err != nil {
		return nil, err
	}
	return parseHeader(text)
}

// readFull fills buf, which starts at the given offset of the file.
func readFull(r io.Reader, buf []byte, offset int64, field string) error {
	n, err := io.ReadFull(r, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return truncated(offset+int64(n), field, n, len(buf))
	}
	if err != nil {
		return fmt.Errorf("softmax: reading model file, byte %d: %w", offset+int64(n), err)
	}
	return nil
}

// truncated describes a file that ends at the given offset, after got of the
// wanted bytes of a field.
func truncated(offset int64, field string, got, want int) error {
	e := wrongAt(offset, field, fmt.Sprintf("%d bytes", got), fmt.Sprint(want))
	e.Err = io.ErrUnexpectedEOF
	return e
}

// readModel reads the buffer and checks that the file ends there.
func (h *fileHeader) readModel(r io.Reader) (*Model, error) {
	size := h.weight.end - h.weight.begin + h.bias.end - h.bias.begin
	// ReadAll's memory grows with the bytes read. One byte more than size shows
	// that bytes trail.
	data, err := io.ReadAll(io.LimitReader(r, int64(size)+1))
	if err != nil {
		return nil, fmt.Errorf("softmax: reading model file, byte %d: %w", h.size+int64(len(data)), err)
	}
	if len(data) < size {
		return nil, truncated(h.size+int64(len(data)), "tensors", len(data), size)
	}
	if len(data) > size {
		return nil, wrongAt(h.size+int64(size), "end of file", "more bytes", fmt.Sprintf("%d bytes of tensors", size))
	}
	weight, err := h.floats(data, h.weight)
	if err != nil {
		return nil, err
	}
	bias, err := h.floats(data, h.bias)
	if err != nil {
		return nil, err
	}
	m := New(h.weight.shape[1], h.weight.shape[0])
	m.Metadata = h.metadata
	m.SetParameters(weight, bias)
	return m, nil
}

// floats decodes one tensor.
func (h *fileHeader) floats(data []byte, t tensorEntry) ([]float32, error) {
	x := make([]float32, 0, (t.end-t.begin)/4)
	for at := t.begin; at < t.end; at += 4 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(data[at:]))
		if v-v != 0 {
			field := fmt.Sprintf("%s, element %d", t.name, len(x))
			return nil, wrongAt(h.size+int64(at), field, fmt.Sprint(v), "a finite number")
		}
		x = append(x, v)
	}
	return x, nil
}

// A fileHeader is a parsed and checked header.
type fileHeader struct {
	weight, bias tensorEntry
	metadata     map[string]string
	size         int64 // bytes before the buffer
}

// A tensorEntry is the part of a header that describes one tensor.
type tensorEntry struct {
	name       string
	dtype      string
	shape      []int
	begin, end int   // offsets in the buffer
	offset     int64 // of the entry in the file; 0 if there is no entry
}

// wrong returns an error about a field of the entry.
func (t *tensorEntry) wrong(field, got, want string) error {
	return wrongAt(t.offset, t.name+"."+field, got, want)
}

// check checks this entry alone. rank is the wanted number of dimensions.
func (t *tensorEntry) check(rank int) error {
	if t.offset == 0 {
		return wrongAt(8, "header", "no tensor "+t.name, "tensors weight and bias")
	}
	if t.dtype != "F32" {
		return t.wrong("dtype", quote(t.dtype), `"F32"`)
	}
	if len(t.shape) != rank {
		return t.wrong("shape", fmt.Sprint(t.shape), fmt.Sprintf("%d dimensions", rank))
	}
	size := uint64(4)
	for _, n := range t.shape {
		hi, lo := bits.Mul64(size, uint64(n))
		if hi != 0 || lo > math.MaxInt/2 {
			return t.wrong("shape", fmt.Sprint(t.shape), "a tensor that fits into memory")
		}
		size = lo
	}
	if t.begin > t.end || uint64(t.end-t.begin) != size {
		got, want := fmt.Sprintf("[%d, %d]", t.begin, t.end), fmt.Sprintf("%d bytes for shape %v", size, t.shape)
		return t.wrong("data_offsets", got, want)
	}
	return nil
}

// parseHeader parses and checks the header with its padding.
func parseHeader(text []byte) (*fileHeader, error) {
	h := &fileHeader{size: 8 + int64(len(text))}
	h.weight.name, h.bias.name = "weight", "bias"
	if err := h.parse(text); err != nil {
		return nil, err
	}
	return h, h.check()
}

// check checks both tensors, and that they fill the buffer without gaps.
func (h *fileHeader) check() error {
	if err := h.weight.check(2); err != nil {
		return err
	}
	if err := h.bias.check(1); err != nil {
		return err
	}
	classes, features := h.weight.shape[0], h.weight.shape[1]
	if classes < 2 || features < 1 {
		return h.weight.wrong("shape", fmt.Sprint(h.weight.shape), "[classes ≥ 2, features ≥ 1]")
	}
	if !addressable(features, classes) {
		return h.weight.wrong("shape", fmt.Sprint(h.weight.shape), "a model that fits into memory")
	}
	if h.bias.shape[0] != classes {
		return h.bias.wrong("shape", fmt.Sprint(h.bias.shape), fmt.Sprintf("[%d], the classes of weight", classes))
	}
	first, second := &h.bias, &h.weight
	if first.begin > second.begin {
		first, second = second, first
	}
	if first.begin != 0 {
		return first.wrong("data_offsets", fmt.Sprintf("begin %d", first.begin), "0, the start of the buffer")
	}
	if second.begin != first.end {
		want := fmt.Sprintf("%d, the end of %s", first.end, first.name)
		return second.wrong("data_offsets", fmt.Sprintf("begin %d", second.begin), want)
	}
	return nil
}

// parse reads the header into h. It works on tokens because json.Unmarshal
// accepts duplicate keys, keys in another case, and null.
func (h *fileHeader) parse(text []byte) error {
	if len(text) == 0 || text[0] != '{' {
		return wrongAt(8, "header", fmt.Sprintf("%.20q", text), "a JSON object at the first byte")
	}
	if !utf8.Valid(text) {
		return wrongAt(8, "header", "invalid UTF-8", "UTF-8")
	}
	p := newHeaderParser(text)
	err := p.object("header", func(key string) error {
		switch key {
		case metadataKey:
			h.metadata = make(map[string]string)
			return p.object(key, func(name string) (err error) {
				h.metadata[name], err = p.string(key + "." + quote(name))
				return err
			})
		case "weight":
			return p.tensor(&h.weight)
		case "bias":
			return p.tensor(&h.bias)
		}
		return p.wrong("header", "a tensor "+quote(key), "only weight, bias and "+metadataKey)
	})
	if err != nil {
		return err
	}
	end := p.offset() - 8
	if rest := bytes.TrimLeft(text[end:], " "); len(rest) > 0 {
		return p.wrong("header padding", fmt.Sprintf("%.20q", rest), "spaces")
	}
	return nil
}
