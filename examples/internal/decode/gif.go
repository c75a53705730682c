package decode

import (
	"image"
	"image/color"
)

// A gifFile is the header of a GIF file.
type gifFile struct{ registered }

// memory counts the first frame twice: it is copied if it is interlaced.
func (g gifFile) memory() (int64, string) {
	return 2 * int64(g.Width) * int64(g.Height), smaller
}

// decode returns the first frame in its place on the screen.
func (g gifFile) decode() (image.Image, error) {
	img, err := g.registered.decode()
	screen := image.Rect(0, 0, g.Width, g.Height)
	if frame, ok := img.(*image.Paletted); ok && frame.Rect != screen {
		return onScreen{frame, screen}, nil
	}
	return img, err
}

// An onScreen is a frame that covers a part of the screen. Around the frame,
// the picture is transparent.
type onScreen struct {
	frame  *image.Paletted
	screen image.Rectangle
}

func (o onScreen) ColorModel() color.Model { return color.RGBA64Model }
func (o onScreen) Bounds() image.Rectangle { return o.screen }
func (o onScreen) At(x, y int) color.Color { return o.RGBA64At(x, y) }

func (o onScreen) RGBA64At(x, y int) color.RGBA64 {
	if !(image.Point{X: x, Y: y}).In(o.frame.Rect) {
		return color.RGBA64{}
	}
	return o.frame.RGBA64At(x, y)
}
