package why

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the drawings of TestFace to testdata")

// faces returns a few drawings: of a written digit, of all directions, and of
// pixels.
func faces(t *testing.T) []*reader.Why {
	ink := hand.Write(rand.New(rand.NewPCG(1, 2)), '4')
	a, err := reader.Default().Raw(imageprep.Center(ink, imageprep.InkBox(ink)))
	require.NoError(t, err)
	list := []*reader.Why{a.Why(4, 9), a.Why(9, reader.None)}

	star := bar(nil)
	star.HOG, star.Contributions = imageprep.HOG{Directions: 8, Cells: 7}, make([]float32, 8*7*7)
	for i := range star.Image.Pix {
		star.Image.Pix[i] = uint8(255 * (i / 28 % 4) / 3)
	}
	pixels := bar(nil)
	pixels.HOG, pixels.Contributions, pixels.Image = imageprep.HOG{}, make([]float32, 784), star.Image
	for i := range star.Contributions {
		star.Contributions[i] = float32(math.Sin(float64(i*i)) * math.Pow(10, float64(i%9-6)))
		pixels.Contributions[2*i] = star.Contributions[i]
	}
	return append(list, star, pixels)
}

// TestFace: drawings look as they did. After a change on purpose, look at the
// new ones:
//
//	go test ./examples/internal/why -run TestFace -update
func TestFace(t *testing.T) {
	var text strings.Builder
	drawing := image.NewRGBA(image.Rect(0, 0, 4*28*3, 28*3))
	for i, w := range faces(t) {
		svg := regexp.MustCompile(`base64,[^"]*`).ReplaceAllString(string(SVG(w)), "")
		fmt.Fprintf(&text, "%s\n%s\n%s\n", Text(w), strings.ReplaceAll(ColorText(w), "\x1b", "ESC"), strings.ReplaceAll(svg, "><", ">\n<"))
		draw.Draw(drawing, image.Rect(i*28*3, 0, (i+1)*28*3, 28*3), Draw(w, 3), image.Point{}, draw.Src)
	}
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, drawing))
	textName, drawingName := filepath.Join("testdata", "face.txt"), filepath.Join("testdata", "face.png")
	if *update {
		require.NoError(t, os.WriteFile(textName, []byte(text.String()), 0o666))
		require.NoError(t, os.WriteFile(drawingName, file.Bytes(), 0o666))
	}
	want, err := os.ReadFile(textName)
	require.NoError(t, err)
	lines := strings.Split(text.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		require.Equal(t, line, lines[min(i, len(lines)-1)], "line %d of %s", i+1, textName)
	}
	data, err := os.ReadFile(drawingName)
	require.NoError(t, err)
	wanted, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	for at := range drawing.Rect.Dx() * drawing.Rect.Dy() {
		x, y := at%drawing.Rect.Dx(), at/drawing.Rect.Dx()
		if wanted.At(x, y) != color.Color(drawing.RGBAAt(x, y)) {
			t.Fatalf("pixel %d, %d of %s is now %v", x, y, drawingName, drawing.RGBAAt(x, y))
		}
	}
}

// TestPale: the digit is gray, and more opaque where it has more ink: at full
// ink, a little less than half.
func TestPale(t *testing.T) {
	digit := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range digit.Pix {
		digit.Pix[i] = uint8(i)
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(paleData(digit), "data:image/png;base64,"))
	require.NoError(t, err)
	m, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, digit.Rect, m.Bounds())
	for i, ink := range digit.Pix {
		c := m.At(i%16, i/16).(color.NRGBA)
		require.Equal(t, color.NRGBA{128, 128, 128, c.A}, c)
		require.InDelta(t, 120*float64(ink)/255, float64(c.A), 4)
	}
}
