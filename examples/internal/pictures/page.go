package pictures

import (
	"image"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Page is what a reader reads in a picture.
type Page struct {
	Answers     []reader.Answer       // the digits, in reading order
	LeftOut     []reader.Answer       // other ink, NoDigit set
	Orientation imageprep.Orientation // in which it was read
	Turned      int                   // by how many degrees more than noted, clockwise
	Warnings    []imageprep.Warning   // of the page
}

// Lines returns the digits of each line, with a space at each wide gap.
func (p *Page) Lines() []string {
	var lines []string
	for i, a := range p.Answers {
		if i == 0 || a.Line != p.Answers[i-1].Line {
			lines = append(lines, "")
		}
		lines[len(lines)-1] += reader.Text([]reader.Answer{a})
	}
	return lines
}

// Text returns the lines, joined by line feeds.
func (p *Page) Text() string { return strings.Join(p.Lines(), "\n") }

// readPage reads any number of digits.
func readPage(r *reader.Reader, img image.Image, o imageprep.Orientation) (*Page, error) {
	answers, err := r.All(img, o)
	if err != nil {
		return nil, err
	}
	p := &Page{Orientation: o}
	for _, a := range answers {
		if a.NoDigit {
			p.LeftOut = append(p.LeftOut, a)
		} else {
			p.Answers = append(p.Answers, a)
		}
	}
	return p, nil
}
