package softmax

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A headerParser reads the header of a model file token by token. Its methods
// return a *FormatError about the named field. Tokens are in jsontoken.go.
type headerParser struct {
	text string
	at   int // the end of the latest token
}

// offset returns the position in the file after the last token.
func (p *headerParser) offset() int64 { return 8 + int64(p.at) }

// wrong returns an error about the latest token.
func (p *headerParser) wrong(field, got, want string) error {
	return wrongAt(p.offset(), field, got, want)
}

// token reads one token.
func (p *headerParser) token(field string) (jsonToken, error) {
	t, length, err := nextToken(p.text[p.at:])
	if err != nil {
		return t, p.malformed(field, err)
	}
	p.at += length
	return t, nil
}

// malformed returns an error about text that is no JSON.
func (p *headerParser) malformed(field string, err error) error {
	e := wrongAt(p.offset(), field, "malformed JSON", "a safetensors header")
	e.Err = err
	return e
}

// delim reads one of the tokens { } [ ].
func (p *headerParser) delim(field string, want byte) error {
	t, err := p.token(field)
	if err != nil {
		return err
	}
	if t.kind != want {
		return p.wrong(field, t.describe(), strconv.Quote(string(want)))
	}
	return nil
}

// list reads elements up to the closing bracket. Commas are between them. It
// calls element to read one.
func (p *headerParser) list(field string, closing byte, element func() error) error {
	for first := true; ; first = false {
		t, length, err := nextToken(p.text[p.at:])
		switch {
		case err != nil:
			return p.malformed(field, err)
		case t.kind == closing:
			p.at += length
			return nil
		case !first && t.kind != ',':
			return p.malformed(field, errors.New("no comma"))
		case !first:
			p.at += length
		}
		if err := element(); err != nil {
			return err
		}
	}
}

// maxKeys bounds the number of keys in an object. A short key takes much more
// memory than text.
const maxKeys = 256

// object reads an object without duplicate keys. It calls member after each
// key to read the value.
func (p *headerParser) object(field string, member func(key string) error) error {
	if err := p.delim(field, '{'); err != nil {
		return err
	}
	var seen []string
	return p.list(field, '}', func() error {
		key, err := p.string(field)
		if err != nil {
			return err
		}
		if slices.Contains(seen, key) {
			return p.wrong(field, "key "+quote(key)+" twice", "distinct keys")
		}
		if len(seen) == maxKeys {
			return p.wrong(field, "too many keys", fmt.Sprintf("at most %d keys", maxKeys))
		}
		seen = append(seen, key)
		colon, err := p.token(field)
		if err == nil && colon.kind != ':' {
			err = p.malformed(field, errors.New("no colon"))
		}
		if err != nil {
			return err
		}
		return member(key)
	})
}

// string reads a string.
func (p *headerParser) string(field string) (string, error) {
	t, err := p.token(field)
	if err != nil {
		return "", err
	}
	if t.kind != stringToken {
		return "", p.wrong(field, t.describe(), "a string")
	}
	return t.text, nil
}

// maxDims bounds the length of arrays. A weight has two dimensions.
const maxDims = 8

// ints reads an array of integers ≥ 0.
func (p *headerParser) ints(field string) ([]int, error) {
	if err := p.delim(field, '['); err != nil {
		return nil, err
	}
	list := []int{}
	err := p.list(field, ']', func() error {
		t, err := p.token(field)
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(t.text, 10, strconv.IntSize-1)
		if t.kind != numberToken || err != nil || len(list) == maxDims {
			return p.wrong(field, t.describe(),
				fmt.Sprintf("at most %d whole numbers from 0 to %d", maxDims, math.MaxInt))
		}
		list = append(list, int(n))
		return nil
	})
	return list, err
}

// tensor reads the entry of one tensor.
func (p *headerParser) tensor(t *tensorEntry) error {
	t.offset = p.offset()
	fields := 0
	err := p.object("", func(key string) (err error) {
		fields++
		switch key {
		case "dtype":
			t.dtype, err = p.string(".dtype")
		case "shape":
			t.shape, err = p.ints(".shape")
		case "data_offsets":
			var at []int
			if at, err = p.ints(".data_offsets"); err == nil && len(at) != 2 {
				return p.wrong(".data_offsets", fmt.Sprint(at), "[begin, end]")
			}
			if err == nil {
				t.begin, t.end = at[0], at[1]
			}
		default:
			return p.wrong("", "key "+quote(key), "dtype, shape and data_offsets")
		}
		return err
	})
	if err == nil && fields != 3 {
		err = p.wrong("", fmt.Sprintf("%d keys", fields), "dtype, shape and data_offsets")
	}
	return within(t.label, err)
}

// within puts a label before the field of an error. It makes the label only if
// there is an error: those of hostile files take much memory.
func within(label func() string, err error) error {
	if e := (*FormatError)(nil); errors.As(err, &e) {
		e.Field = label() + e.Field
	}
	return err
}

// quote quotes the first 40 characters of a string. Long strings of hostile
// files must not fill the screen.
func quote(s string) string { return fmt.Sprintf("%.40q", s) }
