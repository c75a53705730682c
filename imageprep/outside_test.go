package imageprep

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/stretchr/testify/require"
)

// Places for covered.
func side(u, _ int) bool   { return u < 6 }
func corner(u, v int) bool { return u+v < 18 }
func frame(u, v int) bool  { return min(u, v) < 2 || max(u, v) >= 98 }

// TestOutside: a dark table beside the sheet does not hide pale ink and does
// not pass for a digit. A white wall beside a blackboard does not either.
func TestOutside(t *testing.T) {
	places := map[string]func(u, v int) bool{"side": side, "corner": corner, "frame": frame}
	for _, size := range []int{100, 300} {
		for _, tt := range []struct {
			polarity             Polarity
			ground, stroke, wall uint8
		}{
			{DarkInk, 210, 20, 20},
			{DarkInk, 210, 130, 20},
			{DarkInk, 210, 155, 0},
			{LightInk, 40, 220, 220},
			{LightInk, 40, 100, 250},
		} {
			sheet := drawTwo(size, tt.ground, tt.stroke)
			want, err := Prepare(sheet, nil)
			require.NoError(t, err)
			for name, where := range places {
				got, err := Prepare(covered(sheet, tt.wall, where), &Options{Polarity: tt.polarity})
				require.NoError(t, err)
				require.Equal(t, want.Box, got.Box, "%s, %d, %v", name, size, tt)
				require.Equal(t, want.Contrast, got.Contrast, "%s, %d, %v", name, size, tt)
				require.Equal(t, want.Image, got.Image, "%s, %d, %v", name, size, tt)
				require.Empty(t, got.Warnings)
			}
		}
	}
}

// TestOutsideAlone: ink along the border stays if there is no other ink, or the
// picture is a tight crop.
func TestOutsideAlone(t *testing.T) {
	for _, size := range []int{48, 256} {
		d, err := Prepare(covered(drawTwo(size, 210, 210), 20, side), nil)
		require.NoError(t, err)
		require.Equal(t, []Warning{TouchesBorder}, d.Warnings)
	}
	tight := covered(drawTwo(48, 210, 20), 20, side)
	ink, _, err := Ink(tight, DarkInk)
	require.NoError(t, err)
	require.Equal(t, uint8(255), ink.GrayAt(0, 20).Y)
}

// TestCutOff: a bold digit that is cut off stays, even beside a blot.
func TestCutOff(t *testing.T) {
	g := drawTwo(256, 210, 210)
	bar, stem, blot := image.Rect(60, 50, 180, 84), image.Rect(146, 50, 180, 256), image.Rect(20, 20, 28, 28)
	for _, r := range []image.Rectangle{bar, stem, blot} {
		draw.Draw(g, r, image.NewUniform(color.Gray{Y: 40}), image.Point{}, draw.Src)
	}
	d, err := Prepare(g, nil)
	require.NoError(t, err)
	require.Equal(t, image.Rect(60, 50, 180, 256), d.Box)
	require.Equal(t, []Warning{TouchesBorder}, d.Warnings)
}
