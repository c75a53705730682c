package main

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/internal/why"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// A card shows a mistake.
type card struct {
	Picture template.HTML
	Several bool   // the label has several digits, so the picture may be wide
	Views   []view // side by side with the picture
	Tiles   []tile // for several answers, and what was left out
	Sure    bool

	// A sentence: what the label is, what was read, and its probability.
	Before, Label, Between, Text, Probability string

	OfLabel string // the probability of the label
	Notes   []template.HTML
	Name    template.HTML
	Kind    string
}

// A view is a drawing with a name.
type view struct {
	Drawing, Name template.HTML
}

// A tile is a small drawing of an answer. Right answers have no Want.
type tile struct {
	Drawing   template.HTML // empty for a digit that was not read
	Got, Want string
	Class     string // "wrong", "out" or empty
}

var cardTemplate = template.Must(template.New("card").Parse(`
<li>
<div class="views{{if .Several}} several{{end}}">
{{- with .Picture}}
<figure>{{.}}<figcaption>picture</figcaption></figure>
{{- end}}
{{- range .Views}}
<figure>{{.Drawing}}<figcaption>{{.Name}}</figcaption></figure>
{{- end}}
</div>
{{- with .Tiles}}
<ul class="tiles">
{{- range .}}
<li{{with .Class}} class="{{.}}"{{end}}>{{if .Drawing}}{{.Drawing}}{{else}}<i></i>{{end}}<span>{{.Got}}</span>{{with .Want}}<b>{{.}}</b>{{end}}</li>
{{- end}}
</ul>
{{- end}}
<p>{{.Before}}<b class="against"><bdi>{{.Label}}</bdi></b>{{.Between}}<b class="for"><bdi>{{.Text}}</bdi></b>{{with .Probability}} with {{.}}{{end}}{{if .Sure}} <span class="badge">sure</span>{{end}}</p>
{{- with .OfLabel}}
<p class="small"><bdi>{{$.Label}}</bdi>: {{.}}</p>
{{- end}}
{{- range .Notes}}
<p class="small">{{.}}</p>
{{- end}}
<p class="small file">{{.Name}}{{with .Kind}} · <bdi>{{.}}</bdi>{{end}}</p>
</li>`))

// html returns the card as a part of the page.
func (c *card) html() template.HTML {
	var b strings.Builder
	if err := cardTemplate.Execute(&b, c); err != nil {
		panic(err) // the tests rule it out
	}
	return template.HTML(b.String())
}

const (
	thumbnailSide = 112
	wideSide      = 224 // of pictures with several digits
	mostTiles     = 60
	longList      = 16 // answers
)

// cardOf draws the card of a picture that was read wrong.
func (f *findings) cardOf(r *pictures.Result) template.HTML {
	c := &card{
		Between: ", read as ", Label: f.word(r.Want()), Text: f.word(r.Got()), Sure: r.Sure(), Name: report.Path(r.Path), Kind: report.Shown(r.Kind),
		Several: len(r.Classes) > 1,
	}
	side := thumbnailSide
	if c.Several {
		side = wideSide
	}
	c.Picture = sheet.Picture(r, side)
	if only := r.Only(); only != nil && len(r.Classes) <= 1 {
		c.one(f, r, only)
	} else {
		c.many(f, r)
	}
	warnings := r.Warnings
	if only := r.Only(); only != nil {
		warnings = append(warnings[:len(warnings):len(warnings)], only.Warnings...)
	}
	var notes []string
	for _, w := range warnings {
		notes = append(notes, w.String())
	}
	if r.Turned != 0 {
		notes = append(notes, fmt.Sprintf("turned by %d degrees", r.Turned))
	}
	if n := len(r.LeftOut); n > 0 && len(r.Answers) > 0 {
		notes = append(notes, fmt.Sprintf("%d left out", n))
	}
	if notes != nil {
		c.note("%s", strings.Join(notes, ", "))
	}
	return c.html()
}

// one shows an answer for a picture with one digit or none.
func (c *card) one(f *findings, r *pictures.Result, a *reader.Answer) {
	if !pictures.Overruled(a) {
		c.Probability = report.Percent(float64(a.Probability))
	}
	c.Views = append(c.Views, view{report.PNG(a.Image, "pixels", ""), "what the model sees"})
	rival := reader.None
	if !r.NoDigit {
		rival = slices.Index(f.classes, r.Classes[0])
		c.OfLabel = report.Percent(float64(a.Probabilities[rival]))
	} else if f.knowsNone {
		c.OfLabel = report.Percent(float64(a.None))
	}
	c.why(f, a, rival)
	for i := range r.LeftOut {
		if out := &r.LeftOut[i]; out != a {
			c.out(out)
		}
	}
}

// why shows why an answer was given and not another class.
func (c *card) why(f *findings, a *reader.Answer, rival int) {
	class := a.Digit
	switch {
	case pictures.Overruled(a):
		c.note("%s", report.Shown(pictures.WhyOverruled(a)))
		return
	case a.NoDigit:
		class = reader.None
	}
	if rival == class || rival == reader.None && !f.knowsNone {
		return
	}
	c.addWhy(a.Why(class, rival))
}

func (c *card) addWhy(w *reader.Why) {
	name, caption := why.HTML(w)
	c.Views, c.Notes = append(c.Views, view{why.SVG(w), name}), append(c.Notes, caption)
}

// note adds a note.
func (c *card) note(format string, args ...any) {
	c.Notes = append(c.Notes, template.HTML(template.HTMLEscapeString(fmt.Sprintf(format, args...))))
}

// many shows the answers for a picture with several digits, and where they
// differ from the label.
func (c *card) many(f *findings, r *pictures.Result) {
	list := changes(r.Answers, r.Classes)
	edits := 0
	var worst *change
	for i := range list {
		s := &list[i]
		if s.right() {
			continue
		}
		edits++
		if s.got != nil && s.want != "" && (worst == nil || s.got.Probability > worst.got.Probability) {
			worst = s
		}
	}
	if len(r.Classes) > 1 {
		c.note("edit distance %d", edits)
	}
	if worst != nil {
		c.why(f, worst.got, slices.Index(f.classes, worst.want))
	}
	c.answers(list)
	for i := range r.LeftOut {
		c.out(&r.LeftOut[i])
	}
}

// answers shows the answers. Of a long list, it shows what is near a mistake.
func (c *card) answers(list []change) {
	const near = 2
	skipped := false
	for i, s := range list {
		around := list[max(0, i-near):min(len(list), i+near+1)]
		far := !slices.ContainsFunc(around, func(s change) bool { return !s.right() })
		if len(c.Tiles) >= mostTiles || len(list) > longList && far {
			if !skipped {
				c.Tiles = append(c.Tiles, tile{Got: "…"})
			}
			skipped = true
			continue
		}
		skipped = false
		var t tile
		if s.got != nil {
			t.Drawing = report.PNG(s.got.Image, "pixels", "")
			if t.Got = report.Shown(s.got.Name()); !s.got.Sure {
				t.Got += "?"
			}
		}
		if !s.right() {
			t.Class, t.Want = "wrong", report.Shown(s.want)
		}
		c.Tiles = append(c.Tiles, t)
	}
}

// out shows ink that was left out.
func (c *card) out(a *reader.Answer) {
	if len(c.Tiles) < mostTiles {
		c.Tiles = append(c.Tiles, tile{report.PNG(a.Image, "pixels", ""), "out", "", "out"})
	}
}

// word returns an answer or a label in words.
func (f *findings) word(text string) string {
	if text == pictures.NoDigit {
		return "no " + f.noun
	}
	return report.Shown(text)
}
