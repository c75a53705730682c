package sheet

import (
	"context"
	"image"
	"image/color"
	"image/draw"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Suspect is a picture whose label may be wrong.
type Suspect struct {
	Image       image.Image // as it is stored; nil if it cannot be read
	Orientation imageprep.Orientation
	Seen        *image.Gray // as the model saw it; nil if this is Image

	// The lines of text: which picture it is, its label, what it may be
	// instead, and anything else.
	Name, Label, Instead, Note string
}

// AddSuspects adds the suspects with numbers 0 to n-1, as many as fit. The
// function get returns one of them; several goroutines call it. AddSuspects
// stops early when ctx is done.
func (s *Sheet) AddSuspects(ctx context.Context, n int, get func(i int) Suspect) {
	fit := min(n, maxCells)
	numbers := func(yield func(int) bool) {
		for i := 0; i < fit && yield(i); i++ {
		}
	}
	for cell := range cli.InOrder(ctx, numbers, func(i int) *image.RGBA { return suspectCell(get(i)) }) {
		s.Add(cell)
	}
	s.omitted += n - fit
}

// suspectCell draws a suspect. The line Instead is red.
func suspectCell(s Suspect) *image.RGBA {
	m := newCell(column, column+margin/2+4*lineHeight)
	square := image.Rect(0, 0, column, column)
	fill(m, square, card)
	if s.Image != nil {
		r := &pictures.Result{Image: s.Image, Page: reader.Page{Orientation: s.Orientation}}
		t := thumbnail(r, square.Max)
		draw.Draw(m, t.Rect.Add(square.Max.Sub(t.Rect.Max).Div(2)), t, image.Point{}, draw.Src)
	}
	width := column
	if s.Seen != nil {
		width -= imageprep.Size + margin/2
		at := image.Pt(column-imageprep.Size, column+margin/2+lineHeight)
		draw.Draw(m, s.Seen.Rect.Sub(s.Seen.Rect.Min).Add(at), s.Seen, s.Seen.Rect.Min, draw.Src)
	}
	for i, line := range []struct {
		width int
		text  string
		color color.RGBA
	}{{column, s.Name, pale}, {width, s.Label, black}, {width, s.Instead, alarm}, {width, s.Note, pale}} {
		text := line.text
		switch fits := line.width / charWidth; i {
		case 0:
			text = cutFile(text, fits)
		case 1, 2:
			text = cutLabel(text, fits)
		}
		DrawText(m, image.Pt(0, column+margin/2+i*lineHeight), line.width, text, line.color)
	}
	return m
}
