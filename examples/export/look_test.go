package main

import (
	"fmt"
	"hash/crc32"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSheetLooks: the look of a sheet does not change by accident. Its labels
// are short, long, and too long.
func TestSheetLooks(t *testing.T) {
	for _, tt := range []struct {
		size  image.Point
		names []string
		want  string
	}{
		{image.Pt(28, 28), []string{"1", "long words", "such a long name that it does not fit"}, "(264,153) b040d46e"},
		{image.Pt(28, 28), []string{"1", "2", "3"}, "(156,153) 69d36e2c"},
		{image.Pt(5, 4), []string{"1", "trees", "3"}, "(80,52) 4e477b75"},
	} {
		classes, n := map[int][]*image.Gray{}, 0
		for class := range tt.names {
			for range 2 + 3*class {
				g := image.NewGray(image.Rectangle{Max: tt.size})
				for i := range g.Pix {
					g.Pix[i] = uint8(i * (n + 3))
				}
				classes[class] = append(classes[class], g)
				n++
			}
		}
		m, err := drawSheet(classes, tt.names, n)
		require.NoError(t, err)
		require.Equal(t, tt.want, fmt.Sprintf("%v %08x", m.Rect.Max, crc32.ChecksumIEEE(m.Pix)))
	}
}
