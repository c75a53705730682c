// Package sheet draws contact sheets: many small pictures, each with the digits
// as the model sees them, and with the answers.
package sheet

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Sheet collects cells, the drawings of results.
type Sheet struct {
	cells   []cell
	next    image.Point // the corner of the next cell, if it fits in the row
	below   int         // where the next row begins
	omitted int         // number of cells that did not fit
}

type cell struct {
	*image.RGBA
	at image.Point
}

const (
	maxCells  = 500    // nobody looks at more
	maxHeight = 40_000 // of the sheet

	margin     = 8
	column     = 112 // the width of the cell for a picture of one digit
	columns    = 8   // of such cells on the sheet
	seenSide   = 2 * imageprep.Size
	tileWidth  = imageprep.Size + 1
	tileHeight = imageprep.Size + lineHeight
	maxTiles   = 300 // of a picture
)

// width returns the width of n columns.
func width(n int) int { return n*(column+margin) - margin }

var (
	white = color.RGBA{255, 255, 255, 255}
	card  = color.RGBA{232, 236, 240, 255}
	black = color.RGBA{40, 40, 40, 255}
	pale  = color.RGBA{96, 96, 96, 255}
	alarm = color.RGBA{200, 0, 0, 255}
	// The colors of the frames that Frames draws.
	frame = []color.RGBA{{30, 70, 220, 255}, {0, 140, 60, 255}, alarm, pale}
)

// Cell draws a result: the picture, what the model saw, and the answers. A
// picture of several digits gets a wide cell.
func Cell(r *pictures.Result) *image.RGBA {
	if len(r.Answers)+len(r.LeftOut) > 1 {
		return cellOfMany(r)
	}
	m := newCell(column, column+seenSide+2*lineHeight+margin)
	square := image.Rect(0, 0, column, column)
	fill(m, square, card)
	if r.Image != nil {
		t := thumbnail(r, square.Max)
		draw.Draw(m, t.Rect.Add(square.Max.Sub(t.Rect.Max).Div(2)), t, image.Point{}, draw.Src)
	}
	c := colorOf(r)
	if r.Err != nil {
		for i, line := range wrap(r.Err, seenSide/lineHeight, column/charWidth) {
			drawText(m, image.Pt(0, column+margin/2+i*lineHeight), 1, line, c)
		}
	} else if only := r.Only(); only != nil {
		drawAnswer(m, image.Pt(0, column+margin/2), only, c)
	}
	drawNotes(m, r, c, notes(r))
	return m
}

// cellOfMany draws a small picture of everything that was read, and below it
// whether it is a digit.
func cellOfMany(r *pictures.Result) *image.RGBA {
	size := image.Pt(width(2), column)
	switch n := len(r.Answers) + len(r.LeftOut); {
	case n > 3*size.X/tileWidth:
		size = image.Pt(width(3), width(3))
	case n > size.X/tileWidth:
		size.Y = size.X
	}
	t, w := thumbnail(r, size), size.X
	most := maxTiles * 3 / 2 / (w / tileWidth) // rows, with gaps between lines
	tiles := newCell(w, (most+2)*tileHeight)
	bottom := drawTiles(tiles, r)
	m := newCell(w, t.Rect.Dy()+margin+bottom+2*lineHeight)
	draw.Draw(m, t.Rect, t, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(0, t.Rect.Dy()+margin, w, m.Rect.Max.Y), tiles, image.Point{}, draw.Src)
	drawNotes(m, r, colorOf(r), append([]string{gotOf(r)}, notes(r)...))
	return m
}

func newCell(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	fill(m, m.Rect, white)
	return m
}

// colorOf returns the color of the answer.
func colorOf(r *pictures.Result) color.RGBA {
	if r.Err != nil || r.Wrong() {
		return alarm
	}
	return black
}

// notes returns remarks about the answer.
func notes(r *pictures.Result) (list []string) {
	switch {
	case r.Got() == "":
		return []string{"cannot be read"}
	case r.Err != nil:
		return []string{"no digit found"}
	}
	if r.Turned != 0 {
		list = append(list, fmt.Sprintf("turned %d", r.Turned))
	}
	if n := len(r.LeftOut); n > 0 && len(r.Answers) > 0 {
		list = append(list, fmt.Sprintf("%d left out", n))
	}
	if !r.Sure() {
		list = append(list, "unsure")
	}
	if r.Wrong() {
		list = append(list, "want "+wantOf(r))
	}
	if n := len(r.Answers) + len(r.LeftOut) - maxTiles; n > 0 {
		list = append(list, fmt.Sprintf("%d not shown", n))
	}
	return list
}

// drawNotes draws the two lines at the bottom of a cell: the name and notes.
func drawNotes(m *image.RGBA, r *pictures.Result, c color.RGBA, notes []string) {
	name := image.Pt(0, m.Rect.Max.Y-2*lineHeight)
	DrawText(m, name, m.Rect.Dx(), cutFile(r.Name, m.Rect.Dx()/charWidth), pale)
	DrawText(m, name.Add(image.Pt(0, lineHeight)), m.Rect.Dx(), strings.Join(notes, ", "), c)
}

// drawAnswer draws a digit as the model saw it, twice as large, with the answer
// and the next digit on its right.
func drawAnswer(m *image.RGBA, at image.Point, a *reader.Answer, c color.RGBA) {
	drawSeen(m, at, a, 2)
	right := func(line int) image.Point { return at.Add(image.Pt(seenSide+margin, line*lineHeight)) }
	if a.NoDigit {
		drawText(m, right(0), 1, "no", c)
		drawText(m, right(1), 1, "digit", c)
	} else if name := []rune(cut(nameOf(a, a.Digit), 2*charsBeside)); len(name) <= charsBeside/2 {
		drawText(m, right(0), 2, string(name), c)
	} else {
		drawText(m, right(0), 1, string(name[:min(len(name), charsBeside)]), c)
		drawText(m, right(1), 1, string(name[min(len(name), charsBeside):]), c)
	}
	third, last := fmt.Sprintf("%.1f%%", 100*a.Probability), nextOf(a)
	if pictures.Overruled(a) { // the probabilities say the opposite
		third, last = "by its", "place"
	}
	drawText(m, right(2), 1, third, c)
	drawText(m, right(3), 1, last, pale)
}

// nextOf returns the next answer and, if there is room, its probability.
func nextOf(a *reader.Answer) string {
	_, next := a.Top()
	if next == reader.None {
		return "none" // there is no room for more
	}
	if name := nameOf(a, next); utf8.RuneCountInString(name) > 1 {
		return cut(name, charsBeside)
	} else {
		return fmt.Sprintf("%s %.1f%%", name, 100*a.Probabilities[next])
	}
}

// charsBeside is how many characters fit on the right of a digit.
const charsBeside = (column - seenSide - margin) / charWidth

// drawTiles draws the digits in reading order, with a gap between lines of
// writing, and then what was left out. It returns where they end.
func drawTiles(m *image.RGBA, r *pictures.Result) (bottom int) {
	at := image.Point{}
	draw := func(a *reader.Answer, text string, c color.RGBA) {
		if at.X+tileWidth > m.Rect.Dx() {
			at = image.Pt(0, at.Y+tileHeight)
		}
		drawSeen(m, at, a, 1)
		left := (tileWidth - utf8.RuneCountInString(text)*charWidth) / 2
		drawText(m, at.Add(image.Pt(left, imageprep.Size+1)), 1, text, c)
		at.X += tileWidth
	}
	shown := r.Answers[:min(len(r.Answers), maxTiles)]
	for i := range shown {
		a := &shown[i]
		if i > 0 && a.Line != shown[i-1].Line {
			at.X += tileWidth / 2
		}
		const fits = tileWidth / charWidth
		name := nameOf(a, a.Digit)
		text, c := cut(name, fits), black
		if !a.Sure {
			text, c = cut(name, fits-1)+"?", alarm
		}
		draw(a, text, c)
	}
	if len(shown) > 0 {
		at.X += tileWidth / 2
	}
	for i := range r.LeftOut[:min(len(r.LeftOut), maxTiles-len(shown))] {
		draw(&r.LeftOut[i], "out", pale)
	}
	return at.Y + tileHeight
}

// drawSeen draws a digit as the model saw it.
func drawSeen(m *image.RGBA, at image.Point, a *reader.Answer, size int) {
	for y := range size * imageprep.Size {
		for x := range size * imageprep.Size {
			v := a.Image.Pix[y/size*a.Image.Stride+x/size]
			m.SetRGBA(at.X+x, at.Y+y, color.RGBA{v, v, v, 255})
		}
	}
}

func fill(m draw.Image, r image.Rectangle, c color.RGBA) {
	draw.Draw(m, r, &image.Uniform{C: c}, image.Point{}, draw.Src)
}

// Add puts a cell on the sheet, unless the sheet is full.
func (s *Sheet) Add(m *image.RGBA) {
	at := s.next
	if at.X+m.Rect.Dx() > width(columns) {
		at = image.Pt(0, s.below)
	}
	if len(s.cells) == maxCells || at.Y+m.Rect.Dy() > maxHeight {
		s.omitted++
		return
	}
	s.cells = append(s.cells, cell{m, at})
	s.next = at.Add(image.Pt(m.Rect.Dx()+margin, 0))
	s.below = max(s.below, at.Y+m.Rect.Dy()+margin)
}

// Draw returns the sheet as a picture.
func (s *Sheet) Draw() *image.RGBA {
	size := image.Pt(margin, margin)
	for _, c := range s.cells {
		end := c.at.Add(c.Rect.Max)
		size = image.Pt(max(size.X, end.X+2*margin), max(size.Y, end.Y+2*margin))
	}
	m := newCell(size.X, size.Y)
	for _, c := range s.cells {
		draw.Draw(m, c.Rect.Add(c.at).Add(image.Pt(margin, margin)), c, image.Point{}, draw.Src)
	}
	return m
}

// Save writes the sheet to a PNG file. If not all pictures fit, it says so on
// stderr.
func (s *Sheet) Save(name string, stderr io.Writer) error {
	if s.omitted > 0 {
		fmt.Fprintf(stderr, "the sheet shows %d of %d pictures\n", len(s.cells), len(s.cells)+s.omitted)
	}
	return Save(name, s.Draw())
}

// mark follows the PNG data of a sheet. Decoders ignore it.
const mark = "digits contact sheet\n"

// Save writes any picture to a PNG file that Check recognizes as a sheet.
func Save(name string, m image.Image) error {
	return cli.WriteFile(name, func(w io.Writer) error {
		if err := png.Encode(w, m); err != nil {
			return err
		}
		_, err := io.WriteString(w, mark)
		return err
	})
}

// Check checks in advance that a sheet can be written to the file that -sheet
// names. A sheet may replace another sheet, but no other file.
func Check(name string) error {
	if extension := filepath.Ext(name); extension != "" && !strings.EqualFold(extension, ".png") {
		return fmt.Errorf("-sheet %s: the sheet is a PNG picture; want a name that ends in .png", name)
	}
	return cli.CheckOutputKind("-sheet", name, "contact sheet", func(r io.Reader) bool {
		const most = 100_000_000
		data, err := io.ReadAll(io.LimitReader(r, most))
		return err == nil && bytes.HasSuffix(data, []byte(mark))
	})
}
