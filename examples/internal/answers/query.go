package answers

import (
	"encoding/hex"
	"strings"
)

// parseQuery is url.ParseQuery, but a semicolon is like any other character.
// Package net/url would add 30 KB to the program for browsers.
func parseQuery(text string) (map[string][]string, error) {
	query := map[string][]string{}
	for text != "" {
		var field string
		field, text, _ = strings.Cut(text, "&")
		if field == "" {
			continue
		}
		rawKey, rawValue, _ := strings.Cut(field, "=")
		key, err := unescape(rawKey)
		if err != nil {
			return nil, err
		}
		value, err := unescape(rawValue)
		if err != nil {
			return nil, err
		}
		query[key] = append(query[key], value)
	}
	return query, nil
}

// unescape is url.QueryUnescape: "+" is a space, and "%2B" is a plus.
func unescape(s string) (string, error) {
	var b strings.Builder
	for s = strings.ReplaceAll(s, "+", " "); ; {
		before, after, escaped := strings.Cut(s, "%")
		b.WriteString(before)
		if !escaped {
			return b.String(), nil
		}
		code, err := hex.DecodeString(after[:min(len(after), 2)])
		if err != nil || len(code) == 0 {
			return "", Errorf(BadRequest, "the query has %%%.2q; want two hexadecimal digits after each %%", after)
		}
		b.Write(code)
		s = after[2:]
	}
}
