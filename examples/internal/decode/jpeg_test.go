package decode

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A jpegKind describes a JPEG file. All its samples are 0.
type jpegKind struct {
	w, h        int
	sampling    []byte // of each component, such as 0x21
	names       string // of the components, a byte each
	progressive bool
	scans       int    // more than the first
	head        string // segments before the frame
}

// Segments for the head.
var (
	jfif      = segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
	adobeRGB  = segment(adobe, "Adobe\x00\x64\x00\x00\x00\x00\x00")
	adobeYCCK = segment(adobe, "Adobe\x00\x64\x00\x00\x00\x00\x02")
)

func segment(marker byte, content string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))) + content
}

func (k jpegKind) bytes() []byte {
	n := len(k.sampling)
	if k.names == "" {
		k.names = "\x01\x02\x03\x04"[:n]
	}
	blocks, most := 0, k.sampling[0]
	if n == 1 {
		most = 0x11
	}
	frame := binary.BigEndian.AppendUint16([]byte{8}, uint16(k.h))
	frame = append(binary.BigEndian.AppendUint16(frame, uint16(k.w)), byte(n))
	scan := []byte{byte(n)}
	for i, s := range k.sampling {
		frame = append(frame, k.names[i], s, 0)
		scan = append(scan, k.names[i], 0)
		if n == 1 {
			s = 0x11
		}
		blocks += int(s>>4) * int(s&15)
	}
	across, down := 8*int(most>>4), 8*int(most&15)
	blocks *= (k.w + across - 1) / across * ((k.h + down - 1) / down)
	marker, last, bits := byte(0xc0), byte(63), 2*blocks // a bit for each coefficient, and one for the end
	if k.progressive {
		marker, last, bits = 0xc2, 0, blocks
	}
	code := "\x01" + strings.Repeat("\x00", 15) // one code, of one bit
	file := "\xff\xd8" + k.head + segment(0xdb, "\x00"+strings.Repeat("\x01", 64)) +
		segment(marker, string(frame)) +
		segment(0xc4, "\x00"+code+"\x00") + segment(0xc4, "\x10"+code+"\x00") +
		segment(startOfScan, string(append(scan, 0, last, 0))) + strings.Repeat("\x00", (bits+7)/8)
	other := segment(startOfScan, "\x01"+k.names[:1]+"\x00\x01\x3f\x0d") + "\x00"
	return []byte(file + strings.Repeat(other, k.scans) + "\xff\xd9")
}

// progressive returns a gray JPEG file of 8 x 8 pixels with n scans.
func progressive(n int) []byte {
	return jpegKind{w: 8, h: 8, sampling: []byte{0x11}, progressive: true, scans: n - 1}.bytes()
}

// TestScans: the time for a JPEG file is its pixels times its scans.
func TestScans(t *testing.T) {
	for _, n := range []int{1, 10, 100} {
		img, _, err := Bytes(progressive(n))
		require.NoError(t, err, n)
		require.Equal(t, 8, img.Bounds().Dx())
	}
	large := jpegKind{w: 8000, h: 8000, sampling: []byte{0x11}, progressive: true, scans: 23}
	for _, tt := range []struct {
		data []byte
		want string
	}{
		{progressive(101), "101 scans of a progressive JPEG; want at most 100: save it again as an ordinary JPEG"},
		{progressive(100_000), "100000 scans of a progressive JPEG; want at most 100: save it again as an ordinary JPEG"},
		{large.bytes(), "24 scans of a progressive JPEG; want at most 23: save it again as an ordinary JPEG"},
	} {
		_, _, err := Bytes(tt.data)
		require.EqualError(t, err, tt.want)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, TooLarge, e.Kind)
	}
}

// TestSegments: what looks like a segment may be something else.
func TestSegments(t *testing.T) {
	const scan = "\xff\xda\x00\x02"
	for text, want := range map[string]string{
		"":                 "",
		"\xff\xd8":         "",
		"\x89PNG" + scan:   "",
		"\xff\xd8" + scan:  "\xda",
		"\xff\xd8\xff\xda": "", // cut short
		"\xff\xd8\xff\xff": "",
		"\xff\xd8\xff" + scan + "\xff\x00\xda\xff\xd0\xff\xd7\xda" + scan: "\xda\xda",
		"\xff\xd8\xff\xfe\x00\x06" + scan + scan:                          "\xfe\xda", // in a comment
		"\xff\xd8" + scan + "\xff\xd9" + scan:                             "\xda",     // another picture
		"\xff\xd8" + scan + "\xff\xe1\x00\x01" + scan:                     "\xda",     // damaged
		"\xff\xd8" + scan + "\xff\xe1\x00\x07" + scan:                     "\xda",     // cut short
		"\xff\xd8" + scan + "\xff\xe1\x00":                                "\xda",
		"\xff\xd8\xff\xe1\x00\x06" + scan:                                 "\xe1", // to the last byte
		"\xff\xd8\xff\xcf\x00\x02\xff\xd8\x00\x02\xff\xd1" + scan:         "\xcf\xd8\xda",
	} {
		markers := ""
		for marker := range segments([]byte(text)) {
			markers += string([]byte{marker})
		}
		require.Equal(t, want, markers, "%q", text)
	}
	for marker, content := range segments([]byte("\xff\xd8\xff\xfe\x00\x04ab" + scan)) {
		require.Equal(t, []any{byte(0xfe), "ab"}, []any{marker, string(content)})
		break
	}
}

// TestFrame: the samples of a file, in whole units.
func TestFrame(t *testing.T) {
	for _, tt := range []struct {
		name    string
		kind    jpegKind
		samples int64
		joined  bool
	}{
		{"gray", jpegKind{w: 9, h: 8, sampling: []byte{0x11}}, 16 * 8, false},
		{"gray, whatever its unit", jpegKind{w: 9, h: 8, sampling: []byte{0x22}}, 16 * 8, false},
		{"4:4:4", jpegKind{w: 8, h: 9, sampling: []byte{0x11, 0x11, 0x11}}, 3 * 8 * 16, false},
		{"4:4:4 in large units", jpegKind{w: 8, h: 9, sampling: []byte{0x21, 0x21, 0x21}}, 3 * 16 * 16, false},
		{"4:2:2", jpegKind{w: 17, h: 9, sampling: []byte{0x21, 0x11, 0x11}}, 32*16 + 2*16*16, false},
		{"4:2:0", jpegKind{w: 17, h: 17, sampling: []byte{0x22, 0x11, 0x11}}, 32*32 + 2*16*16, false},
		{"CMYK", jpegKind{w: 8, h: 8, sampling: []byte{0x11, 0x11, 0x11, 0x11}, head: adobeRGB}, 4 * 64, true},
		{"YCCK", jpegKind{w: 8, h: 8, sampling: []byte{0x22, 0x11, 0x11, 0x22}, head: adobeYCCK}, 2*256 + 2*64, true},
		{"RGB", jpegKind{w: 8, h: 8, sampling: []byte{0x11, 0x11, 0x11}, head: adobeRGB}, 3 * 64, true},
		{"RGB by its names", jpegKind{w: 8, h: 8, sampling: []byte{0x11, 0x11, 0x11}, names: "RGB"}, 3 * 64, true},
		{"YCbCr of Adobe", jpegKind{w: 8, h: 8, sampling: []byte{0x11, 0x11, 0x11}, head: jfif + adobeYCCK}, 3 * 64, false},
	} {
		for _, tt.kind.progressive = range []bool{false, true} {
			data := tt.kind.bytes()
			img, _, err := Bytes(data)
			require.NoError(t, err, tt.name)
			require.Equal(t, tt.kind.w, img.Bounds().Dx(), tt.name)
			f := jpegFile{registered{data: data}}.frame()
			require.Equal(t, tt.kind.progressive, f.progressive, tt.name)
			require.Equal(t, tt.samples, f.samples(tt.kind.w, tt.kind.h), tt.name)
			require.Equal(t, tt.joined, f.joined, tt.name)
		}
	}
	// A broken head has no samples. The decoder does not take it.
	for _, content := range []string{"", "\x08\x00\x08\x00\x08", "\x08\x00\x08\x00\x08\x01\x01\x11"} {
		data := []byte("\xff\xd8" + segment(0xc0, content))
		require.Empty(t, jpegFile{registered{data: data}}.frame().sampling)
		_, _, err := Bytes(data)
		require.Error(t, err)
	}
}
