package softmax

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStringTokens compares with encoding/json.
func TestStringTokens(t *testing.T) {
	for _, text := range []string{
		`""`, `"a b"`, `"é 数 🙂"`, `"\"\\\/\b\f\n\r\t"`, `"\u00e9\u6570"`, `"\uD83D\uDE42!"`, `"\ud83d\ude42"`,
		`"\ud83d"`, `"\ud83dx"`, `"\ude42\ud83d"`, `"\ud83d\n"`, `"\ud83d\u0041"`, `"\u0000"`, `"\ufffd"`,
		`"`, `"a`, `"\`, `"\"`, `"\x"`, `"\u"`, `"\u12"`, `"\u12g4"`, `"\U0041"`, "\"\n\"", "\"\x00\"", "\"\x7f\"", `"\u+123"`,
	} {
		var want string
		err := json.Unmarshal([]byte(text), &want)
		got, end, gotErr := nextToken(" " + text + "\t:")
		if err != nil {
			require.Error(t, gotErr, text)
			continue
		}
		require.NoError(t, gotErr, text)
		require.Equal(t, jsonToken{stringToken, want}, got, text)
		require.Equal(t, len(text)+1, end, text)
	}
}

// TestOtherTokens: numbers may be any that JSON has, because the parser takes
// whole ones only.
func TestOtherTokens(t *testing.T) {
	for _, text := range []string{"0", "12", "-3", "1.5", "1e9", "true", "false", "null"} {
		got, end, err := nextToken(text + " ,")
		require.NoError(t, err, text)
		require.Equal(t, text, got.text)
		require.Len(t, text, end)
	}
	for _, text := range []string{"", " ", "01", "-01", "+1", "-", "True", "nul", "a", ".5", "é"} {
		_, _, err := nextToken(text)
		require.Error(t, err, text)
	}
	for _, c := range "{}[],:" {
		got, end, err := nextToken(" \r\n\t" + string(c) + "1")
		require.NoError(t, err)
		require.Equal(t, jsonToken{kind: byte(c)}, got)
		require.Equal(t, 5, end)
	}
}

// TestDescribe: the text of a token is short and has no control characters.
func TestDescribe(t *testing.T) {
	for text, want := range map[string]string{
		"-1.5e+9": "-1.5e+9", "1E9": "1E9", "null": "null", "{": `"{"`, `"\u001bc"`: `"\x1bc"`,
		"1\x1bc": `"1\x1bc"`, "1\u0080": `"1\u0080"`, "1x": `"1x"`, "0\x002": `"0\x002"`,
		strings.Repeat("7", 50): strings.Repeat("7", 40), strings.Repeat("7", 50) + "\x1b": `"` + strings.Repeat("7", 40) + `"`,
	} {
		got, _, err := nextToken(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.describe())
	}
}

// anyNames returns up to three names from a text, or nil.
func anyNames(text string) []string {
	for n := 1; n <= 3; n++ {
		if names := parseNames(text, n); names != nil {
			return names
		}
	}
	return nil
}

// TestCommas: what encoding/json refuses, the parser refuses.
func TestCommas(t *testing.T) {
	for _, list := range []string{`["a","b"]`, `[ "a" , "b" ]`, `["a"]`} {
		require.NotNil(t, anyNames(list), list)
		for i := range list {
			broken := "[" + list[1:i+1] + "," + list[i+1:]
			if !json.Valid([]byte(broken)) {
				require.Nil(t, anyNames(broken), broken)
			}
			if broken = strings.Replace(list, ",", "", 1); broken != list {
				require.Nil(t, anyNames(broken), broken)
			}
		}
	}
}
