package why

import (
	"image"
	"image/color"
	"math"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

// Draw draws what SVG shows on a white ground. A unit is scale pixels.
func Draw(w *reader.Why, scale int) *image.RGBA {
	width, height := w.Image.Rect.Dx(), w.Image.Rect.Dy()
	m := image.NewRGBA(image.Rect(0, 0, width*scale, height*scale))
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			ink := int(w.Image.Pix[y/scale*w.Image.Stride+x/scale])
			v := uint8(255 - ink*pale*127/(255*255)) // gray 128, see paleData
			m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	for _, s := range strokesOf(w) {
		cover(&s, m.Rect.Size(), float64(scale), func(x, y int, inside float64) { mix(m, x, y, s.color(), inside*s.opacity()) })
	}
	return m
}

// cover calls f for each pixel that a stroke covers, and tells how much of it.
// A stroke is a rectangle along its line. A pixel is covered as far as its
// center is inside, to half a pixel, and at most by the stroke's width. A unit
// is scale pixels; the picture has this size.
func cover(s *stroke, size image.Point, scale float64, f func(x, y int, inside float64)) {
	x1, y1, x2, y2 := float64(s.X1)*scale, float64(s.Y1)*scale, float64(s.X2)*scale, float64(s.Y2)*scale
	length := math.Hypot(x2-x1, y2-y1)
	if !(length > 0) {
		return
	}
	ux, uy := (x2-x1)/length, (y2-y1)/length
	half := float64(s.Width) * scale / 2
	box := image.Rect(int(x1), int(y1), int(x2), int(y2)).Inset(-int(half) - 2)
	box = box.Intersect(image.Rectangle{Max: size})
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			dx, dy := float64(x)+0.5-x1, float64(y)+0.5-y1
			along, across := float64(dx*ux)+float64(dy*uy), math.Abs(float64(dx*uy)-float64(dy*ux))
			if inside := min(along, length-along, half-across) + 0.5; inside > 0 {
				f(x, y, min(inside, 2*half, 1))
			}
		}
	}
}

// mix draws a color over a pixel.
func mix(m *image.RGBA, x, y int, c color.RGBA, opacity float64) {
	i := m.PixOffset(x, y)
	for k, v := range [3]uint8{c.R, c.G, c.B} {
		old := float64(m.Pix[i+k])
		m.Pix[i+k] = uint8(math.Round(old + float64((float64(v)-old)*opacity)))
	}
}
