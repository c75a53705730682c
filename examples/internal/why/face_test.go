package why

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

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

// TestFace: drawings look as they did.
func TestFace(t *testing.T) {
	var text strings.Builder
	for _, w := range faces(t) {
		svg := golden.Pixels(t, string(SVG(w)))
		fmt.Fprintf(&text, "%s\n%s\n%s\n", Text(w), strings.ReplaceAll(ColorText(w), "\x1b", "ESC"), strings.ReplaceAll(svg, "><", ">\n<"))
		drawing := Draw(w, 3)
		fmt.Fprintf(&text, "drawing %v %s\n", drawing.Rect.Size(), golden.Sum(drawing.Pix))
	}
	golden.Check(t, "face.txt", text.String())
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
