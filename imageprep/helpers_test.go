package imageprep

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
)

// atOnly hides the type of a picture, so that only the path through At is left.
type atOnly struct{ img image.Image }

func (a atOnly) ColorModel() color.Model { return a.img.ColorModel() }
func (a atOnly) Bounds() image.Rectangle { return a.img.Bounds() }
func (a atOnly) At(x, y int) color.Color { return a.img.At(x, y) }

// procedural is a picture without memory.
type procedural struct {
	bounds image.Rectangle
	at     func(x, y int) color.Color
}

func (p procedural) ColorModel() color.Model { return color.GrayModel }
func (p procedural) Bounds() image.Rectangle { return p.bounds }
func (p procedural) At(x, y int) color.Color { return p.at(x, y) }

// two is the shape of a 2 as a line through points of the unit square.
var two = [][2]float64{{.32, .3}, {.4, .2}, {.55, .18}, {.66, .27}, {.64, .42}, {.3, .8}, {.7, .78}}

// drawTwo draws a 2, antialiased, with the given grey levels.
func drawTwo(size int, ground, stroke uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, size, size))
	s := float64(size)
	for i := range g.Pix {
		x, y := float64(i%size)+.5, float64(i/size)+.5
		d := math.Inf(1)
		for k := range two[1:] {
			d = min(d, toSegment(x, y, s*two[k][0], s*two[k][1], s*two[k+1][0], s*two[k+1][1]))
		}
		cover := min(max(s*.04-d+.5, 0), 1)
		g.Pix[i] = uint8(math.Round(float64(ground) + cover*(float64(stroke)-float64(ground))))
	}
	return g
}

func toSegment(x, y, x0, y0, x1, y1 float64) float64 {
	dx, dy := x1-x0, y1-y0
	t := min(max(((x-x0)*dx+(y-y0)*dy)/(dx*dx+dy*dy), 0), 1)
	return math.Hypot(x-x0-t*dx, y-y0-t*dy)
}

func inverted(g *image.Gray) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = 255 - v
	}
	return out
}

// onPaper puts g at a point of a larger sheet.
func onPaper(g *image.Gray, sheet image.Rectangle, at image.Point, paper uint8) *image.Gray {
	out := image.NewGray(sheet)
	draw.Draw(out, sheet, image.NewUniform(color.Gray{Y: paper}), image.Point{}, draw.Src)
	draw.Draw(out, g.Rect.Sub(g.Rect.Min).Add(at), g, g.Rect.Min, draw.Src)
	return out
}

func upscaled(g *image.Gray, k int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, k*g.Rect.Dx(), k*g.Rect.Dy()))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.SetGray(x, y, g.GrayAt(g.Rect.Min.X+x/k, g.Rect.Min.Y+y/k))
		}
	}
	return out
}

// dice are what pixels come from: a *rand.Rand, or a fuzzer's bytes.
type dice interface{ IntN(n int) int }

// kinds makes a picture of each standard type; kinds[i](bounds, r) has random pixels.
var kinds = []struct {
	name string
	make func(b image.Rectangle, r dice) image.Image
}{
	{"Gray", func(b image.Rectangle, r dice) image.Image { m := image.NewGray(b); fill(m.Pix, r); return m }},
	{"Gray16", func(b image.Rectangle, r dice) image.Image { m := image.NewGray16(b); fill(m.Pix, r); return m }},
	{"RGBA", func(b image.Rectangle, r dice) image.Image { m := image.NewRGBA(b); fill(m.Pix, r); return m }},
	{"NRGBA", func(b image.Rectangle, r dice) image.Image { m := image.NewNRGBA(b); fill(m.Pix, r); return m }},
	{"RGBA64", func(b image.Rectangle, r dice) image.Image { m := image.NewRGBA64(b); fill(m.Pix, r); return m }},
	{"NRGBA64", func(b image.Rectangle, r dice) image.Image { m := image.NewNRGBA64(b); fill(m.Pix, r); return m }},
	{"CMYK", func(b image.Rectangle, r dice) image.Image { m := image.NewCMYK(b); fill(m.Pix, r); return m }},
	{"Alpha", func(b image.Rectangle, r dice) image.Image { m := image.NewAlpha(b); fill(m.Pix, r); return m }},
	{"Alpha16", func(b image.Rectangle, r dice) image.Image { m := image.NewAlpha16(b); fill(m.Pix, r); return m }},
	{"Paletted", func(b image.Rectangle, r dice) image.Image {
		p := color.Palette{color.NRGBA{R: 9, G: 99, B: 199, A: 77}, color.Transparent, color.CMYK{M: 40}, nil, color.Gray16{Y: 0xabcd}}
		m := image.NewPaletted(b, p)
		for i := range m.Pix {
			m.Pix[i] = uint8(r.IntN(len(p)))
		}
		return m
	}},
	{"YCbCr444", ycbcr(image.YCbCrSubsampleRatio444)},
	{"YCbCr422", ycbcr(image.YCbCrSubsampleRatio422)},
	{"YCbCr420", ycbcr(image.YCbCrSubsampleRatio420)},
	{"YCbCr440", ycbcr(image.YCbCrSubsampleRatio440)},
	{"YCbCr411", ycbcr(image.YCbCrSubsampleRatio411)},
	{"YCbCr410", ycbcr(image.YCbCrSubsampleRatio410)},
	{"NYCbCrA", func(b image.Rectangle, r dice) image.Image {
		m := image.NewNYCbCrA(b, image.YCbCrSubsampleRatio420)
		for _, p := range [][]uint8{m.Y, m.Cb, m.Cr, m.A} {
			fill(p, r)
		}
		return m
	}},
}

func ycbcr(ratio image.YCbCrSubsampleRatio) func(image.Rectangle, dice) image.Image {
	return func(b image.Rectangle, r dice) image.Image {
		m := image.NewYCbCr(b, ratio)
		fill(m.Y, r)
		for i := range m.Cb { // of other colours At's clipping changes the luma
			m.Cb[i], m.Cr[i] = 128, 128
		}
		return m
	}
}

// fill favours 0 and 255, where alpha has its special cases.
func fill(pix []uint8, r dice) {
	for i := range pix {
		pix[i] = uint8(min(max(r.IntN(400)-72, 0), 255))
	}
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
