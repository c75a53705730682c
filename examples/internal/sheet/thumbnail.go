package sheet

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/imageprep"
)

var pictureTemplate = template.Must(template.New("picture").Parse(
	`<svg class="picture" viewBox="0 0 {{.Size.X}} {{.Size.Y}}" preserveAspectRatio="xMinYMid" role="img" aria-label="{{.Label}}">
<image width="{{.Size.X}}" height="{{.Size.Y}}" href="{{.Data}}"{{if .Small}} image-rendering="pixelated"{{end}}/>
{{- range .Marks}}
<rect class="{{.Class}}" x="{{.Min.X}}" y="{{.Min.Y}}" width="{{.Dx}}" height="{{.Dy}}"><title>{{.Title}}</title></rect>
{{- end}}
</svg>`))

// A framedBox is a frame around an answer or around what was left out.
type framedBox struct {
	image.Rectangle
	Class, Title string
}

// Picture draws a picture for a page, with frames around its answers. Its sides
// are at most side pixels long. It is empty if r has no picture.
func Picture(r *pictures.Result, side int) template.HTML {
	t := newPreview(r, side)
	if t == nil {
		return ""
	}
	var marks []framedBox
	for i, a := range slices.Concat(r.Answers, r.LeftOut) {
		// The frame does not hide the edge of the ink.
		around := t.boxes[i].Inset(-1 - max(t.size.X, t.size.Y)/100).Intersect(image.Rectangle{Max: t.size})
		f := framedBox{around, "sure", pictures.Words(&a)}
		switch {
		case i >= len(r.Answers):
			f.Class, f.Title = "out", "left out: "+pictures.Words(&a)
		case !a.Sure:
			f.Class, f.Title = "unsure", "unsure: "+pictures.Words(&a)
		}
		f.Title = report.Shown(f.Title)
		marks = append(marks, f)
	}
	label := fmt.Sprintf("the picture, with frames around %d answers", len(r.Answers))
	switch len(r.Answers) {
	case 0:
		label = "the picture"
	case 1:
		label = "the picture, with a frame around the answer"
	}
	var b strings.Builder
	if err := pictureTemplate.Execute(&b, map[string]any{
		"Size": t.size, "Small": max(t.size.X, t.size.Y) <= small, "Data": template.URL(t.data), "Marks": marks, "Label": label,
	}); err != nil {
		panic(err) // the template fits
	}
	return template.HTML(b.String())
}

// small is the side of a picture whose pixels can be seen one by one.
const small = 64

// A preview is a small upright copy of a picture.
type preview struct {
	data string // the data URI of a PNG or JPEG file

	// size is that of the whole upright picture, not of the copy. The boxes are
	// in the picture, too: those of Answers, and then those of LeftOut.
	size  image.Point
	boxes []image.Rectangle
}

// newPreview returns a copy whose sides are at most side pixels long. It
// returns nil if r has no picture.
func newPreview(r *pictures.Result, side int) *preview {
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
	t := &preview{data: dataOf(planes[:3]), size: b.Size()}
	if r.Orientation >= 5 { // the stored picture is on its side
		t.size = image.Pt(b.Dy(), b.Dx())
	}
	for _, a := range r.Answers {
		t.boxes = append(t.boxes, upright(a.Box, b, r.Orientation))
	}
	for _, a := range r.LeftOut {
		t.boxes = append(t.boxes, upright(a.Box, b, r.Orientation))
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
