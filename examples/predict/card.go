package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/internal/why"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// A card is what an album shows of a picture. Texts are plain: the template
// escapes them.
type card struct {
	Name    template.HTML
	Error   string
	Want    string // if the answer is wrong
	Notes   []string
	Picture template.HTML
	Text    string // of several digits
	Lines   [][]digit
	More    int // digits that are not shown
}

// A digit is an answer, or ink that was left out.
type digit struct {
	Kind                   string
	Seen                   template.HTML
	Name                   string
	Unsure                 bool
	Probability, Percent   string
	Want                   string // if this digit is wrong
	Next, NextPercent      string
	Width                  int // of all columns
	Columns                []bar
	Rows                   []bar
	Alt                    string // the bars in words
	Why, WhyTitle, Caption template.HTML
	Overruled              string // why the model's answer does not count
}

// A bar shows the probability of a class.
type bar struct {
	Name, Title, Percent string
	Probability          string
	At                   int // the left end of a column
	Top, Length          string
	p                    float32
}

// Middle is the middle of a column.
func (b bar) Middle() string { return fmt.Sprintf("%d.5", b.At+5) }

var (
	//go:embed card.html
	cardText     string
	cardTemplate = template.Must(template.New("card").Parse(cardText))
)

const (
	side      = 320 // of the thumbnail of one digit
	manySide  = 560 // of several digits
	pageSide  = 720 // of a page of digits
	fewDigits = 20  // there are more on a page
	maxDigits = 300 // of a picture
	maxWhys   = 100 // of these, as they are large
)

// cardKind returns how a card is laid out and marked.
func cardKind(r *result) string {
	kind := "card one"
	switch n := len(r.Answers) + len(r.LeftOut); {
	case n > fewDigits:
		kind = "card page"
	case n > 4:
		kind = "card many"
	case n > 1:
		kind = "card few"
	}
	switch {
	case r.Err != nil || r.Wrong():
		kind += " wrong"
	case !r.Sure():
		kind += " unsure"
	}
	return kind
}

// newCard returns the HTML of a card.
func newCard(r *result, whys []*reader.Why, knowsNone bool) template.HTML {
	c := card{Name: report.Path(r.Name), Picture: pictureOf(r)}
	if r.Err != nil {
		c.Error = report.Shown(r.Err.Error())
	} else {
		c.describe(r, whys, knowsNone)
	}
	var b bytes.Buffer
	if err := cardTemplate.Execute(&b, c); err != nil {
		panic(err) // the template fits the card
	}
	return template.HTML(b.String())
}

// describe adds what was read.
func (c *card) describe(r *result, whys []*reader.Why, knowsNone bool) {
	c.Notes = notesOf(r)
	if r.Wrong() {
		c.Want, c.Notes = report.Shown(r.Want()), c.Notes[1:] // not "wrong"
	}
	if len(r.Answers) > 1 {
		c.Text = cli.PrintableLines(r.Text())
	}
	if len(r.Answers) > maxWhys && whys[0] != nil {
		c.Notes = append(c.Notes, fmt.Sprintf("why: only for the first %d", maxWhys))
	}
	want, last := wanted(r.Result), -1
	all := slices.Concat(r.Answers, r.LeftOut)
	shown := min(len(all), maxDigits)
	c.More = len(all) - shown
	for i := range shown {
		line := all[i].Line
		if i >= len(r.Answers) {
			line = -2 // all that was left out
		}
		if line != last || i == 0 {
			c.Lines, last = append(c.Lines, nil), line
		}
		w := whys[i]
		if i >= maxWhys {
			w = nil
		}
		d := newDigit(&all[i], w, knowsNone)
		if i < len(want) {
			d.Want = report.Shown(want[i])
		}
		c.Lines[len(c.Lines)-1] = append(c.Lines[len(c.Lines)-1], d)
	}
	for _, a := range r.Answers {
		c.Notes = addWarnings(c.Notes, a.Warnings)
	}
}

// pictureOf draws the picture. The more digits it has, the larger it is.
func pictureOf(r *result) template.HTML {
	longer := side
	switch n := len(r.Answers) + len(r.LeftOut); {
	case n > fewDigits:
		longer = pageSide
	case n > 1:
		longer = manySide
	}
	return sheet.Picture(r.Result, longer)
}

func newDigit(a *reader.Answer, w *reader.Why, knowsNone bool) digit {
	next, p := a.Next()
	d := digit{
		Seen: report.PNG(a.Image, "pixels", "what the model sees"), Name: report.Shown(a.Name()), Unsure: !a.Sure,
		Probability: decimal(a.Probability), Percent: percent(a.Probability),
		Next: report.Shown(next), NextPercent: percent(p),
	}
	switch {
	case a.NoDigit:
		d.Kind = "out"
	case !a.Sure:
		d.Kind = "unsure"
	}
	if pictures.Overruled(a) {
		d.Overruled = report.Shown(pictures.WhyOverruled(a))
	}
	d.setBars(a, knowsNone)
	if w != nil {
		d.Why = why.SVG(w)
		d.WhyTitle, d.Caption = why.HTML(w)
	}
	return d
}

// setBars makes the bars of the probabilities: columns if there are few classes
// with short names, and otherwise rows of the most probable ones.
func (d *digit) setBars(a *reader.Answer, knowsNone bool) {
	const (
		mostColumns, mostRows = 12, 6
		step, high, long      = 13, 30, 60 // the sizes of bars
	)
	var bars []bar
	short := true
	add := func(name string, p float32) {
		name = report.Shown(name)
		bars = append(bars, bar{Name: name, Title: fmt.Sprintf("%s: %.2f%%", name, 100*p), Percent: percent(p), Probability: decimal(p), p: p})
	}
	for class, p := range a.Probabilities {
		add(a.NameOf(class), p)
		short = short && utf8.RuneCountInString(bars[class].Name) <= 2
	}
	if knowsNone {
		add(pictures.NoDigit, a.None)
	}
	best := slices.Clone(bars)
	slices.SortStableFunc(best, func(a, b bar) int { return cmp.Compare(b.p, a.p) })
	var words []string
	for _, b := range best[:min(len(best), 3)] {
		words = append(words, b.Name+" "+b.Percent)
	}
	d.Alt = "probabilities: " + strings.Join(words, ", ")
	if !short || len(bars) > mostColumns {
		d.Rows = best[:min(len(best), mostRows)]
		for i := range d.Rows {
			d.Rows[i].Length = fmt.Sprintf("%.1f", d.Rows[i].p*long)
		}
		return
	}
	for i := range bars {
		b := &bars[i]
		b.At, b.Top, b.Length = i*step, fmt.Sprintf("%.1f", high-b.p*high), fmt.Sprintf("%.1f", b.p*high)
	}
	if knowsNone {
		bars[len(bars)-1].Name = "no"
	}
	d.Columns, d.Width = bars, len(bars)*step
}

// decimal returns a probability with all its digits.
func decimal(p float32) string { return strconv.FormatFloat(float64(p), 'g', -1, 32) }

func percent(p float32) string { return fmt.Sprintf("%.1f%%", 100*p) }
