package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Limits of a JPEG file's scans. A progressive file has about ten scans. Each
// scan refines all pixels. A scan that refines nothing has few bytes, but takes
// as much time as any other. So a small file could take minutes.
const (
	maxScans      = 100
	maxScanPixels = 1_500_000_000 // scans x pixels: two or three seconds
)

// checkScans refuses a JPEG file with so many scans that it takes too long.
func checkScans(data []byte, pixels int) error {
	n := scans(data)
	most := min(maxScans, maxScanPixels/max(1, pixels))
	if n <= most {
		return nil
	}
	return &Error{TooLarge, fmt.Errorf("%d scans of a progressive JPEG; want at most %d: save it again as an ordinary JPEG", n, most)}
}

// scans counts the scans of a JPEG file, as package image/jpeg finds them. For
// other files, it returns 0.
func scans(data []byte) int {
	const (
		start    = 0xd8
		restart0 = 0xd0
		restart7 = 0xd7
		end      = 0xd9
		scan     = 0xda
	)
	if !bytes.HasPrefix(data, []byte{0xff, start}) {
		return 0
	}
	n := 0
	for data = data[2:]; ; {
		at := bytes.IndexByte(data, 0xff) // what comes before is the content of a scan
		if at < 0 {
			return n
		}
		for data = data[at:]; len(data) > 0 && data[0] == 0xff; {
			data = data[1:]
		}
		if len(data) == 0 || data[0] == end {
			return n
		}
		marker := data[0]
		data = data[1:]
		if marker == 0 || marker >= restart0 && marker <= restart7 {
			continue // content, too
		}
		if marker == scan {
			n++
		}
		if len(data) < 2 {
			return n
		}
		length := int(binary.BigEndian.Uint16(data))
		if length < 2 || length > len(data) {
			return n
		}
		data = data[length:]
	}
}
