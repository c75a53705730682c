// Package sheet draws contact sheets: many small pictures on one, each with
// what was seen in it and what it was taken for.
package sheet

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// MaxEntries is how many pictures a sheet holds, the first ones, so that it can
// be drawn and looked at.
const MaxEntries = 500

// A Sheet collects pictures. The zero value is empty. It keeps thumbnails only.
type Sheet struct {
	entries []entry
	Left    int // how many pictures found no place
}

type entry struct {
	thumb *image.RGBA
	seen  []*image.Gray
	lines []string
	bad   bool
}

const (
	thumbSide = 168
	margin    = 8
	textLines = 3
	seenSide  = 2 * imageprep.Size
	cellW     = thumbSide + margin
	cellH     = thumbSide + seenSide + textLines*lineHeight + 3*margin
	columns   = 8
)

var (
	paper = color.RGBA{255, 255, 255, 255}
	text  = color.RGBA{40, 40, 40, 255}
	alarm = color.RGBA{200, 0, 0, 255}
	frame = []color.RGBA{{220, 30, 30, 255}, {0, 140, 60, 255}, {30, 70, 220, 255}}
)

// Add puts a picture on the sheet, with up to three lines of text, in red if it
// is bad. The picture is nil if it could not be read.
func (s *Sheet) Add(img image.Image, orientation imageprep.Orientation, answers []reader.Answer, bad bool, lines ...string) error {
	if len(s.entries) == MaxEntries {
		s.Left++
		return nil
	}
	e := entry{lines: lines[:min(len(lines), textLines)], bad: bad}
	for _, a := range answers {
		e.seen = append(e.seen, a.Image)
	}
	if img != nil {
		up, frames, err := Thumbnail(img, orientation, thumbSide, answers)
		if err != nil {
			return err
		}
		e.thumb = image.NewRGBA(up.Rect)
		draw.Draw(e.thumb, up.Rect, up, image.Point{}, draw.Src)
		for y := range up.Rect.Dy() {
			for x := range up.Rect.Dx() {
				if f := frames.GrayAt(x, y).Y; f > 0 {
					e.thumb.SetRGBA(x, y, frame[(f-1)%uint8(len(frame))])
				}
			}
		}
	}
	s.entries = append(s.entries, e)
	return nil
}

// Thumbnail returns the picture upright, shrunk to at most side pixels, and a
// picture of the same size in which the frames of the boxes are the pixels that
// are not 0: 1, 2, 3, 1, ...
func Thumbnail(img image.Image, orientation imageprep.Orientation, side int, answers []reader.Answer) (up, frames *image.Gray, err error) {
	small, err := imageprep.Shrink(img, side)
	if err != nil {
		return nil, nil, err
	}
	bounds := img.Bounds()
	frames = image.NewGray(small.Rect)
	scale := func(v, n, m int) int { return int(int64(v) * int64(n) / int64(m)) }
	for i, a := range answers {
		r := a.Box.Sub(bounds.Min)
		w, h := small.Rect.Dx(), small.Rect.Dy()
		r.Min.X, r.Max.X = scale(r.Min.X, w, bounds.Dx()), scale(r.Max.X-1, w, bounds.Dx())+1
		r.Min.Y, r.Max.Y = scale(r.Min.Y, h, bounds.Dy()), scale(r.Max.Y-1, h, bounds.Dy())+1
		outline(frames, r.Inset(-1-side/100).Intersect(small.Rect), uint8(1+i%3))
	}
	return imageprep.Turn(small, orientation), imageprep.Turn(frames, orientation), nil
}

func outline(m *image.Gray, r image.Rectangle, v uint8) {
	for x := r.Min.X; x < r.Max.X; x++ {
		m.SetGray(x, r.Min.Y, color.Gray{Y: v})
		m.SetGray(x, r.Max.Y-1, color.Gray{Y: v})
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		m.SetGray(r.Min.X, y, color.Gray{Y: v})
		m.SetGray(r.Max.X-1, y, color.Gray{Y: v})
	}
}

// Draw returns the sheet as a picture.
func (s *Sheet) Draw() *image.RGBA {
	n := max(1, len(s.entries))
	across := min(n, columns)
	m := image.NewRGBA(image.Rect(0, 0, across*cellW+margin, (n+across-1)/across*cellH+margin))
	fill(m, m.Rect, paper)
	for i, e := range s.entries {
		e.draw(m, image.Pt(margin+i%across*cellW, margin+i/across*cellH))
	}
	return m
}

func (e *entry) draw(m *image.RGBA, at image.Point) {
	c := text
	if e.bad {
		c = alarm
	}
	place := image.Rectangle{Min: at, Max: at.Add(image.Pt(thumbSide, thumbSide))}
	if e.thumb != nil {
		draw.Draw(m, place, e.thumb, image.Point{}, draw.Src)
	}
	// One digit twice as large as it is, several side by side in their size.
	y := place.Max.Y + margin/2
	scale := 2
	if len(e.seen) > thumbSide/seenSide {
		scale = 1
	}
	side := scale * imageprep.Size
	for i, g := range e.seen {
		x, y := i%(thumbSide/side)*side, y+i/(thumbSide/side)*side
		if y+side > place.Max.Y+margin/2+seenSide {
			break // no room for more than two rows
		}
		enlarge(m, image.Pt(at.X+x, y), g, scale)
	}
	y += seenSide + margin/2
	for i, line := range e.lines {
		DrawText(m, image.Pt(at.X, y+i*lineHeight), thumbSide, line, c)
	}
}

// enlarge draws g with its upper left corner at p, each pixel as a square.
func enlarge(m *image.RGBA, p image.Point, g *image.Gray, scale int) {
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			v := g.GrayAt(g.Rect.Min.X+x, g.Rect.Min.Y+y).Y
			at := p.Add(image.Pt(x*scale, y*scale))
			fill(m, image.Rectangle{Min: at, Max: at.Add(image.Pt(scale, scale))}, color.RGBA{v, v, v, 255})
		}
	}
}

func fill(m draw.Image, r image.Rectangle, c color.RGBA) {
	draw.Draw(m, r, &image.Uniform{C: c}, image.Point{}, draw.Src)
}

// Save writes the sheet to a PNG file.
func (s *Sheet) Save(name string) error { return Save(name, s.Draw()) }
