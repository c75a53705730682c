package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// allocated returns how many bytes f allocates.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// fixed is what decoders allocate for any picture.
const fixed = 120_000

// TestFileMemory: a file takes one buffer of its size. The buffer for a stream
// grows with what arrives.
func TestFileMemory(t *testing.T) {
	data := make([]byte, 10_000_000)
	file, err := fstest.MapFS{"a": {Data: data}}.Open("a")
	require.NoError(t, err)
	for _, tt := range []struct {
		name string
		from io.Reader
		size int
		most int64
	}{
		{"a large file", file, len(data), 10_050_000},
		{"a small stream", bytes.NewReader(data[:60_000]), 60_000, 100_000},
		{"a larger stream", bytes.NewReader(data[:100_000]), 100_000, 4_500_000},
	} {
		var got []byte
		took := allocated(func() { got, err = readFile(tt.from) })
		require.NoError(t, err, tt.name)
		require.Equal(t, data[:tt.size], got, tt.name)
		require.LessOrEqual(t, took, tt.most, tt.name)
	}
}

// TestMemory: decoders do not allocate more than what is foreseen from the
// head of the file, and not much less.
func TestMemory(t *testing.T) {
	for _, kind := range kinds {
		for _, size := range [][2]int{{300, 301}, {20_001, 5}, {5, 20_001}} {
			data := kind.make(size[0], size[1])
			h, err := parse(data)
			require.NoError(t, err, kind.name)
			foreseen, advice := h.memory()
			require.NotEmpty(t, advice)
			var img image.Image
			took := allocated(func() { img, err = h.decode() })
			require.NoError(t, err, kind.name)
			require.Equal(t, image.Pt(size[0], size[1]), img.Bounds().Size(), kind.name)
			require.LessOrEqual(t, took, foreseen+fixed, "%s %v", kind.name, size)
			if size[0] == 300 && kind.name != "GIF" { // it is counted as interlaced
				require.LessOrEqual(t, foreseen, took+took/5, "%s %v", kind.name, size)
			}
		}
	}
}

// TestTooMuchMemory: a picture is refused before its pixels are decoded. The
// error says what to do.
func TestTooMuchMemory(t *testing.T) {
	png := func(w, h int, depth, kind, interlaced byte) string {
		head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
		return "\x89PNG\r\n\x1a\n" + chunk("IHDR", string(append(head, depth, kind, 0, 0, interlaced)))
	}
	jpeg := func(h int, k jpegKind) string { k.w, k.h = 8000, h; return string(k.bytes()) }
	gray, yes := []byte{0x11}, []byte{0x11, 0x11, 0x11}
	const fine = ""
	for _, tt := range []struct{ name, data, want string }{
		{"16 bits, just enough", png(8000, 7810, 16, 6, 0), fine},
		{"16 bits", png(8000, 7811, 16, 6, 0),
			"8000 x 7811 pixels of this kind need 601 MB of memory; want at most 600 MB: make it smaller, or save it again with 8 bits instead of 16"},
		{"8 bits", png(8000, 8000, 8, 6, 0), fine},
		{"8 bits in three rows", png(21_000_000, 3, 8, 6, 0), fine},
		{"8 bits in one row", png(64_000_000, 1, 8, 6, 0),
			"64000000 x 1 pixels of this kind need 869 MB of memory; want at most 600 MB: make it smaller"},
		{"interlaced", png(8000, 8000, 8, 2, 1),
			"8000 x 8000 pixels of this kind need 613 MB of memory; want at most 600 MB: make it smaller, or save it again without interlacing"},
		{"interlaced gray", png(8000, 8000, 8, 0, 1), fine},
		{"progressive gray", jpeg(8000, jpegKind{sampling: gray, progressive: true})[:1000], fine},
		{"progressive", jpeg(8000, jpegKind{sampling: yes, progressive: true}),
			"8000 x 8000 pixels of this kind need 1061 MB of memory; want at most 600 MB: make it smaller, or save it again as an ordinary JPEG"},
		{"CMYK", jpeg(8000, jpegKind{sampling: []byte{0x11, 0x11, 0x11, 0x11}, head: adobeRGB}),
			"8000 x 8000 pixels of this kind need 614 MB of memory; want at most 600 MB: make it smaller"},
		{"PPM", "P6 8000 8000 255 ", fine},
	} {
		h, err := parse([]byte(tt.data))
		require.NoError(t, err, tt.name)
		if tt.want == fine {
			require.NoError(t, checkMemory(h, len(tt.data)), tt.name)
			continue
		}
		img, _, err := Bytes([]byte(tt.data))
		require.Nil(t, img)
		require.EqualError(t, err, tt.want, tt.name)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, TooLarge, e.Kind)
	}
	// The file counts, too.
	bmp := bmpOf(32)(16, 16)
	binary.LittleEndian.PutUint32(bmp[18:], 8000)
	binary.LittleEndian.PutUint32(bmp[22:], 8000)
	h, err := parse(bmp)
	require.NoError(t, err)
	require.NoError(t, checkMemory(h, 244_000_000))
	require.EqualError(t, checkMemory(h, 244_000_001),
		"8000 x 8000 pixels of this kind need 601 MB of memory; want at most 600 MB: make it smaller")
}

// TestOtherFormat: for a format that the program has registered, the memory is
// a guess from the kind of its colors.
func TestOtherFormat(t *testing.T) {
	for model, want := range map[color.Model]int64{
		color.GrayModel: 2, color.AlphaModel: 2, color.Gray16Model: 4, color.Alpha16Model: 4, color.YCbCrModel: 6,
		color.RGBAModel: 8, color.NRGBAModel: 8, color.CMYKModel: 8, color.NYCbCrAModel: 8,
		color.RGBA64Model: 16, color.NRGBA64Model: 16,
	} {
		bytes, advice := registered{image.Config{ColorModel: model, Width: 3, Height: 5}, nil}.memory()
		require.Equal(t, 15*want, bytes)
		require.Equal(t, "make it smaller", advice)
	}
	bytes, _ := registered{image.Config{ColorModel: color.Palette{color.White}, Width: 3, Height: 5}, nil}.memory()
	require.EqualValues(t, 15*2, bytes)
}

// largest returns the height of the largest picture of a kind that is 8000
// pixels wide and is not refused. It is a multiple of 16.
func largest(t *testing.T, make func(w, h int) []byte) int {
	const height = 160
	data := make(8000, height)
	h, err := parse(data)
	require.NoError(t, err)
	bytes, _ := need(h, len(data))
	return min(8000, int(height*int64(maxMemory-findingMemory)/(bytes-findingMemory)/16*16))
}

// TestPeak reads the largest pictures that are not refused, each in a process
// of its own. It shows the highest memory of these processes.
func TestPeak(t *testing.T) {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Logf("%-42s %-11s %10s %10s", "", "size", "foreseen", "peak")
	for _, kind := range append(kinds, kind{"PGM, full of ink", inked}) {
		height := largest(t, kind.make)
		data := kind.make(8000, height)
		h, err := parse(data)
		require.NoError(t, err)
		foreseen, _ := need(h, len(data))
		if foreseen < 400_000_000 && kind.name != "PGM, full of ink" {
			t.Logf("%-42s 8000 x %4d %7d MB", kind.name, height, foreseen/1e6)
			continue
		}
		peak := peakOf(t, data)
		t.Logf("%-42s 8000 x %4d %7d MB %7d MB", kind.name, height, foreseen/1e6, peak/1e6)
		require.LessOrEqual(t, peak, foreseen)
		require.LessOrEqual(t, foreseen, peak+peak/2)
	}
}

// inked is a PGM file full of bars.
func inked(w, h int) []byte {
	data := pnmOf("P5", " 255", 8)(w, h)
	pixels := data[len(data)-w*h:]
	for i := range pixels {
		if x, y := i%w%160, i/w%160; x < 70 || x >= 90 || y < 30 || y >= 130 {
			pixels[i] = 255
		}
	}
	return data
}

// peakOf returns the highest memory of a process that reads a file.
func peakOf(t *testing.T, data []byte) int64 {
	name := filepath.Join(t.TempDir(), "picture")
	require.NoError(t, os.WriteFile(name, data, 0o666))
	cmd := exec.Command(os.Args[0], "-test.run=^TestPeakOf$", "-test.v")
	cmd.Env = append(os.Environ(), "DIGITS_PICTURE="+name)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, os.Remove(name))
	_, after, ok := strings.Cut(string(out), "VmHWM:")
	require.True(t, ok, "%s", out)
	kilobytes, err := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
	require.NoError(t, err)
	return kilobytes << 10
}

// TestPeakOf is one of these processes.
func TestPeakOf(t *testing.T) {
	name := os.Getenv("DIGITS_PICTURE")
	if name == "" {
		t.Skip("a part of TestPeak")
	}
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	img, _, err := Picture(f)
	require.NoError(t, err)
	_, err = imageprep.PrepareAll(img, &imageprep.Options{Orientation: 6})
	if err != nil {
		require.ErrorAs(t, err, new(*imageprep.BlankError))
	}
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	fmt.Printf("%s", status)
}
