package imageprep

import (
	"fmt"
	"image"
	"testing"
)

func BenchmarkPrepare(b *testing.B) {
	pen := drawTwo(300, 225, 45)
	photo := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	for y := range 3000 {
		for x := range 4000 {
			photo.Y[photo.YOffset(x, y)] = pen.Pix[y/10*300+x/14]
		}
	}
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = 120, 131
	}
	for _, bm := range []struct {
		name string
		img  image.Image
	}{
		{"type=Gray/size=28x28", drawTwo(28, 225, 45)},
		{"type=Gray/size=300x300", pen},
		{"type=YCbCr/size=4000x3000", photo},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(bm.img.Bounds().Dx() * bm.img.Bounds().Dy())) // one byte a pixel: MB/s is megapixels/s
			for b.Loop() {
				if d, err := Prepare(bm.img, nil); err != nil || d.Polarity != DarkInk {
					b.Fatal(d, err)
				}
			}
		})
	}
}

func BenchmarkNormalize(b *testing.B) {
	g := slantedRing()
	var pix [784]float32
	for b.Loop() {
		Normalize(pix[:], g)
	}
}

func BenchmarkHOG(b *testing.B) {
	pix := Normalize(nil, slantedRing())
	for _, h := range []HOG{DefaultHOG, {Directions: 12, Cells: 6, Margin: 3, Contrast: true}} {
		b.Run(fmt.Sprintf("features=%d", h.Len()), func(b *testing.B) {
			dst := make([]float32, h.Len())
			for b.Loop() {
				h.Features(dst, pix)
			}
		})
	}
}
