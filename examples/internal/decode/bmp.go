package decode

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"math/bits"
)

// A bmp is the header of a BMP file, of Windows or of OS/2.
type bmp struct {
	width, height int
	topDown       bool // the first row of the file is the top one
	bits          int  // per pixel
	compression   uint32
	palette       color.Palette // of 256 colors, for pixels of at most 8 bits
	channels      [4]channel    // red, green, blue and alpha of larger pixels
	pixels        []byte        // to the end of the file
}

// Values of bmp.compression.
const (
	uncompressed = iota
	runsOf8      // RLE8
	runsOf4      // RLE4
	masks        // the file tells the bits of red, green and blue
	_            // JPEG
	_            // PNG
	alphaMasks   // and those of alpha
)

const (
	fileHeader = 14 // bytes: BM, and where the pixels are
	os2Header  = 12 // of OS/2 1.x; that of OS/2 2.x has 16 to 64 bytes
	winHeader  = 40 // of Windows 3; later ones go on with masks
	maxHeader  = 124
)

// isBMP recognizes a BMP file.
func isBMP(file []byte) bool { return len(file) >= 2 && string(file[:2]) == "BM" }

// parseBMP reads the headers and the palette.
func parseBMP(file []byte) (*bmp, error) {
	if len(file) < fileHeader+4 {
		return nil, fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
	}
	order := binary.LittleEndian
	size := order.Uint32(file[fileHeader:])
	if size != os2Header && size < 16 || size > maxHeader {
		return nil, fmt.Errorf("bmp: a header of %d bytes; want %d to %d", size, os2Header, maxHeader)
	}
	end := fileHeader + int(size)
	if len(file) < end {
		return nil, fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
	}
	// Shorter headers are parts of the longest one. What is missing is 0.
	var h [maxHeader]byte
	copy(h[:], file[fileHeader:end])
	b := new(bmp)
	width, height := int32(order.Uint32(h[4:])), int32(order.Uint32(h[8:]))
	b.bits, b.compression = int(order.Uint16(h[14:])), order.Uint32(h[16:])
	colors, entry := order.Uint32(h[32:]), 4
	if size == os2Header {
		width, height = int32(order.Uint16(h[4:])), int32(order.Uint16(h[6:]))
		b.bits, b.compression, colors, entry = int(order.Uint16(h[10:])), uncompressed, 0, 3
	}
	if width < 1 || height == 0 || height == math.MinInt32 {
		return nil, fmt.Errorf("bmp: %d x %d pixels", width, height)
	}
	b.width, b.height = int(width), max(int(height), -int(height))
	b.topDown = b.height != int(height)
	// OS/2 2.x gives the numbers of masks to other compressions.
	isOS2 := size <= 64 && size != winHeader && size != 52 && size != 56
	if !b.known() || isOS2 && b.compression > runsOf4 {
		return nil, unsupported(fmt.Sprintf("bmp: %d bits with compression %d are unknown; save the picture as PNG", b.bits, b.compression))
	}
	m := h[winHeader:]
	if size == winHeader { // the masks follow the header
		n := map[uint32]int{masks: 12, alphaMasks: 16}[b.compression]
		if len(file) < end+n {
			return nil, fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
		}
		copy(m, file[end:][:n])
		end += n
	}
	b.setChannels([4]uint32{order.Uint32(m), order.Uint32(m[4:]), order.Uint32(m[8:]), order.Uint32(m[12:])})
	start := int64(order.Uint32(file[10:]))
	if start == 0 {
		start = int64(end) + int64(entry*b.colors(colors))
	}
	if start < int64(end) || start > int64(len(file)) {
		return nil, fmt.Errorf("bmp: the pixels begin at byte %d of %d", start, len(file))
	}
	b.pixels = file[start:]
	b.setPalette(file[end:start], entry, b.colors(colors))
	return b, nil
}

// known reports whether pixels of this size exist with this compression.
func (b *bmp) known() bool {
	switch b.compression {
	case uncompressed:
		return b.bits == 1 || b.bits == 2 || b.bits == 4 || b.bits == 8 || b.bits == 16 || b.bits == 24 || b.bits == 32
	case runsOf8:
		return b.bits == 8
	case runsOf4:
		return b.bits == 4
	case masks, alphaMasks:
		return b.bits == 16 || b.bits == 32
	}
	return false
}

// paletted reports whether pixels are numbers of colors in the palette.
func (b *bmp) paletted() bool { return b.bits < 16 }

// colors returns how many colors the palette has, if the header tells n. The
// number 0 means all that pixels can have.
func (b *bmp) colors(n uint32) int {
	if !b.paletted() {
		return 0 // such a palette is only a hint for old screens
	}
	all := uint32(1) << b.bits
	if n == 0 {
		n = all
	}
	return int(min(n, all))
}

// setPalette reads n colors: blue, green, red and, in Windows, a zero. Other
// colors are black, so no pixel is beyond the palette.
func (b *bmp) setPalette(data []byte, entry, n int) {
	b.palette = make(color.Palette, 256)
	for i := range b.palette {
		c := color.RGBA{A: 255}
		if at := entry * i; i < n && at+3 <= len(data) {
			c = color.RGBA{data[at+2], data[at+1], data[at], 255}
		}
		b.palette[i] = c
	}
}

// A channel is a run of bits in a pixel.
type channel struct {
	mask, most uint32 // most is the highest value
	shift      int
}

func newChannel(mask uint32) channel {
	shift := bits.TrailingZeros32(mask)
	return channel{mask, mask >> shift, shift}
}

// of returns the value in a pixel, scaled to 0 to 255.
func (c channel) of(pixel uint32) uint8 {
	v := pixel & c.mask >> c.shift
	switch c.most {
	case 0, 255:
		return uint8(v)
	}
	return uint8((uint64(v)*255 + uint64(c.most)/2) / uint64(c.most))
}

// setChannels uses masks, if there are some. Like browsers, it ignores the
// fourth byte of a pixel without a mask for it.
func (b *bmp) setChannels(m [4]uint32) {
	if b.compression == uncompressed {
		m = [4]uint32{0xff0000, 0xff00, 0xff, 0}
		if b.bits == 16 {
			m = [4]uint32{0x7c00, 0x3e0, 0x1f, 0}
		}
	}
	for i, mask := range m {
		b.channels[i] = newChannel(mask)
	}
}

func (b *bmp) size() (width, height int) { return b.width, b.height }

// row returns where the n-th row of the file belongs.
func (b *bmp) row(n int) int {
	if b.topDown {
		return n
	}
	return b.height - 1 - n
}

func (b *bmp) decode() (image.Image, error) {
	bounds := image.Rect(0, 0, b.width, b.height)
	if b.compression == runsOf8 || b.compression == runsOf4 {
		// Two bytes make at most 255 pixels.
		if b.width*b.height/128 > len(b.pixels) {
			return nil, fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
		}
		img := image.NewPaletted(bounds, b.palette)
		return img, b.readRuns(img)
	}
	line := (int64(b.width)*int64(b.bits) + 7) / 8
	stride := (line + 3) / 4 * 4
	// The last row need not be padded.
	if stride*int64(b.height-1)+line > int64(len(b.pixels)) {
		return nil, fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
	}
	file := func(n int) []byte { return b.pixels[stride*int64(n):][:line] }
	if !b.paletted() {
		return b.readColors(image.NewNRGBA(bounds), file), nil
	}
	img := image.NewPaletted(bounds, b.palette)
	for n := range b.height {
		row, from := img.Pix[b.row(n)*img.Stride:][:b.width], file(n)
		perByte := 8 / b.bits
		for x := range row {
			row[x] = from[x/perByte] >> (8 - b.bits - x%perByte*b.bits) & uint8(1<<b.bits-1)
		}
	}
	return img, nil
}

// readColors decodes pixels of 2 to 4 bytes.
func (b *bmp) readColors(img *image.NRGBA, file func(n int) []byte) image.Image {
	width := b.bits / 8
	var seen uint8
	for n := range b.height {
		row, from := img.Pix[b.row(n)*img.Stride:], file(n)
		for x := range b.width {
			var pixel uint32
			for i, v := range from[x*width:][:width] {
				pixel |= uint32(v) << (8 * i)
			}
			to := row[4*x:][:4]
			for i, c := range b.channels {
				to[i] = c.of(pixel)
			}
			seen |= to[3]
		}
	}
	if seen == 0 { // there is no alpha channel, or it was not used
		for i := range len(img.Pix) / 4 {
			img.Pix[4*i+3] = 255
		}
	}
	return img
}
