package imageprep

import (
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"math/rand/v2"
)

// An easel draws with whole numbers only, so its pictures have the same bits on
// every machine. Positions and widths are in sixteenths of a pixel.
type easel struct {
	*image.Gray
	width int   // of the pen
	level uint8 // of the pen
}

// newEasel returns a picture of one level.
func newEasel(w, h int, ground, level uint8, width int) *easel {
	e := &easel{image.NewGray(image.Rect(0, 0, w, h)), width, level}
	for i := range e.Pix {
		e.Pix[i] = ground
	}
	return e
}

// line draws a line through points: x, y, x, y, and so on.
func (e *easel) line(points ...int) {
	for i := 0; i+3 < len(points); i += 2 {
		e.segment(points[i], points[i+1], points[i+2], points[i+3])
	}
}

// segment draws one straight stroke with round ends. Each pixel has 16 samples.
func (e *easel) segment(x0, y0, x1, y1 int) {
	r := e.width/2 + 16
	box := image.Rect(min(x0, x1)-r, min(y0, y1)-r, max(x0, x1)+r, max(y0, y1)+r)
	box = image.Rect(box.Min.X>>4, box.Min.Y>>4, box.Max.X>>4+1, box.Max.Y>>4+1).Intersect(e.Rect)
	dx, dy := x1-x0, y1-y0
	length, limit := dx*dx+dy*dy, e.width*e.width/4
	inside := func(x, y int) int { // 1 if a sample is on the stroke
		x, y = x-x0, y-y0
		along, across := x*dx+y*dy, x*dy-y*dx
		switch {
		case along <= 0:
			across = x*x + y*y
		case along >= length:
			across = (x-dx)*(x-dx) + (y-dy)*(y-dy)
		default:
			across = int(int64(across) * int64(across) / int64(length))
		}
		if across <= limit {
			return 1
		}
		return 0
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			n := 0
			for s := range 16 {
				n += inside(16*x+s%4*4+2, 16*y+s/4*4+2)
			}
			v := &e.Pix[e.PixOffset(x, y)]
			*v = uint8((int(*v)*(16-n) + int(e.level)*n) / 16)
		}
	}
}

// rect fills a rectangle, in pixels.
func (e *easel) rect(r image.Rectangle, level uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if image.Pt(x, y).In(e.Rect) {
				e.Pix[e.PixOffset(x, y)] = level
			}
		}
	}
}

// frame draws the outline of a rectangle, in pixels.
func (e *easel) frame(r image.Rectangle) {
	x0, y0, x1, y1 := 16*r.Min.X, 16*r.Min.Y, 16*r.Max.X, 16*r.Max.Y
	e.line(x0, y0, x1, y0, x1, y1, x0, y1, x0, y0)
}

// round draws an ellipse within a rectangle, in pixels.
func (e *easel) round(r image.Rectangle) {
	var points []int
	for _, p := range roundPoints {
		points = append(points, 16*r.Min.X+r.Dx()*p[0]*16/200, 16*r.Min.Y+r.Dy()*p[1]*16/200)
	}
	e.line(append(points, points[:2]...)...)
}

// roundPoints are points of a circle in a square of side 200.
var roundPoints = func() (points [][2]int) {
	quarter := [][2]int{{0, 100}, {20, 98}, {38, 92}, {56, 83}, {71, 71}, {83, 56}, {92, 38}, {98, 20}}
	for i := range 4 {
		for _, p := range quarter {
			for range i {
				p = [2]int{p[1], -p[0]}
			}
			points = append(points, [2]int{100 + p[0], 100 + p[1]})
		}
	}
	return points
}()

// digitStrokes are the strokes of the digits, 100 units high.
var digitStrokes = [10][][]int{
	{{30, 0, 10, 15, 0, 50, 10, 85, 30, 100, 50, 85, 58, 50, 50, 15, 30, 0}},
	{{10, 15, 25, 0, 25, 100}},
	{{2, 22, 15, 2, 42, 2, 55, 22, 45, 48, 0, 98, 60, 98}},
	{{2, 8, 30, 0, 52, 15, 48, 38, 22, 46, 50, 56, 57, 80, 32, 100, 0, 90}},
	{{30, 0, 0, 62, 62, 62}, {45, 35, 45, 100}},
	{{12, 2, 6, 44, 32, 38, 54, 58, 52, 84, 30, 100, 0, 92}, {12, 2, 56, 0}},
	{{45, 0, 15, 30, 2, 65, 12, 95, 38, 100, 55, 80, 45, 58, 25, 55, 6, 70}},
	{{0, 2, 58, 2, 22, 100}, {12, 50, 50, 46}},
	{{30, 46, 8, 32, 8, 12, 30, 0, 52, 12, 52, 32, 30, 46, 4, 64, 4, 86, 30, 100, 56, 86, 56, 64, 30, 46}},
	{{54, 34, 36, 50, 12, 42, 6, 18, 26, 0, 48, 8, 54, 34, 50, 70, 38, 100}},
}

// digit draws a digit h pixels high with its upper left corner at (x, y), by an
// unsteady hand. slant is in percent.
func (e *easel) digit(r *rand.Rand, d, x, y, h, slant int) {
	for _, stroke := range digitStrokes[d] {
		var points []int
		for i := 0; i < len(stroke); i += 2 {
			u, v := stroke[i]+r.IntN(5)-2, stroke[i+1]+r.IntN(5)-2
			u += (100 - v) * slant / 100
			points = append(points, 16*x+u*h*16/100, 16*y+v*h*16/100)
		}
		e.line(points...)
	}
}

// row draws a row of n random digits and returns the column behind it. gap is
// the space between digits, in percent of their height.
func (e *easel) row(r *rand.Rand, n, x, y, h, gap int) int {
	slant := r.IntN(30) - 5
	for range n {
		e.digit(r, r.IntN(10), x, y+r.IntN(h/8+1), h-r.IntN(h/8+1), slant)
		x += h * (60 + gap) / 100
	}
	return x
}

// noise adds noise of up to n levels.
func (e *easel) noise(r *rand.Rand, n int) {
	for i, v := range e.Pix {
		e.Pix[i] = uint8(min(max(int(v)+r.IntN(2*n+1)-n, 0), 255))
	}
}

// light multiplies the levels by the light; see shade.
func (e *easel) light(f func(u, v int) int) { e.Gray = shade(e.Gray, f) }

// colored paints the ink of several easels, each in its color, on one sheet.
func colored(sheet [3]uint8, inks []*easel, colors [][3]uint8) *image.RGBA {
	out := image.NewRGBA(inks[0].Rect)
	for i := range inks[0].Pix {
		c := sheet
		for k, e := range inks { // 0 is ink, 255 is ground
			for j := range c {
				c[j] = uint8((int(c[j])*int(e.Pix[i]) + int(colors[k][j])*int(255-e.Pix[i])) / 255)
			}
		}
		copy(out.Pix[4*i:], []uint8{c[0], c[1], c[2], 255})
	}
	return out
}

// toYCbCr converts the colors, and takes the chroma of a pixel for its group.
func toYCbCr(m *image.RGBA, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	out := image.NewYCbCr(m.Rect, ratio)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.RGBAAt(x, y)
			k := out.COffset(x, y)
			out.Y[out.YOffset(x, y)], out.Cb[k], out.Cr[k] = color.RGBToYCbCr(c.R, c.G, c.B)
		}
	}
	return out
}

// typedAs are types that show the same picture, up to rounding.
var typedAs = []func(image.Rectangle) draw.Image{
	func(r image.Rectangle) draw.Image { return image.NewRGBA(r) },
	func(r image.Rectangle) draw.Image { return image.NewNRGBA(r) },
	func(r image.Rectangle) draw.Image { return image.NewRGBA64(r) },
	func(r image.Rectangle) draw.Image { return image.NewNRGBA64(r) },
	func(r image.Rectangle) draw.Image { return image.NewCMYK(r) },
	func(r image.Rectangle) draw.Image { return image.NewGray16(r) },
	func(r image.Rectangle) draw.Image { return image.NewAlpha(r) },
	func(r image.Rectangle) draw.Image { return image.NewAlpha16(r) },
	func(r image.Rectangle) draw.Image { return image.NewPaletted(r, palette.WebSafe) },
	func(r image.Rectangle) draw.Image {
		return image.NewPaletted(r, color.Palette{color.Transparent, color.Black})
	},
}

// typed draws m as another type. The ground of the picture may be transparent.
func typed(m *image.RGBA, kind int, transparent bool) image.Image {
	out := typedAs[kind](m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.RGBAAt(x, y)
			if transparent {
				ink := 255 - c.G
				out.Set(x, y, color.NRGBA{c.R, c.G / 2, c.B, ink})
			} else {
				out.Set(x, y, c)
			}
		}
	}
	return out
}
