package softmax

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"math/bits"
	"slices"
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
// The key "classes" of the metadata has the model's Names as a JSON array. Each
// of the model's Tensors has an entry like that of weight. Offsets count from
// the start of the buffer. The README of github.com/huggingface/safetensors
// describes the format.

const (
	weightName  = "weight"
	biasName    = "bias"
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

// A Tensor is an array of numbers, row-major.
type Tensor struct {
	Shape []int
	Data  []float32 // its length is the product of Shape
}

// Encode writes the model as a safetensors file. The same model gives the same
// bytes. Encode returns an error before it writes anything if
//
//   - a number is not finite,
//   - names or metadata are not UTF-8, or the header exceeds 1 MiB,
//   - Names has not one name for each class, or the metadata have the key
//     "classes", which the file uses for Names, too,
//   - the length of a tensor's Data does not fit its Shape, or
//   - a tensor is called "weight", "bias" or "__metadata__".
func (m *Model) Encode(w io.Writer) error {
	m.check()
	weight, bias := m.Parameters()
	tensors := map[string]Tensor{
		weightName: {[]int{m.classes, m.features}, weight},
		biasName:   {[]int{m.classes}, bias},
	}
	for name, t := range m.Tensors {
		if _, taken := tensors[name]; taken || name == metadataKey {
			return fmt.Errorf("softmax: Encode: a tensor has the name %q, which the model needs itself; rename it", name)
		}
		tensors[name] = t
	}
	names := slices.Sorted(maps.Keys(tensors))
	for _, name := range names {
		if err := tensors[name].check(name); err != nil {
			return fmt.Errorf("softmax: Encode: %w", err)
		}
	}
	metadata, err := m.fileMetadata()
	if err != nil {
		return fmt.Errorf("softmax: Encode: %w", err)
	}
	header, size, err := encodeHeader(names, tensors, metadata)
	if err != nil {
		return fmt.Errorf("softmax: Encode: %w", err)
	}
	buf := make([]byte, 0, 8+len(header)+size)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(header)))
	buf = append(buf, header...)
	for _, name := range names {
		for _, v := range tensors[name].Data {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
	}
	if _, err := w.Write(buf); err != nil {
		return fmt.Errorf("softmax: Encode: %w", err)
	}
	return nil
}

// check returns an error if a tensor cannot be written.
func (t Tensor) check(name string) error {
	n := int64(1)
	for _, length := range t.Shape {
		if length < 0 || length > math.MaxInt32 || n > math.MaxInt32 {
			return fmt.Errorf("tensor %q has the shape %v, want no negative or huge length", name, t.Shape)
		}
		n *= int64(length)
	}
	switch {
	case !utf8.ValidString(name):
		return fmt.Errorf("the name of tensor %q is not UTF-8", name)
	case int64(len(t.Data)) != n || len(t.Shape) > maxDims:
		return fmt.Errorf("tensor %q has %d numbers and the shape %v, want one number for each element of at most %d dimensions",
			name, len(t.Data), t.Shape, maxDims)
	case !finite(t.Data):
		return fmt.Errorf("tensor %q has a number that is NaN or infinite", name)
	}
	return nil
}

// encodeHeader returns the header of the file and the size of the buffer. Like
// the format's own writer, it adds spaces, so that the buffer starts at a
// multiple of 8 bytes.
func encodeHeader(names []string, tensors map[string]Tensor, metadata map[string]string) (header []byte, size int, err error) {
	type entry struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	entries := map[string]any{}
	for _, name := range names {
		begin := size
		size += 4 * len(tensors[name].Data)
		entries[name] = entry{"F32", append([]int{}, tensors[name].Shape...), [2]int{begin, size}}
	}
	if len(metadata) > 0 {
		entries[metadataKey] = metadata
	}
	if header, err = json.Marshal(entries); err != nil { // sorts the keys
		return nil, 0, err
	}
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if len(header) > maxHeader {
		return nil, 0, fmt.Errorf("the header has %d bytes, want at most %d: shorten the metadata and the names of classes and tensors", len(header), maxHeader)
	}
	return header, size, nil
}

// Decode reads a safetensors file: the F32 tensors weight [classes, features]
// and bias [classes] of a torch.nn.Linear, metadata, and any further F32
// tensors, which become the model's Tensors.
//
// The names of classes are in the metadata under "classes": a JSON array of
// strings, or in older files words with spaces between them. If they are as
// many as the classes, they become Names. Otherwise the text stays in Metadata.
//
// Other types, NaN and infinity, and a header above 1 MiB are a [*FormatError].
// Memory grows with the bytes read; a model can take five times its file.
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
	size := h.tensors[len(h.tensors)-1].end
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
	m := New(h.weight.shape[1], h.weight.shape[0])
	m.Metadata = h.metadata
	values := map[string][]float32{}
	for _, t := range h.tensors {
		x, err := h.floats(data, t)
		if err != nil {
			return nil, err
		}
		if values[t.name] = x; t == h.weight || t == h.bias {
			continue
		}
		if m.Tensors == nil {
			m.Tensors = map[string]Tensor{}
		}
		m.Tensors[t.name] = Tensor{t.shape, x}
	}
	m.SetParameters(values[weightName], values[biasName])
	m.takeNames()
	return m, nil
}

// floats decodes one tensor.
func (h *fileHeader) floats(data []byte, t *tensorEntry) ([]float32, error) {
	x := make([]float32, 0, (t.end-t.begin)/4)
	for at := t.begin; at < t.end; at += 4 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(data[at:]))
		if v-v != 0 {
			field := fmt.Sprintf("%s, element %d", t.label(), len(x))
			return nil, wrongAt(h.size+int64(at), field, fmt.Sprint(v), "a finite number")
		}
		x = append(x, v)
	}
	return x, nil
}

// A fileHeader is a parsed and checked header.
type fileHeader struct {
	tensors      []*tensorEntry // in the order of the buffer
	weight, bias *tensorEntry   // two of them
	metadata     map[string]string
	size         int64 // bytes before the buffer
}

// A tensorEntry is the part of a header that describes one tensor.
type tensorEntry struct {
	name       string
	dtype      string
	shape      []int
	begin, end int   // offsets in the buffer
	offset     int64 // of the entry in the file
}

// label returns the name for errors. It quotes names that a stranger chose.
func (t *tensorEntry) label() string {
	if t.name == weightName || t.name == biasName {
		return t.name
	}
	return quote(t.name)
}

// wrong returns an error about a field of the entry.
func (t *tensorEntry) wrong(field, got, want string) error {
	return wrongAt(t.offset, t.label()+"."+field, got, want)
}

// check checks this entry alone.
func (t *tensorEntry) check() error {
	if t.dtype != "F32" {
		return t.wrong("dtype", quote(t.dtype), `"F32"`)
	}
	size := uint64(4)
	for _, n := range t.shape {
		hi, lo := bits.Mul64(size, uint64(n))
		if hi != 0 || lo > math.MaxInt/2 || n > math.MaxInt32 {
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
	if err := h.parse(text); err != nil {
		return nil, err
	}
	for _, t := range h.tensors {
		switch t.name {
		case weightName:
			h.weight = t
		case biasName:
			h.bias = t
		}
	}
	if err := h.checkModel(); err != nil {
		return nil, err
	}
	return h, h.checkLayout()
}

// checkModel checks weight and bias.
func (h *fileHeader) checkModel() error {
	for _, want := range []struct {
		name string
		*tensorEntry
		dimensions int
	}{{weightName, h.weight, 2}, {biasName, h.bias, 1}} {
		if want.tensorEntry == nil {
			return wrongAt(8, "header", "no tensor "+want.name, "tensors weight and bias")
		}
		if len(want.shape) != want.dimensions {
			return want.wrong("shape", fmt.Sprint(want.shape), fmt.Sprintf("%d dimensions", want.dimensions))
		}
		if err := want.check(); err != nil {
			return err
		}
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
	return nil
}

// checkLayout brings the tensors into the order of the buffer and checks that
// they fill it without gaps.
func (h *fileHeader) checkLayout() error {
	slices.SortFunc(h.tensors, func(a, b *tensorEntry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	end, where := 0, "the start of the buffer"
	for _, t := range h.tensors {
		if err := t.check(); err != nil {
			return err
		}
		if t.begin != end {
			return t.wrong("data_offsets", fmt.Sprintf("begin %d", t.begin), fmt.Sprintf("%d, %s", end, where))
		}
		end, where = t.end, "the end of "+t.label()
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
		if key == metadataKey {
			h.metadata = make(map[string]string)
			return p.object(key, func(name string) (err error) {
				h.metadata[name], err = p.string(key + "." + quote(name))
				return err
			})
		}
		t := &tensorEntry{name: key}
		h.tensors = append(h.tensors, t)
		return p.tensor(t)
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
