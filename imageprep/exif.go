package imageprep

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// OrientationOf reads from the head of a JPEG file how the picture lies (Exif 2.3, JEITA CP-3451C, tag 0x0112). Of any other
// file, and of one without the tag or with a damaged one, it says [Upright]: a decoder will tell what is wrong with it.
//
// Programs that crop or turn a picture often copy the camera's notes and so leave an orientation that is no longer true. The
// notes hold the size of the picture that they are about, too: if the file's picture has not these proportions, it has been
// worked on since, by somebody who saw it upright, and counts as upright.
//
// It reads up to where the compressed picture begins, and needs memory for one segment, at most 64 KB.
func OrientationOf(r io.Reader) Orientation {
	in := bufio.NewReader(r)
	var start [2]byte
	if _, err := io.ReadFull(in, start[:]); err != nil || start != [2]byte{0xff, 0xd8} {
		return Upright
	}
	var notes *exif
	for {
		marker, size, err := nextSegment(in)
		switch {
		case err != nil:
			return Upright
		case marker == 0xe1 && notes == nil: // APP1
			segment := make([]byte, size)
			if _, err := io.ReadFull(in, segment); err != nil {
				return Upright
			}
			notes = parseEXIF(segment)
		case isFrameHeader(marker):
			var frame [5]byte // bits a sample, height, width
			if _, err := io.ReadFull(in, frame[:]); err != nil || notes == nil {
				return Upright
			}
			width, height := binary.BigEndian.Uint16(frame[3:]), binary.BigEndian.Uint16(frame[1:])
			return notes.orientationOf(int64(width), int64(height))
		default:
			if _, err := in.Discard(size); err != nil {
				return Upright
			}
		}
	}
}

// nextSegment reads the head of a segment of a JPEG file: FF, the marker, and the size of what follows. The picture itself,
// which has no size, ends the search.
func nextSegment(in *bufio.Reader) (marker byte, size int, err error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, 0, err
	}
	for head[0] == 0xff && head[1] == 0xff { // fill
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

// isFrameHeader: SOF0 to SOF15, without DHT, JPG and DAC, which lie among them.
func isFrameHeader(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// exif is what interests us of the notes. What is not there is 0.
type exif struct {
	orientation   uint32
	width, height uint32
}

const (
	tagOrientation = 0x0112
	tagExif        = 0x8769 // offset of the directory in which the size stands
	tagWidth       = 0xa002
	tagHeight      = 0xa003
)

// parseEXIF reads the notes, a small TIFF file. It returns nil if they are none.
func parseEXIF(segment []byte) *exif {
	tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
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
	first := directory(tiff, order, order.Uint32(tiff[4:]))
	e.orientation = first[tagOrientation]
	if at, ok := first[tagExif]; ok {
		second := directory(tiff, order, at)
		e.width, e.height = second[tagWidth], second[tagHeight]
	}
	return &e
}

// directory returns the single numbers in a directory of a TIFF file that we look for, as far as it lies within the file.
func directory(tiff []byte, order binary.ByteOrder, at uint32) map[uint16]uint32 {
	const entrySize = 12
	const short, long = 3, 4
	if uint64(at)+2 > uint64(len(tiff)) {
		return nil
	}
	values := map[uint16]uint32{}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
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

// orientationOf judges whether the notes are about a picture of this size. A picture that was only shrunk has still the
// proportions, but for the rounding of its sides.
func (e *exif) orientationOf(width, height int64) Orientation {
	if e.orientation < 1 || e.orientation > 8 {
		return Upright
	}
	w, h := int64(e.width), int64(e.height)
	off := width*h - height*w
	if w > 0 && h > 0 && max(off, -off) > w+h {
		return Upright
	}
	return Orientation(e.orientation)
}
