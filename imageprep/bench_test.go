package imageprep

import (
	"compress/gzip"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
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
			// One byte per pixel, so MB/s are megapixels per
			// second.
			b.SetBytes(int64(bm.img.Bounds().Dx() * bm.img.Bounds().Dy()))
			for b.Loop() {
				if d, err := Prepare(bm.img, nil); err != nil || d.Polarity != DarkInk {
					b.Fatal(d, err)
				}
			}
		})
	}
}

// someDigits returns the first thousand test images of MNIST, or one ring if
// MNIST_DIR is unset. A processor learns the branches of a single picture, so
// the ring looks twice as fast.
func someDigits(b *testing.B) (name string, digits []*image.Gray) {
	const n, header = 1000, 16
	dir := os.Getenv("MNIST_DIR")
	if dir == "" {
		return "ring", []*image.Gray{slantedRing()}
	}
	file, err := os.Open(filepath.Join(dir, "t10k-images-idx3-ubyte.gz"))
	require.NoError(b, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(b, err)
	pix := make([]uint8, header+n*Size*Size)
	_, err = io.ReadFull(unzipped, pix)
	require.NoError(b, err)
	for i := range n {
		g := image.NewGray(image.Rect(0, 0, Size, Size))
		copy(g.Pix, pix[header+i*Size*Size:])
		digits = append(digits, g)
	}
	return "mnist", digits
}

func BenchmarkRemoveShading(b *testing.B) {
	g := image.NewGray(image.Rect(0, 0, 256, 256))
	fill(g.Pix, rand.New(rand.NewPCG(1, 2)))
	b.SetBytes(256 * 256)
	for b.Loop() {
		RemoveShading(g, DarkInk)
	}
}

func BenchmarkDeskew(b *testing.B) {
	name, digits := someDigits(b)
	b.Run("images="+name, func(b *testing.B) {
		dst := make([]float32, Size*Size)
		i := 0
		for b.Loop() {
			Deskew(dst, digits[i])
			i = (i + 1) % len(digits)
		}
	})
}

func BenchmarkHOG(b *testing.B) {
	name, digits := someDigits(b)
	var pix [][]float32
	for _, g := range digits {
		pix = append(pix, Deskew(nil, g))
	}
	for _, h := range []HOG{DefaultHOG(), {Directions: 12, Cells: 6, Margin: 3, Contrast: true}} {
		b.Run(fmt.Sprintf("images=%s/features=%d", name, h.Len()), func(b *testing.B) {
			dst := make([]float32, h.Len())
			i := 0
			for b.Loop() {
				h.Vector(dst, pix[i])
				i = (i + 1) % len(pix)
			}
		})
	}
}

// BenchmarkFeatures measures all features together: those of the default model,
// and the products of components.
func BenchmarkFeatures(b *testing.B) {
	name, digits := someDigits(b)
	hog := Features{HOG: DefaultHOG()}
	products := Features{HOG: HOG{Directions: 8, Cells: 6, Margin: 3, Contrast: true}, Products: true}
	products.Components = randomComponents(60, products.HOG.Len())
	for _, f := range []Features{hog, products} {
		b.Run(fmt.Sprintf("images=%s/features=%d", name, f.Len()), func(b *testing.B) {
			dst := make([]float32, f.Len())
			i := 0
			for b.Loop() {
				f.Vector(dst, digits[i])
				i = (i + 1) % len(digits)
			}
		})
	}
}
