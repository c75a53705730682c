package sheet

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// decoded decodes a data URI.
func decoded(t *testing.T, uri string) (image.Image, string) {
	_, text, _ := strings.Cut(uri, ";base64,")
	data, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	img, format, err := image.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(uri, "data:image/"+format+";"), uri[:30])
	return img, format
}

// TestThumbnail: the picture is upright, and the boxes are where they belong.
func TestThumbnail(t *testing.T) {
	blue := color.RGBA{0, 0, 248, 255}
	box := image.Rect(110, 60, 210, 160)
	for o := imageprep.Orientation(0); o <= 8; o++ {
		img := image.NewRGBA(image.Rect(10, 20, 410, 320))
		fill(img, img.Rect, white)
		fill(img, box, blue)
		r := &pictures.Result{Image: img, Page: reader.Page{Orientation: o,
			Answers: []reader.Answer{{Box: box}}, LeftOut: []reader.Answer{{Box: img.Rect}}}}
		th := newPreview(r, 200)
		m, format := decoded(t, th.data)
		require.Equal(t, "png", format, "a drawing")
		require.Equal(t, th.size.Div(2), m.Bounds().Size(), "orientation %d", o)
		require.Equal(t, image.Rectangle{Max: th.size}, th.boxes[1])
		upright := th.boxes[0]
		require.Equal(t, image.Pt(100, 100), upright.Size())
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				inside := image.Pt(2*x+1, 2*y+1).In(upright)
				red, _, _, _ := m.At(x, y).RGBA()
				require.Equal(t, inside, red < 0x8000, "orientation %d, pixel %d %d", o, x, y)
			}
		}
	}
}

// TestThumbnailFormats: data are small. Small pictures are exact.
func TestThumbnailFormats(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := func(w, h int) *image.RGBA {
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		for i := range m.Pix {
			m.Pix[i] = uint8(rng.IntN(256)) | uint8(255*(i%4/3))
		}
		return m
	}
	photo := noise(1200, 900)
	th := newPreview(&pictures.Result{Image: photo}, 300)
	m, format := decoded(t, th.data)
	require.Equal(t, "jpeg", format)
	require.Equal(t, image.Pt(300, 225), m.Bounds().Size())
	require.Less(t, len(th.data), 150_000)

	small := noise(28, 28)
	m, format = decoded(t, newPreview(&pictures.Result{Image: small}, 300).data)
	require.Equal(t, "png", format)
	exact := image.NewRGBA(small.Rect)
	draw.Draw(exact, exact.Rect, m, image.Point{}, draw.Src)
	require.Equal(t, small, exact)

	m, _ = decoded(t, newPreview(&pictures.Result{Image: image.NewGray(image.Rect(0, 0, 9000, 1))}, 300).data)
	require.Equal(t, image.Pt(300, 1), m.Bounds().Size())
	require.Nil(t, newPreview(&pictures.Result{}, 300))
	require.Nil(t, newPreview(&pictures.Result{Image: &image.Gray{}}, 300))
}

// TestNamesOfWhy: names are cut if there is no room for " not " and both. The
// rival has at least half of the room.
func TestNamesOfWhy(t *testing.T) {
	const chars = 11
	for _, tt := range []struct{ class, rival, left, middle, right string }{
		{"8", "3", "8", " not ", "3"},
		{"abc", "def", "abc", " not ", "def"},
		{"abcd", "def", "abcd", "/", "def"},
		{"circle", "square", "ci.le", "/", "sq.re"},
		{"ab", "triangle", "ab", "/", "triangle"},
		{"triangle", "ab", "triangle", "/", "ab"},
		{"triangle", "abc", "tri.gle", "/", "abc"},
	} {
		got, want := newCell(chars*charWidth, lineHeight), newCell(chars*charWidth, lineHeight)
		drawWhy(got, image.Point{}, chars*charWidth, tt.class, tt.rival)
		at := image.Point{}
		for i, text := range []string{tt.left, tt.middle, tt.right} {
			drawText(want, at, 1, text, []color.RGBA{report.For, pale, report.Against}[i])
			at.X += len(text) * charWidth
		}
		require.Equal(t, want, got, "%s and not %s", tt.class, tt.rival)
	}
}

// TestWhys: a drawing of each Why stands below the cell, with the names of the
// classes in the colors of the strokes.
func TestWhys(t *testing.T) {
	r, err := reader.Load(toymodel.Hollow(t, map[string]string{reader.NoDigitKey: "10"}))
	require.NoError(t, err)
	digit := image.NewGray(image.Rect(0, 0, 28, 28))
	digit.SetGray(13, 13, color.Gray{Y: 255})
	a, err := r.Raw(digit)
	require.NoError(t, err)
	res := &pictures.Result{Image: digit, Page: reader.Page{Answers: []reader.Answer{a}}}
	plain := Cell(res)
	require.Equal(t, plain, CellWithWhys(res, []*reader.Why{nil}), "nothing to draw")
	w := a.Why(reader.None, 0)
	m := CellWithWhys(res, []*reader.Why{w})
	require.Equal(t, plain.Pix, m.Pix[:len(plain.Pix)])
	require.GreaterOrEqual(t, count(m, report.For), 4*4, "the pixel in the center, and a name")
	require.Positive(t, count(m, report.Against), "a name")

	for range 99 {
		res.Answers = append(res.Answers, a)
	}
	whys := make([]*reader.Why, 100)
	for i := range whys {
		whys[i] = w
	}
	m = CellWithWhys(res, whys)
	require.Equal(t, Cell(res).Rect.Dx(), m.Rect.Dx())
	require.Greater(t, count(m, report.For), 100*2*2)
}
