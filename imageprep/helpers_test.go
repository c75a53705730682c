package imageprep

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"os"
)

// long tells whether all sizes and repetitions are tested.
func long() bool { return os.Getenv("DIGITS_LONG") != "" }

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// fill favors 0 and 255, the special cases of alpha.
func fill(pix []uint8, r dice) {
	for i := range pix {
		pix[i] = uint8(min(max(r.IntN(400)-72, 0), 255))
	}
}

// dice make pixels: a *rand.Rand, or a fuzzer's bytes.
type dice interface{ IntN(n int) int }

// kinds make pictures of each standard type with random pixels.
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
		p := color.Palette{color.NRGBA{9, 99, 199, 77}, color.Transparent, color.CMYK{M: 40}, nil, color.Gray16{Y: 0xabcd}}
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
		for i := range m.Cb {
			m.Cb[i], m.Cr[i] = 128, 128 // At clips other colors
		}
		return m
	}
}

// atOnly hides the type of a picture, so that it is read through At.
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

func grayOf(w int, pix ...uint8) *image.Gray {
	return &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, len(pix)/w)}
}

// two is the shape of a 2: a line through points of the unit square.
var two = [][2]float64{{.32, .3}, {.4, .2}, {.55, .18}, {.66, .27}, {.64, .42}, {.3, .8}, {.7, .78}}

// drawTwo draws an antialiased 2 with the given gray levels.
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

// drawEight draws an 8 of two circles. half is half the stroke width. With bold
// strokes, what the circles surround looks more like ink than they do.
func drawEight(size int, half float64, ground, stroke uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, size, size))
	s := float64(size)
	for i := range g.Pix {
		x, y := float64(i%size)+.5-s/2, float64(i/size)+.5-s/2
		radius := s / 6
		d := min(math.Abs(math.Hypot(x, y-radius)-radius), math.Abs(math.Hypot(x, y+radius)-radius))
		cover := min(max(half-d+.5, 0), 1)
		g.Pix[i] = uint8(math.Round(float64(ground) + cover*(float64(stroke)-float64(ground))))
	}
	return g
}

// tightEight draws an 8 without a margin, about as large as MNIST's digits.
func tightEight(ground, stroke uint8) *image.Gray {
	box := InkBox(drawEight(30, 1.3, 0, 255))
	return drawEight(30, 1.3, ground, stroke).SubImage(box).(*image.Gray)
}

// toSegment returns the distance of (x, y) to a line segment.
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

// onPaper puts g at a point of a larger sheet of paper.
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

// pale divides the levels of a picture, and adds to them.
func pale(g *image.Gray, by, plus uint8) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = v/by + plus
	}
	return out
}

// shade multiplies a picture by the light that falls on it, in percent. u and v
// are positions from 0 to 100, across and down.
func shade(g *image.Gray, light func(u, v int) int) *image.Gray {
	out := image.NewGray(g.Rect)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for y := range h {
		for x, v := range row(g, y) {
			row(out, y)[x] = uint8(int(v) * light(100*x/w, 100*y/h) / 100)
		}
	}
	return out
}

// Lights for shade.
func hardShadow(u, v int) int { return min(max(100-10*(u+v-100), 40), 100) }
func vignette(u, v int) int   { return 100 - ((u-50)*(u-50)+(v-50)*(v-50))*70/5000 }
func slope(u, v int) int      { return 30 + (2*u+v)*70/300 }

// covered returns g with one level where something else covers it. u and v are
// positions from 0 to 100, across and down.
func covered(g *image.Gray, level uint8, where func(u, v int) bool) *image.Gray {
	out := image.NewGray(g.Rect)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for y := range h {
		for x, v := range row(g, y) {
			if where(100*x/w, 100*y/h) {
				v = level
			}
			row(out, y)[x] = v
		}
	}
	return out
}

// meanDifference returns the mean difference of the pixels, from 0 to 1.
func meanDifference(a, b *image.Gray) float64 {
	sum := 0
	for i, v := range a.Pix {
		sum += max(int(v)-int(b.Pix[i]), int(b.Pix[i])-int(v))
	}
	return float64(sum) / float64(255*len(a.Pix))
}

// A pen draws dark, antialiased strokes on a light page.
type pen struct {
	page  *image.Gray
	width float64
}

func newPen(w, h int, width float64) *pen {
	return &pen{onPaper(grayOf(1, 200), image.Rect(0, 0, w, h), image.Point{}, 200), width}
}

// line draws a line through points.
func (p *pen) line(points ...[2]float64) {
	for i := range points[1:] {
		a, b := points[i], points[i+1]
		left, right := int(min(a[0], b[0])-p.width)-1, int(max(a[0], b[0])+p.width)+2
		top, bottom := int(min(a[1], b[1])-p.width)-1, int(max(a[1], b[1])+p.width)+2
		for y := max(0, top); y < min(p.page.Rect.Dy(), bottom); y++ {
			for x := max(0, left); x < min(p.page.Rect.Dx(), right); x++ {
				d := toSegment(float64(x)+.5, float64(y)+.5, a[0], a[1], b[0], b[1])
				cover := min(max(p.width/2-d+.5, 0), 1)
				v := &p.page.Pix[p.page.PixOffset(x, y)]
				*v = min(*v, uint8(math.Round(200-160*cover)))
			}
		}
	}
}

// shape draws a digit of the given height. Its upper left corner is (x, y), and
// its strokes are those in the unit square.
func (p *pen) shape(x, y, height float64, strokes ...[][2]float64) {
	for _, s := range strokes {
		var points [][2]float64
		for _, q := range s {
			points = append(points, [2]float64{x + q[0]*height, y + q[1]*height})
		}
		p.line(points...)
	}
}

// The strokes of digits in the unit square.
var (
	strokeOne  = [][2]float64{{.1, 0}, {.1, 1}}
	strokeTwo  = [][2]float64{{.05, .2}, {.2, 0}, {.45, .05}, {.5, .25}, {0, 1}, {.6, .95}}
	strokeFour = [][2]float64{{.25, 0}, {0, .6}, {.6, .6}}
	stemFour   = [][2]float64{{.45, .3}, {.45, 1}}
	bodyFive   = [][2]float64{{.1, .05}, {.05, .45}, {.35, .4}, {.5, .7}, {.3, 1}, {0, .9}}
	barFive    = [][2]float64{{.2, 0}, {.6, -.03}}
	ring       = [][2]float64{{.3, 0}, {.05, .2}, {0, .6}, {.25, 1}, {.5, .7}, {.55, .3}, {.3, 0}}
)

// drawn returns a picture drawn as rows: # is ink, + is a soft edge, a digit is
// a level, and any other character is 0.
func drawn(rows ...string) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, len(rows[0]), len(rows)))
	for y, r := range rows {
		for x, c := range r {
			switch {
			case c == '#':
				g.SetGray(x, y, color.Gray{Y: 255})
			case c == '+':
				g.SetGray(x, y, color.Gray{Y: 100})
			case c >= '0' && c <= '9':
				g.SetGray(x, y, color.Gray{Y: uint8(c - '0')})
			}
		}
	}
	return g
}

// boxes returns a picture of w x h pixels. Each box inverts its pixels, so two
// boxes make a frame.
func boxes(w, h int, all ...image.Rectangle) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for _, b := range all {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				g.Pix[y*w+x] ^= 255
			}
		}
	}
	return g
}

// labelsOf returns the levels of a picture as labels. Ink has the label 1.
func labelsOf(g *image.Gray) []int32 {
	label := make([]int32, len(g.Pix))
	for i, v := range g.Pix {
		label[i] = int32(v)
		if v == 255 {
			label[i] = 1
		}
	}
	return label
}
