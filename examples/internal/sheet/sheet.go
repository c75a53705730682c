// Package sheet draws contact sheets: many small pictures on one, each with the
// digits that a reader found and what it took them for.
package sheet

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// MaxEntries is the number of pictures that a sheet holds. More could not be
// looked at.
const MaxEntries = 500

// A Sheet collects pictures. It keeps them small.
type Sheet struct {
	Side int // of the square for one picture, in pixels; 0 for DefaultSide
	Left int // how many pictures found no place

	cells []*image.RGBA
}

// An Entry is a picture on a sheet.
type Entry struct {
	Name        string
	Image       image.Image // nil if it could not be read
	Orientation imageprep.Orientation
	Answers     []reader.Answer
	Note        string
	Bad         bool // the text is red
}

// DefaultSide is the side of a Sheet's squares if the Sheet does not say.
const DefaultSide = 112

const (
	sheetWidth = 8 * (DefaultSide + margin)
	margin     = 8
	seenSide   = 2 * imageprep.Size
)

var (
	paper = color.RGBA{255, 255, 255, 255}
	card  = color.RGBA{232, 236, 240, 255}
	text  = color.RGBA{40, 40, 40, 255}
	pale  = color.RGBA{120, 120, 120, 255}
	alarm = color.RGBA{200, 0, 0, 255}
	frame = []color.RGBA{{220, 30, 30, 255}, {0, 140, 60, 255}, {30, 70, 220, 255}}
)

// Add puts a picture on the sheet, or counts it as Left if the sheet is full.
func (s *Sheet) Add(e Entry) {
	if len(s.cells) == MaxEntries {
		s.Left++
		return
	}
	if s.Side == 0 {
		s.Side = DefaultSide
	}
	m := image.NewRGBA(image.Rect(0, 0, s.Side, s.Side+seenSide+2*lineHeight+margin))
	fill(m, m.Rect, paper)
	square := image.Rect(0, 0, s.Side, s.Side)
	fill(m, square, card)
	if e.Image != nil {
		t := thumbnail(&e, s.Side)
		at := square.Max.Sub(t.Rect.Size()).Div(2)
		draw.Draw(m, t.Rect.Add(at), t, image.Point{}, draw.Src)
	}
	c := text
	if e.Bad {
		c = alarm
	}
	e.drawAnswers(m, image.Pt(0, s.Side+margin/2), c)
	y := s.Side + seenSide + margin
	DrawText(m, image.Pt(0, y), s.Side, e.Name, pale)
	DrawText(m, image.Pt(0, y+lineHeight), s.Side, e.Note, c)
	s.cells = append(s.cells, m)
}

// drawAnswers draws what the model saw. One digit is twice as large as it is,
// and has its answer on the right. Of several, two rows find a place.
func (e *Entry) drawAnswers(m *image.RGBA, at image.Point, c color.RGBA) {
	if len(e.Answers) == 1 {
		a := &e.Answers[0]
		enlarge(m, at, a.Image, 2)
		at.X += seenSide + margin
		drawText(m, at, 2*fontScale, fmt.Sprint(a.Digit), c)
		for i, s := range []string{fmt.Sprintf("%.1f%%", 100*a.Probability), fmt.Sprintf("%d %.1f%%", a.RunnerUp, 100*a.Probabilities[a.RunnerUp])} {
			drawText(m, at.Add(image.Pt(0, 2*lineHeight+i*lineHeight)), fontScale, s, []color.RGBA{c, pale}[i])
		}
		return
	}
	across := m.Rect.Dx() / imageprep.Size
	for i, a := range e.Answers[:min(len(e.Answers), 2*across)] {
		enlarge(m, at.Add(image.Pt(i%across, i/across).Mul(imageprep.Size)), a.Image, 1)
	}
}

// Draw returns the sheet as a picture.
func (s *Sheet) Draw() *image.RGBA {
	if len(s.cells) == 0 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	cell := s.cells[0].Rect.Size().Add(image.Pt(margin, margin))
	across := min(len(s.cells), sheetWidth/cell.X)
	m := image.NewRGBA(image.Rect(0, 0, across*cell.X+margin, (len(s.cells)+across-1)/across*cell.Y+margin))
	fill(m, m.Rect, paper)
	for i, c := range s.cells {
		draw.Draw(m, c.Rect.Add(image.Pt(margin+i%across*cell.X, margin+i/across*cell.Y)), c, image.Point{}, draw.Src)
	}
	return m
}

// enlarge draws g with its upper left corner at p, each pixel as a square.
func enlarge(m *image.RGBA, p image.Point, g *image.Gray, scale int) {
	for i, v := range g.Pix {
		at := p.Add(image.Pt(i%g.Stride, i/g.Stride).Mul(scale))
		fill(m, image.Rectangle{Min: at, Max: at.Add(image.Pt(scale, scale))}, color.RGBA{v, v, v, 255})
	}
}

func fill(m draw.Image, r image.Rectangle, c color.RGBA) {
	draw.Draw(m, r, &image.Uniform{C: c}, image.Point{}, draw.Src)
}
