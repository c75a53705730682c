package reader

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// blot draws a disk.
func blot(g *image.Gray, x, y, radius float64) {
	for v := int(y - radius); v <= int(y+radius); v++ {
		for u := int(x - radius); u <= int(x+radius); u++ {
			if math.Hypot(float64(u)-x, float64(v)-y) <= radius {
				g.SetGray(u, v, color.Gray{})
			}
		}
	}
}

// arc draws a part of an ellipse. Angles are in turns.
func arc(g *image.Gray, x, y, across, down, from, to, radius float64) {
	for i := range 400 {
		sin, cos := math.Sincos(2 * math.Pi * (from + (to-from)*float64(i)/399))
		blot(g, x+across*cos, y+down*sin, radius)
	}
}

// paper returns a white sheet.
func paper(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	return g
}

// face draws a face.
func face(rng *rand.Rand) image.Image {
	g := paper(300, 300)
	pen := 3 + 4*rng.Float64()
	arc(g, 150, 150, 80+30*rng.Float64(), 110, 0, 1, pen)
	blot(g, 115, 120, 2*pen)
	blot(g, 185, 120, 2*pen)
	arc(g, 150, 160, 45, 40, 0.05, 0.45, pen)
	arc(g, 150, 140, 4, 25, -0.25, 0.25, pen)
	return g
}

// text draws lines of letters, as on a page of a book.
func text(rng *rand.Rand) image.Image {
	g := paper(400, 300)
	letters := []rune(hand.Letters)
	for y := 20; y < 260; y += 40 {
		for x := 20; x < 360; {
			ink := hand.Write(rng, letters[rng.IntN(len(letters))])
			for v := range 24 {
				for u := range 20 {
					level := ink.GrayAt(ink.Rect.Min.X+u*ink.Rect.Dx()/20, ink.Rect.Min.Y+v*ink.Rect.Dy()/24).Y
					g.SetGray(x+u, y+v, color.Gray{Y: 255 - level})
				}
			}
			x += 24
			if rng.IntN(6) == 0 {
				x += 20
			}
		}
	}
	return g
}

// noise draws random pixels.
func noise(rng *rand.Rand) image.Image {
	g := paper(200, 200)
	for i := range g.Pix {
		g.Pix[i] = uint8(rng.IntN(256))
	}
	return g
}

// frame draws an empty box of a form.
func frame(rng *rand.Rand) image.Image {
	g := paper(200, 200)
	w, h, pen := 60+rng.IntN(30), 70+rng.IntN(30), 3+3*rng.Float64()
	for i := -h; i <= h; i++ {
		blot(g, float64(100-w), float64(100+i), pen)
		blot(g, float64(100+w), float64(100+i), pen)
	}
	for i := -w; i <= w; i++ {
		blot(g, float64(100+i), float64(100-h), pen)
		blot(g, float64(100+i), float64(100+h), pen)
	}
	return g
}

// TestStrangePictures: no picture without a digit reads as sure digits alone.
// Other ink is left out, or the reader is not sure.
func TestStrangePictures(t *testing.T) {
	t.Parallel()
	seeds := uint64(1)
	if os.Getenv("DIGITS_LONG") != "" {
		seeds = 3
	}
	for name, draw := range map[string]func(*rand.Rand) image.Image{"noise": noise, "text": text, "face": face, "frame": frame} {
		for seed := range seeds {
			p, err := Default().Page(draw(rand.New(rand.NewPCG(seed, 0))), 0)
			if name == "frame" {
				require.ErrorAs(t, err, new(*imageprep.BlankError))
				continue
			}
			require.NoError(t, err)
			sure := 0
			for _, a := range p.Answers {
				if a.Sure {
					sure++
				}
			}
			require.False(t, sure == len(p.Answers) && len(p.LeftOut) == 0, "%s %d: %v", name, seed, p.Answers)
			if name == "noise" {
				require.LessOrEqual(t, sure, 3, "%s %d: %v", name, seed, p.Answers)
			}
		}
	}
}
