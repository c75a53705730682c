package imageprep

import (
	"image"
	"image/color"
)

// Luminance returns the grey picture of img, of the same size and bounds.
//
// A colour's grey is its ITU-R BT.601 luma in 16-bit fixed point,
//
//	L = (19595 R + 38470 G + 7471 B + 32768) >> 16
//
// on components of 8 bits (of a 16-bit component the high byte), which is, bit for bit, what Pillow's convert("L") gives
// for an RGB picture. A picture with transparent parts is laid on white if what it shows is dark and on black if that is
// light, so that ink that lives only in the alpha channel stays visible.
//
// A picture without a pixel gives an empty one; one whose own At panics, for want of the pixels that it claims, panics here,
// and so does one too large for memory, like an image.Uniform. Luminance needs one byte a pixel; [Shrink], and so [Prepare], need memory for the shrunk picture only.
func Luminance(img image.Image) *image.Gray {
	mustHave(img)
	if img.Bounds().Empty() {
		return new(image.Gray)
	}
	g := image.NewGray(img.Bounds())
	readGrey(g, newGreyRow(img, groundOf(img)))
	return g
}

func mustHave(img image.Image) {
	if img == nil {
		panic("imageprep: img is nil, want a picture")
	}
}

func readGrey(g *image.Gray, read greyRow) {
	for y := range g.Rect.Dy() {
		read(row(g, y), g.Rect.Min.X, g.Rect.Min.Y+y)
	}
}

// row returns the y-th row of g, counted from its top.
func row(g *image.Gray, y int) []uint8 {
	return g.Pix[y*g.Stride:][:g.Rect.Dx()]
}

// luma wants components of 0..255. The weights 0.299, 0.587 and 0.114 of BT.601 times 65536 add up to 65536, so that
// white stays 255. (image/color's GrayModel has 19595, 38470, 7471 too, but rounds 16-bit components.)
func luma(r, g, b uint32) uint8 {
	return uint8((r*19595 + g*38470 + b*7471 + 1<<15) >> 16)
}

// A ground is what shines through transparent pixels. It serves as a mask: ground&(0xffff-alpha) is what it adds.
type ground uint32

const (
	black ground = 0
	white ground = 0xffff
)

// grey16 is the law that every greyRow obeys: the luma of an alpha-premultiplied 16-bit colour on a ground. Colours
// outside the law of color.Color (more than 16 bits, a component above alpha) are clipped.
func grey16(r, g, b, a uint32, on ground) uint8 {
	shine := uint32(on) & (0xffff - min(a, 0xffff))
	r = min(min(r, 0xffff)+shine, 0xffff)
	g = min(min(g, 0xffff)+shine, 0xffff)
	b = min(min(b, 0xffff)+shine, 0xffff)
	return luma(r>>8, g>>8, b>>8)
}

// colorGrey is grey16 of any colour. No colour at all (an empty palette's At returns nil) counts as transparent.
func colorGrey(c color.Color, on ground) uint8 {
	if c == nil {
		return grey16(0, 0, 0, 0, on)
	}
	r, g, b, a := c.RGBA()
	return grey16(r, g, b, a, on)
}

// groundOf chooses the ground of a picture. The strokes count as dark if their mean luma, weighted by alpha, is below the
// middle; in other words if the picture differs more from white, when laid on white, than from black, when laid on black.
//
// At most about a thousand rows are read, evenly spaced: a stroke that falls between them is too thin to survive the
// shrinking, and a custom image pays two calls of At a pixel here.
func groundOf(img image.Image) ground {
	if knownOpaque(img) {
		return white
	}
	const maxRows = 1024
	b := img.Bounds()
	onBlack, onWhite := newGreyRow(img, black), newGreyRow(img, white)
	var fromBlack, fromWhite uint64
	var buf [chunk]uint8
	for y := 0; y < b.Dy(); y += (b.Dy()-1)/maxRows + 1 {
		for x := 0; x < b.Dx(); x += chunk {
			part := buf[:min(chunk, b.Dx()-x)]
			onBlack(part, b.Min.X+x, b.Min.Y+y)
			for _, v := range part {
				fromBlack += uint64(v)
			}
			onWhite(part, b.Min.X+x, b.Min.Y+y)
			for _, v := range part {
				fromWhite += uint64(255 - v)
			}
		}
	}
	if fromWhite >= fromBlack {
		return white
	}
	return black
}

// knownOpaque asks only the standard types: a wrapper that embeds one of them and changes the colours in its own At would
// pass on the Opaque method of what it wraps.
func knownOpaque(img image.Image) bool {
	switch m := img.(type) {
	case *image.Gray, *image.Gray16, *image.YCbCr, *image.CMYK:
		return true
	case *image.RGBA:
		return m.Opaque()
	case *image.NRGBA:
		return m.Opaque()
	case *image.RGBA64:
		return m.Opaque()
	case *image.NRGBA64:
		return m.Opaque()
	case *image.NYCbCrA:
		return m.Opaque()
	}
	return false
}
