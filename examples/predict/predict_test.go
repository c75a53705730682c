package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// predict runs the program and returns what it printed.
func predict(t *testing.T, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	err = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), err
}

// objects parses the lines that -json printed.
func objects(t *testing.T, out string) (list []answers.Object) {
	for line := range strings.Lines(out) {
		var r answers.Object
		require.NoError(t, json.Unmarshal([]byte(line), &r), line)
		list = append(list, r)
	}
	return list
}

// TestSamples checks the first command of the README.
func TestSamples(t *testing.T) {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	t.Parallel()
	out, errs, err := predict(t)
	require.NoError(t, err)
	require.Empty(t, errs)
	require.NotContains(t, out, "wrong")
	require.Contains(t, out, "\n46 pictures: 46 read, 46 of 46 right (100.0%)\n")
	require.Regexp(t, `(?m)^8_rings.png +8 +8 +(9\d|100)\.\d%  █+.?$`, out)
	require.Len(t, strings.Split(out, "\n"), 1+46+1+3, "one has two lines")
}

// TestSamplesAsJSON: -json says what the table says, and the README shows the
// contact sheet that go generate makes.
func TestSamplesAsJSON(t *testing.T) {
	t.Parallel()
	sheet := filepath.Join(t.TempDir(), "sheet.png")
	out, _, err := predict(t, "-json", "-sheet", sheet)
	require.NoError(t, err)
	checkReadmePicture(t, sheet)
	list := objects(t, out)
	require.Len(t, list, 46)
	seen := map[string]int{}
	for _, r := range list {
		require.Empty(t, r.Error)
		require.NotEmpty(t, r.Lines, r.File)
		label, _, _ := strings.Cut(r.File, "_")
		digits := ""
		for _, d := range r.Digits {
			digits += fmt.Sprint(d.Digit)
		}
		require.Equal(t, label, digits, r.File)
		require.Equal(t, label, strings.NewReplacer(" ", "", "\n", "").Replace(r.Text))
		require.Equal(t, label, fmt.Sprint(r.Want))
		require.Equal(t, len(label) == 1, r.Answer != nil)
		if r.Answer == nil {
			continue
		}
		seen[label]++
		require.Equal(t, r.Digits[0].Answer, *r.Answer)
		require.Equal(t, r.Digit, r.Best)
		require.Len(t, r.Probabilities, 10)
		require.Equal(t, r.Probability, r.Probabilities[int(r.Digit.(float64))])
		sum := r.None
		for _, p := range r.Probabilities {
			sum += p
		}
		require.InDelta(t, 1, sum, 1e-5)
	}
	for digit := range 10 {
		require.GreaterOrEqual(t, seen[strconv.Itoa(digit)], 2, "drawings of %d", digit)
	}
}

// TestFolder reads a folder with good pictures, bad pictures and other files.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drawing := sample(t, "3_brush.png")
	write(t, dir, "3_ok.png", drawing)
	write(t, dir, "3_ok.JPG", encodeJPEG(t, drawing))
	write(t, dir, "4_wrong.gif", encodeGIF(t, drawing))
	write(t, dir, "unnamed.jpeg", drawing) // a PNG with a wrong name
	write(t, dir, "5_cut.jpg", encodeJPEG(t, drawing)[:1000])
	write(t, dir, "6_phone.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"))
	write(t, dir, "7_empty.png", nil)
	write(t, dir, "8_blank.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 50, 50))))
	write(t, dir, "9_bomb.png", hugePNG())
	write(t, dir, "notes.txt", []byte("not a picture, and not read"))
	write(t, dir, ".hidden.png", drawing)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "0_folder.png"), 0o777))

	out, errs, err := predict(t, dir)
	require.EqualError(t, err, "5 of 9 pictures could not be read")
	require.Empty(t, errs)
	for _, want := range []string{
		`3_ok\.JPG +3 +3 +\d+\.\d%  █`,
		`3_ok\.png +3 +3 +\d+\.\d%  █`,
		`4_wrong\.gif +4 +3 +\d+\.\d%  █+.? +wrong\n`,
		`5_cut\.jpg +5  cannot be read: damaged or cut short: .+\n`,
		`6_phone\.heic +6  cannot be read: a HEIC file; make a PNG file from it: .+\n`,
		`7_empty\.png +7  cannot be read: an empty file; want PNG, JPEG, GIF, BMP, PBM, PGM or PPM\n`,
		`8_blank\.png +8  cannot be read: no ink found: `,
		`9_bomb\.png +9  cannot be read: 20000 x 20000 pixels; want at most 64 million\n`,
		`unnamed\.jpeg +- +3 +\d+\.\d%  █`,
		`\n9 pictures: 4 read, 2 of 3 right \(66\.7%\), 5 could not be read\n$`,
	} {
		require.Regexp(t, want, out)
	}

	out, _, err = predict(t, dir, "-json") // flags may come last
	require.Error(t, err)
	list := objects(t, out)
	require.Len(t, list, 9)
	require.Nil(t, list[8].Want)
	require.EqualValues(t, 3, list[8].Digit)
	require.Contains(t, list[3].Error, "damaged or cut short")
	require.Nil(t, list[3].Answer)
	require.EqualValues(t, 5, list[3].Want)
}

func TestArguments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "3_brush.png")
	write(t, dir, "3_brush.png", sample(t, "3_brush.png"))

	out, _, err := predict(t, name, filepath.Join(dir, "none.png"))
	require.EqualError(t, err, "1 of 2 pictures could not be read")
	require.Regexp(t, `3_brush\.png +3 +3 `, out)
	require.Regexp(t, `none\.png +-  cannot be read: no such file or directory`, out)

	out, _, err = predict(t, name, "--", "-show")
	require.EqualError(t, err, "1 of 2 pictures could not be read")
	require.Regexp(t, `-show +-  cannot be read: no such file or directory`, out)

	out, _, err = predict(t, t.TempDir())
	require.Error(t, err)
	require.Contains(t, out, "cannot be read: no pictures in this folder")

	var stdout bytes.Buffer
	err = run(t.Context(), []string{"-"}, bytes.NewReader(sample(t, "3_brush.png")), &stdout, &stdout)
	require.NoError(t, err)
	require.Regexp(t, `\n- +- +3 `, stdout.String())
	require.Contains(t, stdout.String(), "\n1 picture: 1 read\n")
}

// TestHostileNames: names and errors cannot control the terminal.
func TestHostileNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such names")
	}
	dir := t.TempDir()
	const name = "3_\x1b[31m\u202e.png"
	write(t, dir, name, sample(t, "3_brush.png"))
	out, _, err := predict(t, filepath.Join(dir, name), "7_\x1b[2J.png")
	require.Error(t, err)
	require.Contains(t, out, `3_\x1b[31m\u202e.png  `)
	require.Contains(t, out, `7_\x1b[2J.png `)
	require.Equal(t, cli.PrintableLines(out), out)
	lines := strings.Split(out, "\n")
	require.Equal(t, strings.Index(lines[0], " expected"), strings.Index(lines[1], `.png`)+len(".png "), "the columns agree")
	out, _, err = predict(t, "-json", filepath.Join(dir, name))
	require.NoError(t, err)
	require.Equal(t, cli.PrintableLines(out), out)
	require.Equal(t, filepath.Join(dir, name), objects(t, out)[0].File)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	_, errs, err := predict(t, "-help")
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, errs, "go run ./examples/predict [flags] [picture or folder ...]")
	for _, args := range [][]string{{"-nonsense"}, {"-json", "-show"}, {"-raw", "-many"}, {"-one", "-many"}, {"x.png", "-nonsense"}, {"-model", ""}, {"-against", ""}} {
		_, errs, err := predict(t, args...)
		require.ErrorIs(t, err, cli.ErrUsage)
		require.NotEmpty(t, errs)
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	img := image.NewGray(image.Rect(0, 0, 28, 28))
	for y := 4; y < 24; y++ {
		img.Pix[y*28+13], img.Pix[y*28+14] = 255, 255
	}
	write(t, dir, "1_export.png", encodePNG(t, img))
	write(t, dir, "3_large.png", sample(t, "3_brush.png"))
	out, _, err := predict(t, "-raw", "-show", dir)
	require.EqualError(t, err, "1 of 2 pictures could not be read")
	require.Regexp(t, `1_export\.png +1 +1 `, out)
	require.Regexp(t, `3_large\.png +3  cannot be read: not in MNIST's form: the picture has \d+x\d+ pixels, want 28x28; leave out -raw\n`, out)
	require.Equal(t, 20, strings.Count(out, "│"+strings.Repeat("  ", 13)+"████"+strings.Repeat("  ", 13)+"│"), "not one pixel was moved")
	require.Equal(t, 28, strings.Count(out, "\n│"))
}

func TestModelFlag(t *testing.T) {
	t.Parallel()
	dir, folder := t.TempDir(), t.TempDir()
	for _, drawing := range []string{"0_chalk.png", "1_stick.png", "8_small.png"} {
		write(t, folder, drawing, sample(t, drawing))
	}
	name := filepath.Join(dir, "model.safetensors")

	// A model of zeros reads 0 everywhere, with probability 0.1.
	require.NoError(t, softmax.New(784, 10).Save(name))
	out, _, err := predict(t, "-one", "-model", name, folder)
	require.NoError(t, err)
	require.Contains(t, out, "10.0%  ██\n")
	require.Contains(t, out, "1 of 3 right")

	hog := softmax.New(784, 10)
	hog.Metadata = map[string]string{"features": "hog"}
	require.NoError(t, hog.Save(name))
	_, _, err = predict(t, "-model", name)
	require.ErrorContains(t, err, `features "hog" are unknown; known are pixels and hog directions=8`)

	require.NoError(t, softmax.New(128, 10).Save(name))
	_, _, err = predict(t, "-model", name)
	require.ErrorContains(t, err, "the model has 128 features; want 784 (pixels, unless ")

	huge := softmax.New(784, 10)
	weight, bias := huge.Parameters()
	for i := range weight {
		weight[i] = 3e38
	}
	huge.SetParameters(weight, bias)
	require.NoError(t, huge.Save(name))
	for _, args := range [][]string{{}, {"-json"}, {"-one"}} {
		out, _, err = predict(t, append(args, "-model", name, folder)...)
		require.EqualError(t, err, "3 of 3 pictures could not be read")
		require.Equal(t, 3, strings.Count(out, "the model's probabilities are not numbers: its weights are too large"))
	}

	write(t, dir, "model.safetensors", []byte("nonsense"))
	_, _, err = predict(t, "-model", name)
	var format *softmax.FormatError
	require.ErrorAs(t, err, &format)
	_, _, err = predict(t, "-model", filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// page puts drawings side by side, on white.
func page(t *testing.T, names ...string) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 300*len(names), 300))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	for i, name := range names {
		img := decode(t, sample(t, name))
		draw.Draw(m, img.Bounds().Sub(img.Bounds().Min).Add(image.Pt(300*i, 20)), img, img.Bounds().Min, draw.Over)
	}
	return encodePNG(t, m)
}

func TestMany(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "58_a.png", page(t, "5_marker.png", "8_marker.png"))
	write(t, dir, "73_b.png", page(t, "7_hook.png", "8_marker.png"))
	out, _, err := predict(t, "-many", "-show", dir)
	require.NoError(t, err)
	require.Regexp(t, `58_a\.png +58 +58 +\d+\.\d%  █+.?\n┌`, out)
	require.Regexp(t, `73_b\.png +73 +78 +\d+\.\d%  █+.? +wrong\b.*\n┌`, out)
	require.Regexp(t, `┘\n8 \d+\.\d%, then .+ \d+\.\d%\n`, out)
	require.Contains(t, out, "2 pictures: 2 read, 1 of 2 right (50.0%)")

	// -many is the default.
	same, _, err := predict(t, "-show", dir)
	require.NoError(t, err)
	require.Equal(t, out, same)

	out, _, err = predict(t, "-many", "-json", dir)
	require.NoError(t, err)
	list := objects(t, out)
	require.Len(t, list, 2)
	require.Equal(t, "58", list[0].Text)
	require.Equal(t, []string{"58"}, list[0].Lines)
	require.Equal(t, "58", list[0].Want)
	require.Len(t, list[0].Digits, 2)
	for i, d := range list[0].Digits {
		require.EqualValues(t, []int{5, 8}[i], d.Digit)
		require.Greater(t, d.Probability, float32(0.5))
		require.NotEqual(t, d.Best, d.RunnerUp)
		require.Zero(t, d.Line)
		box := image.Rect(d.Box[0], d.Box[1], d.Box[2], d.Box[3])
		require.True(t, box.In(image.Rect(300*i, 0, 300*i+300, 300)), box)
		require.Greater(t, box.Dy(), 80)
	}
	require.Nil(t, list[0].Answer)
}

func TestSheet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", sample(t, "3_brush.png"))
	write(t, dir, "9_cut.png", sample(t, "3_brush.png")[:60])
	name := filepath.Join(dir, "sheet.PNG")
	_, errs, err := predict(t, "-sheet", name, filepath.Join(dir, "3_a.png"), filepath.Join(dir, "9_cut.png"))
	require.EqualError(t, err, "1 of 2 pictures could not be read")
	require.Empty(t, errs)
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	img := decode(t, data)
	require.Equal(t, 248, img.Bounds().Dx(), "two columns")
	_, _, err = predict(t, "-sheet", filepath.Join(dir, "none", "s.png"))
	require.ErrorContains(t, err, "none")
	// The name was forgotten, so the flag took a picture.
	write(t, dir, "5_b.png", sample(t, "5_marker.png"))
	_, _, err = predict(t, "-sheet", filepath.Join(dir, "3_a.png"), filepath.Join(dir, "5_b.png"))
	require.ErrorContains(t, err, "exists and is not a contact sheet")
	data, err = os.ReadFile(filepath.Join(dir, "3_a.png"))
	require.NoError(t, err)
	require.Equal(t, sample(t, "3_brush.png"), data)
	_, _, err = predict(t, "-sheet", name, filepath.Join(dir, "3_a.png"))
	require.NoError(t, err, "another sheet may be replaced")
}

// checkReadmePicture compares a contact sheet with the one in the README.
func checkReadmePicture(t *testing.T, name string) {
	made, err := os.ReadFile(name)
	require.NoError(t, err)
	committed, err := os.ReadFile("sheet.png")
	require.NoError(t, err)
	require.Less(t, len(committed), 250_000)
	// Versions of Go may compress in other ways, so the pixels are
	// compared.
	require.True(t, reflect.DeepEqual(decode(t, made), decode(t, committed)), "run go generate ./examples/predict")
}

// TestUsageOfJSON: usage explains every field.
func TestUsageOfJSON(t *testing.T) {
	t.Parallel()
	for _, typ := range []reflect.Type{reflect.TypeFor[answers.Object](), reflect.TypeFor[answers.Digit](), reflect.TypeFor[answers.Page](), reflect.TypeFor[answers.Answer]()} {
		for i := range typ.NumField() {
			if name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); name != "" {
				require.Contains(t, usage, "\n\t"+name+"  ")
			}
		}
	}
}

// TestNoDigits: a picture without digits gets an error, or an unsure answer, or
// marks are left out.
func TestNoDigits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	noise := image.NewGray(image.Rect(0, 0, 100, 100))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(rng.IntN(256))
	}
	write(t, dir, "noise.png", encodePNG(t, noise))
	write(t, dir, "pixel.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 1))))
	white := image.NewRGBA(image.Rect(0, 0, 300, 200))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	write(t, dir, "sheet.png", encodePNG(t, white))
	for _, args := range [][]string{{dir}, {"-one", dir}} {
		out, _, err := predict(t, args...)
		require.Error(t, err)
		require.Regexp(t, `pixel\.png .*cannot be read: no ink found`, out)
		require.Regexp(t, `sheet\.png .*cannot be read: no ink found`, out)
		require.Regexp(t, `noise\.png +- .*(no digit|unsure|left out)`, out)
	}
}

// TestOrder: pictures are read on all processors, and printed in order.
func TestOrder(t *testing.T) {
	dir := t.TempDir()
	sheet := filepath.Join(t.TempDir(), "sheet.png")
	for i, name := range []string{"0_chalk.png", "1_stick.png", "9_stick.png", "7_pencil.png"} {
		write(t, dir, fmt.Sprintf("%d_%d.png", i, i), sample(t, name))
	}
	outputs := map[string]bool{}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 3} {
		runtime.GOMAXPROCS(processors)
		for _, flags := range [][]string{{"-sheet", sheet}, {"-sheet", sheet, "-json"}, {"-show"}} {
			out, _, err := predict(t, append(flags, dir)...)
			require.NoError(t, err)
			outputs[out] = true
			data, err := os.ReadFile(sheet)
			require.NoError(t, err)
			outputs[string(data)] = true
		}
	}
	require.Len(t, outputs, 4, "three tables and a sheet")
}

// TestCanceledWhileReading: after a cancellation no picture is begun.
func TestCanceledWhileReading(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	stopper := writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), ".png") {
			cancel()
		}
		return out.Write(p)
	})
	require.ErrorIs(t, run(ctx, nil, strings.NewReader(""), stopper, io.Discard), context.Canceled)
	require.Equal(t, 1, strings.Count(out.String(), ".png"))
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.ErrorIs(t, run(ctx, nil, strings.NewReader(""), &out, &out), context.Canceled)
}

func sample(t *testing.T, name string) []byte {
	data, err := samples.ReadFile("test_num/" + name)
	require.NoError(t, err)
	return data
}

func write(t *testing.T, dir, name string, data []byte) {
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o666))
}

func decode(t *testing.T, data []byte) image.Image {
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	return img
}

func encodePNG(t *testing.T, img image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

func encodeJPEG(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, decode(t, data), nil))
	return b.Bytes()
}

func encodeGIF(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	require.NoError(t, gif.Encode(&b, decode(t, data), nil))
	return b.Bytes()
}

// hugePNG is a small file that claims 20000 x 20000 pixels.
func hugePNG() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, &image.Paletted{Rect: image.Rect(0, 0, 1, 1), Pix: []uint8{0}, Stride: 1, Palette: color.Palette{color.Black}})
	data := b.Bytes()
	// The header is the first chunk: length, "IHDR", width, height, five
	// bytes more, and a checksum of all but the length.
	binary.BigEndian.PutUint32(data[16:], 20000)
	binary.BigEndian.PutUint32(data[20:], 20000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}
