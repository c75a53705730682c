package softmax

import (
	"bytes"
	"encoding/base64"
	"maps"
)

// noCopy makes go vet report every copy of a struct that contains it: vet takes
// a type with these two methods for a lock.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// Clone returns a deep copy, metadata included.
func (m *Model) Clone() *Model {
	m.check()
	c := New(m.features, m.classes)
	c.copyFrom(m)
	c.Metadata = maps.Clone(m.Metadata)
	return c
}

// MarshalBinary returns the file that [Model.Encode] writes. encoding/gob uses
// it.
func (m *Model) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	err := m.Encode(&b)
	return b.Bytes(), err
}

// UnmarshalBinary sets m, which may be zero, to the model in a file. It is as
// strict as [Decode]; an error leaves m unchanged. Nobody may use m meanwhile,
// and trainers of m become invalid.
func (m *Model) UnmarshalBinary(data []byte) error {
	src, err := Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	// An assignment of *src would be a copy, which vet forbids.
	m.Metadata = src.Metadata
	m.features, m.classes, m.shape = src.features, src.classes, src.shape
	m.weight, m.bias, m.scale = src.weight, src.bias, src.scale
	return nil
}

// MarshalText returns the file in base64. encoding/json uses it if it gets a
// pointer: json.Marshal(*m) loses the weights, and go vet reports the copy.
func (m *Model) MarshalText() ([]byte, error) {
	data, err := m.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.AppendEncode(nil, data), nil
}

// UnmarshalText is [Model.UnmarshalBinary] for base64. It skips line breaks.
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

// check panics if m is a zero Model.
func (m *Model) check() {
	if m.classes == 0 {
		panic("softmax: the Model is not from New, Decode or Load")
	}
}
