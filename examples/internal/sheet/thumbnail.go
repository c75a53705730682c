package sheet

import (
	"image"
	"image/color"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// thumbnail returns the picture upright, with the boxes of its digits. Its
// longer side is side. A pixel is the mean of 4x4 samples.
func thumbnail(e *Entry, side int) *image.RGBA {
	const samples = 4
	b := e.Image.Bounds()
	longer := max(b.Dx(), b.Dy())
	w, h := max(1, scale(side, b.Dx(), longer)), max(1, scale(side, b.Dy(), longer))
	var planes [3]*image.Gray // red, green, blue
	for c := range planes {
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
		for c := range planes {
			// 32 levels hide the noise, which would take most of the file.
			v := uint8(sum[c] / (samples * samples))
			planes[c].Pix[i] = v&^7 | v>>5
		}
	}
	frames := imageprep.Turn(Frames(e.Answers, b, image.Pt(w, h)), e.Orientation)
	for c := range planes {
		planes[c] = imageprep.Turn(planes[c], e.Orientation)
	}
	m := image.NewRGBA(frames.Rect)
	for i, f := range frames.Pix {
		c := color.RGBA{planes[0].Pix[i], planes[1].Pix[i], planes[2].Pix[i], 255}
		if f > 0 {
			c = frame[f-1]
		}
		m.SetRGBA(i%frames.Stride, i/frames.Stride, c)
	}
	return m
}

// Frames returns a picture of this size, black but for the outlines of the
// answers' boxes: 1, 2, 3, 1, and so on. The boxes lie in a picture with these
// bounds.
func Frames(answers []reader.Answer, bounds image.Rectangle, size image.Point) *image.Gray {
	m := image.NewGray(image.Rectangle{Max: size})
	for i, a := range answers {
		r := a.Box.Sub(bounds.Min)
		r.Min.X, r.Max.X = scale(r.Min.X, size.X, bounds.Dx()), scale(r.Max.X-1, size.X, bounds.Dx())+1
		r.Min.Y, r.Max.Y = scale(r.Min.Y, size.Y, bounds.Dy()), scale(r.Max.Y-1, size.Y, bounds.Dy())+1
		r = r.Inset(-1 - max(size.X, size.Y)/100).Intersect(m.Rect)
		v := color.Gray{Y: uint8(1 + i%len(frame))}
		for x := r.Min.X; x < r.Max.X; x++ {
			m.SetGray(x, r.Min.Y, v)
			m.SetGray(x, r.Max.Y-1, v)
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			m.SetGray(r.Min.X, y, v)
			m.SetGray(r.Max.X-1, y, v)
		}
	}
	return m
}

// scale returns v times n/m. On all processors, the product has 64 bits.
func scale(v, n, m int) int { return int(int64(v) * int64(n) / int64(m)) }
