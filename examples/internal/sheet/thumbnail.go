package sheet

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Thumbnail is a small upright copy of a picture, for HTML.
type Thumbnail struct {
	Data string // the data URI of a PNG or JPEG file

	// Size is that of the whole upright picture, not of the copy. Boxes are in
	// the picture, too: those of Answers, and then those of LeftOut.
	Size  image.Point
	Boxes []image.Rectangle
}

// NewThumbnail returns a copy whose sides are at most side pixels long. It
// returns nil if r has no picture.
func NewThumbnail(r *pictures.Result, side int) *Thumbnail {
	if r.Image == nil || r.Image.Bounds().Empty() {
		return nil
	}
	b := r.Image.Bounds()
	side = min(side, max(b.Dx(), b.Dy()))
	size := fit(b.Size(), image.Pt(side, side))
	planes := colors(r.Image, size.X, size.Y)
	for c, p := range planes[:3] {
		planes[c] = imageprep.Turn(p, r.Orientation)
	}
	t := &Thumbnail{Data: dataOf(planes[:3]), Size: b.Size()}
	if r.Orientation >= 5 { // the stored picture is on its side
		t.Size = image.Pt(b.Dy(), b.Dx())
	}
	for _, a := range r.Answers {
		t.Boxes = append(t.Boxes, upright(a.Box, b, r.Orientation))
	}
	for _, a := range r.LeftOut {
		t.Boxes = append(t.Boxes, upright(a.Box, b, r.Orientation))
	}
	return t
}

// upright turns a box of a stored picture with these bounds upright.
func upright(box, bounds image.Rectangle, o imageprep.Orientation) image.Rectangle {
	box = box.Sub(bounds.Min)
	w, h := bounds.Dx(), bounds.Dy()
	if o == 2 || o == 3 || o == 7 || o == 8 {
		box.Min.X, box.Max.X = w-box.Max.X, w-box.Min.X
	}
	if o == 3 || o == 4 || o == 6 || o == 7 {
		box.Min.Y, box.Max.Y = h-box.Max.Y, h-box.Min.Y
	}
	if o >= 5 {
		box = image.Rect(box.Min.Y, box.Min.X, box.Max.Y, box.Max.X)
	}
	return box
}

// dataOf returns a PNG file for a small picture, for others the smaller one of
// PNG and JPEG. PNG is for drawings: a photograph has many colors.
func dataOf(planes []*image.Gray) string {
	const small = 64 // such pictures are looked at pixel by pixel
	m := image.NewRGBA(planes[0].Rect)
	isSmall := m.Rect.Dx() <= small && m.Rect.Dy() <= small
	paint := func() {
		for i := range planes[0].Pix {
			copy(m.Pix[4*i:], []uint8{planes[0].Pix[i], planes[1].Pix[i], planes[2].Pix[i], 255})
		}
	}
	var photo, drawing bytes.Buffer // they take all
	paint()
	if !isSmall {
		_ = jpeg.Encode(&photo, m, &jpeg.Options{Quality: 80})
		for _, p := range planes {
			reduce(p)
		}
		paint()
	}
	paletted := few(m)
	switch {
	case paletted != nil:
		_ = png.Encode(&drawing, paletted)
	case isSmall:
		_ = png.Encode(&drawing, m)
	}
	if isSmall || paletted != nil && drawing.Len() <= photo.Len() {
		return "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawing.Bytes())
	}
	return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(photo.Bytes())
}

// few returns a picture of at most 256 colors with a palette, and nil for other
// pictures.
func few(m *image.RGBA) *image.Paletted {
	numbers := map[color.RGBA]uint8{}
	p := image.NewPaletted(m.Rect, nil)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.RGBAAt(x, y)
			i, ok := numbers[c]
			if !ok {
				if len(numbers) == 256 {
					return nil
				}
				i = uint8(len(numbers))
				numbers[c], p.Palette = i, append(p.Palette, c)
			}
			p.Pix[y*p.Stride+x] = i
		}
	}
	return p
}
