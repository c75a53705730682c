package imageprep

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
)

// An Orientation tells how to turn a picture upright. Its values are those of
// the EXIF tag. They say where the stored picture's first row and first column
// belong. With 6, the first row is the right side of the upright picture, and
// the first column is its top.
//
//	1 top, left      5 left, top
//	2 top, right     6 right, top      (turn it clockwise)
//	3 bottom, right  7 right, bottom
//	4 bottom, left   8 left, bottom    (turn it counterclockwise)
//
// Zero counts as 1, upright. Decoders ignore the tag; [OrientationOf] reads it.
type Orientation int

// Upright is the orientation of a picture that needs no turning.
const Upright Orientation = 1

// mustBeValid returns o, or Upright for 0.
func (o Orientation) mustBeValid() Orientation {
	if o < 0 || o > 8 {
		panic(fmt.Sprintf("imageprep: Orientation is %d, want 1 to 8, or 0 for upright", int(o)))
	}
	return max(o, Upright)
}

// swaps reports whether the stored rows are columns of the upright picture.
func (o Orientation) swaps() bool { return o >= 5 }

// mirrors reports whether stored columns (x) or rows (y) run backwards.
func (o Orientation) mirrors() (x, y bool) {
	return o == 2 || o == 3 || o == 7 || o == 8, o == 3 || o == 4 || o == 6 || o == 7
}

// quarterTurns are the orientations of pictures that must be turned by 0, 90,
// 180 and 270 degrees, clockwise.
var quarterTurns = [4]Orientation{1, 6, 3, 8}

// then returns the orientation that turns a picture as o does, and then by some
// more degrees, clockwise.
func (o Orientation) then(degrees int) Orientation {
	g := &image.Gray{Pix: []uint8{1, 2, 3, 4}, Stride: 2, Rect: image.Rect(0, 0, 2, 2)}
	want := Turn(Turn(g, o), quarterTurns[degrees/90%4])
	for p := Upright; ; p++ {
		if bytes.Equal(Turn(g, p).Pix, want.Pix) {
			return p
		}
	}
}

// Turn turns a picture with orientation o upright. The result is a new picture
// that starts at (0, 0), or g itself if o is 0 or 1. Turn panics if o is not 0
// to 8.
func Turn(g *image.Gray, o Orientation) *image.Gray {
	if o = o.mustBeValid(); g == nil {
		panic("imageprep: g is nil, want a picture")
	} else if o == Upright {
		return g
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if o.swaps() {
		w, h = h, w
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			from := o.stored(image.Rect(x, y, x+1, y+1), g.Rect).Min
			out.Pix[y*w+x] = g.Pix[g.PixOffset(from.X, from.Y)]
		}
	}
	return out
}

// stored maps a rectangle of the upright picture, which starts at (0, 0), to
// the stored picture with the given bounds.
func (o Orientation) stored(r, bounds image.Rectangle) image.Rectangle {
	if o.swaps() {
		r = image.Rect(r.Min.Y, r.Min.X, r.Max.Y, r.Max.X)
	}
	mirrorX, mirrorY := o.mirrors()
	if mirrorX {
		r.Min.X, r.Max.X = bounds.Dx()-r.Max.X, bounds.Dx()-r.Min.X
	}
	if mirrorY {
		r.Min.Y, r.Max.Y = bounds.Dy()-r.Max.Y, bounds.Dy()-r.Min.Y
	}
	return r.Add(bounds.Min)
}

// OrientationOf reads the orientation that a JPEG or PNG file notes (Exif 2.3,
// JEITA CP-3451C, tag 0x0112). In PNG, the tag is in the chunk eXIf. It returns
// [Upright] if there is no valid tag. Editors that crop or turn a picture often
// keep an old tag: OrientationOf ignores it if the EXIF data tell other
// proportions than the picture has. It reads JPEG up to the head of the frame,
// and PNG up to the chunk or to the end. It needs at most 70 KB of memory.
func OrientationOf(r io.Reader) Orientation {
	in := bufio.NewReader(r)
	const jpeg, png = "\xff\xd8", "\x89PNG\r\n\x1a\n"
	start, _ := in.Peek(len(png)) // shorter at the end of the file
	switch {
	case bytes.HasPrefix(start, []byte(jpeg)):
		_, _ = in.Discard(len(jpeg)) // Peek has read them
		return orientationOfJPEG(in)
	case string(start) == png:
		_, _ = in.Discard(len(png))
		return orientationOfPNG(in)
	}
	return Upright
}

func orientationOfJPEG(in *bufio.Reader) Orientation {
	var found *exif
	for {
		marker, size, err := nextSegment(in)
		switch {
		case err != nil:
			return Upright
		case marker == 0xe1 && found == nil: // APP1
			segment := make([]byte, size)
			if _, err := io.ReadFull(in, segment); err != nil {
				return Upright
			}
			if tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok {
				found = parseTIFF(tiff)
			}
		case isFrameHeader(marker):
			var frame [5]byte // bits per sample, height, width
			if _, err := io.ReadFull(in, frame[:]); err != nil || found == nil {
				return Upright
			}
			width, height := binary.BigEndian.Uint16(frame[3:]), binary.BigEndian.Uint16(frame[1:])
			return found.orientationOf(int64(width), int64(height))
		default:
			_, _ = in.Discard(size) // if the file ends here, there is no next one
		}
	}
}

// orientationOfPNG reads chunks: the length of the data, the type, the data,
// and a checksum. The first one is IHDR, with the size of the picture.
func orientationOfPNG(in *bufio.Reader) Orientation {
	const checksum = 4
	const most = 1 << 16 // bytes of a chunk that are read; JPEG has no more
	var width, height uint32
	var head [8]byte
	for first := true; ; first = false {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return Upright
		}
		size, kind := binary.BigEndian.Uint32(head[:]), string(head[4:])
		if size > math.MaxInt32 || first != (kind == "IHDR") || kind == "IEND" {
			return Upright
		}
		var data []byte
		if kind == "IHDR" || kind == "eXIf" {
			data = make([]byte, min(size, most))
			if _, err := io.ReadFull(in, data); err != nil {
				return Upright
			}
		}
		switch {
		case kind == "eXIf":
			if e := parseTIFF(data); e != nil {
				return e.orientationOf(int64(width), int64(height))
			}
		case kind == "IHDR" && len(data) >= 8:
			width, height = binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
		}
		// If the file ends here, there is no next chunk.
		_, _ = in.Discard(int(size) - len(data))
		_, _ = in.Discard(checksum)
	}
}

// nextSegment reads the head of a JPEG segment: FF, the marker, and the size of
// the data that follow. It returns io.EOF where the head of the file ends.
func nextSegment(in *bufio.Reader) (marker byte, size int, err error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, 0, err
	}
	for head[0] == 0xff && head[1] == 0xff { // fill bytes
		if head[1], err = in.ReadByte(); err != nil {
			return 0, 0, err
		}
	}
	const startOfScan, endOfImage = 0xda, 0xd9
	if head[0] != 0xff || head[1] == startOfScan || head[1] == endOfImage {
		return 0, 0, io.EOF
	}
	marker = head[1]
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, 0, err
	}
	size = int(binary.BigEndian.Uint16(head[:])) - len(head)
	if size < 0 {
		return 0, 0, io.ErrUnexpectedEOF
	}
	return marker, size, nil
}

// isFrameHeader reports whether a marker is one of SOF0 to SOF15. The markers
// DHT, JPG and DAC lie between them.
func isFrameHeader(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// exif holds the EXIF data that are used here. Missing values are 0.
type exif struct {
	orientation   uint32
	width, height uint32
}

const (
	tagOrientation = 0x0112
	tagExif        = 0x8769 // the offset of the directory with the size
	tagWidth       = 0xa002
	tagHeight      = 0xa003
)

// parseTIFF reads EXIF data, which are a small TIFF file. It returns nil if
// they are not.
func parseTIFF(tiff []byte) *exif {
	if len(tiff) < 8 {
		return nil
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return nil
	}
	var e exif
	first := readDirectory(tiff, order, order.Uint32(tiff[4:]))
	e.orientation = first[tagOrientation]
	if offset, ok := first[tagExif]; ok {
		second := readDirectory(tiff, order, offset)
		e.width, e.height = second[tagWidth], second[tagHeight]
	}
	return &e
}

// readDirectory returns the values of the four tags in a TIFF directory. It
// skips lists, and entries beyond the end of the file.
func readDirectory(tiff []byte, order binary.ByteOrder, offset uint32) map[uint16]uint32 {
	const entrySize = 12
	const short, long = 3, 4
	if uint64(offset)+2 > uint64(len(tiff)) {
		return nil
	}
	values := map[uint16]uint32{}
	entries := tiff[offset+2:]
	for range order.Uint16(tiff[offset:]) {
		if len(entries) < entrySize {
			break
		}
		tag, kind, count := order.Uint16(entries), order.Uint16(entries[2:]), order.Uint32(entries[4:])
		if tag == tagOrientation || tag == tagExif || tag == tagWidth || tag == tagHeight {
			switch {
			case kind == short && count == 1:
				values[tag] = uint32(order.Uint16(entries[8:]))
			case kind == long && count == 1:
				values[tag] = order.Uint32(entries[8:])
			}
		}
		entries = entries[entrySize:]
	}
	return values
}

// orientationOf returns the orientation of a picture of this size. Shrinking
// keeps the proportions, except for the rounding of the sides.
func (e *exif) orientationOf(width, height int64) Orientation {
	if e.orientation < 1 || e.orientation > 8 {
		return Upright
	}
	w, h := int64(e.width), int64(e.height)
	difference := width*h - height*w
	if w > 0 && h > 0 && max(difference, -difference) > w+h {
		return Upright
	}
	return Orientation(e.orientation)
}
