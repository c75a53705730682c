package sheet

import (
	"image"
	"image/color"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// thumbnail returns the picture upright, with the boxes of its digits. Its
// longer side is side. A pixel is the mean of 4x4 samples.
func (e *Entry) thumbnail(side int) *image.RGBA {
	const samples = 4
	b := e.Image.Bounds()
	longer := max(b.Dx(), b.Dy())
	w, h := max(1, scale(side, b.Dx(), longer)), max(1, scale(side, b.Dy(), longer))
	var planes [4]*image.Gray // red, green, blue, frames
	for c := range planes[:3] {
		planes[c] = image.NewGray(image.Rect(0, 0, w, h))
	}
	for i := range w * h {
		var sum [3]uint32
		for k := range samples * samples {
			x := scale(i%w*samples+k%samples, b.Dx(), w*samples)
			y := scale(i/w*samples+k/samples, b.Dy(), h*samples)
			red, green, blue, alpha := e.Image.At(b.Min.X+x, b.Min.Y+y).RGBA()
			for c, v := range [3]uint32{red, green, blue} {
				sum[c] += (v + 0xffff - alpha) >> 8 // on white
			}
		}
		for c, v := range sum {
			v /= samples * samples
			planes[c].Pix[i] = uint8(v&^7 | v>>5) // 32 levels: noise makes files large
		}
	}
	planes[3] = Frames(e.Answers, b, image.Pt(w, h))
	for c := range planes {
		planes[c] = imageprep.Turn(planes[c], e.Orientation)
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

// Frames returns a picture of this size with the outlines of the answers' boxes:
// 1, 2, 3, 1, and so on, on 0. The boxes lie in a picture with these bounds.
func Frames(answers []reader.Answer, bounds image.Rectangle, size image.Point) *image.Gray {
	m := image.NewGray(image.Rectangle{Max: size})
	for i, a := range answers {
		r := a.Box.Sub(bounds.Min)
		r.Min.X, r.Max.X = scale(r.Min.X, size.X, bounds.Dx()), scale(r.Max.X-1, size.X, bounds.Dx())+1
		r.Min.Y, r.Max.Y = scale(r.Min.Y, size.Y, bounds.Dy()), scale(r.Max.Y-1, size.Y, bounds.Dy())+1
		r = r.Inset(-1 - max(size.X, size.Y)/100).Intersect(m.Rect)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if x == r.Min.X || x == r.Max.X-1 || y == r.Min.Y || y == r.Max.Y-1 {
					m.SetGray(x, y, color.Gray{Y: uint8(1 + i%len(frame))})
				}
			}
		}
	}
	return m
}

// scale returns v times n/m. The product has 64 bits on all processors.
func scale(v, n, m int) int { return int(int64(v) * int64(n) / int64(m)) }
