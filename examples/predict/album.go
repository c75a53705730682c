package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync/atomic"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// An album is a contact sheet in an HTML file.
type album struct {
	*options
	command string
	model   []report.Fact
	none    bool        // the model knows "no digit"
	full    atomic.Bool // there is no room for more cards

	cards   []template.HTML
	links   [len(kinds)][]link // to the cards that one should look at first
	bytes   int                // of the cards
	omitted int                // number of pictures that did not fit
}

const (
	maxCards = 1000     // nobody looks at more
	maxBytes = 32 << 20 // of the cards
	maxLinks = 100      // of a kind
)

// kinds are the kinds of pictures that one should look at first.
var kinds = [...]string{wrong: "Wrong", unread: "Cannot be read", unsure: "Unsure"}

const (
	wrong = iota
	unread
	unsure
)

type link struct {
	ID, Name string
}

//go:embed album.css
var albumStyle string

func newAlbum(o *options, r *reader.Reader, args []string) *album {
	m := r.Model()
	a := &album{options: o, command: commandLine(args)}
	name := o.model
	if name == "" {
		name = "built in"
	}
	features := m.Metadata[reader.FeaturesKey]
	if features == "" {
		features = "pixels"
	}
	a.none = m.Classes() > len(r.Classes())
	a.model = []report.Fact{
		{Name: "model", Value: report.Shown(name)},
		{Name: "features", Value: report.Shown(features)},
	}
	return a
}

// commandLine returns the command, or its beginning: a shell may have made
// thousands of names from a pattern.
func commandLine(args []string) string {
	const most = 1000
	text := []rune(report.Command("go run ./examples/predict", args))
	if len(text) > most {
		text = append(text[:most:most], []rune(" ...")...)
	}
	return string(text)
}

// draw makes the card of a result.
func (a *album) draw(r *result, whys []*reader.Why) {
	if !a.full.Load() {
		r.card = newCard(r, whys, a.none)
	}
}

func (a *album) add(r *result) {
	n := len(a.cards)
	if a.full.Load() || n == maxCards || a.bytes+len(r.card) > maxBytes && n > 0 {
		a.full.Store(true)
		a.omitted++
		return
	}
	id := fmt.Sprintf("p%d", n+1)
	a.bytes += len(r.card)
	a.cards = append(a.cards, template.HTML(fmt.Sprintf("<article id=%q class=%q>\n%s\n</article>", id, cardKind(r), r.card)))
	l := link{id, cli.Printable(r.Name)}
	switch {
	case r.Err != nil:
		a.links[unread] = append(a.links[unread], l)
	case r.Wrong():
		a.links[wrong] = append(a.links[wrong], l)
	case !r.Sure():
		a.links[unsure] = append(a.links[unsure], l)
	}
}

func (a *album) save(p *printer, stderr io.Writer) error {
	shown := len(a.cards)
	if a.omitted > 0 {
		fmt.Fprintf(stderr, "the sheet shows %d of %d pictures\n", shown, shown+a.omitted)
	}
	page := &report.Page{
		Title: "What the model reads", Command: a.command, Numbers: a.numbers(p), Facts: a.model, Style: albumStyle, Wide: true,
	}
	if first := a.lookFirst(); first != "" {
		page.Sections = append(page.Sections, report.Section{Title: "Look at these first", Body: []template.HTML{first}})
	}
	title := "Pictures"
	body := []template.HTML{template.HTML("<div class=\"album\">")}
	if a.omitted > 0 {
		body = append([]template.HTML{report.Text(fmt.Sprintf("This page shows the first %s of %s pictures. Name fewer pictures to see the others.",
			cli.WithCommas(shown), cli.WithCommas(shown+a.omitted)))}, body...)
	}
	body = append(append(body, a.cards...), "</div>")
	page.Sections = append(page.Sections, report.Section{Title: title, Body: body},
		report.Section{Title: "How to read this page", Body: []template.HTML{report.Text(a.legend(p)...)}})
	return page.Write(a.sheet)
}

// numbers are what one wants to know first.
func (a *album) numbers(p *printer) []report.Number {
	all := p.read + p.failed
	list := []report.Number{{Value: cli.WithCommas(all), Label: cli.Plural(all, "picture")}}
	if p.known > 0 {
		list = append(list, report.Number{Value: cli.WithCommas(p.right),
			Label: fmt.Sprintf("of %s right (%.1f%%)", cli.WithCommas(p.known), 100*float64(p.right)/float64(p.known))})
	}
	list = append(list, report.Number{Value: cli.WithCommas(p.unsure), Label: fmt.Sprintf("of %s %s unsure", cli.WithCommas(p.shown), cli.Plural(p.shown, "answer"))})
	if p.none > 0 {
		list = append(list, report.Number{Value: cli.WithCommas(p.none), Label: "without a digit"})
	}
	if p.failed > 0 {
		list = append(list, report.Number{Value: cli.WithCommas(p.failed), Label: "cannot be read"})
	}
	return list
}

// lookFirst returns links to what may be wrong.
func (a *album) lookFirst() template.HTML {
	var b strings.Builder
	for i, list := range a.links {
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "<p class=\"links\"><strong>%s (%d):</strong>", kinds[i], len(list))
		for _, l := range list[:min(len(list), maxLinks)] {
			fmt.Fprintf(&b, ` <a href="#%s"><bdi>%s</bdi></a>`, l.ID, template.HTMLEscapeString(l.Name))
		}
		if len(list) > maxLinks {
			fmt.Fprintf(&b, " and %d more", len(list)-maxLinks)
		}
		b.WriteString("</p>\n")
	}
	return template.HTML(b.String())
}

func (a *album) legend(p *printer) []string {
	list := []string{
		"In each picture, blue frames are around the sure digits, and orange ones around the unsure digits. Dashed frames are around ink that was left out. Point at a frame to see the answer.",
		"The small black pictures are what the model sees, 28x28 pixels. The bars beside them are the probabilities. A question mark means that the model is not sure.",
	}
	if !p.digits {
		list = []string{strings.ReplaceAll(list[0], "digits", "answers"), list[1]}
	}
	if a.why {
		list = append(list, "The colored strokes say why the model prefers its answer to another one. Blue strokes speak for the answer, orange ones for the other. "+
			"Wide strokes say more. Point at a stroke to see its number. The sum of all numbers is the difference. Its exponential says how many times as probable the answer is as the other one.")
	}
	return list
}
