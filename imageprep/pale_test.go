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

// TestPaleRamp: pale ink has a contrast of 24 levels, at most 40 % of that of
// the other ink, and six times the spread of its ground. It has at most a tenth
// and at least a two thousandth of the pixels of its ground.
func TestPaleRamp(t *testing.T) {
	type counts = map[uint8]int
	for _, tt := range []struct {
		name   string
		levels counts
		want   bool
	}{
		{"one level", counts{20: 1000}, false},
		{"24 levels", counts{20: 1000, 44: 50}, true},
		{"23 levels", counts{20: 1000, 43: 50}, false},
		{"40 %", counts{20: 1000, 60: 50}, true},
		{"more", counts{20: 1000, 61: 50}, false},
		{"a tenth", counts{20: 1000, 50: 100}, true},
		{"more", counts{20: 1000, 50: 101}, false},
		{"few pixels", counts{20: 2000, 50: 1}, true},
		{"fewer", counts{20: 2001, 50: 1}, false},
		{"uneven ground", counts{20: 500, 30: 500, 50: 100}, true},
		{"too uneven", counts{20: 500, 30: 500, 49: 100}, false},
		{"uneven ink", counts{20: 1000, 40: 20, 46: 20, 60: 20}, true},
	} {
		var h histogram
		for v, n := range tt.levels {
			h[v] = n
		}
		ramp := h.paleRamp(split{groundMedian: 30, inkMedian: 130})
		require.Equal(t, tt.want, ramp != nil, tt.name)
	}
	h := histogram{20: 1000, 60: 50}
	require.Equal(t, softRamp(20, 60), *h.paleRamp(split{groundMedian: 30, inkMedian: 130}))
}

// TestPaleSizes: pale ink has a digit's size and shape, and is not at the
// border or beside other ink.
func TestPaleSizes(t *testing.T) {
	for _, tt := range []struct {
		name     string
		w        int // of the picture
		contrast int
		pale     image.Rectangle
		want     bool
	}{
		{"like a digit", 150, 200, image.Rect(50, 40, 60, 60), true},
		{"weak contrast", 150, 96, image.Rect(50, 40, 60, 60), true},
		{"weaker contrast", 150, 95, image.Rect(50, 40, 60, 60), false},
		{"a third of the picture", 150, 200, image.Rect(50, 40, 52, 89), true},
		{"higher", 150, 200, image.Rect(50, 40, 52, 90), false},
		{"lowest", 150, 200, image.Rect(50, 40, 55, 44), true},
		{"too low", 150, 200, image.Rect(50, 40, 55, 43), false},
		{"wide", 150, 200, image.Rect(50, 40, 69, 50), true},
		{"too wide", 150, 200, image.Rect(50, 40, 70, 50), false},
		{"large", 150, 200, image.Rect(50, 40, 82, 75), true},
		{"too large", 150, 200, image.Rect(50, 40, 82, 76), false},
		{"lowest on a larger page", 160, 200, image.Rect(50, 40, 55, 45), true},
		{"too low on a larger page", 160, 200, image.Rect(50, 40, 55, 44), false},
		{"large on a larger page", 160, 200, image.Rect(50, 40, 82, 79), true},
		{"too large on a larger page", 160, 200, image.Rect(50, 40, 82, 80), false},
		{"near the top", 150, 200, image.Rect(50, 1, 60, 20), true},
		{"at the top", 150, 200, image.Rect(50, 0, 60, 20), false},
		{"at the right", 150, 200, image.Rect(140, 40, 150, 60), false},
		{"not beside bold ink", 150, 200, image.Rect(12, 10, 20, 24), true},
		{"beside bold ink", 150, 200, image.Rect(11, 10, 20, 24), false},
	} {
		const h = 120
		f := palePicture(tt.w, h, tt.contrast, tt.pale)
		want := append([]uint8(nil), f.inks[0].Pix...)
		f.addPaleInk()
		if tt.want {
			for i, v := range boxes(tt.w, h, tt.pale).Pix {
				want[i] = max(want[i], v)
			}
		}
		require.Equal(t, want, f.inks[0].Pix, tt.name)
	}
}

// TestPaleParts: soft edges of pale ink count, too. Where there is no ground,
// there is no ink. Many parts are the texture of paper.
func TestPaleParts(t *testing.T) {
	const w, h = 150, 120
	digit := image.Rect(50, 40, 60, 60)
	f := palePicture(w, h, 200, digit)
	for x, v := range []uint8{36, 32, 32, 32} {
		f.strength.Pix[45*w+60+x] = v // the ramp goes from 27 to 43
	}
	f.addPaleInk()
	ramp := softRamp(20, 50)
	require.Equal(t, []uint8{255, ramp[36], ramp[32], ramp[32], 0}, f.inks[0].Pix[45*w+59:][:5])

	f = palePicture(w, h, 200, digit)
	f.places = groundMap{w: w, h: h, of: make([]uint8, w*h)}
	for y := 55; y < 60; y++ {
		for x := 50; x < 60; x++ {
			f.places.of[y*w+x] = noGround
		}
	}
	f.addPaleInk()
	require.Equal(t, image.Rect(50, 40, 60, 55), InkBox(&image.Gray{Pix: f.inks[0].Pix[30*w:], Stride: w, Rect: image.Rect(0, 30, w, h)}))

	for _, n := range []int{200, 201} {
		specks := []image.Rectangle{digit}
		for i := range n - 1 {
			specks = append(specks, image.Rect(20+4*(i%25), 64+4*(i/25), 21+4*(i%25), 65+4*(i/25)))
		}
		f = palePicture(w, h, 200, specks...)
		f.addPaleInk()
		require.Equal(t, n == 200, f.inks[0].Pix[50*w+55] > 0)
	}
}
