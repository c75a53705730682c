package reader

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// drawing loads one of the drawings of examples/predict.
func drawing(t *testing.T, name string) image.Image {
	data, err := os.ReadFile("../predict/test_num/" + name)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	return img
}

func TestOne(t *testing.T) {
	r, err := New("")
	require.NoError(t, err)
	a, err := r.One(drawing(t, "3_brush.png"), 0)
	require.NoError(t, err)
	require.Equal(t, 3, a.Value)
	require.True(t, a.Sure)
	require.NotEqual(t, a.Value, a.RunnerUp)
	for k, p := range a.Probs {
		require.True(t, k == a.Value || p <= a.Probs[a.RunnerUp])
	}
	require.Equal(t, a.Probs[3], a.Prob())
}

// TestAll reads two drawings side by side.
func TestAll(t *testing.T) {
	r, err := New("")
	require.NoError(t, err)
	five, eight := drawing(t, "5_marker.png"), drawing(t, "8_marker.png")
	page := image.NewRGBA(image.Rect(0, 0, five.Bounds().Dx()+eight.Bounds().Dx(), max(five.Bounds().Dy(), eight.Bounds().Dy())))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(page, page.Rect, five, five.Bounds().Min, draw.Src)
	draw.Draw(page, page.Rect.Add(image.Pt(five.Bounds().Dx(), 0)), eight, eight.Bounds().Min, draw.Src)
	answers, err := r.All(page, 0)
	require.NoError(t, err)
	require.Equal(t, "58", Text(answers))
	one, err := r.One(page, 0)
	require.NoError(t, err)
	require.Contains(t, one.Warnings, imageprep.SeveralDigits)
}

func TestNoDigit(t *testing.T) {
	r, err := New("")
	require.NoError(t, err)
	page := image.NewGray(image.Rect(0, 0, 300, 200))
	_, err = r.All(page, 0)
	require.ErrorAs(t, err, new(*imageprep.BlankError))
	for x := 50; x < 250; x++ {
		page.SetGray(x, 100, color.Gray{Y: 255})
		page.SetGray(x, 101, color.Gray{Y: 255})
	}
	_, err = r.All(page, 0)
	require.EqualError(t, err, "no digit found: there is ink, but in no digit's shape")
}

func TestUnsure(t *testing.T) {
	name := filepath.Join(t.TempDir(), "model.safetensors")
	m := softmax.New(784, 10)
	m.Metadata = map[string]string{ThresholdKey: "0.2"}
	require.NoError(t, m.Save(name))
	r, err := New(name)
	require.NoError(t, err)
	a, err := r.One(drawing(t, "3_brush.png"), 0)
	require.NoError(t, err)
	require.False(t, a.Sure, "a tenth is less than 0.2")
	require.Equal(t, []int{0, 1}, []int{a.Value, a.RunnerUp})

	for _, bad := range []string{"much", "2.5", "-1", "NaN", ""} {
		m.Metadata[ThresholdKey] = bad
		require.NoError(t, m.Save(name))
		_, err = New(name)
		require.ErrorContains(t, err, "want a probability", bad)
	}
}

// TestHugeWeights: probabilities that are NaN are no answer.
func TestHugeWeights(t *testing.T) {
	name := filepath.Join(t.TempDir(), "model.safetensors")
	m := softmax.New(784, 10)
	weight, bias := m.Parameters()
	for i := range weight {
		weight[i] = 3e38
	}
	m.SetParameters(weight, bias)
	require.NoError(t, m.Save(name))
	r, err := New(name)
	require.NoError(t, err)
	const want = "the model's probabilities are not numbers: its weights are too large"
	_, err = r.One(drawing(t, "3_brush.png"), 0)
	require.EqualError(t, err, want)
	_, err = r.All(drawing(t, "3_brush.png"), 0)
	require.EqualError(t, err, want)
	r.Raw = true
	white := image.NewGray(image.Rect(0, 0, 28, 28))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	_, err = r.One(white, 0)
	require.EqualError(t, err, want)
}
