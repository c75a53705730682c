package reader

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

const drawings = "../predict/test_num/"

// drawing decodes one of the drawings of examples/predict.
func drawing(t testing.TB, name string) image.Image {
	data, err := os.ReadFile(drawings + name)
	require.NoError(t, err)
	img, orientation, err := Decode(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, imageprep.Upright, orientation)
	return img
}

// page draws pictures side by side on white.
func page(pictures ...image.Image) *image.RGBA {
	size := image.Point{}
	for _, p := range pictures {
		size.X += p.Bounds().Dx()
		size.Y = max(size.Y, p.Bounds().Dy())
	}
	m := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	x := 0
	for _, p := range pictures {
		draw.Draw(m, image.Rect(x, 0, x+p.Bounds().Dx(), size.Y), p, p.Bounds().Min, draw.Src)
		x += p.Bounds().Dx()
	}
	return m
}

func TestOne(t *testing.T) {
	t.Parallel()
	a, err := Default().One(drawing(t, "3_brush.png"), 0)
	require.NoError(t, err)
	require.Equal(t, 3, a.Digit)
	require.True(t, a.Sure)
	require.NotEqual(t, a.Digit, a.RunnerUp)
	require.Equal(t, a.Probabilities[3], a.Probability)
	sum := float32(0)
	for digit, p := range a.Probabilities {
		require.True(t, digit == a.Digit || p <= a.Probabilities[a.RunnerUp])
		sum += p
	}
	require.InDelta(t, 1, sum+a.None, 1e-6)
	require.Equal(t, image.Rect(0, 0, 28, 28), a.Image.Rect)
}

func TestAll(t *testing.T) {
	t.Parallel()
	both := page(drawing(t, "5_marker.png"), drawing(t, "8_marker.png"))
	answers, err := Default().All(both, 0)
	require.NoError(t, err)
	require.Equal(t, "58", Text(answers))
	require.Less(t, answers[0].Box.Max.X, answers[1].Box.Min.X)
	one, err := Default().One(both, 0)
	require.NoError(t, err)
	require.Contains(t, one.Warnings, imageprep.SeveralDigits)
}

// TestCache: the answers of All are those of the model for the digits' images,
// also where PrepareAll has asked about them before.
func TestCache(t *testing.T) {
	t.Parallel()
	touching := page(drawing(t, "5_marker.png"), drawing(t, "8_marker.png"))
	draw.Draw(touching, image.Rect(215, 120, 370, 136), image.Black, image.Point{}, draw.Src)
	asked := 0
	_, err := imageprep.PrepareAll(touching, &imageprep.Options{Confidence: func(*image.Gray) float64 { asked++; return 1 }})
	require.NoError(t, err)
	require.Positive(t, asked)
	r := Default()
	answers, err := r.All(touching, 0)
	require.NoError(t, err)
	for _, a := range answers {
		raw, err := r.Raw(a.Image)
		require.NoError(t, err)
		require.Equal(t, raw.Probabilities, a.Probabilities)
		require.Equal(t, raw.None, a.None)
		p := r.model.Probs(nil, softmax.Floats(r.features.Vector(nil, a.Image)))
		require.Equal(t, p[:10], a.Probabilities)
		require.Equal(t, slices.Max(p[:10]), a.Probabilities[a.Digit])
	}
}

// TestOrientation: ReadAll turns a picture as the camera noted.
func TestOrientation(t *testing.T) {
	t.Parallel()
	upright := page(drawing(t, "5_marker.png"), drawing(t, "8_marker.png"))
	w, h := upright.Rect.Dx(), upright.Rect.Dy()
	stored := image.NewRGBA(image.Rect(0, 0, h, w)) // counterclockwise
	for y := range w {
		for x := range h {
			stored.Set(x, y, upright.At(w-1-y, x))
		}
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, stored, &jpeg.Options{Quality: 95}))
	const exif = "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	name := filepath.Join(t.TempDir(), "photo.jpg")
	require.NoError(t, os.WriteFile(name, []byte(b.String()[:2]+exif+b.String()[2:]), 0o666))
	answers, err := Default().ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "58", Text(answers))
	require.True(t, answers[0].Box.In(stored.Rect), "boxes are those of the picture as it is stored")
	require.Greater(t, answers[0].Box.Min.Y, answers[1].Box.Max.Y)
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, data string) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, []byte(data), 0o666))
		return name
	}
	_, err := Default().ReadFile(dir)
	require.EqualError(t, err, "reader: "+dir+" is a folder; want the file of a picture")
	if info, err := os.Stat(os.DevNull); err == nil && !info.Mode().IsRegular() {
		_, err = Default().ReadFile(os.DevNull)
		require.EqualError(t, err, "reader: "+os.DevNull+" is not a regular file; open it yourself and call ReadAll")
	}
	_, err = Default().ReadFile(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "reader: open ")
	name := write("x.png", "hello")
	_, err = Default().ReadFile(name)
	require.EqualError(t, err, "reader: "+name+": not a picture; want PNG, JPEG, GIF, BMP, PBM, PGM or PPM")
	_, err = Default().ReadAll(bytes.NewReader(nil))
	require.EqualError(t, err, "reader: an empty file; want PNG, JPEG, GIF, BMP, PBM, PGM or PPM")
	img, orientation, err := Decode(bytes.NewReader([]byte("RIFF....WEBPVP8 ")))
	require.Nil(t, img)
	require.Zero(t, orientation)
	require.ErrorContains(t, err, "reader: a WebP file; make a PNG file from it")
}

// TestNoAnswer: an answer that comes with an error can be printed.
func TestNoAnswer(t *testing.T) {
	a, err := Default().One(image.NewGray(image.Rect(0, 0, 9, 9)), imageprep.Upright)
	require.Error(t, err)
	require.Equal(t, "no answer", a.String())
}

// TestFilesAreClosed: a reader leaves no file open.
func TestFilesAreClosed(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(list)
	}
	before := open()
	for range 20 {
		_, err := Default().ReadFile(drawings + "1_stick.png")
		require.NoError(t, err)
	}
	require.Less(t, open(), before+10)
}

func TestNoDigit(t *testing.T) {
	t.Parallel()
	page := image.NewGray(image.Rect(0, 0, 300, 200))
	_, err := Default().All(page, 0)
	require.ErrorAs(t, err, new(*imageprep.BlankError))
	_, err = Default().One(page, 0)
	require.ErrorAs(t, err, new(*imageprep.BlankError))
	for x := 50; x < 250; x++ {
		page.SetGray(x, 100, color.Gray{Y: 255})
		page.SetGray(x, 101, color.Gray{Y: 255})
	}
	_, err = Default().All(page, 0)
	require.ErrorIs(t, err, ErrNoDigit)

	name := filepath.Join(t.TempDir(), "line.png")
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, page))
	require.NoError(t, os.WriteFile(name, b.Bytes(), 0o666))
	_, err = Default().ReadFile(name)
	require.ErrorIs(t, err, ErrNoDigit)
	require.EqualError(t, err, "reader: "+name+": no digit found: the picture shows ink, but nothing in the shape of a digit")
}

func TestRaw(t *testing.T) {
	t.Parallel()
	_, err := Default().Raw(drawing(t, "3_brush.png"))
	require.ErrorAs(t, err, new(*imageprep.SizeError))
	one := image.NewGray(image.Rect(5, 5, 33, 33))
	for y := 9; y < 29; y++ {
		one.SetGray(18, y, color.Gray{Y: 255})
		one.SetGray(19, y, color.Gray{Y: 255})
	}
	a, err := Default().Raw(one)
	require.NoError(t, err)
	require.Equal(t, 1, a.Digit)
	require.Equal(t, one.Rect, a.Box)
	require.Equal(t, one.Pix, a.Image.Pix)
}

func TestThreshold(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "model.safetensors")
	m := softmax.New(784, 10) // says 0.1 for each digit
	m.Metadata = map[string]string{}
	for text, sure := range map[string]bool{"0": true, "0.1": true, "0.2": false, "2": false} {
		m.Metadata[ThresholdKey] = text
		require.NoError(t, m.Save(name))
		r, err := Load(name)
		require.NoError(t, err)
		a, err := r.One(drawing(t, "3_brush.png"), 0)
		require.NoError(t, err)
		require.Equal(t, sure, a.Sure, text)
		require.Equal(t, []int{0, 1}, []int{a.Digit, a.RunnerUp})
	}
	m.Metadata[ThresholdKey] = "1.00000005960464477539062500000000000001"
	r, err := New(m)
	require.NoError(t, err)
	require.Equal(t, math.Nextafter32(1, 2), r.sure, "the nearest float32")
	for _, bad := range []string{"much", "2.5", "-1", "NaN", ""} {
		m.Metadata[ThresholdKey] = bad
		_, err := New(m)
		require.ErrorContains(t, err, "want a probability", bad)
	}
}

func TestUnfitModels(t *testing.T) {
	t.Parallel()
	const hint = `"features" in the metadata names others, such as "hog directions=8 cells=4 margin=2 contrast=false"`
	for _, tt := range []struct {
		features, classes int
		metadata          map[string]string
		want              string
	}{
		{128, 10, nil, "reader: the model has 128 features; want 784 (pixels, unless " + hint + ")"},
		{128, 11, map[string]string{NoDigitKey: "10"}, "reader: the model has 128 features; want 784 (pixels, unless " + hint + ")"},
		{127, 10, map[string]string{FeaturesKey: "hog directions=8 cells=4 margin=2 contrast=false"},
			"reader: the model has 127 features; want 128 (hog directions=8 cells=4 margin=2 contrast=false, unless " + hint + ")"},
	} {
		m := softmax.New(tt.features, tt.classes)
		m.Metadata = tt.metadata
		_, err := New(m)
		require.EqualError(t, err, tt.want)
	}
	m := softmax.New(784, 10)
	m.Metadata = map[string]string{FeaturesKey: "colors"}
	_, err := New(m)
	require.ErrorContains(t, err, `features "colors" are unknown`)
	name := filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, m.Save(name))
	_, err = Load(name)
	require.ErrorContains(t, err, "reader: "+name+": the model's metadata: ")
	_, err = Load(name + "s")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestHugeWeights: probabilities that are NaN are no answer.
func TestHugeWeights(t *testing.T) {
	t.Parallel()
	m := softmax.New(784, 10)
	weight, bias := m.Parameters()
	for i := range weight {
		weight[i] = 3e38
	}
	m.SetParameters(weight, bias)
	r, err := New(m)
	require.NoError(t, err)
	const want = "reader: the model's probabilities are not numbers: its weights are too large"
	_, err = r.One(drawing(t, "3_brush.png"), 0)
	require.EqualError(t, err, want)
	_, err = r.All(drawing(t, "3_brush.png"), 0)
	require.EqualError(t, err, want)
	white := image.NewGray(image.Rect(0, 0, 28, 28))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	_, err = r.Raw(white)
	require.EqualError(t, err, want)
}

// TestConcurrent: goroutines share a reader.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	three := drawing(t, "3_pencil.png")
	want, err := Default().All(three, 0)
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			got, err := Default().All(three, 0)
			if err != nil || !slices.Equal(got[0].Probabilities, want[0].Probabilities) {
				t.Errorf("read %v, %v; want %v", got, err, want)
			}
		}()
	}
	group.Wait()
}
