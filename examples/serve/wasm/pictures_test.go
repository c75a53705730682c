package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/stretchr/testify/require"
)

// A picture is a file, with what it shows.
type picture struct {
	name string
	file []byte
	text string
}

// pictures returns a drawing as the page sends it, a page of digits, and two
// photographs.
func pictures(t testing.TB) []picture {
	return []picture{
		{"drawing of 560x560 pixels", drawing(t, 560, 560, 1, 1), "0"},
		{"drawing of 20 digits", drawing(t, 1200, 900, 5, 4), "01234\n56789\n01234\n56789"},
		{"photograph of 2 megapixels", photograph(t, 1600, 1200), "0"},
		{"photograph of 12 megapixels", photograph(t, 4000, 3000), "0"},
	}
}

// drawing returns a PNG file of digits, black on white.
func drawing(t testing.TB, w, h, columns, rows int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	write(w, h, columns, rows, func(x, y int, ink uint8) {
		p := img.Pix[img.PixOffset(x, y):]
		p[0], p[1], p[2] = p[0]-ink, p[1]-ink, p[2]-ink
	})
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// photograph returns a JPEG file of one digit on uneven paper.
func photograph(t testing.TB, w, h int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	photo := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range photo.Y {
		photo.Y[i] = uint8(230 - 40*(i%w)/w - 20*(i/w)/h + rng.IntN(5))
	}
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = uint8(124+rng.IntN(3)), uint8(128+rng.IntN(3))
	}
	write(w, h, 1, 1, func(x, y int, ink uint8) {
		level := &photo.Y[photo.YOffset(x, y)]
		*level -= uint8(int(*level) * int(ink) / 320)
	})
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, photo, &jpeg.Options{Quality: 90}))
	return b.Bytes()
}

// write writes digits in columns and rows. It calls draw for each pixel with
// ink.
func write(w, h, columns, rows int, draw func(x, y int, ink uint8)) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range columns * rows {
		digit := hand.Write(rng, rune('0'+i%10))
		scale := max(1, min(w/columns, h/rows)/2/max(digit.Rect.Dx(), digit.Rect.Dy()))
		left := (2*(i%columns)+1)*w/columns/2 - scale*digit.Rect.Dx()/2
		top := (2*(i/columns)+1)*h/rows/2 - scale*digit.Rect.Dy()/2
		for y := range scale * digit.Rect.Dy() {
			for x := range scale * digit.Rect.Dx() {
				if ink := digit.GrayAt(x/scale, y/scale).Y; ink > 0 {
					draw(left+x, top+y, ink)
				}
			}
		}
	}
}
