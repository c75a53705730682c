package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// export runs the program and returns what it prints.
func export(t *testing.T, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	err = run(t.Context(), args, &out, &errs)
	return out.String(), errs.String(), err
}

// A set is a pair of IDX files, as bytes.
type set struct {
	images, labels []byte
	pix            [][]uint8
}

// random returns a set of random pictures with these labels.
func random(t *testing.T, width, height int, labels ...uint8) set {
	rng := rand.New(rand.NewPCG(1, 2))
	pix := make([]uint8, len(labels)*width*height)
	for i := range pix {
		pix[i] = uint8(rng.Uint32())
	}
	var s set
	for p := range slices.Chunk(pix, width*height) {
		s.pix = append(s.pix, p)
	}
	s.images = encode(t, &idx.Array[uint8]{Dims: []int{len(labels), height, width}, Data: pix})
	s.labels = encode(t, &idx.Array[uint8]{Dims: []int{len(labels)}, Data: labels})
	return s
}

func encode(t *testing.T, a *idx.Array[uint8]) []byte {
	var b bytes.Buffer
	require.NoError(t, idx.Encode(&b, a))
	return b.Bytes()
}

func zipped(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func unzipped(t *testing.T, data []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	data, err = io.ReadAll(z)
	require.NoError(t, err)
	return data
}

func write(t *testing.T, dir, name string, data []byte) string {
	name = filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	require.NoError(t, os.WriteFile(name, data, 0o666))
	return name
}

func read(t *testing.T, elem ...string) []byte {
	data, err := os.ReadFile(filepath.Join(elem...))
	require.NoError(t, err)
	return data
}

// names returns the names in a folder.
func names(t *testing.T, dir string) (list []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func decode(t *testing.T, data []byte) *image.Gray {
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	require.IsType(t, &image.Gray{}, img)
	return img.(*image.Gray)
}

// manyLabels returns 311 labels. Some are not digits.
func manyLabels() []uint8 {
	labels := []uint8{7, 2, 1, 0, 255, 10}
	for i := range 305 {
		labels = append(labels, uint8(i*i%10))
	}
	return labels
}

// TestRoundTrip: from IDX to pictures and back to the same bytes.
func TestRoundTrip(t *testing.T) {
	s := random(t, 28, 28, manyLabels()...)
	dir := t.TempDir()
	images, labels := write(t, dir, "images", s.images), write(t, dir, "labels.gz", zipped(t, s.labels))
	for _, flags := range [][]string{nil, {"-invert"}, {"-transpose"}, {"-transpose", "-invert"}} {
		t.Run(strings.Join(flags, ""), func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, "pictures")
			out, errs, err := export(t, append(flags, "-images", images, "-labels", labels, "-out", folder)...)
			require.NoError(t, err)
			require.Empty(t, errs)
			require.Equal(t, "311 pictures in "+folder+"\n", out)
			require.Len(t, names(t, folder), 311)
			require.Equal(t, []string{"pictures"}, names(t, dir))
			g := decode(t, read(t, folder, "255_4.png"))
			require.Equal(t, image.Rect(0, 0, 28, 28), g.Rect)
			for y := range 28 {
				for x := range 28 {
					want := s.pix[4][y*28+x]
					if slices.Contains(flags, "-transpose") {
						want = s.pix[4][x*28+y]
					}
					if slices.Contains(flags, "-invert") {
						want = 255 - want
					}
					require.Equal(t, want, g.GrayAt(x, y).Y)
				}
			}

			out, errs, err = export(t, append(flags, "-pack", folder, "-raw", "-out", filepath.Join(dir, "back"))...)
			require.NoError(t, err)
			require.Empty(t, errs)
			require.Contains(t, out, "311 pictures in ")
			require.Equal(t, s.images, read(t, dir, "back-images-idx3-ubyte"))
			require.Equal(t, s.labels, read(t, dir, "back-labels-idx1-ubyte"))

			_, _, err = export(t, append(flags, "-pack", folder, "-raw", "-out", filepath.Join(dir, "again.gz"))...)
			require.NoError(t, err)
			require.Equal(t, s.images, unzipped(t, read(t, dir, "again-images-idx3-ubyte.gz")))
			require.Equal(t, s.labels, unzipped(t, read(t, dir, "again-labels-idx1-ubyte.gz")))
		})
	}
}

// TestMNISTRoundTrip is TestRoundTrip with the real test set.
func TestMNISTRoundTrip(t *testing.T) {
	mnist := os.Getenv("MNIST_DIR")
	if mnist == "" {
		t.Skip("MNIST_DIR is not set")
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "test_num")
	out, _, err := export(t, "-data", mnist, "-out", folder)
	require.NoError(t, err)
	require.Equal(t, "10000 pictures in "+folder+"\n", out)
	require.FileExists(t, filepath.Join(folder, "7_0.png"))
	_, _, err = export(t, "-pack", folder, "-raw", "-out", filepath.Join(dir, "t10k"))
	require.NoError(t, err)
	for _, name := range []string{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
		require.True(t, bytes.Equal(unzipped(t, read(t, mnist, name+".gz")), read(t, dir, name)), name)
	}
}

func TestChoice(t *testing.T) {
	s := random(t, 3, 2, 5, 3, 5, 8, 5, 3, 0)
	dir := t.TempDir()
	images, labels := write(t, dir, "images", s.images), write(t, dir, "labels", s.labels)
	for i, tt := range []struct {
		flags string
		want  string
	}{
		{"", "0_6 3_1 3_5 5_0 5_2 5_4 8_3"},
		{"-n 2", "3_1 5_0"},
		{"-n 100", "0_6 3_1 3_5 5_0 5_2 5_4 8_3"},
		{"-from 0", "0_6 3_1 3_5 5_0 5_2 5_4 8_3"},
		{"-from 5", "0_6 3_5"},
		{"-from 1 -n 2", "3_1 5_2"},
		{"-class 5", "5_0 5_2 5_4"},
		{"-class 8,3 -n 2", "3_1 8_3"},
		{"-class 5 -from 2 -n 1", "5_2"},
	} {
		folder := filepath.Join(dir, fmt.Sprint(i))
		args := append(strings.Fields(tt.flags), "-images", images, "-labels", labels, "-out", folder)
		_, _, err := export(t, args...)
		require.NoError(t, err, tt.flags)
		require.Equal(t, strings.ReplaceAll(tt.want, " ", ".png ")+".png", strings.Join(names(t, folder), " "), tt.flags)
	}
	g := decode(t, read(t, dir, "0", "8_3.png"))
	require.Equal(t, image.Rect(0, 0, 3, 2), g.Rect)
	require.Equal(t, s.pix[3], g.Pix)

	for flags, want := range map[string]string{
		"-class 9":         "no picture matches -class and -from",
		"-from 6 -class 5": "no picture matches -class and -from",
		"-from 7":          "-from 7: there are 7 pictures, the first is 0",
		"-class 1,x":       "-class x: want classes of the data: 0, 1, 2, 3",
		"-class 256":       "-class 256: want classes of the data: 0, 1, 2, 3",
	} {
		_, _, err := export(t, append(strings.Fields(flags), "-images", images, "-labels", labels, "-out", filepath.Join(dir, "none"))...)
		require.ErrorContains(t, err, want, flags)
	}
	require.NotContains(t, names(t, dir), "none")
}

// TestData: -data accepts all spellings of MNIST's file names.
func TestData(t *testing.T) {
	s := random(t, 4, 4, 1, 2, 3)
	for _, pair := range [][2]string{
		{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"},
		{"t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte.gz"},
		{"t10k-images-idx3-ubyte.gz", "t10k-labels.idx1-ubyte"},
	} {
		dir := t.TempDir()
		for i, data := range [][]byte{s.images, s.labels} {
			if strings.HasSuffix(pair[i], ".gz") {
				data = zipped(t, data)
			}
			write(t, dir, pair[i], data)
		}
		_, _, err := export(t, "-data", dir, "-out", filepath.Join(dir, "out"))
		require.NoError(t, err)
		require.Equal(t, []string{"1_0.png", "2_1.png", "3_2.png"}, names(t, filepath.Join(dir, "out")))
		_, _, err = export(t, "-data", dir, "-set", "train", "-out", filepath.Join(dir, "train"))
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, "does not have train-images-idx3-ubyte, train-labels-idx1-ubyte")
		require.ErrorContains(t, err, "curl")
	}
}

// TestNothingHalf: after an error no file or folder is left.
func TestNothingHalf(t *testing.T) {
	s := random(t, 28, 28, manyLabels()...)
	dir := t.TempDir()
	images, labels := write(t, dir, "images", s.images), write(t, dir, "labels", s.labels)
	whole := zipped(t, s.images)
	wrongSum := slices.Clone(whole)
	wrongSum[len(wrongSum)-8] ^= 1
	before := names(t, dir)
	for name, tt := range map[string]struct {
		images, labels []byte
		want           string
	}{
		"cut short":        {s.images[:len(s.images)-1], s.labels, "unexpected EOF"},
		"one byte more":    {append(slices.Clone(s.images), 0), s.labels, "got byte 00, want the end of the file"},
		"gzip cut short":   {whole[:len(whole)/2], s.labels, "unexpected EOF"},
		"wrong checksum":   {wrongSum, s.labels, "checksum"},
		"a label less":     {s.images, random(t, 1, 1, manyLabels()[1:]...).labels, "310"},
		"labels cut short": {s.images, s.labels[:20], "unexpected EOF"},
		"swapped":          {s.labels, s.images, "[311]"},
		"no pixels":        {[]byte{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3}, []byte{0, 0, 8, 1, 0, 0, 0, 1, 5}, "[1 0 3]"},
		"empty":            {[]byte{0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2}, []byte{0, 0, 8, 1, 0, 0, 0, 0}, "[0 2 2]"},
		"not IDX":          {[]byte("<html>"), s.labels, "this is a web page, not an IDX file"},
	} {
		files := t.TempDir()
		images, labels := write(t, files, "images", tt.images), write(t, files, "labels", tt.labels)
		for _, target := range []string{"-out", "-sheet"} {
			_, _, err := export(t, "-images", images, "-labels", labels, target, filepath.Join(dir, "new"))
			var format *dataset.FormatError
			if !errors.As(err, &format) { // a file that is cut short
				require.ErrorContains(t, err, "gzip", name)
			}
			require.ErrorContains(t, err, tt.want, name)
			require.Equal(t, before, names(t, dir), name)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, target := range []string{"-out", "-sheet"} {
		err := run(ctx, []string{"-images", images, "-labels", labels, target, filepath.Join(dir, "new")}, io.Discard, io.Discard)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "stopped, nothing was written")
		require.Equal(t, before, names(t, dir))
	}

	require.NoError(t, os.Mkdir(filepath.Join(dir, "new"), 0o777))
	_, _, err := export(t, "-images", images, "-labels", labels, "-out", filepath.Join(dir, "new"))
	require.ErrorContains(t, err, filepath.Join(dir, "new")+" already exists")
	require.NoError(t, os.Remove(filepath.Join(dir, "new")), "it is still empty")
	_, _, err = export(t, "-images", "none", "-labels", "none", "-out", filepath.Join(dir, "none", "new"))
	require.ErrorContains(t, err, "there is no folder "+filepath.Join(dir, "none"))
}

func TestSheet(t *testing.T) {
	s := random(t, 28, 28, 5, 3, 5, 12, 5, 3)
	dir := t.TempDir()
	images, labels := write(t, dir, "images", s.images), write(t, dir, "labels", s.labels)
	sheet := filepath.Join(dir, "sheet.png")
	draw := func(flags ...string) *image.Gray {
		_, errs, err := export(t, append(flags, "-images", images, "-labels", labels, "-sheet", sheet)...)
		require.NoError(t, err)
		require.Empty(t, errs)
		return decode(t, read(t, sheet))
	}
	// 6 pictures make 3 columns. Each of the classes 3, 5 and 12 fits a row.
	g := draw()
	require.Equal(t, image.Rect(0, 0, 2*edge+labelWidth+3*29, 2*edge+3*29), g.Rect)
	at := func(g *image.Gray, row, column int) (pix []uint8) {
		for y := range 28 {
			start := g.PixOffset(edge+labelWidth+column*29, edge+row*29+y)
			pix = append(pix, g.Pix[start:start+28]...)
		}
		return pix
	}
	for _, tt := range []struct{ row, column, index int }{{0, 0, 1}, {0, 1, 5}, {1, 0, 0}, {1, 1, 2}, {1, 2, 4}, {2, 0, 3}} {
		require.Equal(t, s.pix[tt.index], at(g, tt.row, tt.column))
	}
	lit := func(row int) (n int) { // pixels of the label
		for y := edge + row*29; y < edge+row*29+28; y++ {
			for x := range edge + labelWidth {
				if g.GrayAt(x, y).Y == 255 {
					n++
				}
			}
		}
		return n
	}
	require.Equal(t, []int{18, 20, 14 + 16}, []int{lit(0), lit(1), lit(2)}, "3, 5 and 12 in glyphs of 18, 20, 14 and 16 pixels")

	inverted := draw("-invert")
	for i, v := range g.Pix {
		require.Equal(t, 255-v, inverted.Pix[i])
	}
	turned := at(draw("-transpose"), 0, 0)
	for i, v := range s.pix[1] {
		require.Equal(t, v, turned[i%28*28+i/28])
	}
	g = draw("-class", "5", "-n", "2") // two in a row
	require.Equal(t, image.Rect(0, 0, 2*edge+labelWidth+2*29, 2*edge+29), g.Rect)
	require.Equal(t, s.pix[2], at(g, 0, 1))
}

// TestSheetLimits: by default, a sheet has at most 1000 pictures. Its size is
// limited.
func TestSheetLimits(t *testing.T) {
	dir := t.TempDir()
	images, labels := filepath.Join(dir, "images"), filepath.Join(dir, "labels")
	sheet := filepath.Join(dir, "sheet.png")
	tiny := random(t, 1, 1, make([]uint8, 1200)...)
	write(t, dir, "images", tiny.images)
	write(t, dir, "labels", tiny.labels)
	out, _, err := export(t, "-images", images, "-labels", labels, "-sheet", sheet)
	require.NoError(t, err)
	require.Equal(t, "1000 pictures of 1 class in "+sheet+"\n", out)
	// Too large with the frame around the pictures, then without it.
	tall := random(t, 1, 60000, 0, 1, 2, 3)
	write(t, dir, "images", tall.images)
	write(t, dir, "labels", tall.labels)
	_, _, err = export(t, "-images", images, "-labels", labels, "-sheet", sheet)
	require.ErrorContains(t, err, "a sheet of 734 x 240012 pixels is too large: ask for fewer pictures with -n")
	write(t, dir, "images", []byte{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0x20, 0, 0, 0, 0x20, 0})
	require.NoError(t, os.Truncate(images, 16+0x2000*0x2000))
	write(t, dir, "labels", random(t, 1, 1, 0).labels)
	_, _, err = export(t, "-images", images, "-labels", labels, "-sheet", sheet)
	require.ErrorContains(t, err, "a sheet of 8233 x 8201 pixels is too large")
}

func TestUsage(t *testing.T) {
	_, errs, err := export(t, "-help")
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, errs, "go run ./examples/export -pack photos -out mine/train")
	for args, want := range map[string]string{
		"":                                     "want -out with a folder, or -sheet with a file",
		"-out a -sheet b":                      "want -out with a folder, or -sheet with a file",
		"-out a b":                             `unexpected argument "b"`,
		"-images a -out b":                     "-images and -labels need each other",
		"-images a -labels b -set test -out c": "-images and -set exclude each other",
		"-set t10k -out a":                     `-set "t10k", want test or train`,
		"-from -1 -out a":                      "-from -1, want 0 or more",
		"-n 0 -out a":                          "-n 0, want 1 or more",
		"-pack a -labels x -out b":             `-labels "x" with -pack: want auto, names, folders, manifest or none`,
		"-raw -out a":                          "-raw needs -pack",
		"-skip -out a":                         "-skip needs -pack",
		"-pack a":                              "-pack needs -out",
		"-pack= -out a":                        `-pack "" is empty: give it a value, or leave out the flag`,
		"-pack a -sheet b":                     "-pack and -sheet exclude each other",
		"-pack a -out b -n 3":                  "-pack and -n exclude each other",
		"-pack a -out b -invert":               "-invert with -pack needs -raw",
		"-none":                                "flag provided but not defined",
	} {
		_, errs, err := export(t, strings.Fields(args)...)
		require.ErrorIs(t, err, cli.ErrUsage, args)
		require.Contains(t, errs, want, args)
	}
	photo := write(t, t.TempDir(), "photo.png", []byte("a picture"))
	_, _, err = export(t, "-sheet", photo)
	require.ErrorContains(t, err, "exists and is not a contact sheet")
	_, _, err = export(t, "-sheet", t.TempDir())
	require.ErrorContains(t, err, "is not a file")
}
