package sheet

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/why"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// CellWithWhys is Cell, with a drawing of each Why below it. Elements of whys
// may be nil.
func CellWithWhys(r *pictures.Result, whys []*reader.Why) *image.RGBA {
	m := Cell(r)
	var drawn []*reader.Why
	for _, w := range whys {
		if w != nil && len(drawn) < maxTiles {
			drawn = append(drawn, w)
		}
	}
	if len(drawn) == 0 {
		return m
	}
	size := 2 // of a pixel
	if len(drawn) == 1 {
		size = column / imageprep.Size
	}
	tile := image.Pt(size*imageprep.Size+margin/2, size*imageprep.Size+lineHeight+margin/2)
	if len(drawn) == 1 { // with the sum
		tile.Y += 2 * lineHeight
	}
	columns := 1 + (m.Rect.Dx()-size*imageprep.Size)/tile.X // that fit
	rows := (len(drawn) + columns - 1) / columns
	all := newCell(m.Rect.Dx(), m.Rect.Dy()+margin/2+rows*tile.Y)
	draw.Draw(all, m.Rect, m, image.Point{}, draw.Src)
	for i, w := range drawn {
		at := image.Pt(i%columns*tile.X, m.Rect.Dy()+margin/2+i/columns*tile.Y)
		picture := why.Draw(w, size)
		draw.Draw(all, picture.Rect.Add(at), picture, image.Point{}, draw.Src)
		below := at.Add(image.Pt(0, picture.Rect.Dy()+1))
		drawWhy(all, below, picture.Rect.Dx(), classOf(r, w.Class), classOf(r, w.Rival))
		if len(drawn) == 1 {
			n := why.Sum(w)
			DrawText(all, below.Add(image.Pt(0, lineHeight)), m.Rect.Dx(), n.For+" "+n.Against+" "+n.Empty, pale)
			DrawText(all, below.Add(image.Pt(0, 2*lineHeight)), m.Rect.Dx(), "= "+n.Difference, pale)
		}
	}
	return all
}

// classOf returns the name of a class as it can be drawn.
func classOf(r *pictures.Result, name string) string {
	if name == pictures.NoDigit {
		return "none" // there is no room for more
	}
	if drawable(name) {
		return name
	}
	a := slices.Concat(r.Answers, r.LeftOut)[0]
	for class := range a.Probabilities {
		if a.NameOf(class) == name {
			return nameOf(&a, class)
		}
	}
	return name
}

// drawWhy draws the names of two classes in the colors of their strokes.
func drawWhy(m *image.RGBA, at image.Point, width int, class, rival string) {
	not := " not "
	letters := utf8.RuneCountInString(class + rival)
	if (letters+len(not))*charWidth > width {
		not = "/"
	}
	fits := width/charWidth - len(not)
	rival = cut(rival, max(fits/2, fits-utf8.RuneCountInString(class)))
	class = cut(class, fits-utf8.RuneCountInString(rival))
	draw := func(text string, c color.RGBA) {
		drawText(m, at, 1, text, c)
		at.X += utf8.RuneCountInString(text) * charWidth
	}
	draw(class, report.For)
	draw(not, pale)
	draw(rival, report.Against)
}
