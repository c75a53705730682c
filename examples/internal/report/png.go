package report

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"math"
)

// PNG returns a picture as part of the page. alt describes it. Its pixels are
// squares on the screen; class, from the style sheet, says how large.
func PNG(img image.Image, class, alt string) template.HTML {
	var data bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&data, img); err != nil {
		return Text("This picture cannot be drawn: " + err.Error())
	}
	var b builder
	b.add(`<img class="%s" alt="%s" width="%d" height="%d" src="data:image/png;base64,%s">`,
		class, alt, img.Bounds().Dx(), img.Bounds().Dy(), base64.StdEncoding.EncodeToString(data.Bytes()))
	return b.html()
}

// The colors of what speaks for a class, and of what speaks against it, on
// white. They are those of light pages in style.css. Color-blind people can
// tell them apart, and text in these colors can be read.
var (
	For     = color.RGBA{0x1a, 0x63, 0xd8, 255}
	Against = color.RGBA{0xb4, 0x53, 0x09, 255}
)

// signed is the palette of numbers from -most to most: orange below 0, blue
// above 0, and transparent at 0. So the ground of the page shows through, be it
// light or dark.
var signed = func() (p color.Palette) {
	for step := -signedSteps; step <= signedSteps; step++ {
		v := float64(step) / signedSteps
		c := color.NRGBA(For)
		if v < 0 {
			c = color.NRGBA(Against)
		}
		c.A = uint8(math.Round(255 * math.Abs(v)))
		p = append(p, c)
	}
	return p
}()

const signedSteps = 60

// signedImage draws numbers, row by row, with the palette signed.
func signedImage(values []float32, width int, most float32) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, width, len(values)/width), signed)
	for i, v := range values {
		img.Pix[i] = uint8(signedSteps + stepOf(v, most, signedSteps))
	}
	return img
}
