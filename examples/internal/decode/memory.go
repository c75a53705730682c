package decode

import (
	"bytes"
	"image/color"
)

// maxMemory limits what it takes to read a picture: its file, what the decoder
// allocates, and what programs need to find the digits.
const maxMemory = 600_000_000

// findingMemory is the memory for finding digits on a page that is full of ink.
// It does not grow with the picture.
const findingMemory = 100_000_000

const smaller = "make it smaller"

// need returns the memory for a picture, and what to do if it is too much.
func need(h header, file int) (bytes int64, advice string) {
	bytes, advice = h.memory()
	return bytes + int64(file) + findingMemory, advice
}

// checkMemory refuses a picture that needs too much memory.
func checkMemory(h header, file int) error {
	bytes, advice := need(h, file)
	if bytes <= maxMemory {
		return nil
	}
	width, height := h.size()
	const million = 1_000_000
	return tooLarge("%d x %d pixels of this kind need %d MB of memory; want at most %d MB: %s",
		width, height, (bytes+million-1)/million, maxMemory/million, advice)
}

// A pngFile is the header of a PNG file.
type pngFile struct{ registered }

// memory counts the picture and two rows. The seven passes of an interlaced
// file are pictures, too. Together, they are as large as the whole.
func (p pngFile) memory() (int64, string) {
	pixel := bytesOf(p.ColorModel)
	isGray := p.ColorModel == color.GrayModel || p.ColorModel == color.Gray16Model
	if isGray && bytes.Contains(p.data, []byte("tRNS")) { // one of the levels is transparent
		pixel *= 4
	}
	row := pixel * int64(p.Width)
	if p.interlaced() {
		return 2*row*int64(p.Height) + 6*row, smaller + ", or save it again without interlacing"
	}
	advice := smaller
	if pixel == 8 {
		advice += ", or save it again with 8 bits instead of 16"
	}
	return row*int64(p.Height) + 2*row, advice
}

// interlaced reads the last byte of the first chunk. If it is no header, the
// answer is yes, to be safe.
func (p pngFile) interlaced() bool {
	return string(p.data[12:16]) != "IHDR" || p.data[28] != 0
}

// memory is a guess for formats that the program has registered: the picture
// and as much again.
func (r registered) memory() (int64, string) {
	return 2 * bytesOf(r.ColorModel) * int64(r.Width) * int64(r.Height), smaller
}

// bytesOf returns how many bytes a pixel has, at most.
func bytesOf(m color.Model) int64 {
	switch m {
	case color.GrayModel, color.AlphaModel:
		return 1
	case color.Gray16Model, color.Alpha16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBAModel, color.NRGBAModel, color.CMYKModel, color.NYCbCrAModel:
		return 4
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 8
}

func (b *bmp) memory() (int64, string) { return plainMemory(b.width, b.height, !b.paletted()) }
func (p *pnm) memory() (int64, string) { return plainMemory(p.width, p.height, p.isColor()) }

func plainMemory(width, height int, color bool) (int64, string) {
	pixel := int64(1)
	if color {
		pixel = 4
	}
	return pixel * int64(width) * int64(height), smaller
}
