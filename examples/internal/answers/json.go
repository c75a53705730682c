package answers

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Text returns an object as one line of JSON. It is the line that
// printable.WriteJSON would write. Package encoding/json would add 90 KB to the
// program for browsers.
func Text(object any) string { return string(appendJSON(nil, reflect.ValueOf(object))) + "\n" }

// appendJSON knows the types that the objects of this package have.
func appendJSON(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Struct:
		b, _ = appendFields(append(b, '{'), v, false)
		return append(b, '}')
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return appendJSON(b, v.Elem())
		}
	case reflect.Slice:
		if !v.IsNil() {
			return appendList(b, v)
		}
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Float32:
		return appendFloat(b, v.Float())
	default:
		panic(fmt.Sprintf("answers: no JSON for %v", v.Kind()))
	}
	return append(b, "null"...)
}

func appendList(b []byte, v reflect.Value) []byte {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		b = base64.StdEncoding.AppendEncode(append(b, '"'), v.Bytes())
		return append(b, '"')
	}
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, v.Index(i))
	}
	return append(b, ']')
}

// appendFields appends the fields of a struct and of those within it. some
// reports whether there are fields before.
func appendFields(b []byte, v reflect.Value, some bool) ([]byte, bool) {
	for i := range v.NumField() {
		field, t := v.Field(i), v.Type().Field(i)
		if t.Anonymous {
			if field.Kind() == reflect.Pointer {
				if field.IsNil() {
					continue
				}
				field = field.Elem()
			}
			b, some = appendFields(b, field, some)
			continue
		}
		name, option, _ := strings.Cut(t.Tag.Get("json"), ",")
		if option == "omitempty" && isEmpty(field) {
			continue
		}
		if some {
			b = append(b, ',')
		}
		b, some = appendJSON(append(appendString(b, name), ':'), field), true
	}
	return b, some
}

func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}

// appendFloat appends the shortest decimal number that is this float32. JSON
// has no NaN and no infinity, so they become null; reader does not answer them.
func appendFloat(b []byte, v float64) []byte {
	size := math.Abs(v)
	switch {
	case v-v != 0:
		return append(b, "null"...)
	case size == 0 || float32(size) >= 1e-6 && float32(size) < 1e21:
		return strconv.AppendFloat(b, v, 'f', -1, 32)
	}
	text := strconv.FormatFloat(v, 'e', -1, 32)
	return append(b, strings.ReplaceAll(text, "e-0", "e-")...)
}

// appendString quotes a text. Characters that HTML or a terminal may obey are
// escaped.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i, r := range s {
		if at := strings.IndexRune("\"\\\b\f\n\r\t", r); at >= 0 {
			b = append(b, '\\', `"\bfnrt`[at])
			continue
		}
		invalid := r == '\ufffd' && !strings.HasPrefix(s[i:], "\ufffd")
		if !invalid && unicode.IsPrint(r) && r != '<' && r != '>' && r != '&' {
			b = append(b, string(r)...)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			b = fmt.Appendf(b, `\u%04x`, unit)
		}
	}
	return append(b, '"')
}
