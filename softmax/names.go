package softmax

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// classesKey has the names of the classes in the metadata of a model file: a
// JSON array of strings.
const classesKey = "classes"

// fileMetadata returns the metadata for the file: Metadata, and Names under
// classesKey.
func (m *Model) fileMetadata() (map[string]string, error) {
	data := map[string]string{}
	for k, v := range m.Metadata {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return nil, fmt.Errorf("metadata %q: %q is not UTF-8", k, v)
		}
		data[k] = v
	}
	if len(m.Names) == 0 {
		return data, nil
	}
	if _, taken := data[classesKey]; taken {
		return nil, fmt.Errorf("the model has Names, and its metadata have the key %q, too; delete one of them", classesKey)
	}
	if len(m.Names) != m.classes {
		return nil, fmt.Errorf("the model has %d Names, want one for each of its %d classes", len(m.Names), m.classes)
	}
	for k, name := range m.Names {
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("the name of class %d, %q, is not UTF-8", k, name)
		}
	}
	text, err := json.Marshal(m.Names)
	data[classesKey] = string(text)
	return data, err
}

// takeNames moves the names of the classes from the metadata to Names. Text
// that has no name for each class stays in the metadata.
func (m *Model) takeNames() {
	names := parseNames(m.Metadata[classesKey], m.classes)
	if names == nil {
		return
	}
	m.Names = names
	if delete(m.Metadata, classesKey); len(m.Metadata) == 0 {
		m.Metadata = nil
	}
}

// parseNames returns the n strings of a JSON array. Text that does not begin
// with a bracket is the form of older files: its words are the names. Other
// text, or another number of names, gives nil.
func parseNames(text string, n int) []string {
	names := make([]string, 0, min(n, len(text)/2+1)) // "a b" has two names
	add := func(name string) error {
		if len(names) == n {
			return errors.New("too many names")
		}
		names = append(names, name)
		return nil
	}
	var err error
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		err = eachString(text, add)
	} else {
		for word := range strings.FieldsSeq(text) {
			if err = add(word); err != nil {
				break
			}
		}
	}
	if err != nil || len(names) < n {
		return nil
	}
	return names
}

// eachString calls visit for each string of a JSON array, up to an error.
func eachString(text string, visit func(string) error) error {
	p := &headerParser{text: text}
	if err := p.delim(classesKey, '['); err != nil {
		return err
	}
	err := p.list(classesKey, ']', func() error {
		s, err := p.string(classesKey)
		if err != nil {
			return err
		}
		return visit(s)
	})
	if rest := strings.TrimSpace(text[p.at:]); err == nil && rest != "" {
		err = errors.New("text after the list")
	}
	return err
}

// printable returns a name for the screen. It quotes an empty name, and names
// with control characters or other runes that have no picture.
func printable(name string) string {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, hidden) {
		return strconv.Quote(name)
	}
	return name
}

// cut shortens a text to at most n runes. A text that it cuts ends with an
// ellipsis.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
