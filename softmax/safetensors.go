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
//   - the metadata have more than 256 keys, or the file more than 256 tensors;
//     metadata count as a tensor,
//   - there are Names, but not one for each class,
//   - there are Names, and the metadata have the key "classes", under which the
//     file stores Names,
//   - the length of a tensor's Data does not fit its Shape, or
//   - a tensor is called "weight", "bias" or "__metadata__".
func (m *Model) Encode(w io.Writer) error {
	data, err := m.encode()
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("softmax: Encode: %w", err)
	}
	return nil
}

// encode returns the bytes of the file.
func (m *Model) encode() ([]byte, error) {
	m.check()
	weight, bias := m.Parameters()
	tensors := map[string]Tensor{
		weightName: {[]int{m.classes, m.features}, weight},
		biasName:   {[]int{m.classes}, bias},
	}
	for name, t := range m.Tensors {
		if _, taken := tensors[name]; taken || name == metadataKey {
			return nil, fmt.Errorf("a tensor has the name %q, which the model needs itself; rename it", name)
		}
		tensors[name] = t
	}
	names := slices.Sorted(maps.Keys(tensors))
	for _, name := range names {
		if err := tensors[name].check(name); err != nil {
			return nil, err
		}
	}
	metadata, err := m.fileMetadata()
	if err != nil {
		return nil, err
	}
	header, size, err := encodeHeader(names, tensors, metadata)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, 0, 8+len(header)+size)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(header)))
	buf = append(buf, header...)
	for _, name := range names {
		for _, v := range tensors[name].Data {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
	}
	return buf, nil
}

// check returns an error if a tensor cannot be written.
func (t Tensor) check(name string) error {
	size, fits := bytesOf(t.Shape, 4)
	switch {
	case !fits:
		return fmt.Errorf("tensor %q has the shape %v, want no negative or huge length", name, t.Shape)
	case !utf8.ValidString(name):
		return fmt.Errorf("the name of tensor %q is not UTF-8", name)
	case uint64(4*len(t.Data)) != size || len(t.Shape) > maxDims:
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
	if max(len(entries), len(metadata)) > maxKeys {
		return nil, 0, fmt.Errorf("%d tensors and %d keys of metadata, want at most %d of each; the metadata count as a tensor",
			len(names), len(metadata), maxKeys)
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
