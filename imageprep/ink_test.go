package imageprep

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInk(t *testing.T) {
	// The ground is 200, and the ink is 100. From ground to ink, 175 is a
	// quarter of the way, 150 is half, and 125 is three quarters.
	g := grayOf(13, 200, 200, 200, 175, 150, 125, 90, 100, 100, 100, 100, 200, 200)
	ink, threshold, err := Ink(g, DarkInk)
	require.NoError(t, err)
	require.Equal(t, []uint8{0, 0, 0, 0, 128, 255, 255, 255, 255, 255, 255, 0, 0}, ink.Pix)
	require.Greater(t, threshold, uint8(125))
	require.LessOrEqual(t, threshold, uint8(175))

	mirrored, lightThreshold, err := Ink(inverted(g), LightInk)
	require.NoError(t, err)
	require.Equal(t, ink, mirrored)
	require.Equal(t, 255-threshold, lightThreshold)
}

func TestInkOfAPart(t *testing.T) {
	sheet := onPaper(drawTwo(40, 220, 30), image.Rect(-5, -5, 80, 70), image.Pt(7, 9), 120)
	part := sheet.SubImage(image.Rect(7, 9, 47, 49)).(*image.Gray)
	got, _, err := Ink(part, DarkInk)
	require.NoError(t, err)
	want, _, err := Ink(drawTwo(40, 220, 30), DarkInk)
	require.NoError(t, err)
	require.Equal(t, part.Rect, got.Rect)
	require.Equal(t, want.Pix, got.Pix)
}

func TestBlank(t *testing.T) {
	noise := func(spread float64) *image.Gray {
		r := rand.New(rand.NewPCG(3, 4))
		g := image.NewGray(image.Rect(0, 0, 200, 150))
		for i := range g.Pix {
			g.Pix[i] = uint8(200 + float64(spread*max(-3, min(r.NormFloat64(), 3))))
		}
		return g
	}
	tests := []struct {
		name string
		img  image.Image
		want BlankError
	}{
		{"one pixel", grayOf(1, 99), BlankError{Min: 99, Max: 99}},
		{"uniform", image.NewRGBA(image.Rect(0, 0, 50, 50)), BlankError{Min: 255, Max: 255}},
		{"two near levels", grayOf(4, 50, 50, 65, 50), BlankError{Min: 50, Max: 65, Contrast: 15}},
		{"noise", noise(5), BlankError{Min: 185, Max: 215, Contrast: 7}},
		{"much noise", noise(9), BlankError{Min: 173, Max: 227, Contrast: 12}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Prepare(tt.img, nil)
			var blank *BlankError
			require.ErrorAs(t, err, &blank)
			require.Equal(t, tt.want, *blank)
		})
	}
	require.EqualError(t, &BlankError{50, 65, 15, false},
		"imageprep: no ink found: contrast 15, want at least 16 (gray levels 50 to 65); write darker or use more light")
	ink, threshold, err := Ink(new(image.Gray), DarkInk)
	require.ErrorAs(t, err, new(*BlankError))
	require.Nil(t, ink)
	require.Zero(t, threshold)
	_, err = Prepare(drawTwo(90, 200, 170), nil)
	require.NoError(t, err, "pale ink counts as ink")
}

// TestSharpen: noise that is a soft edge by the levels of the whole picture is
// none by the levels of the digit and its ground. Ink that was erased stays
// erased.
func TestSharpen(t *testing.T) {
	const size = 40
	f := &inkPicture{strength: image.NewGray(image.Rect(0, 0, size, size)), grounds: make([]ground, 1)}
	f.strengths = []*image.Gray{f.strength}
	ink := image.NewGray(f.strength.Rect)
	f.inks = []*image.Gray{ink}
	f.inks = []*image.Gray{ink}
	for i := range f.strength.Pix {
		f.strength.Pix[i] = 55
	}
	set := func(x, y int, level, v uint8) { f.strength.Pix[y*size+x], ink.Pix[y*size+x] = 255-level, v }
	for y := 10; y < 30; y++ {
		set(20, y, 100, 255) // the digit
		set(21, y, 180, 60)  // noise: less than a quarter of the way to the digit
		set(22, y, 150, 120) // its real soft edge: half of the way
	}
	set(5, 5, 100, 0) // erased
	f.sharpen(0, ink)
	for y := 10; y < 30; y++ {
		require.Equal(t, []uint8{0, 255, 0, 128, 0}, ink.Pix[y*size+19:][:5])
	}
	require.Zero(t, ink.Pix[5*size+5])

	clear(ink.Pix)
	f.sharpen(0, ink)
	require.Equal(t, make([]uint8, size*size), ink.Pix, "no ink, nothing to do")
}

func TestInkPanics(t *testing.T) {
	require.PanicsWithValue(t, "imageprep: polarity is auto, want DarkInk or LightInk; FindPolarity tells which",
		func() { Ink(grayOf(1, 0), Auto) })
}
