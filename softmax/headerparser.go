package softmax

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// A headerParser reads the header of a model file token by token. Its methods
// return a *FormatError about the named field.
type headerParser struct {
	dec *json.Decoder
}

func newHeaderParser(text []byte) *headerParser {
	p := &headerParser{json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	return p
}

// offset returns the position in the file after the last token.
func (p *headerParser) offset() int64 { return 8 + p.dec.InputOffset() }

// wrong returns an error about the latest token.
func (p *headerParser) wrong(field, got, want string) error {
	return wrongAt(p.offset(), field, got, want)
}

// token returns a json.Delim, string, json.Number, bool or nil.
func (p *headerParser) token(field string) (json.Token, error) {
	t, err := p.dec.Token()
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		// The error must not be io.ErrUnexpectedEOF: the JSON is cut short, but
		// not the file.
		err = errors.New("unexpected end of JSON")
	}
	if err != nil {
		e := wrongAt(p.offset(), field, "malformed JSON", "a safetensors header")
		e.Err = err
		return nil, e
	}
	return t, nil
}

// delim reads one of the tokens { } [ ].
func (p *headerParser) delim(field string, want json.Delim) error {
	t, err := p.token(field)
	if err != nil {
		return err
	}
	if t != want {
		return p.wrong(field, describe(t), strconv.Quote(want.String()))
	}
	return nil
}

// object reads an object without duplicate keys. It calls member after each
// key to read the value.
func (p *headerParser) object(field string, member func(key string) error) error {
	if err := p.delim(field, '{'); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for p.dec.More() {
		key, err := p.string(field)
		if err != nil {
			return err
		}
		if seen[key] {
			return p.wrong(field, "key "+quote(key)+" twice", "distinct keys")
		}
		seen[key] = true
		if err := member(key); err != nil {
			return err
		}
	}
	return p.delim(field, '}')
}

// string reads a string.
func (p *headerParser) string(field string) (string, error) {
	t, err := p.token(field)
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", p.wrong(field, describe(t), "a string")
	}
	return s, nil
}

// maxDims bounds the length of arrays. A weight has two dimensions.
const maxDims = 8

// ints reads an array of integers ≥ 0.
func (p *headerParser) ints(field string) ([]int, error) {
	if err := p.delim(field, '['); err != nil {
		return nil, err
	}
	list := []int{}
	for p.dec.More() {
		t, err := p.token(field)
		if err != nil {
			return nil, err
		}
		number, ok := t.(json.Number)
		n, err := strconv.ParseUint(number.String(), 10, strconv.IntSize-1)
		if !ok || err != nil || len(list) == maxDims {
			return nil, p.wrong(field, describe(t),
				fmt.Sprintf("at most %d whole numbers from 0 to %d", maxDims, math.MaxInt))
		}
		list = append(list, int(n))
	}
	return list, p.delim(field, ']')
}

// tensor reads the entry of one tensor.
func (p *headerParser) tensor(t *tensorEntry) error {
	t.offset = p.offset()
	fields := 0
	err := p.object(t.label(), func(key string) (err error) {
		fields++
		field := fmt.Sprintf("%s.%.40s", t.label(), key)
		switch key {
		case "dtype":
			t.dtype, err = p.string(field)
		case "shape":
			t.shape, err = p.ints(field)
		case "data_offsets":
			var at []int
			if at, err = p.ints(field); err == nil && len(at) != 2 {
				return p.wrong(field, fmt.Sprint(at), "[begin, end]")
			}
			if err == nil {
				t.begin, t.end = at[0], at[1]
			}
		default:
			return p.wrong(t.label(), "key "+quote(key), "dtype, shape and data_offsets")
		}
		return err
	})
	if err == nil && fields != 3 {
		return p.wrong(t.label(), fmt.Sprintf("%d keys", fields), "dtype, shape and data_offsets")
	}
	return err
}

// quote quotes the first 40 characters of a string. Long strings of hostile
// files must not fill the screen.
func quote(s string) string { return fmt.Sprintf("%.40q", s) }

// describe returns a token as text for an error message.
func describe(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case string:
		return quote(t)
	case json.Delim:
		return strconv.Quote(t.String())
	}
	return fmt.Sprintf("%.40v", t)
}
