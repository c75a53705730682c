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

// TestSmallOf: a picture whose longer side has up to 256 pixels is not shrunk.
func TestSmallOf(t *testing.T) {
	for size, want := range map[image.Point][2]int{
		{256, 100}: {256, 100}, {100, 256}: {100, 256}, {257, 100}: {256, 100}, {512, 256}: {256, 128}, {128, 512}: {64, 256},
	} {
		p := smallOf(image.NewGray(image.Rectangle{Max: size}))
		require.Equal(t, want, [2]int{p.w, p.h}, "%v", size)
	}
	g := drawn("1234", "5678", "9123")
	part := g.SubImage(image.Rect(1, 1, 3, 3)).(*image.Gray)
	require.Equal(t, []uint8{6, 7, 1, 2}, smallOf(part).pix)
	require.Equal(t, []groundSize{digitGround, digitGround, pageGround, pageGround},
		[]groundSize{sizeOf(256, 9), sizeOf(9, 256), sizeOf(257, 9), sizeOf(9, 257)})
}

// TestStrength: in even light, the ground has its level. Where the ground is
// darker than a sixth of that, and where there is other ink, all is ground.
func TestStrength(t *testing.T) {
	small := newPlane(20, 20, nil)
	for i := range small.pix {
		small.pix[i] = 120
	}
	l, ground := lightOf(small, DarkInk, digitGround)
	require.Equal(t, small, ground)
	require.Equal(t, []uint32{120, 120}, []uint32{l.level, uint32(l.brightness())})
	for _, tt := range []struct{ level, ground, want uint8 }{
		{120, 120, 135}, {60, 120, 195}, {0, 120, 255}, {200, 120, 135},
		{30, 60, 195}, {60, 60, 135}, {31, 61, 194}, {10, 240, 250},
		{10, 21, 198}, {0, 21, 255}, {0, 20, 135}, {0, 0, 135},
	} {
		got := []uint8{0}
		l.strength(got, []uint8{tt.level}, []uint8{tt.ground})
		require.Equal(t, tt.want, got[0], "%v", tt)
	}
	l, _ = lightOf(small, LightInk, digitGround)
	require.Equal(t, []uint32{135, 120}, []uint32{l.level, uint32(l.brightness())})
}

// TestSheetOnDarkDesk: a sheet is the ground if it is six times as light as the
// desk and has a twentieth of the picture.
func TestSheetOnDarkDesk(t *testing.T) {
	for _, tt := range []struct {
		h           int
		desk, sheet uint8
		want        uint32 // the level of the ground
		dark        int    // the lightest level without ink
	}{
		{60, 20, 126, 126, 40}, {61, 20, 126, 20, 3}, {60, 20, 125, 20, 3}, {60, 5, 36, 36, 13}, {60, 5, 35, 5, 0},
		{60, 41, 252, 252, 82}, {60, 42, 255, 42, 7}, {60, 8, 54, 54, 16}, {60, 7, 48, 48, 15},
	} {
		small := newPlane(5, tt.h, nil)
		for i := range small.pix {
			small.pix[i] = tt.desk
			if i >= 5*(tt.h-6) {
				small.pix[i] = tt.sheet
			}
		}
		l, ground := lightOf(small, DarkInk, digitGround)
		levels := ground.histogram()
		require.Equal(t, 15, levels.count(int(tt.sheet), 255), "the edge of the sheet is not as light")
		require.Equal(t, tt.want, l.level, "%v", tt)
		require.Zero(t, l.inverse[tt.dark])
		require.NotZero(t, l.inverse[tt.dark+1])
	}
}
