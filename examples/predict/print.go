package main

import (
	"fmt"
	"image"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A result is what came of one picture.
type result struct {
	pictures.Picture
	want    string // the digits that it shows, if they are known
	answers []reader.Answer
	err     error

	small, frames *image.Gray // the picture, for -show, and the digits' boxes
}

// right reports whether all digits are right.
func (r *result) right() bool { return r.err == nil && r.want == reader.Text(r.answers) }

// notes says what a person should know about the answer.
func (r *result) notes(many bool) (notes []string) {
	if r.want != "" && !r.right() {
		notes = append(notes, "wrong")
	}
	for i, a := range r.answers {
		if a.Sure {
			continue
		}
		note := fmt.Sprintf("unsure (%d or %d)", a.Digit, a.RunnerUp)
		if many {
			note = fmt.Sprintf("%s at digit %d", note, i+1)
		}
		notes = append(notes, note)
	}
	if len(r.answers) != 1 || many {
		return notes
	}
	for _, w := range r.answers[0].Warnings {
		switch w {
		case imageprep.SeveralDigits:
			notes = append(notes, "several digits: try -many")
		case imageprep.SeveralParts:
			// Many digits are, and read all the same.
		default:
			notes = append(notes, w.String())
		}
	}
	return notes
}

// printer prints results as they come, as a table or as JSON, and counts them.
type printer struct {
	*options
	w                io.Writer
	width, wantWidth int // of the columns of names and of expected digits

	read, failed  int
	known, right  int // pictures whose digits are known, and right answers
	unsure, shown int // digits
}

func newPrinter(o *options, w io.Writer, list []pictures.Picture) *printer {
	p := &printer{options: o, w: w, width: len("picture"), wantWidth: len("expected")}
	for _, picture := range list {
		p.width = max(p.width, utf8.RuneCountInString(cli.Printable(picture.Name)))
		p.wantWidth = max(p.wantWidth, len(o.expected(picture)))
	}
	return p
}

func (p *printer) header() error {
	if p.json {
		return nil
	}
	_, err := fmt.Fprintf(p.w, "%-*s  %*s  %*s\n", p.width, "picture", p.wantWidth, "expected", max(p.wantWidth, 9), "predicted")
	return err
}

// jsonDigit is one digit of -json -many.
type jsonDigit struct {
	Digit       int      `json:"digit"`
	Probability float32  `json:"probability"`
	RunnerUp    int      `json:"runner_up"`
	Unsure      bool     `json:"unsure,omitempty"`
	Box         [4]int   `json:"box"` // left, top, right, bottom
	Line        int      `json:"line"`
	Warnings    []string `json:"warnings,omitempty"`
}

// jsonResult is one line of -json.
type jsonResult struct {
	File          string      `json:"file"`
	Digit         *int        `json:"digit,omitempty"`
	Probability   *float32    `json:"probability,omitempty"`
	RunnerUp      *int        `json:"runner_up,omitempty"`
	Unsure        bool        `json:"unsure,omitempty"`
	Probabilities []float32   `json:"probabilities,omitempty"`
	Box           *[4]int     `json:"box,omitempty"`
	Text          *string     `json:"text,omitempty"`
	Digits        []jsonDigit `json:"digits,omitempty"`
	Warnings      []string    `json:"warnings,omitempty"`
	Want          any         `json:"want,omitempty"` // a number, with -many a string
	Error         string      `json:"error,omitempty"`
}

func (p *printer) result(r *result) error {
	switch {
	case r.err != nil:
		p.failed++
	case r.want != "":
		p.read, p.known = p.read+1, p.known+1
		if r.right() {
			p.right++
		}
	default:
		p.read++
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

func (p *printer) object(r *result) error {
	line := jsonResult{File: r.Name}
	switch {
	case r.want != "" && p.many:
		line.Want = r.want
	case r.want != "":
		line.Want = int(r.want[0] - '0')
	}
	switch {
	case r.err != nil:
		line.Error = r.err.Error()
	case p.many:
		text := reader.Text(r.answers)
		line.Text = &text
		for _, a := range r.answers {
			line.Digits = append(line.Digits, jsonDigit{a.Digit, a.Probability, a.RunnerUp, !a.Sure, corners(a.Box), a.Line, texts(a.Warnings)})
		}
	default:
		a := r.answers[0]
		box := corners(a.Box)
		line.Digit, line.Probability, line.RunnerUp, line.Unsure = &a.Digit, &a.Probability, &a.RunnerUp, !a.Sure
		line.Probabilities, line.Box, line.Warnings = a.Probabilities[:], &box, texts(a.Warnings)
	}
	return cli.WriteJSON(p.w, line, "")
}

func corners(r image.Rectangle) [4]int { return [4]int{r.Min.X, r.Min.Y, r.Max.X, r.Max.Y} }

func texts(warnings []imageprep.Warning) (list []string) {
	for _, w := range warnings {
		list = append(list, w.String())
	}
	return list
}

func (p *printer) line(r *result) error {
	name, want := cli.Printable(r.Name), r.want
	if want == "" {
		want = "-"
	}
	if r.err != nil {
		_, err := fmt.Fprintf(p.w, "%-*s  %*s  cannot be read: %s\n", p.width, name, p.wantWidth, want, cli.Printable(r.err.Error()))
		return err
	}
	least := r.answers[0].Probability
	for _, a := range r.answers {
		least = min(least, a.Probability)
	}
	line := fmt.Sprintf("%-*s  %*s  %*s  %5.1f%%  %-*s  %s", p.width, name, p.wantWidth, want,
		max(p.wantWidth, 9), reader.Text(r.answers), 100*least, cli.BarWidth, cli.Bar(least), strings.Join(r.notes(p.many), ", "))
	_, err := fmt.Fprintln(p.w, strings.TrimRight(line, " "))
	if p.show && err == nil {
		_, err = io.WriteString(p.w, r.drawings())
	}
	return err
}

// drawings draws the picture with the boxes of its digits, and each digit as it
// was prepared.
func (r *result) drawings() string {
	var b strings.Builder
	if r.small != nil {
		b.WriteString(cli.Picture(r.small, r.frames))
	}
	for _, a := range r.answers {
		fmt.Fprintf(&b, "%s%v\n", cli.Picture(a.Image, nil), a)
	}
	return b.String()
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
