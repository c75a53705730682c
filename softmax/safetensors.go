package softmax

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
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
//   - there are Names, but not one for each class,
//   - there are Names, and the metadata have the key "classes", too, where the
//     file has the names,
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

// Decode reads a safetensors file: the tensors weight [classes, features] and
// bias [classes] of a torch.nn.Linear, and metadata. Further tensors become the
// model's Tensors. If no tensor is called weight or bias, Decode takes the pair
// X.weight and X.bias of these shapes, such as fc.weight and fc.bias. There
// must be exactly one such pair.
//
// Tensors are F32, F16, BF16 or F64. Decode rounds F64 to the nearest float32.
//
// The names of classes are in the metadata under "classes": a JSON array of
// strings or, in older files, words with spaces between them. They become Names
// if there is one for each class. Otherwise the text stays in Metadata.
//
// Other types, numbers that float32 cannot hold, NaN and infinity, and a header
// above 1 MiB are a [*FormatError]. So are other kinds of files. For a common
// kind, such as a Git LFS pointer, the error names it and says what to do.
//
// Memory grows with the bytes read. A model can take five times its file, and
// ten times a file of F16 or BF16.
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
	if got, err := io.ReadFull(r, size[:]); err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, truncated(int64(got), "header length", got, len(size))
	} else if err != nil {
		return nil, fmt.Errorf("softmax: reading model file, byte %d: %w", got, err)
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n > maxHeader {
		start, _ := io.ReadAll(io.LimitReader(r, startLength))
		if err := otherKind(append(size[:], start...)); err != nil {
			return nil, err
		}
		want := fmt.Sprintf("at most %d (is this a safetensors file?)", maxHeader)
		return nil, wrongAt(0, "header length", fmt.Sprint(n), want)
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err != nil {
		return nil, fmt.Errorf("softmax: reading model file, byte %d: %w", 8+len(text), err)
	}
	if len(text) > 0 && text[0] != '{' {
		if err := otherKind(append(size[:], text...)); err != nil {
			return nil, err
		}
	}
	if len(text) < int(n) {
		return nil, truncated(8+int64(len(text)), "header", len(text), int(n))
	}
	return parseHeader(text)
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
	var weight, bias []float32
	others := map[string]Tensor{}
	for _, t := range h.tensors {
		x, err := h.floats(data, t)
		if err != nil {
			return nil, err
		}
		switch t {
		case h.weight:
			weight = x
		case h.bias:
			bias = x
		default:
			others[t.name] = Tensor{t.shape, x}
		}
	}
	if len(others) > 0 {
		m.Tensors = others
	}
	m.SetParameters(weight, bias)
	m.takeNames()
	return m, nil
}

// floats decodes one tensor.
func (h *fileHeader) floats(data []byte, t *tensorEntry) ([]float32, error) {
	d := dtypes[t.dtype]
	x := make([]float32, 0, (t.end-t.begin)/d.size)
	for at := t.begin; at < t.end; at += d.size {
		exact := d.number(data[at:])
		v := float32(exact)
		if v-v != 0 {
			field := fmt.Sprintf("%s, element %d", t.label(), len(x))
			return nil, wrongAt(h.size+int64(at), field, fmt.Sprint(exact), "a finite number that float32 can hold")
		}
		x = append(x, v)
	}
	return x, nil
}
