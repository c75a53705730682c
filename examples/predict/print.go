package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A printer prints results as they come, as a table or as JSON, and counts them.
type printer struct {
	*options
	w   io.Writer
	err error // the first error in writing

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
	if !p.json {
		p.printf("%-*s  %*s  %*s\n", p.nameWidth, "picture", p.wantWidth, "expected", p.digitWidth, "predicted")
	}
	return p
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// result prints and counts a result.
func (p *printer) result(r *pictures.Result) {
	if r.Err != nil {
		p.failed++
	} else {
		p.read++
		if r.Label != "" {
			p.known++
		}
		if r.Right() {
			p.right++
		}
	}
	for _, a := range r.Answers {
		p.shown++
		if !a.Sure {
			p.unsure++
		}
	}
	if p.json {
		p.object(r)
		return
	}
	p.printf("%-*s  %*s  ", p.nameWidth, cli.Printable(r.Name), p.wantWidth, cmp.Or(r.Label, "-"))
	p.answer(r)
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

func (p *printer) object(r *pictures.Result) {
	o := jsonResult{File: r.Name}
	if r.Label != "" {
		if o.Want = r.Label; !p.many {
			o.Want = int(r.Label[0] - '0')
		}
	}
	for _, a := range r.Answers {
		d := jsonDigit{Answer{a.Digit, a.Probability, a.RunnerUp, !a.Sure}, []int{a.Box.Min.X, a.Box.Min.Y, a.Box.Max.X, a.Box.Max.Y}, a.Line, nil}
		for _, w := range a.Warnings {
			d.Warnings = append(d.Warnings, w.String())
		}
		o.Digits = append(o.Digits, d)
	}
	switch {
	case r.Err != nil:
		o.Error = r.Err.Error()
	case p.many:
		o.Text = r.Text()
	default:
		d := o.Digits[0]
		o.Answer, o.Box, o.Warnings, o.Digits = &d.Answer, d.Box, d.Warnings, nil
		o.Probabilities = r.Answers[0].Probabilities[:]
	}
	if p.err == nil {
		p.err = cli.WriteJSON(p.w, o, "")
	}
}

// answer prints the rest of a line of the table and, with -show, the drawings.
func (p *printer) answer(r *pictures.Result) {
	if r.Err != nil {
		p.printf("cannot be read: %s\n", cli.Printable(r.Err.Error()))
		return
	}
	lowest := r.Answers[0].Probability
	for _, a := range r.Answers {
		lowest = min(lowest, a.Probability)
	}
	line := fmt.Sprintf("%*s  %5.1f%%  %-*s  %s", p.digitWidth, r.Text(), 100*lowest,
		cli.BarWidth, cli.Bar(lowest), strings.Join(p.notes(r), ", "))
	p.printf("%s\n", strings.TrimRight(line, " "))
	if !p.show {
		return
	}
	if !p.raw {
		const longerSide = 39 // a pixel is two characters
		small, err := imageprep.Shrink(r.Image, longerSide)
		if err != nil {
			p.err = err
			return
		}
		frames := sheet.Frames(r.Answers, r.Image.Bounds(), small.Rect.Size())
		p.printf("%s", cli.Picture(imageprep.Turn(small, r.Orientation), imageprep.Turn(frames, r.Orientation)))
	}
	for _, a := range r.Answers {
		p.printf("%s%v\n", cli.Picture(a.Image, nil), a)
	}
}

// notes says what a person should know about the answer.
func (p *printer) notes(r *pictures.Result) (notes []string) {
	if r.Wrong() {
		notes = append(notes, "wrong")
	}
	for i, a := range r.Answers {
		note := fmt.Sprintf("unsure (%d or %d)", a.Digit, a.RunnerUp)
		if p.many {
			note = fmt.Sprintf("%s at digit %d", note, i+1)
		}
		if !a.Sure {
			notes = append(notes, note)
		}
	}
	if p.many {
		return notes
	}
	for _, w := range r.Answers[0].Warnings {
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

// summary prints the last line of the table.
func (p *printer) summary() {
	if p.json {
		return
	}
	noun := "pictures"
	if p.read+p.failed == 1 {
		noun = "picture"
	}
	p.printf("\n%d %s: %d read", p.read+p.failed, noun, p.read)
	if p.known > 0 {
		p.printf(", %d of %d right (%.1f%%)", p.right, p.known, 100*float64(p.right)/float64(p.known))
	}
	if p.unsure > 0 {
		p.printf(", unsure of %d of %d digits", p.unsure, p.shown)
	}
	if p.failed > 0 {
		p.printf(", %d could not be read", p.failed)
	}
	p.printf("\n")
}
