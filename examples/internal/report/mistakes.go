package report

import (
	"html/template"
	"image"
)

// A Mistake is a picture with a wrong answer.
type Mistake struct {
	Image         *image.Gray // as the model sees it
	Label, Answer string
	Probability   float64       // of the answer
	OfLabel       float64       // the probability of the label
	Sure          bool          // the model was sure
	Name          string        // of the picture; may be empty
	Why           template.HTML // a drawing of why; may be empty
}

// Mistakes returns a card for each mistake.
func Mistakes(list []Mistake) template.HTML {
	if len(list) == 0 {
		return Text("There is no mistake.")
	}
	var b builder
	b.add(`<ol class="cards">`)
	for _, m := range list {
		b.add("\n<li>%s\n</li>", m.card())
	}
	b.add("\n</ol>")
	return b.html()
}

func (m Mistake) card() template.HTML {
	var b builder
	b.add(`<div class="pictures">%s%s</div>`, PNG(m.Image, "pixels", "is "+m.Label+", read as "+m.Answer), m.Why)
	b.add("\n"+`<p>is <b class="against">%s</b>, read as <b class="for">%s</b>`, m.Label, m.Answer)
	if m.Sure {
		b.add(` <span class="badge">sure</span>`)
	}
	b.add(`</p><p class="small">%s: %s, %s: %s</p>`, m.Answer, Percent(m.Probability), m.Label, Percent(m.OfLabel))
	if m.Name != "" {
		b.add(`<p class="small">%s</p>`, m.Name)
	}
	return b.html()
}
