package decode

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFrameOnScreen: a frame that covers a part of the screen stays in its
// place. Around it, the picture is transparent.
func TestFrameOnScreen(t *testing.T) {
	gray := color.RGBA{100, 100, 100, 255}
	frame := image.NewPaletted(image.Rect(2, 3, 4, 5), color.Palette{color.White, gray})
	frame.SetColorIndex(2, 3, 1)
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 6, Height: 5}}))
	img, _, err := Bytes(b.Bytes())
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 6, 5), img.Bounds())
	for y := range 5 {
		for x := range 6 {
			want := color.RGBA{}
			switch at := image.Pt(x, y); {
			case at == frame.Rect.Min:
				want = gray
			case at.In(frame.Rect):
				want = color.RGBA{255, 255, 255, 255}
			}
			require.Equal(t, want, color.RGBAModel.Convert(img.At(x, y)), "%d, %d", x, y)
		}
	}
}
