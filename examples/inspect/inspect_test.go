package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// look runs the program and returns what it prints.
func look(t *testing.T, args ...string) (stdout string, err error) {
	var out, errs bytes.Buffer
	err = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	require.Empty(t, errs.String())
	require.Equal(t, cli.PrintableLines(out.String()), out.String(), "safe to print")
	return out.String(), err
}

// told runs the program with -json on one file and returns the JSON.
func told(t *testing.T, args ...string) (r report, err error) {
	out, err := look(t, append(args, "-json")...)
	require.NoError(t, json.Unmarshal([]byte(out), &r), out)
	return r, err
}

func write(t *testing.T, name string, data []byte) string {
	name = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(name, data, 0o666))
	return name
}

func encode[T idx.Element](t *testing.T, dims []int, data ...T) []byte {
	var b bytes.Buffer
	require.NoError(t, idx.Encode(&b, &idx.Array[T]{Dims: dims, Data: data}))
	return b.Bytes()
}

func zipped(t *testing.T, name string, data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Name = name
	_, err := z.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// TestManyDims: -full shows all sizes.
func TestManyDims(t *testing.T) {
	name := write(t, "many", encode[uint8](t, []int{1, 2, 1, 1, 1, 1, 1, 1, 1, 3}, 1, 2, 3, 4, 5, 6))
	out, err := look(t, name)
	require.NoError(t, err)
	require.Contains(t, out, "uint8, 1 x 2 x 1 x 1 x 1 x 1 x 1 x 1 x ... (10 sizes)\n")
	out, err = look(t, "-full", name)
	require.NoError(t, err)
	require.Contains(t, out, "uint8, 1 x 2 x 1 x 1 x 1 x 1 x 1 x 1 x 1 x 3\n")
}

// TestPictures: a file of pictures, plain, compressed, and as a stream.
func TestPictures(t *testing.T) {
	raw := encode[uint8](t, []int{2, 2, 3}, 0, 0, 0, 51, 255, 0, 0, 0, 0, 0, 0, 0)
	name := write(t, "pictures", raw)
	out, err := look(t, name)
	require.NoError(t, err)
	require.Equal(t, name+`
  IDX         uint8, 2 x 2 x 3
  length      28 bytes, as the header says
  values      0 to 255, mean 25.5, 83.33% are 0
  ink         10.00%, as much as 0.6 full pixels in a picture
`, out)
	packed := zipped(t, "was\x1b[2Jthis", raw)
	name = write(t, "named.jpg", packed)
	compressed, err := look(t, name)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("%s\n  gzip        %d bytes, was was\\x1b[2Jthis\n", name, len(packed))+out[strings.Index(out, "  IDX"):], compressed)

	for _, data := range [][]byte{raw, packed} {
		var stream bytes.Buffer
		require.NoError(t, run(t.Context(), []string{"-"}, bytes.NewReader(data), &stream, &stream))
		require.Contains(t, stream.String(), out[strings.Index(out, "  IDX"):])
		require.True(t, strings.HasPrefix(stream.String(), "-\n"))
	}

	r, err := told(t, name)
	require.NoError(t, err)
	require.Equal(t, kindIDX, r.Kind)
	require.EqualValues(t, len(packed), *r.Bytes)
	require.Equal(t, []int{2, 2, 3}, r.IDX.Dims)
	require.True(t, *r.IDX.LengthAgrees)
	require.InDelta(t, 0.1, r.IDX.Statistics.Ink.Share, 1e-12)
	require.Nil(t, r.IDX.Statistics.Counts)
}

func TestLabels(t *testing.T) {
	out, err := look(t, write(t, "labels", encode[uint8](t, []int{7}, 3, 3, 0, 200, 3, 0, 3)))
	require.NoError(t, err)
	require.Contains(t, out, `
  IDX         uint8, 7 numbers
  length      15 bytes, as the header says
  values      0 to 200, mean 30.2857, 28.57% are 0
  counts        0          2  ██████████
                3          4  ████████████████████
              200          1  █████
`)
	many := make([]uint8, 256)
	for i := range many {
		many[i] = uint8(i)
	}
	name := write(t, "many", encode(t, []int{256}, many...))
	out, err = look(t, name)
	require.NoError(t, err)
	require.Contains(t, out, "\n              ... and 192 more values (-full)\n")
	out, err = look(t, name, "-full")
	require.NoError(t, err)
	require.Contains(t, out, "\n              255 ")
}

// TestStatistics compares the statistics of each type with sums over the array.
func TestStatistics(t *testing.T) {
	t.Run("uint8", func(t *testing.T) { checkStatistics[uint8](t, 0, 255, 7, 7) })
	t.Run("int8", func(t *testing.T) { checkStatistics[int8](t, 0, -128, 127, 7) })
	t.Run("int16", func(t *testing.T) { checkStatistics[int16](t, 1, -32768, 32767, 258, 0) })
	t.Run("int32", func(t *testing.T) { checkStatistics[int32](t, math.MaxInt32, math.MinInt32, 0, 66051) })
	t.Run("float32", func(t *testing.T) { checkStatistics[float32](t, 0, -0.1, 1e30, 3) })
	t.Run("float64", func(t *testing.T) { checkStatistics(t, 0, -1e300, 0.1, math.SmallestNonzeroFloat64) })
}

func checkStatistics[T idx.Element](t *testing.T, values ...T) {
	// Rank 2, and more than a chunk.
	var data []T
	for len(data) < 3*chunk/len(values) {
		data = append(data, values...)
	}
	r, err := told(t, write(t, "x", encode(t, []int{1, len(data)}, data...)))
	require.NoError(t, err)
	low, high, sum, zeros := math.Inf(1), math.Inf(-1), 0.0, 0
	for _, v := range data {
		low, high, sum = min(low, float64(v)), max(high, float64(v)), sum+float64(v)
		if v == 0 {
			zeros++
		}
	}
	s := r.IDX.Statistics
	require.Equal(t, low, *s.Min)
	require.Equal(t, high, *s.Max)
	require.InEpsilon(t, sum/float64(len(data)), *s.Mean, 1e-12)
	require.InDelta(t, float64(zeros)/float64(len(data)), s.ZeroShare, 1e-12)
	require.Zero(t, s.NaN+s.Infinite)
	require.Nil(t, s.Ink)
	require.Nil(t, s.Counts)
}

// TestNotFinite: JSON has no NaN and no infinite numbers.
func TestNotFinite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	name := write(t, "x", encode(t, []int{2, 2}, nan, inf, -inf, 0.5))
	r, err := told(t, name)
	require.NoError(t, err)
	require.Equal(t, []float64{0.5, 0.5, 0.5}, []float64{*r.IDX.Statistics.Min, *r.IDX.Statistics.Max, *r.IDX.Statistics.Mean})
	require.Equal(t, []int64{1, 2}, []int64{r.IDX.Statistics.NaN, r.IDX.Statistics.Infinite})
	out, err := look(t, name)
	require.NoError(t, err)
	require.Contains(t, out, "0.5 to 0.5, mean 0.5, 0.00% are 0, 1 NaN, 2 infinite\n")
	r, err = told(t, "-item", "0", name)
	require.NoError(t, err)
	require.Equal(t, []any{nil, nil}, r.IDX.Item.Values)
	out, err = look(t, "-item", "1", name)
	require.NoError(t, err)
	require.Contains(t, out, "  values      -Inf 0.5\n")

	out, err = look(t, write(t, "x", encode(t, []int{1}, nan)))
	require.NoError(t, err)
	require.Contains(t, out, "none is finite, 0.00% are 0, 1 NaN, 0 infinite")
	out, err = look(t, write(t, "x", encode(t, []int{2}, 0, inf)))
	require.NoError(t, err)
	require.Contains(t, out, "0 to 0, mean 0, 50.00% are 0, 0 NaN, 1 infinite\n")
	r, err = told(t, write(t, "x", encode(t, []int{2}, math.MaxFloat64, math.MaxFloat64)))
	require.NoError(t, err)
	require.Nil(t, r.IDX.Statistics.Mean, "the sum is infinite")
}

func TestItem(t *testing.T) {
	out, err := look(t, write(t, "narrow", encode[int8](t, []int{1, 2, 1}, 5, -6)), "-item", "0")
	require.NoError(t, err)
	require.Contains(t, out, "  values      5\n              -6\n")
	pictures := encode[uint8](t, []int{2, 2, 3}, 0, 0, 0, 0, 0, 0, 0, 60, 255, 99, 0, 0)
	for _, data := range [][]byte{pictures, zipped(t, "", pictures)} {
		name := write(t, "x", data)
		out, err := look(t, name, "-item", "1")
		require.NoError(t, err)
		require.Contains(t, out, "  item        1\n┌──────┐\n│  ░░██│\n│▒▒    │\n└──────┘\n")
		require.NotContains(t, out, "mean")
		out, err = look(t, name, "-item", "1", "-transpose")
		require.NoError(t, err)
		require.Contains(t, out, "┌────┐\n│  ▒▒│\n│░░  │\n│██  │\n└────┘\n")
		r, err := told(t, name, "-item", "1")
		require.NoError(t, err)
		require.Equal(t, []any{0.0, 60.0, 255.0, 99.0, 0.0, 0.0}, r.IDX.Item.Values)
		r, err = told(t, name, "-item", "1", "-transpose")
		require.NoError(t, err)
		require.Equal(t, []any{0.0, 99.0, 60.0, 0.0, 255.0, 0.0}, r.IDX.Item.Values)
		compressed := data[0] == 0x1f
		require.Equal(t, compressed, r.IDX.LengthAgrees == nil, "the rest is not decompressed")
		require.True(t, compressed || *r.IDX.LengthAgrees)
		_, err = look(t, name, "-item", "2")
		require.Error(t, err)
		r, _ = told(t, write(t, "y", encode[uint8](t, []int{2}, 1, 2)), "-item", "1", "-transpose")
		require.Equal(t, "-transpose: item 1 is no picture", r.Error)
		r, _ = told(t, name, "-item", "2")
		require.Equal(t, "-item 2: there are 2 items, the first is 0", r.Error)
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"a label", encode[uint8](t, []int{3}, 5, 6, 7), "values      6\n"},
		{"a row", encode[int32](t, []int{2, 2}, 1, 2, -3, 4), "values      -3 4\n"},
		{"rows", encode[float32](t, []int{2, 2, 2}, 0, 0, 0, 0, 0.1, 2, 3, 1e9), "values      0.1 2\n              3 1e+09\n"},
		{"int8", encode[int8](t, []int{2}, 5, -6), "values      -6\n"},
		{"int16", encode[int16](t, []int{2}, 5, -6), "values      -6\n"},
		{"float64", encode(t, []int{2}, 5, 0.1), "values      0.1\n"},
		{"no pixels", encode[uint8](t, []int{2, 0, 3}), "item        1\n  values      \n"},
		{"a large picture", encode(t, []int{2, 100, 50}, make([]uint8, 10000)...), "\n│" + strings.Repeat(" ", 40) + "│\n"},
		{"many numbers", encode(t, []int{2, 1500}, make([]int8, 3000)...), "\n              ... and 476 more numbers (-full)\n"},
	} {
		for _, data := range [][]byte{tt.data, zipped(t, "", tt.data)} {
			out, err := look(t, write(t, "x", data), "-item", "1")
			require.NoError(t, err, tt.name)
			require.Contains(t, out, tt.want, tt.name)
		}
	}
	r, err := told(t, write(t, "x", encode[int16](t, nil, 5)), "-item", "0")
	require.NoError(t, err)
	require.Equal(t, []any{5.0}, r.IDX.Item.Values, "a scalar is one item")
	r, err = told(t, write(t, "x", encode(t, []int{1, maxItem + 1}, make([]uint8, maxItem+1)...)), "-item", "0")
	require.Error(t, err)
	require.Equal(t, "-item 0: an item has 262145 elements; inspect shows at most 262144", r.Error)
	r, err = told(t, write(t, "x.png", pngOf(t, 3, 2)), "-item", "0")
	require.Error(t, err)
	require.Equal(t, "not an IDX file: -item is for IDX files", r.Error)
}

func pngOf(t *testing.T, width, height int) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	return b.Bytes()
}

// TestLateOrientation: a PNG file may have its orientation after the pixels.
func TestLateOrientation(t *testing.T) {
	chunk := func(kind, data string) string { // without a checksum
		return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)))) + kind + data + "\x00\x00\x00\x00"
	}
	data := string(pngOf(t, 30, 20))
	end := strings.Index(data, "IEND") - 4
	late := chunk("tEXt", strings.Repeat(" ", pictureStart)) + chunk("eXIf", "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00")
	out, err := look(t, write(t, "x", []byte(data[:end]+late+data[end:])))
	require.NoError(t, err)
	require.Contains(t, out, "30 x 20 pixels, orientation 6: to be turned clockwise\n")
}

func TestPictureFiles(t *testing.T) {
	img := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
	var asGIF, asJPEG bytes.Buffer
	require.NoError(t, gif.Encode(&asGIF, img, nil))
	require.NoError(t, jpeg.Encode(&asJPEG, img, nil))
	exif := "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	turned := asJPEG.String()[:2] + exif + asJPEG.String()[2:]
	bmpHead := "BM....\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x1e\x00\x00\x00\x14\x00\x00\x00\x01\x00\x18" + strings.Repeat("\x00", 25)
	for _, tt := range []struct{ data, want string }{
		{string(pngOf(t, 30, 20)), "  PNG         30 x 20 pixels, upright\n  length      "},
		{asGIF.String(), "  GIF         30 x 20 pixels, upright\n"},
		{strings.Replace(asGIF.String(), "GIF89a", "GIF87a", 1), "  GIF         30 x 20 pixels, upright\n"},
		{asJPEG.String(), "  JPEG        30 x 20 pixels, upright\n"},
		{"P6\n# a photo\n30 20 255\n", "  PNM         30 x 20 pixels, upright\n"},
		{bmpHead, "  BMP         30 x 20 pixels, upright\n"},
		{turned, "  JPEG        30 x 20 pixels, orientation 6: to be turned clockwise\n"},
		{string(zipped(t, "a.jpg", []byte(turned))), ", was a.jpg\n  JPEG        30 x 20 pixels, orientation 6: to be turned clockwise\n"},
	} {
		name := write(t, "x", []byte(tt.data))
		out, err := look(t, name)
		require.NoError(t, err)
		require.Contains(t, out, tt.want)
		require.Equal(t, 1, strings.Count(out, " bytes"), "the length of the file, once")
	}
	r, err := told(t, write(t, "x", []byte(turned)))
	require.NoError(t, err)
	require.Equal(t, pictureReport{Width: 30, Height: 20, Orientation: 6}, *r.Picture)
	_, err = told(t, write(t, "x", []byte(turned[:40])))
	require.Error(t, err)
	endless := append([]byte("\xff\xd8"), bytes.Repeat([]byte("\xff\xfe\xff\xff"+strings.Repeat(" ", 65533)), 70)...)
	r, err = told(t, write(t, "x", endless))
	require.Error(t, err)
	require.Equal(t, "its size is not in the first 4 MB", r.Error)
}

func TestOrientationText(t *testing.T) {
	for o, want := range map[imageprep.Orientation]string{
		1: "upright", 2: "orientation 2: mirrored", 3: "orientation 3: upside down", 4: "orientation 4: upside down and mirrored",
		5: "orientation 5: rows and columns swapped", 6: "orientation 6: to be turned clockwise",
		7: "orientation 7: rows and columns swapped, and upside down", 8: "orientation 8: to be turned counterclockwise",
	} {
		require.Equal(t, want, orientationText(o))
	}
}

// TestNoItems: without elements there are no statistics.
func TestNoItems(t *testing.T) {
	for _, data := range [][]byte{
		encode[uint8](t, []int{0}), encode[uint8](t, []int{0, 28, 28}), encode[int16](t, []int{0}), encode[float64](t, []int{2, 0}),
	} {
		name := write(t, "x", data)
		r, err := told(t, name)
		require.NoError(t, err)
		require.Nil(t, r.IDX.Statistics)
		require.True(t, *r.IDX.LengthAgrees)
		out, err := look(t, name)
		require.NoError(t, err)
		require.Equal(t, 3, strings.Count(out, "\n"), out)
		r, err = told(t, name, "-item", "0")
		if r.IDX.Items == 0 {
			require.Error(t, err)
			require.Equal(t, "-item 0: there are 0 items, the first is 0", r.Error)
		}
	}
}

func TestUnknown(t *testing.T) {
	for _, tt := range []struct{ data, want, start string }{
		{"", "an empty file", ""},
		{"hello, \x1b[2J\n", `it starts with 68 65 6c 6c 6f 2c 20 1b 5b 32 4a 0a ("hello, \x1b[2J\n")`, "68 65 6c 6c 6f 2c 20 1b 5b 32 4a 0a"},
		{"PK\x03\x04....", "a zip archive: take the files out of it first; if it is a model of PyTorch, write it with safetensors.torch.save_file (it starts with 50 4b 03 04 2e 2e 2e 2e)", "50 4b 03 04 2e 2e 2e 2e"},
		{"\x80\x02\x8a\x0a\x6c\xfc", "a Python pickle: if it is a model of PyTorch, write it with safetensors.torch.save_file (it starts with 80 02 8a 0a 6c fc)", "80 02 8a 0a 6c fc"},
		{
			"version https://git-lfs.github.com/spec/v1\noid sha256:4665a5\nsize 12345\n",
			`a Git LFS pointer, which only names the real file: run "git lfs pull" in its repository (it starts with 76 65 72 73 69 6f 6e 20 68 74 74 70 73 3a 2f 2f)`,
			"76 65 72 73 69 6f 6e 20 68 74 74 70 73 3a 2f 2f",
		},
		{"version 2", `it starts with 76 65 72 73 69 6f 6e 20 32 ("version 2")`, "76 65 72 73 69 6f 6e 20 32"},
		{"\ufeff\n <html>", "a web page or a similar text: was a download refused? (it starts with ef bb bf 0a 20 3c 68 74 6d 6c 3e)", "ef bb bf 0a 20 3c 68 74 6d 6c 3e"},
		{"%PDF-1.7", "a PDF file (it starts with 25 50 44 46 2d 31 2e 37)", "25 50 44 46 2d 31 2e 37"},
		{"\x00\x00\x00\x18ftypheic", "a HEIC file", "00 00 00 18 66 74 79 70 68 65 69 63"},
		{"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a", "a JPEG XL file", "00 00 00 0c 4a 58 4c 20 0d 0a 87 0a"},
		{"\x00\x00\x01\x00\x01\x00", "an icon file", "00 00 01 00 01 00"},
		{string(zipped(t, "", zipped(t, "", nil))), "a gzip file within a gzip file: decompress it first (it starts with 1f 8b 08 00 00 00 00 00 00 ff 01 00 00 ff ff 00)", "1f 8b 08 00 00 00 00 00 00 ff 01 00 00 ff ff 00"},
	} {
		r, err := told(t, write(t, "x", []byte(tt.data)))
		require.EqualError(t, err, "1 of 1 files cannot be read, are damaged or of no known kind")
		require.Equal(t, tt.want+"; want an IDX or safetensors file or a picture, compressed or not", r.Error)
		require.Equal(t, tt.start, r.Start)
		require.Equal(t, kindUnknown, r.Kind)
	}
	out, _ := look(t, write(t, "x", []byte("hello")))
	require.Contains(t, out, "x\n  file        5 bytes\n  error       it starts with ")
}

func TestArguments(t *testing.T) {
	good := write(t, "x", encode[uint8](t, []int{1}, 5))
	out, err := look(t, good, filepath.Join(t.TempDir(), "none"), t.TempDir(), "--", "-json")
	require.EqualError(t, err, "3 of 4 files cannot be read, are damaged or of no known kind")
	require.Contains(t, out, "\n  IDX         uint8, 1 numbers\n")
	require.Contains(t, out, "none\n  error       no such file or directory\n")
	require.Contains(t, out, "\n  error       a folder\n")
	require.Contains(t, out, "-json\n  error       no such file or directory\n")
	for args, want := range map[string]string{
		"":               "want the name of a file",
		"-item -2 x":     "-item -2, want 0 or more",
		"-transpose x":   "-transpose needs -item",
		"-none":          "flag provided but not defined",
		"-item one file": "invalid value",
	} {
		var errs bytes.Buffer
		require.ErrorIs(t, run(t.Context(), strings.Fields(args), nil, &errs, &errs), cli.ErrUsage, args)
		require.Contains(t, errs.String(), want)
	}
	var errs bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"-help"}, nil, &errs, &errs), flag.ErrHelp)
	require.Contains(t, errs.String(), "go run ./examples/inspect -item 7")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, run(ctx, []string{good}, nil, &errs, &errs), context.Canceled)
}

// TestReadErrors: inspect reports an error of reading that occurs only once.
func TestReadErrors(t *testing.T) {
	label := encode[uint8](t, []int{1}, 5)
	for n := range len(label) {
		failing := io.MultiReader(bytes.NewReader(label[:n]), &failsOnce{}, bytes.NewReader(label[n:]))
		require.Contains(t, inspect(t.Context(), &options{item: -1}, "-", failing).Error, "broken", n)
	}
}

type failsOnce struct{ failed bool }

func (f *failsOnce) Read([]byte) (int, error) {
	if f.failed {
		return 0, io.EOF
	}
	f.failed = true
	return 0, errors.New("broken")
}

// TestFilesAreClosed: inspect closes each file after it has read it.
func TestFilesAreClosed(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("nothing tells which files are open")
		}
		return len(list)
	}
	name := write(t, "x", encode[uint8](t, []int{1}, 5))
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector closes forgotten files
	before := open()
	_, err := look(t, slices.Repeat([]string{name}, 50)...)
	require.NoError(t, err)
	require.Less(t, open(), before+50)
}

// TestCleanNames: file names are safe to print.
func TestCleanNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such names")
	}
	name := write(t, "a\x1b[2J\nb\u202e", nil)
	out, _ := look(t, name)
	require.Contains(t, out, `/a\x1b[2J\nb\u202e`+"\n")
	r, _ := told(t, name)
	require.Equal(t, name, r.File)
}

// TestZerosAfterGzip: some tapes and disks put zeros after a gzip file. Package
// idx reads such files, so they are whole.
func TestZerosAfterGzip(t *testing.T) {
	member := func(data []byte) []byte { return zipped(t, "", data) }
	data := encode(t, []int{3}, uint8(1), 2, 3)
	for name, tt := range map[string]struct {
		file []byte
		want string // the error
	}{
		"zeros":               {append(member(data), make([]byte, 1000)...), ""},
		"one zero":            {append(member(data), 0), ""},
		"two members":         {append(member(data[:5]), append(member(data[5:]), 0, 0)...), ""},
		"zeros, then a one":   {append(member(data), 0, 0, 1), "gzip: invalid header"},
		"zeros, then members": {append(member(data[:8]), append([]byte{0}, member(data[8:])...)...), "gzip: invalid header"},
	} {
		r, err := told(t, write(t, "labels.gz", tt.file))
		require.Equal(t, tt.want != "", err != nil, name)
		require.Contains(t, r.Error, tt.want, name)
		_, err = idx.Decode[uint8](bytes.NewReader(tt.file))
		require.Equal(t, tt.want != "", err != nil, "%s: package idx", name)
	}
}
