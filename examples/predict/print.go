package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A printer prints results as they come, as a table or as JSON, and counts them.
type printer struct {
	*options
	w                                io.Writer
	nameWidth, wantWidth, digitWidth int // of the columns

	read, failed  int // pictures
	known, right  int // pictures with an expected answer, and right answers
	unsure, shown int // digits
}

func newPrinter(o *options, w io.Writer, list []pictures.Picture) *printer {
	p := &printer{options: o, w: w, nameWidth: len("picture"), wantWidth: len("expected")}
	for _, picture := range list {
		p.nameWidth = max(p.nameWidth, utf8.RuneCountInString(cli.Printable(picture.Name)))
		p.wantWidth = max(p.wantWidth, len(picture.Label))
	}
	p.digitWidth = max(p.wantWidth, len("predicted"))
	return p
}

func (p *printer) header() error {
	if p.json {
		return nil
	}
	_, err := fmt.Fprintf(p.w, "%-*s  %*s  %*s\n", p.nameWidth, "picture", p.wantWidth, "expected", p.digitWidth, "predicted")
	return err
}

func (p *printer) result(r *result) error {
	if r.err != nil {
		p.failed++
	} else {
		p.read++
	}
	if r.err == nil && r.Label != "" {
		p.known++
		if r.right() {
			p.right++
		}
	}
	for _, a := range r.answers {
		p.shown++
		if !a.Sure {
			p.unsure++
		}
	}
	if p.json {
		return p.object(r)
	}
	return p.line(r)
}

// The fields of the JSON objects are explained in usage.
type (
	Answer struct {
		Digit       int     `json:"digit"`
		Probability float32 `json:"probability"`
		RunnerUp    int     `json:"runner_up"`
		Unsure      bool    `json:"unsure,omitempty"`
	}
	jsonDigit struct {
		Answer
		Box      []int    `json:"box"`
		Line     int      `json:"line"`
		Warnings []string `json:"warnings,omitempty"`
	}
	jsonResult struct {
		File string `json:"file"`
		*Answer
		Probabilities []float32   `json:"probabilities,omitempty"`
		Box           []int       `json:"box,omitempty"`
		Text          string      `json:"text,omitempty"`
		Digits        []jsonDigit `json:"digits,omitempty"`
		Warnings      []string    `json:"warnings,omitempty"`
		Want          any         `json:"want,omitempty"`
		Error         string      `json:"error,omitempty"`
	}
)

func (p *printer) object(r *result) error {
	o := jsonResult{File: r.Name}
	switch {
	case r.Label != "" && p.many:
		o.Want = r.Label
	case r.Label != "":
		o.Want = int(r.Label[0] - '0')
	}
	var list []jsonDigit
	for _, a := range r.answers {
		d := jsonDigit{
			Answer: Answer{a.Digit, a.Probability, a.RunnerUp, !a.Sure},
			Box:    []int{a.Box.Min.X, a.Box.Min.Y, a.Box.Max.X, a.Box.Max.Y}, Line: a.Line,
		}
		for _, w := range a.Warnings {
			d.Warnings = append(d.Warnings, w.String())
		}
		list = append(list, d)
	}
	switch {
	case r.err != nil:
		o.Error = r.err.Error()
	case p.many:
		o.Text, o.Digits = reader.Text(r.answers), list
	default:
		o.Answer, o.Box, o.Warnings = &list[0].Answer, list[0].Box, list[0].Warnings
		o.Probabilities = r.answers[0].Probabilities[:]
	}
	return cli.WriteJSON(p.w, o, "")
}

func (p *printer) line(r *result) error {
	name, want := cli.Printable(r.Name), r.Label
	if want == "" {
		want = "-"
	}
	if r.err != nil {
		_, err := fmt.Fprintf(p.w, "%-*s  %*s  cannot be read: %s\n", p.nameWidth, name, p.wantWidth, want, cli.Printable(r.err.Error()))
		return err
	}
	lowest := r.answers[0].Probability
	for _, a := range r.answers {
		lowest = min(lowest, a.Probability)
	}
	line := fmt.Sprintf("%-*s  %*s  %*s  %5.1f%%  %-*s  %s", p.nameWidth, name, p.wantWidth, want, p.digitWidth, reader.Text(r.answers),
		100*lowest, cli.BarWidth, cli.Bar(lowest), strings.Join(p.notes(r), ", "))
	_, err := fmt.Fprintln(p.w, strings.TrimRight(line, " "))
	if p.show && err == nil {
		err = p.draw(r)
	}
	return err
}

// notes says what a person should know about the answer.
func (p *printer) notes(r *result) (notes []string) {
	if r.wrong() {
		notes = append(notes, "wrong")
	}
	for i, a := range r.answers {
		if a.Sure {
			continue
		}
		note := fmt.Sprintf("unsure (%d or %d)", a.Digit, a.RunnerUp)
		if p.many {
			note = fmt.Sprintf("%s at digit %d", note, i+1)
		}
		notes = append(notes, note)
	}
	if p.many {
		return notes
	}
	for _, w := range r.answers[0].Warnings {
		switch w {
		case imageprep.SeveralDigits:
			notes = append(notes, "several digits: try -many")
		case imageprep.SeveralParts: // many digits are read all the same
		default:
			notes = append(notes, w.String())
		}
	}
	return notes
}

// draw draws the picture with the boxes of its digits, and each digit as the
// model sees it.
func (p *printer) draw(r *result) error {
	if !p.raw {
		const longerSide = 39 // a pixel is two characters
		small, err := imageprep.Shrink(r.image, longerSide)
		if err != nil {
			return err
		}
		frames := sheet.Frames(r.answers, r.image.Bounds(), small.Rect.Size())
		picture := cli.Picture(imageprep.Turn(small, r.orientation), imageprep.Turn(frames, r.orientation))
		if _, err := io.WriteString(p.w, picture); err != nil {
			return err
		}
	}
	for _, a := range r.answers {
		if _, err := fmt.Fprintf(p.w, "%s%v\n", cli.Picture(a.Image, nil), a); err != nil {
			return err
		}
	}
	return nil
}

// summary prints the last line of the table.
func (p *printer) summary() error {
	if p.json {
		return nil
	}
	parts := []string{fmt.Sprintf("%d read", p.read)}
	if p.known > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d right (%.1f%%)", p.right, p.known, 100*float64(p.right)/float64(p.known)))
	}
	if p.unsure > 0 {
		parts = append(parts, fmt.Sprintf("unsure of %d of %d digits", p.unsure, p.shown))
	}
	if p.failed > 0 {
		parts = append(parts, fmt.Sprintf("%d could not be read", p.failed))
	}
	noun := "pictures"
	if p.read+p.failed == 1 {
		noun = "picture"
	}
	_, err := fmt.Fprintf(p.w, "\n%d %s: %s\n", p.read+p.failed, noun, strings.Join(parts, ", "))
	return err
}
