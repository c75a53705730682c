package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A printer prints results as they come, as a table or as JSON, and counts
// them.
type printer struct {
	*options
	w       io.Writer
	classes []string // their names
	digits  bool     // the classes are the ten digits
	err     error    // the first error in writing

	nameWidth, wantWidth, digitWidth int // of the columns

	read, failed  int // pictures
	known, right  int // pictures with an expected answer, and right answers
	none          int // pictures that were read, but show no digit
	unsure, shown int // answers
}

func newPrinter(o *options, w io.Writer, classes []string, list []pictures.Picture) *printer {
	p := &printer{options: o, w: w, classes: classes, digits: pictures.AreTenDigits(classes), nameWidth: len("picture"), wantWidth: len("expected")}
	for _, picture := range list {
		p.nameWidth = max(p.nameWidth, width(picture.Name))
		p.wantWidth = max(p.wantWidth, width(picture.Want()))
	}
	p.digitWidth = max(p.wantWidth, len("predicted"))
	for _, name := range classes {
		p.digitWidth = max(p.digitWidth, min(width(name), maxNameWidth))
	}
	if !p.json {
		p.printf("%-*s  %*s  %*s\n", p.nameWidth, "picture", p.wantWidth, "expected", p.digitWidth, "predicted")
	}
	return p
}

// maxNameWidth limits the width of the column of answers. Longer names are not
// cut, but out of line.
const maxNameWidth = 30

// width returns how many columns a text takes.
func width(text string) int { return utf8.RuneCountInString(cli.Printable(text)) }

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// result prints and counts a result.
func (p *printer) result(r *result) {
	p.count(r)
	if p.json {
		p.object(r)
		return
	}
	name, want := cli.Printable(r.Name), cli.Printable(cmp.Or(r.Want(), "-"))
	if r.Err != nil {
		p.printf("%-*s  %*s  cannot be read: %s\n", p.nameWidth, name, p.wantWidth, want, cli.Printable(r.Err.Error()))
		return
	}
	for _, row := range rowsOf(r) {
		percent := strings.Repeat(" ", len("100.0%"))
		if row.lowest > 0 {
			percent = fmt.Sprintf("%5.1f%%", 100*row.lowest)
		}
		line := fmt.Sprintf("%-*s  %*s  %*s  %s  %-*s  %s", p.nameWidth, name, p.wantWidth, want, p.digitWidth, row.text,
			percent, cli.BarWidth, cli.Bar(row.lowest), strings.Join(row.notes, ", "))
		p.printf("%s\n", strings.TrimRight(line, " "))
		name, want = "", "" // for the other lines of the page
	}
	p.printf("%s", r.drawn)
}

func (p *printer) count(r *result) {
	if r.Err != nil {
		p.failed++
		return
	}
	p.read++
	if r.Want() != "" {
		p.known++
	}
	if r.Right() {
		p.right++
	}
	answers := r.Answers
	if len(answers) == 0 {
		p.none++
		if only := r.Only(); only != nil {
			answers = []reader.Answer{*only}
		}
	}
	for _, a := range answers {
		p.shown++
		if !a.Sure {
			p.unsure++
		}
	}
}

// A row of the table is a line of writing, or says that there is no digit.
type row struct {
	text   string
	lowest float32 // the lowest probability; 0 if there is none
	notes  []string
}

// rowsOf returns the rows of a picture. The first one has the notes about the
// whole picture.
func rowsOf(r *result) []row {
	notes := notesOf(r)
	if len(r.Answers) == 0 {
		none := row{text: pictures.NoDigit, notes: notes}
		if only := r.Only(); only != nil && !pictures.Overruled(only) {
			none.lowest = only.Probability
		}
		return []row{none}
	}
	var rows []row
	lines, longest := r.Lines(), 0
	for i, line := range lines {
		lines[i] = cli.Printable(line)
		longest = max(longest, width(line))
	}
	for rest := r.Answers; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(a reader.Answer) bool { return a.Line != rest[0].Line })
		if n < 0 {
			n = len(rest)
		}
		// The lines of a page begin in the same column.
		line := row{text: fmt.Sprintf("%-*s", longest, lines[len(rows)]), lowest: rest[0].Probability}
		for _, a := range rest[:n] {
			line.lowest = min(line.lowest, a.Probability)
		}
		line.notes = append(notes, notesOfLine(rest[:n])...)
		rows, rest, notes = append(rows, line), rest[n:], nil
	}
	return rows
}

// notesOf returns remarks about the whole picture, for people.
func notesOf(r *result) (notes []string) {
	if r.Wrong() {
		notes = append(notes, "wrong")
	}
	if r.Turned != 0 {
		notes = append(notes, fmt.Sprintf("read turned by %d degrees", r.Turned))
	}
	only := r.Only()
	switch n := len(r.LeftOut); {
	case n == 0:
	case len(r.Answers) > 0:
		notes = append(notes, fmt.Sprintf("%d %s left out", n, cli.Plural(n, "mark")))
	case n == 1 && pictures.Overruled(only):
		notes = append(notes, cli.Printable(pictures.WhyOverruled(only)))
	case n == 1 && !only.Sure:
		notes = append(notes, fmt.Sprintf("unsure (no digit or %s)", cli.Printable(only.NameOf(only.Digit))))
	case n == 1:
		notes = append(notes, fmt.Sprintf("if it were a digit, %s", cli.Printable(only.NameOf(only.Digit))))
	default:
		notes = append(notes, fmt.Sprintf("%d marks", n))
	}
	notes = addWarnings(notes, r.Warnings)
	if len(r.Answers) == 0 && only != nil {
		notes = addWarnings(notes, only.Warnings)
	}
	return notes
}

// notesOfLine returns remarks about a line of writing.
func notesOfLine(line []reader.Answer) (notes []string) {
	var places, doubts []string
	for i, a := range line {
		if a.Sure {
			continue
		}
		next, _ := a.Next()
		doubt, place := cli.Printable(fmt.Sprintf("unsure (%s or %s)", a.Name(), next)), strconv.Itoa(i+1)
		if len(line) > 1 {
			doubt += " at digit " + place
		}
		places, doubts = append(places, place), append(doubts, doubt)
	}
	const most = 3 // more are hard to read
	if notes = doubts; len(doubts) > most {
		notes = []string{"unsure at digits " + strings.Join(places, ", ")}
	}
	for _, a := range line {
		notes = addWarnings(notes, a.Warnings)
	}
	return notes
}

// addWarnings adds each warning once.
func addWarnings(notes []string, warnings []imageprep.Warning) []string {
	for _, w := range warnings {
		text := w.String()
		switch w {
		case imageprep.SeveralDigits:
			text += ": -many reads all"
		case imageprep.SeveralParts: // common and harmless
			continue
		}
		if !slices.Contains(notes, text) {
			notes = append(notes, text)
		}
	}
	return notes
}

// summary prints the last line of the table.
func (p *printer) summary() {
	if p.json {
		return
	}
	all := p.read + p.failed
	p.printf("\n%d %s: %d read", all, cli.Plural(all, "picture"), p.read)
	switch {
	case p.none == 1:
		p.printf(", 1 shows no digit")
	case p.none > 1:
		p.printf(", %d show no digit", p.none)
	}
	if p.known > 0 {
		p.printf(", %d of %d right (%.1f%%)", p.right, p.known, 100*float64(p.right)/float64(p.known))
	}
	if p.unsure > 0 {
		p.printf(", unsure of %d of %d %s", p.unsure, p.shown, cli.Plural(p.shown, "answer"))
	}
	if p.failed > 0 {
		p.printf(", %d could not be read", p.failed)
	}
	p.printf("\n")
}
