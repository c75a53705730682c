package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The drawings of the tests have 9x5 pixels, so rows need padding.
const testWidth, testHeight = 9, 5

func bwAt(x, y int) color.NRGBA {
	if (x*y+x)%3 == 0 {
		return color.NRGBA{0, 0, 0, 255}
	}
	return color.NRGBA{255, 255, 255, 255}
}

func grayAt(x, y int) color.NRGBA {
	v := uint8(x*28 + y*7)
	return color.NRGBA{v, v, v, 255}
}

func colorAt(x, y int) color.NRGBA {
	return color.NRGBA{uint8(x * 30), uint8(y * 60), uint8(255 - x*20), 255}
}

func alphaAt(x, y int) color.NRGBA {
	c := colorAt(x, y)
	c.A = uint8(255 - 50*y)
	return c
}

// requirePixels compares a file with a drawing. Channels may differ by off.
func requirePixels(t *testing.T, name string, data []byte, want func(x, y int) color.NRGBA, off int) {
	t.Helper()
	img, _, err := Picture(bytes.NewReader(data))
	require.NoError(t, err, name)
	require.Equal(t, image.Rect(0, 0, testWidth, testHeight), img.Bounds(), name)
	for y := range testHeight {
		for x := range testWidth {
			got, w := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA), want(x, y)
			for _, pair := range [][2]uint8{{got.R, w.R}, {got.G, w.G}, {got.B, w.B}, {got.A, w.A}} {
				require.InDelta(t, pair[1], pair[0], float64(off), "%s at (%d, %d): got %v, want %v", name, x, y, got, w)
			}
		}
	}
}

// TestPillow reads files that Pillow 9.4 wrote.
func TestPillow(t *testing.T) {
	for name, want := range map[string]func(x, y int) color.NRGBA{
		"bw.bmp": bwAt, "gray.bmp": grayAt, "color.bmp": colorAt,
		"alpha.bmp": colorAt, // the file does not say that the fourth byte is alpha
		"bw.pbm":    bwAt, "gray.pgm": grayAt, "color.ppm": colorAt,
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		requirePixels(t, name, data, want, 0)
	}
}

// A bmpFile is written as it is, right or wrong.
type bmpFile struct {
	header      uint32 // its size
	w, h        int32
	bits        uint16
	compression uint32
	colors      uint32 // as the header tells
	masks       []uint32
	palette     []byte
	pixels      []byte
	gap         uint32 // between the palette and the pixels
}

func (f bmpFile) bytes() []byte {
	h := make([]byte, max(124, f.header))
	order := binary.LittleEndian
	order.PutUint32(h, f.header)
	if f.header == 12 {
		order.PutUint16(h[4:], uint16(f.w))
		order.PutUint16(h[6:], uint16(f.h))
		order.PutUint16(h[8:], 1)
		order.PutUint16(h[10:], f.bits)
	} else {
		order.PutUint32(h[4:], uint32(f.w))
		order.PutUint32(h[8:], uint32(f.h))
		order.PutUint16(h[12:], 1)
		order.PutUint16(h[14:], f.bits)
		order.PutUint32(h[16:], f.compression)
		order.PutUint32(h[32:], f.colors)
	}
	end := int(f.header)
	for i, m := range f.masks { // within the header or after it
		order.PutUint32(h[40+4*i:], m)
		end = max(end, 40+4*i+4)
	}
	start := uint32(14+end+len(f.palette)) + f.gap
	size := start + uint32(len(f.pixels))
	b := order.AppendUint32([]byte("BM"), size)
	b = order.AppendUint32(append(b, 0, 0, 0, 0), start)
	b = append(append(b, h[:end]...), f.palette...)
	return append(append(b, bytes.Repeat([]byte{0xee}, int(f.gap))...), f.pixels...)
}

// paletteOf returns a palette with these entries of 3 or 4 bytes.
func paletteOf(entry int, colors ...color.NRGBA) (b []byte) {
	for _, c := range colors {
		b = append(b, []byte{c.B, c.G, c.R, 0}[:entry]...)
	}
	return b
}

// levels returns n shades of gray.
func levels(n int) (list []color.NRGBA) {
	for i := range n {
		v := uint8(i * 255 / (n - 1))
		list = append(list, color.NRGBA{v, v, v, 255})
	}
	return list
}

// shade is the drawing with n shades.
func shade(x, y, n int) int { return (3*x + 2*y + x*y) % n }

func shadeAt(n int) func(x, y int) color.NRGBA {
	return func(x, y int) color.NRGBA { return levels(n)[shade(x, y, n)] }
}

// packed returns rows of pixels, the bottom row first, padded to 4 bytes.
func packed(bits int, pixel func(x, y int) uint32, topDown bool) (b []byte) {
	for n := range testHeight {
		y := testHeight - 1 - n
		if topDown {
			y = n
		}
		var row []byte
		if bits >= 8 {
			for x := range testWidth {
				p := binary.LittleEndian.AppendUint32(nil, pixel(x, y))
				row = append(row, p[:bits/8]...)
			}
		} else {
			row = make([]byte, (testWidth*bits+7)/8)
			for x := range testWidth {
				row[x*bits/8] |= byte(pixel(x, y)) << (8 - bits - x*bits%8)
			}
		}
		b = append(append(b, row...), make([]byte, -len(row)&3)...)
	}
	return b
}

// pixel565 and the like pack a color.
func pixel565(c color.NRGBA) uint32 { return uint32(c.R)>>3<<11 | uint32(c.G)>>2<<5 | uint32(c.B)>>3 }
func pixel555(c color.NRGBA) uint32 { return uint32(c.R)>>3<<10 | uint32(c.G)>>3<<5 | uint32(c.B)>>3 }
func pixelBGRA(c color.NRGBA) uint32 {
	return uint32(c.A)<<24 | uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B)
}
func pixelABGR(c color.NRGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}

// goodBMPs returns files of many kinds and their drawings.
func goodBMPs() map[string]goodFile {
	files := map[string]goodFile{}
	add := func(name string, f bmpFile, want func(x, y int) color.NRGBA, off int) {
		f.w, f.h = testWidth, max(testHeight, f.h)
		files[name] = goodFile{f.bytes(), want, off}
		if f.header != 12 && f.compression != runsOf8 && f.compression != runsOf4 {
			f.h = -testHeight
			// Reverse the rows.
			n := len(f.pixels) / testHeight
			var turned []byte
			for y := range testHeight {
				turned = append(turned, f.pixels[(testHeight-1-y)*n:][:n]...)
			}
			f.pixels = turned
			files[name+", top-down"] = goodFile{f.bytes(), want, off}
		}
	}
	for _, bits := range []int{1, 2, 4, 8} {
		n := 1 << bits
		pixels := packed(bits, func(x, y int) uint32 { return uint32(shade(x, y, n)) }, false)
		for _, header := range []uint32{12, 16, 40, 52, 56, 64, 108, 124} {
			entry := 4
			if header == 12 {
				entry = 3
			}
			f := bmpFile{header: header, bits: uint16(bits), palette: paletteOf(entry, levels(n)...), pixels: pixels}
			add(fmt.Sprintf("%d bits, header of %d", bits, header), f, shadeAt(n), 0)
		}
	}
	few := packed(8, func(x, y int) uint32 { return uint32(shade(x, y, 5)) }, false)
	add("5 colors", bmpFile{header: 40, bits: 8, colors: 5, palette: paletteOf(4, levels(5)...), pixels: few}, shadeAt(5), 0)
	add("a gap", bmpFile{header: 40, bits: 8, colors: 5, palette: paletteOf(4, levels(5)...), pixels: few, gap: 7}, shadeAt(5), 0)
	colors := func(bits int, pack func(color.NRGBA) uint32, at func(x, y int) color.NRGBA) []byte {
		return packed(bits, func(x, y int) uint32 { return pack(at(x, y)) }, false)
	}
	add("24 bits", bmpFile{header: 40, bits: 24, pixels: colors(24, pixelBGRA, colorAt)}, colorAt, 0)
	add("24 bits of OS/2", bmpFile{header: 12, bits: 24, pixels: colors(24, pixelBGRA, colorAt)}, colorAt, 0)
	add("24 bits with a palette", bmpFile{header: 40, bits: 24, colors: 2, palette: paletteOf(4, levels(2)...), pixels: colors(24, pixelBGRA, colorAt)}, colorAt, 0)
	add("16 bits", bmpFile{header: 40, bits: 16, pixels: colors(16, pixel555, colorAt)}, colorAt, 8)
	add("32 bits", bmpFile{header: 40, bits: 32, pixels: colors(32, pixelBGRA, alphaAt)}, colorAt, 0)
	add("32 bits, version 5", bmpFile{header: 124, bits: 32, pixels: colors(32, pixelBGRA, alphaAt)}, colorAt, 0)
	m565 := []uint32{0xf800, 0x7e0, 0x1f}
	abgr := []uint32{0xff000000, 0xff0000, 0xff00, 0xff}
	for _, header := range []uint32{40, 52, 56, 108, 124} {
		name := fmt.Sprintf("header of %d, ", header)
		add(name+"565", bmpFile{header: header, bits: 16, compression: masks, masks: m565, pixels: colors(16, pixel565, colorAt)}, colorAt, 8)
		add(name+"masks", bmpFile{header: header, bits: 32, compression: masks, masks: abgr[:3], pixels: colors(32, pixelABGR, alphaAt)}, colorAt, 0)
		if header != 52 { // that has no room for alpha
			f := bmpFile{header: header, bits: 32, compression: alphaMasks, masks: abgr, pixels: colors(32, pixelABGR, alphaAt)}
			add(name+"alpha", f, alphaAt, 0)
			f.pixels = colors(32, func(c color.NRGBA) uint32 { return pixelABGR(c) &^ 0xff }, colorAt)
			add(name+"unused alpha", f, colorAt, 0)
		}
	}
	add("alpha in version 4", bmpFile{header: 108, bits: 32, compression: masks, masks: abgr, pixels: colors(32, pixelABGR, alphaAt)}, alphaAt, 0)
	add("RLE8", bmpFile{header: 40, bits: 8, compression: runsOf8, palette: paletteOf(4, levels(256)...), pixels: runsOfRows(8)}, shadeAt(256), 0)
	add("RLE4", bmpFile{header: 40, bits: 4, compression: runsOf4, palette: paletteOf(4, levels(16)...), pixels: runsOfRows(4)}, shadeAt(16), 0)
	add("RLE4 of OS/2", bmpFile{header: 64, bits: 4, compression: runsOf4, palette: paletteOf(4, levels(16)...), pixels: runsOfRows(4)}, shadeAt(16), 0)
	return files
}

type goodFile struct {
	data []byte
	want func(x, y int) color.NRGBA
	off  int // how far channels may be off
}

// runsOfRows encodes the drawing: four pixels as they are, a skip of none, runs
// of one or two, and a run that ends beyond the row.
func runsOfRows(bits int) (b []byte) {
	for y := testHeight - 1; y >= 0; y-- {
		at := func(x int) byte { return byte(shade(x, y, 1<<bits)) }
		if bits == 8 {
			b = append(b, 0, 5, at(0), at(1), at(2), at(3), at(4), 99, 0, skip, 0, 0)
			b = append(b, 1, at(5), 1, at(6), 1, at(7), 3, at(8))
		} else {
			b = append(b, 0, 5, at(0)<<4|at(1), at(2)<<4|at(3), at(4)<<4|9, 99, 0, skip, 0, 0)
			b = append(b, 2, at(5)<<4|at(6), 4, at(7)<<4|at(8))
		}
		b = append(b, 0, endOfLine)
	}
	return append(b, 0, endOfBitmap)
}

func TestBMP(t *testing.T) {
	for name, f := range goodBMPs() {
		requirePixels(t, name, f.data, f.want, f.off)
		for _, cut := range []int{3, 17, 40} {
			_, _, err := Picture(bytes.NewReader(f.data[:cut]))
			require.ErrorContains(t, err, "damaged or cut short: bmp: ", name)
		}
	}
}

func TestRuns(t *testing.T) {
	// The pictures have two rows of three pixels, the bottom one first.
	for _, tt := range []struct {
		name, pixels, want string
	}{
		{"runs", "\x03\x01\x00\x00\x03\x02\x00\x01", "111222"},
		{"no end", "\x03\x01\x00\x00\x03\x02", "111222"},
		{"no end after an odd copy", "\x03\x01\x00\x00\x00\x03\x01\x02\x03", "111123"},
		{"no end but that of a line", "\x03\x01\x00\x00\x03\x02\x00\x00", "111222"},
		{"a skip to the end, and no more", "\x00\x02\x03\x01", "000000"},
		{"one row of two", "\x03\x01", ""},
		{"an early end", "\x03\x01\x00\x01", "111000"},
		{"a skip", "\x01\x01\x00\x02\x01\x01\x01\x02\x00\x01", "100002"},
		{"a skip to the end", "\x00\x02\x03\x02\x00\x01", "000000"},
		{"beyond the row", "\xff\x01\x00\x00\x00\x03\x01\x02\x03\x00\x00\x01", "111123"},
		{"a row too many", "\x03\x01\x00\x00\x03\x02\x00\x00\x01\x02\x00\x01", ""},
		{"many empty rows", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "000000"},
		{"a skip out of the picture", "\x00\x02\x00\x03\x01\x01\x00\x01", ""},
		{"a skip beyond the row", "\x00\x02\x04\x00\x01\x01\x00\x01", ""},
		{"cut in a skip", "\x00\x02\x01", ""},
		{"cut in pixels", "\x00\x09\x01\x02", ""},
		{"no pixels", "", ""},
	} {
		f := bmpFile{header: 40, w: 3, h: 2, bits: 8, compression: runsOf8, palette: paletteOf(4, levels(4)...), colors: 4, pixels: []byte(tt.pixels)}
		img, _, err := Picture(bytes.NewReader(f.bytes()))
		if tt.want == "" {
			require.ErrorContains(t, err, "damaged or cut short: bmp: ", tt.name)
			continue
		}
		require.NoError(t, err, tt.name)
		pix := img.(*image.Paletted).Pix
		got := ""
		for _, v := range append(pix[3:6:6], pix[:3]...) {
			got += fmt.Sprint(v)
		}
		require.Equal(t, tt.want, got, tt.name)
	}
}

// TestShortRuns: two bytes make at most 255 pixels. A picture with many more
// pixels is refused before memory is allocated for them.
func TestShortRuns(t *testing.T) {
	file := bmpFile{header: 40, w: 128, bits: 8, compression: runsOf8, palette: paletteOf(4, levels(4)...), colors: 4, pixels: []byte{0, endOfBitmap}}
	for height, fine := range map[int32]bool{1: true, 2: true, 3: false} {
		file.h = height
		_, _, err := Picture(bytes.NewReader(file.bytes()))
		require.Equal(t, fine, err == nil, "%d rows", height)
	}
}

// TestChannel: values are scaled to the nearest of 256 levels.
func TestChannel(t *testing.T) {
	for v, want := range map[uint32]uint8{0: 0, 1: 8, 16: 132, 30: 247, 31: 255} {
		require.Equal(t, want, newChannel(0x3e0).of(v<<5|0x1f))
	}
}

// TestBadBMP: hostile files end with an error, or with black for colors that
// the palette does not have.
func TestBadBMP(t *testing.T) {
	gray := bmpFile{header: 40, w: 4, h: 2, bits: 8, palette: paletteOf(4, levels(2)...), colors: 2, pixels: []byte{0, 1, 2, 255, 1, 1, 1, 1}}
	img, _, err := Picture(bytes.NewReader(gray.bytes()))
	require.NoError(t, err)
	require.Equal(t, color.RGBA{255, 255, 255, 255}, img.At(1, 1))
	require.Equal(t, color.RGBA{0, 0, 0, 255}, img.At(3, 1), "beyond the palette")
	require.Len(t, img.(*image.Paletted).Palette, 256)
	with := gray
	with.gap = 7
	img, _, err = Picture(bytes.NewReader(with.bytes()))
	require.NoError(t, err)
	require.Equal(t, color.RGBA{0, 0, 0, 255}, img.At(2, 1), "just beyond the palette")

	change := func(f func(*bmpFile)) []byte {
		file := gray
		f(&file)
		return file.bytes()
	}
	at := func(offset int, v uint32) []byte {
		data := gray.bytes()
		binary.LittleEndian.PutUint32(data[offset:], v)
		return data
	}
	withMasks := bmpFile{header: 40, w: 4, h: 2, bits: 16, compression: masks, masks: []uint32{0xf800, 0x7e0, 0x1f}}
	inMasks := withMasks.bytes()
	inMasks[10] = 60
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"no width", change(func(f *bmpFile) { f.w = 0 }), "damaged or cut short: bmp: 0 x 2 pixels"},
		{"negative width", change(func(f *bmpFile) { f.w = -4 }), "damaged or cut short: bmp: -4 x 2 pixels"},
		{"no height", change(func(f *bmpFile) { f.h = 0 }), "damaged or cut short: bmp: 4 x 0 pixels"},
		{"lowest height", change(func(f *bmpFile) { f.h = -1 << 31 }), "damaged or cut short: bmp: 4 x -2147483648 pixels"},
		{"huge", change(func(f *bmpFile) { f.w, f.h = 1<<31-1, 1<<31-1 }), "2147483647 x 2147483647 pixels; want at most 64 million"},
		{"large, but no pixels", change(func(f *bmpFile) { f.w, f.h = 8000, 8000 }), "damaged or cut short: bmp: unexpected EOF"},
		{"large in runs", change(func(f *bmpFile) { f.w, f.h, f.compression = 8000, 8000, runsOf8 }), "damaged or cut short: bmp: unexpected EOF"},
		{"3 bits", change(func(f *bmpFile) { f.bits = 3 }), "bmp: 3 bits with compression 0 are unknown; save the picture as PNG"},
		{"RLE8 of 4 bits", change(func(f *bmpFile) { f.bits, f.compression = 4, runsOf8 }), "bmp: 4 bits with compression 1 are unknown; save the picture as PNG"},
		{"JPEG within", change(func(f *bmpFile) { f.bits, f.compression = 0, 4 }), "bmp: 0 bits with compression 4 are unknown; save the picture as PNG"},
		{"OS/2's Huffman", change(func(f *bmpFile) { f.header, f.bits, f.compression = 64, 1, 3 }), "bmp: 1 bits with compression 3 are unknown; save the picture as PNG"},
		{"OS/2's RLE24", change(func(f *bmpFile) { f.header, f.bits, f.compression = 64, 24, 4 }), "bmp: 24 bits with compression 4 are unknown; save the picture as PNG"},
		{"small header", at(14, 13), "damaged or cut short: bmp: a header of 13 bytes; want 12 to 124"},
		{"large header", at(14, 1<<32-1), "damaged or cut short: bmp: a header of 4294967295 bytes; want 12 to 124"},
		{"pixels in the header", at(10, 20), "damaged or cut short: bmp: the pixels begin at byte 20 of 70"},
		{"pixels beyond the end", at(10, 1<<32-1), "damaged or cut short: bmp: the pixels begin at byte 4294967295 of 70"},
		{"no pixels", change(func(f *bmpFile) { f.pixels = nil }), "damaged or cut short: bmp: unexpected EOF"},
		{"small header, and nothing more", at(14, 13)[:18], "damaged or cut short: bmp: a header of 13 bytes; want 12 to 124"},
		{"no width, and nothing more", at(18, 0)[:54], "damaged or cut short: bmp: 0 x 2 pixels"},
		{"long header", at(14, 125), "damaged or cut short: bmp: a header of 125 bytes; want 12 to 124"},
		{"pixels at the first byte", at(10, 1), "damaged or cut short: bmp: the pixels begin at byte 1 of 70"},
		{"cut in the masks", change(func(f *bmpFile) { *f = withMasks })[:60], "damaged or cut short: bmp: unexpected EOF"},
		{"pixels in the masks", inMasks, "damaged or cut short: bmp: the pixels begin at byte 60 of 66"},
		{"one byte short", gray.bytes()[:69], "damaged or cut short: bmp: unexpected EOF"},
	} {
		_, _, err := Picture(bytes.NewReader(tt.data))
		require.EqualError(t, err, tt.want, tt.name)
	}
	// Without an offset, the pixels follow the palette.
	img, _, err = Picture(bytes.NewReader(at(10, 0)))
	require.NoError(t, err)
	require.Equal(t, []uint8{1, 1, 1, 1, 0, 1, 2, 255}, img.(*image.Paletted).Pix)
	for name, f := range map[string]bmpFile{
		"all colors": {header: 40, w: 4, h: 1, bits: 8, palette: paletteOf(4, levels(256)...), pixels: []byte{9, 1, 2, 3}},
		"one color":  {header: 40, w: 4, h: 1, bits: 8, palette: paletteOf(4, levels(2)[:1]...), colors: 1, pixels: []byte{9, 1, 2, 3}},
	} {
		data := f.bytes()
		binary.LittleEndian.PutUint32(data[10:], 0)
		img, _, err = Picture(bytes.NewReader(data))
		require.NoError(t, err, name)
		require.Equal(t, []uint8{9, 1, 2, 3}, img.(*image.Paletted).Pix, name)
	}
	colored := bmpFile{header: 40, w: 1, h: 1, bits: 24, pixels: []byte{1, 2, 3}}.bytes()
	binary.LittleEndian.PutUint32(colored[10:], 0)
	img, _, err = Picture(bytes.NewReader(colored))
	require.NoError(t, err)
	require.Equal(t, color.NRGBA{3, 2, 1, 255}, img.At(0, 0))
	// All colors of the palette need not be there.
	_, _, err = Picture(bytes.NewReader(change(func(f *bmpFile) { f.colors = 1<<32 - 1 })))
	require.NoError(t, err)
}
