package printable

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	for _, tt := range []struct{ name, s, want string }{
		{"plain", "8_3.png", "8_3.png"},
		{"other scripts", "Zahl für Ærø 数字", "Zahl für Ærø 数字"},
		{"a backslash stays", `C:\new`, `C:\new`},
		{"color", "\x1b[31mred\x07", `\x1b[31mred\a`},
		{"lines", "a\r\nb\tc", `a\r\nb\tc`},
		{"C1 control", "\u009b31m", `\u009b31m`},
		{"direction", "gpj.\u202eexe", `gpj.\u202eexe`},
		{"invisible", "a\u200bb", `a\u200bb`},
		{"not UTF-8", "a\xff\x80b", `a\xff\x80b`},
		{"the replacement character itself", "\ufffd", "\ufffd"},
		{"empty", "", ""},
	} {
		require.Equal(t, tt.want, Text(tt.s), tt.name)
	}
	require.Equal(t, "a\\x1b\n\tb\\r\n", Lines("a\x1b\n\tb\r\n"))
	require.Equal(t, "", Lines(""))
}

// TestPlain: the names of packages are left out at the beginning only, and the
// error is still the same one.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"imageprep: no ink": "no ink", "reader: imageprep: no ink": "no ink", "reader: no digit": "no digit",
		"8.png: imageprep: no ink": "8.png: imageprep: no ink", "an empty file": "an empty file", "": "",
	} {
		err := errors.New(text)
		require.EqualError(t, Plain(err), want)
		require.ErrorIs(t, Plain(err), err)
	}
	require.NoError(t, Plain(nil))
}

func TestEscapeJSON(t *testing.T) {
	for _, s := range []string{"", "plain", "für 数字 \n\x1b\x7f", "\u009b31m", "\u202ea\u200b", "\U000e0041"} {
		text, err := json.Marshal(s)
		require.NoError(t, err)
		clean := escapeJSON(string(text))
		var back string
		require.NoError(t, json.Unmarshal([]byte(clean), &back))
		require.Equal(t, s, back)
		require.Equal(t, clean, Text(clean))
	}
	require.Equal(t, "{\n\t\"a\": \"\\u202e\"\n}\n", escapeJSON("{\n\t\"a\": \"\u202e\"\n}\n"))
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteJSON(&b, map[string]string{"a": "\u202e"}, ""))
	require.Equal(t, "{\"a\":\"\\u202e\"}\n", b.String())
	b.Reset()
	require.NoError(t, WriteJSON(&b, map[string]string{"a": "b"}, "\t"))
	require.Equal(t, "{\n\t\"a\": \"b\"\n}\n", b.String())
	require.Error(t, WriteJSON(&b, math.NaN(), ""))
	r, w := io.Pipe()
	require.NoError(t, r.CloseWithError(io.ErrShortWrite))
	require.ErrorIs(t, WriteJSON(w, 1, ""), io.ErrShortWrite)
}

// TestCause: only the name of the file and the operation are left out.
func TestCause(t *testing.T) {
	other := fmt.Errorf("line 1: %w", io.EOF)
	require.Equal(t, other, Cause(other))
	require.Equal(t, fs.ErrPermission, Cause(fmt.Errorf("x: %w", &fs.PathError{Op: "open", Path: "a", Err: fs.ErrPermission})))
}
