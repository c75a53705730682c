package imageprep

import (
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRemoveShading: in any light, the ground becomes even and the digit stays
// the same.
func TestRemoveShading(t *testing.T) {
	for name, light := range map[string]func(u, v int) int{"slope": slope, "hard": hardShadow, "vignette": vignette} {
		for _, p := range []Polarity{DarkInk, LightInk} {
			if p == LightInk && name == "hard" {
				// Chalk in the shadow is as dark as the board.
				continue
			}
			g := drawTwo(200, 220, 50)
			if p == LightInk {
				g = drawTwo(200, 60, 230)
			}
			lit := shade(g, light)
			before := slices.Clone(lit.Pix)
			got := RemoveShading(lit, p)
			require.Equal(t, before, lit.Pix)
			require.Equal(t, lit.Rect, got.Rect)
			// The light on a blackboard cannot be seen as well.
			if p == DarkInk {
				require.Equal(t, g, RemoveShading(g, p), "even light changes nothing")
				// Dark corners, which the closing takes for
				// ink, remain. So does the soft edge of a hard
				// shadow.
				require.Less(t, unevenness(g, got), unevenness(g, lit)*9/10, name)
			}
			want, err := Prepare(g, &Options{Polarity: p})
			require.NoError(t, err)
			digit, err := Prepare(lit, nil)
			require.NoError(t, err)
			require.Equal(t, p, digit.Polarity, name)
			require.Less(t, meanDifference(want.Image, digit.Image), 0.02, "%s, %v: the digits differ", name, p)
		}
	}
}

// TestShadowEdge: the edge of a shadow does not hide a digit, at any angle. At
// the border, some of it looks like ink. It is left out if Confidence knows the
// digit.
func TestShadowEdge(t *testing.T) {
	sheet := drawTwo(256, 210, 110)
	want, err := Prepare(sheet, nil)
	require.NoError(t, err)
	for name, edge := range map[string]func(u, v int) int{
		"upright":  func(u, v int) int { return u - 40 },
		"steep":    func(u, v int) int { return u + v/3 - 60 },
		"diagonal": func(u, v int) int { return u - v },
		"flat":     func(u, v int) int { return v + u/4 - 40 },
	} {
		lit := shade(sheet, func(u, v int) int { return min(max(50+20*edge(u, v), 50), 100) })
		got, err := Prepare(lit, &Options{Confidence: func(g *image.Gray) float64 { return -20 * meanDifference(want.Image, g) }})
		require.NoError(t, err)
		require.Equal(t, want.Box, got.Box, name)
		require.Less(t, meanDifference(want.Image, got.Image), 0.04, name)
	}
}

// unevenness counts the ground pixels of g that are more than a tenth darker
// than the median. even is the same picture in even light.
func unevenness(even, g *image.Gray) (n int) {
	levels := histogramOf(g)
	level := levels.medianOf(0, 255)
	for i, v := range even.Pix {
		if v == 220 && int(g.Pix[i])*10 < level*9 {
			n++
		}
	}
	return n
}

func TestRemoveShadingPanics(t *testing.T) {
	require.PanicsWithValue(t, "imageprep: polarity is auto, want DarkInk or LightInk; FindPolarity tells which",
		func() { RemoveShading(grayOf(1, 0), Auto) })
}
