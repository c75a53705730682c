package softmax

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// The kinds of tokens beside { } [ ] , and :
const (
	stringToken  = 's'
	numberToken  = 'n'
	literalToken = 'l' // true, false or null
)

// A jsonToken is a token of JSON. Package encoding/json has tokens, too, but
// would add 50 KB to a program for browsers.
type jsonToken struct {
	kind byte
	text string // without the quotes and escapes of a string
}

// describe returns a token as text for an error message. It quotes a number
// that has other characters: nextToken checks only its start.
func (t jsonToken) describe() string {
	switch {
	case t.kind == literalToken:
		return t.text
	case t.kind == numberToken && strings.Trim(t.text, "0123456789+-.eE") == "":
		return fmt.Sprintf("%.40s", t.text)
	case t.kind == numberToken, t.kind == stringToken:
		return quote(t.text)
	}
	return strconv.Quote(string(t.kind))
}

var errEndOfJSON = errors.New("unexpected end of JSON")

// nextToken returns the first token of a text, and where it ends.
func nextToken(text string) (t jsonToken, end int, err error) {
	const space, punctuation = " \t\r\n", "{}[],:"
	rest := strings.TrimLeft(text, space)
	start := len(text) - len(rest)
	switch {
	case rest == "":
		return t, 0, errEndOfJSON
	case strings.IndexByte(punctuation, rest[0]) >= 0:
		return jsonToken{kind: rest[0]}, start + 1, nil
	case rest[0] == '"':
		s, n, err := stringOf(rest)
		return jsonToken{stringToken, s}, start + n, err
	}
	n := strings.IndexAny(rest, space+punctuation+`"`)
	if n < 0 {
		n = len(rest)
	}
	word := rest[:n]
	switch digits := strings.TrimPrefix(word, "-"); {
	case word == "true" || word == "false" || word == "null":
		return jsonToken{literalToken, word}, start + n, nil
	case digits == "" || digits[0] < '0' || digits[0] > '9', len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9':
		return t, 0, fmt.Errorf("%.40q is no value", word)
	}
	return jsonToken{numberToken, word}, start + n, nil
}

// stringOf returns the string that begins a text, and the length of its token.
// A string without escapes is a part of the text, so it takes no memory.
func stringOf(text string) (s string, length int, err error) {
	end := closingQuote(text)
	if end < 0 {
		return "", 0, errEndOfJSON
	}
	s = text[1:end]
	if i := strings.IndexFunc(s, func(r rune) bool { return r < ' ' }); i >= 0 {
		return "", 0, fmt.Errorf("%q in a string", s[i])
	}
	if strings.Contains(s, `\`) {
		s, err = unescape(s)
	}
	return s, end + 1, err
}

// closingQuote returns the index of the quote that ends the string which begins
// a text, or -1.
func closingQuote(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return -1
}

// unescape replaces the escapes of a string.
func unescape(s string) (string, error) {
	var b strings.Builder
	b.Grow(len(s)) // no escape is shorter than its rune
	for {
		n := strings.IndexByte(s, '\\')
		if n < 0 {
			b.WriteString(s)
			return b.String(), nil
		}
		b.WriteString(s[:n])
		r, length := escapeOf(s[n:])
		if length == 0 {
			return "", fmt.Errorf("%.6q is no escape", s[n:])
		}
		b.WriteRune(r)
		s = s[n+length:]
	}
}

// escapeOf returns the rune of the escape that begins a text, and the escape's
// length. The length 0 means that it is none.
func escapeOf(text string) (r rune, length int) {
	if i := strings.IndexByte(`"\/bfnrt`, text[1]); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), 2
	}
	r, ok := hexRune(text)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		// Half a pair becomes U+FFFD, as in encoding/json.
		second, _ := hexRune(text[6:])
		if r = utf16.DecodeRune(r, second); r != '\ufffd' {
			return r, 12
		}
	}
	return r, 6
}

// hexRune returns the rune of an escape such as \u00e9.
func hexRune(text string) (rune, bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}
