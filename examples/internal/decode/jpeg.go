package decode

import (
	"bytes"
	"encoding/binary"
	"image"
	"iter"
)

// Limits of a JPEG file's scans. A progressive file has about ten scans. Each
// scan refines all pixels. A scan that refines nothing has few bytes, but takes
// as much time as any other. So a small file could take minutes.
const (
	maxScans      = 100
	maxScanPixels = 1_500_000_000 // scans x pixels: two or three seconds
)

// A jpegFile is the header of a JPEG file.
type jpegFile struct{ registered }

const ordinaryJPEG = "save it again as an ordinary JPEG"

// decode refuses a file with so many scans that it takes too long.
func (j jpegFile) decode() (image.Image, error) {
	n := 0
	for marker := range segments(j.data) {
		if marker == startOfScan {
			n++
		}
	}
	most := min(maxScans, maxScanPixels/(j.Width*j.Height))
	if n > most {
		return nil, tooLarge("%d scans of a progressive JPEG; want at most %d: %s", n, most, ordinaryJPEG)
	}
	return j.registered.decode()
}

// memory counts planes of bytes, one for each component. A progressive file
// needs 4 bytes more for each sample until its last scan. Colors that are not
// YCbCr are put together at the end, 4 bytes for each pixel.
func (j jpegFile) memory() (bytes int64, advice string) {
	f := j.frame()
	bytes, advice = f.samples(j.Width, j.Height), smaller
	if f.progressive {
		bytes, advice = 5*bytes, smaller+", or "+ordinaryJPEG
	}
	if f.joined {
		bytes += 4 * int64(j.Width) * int64(j.Height)
	}
	return bytes, advice
}

// A frame is what a JPEG file tells about its samples.
type frame struct {
	progressive bool
	joined      bool // the colors are RGB or CMYK
	// sampling has the sampling factors of each component: how many blocks an
	// MCU (minimum coded unit) has, across and down.
	sampling [][2]int
}

// frame reads the header of the frame.
func (j jpegFile) frame() (f frame) {
	for marker, content := range segments(j.data) {
		switch {
		case marker == adobe && bytes.HasPrefix(content, []byte("Adobe")) && len(content) >= 12 && content[11] == 0:
			f.joined = true
		case marker >= baselineFrame && marker <= progressiveFrame && f.sampling == nil:
			f.progressive = marker == progressiveFrame
			var names []byte
			for c := content[min(6, len(content)):]; len(c) >= 3; c = c[3:] {
				names = append(names, c[0])
				f.sampling = append(f.sampling, [2]int{int(c[1] >> 4), int(c[1] & 15)})
			}
			f.joined = f.joined || len(names) == 4 || string(names) == "RGB"
		}
	}
	return f
}

// samples returns how many samples the planes have. The planes consist of whole
// MCUs.
func (f frame) samples(width, height int) (n int64) {
	if len(f.sampling) == 1 { // then an MCU has one block
		f.sampling = [][2]int{{1, 1}}
	}
	const side = 8 // of a block
	for _, s := range f.sampling {
		first := f.sampling[0]
		across := (width + side*first[0] - 1) / (side * first[0]) * s[0]
		down := (height + side*first[1] - 1) / (side * first[1]) * s[1]
		n += int64(side*across) * int64(side*down)
	}
	return n
}

// Markers of a JPEG file's segments.
const (
	startOfFile      = 0xd8
	restart0         = 0xd0
	restart7         = 0xd7
	endOfFile        = 0xd9
	startOfScan      = 0xda
	baselineFrame    = 0xc0 // the header of a frame
	progressiveFrame = 0xc2 // the header of a progressive frame
	adobe            = 0xee
)

// segments returns the segments of a JPEG file as package image/jpeg finds
// them: the marker and the content.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		data, ok := bytes.CutPrefix(data, []byte{0xff, startOfFile})
		for ok {
			at := bytes.IndexByte(data, 0xff) // what comes before is the content of a scan
			if at < 0 {
				return
			}
			for at < len(data) && data[at] == 0xff {
				at++
			}
			if at == len(data) || data[at] == endOfFile {
				return
			}
			marker := data[at]
			data = data[at+1:]
			if marker == 0 || marker >= restart0 && marker <= restart7 {
				continue // content, too
			}
			if len(data) < 2 {
				return
			}
			length := int(binary.BigEndian.Uint16(data))
			if length < 2 || length > len(data) {
				return
			}
			ok = yield(marker, data[2:length])
			data = data[length:]
		}
	}
}
