package imageprep

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// storedF is the picture of the Exif specification, an F of 3x5 pixels, as
// stored for each orientation.
var storedF = [9]string{
	1: "### #.. ##. #.. #..",
	2: "### ..# .## ..# ..#",
	3: "..# ..# .## ..# ###",
	4: "#.. #.. ##. #.. ###",
	5: "##### #.#.. #....",
	6: "#.... #.#.. #####",
	7: "....# ..#.# #####",
	8: "##### ..#.# ....#",
}

func TestTurnUpright(t *testing.T) {
	want := drawn(strings.Fields(storedF[1])...)
	for o := Orientation(1); o <= 8; o++ {
		stored := drawn(strings.Fields(storedF[o])...)
		stored.Rect = stored.Rect.Add(image.Pt(-3, 7))
		got := Turn(stored, o)
		require.Equal(t, want.Pix, got.Pix, "orientation %d", o)
		require.Equal(t, want.Rect.Size(), got.Rect.Size())
		for y := range 5 {
			for x := range 3 {
				from := o.stored(image.Rect(x, y, x+1, y+1), stored.Rect)
				require.Equal(t, image.Pt(1, 1), from.Size())
				require.Equal(t, got.GrayAt(got.Rect.Min.X+x, got.Rect.Min.Y+y), stored.GrayAt(from.Min.X, from.Min.Y))
			}
		}
	}
	require.Same(t, want, Turn(want, 0))
	require.PanicsWithValue(t, "imageprep: g is nil, want a picture", func() { Turn(nil, 0) })
	for _, bad := range []Orientation{-1, 9} {
		require.PanicsWithValue(t, fmt.Sprintf("imageprep: Orientation is %d, want 1 to 8, or 0 for upright", bad),
			func() { Turn(want, bad) })
		require.Panics(t, func() { _, _ = Prepare(want, &Options{Orientation: bad}) })
	}
}

// TestThen compares with turning twice.
func TestThen(t *testing.T) {
	g := grayOf(3, 1, 2, 3, 4, 5, 6)
	for o := Upright; o <= 8; o++ {
		for _, degrees := range []int{0, 90, 180, 270} {
			want := Turn(g, o)
			for range degrees / 90 { // clockwise: columns from below become rows
				out := image.NewGray(image.Rect(0, 0, want.Rect.Dy(), want.Rect.Dx()))
				for y := range out.Rect.Dy() {
					for x := range out.Rect.Dx() {
						out.SetGray(x, y, want.GrayAt(y, want.Rect.Dy()-1-x))
					}
				}
				want = out
			}
			require.Equal(t, want, Turn(g, o.then(degrees)), "orientation %d, then %d degrees", o, degrees)
		}
	}
}

// TestPrepareTurns: however the camera was held, a photograph gives the same
// digit. Its box is that of the stored picture.
func TestPrepareTurns(t *testing.T) {
	upright := onPaper(drawTwo(120, 210, 60), image.Rect(0, 0, 200, 160), image.Pt(50, 20), 210)
	want, err := Prepare(upright, nil)
	require.NoError(t, err)
	for o := Orientation(1); o <= 8; o++ {
		// 6 and 8 are inverses of each other. Any other orientation is
		// its own inverse.
		inverse := map[Orientation]Orientation{6: 8, 8: 6}[o]
		if inverse == 0 {
			inverse = o
		}
		stored := Turn(upright, inverse)
		require.Equal(t, upright.Pix, Turn(stored, o).Pix)
		got, err := Prepare(stored, &Options{Orientation: o})
		require.NoError(t, err)
		require.Equal(t, want.Image, got.Image, "orientation %d", o)
		require.Equal(t, want.Box, o.upright(got.Box, stored.Rect))
		all, err := PrepareAll(stored, &Options{Orientation: o})
		require.NoError(t, err)
		require.Len(t, all.Digits, 1)
		require.Equal(t, got.Box, all.Digits[0].Box)
	}
}

// upright is the inverse of stored. It tries all pixels.
func (o Orientation) upright(r, bounds image.Rectangle) (box image.Rectangle) {
	for y := range max(bounds.Dx(), bounds.Dy()) {
		for x := range max(bounds.Dx(), bounds.Dy()) {
			if p := image.Rect(x, y, x+1, y+1); o.stored(p, bounds).In(r) && !o.stored(p, bounds).Empty() {
				box = box.Union(p)
			}
		}
	}
	return box
}

// A tag is an entry of a TIFF directory with one value.
type tag struct {
	id, kind uint16
	value    uint32
}

// exifSegment makes an APP1 segment.
func exifSegment(order binary.AppendByteOrder, first, second []tag) []byte {
	b := []byte("II*\x00")
	if order.String() == binary.BigEndian.String() {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	at := 8 + 2 + 12*(len(first)+1) + 4
	directory := func(tags []tag) {
		b = order.AppendUint16(b, uint16(len(tags)))
		for _, t := range tags {
			b = order.AppendUint16(order.AppendUint16(b, t.id), t.kind)
			b = order.AppendUint32(b, 1)
			if t.kind == 3 {
				b = order.AppendUint16(order.AppendUint16(b, uint16(t.value)), 0)
			} else {
				b = order.AppendUint32(b, t.value)
			}
		}
		b = order.AppendUint32(b, 0)
	}
	directory(append(first[:len(first):len(first)], tag{tagExif, 4, uint32(at)}))
	directory(second)
	return segment(0xe1, append([]byte("Exif\x00\x00"), b...))
}

func segment(marker byte, data []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

// withSegments returns a JPEG file of 6x4 pixels with segments after the first
// marker.
func withSegments(t testing.TB, segments ...[]byte) []byte {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 6, 4)), nil))
	return bytes.Join([][]byte{b.Bytes()[:2], bytes.Join(segments, nil), b.Bytes()[2:]}, nil)
}

func TestOrientationOf(t *testing.T) {
	little, big := binary.LittleEndian, binary.BigEndian
	orientation := func(v uint32) []tag { return []tag{{tagOrientation, 3, v}} }
	size := func(w, h uint32) []tag { return []tag{{tagWidth, 4, w}, {tagHeight, 3, h}} }
	jfif := segment(0xe0, []byte("JFIF\x00 and so on"))
	xmp := segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00"))
	tests := []struct {
		name string
		data []byte
		want Orientation
	}{
		{"no tag", withSegments(t), 1},
		{"size of the picture", withSegments(t, exifSegment(little, orientation(6), size(6, 4))), 6},
		{"size before shrinking", withSegments(t, exifSegment(big, orientation(8), size(4000, 2667))), 8},
		{"size before turning", withSegments(t, exifSegment(little, orientation(6), size(4, 6))), 1},
		{"size before cropping", withSegments(t, exifSegment(little, orientation(6), size(4000, 1000))), 1},
		{"size of 0", withSegments(t, exifSegment(little, orientation(6), size(0, 0))), 6},
		{"other segments before", withSegments(t, jfif, xmp, exifSegment(big, orientation(3), nil)), 3},
		{"empty comment before", withSegments(t, segment(0xfe, nil), exifSegment(big, orientation(3), nil)), 3},
		{"fill bytes", withSegments(t, []byte{0xff, 0xff, 0xff}, exifSegment(big, orientation(3), nil)), 3},
		{"two tags", withSegments(t, exifSegment(big, orientation(3), nil), exifSegment(big, orientation(6), nil)), 3},
		{"orientation 0", withSegments(t, exifSegment(big, orientation(0), nil)), 1},
		{"orientation 9", withSegments(t, exifSegment(big, orientation(9), nil)), 1},
		{"long", withSegments(t, exifSegment(big, []tag{{tagOrientation, 4, 5}}, nil)), 5},
		{"string", withSegments(t, exifSegment(big, []tag{{tagOrientation, 2, 0x06000000}}, nil)), 1},
		{"unknown byte order", withSegments(t, segment(0xe1, []byte("Exif\x00\x00XX*\x00\x08\x00\x00\x00"))), 1},
		{"directory beyond the end", withSegments(t, segment(0xe1, []byte("Exif\x00\x00II*\x00\xff\xff\xff\xff"))), 1},
		{"65535 missing entries", withSegments(t, segment(0xe1, []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff"))), 1},
		{"directory in itself", withSegments(t, exifSegment(little, []tag{{tagOrientation, 3, 7}, {tagExif, 4, 8}}, nil)), 7},
		{"segment size below 2", withSegments(t, []byte{0xff, 0xe1, 0, 1}, exifSegment(big, orientation(3), nil)), 1},
		{"other file", append([]byte("GIF89a"), exifSegment(big, orientation(3), nil)...), 1},
		{"empty file", nil, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, OrientationOf(bytes.NewReader(tt.data)))
		})
	}
	for _, order := range []binary.AppendByteOrder{little, big} {
		for o := uint32(1); o <= 8; o++ {
			file := withSegments(t, exifSegment(order, orientation(o), nil))
			require.Equal(t, Orientation(o), OrientationOf(bytes.NewReader(file)))
		}
	}
	// A file that ends before the frame header does has no orientation.
	whole := withSegments(t, exifSegment(big, orientation(8), size(6, 4)))
	frame := bytes.Index(whole, []byte{0xff, 0xc0}) + 9
	for n := range whole {
		want := Upright
		if n >= frame {
			want = 8
		}
		require.Equal(t, want, OrientationOf(bytes.NewReader(whole[:n])), "cut at %d", n)
	}
}

// pngChunk makes a chunk of a PNG file. Its checksum is not read.
func pngChunk(kind string, data []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind...)
	return append(append(b, data...), "crc?"...)
}

// withChunks returns a PNG file of 6x4 pixels. Its pixels cannot be decoded.
func withChunks(chunks ...[]byte) []byte {
	ihdr := pngChunk("IHDR", []byte("\x00\x00\x00\x06\x00\x00\x00\x04\x08\x00\x00\x00\x00"))
	return bytes.Join(append([][]byte{[]byte("\x89PNG\r\n\x1a\n"), ihdr}, chunks...), nil)
}

// exifChunk has the same EXIF data as exifSegment.
func exifChunk(order binary.AppendByteOrder, first, second []tag) []byte {
	const head = 4 + len("Exif\x00\x00")
	return pngChunk("eXIf", exifSegment(order, first, second)[head:])
}

// TestFrameHeaders: every SOF marker tells the size, and no other one does.
func TestFrameHeaders(t *testing.T) {
	frame := []byte{8, 0, 4, 0, 6, 1, 1, 0x11, 0}
	head := exifSegment(binary.BigEndian, []tag{{tagOrientation, 3, 6}}, []tag{{tagWidth, 4, 6}, {tagHeight, 4, 4}})
	for marker := range 255 {
		want := Upright
		switch marker {
		case 0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf:
			want = 6
		}
		data := slices.Concat([]byte("\xff\xd8"), head, segment(byte(marker), frame))
		require.Equal(t, want, OrientationOf(bytes.NewReader(data)), "marker %x", marker)
	}
}

// TestOldTag: a tag is old if the proportions differ by more than rounding.
func TestOldTag(t *testing.T) {
	for _, tt := range []struct {
		exif, picture [2]int64
		want          Orientation
	}{
		{[2]int64{3, 2}, [2]int64{3, 2}, 8},
		{[2]int64{3, 2}, [2]int64{4, 1}, 8}, // 4*2 - 1*3 = 3+2
		{[2]int64{3, 2}, [2]int64{6, 2}, 1}, // 6*2 - 2*3 > 3+2
		{[2]int64{3, 2}, [2]int64{2, 3}, 8},
		{[2]int64{3, 2}, [2]int64{3, 4}, 1},
		{[2]int64{4000, 3000}, [2]int64{1000, 750}, 8},
		{[2]int64{4000, 3000}, [2]int64{1000, 751}, 8},
		{[2]int64{4000, 3000}, [2]int64{1000, 752}, 1},
		{[2]int64{4000, 3000}, [2]int64{750, 1000}, 1},
		{[2]int64{0, 3000}, [2]int64{750, 1000}, 8}, // unknown
		{[2]int64{4000, 0}, [2]int64{750, 1000}, 8},
		{[2]int64{1, 1}, [2]int64{3, 1}, 8},
		{[2]int64{1, 1}, [2]int64{4, 1}, 1},
		{[2]int64{1, 1}, [2]int64{1, 4}, 1},
	} {
		size := []tag{{tagWidth, 4, uint32(tt.exif[0])}, {tagHeight, 4, uint32(tt.exif[1])}}
		ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(tt.picture[0])), uint32(tt.picture[1]))
		data := slices.Concat([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", ihdr),
			exifChunk(binary.LittleEndian, []tag{{tagOrientation, 3, 8}}, size))
		require.Equal(t, tt.want, OrientationOf(bytes.NewReader(data)), "%v", tt)
	}
	// A head that is too short tells no size.
	short := slices.Concat([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", make([]byte, 7)),
		exifChunk(binary.LittleEndian, []tag{{tagOrientation, 3, 8}}, []tag{{tagWidth, 4, 9}, {tagHeight, 4, 4}}))
	require.Equal(t, Orientation(8), OrientationOf(bytes.NewReader(short)))
}

func TestOrientationOfPNG(t *testing.T) {
	little, big := binary.LittleEndian, binary.BigEndian
	orientation := func(v uint32) []tag { return []tag{{tagOrientation, 3, v}} }
	size := func(w, h uint32) []tag { return []tag{{tagWidth, 4, w}, {tagHeight, 4, h}} }
	pixels, end := pngChunk("IDAT", make([]byte, 9000)), pngChunk("IEND", nil)
	thumbnail := exifSegment(big, orientation(5), nil)[10:]
	thumbnail = append(thumbnail, make([]byte, 1<<20)...)
	tests := []struct {
		name string
		data []byte
		want Orientation
	}{
		{"no tag", withChunks(pixels, end), 1},
		{"before the pixels", withChunks(exifChunk(little, orientation(6), nil), pixels, end), 6},
		{"after the pixels", withChunks(pixels, pixels, exifChunk(big, orientation(8), nil), end), 8},
		{"after other chunks", withChunks(pngChunk("gAMA", make([]byte, 4)), exifChunk(big, orientation(3), size(600, 400)), pixels), 3},
		{"after the end", withChunks(pixels, end, exifChunk(big, orientation(8), nil)), 1},
		{"size before turning", withChunks(exifChunk(little, orientation(6), size(4, 6)), pixels, end), 1},
		{"two chunks", withChunks(exifChunk(big, orientation(3), nil), exifChunk(big, orientation(6), nil)), 3},
		{"nonsense, then a tag", withChunks(pngChunk("eXIf", []byte("nonsense")), exifChunk(big, orientation(6), nil)), 6},
		{"empty chunk", withChunks(pngChunk("eXIf", nil), pixels, end), 1},
		{"a megabyte", withChunks(pngChunk("eXIf", thumbnail), pixels, end), 5},
		{"JPEG's head", withChunks(pngChunk("eXIf", exifSegment(big, orientation(3), nil)[4:]), end), 1},
		{"orientation 9", withChunks(exifChunk(big, orientation(9), nil), end), 1},
		{"directory in itself", withChunks(exifChunk(little, []tag{{tagOrientation, 3, 7}, {tagExif, 4, 8}}, nil)), 7},
		{"chunk of 4 GB", withChunks([]byte("\xff\xff\xff\xffeXIfII*\x00")), 1},
		{"chunk of 2 GB", withChunks([]byte("\x7f\xff\xff\xffeXIfII*\x00")), 1},
		{"chunk beyond the end", withChunks([]byte("\x00\x00\xff\xffgAMA"), exifChunk(big, orientation(3), nil)), 1},
		{"no IHDR", append([]byte("\x89PNG\r\n\x1a\n"), exifChunk(big, orientation(3), nil)...), 1},
		{"two IHDR", withChunks(withChunks(exifChunk(big, orientation(3), nil))[8:]), 1},
		{"no signature", withChunks(exifChunk(big, orientation(3), nil))[1:], 1},
		{"signature alone", []byte("\x89PNG\r\n\x1a\n"), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, OrientationOf(bytes.NewReader(tt.data)))
		})
	}
	// What follows the tag need not be there.
	whole := withChunks(exifChunk(big, orientation(8), nil), pixels, end)
	tag := bytes.Index(whole, pixels) - len("crc?")
	for n := range whole {
		want := Upright
		if n >= tag {
			want = 8
		}
		require.Equal(t, want, OrientationOf(bytes.NewReader(whole[:n])), "cut at %d", n)
	}
}

func FuzzOrientationOf(f *testing.F) {
	size := []tag{{tagWidth, 4, 6}, {tagHeight, 4, 4}}
	f.Add(withSegments(f, exifSegment(binary.BigEndian, []tag{{tagOrientation, 3, 6}}, size)), uint16(40))
	f.Add(withSegments(f, exifSegment(binary.LittleEndian, []tag{{tagOrientation, 3, 8}, {tagExif, 4, 8}}, nil)), uint16(40))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\x7f"), uint16(40))
	f.Add(withChunks(exifChunk(binary.BigEndian, []tag{{tagOrientation, 3, 6}}, size), pngChunk("IDAT", nil)), uint16(40))
	f.Add(withChunks(pngChunk("IDAT", nil), exifChunk(binary.LittleEndian, []tag{{tagOrientation, 3, 8}}, nil)), uint16(40))
	// A part of a file has the same orientation, or none. What follows the file
	// makes no difference, and neither does how the file is read.
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		o := OrientationOf(bytes.NewReader(data))
		if o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
		part := data[:min(int(cut), len(data))]
		if p := OrientationOf(bytes.NewReader(part)); p != Upright && p != o {
			t.Fatalf("orientation %d, but %d of a part", o, p)
		}
		if p := OrientationOf(iotest.HalfReader(bytes.NewReader(data))); p != o {
			t.Fatalf("orientation %d, but %d if read in pieces", o, p)
		}
	})
}
