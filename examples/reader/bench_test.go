package reader

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// BenchmarkJudge measures how long the built-in model takes for one digit, from
// its 28x28 pixels on.
func BenchmarkJudge(b *testing.B) {
	var digits []*image.Gray
	for _, name := range []string{"0_chalk", "1_flag", "2_loop", "3_brush", "4_open", "5_bar", "6_chalk", "7_bar", "8_rings", "9_chalk"} {
		d, err := imageprep.Prepare(drawing(b, name+".png"), nil)
		require.NoError(b, err)
		digits = append(digits, d.Image)
	}
	r, probs := Default(), make([]float32, 10)
	b.ReportAllocs()
	for i := 0; b.Loop(); i = (i + 1) % len(digits) {
		r.judge(probs, digits[i])
	}
}

// BenchmarkPage measures the time for a photograph of 12 megapixels, after
// decoding. It shows one digit, or 100 digits in 10 lines.
func BenchmarkPage(b *testing.B) {
	for _, digits := range []int{1, 100} {
		b.Run(fmt.Sprintf("digits=%d", digits), func(b *testing.B) {
			photo := photograph(digits)
			p, err := Default().Page(photo, 0)
			require.NoError(b, err)
			require.InDelta(b, digits, len(p.Answers), float64(digits)/50)
			b.ReportAllocs()
			for b.Loop() {
				Default().Page(photo, 0)
			}
		})
	}
}

// photograph returns a photograph of n digits, one or a square number of them.
func photograph(n int) *image.YCbCr {
	rng := rand.New(rand.NewPCG(1, 2))
	photo := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	for i := range photo.Y {
		x, y := i%4000, i/4000
		photo.Y[i] = uint8(230 - x/100 - y/150 + rng.IntN(5))
	}
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = uint8(124+rng.IntN(3)), uint8(128+rng.IntN(3))
	}
	side := 1
	for side*side < n {
		side++
	}
	for i := range n {
		ink := hand.Write(rng, rune('0'+i%10))
		scale := 1500 / ink.Rect.Dy()
		if n > 1 {
			scale = 2000 / side / ink.Rect.Dy()
		}
		left := (2*(i%side)+1)*4000/side/2 - scale*ink.Rect.Dx()/2
		top := (2*(i/side)+1)*3000/side/2 - scale*ink.Rect.Dy()/2
		for y := range scale * ink.Rect.Dy() {
			for x := range scale * ink.Rect.Dx() {
				level := &photo.Y[photo.YOffset(left+x, top+y)]
				*level -= uint8(int(*level) * int(ink.GrayAt(x/scale, y/scale).Y) / 320)
			}
		}
	}
	return photo
}

// BenchmarkWorst measures pictures that were made to take long.
func BenchmarkWorst(b *testing.B) {
	for _, w := range worst {
		for _, side := range []int{256, 1000, 4000, 8000} {
			b.Run(fmt.Sprintf("picture=%s/side=%d", w.name, side), func(b *testing.B) {
				img := w.draw(side)
				b.ReportAllocs()
				for b.Loop() {
					Default().Page(img, 0)
				}
			})
		}
	}
}

// worst are the pictures of BenchmarkWorst. Nothing in them is thinner than a
// pixel of the picture that is read.
var worst = []struct {
	name string
	draw func(side int) image.Image
}{
	{"noise", pattern(func(x, y int, rng *rand.Rand) bool { return rng.IntN(2) == 0 })},
	{"sparse-noise", pattern(func(x, y int, rng *rand.Rand) bool { return rng.IntN(12) == 0 })},
	{"color-noise", colorNoise},
	{"gray-noise", grayNoise},
	{"coarse-noise", pattern(func(x, y int, _ *rand.Rand) bool { return hash(x/5, y/5)%2 == 0 })},
	{"eights", pattern(func(x, y int, _ *rand.Rand) bool {
		x, y = x%30-12, y%40
		if y >= 20 {
			y -= 18
		}
		y -= 10
		return x*x+y*y < 110 && x*x+y*y > 40
	})},
	{"maze", pattern(func(x, y int, rng *rand.Rand) bool {
		return x/3%2 == 0 && y/3%2 == 0 || (x/3%2 == 0) != (y/3%2 == 0) && hash(x/3, y/3)%2 == 0
	})},
	{"comb", pattern(func(x, y int, _ *rand.Rand) bool { return y%100 < 3 || x%4 < 2 && y%100 < 60 })},
	{"long-comb", pattern(func(x, y int, _ *rand.Rand) bool { return y > 400 && y < 404 || x%3 == 0 && y > 100 && y < 400 })},
	{"checkerboard", pattern(func(x, y int, _ *rand.Rand) bool { return (x/8+y/8)%2 == 0 })},
	{"fine-checkerboard", pattern(func(x, y int, _ *rand.Rand) bool { return (x+y)%2 == 0 })},
	{"every-second", pattern(func(x, y int, _ *rand.Rand) bool { return x%2 == 0 && y%2 == 0 })},
	{"boxes", pattern(func(x, y int, _ *rand.Rand) bool {
		x, y = x%32, y%32
		return x < 26 && y < 26 && (x < 2 || y < 2 || x > 23 || y > 23)
	})},
	{"parts", pattern(func(x, y int, _ *rand.Rand) bool { return x%32 < 8 && y%32 < 24 })},
	{"bars", pattern(func(x, y int, _ *rand.Rand) bool { return x%12 < 3 && y%32 < 28 })},
	{"stacked-dots", pattern(func(x, y int, _ *rand.Rand) bool {
		return x%24 < 6 && y%200 < 40 || x%24 < 6 && y%200 < 180 && y%8 < 5
	})},
	{"text", pattern(func(x, y int, _ *rand.Rand) bool { return y%20 < 14 && x%12 < 9 && hash(x/3, y/3)%2 == 0 })},
	{"joined-text", pattern(func(x, y int, _ *rand.Rand) bool {
		return y%40 < 30 && (y%40 > 26 || hash(x/3, y/3)%2 == 0)
	})},
	{"rings", pattern(func(x, y int, _ *rand.Rand) bool {
		x, y = x%32-16, y%32-16
		return x*x+y*y < 18*18 && x*x+y*y > 13*13
	})},
	{"nested-rings", pattern(func(x, y int, _ *rand.Rand) bool {
		x, y = x-500, y-500
		r := 0
		for r*r < x*x+y*y {
			r++
		}
		return r%8 < 3
	})},
	{"stripes", pattern(func(x, y int, _ *rand.Rand) bool { return x%10 < 5 })},
	{"ruled", pattern(func(x, y int, _ *rand.Rand) bool { return y%6 < 2 })},
	{"squared", pattern(func(x, y int, _ *rand.Rand) bool { return y%8 < 2 || x%8 < 2 })},
	{"broken-lines", pattern(func(x, y int, _ *rand.Rand) bool { return y%6 < 2 && hash(x/9, y/6)%4 > 0 })},
	{"gradient", gradient},
	{"specks", pattern(func(x, y int, _ *rand.Rand) bool {
		return x%22 < 4 && y%22 < 4 && hash(x/22, y/22)%8 > 0
	})},
	{"long-part", pattern(func(x, y int, _ *rand.Rand) bool { return y > 450 && y < 550 && (y > 540 || hash(x/4, y/4)%2 == 0) })},
}

// hash returns a random number for a place.
func hash(x, y int) uint32 {
	h := uint32(x)*0x9e3779b1 + uint32(y)*0x85ebca77
	h = (h ^ h>>15) * 0x2c1b3c6d
	return h ^ h>>13
}

// pattern returns a function that draws dark ink on light ground. A picture of
// more than 1000 pixels a side shows the same pattern, enlarged.
func pattern(isInk func(x, y int, rng *rand.Rand) bool) func(side int) image.Image {
	return func(side int) image.Image {
		rng := rand.New(rand.NewPCG(1, 2))
		n := min(side, 1000)
		small := image.NewGray(image.Rect(0, 0, n, n))
		for i := range small.Pix {
			if small.Pix[i] = 230; isInk(i%n, i/n, rng) {
				small.Pix[i] = 30
			}
		}
		if n == side {
			return small
		}
		large := image.NewGray(image.Rect(0, 0, side, side))
		for i := range large.Pix {
			large.Pix[i] = small.Pix[i/side*n/side*n+i%side*n/side]
		}
		return large
	}
}

func grayNoise(side int) image.Image {
	rng := rand.New(rand.NewPCG(1, 2))
	g := image.NewGray(image.Rect(0, 0, side, side))
	for i := range g.Pix {
		g.Pix[i] = uint8(rng.Uint32())
	}
	return g
}

func colorNoise(side int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			h := hash(x*1000/max(side, 1000), y*1000/max(side, 1000))
			m.SetRGBA(x, y, color.RGBA{uint8(h), uint8(h >> 8), uint8(h >> 16), 255})
		}
	}
	return m
}

func gradient(side int) image.Image {
	g := image.NewGray(image.Rect(0, 0, side, side))
	for i := range g.Pix {
		g.Pix[i] = uint8((i%side + i/side) * 127 / side)
	}
	return g
}
