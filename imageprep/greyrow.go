package imageprep

import (
	"image"
	"image/color"
)

// A greyRow writes the grey levels of the pixels (x, y), (x+1, y), ... into dst; all of them lie within the picture.
// There is one for each common type of picture. They share one law, grey16 of what At returns, and the tests compare each
// of them with atRow. The one exception is ycbcrRow.
type greyRow func(dst []uint8, x, y int)

// chunk is how many pixels of a row are read at once. Buffers have this size instead of the width that a picture claims.
const chunk = 4096

func newGreyRow(img image.Image, on ground) greyRow {
	switch m := img.(type) {
	case *image.Gray:
		return func(dst []uint8, x, y int) { o := m.PixOffset(x, y); copy(dst, m.Pix[o:o+len(dst):len(m.Pix)]) }
	case *image.YCbCr:
		return ycbcrRow(m)
	case *image.RGBA:
		return rgbaRow(m, on)
	case *image.NRGBA:
		return nrgbaRow(m, on)
	case *image.Paletted:
		return palettedRow(m, on)
	// Only the standard types, for the reason given at knownOpaque.
	case *image.Gray16:
		return rgba64Row(m, on)
	case *image.RGBA64:
		return rgba64Row(m, on)
	case *image.NRGBA64:
		return rgba64Row(m, on)
	case *image.NYCbCrA:
		return rgba64Row(m, on)
	case *image.CMYK:
		return rgba64Row(m, on)
	case *image.Alpha:
		return rgba64Row(m, on)
	case *image.Alpha16:
		return rgba64Row(m, on)
	}
	return atRow(img, on)
}

// atRow serves every picture and is the oracle of the others.
func atRow(img image.Image, on ground) greyRow {
	return func(dst []uint8, x, y int) {
		for i := range dst {
			dst[i] = colorGrey(img.At(x+i, y), on)
		}
	}
}

// rgba64Row is atRow without a color.Color, and so an allocation, for each pixel.
func rgba64Row[T image.RGBA64Image](m T, on ground) greyRow {
	return func(dst []uint8, x, y int) {
		for i := range dst {
			c := m.RGBA64At(x+i, y)
			dst[i] = grey16(uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A), on)
		}
	}
}

// rgbaRow works in 8 bits: 8-bit components widen to 16 bits by a factor of 257, which commutes with what grey16 does.
func rgbaRow(m *image.RGBA, on ground) greyRow {
	return func(dst []uint8, x, y int) {
		o := m.PixOffset(x, y)
		p := m.Pix[o : o+4*len(dst) : len(m.Pix)]
		for i := range dst {
			s := p[4*i : 4*i+4 : 4*i+4]
			r, g, b, a := uint32(s[0]), uint32(s[1]), uint32(s[2]), uint32(s[3])
			shine := uint32(on) & (255 - a)
			dst[i] = luma(min(r+shine, 255), min(g+shine, 255), min(b+shine, 255))
		}
	}
}

func nrgbaRow(m *image.NRGBA, on ground) greyRow {
	return func(dst []uint8, x, y int) {
		o := m.PixOffset(x, y)
		p := m.Pix[o : o+4*len(dst) : len(m.Pix)]
		for i := range dst {
			s := p[4*i : 4*i+4 : 4*i+4]
			if s[3] == 255 {
				dst[i] = luma(uint32(s[0]), uint32(s[1]), uint32(s[2]))
				continue
			}
			r, g, b, a := color.NRGBA{R: s[0], G: s[1], B: s[2], A: s[3]}.RGBA()
			dst[i] = grey16(r, g, b, a, on)
		}
	}
}

// palettedRow looks the grey up. An index beyond the palette, on which At panics, counts as transparent, like no colour.
func palettedRow(m *image.Paletted, on ground) greyRow {
	var grey [256]uint8
	for i := range grey {
		var c color.Color
		if i < len(m.Palette) {
			c = m.Palette[i]
		}
		grey[i] = colorGrey(c, on)
	}
	return func(dst []uint8, x, y int) {
		o := m.PixOffset(x, y)
		for i, v := range m.Pix[o : o+len(dst) : len(m.Pix)] {
			dst[i] = grey[v]
		}
	}
}

// ycbcrRow takes Y as it is: in JFIF, the form of JPEG files, it is the luma of BT.601 already. It differs by at most 1 from
// the luma of the colour that At makes of it, unless that colour had to be clipped.
func ycbcrRow(m *image.YCbCr) greyRow {
	return func(dst []uint8, x, y int) { o := m.YOffset(x, y); copy(dst, m.Y[o:o+len(dst):len(m.Y)]) }
}
