package decode

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// goodPNMs returns files of all kinds.
func goodPNMs() map[string]goodFile {
	each := func(write func(b *bytes.Buffer, c color.NRGBA, x int), at func(x, y int) color.NRGBA) string {
		var b bytes.Buffer
		for y := range testHeight {
			for x := range testWidth {
				write(&b, at(x, y), x)
			}
		}
		return b.String()
	}
	files := map[string]goodFile{}
	add := func(name, head, pixels string, want func(x, y int) color.NRGBA, off int) {
		files[name] = goodFile{[]byte(head + pixels), want, off}
	}
	bit := func(c color.NRGBA) int { return 1 - int(c.R)/255 }
	add("P1", "P1\n9 5\n", each(func(b *bytes.Buffer, c color.NRGBA, _ int) { fmt.Fprintf(b, "%d ", bit(c)) }, bwAt), bwAt, 0)
	add("P1, dense", "P1 9 5 ", each(func(b *bytes.Buffer, c color.NRGBA, _ int) { fmt.Fprint(b, bit(c)) }, bwAt), bwAt, 0)
	add("P4", "P4\n9 5\n", each(func(b *bytes.Buffer, c color.NRGBA, x int) {
		if x%8 == 0 {
			b.WriteByte(0)
		}
		b.Bytes()[b.Len()-1] |= byte(bit(c)) << (7 - x%8)
	}, bwAt), bwAt, 0)

	text := func(b *bytes.Buffer, c color.NRGBA, x int) { fmt.Fprintf(b, "%d\n", c.R) }
	add("P2", "P2\n9 5\n255\n", each(text, grayAt), grayAt, 0)
	add("P2 with comments", "P2# by hand\n# 7 7\n9 #w\r5\t255#\n# 1 2 3\n", "#0\n"+each(text, grayAt), grayAt, 0)
	add("P2 up to 1000", "P2 9 5 1000 ", each(func(b *bytes.Buffer, c color.NRGBA, _ int) {
		fmt.Fprintf(b, "%d ", (int(c.R)*1000+127)/255)
	}, grayAt), grayAt, 1)
	add("P3", "P3\n9 5\n255\n", each(func(b *bytes.Buffer, c color.NRGBA, _ int) {
		fmt.Fprintf(b, "%d %d\t%d  ", c.R, c.G, c.B)
	}, colorAt), colorAt, 0)

	bytes8 := func(b *bytes.Buffer, c color.NRGBA, _ int) { b.WriteByte(c.R) }
	add("P5", "P5\n# a comment\n9 5\n255\n", each(bytes8, grayAt), grayAt, 0)
	add("P5 that begins like white space", "P5 9 5 255 ", each(bytes8, func(x, y int) color.NRGBA {
		return color.NRGBA{' ', ' ', ' ', 255}
	}), func(x, y int) color.NRGBA { return color.NRGBA{' ', ' ', ' ', 255} }, 0)
	add("P5 up to 65535", "P5 9 5 65535\n", each(func(b *bytes.Buffer, c color.NRGBA, _ int) {
		b.Write([]byte{c.R, c.R})
	}, grayAt), grayAt, 0)
	add("P5 up to 51", "P5 9 5 51\n", each(func(b *bytes.Buffer, c color.NRGBA, _ int) { b.WriteByte(c.R / 5) }, grayAt), grayAt, 4)
	add("P6", "P6\n9 5\n255\n", each(func(b *bytes.Buffer, c color.NRGBA, _ int) { b.Write([]byte{c.R, c.G, c.B}) }, colorAt), colorAt, 0)
	add("P6 up to 65535", "P6\n9 5\n65535\n", each(func(b *bytes.Buffer, c color.NRGBA, _ int) {
		b.Write([]byte{c.R, c.R, c.G, c.G, c.B, c.B})
	}, colorAt), colorAt, 0)
	return files
}

func TestPNM(t *testing.T) {
	for name, f := range goodPNMs() {
		requirePixels(t, name, f.data, f.want, f.off)
		requirePixels(t, name+", more", append(f.data[:len(f.data):len(f.data)], "P5 1 1 1 "...), f.want, f.off)
		short := bytes.TrimRight(f.data, " \n")
		_, _, err := Picture(bytes.NewReader(short[:len(short)-4]))
		require.ErrorContains(t, err, "damaged or cut short: pnm: unexpected EOF", name)
	}
	// A digit and a space are enough for a value. Half a level is rounded up.
	img, _, err := Picture(strings.NewReader("P2 3 1 2 0 1 2"))
	require.NoError(t, err)
	require.Equal(t, []uint8{0, 128, 255}, img.(*image.Gray).Pix)
	// A value above the highest one is white.
	img, _, err = Picture(strings.NewReader("P2 2 1 7 3 99"))
	require.NoError(t, err)
	require.Equal(t, []uint8{109, 255}, img.(*image.Gray).Pix)
}

// TestTwoBytes: samples have two bytes from a highest value of 256.
func TestTwoBytes(t *testing.T) {
	for data, want := range map[string]uint8{"P5 1 1 255 \x80": 128, "P5 1 1 256 \x00\x80": 128, "P5 1 1 256 \x01\x00": 255} {
		img, _, err := Picture(strings.NewReader(data))
		require.NoError(t, err)
		require.Equal(t, []uint8{want}, img.(*image.Gray).Pix)
	}
}

func TestBadPNM(t *testing.T) {
	for data, want := range map[string]string{
		"P5 ":                        "damaged or cut short: pnm: unexpected EOF",
		"P5 # only a comment":        "damaged or cut short: pnm: unexpected EOF",
		"P5 3 2 ":                    "damaged or cut short: pnm: unexpected EOF",
		"P5 3 2 255":                 "damaged or cut short: pnm: unexpected EOF",
		"P5 -3 2 255 ......":         `damaged or cut short: pnm: '-' stands where a number belongs`,
		"P5 0 2 255 ":                "damaged or cut short: pnm: 0 x 2 pixels",
		"P5 3 2 0 ......":            "damaged or cut short: pnm: the highest value is 0; want 1 to 65535",
		"P5 3 2 65536 ......":        "damaged or cut short: pnm: the highest value is 65536; want 1 to 65535",
		"P5 8001 8000 255 ":          "8001 x 8000 pixels; want at most 64 million",
		"P5 401 159601 255 ":         "401 x 159601 pixels; want at most 64 million", // 64 million and one
		"P5 8000 8000 255 ":          "damaged or cut short: pnm: unexpected EOF",
		"P2 8000 8000 255 1 2 3":     "damaged or cut short: pnm: unexpected EOF",
		"P1 8000 8000 101":           "damaged or cut short: pnm: unexpected EOF",
		"P5 99999999999999999999 1 ": "damaged or cut short: pnm: a number is larger than 100000000",
		"P5 100000001 1 255 .":       "damaged or cut short: pnm: a number is larger than 100000000",
		"P5 100000000 1 255 .":       "100000000 x 1 pixels; want at most 64 million",
		"P5 429496729600 1 255 .":    "damaged or cut short: pnm: a number is larger than 100000000",
		"P1 3 2 010 2 10":            "damaged or cut short: pnm: '2' stands where 0 or 1 belongs",
		"P2 3 2 9 1 2 x 4 5 6":       "damaged or cut short: pnm: 'x' stands where a number belongs",
	} {
		_, _, err := Picture(strings.NewReader(data))
		require.EqualError(t, err, want, data)
	}
}
