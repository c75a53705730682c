package cli

import (
	"bytes"
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrintable(t *testing.T) {
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
		require.Equal(t, tt.want, Printable(tt.s), tt.name)
	}
	require.Equal(t, "a\\x1b\n\tb\\r\n", PrintableLines("a\x1b\n\tb\r\n"))
	require.Equal(t, "", PrintableLines(""))
}

func TestJSON(t *testing.T) {
	for _, s := range []string{"", "plain", "für 数字 \n\x1b\x7f", "\u009b31m", "\u202ea\u200b", "\U000e0041"} {
		text, err := json.Marshal(s)
		require.NoError(t, err)
		clean := printableJSON(string(text))
		var back string
		require.NoError(t, json.Unmarshal([]byte(clean), &back))
		require.Equal(t, s, back)
		require.Equal(t, clean, Printable(clean))
	}
	require.Equal(t, "{\n\t\"a\": \"\\u202e\"\n}\n", printableJSON("{\n\t\"a\": \"\u202e\"\n}\n"))
}

func TestBar(t *testing.T) {
	require.Equal(t, "", Bar(0))
	require.Equal(t, "▏", Bar(1.0/160))
	require.Equal(t, "▉", Bar(7.0/160))
	require.Equal(t, "██████████", Bar(0.5))
	require.Equal(t, strings.Repeat("█", 20), Bar(1))
	for share, want := range map[float32]int{-1: 0, float32(math.Inf(-1)): 0, float32(math.NaN()): 0, 2: 20, float32(math.Inf(1)): 20} {
		require.Equal(t, strings.Repeat("█", want), Bar(share), share)
	}
}

func TestPicture(t *testing.T) {
	g := &image.Gray{Pix: []uint8{0, 60, 99, 128, 99, 255}, Stride: 3, Rect: image.Rect(0, 0, 2, 2)}
	require.Equal(t, "┌────┐\n│  ░░│\n│▒▒██│\n└────┘\n", Picture(&image.Gray{Pix: []uint8{0, 60, 99, 128, 255}, Stride: 3, Rect: g.Rect}, nil))
	frames := image.NewGray(g.Rect)
	frames.Pix[3] = 2
	require.Equal(t, "┌────┐\n│  ░░│\n│▒▒[]│\n└────┘\n", Picture(g, frames))
}

func TestWithCommas(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 60000: "60,000", 1234567: "1,234,567", -123: "-123", -1234: "-1,234"} {
		require.Equal(t, want, WithCommas(n))
	}
}

func TestIsTerminal(t *testing.T) {
	require.False(t, IsTerminal(new(bytes.Buffer)))
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	defer f.Close()
	require.False(t, IsTerminal(f))
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteJSON(&b, map[string]string{"a": "\u202e"}, ""))
	require.Equal(t, "{\"a\":\"\\u202e\"}\n", b.String())
	b.Reset()
	require.NoError(t, WriteJSON(&b, map[string]string{"a": "b"}, "\t"))
	require.Equal(t, "{\n\t\"a\": \"b\"\n}\n", b.String())
	require.Error(t, WriteJSON(&b, math.NaN(), ""))
}
