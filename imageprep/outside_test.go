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
	t.Parallel()
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

// TestFindOutside: what comes from outside covers an eighth of the longer side
// along the border, and is at most a quarter of it deep.
func TestFindOutside(t *testing.T) {
	const w, h = 160, 120
	blot := image.Rect(70, 50, 76, 56)
	for _, tt := range []struct {
		name    string
		outside image.Rectangle
		inside  image.Rectangle
		mask    image.Rectangle // empty: nothing is from outside
		other   bool
	}{
		{"at the top", image.Rect(30, 0, 60, 6), blot, image.Rect(28, 0, 62, 8), true},
		{"short", image.Rect(30, 0, 50, 6), blot, image.Rect(28, 0, 52, 8), true},
		{"too short", image.Rect(30, 0, 49, 6), blot, image.Rectangle{}, false},
		{"deep", image.Rect(30, 0, 60, 40), blot, image.Rect(28, 0, 62, 42), true},
		{"too deep", image.Rect(30, 0, 60, 41), blot, image.Rectangle{}, false},
		{"at the right", image.Rect(150, 30, 160, 50), blot, image.Rect(148, 28, 160, 52), true},
		{"at the bottom", image.Rect(30, 110, 60, 120), blot, image.Rect(28, 108, 62, 120), true},
		{"at the left", image.Rect(0, 30, 6, 60), blot, image.Rect(0, 28, 8, 62), true},
		{"alone", image.Rect(30, 0, 60, 6), image.Rectangle{}, image.Rect(28, 0, 62, 8), false},
		{"beside a speck", image.Rect(30, 0, 60, 6), image.Rect(70, 50, 75, 53), image.Rect(28, 0, 62, 8), false},
		{"beside a larger speck", image.Rect(30, 0, 60, 6), image.Rect(70, 50, 74, 54), image.Rect(28, 0, 62, 8), true},
		{"with a digit at the border", image.Rect(30, 0, 60, 6), image.Rect(70, 0, 80, 60), image.Rect(28, 0, 62, 8), false},
	} {
		mask, other := findOutside(boxes(w, h, tt.outside, tt.inside))
		require.Equal(t, tt.other, other, tt.name)
		if tt.mask.Empty() {
			require.Nil(t, mask, tt.name)
			continue
		}
		wrong := 0
		for i, v := range mask {
			if image.Pt(i%w, i/w).In(tt.mask) != v {
				wrong++
			}
		}
		require.Zero(t, wrong, tt.name)
	}
	for _, size := range []int{48, 49} {
		mask, other := findOutside(boxes(100, size, image.Rect(30, 0, 60, 6), image.Rect(70, 20, 76, 26)))
		require.Equal(t, []bool{size == 49, size == 49}, []bool{other, mask != nil})
		mask, other = findOutside(boxes(size, 100, image.Rect(0, 30, 6, 60), image.Rect(20, 70, 26, 76)))
		require.Equal(t, []bool{size == 49, size == 49}, []bool{other, mask != nil})
	}
	for area, want := range map[int]bool{10: false, 11: true} { // a speck has 8 pixels of 10000
		require.Equal(t, want, hasInside([]part{{area: 99, border: 1}, {area: area}}, 125, 100))
	}
	// Two marks at the border are not one.
	mask, _ := findOutside(boxes(w, h, image.Rect(30, 0, 48, 6), image.Rect(60, 0, 78, 6)))
	require.Nil(t, mask)
}

func TestBorderInk(t *testing.T) {
	for _, tt := range []struct {
		rows []string
		want int
	}{
		{[]string{"####", "####", "####", "####"}, 12},
		{[]string{"####", "#..#", "....", "..##"}, 8},
		{[]string{".....", ".###.", ".###.", "....."}, 0},
		{[]string{"#", ".", "#", "#"}, 3},
		{[]string{"##", "##", ".#", "#."}, 6},
		{[]string{"###", "###", ".#.", "#.."}, 6},
		{[]string{"#.##"}, 3},
	} {
		require.Equal(t, tt.want, borderInk(drawn(tt.rows...)), "%v", tt.rows)
	}
	g := drawn("#..", "...", "...")
	for v, want := range map[uint8]int{128: 1, 127: 0} {
		g.Pix[0] = v
		require.Equal(t, want, borderInk(g))
	}
}
