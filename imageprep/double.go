package imageprep

import (
	"image"
	"image/color"
)

// double returns a picture at twice its size, by linear interpolation.
func double(img image.Image) image.Image {
	b := img.Bounds()
	if img.ColorModel() == color.GrayModel || img.ColorModel() == color.Gray16Model {
		return doubleGray(readGray(b, newRowReader(img, white)))
	}
	var planes [3]*image.Gray
	for i := range planes {
		planes[i] = image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	}
	back := uint32(0)
	if backdropOf(img) == white {
		back = 0xffff
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, g, bl, a := colorAt(img, b.Min.X+x, b.Min.Y+y)
			for i, v := range [3]uint32{r, g, bl} {
				planes[i].Pix[y*b.Dx()+x] = uint8(min(v+back&(0xffff-a), 0xffff) >> 8)
			}
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, 2*b.Dx(), 2*b.Dy()))
	for k, p := range planes {
		for i, v := range doubleGray(p).Pix {
			out.Pix[4*i+k], out.Pix[4*i+3] = v, 255
		}
	}
	return out
}

// colorAt returns the color of a pixel. An index beyond the palette, for which
// At would panic, and a nil color count as transparent.
func colorAt(img image.Image, x, y int) (r, g, b, a uint32) {
	if m, ok := img.(*image.Paletted); ok && int(m.ColorIndexAt(x, y)) >= len(m.Palette) {
		return color.Transparent.RGBA()
	}
	if c := img.At(x, y); c != nil {
		return c.RGBA()
	}
	return color.Transparent.RGBA()
}

// doubleGray returns g at twice its size, by linear interpolation.
func doubleGray(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, 2*w, 2*h))
	for y := range 2 * h {
		y0 := (y+1)/2 - 1
		a, b := row(g, max(y0, 0)), row(g, min(y0+1, h-1))
		fy := 1 + 2*(y&1) // quarters of row a
		for x := range 2 * w {
			x0 := (x+1)/2 - 1
			l, r := max(x0, 0), min(x0+1, w-1)
			fx := 1 + 2*(x&1) // quarters of column l
			v := fy*(fx*int(a[l])+(4-fx)*int(a[r])) + (4-fy)*(fx*int(b[l])+(4-fx)*int(b[r]))
			out.Pix[y*out.Stride+x] = uint8((v + 8) / 16)
		}
	}
	return out
}
