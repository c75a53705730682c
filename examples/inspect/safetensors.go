package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/softmax"
)

// A safetensors file is a little-endian uint64 N, then N bytes of JSON, then
// the tensors one after the other (github.com/huggingface/safetensors). These
// are limits in bytes.
const (
	safetensorsLimit = 100_000_000 // of a header, by the format
	headerLimit      = 16 << 20    // of a header that inspect reads
	modelLimit       = 16 << 20    // of tensors that package softmax reads
)

type safetensorsReport struct {
	Header     int64             `json:"header_bytes"`
	Bytes      int64             `json:"bytes"`
	Tensors    []tensor          `json:"tensors"`
	Parameters uint64            `json:"parameters"`
	Metadata   map[string]string `json:"metadata,omitempty"`
	Model      *modelReport      `json:"model,omitempty"`
}

type tensor struct {
	Name  string   `json:"name"`
	DType string   `json:"dtype"`
	Shape []uint64 `json:"shape"`

	elements, begin, end uint64
}

// modelReport is what package softmax says about a file with weight and bias.
type modelReport struct {
	Features int      `json:"features,omitempty"`
	Classes  int      `json:"classes,omitempty"`
	Names    []string `json:"names,omitempty"` // of the classes
	Error    string   `json:"error,omitempty"`
}

// fill reads the header and checks that the length of the file agrees with it.
func (r *safetensorsReport) fill(in *input) error {
	var size [8]byte
	if n, err := io.ReadFull(in, size[:]); err != nil {
		return damaged(int64(n), err)
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n > headerLimit {
		return fmt.Errorf("offset 0: a header of %d bytes; inspect reads at most %d", n, headerLimit)
	}
	text, err := io.ReadAll(io.LimitReader(in, int64(n)))
	if err == nil && uint64(len(text)) < n {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return damaged(int64(len(size)+len(text)), err)
	}
	r.Header = int64(len(size)) + int64(n)
	if err := r.parse(text); err != nil {
		return err
	}
	data, err := r.check()
	if err != nil {
		return err
	}
	r.Bytes = r.Header + data
	var tensors bytes.Buffer
	isModel := r.has("bias") && r.has("weight")
	have, readAll := int64(0), isModel && data <= modelLimit
	switch {
	case readAll:
		have, err = io.CopyN(&tensors, in, data+1)
	case in.file != nil:
		have = *in.size - r.Header
	default:
		have, err = io.CopyN(io.Discard, in, data+1)
	}
	switch {
	case err != nil && err != io.EOF:
		return damaged(r.Header+have, err)
	case have < data:
		err = fmt.Errorf("cut short: %d bytes of tensors, want %d: %w", have, data, io.ErrUnexpectedEOF)
		return damaged(r.Header+have, err)
	case have > data:
		return fmt.Errorf("offset %d: more bytes, want the end of the file: the tensors have %d", r.Bytes, data)
	}
	if readAll {
		m, err := softmax.Decode(io.MultiReader(bytes.NewReader(size[:]), bytes.NewReader(text), &tensors))
		if err != nil {
			r.Model = &modelReport{Error: err.Error()}
		} else {
			r.Model = &modelReport{Features: m.Features(), Classes: m.Classes(), Names: m.Names}
		}
	}
	return nil
}

// has reports whether there is a tensor with this name, or with a prefix such
// as fc. before it.
func (r *safetensorsReport) has(name string) bool {
	return slices.ContainsFunc(r.Tensors, func(t tensor) bool {
		return t.Name == name || strings.HasSuffix(t.Name, "."+name)
	})
}

// parse reads the JSON of the header.
func (r *safetensorsReport) parse(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("offset 8: header: not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	err := parseObject(d, func(name string) error {
		if name != "__metadata__" {
			return r.parseTensor(d, name)
		}
		r.Metadata = map[string]string{}
		return parseObject(d, func(key string) error {
			token, err := d.Token()
			if err != nil {
				return err
			}
			value, ok := token.(string)
			if !ok {
				return fmt.Errorf("%.40q: not a text", key)
			}
			r.Metadata[key] = value
			return nil
		})
	})
	if rest := bytes.TrimLeft(text[d.InputOffset():], " "); err == nil && len(rest) > 0 {
		err = fmt.Errorf("%.20q after the object, want spaces", rest)
	}
	if err != nil {
		return fmt.Errorf("offset %d: header: %w", 8+d.InputOffset(), unexpected(err))
	}
	return nil
}

func (r *safetensorsReport) parseTensor(d *json.Decoder, name string) error {
	t := tensor{Name: name}
	var offsets []uint64
	err := parseObject(d, func(key string) error { // package json would take any case
		switch key {
		case "dtype":
			return d.Decode(&t.DType)
		case "shape":
			return d.Decode(&t.Shape)
		case "data_offsets":
			return d.Decode(&offsets)
		}
		return fmt.Errorf("unknown field %.40q", key)
	})
	if err != nil {
		return fmt.Errorf("tensor %.40q: %w", name, unexpected(err))
	}
	if t.DType == "" || t.Shape == nil || len(offsets) != 2 {
		return fmt.Errorf("tensor %.40q: want dtype, shape and two data_offsets", name)
	}
	t.begin, t.end = offsets[0], offsets[1]
	r.Tensors = append(r.Tensors, t)
	return nil
}

// parseObject reads a JSON object. After each key it calls parseValue, which
// reads the value. No key may occur twice.
func parseObject(d *json.Decoder, parseValue func(key string) error) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token == nil {
		token = "null"
	}
	if token != json.Delim('{') {
		return fmt.Errorf("%.40v, want an object", token)
	}
	seen := map[string]bool{}
	for d.More() {
		if token, err = d.Token(); err != nil {
			return err
		}
		key, _ := token.(string) // the decoder checks that it is one
		if seen[key] {
			return fmt.Errorf("%.40q occurs twice", key)
		}
		seen[key] = true
		if err := parseValue(key); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// bitsOf holds the size of an element of each type.
var bitsOf = map[string]uint64{
	"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "C64": 64, "BOOL": 8,
	"I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16, "U8": 8,
	"F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}

// check checks the tensors and sorts them by name. It returns the size of all
// tensors in bytes.
func (r *safetensorsReport) check() (int64, error) {
	slices.SortStableFunc(r.Tensors, func(a, b tensor) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	end := uint64(0)
	for i := range r.Tensors {
		t := &r.Tensors[i]
		if t.begin != end || t.end < t.begin {
			const text = "header: tensor %.40q has offsets [%d, %d], want them to begin at %d"
			return 0, fmt.Errorf(text, t.Name, t.begin, t.end, end)
		}
		end = t.end
		if err := t.check(); err != nil {
			return 0, err
		}
		if r.Parameters += t.elements; r.Parameters < t.elements {
			return 0, fmt.Errorf("header: the tensors have more than %d elements", uint64(math.MaxUint64))
		}
	}
	if end > math.MaxInt64-safetensorsLimit {
		return 0, fmt.Errorf("header: tensors of %d bytes, more than a file can have", end)
	}
	slices.SortFunc(r.Tensors, func(a, b tensor) int { return cmp.Compare(a.Name, b.Name) })
	return int64(end), nil
}

// check counts the elements. If it knows their type, it compares their size
// with the offsets.
func (t *tensor) check() error {
	t.elements = 1
	over := uint64(0)
	for _, n := range t.Shape {
		var high uint64
		high, t.elements = bits.Mul64(t.elements, n)
		over |= high
	}
	width, known := bitsOf[t.DType]
	high, size := bits.Mul64(t.elements, width)
	if over|high != 0 {
		return fmt.Errorf("header: tensor %.40q has a shape of more elements than a file can have", t.Name)
	}
	if known && (size%8 != 0 || size/8 != t.end-t.begin) {
		const text = "header: tensor %.40q has %d bytes; its type and shape want %d bits"
		return fmt.Errorf(text, t.Name, t.end-t.begin, size)
	}
	return nil
}
