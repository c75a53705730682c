// Package printable brings texts, JSON and errors into a form for people: a
// terminal does not obey what it prints. It imports little, because the program
// for browsers contains it.
package printable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns a text from outside that is safe to print. Characters that a
// terminal may obey and bytes that are not UTF-8 are escaped as in a Go string:
// \n, \x1b, \u202e.
func Text(s string) string { return escape(s, "") }

// Lines is Text for several lines. It keeps line feeds and tabs.
func Lines(s string) string { return escape(s, "\n\t") }

func escape(s, keep string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unicode.IsPrint(r) || strings.ContainsRune(keep, r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[n:]
	}
	return b.String()
}

// Cause returns an error of the file system without the file name and the
// operation: "permission denied". It returns any other error as it is.
func Cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// Plain returns an error whose text does not begin with names of this module's
// packages, such as "imageprep: ". They tell the user of a program nothing. The
// error wraps err. Plain returns nil for nil.
func Plain(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, name := range []string{"reader: ", "imageprep: "} {
		text = strings.TrimPrefix(text, name)
	}
	return &plain{err, text}
}

type plain struct {
	err  error
	text string
}

func (e *plain) Error() string { return e.text }
func (e *plain) Unwrap() error { return e.err }

// WriteJSON writes v as JSON and a line feed. The JSON is one line if indent is
// empty. Characters that a terminal may obey are escaped.
func WriteJSON(w io.Writer, v any, indent string) error {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeJSON(b.String()))
	return err
}

// escapeJSON is Text for JSON. The JSON keeps its meaning. Line feeds and tabs
// stay: they stand only between values.
func escapeJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) || r == '\n' || r == '\t' {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
