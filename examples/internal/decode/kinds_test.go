package decode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"strings"
)

// A pngKind describes a PNG file. All its pixels are 0.
type pngKind struct {
	w, h        int
	depth, kind byte // bits of a sample, and the kind of colors
	transparent bool // one of the colors
	interlaced  bool
	before      string // a chunk before the header
}

func (k pngKind) bytes() []byte {
	samples := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[k.kind]
	head := binary.BigEndian.AppendUint32(nil, uint32(k.w))
	head = append(binary.BigEndian.AppendUint32(head, uint32(k.h)), k.depth, k.kind, 0, 0, 0)
	// Rows begin with a byte. Seven passes have up to two rows for each row.
	n := k.h * (1 + (k.w*samples*int(k.depth)+7)/8)
	if k.interlaced {
		head[12] = 1
		n = 0
		for _, pass := range [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
			w, h := (k.w-pass[0]+pass[2]-1)/pass[2], (k.h-pass[1]+pass[3]-1)/pass[3]
			if w > 0 {
				n += h * (1 + (w*samples*int(k.depth)+7)/8)
			}
		}
	}
	file := "\x89PNG\r\n\x1a\n" + k.before + chunk("IHDR", string(head))
	if k.kind == 3 {
		file += chunk("PLTE", "abcdef")
	}
	if k.transparent {
		file += chunk("tRNS", strings.Repeat("\x00", []int{2, 0, 6, 1}[k.kind]))
	}
	var data bytes.Buffer
	z, _ := zlib.NewWriterLevel(&data, zlib.BestSpeed) // the level exists
	for zeros := make([]byte, 1<<16); n > 0; n -= len(zeros) {
		_, _ = z.Write(zeros[:min(n, len(zeros))]) // a buffer takes all
	}
	_ = z.Close()
	return []byte(file + chunk("IDAT", data.String()) + chunk("IEND", ""))
}

// chunk returns a chunk of a PNG file.
func chunk(kind, content string) string {
	size := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(kind+content)))
	return string(size) + kind + content + string(sum)
}

// gifOf returns a GIF file.
func gifOf(w, h int, interlaced bool) []byte {
	var b bytes.Buffer
	_ = gif.Encode(&b, image.NewPaletted(image.Rect(0, 0, w, h), palette.Plan9), nil) // a buffer takes all
	if interlaced {
		const descriptor = 13 + 3*256 // after the header and the colors
		b.Bytes()[descriptor+9] |= 0x40
	}
	return b.Bytes()
}

// A kind makes pictures of a size.
type kind struct {
	name string
	make func(w, h int) []byte
}

// kinds are all formats, in many kinds.
var kinds = []kind{
	{"baseline gray", jpegOf(jpegKind{sampling: []byte{0x11}})},
	{"baseline 4:2:0", jpegOf(jpegKind{sampling: []byte{0x22, 0x11, 0x11}, head: jfif})},
	{"baseline 4:4:4", jpegOf(jpegKind{sampling: []byte{0x11, 0x11, 0x11}, head: jfif})},
	{"baseline RGB", jpegOf(jpegKind{sampling: []byte{0x11, 0x11, 0x11}, names: "RGB"})},
	{"baseline CMYK", jpegOf(jpegKind{sampling: []byte{0x11, 0x11, 0x11, 0x11}, head: adobeRGB})},
	{"baseline YCCK", jpegOf(jpegKind{sampling: []byte{0x22, 0x11, 0x11, 0x22}, head: adobeYCCK})},
	{"progressive gray", jpegOf(jpegKind{sampling: []byte{0x11}, progressive: true})},
	{"progressive 4:2:0", jpegOf(jpegKind{sampling: []byte{0x22, 0x11, 0x11}, progressive: true})},
	{"progressive 4:2:2", jpegOf(jpegKind{sampling: []byte{0x21, 0x11, 0x11}, progressive: true})},
	{"progressive 4:4:4", jpegOf(jpegKind{sampling: []byte{0x11, 0x11, 0x11}, progressive: true})},
	{"progressive RGB", jpegOf(jpegKind{sampling: []byte{0x11, 0x11, 0x11}, head: adobeRGB, progressive: true})},
	{"progressive CMYK", jpegOf(jpegKind{sampling: []byte{0x11, 0x11, 0x11, 0x11}, head: adobeRGB, progressive: true})},
	{"progressive YCCK", jpegOf(jpegKind{sampling: []byte{0x22, 0x11, 0x11, 0x22}, head: adobeYCCK, progressive: true})},
	{"PNG gray", pngOf(pngKind{depth: 8})},
	{"PNG gray, transparent", pngOf(pngKind{depth: 8, transparent: true})},
	{"PNG gray, 1 bit", pngOf(pngKind{depth: 1})},
	{"PNG gray, 16 bits", pngOf(pngKind{depth: 16})},
	{"PNG gray, 16 bits, transparent", pngOf(pngKind{depth: 16, transparent: true})},
	{"PNG gray and alpha", pngOf(pngKind{depth: 8, kind: 4})},
	{"PNG RGB", pngOf(pngKind{depth: 8, kind: 2})},
	{"PNG RGB, transparent", pngOf(pngKind{depth: 8, kind: 2, transparent: true})},
	{"PNG RGB, 16 bits", pngOf(pngKind{depth: 16, kind: 2})},
	{"PNG RGB, 16 bits, transparent", pngOf(pngKind{depth: 16, kind: 2, transparent: true})},
	{"PNG RGBA", pngOf(pngKind{depth: 8, kind: 6})},
	{"PNG RGBA, 16 bits", pngOf(pngKind{depth: 16, kind: 6})},
	{"PNG palette", pngOf(pngKind{depth: 8, kind: 3})},
	{"PNG palette, transparent", pngOf(pngKind{depth: 4, kind: 3, transparent: true})},
	{"interlaced PNG gray", pngOf(pngKind{depth: 8, interlaced: true})},
	{"interlaced PNG gray, 16 bits, transparent", pngOf(pngKind{depth: 16, transparent: true, interlaced: true})},
	{"interlaced PNG palette", pngOf(pngKind{depth: 8, kind: 3, interlaced: true})},
	{"interlaced PNG RGB", pngOf(pngKind{depth: 8, kind: 2, interlaced: true})},
	{"interlaced PNG RGBA, 16 bits", pngOf(pngKind{depth: 16, kind: 6, interlaced: true})},
	{"interlaced PNG, a chunk before the header", pngOf(pngKind{depth: 8, kind: 6, interlaced: true, before: chunk("abCd", "0123456789abc")})},
	{"GIF", func(w, h int) []byte { return gifOf(w, h, false) }},
	{"interlaced GIF", func(w, h int) []byte { return gifOf(w, h, true) }},
	{"BMP, 8 bits", bmpOf(8)},
	{"BMP, 24 bits", bmpOf(24)},
	{"BMP, 32 bits", bmpOf(32)},
	{"PBM", pnmOf("P4", "", 1)},
	{"PGM", pnmOf("P5", " 255", 8)},
	{"PGM, 16 bits", pnmOf("P5", " 65535", 16)},
	{"PPM", pnmOf("P6", " 255", 24)},
}

func jpegOf(k jpegKind) func(w, h int) []byte {
	return func(w, h int) []byte { k.w, k.h = w, h; return k.bytes() }
}

func pngOf(k pngKind) func(w, h int) []byte {
	return func(w, h int) []byte { k.w, k.h = w, h; return k.bytes() }
}

func bmpOf(bits int) func(w, h int) []byte {
	return func(w, h int) []byte {
		return bmpFile{header: 40, w: int32(w), h: int32(h), bits: uint16(bits), pixels: make([]byte, (w*bits+31)/32*4*h)}.bytes()
	}
}

func pnmOf(magic, most string, bits int) func(w, h int) []byte {
	return func(w, h int) []byte {
		return append(fmt.Appendf(nil, "%s %d %d%s\n", magic, w, h, most), make([]byte, (w*bits+7)/8*h)...)
	}
}
