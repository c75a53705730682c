package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFlood: a pixel between ink is enclosed if ink is on two of its four sides
// or more.
func TestFlood(t *testing.T) {
	const middle = 4 // of 3 x 3 pixels
	sides := []int{1, 3, 5, 7}
	for subset := range 1 << len(sides) {
		ink := image.NewGray(image.Rect(0, 0, 3, 3))
		n := 0
		for k, i := range sides {
			if subset>>k&1 == 1 {
				ink.Pix[i] = 255
				n++
			}
		}
		list, isEnclosed := flood(ink, func(i int) bool { return i == middle })
		if n == 0 {
			require.Empty(t, list)
			continue
		}
		require.Equal(t, []int{middle}, list)
		require.Equal(t, n >= 2, isEnclosed, "%v", ink.Pix)
	}
	// At a corner, two sides are at the border.
	for corner, beside := range map[int][2]int{0: {1, 3}, 2: {1, 5}, 6: {3, 7}, 8: {5, 7}} {
		ink := image.NewGray(image.Rect(0, 0, 3, 3))
		ink.Pix[beside[0]] = 255
		isCorner := func(i int) bool { return i == corner }
		_, isEnclosed := flood(ink, isCorner)
		require.False(t, isEnclosed)
		ink.Pix[beside[1]] = 255
		_, isEnclosed = flood(ink, isCorner)
		require.True(t, isEnclosed)
	}
}
