package decode

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func FuzzBMP(f *testing.F) {
	for _, file := range goodBMPs() {
		f.Add(file.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzPicture(t, "BM", data) })
}

func FuzzPNM(f *testing.F) {
	for _, file := range goodPNMs() {
		f.Add(file.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzPicture(t, "P", data) })
}

// FuzzJPEG: the segments that are counted are those that the decoder sees.
func FuzzJPEG(f *testing.F) {
	for _, sampling := range [][]byte{{0x11}, {0x22, 0x11, 0x11}, {0x11, 0x11, 0x11, 0x11}} {
		for _, head := range []string{"", jfif, adobeRGB, jfif + adobeYCCK} {
			f.Add(jpegKind{w: 17, h: 9, sampling: sampling, head: head}.bytes())
			f.Add(jpegKind{w: 17, h: 9, sampling: sampling, head: head, progressive: true, scans: 2}.bytes())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzPicture(t, "\xff\xd8", data) })
}

// fuzzPicture reads a picture that begins with this text. Large ones are left
// out: they take too much time.
func fuzzPicture(t *testing.T, start string, data []byte) {
	data = append([]byte(start), data[min(len(start), len(data)):]...)
	h, err := parse(data)
	if err != nil {
		return
	}
	const most = 1000
	w, height := h.size()
	if w < 1 || height < 1 || w > most || height > most || len(data) > most {
		return
	}
	foreseen, _ := h.memory()
	var img image.Image
	took := allocated(func() { img, _, err = Bytes(data) })
	if took > foreseen+fixed {
		t.Fatalf("allocated %d bytes, foreseen %d", took, foreseen)
	}
	if err != nil {
		return
	}
	if img.Bounds() != image.Rect(0, 0, w, height) {
		t.Fatalf("bounds %v, want %d x %d", img.Bounds(), w, height)
	}
	img.At(w-1, height-1)
}

// exifOf returns EXIF data with an orientation and the size of a picture.
func exifOf(order binary.AppendByteOrder, magic string, orientation uint16, w, h uint32) []byte {
	entry := func(b []byte, tag, kind uint16, value uint32) []byte {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), kind), 1)
		if kind == 3 { // two bytes, and two to fill up
			return order.AppendUint16(order.AppendUint16(b, uint16(value)), 0)
		}
		return order.AppendUint32(b, value)
	}
	b := order.AppendUint16(order.AppendUint32([]byte(magic), 8), 2)
	b = entry(entry(b, 0x112, 3, uint32(orientation)), 0x8769, 4, 38)
	b = order.AppendUint16(order.AppendUint32(b, 0), 2)
	return order.AppendUint32(entry(entry(b, 0xa002, 4, w), 0xa003, 4, h), 0)
}

// withEXIF returns the gray picture as PNG and as JPEG, both with EXIF data.
func withEXIF(exif []byte) (asPNG, asJPEG []byte) {
	const first = 8 + 12 + 13 // the signature and the header
	var b bytes.Buffer
	_ = png.Encode(&b, gray) // a buffer takes all
	asPNG = append(b.Bytes()[:first:first], chunk("eXIf", string(exif))...)
	asPNG = append(asPNG, b.Bytes()[first:]...)
	return asPNG, jpegKind{w: 8, h: 6, sampling: []byte{0x11}, head: segment(0xe1, "Exif\x00\x00"+string(exif))}.bytes()
}

// TestEXIF: PNG and JPEG tell the orientation alike. It does not count if the
// EXIF data are about a picture of other proportions.
func TestEXIF(t *testing.T) {
	for o := range uint16(10) {
		want := imageprep.Orientation(o)
		if o < 1 || o > 8 {
			want = imageprep.Upright
		}
		for _, exif := range [][]byte{
			exifOf(binary.LittleEndian, "II*\x00", o, 8, 6), exifOf(binary.BigEndian, "MM\x00*", o, 800, 600),
		} {
			asPNG, asJPEG := withEXIF(exif)
			for _, data := range [][]byte{asPNG, asJPEG} {
				img, got, err := Bytes(data)
				require.NoError(t, err)
				require.Equal(t, want, got)
				require.Equal(t, gray.Rect, img.Bounds(), "as it is stored")
			}
		}
		_, asJPEG := withEXIF(exifOf(binary.BigEndian, "MM\x00*", o, 600, 800))
		_, got, err := Bytes(asJPEG)
		require.NoError(t, err)
		require.Equal(t, imageprep.Upright, got)
	}
}

// FuzzEXIF: whatever the EXIF data are, the picture is read, and PNG and JPEG
// agree.
func FuzzEXIF(f *testing.F) {
	f.Add(exifOf(binary.LittleEndian, "II*\x00", 6, 8, 6))
	f.Add(exifOf(binary.BigEndian, "MM\x00*", 3, 0, 0))
	f.Fuzz(func(t *testing.T, exif []byte) {
		if len(exif) > 1000 {
			return
		}
		asPNG, asJPEG := withEXIF(exif)
		_, o, err := Bytes(asPNG)
		if err != nil || o < 1 || o > 8 {
			t.Fatalf("PNG: orientation %d, %v", o, err)
		}
		_, again, err := Bytes(asJPEG)
		if err != nil || again != o {
			t.Fatalf("JPEG: orientation %d, want %d, %v", again, o, err)
		}
	})
}
