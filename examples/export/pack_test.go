package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// drawing returns a picture file of examples/predict.
func drawing(t *testing.T, name string) []byte {
	return read(t, "..", "predict", "test_num", name)
}

// packedSet returns the arrays in a pair of files.
func packedSet(t *testing.T, prefix string) (pictures *idx.Array[uint8], labels []uint8) {
	pictures, err := idx.Decode[uint8](bytes.NewReader(read(t, prefix+"-images-idx3-ubyte")))
	require.NoError(t, err)
	list, err := idx.Decode[uint8](bytes.NewReader(read(t, prefix+"-labels-idx1-ubyte")))
	require.NoError(t, err)
	require.Equal(t, []int{list.Len(), 28, 28}, pictures.Dims)
	return pictures, list.Data
}

// TestPackDrawings: pictures of any size come out as imageprep.Prepare makes
// them.
func TestPackDrawings(t *testing.T) {
	folder, out := t.TempDir(), filepath.Join(t.TempDir(), "train")
	write(t, folder, "8_marker.png", drawing(t, "8_marker.png"))
	write(t, folder, "3_brush.png", drawing(t, "3_brush.png"))
	write(t, folder, "anna/7_hook.png", drawing(t, "7_hook.png"))
	write(t, folder, "notes.txt", []byte("not a picture"))
	stdout, errs, err := export(t, "-pack", folder, "-out", out)
	require.NoError(t, err)
	require.Empty(t, errs)
	require.Equal(t, "3 pictures in "+out+"-images-idx3-ubyte and "+out+"-labels-idx1-ubyte\n", stdout)
	pictures, labels := packedSet(t, out)
	require.Equal(t, []uint8{3, 8, 7}, labels)
	for i, name := range []string{"3_brush.png", "8_marker.png", "7_hook.png"} {
		img, err := png.Decode(bytes.NewReader(drawing(t, name)))
		require.NoError(t, err)
		digit, err := imageprep.Prepare(img, nil)
		require.NoError(t, err)
		require.Equal(t, digit.Image.Pix, pictures.Item(i), name)
	}

	_, _, err = export(t, "-pack", folder, "-out", out)
	require.ErrorContains(t, err, out+"-images-idx3-ubyte already exists")
}

// TestPackRefuses: export lists the pictures that it cannot read, and writes
// nothing.
func TestPackRefuses(t *testing.T) {
	folder, dir := t.TempDir(), t.TempDir()
	good := drawing(t, "3_brush.png")
	write(t, folder, "3_1.png", good)
	write(t, folder, "4_2.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 50, 50))))
	write(t, folder, "5_3.jpg", []byte("BM......"))
	write(t, folder, "6_4.png", good[:100])
	write(t, folder, "unnamed.png", good)
	write(t, folder, "300_5.png", good)
	write(t, folder, "0_6.png", tight(t))
	hostile := "7_\x1b[2J.png"
	if runtime.GOOS == "windows" {
		hostile = "7_x.png"
	}
	write(t, folder, hostile, nil)

	out, errs, err := export(t, "-pack", folder, "-out", filepath.Join(dir, "train"))
	require.EqualError(t, err, "5 of 7 pictures cannot be used: nothing was written (-skip leaves them out)")
	require.Empty(t, out)
	require.Empty(t, names(t, dir))
	for _, want := range []string{
		`4_2\.png: no ink found: .+`,
		`5_3\.jpg: damaged or cut short: bmp: unexpected EOF`,
		`6_4\.png: damaged or cut short: .+`,
		`\tthe name has no underscore: unnamed\.png`,
		`300_5\.png: label 300: want a picture of one digit`,
		`7_(x|\\x1b\[2J)\.png: an empty file; .+`,
		`0_6\.png: taken, but look at it: touches the border`,
	} {
		require.Regexp(t, `(?m)^`+want+`$`, strings.ReplaceAll(errs, folder+string(os.PathSeparator), ""))
	}
	require.NotContains(t, errs, "3_1.png")
	require.NotContains(t, errs, "\x1b")

	out, again, err := export(t, "-pack", folder, "-skip", "-out", filepath.Join(dir, "train"))
	require.NoError(t, err)
	require.Equal(t, errs, again)
	require.Contains(t, out, "5 pictures left out\n2 pictures in ")
	_, labels := packedSet(t, filepath.Join(dir, "train"))
	require.Equal(t, []uint8{3, 0}, labels)

	require.NoError(t, os.Remove(filepath.Join(folder, "3_1.png")))
	require.NoError(t, os.Remove(filepath.Join(folder, "0_6.png")))
	_, _, err = export(t, "-pack", folder, "-skip", "-out", filepath.Join(dir, "t10k"))
	require.EqualError(t, err, "none of 5 pictures can be used: nothing was written")
	require.Len(t, names(t, dir), 2)
}

func encodePNG(t *testing.T, m image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

// tight returns a drawing with a stroke that reaches the border.
func tight(t *testing.T) []byte {
	g := image.NewGray(image.Rect(0, 0, 60, 60))
	for y := range 60 {
		for x := range 60 {
			if x < 30 || x >= 36 || y >= 50 {
				g.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return encodePNG(t, g)
}

// TestPackRaw: -raw takes only pictures in MNIST's form.
func TestPackRaw(t *testing.T) {
	folder, dir := t.TempDir(), t.TempDir()
	write(t, folder, "3_1.png", drawing(t, "3_brush.png"))
	blank := image.NewGray(image.Rect(0, 0, 28, 28)) // -raw takes it
	write(t, folder, "4_2.png", encodePNG(t, blank))
	write(t, folder, "256_3.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 28, 28))))
	_, errs, err := export(t, "-pack", folder, "-raw", "-out", filepath.Join(dir, "a"))
	require.ErrorContains(t, err, "2 of 3 pictures cannot be used")
	require.Contains(t, errs, "256_3.png: label 256: want a number from 0 to 255\n")
	require.Regexp(t, `3_1\.png: not in MNIST's form: the picture has \d+x\d+ pixels, want 28x28; leave out -raw\n`, errs)
	require.NotContains(t, errs, "imageprep")
	require.NotContains(t, errs, "4_2")
	_, _, err = export(t, "-pack", folder, "-raw", "-skip", "-out", filepath.Join(dir, "a"))
	require.NoError(t, err)
	pictures, labels := packedSet(t, filepath.Join(dir, "a"))
	require.Equal(t, []uint8{4}, labels)
	require.Equal(t, make([]uint8, 784), pictures.Data)
}

func TestPackNames(t *testing.T) {
	folder, dir := t.TempDir(), t.TempDir()
	write(t, folder, "3_1.png", drawing(t, "3_brush.png"))
	for out, want := range map[string]string{
		dir:                                    " is a folder; want the beginning of names, such as " + filepath.Join(dir, "train"),
		dir + string(os.PathSeparator):         " is a folder; want the beginning of names",
		".gz":                                  " is a folder; want the beginning of names",
		filepath.Join(dir, "none", "of", "it"): "there is no folder " + filepath.Join(dir, "none"),
	} {
		_, _, err := export(t, "-pack", "unknown", "-out", out)
		require.ErrorContains(t, err, want, "said before a folder is read")
	}
	write(t, dir, "x-labels-idx1-ubyte", nil)
	_, _, err := export(t, "-pack", folder, "-out", filepath.Join(dir, "x"))
	require.ErrorContains(t, err, "x-labels-idx1-ubyte already exists")
	_, _, err = export(t, "-pack", t.TempDir(), "-out", filepath.Join(dir, "y"))
	require.ErrorContains(t, err, "no labeled pictures in")
	_, _, err = export(t, "-pack", filepath.Join(dir, "none"), "-out", filepath.Join(dir, "y"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Equal(t, []string{"x-labels-idx1-ubyte"}, names(t, dir))
	_, _, err = export(t, "-pack", folder, "-out", filepath.Join(dir, "new", "train"))
	require.NoError(t, err)
	require.Equal(t, []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}, names(t, filepath.Join(dir, "new")))
}

// TestManifest: a manifest gives labels to files without labels in their names.
func TestManifest(t *testing.T) {
	folder, dir := t.TempDir(), t.TempDir()
	write(t, folder, "a.png", drawing(t, "3_brush.png"))
	write(t, folder, "x/b.png", drawing(t, "8_marker.png"))
	write(t, folder, "manifest.csv", []byte("path,label\na.png,3\nx/b.png,8\nx/none.png,1\n"))
	_, errs, err := export(t, "-pack", folder, "-out", filepath.Join(dir, "train"))
	require.ErrorContains(t, err, "1 of 3 pictures cannot be used")
	require.Contains(t, errs, "none.png: ")
	_, _, err = export(t, "-pack", folder, "-skip", "-out", filepath.Join(dir, "train"))
	require.NoError(t, err)
	_, labels := packedSet(t, filepath.Join(dir, "train"))
	require.Equal(t, []uint8{3, 8}, labels)
}

// TestByIndex: in each folder, pictures with an index come first, by number.
// The others keep their order.
func TestByIndex(t *testing.T) {
	given := []string{
		"1_18446744073709551616.png", "1_z.png", "3_10.jpg", "5_1_2.png", "0_0.png", "8.png", "7_002.png", "9_1.PNG",
		"b/0_0.png", "a_5/1_2.png", "a_5/7_1.png", "a/1_x.png", "a/2_3.png",
	}
	want := []string{
		"0_0.png", "9_1.PNG", "7_002.png", "3_10.jpg", "1_18446744073709551616.png", "1_z.png", "5_1_2.png", "8.png",
		"a/2_3.png", "a/1_x.png", "a_5/7_1.png", "a_5/1_2.png", "b/0_0.png",
	}
	var list []pictures.Picture
	for _, name := range given {
		list = append(list, pictures.Picture{Path: name})
	}
	slices.SortStableFunc(list, byIndex)
	var got []string
	for _, p := range list {
		got = append(got, p.Path)
	}
	require.Equal(t, want, got)
}

// TestPackStopped: a canceled run writes nothing.
func TestPackStopped(t *testing.T) {
	folder, dir := t.TempDir(), t.TempDir()
	write(t, folder, "3_1.png", drawing(t, "3_brush.png"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := run(ctx, []string{"-pack", folder, "-out", filepath.Join(dir, "x")}, io.Discard, io.Discard)
	require.ErrorIs(t, err, ctx.Err())
	require.Empty(t, names(t, dir))
}
