package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// drawing returns a digit in MNIST's form, dark on light.
func drawing(seed uint64) image.Image {
	rng := rand.New(rand.NewPCG(seed, 1))
	ink := hand.Write(rng, rune('0'+rng.IntN(10)))
	g := imageprep.Center(ink, imageprep.InkBox(ink))
	for i, v := range g.Pix {
		g.Pix[i] = 255 - v
	}
	return g
}

// photograph returns a made-up photograph of digits on paper: uneven light,
// noise, and blue ink.
func photograph(t testing.TB, seed uint64, width, height int) image.Image {
	rng := rand.New(rand.NewPCG(seed, 2))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			light := uint8(170 + 60*x/width + 20*y/height - rng.IntN(6))
			img.SetRGBA(x, y, color.RGBA{light, light, light - 12, 255})
		}
	}
	const digits, scale = 4, 4
	for i := range digits {
		ink := hand.Write(rng, rune('0'+rng.IntN(10)))
		left, top := width/8+i*width/5, height/3
		for y := range ink.Rect.Dy() * scale {
			for x := range ink.Rect.Dx() * scale {
				v := ink.GrayAt(ink.Rect.Min.X+x/scale, ink.Rect.Min.Y+y/scale).Y
				c := img.RGBAAt(left+x, top+y)
				fade := func(ground, pen uint8) uint8 { return uint8((int(ground)*(255-int(v)) + int(pen)*int(v)) / 255) }
				img.SetRGBA(left+x, top+y, color.RGBA{fade(c.R, 40), fade(c.G, 45), fade(c.B, 110), 255})
			}
		}
	}
	return img
}

func encodeJPEG(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

func encodePNG(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}
