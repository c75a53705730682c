package softmax

import (
	"bytes"
	"encoding/base64"
	"fmt"
)

// MarshalBinary returns the file that [Model.Encode] writes, for encoding/gob.
func (m *Model) MarshalBinary() ([]byte, error) {
	data, err := m.encode()
	if err != nil {
		return nil, fmt.Errorf("softmax: Encode: %w", err)
	}
	return data, nil
}

// UnmarshalBinary sets m, which may be zero, to the model in a file, see
// [Decode]. Trainers of m become invalid. An error leaves m unchanged.
func (m *Model) UnmarshalBinary(data []byte) error {
	src, err := Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	// Not *m = *src: vet reports copies of a Model.
	m.Names, m.Metadata, m.Tensors = src.Names, src.Metadata, src.Tensors
	m.features, m.classes, m.shape = src.features, src.classes, src.shape
	m.weight, m.bias, m.scale = src.weight, src.bias, src.scale
	return nil
}

// MarshalText returns the file in base64, for encoding/json. Give json a
// pointer: a copy, *m, loses the weights.
func (m *Model) MarshalText() ([]byte, error) {
	data, err := m.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.AppendEncode(nil, data), nil
}

// UnmarshalText is [Model.UnmarshalBinary] for base64.
func (m *Model) UnmarshalText(text []byte) error {
	data, err := base64.StdEncoding.Strict().AppendDecode(nil, text)
	if err != nil {
		e := &FormatError{Field: "base64", Got: "malformed text", Want: "padded standard base64", Err: err}
		if at, ok := err.(base64.CorruptInputError); ok {
			e.Offset = int64(at)
		}
		return e
	}
	return m.UnmarshalBinary(data)
}
