package imageprep

import (
	"image"
	"image/color"
)

// This file reads the chroma of a picture: Cb and Cr of the JFIF standard. Gray
// has 128 in both.

// A chroma is the chroma of a picture.
type chroma struct{ cb, cr plane }

// readChroma reads the chroma of a picture of any size, shrunk to w x h pixels.
// It returns false if the picture's type has no color. Chroma is smooth, so
// readChroma reads at most samples rows and columns for each row and column of
// the result.
func readChroma(img image.Image, w, h, samples int) (c chroma, ok bool) {
	b := img.Bounds()
	cols, rows := min(b.Dx(), samples*w), min(b.Dy(), samples*h)
	var readers [2]rowReader
	switch m := img.(type) {
	case *image.Gray, *image.Gray16, *image.Alpha, *image.Alpha16:
		return c, false
	case *image.Paletted:
		if isGray(m.Palette) {
			return c, false
		}
	case *image.YCbCr:
		last := m.COffset(b.Max.X-1, b.Max.Y-1)
		if last >= min(len(m.Cb), len(m.Cr)) || m.COffset(b.Min.X, b.Min.Y) < 0 {
			return c, false // not a valid picture; its Y may be
		}
		// Copying whole rows is faster than choosing columns.
		step := 1
		if all := m.COffset(b.Max.X-1, b.Min.Y) - m.COffset(b.Min.X, b.Min.Y) + 1; all >= w {
			cols = all
		} else {
			cols, step = b.Dx(), 0
		}
		for i, levels := range [][]uint8{m.Cb, m.Cr} {
			readers[i] = func(dst []uint8, x, y int) {
				y = b.Min.Y + int(int64(y)*int64(b.Dy())/int64(rows))
				if step == 1 {
					copy(dst, levels[m.COffset(b.Min.X, y)+x:][:len(dst)])
					return
				}
				for k := range dst {
					dst[k] = levels[m.COffset(b.Min.X+x+k, y)]
				}
			}
		}
	}
	if readers[0] == nil {
		at := colorReader(img)
		for i := range readers {
			readers[i] = func(dst []uint8, x, y int) {
				for k := range dst {
					r, g, b := at(b.Min.X+int(int64(x+k)*int64(b.Dx())/int64(cols)), b.Min.Y+int(int64(y)*int64(b.Dy())/int64(rows)))
					_, cb, cr := color.RGBToYCbCr(r, g, b)
					dst[k] = [2]uint8{cb, cr}[i]
				}
			}
		}
	}
	shrunk := func(read rowReader) plane {
		g := image.NewGray(image.Rect(0, 0, w, h))
		areaAverage(g, read, image.Rect(0, 0, cols, rows))
		return planeOf(g, 0)
	}
	return chroma{shrunk(readers[0]), shrunk(readers[1])}, true
}

func isGray(p color.Palette) bool {
	for _, c := range p {
		if c != nil {
			if r, g, b, _ := c.RGBA(); r != g || g != b {
				return false
			}
		}
	}
	return true
}

// colorReader returns a function that reads one pixel in front of white. So
// transparent pixels have no color.
func colorReader(img image.Image) func(x, y int) (r, g, b uint8) {
	switch m := img.(type) {
	case *image.RGBA:
		return func(x, y int) (r, g, b uint8) {
			s := m.Pix[m.PixOffset(x, y):][:4:4]
			add := 255 - s[3]
			return s[0] + min(add, 255-s[0]), s[1] + min(add, 255-s[1]), s[2] + min(add, 255-s[2])
		}
	case *image.Paletted:
		var levels [256][3]uint8
		for i := range levels {
			var c color.Color
			if i < len(m.Palette) {
				c = m.Palette[i]
			}
			levels[i][0], levels[i][1], levels[i][2] = onWhite(c)
		}
		return func(x, y int) (r, g, b uint8) {
			c := &levels[m.ColorIndexAt(x, y)]
			return c[0], c[1], c[2]
		}
	// Standard types only, for the same reason as in knownOpaque.
	case *image.NRGBA:
		return rgba64Color(m)
	case *image.RGBA64:
		return rgba64Color(m)
	case *image.NRGBA64:
		return rgba64Color(m)
	case *image.NYCbCrA:
		return rgba64Color(m)
	case *image.CMYK:
		return rgba64Color(m)
	}
	return func(x, y int) (r, g, b uint8) { return onWhite(img.At(x, y)) }
}

// rgba64Color is colorReader for types with the method RGBA64At. It does not
// allocate a color.Color for each pixel.
func rgba64Color[T image.RGBA64Image](m T) func(x, y int) (r, g, b uint8) {
	return func(x, y int) (r, g, b uint8) {
		c := m.RGBA64At(x, y)
		add := 0xffff - c.A
		part := func(v uint16) uint8 { return uint8((v + min(add, 0xffff-v)) >> 8) }
		return part(c.R), part(c.G), part(c.B)
	}
}

// onWhite returns a color in front of white. A nil color counts as transparent.
func onWhite(c color.Color) (r, g, b uint8) {
	if c == nil {
		return 255, 255, 255
	}
	cr, cg, cb, a := c.RGBA()
	part := func(v uint32) uint8 { return uint8(min(min(v, 0xffff)+0xffff-min(a, 0xffff), 0xffff) >> 8) }
	return part(cr), part(cg), part(cb)
}

// turn turns both planes.
func (c chroma) turn(o Orientation) chroma {
	return chroma{planeOf(Turn(c.cb.gray(), o), 0), planeOf(Turn(c.cr.gray(), o), 0)}
}

// colorSide is the longer side of the largest chroma. Cameras blur chroma, so
// more pixels would show no more.
const colorSide = 512

// clearlyColored is how far the chroma of a pixel must be from its ground's to
// be a color rather than noise.
const clearlyColored = 20

// isColored reports whether at least one pixel in two thousand has another
// chroma than most.
func (c chroma) isColored() bool {
	var cb, cr histogram
	cb.add(c.cb.pix)
	cr.add(c.cr.pix)
	b, r := cb.medianOf(0, 255), cr.medianOf(0, 255)
	n := 0
	for i, v := range c.cb.pix {
		x, y := int(v)-b, int(c.cr.pix[i])-r
		if x*x+y*y > clearlyColored*clearlyColored {
			n++
		}
	}
	return 2000*n >= len(c.cb.pix)
}

// differences subtracts the chroma of the ground from the chroma of a picture,
// and enlarges the result to the size of the ink. It has 128 where there is no
// difference, or no ground.
func (c chroma) differences(f *inkPicture) chroma {
	return chroma{f.chromaDifference(c.cb), f.chromaDifference(c.cr)}
}

func (f *inkPicture) chromaDifference(p plane) plane {
	w, h := f.strength.Rect.Dx(), f.strength.Rect.Dy()
	of := make([]uint8, len(p.pix)) // the ground of each pixel
	for i := range of {
		of[i] = noGround
	}
	for y := range p.h {
		f.eachRun(y*h/p.h, func(x0, x1, n int) {
			for x := (x0*p.w + w - 1) / w; x < (x1*p.w+w-1)/w; x++ {
				of[y*p.w+x] = uint8(n)
			}
		})
	}
	counts := make([]histogram, len(f.grounds))
	for i, n := range of {
		if n != noGround {
			counts[n][p.pix[i]]++
		}
	}
	medians := make([]int, len(counts))
	for n := range counts {
		medians[n] = counts[n].medianOf(0, 255)
	}
	difference, ground := newPlane(p.w, p.h, nil), newPlane(p.w, p.h, nil)
	for i, n := range of {
		difference.pix[i], ground.pix[i] = 128, 128
		if n == noGround {
			continue
		}
		d := int(p.pix[i]) - medians[n]
		difference.pix[i] = uint8(min(max(d+128, 0), 255))
		ink := f.inks[0].Pix[i/p.w*h/p.h*w+i%p.w*w/p.w]
		if ink == 0 && 2*max(d, -d) < clearlyColored {
			ground.pix[i] = difference.pix[i]
		}
	}
	// The chroma of light changes slowly across a picture.
	small := smallOf(ground.gray())
	small = small.blur(max(small.w, small.h)/8 | 1)
	grow := newGrower(small, p.w, p.h)
	for y := range p.h {
		out, at := difference.row(y), grow.row(y)
		for x, v := range out {
			out[x] = uint8(min(max(int(v)-int(at[x])+128, 0), 255))
		}
	}
	return difference.grown(w, h)
}
