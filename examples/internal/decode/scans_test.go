package decode

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// progressive returns a gray JPEG file of 8 x 8 pixels in so many scans.
func progressive(n int) []byte {
	segment := func(marker byte, content string) string {
		return string([]byte{0xff, marker, 0, byte(len(content) + 2)}) + content
	}
	code := "\x01" + strings.Repeat("\x00", 15) // one code, of one bit
	first := segment(0xda, "\x01\x01\x00\x00\x00\x00") + "\x00"
	other := segment(0xda, "\x01\x01\x00\x01\x3f\x0d") + "\x00"
	return []byte("\xff\xd8" + segment(0xdb, "\x00"+strings.Repeat("\x01", 64)) +
		segment(0xc2, "\x08\x00\x08\x00\x08\x01\x01\x11\x00") +
		segment(0xc4, "\x00"+code+"\x00") + segment(0xc4, "\x10"+code+"\x00") +
		first + strings.Repeat(other, n-1) + "\xff\xd9")
}

// TestScans: the time for a JPEG file is its pixels times its scans.
func TestScans(t *testing.T) {
	for _, n := range []int{1, 10, maxScans} {
		img, _, err := Bytes(progressive(n))
		require.NoError(t, err, n)
		require.Equal(t, 8, img.Bounds().Dx())
	}
	for _, data := range [][]byte{progressive(maxScans + 1), progressive(1_000_000)} {
		_, _, err := Bytes(data)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, TooLarge, e.Kind)
		require.ErrorContains(t, err, " scans of a progressive JPEG; want at most 100: save it again as an ordinary JPEG")
	}
	require.NoError(t, checkScans(progressive(10), maxPixels))
	require.EqualError(t, checkScans(progressive(50), maxPixels),
		"50 scans of a progressive JPEG; want at most 23: save it again as an ordinary JPEG")
}

// TestScansOf: what looks like a scan may be something else.
func TestScansOf(t *testing.T) {
	const scan = "\xff\xda\x00\x02"
	for text, want := range map[string]int{
		"":                 0,
		"\xff\xd8":         0,
		"\x89PNG" + scan:   0,
		"\xff\xd8" + scan:  1,
		"\xff\xd8\xff\xda": 1,
		"\xff\xd8\xff\xff": 0,
		"\xff\xd8\xff" + scan + "\xff\x00\xda\xff\xd0\xff\xd7\xda" + scan: 2,
		"\xff\xd8\xff\xfe\x00\x06" + scan + scan:                          1, // in a comment
		"\xff\xd8" + scan + "\xff\xd9" + scan:                             1, // another picture
		"\xff\xd8" + scan + "\xff\xe1\x00\x01" + scan:                     1, // damaged
	} {
		require.Equal(t, want, scans([]byte(text)), "%q", text)
	}
}
