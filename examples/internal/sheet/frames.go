package sheet

import (
	"image"
	"image/color"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// Values of the pixels that Frames draws. The frames of neighboring digits
// differ.
const (
	even = 1 + iota
	odd
	unsure
	leftOut
)

// Frames returns a picture of this size with the outlines of all boxes of a
// page. The boxes belong to a picture with these bounds. The value of a
// pixel is 1 or 2 for a sure digit, 3 for an unsure one, and 4 for other ink,
// in dashes. The ground is 0.
func Frames(page *reader.Page, bounds image.Rectangle, size image.Point) *image.Gray {
	m := image.NewGray(image.Rectangle{Max: size})
	for _, a := range page.LeftOut {
		outline(m, a.Box.Sub(bounds.Min), bounds.Size(), leftOut)
	}
	for i, a := range page.Answers {
		value := uint8(even + i%2)
		if !a.Sure {
			value = unsure
		}
		outline(m, a.Box.Sub(bounds.Min), bounds.Size(), value)
	}
	return m
}

// outline draws a box of a picture of this size.
func outline(m *image.Gray, r image.Rectangle, size image.Point, value uint8) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	// Rounded outward, the box has all pixels of m that show some of its ink.
	r.Min.X, r.Max.X = scale(r.Min.X, w, size.X), scaleUp(r.Max.X, w, size.X)
	r.Min.Y, r.Max.Y = scale(r.Min.Y, h, size.Y), scaleUp(r.Max.Y, h, size.Y)
	r = r.Inset(-1 - max(w, h)/100).Intersect(m.Rect)
	dot := func(x, y int) {
		if value != leftOut || (x+y)%4 < 2 {
			m.Pix[y*m.Stride+x] = value
		}
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		dot(r.Min.X, y)
		dot(r.Max.X-1, y)
	}
	for x := r.Min.X; x < r.Max.X; x++ {
		dot(x, r.Min.Y)
		dot(x, r.Max.Y-1)
	}
}

// thumbnail returns the picture upright, with the boxes of its digits. It is as
// large as it can be within a size.
func thumbnail(r *pictures.Result, size image.Point) *image.RGBA {
	b := r.Image.Bounds()
	if r.Orientation >= 5 { // the stored picture is on its side
		size = image.Pt(size.Y, size.X)
	}
	size = fit(b.Size(), size)
	planes := colors(r.Image, size.X, size.Y)
	for _, p := range planes[:3] {
		reduce(p)
	}
	planes[3] = Frames(&r.Page, b, size)
	for c := range planes {
		planes[c] = imageprep.Turn(planes[c], r.Orientation)
	}
	m := image.NewRGBA(planes[3].Rect)
	for i, f := range planes[3].Pix {
		c := color.RGBA{planes[0].Pix[i], planes[1].Pix[i], planes[2].Pix[i], 255}
		if f > 0 {
			c = frame[f-1]
		}
		m.SetRGBA(i%m.Rect.Dx(), i/m.Rect.Dx(), c)
	}
	return m
}

// fit returns the size of a picture of size p that is as large as it can be
// within a size.
func fit(p, within image.Point) image.Point {
	w, h := within.X, max(1, scale(within.X, p.Y, p.X))
	if h > within.Y {
		w, h = max(1, scale(within.Y, p.X, p.Y)), within.Y
	}
	return image.Pt(w, h)
}

// reduce reduces the levels of a plane to 32. They are enough: noise makes PNG
// files large.
func reduce(plane *image.Gray) {
	for i, v := range plane.Pix {
		plane.Pix[i] = v&^7 | v>>5
	}
}

// colors returns the red, green and blue of a picture, scaled to w x h pixels,
// and room for one more plane. A pixel is the mean of 4x4 samples. The ground
// of a transparent picture is white or, if its colors are light, black. So its
// ink shows, as in imageprep.Luminance.
func colors(img image.Image, w, h int) (planes [4]*image.Gray) {
	b := img.Bounds()
	samples := 4
	if b.Dx() == w && b.Dy() == h { // all samples are the pixel itself
		samples = 1
	}
	at := func(x, y int) color.RGBA64 { return color.RGBA64Model.Convert(img.At(x, y)).(color.RGBA64) }
	if m, ok := img.(image.RGBA64Image); ok { // it is faster, with the same result
		at = m.RGBA64At
	}
	columns := make([]int, w*samples)
	for i := range columns {
		columns[i] = b.Min.X + scale(i, b.Dx(), w*samples)
	}
	sums := make([][4]uint32, w*h) // of red, green, blue and alpha
	for i := range h * samples {
		y := b.Min.Y + scale(i, b.Dy(), h*samples)
		for k, x := range columns {
			sum, c := &sums[i/samples*w+k/samples], at(x, y)
			for j, v := range [4]uint16{c.R, c.G, c.B, c.A} {
				sum[j] += uint32(v >> 8)
			}
		}
	}
	light, dark := 0, 0 // how far the colors are from black, and from white
	for _, sum := range sums {
		luma := (299*sum[0] + 587*sum[1] + 114*sum[2]) / 1000
		light, dark = light+int(luma), dark+int(sum[3])-int(luma)
	}
	n := uint32(samples * samples)
	for c := range planes[:3] {
		planes[c] = image.NewGray(image.Rect(0, 0, w, h))
		for i, sum := range sums {
			v := sum[c]
			if dark >= light {
				v += n*255 - sum[3]
			}
			planes[c].Pix[i] = uint8(min(v/n, 255))
		}
	}
	return planes
}

// scale returns v times n/m. The product has 64 bits on all processors.
func scale(v, n, m int) int { return int(int64(v) * int64(n) / int64(m)) }

// scaleUp is scale, rounded up.
func scaleUp(v, n, m int) int { return int((int64(v)*int64(n) + int64(m) - 1) / int64(m)) }
