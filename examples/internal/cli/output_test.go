package cli

import (
	"bytes"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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

// TestPlural: only 1 stands before a singular.
func TestPlural(t *testing.T) {
	require.Equal(t, []string{"pictures", "picture", "pictures"}, []string{Plural(0, "picture"), Plural(1, "picture"), Plural(2, "picture")})
	require.Equal(t, []string{"classes", "class", "classes"}, []string{Plural(0, "class"), Plural(1, "class"), Plural(2, "class")})
}

func TestPicture(t *testing.T) {
	g := &image.Gray{Pix: []uint8{0, 60, 99, 128, 99, 255}, Stride: 3, Rect: image.Rect(0, 0, 2, 2)}
	require.Equal(t, "┌────┐\n│  ░░│\n│▒▒██│\n└────┘\n", Picture(&image.Gray{Pix: []uint8{0, 60, 99, 128, 255}, Stride: 3, Rect: g.Rect}, nil))
	levels := &image.Gray{Pix: []uint8{32, 33, 96, 97, 160, 161, 224, 225}, Stride: 8, Rect: image.Rect(0, 0, 8, 1)}
	require.Contains(t, Picture(levels, nil), "\n│  ░░░░▒▒▒▒▓▓▓▓██│\n")
	kinds := &image.Gray{Pix: []uint8{1, 0, 2, 3, 4, 0, 0, 1}, Stride: 8, Rect: levels.Rect}
	require.Contains(t, Picture(levels, kinds), "\n│[]░░[]??::▓▓▓▓[]│\n")
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
