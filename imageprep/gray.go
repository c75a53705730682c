package imageprep

import (
	"image"
	"image/color"
)

// Luminance returns the gray picture of img, with the same bounds, or with zero
// bounds if img has no pixels. The gray level of a color is its ITU-R BT.601
// luma, bit for bit as in Pillow's convert("L"); 16-bit components count by
// their high bytes. For YCbCr pictures, as in JPEG files, it is Y.
//
// Transparent parts become white if the visible colors are dark on average, and
// black if they are light. So ink that exists only in the alpha channel is
// seen.
//
// Luminance panics if img has fewer pixels than it claims. If the memory does
// not suffice, the program ends, as with make. [Shrink] needs less memory.
func Luminance(img image.Image) *image.Gray {
	mustHave(img)
	b := img.Bounds()
	if b.Empty() {
		return new(image.Gray)
	}
	g := readGray(b, newRowReader(img, backdropOf(img)))
	g.Rect = b
	return g
}

func mustHave(img image.Image) {
	if img == nil {
		panic("imageprep: img is nil, want a picture")
	}
}

// readGray reads the picture with bounds b. The result starts at (0, 0).
func readGray(b image.Rectangle, read rowReader) *image.Gray {
	read(make([]uint8, 1), b.Max.X-1, b.Max.Y-1) // panics if there are too few pixels, before they take memory
	g := image.NewGray(b)
	for y := range b.Dy() {
		read(row(g, y), b.Min.X, b.Min.Y+y)
	}
	g.Rect = image.Rect(0, 0, b.Dx(), b.Dy())
	return g
}

// row returns row y of g, counted from the top.
func row(g *image.Gray, y int) []uint8 {
	return g.Pix[y*g.Stride:][:g.Rect.Dx()]
}

// luma returns the gray level of a color with components from 0 to 255. The
// weights are BT.601's 0.299, 0.587 and 0.114 times 65536. Their sum is 65536,
// so white stays 255.
func luma(r, g, b uint32) uint8 {
	return uint8((r*19595 + g*38470 + b*7471 + 1<<15) >> 16)
}

// A backdrop is the color behind transparent pixels, used as a bit mask: it
// adds backdrop&(0xffff-alpha) to each component.
type backdrop uint32

const (
	black backdrop = 0
	white backdrop = 0xffff
)

// gray16 returns the luma of an alpha-premultiplied 16-bit color in front of a
// backdrop. It clips invalid components: those beyond 16 bits or above alpha.
func gray16(r, g, b, a uint32, behind backdrop) uint8 {
	add := uint32(behind) & (0xffff - min(a, 0xffff))
	r = min(min(r, 0xffff)+add, 0xffff)
	g = min(min(g, 0xffff)+add, 0xffff)
	b = min(min(b, 0xffff)+add, 0xffff)
	return luma(r>>8, g>>8, b>>8)
}

// colorGray is gray16 of any color. A nil color, which At of an empty palette
// returns, counts as transparent.
func colorGray(c color.Color, behind backdrop) uint8 {
	if c == nil {
		return gray16(0, 0, 0, 0, behind)
	}
	r, g, b, a := c.RGBA()
	return gray16(r, g, b, a, behind)
}

// backdropOf chooses the backdrop of a picture: white if the mean luma of its
// colors, weighted by alpha, is dark. This is so if the picture in front of
// white differs more from white than the picture in front of black differs
// from black.
//
// It reads at most about a thousand rows, evenly spaced: a stroke between them
// is too thin to survive shrinking, and an unknown type costs two calls of At
// per pixel.
func backdropOf(img image.Image) backdrop {
	if knownOpaque(img) {
		return white
	}
	const maxRows = 1024
	b := img.Bounds()
	onBlack, onWhite := newRowReader(img, black), newRowReader(img, white)
	var fromBlack, fromWhite uint64
	var buf [chunk]uint8
	for y := 0; y < b.Dy(); y += (b.Dy()-1)/maxRows + 1 {
		for x := 0; x < b.Dx(); x += chunk {
			levels := buf[:min(chunk, b.Dx()-x)]
			onBlack(levels, b.Min.X+x, b.Min.Y+y)
			for _, v := range levels {
				fromBlack += uint64(v)
			}
			onWhite(levels, b.Min.X+x, b.Min.Y+y)
			for _, v := range levels {
				fromWhite += uint64(255 - v)
			}
		}
	}
	if fromWhite >= fromBlack {
		return white
	}
	return black
}

// knownOpaque calls Opaque of the standard types only. A wrapper may embed one
// of them, inherit its Opaque, and return other colors from its own At.
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

// A rowReader writes the gray levels of the pixels (x, y), (x+1, y), ... to
// dst. All of them must lie inside the picture. Each common type has its own
// reader. Each returns gray16 of the color that At returns, except for
// ycbcrReader; the tests compare them with atReader.
type rowReader func(dst []uint8, x, y int)

// chunk is how many pixels of a row are read at once. So buffers do not grow
// with the width that a picture claims.
const chunk = 4096

func newRowReader(img image.Image, behind backdrop) rowReader {
	switch m := img.(type) {
	case *image.Gray:
		return func(dst []uint8, x, y int) { o := m.PixOffset(x, y); copy(dst, m.Pix[o:o+len(dst):len(m.Pix)]) }
	case *image.YCbCr:
		return ycbcrReader(m)
	case *image.RGBA:
		return rgbaReader(m, behind)
	case *image.NRGBA:
		return nrgbaReader(m, behind)
	case *image.Paletted:
		return palettedReader(m, behind)
	// Standard types only, for the same reason as in knownOpaque.
	case *image.Gray16:
		return gray16Reader(m)
	case *image.RGBA64:
		return opaqueReader(m.Pix, m.PixOffset, rgba64Reader(m, behind))
	case *image.NRGBA64:
		return opaqueReader(m.Pix, m.PixOffset, rgba64Reader(m, behind))
	case *image.NYCbCrA:
		return rgba64Reader(m, behind)
	case *image.CMYK:
		return rgba64Reader(m, behind)
	case *image.Alpha:
		return rgba64Reader(m, behind)
	case *image.Alpha16:
		return rgba64Reader(m, behind)
	}
	return atReader(img, behind)
}

// atReader reads any picture.
func atReader(img image.Image, behind backdrop) rowReader {
	return func(dst []uint8, x, y int) {
		for i := range dst {
			dst[i] = colorGray(img.At(x+i, y), behind)
		}
	}
}

// rgba64Reader allocates no color.Color for each pixel, unlike atReader.
func rgba64Reader[T image.RGBA64Image](m T, behind backdrop) rowReader {
	return func(dst []uint8, x, y int) {
		for i := range dst {
			c := m.RGBA64At(x+i, y)
			dst[i] = gray16(uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A), behind)
		}
	}
}

// gray16Reader takes the high bytes.
func gray16Reader(m *image.Gray16) rowReader {
	return func(dst []uint8, x, y int) {
		o := m.PixOffset(x, y)
		p := m.Pix[o : o+2*len(dst) : len(m.Pix)]
		for i := range dst {
			dst[i] = p[2*i]
		}
	}
}

// opaqueReader reads the opaque pixels of an RGBA64 or NRGBA64 picture, and
// leaves the others to another reader.
func opaqueReader(pix []uint8, offset func(x, y int) int, other rowReader) rowReader {
	return func(dst []uint8, x, y int) {
		o := offset(x, y)
		p := pix[o : o+8*len(dst) : len(pix)]
		for i := range dst {
			if s := p[8*i : 8*i+8 : 8*i+8]; s[6] == 255 && s[7] == 255 {
				dst[i] = luma(uint32(s[0]), uint32(s[2]), uint32(s[4]))
			} else {
				other(dst[i:i+1], x+i, y)
			}
		}
	}
}

// rgbaReader works in 8 bits. The result is that of gray16, because an 8-bit
// component becomes a 16-bit one by a factor of 257.
func rgbaReader(m *image.RGBA, behind backdrop) rowReader {
	return func(dst []uint8, x, y int) {
		o := m.PixOffset(x, y)
		p := m.Pix[o : o+4*len(dst) : len(m.Pix)]
		for i := range dst {
			s := p[4*i : 4*i+4 : 4*i+4]
			r, g, b, a := uint32(s[0]), uint32(s[1]), uint32(s[2]), uint32(s[3])
			add := uint32(behind) & (255 - a)
			dst[i] = luma(min(r+add, 255), min(g+add, 255), min(b+add, 255))
		}
	}
}

func nrgbaReader(m *image.NRGBA, behind backdrop) rowReader {
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
			dst[i] = gray16(r, g, b, a, behind)
		}
	}
}

// palettedReader looks the gray level up in a table. An index beyond the
// palette, for which At would panic, counts as transparent.
func palettedReader(m *image.Paletted, behind backdrop) rowReader {
	var levels [256]uint8
	for i := range levels {
		var c color.Color
		if i < len(m.Palette) {
			c = m.Palette[i]
		}
		levels[i] = colorGray(c, behind)
	}
	return func(dst []uint8, x, y int) {
		o := m.PixOffset(x, y)
		for i, v := range m.Pix[o : o+len(dst) : len(m.Pix)] {
			dst[i] = levels[v]
		}
	}
}

// ycbcrReader copies Y, which is the luma of BT.601 in JPEG files. It differs
// by at most 1 from the luma of At's color, unless At had to clip that color.
func ycbcrReader(m *image.YCbCr) rowReader {
	return func(dst []uint8, x, y int) { o := m.YOffset(x, y); copy(dst, m.Y[o:o+len(dst):len(m.Y)]) }
}

// A histogram counts the pixels of each gray level.
type histogram [256]int

func (h *histogram) add(levels []uint8) {
	// Two counters for each level: a processor waits if it counts the same
	// level twice in a row.
	for len(levels) >= 512 {
		var even, odd [256]uint16
		for i := 0; i < 512; i += 2 {
			even[levels[i]]++
			odd[levels[i+1]]++
		}
		for v := range h {
			h[v] += int(even[v]) + int(odd[v])
		}
		levels = levels[512:]
	}
	for _, v := range levels {
		h[v]++
	}
}

func histogramOf(g *image.Gray) (h histogram) {
	for y := range g.Rect.Dy() {
		h.add(row(g, y))
	}
	return h
}

// extremes returns the lowest and the highest level that occurs, or 0, 0 if h
// is empty.
func (h *histogram) extremes() (low, high uint8) {
	low, high = 255, 0
	for v, n := range h {
		if n > 0 {
			low, high = min(low, uint8(v)), uint8(v)
		}
	}
	return min(low, high), high
}

// count returns how many pixels have a level in from..to.
func (h *histogram) count(from, to int) (n int) {
	for _, c := range h[from : to+1] {
		n += c
	}
	return n
}

// medianOf returns the lower median of the pixels with a level in from..to.
func (h *histogram) medianOf(from, to int) int {
	below := (h.count(from, to) - 1) / 2
	for v := from; v <= to; v++ {
		if below -= h[v]; below < 0 {
			return v
		}
	}
	return to
}

// otsu returns the threshold t that maximizes the variance between the classes
// v <= t and v > t: N. Otsu, "A threshold selection method from gray-level
// histograms", IEEE Trans. SMC 9 (1979) 62-66, equation 18. If t can be any
// level of a gap between the classes, it is the gap's middle. If there is only
// one level, otsu returns false.
//
// The sums are exact: they are whole numbers below 2^53.
func (h *histogram) otsu() (t uint8, ok bool) {
	var n, s float64 // the number of pixels and the sum of their levels
	for v, c := range h {
		n += float64(c)
		s += float64(float64(v) * float64(c))
	}
	best, n0, s0 := 0.0, 0.0, 0.0
	for v, c := range h {
		n0 += float64(c)
		s0 += float64(float64(v) * float64(c))
		if c == 0 || n0 == n {
			continue
		}
		d := s0/n0 - (s-s0)/(n-n0)
		if between := d * d * n0 * (n - n0); between > best {
			best, t, ok = between, uint8(v), true
		}
	}
	if !ok {
		return 0, false
	}
	next := int(t) + 1
	for h[next] == 0 {
		next++
	}
	return uint8((int(t) + next) / 2), true
}

// isDrawn reports whether a gray picture has no noise, so that its palest ink
// is certain. Such a picture has two levels, or most of its pixels have one
// level. Also, its levels change much less often than those of noise, across or
// down: a thin stroke changes them often in one of these directions.
func isDrawn(g *image.Gray) bool {
	levels := histogramOf(g)
	ground, distinct, n := 0, 0, g.Rect.Dx()*g.Rect.Dy()
	for v, count := range levels {
		if count > 0 {
			distinct++
		}
		if count > levels[ground] {
			ground = v
		}
	}
	ink := n - levels[ground]
	if distinct < 2 || distinct > 2 && 5*ink > n {
		return false
	}
	across, down := 0, 0
	for y := range g.Rect.Dy() {
		above, line := row(g, max(y-1, 0)), row(g, y)
		for x, v := range line {
			isGround := int(v) == ground
			if (int(line[max(x-1, 0)]) == ground) != isGround {
				across++
			}
			if (int(above[x]) == ground) != isGround {
				down++
			}
		}
	}
	// Noise changes in 2 p (1 - p) of all pairs, where p is the share of
	// ink.
	share := 2 * float64(ink) / float64(n) * float64(n-ink) / float64(n)
	return float64(2*across) < share*float64(n-g.Rect.Dy()) || float64(2*down) < share*float64(n-g.Rect.Dx())
}

// stretch stretches the levels of a picture in place: the darkest becomes 0,
// and the lightest becomes 255. The picture has at least two levels.
func stretch(g *image.Gray) {
	levels := histogramOf(g)
	low, high := levels.extremes()
	span := int(high) - int(low)
	for y := range g.Rect.Dy() {
		line := row(g, y)
		for x, v := range line {
			line[x] = uint8((2*255*(int(v)-int(low)) + span) / (2 * span))
		}
	}
}
