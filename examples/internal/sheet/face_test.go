package sheet

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// TestFace: cells and sheets do not change their looks by accident.
func TestFace(t *testing.T) {
	var text strings.Builder
	freeze := func(name string, m *image.RGBA) {
		fmt.Fprintf(&text, "%-32s %v %s\n", name, m.Rect.Size(), golden.Sum(m.Pix))
	}
	r, err := reader.Load(toymodel.Hollow(t, map[string]string{reader.NoDigitKey: "10"}))
	require.NoError(t, err)
	digit := image.NewGray(image.Rect(0, 0, 28, 28))
	digit.SetGray(13, 13, color.Gray{Y: 255})
	digit.SetGray(3, 20, color.Gray{Y: 90})
	a, err := r.Raw(digit)
	require.NoError(t, err)
	photo := image.NewRGBA(image.Rect(-5, 7, 395, 307))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(i*i>>9 | 3)
	}
	page := func(n int, size image.Point) *pictures.Result {
		img := image.NewGray(image.Rectangle{Max: size})
		for i := range img.Pix {
			img.Pix[i] = uint8(i >> 3)
		}
		res := &pictures.Result{Picture: pictures.Picture{Name: "a folder/a rather long name.png", Label: "7"}, Image: img}
		for i := range n {
			b := a
			b.Digit, b.RunnerUp, b.Sure, b.Line = i%10, (i+3)%10, i%3 > 0, i/10
			b.Box = image.Rect(i%10*30, i/10*40, i%10*30+9+i%20, i/10*40+38)
			res.Answers = append(res.Answers, b)
		}
		return res
	}
	whys := func(n int) (list []*reader.Why) {
		for i := range n {
			list = append(list, a.Why(reader.None, i%10))
		}
		return list
	}
	sheet := new(Sheet)
	for _, n := range []int{0, 1, 2, 3, 101} {
		for _, size := range []image.Point{{400, 300}, {28, 28}, {9, 700}} {
			res := page(n, size)
			freeze(fmt.Sprintf("digits: %d, picture: %v", n, size), Cell(res))
			res.Label, res.Orientation, res.Turned = "0", 6, 90
			res.LeftOut = []reader.Answer{{NoDigit: true, Image: digit, Box: image.Rect(3, 4, 20, 30), Probabilities: a.Probabilities}}
			freeze("  turned, with ink left out", Cell(res))
			sheet.Add(Cell(res))
			freeze("  with as many whys", CellWithWhys(res, whys(n)))
		}
	}
	freeze("in color", Cell(&pictures.Result{Image: photo, Page: reader.Page{Answers: []reader.Answer{a}}}))
	freeze("unreadable", Cell(&pictures.Result{Err: errors.New("cut short")}))
	freeze("the sheet", sheet.Draw())
	golden.Check(t, "face.txt", text.String())
}
