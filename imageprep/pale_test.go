package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDropTexture: the outer ground loses its ink if it has less than half of
// the contrast of a lighter sheet.
func TestDropTexture(t *testing.T) {
	for _, tt := range []struct {
		outer, inner  uint8 // contrasts
		desk, sheet   uint8 // gray levels of the grounds
		flipped, want bool
	}{
		{49, 100, 90, 91, false, true}, {50, 100, 90, 91, false, false}, {49, 100, 91, 91, false, false},
		{49, 100, 92, 91, false, false}, {49, 100, 92, 91, true, true}, {49, 100, 91, 91, true, false},
		{200, 255, 90, 91, false, false},
	} {
		of := func(contrast, level uint8) ground {
			g := ground{contrast: contrast, threshold: 77, light: light{level: uint32(level)}}
			if tt.flipped {
				g.light.flip = 255
			}
			return g
		}
		f := &inkPicture{grounds: []ground{of(tt.outer, tt.desk), of(0, 255), of(tt.inner, tt.sheet)}}
		f.dropTexture()
		require.Equal(t, tt.want, f.grounds[0].contrast == 0, "%v", tt)
		require.Equal(t, tt.want, f.grounds[0].threshold == 0, "%v", tt)
		require.Equal(t, tt.inner, f.grounds[2].contrast)
	}
}

// palePicture is a picture of bold ink and of pale ink in boxes.
func palePicture(w, h int, contrast int, pale ...image.Rectangle) *inkPicture {
	bold := image.Rect(4, 4, 8, 24)
	ink, strength := boxes(w, h, bold), boxes(w, h)
	for i, v := range boxes(w, h, pale...).Pix {
		strength.Pix[i] = max(20+v/255*30, ink.Pix[i]/255*uint8(20+contrast))
	}
	return &inkPicture{
		inks: []*image.Gray{ink}, strength: strength,
		grounds: []ground{{contrast: uint8(contrast), split: split{threshold: 90, groundMedian: 20, inkMedian: 20 + contrast}}},
	}
}

// TestPaleSizes: pale ink has a digit's size and shape, and is not at the
// border or beside other ink.
func TestPaleSizes(t *testing.T) {
	const w, h = 150, 120
	for _, tt := range []struct {
		name     string
		contrast int
		pale     image.Rectangle
		want     bool
	}{
		{"like a digit", 200, image.Rect(50, 40, 60, 60), true},
		{"weak contrast", 96, image.Rect(50, 40, 60, 60), true},
		{"weaker contrast", 95, image.Rect(50, 40, 60, 60), false},
		{"a third of the picture", 200, image.Rect(50, 40, 52, 89), true},
		{"higher", 200, image.Rect(50, 40, 52, 90), false},
		{"lowest", 200, image.Rect(50, 40, 55, 44), true},
		{"too low", 200, image.Rect(50, 40, 55, 43), false},
		{"wide", 200, image.Rect(50, 40, 69, 50), true},
		{"too wide", 200, image.Rect(50, 40, 70, 50), false},
		{"large", 200, image.Rect(50, 40, 82, 75), true},
		{"too large", 200, image.Rect(50, 40, 82, 76), false},
		{"near the top", 200, image.Rect(50, 1, 60, 20), true},
		{"at the top", 200, image.Rect(50, 0, 60, 20), false},
		{"at the right", 200, image.Rect(140, 40, 150, 60), false},
		{"not beside bold ink", 200, image.Rect(12, 10, 20, 24), true},
		{"beside bold ink", 200, image.Rect(11, 10, 20, 24), false},
	} {
		f := palePicture(w, h, tt.contrast, tt.pale)
		want := append([]uint8(nil), f.inks[0].Pix...)
		f.addPaleInk()
		if tt.want {
			for i, v := range boxes(w, h, tt.pale).Pix {
				want[i] = max(want[i], v)
			}
		}
		require.Equal(t, want, f.inks[0].Pix, tt.name)
	}
}
